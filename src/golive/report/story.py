"""What was before this run, from the record: the earlier runs, and what changed since. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from golive.phases import moment
from golive.record import Change, Comparison, EarlierRun, History, Record, identities
from golive.report.words import anchor, short

KINDS = {
    "newly-open": "newly open",
    "newly-met": "newly met",
    "newly-due": "newly due",
    "status": "otherwise",
    "reason": "another reason",
    "words": "other words",
    "new": "new",
    "gone": "gone",
    "candidate": "candidate",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One row of what changed."""

    kind: str
    item: str
    title: str
    before: str
    after: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since one earlier run."""

    heading: str
    against: str  # which run that was
    said: str
    rows: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """One row of the history."""

    when: str
    phase: str
    verdict: str
    approved: str


@dataclass(frozen=True, slots=True)
class Story:
    """What was before this run."""

    since: tuple[Since, ...]
    missing: tuple[str, ...]  # a sentence for each comparison that there is not
    runs: tuple[Before, ...]
    unread: tuple[str, ...]


def story_of(record: Record) -> Story | None:
    """What *record* says of the runs before it; None where nobody looked back."""
    history = record.history
    if history is None:
        return None
    pairs = (("Since the last run", history.last), ("Since the last approved run", history.approved))
    return Story(
        since=tuple(_since(heading, against, record) for heading, against in pairs if against is not None),
        missing=tuple(_missing(record, history)),
        runs=tuple(map(_before, history.runs)),
        unread=history.unread,
    )


def _missing(record: Record, history: History) -> list[str]:
    gated = "a later change" if record.profile == "change" else record.phase
    said = []
    if history.last is None:
        said.append(f"There is no earlier run of {gated} in {record.environment} to compare with.")
    if history.approved is None and history.runs:
        told = any(run.approved is not None for run in history.runs)
        said.append("No earlier run was approved." if told else "Whether an earlier run was approved is not known.")
    return said


def _since(heading: str, against: Comparison, record: Record) -> Since:
    anchors = dict(zip(identities(record.findings), map(anchor, identities(record.findings)), strict=True))
    return Since(
        heading=heading,
        against=f"{moment(against.ended)}, {against.phase}: {against.line}",
        said=against.said,
        rows=tuple(_changed(change, anchors.get(change.item, "")) for change in against.changes),
    )


def _changed(change: Change, where: str) -> Changed:
    return Changed(
        kind=KINDS[change.kind],
        item=change.item,
        title=change.title,
        before=short(change.before),
        after=short(change.after),
        anchor=where,
    )


def _before(run: EarlierRun) -> Before:
    approved = {True: "approved", False: "not approved", None: "not known"}[run.approved]
    faults = f" · broken on purpose: {', '.join(run.faults)}" if run.faults else ""
    return Before(when=moment(run.ended), phase=run.phase, verdict=run.line + faults, approved=approved)
