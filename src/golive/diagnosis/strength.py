"""
How strong a no is as a sign of its cause, as the feature says it behind the sentence: `(a no is certain)`.

- *certain*: only this cause explains it (BankID says `invalid_client` to the service's own credentials).
- *strong*: this cause explains it best, and another might (the log says `invalid_client` since the incident began).
- *weak*: this cause is one of several that explain it (a visitor's login took longer than the session).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from math import prod

_SAID = re.compile(r"(?P<sentence>.*\S) \(a no is (?P<strength>certain|strong|weak)\)")


class Strength(StrEnum):
    """How strong a sign is."""

    CERTAIN = "certain"
    STRONG = "strong"
    WEAK = "weak"


# Of a hundred times that such a sign is seen, so often it is this cause, other things being equal. No figures of real
# incidents exist yet: these keep one strong sign above two weak ones (0.6 > 1 - 0.8 * 0.8), and nothing else hangs on
# them.
WEIGHTS = {Strength.CERTAIN: 1.0, Strength.STRONG: 0.6, Strength.WEAK: 0.2}


def together(strengths: Iterable[Strength]) -> float:
    """The weight of several signs, 0 for none: each takes its share of the doubt that the others leave."""
    return 1 - prod(1 - WEIGHTS[strength] for strength in strengths)


@cache
def apart(words: str) -> tuple[str, Strength | None]:
    """The sentence without what is said of its strength, and that; None where nothing is."""
    found = _SAID.fullmatch(words)
    return (found["sentence"], Strength(found["strength"])) if found else (words, None)
