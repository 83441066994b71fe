"""A record is judged again without the network, to the same end; what is otherwise today is said item by item."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import json
import pkgutil
import shutil
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any

import pytest

import golive.probes
from golive.errors import Crashed, SetupError
from golive.gate import Gate
from golive.probes.aws import Caller
from golive.probes.look import Look
from golive.record import Decision, Evidence, Finding, Record, Status
from golive.replay import SAID_BY_THE_RECORD, answer_of, answer_type, read_record
from golive.runbook import write_lock
from tests.gate.conftest import Project
from tests.gate.sweeping import FIRST_DAY, HOME, INVENTORY, LAUNCH, Sweep, due_in

HSTS, HSTS_FEATURE = "GL-2.4.4", "features/golive/2.4-domain-and-tls.feature"
# What takes times of this run instead of the recorded one.
OF_THE_MOMENT = {"started", "took_ms"}


@dataclass(frozen=True)
class Again:
    """What a replay said."""

    status: int
    record: Record | None
    terminal: str

    @property
    def found(self) -> Mapping[str, Finding]:
        """The findings, by item."""
        assert self.record is not None, self.terminal
        return {finding.item: finding for finding in self.record.findings}


CLOSED = {"now": False}
ASKING_NOBODY = {"socket.gethostname"}  # Allure notes the name of this machine


def _refuse_sockets(event: str, _: tuple[object, ...]) -> None:
    if CLOSED["now"] and event.startswith("socket.") and event not in ASKING_NOBODY:
        raise RuntimeError(f"a replay reached for the network: {event}")


sys.addaudithook(_refuse_sockets)


@contextlib.contextmanager
def closed_sockets() -> Iterator[None]:
    """Every use of a socket in this process raises, below Python's own module too."""
    CLOSED["now"] = True
    try:
        yield
    finally:
        CLOSED["now"] = False


def judged_again(path: Path, *arguments: str, home: Path = HOME) -> Again:
    """`pytest -m golive --replay` in *home*, in this process, with the sockets closed."""
    taken: list[Record] = []

    class Taking:
        @pytest.hookimpl(trylast=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            gate = config.pluginmanager.getplugin("golive-gate")
            assert isinstance(gate, Gate)
            gate.on_record = taken.append

    told = io.StringIO()
    sys.modules.pop("test_runbook", None)  # another home has other features
    with contextlib.chdir(home), contextlib.redirect_stdout(told), contextlib.redirect_stderr(told), closed_sockets():
        status = pytest.main(["-m", "golive", f"--replay={path}", *arguments], plugins=[Taking()])
    assert "Traceback" not in told.getvalue(), told.getvalue()
    return Again(int(status), taken[0] if taken else None, told.getvalue())


# As few runs as show every status, every kind of look and every kind of trouble: faults that do not touch each other.
RUNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "healthy": (LAUNCH, ()),
    "everything at once": (
        LAUNCH,
        (
            "authoritative-server-silent",
            "certificate-without-www",
            "landing-page-script-fails",
            "hsts-sent-twice",
            "rds-denied",
            "demo-user-present",
            "neonomics-refuses-the-service",
            "swan-throttled",
            "sumsub-token-revoked",
            "client-secret-out-of-date",
            "webhook-takes-unsigned",
            "slack-denied",
            "attestation-expired",
            "check-skipped-and-waived",
        ),
    ),
    "signed badly": (
        LAUNCH,
        (
            "attestation-that-is-no-toml",
            "waiver-for-no-item",
            "database-off",
            "betterstack-off",
            "firewall-open-by-a-prefix-list",
            "pre-launch-snapshot-missing",
        ),
    ),
    "nobody known": (LAUNCH, ("sts-denied",)),
    "first day": (FIRST_DAY, ()),
    "bad first day": (
        FIRST_DAY,
        ("errors-pile-up", "hardly-any-logins", "payments-stuck", "outage-since-the-launch", "applicant-stuck"),
    ),
    "rolled back": ("rollback", ("rollback-not-on-the-status-page",)),
}


