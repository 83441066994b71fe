"""One AWS account as a frozen value, as far as the go-live gate looks; `golive.twin.aws` puts it on the wire.

Times are ages, counted back from `Cloud.now`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from golive.twin.apprunner import CustomDomain, Operation, Service, ValidationRecord
from golive.twin.cloudfront import Distribution
from golive.twin.iam import Role, Statement
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


# What is launched was deployed the day before, or is what was launched, that long before the launch.
_DEPLOYED, _DEPLOYED_BEFORE_LAUNCH = timedelta(hours=22), timedelta(hours=21)
# The pre-launch snapshot is taken when the final verification begins, half a minute into it.
_BEFORE_LAUNCH = timedelta(hours=2) - timedelta(seconds=30)
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
    credulous: frozenset[str] = frozenset()  # services, as they are signed for, that tell of what is not there
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
        return name if name.startswith("arn:") else _secret_arn(self.account, self.region, SECRETS_FOLDER + name)


def _secret_arn(account: str, region: str, path: str) -> str:
    return f"arn:aws:secretsmanager:{region}:{account}:secret:{path}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"


def digest_of(commit: str) -> str:
    """The digest of the image that the twin's CI built from *commit*."""
    return "sha256:" + hashlib.sha256(f"{SERVICE_NAME} {commit}".encode()).hexdigest()


def image_of(digest: str) -> str:
    """The image identifier that pins *digest*."""
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{SERVICE_NAME}@{digest}"


def healthy(
    now: datetime,
    commit: str,
    *,
    previous_commit: str = PREVIOUS_COMMIT,
    password: str = "",
    launched: timedelta = timedelta(),
) -> Cloud:
    """
    Production as it should be, its secrets made fresh; *password* is the application's at the database.

    It was *launched* that long ago; negative: it will be.
    """
    password = password or secrets.token_urlsafe(24)
    # Hexadecimal, which never spells "dev" or "test" by chance.
    texts = {
        "JWT_SECRET": base64.b64encode(secrets.token_bytes(48)).decode(),  # as `openssl rand -base64 48`
        "DATABASE_URL": f"postgresql://drop_app:{password}@{DATABASE_HOST}:5432/drop?sslmode=verify-full",
        "BANKID_CLIENT_ID": f"drop-{secrets.token_hex(6)}",
        "BANKID_CLIENT_SECRET": secrets.token_hex(32),
        "SUMSUB_APP_TOKEN": f"prd:{secrets.token_hex(18)}.{secrets.token_hex(24)}",
        "SUMSUB_SECRET_KEY": secrets.token_hex(24),
        "SUMSUB_WEBHOOK_SECRET": secrets.token_hex(24),
        "NEONOMICS_CLIENT_ID": secrets.token_hex(16),
        "NEONOMICS_CLIENT_SECRET": secrets.token_hex(32),
        "SWAN_CLIENT_ID": f"LIVE_{secrets.token_hex(16)}",
        "SWAN_CLIENT_SECRET": secrets.token_hex(32),
        "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/"
        f"T{secrets.token_hex(5).upper()}/B{secrets.token_hex(5).upper()}/{secrets.token_hex(12)}",
    }
    digest = digest_of(commit)
    deployed = max(_DEPLOYED, launched + _DEPLOYED_BEFORE_LAUNCH)
    taken = now - timedelta(hours=9)
    return Cloud(
        now=now,
        service=_service(
            digest, {name: _secret_arn(ACCOUNT, REGION, SECRETS_FOLDER + name) for name in texts}, deployed
        ),
        instance=Instance(
            identifier="drop-db",
            host=DATABASE_HOST,
            groups=(DATABASE_GROUP,),
            backup_window=f"{taken - timedelta(minutes=8):%H:%M}-{taken + timedelta(minutes=22):%H:%M}",
        ),
        snapshots=(
            *(Snapshot("rds:drop-db-%Y-%m-%d-%H-%M", "automated", timedelta(hours=9, days=day)) for day in range(7)),
            Snapshot("drop-db-before-migration-%Y%m%d", "manual", timedelta(days=12)),
            *([Snapshot(PRE_LAUNCH, "manual", launched + _BEFORE_LAUNCH)] if launched > -_BEFORE_LAUNCH else []),
        ),
        security_groups={
            DATABASE_GROUP: SecurityGroup("drop-db", "the database", (Rule(groups=(CONNECTOR_GROUP,)),)),
            CONNECTOR_GROUP: SecurityGroup("drop-web-connector", "App Runner's way into the VPC", ()),
            PUBLIC_GROUP: SecurityGroup(
                "public-https", "a load balancer", (Rule(ports=(443, 443), networks=("0.0.0.0/0", "::/0")),)
            ),
        },
        prefix_lists={PARTNERS: PrefixList("drop-partners", ("198.51.100.0/24", "203.0.113.0/25"))},
        images=(
            Image(digest_of("a pull request"), ("pr-61",), timedelta(hours=5)),  # younger than the release, and none
            Image(digest, (PRODUCTION_TAG, "v0.1.0", commit), deployed + timedelta(hours=4)),
            Image(digest_of("a build that failed its tests"), (), deployed + timedelta(days=2)),
            Image(digest_of(previous_commit), ("v0.0.9", previous_commit), deployed + timedelta(days=7)),
        ),
        secrets={SECRETS_FOLDER + name: Secret(text) for name, text in texts.items()},
        logs={
            LOG_GROUP: {APP_STREAM: LogStream((*_since_launch(launched), *_chatter()), goes_on=True)},
            f"/aws/apprunner/{SERVICE_NAME}/{SERVICE_ID}/service": {
                "events": LogStream((Line(timedelta(hours=22), "[AppRunner] Service update completed successfully."),))
            },
            "/aws/rds/instance/drop-db/postgresql": {
                "drop-db.0": LogStream((Line(timedelta(minutes=3), "LOG:  checkpoint complete"),), goes_on=True)
            },
        },
        traffic=Traffic(launched),
        roles=(_deploy_role(),),
    ).watching(timedelta(minutes=12))


