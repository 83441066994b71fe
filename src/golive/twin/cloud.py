"""One AWS account as a frozen value, as far as the go-live gate looks; `golive.twin.aws` puts it on the wire.

Times are ages, counted back from `Cloud.now`. The account that may go ahead is in `golive.twin.production`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from golive.twin.apprunner import Operation, Service
from golive.twin.cloudfront import Distribution
from golive.twin.iam import Role
from golive.twin.metrics import Traffic
from golive.twin.wire import Ailment

ACCOUNT = "324480209768"
REGION = "eu-west-1"
SERVICE_NAME = "drop-web"
SERVICE_ID = "8e45b0d335304487a1880f4e32d6aeec"
SERVICE_HOST = "9ef3szvvsb.eu-west-1.awsapprunner.com"
DATABASE_HOST = "drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com"
LOG_GROUP = f"/aws/apprunner/{SERVICE_NAME}/{SERVICE_ID}/application"
AML_STREAM = "instance/6f1c2d3e4b5a/aml-monitoring"
AML_SIGN = "aml_monitoring_completed"  # what the monitoring says when a round is done
SECRETS_FOLDER = "drop/production/"
PRODUCTION_TAG = "production"
PRE_LAUNCH = "drop-db-pre-launch-%Y%m%d-%H%M"
PREVIOUS_COMMIT = "5f0c3f5e8d1b4c7a9e62d0b1a4c8f7e3d2b19a60"
DEPLOY_ROLE = f"arn:aws:iam::{ACCOUNT}:role/drop-deploy"
APP_STREAM = "instance/6f1c2d3e4b5a"
INCIDENT_STREAM = "instance/c0ffee15bad"  # what an instance says while something goes wrong
SECOND_STREAM = "instance/9b7a5c3d1e2f"  # another instance of the same application

VPC = "vpc-0b6e2f4d8a1c37590"
DATABASE_GROUP = "sg-0d5c1e0a7b3f24681"
CONNECTOR_GROUP = "sg-0c02a9d41e6b8f357"
PUBLIC_GROUP = "sg-0e93b7c5d2a1f4068"  # of a load balancer, open to everybody on 443, as it should be
PARTNERS = "pl-0f1e2d3c4b5a69788"  # the customer-managed prefix list

FLAGS: Mapping[str, str] = {
    "NEXT_PUBLIC_FF_NOTIFICATIONS": "true",
    "NEXT_PUBLIC_FF_MERCHANT_DASHBOARD": "true",
    "NEXT_PUBLIC_FF_VIRTUAL_CARDS": "false",
    "NEXT_PUBLIC_FF_PHYSICAL_CARDS": "false",
    "NEXT_PUBLIC_FF_CARD_DETAILS": "false",
    "NEXT_PUBLIC_FF_CARD_FREEZE": "false",
    "NEXT_PUBLIC_FF_CARD_PIN": "false",
    "NEXT_PUBLIC_FF_SPENDING_LIMITS": "false",
}

_AML_ROUND = json.dumps({"level": "info", "event": AML_SIGN, "searched": 61, "alerts": 1})


@dataclass(frozen=True, slots=True)
class Instance:
    """An RDS instance; *restorable_lag*: how far its point-in-time recovery trails the present, None if it has none."""

    identifier: str
    host: str
    groups: tuple[str, ...]
    backup_window: str
    status: str = "available"
    engine: str = "postgres"
    version: str = "16.10"
    port: int = 5432
    public: bool = False
    encrypted: bool = True
    deletion_protection: bool = True
    multi_az: bool = True
    retention_days: int = 7
    restorable_lag: timedelta | None = timedelta(minutes=4)
    age: timedelta = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    *name* is a pattern of `strftime`, filled in with the time at which the snapshot was made.

    One that was *copied* that long ago is a copy of one of its *age*: RDS keeps both times.
    """

    name: str
    kind: Literal["automated", "manual"]
    age: timedelta
    status: str = "available"
    copied: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What comes in, or goes out: protocol `-1` is everything, and has no ports."""

    protocol: str = "tcp"
    ports: tuple[int, int] | None = (5432, 5432)
    networks: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A firewall: what may come in, and go out."""

    name: str
    description: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...] = (Rule("-1", None, ("0.0.0.0/0",)),)  # as AWS makes it


@dataclass(frozen=True, slots=True)
class PrefixList:
    """Networks under one name, which rules may speak of."""

    name: str
    networks: tuple[str, ...]
    family: Literal["IPv4", "IPv6"] = "IPv4"


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the registry, pushed *age* ago."""

    digest: str
    tags: tuple[str, ...]
    age: timedelta


@dataclass(frozen=True, slots=True)
class Secret:
    """*text* None: the secret is there and has no value. *deleted_in*: scheduled for deletion, that far ahead."""

    text: str | None
    age: timedelta = timedelta(days=12)
    deleted_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log, written *age* ago."""

    age: timedelta
    text: str


