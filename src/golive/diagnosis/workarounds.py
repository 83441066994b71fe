"""Which emergency's way around is open, which may be asked for, and for which it is too early. Pure.

A document gives up to two times, in its words and in its escalation. From the earlier on the way may be asked for,
from the later on it is open. One that no time is given for is a matter of its conditions alone. A provider that is
seen to be up calls for none; one of which nothing was seen opens none: then it may be asked for at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.diagnosis.clock import IF, Facts, since
from golive.diagnosis.papers import Approver, Condition, Workaround

State = Literal["too early", "may be asked for", "open", "not called for"]

# What a diagnosis may see; the other conditions only a person can answer, and they are said beside the state.
SEEN: frozenset[Condition] = frozenset({"provider down", "outage confirmed", "status page incident"})


@dataclass(frozen=True, slots=True)
class Way:
    """How a workaround stands."""

    workaround: Workaround
    state: State
    asked_in: float  # minutes until it may be asked for; 0 once that is reached
    opens_in: float  # minutes until the later time; 0 once that is reached
    approval: tuple[Approver, ...]  # who must agree before it is done
    provided: tuple[str, ...]  # what besides must be so, and nobody has seen

    @property
    def sentence(self) -> str:
        """How it stands, in words."""
        said = f"{self.workaround.id} {self.workaround.title}: {self.state}"
        if self.state == "too early":
            said += f", may be asked for in {self.asked_in:g} min"
        if self.state == "may be asked for" and self.opens_in:
            said += f", open in {self.opens_in:g} min"
        if self.approval:
            said += f", needs the approval of the {' and the '.join(self.approval)}"
        if self.provided and self.state != "not called for":
            said += f", provided that {' and '.join(self.provided)}"
        return said


def stand(workaround: Workaround, minutes: float, facts: Facts) -> Way:
    """How *workaround* stands at *minutes* since the incident began; ValueError where that is no such number."""
    since(minutes)
    times = [time for time in (workaround.text, workaround.clock) if time is not None] or [0]
    state = _state(workaround, minutes, facts, min(times), max(times))
    approval: tuple[Approver, ...] = ()
    if state == "open":
        approval = workaround.needs
    elif state == "may be asked for":  # before its time, or unseen: nobody takes it without the one who decides
        approval = workaround.needs or ("CEO",)
    return Way(
        workaround,
        state,
        max(0, min(times) - minutes),
        max(0, max(times) - minutes),
        approval,
        tuple(IF[one] for one in workaround.when if facts.holds(one) is None),
    )


def _state(workaround: Workaround, minutes: float, facts: Facts, asked: int, opened: int) -> State:
    held = [facts.holds(one) for one in workaround.when]
    if False in held:
        return "not called for"
    if minutes < asked:
        return "too early"
    unseen = any(facts.holds(one) is None for one in workaround.when if one in SEEN)
    return "may be asked for" if minutes < opened or unseen else "open"
