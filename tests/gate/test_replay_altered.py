"""A record that was altered is judged otherwise, or is none of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golive.errors import SetupError
from golive.record import Status
from golive.replay import read_record
from tests.gate.recorded import Kept
from tests.gate.replaying import judged_again

HSTS = "GL-2.4.4"


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
