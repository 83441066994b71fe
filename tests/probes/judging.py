"""A page that a sentence is to judge, and the yes or no that it must come to."""

from __future__ import annotations

from typing import Any

import pytest

from golive.probes.browser import Sight

FRONT = "https://getdrop.no/"
SEEN = Sight(FRONT, 200, clicked=False, title="Drop", language="nb", words=10)


def verdict(judge: Any, ok: bool) -> None:
    """*judge* says yes or no as it should, and its no is a sentence."""
    if ok:
        judge()
        return
    with pytest.raises(AssertionError, match=r"must|may be|no name was asked"):
        judge()
