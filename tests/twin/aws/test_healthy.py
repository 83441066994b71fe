"""In the healthy world the twin's AWS tells boto3 what the gate wants to hear of the real one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from golive.twin import production
from golive.twin.cloud import (
    ACCOUNT,
    CONNECTOR_GROUP,
    DATABASE_GROUP,
    DATABASE_HOST,
    LOG_GROUP,
    PRODUCTION_TAG,
    PUBLIC_GROUP,
    SECRETS_FOLDER,
)
from tests.twin.aws.readings import (
    ARN,
    COMMIT,
    HEALTHY,
    NOW,
    Clients,
    instance,
    listed,
    newest_snapshot,
    production_digest,
    rules,
    settings,
    silence,
)


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
