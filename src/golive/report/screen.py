"""What the first screen says: the verdict, what holds it, what changed, who signs, and what is not proved. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from golive.phases import moment
from golive.record import Decision, Record, Status, acts_of, identities, unselected, what_became
from golive.report.approval import Approvals, approvals_of, stoppers
from golive.report.limits import Limit, limits_of
from golive.report.story import Story, story_of
from golive.report.words import anchor, items_line, listed, name_of, plural, short, subject_line

# How bad it is if the item does not hold, worst first.
SEVERITIES = ("blocker", "critical", "normal")
# Fewer items with one reason between them are told by themselves.
MANY = 4
# The phases that open something; what is gated at the others is confirmed or not.
OPENING = frozenset({"T-1h", "T-0", "T+1h"})


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
class Shared:
    """One reason that holds many items; what to do about each by itself comes after it."""

    reason: str
    items: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A table that a scenario shows: figures, with their bounds."""

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One item in the list of all."""

    item: str
    title: str
    status: str
    severity: str
    due: str
    owner: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one section of the document."""

    title: str
    items: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """The first screen."""

    status: Decision
    rest: str  # the verdict's line after its status
    rehearsal: bool
    opens: str
    next: str  # what is to be done now, and by whom
    facts: tuple[Fact, ...]
    acts: tuple[str, ...]  # what the run has changed or sent, and what stays of it
    against: tuple[str, ...]  # what speaks against the run itself
    open_items: tuple[OpenItem, ...]
    shared: tuple[Shared, ...]
    story: Story | None  # what was before; None where nobody looked back
    approvals: Approvals
    limits: tuple[Limit, ...]
    tables: tuple[Shown, ...]
    sections: tuple[Section, ...]

    @property
    def colour(self) -> str:
        """The name of the verdict's colour in the style sheet."""
        return self.status.value.lower()


def screen_of(record: Record) -> Screen:
    """The first screen of *record*."""
    verdict = record.verdict
    open_items = tuple(_open_items(record))
    return Screen(
        status=verdict.status,
        rest=verdict.line.removeprefix(str(verdict.status)).strip(),
        rehearsal=record.rehearsal,
        opens=_opens(record),
        next=_next(record, open_items),
        facts=tuple(_facts(record)),
        acts=tuple(_acts(record)),
        against=tuple(_against(record)),
        open_items=open_items,
        shared=tuple(_shared(open_items)),
        story=story_of(record),
        approvals=approvals_of(record),
        limits=limits_of(record),
        tables=tuple(_tables(record)),
        sections=tuple(_sections(record)),
    )


def _opens(record: Record) -> str:
    opens = f"{record.verdict.opens} ({'every deploy' if record.profile == 'change' else record.phase})"
    opening = record.profile == "change" or record.phase in OPENING
    if record.verdict.status is Decision.PARTIAL:
        decides = "opens" if opening else "confirms"
        return f"Decides nothing: only a part of the checklist was looked at. The whole gate {decides}: {opens}"
    if record.verdict.status is Decision.NO_GO:
        return f"Does not {'open' if opening else 'confirm'}: {opens}"
    if record.rehearsal:
        would = "open" if opening else "confirm"
        return f"Opens nothing, because it is a rehearsal. In production it would {would}: {opens}"
    return f"{'Opens' if opening else 'Confirms'}, once it is signed: {opens}"


def _next(record: Record, open_items: tuple[OpenItem, ...]) -> str:
    """What stands between this verdict and the next step."""
    if record.verdict.status is Decision.PARTIAL:
        gated = "--profile change" if record.profile == "change" else f"--phase {record.phase}"
        return f"Next: the whole gate, pytest -m golive --env {record.environment} {gated}"
    if record.verdict.status is Decision.NO_GO:
        if not open_items:
            return "Next: what speaks against this run, below"
        how_bad = Counter(row.severity for row in open_items)
        called = {"blocker": "blocker"}
        bad = [plural(how_bad[name], called.get(name, f"{name} item")) for name in SEVERITIES if how_bad[name]]
        held = f"Held by {listed(bad)}. Next:"
        for shared in _shared(open_items):
            if 2 * shared.items >= len(open_items):
                return f"{held} what {shared.items} of them share, {short(shared.reason, 160)}"
        owners = Counter(row.owner for row in open_items if row.owner).most_common()
        return f"{held} {listed([f'{owner} ({count})' for owner, count in owners])}"
    if record.rehearsal:
        return "Next: the same gate in production"
    return f"Not final: {listed([row.role for row in approvals_of(record).rows])} have yet to sign"


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
    yield Fact("Items", items_line(record))
    if record.officials:
        yield Fact("May stop the launch", stoppers(record))


def _acts(record: Record) -> Iterator[str]:
    for item, seen in acts_of(record):
        yield f"{item} {seen.act}. Begun {moment(seen.at)}; {what_became(seen)}"


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
    rows += [
        OpenItem(item, "", "blocker", "unknown", "there is no finding", "platform", "Run the whole gate again.", "")
        for item in missing
    ]
    return sorted(rows, key=lambda row: _rank(row.severity))


def _shared(open_items: Sequence[OpenItem]) -> Iterator[Shared]:
    """Reasons that many items have in common, the commonest first."""
    for reason, count in Counter(row.seen for row in open_items).most_common():
        if count >= MANY:
            yield Shared(reason, count)


def _tables(record: Record) -> Iterator[Shown]:
    """What is not due yet has no figures worth a place on the first screen."""
    for finding in record.findings:
        if finding.status is not Status.NOT_DUE:
            yield from (Shown(name_of(finding), table[0], table[1:]) for table in finding.tables)


def _sections(record: Record) -> Iterator[Section]:
    """Every item in the document's order."""
    for title, rows in groupby(_listed(record), key=lambda row: row[0]):
        yield Section(title, tuple(item for _, item in rows))


def _listed(record: Record) -> Iterable[tuple[str, Listed]]:
    left_out = unselected(record)
    for name, finding in zip(identities(record.findings), record.findings, strict=True):
        yield (
            f"{finding.section} {finding.section_title}".strip(),
            Listed(
                item=finding.item,
                title=finding.title,
                status="not selected" if finding.item in left_out else finding.status,
                severity=finding.severity,
                due=finding.due,
                owner=finding.owner,
                anchor=anchor(name),
            ),
        )


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
