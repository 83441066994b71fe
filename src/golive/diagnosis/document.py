"""
A diagnosis as one JSON document: what was looked for, what was seen, what it points to, what to do.

Names are stable, people's scripts read them. Times are UTC instants in ISO 8601, durations are minutes where nothing
else is said. It is no record of a gate: it has no verdict, no manifest is ever made of it, and nothing can be signed or
admitted by it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from golive.diagnosis.ranking import Conclusion
from golive.diagnosis.strength import Strength
from golive.record import Evidence, Frozen, Run, Step

SCHEMA = "golive-diagnosis/1"


class Sign(Frozen):
    """Something seen that points to a cause."""

    sentence: str  # as the feature has it, which would hold if the cause were ruled out
    strength: Strength
    said: str  # what was seen
    evidence: tuple[str, ...] = ()


class ToDo(Frozen):
    """A step for a person; nothing of it is ever run by the gate."""

    do: str
    warning: str = ""  # what it changes; "" for nothing
    command: str = ""  # for a shell
    sql: str = ""  # to be typed in the database that the command opens
    blanks: tuple[str, ...] = ()  # that stand in it and must be filled in first
    link: str = ""


class UserMessage(Frozen):
    """What users are told, in the runbook's words and language."""

    channel: str
    language: str
    case: str = ""
    subject: str = ""
    text: str
    blanks: tuple[str, ...] = ()


class Advice(Frozen):
    """The runbook's remedy for one cause."""

    estimate: str  # in the runbook's words
    within_target: bool | None  # whether the longest of it is within the target time to repair; None without a time
    steps: tuple[ToDo, ...]
    messages: tuple[UserMessage, ...] = ()
    no_message: str = ""  # said where the runbook has none


class CauseFound(Frozen):
    """One cause, and what is concluded of it."""

    cause: str
    title: str  # of the cause
    scenario: str  # the world as it should be, "" where no scenario decides it
    prior: float
    conclusion: Conclusion
    rank: int | None = None
    certain: bool = False
    score: float = 0.0
    ties: tuple[str, ...] = ()
    hidden_by: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    missing: tuple[str, ...] = ()  # what is missing to tell, or to tell more
    advice: Advice | None = None  # where it is pointed to
    warnings: tuple[str, ...] = ()
    examined: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    evidence: tuple[str, ...] = ()


class Call(Frozen):
    """A row of the escalation."""

    at: int  # minutes since the incident began
    do: str
    tell: str = ""
    condition: str = ""
    needs: tuple[str, ...] = ()
    standing: Literal["due", "perhaps", "not called for", "later"]
    away: float  # minutes until it is due


class WayAround(Frozen):
    """An emergency workaround."""

    id: str
    title: str
    state: Literal["too early", "may be asked for", "open", "not called for"]
    sentence: str
    risk: str
    steps: tuple[ToDo, ...]
    revert: tuple[ToDo, ...] = ()
    messages: tuple[UserMessage, ...] = ()


class Contact(Frozen):
    """Whom to reach."""

    who: str
    way: str
    at: str
    note: str = ""


class Counsel(Frozen):
    """What the runbook says whatever the cause is, as it stands at this minute of the incident."""

    title: str
    provider: str
    severity: str
    owner: str
    target_minutes: int
    minutes: float  # that the incident has lasted
    target_left: float  # negative where the target time has passed
    look_again_in: float | None
    look_again_to: str = ""
    calls: tuple[Call, ...]
    told: tuple[str, ...]  # who must have been told by now
    ways_around: tuple[WayAround, ...]
    for_a_person: tuple[ToDo, ...]  # of the runbook's own diagnosis, what no machine can look at
    contacts: tuple[Contact, ...]
    afterwards: tuple[ToDo, ...]


class Diagnosis(Frozen):
    """One run of a diagnosis."""

    # "schema" is the name in the document; pydantic keeps that name for itself.
    document_schema: str = Field(default=SCHEMA, alias="schema")
    runbook: str
    run: Run
    environment: str
    rehearsal: bool
    began: datetime  # the incident, as the person on call says
    line: str  # the answer in one sentence
    reasons: tuple[str, ...] = ()  # why nothing can be told, or not everything is to be believed
    causes: tuple[CauseFound, ...]  # those pointed to in their order, then what cannot be told, then what is ruled out
    counsel: Counsel
    evidence: tuple[Evidence, ...]

    def of(self, conclusion: Conclusion) -> tuple[CauseFound, ...]:
        """The causes of which *conclusion* is said, in order."""
        return tuple(cause for cause in self.causes if cause.conclusion is conclusion)

    @property
    def quiet(self) -> bool:
        """Nothing points to any cause, everything was seen, and nothing speaks against believing it."""
        ruled_out = all(cause.conclusion is Conclusion.RULED_OUT for cause in self.causes)
        return bool(self.causes) and ruled_out and not self.reasons

    def to_json(self) -> str:
        """The document, indented, as it is written to `diagnosis.json`."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Diagnosis:
        """Read a document; pydantic's ValidationError where it is not one of this schema."""
        return cls.model_validate_json(text)
