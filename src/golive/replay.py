"""
Judging a record again: today's checklist, features and steps, on the evidence of the recorded run instead of the world.

Nothing is asked of anybody, nothing is written, and nothing is opened by it. Clock, phase, profile, candidate, consent,
people and what they signed are those of the recorded run.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from golive import errors
from golive.environment import Detour, Environment
from golive.errors import Crashed, GoLiveError, ProbeError, SetupError, Unreadable
from golive.expedition import Wanted
from golive.findings import Progress
from golive.identity import establish
from golive.observatory import Entry, Observatory, kind_of, plain
from golive.paperwork import as_they_were
from golive.probes.look import Act, Look
from golive.record import SCHEMA, Attempt, Evidence, Finding, Record, Verdict
from golive.run import Run
from golive.runbook import Scenario
from golive.standing import Signatures
from golive.terminal import Terminal
from golive.verdict import holds

# What a record says for itself: a gate's command line does not become a replay by one more word.
SAID_BY_THE_RECORD = (
    "--env", "--phase", "--profile", "--digest", "--fault", "--act", "--partial", "--reports", "--alluredir",
)  # fmt: skip
# What is concluded of an item, and on what it rests; titles and remedies may be reworded.
JUDGED = ("status", "found", "reason", "severity", "due", "warnings", "examined", "tables", "evidence")
OF_THE_VERDICT = ("status", "line", "opens", "later", "reasons")


def read_record(path: Path) -> Record:
    """The record at *path*, a file or a run's folder; SetupError says in a sentence why it is none that can be read."""
    file = path / "record.json" if path.is_dir() else path
    try:
        data = file.read_bytes()
        said = json.loads(data)
    except OSError as exc:
        raise SetupError(f"--replay {path}: {exc.strerror}: name the record.json of a run") from exc
    except (ValueError, RecursionError) as exc:
        raise SetupError(f"--replay {path}: not JSON, so no record: name the record.json of a run") from exc
    schema = said.get("schema") if isinstance(said, dict) else None
    if schema != SCHEMA:
        named = f"a document of the schema {schema!r}" if isinstance(schema, str) else "no record of a run"
        raise SetupError(f"--replay {path}: {named}, and this gate reads {SCHEMA}: take the gate that wrote it")
    try:
        record = Record.from_json(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SetupError(f"--replay {path}: no record that a gate wrote: {where}: {first['msg']}") from exc
    for what, names in (
        ("the id", [seen.id for seen in record.evidence]),
        ("the question", [key_of(seen.look, seen.question) for seen in record.evidence]),
    ):
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            raise SetupError(f"--replay {path}: no record that a gate wrote: {what} {twice[0]} has two answers")
    return record


def key_of(kind: str, question: Mapping[str, Any]) -> str:
    """What tells one look from every other: its kind and its fields."""
    return f"{kind} {json.dumps(question, sort_keys=True, ensure_ascii=False)}"


def answer_type(kind: type[Look[Any]]) -> type:
    """What a look of *kind* answers, as its class says; TypeError where it does not say."""
    for each in kind.__mro__:
        for base in each.__dict__.get("__orig_bases__", ()):
            if get_origin(base) in (Look, Act) and isinstance(answer := get_args(base)[0], type):
                return answer
    raise TypeError(f"{kind.__qualname__} does not say what it answers")


class Recorded(Observatory):
    """Answers from the evidence of a record. What that does not hold is unknown: nobody is ever asked."""

    def __init__(self, environment: Environment, record: Record) -> None:
        super().__init__(environment, Detour(launch_at=record.launch_at), armed=record.run.act)
        self._record = record
        self._by_id = {seen.id: seen for seen in record.evidence}
        self._by_question = {key_of(seen.look, seen.question): seen for seen in record.evidence}

    def _claim(self, look: Look[Any]) -> tuple[Entry, bool]:
        if look not in self._entries:
            self._entries[look] = self._remembered(look)
        return self._entries[look], False  # nobody has to ask

    def _remembered(self, look: Look[Any]) -> Entry:
        entry = Entry(look, len(self._entries) + 1, begun=True)
        entry.done.set()
        seen = self._find(look)
        if seen is None:
            entry.error = ProbeError(look.source, "the record holds no answer to this question")
            return entry
        entry.at = seen.at
        entry.attempts = list(seen.attempts) or [Attempt(at=seen.at, took_ms=seen.took_ms)]
        try:
            entry.answer = answer_of(look, seen)
        except GoLiveError as exc:
            entry.error = exc
        return entry

    def _find(self, look: Look[Any]) -> Evidence | None:
        return self._by_question.get(key_of(kind_of(look), cast(dict[str, Any], plain(look))))

    def evidence_ids(self, looks: Iterable[Look[Any]]) -> tuple[str, ...]:
        """As the recorded run numbered them; what it did not ask has no number."""
        found: dict[str, None] = {}
        for look in looks:
            if seen := self._find(look):
                self._follow(seen.id, found)
        return tuple(found)

    def _follow(self, name: str, found: dict[str, None]) -> None:
        if name not in found:
            found[name] = None
            for needed in self._by_id[name].needs if name in self._by_id else ():
                self._follow(needed, found)

    def evidence(self) -> tuple[Evidence, ...]:
        """What the recorded run saw."""
        return self._record.evidence


def answer_of(look: Look[Any], seen: Evidence) -> Any:
    """
    The answer to *look* as it was recorded; what kept the run from one is raised again.

    Unreadable where today's look answers in another form: what is read must say, to the letter, what stands there.
    """
    if seen.error is not None:
        raise _trouble(seen)
    kind = answer_type(type(look))
    try:
        answer = _adapter(kind).validate_json(json.dumps(seen.answer), strict=True)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Unreadable(seen.source, f"the recorded answer is no {kind.__name__}: {where}: {first['msg']}") from exc
    if plain(answer) != seen.answer:
        raise Unreadable(seen.source, f"the recorded answer says less or more than a {kind.__name__} does today")
    return answer


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    """What turns JSON back into values of *kind*; to make one costs more than to use it."""
    return TypeAdapter(cast(type, kind))


def _trouble(seen: Evidence) -> GoLiveError:
    kind, said = getattr(errors, seen.error_kind or "", None), seen.error or ""
    if kind is Crashed:
        return Crashed(said)
    if not (isinstance(kind, type) and issubclass(kind, ProbeError)):
        return Unreadable(seen.source, f"the record names a trouble of an unknown kind, {seen.error_kind}: {said}")
    target, _, reason = said.partition(": ")
    return kind(target, reason)


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that is judged otherwise today, and in which respects."""

    item: str
    title: str
    respects: tuple[str, ...]


def differences(recorded: Record, today: Record) -> Iterator[Difference]:
    """Item by item, where the findings of *today* are others than the *recorded* ones; not what is left out today."""
    then, now = _by_item(recorded.findings), _by_item(today.findings)
    passed_over = set(today.run.left_out) - set(recorded.run.left_out)
    for item in dict.fromkeys((*then, *now)):
        before, after = then.get(item, []), now.get(item, [])
        if item in passed_over:
            continue
        if len(before) != len(after):
            respects = [f"findings: recorded {len(before)}, today {len(after)}"]
        else:
            pairs = zip(before, after, strict=True)
            respects = [line for one, other in pairs for line in _respects(one, other, JUDGED)]
        if respects:
            yield Difference(item, (after or before)[0].title, tuple(respects))


def _by_item(findings: Sequence[Finding]) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.item].append(finding)
    return found


def _respects(recorded: Finding | Verdict, today: Finding | Verdict, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        before, after = getattr(recorded, name), getattr(today, name)
        if before != after:
            yield f"{name}: recorded {_said(before)}, today {_said(after)}"


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(_said, value)) or "none"
    return str(value)


@dataclass(slots=True)
class Replay(Run):
    """One record, judged again."""

    recorded: Record = field(kw_only=True)

    @classmethod
    def of(cls, home: Path, path: Path, arguments: Sequence[str], terminal: Terminal) -> Replay:
        """The replay of the record at *path*; SetupError for *arguments* that the record answers itself."""
        said = [option for option in SAID_BY_THE_RECORD for given in arguments if given.split("=")[0] == option]
        if said:
            raise SetupError(f"--replay takes everything from the record: leave out {', '.join(dict.fromkeys(said))}")
        record = read_record(path)
        wanted = Wanted(
            record.environment, record.phase, record.profile, record.run.digest, record.run.faults, act=record.run.act
        )
        return cls(home, wanted, terminal, started=record.run.started, recorded=record)

    def begin(self) -> None:
        """Nobody is asked."""

    def prepare(self) -> None:
        """Read today's checklist, features and environment; nothing will be written."""
        self.read()
        if self.environment.rehearsal is not self.recorded.rehearsal:
            raise SetupError(f"the record and environment {self.environment.name} disagree whether it is a rehearsal")
        self.launch_at = self.recorded.launch_at

    def look(self, selected: Sequence[Scenario]) -> None:  # noqa: ARG002  # every answer is there already
        """Establish from the evidence who the target was, and what its people had signed."""
        self.terminal.say(f"replaying {self._name}, without the network")
        if self.reasons:
            self.unknown = f"the features cannot be trusted: {self.reasons[0]}"
            return
        self.observatory = Recorded(self.environment, self.recorded)
        self.unknown = establish(self.environment, self.observatory).unknown
        if not self.unknown:
            self.signatures = self.signed(self.observatory)

    def signed(self, observatory: Observatory) -> Signatures:
        """What people had put on record then, held against today's demands."""
        return as_they_were(self.recorded, self.subject(), self.demanded(observatory))

    def finish(self, progresses: Sequence[Progress], unselected: frozenset[str], *, tell: bool = True) -> int:
        """Judge, compare, tell; exit status 0 where the recorded verdict is a GO and today's is the same, else 1."""
        left_out = frozenset(self.recorded.run.left_out)
        today = self.record([each for each in progresses if each.scenario.item not in left_out], unselected | left_out)
        if self.on_record is not None:
            self.on_record(today)
        if tell:
            self.terminal.items(today)
        self.terminal.against(today)
        found = list(differences(self.recorded, today))
        verdict = list(_respects(self.recorded.verdict, today.verdict, OF_THE_VERDICT))
        self._tell(found, verdict, today)
        return 0 if not (found or verdict) and holds(today.verdict, partial_is_enough=False) else 1

    def _tell(self, found: Sequence[Difference], verdict: Sequence[str], today: Record) -> None:
        say = self.terminal.say
        for difference in found:
            say(f"≠ {difference.item} {difference.title}: judged differently today", "bold yellow")
            for line in difference.respects:
                say(f"    {line}")
        if today.inventory.lock != self.recorded.inventory.lock:
            say("the features are not those of the recorded run: features/checklist.lock has changed", "dim")
        if not (found or verdict):
            say(f"REPLAY of {self._name}, the same as recorded: {today.verdict.line}", "bold")
        else:
            number = f"{len(found)} item{'s' * (len(found) != 1)} judged differently"
            say(f"REPLAY of {self._name}, {number}", "bold red")
            say(f"    recorded: {self.recorded.verdict.line}")
            say(f"    today:    {today.verdict.line}")
            for line in verdict if not found else ():
                say(f"    the verdict's {line}")
        say("a replay opens nothing, and cannot be signed", "dim")

    @property
    def _name(self) -> str:
        record = self.recorded
        what = record.phase if record.profile == "launch" else record.profile
        return f"{record.environment}, {what}, {record.run.started:%Y-%m-%d %H:%M:%S} UTC"
