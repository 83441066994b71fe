"""The twin's AWS, asked by boto3 as the gate asks the real one."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from golive.twin import cloud as twin
from golive.twin import production
from golive.twin.apprunner import Operation
from golive.twin.aws import Aws
from golive.twin.cloud import (
    ACCOUNT,
    CONNECTOR_GROUP,
    DATABASE_GROUP,
    DATABASE_HOST,
    LOG_GROUP,
    PARTNERS,
    PRODUCTION_TAG,
    PUBLIC_GROUP,
    REGION,
    SECRETS_FOLDER,
    Cloud,
    Image,
    PrefixList,
    Rule,
    Secret,
    Snapshot,
)
from golive.twin.wire import REFUSALS, Ailment

if TYPE_CHECKING:
    from types_boto3_apprunner import AppRunnerClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_ecr import ECRClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_rds import RDSClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sts import STSClient

COMMIT = "9c1d5e7f3a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d"
NOW = datetime.now(UTC)
HEALTHY = production.healthy(NOW, COMMIT)
ARN = HEALTHY.service.arn(ACCOUNT, REGION)


@dataclass(frozen=True, slots=True)
class Clients:
    """One of each, as the gate has them."""

    apprunner: AppRunnerClient
    cloudwatch: Any
    iam: Any
    ec2: EC2Client
    ecr: ECRClient
    logs: CloudWatchLogsClient
    rds: RDSClient
    secretsmanager: SecretsManagerClient
    sts: STSClient


@pytest.fixture(scope="module")
def server() -> Iterator[Aws]:
    face = Aws(HEALTHY)
    face.start()
    face.ready()
    yield face
    face.stop()


@pytest.fixture
def face(server: Aws) -> Iterator[Aws]:
    """The face with the healthy world, put back afterwards."""
    yield server
    server.apply(HEALTHY)


@pytest.fixture(scope="module")
def aws(server: Aws) -> Clients:
    session = boto3.Session("AKIATWIN", "nothing worth keeping", region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=2)
    return Clients(
        apprunner=session.client("apprunner", endpoint_url=server.apprunner_endpoint, config=config),
        cloudwatch=session.client("cloudwatch", endpoint_url=server.endpoint, config=config),
        iam=session.client("iam", endpoint_url=server.endpoint, config=config),
        ec2=session.client("ec2", endpoint_url=server.endpoint, config=config),
        ecr=session.client("ecr", endpoint_url=server.endpoint, config=config),
        logs=session.client("logs", endpoint_url=server.endpoint, config=config),
        rds=session.client("rds", endpoint_url=server.endpoint, config=config),
        secretsmanager=session.client("secretsmanager", endpoint_url=server.endpoint, config=config),
        sts=session.client("sts", endpoint_url=server.endpoint, config=config),
    )


# What a probe would ask, one reading each.


def instance(aws: Clients) -> Any:
    [seen] = aws.rds.describe_db_instances(DBInstanceIdentifier="drop-db")["DBInstances"]
    return seen


def newest_snapshot(aws: Clients) -> Any:
    seen = aws.rds.describe_db_snapshots(DBInstanceIdentifier="drop-db", SnapshotType="automated")["DBSnapshots"]
    return max(seen, key=lambda one: one["SnapshotCreateTime"], default={})


def rules(aws: Clients, *groups: str) -> Any:
    seen = aws.ec2.describe_security_groups(GroupIds=list(groups) or [DATABASE_GROUP])["SecurityGroups"]
    return [rule for group in seen for rule in group["IpPermissions"]]


def listed(aws: Clients) -> list[str | None]:
    return [one.get("Cidr") for one in aws.ec2.get_managed_prefix_list_entries(PrefixListId=PARTNERS)["Entries"]]


def production_digest(aws: Clients) -> str | None:
    seen = aws.ecr.describe_images(repositoryName="drop-web", imageIds=[{"imageTag": PRODUCTION_TAG}])
    return seen["imageDetails"][0].get("imageDigest")


def text(aws: Clients, name: str) -> str | None:
    return aws.secretsmanager.get_secret_value(SecretId=SECRETS_FOLDER + name).get("SecretString")


def silence(aws: Clients) -> float:
    """Seconds since the application last said something."""
    [stream, *_] = aws.logs.describe_log_streams(logGroupName=LOG_GROUP, orderBy="LastEventTime", descending=True)[
        "logStreams"
    ]
    return datetime.now(UTC).timestamp() - stream["lastEventTimestamp"] / 1000


def metric(aws: Clients, name: str, statistic: str, *, period: int = 300, **other: Any) -> Any:
    """The whole answer about one metric of the last day."""
    dimensions = {"ServiceName": twin.SERVICE_NAME, "ServiceID": twin.SERVICE_ID, **other}
    wanted = {
        "Namespace": "AWS/AppRunner",
        "MetricName": name,
        "Dimensions": [{"Name": name, "Value": said} for name, said in dimensions.items()],
    }
    stat = {"Metric": wanted, "Period": period, "Stat": statistic}
    return aws.cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "one", "MetricStat": stat}], StartTime=NOW - timedelta(hours=24), EndTime=NOW
    )


def simulated(aws: Clients, action: str, on: str, role: str = twin.DEPLOY_ROLE, passed_to: str = "") -> Any:
    """The whole answer about one action."""
    entry = {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [passed_to], "ContextKeyType": "string"}
    return aws.iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[action], ResourceArns=[on], ContextEntries=[entry] if passed_to else []
    )


def settings(aws: Clients) -> Any:
    seen = aws.apprunner.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]["ImageRepository"]
    return seen["ImageConfiguration"]


def error(ask: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as refused:
        ask()
    return refused.value.response["Error"]["Code"]


# The healthy world.


@pytest.mark.usefixtures("face")
def test_account_is_drops(aws: Clients) -> None:
    """The identity that STS tells is of the account in the runbook's ARN."""
    assert aws.sts.get_caller_identity()["Account"] == ACCOUNT == "324480209768"


