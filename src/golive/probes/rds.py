"""The database instance and its backups, as RDS tells of them."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from golive.errors import ProbeError
from golive.probes.absent import NOT_THERE, NoSuchThing
from golive.probes.aws import acting, answers, client, pages
from golive.probes.look import Act, Look, Permission

if TYPE_CHECKING:
    from types_boto3_rds import RDSClient
    from types_boto3_rds.type_defs import DBInstanceTypeDef, DBSnapshotTypeDef

    from golive.coordinates import Network
    from golive.environment import Environment
    from golive.probes.reach import Reach

ABSENT = "absent"  # in the place of a status: there is no such instance
_DAY = timedelta(days=1)
_STAMP = re.compile(r"\d{8}-\d{4}$")


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
    """One snapshot; *taken_at*, when what is in it was the database's, is None while it is being made."""

    name: str
    status: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Snapshots of an instance, newest first; what is being made comes before all."""

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

    def control(self, environment: Environment) -> Look[Any]:
        """An instance that is not there."""
        return NoSuchThing("rds", f"{environment.aws.database_instance}{NOT_THERE}")

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To list snapshots, which RDS decides by the instance's name or by the snapshots'."""
        place = f"arn:aws:rds:{environment.aws.region}:{environment.aws.account}"
        return tuple(
            Permission("iam", "rds:DescribeDBSnapshots", f"{place}:{what}")
            for what in (f"db:{self.identifier}", "snapshot:*")
        )


@dataclass(frozen=True, slots=True)
class DatabaseInstance(_OfInstance, Look[Instance]):
    """How is the database instance?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To describe this one."""
        aws = environment.aws
        arn = f"arn:aws:rds:{aws.region}:{aws.account}:db:{self.identifier}"
        return (Permission("iam", "rds:DescribeDBInstances", arn),)

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
        return _snapshots(reach, self.source, self.identifier, "automated")


@dataclass(frozen=True, slots=True)
class NamedSnapshots(_OfInstance, Look[Snapshots]):
    """Which snapshots did people take by hand, under names of *prefix* and a minute?"""

    prefix: str

    def observe(self, reach: Reach) -> Snapshots:
        """All of them, through all pages."""
        return _snapshots(reach, self.source, self.identifier, "manual", self.prefix)