def _deploy_role() -> Role:
    """May change the service, and hand App Runner the two roles that it has."""
    passed = ("build.apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com")
    service = f"arn:aws:apprunner:{REGION}:{ACCOUNT}:service/{SERVICE_NAME}/*"
    return Role(
        DEPLOY_ROLE,
        (
            Statement(("apprunner:UpdateService", "apprunner:Describe*", "apprunner:List*"), (service,)),
            Statement(("iam:PassRole",), (f"arn:aws:iam::{ACCOUNT}:role/{SERVICE_NAME}-*",), passed_to=passed),
            Statement(("ecr:*",), ("*",)),
        ),
    )


def _service(digest: str, arns: Mapping[str, str], deployed: timedelta) -> Service:
    validated = "acm-validations.aws"
    return Service(
        name=SERVICE_NAME,
        id=SERVICE_ID,
        url=SERVICE_HOST,
        status="RUNNING",
        image=image_of(digest),
        variables={
            "NODE_ENV": "production",
            "NEXT_PUBLIC_SERVICE_MODE": "production",
            "NEXT_PUBLIC_APP_URL": "https://getdrop.no",
            "BANKID_CALLBACK_URL": "https://getdrop.no/api/auth/bankid/callback",
            # As the failure runbooks' ways back leave them.
            "AISP_MODE": "live",
            "AISP_FALLBACK_MODE": "live",
            "SWAN_MODE": "live",
            **dict.fromkeys(("FEATURE_ACCOUNTS", "FEATURE_CARDS", "FEATURE_SWAN_WALLETS"), "enabled"),
            **dict.fromkeys(("NEONOMICS_ENVIRONMENT", "SUMSUB_ENVIRONMENT", "SWAN_ENVIRONMENT"), "production"),
            "LOG_LEVEL": "info",
            "NEXT_TELEMETRY_DISABLED": "1",
            "TZ": "Europe/Oslo",
            **FLAGS,
        },
        secrets=arns,
        custom_domains=(
            CustomDomain(
                "getdrop.no",
                www=True,
                status="ACTIVE",
                records=(
                    ValidationRecord("_2f1d9c0b7a6e.getdrop.no.", f"_8c4b2a1f0e9d.xyzkqp.{validated}."),
                    ValidationRecord("_5a3e8d7c1b40.www.getdrop.no.", f"_1d0c9b8a7f6e.xyzkqp.{validated}."),
                ),
            ),
        ),
        operations=(
            Operation("UPDATE_SERVICE", "SUCCEEDED", deployed),
            Operation("START_DEPLOYMENT", "SUCCEEDED", deployed + timedelta(days=5)),
            Operation("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", deployed + timedelta(days=5, hours=2)),
            Operation("UPDATE_SERVICE", "SUCCEEDED", deployed + timedelta(days=7)),
            Operation("CREATE_SERVICE", "SUCCEEDED", timedelta(days=40), timedelta(minutes=7)),
        ),
        access_role=f"arn:aws:iam::{ACCOUNT}:role/drop-web-ecr-access",
        instance_role=f"arn:aws:iam::{ACCOUNT}:role/drop-web-instance",
        vpc_connector=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:vpcconnector/drop-vpc/1/4b0d2c9c6f5e4f5f8c3b7d1a2e9f6a10",
        connector_groups=(CONNECTOR_GROUP,),
        scaling=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:autoscalingconfiguration/DefaultConfiguration/1/"
        "00000000000000000000000000000001",
        dns_target=SERVICE_HOST,
    )


