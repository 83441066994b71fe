"""What is in moto: all of a frozen `Cloud` that moto keeps, and what of it goes on by the clock.

What moto cannot do by its API (statuses, times that are past, digests, ids and ARNs of our choice, a secret without
text) is done on its backend objects: `_seed_…` builds them, changes them and puts them into the backend's
dictionaries; no call goes over the wire. The account's number is handed to moto through its variable
`MOTO_ACCOUNT_ID`. Times are ages, counted back from `Cloud.now`. What lives goes on living by the clock: the database's
`LatestRestorableTime`, and every log stream that `goes_on`.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from golive.twin.cloud import SERVICE_NAME, VPC, Cloud, secret_arn
from golive.twin.motoserver import backend

# moto takes a second to import, and whoever only writes faults has no need of it.
if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
    from moto.rds.models import DBInstance, RDSBackend


def seed(cloud: Cloud) -> None:
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

    ec2: EC2Backend = backend("ec2", cloud)
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
    rds: RDSBackend = backend("rds", cloud)
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
    go_on_restorable(cloud, cloud.now)


def go_on_restorable(cloud: Cloud, present: datetime) -> None:
    """What can be restored trails the present."""
    lag = cloud.instance.restorable_lag
    rds: RDSBackend = backend("rds", cloud)
    database: Any = rds.databases[cloud.instance.identifier]
    database.told_restorable = None if lag is None else _naive(present - lag)


def go_on_taking(cloud: Cloud, present: datetime) -> None:
    """What somebody asked for is being made for a while: moto has it at once."""
    rds: Any = backend("rds", cloud)
    for snapshot in rds.database_snapshots.values():
        if not hasattr(snapshot, "seeded"):
            taken = _naive(present) - snapshot.created.replace(tzinfo=None)
            snapshot.status = "creating" if taken < cloud.snapshot_takes else "available"


def _seed_images(cloud: Cloud) -> None:
    """An image's digest and time of pushing are ours: moto would compute the one and take the other from the clock."""
    from moto.ecr.models import Image as Pushed

    ecr = backend("ecr", cloud)
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

    manager = backend("secretsmanager", cloud)
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
    logs = backend("logs", cloud)
    logs.reset()
    for name, streams in cloud.logs.items():
        group = logs.create_log_group(name, {})
        group.creation_time = _naive(cloud.now - cloud.service.created)
        for stream_name, stream in streams.items():
            group.create_log_stream(stream_name)
            group.streams[stream_name].creation_time = group.creation_time
            say(group.streams[stream_name], [(cloud.now - line.age, line.text) for line in stream.lines])


def say(stream: Any, lines: list[tuple[datetime, str]]) -> None:
    """Add *lines* to a stream of moto's, each at its time."""
    for said_at, text in lines:
        moment = int(said_at.timestamp() * 1000)
        stream.put_log_events([{"timestamp": moment, "message": text}])
        stream.last_ingestion_time = _naive(said_at + timedelta(seconds=1))
        stream.events[-1].ingestion_time = moment + 1000


def go_on_logging(cloud: Cloud, present: datetime) -> None:
    """What goes on says its last line again, a minute after the last time."""
    logs = backend("logs", cloud)
    for name, streams in cloud.logs.items():
        for stream_name, wanted in streams.items():
            stream = logs.groups[name].streams[stream_name]
            silent_for = present.timestamp() - stream.events[-1].timestamp / 1000 if stream.events else 0.0
            if wanted.goes_on and wanted.lines and silent_for > wanted.lines[-1].age.total_seconds() + 60:
                say(stream, [(present - wanted.lines[-1].age, wanted.lines[-1].text)])
