"""AWS is read and never written, at its own address alone, and says clearly why it could not be read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Detour
from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreachable, Unreadable
from golive.probes.absent import UnsignedCaller
from golive.probes.apprunner import CustomDomains, DescribedService, ServiceHistory
from golive.probes.aws import ACTS, READ_ONLY, Caller, Undeclared, acting, answers, client, pages
from golive.probes.cloudfront import DescribedDistribution
from golive.probes.cloudwatch import RequestFigures, ServiceTraffic
from golive.probes.ec2 import Firewalls, PrefixList
from golive.probes.ecr import RepositoryImages
from golive.probes.iam import DeployRights
from golive.probes.logs import LoginFigures, LogTail, SignsOfLife, WhatWasTold
from golive.probes.look import Look
from golive.probes.rds import AutomatedSnapshots, DatabaseInstance, NamedSnapshots
from golive.probes.reach import Reach
from golive.probes.secrets import KeptSecret
from golive.twin.cloud import ACCOUNT, DEPLOY_ROLE, LOG_GROUP, PARTNERS, REGION, SERVICE_ID, SERVICE_NAME
from golive.twin.wire import REFUSALS

from .backstage import Backstage

ARN = f"arn:aws:apprunner:{REGION}:{ACCOUNT}:service/{SERVICE_NAME}/{SERVICE_ID}"
SINCE = datetime.now(UTC) - timedelta(hours=24)
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:drop/production/JWT_SECRET-000000"

ASKED: list[tuple[str, Look[Any]]] = [
    ("sts", Caller()),
    ("apprunner", DescribedService(ARN)),
    ("apprunner", ServiceHistory(ARN)),
    ("apprunner", CustomDomains(ARN)),
    ("rds", DatabaseInstance("drop-db")),
    ("rds", AutomatedSnapshots("drop-db")),
    ("ec2", Firewalls("drop-db")),
    ("ec2", PrefixList(PARTNERS)),
    ("ecr", RepositoryImages("drop-web")),
    ("secretsmanager", KeptSecret("JWT_SECRET", SECRET)),
    ("logs", SignsOfLife(LOG_GROUP, "aml_monitoring_completed", 24)),
    ("logs", LogTail(LOG_GROUP, 60, 5, ())),
    ("logs", WhatWasTold(LOG_GROUP, SINCE)),
    ("logs", LoginFigures(LOG_GROUP, SINCE)),
    ("monitoring", ServiceTraffic(SERVICE_NAME, SERVICE_ID, SINCE)),
    ("monitoring", RequestFigures(SERVICE_NAME, SERVICE_ID, SINCE)),
    ("iam", DeployRights(DEPLOY_ROLE, ARN)),
    ("cloudfront", DescribedDistribution("E2QWRUHEXAMPLE")),
    ("rds", NamedSnapshots("drop-db", "drop-db-pre-launch-")),
]
KINDS: dict[str, type[ProbeError]] = {
    "off": Unreachable,
    "silent": Unreachable,
    "denied": Denied,
    "expired": Denied,
    "throttled": Overloaded,
    "garbage": Unreadable,
}


def test_who_does_not_sign_is_not_told_who_he_is(backstage: Backstage) -> None:
    """STS's word on who we are counts only where it refuses whoever does not sign, and we go on signing after that."""
    assert backstage.look(UnsignedCaller()).source == "AWS STS, asked by nobody"
    assert backstage.look(Caller()).account == ACCOUNT
    backstage.cloud(lambda cloud: replace(cloud, credulous=frozenset({"sts"})))
    with pytest.raises(CannotTell, match="whoever does not sign"):
        backstage.look(UnsignedCaller())


@pytest.mark.parametrize("ailment", KINDS)
@pytest.mark.parametrize(("service", "look"), ASKED, ids=[type(look).__name__ for _, look in ASKED])
def test_what_cannot_be_seen_is_unknown(backstage: Backstage, service: str, look: Look[Any], ailment: str) -> None:
    """
    A service that is off, denies, throttles or babbles leaves its items unknown, each for its own reason.
    """
    backstage.ail(**{service: ailment})
    with pytest.raises(ProbeError) as raised:
        look.observe(backstage.hasty) if ailment == "silent" else backstage.look(look)
    assert type(raised.value) is KINDS[ailment]
    assert raised.value.__cause__ is None, "the cause's frames hold what the service said"


def test_refusal_names_the_action_and_the_code(backstage: Backstage) -> None:
    """
    Whoever must give the missing permission reads which one it is.
    """
    backstage.ail(rds="denied")
    with pytest.raises(Denied, match=re.escape("RDS instance drop-db: DescribeDBInstances was answered AccessDenied")):
        backstage.look(DatabaseInstance("drop-db"))


@pytest.mark.parametrize(("status", "code"), sorted(set(REFUSALS.values())))
def test_every_dialect_of_no_is_understood(status: int, code: str) -> None:
    """
    "Not you" and "not now" are told apart in the words of every service.
    """
    from botocore.exceptions import ClientError

    said: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises((Denied, Overloaded)) as raised, answers("x"):
        raise ClientError(said, "Describe")
    assert (type(raised.value) is Overloaded) == ("Throttl" in code or "Limit" in code)


def test_undeclared_call_is_never_sent(backstage: Backstage) -> None:
    """
    A call outside of the declared list is refused before anything is sent, and as our own mistake.
    """
    before = backstage.town.calls()
    with pytest.raises(Undeclared, match="rds:DeleteDBInstance"), answers("x"):
        client(backstage.hasty, "rds").delete_db_instance(DBInstanceIdentifier="drop-db")
    with pytest.raises(Undeclared, match="kms"):
        client(backstage.hasty, "kms")
    assert backstage.town.calls() == before
    assert not issubclass(Undeclared, ProbeError)


