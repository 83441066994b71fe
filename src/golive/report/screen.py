"""What the first screen says: the verdict, what holds it, and what it does not prove. Pure."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from golive.record import Decision, Finding, Later, Paper, Record, Status, Subject, identities

# How bad it is if the item does not hold, worst first.
SEVERITIES = ("blocker", "critical", "normal")
# A sentence of the first screen ends here; the whole of it is with the item.
LONGEST = 400
# Allure's own names of results; ours are made from the item's id, so that they stay the same from run to run.
NAMESPACE = uuid.UUID("6c2b8a0e-94a5-5d0e-9f0f-3d2f4f6a8d11")

STATUSES = {
    Status.MET: "met",
    Status.UNMET: "unmet: seen, and it is not so",
    Status.UNKNOWN: "unknown: nobody could see",
    Status.UNSIGNED: "unsigned: nobody has signed",
    Status.WAIVED: "waived: open, and allowed to be",
    Status.NOT_DUE: "not due yet",
    Status.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line below the verdict."""

    name: str
    value: str
    whole: str = ""  # the value before it was shortened


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One row of what holds the launch."""

    item: str
    title: str
    severity: str
    status: str
    seen: str
    owner: str
    remedy: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that this report does not prove."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table that a scenario shows: figures, with their bounds."""

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """The first screen."""

    status: Decision
    rest: str  # the verdict's line after its status
    rehearsal: bool
    opens: str
    facts: tuple[Fact, ...]
    against: tuple[str, ...]  # what speaks against the run itself
    open_items: tuple[OpenItem, ...]
    tables: tuple[Shown, ...]
    limits: tuple[Limit, ...]

    @property
    def colour(self) -> str:
        """The name of the verdict's colour in the style sheet."""
        return self.status.value.lower()


def screen_of(record: Record) -> Screen:
    """The first screen of *record*."""
    verdict = record.verdict
    return Screen(
        status=verdict.status,
        rest=verdict.line.removeprefix(str(verdict.status)).strip(),
        rehearsal=record.rehearsal,
        opens=_opens(record),
        facts=tuple(_facts(record)),
        against=tuple(_against(record)),
        open_items=tuple(_open_items(record)),
        tables=tuple(_tables(record)),
        limits=tuple(limit for limit in _limits(record) if limit.lines),
    )


def result_id(identity: str) -> str:
    """The `uuid` of the Allure result called *identity*."""
    return str(uuid.uuid5(NAMESPACE, identity))


def anchor(identity: str) -> str:
    """Where Allure's page shows the result called *identity*."""
    return hashlib.md5(result_id(identity).encode(), usedforsecurity=False).hexdigest()


def short(text: str, longest: int = LONGEST) -> str:
    """*text*, cut between words where it is longer than *longest*."""
    return text if len(text) <= longest else text[:longest].rsplit(None, 1)[0] + " …"


def moment(instant: datetime) -> str:
    """*instant* in UTC, and in Oslo where this machine knows Oslo's time."""
    utc = instant.astimezone(UTC)
    try:
        oslo = instant.astimezone(ZoneInfo("Europe/Oslo"))
    except ZoneInfoNotFoundError:
        return f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    day = "" if oslo.date() == utc.date() else f"{oslo:%Y-%m-%d} "
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({day}{oslo:%H:%M} in Oslo)"


def subject_line(subject: Subject) -> str:
    """The candidate in a line, its digests shortened."""
    return " · ".join(
        (
            f"image {_shortened(subject.image_digest)}",
            f"commit {_shortened(subject.commit)}",
            f"configuration {_shortened(subject.configuration)}",
        )
    )


def counts_line(counts: Mapping[str, int]) -> str:
    """How many items ended how, in the order of the statuses."""
    known = [f"{counts[status]} {status}" for status in Status if counts.get(status)]
    strange = [f"{count} {name}" for name, count in counts.items() if name not in set(Status)]
    return " · ".join(known + strange) or "nothing was judged"


def _shortened(digest: str | None) -> str:
    if digest is None:
        return "not seen"
    kind, colon, value = digest.rpartition(":")
    return kind + colon + value[:12]


def _opens(record: Record) -> str:
    opens = record.verdict.opens
    if record.verdict.status is Decision.PARTIAL:
        return f"Opens nothing: only a part of the checklist was looked at. The whole gate decides: {opens}"
    if record.verdict.status is Decision.NO_GO:
        return f"Does not open: {opens}"
    if record.rehearsal:
        return f"Opens nothing, because it is a rehearsal. In production it would open: {opens}"
    return f"Opens: {opens}"


