"""The incident's file, as a diagnosis begins or continues it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from golive.diagnosis.document import Diagnosis
from golive.diagnosis.incident import Incident, Observation, write
from golive.diagnosis.papers import Runbook
from golive.diagnosis.ranking import Conclusion


def keep(document: Diagnosis, runbook: Runbook, home: Path) -> tuple[Path, bool]:
    """
    Write what *document* observed into the incident's file under *home*.

    Returns where it is, and whether anything was added; SetupError where it cannot be written.
    """
    causes = tuple(f"{cause.cause} {cause.title}" for cause in document.of(Conclusion.POINTED))
    incident = Incident(
        runbook, document.environment, document.began, tuple(_observed(document)), causes, document.rehearsal
    )
    return write(home, incident)


def _observed(document: Diagnosis) -> Iterator[Observation]:
    """What was concluded, what points to it and what could not be seen, each when it was looked at."""
    looked: dict[str, datetime] = {one.id: one.at for one in document.evidence}
    yield Observation(document.run.started, f"Diagnosis: {document.line}")
    for cause in document.of(Conclusion.POINTED):
        for sign in cause.signs:
            at = max((looked[one] for one in sign.evidence), default=document.run.started)
            yield Observation(at, f"{cause.cause}, {sign.strength}: {sign.said}")
    for cause in document.of(Conclusion.CANNOT_TELL):
        why = "; ".join((*(f"hidden by {other}" for other in cause.hidden_by), *cause.missing))
        yield Observation(document.run.started, f"Cannot tell {cause.cause}: {why}")
    for reason in document.reasons:
        yield Observation(document.run.started, reason)
