"""Every fault of the twin's AWS, by the reading that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from golive.twin import cloud as twin
from golive.twin.apprunner import Operation
from golive.twin.aws import Aws
from golive.twin.cloud import (
    DATABASE_GROUP,
    DATABASE_HOST,
    LOG_GROUP,
    PARTNERS,
    PRODUCTION_TAG,
    PUBLIC_GROUP,
    SECRETS_FOLDER,
    Cloud,
    Image,
    PrefixList,
    Rule,
    Secret,
    Snapshot,
)
from tests.twin.aws.readings import (
    ARN,
    HEALTHY,
    NOW,
    Clients,
    error,
    instance,
    listed,
    newest_snapshot,
    production_digest,
    rules,
    settings,
    silence,
)


def text(aws: Clients, name: str) -> str | None:
    return aws.secretsmanager.get_secret_value(SecretId=SECRETS_FOLDER + name).get("SecretString")


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
