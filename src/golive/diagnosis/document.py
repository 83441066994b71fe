"""
A diagnosis as one JSON document: what was looked for, what was seen, what it points to.

Names are stable, people's scripts read them. Times are UTC instants in ISO 8601. It is no record of a gate: it has no
verdict, no manifest is ever made of it, and nothing can be signed or admitted by it.
"""

from __future__ import annotations

from datetime import datetime

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
    warnings: tuple[str, ...] = ()
    examined: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    evidence: tuple[str, ...] = ()


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
    evidence: tuple[Evidence, ...]

    def of(self, conclusion: Conclusion) -> tuple[CauseFound, ...]:
        """The causes of which *conclusion* is said, in order."""
        return tuple(cause for cause in self.causes if cause.conclusion is conclusion)

    @property
    def quiet(self) -> bool:
        """Nothing points to any cause, and everything was seen."""
        return bool(self.causes) and all(cause.conclusion is Conclusion.RULED_OUT for cause in self.causes)

    def to_json(self) -> str:
        """The document, indented, as it is written to `diagnosis.json`."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Diagnosis:
        """Read a document; pydantic's ValidationError where it is not one of this schema."""
        return cls.model_validate_json(text)
