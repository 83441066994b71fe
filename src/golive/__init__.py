"""The go-live gate of Drop: observe once, then judge, then record, then sign."""

import os
import sys

# pydantic's plugins may change what it accepts, and it takes those of everything that happens to be installed.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
# httpx loads its own command line where that happens to be installed, and half of Rich and Pygments with it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # "None" is how Python is told that it is not there
