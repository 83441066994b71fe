"""The doctor finds what is missing, names the items that need it, and says what to grant."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from golive.cli import main
from golive.doctor import Diagnosis, Doctor
from golive.prescription import told
from tests.doctor.asked import calls
from tests.gate.sweeping import HOME, Sweep


def examined(sweep: Sweep, *faults: str) -> Diagnosis:
    """What the doctor finds in the world with *faults*."""
    sweep.swap(*faults)
    return Doctor(HOME, "rehearsal", asks=sweep.observatory).examine()


def test_in_a_healthy_world_nothing_is_missing(sweep: Sweep) -> None:
    """And it says who we are, where, and how the database proved itself; acts are told and not tried."""
    found = examined(sweep)
    assert found.well, "\n".join(told(found))
    assert found.identity["account"] == "324480209768"
    assert found.identity["role"].startswith("arn:aws:sts::324480209768:")
    assert found.identity["database"].endswith("proved by TLSv1.3")
    assert set(found.untried) == {"GL-2.3.4", "GL-2.3.6", "GL-2.5.4", "GL-3.1.5", "GL-5.2.1"}
    assert "rds:CreateDBSnapshot" not in calls(sweep)


@pytest.mark.parametrize(("faults", "status"), [((), 0), (("--fault", "github-denied"), 1)])
def test_the_command_says_by_its_status_whether_anything_is_missing(faults: tuple[str, ...], status: int) -> None:
    """As a person types it; the JSON holds what was found, and what to grant."""
    ran = CliRunner().invoke(main, ["doctor", "--json", *faults])
    assert ran.exit_code == status, ran.output
    said = json.loads(ran.output)
    assert said["well"] is (status == 0)
    assert {"policy", "sql", "scopes", "troubles", "questions", "unsigned"} <= said.keys()


# What is taken away → an item that is named with it, and what would give it back.
MISSING = {
    "apprunner-denied": ("every item", "allow apprunner:DescribeService on arn:aws:apprunner:"),
    "sts-denied": ("every item", "allow sts:GetCallerIdentity on *"),
    "ec2-denied": ("GL-1.8", "allow ec2:DescribeSecurityGroups on *"),
    "ecr-denied": ("GL-2.1.3", "allow ecr:DescribeImages on arn:aws:ecr:eu-west-1:324480209768:repository/drop-web"),
    "iam-denied": ("GL-5.1.1", "allow iam:SimulatePrincipalPolicy on arn:aws:iam::324480209768:role/drop-deploy"),
    "logs-denied": ("GL-2.5.5", "allow logs:FilterLogEvents on arn:aws:logs:"),
    "monitoring-denied": ("GL-6.1.5", "allow cloudwatch:GetMetricData on *"),
    "rds-denied": ("GL-3.1.3", "allow rds:DescribeDBInstances on arn:aws:rds:eu-west-1:324480209768:db:drop-db"),
    "secretsmanager-denied": ("GL-2.1.4", "allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:"),
    "github-denied": ("GL-2.2.4", "set GOLIVE_GITHUB_TOKEN: checks: read on alai-holding/drop"),
    "betterstack-token-of-another": ("GL-1.6", "set GOLIVE_BETTERSTACK_TOKEN: Uptime API token"),
    "slack-scope-missing": ("GL-6.2.2", "set GOLIVE_SLACK_TOKEN: channels:read and channels:history"),
    "slack-token-of-another": ("GL-3.4.3", "set GOLIVE_SLACK_TOKEN: "),
    "gate-may-not-see-webhooks": ("GL-2.3.4", "set GOLIVE_SUMSUB_APP_TOKEN: manageClientSettings"),
    "sumsub-denied": ("GL-1.3", "set GOLIVE_SUMSUB_APP_TOKEN: "),
    "database-refuses-us": ("GL-2.2.5", "set GOLIVE_DATABASE_PASSWORD: password of the database role golive_readonly"),
    "watch-not-readable": ("GL-7.6", "GRANT SELECT (transaction_id) ON public.aml_alerts TO golive_readonly"),
}


@pytest.mark.parametrize("fault", MISSING)
def test_what_is_denied_is_named_with_its_items_and_what_to_grant(sweep: Sweep, fault: str) -> None:
    """Each permission that is taken away is found."""
    item, grant = MISSING[fault]
    found = examined(sweep, fault)
    assert not found.well
    named = [one for one in found.troubles if item in one.items and any(each.startswith(grant) for each in one.grant)]
    assert named, "\n".join(told(found))
    assert {one.kind for one in named} == {"denied"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("github-off", "not reached"), ("github-throttled", "not reached"), ("github-garbage", "not seen")],
)
def test_who_does_not_answer_is_told_from_who_answers_rubbish(sweep: Sweep, fault: str, kind: str) -> None:
    """Nobody has to grant anything for either; only for the first it helps to look at the way there."""
    found = [each for each in examined(sweep, fault).troubles if "GL-2.2.4" in each.items]
    assert {(each.kind, each.grant) for each in found} == {(kind, ())}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("database-off", "TCP"),
        ("database-babbles", "no PostgreSQL"),
        ("database-in-plain", "offers no TLS"),
        ("database-of-another", "does not prove that it is the database"),
    ],
)
def test_the_way_to_the_database_is_told_step_by_step(sweep: Sweep, fault: str, said: str) -> None:
    """How far the way led: a name, a connection, encryption, proof."""
    assert said in examined(sweep, fault).wrong["route to the database"]


def test_a_clock_far_off_is_told(sweep: Sweep) -> None:
    """It would make every age a lie."""
    assert "set the clock" in examined(sweep, "clock-far-off").wrong["clock"]


def test_without_records_it_says_who_can_sign(sweep: Sweep) -> None:
    """Every record, with the role that signs it and the people who have it."""
    found = examined(sweep, "nobody-signed-anything")
    assert not found.well
    assert found.unsigned["GL-2.3.1"] == "go-live owner: ola"
    assert found.unsigned["GL-1.10"].endswith("ingrid")