def login(ago: timedelta, code: str = "") -> Line:
    """A login that ended well, or with *code*."""
    said = {"outcome": "failed", "code": code} if code else {"outcome": "ok"}
    return Line(ago, json.dumps({"level": "info", "event": "bankid.login", **said}))


def mishap(ago: timedelta, code: str) -> Line:
    """An error of the application, by its code."""
    return Line(ago, json.dumps({"level": "error", "event": "request", "status": 500, "code": code}))


def _since_launch(launched: timedelta) -> Iterator[Line]:
    """Logins and mishaps since the launch, until the last two hours' chatter: a login every four minutes at most."""
    told = timedelta(minutes=121)
    step = max(timedelta(minutes=4), launched / 400)
    number, ago = 0, launched - timedelta(seconds=70)
    while ago > told:
        number += 1
        yield login(ago, "USER_CANCELLED" if number % 23 == 0 else "TIMEOUT" if number == 150 else "")
        if number % 40 == 0:
            yield mishap(ago - timedelta(seconds=20), "BANK_TIMEOUT" if number % 80 else "INSUFFICIENT_FUNDS")
        ago -= step


def _chatter() -> Iterator[Line]:
    """Two hours of the application's log: many good answers, a log-in given up, a payment declined, a stray 429."""
    odd = {
        100: {"level": "warn", "event": "neonomics.call", "status": 429, "code": "TOO_MANY_REQUESTS"},
        90: {"level": "warn", "event": "bankid.login", "outcome": "failed", "code": "TIMEOUT"},
        70: {"level": "info", "event": "bankid.login", "outcome": "failed", "code": "USER_CANCELLED"},
        40: {"level": "error", "event": "payment", "status": 402, "code": "INSUFFICIENT_FUNDS"},
    }
    yield Line(timedelta(minutes=122), "   ▲ Next.js 14.2.5")
    yield Line(timedelta(minutes=122), " ✓ Ready in 412ms")
    for minute in range(120, 0, -1):
        login = odd.get(minute, {"level": "info", "event": "bankid.login", "outcome": "ok"})
        yield Line(timedelta(minutes=minute, seconds=-10), json.dumps(login))
        for path, took in (("/", 38), ("/api/transactions", 91), ("/api/health", 7)):
            said = {"level": "info", "event": "request", "path": path, "status": 200, "ms": took + minute % 9}
            yield Line(timedelta(minutes=minute, seconds=-20), json.dumps(said))
        for seconds in (30, 45):
            yield Line(timedelta(minutes=minute, seconds=-seconds), json.dumps(_call(minute, seconds)))
        outcome = {"outcome": "failed", "code": "BALANCE_LATE"} if minute == 80 else {"outcome": "ok"}
        said = {"level": "info", "event": "aisp.balance", **outcome}
        yield Line(timedelta(minutes=minute, seconds=-50), json.dumps(said))


def _call(minute: int, seconds: int) -> dict[str, object]:
    """A call of Swan, most of them quick; one has failed."""
    outcome = {"outcome": "failed", "code": "NOT_NOW"} if (minute, seconds) == (85, 30) else {"outcome": "ok"}
    took = 2_600 if minute == 33 else 1_200 if minute % 30 == 1 else 120 + minute * 7 % 240
    return {"level": "info", "event": "swan.call", **outcome, "ms": took}