@dataclass(frozen=True)
class Kept:
    """One run, written down."""

    status: int
    record: Record
    path: Path
    lost: tuple[str, ...]  # evidence that does not read back as what was seen


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Kept]]:
    """Each run of RUNS, made when the first test asks for it."""
    sweeps: dict[str, Sweep] = {}
    runs: dict[str, Kept] = {}
    folder = tmp_path_factory.mktemp("records")

    def keep(name: str) -> Kept:
        if name not in runs:
            phase, faults = RUNS[name]
            sweep = sweeps.get(phase) or sweeps.setdefault(phase, Sweep(phase))
            status, record, terminal = sweep.run(*faults)
            assert record is not None, terminal
            path = folder / f"{len(runs)}.json"
            path.write_text(record.to_json(), encoding="utf-8")
            runs[name] = Kept(status, record, path, tuple(sweep.lost()))
        return runs[name]

    yield keep
    for sweep in sweeps.values():
        sweep.stop()


@pytest.mark.parametrize("name", RUNS)
def test_a_record_is_judged_to_the_same_end_without_the_network(kept: Callable[[str], Kept], name: str) -> None:
    """The same findings to the letter, the same verdict and, where it was a GO, exit status 0; else 1."""
    run = kept(name)
    again = judged_again(run.path)
    assert again.record is not None, again.terminal

    def whole(record: Record) -> list[dict[str, Any]]:
        return [finding.model_dump(exclude=OF_THE_MOMENT) for finding in record.findings]

    assert whole(again.record) == whole(run.record)
    assert again.record.verdict == run.record.verdict
    # Of a file that cannot be read its digest alone is kept, and it is not computed again.
    kept_whole = [paper.text is not None for paper in run.record.records]
    papers = [[paper for paper, whole in zip(record.records, kept_whole, strict=True) if whole]
              for record in (again.record, run.record)]  # fmt: skip
    assert papers[0] == papers[1]
    assert kept_whole.count(False) == (name == "signed badly")
    assert again.status == run.status == (0 if run.record.verdict.status is Decision.GO else 1)
    last = again.terminal.strip().splitlines()[-2]
    assert last.startswith("REPLAY of rehearsal, ")
    assert last.endswith(f"the same as recorded: {run.record.verdict.line}")
    assert "≠" not in again.terminal


# By golive doctor (the route to the database), by diagnoses, and where CloudFront stands in front (test_cdn.py).
ASKED_ELSEWHERE = {
    *("route", "cloudfront", "way", "pulse", "reception", "egress", "swanschema", "vendorpage"),
    *("journal", "consents", "payments", "applicants"),
}


def test_the_runs_show_every_status(kept: Callable[[str], Kept]) -> None:
    """What is replayed above has findings of every kind but "not applicable", and an answer of every kind of look."""
    runs = [kept(name) for name in RUNS]
    assert {finding.status for run in runs for finding in run.record.findings} >= set(Status) - {Status.NOT_APPLICABLE}
    kinds = {seen.look for run in runs for seen in run.record.evidence if seen.answer is not None}
    unasked = {kind for kind in LOOKS if f"{kind.__module__}:{kind.__qualname__}" not in kinds}
    assert {kind.__module__.rpartition(".")[2] for kind in unasked} <= ASKED_ELSEWHERE, unasked


@pytest.mark.parametrize("name", RUNS)
def test_every_answer_reads_back_as_what_was_seen(kept: Callable[[str], Kept], name: str) -> None:
    """Each look's answer, or its trouble, is the same when it is decoded from the record."""
    assert kept(name).lost == ()


for module in pkgutil.iter_modules(golive.probes.__path__, "golive.probes."):
    importlib.import_module(module.name)


def _looks(kind: type[Any]) -> Iterator[type[Look[Any]]]:
    for below in kind.__subclasses__():
        if not below.__abstractmethods__ and below.__module__.startswith("golive."):
            yield below
        yield from _looks(below)


# A slotted dataclass is made twice; the first of the two stays among the subclasses.
LOOKS = tuple({(kind.__module__, kind.__qualname__): kind for kind in _looks(Look)}.values())
PLAIN = (str, int, float, bool, type(None), datetime, Decimal)


def _undecodable(kind: Any, seen: set[Any]) -> Iterator[str]:
    """What in *kind* could not be told apart, or could be anything."""
    if kind in PLAIN or kind in seen:
        return
    seen.add(kind)
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            yield from (f"{field.name}: {why}" for why in _undecodable(hints[field.name], seen))
    elif inside:
        if origin in (typing.Union, UnionType) and sum(map(dataclasses.is_dataclass, inside)) > 1:
            yield f"{kind} is one of several"
        for part in inside:
            if part is not Ellipsis:
                yield from _undecodable(part, seen)
    else:
        yield f"{kind} is not a plain value"


