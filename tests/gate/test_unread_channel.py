"""The gate has no token to read #drop-ops, as production's file has it: what it cannot see there people sign."""

from __future__ import annotations

import pytest

from golive.record import Decision, Status
from tests.gate.conftest import Project, Ran
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


def reason(ran: Ran, item: str) -> tuple[Status, str]:
    """What is found of *item*, and why."""
    assert ran.record is not None, ran.terminal
    (finding,) = (finding for finding in ran.record.findings if finding.item == item)
    return finding.status, finding.reason


def test_an_armed_run_rests_on_what_was_signed(mute: Project) -> None:
    """
    A GO: the alert is posted, and a person has said that such a one arrives. Judged again it is the same.

    That the service has reported its start rests on the signature alone, and the report says so.
    """
    ran = mute.run("-m", "golive", "--phase", "T+30m", "--act")
    assert held_by(ran.record) == set(), ran.terminal
    assert (ran.status, ran.record and ran.record.verdict.status) == (0, Decision.GO)
    status, said = reason(ran, "GL-2.5.4")
    assert status is Status.MET
    assert said.startswith("attested by kari, platform engineer, since the gate may not see what came of the act: ")
    assert ran.record is not None
    (start,) = (finding for finding in ran.record.findings if finding.item == "GL-3.4.3")
    assert start.status is Status.MET
    assert start.warnings == ("slack.token names no token, so #drop-ops was not read: what it says is only attested",)
    again = mute.run("-m", "golive", f"--replay={ran.folder}")
    assert again.status == 0, again.terminal


def test_an_armed_run_without_a_signature_is_unsigned(mute: Project) -> None:
    """That Slack took the message is not that it arrived."""
    ran = mute.run("-m", "golive", "--phase", "T-7d", "--act", "--fault", "alert-not-attested")
    assert held_by(ran.record) == {"GL-2.5.4"}, ran.terminal
    status, said = reason(ran, "GL-2.5.4")
    assert status is Status.UNSIGNED
    assert "taken by Slack; the gate may not read the channel" in said
    assert "golive attest GL-2.5.4" in said


def test_what_slack_refuses_no_signature_settles(mute: Project) -> None:
    """A webhook that is gone is seen without reading: unmet, whatever was signed."""
    ran = mute.run("-m", "golive", "--phase", "T-7d", "--act", "--fault", "webhook-revoked")
    assert {"GL-1.7", "GL-2.5.4"} == held_by(ran.record), ran.terminal
    assert reason(ran, "GL-2.5.4")[0] is Status.UNMET


def test_a_rollback_is_told_by_people_then(mute: Project) -> None:
    """Nothing is posted, for nobody knows whether it was said; that it was a person signs, of this rollback."""
    ran = mute.run("-m", "golive", "--phase", "rollback", "--act")
    assert held_by(ran.record) == set(), ran.terminal
    assert reason(ran, "GL-5.2.1")[0] is Status.MET
    old = mute.run("-m", "golive", "--phase", "rollback", "--act", "--fault", "telling-signed-of-an-earlier-rollback")
    assert held_by(old.record) == {"GL-5.2.1"}, old.terminal
    assert "it may be of an earlier rollback" in reason(old, "GL-5.2.1")[1]
