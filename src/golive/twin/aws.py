"""AWS as the twin has it: moto's server, seeded from a frozen `Cloud`, behind a door that notes every question.

Two loopback endpoints: App Runner (`golive.twin.apprunner`) and the rest (moto). The account's number is handed to
moto through its variable `MOTO_ACCOUNT_ID`. moto's state belongs to the process: one `Aws` at a time.

What moto cannot do by its API (statuses, times that are past, digests, ids and ARNs of our choice, a secret without
text) is done on its backend objects: `_seed_…` builds them, changes them and puts them into the backend's
dictionaries; no call goes over the wire. Times are ages, counted back from `Cloud.now`. What lives goes on living by
the clock: the database's `LatestRestorableTime`, and every log stream that `goes_on`.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from golive.twin import apprunner, cloudfront, iam, metrics
from golive.twin.logs import filtered, paged
from golive.twin.wire import Answer, Endpoint, Question, known, refuse

# moto takes a second to import, and whoever only writes faults has no need of it.
if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
    from moto.rds.models import DBInstance, RDSBackend

from golive.twin.cloud import APP_STREAM, DATABASE_GROUP, LOG_GROUP, SERVICE_ID, SERVICE_NAME, VPC, Cloud, secret_arn

# By which the gate asks for what is not there.
NOT_THERE, NO_GROUP = "-that-is-not-there", b"sg-00000000000000000"


class Aws:
    """The face: start it, ask it over HTTP, `apply` another world, read who asked what with `calls`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._calls: list[tuple[str, str]] = []
        self._moto = Endpoint(self._ask_moto, self._calls)
        self._apprunner = Endpoint(self._ask_apprunner, self._calls)
        self._world = threading.Lock()  # one world at a time: nobody reads while it changes
        self._loading: Future[None] = Future()

    @property
    def endpoint(self) -> str:
        """Where every service but App Runner answers."""
        return self._moto.url

    @property
    def apprunner_endpoint(self) -> str:
        """Where App Runner answers."""
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
        _import_ec2()
        _seed(self._cloud)
        for service in ("ec2", "rds", "sts", "ecr", "secretsmanager", "logs"):
            _warm(service, self._cloud.region)

    def stop(self) -> None:
        """Close both doors."""
        self._moto.stop()
        self._apprunner.stop()

    def apply(self, cloud: Cloud) -> None:
        """Make *cloud* the world, between two questions. moto is seeded anew only for what it keeps."""
        known(cloud.ailments)
        self.ready()
        with self._world:
            was = self._cloud
            kept = replace(
                cloud,
                ailments=was.ailments,
                service=was.service,
                distribution=was.distribution,
                traffic=was.traffic,
                roles=was.roles,
                any_role=was.any_role,
                credulous=was.credulous,
                clock_shift=was.clock_shift,
                any_log=was.any_log,
                log_page=was.log_page,
            )
            if kept != was:
                _seed(cloud)
            self._announce(cloud)

    def hear(self) -> None:
        """Somebody asked the application for something."""
        if self._cloud.heard:
            with self._world:
                stream = _backend("logs", self._cloud).groups[LOG_GROUP].streams[APP_STREAM]
                _say(stream, [(datetime.now(UTC), json.dumps({"level": "info", "event": "request", "status": 200}))])

    def delay(self, seconds: float) -> None:
        """From now on every answer takes this much longer."""
        for door in (self._moto, self._apprunner):
            door.delay = seconds

    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every (service, operation) asked so far, in order."""
        return tuple(self._calls)

    def asked(self) -> list[tuple[str, str, dict[str, str]]]:
        """Every (service, operation, parameters) asked so far, once each."""
        told = [*self._moto.asked, *self._apprunner.asked]
        return [(service, operation, dict(of_what)) for service, operation, of_what in told]

    def _announce(self, cloud: Cloud) -> None:
        self._cloud = cloud
        for door in (self._moto, self._apprunner):
            door.ailments, door.account, door.clock_shift = cloud.ailments, cloud.account, cloud.clock_shift

    def _ask_apprunner(self, question: Question) -> Answer:
        cloud = self._cloud
        question = self._believed(question)
        return apprunner.answer(
            question,
            cloud.service,
            account=cloud.account,
            region=cloud.region,
            now=cloud.now,
            images={image.digest for image in cloud.images},
            release=lambda service: self._announce(replace(cloud, service=service)),
        )

    def _believed(self, question: Question) -> Question:
        """*question*, about what is there where it was about what is not: to a service that believes everybody."""
        if question.service not in self._cloud.credulous:
            return question
        body = question.body.replace(NO_GROUP, DATABASE_GROUP.encode())
        secret = next(iter(self._cloud.secrets)).encode()
        for name, ours in ((f"{SERVICE_NAME}{NOT_THERE}".encode(), secret), (NOT_THERE.encode(), b"")):
            if question.service == "secretsmanager" or ours == b"":
                body = body.replace(name, ours)
        return replace(question, body=body)

    def _ask_moto(self, question: Question) -> Answer:
        if not question.service:
            return refuse(
                question.dialect, HTTPStatus.FORBIDDEN, "MissingAuthenticationToken", "The request is not signed"
            )
        cloud = self._cloud
        question = self._believed(question)
        if question.service == "monitoring":
            return metrics.answer(question, cloud.traffic, service=(SERVICE_NAME, SERVICE_ID), now=cloud.now)
        if question.service == "cloudfront":
            return cloudfront.answer(question, cloud.distribution, account=cloud.account, now=cloud.now)
        if question.service == "iam":
            return iam.answer(question, cloud.roles, everybody=cloud.any_role)
        self.ready()
        with self._world:
            present = datetime.now(UTC)
            if question.service == "rds":
                _go_on_restorable(self._cloud, present)
                _go_on_taking(self._cloud, present)
                if question.operation == "CreateDBSnapshot":
                    return _being_made(_through(question))
            elif question.service == "logs" and cloud.any_log:
                return _through(_of_our_group(question))
            elif question.service == "logs":
                _go_on_logging(self._cloud, present)
                question = paged(question, cloud.log_page)
            return filtered(question, _through(question))


def _import_ec2() -> None:
    """Without the catalogue of instance types in each region, which nobody asks for either, at half a second."""
    from moto.utilities import utils

    whole = utils.load_resource
    utils.load_resource = lambda resource: {} if "/instance_type" in resource else whole(resource)
    try:
        import moto.ec2.models  # noqa: F401
    finally:
        utils.load_resource = whole


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
        for authorize, rules in (
            (ec2.authorize_security_group_ingress, group.ingress),
            (ec2.authorize_security_group_egress, group.egress),
        ):
            for rule in rules:
                first, last = rule.ports or (None, None)
                authorize(
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
        created = taken if snapshot.copied is None else cloud.now - snapshot.copied
        made = rds.create_db_snapshot(wanted.identifier, created.strftime(snapshot.name), snapshot_type=snapshot.kind)
        made.status = snapshot.status
        made.seeded = True  # type: ignore[attr-defined] # what somebody asks for while we run is told apart by it
        made.created, made.original_snapshot_create_time = _naive(created), _naive(taken)
    _go_on_restorable(cloud, cloud.now)


def _go_on_restorable(cloud: Cloud, present: datetime) -> None:
    lag = cloud.instance.restorable_lag
    rds: RDSBackend = _backend("rds", cloud)
    database: Any = rds.databases[cloud.instance.identifier]
    database.told_restorable = None if lag is None else _naive(present - lag)


def _go_on_taking(cloud: Cloud, present: datetime) -> None:
    """What somebody asked for is being made for a while: moto has it at once."""
    rds: Any = _backend("rds", cloud)
    for snapshot in rds.database_snapshots.values():
        if not hasattr(snapshot, "seeded"):
            taken = _naive(present) - snapshot.created.replace(tzinfo=None)
            snapshot.status = "creating" if taken < cloud.snapshot_takes else "available"


def _being_made(answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b"<Status>available</Status>", b"<Status>creating</Status>"))


def _of_our_group(question: Question) -> Question:
    """The same question about the application's group, whichever it asked about."""
    return replace(question, body=json.dumps({**json.loads(question.body), "logGroupName": LOG_GROUP}).encode())


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
        made.arn = secret_arn(cloud.account, cloud.region, path)
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