@pytest.mark.usefixtures("face")
def test_database_is_as_the_runbook_wants_it(aws: Clients) -> None:
    """The instance is available, private, encrypted, backed up, and restorable to minutes ago."""
    seen = instance(aws)
    assert (seen["DBInstanceStatus"], seen["Engine"], seen["EngineVersion"].split(".")[0]) == (
        "available",
        "postgres",
        "16",
    )
    assert seen["Endpoint"] == {"Address": DATABASE_HOST, "Port": 5432}
    assert not seen["PubliclyAccessible"]
    assert seen["StorageEncrypted"]
    assert seen["DeletionProtection"]
    assert seen["BackupRetentionPeriod"] == 7
    assert [group["VpcSecurityGroupId"] for group in seen["VpcSecurityGroups"]] == [DATABASE_GROUP]
    assert timedelta(minutes=3) < datetime.now(UTC) - seen["LatestRestorableTime"] < timedelta(minutes=6)


@pytest.mark.usefixtures("face")
def test_backups_were_taken_in_the_window(aws: Clients) -> None:
    """The newest automated snapshot is nine hours old, named after its time, and taken in the backup window."""
    seen = newest_snapshot(aws)
    taken: datetime = seen["SnapshotCreateTime"]
    assert seen["Status"] == "available"
    assert abs(NOW - timedelta(hours=9) - taken) < timedelta(seconds=2)
    assert seen["DBSnapshotIdentifier"] == taken.strftime("rds:drop-db-%Y-%m-%d-%H-%M")
    opens, closes = (
        timedelta(hours=int(part[:2]), minutes=int(part[3:]))
        for part in instance(aws)["PreferredBackupWindow"].split("-")
    )
    since_midnight = timedelta(hours=taken.hour, minutes=taken.minute)
    day = timedelta(days=1)
    assert (since_midnight - opens) % day < (closes - opens) % day
    manual = aws.rds.describe_db_snapshots(DBInstanceIdentifier="drop-db", SnapshotType="manual")["DBSnapshots"]
    assert len(manual) == 2


@pytest.mark.usefixtures("face")
def test_only_the_connector_reaches_the_database(aws: Clients) -> None:
    """The database's group lets in port 5432 from the connector's group, and another group is rightly open."""
    [rule] = rules(aws)
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 5432, 5432)
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [CONNECTOR_GROUP]
    assert rule["IpRanges"] == rule["Ipv6Ranges"] == rule["PrefixListIds"] == []
    [public] = rules(aws, PUBLIC_GROUP)
    assert (public["FromPort"], public["IpRanges"]) == (443, [{"CidrIp": "0.0.0.0/0"}])
    assert "0.0.0.0/0" not in listed(aws)
    names = {one.get("PrefixListName") for one in aws.ec2.describe_managed_prefix_lists()["PrefixLists"]}
    assert {"drop-partners", "com.amazonaws.eu-west-1.s3"} <= names


