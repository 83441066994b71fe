"""
Which cause first? Pure: reads nothing, knows no clock, and nothing but what is handed to it.

1. Causes that certain evidence points to come before all others.
2. Within each of the two groups: the runbook's own prior probability times the weight of the evidence
   (`strength.together`), the higher first; equal ones are a tie, and said to be.
3. A cause that another one hides, and that certain evidence shows all the same, goes before that other one: a way out
   that is closed stays closed when the provider is back.
4. A cause that another one hides is not ruled out while certain or strong evidence points to that one: nobody can
   tell. What points to it all the same counts.
5. What cannot be told is never a pass, and is listed apart with what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isclose

from golive.diagnosis.strength import Strength, together


class Conclusion(StrEnum):
    """What is said of a cause."""

    POINTED = "pointed-to"
    CANNOT_TELL = "cannot-tell"
    RULED_OUT = "ruled-out"


@dataclass(frozen=True, slots=True)
class Considered:
    """A cause, and what its scenario saw."""

    cause: str
    prior: float  # 0 to 1, as the runbook has it
    signs: tuple[Strength, ...] = ()  # of what points to it
    missing: tuple[str, ...] = ()  # what could not be seen, a sentence each
    hidden_by: tuple[str, ...] = ()  # causes behind which nobody sees this one

    @property
    def certain(self) -> bool:
        """Whether a fact speaks for it that no other cause explains."""
        return Strength.CERTAIN in self.signs

    @property
    def clear(self) -> bool:
        """Whether what speaks for it is certain or strong."""
        return self.certain or Strength.STRONG in self.signs

    @property
    def score(self) -> float:
        """Prior times weight of the evidence; 0 where nothing points to it."""
        return self.prior * together(self.signs)


@dataclass(frozen=True, slots=True)
class Placed:
    """A cause in its place."""

    cause: str
    conclusion: Conclusion
    rank: int | None = None  # from 1; None where nothing points to it
    certain: bool = False
    clear: bool = False  # certain or strong evidence points to it
    score: float = 0.0
    ties: tuple[str, ...] = ()  # causes that nothing tells apart from it
    hidden_by: tuple[str, ...] = ()  # causes that are pointed to, and hide it
    missing: tuple[str, ...] = ()


def rank(causes: Sequence[Considered]) -> tuple[Placed, ...]:
    """Every one of *causes* once: those pointed to in their order, then what cannot be told, then what is ruled out."""
    pointed = sorted((one for one in causes if one.signs), key=lambda one: (not one.certain, -one.score))
    order = _in_front(pointed)
    hiding = {one.cause for one in pointed if one.clear}
    first = [
        Placed(
            one.cause,
            Conclusion.POINTED,
            rank=number,
            certain=one.certain,
            clear=one.clear,
            score=one.score,
            ties=tuple(other.cause for other in order if _tied(one, other)),
            missing=one.missing,
        )
        for number, one in enumerate(order, 1)
    ]
    rest = [
        Placed(one.cause, Conclusion.RULED_OUT, hidden_by=_hiders(one, hiding), missing=one.missing)
        for one in sorted(causes, key=lambda one: -one.prior)
        if not one.signs
    ]
    untold = [
        Placed(one.cause, Conclusion.CANNOT_TELL, hidden_by=one.hidden_by, missing=one.missing)
        for one in rest
        if one.missing or one.hidden_by
    ]
    told = [one for one in rest if not (one.missing or one.hidden_by)]
    return (*first, *untold, *told)


def _hiders(one: Considered, hiding: set[str]) -> tuple[str, ...]:
    return tuple(name for name in one.hidden_by if name in hiding)


def _in_front(order: Sequence[Considered]) -> list[Considered]:
    """*order*, with each cause that certainly shows in front of those that hide it."""
    found = list(order)
    for one in order:
        places = [found.index(other) for other in found if one.certain and other.cause in one.hidden_by]
        if places and min(places) < found.index(one):
            found.remove(one)
            found.insert(min(places), one)
    return found


def _tied(one: Considered, other: Considered) -> bool:
    if one.cause == other.cause or one.certain != other.certain:
        return False
    hiding = other.cause in one.hidden_by or one.cause in other.hidden_by
    return not (hiding and one.certain) and isclose(one.score, other.score, rel_tol=1e-9)