def _facts(record: Record) -> Iterator[Fact]:
    subject = record.subject
    yield Fact("Environment", record.environment)
    yield Fact("Gated", "a later change" if record.profile == "change" else f"phase {record.phase}")
    if record.launch_at is not None:
        yield Fact("Launch", moment(record.launch_at))
    yield Fact(
        "Subject",
        subject_line(subject),
        " ".join(value for value in (subject.image_digest, subject.commit, subject.configuration) if value),
    )
    yield Fact("When", moment(record.run.ended))
    yield Fact("Items", counts_line(record.verdict.counts))


def _against(record: Record) -> Iterator[str]:
    of_items = {f"{finding.item}: {finding.reason}" for finding in record.findings}
    yield from (short(reason) for reason in record.verdict.reasons if reason not in of_items)


def _open_items(record: Record) -> list[OpenItem]:
    names = dict(zip(identities(record.findings), record.findings, strict=True))
    holding = set(record.verdict.holding)
    rows = [
        OpenItem(
            item=finding.item,
            title=finding.title,
            severity=finding.severity,
            status=finding.status,
            seen=short(finding.reason),
            owner=finding.owner,
            remedy=short(finding.remedy),
            anchor=anchor(name),
        )
        for name, finding in names.items()
        if finding.item in holding
    ]
    missing = [item for item in record.verdict.holding if item not in {row.item for row in rows}]
    rows += [OpenItem(item, "", "blocker", "unknown", "there is no finding", "", "", "") for item in missing]
    return sorted(rows, key=lambda row: _rank(row.severity))


def _tables(record: Record) -> Iterator[Shown]:
    """What is not due yet has no figures worth a place on the first screen."""
    for finding in record.findings:
        if finding.status is not Status.NOT_DUE:
            yield from (Shown(_name(finding), table[0], table[1:]) for table in finding.tables)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _limits(record: Record) -> Iterator[Limit]:
    if record.rehearsal:
        said = ["The gate looked at a twin on the machine that ran it. It says nothing about production."]
        said += [f"The twin was broken on purpose: {fault}." for fault in record.run.faults]
        yield Limit("A rehearsal", tuple(said))
    if record.verdict.status is Decision.PARTIAL:
        yield Limit("A part", ("Somebody chose a part of the checklist. It can neither be signed nor admitted.",))

    def having(status: Status) -> list[Finding]:
        return [finding for finding in record.findings if finding.status is status]

    yield Limit("Waived", tuple(f"{_name(finding)}: {short(finding.reason)}" for finding in having(Status.WAIVED)))
    yield Limit(
        "Not applicable",
        tuple(f"{_name(finding)}: {short(finding.reason)}" for finding in having(Status.NOT_APPLICABLE)),
    )
    yield Limit("Said by people", tuple(map(_signed, record.records)))
    yield Limit(
        "Warnings", tuple(f"{_name(finding)}: {said}" for finding in record.findings for said in finding.warnings)
    )
    yield Limit(
        "Where the documents contradict each other or the world, and an owner decides",
        tuple(
            f"{_name(finding)}: the document says “{short(finding.document)}” The gate demands: {finding.demand}"
            for finding in record.findings
            if finding.document
        ),
    )
    yield Limit("Decisions still to be judged", tuple(map(_later, record.verdict.later)))
    due = Counter(finding.due for finding in having(Status.NOT_DUE))
    yield Limit("Not due yet", tuple(f"{count} item{'s' * (count != 1)} at {phase}" for phase, count in due.items()))
    yield Limit("Redirections of the shell that were not followed", record.run.ignored)


def _later(later: Later) -> str:
    when = moment(later.due) if later.due else "at an hour that launch_at does not say yet"
    return f"{later.phase}, {when}: {later.opens}; {later.items} more item{'s' * (later.items != 1)} must hold by then"


def _name(finding: Finding) -> str:
    return f"{finding.item} {finding.title}"


def _signed(paper: Paper) -> str:
    what = f"{paper.item} {paper.kind} {paper.file}"
    if paper.why:
        return f"{what}: no effect: {paper.why}"
    until = paper.expires.strftime("%Y-%m-%d %H:%M UTC") if paper.expires else ""
    return f"{what}: by {paper.by}, {paper.role}, until {until}{'' if paper.used else ', not needed'}: “{paper.said}”"