@dataclass(frozen=True, slots=True)
class LogStream:
    """Oldest line first. One that *goes_on* says its last line again every minute, as long as the twin runs."""

    lines: tuple[Line, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Cloud:
    """One AWS account, as far as the go-live gate looks; faults are made with `replace` and the methods below."""

    now: datetime
    service: Service
    instance: Instance
    snapshots: tuple[Snapshot, ...]
    security_groups: Mapping[str, SecurityGroup]  # id → group
    prefix_lists: Mapping[str, PrefixList]  # id → list
    images: tuple[Image, ...]
    secrets: Mapping[str, Secret]  # full name → secret
    logs: Mapping[str, Mapping[str, LogStream]]  # group → stream → lines
    traffic: Traffic
    roles: tuple[Role, ...]
    distribution: Distribution | None = None  # of CloudFront's, in front of the service
    any_role: bool = False  # IAM is out of its mind, and lets whoever is asked about do everything
    clock_shift: timedelta = timedelta()  # by which AWS's clock is ahead of this machine's
    credulous: frozenset[str] = (
        frozenset()
    )  # services, as they are signed for, that tell of what is not there; STS: anybody
    any_log: bool = False  # so are the logs, and every group there could be is there
    heard: bool = False  # the application says a line for each request that the twin's own clients make
    log_page: int = 0  # events of a log in an answer; 0: as many as CloudWatch gives
    snapshot_takes: timedelta = timedelta(seconds=0.3)  # one that somebody asks for
    account: str = ACCOUNT
    region: str = REGION
    ailments: Mapping[str, Ailment] = field(default_factory=dict)  # by the name that a service is signed for, or by
    # that and one of its operations: "rds:DescribeDBInstances"

    def serving(self, **changes: Any) -> Cloud:
        """The same, with these fields of its App Runner service changed."""
        return replace(self, service=replace(self.service, **changes))

    def setting(self, **variables: str | None) -> Cloud:
        """The same, with these plain variables on the service; None takes one away."""
        return replace(self, service=self.service.setting(**variables))

    def wiring(self, **secrets: str | None) -> Cloud:
        """The same, with the service fed from these secrets (name → secret's name, or ARN); None takes one away."""
        arns = {name: said and self.arn_of(said) for name, said in secrets.items()}
        return replace(self, service=self.service.wiring(**arns))

    def storing(self, **changes: Any) -> Cloud:
        """The same, with these fields of its database instance changed."""
        return replace(self, instance=replace(self.instance, **changes))

    def holding(self, name: str, secret: Secret | str | None) -> Cloud:
        """The same, with *secret* under *name* in Secrets Manager; None takes it away, and the service stays wired."""
        path = SECRETS_FOLDER + name
        kept = {key: kept for key, kept in self.secrets.items() if key != path}
        if isinstance(secret, str):
            secret = Secret(secret)
        return replace(self, secrets=kept if secret is None else {**kept, path: secret})

    def tagging(self, tag: str, digest: str | None) -> Cloud:
        """The same, with *tag* moved to the image of *digest*; None takes the tag away."""
        images = (replace(image, tags=tuple(t for t in image.tags if t != tag)) for image in self.images)
        return replace(
            self,
            images=tuple(
                replace(image, tags=(tag, *image.tags)) if image.digest == digest else image for image in images
            ),
        )

    def opening(self, *rules: Rule, group: str = DATABASE_GROUP) -> Cloud:
        """The same, with *rules* added to what *group* lets in."""
        old = self.security_groups[group]
        wider = replace(old, ingress=(*old.ingress, *rules))
        return replace(self, security_groups={**self.security_groups, group: wider})

    def letting_out(self, *rules: Rule, group: str = CONNECTOR_GROUP) -> Cloud:
        """The same, with *rules* in place of what *group* lets out."""
        narrower = replace(self.security_groups[group], egress=rules)
        return replace(self, security_groups={**self.security_groups, group: narrower})

    def watching(self, ago: timedelta | None) -> Cloud:
        """The same, with the last round of the AML monitoring that long ago; None: there was never one."""
        lines = () if ago is None else tuple(Line(ago + timedelta(hours=n), _AML_ROUND) for n in range(30, -1, -1))
        streams = {**self.logs[LOG_GROUP], AML_STREAM: LogStream(lines, goes_on=True)}
        return replace(self, logs={**self.logs, LOG_GROUP: streams})

    def saying(self, *lines: Line, goes_on: bool = True) -> Cloud:
        """The same, with these lines, oldest first, in place of all that the application's instances said."""
        streams = {**self.logs[LOG_GROUP], APP_STREAM: LogStream(lines, goes_on=goes_on)}
        streams.pop(SECOND_STREAM, None)
        return replace(self, logs={**self.logs, LOG_GROUP: streams})

    def adding(self, *lines: Line) -> Cloud:
        """The same, with these lines, oldest first, said by one more instance that goes on saying the last of them."""
        streams = self.logs[LOG_GROUP]
        name = f"{INCIDENT_STREAM}{sum(name.startswith(INCIDENT_STREAM) for name in streams)}"
        added = {**streams, name: LogStream(lines, goes_on=True)}
        return replace(self, logs={**self.logs, LOG_GROUP: added})

    def rolled_back(self, ago: timedelta) -> Cloud:
        """The same, with the release before running again since that long ago."""
        back = Operation("UPDATE_SERVICE", "SUCCEEDED", ago)
        previous = image_of(digest_of(PREVIOUS_COMMIT))
        return self.serving(image=previous, operations=(back, *self.service.operations))

    def text(self, name: str) -> str:
        """The text of the secret *name*, for the other faces that must know it."""
        text = self.secrets[SECRETS_FOLDER + name].text
        if text is None:
            raise LookupError(f"{name} has no value")
        return text

    def arn_of(self, name: str) -> str:
        """The ARN of the secret *name*; what is an ARN already stays one."""
        return name if name.startswith("arn:") else secret_arn(self.account, self.region, SECRETS_FOLDER + name)


def secret_arn(account: str, region: str, path: str) -> str:
    """The ARN of the secret under *path*, made from its name, so that the service can be wired to it."""
    return f"arn:aws:secretsmanager:{region}:{account}:secret:{path}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"


def digest_of(commit: str) -> str:
    """The digest of the image that the twin's CI built from *commit*."""
    return "sha256:" + hashlib.sha256(f"{SERVICE_NAME} {commit}".encode()).hexdigest()


def image_of(digest: str) -> str:
    """The image identifier that pins *digest*."""
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{SERVICE_NAME}@{digest}"
