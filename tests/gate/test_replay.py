"""A record is judged again without the network, to the same end; what is otherwise today is said item by item."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golive.record import Decision, Record, Status
from golive.replay import SAID_BY_THE_RECORD, read_record
from golive.runbook import write_lock
from tests.gate.conftest import Project
from tests.gate.recorded import RUNS, Kept
from tests.gate.replaying import closed_sockets, judged_again
from tests.gate.sweeping import HOME, INVENTORY, LAUNCH, due_in

HSTS, HSTS_FEATURE = "GL-2.4.4", "features/golive/2.4-domain-and-tls.feature"
# What takes times of this run instead of the recorded one.
OF_THE_MOMENT = {"started", "took_ms"}


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
