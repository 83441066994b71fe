"""What a run gates: a phase of the launch, the rollback, or a later change; and what is decided later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from golive.errors import SetupError
from golive.phases import LAUNCH, ROLLBACK, due_at, moment, offset
from golive.record import Later
from golive.runbook import Inventory, Item

Profile = Literal["launch", "change"]
CHANGE_OPENS = "deploy the change"


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due in one run."""

    inventory: Inventory
    phase: str
    profile: Profile = "launch"
    launch_at: datetime | None = None

    def __post_init__(self) -> None:
        """SetupError for a phase that the inventory does not know."""
        if self.phase not in (*self.inventory.phases, ROLLBACK):
            there = ", ".join((*self.inventory.phases, ROLLBACK))
            raise SetupError(f"there is no phase {self.phase!r}; there are: {there}")

    @property
    def name(self) -> str:
        """What is gated, as people call it: "T-0", "rollback", "change"."""
        return self.phase if self.profile == "launch" else self.profile

    @property
    def opens(self) -> str:
        """What a GO opens."""
        if self.profile == "change":
            return CHANGE_OPENS
        return self.inventory.opens.get(self.phase, f"what falls due at {self.phase}")

    def is_due(self, item: Item) -> bool:
        """Whether *item* must hold in this run; the rollback stands apart."""
        if self.profile == "change":
            return bool(item.every_deploy)
        if ROLLBACK in (self.phase, item.due):
            return self.phase == item.due
        return self.inventory.phases.index(item.due) <= self.inventory.phases.index(self.phase)

    def leaves_act_out(self, item: Item) -> bool:
        """Whether of *item* only what changes nothing is asked for."""
        return self.profile == "change" and item.every_deploy == "auto"

    def why_not(self, item: Item) -> str:
        """Why *item* is not due, with the instant where the launch has one."""
        if self.profile == "change":
            return "not among the items that every deploy must hold"
        if item.due == ROLLBACK:
            return "due after a rollback"
        at = due_at(self.launch_at, item.due)
        return f"due at {item.due}, {moment(at) if at else 'whose hour launch_at does not say yet'}"

    def later(self) -> tuple[Later, ...]:
        """The decisions that this run does not judge, in their order."""
        if self.profile == "change" or self.phase == ROLLBACK:
            return ()
        return tuple(self._later())

    def _later(self) -> Iterator[Later]:
        phases, since = self.inventory.phases, self.inventory.phases.index(self.phase)
        for number, phase in enumerate(phases):
            if number <= since or phase not in self.inventory.opens:
                continue
            falling = phases[since + 1 : number + 1]
            count = sum(item.due in falling for item in self.inventory.item)
            yield Later(phase=phase, opens=self.inventory.opens[phase], due=due_at(self.launch_at, phase), items=count)
            since = number

    def untimely(self, now: datetime) -> list[str]:
        """Why *now* is not the time for this phase: what falls due after the launch is not judged before its hour."""
        away = offset(self.phase)
        if self.profile == "change" or away is None or away.total_seconds() <= 0:
            return []
        at = due_at(self.launch_at, self.phase)
        if at is None:
            return [f"{self.phase} has no hour: launch_at is not set in the environment file"]
        return [f"{self.phase} begins at {moment(at)}, and cannot be judged before"] if now < at else []


def phase_judging(inventory: Inventory, items: Iterable[str]) -> str | None:
    """The first phase from the launch on in which one of *items* (ids) is due, the rollback last; None for no item."""
    turned = set(items)
    wanted = [item for item in inventory.item if item.id in turned]
    phases = inventory.phases[inventory.phases.index(LAUNCH) :]
    return next((one for one in (*phases, ROLLBACK) if any(map(Agenda(inventory, one).is_due, wanted))), None)
