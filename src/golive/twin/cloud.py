"""AWS as the twin has it: moto's server, seeded from a frozen `Cloud`, behind a door that notes every question.

Two loopback endpoints: App Runner (`golive.twin.apprunner`) and the rest (moto). The account's number is handed to
moto through its variable `MOTO_ACCOUNT_ID`. moto's state belongs to the process: one `Aws` at a time.

What moto cannot do by its API (statuses, times that are past, digests, ids and ARNs of our choice, a secret without
text) is done on its backend objects: `_seed_…` builds them, changes them and puts them into the backend's
dictionaries; no call goes over the wire. Times are ages, counted back from `Cloud.now`. What lives goes on living by
the clock: the database's `LatestRestorableTime`, and every log stream that `goes_on`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from golive.twin import apprunner
from golive.twin.apprunner import CustomDomain, Operation, Service, ValidationRecord
from golive.twin.wire import Ailment, Answer, Endpoint, Question, known, refuse

# moto takes a second to import, and whoever only writes faults has no need of it.
if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
    from moto.rds.models import DBInstance, RDSBackend

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
    """*name* is a pattern of `strftime`, filled in with the time at which the snapshot was taken."""

    name: str
    kind: Literal["automated", "manual"]
    age: timedelta
    status: str = "available"


@dataclass(frozen=True, slots=True)
class Rule:
    """What comes in: protocol `-1` is everything, and has no ports."""

    protocol: str = "tcp"
    ports: tuple[int, int] | None = (5432, 5432)
    networks: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    name: str
    description: str
    ingress: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class PrefixList:
    name: str
    networks: tuple[str, ...]
    family: Literal["IPv4", "IPv6"] = "IPv4"


@dataclass(frozen=True, slots=True)
class Image:
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
    account: str = ACCOUNT
    region: str = REGION
    ailments: Mapping[str, Ailment] = field(default_factory=dict)  # apprunner, rds, ec2, ecr, secretsmanager, logs, sts

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

    def watching(self, ago: timedelta | None) -> Cloud:
        """The same, with the last round of the AML monitoring that long ago; None: there was never one."""
        lines = () if ago is None else tuple(Line(ago + timedelta(hours=n), _AML_ROUND) for n in range(30, -1, -1))
        streams = {**self.logs[LOG_GROUP], AML_STREAM: LogStream(lines, goes_on=True)}
        return replace(self, logs={**self.logs, LOG_GROUP: streams})

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
    now: datetime, commit: str, *, previous_commit: str = "5f0c3f5e8d1b4c7a9e62d0b1a4c8f7e3d2b19a60", password: str = ""
) -> Cloud:
    """Production as it should be, its secrets made fresh; *password* is the application's at the database."""
    password = password or secrets.token_urlsafe(24)
    texts = {
        "JWT_SECRET": base64.b64encode(secrets.token_bytes(48)).decode(),  # as `openssl rand -base64 48`
        "DATABASE_URL": f"postgresql://drop_app:{password}@{DATABASE_HOST}:5432/drop?sslmode=verify-full",
        "BANKID_CLIENT_ID": f"drop-{secrets.token_hex(6)}",
        "BANKID_CLIENT_SECRET": secrets.token_urlsafe(32),
        "SUMSUB_APP_TOKEN": f"prd:{secrets.token_urlsafe(18)}.{secrets.token_urlsafe(24)}",
        "SUMSUB_SECRET_KEY": secrets.token_urlsafe(24),
        "SUMSUB_WEBHOOK_SECRET": secrets.token_urlsafe(24),
        "NEONOMICS_CLIENT_ID": secrets.token_hex(16),
        "NEONOMICS_CLIENT_SECRET": secrets.token_urlsafe(32),
        "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/"
        f"T{secrets.token_hex(5).upper()}/B{secrets.token_hex(5).upper()}/{secrets.token_hex(12)}",
    }
    digest = digest_of(commit)
    taken = now - timedelta(hours=9)
    return Cloud(
        now=now,
        service=_service(digest, {name: _secret_arn(ACCOUNT, REGION, SECRETS_FOLDER + name) for name in texts}),
        instance=Instance(
            identifier="drop-db",
            host=DATABASE_HOST,
            groups=(DATABASE_GROUP,),
            backup_window=f"{taken - timedelta(minutes=8):%H:%M}-{taken + timedelta(minutes=22):%H:%M}",
        ),
        snapshots=(
            *(Snapshot("rds:drop-db-%Y-%m-%d-%H-%M", "automated", timedelta(hours=9, days=day)) for day in range(7)),
            Snapshot("drop-db-before-migration-%Y%m%d", "manual", timedelta(days=12)),
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
            Image(digest, (PRODUCTION_TAG, "v0.1.0", commit), timedelta(hours=26)),
            Image(digest_of("a build that failed its tests"), (), timedelta(days=3)),
            Image(digest_of(previous_commit), ("v0.0.9", previous_commit), timedelta(days=8)),
        ),
        secrets={SECRETS_FOLDER + name: Secret(text) for name, text in texts.items()},
        logs={
            LOG_GROUP: {"instance/6f1c2d3e4b5a": LogStream(tuple(_chatter()), goes_on=True)},
            f"/aws/apprunner/{SERVICE_NAME}/{SERVICE_ID}/service": {
                "events": LogStream((Line(timedelta(hours=22), "[AppRunner] Service update completed successfully."),))
            },
            "/aws/rds/instance/drop-db/postgresql": {
                "drop-db.0": LogStream((Line(timedelta(minutes=3), "LOG:  checkpoint complete"),), goes_on=True)
            },
        },
    ).watching(timedelta(minutes=12))


