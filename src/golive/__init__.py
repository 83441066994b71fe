"""The go-live gate of Drop: observe once, then judge, then record, then sign."""
