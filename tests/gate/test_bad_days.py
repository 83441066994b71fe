"""Wrong usage and bad weather: one clear sentence, the right exit status, nothing half-written taken for a record."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from golive.record import Decision, Status
from tests.gate.conftest import Project, Ran
from tests.gate.sweeping import INVENTORY

WRONG_USAGE = 4


def demand_refusal(ran: Ran, *words: str) -> None:
    """One sentence with *words*, exit status 4, and nothing recorded."""
    assert ran.status == WRONG_USAGE, ran.terminal
    errors = [line for line in ran.terminal.splitlines() if line.startswith("ERROR: ")]
    assert len(errors) == 1, ran.terminal
    for word in words:
        assert word in errors[0]
    assert (ran.record, ran.manifest) == (None, False)


def test_an_unknown_environment(project: Project) -> None:
    """Who names an environment that is none is told which there are."""
    demand_refusal(project.run("-m", "golive", "--env", "prod"), "'prod'", "production, rehearsal, staging")


def test_an_unknown_fault(project: Project) -> None:
    """Who mistypes a fault is told the nearest, and is not sent to look for ports or a full disk."""
    ran = project.run("-m", "golive", "--fault", "hsts-send-twice")
    demand_refusal(ran, "did you mean hsts-sent-twice")
    assert "ports" not in ran.terminal


def test_an_unknown_phase(project: Project) -> None:
    """Who names a phase that is none is told which there are."""
    demand_refusal(project.run("-m", "golive", "--phase", "T-3d"), "'T-3d'", "T-7d")


def test_a_candidate_that_is_no_digest(project: Project) -> None:
    """A tag is not a candidate: it moves."""
    demand_refusal(project.run("-m", "golive", "--digest", "drop-web:production"), "no digest")


def test_a_fault_in_a_live_environment(project: Project) -> None:
    """Only the twin can be broken."""
    demand_refusal(project.run("-m", "golive", "--env", "production", "--fault", "hsts-sent-twice"), "rehearsal only")


def test_a_malformed_environment(project: Project) -> None:
    """A key that nobody knows is named with file and line."""
    project.edit("environments/rehearsal/environment.toml", "[site]\n", "[site]\nhots = 1\n")
    demand_refusal(project.run(), "environments/rehearsal/environment.toml:", "site.hots")


def test_a_malformed_inventory(project: Project) -> None:
    """A severity that there is not is named with file and line."""
    project.edit("features/checklist.toml", 'severity = "critical"', 'severity = "high"')
    demand_refusal(project.run(), "features/checklist.toml:", "severity")


def test_reports_that_cannot_be_written(project: Project) -> None:
    """Where nothing can be written nothing is looked at, and the sentence says what to do."""
    (project.home / "wall").write_text("a file, not a folder")
    ran = project.run("-m", "golive", "--reports", "wall")
    demand_refusal(ran, "cannot be written", "--reports")


def test_reports_elsewhere(project: Project) -> None:
    """With --reports a run is written to another folder, also to one that exists already."""
    (project.home / "elsewhere").mkdir()
    ran = project.run("-m", "GL-2.1.4", "--reports", "elsewhere")
    assert ran.status == 1, ran.terminal
    assert list((project.home / "elsewhere/rehearsal").glob("*/manifest.json"))
    assert not (project.home / "reports/rehearsal").exists()


def test_a_report_that_cannot_be_made(project: Project) -> None:
    """Without the report's generator there is no manifest, the verdict is NO-GO, and nothing on disk says GO."""
    (project.home / "reports/node_modules").unlink()
    ran = project.run()
    assert ran.status == 1, ran.terminal
    assert "reports/install.py" in ran.terminal
    assert "\nNO-GO (REHEARSAL): the run could not be written down" in ran.terminal
    assert not ran.manifest
    assert ran.record is not None
    assert ran.record.verdict.status is Decision.NO_GO
    assert ran.folder is not None
    assert not (ran.folder / "report.html").exists()


def cut_off(project: Project) -> None:
    """Give production name servers that are not there, and little patience: a test reaches loopback only."""
    file = "environments/production/environment.toml"
    project.edit(file, '["1.1.1.1", "8.8.8.8", "9.9.9.9"]', '["127.0.0.1", "127.0.0.2"]')
    project.edit(file, "answer_seconds = 5.0", "answer_seconds = 0.5")


def test_no_network_and_no_credentials(project: Project) -> None:
    """Gating production from a machine that reaches nothing ends as NO-GO with every item unknown, and says why."""
    cut_off(project)
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "GOLIVE_GITHUB_TOKEN": ""}
    ran = project.run("-m", "golive", "--env", "production", **nobody)
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    assert ran.record.verdict.status is Decision.NO_GO
    assert not ran.record.rehearsal
    assert len(ran.record.findings) == len(INVENTORY.item)
    for finding in ran.record.findings:
        assert finding.found is Status.UNKNOWN
        if finding.status is Status.NOT_DUE:
            continue
        assert finding.status is Status.UNKNOWN
        assert "AWS_ACCESS_KEY_ID is not set" in finding.reason
    assert "AWS_ACCESS_KEY_ID is not set" in ran.terminal


@pytest.mark.parametrize("fault", ["clock-far-off", "clock-a-year-off"])
def test_a_clock_far_off(project: Project, fault: str) -> None:
    """
    With a clock hours off every age would be a lie: all is unknown, and the sentence says to set the clock; also where
    it is so far off that no certificate is good, and no site can be asked for the hour.
    """
    ran = project.run("-m", "golive", "--fault", fault)
    assert ran.status == 1, ran.terminal
    assert "set the clock" in ran.terminal
    assert ran.record is not None
    assert Status.MET not in {finding.status for finding in ran.record.findings}


@pytest.mark.parametrize("fault", ["account-of-another", "certificate-of-somebody-else"])
def test_another_target_stops_the_run(project: Project, fault: str) -> None:
    """What is not the environment that it says it is is not judged at all."""
    demand_refusal(project.run("-m", "golive", "--fault", fault), "")


@pytest.mark.parametrize(
    ("when", "fault"), [("looking:", ["--fault", "authoritative-server-silent"]), ("1 Prereq", [])]
)
def test_ctrl_c_leaves_no_record(project: Project, when: str, fault: list[str]) -> None:
    """
    Stopped by a person while it looks, or writes down, the gate exits 2, says that nothing was recorded; nothing is.
    """
    gate = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-m", "golive", *fault],
        cwd=project.home,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert gate.stdout is not None
    said = ""
    for line in gate.stdout:
        said += line
        if line.startswith(when):
            os.killpg(gate.pid, signal.SIGINT)  # as the terminal does
            break
    said += gate.stdout.read()
    assert gate.wait(60) == 2, said
    ran = project.left_behind(2, said)
    assert (ran.record, ran.manifest) == (None, False)
    assert not [*(project.home / "reports/rehearsal").glob("*/*")]
    assert "interrupted: nothing was recorded" in said
    assert "Traceback" not in said


def test_ctrl_c_that_nobody_hears_leaves_no_record(project: Project) -> None:
    """What is raised while Python cleans something up is lost; that a person stopped the run is known all the same."""
    conftest = project.home / "conftest.py"
    conftest.write_text(
        conftest.read_text(encoding="utf-8")
        + """

import signal


class Last:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def pytest_runtest_setup(item):
    if "GL-2.1.1" in item.keywords:
        Last()
""",
        encoding="utf-8",
    )
    ran = project.run()
    assert ran.status == 2, ran.terminal
    assert (ran.record, ran.manifest) == (None, False)
    assert "interrupted: nothing was recorded" in ran.terminal
