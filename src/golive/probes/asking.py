"""
The words by which a page asks whether it may store something, and by which it is answered.

They are searched for inside the page, so that of what a dialog says nothing is told but which of them are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What a question for consent names.
SUBJECTS: Mapping[str, re.Pattern[str]] = {
    "samtykke": re.compile(r"samtykk", re.I),
    "informasjonskapsler": re.compile(r"informasjonskaps", re.I),
    "cookies": re.compile(r"cookie", re.I),
    "personvern": re.compile(r"personvern", re.I),
}
REFUSES = re.compile(
    r"\b(kun|bare) nødvendige|\bavvis|\bavslå|\bnei\b|\bikke (godta|tillat|samtykk)|\breject|\bdecline", re.I
)
ACCEPTS = re.compile(r"\bgodta|\baksepter|\btillat|\bsamtykk|\bja\b|\baccept|\ballow|\bagree", re.I)

# JavaScript's own \b knows no letters but those of English.
_LETTER = r"[\p{L}\p{N}_]"
_EDGE = rf"(?:(?<={_LETTER})(?!{_LETTER})|(?<!{_LETTER})(?={_LETTER}))"


def in_script(pattern: re.Pattern[str]) -> str:
    """*pattern* for JavaScript's RegExp with the flags "iu"."""
    return pattern.pattern.replace(r"\b", _EDGE)


def words() -> dict[str, object]:
    """All of them, as `visit.js` takes them."""
    return {
        "subjects": [[name, in_script(pattern)] for name, pattern in SUBJECTS.items()],
        "accepts": in_script(ACCEPTS),
        "refuses": in_script(REFUSES),
    }
