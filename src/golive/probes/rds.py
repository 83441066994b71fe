"""The database instance and its backups, as RDS tells of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from golive.errors import ProbeError
from golive.probes.aws import answers, client, pages
from golive.probes.look import Look

if TYPE_CHECKING:
    from types_boto3_rds import RDSClient
    from types_boto3_rds.type_defs import DBInstanceTypeDef, DBSnapshotTypeDef

    from golive.probes.reach import Reach

ABSENT = "absent"  # in the place of a status: there is no such instance
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instance:
    """A database instance; None is what RDS does not say of it."""

    identifier: str
    status: str
    engine: str = ""
    version: str = ""
    public: bool | None = None
    endpoint: str | None = None
    port: int | None = None
    security_groups: tuple[str, ...] = ()
    encrypted: bool | None = None
    deletion_protection: bool | None = None
    retention_days: int | None = None
    backup_window: str | None = None  # "03:10-03:40", UTC
    restorable_to: datetime | None = None

    def window(self) -> timedelta:
        """How long the daily backup window is; ProbeError where RDS does not say."""
        said = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", self.backup_window or "")
        if said is None:
            raise ProbeError(self.identifier, f"its backup window is {self.backup_window!r}, which is none")
        opens, closes = (timedelta(hours=int(said[n]), minutes=int(said[n + 1])) for n in (1, 3))
        return (closes - opens) % _DAY


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot; *taken_at* is None while it is being made."""

    name: str
    status: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The automated snapshots of an instance, newest first; what is being made comes before all."""

    source: str
    snapshots: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True)
class _OfInstance:
    identifier: str

    @property
    def source(self) -> str:
        """The instance's name."""
        return f"RDS instance {self.identifier}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "rds"


@dataclass(frozen=True, slots=True)
class DatabaseInstance(_OfInstance, Look[Instance]):
    """How is the database instance?"""

    def observe(self, reach: Reach) -> Instance:
        """Status "absent" where there is no such instance."""
        with answers(self.source):
            rds: RDSClient = client(reach, "rds")
            try:
                said = rds.describe_db_instances(DBInstanceIdentifier=self.identifier)["DBInstances"]
            except rds.exceptions.DBInstanceNotFoundFault:
                return Instance(self.identifier, ABSENT)
            return _instance(said[0]) if said else Instance(self.identifier, ABSENT)


@dataclass(frozen=True, slots=True)
class AutomatedSnapshots(_OfInstance, Look[Snapshots]):
    """Which snapshots did RDS take by itself?"""

    def observe(self, reach: Reach) -> Snapshots:
        """All of them, through all pages."""
        with answers(self.source):
            rds: RDSClient = client(reach, "rds")
            listed: Iterable[DBSnapshotTypeDef] = pages(
                self.source,
                rds.describe_db_snapshots,
                "DBSnapshots",
                onward="Marker",
                DBInstanceIdentifier=self.identifier,
                SnapshotType="automated",
            )
            found = [
                Snapshot(one["DBSnapshotIdentifier"], one["Status"], _utc_or_none(one.get("SnapshotCreateTime")))
                for one in listed
                if one["SnapshotType"] == "automated"
            ]
        never = datetime.max.replace(tzinfo=UTC)
        return Snapshots(self.source, tuple(sorted(found, key=lambda one: one.taken_at or never, reverse=True)))


def _instance(said: DBInstanceTypeDef) -> Instance:
    endpoint = said.get("Endpoint", {})  # there is none while the instance is being made
    return Instance(
        identifier=said["DBInstanceIdentifier"],
        status=said["DBInstanceStatus"],
        engine=said["Engine"],
        version=said["EngineVersion"],
        public=said.get("PubliclyAccessible"),
        endpoint=endpoint.get("Address"),
        port=endpoint.get("Port"),
        security_groups=tuple(sorted(group["VpcSecurityGroupId"] for group in said["VpcSecurityGroups"])),
        encrypted=said.get("StorageEncrypted"),
        deletion_protection=said.get("DeletionProtection"),
        retention_days=said.get("BackupRetentionPeriod"),
        backup_window=said.get("PreferredBackupWindow"),
        restorable_to=_utc_or_none(said.get("LatestRestorableTime")),
    )


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
