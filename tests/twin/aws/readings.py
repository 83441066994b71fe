"""The healthy world of the twin's AWS, and what a probe would ask of it, one reading each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from golive.twin import production
from golive.twin.cloud import ACCOUNT, DATABASE_GROUP, LOG_GROUP, PARTNERS, PRODUCTION_TAG, REGION

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


def silence(aws: Clients) -> float:
    """Seconds since the application last said something."""
    [stream, *_] = aws.logs.describe_log_streams(logGroupName=LOG_GROUP, orderBy="LastEventTime", descending=True)[
        "logStreams"
    ]
    return datetime.now(UTC).timestamp() - stream["lastEventTimestamp"] / 1000


def settings(aws: Clients) -> Any:
    seen = aws.apprunner.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]["ImageRepository"]
    return seen["ImageConfiguration"]


def error(ask: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as refused:
        ask()
    return refused.value.response["Error"]["Code"]
