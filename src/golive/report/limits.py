"""What the report does not prove, from the record. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from golive.phases import due_at, moment
from golive.record import Contradiction, Decision, Finding, Later, Paper, Record, Status, unselected
from golive.report.words import listed, name_of, plural, short


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that this report does not prove."""

    heading: str
    lines: tuple[str, ...]


def limits_of(record: Record) -> tuple[Limit, ...]:
    """Everything that *record* leaves open, or rests on somebody's word for."""
    return tuple(limit for limit in _limits(record) if limit.lines)


def _limits(record: Record) -> Iterator[Limit]:
    if record.rehearsal:
        said = ["The gate looked at a twin on the machine that ran it. It says nothing about production."]
        said += [f"The twin was broken on purpose: {fault}." for fault in record.run.faults]
        yield Limit("A rehearsal", tuple(said))
    if record.verdict.status is Decision.PARTIAL:
        left_out = f"Somebody chose a part of the checklist: {plural(len(unselected(record)), 'item')} left out."
        yield Limit("A part", (f"{left_out} Nothing is admitted by it, whoever signs it.",))

    def having(status: Status) -> list[Finding]:
        return [finding for finding in record.findings if finding.status is status]

    yield Limit("Waived", tuple(f"{name_of(finding)}: {short(finding.reason)}" for finding in having(Status.WAIVED)))
    yield Limit(
        "Not applicable",
        tuple(f"{name_of(finding)}: {short(finding.reason)}" for finding in having(Status.NOT_APPLICABLE)),
    )
    yield Limit("Said by people", tuple(map(_signed, record.records)))
    yield Limit(
        "Warnings", tuple(f"{name_of(finding)}: {said}" for finding in record.findings for said in finding.warnings)
    )
    yield Limit("Figures, and of how many cases each was made", tuple(_samples(record)))
    yield Limit(
        "Where the documents contradict each other or the world, and an owner decides",
        tuple(_contradiction(row) for row in record.contradictions if not row.settled),
    )
    yield Limit("Decisions still to be judged", tuple(map(_later, record.verdict.later)))
    due = Counter(finding.due for finding in having(Status.NOT_DUE))
    yield Limit(
        "Not due yet",
        tuple(f"{plural(count, 'item')} at {phase}{_hour(record, phase)}" for phase, count in due.items()),
    )
    yield Limit("Redirections of the shell that were not followed", record.run.ignored)


def _samples(record: Record) -> Iterator[str]:
    """What was judged by its share: a share of few cases says little."""
    for finding in record.findings:
        if finding.status is Status.NOT_DUE:
            continue
        for head, *rows in finding.tables:
            if {"figure", "of"} <= set(head):
                cells = [dict(zip(head, row, strict=False)) for row in rows]
                yield from (
                    f"{finding.item} {cell['figure']}: {' '.join(list(cell.values())[1:2])}, of {cell['of']}"
                    for cell in cells
                    if cell.get("of")
                )


def _contradiction(row: Contradiction) -> str:
    said = f"The documents say: {row.documents}. The gate: {row.gate}. Who decides: {listed(row.decides)}"
    return f"{row.number} {row.matter} ({listed(row.items)}). {said}"


def _later(later: Later) -> str:
    when = moment(later.due) if later.due else "at an hour that launch_at does not say yet"
    return f"{later.phase}, {when}: {later.opens}; {plural(later.items, 'more item')} must hold by then"


def _hour(record: Record, phase: str) -> str:
    """When *phase* is; the rollback has no hour, nor has what stands in no document."""
    try:
        at = due_at(record.launch_at, phase)
    except ValueError:
        return ""
    return f", {moment(at)}" if at else ""


def _signed(paper: Paper) -> str:
    what = f"{paper.item} {paper.kind} {paper.file}"
    if paper.why:
        return f"{what}: no effect: {paper.why}"
    until = moment(paper.expires) if paper.expires else ""
    return f"{what}: by {paper.by}, {paper.role}, until {until}{'' if paper.used else ', not needed'}: “{paper.said}”"
