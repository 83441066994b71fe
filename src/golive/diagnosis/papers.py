"""The failure runbooks as typed values: what `features/diagnosis/<runbook>.toml` says.

What the model does not know is refused with file and line. Figures, contacts, messages and open blanks are the
documents' own; where a command of theirs is stale or wrong, ours stands in its place, and docs/decisions.md says why.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from golive.coordinates import Frozen
from golive.diagnosis.commands import placeholders, shell_changes, sql_changes
from golive.errors import SetupError
from golive.tomllines import broken_rules

RUNBOOKS: Mapping[str, str] = {
    "aisp-balance": "AISP",
    "bankid": "BID",
    "pisp-payment": "PISP",
    "sumsub-kyc": "KYC",
    "swan-outage": "SWAN",
}
CAUSES = 6  # of each runbook
OPEN = "XX"  # how the documents write digits that nobody filled in

Severity = Literal["medium", "high", "critical"]
# nothing · production: our service, its network, its data · partner: our account at a partner · code: takes a release
Changes = Literal["nothing", "production", "partner", "code"]
# What must be so besides the time. The first three a diagnosis may see, the others only a person knows.
Condition = Literal[
    "provider down",
    "outage confirmed",
    "status page incident",
    "unresolved",
    "major outage",
    "urgent payments",
    "urgent customer",
    "no answer from the provider",
    "no estimate",
    "no reliable cache",
    "payments work",
    "no fallback",
    "customers can wait",
]
Approver = Literal["CEO"]

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Minutes = Annotated[int, Field(ge=0)]
Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]


class Step(Frozen):
    """One thing to do; *shell* and *sql* are to be typed by a person, with {{placeholders}} still in them."""

    do: Words
    changes: Changes = "nothing"
    shell: str = ""
    sql: str = ""
    customers: bool = False  # the SQL shows who somebody is, so that its reader needs a right to that
    link: Link | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        placeholders(f"{self.do}{self.shell}{self.sql}{self.link}")
        if self.shell and self.sql:
            raise ValueError("a step has a command or SQL; of both, make two")
        if self.shell or self.sql:
            changing = shell_changes(self.shell) or sql_changes(self.sql)
            if changing != (self.changes != "nothing"):
                raise ValueError(
                    "the command changes something: say what in changes" if changing else "the command only reads"
                )
        if self.customers and not self.sql:
            raise ValueError("customers speaks of SQL")
        return self


class Message(Frozen):
    """What users are told, in the document's own words and language; *blanks* are to be filled in before it is sent."""

    channel: Literal["e-mail", "push", "app", "status page", "web page"]  # the last is HTML
    language: Literal["nb", "en"]
    case: str = ""  # which users, where the document has several messages
    subject: str = ""
    text: Words
    blanks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> Self:
        said = f"{self.subject}\n{self.text}"
        placeholders(said)
        if strange := [blank for blank in self.blanks if blank not in said]:
            raise ValueError(f"these blanks are not in the message: {', '.join(strange)}")
        rest = said
        for blank in self.blanks:
            rest = rest.replace(blank, "")
        if self.channel != "web page" and (open_ := re.findall(r"\[[^\]\n]+\]|<[^>\n]+>", rest)):
            raise ValueError(f"these look like blanks and are not among them: {', '.join(open_)}")
        return self


class Estimate(Frozen):
    """How long the document says that it takes, in minutes: its smallest and largest figure; None where it has none."""

    least: Minutes | None = None
    most: Minutes | None = None
    words: Words

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.least is None) != (self.most is None) or (self.least or 0) > (self.most or 0):
            raise ValueError("least and most go together, in this order")
        return self


