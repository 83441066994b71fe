"""The whole twin, started once, with worlds of a test's own behind its doors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from golive.environment import Environment
from golive.observatory import Observatory
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.twin.cloud import Cloud
from golive.twin.faults.register import FAULTS, Fault
from golive.twin.process import detour_from
from golive.twin.town import Town
from golive.twin.world import World

OURS = "of-a-test"


class Backstage:
    """A running twin; each test begins with the healthy world."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.town = Town()
        self.detour = detour_from(self.town.start())
        # Two reaches for all tests: to make the clients of AWS anew takes longer than most tests do.
        self._reach = self.reach(environment)
        self.hasty = self.reach(hasty(environment))

    def stop(self) -> None:
        """Close every door."""
        self.town.stop()

    def heal(self) -> None:
        """Put the healthy world back."""
        self.town.swap([])

    def put(self, change: Callable[[World], World]) -> None:
        """Put another world behind the doors, made of the healthy one by *change*."""
        FAULTS[OURS] = Fault(OURS, "made by a test", change, (), (), (), (), stops=False)
        try:
            self.town.swap([OURS])
        finally:
            del FAULTS[OURS]

    def cloud(self, change: Callable[[Cloud], Cloud]) -> None:
        """Put another account of AWS behind the doors."""
        self.put(lambda world: replace(world, cloud=change(world.cloud)))

    def ail(self, **ailments: Any) -> None:
        """Let services of AWS be unwell: rds="denied"."""
        self.cloud(lambda cloud: replace(cloud, ailments=ailments))

    def reach(self, environment: Environment) -> Reach:
        """A new reach towards the twin, that remembers no look."""
        reach: Reach

        def ask(look: Look[Any]) -> Any:
            return look.observe(reach)

        reach = Reach(environment, self.detour, ask)
        return reach

    def look(self, look: Look[Any]) -> Any:
        """The answer to *look*, asked now."""
        return look.observe(self._reach)

    def observatory(self) -> Observatory:
        """An observatory of this twin, that asks as often and as side by side as in a run, and may act."""
        return Observatory(self.environment, self.detour, armed=True)


def hasty(environment: Environment) -> Environment:
    """*environment*, for those who wait for an answer that never comes."""
    return environment.model_copy(update={"network": environment.network.model_copy(update={"answer_seconds": 0.3})})
