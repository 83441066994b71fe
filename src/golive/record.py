"""The run as one JSON document: what was asked, what was seen, what was concluded.

The JSON Schema of `Record` is `docs/record.schema.json`; names are stable, people's scripts read them. Times are UTC
instants in ISO 8601, durations are milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

SCHEMA = "golive-record/1"


class Status(StrEnum):
    """What is said of an item. The first four are found by a scenario; the rest is laid over it."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    UNSIGNED = "unsigned"
    WAIVED = "waived"
    NOT_DUE = "not-due"
    NOT_APPLICABLE = "not-applicable"


class Decision(StrEnum):
    """May we launch?"""

    GO = "GO"
    NO_GO = "NO-GO"
    PARTIAL = "PARTIAL"


class Frozen(BaseModel):
    """A value of the record: immutable, and closed to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Attempt(Frozen):
    """One time that a look was asked."""

    at: AwareDatetime
    took_ms: float
    error: str | None = None


class Evidence(Frozen):
    """What a look saw: exactly one of *answer* and *error* is there."""

    id: str
    look: str  # the question's kind, e.g. "golive.probes.web:Page"
    question: dict[str, JsonValue]  # the look's own fields
    source: str  # where it was asked, for people: "https://getdrop.no/"
    at: AwareDatetime
    took_ms: float
    attempts: tuple[Attempt, ...]
    act: str | None = None  # what asking it has changed or sent; None where it only looked
    stays: str = ""  # what an act has left behind, and under which name
    answer: JsonValue = None
    error: str | None = None
    error_kind: str | None = None  # as errors.py draws them: "Denied"
    needs: tuple[str, ...] = ()  # ids of the evidence on which this answer hangs


class Step(Frozen):
    """One sentence of a scenario, and how it ended."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    words: str = ""  # the text under the sentence: what a person signs
    status: Literal["passed", "failed", "broken", "skipped"]
    message: str | None = None
    evidence: tuple[str, ...] = ()


class Finding(Frozen):
    """What is concluded of one item of the checklist."""

    item: str
    title: str  # the scenario's title, or the demand where there is no scenario
    demand: str
    section: str
    section_title: str
    feature: str  # file of the scenario, "" where there is none
    severity: str
    how: tuple[str, ...]
    due: str
    owner: str
    status: Status
    found: Status | None  # what the scenario itself concluded; None where none ran
    reason: str
    remedy: str
    warnings: tuple[str, ...] = ()
    examined: tuple[str, ...] = ()  # "3 answers", "41 users"
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()  # what the scenario shows besides; the first row is the head
    document: str = ""  # the document's own words where the gate takes a side
    decision: tuple[int, ...] = ()  # numbers of the contradictions that say which, and who must decide
    started: AwareDatetime | None = None
    took_ms: float = 0
    steps: tuple[Step, ...] = ()
    evidence: tuple[str, ...] = ()


class Contradiction(Frozen):
    """Where the documents contradict each other, their suppliers or the running system, and items depend on it."""

    number: int
    matter: str
    documents: str  # what they say
    gate: str  # which side the gate takes, and how
    decides: tuple[str, ...]  # roles
    settled: str = ""  # who decided it, when; "" as long as it is open
    items: tuple[str, ...]


class Run(Frozen):
    """When and with what the gate ran."""

    started: AwareDatetime
    ended: AwareDatetime
    command: tuple[str, ...]
    tools: dict[str, str]
    ignored: tuple[str, ...] = ()  # redirections of the shell that the gate did not follow
    faults: tuple[str, ...] = ()  # how the rehearsal's twin was broken
    act: bool = False  # whether the operator consented to acts
    digest: str | None = None  # the candidate that was named; None means: what runs
    left_out: tuple[str, ...] = ()  # items that somebody did not select
    looks: int = 0
    requests: int = 0
    folder: str = ""  # where it is written, as one types it: "reports/production/2026-03-02T091403.120931Z"


class Subject(Frozen):
    """The candidate that is being launched; None is what could not be seen."""

    image_digest: str | None = None
    commit: str | None = None
    configuration: str | None = None


class Later(Frozen):
    """A decision that this run does not judge."""

    phase: str
    opens: str
    due: AwareDatetime | None  # None while the launch has no hour
    items: int  # that fall due between the decision before and this one


class Verdict(Frozen):
    """May we launch, and what holds us back."""

    status: Decision
    line: str  # the verdict in one line, as the terminal and the report show it
    opens: str  # what a GO opens: "soft launch, invite-only"
    reasons: tuple[str, ...]
    holding: tuple[str, ...]  # ids of the items that hold the launch
    counts: dict[str, int]
    later: tuple[Later, ...] = ()  # decisions that are still to be judged