class Cause(Frozen):
    """Why it may be broken."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]+-C[1-6]$")]
    title: Words
    prior: Annotated[float, Field(gt=0, lt=1)]  # the document's probability
    estimate: Estimate
    hidden_by: tuple[str, ...] = ()  # causes behind which nothing can be told of this one, unless it shows by itself
    remedy: Annotated[tuple[Step, ...], Field(min_length=1)]
    message: tuple[Message, ...] = ()  # none: the document has none for this cause


class Contact(Frozen):
    """Whom to reach and how; *at* is as the document writes it, and *open* where nobody could use it."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]  # under which an environment may answer it
    who: Words
    way: Literal["e-mail", "phone", "SMS", "Slack", "chat", "page"]
    at: str = ""
    open: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        blank = not self.at or OPEN in self.at
        if blank != self.open:
            raise ValueError("open says whether the document leaves it blank")
        return self

    def answered(self, contacts: Mapping[str, str]) -> Self:
        """The same, reached as *contacts* say, by key; where they say nothing, as the document does."""
        said = contacts.get(self.key)
        return self if said is None else self.model_copy(update={"at": said, "open": False, "note": ""})


class Call(Frozen):
    """A row of the escalation: from minute *at* on, if *when* holds, this is to be done."""

    at: Minutes
    do: Words
    tell: str = ""  # who is told or asked by it; "" for nobody
    when: Condition | None = None
    needs: tuple[Approver, ...] = ()


class Workaround(Frozen):
    """
    An emergency's way around.

    *text* and *clock* are the two times that the document gives, in minutes, in its words and in its escalation.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]+-W[12]$")]
    title: Words
    text: Minutes | None = None
    clock: Minutes | None = None
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    needs: tuple[Approver, ...] = ()
    risk: Words
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    revert: tuple[Step, ...] = ()
    message: tuple[Message, ...] = ()


class Metric(Frozen):
    """A figure that the document wants, or at which it wants an alert."""

    name: Words
    relation: Literal[">", "<"]
    value: float
    unit: Literal["%", "ms", "s", "min", "h", "per minute"]
    percentile: Literal[50, 95, 99] | None = None
    over_minutes: Minutes | None = None  # None: the document does not say over what time
    alert: bool = False  # someone is to be alerted when it is so; else it must be so
    said_by: Literal["failure runbooks", "go-live runbook"] = "failure runbooks"


class Question(Frozen):
    """A part of the document's own diagnosis: carried out by a look, or for a person, at *link* where there is one."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]+-D[1-5]\.[1-9]$")]
    ask: Words
    by: Literal["look", "person"]
    link: Link | None = None
    note: str = ""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        placeholders(self.link or "")
        return self

    @property
    def step(self) -> int:
        """Its number in the document."""
        return int(self.id.split("-D")[1].split(".")[0])


class Cadence(Frozen):
    """How often the document wants somebody to look again."""

    minutes: Annotated[int, Field(gt=0)]
    do: Words


class Review(Frozen):
    """When the document was last gone through, and when next, in its own words; "" where it does not say."""

    last: date
    next: date | str

    @property
    def due(self) -> date | None:
        """The day of the next review; None where the document has no day, so that nobody can be late or in time."""
        return self.next if isinstance(self.next, date) else None