def _service(digest: str, arns: Mapping[str, str]) -> Service:
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
            Operation("UPDATE_SERVICE", "SUCCEEDED", timedelta(hours=22)),
            Operation("START_DEPLOYMENT", "SUCCEEDED", timedelta(days=6)),
            Operation("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", timedelta(days=6, hours=2)),
            Operation("UPDATE_SERVICE", "SUCCEEDED", timedelta(days=8)),
            Operation("CREATE_SERVICE", "SUCCEEDED", timedelta(days=40), timedelta(minutes=7)),
        ),
        access_role=f"arn:aws:iam::{ACCOUNT}:role/drop-web-ecr-access",
        instance_role=f"arn:aws:iam::{ACCOUNT}:role/drop-web-instance",
        vpc_connector=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:vpcconnector/drop-vpc/1/4b0d2c9c6f5e4f5f8c3b7d1a2e9f6a10",
        scaling=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:autoscalingconfiguration/DefaultConfiguration/1/"
        "00000000000000000000000000000001",
        dns_target=SERVICE_HOST,
    )


def _chatter() -> Iterator[Line]:
    """Two hours of the application's log: many good answers, a log-in given up, a payment declined, a stray 429."""
    odd = {
        100: {"level": "warn", "event": "neonomics.call", "status": 429, "code": "TOO_MANY_REQUESTS"},
        70: {"level": "info", "event": "bankid.login", "outcome": "failed", "code": "USER_CANCELLED"},
        40: {"level": "error", "event": "payment", "status": 402, "code": "INSUFFICIENT_FUNDS"},
    }
    for minute in range(120, 0, -1):
        login = odd.get(minute, {"level": "info", "event": "bankid.login", "outcome": "ok"})
        yield Line(timedelta(minutes=minute, seconds=-10), json.dumps(login))
        for path, took in (("/", 38), ("/api/transactions", 91), ("/api/health", 7)):
            said = {"level": "info", "event": "request", "path": path, "status": 200, "ms": took + minute % 9}
            yield Line(timedelta(minutes=minute, seconds=-20), json.dumps(said))


