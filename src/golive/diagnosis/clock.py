"""The escalation: who must be told by now, who is next, and when to look again. Pure.

Minutes count from the beginning of the incident; a minute that is reached is due. What only a person can know is never
taken for a no: it is *perhaps*, and said with its condition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from golive.diagnosis.papers import Call, Condition, Runbook

# due · perhaps: due, if its condition holds, which is not known · not called for: it does not hold · later
Standing = Literal["due", "perhaps", "not called for", "later"]

IF: Mapping[Condition, str] = {
    "provider down": "the provider is down",
    "outage confirmed": "the outage is confirmed",
    "status page incident": "the provider's status page shows an incident",
    "unresolved": "it is not resolved",
    "major outage": "it is a major outage",
    "urgent payments": "urgent payments wait",
    "urgent customer": "a customer needs it urgently",
    "no answer from the provider": "the provider has not answered",
    "no estimate": "there is no estimate of its end",
    "no reliable cache": "no cached balance can be relied on",
    "payments work": "payments work",
    "no fallback": "there is no fallback",
    "customers can wait": "the customers can wait",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a diagnosis saw of the provider; None: it could not see, or did not look."""

    provider_down: bool | None = None
    status_incident: bool | None = None  # on the provider's status page

    def holds(self, condition: Condition | None) -> bool | None:
        """Whether *condition* holds while the incident runs; None where that is not known, or for a person to know."""
        match condition:
            case None | "unresolved":
                return True
            case "provider down":
                return self.provider_down
            case "status page incident":
                return self.status_incident
            case "outage confirmed":
                seen = {self.provider_down, self.status_incident}
                return True if True in seen else None if None in seen else False
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the escalation, as it stands; *away* is the minutes until it is due, 0 once it is."""

    call: Call
    standing: Standing
    away: float

    @property
    def condition(self) -> str:
        """Its condition in words; "" for none."""
        return IF[self.call.when] if self.call.when else ""


@dataclass(frozen=True, slots=True)
class Clock:
    """How the escalation stands at *minutes*."""

    minutes: float
    rows: tuple[Row, ...]
    look_again_in: float | None  # minutes; None where the document has no cadence
    target_left: float  # minutes to the target time to repair; negative where it has passed

    def those(self, standing: Standing) -> tuple[Row, ...]:
        """The rows that stand so, in time's order."""
        return tuple(row for row in self.rows if row.standing == standing)

    @property
    def told(self) -> tuple[str, ...]:
        """Who must have been told or asked by now, each once; who only perhaps is in `those("perhaps")`."""
        return tuple(dict.fromkeys(row.call.tell for row in self.those("due") if row.call.tell))

    @property
    def next(self) -> Row | None:
        """What is due next, whatever its condition is now; None after the last."""
        return next(iter(self.those("later")), None)


def read(runbook: Runbook, minutes: float, facts: Facts) -> Clock:
    """The escalation of *runbook* at *minutes* since the incident began; ValueError where that is no such number."""
    since(minutes)
    cadence = runbook.again.minutes if runbook.again else None
    return Clock(
        minutes,
        tuple(_row(call, minutes, facts) for call in runbook.clock),
        None if cadence is None else cadence - minutes % cadence,
        runbook.target_minutes - minutes,
    )


def since(minutes: float) -> float:
    """*minutes*; ValueError where no incident can be that old."""
    if not (math.isfinite(minutes) and minutes >= 0):
        raise ValueError(f"an incident began 0 or more minutes ago, not {minutes:g}")
    return minutes


def _row(call: Call, minutes: float, facts: Facts) -> Row:
    if minutes < call.at:
        return Row(call, "later", call.at - minutes)
    standing: dict[bool | None, Standing] = {True: "due", None: "perhaps", False: "not called for"}
    return Row(call, standing[facts.holds(call.when)], 0)
