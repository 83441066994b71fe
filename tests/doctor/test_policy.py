"""What the doctor says is to be granted is what a run really asks."""

from __future__ import annotations

from fnmatch import fnmatchcase

from golive.diagnosis.selecting import known
from golive.doctor import Doctor
from golive.probes.look import Permission
from tests.doctor.asked import asked_on
from tests.gate.sweeping import FIRST_DAY, HOME, Sweep

EVE = "T-1h"
# A snapshot is taken where there is none, a list of ranges read where a firewall names one, and a secret described
# where it has no value: a healthy world gives no occasion to any of these.
WHAT_IS_RARELY_ASKED = ("pre-launch-snapshot-missing", "firewall-open-by-a-prefix-list", "bankid-secret-about-to-go")


def test_what_a_whole_run_asks_of_aws_is_what_the_policy_allows() -> None:
    """What two whole runs with every act, and each diagnosis, asked of AWS is what the policy allows."""
    doctor = Doctor(HOME, "rehearsal")
    # After the launch no snapshot is taken any more.
    running = {phase: Sweep(phase) for phase in (EVE, FIRST_DAY)}
    try:
        status, record, terminal = running[FIRST_DAY].run()
        assert (status, record is None) == (0, False), terminal
        running[EVE].run(*WHAT_IS_RARELY_ASKED)
        for runbook in known(HOME / "features"):
            running[EVE].diagnose(runbook)
        asked = asked_on(running[FIRST_DAY]) | asked_on(running[EVE])
        document = doctor.policy()
    finally:
        doctor.close()
        for each in running.values():
            each.stop()
    allowed = [(action, statement["Resource"]) for statement in document["Statement"] for action in statement["Action"]]
    assert {action for action, _ in asked} == {action for action, _ in allowed}
    refused = [
        (action, on)
        for action, on in asked
        if "-that-is-not-there" not in on  # a control: to be refused is as good an answer
        and not any(action == may and any(fnmatchcase(on, place) for place in places) for may, places in allowed)
    ]
    assert refused == []


def test_what_is_to_be_granted_is_known_before_anything_is(sweep: Sweep) -> None:
    """Looks that find out by looking on which others they depend have declared what those need: nothing is new."""
    sweep.swap()
    doctor = Doctor(HOME, "rehearsal", asks=sweep.observatory)
    before = {*doctor.wanted(), *doctor.wanted(acting=True)}
    doctor.examine()
    seen = {
        permission
        for looks in doctor.asked().values()
        for look in looks
        for behind in sweep.observatory.behind(look)
        for permission in behind.permissions(doctor.environment)
    }
    unknown = {each for each in seen - before if not _is_one_of_the_secrets(each) and each.on != "any permission"}
    assert unknown == set()


def _is_one_of_the_secrets(permission: Permission) -> bool:
    """Which secrets there are is known only by looking; beforehand it is all of the account's."""
    return permission.what.startswith("secretsmanager:") and not permission.on.endswith("*")