class Aws:
    """The face: start it, ask it over HTTP, `apply` another world, read who asked what with `calls`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._calls: list[tuple[str, str]] = []
        self._moto = Endpoint(self._ask_moto, self._calls)
        self._apprunner = Endpoint(self._ask_apprunner, self._calls)
        self._world = threading.Lock()  # one world at a time: nobody reads while it changes
        self._started = time.monotonic()
        self._loading: Future[None] = Future()

    @property
    def endpoint(self) -> str:
        """Where every service but App Runner answers."""
        return self._moto.url

    @property
    def apprunner_endpoint(self) -> str:
        return self._apprunner.url

    def start(self) -> dict[str, str]:
        """Open both doors at once; moto is loaded and seeded behind them, and the first question to it waits."""
        self._announce(self._cloud)
        alone = ThreadPoolExecutor(1, "moto")
        self._loading = alone.submit(self._load)
        alone.shutdown(wait=False)
        self._moto.start()
        self._apprunner.start()
        return {"endpoint": self.endpoint, "apprunner_endpoint": self.apprunner_endpoint}

    def ready(self) -> None:
        """Return once moto is seeded and warm."""
        self._loading.result()

    def _load(self) -> None:
        # moto makes a boto3 session of its own, which would stumble over a profile that is not there.
        os.environ.pop("AWS_PROFILE", None)
        # Thousands of machine images that nobody asks for, at a quarter of a second.
        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        _seed(self._cloud)
        for service in ("ec2", "rds", "sts", "ecr", "secretsmanager", "logs"):
            _warm(service, self._cloud.region)

    def stop(self) -> None:
        self._moto.stop()
        self._apprunner.stop()

    def apply(self, cloud: Cloud) -> None:
        """Make *cloud* the world, between two questions. moto is seeded anew only for what it keeps."""
        known(cloud.ailments)
        self.ready()
        with self._world:
            kept = replace(cloud, ailments=self._cloud.ailments, service=self._cloud.service)
            if kept != self._cloud:
                _seed(cloud)
            if cloud.now != self._cloud.now:
                self._started = time.monotonic()
            self._announce(cloud)

    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every (service, operation) asked so far, in order."""
        return tuple(self._calls)

    def _announce(self, cloud: Cloud) -> None:
        self._cloud = cloud
        for door in (self._moto, self._apprunner):
            door.ailments, door.account = cloud.ailments, cloud.account

    def _ask_apprunner(self, question: Question) -> Answer:
        cloud = self._cloud
        return apprunner.answer(question, cloud.service, account=cloud.account, region=cloud.region, now=cloud.now)

    def _ask_moto(self, question: Question) -> Answer:
        if not question.service:
            return refuse(
                question.dialect, HTTPStatus.FORBIDDEN, "MissingAuthenticationToken", "The request is not signed"
            )
        self.ready()
        with self._world:
            present = self._cloud.now + timedelta(seconds=time.monotonic() - self._started)
            if question.service == "rds":
                _go_on_restorable(self._cloud, present)
            elif question.service == "logs":
                _go_on_logging(self._cloud, present)
            return _through(question)


@cache
def _moto() -> Any:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


def _through(question: Question) -> Answer:
    """Ask moto's WSGI application, in this process."""
    from werkzeug.datastructures import Headers
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    path, _, query = question.target.partition("?")
    passed = {key: said for key, said in question.headers.items() if key not in {"connection", "content-length"}}
    environ = EnvironBuilder(
        path=path, query_string=query, method=question.method, headers=Headers(passed), data=question.body
    ).get_environ()
    body, status, headers = run_wsgi_app(_moto(), environ, buffered=True)
    hop = {"content-length", "connection", "server", "date"}
    return Answer(
        HTTPStatus(int(status.split()[0])),
        {key: said for key, said in headers.items() if key.lower() not in hop},
        b"".join(body),
    )