@pytest.mark.parametrize("kind", LOOKS, ids=lambda kind: f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}")
def test_every_kind_of_answer_can_be_decoded(kind: type[Look[Any]]) -> None:
    """A look says which frozen dataclass of plain values it answers: nothing in it is Any, or one of several."""
    answer = answer_type(kind)
    assert dataclasses.is_dataclass(answer)
    assert answer.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert list(_undecodable(answer, set())) == []


@pytest.mark.parametrize("kind", LOOKS, ids=lambda kind: f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}")
def test_a_look_is_known_by_its_kind_and_fields(kind: type[Look[Any]]) -> None:
    """Where a look holds one of several kinds of value, the names of their fields tell which."""
    for name, hint in typing.get_type_hints(kind).items():
        kinds = [part for part in typing.get_args(hint) if dataclasses.is_dataclass(part)]
        names = {frozenset(field.name for field in dataclasses.fields(part)) for part in kinds}
        assert len(names) == len(kinds), name


def test_a_bug_of_then_is_told_as_it_was() -> None:
    """What our own code failed in is no trouble of the world when it is replayed, and says where it happened."""
    said = "the check itself failed: IndexError at probes/names.py:31"
    at = datetime(2026, 3, 2, tzinfo=UTC)
    seen = Evidence(
        id="e1", look="", question={}, source="x", at=at, took_ms=1, attempts=(), error=said, error_kind="Crashed"
    )
    with pytest.raises(Crashed, match=f"^{said}$"):
        answer_of(Caller(), seen)