class Paper(Frozen):
    """What somebody put on record for an item: an attestation, a waiver, or that it is not applicable."""

    kind: Literal["attestation", "waiver", "not-applicable"]
    item: str
    file: str
    sha256: str  # of the file
    by: str = ""  # who signed; "" where the file cannot be read
    role: str = ""
    on: AwareDatetime | None = None
    expires: AwareDatetime | None = None
    said: str = ""  # the words attested, or the reason
    used: bool = False  # whether a finding rests on it
    why: str = ""  # why it has no effect; "" where it stands
    text: str | None = None  # the whole file; None where it cannot be read
    wrong: str = ""  # why it cannot be read
    stray: bool = False  # it is no record at all: a file, or a folder, that was meant for one
    signature: str | None = None  # that lay beside it
    evidence: dict[str, str | None] = {}  # files that it names, with the SHA-256 of what lay there


class Person(Frozen):
    """Somebody who could sign in this run, as what, and with which public keys."""

    name: str
    roles: tuple[str, ...]
    keys: tuple[str, ...] = ()


class Official(Frozen):
    """Somebody whom the environment names, and as what."""

    name: str
    full_name: str = ""
    roles: tuple[str, ...]
    has_key: bool  # without one, nothing that this person signs has effect


class Change(Frozen):
    """One thing that is otherwise than in an earlier run."""

    item: str  # "" where it is about the run: the candidate
    title: str
    kind: Literal["newly-open", "newly-met", "newly-due", "status", "reason", "words", "new", "gone", "candidate"]
    before: str
    after: str


class Comparison(Frozen):
    """What changed since an earlier run."""

    folder: str  # its name below reports/<environment>/
    ended: AwareDatetime
    phase: str
    status: Decision
    line: str  # its verdict in one line
    said: str  # what changed, in one line
    changes: tuple[Change, ...]


class EarlierRun(Frozen):
    """One line of the history."""

    folder: str
    ended: AwareDatetime
    phase: str
    status: Decision
    line: str
    image_digest: str | None = None
    faults: tuple[str, ...] = ()
    approved: bool | None = None  # None where nobody can tell


class History(Frozen):
    """What was there before this run, in the same environment, phase and profile."""

    runs: tuple[EarlierRun, ...] = ()  # newest first
    last: Comparison | None = None  # with the last run of the whole gate
    approved: Comparison | None = None  # with the last approved run, whichever phase it gated
    unread: tuple[str, ...] = ()  # runs that cannot be read, and why


class Inventory(Frozen):
    """What had to be judged."""

    lock: str  # SHA-256 of features/checklist.lock
    items: int


class Record(Frozen):
    """One run of the gate."""

    # "schema" is the name in the document; pydantic keeps that name for itself.
    record_schema: str = Field(default=SCHEMA, alias="schema")
    run: Run
    environment: str
    rehearsal: bool
    phase: str
    profile: Literal["launch", "change"] = "launch"
    launch_at: AwareDatetime | None = None
    subject: Subject
    verdict: Verdict
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    records: tuple[Paper, ...] = ()
    people: tuple[Person, ...] = ()  # against whom the signatures were held
    officials: tuple[Official, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    history: History | None = None  # None where nobody looked back
    inventory: Inventory

    def to_json(self) -> str:
        """The document, indented, as it is written to `record.json`."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Record:
        """Read a document; pydantic's ValidationError where it is not a record of this schema."""
        return cls.model_validate_json(text)


def acts_of(record: Record) -> list[tuple[str, Evidence]]:
    """What a run has changed or sent, in its order, each with the item for which."""
    items = {name: finding.item for finding in record.findings for name in finding.evidence}
    return [(items.get(seen.id, ""), seen) for seen in record.evidence if seen.act is not None]


def what_became(seen: Evidence) -> str:
    """What an act has left behind, or why nobody knows."""
    return seen.stays or (f"what became of it is not known: {seen.error}" if seen.error else "nothing of it stays")


def identities(findings: Iterable[Finding]) -> list[str]:
    """A stable name for each finding: its item's id, told apart where an item has several."""
    seen: Counter[str] = Counter()
    names = []
    for finding in findings:
        seen[finding.item] += 1
        names.append(finding.item if seen[finding.item] == 1 else f"{finding.item} (finding {seen[finding.item]})")
    return names


def unselected(record: Record) -> frozenset[str]:
    """The items that somebody left out of a run; none of a run of the whole gate."""
    if record.verdict.status is not Decision.PARTIAL:
        return frozenset()
    return frozenset(
        finding.item
        for finding in record.findings
        if finding.status is Status.UNKNOWN and finding.found is None and finding.item not in record.verdict.holding
    )
