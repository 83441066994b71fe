"""The go-live gate of Drop: observe once, then judge, then record, then sign."""

import os

# pydantic's plugins may change what it accepts, and it takes those of everything that happens to be installed.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