@dataclass(frozen=True, slots=True)
class TakenSnapshot(_OfInstance, Act[Snapshots]):
    """
    Takes a snapshot named *prefix* and the minute in UTC on the day of the launch, and waits until it is available.

    Where one of that day is available nothing is done, and one that is being made already is waited for: a second run
    takes no second one. On any other day it would prove nothing, and after the launch it would be no copy of what was
    there before, so none is taken.
    """

    prefix: str
    launch_at: datetime
    seconds: float  # how long it may take

    @property
    def effect(self) -> str:
        """It stays, under its name."""
        return f"takes a snapshot of {self.identifier} called {self.prefix}…, which stays"

    @property
    def hour(self) -> tuple[datetime, datetime]:
        """From the beginning of the day of the launch to the launch."""
        return launch_day(self.launch_at)[0], self.launch_at

    @property
    def unless(self) -> Look[Snapshots]:
        """The look at what is there."""
        return NamedSnapshots(self.identifier, self.prefix)

    def is_done(self, seen: Any) -> bool:
        """Whether one of the day is available."""
        return any(one.status == "available" for one in of_the_day(seen, self.launch_at))

    def stays(self, seen: Any) -> str:
        """Every snapshot of the day, under its name."""
        names = [one.name for one in of_the_day(seen, self.launch_at)]
        return f"of {self.identifier} stays the snapshot {', '.join(names)}" if names else ""

    def patience(self, network: Network) -> float:
        """The snapshot's time, and that of the answers around it."""
        return self.seconds + network.look_seconds

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To take it, for whoever arms the gate."""
        region, account = environment.aws.region, environment.aws.account
        arns = (f"db:{self.identifier}", f"snapshot:{self.prefix}*")
        return tuple(Permission("iam", "rds:CreateDBSnapshot", f"arn:aws:rds:{region}:{account}:{arn}") for arn in arns)

    def observe(self, reach: Reach) -> Snapshots:
        """What is there afterwards, available or not."""
        ends = time.monotonic() + self.seconds
        seen = self._seen(reach)
        now = datetime.now(UTC)
        begins, over = self.hour
        alive = [one for one in of_the_day(seen, self.launch_at) if one.status in ("available", "creating")]
        if not alive and begins <= now <= over:
            self._take(reach, f"{self.prefix}{now:%Y%m%d-%H%M}")
            seen = self._seen(reach)
        while not self.is_done(seen) and self._is_coming(seen) and time.monotonic() < ends:
            time.sleep(min(10.0, self.seconds / 25))
            seen = self._seen(reach)
        return seen

    def _take(self, reach: Reach, name: str) -> None:
        with answers(self.source), acting("rds", "CreateDBSnapshot"):
            rds: RDSClient = client(reach, "rds")
            try:
                rds.create_db_snapshot(DBInstanceIdentifier=self.identifier, DBSnapshotIdentifier=name)
            except rds.exceptions.DBSnapshotAlreadyExistsFault:
                return  # somebody was faster within the same minute: theirs is as good

    def _seen(self, reach: Reach) -> Snapshots:
        return _snapshots(reach, self.source, self.identifier, "manual", self.prefix)

    def _is_coming(self, seen: Snapshots) -> bool:
        return any(one.status == "creating" for one in of_the_day(seen, self.launch_at))


def launch_day(launch_at: datetime) -> tuple[datetime, datetime]:
    """When the day of the launch begins and is over: in UTC, from the day of T-2h to the day of the launch."""
    first, last = (launch_at - timedelta(hours=2)).astimezone(UTC), launch_at.astimezone(UTC)
    return datetime.combine(first, dt.time(), UTC), datetime.combine(last, dt.time(), UTC) + _DAY


def of_the_day(seen: Snapshots, launch_at: datetime) -> tuple[Snapshot, ...]:
    """Those whose name is of the day of the launch, and whose time besides of before it; None is being made."""
    begins, over = launch_day(launch_at)
    return tuple(
        one
        for one in seen.snapshots
        if (stamp := stamp_of(one.name)) is not None
        and begins <= stamp < over
        and (one.taken_at is None or begins <= one.taken_at <= launch_at)
    )


def stamp_of(name: str) -> datetime | None:
    """The minute with which *name* ends, read as UTC; None where it says none."""
    if (said := _STAMP.search(name)) is None:
        return None
    try:
        return datetime.strptime(said[0], "%Y%m%d-%H%M").replace(tzinfo=UTC)
    except ValueError:  # digits, and no minute of any day
        return None


def _snapshots(
    reach: Reach, source: str, identifier: str, kind: Literal["automated", "manual"], prefix: str | None = None
) -> Snapshots:
    with answers(source):
        rds: RDSClient = client(reach, "rds")
        listed: Iterable[DBSnapshotTypeDef] = pages(
            source,
            rds.describe_db_snapshots,
            "DBSnapshots",
            onward="Marker",
            DBInstanceIdentifier=identifier,
            SnapshotType=kind,
        )
        found = [
            Snapshot(one["DBSnapshotIdentifier"], one["Status"], _utc_or_none(_taken_at(one)))
            for one in listed
            if one["SnapshotType"] == kind and (prefix is None or _STAMP.sub("", one["DBSnapshotIdentifier"]) == prefix)
        ]
    never = datetime.max.replace(tzinfo=UTC)
    return Snapshots(source, tuple(sorted(found, key=lambda one: one.taken_at or never, reverse=True)))


def _taken_at(said: DBSnapshotTypeDef) -> datetime | None:
    """Of a copy, when what is in it was the database's: its SnapshotCreateTime is that of the copying."""
    return said.get("OriginalSnapshotCreateTime") or said.get("SnapshotCreateTime")


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
