"""The gate has no token to read #drop-ops, as production's file has it: what it cannot see there people sign."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from golive.phases import ROLLBACK
from golive.record import Decision, Record, Status
from tests.gate.conftest import Project
from tests.gate.sweeping import Sweep
from tests.gate.test_candidate import held_by

TOKEN = 'token = { variable = "GOLIVE_SLACK_TOKEN" }\n'
FILE = "environments/rehearsal/environment.toml"


@pytest.fixture
def mute(project: Project) -> Project:
    """A project whose environment names no token for Slack, and answers nothing of what is read there."""
    project.edit(FILE, TOKEN, "")
    for line in ('channels = { "#drop-ops" = "C07DROP0OPS" }\n', 'startup_alert = "drop-web started"\n'):
        project.edit(FILE, line, "")
    return project


def muted(sweep: Sweep, *faults: str) -> Record:
    """What an armed run with the same environment finds in the world with *faults* in it."""
    sweep.swap(*faults)
    environment = sweep.observatory.environment
    unread = environment.slack.model_copy(update={"token": None, "channels": {}, "startup_alert": None})
    with sweep.reading(environment.model_copy(update={"slack": unread}), {"slack", "webhook"}.__contains__):
        status, record, terminal = sweep.judge()
    assert record is not None, terminal
    assert status == (1 if held_by(record) else 0), terminal
    return record


def reason(record: Record | None, item: str) -> tuple[Status, str]:
    """What is found of *item*, and why."""
    assert record is not None, "the run was not refused"
    (finding,) = (finding for finding in record.findings if finding.item == item)
    return finding.status, finding.reason


def test_an_armed_run_rests_on_what_was_signed(mute: Project) -> None:
    """
    A GO: the alert is posted, and a person has said that such a one arrives. Judged again it is the same.

    That the service has reported its start rests on the signature alone, and the report says so.
    """
    ran = mute.run("-m", "golive", "--phase", "T+30m", "--act")
    assert held_by(ran.record) == set(), ran.terminal
    assert (ran.status, ran.record and ran.record.verdict.status) == (0, Decision.GO)
    status, said = reason(ran.record, "GL-2.5.4")
    assert status is Status.MET
    assert said.startswith("attested by kari, platform engineer, since the gate may not see what came of the act: ")
    assert ran.record is not None
    (start,) = (finding for finding in ran.record.findings if finding.item == "GL-3.4.3")
    assert start.status is Status.MET
    assert start.warnings == ("slack.token names no token, so #drop-ops was not read: what it says is only attested",)
    again = mute.run("-m", "golive", f"--replay={ran.folder}")
    assert again.status == 0, again.terminal


def test_an_armed_run_without_a_signature_is_unsigned(sweep: Sweep) -> None:
    """That Slack took the message is not that it arrived."""
    record = muted(sweep, "alert-not-attested")
    assert held_by(record) == {"GL-2.5.4"}
    status, said = reason(record, "GL-2.5.4")
    assert status is Status.UNSIGNED
    assert "taken by Slack; the gate may not read the channel" in said
    assert "golive attest GL-2.5.4" in said


def test_what_slack_refuses_no_signature_settles(sweep: Sweep) -> None:
    """A webhook that is gone is seen without reading: unmet, whatever was signed."""
    record = muted(sweep, "webhook-revoked")
    assert held_by(record) == {"GL-1.7", "GL-2.5.4"}
    assert reason(record, "GL-2.5.4")[0] is Status.UNMET


def test_a_rollback_is_told_by_people_then(sweeps: Callable[[str], Sweep]) -> None:
    """Nothing is posted, for nobody knows whether it was said; that it was a person signs, of this rollback."""
    rolled_back = sweeps(ROLLBACK)
    record = muted(rolled_back)
    assert held_by(record) == set()
    assert reason(record, "GL-5.2.1")[0] is Status.MET
    old = muted(rolled_back, "telling-signed-of-an-earlier-rollback")
    assert held_by(old) == {"GL-5.2.1"}
    assert "it may be of an earlier rollback" in reason(old, "GL-5.2.1")[1]
