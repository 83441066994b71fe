"""Text in Markdown: shown as it is, whoever wrote it."""

from __future__ import annotations

import re

# Where a name begins, GitHub reads a mention; within an e-mail's address it does not.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$!]|(?<!\w)@)")


def plain(text: str) -> str:
    """*text* as Markdown (GitHub's) that shows it and does nothing else, not even mention anybody; on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