class Runbook(Frozen):
    """One of the five documents."""

    name: str
    prefix: str
    title: Words
    provider: Words  # whose service it is
    severity: Severity
    target_minutes: Annotated[int, Field(gt=0)]  # to repair
    owner: Words
    incident: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]  # slug of the incident's file
    again: Cadence | None = None
    review: Review
    contact: Annotated[tuple[Contact, ...], Field(min_length=1)]
    clock: Annotated[tuple[Call, ...], Field(min_length=1)]
    metric: tuple[Metric, ...]
    diagnosis: Annotated[tuple[Question, ...], Field(min_length=1)]
    cause: Annotated[tuple[Cause, ...], Field(min_length=1)]
    workaround: Annotated[tuple[Workaround, ...], Field(min_length=2, max_length=2)]
    afterwards: Annotated[tuple[Step, ...], Field(min_length=1)]
    query: tuple[Step, ...] = ()  # what else the document reads from the database

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if RUNBOOKS.get(self.name) != self.prefix:
            raise ValueError(f"{self.name!r} with prefix {self.prefix!r} is none of the five runbooks")
        _all_of(self.prefix, "C", range(1, CAUSES + 1), [cause.id for cause in self.cause])
        _all_of(self.prefix, "W", (1, 2), [one.id for one in self.workaround])
        steps = sorted({question.step for question in self.diagnosis})
        if steps != list(range(1, len(steps) + 1)):
            raise ValueError(f"the diagnosis has the steps {steps}: one is missing")
        _once("diagnosis", [question.id for question in self.diagnosis])
        _once("contact", [contact.key for contact in self.contact])
        if stray := [one.id for one in self.diagnosis if not one.id.startswith(f"{self.prefix}-")]:
            raise ValueError(f"not of this runbook: {', '.join(stray)}")
        if [call.at for call in self.clock] != sorted(call.at for call in self.clock) or self.clock[0].at != 0:
            raise ValueError("the clock begins at 0 and goes forward")
        _no_circle({cause.id: cause.hidden_by for cause in self.cause})
        return self

    def answered(self, contacts: Mapping[str, str]) -> Self:
        """The same, with what the environment file says of its contacts."""
        return self.model_copy(update={"contact": tuple(one.answered(contacts) for one in self.contact)})

    @cached_property
    def causes(self) -> Mapping[str, Cause]:
        """The causes by their ids."""
        return {cause.id: cause for cause in self.cause}

    @property
    def steps(self) -> tuple[Step, ...]:
        """Everything in it that a person may be given to do, in the document's order."""
        ways = [(*one.steps, *one.revert) for one in self.workaround]
        return sum([*(cause.remedy for cause in self.cause), *ways, self.afterwards, self.query], ())

    @property
    def statements(self) -> tuple[Step, ...]:
        """The steps with SQL: what its tables and columns are needed for."""
        return tuple(step for step in self.steps if step.sql)


def load_runbook(path: Path) -> Runbook:
    """Read one runbook; SetupError names the line and the rule that it breaks."""
    shown = "/".join(path.parts[-3:])
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except OSError as exc:
        raise SetupError(f"{shown}: cannot be read: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SetupError(f"{shown}: not TOML: {exc}") from exc
    if said.get("name") != path.stem:
        raise SetupError(f"{shown}: name = {said.get('name')!r}, but the file is {path.stem!r}")
    try:
        return Runbook.model_validate(said)
    except ValidationError as exc:
        raise SetupError("; ".join(f"{shown}:{rule}" for rule in broken_rules(exc, text))) from exc


def load_runbooks(features: Path) -> dict[str, Runbook]:
    """
    All five, by name, from `diagnosis/` under *features*.

    SetupError where one is missing or wrong, or where a runbook lies there that nobody knows.
    """
    folder = features / "diagnosis"
    there = {path.stem for path in folder.glob("*.toml")}
    if there != RUNBOOKS.keys():
        differing = ", ".join(sorted(there ^ RUNBOOKS.keys()))
        raise SetupError(f"{features.name}/diagnosis: these runbooks are missing, or unknown: {differing}")
    return {name: load_runbook(folder / f"{name}.toml") for name in RUNBOOKS}


def _all_of(prefix: str, letter: str, numbers: Iterable[int], ids: list[str]) -> None:
    wanted = [f"{prefix}-{letter}{number}" for number in numbers]
    if ids != wanted:
        raise ValueError(f"must have {', '.join(wanted)}, each once and in this order; it has {', '.join(ids)}")


def _once(what: str, ids: list[str]) -> None:
    if doubled := [name for name, count in Counter(ids).items() if count > 1]:
        raise ValueError(f"{what}: twice: {', '.join(doubled)}")


def _no_circle(hidden_by: Mapping[str, tuple[str, ...]]) -> None:
    """ValueError where causes hide each other in a circle, or one is hidden by what is no cause of its runbook."""
    if stray := {other for others in hidden_by.values() for other in others} - hidden_by.keys():
        raise ValueError(f"hidden by what is no cause here: {', '.join(sorted(stray))}")
    left = dict(hidden_by)
    while free := [name for name, others in left.items() if not set(others) & left.keys()]:
        for name in free:
            del left[name]
    if left:
        raise ValueError(f"these hide each other in a circle: {', '.join(sorted(left))}")