@pytest.mark.usefixtures("face")
def test_connector_lets_everything_out(aws: Clients) -> None:
    """As AWS makes a group: one rule, to everybody."""
    [group] = aws.ec2.describe_security_groups(GroupIds=[CONNECTOR_GROUP])["SecurityGroups"]
    [rule] = group["IpPermissionsEgress"]
    assert (rule["IpProtocol"], rule["IpRanges"]) == ("-1", [{"CidrIp": "0.0.0.0/0"}])


@pytest.mark.usefixtures("face")
def test_production_tag_is_on_the_release_that_runs(aws: Clients) -> None:
    """The tag, the release, the commit and the running service name one image, pushed after every other release."""
    digest = production_digest(aws)
    assert aws.apprunner.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]["ImageRepository"][
        "ImageIdentifier"
    ].endswith(f"/drop-web@{digest}")
    images = aws.ecr.describe_images(repositoryName="drop-web")["imageDetails"]
    [release] = [image for image in images if image.get("imageDigest") == digest]
    assert set(release.get("imageTags", [])) == {PRODUCTION_TAG, "v0.1.0", COMMIT}
    releases = [image for image in images if any(tag.startswith("v") for tag in image.get("imageTags", []))]
    assert max(releases, key=lambda image: image["imagePushedAt"]) == release
    assert len(images) > len(releases) == 2


@pytest.mark.usefixtures("face")
def test_secrets_have_their_forms(aws: Clients) -> None:
    """Every secret that the service is wired to exists under that ARN, and has the form of the real thing."""
    wired = settings(aws)["RuntimeEnvironmentSecrets"]
    texts = {name: aws.secretsmanager.get_secret_value(SecretId=arn)["SecretString"] for name, arn in wired.items()}
    assert texts == {name: HEALTHY.text(name) for name in wired}
    assert len(texts["JWT_SECRET"]) == 64
    assert len(base64.b64decode(texts["JWT_SECRET"], validate=True)) == 48
    address = urlsplit(texts["DATABASE_URL"])
    assert (address.scheme, address.hostname, address.port, address.path, address.query) == (
        "postgresql",
        DATABASE_HOST,
        5432,
        "/drop",
        "sslmode=verify-full",
    )
    assert texts["SUMSUB_APP_TOKEN"].startswith("prd:")
    assert texts["SLACK_WEBHOOK_URL"].startswith("https://hooks.slack.com/services/T")
    for name in wired:
        assert "DeletedDate" not in aws.secretsmanager.describe_secret(SecretId=SECRETS_FOLDER + name)


def test_secrets_are_fresh_every_time() -> None:
    """No two healthy worlds share a secret."""
    again = production.healthy(NOW, COMMIT)
    assert [name for name in HEALTHY.secrets if again.secrets[name] == HEALTHY.secrets[name]] == []


@pytest.mark.usefixtures("face")
def test_service_logs(aws: Clients) -> None:
    """The application's log group has events of the last minutes, ingested when they were said."""
    assert silence(aws) < 120
    since = int((NOW - timedelta(minutes=15)).timestamp() * 1000)
    events = aws.logs.filter_log_events(logGroupName=LOG_GROUP, startTime=since)["events"]
    assert len(events) > 20
    assert all(0 <= event["ingestionTime"] - event["timestamp"] < 60_000 for event in events)


# Every fault, by the reading that shows it.

OPEN = ("0.0.0.0/0",)


def reading(path: str) -> Callable[[Clients], Any]:
    return lambda aws: instance(aws)[path]