def _warm(service: str, region: str) -> None:
    """Let moto load what it loads at a service's first question."""
    scope = f"AWS4-HMAC-SHA256 Credential=WARM/20260101/{region}/{service}/aws4_request, Signature=0"
    action, version, target = {
        "ec2": ("DescribeSecurityGroups", "2016-11-15", ""),
        "rds": ("DescribeDBInstances", "2014-10-31", ""),
        "sts": ("GetCallerIdentity", "2011-06-15", ""),
        "ecr": ("", "", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"),
        "secretsmanager": ("", "", "secretsmanager.ListSecrets"),
        "logs": ("", "", "Logs_20140328.DescribeLogGroups"),
    }[service]
    headers = {"authorization": scope, "host": f"{service}.{region}.amazonaws.com"}
    if target:
        headers |= {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
        body = b"{}"
    else:
        headers |= {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        body = f"Action={action}&Version={version}".encode()
    _through(Question(service, action, "POST", "/", headers, body))


def _backend(service: Literal["ec2", "ecr", "logs", "rds", "secretsmanager"], cloud: Cloud) -> Any:
    from moto.backends import get_backend

    return get_backend(service)[cloud.account][cloud.region]


def _seed(cloud: Cloud) -> None:
    """Put *cloud* into moto, in place of what was there."""
    os.environ["MOTO_ACCOUNT_ID"] = cloud.account
    _seed_security_groups(cloud)
    _seed_database(cloud)
    _seed_images(cloud)
    _seed_secrets(cloud)
    _seed_logs(cloud)


def _naive(moment: datetime) -> datetime:
    """As moto keeps time: UTC, and silent about it."""
    return moment.replace(tzinfo=None)


def _seed_security_groups(cloud: Cloud) -> None:
    """
    Groups and prefix lists get ids of ours: the objects are put under them into moto's dictionaries. The backend itself
    stays (a new one takes moto 50 ms), with the default groups that every account has.
    """
    from moto.ec2.models.managed_prefixes import ManagedPrefixList
    from moto.ec2.models.security_groups import SecurityGroup as Group

    ec2: EC2Backend = _backend("ec2", cloud)
    ec2.groups.pop(VPC, None)
    ours = [key for key, kept in ec2.managed_prefix_lists.items() if kept.owner_id == cloud.account]
    for key in ours:
        del ec2.managed_prefix_lists[key]
    for key, wanted in cloud.prefix_lists.items():
        entries = [{"Cidr": network, "Description": wanted.name} for network in wanted.networks]
        made = ManagedPrefixList(ec2, cloud.region, wanted.family, entries, "20", wanted.name)
        made.id = key
        made.prefix_list_arn = made.arn(cloud.region, cloud.account)
        ec2.managed_prefix_lists[key] = made
    for key, group in cloud.security_groups.items():
        ec2.groups[VPC][key] = Group(ec2, key, group.name, group.description, VPC)  # type: ignore[abstract] # as moto does
    for key, group in cloud.security_groups.items():
        for rule in group.ingress:
            first, last = rule.ports or (None, None)
            ec2.authorize_security_group_ingress(
                key,
                rule.protocol,
                first,  # type: ignore[arg-type] # said to be text, and turned into a number
                last,  # type: ignore[arg-type]
                [{"CidrIpv6" if ":" in network else "CidrIp": network} for network in rule.networks],
                source_groups=[{"GroupId": source} for source in rule.groups],
                prefix_list_ids=[{"PrefixListId": listed} for listed in rule.prefix_lists],
                vpc_id=VPC,
            )


@cache
def _database_class() -> type[DBInstance]:
    """moto's instance computes these two from its name and from the clock; ours is told."""
    from moto.rds.models import DBInstance

    class Told(DBInstance):
        told_address = ""
        told_restorable: datetime | None = None

        @property
        def address(self) -> str:
            return self.told_address

        @property
        def latest_restorable_time(self) -> datetime:
            return self.told_restorable  # type: ignore[return-value] # None is left out of the answer

    return Told


def _seed_database(cloud: Cloud) -> None:
    """Status, endpoint and times are set on the object; the snapshots that moto takes at creation give way to ours."""
    rds: RDSBackend = _backend("rds", cloud)
    rds.reset()
    wanted = cloud.instance
    database: Any = _database_class()(
        rds,
        db_instance_identifier=wanted.identifier,
        db_instance_class="db.t4g.medium",
        engine=wanted.engine,
        engine_version=wanted.version,
        port=wanted.port,
        allocated_storage=50,
        backup_retention_period=wanted.retention_days,
        db_name="drop",
        master_username="drop_admin",
        master_user_password=secrets.token_urlsafe(12),
        multi_az=wanted.multi_az,
        license_model="postgresql-license",
        publicly_accessible=wanted.public,
        storage_type="gp3",
        storage_encrypted=wanted.encrypted,
        vpc_security_group_ids=list(wanted.groups),
        deletion_protection=wanted.deletion_protection,
        ca_certificate_identifier="rds-ca-rsa2048-g1",
        copy_tags_to_snapshot=True,
    )
    database.preferred_backup_window = wanted.backup_window
    database.status = wanted.status
    database.created = database.instance_create_time = _naive(cloud.now - wanted.age)
    database.told_address = wanted.host
    rds.databases[wanted.identifier] = database
    for snapshot in cloud.snapshots:
        taken = cloud.now - snapshot.age
        made = rds.create_db_snapshot(wanted.identifier, taken.strftime(snapshot.name), snapshot_type=snapshot.kind)
        made.status = snapshot.status
        made.created = made.original_snapshot_create_time = _naive(taken)
    _go_on_restorable(cloud, cloud.now)


def _go_on_restorable(cloud: Cloud, present: datetime) -> None:
    lag = cloud.instance.restorable_lag
    rds: RDSBackend = _backend("rds", cloud)
    database: Any = rds.databases[cloud.instance.identifier]
    database.told_restorable = None if lag is None else _naive(present - lag)


def _seed_images(cloud: Cloud) -> None:
    """An image's digest and time of pushing are ours: moto would compute the one and take the other from the clock."""
    from moto.ecr.models import Image as Pushed

    ecr = _backend("ecr", cloud)
    ecr.reset()
    repository = ecr.create_repository(SERVICE_NAME, None, {"encryptionType": "AES256"}, None, "MUTABLE", [])
    media = "application/vnd.docker.distribution.manifest.v2+json"
    for image in cloud.images:
        manifest = {"schemaVersion": 2, "mediaType": media, "config": {"size": 71_303_168, "digest": image.digest}}
        manifest["layers"] = [{"digest": image.digest, "size": 71_303_168}]
        pushed = Pushed(cloud.account, None, json.dumps(manifest), SERVICE_NAME, media, image.digest)  # type: ignore[arg-type]
        for tag in reversed(image.tags):
            pushed.update_tag(tag)
        pushed.image_pushed_at = int((cloud.now - image.age).timestamp())
        repository.images.append(pushed)


def _seed_secrets(cloud: Cloud) -> None:
    """ARNs are made from the names, so that the service can be wired to them; a secret may lack a text, or be going."""
    from moto.secretsmanager.models import FakeSecret

    manager = _backend("secretsmanager", cloud)
    manager.reset()
    for path, secret in cloud.secrets.items():
        changed = int((cloud.now - secret.age).timestamp())
        version = hashlib.sha256(f"{path} {secret.age}".encode()).hexdigest()[:32]
        stored = {
            "createdate": changed,
            "version_id": version,
            "version_stages": ["AWSCURRENT"],
            "secret_string": secret.text,
        }
        made = FakeSecret(
            cloud.account, cloud.region, path, stored, version, last_changed_date=changed, created_date=changed
        )
        made.arn = _secret_arn(cloud.account, cloud.region, path)
        if secret.text is not None:
            made.versions = {version: stored}
            made.set_default_version_id(version)
        if secret.deleted_in is not None:
            made.delete((cloud.now + secret.deleted_in).timestamp())
        manager.secrets[path] = made


def _seed_logs(cloud: Cloud) -> None:
    """Lines are ingested when they were said; moto would have it that all of them came in now."""
    logs = _backend("logs", cloud)
    logs.reset()
    for name, streams in cloud.logs.items():
        group = logs.create_log_group(name, {})
        group.creation_time = _naive(cloud.now - cloud.service.created)
        for stream_name, stream in streams.items():
            group.create_log_stream(stream_name)
            group.streams[stream_name].creation_time = group.creation_time
            _say(group.streams[stream_name], [(cloud.now - line.age, line.text) for line in stream.lines])


def _say(stream: Any, lines: list[tuple[datetime, str]]) -> None:
    for said_at, text in lines:
        moment = int(said_at.timestamp() * 1000)
        stream.put_log_events([{"timestamp": moment, "message": text}])
        stream.last_ingestion_time = _naive(said_at + timedelta(seconds=1))
        stream.events[-1].ingestion_time = moment + 1000


def _go_on_logging(cloud: Cloud, present: datetime) -> None:
    logs = _backend("logs", cloud)
    for name, streams in cloud.logs.items():
        for stream_name, wanted in streams.items():
            stream = logs.groups[name].streams[stream_name]
            silent_for = present.timestamp() - stream.events[-1].timestamp / 1000 if stream.events else 0.0
            if wanted.goes_on and wanted.lines and silent_for > wanted.lines[-1].age.total_seconds() + 60:
                _say(stream, [(present - wanted.lines[-1].age, wanted.lines[-1].text)])
