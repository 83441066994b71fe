"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Either the whole text is at *path* afterwards, or what was there before; OSError where it cannot be written."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="\n") as file:  # the same bytes, and digests, on every system
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