def _changed(run: Kept, path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    document = json.loads(run.path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _way(document: dict[str, Any]) -> dict[str, Any]:
    """The evidence of the way to the front page."""
    wanted = ("golive.probes.web:Journey", {"url": "https://getdrop.no/"})
    return next(seen for seen in document["evidence"] if (seen["look"], seen["question"]) == wanted)


def _weaken(document: dict[str, Any]) -> None:
    headers = _way(document)["answer"]["hops"][0]["headers"]
    headers[:] = [[name, value.replace("63072000", "60")] for name, value in headers]


def _drop_way(document: dict[str, Any]) -> None:
    document["evidence"].remove(_way(document))


def _empty_way(document: dict[str, Any]) -> None:
    _way(document)["answer"] = None


def _deny(document: dict[str, Any]) -> None:
    _way(document).update(answer=None, error="https://getdrop.no/: not you", error_kind="Denied")


def _strange_trouble(document: dict[str, Any]) -> None:
    _way(document).update(answer=None, error="done", error_kind="NoConsent")


def _login(document: dict[str, Any]) -> dict[str, Any]:
    """The attestation that somebody logged in."""
    return next(paper for paper in document["records"] if paper["item"] == "GL-2.3.1")


def _unsign(document: dict[str, Any]) -> None:
    _login(document).update(text=_login(document)["text"].replace("reached", "nearly reached"))


def _forget_text(document: dict[str, Any]) -> None:
    del _login(document)["text"]


def _forget_signature(document: dict[str, Any]) -> None:
    del _login(document)["signature"]


def _later(document: dict[str, Any]) -> None:
    year = int(document["run"]["started"][:4])
    document["run"]["started"] = document["run"]["started"].replace(str(year), str(year + 2), 1)


TAMPERED: dict[str, tuple[Callable[[dict[str, Any]], None], str, Status, str]] = {
    "a value": (_weaken, HSTS, Status.UNMET, "max-age"),
    "an answer left out": (_drop_way, HSTS, Status.UNKNOWN, "the record holds no answer to this question"),
    "an answer that is none": (_empty_way, HSTS, Status.UNKNOWN, "the recorded answer is no Trip"),
    "a value of another kind": (
        lambda document: _way(document)["answer"]["hops"][0].update(status="200"),
        HSTS,
        Status.UNKNOWN,
        "the recorded answer is no Trip: hops.0.status",
    ),
    "a field too many": (
        lambda document: _way(document)["answer"].update(certain=True),
        HSTS,
        Status.UNKNOWN,
        "says less or more than a Trip does today",
    ),
    "a trouble": (_deny, HSTS, Status.UNKNOWN, "https://getdrop.no/: not you"),
    "a trouble that is none": (_strange_trouble, HSTS, Status.UNKNOWN, "a trouble of an unknown kind, NoConsent"),
    "signed words": (_unsign, "GL-2.3.1", Status.UNSIGNED, "has no effect"),
    "signed words gone": (_forget_text, "GL-2.3.1", Status.UNSIGNED, "the record does not hold its text"),
    "a signature gone": (_forget_signature, "GL-2.3.1", Status.UNSIGNED, "it is not signed"),
    "the signers": (lambda document: document.update(people=[]), "GL-2.3.1", Status.UNSIGNED, "nobody is called"),
    "the hour of what is signed": (_later, "GL-2.3.1", Status.UNSIGNED, "it expired at"),
    "the hour of what is fresh": (_later, "GL-3.1.4", Status.UNMET, "must be"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_record_that_was_changed_is_judged_otherwise(kept: Callable[[str], Kept], tmp_path: Path, case: str) -> None:
    """One answer or one signed word changed in the record changes its item, which is named, with what it is now."""
    change, item, status, said = TAMPERED[case]
    again = judged_again(_changed(kept("healthy"), tmp_path / "record.json", change))
    assert again.status == 1
    assert (again.found[item].status, said in again.found[item].reason) == (status, True), again.found[item].reason
    assert f"≠ {item} " in again.terminal
    assert f"    status: recorded met, today {status}" in again.terminal
    assert "the same as recorded" not in again.terminal
    assert again.terminal.strip().splitlines()[-1] == "a replay opens nothing, and cannot be signed"


def test_only_what_rests_on_an_answer_hangs_on_it(kept: Callable[[str], Kept], tmp_path: Path) -> None:
    """An answer that is taken away turns exactly the items that rested on it; the rest is judged as before."""
    run = kept("healthy")
    taken = next(seen.id for seen in run.record.evidence if seen.look.endswith(":TlsVersions"))

    def change(document: dict[str, Any]) -> None:
        seen = next(seen for seen in document["evidence"] if seen["id"] == taken)
        seen.update(answer=None, error="getdrop.no: no answer", error_kind="Unreachable")

    again = judged_again(_changed(run, tmp_path / "record.json", change))
    rested = [finding.item for finding in run.record.findings if taken in finding.evidence]
    assert [line.split()[1] for line in again.terminal.splitlines() if line.startswith("≠")] == rested != []


def test_a_stricter_feature_judges_that_item_otherwise(kept: Callable[[str], Kept], project: Project) -> None:
    """An expected value that is another today is reported as that item alone; so is a page that nobody asked then."""
    project.edit(HSTS_FEATURE, "63072000", "31536000")
    text = (project.home / "features/golive/7-compliance.feature").read_text(encoding="utf-8")
    assert "/vilkaar" in text
    project.edit("features/golive/7-compliance.feature", "/vilkaar", "/betingelser")
    write_lock(project.home / "features")
    again = judged_again(kept("healthy").path, home=project.home)
    assert again.status == 1
    assert [line.split()[1] for line in again.terminal.splitlines() if line.startswith("≠")] == [HSTS, "GL-7.2"]
    assert again.found[HSTS].status is Status.UNMET
    assert again.found["GL-7.2"].reason == (
        "https://getdrop.no/betingelser: the record holds no answer to this question"
    )
    assert f"recorded: GO (REHEARSAL, {len(due_in(LAUNCH))} of {len(INVENTORY.item)} items)" in again.terminal
    assert "features/checklist.lock has changed" in again.terminal


def test_features_that_disagree_with_the_lock_judge_nothing(kept: Callable[[str], Kept], project: Project) -> None:
    """A replay trusts the features no more than a run does."""
    project.edit(HSTS_FEATURE, "63072000", "31536000")
    again = judged_again(kept("healthy").path, home=project.home)
    assert again.status == 1
    assert {finding.status for finding in again.found.values()} <= {Status.UNKNOWN, Status.NOT_DUE}


def test_a_partial_run_is_replayed_in_its_own_part(kept: Callable[[str], Kept], tmp_path: Path) -> None:
    """What was left out stays left out, and PARTIAL is no GO; what is left out today is not called different."""
    run = kept("healthy")
    narrower = judged_again(run.path, "-m", HSTS)
    assert (narrower.status, "≠" in narrower.terminal) == (1, False), narrower.terminal
    assert "REPLAY of rehearsal" in narrower.terminal
    assert "0 items judged differently" in narrower.terminal
    assert narrower.record is not None
    path = tmp_path / "record.json"
    path.write_text(narrower.record.to_json(), encoding="utf-8")
    again = judged_again(path)
    assert again.status == 1
    assert "the same as recorded: PARTIAL" in again.terminal


def _set(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update(fields)


def _twice(document: dict[str, Any]) -> None:
    document["evidence"].append({**document["evidence"][0], "id": "e9999"})


def _numbered_twice(document: dict[str, Any]) -> None:
    document["evidence"].append({**document["evidence"][0], "question": {"other": 1}})


def _without_zone(document: dict[str, Any]) -> None:
    document["run"]["started"] = "2026-03-02T09:14:00"


FOREIGN: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a later schema": (_set(schema="golive-record/2"), "the schema 'golive-record/2', and this gate reads golive-rec"),
    "no schema": (lambda document: document.pop("schema"), "no record of a run"),
    "a field that is not known": (_set(verdikt="GO"), "no record that a gate wrote: verdikt"),
    "no findings": (lambda document: document.pop("findings"), "no record that a gate wrote: findings"),
    "an instant without a zone": (_without_zone, "no record that a gate wrote: run.started"),
    "one question answered twice": (_twice, "has two answers"),
    "one number for two answers": (_numbered_twice, "the id e1 has two answers"),
    "an environment that is not there": (_set(environment="../elsewhere"), "there is no environment '../elsewhere'"),
    "a rehearsal as production": (_set(environment="production"), "disagree whether it is a rehearsal"),
    "a phase that there is not": (_set(phase="T-99d"), "there is no phase 'T-99d'"),
    "people without roles": (_set(people=[{"name": "ola", "roles": ["king"]}]), "the record's people: roles.0"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_no_record_of_ours_is_wrong_usage(kept: Callable[[str], Kept], tmp_path: Path, case: str) -> None:
    """Exit status 4 and one sentence; nothing is judged."""
    change, said = FOREIGN[case]
    again = judged_again(_changed(kept("healthy"), tmp_path / "record.json", change))
    assert (again.status, again.record) == (4, None), again.terminal
    errors = [line for line in again.terminal.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert said in errors[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "name the record.json of a run"),
        (b"", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no record of a run"),
        (b'{"schema": 7}', "no record of a run"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    """No file, no JSON, no object: a sentence each."""
    path = tmp_path / "record.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError, match=said):
        read_record(path)


def test_a_run_s_folder_stands_for_its_record(kept: Callable[[str], Kept], tmp_path: Path) -> None:
    """`--replay reports/latest` is enough."""
    shutil.copy(kept("healthy").path, tmp_path / "record.json")
    assert read_record(tmp_path) == kept("healthy").record


@pytest.mark.parametrize("option", SAID_BY_THE_RECORD)
def test_a_gate_does_not_become_a_replay_by_one_more_word(
    kept: Callable[[str], Kept], tmp_path: Path, option: str
) -> None:
    """Whatever says what to gate, or where to write, is refused beside --replay, its default value too."""
    values = {"--env": "rehearsal", "--phase": "T-0", "--profile": "launch", "--digest": "sha256:" + "0" * 64}
    values |= {"--fault": "hsts-sent-twice", "--reports": "reports", "--alluredir": str(tmp_path)}
    given = [f"{option}={values[option]}"] if option in values else [option]
    again = judged_again(kept("healthy").path, *given)
    assert (again.status, again.record) == (4, None), again.terminal
    assert f"--replay takes everything from the record: leave out {option}" in again.terminal


CLOSING = """
import sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"reached for the network: {event}")

sys.addaudithook(refuse)
"""


def test_a_run_is_replayed_as_a_person_does_it(project: Project) -> None:
    """A gate without consent to acts, then its replay in a process without sockets: the same, and nothing written."""
    ran = project.run("-m", "golive", "--fault", "hsts-sent-twice")
    assert ran.folder is not None
    assert ran.record is not None
    before = {path: path.stat().st_mtime_ns for path in (project.home / "reports").glob("**/*") if path.is_file()}
    (project.home / "closing.py").write_text(CLOSING, encoding="utf-8")
    again = project.run("-p", "closing", "-m", "golive", "--replay", str(ran.folder))
    assert again.status == ran.status == 1
    assert f"the same as recorded: {ran.record.verdict.line}" in again.terminal
    assert "Strict-Transport-Security" in again.terminal
    after = {path: path.stat().st_mtime_ns for path in (project.home / "reports").glob("**/*") if path.is_file()}
    assert after == before


def test_the_sockets_of_these_tests_are_closed() -> None:
    """What proves the absence of a network would notice one."""
    import socket

    with closed_sockets(), pytest.raises(RuntimeError, match="reached for the network"):
        socket.socket()


def test_nothing_of_it_is_loaded_by_an_ordinary_run() -> None:
    """The gate starts without the room in which records are replayed."""
    code = "import sys, golive.gate; sys.exit('golive.replay' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=HOME, check=False).returncode == 0