def test_declared_calls_can_only_read() -> None:
    """
    Nothing in the list changes anything, by the verbs that AWS gives its operations.
    """
    verbs = ("Describe", "List", "Get", "Filter", "Simulate")
    assert [name for names in READ_ONLY.values() for name in names if not name.startswith(verbs)] == []
    assert not any(names & READ_ONLY[service] for service, names in ACTS.items()), "what acts is declared apart"


def test_an_act_is_sent_inside_of_its_block_alone(backstage: Backstage) -> None:
    """
    What changes something goes out only while its own act says so, and nothing else goes out with it.
    """
    before, rds = backstage.town.calls(), client(backstage.hasty, "rds")
    asked = {"DBInstanceIdentifier": "drop-db", "DBSnapshotIdentifier": "of-a-test"}
    with pytest.raises(Undeclared, match="CreateDBSnapshot"), answers("x"):
        rds.create_db_snapshot(**asked)
    with pytest.raises(Undeclared, match="DeleteDBSnapshot"), answers("x"), acting("rds", "DeleteDBSnapshot"):
        rds.delete_db_snapshot(DBSnapshotIdentifier="of-a-test")
    assert backstage.town.calls() == before
    with answers("x"), acting("rds", "CreateDBSnapshot"):
        rds.create_db_snapshot(**asked)
    assert backstage.town.calls()[len(before) :] == (("rds", "CreateDBSnapshot"),)
    backstage.cloud(lambda cloud: cloud.storing(status="stopped"))  # another world, without it


def test_values_of_secrets_need_the_environments_word(backstage: Backstage) -> None:
    """
    Without read_secret_values even a probe with a mistake cannot read one.
    """
    aws = backstage.environment.aws.model_copy(update={"read_secret_values": False})
    reach = backstage.reach(backstage.environment.model_copy(update={"aws": aws}))
    with pytest.raises(Undeclared, match="read_secret_values"), answers("x"):
        client(reach, "secretsmanager").get_secret_value(SecretId="x")


def test_shell_does_not_redirect(backstage: Backstage, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """
    Endpoints, profiles, proxies and authorities of the shell and of shared files are not followed.
    """
    shared = tmp_path / "config"
    shared.write_text("[default]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\nca_bundle = /nowhere\n")
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_PROFILE": "somebody-else",
        "AWS_CONFIG_FILE": str(shared),
        "AWS_SHARED_CREDENTIALS_FILE": str(shared),
        "AWS_CA_BUNDLE": "/nowhere",
        "AWS_ACCESS_KEY_ID": "AKIAOFSOMEBODYELSE00",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "7",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    assert Caller().observe(backstage.reach(backstage.environment)).account == ACCOUNT


def test_live_environment_asks_only_aws(backstage: Backstage) -> None:
    """
    A live environment's request to any other host than the region's is refused before it leaves.
    """
    live = backstage.environment.model_copy(update={"kind": "live", "name": "production"})
    before = backstage.town.calls()
    astray = Detour(endpoints=backstage.detour.endpoints)
    reach = Reach(live, astray, lambda look: look.observe(reach), variables=backstage.detour.variables)
    with pytest.raises(Denied, match="not where AWS answers"):
        Caller().observe(reach)
    assert backstage.town.calls() == before


def test_live_client_is_the_regions_own(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In a live environment every client leads to AWS in the environment's region, over HTTPS.
    """
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    live = backstage.environment.model_copy(update={"kind": "live", "name": "production"})
    reach = Reach(live, Detour(), lambda look: look.observe(reach), variables=backstage.detour.variables)
    urls = {service: client(reach, service).meta.endpoint_url for service in READ_ONLY}
    assert urls == dict.fromkeys(urls) | {
        **{service: f"https://{service}.{REGION}.amazonaws.com" for service in READ_ONLY},
        "ecr": f"https://api.ecr.{REGION}.amazonaws.com",
        "cloudwatch": f"https://monitoring.{REGION}.amazonaws.com",
        "cloudfront": "https://cloudfront.amazonaws.com",
        "iam": "https://iam.amazonaws.com",
    }


def test_missing_credentials_are_named(backstage: Backstage) -> None:
    """
    Without the variable that the environment file names there is no session, and the variable is named.
    """
    detour = replace(backstage.detour, variables={})
    reach = Reach(backstage.environment, detour, lambda look: look.observe(reach))
    with pytest.raises(Denied, match="AWS_ACCESS_KEY_ID is not set"):
        Caller().observe(reach)


def test_missing_profile_is_denied(backstage: Backstage, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """
    A profile that the shared files do not have leaves us without credentials.
    """
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    aws = backstage.environment.aws.model_copy(update={"credentials": None, "profile": "golive"})
    with pytest.raises(Denied, match="golive"):
        Caller().observe(backstage.reach(backstage.environment.model_copy(update={"aws": aws})))


def test_busy_service_is_asked_again_by_the_observatory_alone(backstage: Backstage) -> None:
    """
    botocore sends each question once; that it is asked again is the observatory's policy, and in the evidence.
    """
    backstage.ail(sts="throttled")
    before, observatory = len(backstage.town.calls()), backstage.observatory()
    with pytest.raises(Overloaded):
        observatory.answer(Caller())
    (seen,) = observatory.evidence()
    assert len(seen.attempts) == len(backstage.town.calls()) - before == backstage.environment.network.attempts


def test_pages_that_lead_in_a_circle_end() -> None:
    """
    A service whose pages never end is unreadable, and holds nobody.
    """
    with pytest.raises(Unreadable, match="circle"):
        list(pages("x", lambda **_: {"Things": [1], "NextToken": "again"}, "Things"))
