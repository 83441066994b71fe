"""The go-live gate of Drop: observe once, then judge, then record, then sign."""

from golive import lean as lean  # before any library is loaded
