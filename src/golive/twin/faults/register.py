"""The register of faults: each is one way to break the healthy world, and says what that turns."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from golive.errors import SetupError
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


FAULTS: dict[str, Fault] = {}


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
        if name in FAULTS:
            raise ValueError(f"two faults are called {name}")
        sentence = " ".join((function.__doc__ or "").split())
        turned = (tuple(unmet), tuple(unknown), tuple(unsigned), tuple(waived))
        FAULTS[name] = Fault(name, sentence, function, *turned, stops, phase)
        return function

    return declare


def broken(world: World, names: Iterable[str]) -> World:
    """*world* with the named faults in it, in that order; SetupError for a name that is none."""
    for name in names:
        if name not in FAULTS:
            near = difflib.get_close_matches(name, FAULTS, 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`golive faults` lists them"
            raise SetupError(f"there is no fault {name!r}; {hint}")
        world = FAULTS[name].breaks(world)
    return world