FAULTS: Mapping[str, tuple[Callable[[Cloud], Cloud], Callable[[Clients], Any], Any]] = {
    "another account": (
        lambda c: replace(c, account="111122223333"),
        lambda aws: aws.sts.get_caller_identity()["Account"],
        "111122223333",
    ),
    "stopped": (lambda c: c.storing(status="stopped"), reading("DBInstanceStatus"), "stopped"),
    "public": (lambda c: c.storing(public=True), reading("PubliclyAccessible"), True),
    "version 15": (lambda c: c.storing(version="15.8"), reading("EngineVersion"), "15.8"),
    "no backups kept": (lambda c: c.storing(retention_days=0), reading("BackupRetentionPeriod"), 0),
    "restorable to three hours ago": (
        lambda c: c.storing(restorable_lag=timedelta(hours=3)),
        lambda aws: datetime.now(UTC) - instance(aws)["LatestRestorableTime"] > timedelta(hours=2),
        True,
    ),
    "not restorable": (
        lambda c: c.storing(restorable_lag=None),
        lambda aws: "LatestRestorableTime" in instance(aws),
        False,
    ),
    "snapshot too old": (
        lambda c: replace(c, snapshots=(Snapshot("rds:drop-db-%Y-%m-%d-%H-%M", "automated", timedelta(hours=27)),)),
        lambda aws: NOW - newest_snapshot(aws)["SnapshotCreateTime"] > timedelta(hours=26),
        True,
    ),
    "snapshot not ready": (
        lambda c: replace(c, snapshots=(replace(c.snapshots[0], status="creating"), *c.snapshots[1:])),
        lambda aws: newest_snapshot(aws)["Status"],
        "creating",
    ),
    "no snapshot": (lambda c: replace(c, snapshots=()), newest_snapshot, {}),
    "open to all": (
        lambda c: c.opening(Rule(networks=OPEN)),
        lambda aws: [rule["IpRanges"] for rule in rules(aws)],
        [[{"CidrIp": "0.0.0.0/0"}]],
    ),
    "open by a range of ports": (
        lambda c: c.opening(Rule(ports=(0, 65_535), networks=OPEN)),
        lambda aws: [(rule["FromPort"], rule["ToPort"]) for rule in rules(aws) if rule["IpRanges"]],
        [(0, 65_535)],
    ),
    "open by every protocol": (
        lambda c: c.opening(Rule("-1", None, networks=OPEN)),
        lambda aws: [(rule["IpProtocol"], "FromPort" in rule) for rule in rules(aws) if rule["IpRanges"]],
        [("-1", False)],
    ),
    "open to all of IPv6": (
        lambda c: c.opening(Rule(networks=("::/0",))),
        lambda aws: [rule["Ipv6Ranges"] for rule in rules(aws)],
        [[{"CidrIpv6": "::/0"}]],
    ),
    "open by a second group": (
        lambda c: c.opening(Rule(networks=OPEN), group=PUBLIC_GROUP).storing(groups=(DATABASE_GROUP, PUBLIC_GROUP)),
        lambda aws: [
            rule["IpRanges"]
            for group in instance(aws)["VpcSecurityGroups"]
            for rule in rules(aws, group["VpcSecurityGroupId"])
            if rule["FromPort"] == 5432 and rule["IpRanges"]
        ],
        [[{"CidrIp": "0.0.0.0/0"}]],
    ),
    "open by a prefix list": (
        lambda c: replace(
            c.opening(Rule(prefix_lists=(PARTNERS,))),
            prefix_lists={PARTNERS: PrefixList("drop-partners", ("198.51.100.0/24", *OPEN))},
        ),
        lambda aws: (
            [one["PrefixListId"] for rule in rules(aws) for one in rule["PrefixListIds"]],
            "0.0.0.0/0" in listed(aws),
        ),
        ([PARTNERS], True),
    ),
    "production tag missing": (
        lambda c: c.tagging(PRODUCTION_TAG, None),
        lambda aws: [
            image["imageDigest"]
            for image in aws.ecr.describe_images(repositoryName="drop-web")["imageDetails"]
            if PRODUCTION_TAG in image.get("imageTags", [])
        ],
        [],
    ),
    "production tag on the older release": (
        lambda c: c.tagging(PRODUCTION_TAG, c.images[-1].digest),
        production_digest,
        HEALTHY.images[-1].digest,
    ),
    "production tag on a release that is not deployed": (
        lambda c: replace(
            c, images=(*c.images, Image(twin.digest_of("next"), ("v0.1.1",), timedelta(hours=1)))
        ).tagging(PRODUCTION_TAG, twin.digest_of("next")),
        production_digest,
        twin.digest_of("next"),
    ),
    "another image runs": (
        lambda c: c.serving(image=twin.image_of(c.images[-1].digest)),
        lambda aws: aws.apprunner.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]["ImageRepository"][
            "ImageIdentifier"
        ],
        twin.image_of(HEALTHY.images[-1].digest),
    ),
    "secret empty": (lambda c: c.holding("JWT_SECRET", ""), lambda aws: text(aws, "JWT_SECRET"), ""),
    "secret all alike": (
        lambda c: c.holding("JWT_SECRET", "a" * 64),
        lambda aws: set(text(aws, "JWT_SECRET") or ""),
        {"a"},
    ),
    "database without TLS": (
        lambda c: c.holding("DATABASE_URL", f"postgresql://drop_app:x@{DATABASE_HOST}/drop?sslmode=disable"),
        lambda aws: urlsplit(text(aws, "DATABASE_URL") or "").query,
        "sslmode=disable",
    ),
    "secret given as a plain variable": (
        lambda c: c.setting(JWT_SECRET="plain").wiring(JWT_SECRET=None),
        lambda aws: (
            settings(aws)["RuntimeEnvironmentVariables"].get("JWT_SECRET"),
            "JWT_SECRET" in settings(aws)["RuntimeEnvironmentSecrets"],
        ),
        ("plain", False),
    ),
    "flag as a secret too": (
        lambda c: c.wiring(NEXT_PUBLIC_FF_CARD_PIN="JWT_SECRET"),
        lambda aws: settings(aws)["RuntimeEnvironmentSecrets"].get("NEXT_PUBLIC_FF_CARD_PIN"),
        HEALTHY.arn_of("JWT_SECRET"),
    ),
    "last deployment rolled back": (
        lambda c: c.serving(
            operations=(Operation("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", timedelta(hours=1)), *c.service.operations)
        ),
        lambda aws: aws.apprunner.list_operations(ServiceArn=ARN)["OperationSummaryList"][0].get("Status"),
        "ROLLBACK_SUCCEEDED",
    ),
    "silent log": (
        lambda c: replace(
            c,
            logs={
                **c.logs,
                LOG_GROUP: {
                    name: replace(stream, lines=stream.lines[:-250], goes_on=False)
                    for name, stream in c.logs[LOG_GROUP].items()
                },
            },
        ),
        lambda aws: silence(aws) > 900,
        True,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_seen_and_goes_away(face: Aws, aws: Clients, name: str) -> None:
    """A fault shows in the reading that is meant to show it, and only while it lasts."""
    break_it, read, broken = FAULTS[name]
    assert read(aws) != broken
    face.apply(break_it(HEALTHY))
    assert read(aws) == broken
    face.apply(HEALTHY)
    assert read(aws) != broken


def test_missing_and_dying_secrets_are_told_apart(face: Aws, aws: Clients) -> None:
    """A secret that is gone, one without a value and one scheduled for deletion are three different answers."""
    path = SECRETS_FOLDER + "BANKID_CLIENT_ID"
    face.apply(HEALTHY.holding("BANKID_CLIENT_ID", None))
    assert error(lambda: aws.secretsmanager.describe_secret(SecretId=path)) == "ResourceNotFoundException"
    face.apply(HEALTHY.holding("BANKID_CLIENT_ID", Secret(None)))
    assert error(lambda: text(aws, "BANKID_CLIENT_ID")) == "ResourceNotFoundException"
    assert "VersionIdsToStages" not in aws.secretsmanager.describe_secret(SecretId=path)
    face.apply(HEALTHY.holding("BANKID_CLIENT_ID", Secret("x", deleted_in=timedelta(days=7))))
    assert aws.secretsmanager.describe_secret(SecretId=path)["DeletedDate"] > NOW
    assert error(lambda: text(aws, "BANKID_CLIENT_ID")) == "InvalidRequestException"


# What ails a service.

ASKED: Mapping[str, tuple[Callable[[Clients], Any], str]] = {
    "apprunner": (lambda aws: aws.apprunner.list_services(), "json"),
    "ecr": (lambda aws: aws.ecr.describe_repositories(), "json"),
    "secretsmanager": (lambda aws: aws.secretsmanager.list_secrets(), "json"),
    "logs": (lambda aws: aws.logs.describe_log_groups(), "json"),
    "monitoring": (lambda aws: metric(aws, "Requests", "Sum"), "json"),
    "iam": (lambda aws: simulated(aws, "apprunner:UpdateService", ARN), "query"),
    "rds": (lambda aws: aws.rds.describe_db_instances(), "query"),
    "sts": (lambda aws: aws.sts.get_caller_identity(), "query"),
    "ec2": (lambda aws: aws.ec2.describe_security_groups(), "ec2"),
}


@pytest.mark.parametrize("ailment", ["denied", "throttled", "expired"])
@pytest.mark.parametrize("service", ASKED)
def test_ailing_service_says_so_in_its_own_words(face: Aws, aws: Clients, service: str, ailment: Ailment) -> None:
    """Each service refuses in its own wire format and under its own code, which botocore reads."""
    ask, dialect = ASKED[service]
    ask(aws)
    face.apply(replace(HEALTHY, ailments={service: ailment}))
    with pytest.raises(ClientError) as refused:
        ask(aws)
    status, code = REFUSALS[dialect, ailment]
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    for other in ASKED.keys() - {service}:
        ASKED[other][0](aws)


@pytest.mark.parametrize("service", ASKED)
def test_service_that_is_off_hangs_up(face: Aws, aws: Clients, service: str) -> None:
    """A service that is off ends the connection without a word."""
    face.apply(replace(HEALTHY, ailments={service: "off"}))
    with pytest.raises(ConnectionClosedError):
        ASKED[service][0](aws)


@pytest.mark.parametrize("service", ASKED)
def test_mad_service_says_nothing_of_use(face: Aws, aws: Clients, service: str) -> None:
    """Rubbish under status 200 is a parse error in XML, and in JSON, as botocore has it, an answer without members."""
    ask, dialect = ASKED[service]
    face.apply(replace(HEALTHY, ailments={service: "garbage"}))
    if dialect == "json":
        assert ask(aws).keys() == {"ResponseMetadata"}
    else:
        with pytest.raises(ResponseParserError):
            ask(aws)


@pytest.mark.parametrize("service", ["apprunner", "rds"])
def test_silent_service_never_answers(face: Aws, aws: Clients, service: str) -> None:
    """A silent service is left by its client's own deadline."""
    face.apply(replace(HEALTHY, ailments={service: "silent"}))
    with pytest.raises(ReadTimeoutError):
        ASKED[service][0](aws)


def test_unknown_ailment_is_refused(face: Aws) -> None:
    """A misspelt ailment raises instead of being served as healthy."""
    with pytest.raises(ValueError, match="no such ailment"):
        face.apply(replace(HEALTHY, ailments={"rds": "denyed"}))  # type: ignore[dict-item]


# Swapping, and what is noted.


def test_readers_never_see_half_a_world(face: Aws, aws: Clients) -> None:
    """While worlds change, every answer is wholly of the one or of the other."""
    other = HEALTHY.storing(status="stopped", public=True, version="15.8")
    whole = {("available", False, "16.10"), ("stopped", True, "15.8")}
    seen: list[tuple[Any, ...]] = []
    failed: list[BotoCoreError | ClientError] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                one = instance(aws)
            except (BotoCoreError, ClientError) as exc:
                failed.append(exc)
            else:
                seen.append((one["DBInstanceStatus"], one["PubliclyAccessible"], one["EngineVersion"]))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(20):
        face.apply(other if turn % 2 == 0 else HEALTHY)
        instance(aws)
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert set(seen) == whole


def test_acts_survive_what_does_not_concern_them(face: Aws, aws: Clients) -> None:
    """A snapshot taken through the API stays when only an ailment or the service changes, and goes with its world."""
    aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier="drop-db-pre-launch-20260302-0900")

    def manual() -> int:
        return len(aws.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"])

    assert manual() == 3
    face.apply(replace(HEALTHY.serving(status="PAUSED"), ailments={"ecr": "denied"}))
    assert manual() == 3
    face.apply(HEALTHY.storing(status="stopped"))
    assert manual() == 2


def test_a_snapshot_takes_its_time(face: Aws, aws: Clients) -> None:
    """As at RDS, what somebody asks for is being made at first, and available when it is done."""
    name = "drop-db-by-hand"
    face.apply(replace(HEALTHY, snapshot_takes=timedelta(hours=1)))

    def status() -> str | None:
        return aws.rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0].get("Status")

    said = aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier=name)["DBSnapshot"]
    assert (said.get("Status"), status()) == ("creating", "creating")
    with pytest.raises(aws.rds.exceptions.DBSnapshotAlreadyExistsFault):
        aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier=name)
    face.apply(replace(HEALTHY, snapshot_takes=timedelta()))
    aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier=name)
    assert status() == "available"


@pytest.mark.usefixtures("face")
def test_every_question_is_noted(server: Aws, aws: Clients) -> None:
    """What was asked can be read afterwards, by service and operation, also when it was refused."""
    before = len(server.calls())
    instance(aws)
    aws.apprunner.list_services()
    aws.ec2.describe_security_groups()
    server.apply(replace(HEALTHY, ailments={"sts": "denied"}))
    error(lambda: aws.sts.get_caller_identity())
    assert server.calls()[before:] == (
        ("rds", "DescribeDBInstances"),
        ("apprunner", "ListServices"),
        ("ec2", "DescribeSecurityGroups"),
        ("sts", "GetCallerIdentity"),
    )
