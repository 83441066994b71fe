"""The register of faults: each is one way to break the healthy world, and says what that turns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from golive.errors import SetupError
from golive.twin.noise import ordinary
from golive.twin.world import World


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break the world; everything that it does not name stays met."""

    name: str
    sentence: str
    breaks: Callable[[World], World]
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]
    unsigned: tuple[str, ...]
    waived: tuple[str, ...]
    stops: bool  # the target is another one: the run stops with exit status 4
    phase: str | None = None  # the phase of which it says so, where another one would have other things to judge


@dataclass(frozen=True, slots=True)
class Incident:
    """One way in which the world breaks during an incident, and the cause of which a diagnosis must speak first."""

    name: str
    sentence: str
    breaks: Callable[[World], World]
    cause: str  # "BID-C3"
    hides: tuple[str, ...]  # causes that nobody can tell while this one lasts
    points_too: tuple[str, ...]  # causes that some of what it makes speaks for as well, and that come behind


_DAY = re.compile(r"ordinary-day-(\d{1,6})")

FAULTS: dict[str, Fault] = {}
# Apart from the faults: an incident may turn whatever it likes at the gate, which is not what it is for.
INCIDENTS: dict[str, Incident] = {}


def breaks(
    *,
    unmet: Sequence[str] = (),
    unknown: Sequence[str] = (),
    unsigned: Sequence[str] = (),
    waived: Sequence[str] = (),
    stops: bool = False,
    phase: str | None = None,
) -> Callable[[Callable[[World], World]], Callable[[World], World]]:
    """Register a fault under its function's name, with hyphens; the docstring is its sentence."""

    def declare(function: Callable[[World], World]) -> Callable[[World], World]:
        name = function.__name__.replace("_", "-")
        if name in FAULTS or name in INCIDENTS:
            raise ValueError(f"two faults are called {name}")
        sentence = " ".join((function.__doc__ or "").split())
        turned = (tuple(unmet), tuple(unknown), tuple(unsigned), tuple(waived))
        FAULTS[name] = Fault(name, sentence, function, *turned, stops, phase)
        return function

    return declare


def incident(
    cause: str, *, hides: Sequence[str] = (), points_too: Sequence[str] = ()
) -> Callable[[Callable[[World], World]], Callable[[World], World]]:
    """Register an incident under its function's name, with hyphens; the docstring is its sentence."""

    def declare(function: Callable[[World], World]) -> Callable[[World], World]:
        name = function.__name__.replace("_", "-")
        if name in FAULTS or name in INCIDENTS:
            raise ValueError(f"two faults are called {name}")
        sentence = " ".join((function.__doc__ or "").split())
        INCIDENTS[name] = Incident(name, sentence, function, cause, tuple(hides), tuple(points_too))
        return function

    return declare


def broken(world: World, names: Iterable[str]) -> World:
    """
    *world* with the named faults and incidents in it, in that order; SetupError for a name that is none.

    "ordinary-day-7" is no fault: the seventh day of those on which nothing is wrong but what always is. It goes before
    the faults, for it takes away what was said and done on the day before.
    """
    every: dict[str, Fault | Incident] = {**FAULTS, **INCIDENTS}
    for name in names:
        if day := _DAY.fullmatch(name):
            world = ordinary(world, int(day[1]))
            continue
        if name not in every:
            near = difflib.get_close_matches(name, every, 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`golive faults` lists them"
            raise SetupError(f"there is no fault {name!r}; {hint}")
        world = every[name].breaks(world)
    return world
