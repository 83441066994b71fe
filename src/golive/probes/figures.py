"""Figures of what happened since an instant, in one form whatever they were counted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from golive.errors import NothingExamined, ProbeError


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; *value* is None where there is nothing to make it of."""

    name: str  # "failed requests"
    value: float | None
    unit: str  # "%", "ms"
    of: int  # how many cases it was made of
    what: str  # "requests"

    @property
    def shown(self) -> str:
        """The value, for people."""
        return "not known" if self.value is None else f"{self.value:.4g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures from one source; *beside* are counts that explain them, and are not judged."""

    source: str
    since: datetime
    figures: tuple[Figure, ...]
    beside: Mapping[str, int] = field(default_factory=dict)

    def of(self, name: str) -> Figure:
        """The figure called *name*; ProbeError where this source has none of that name."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise ProbeError(self.source, f"{name} is not among its figures")


def share(name: str, part: int, of: int, what: str) -> Figure:
    """*part* of all in per cent; not known of none."""
    return Figure(name, 100 * part / of if of else None, "%", of, what)


def present_after(since: datetime, source: str) -> datetime:
    """The present; NothingExamined where *since* is still to come."""
    now = datetime.now(UTC)
    if now <= since:
        raise NothingExamined(source, f"nothing has happened since {since:%Y-%m-%d %H:%M} UTC, which is still to come")
    return now
