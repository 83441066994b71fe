"""What the twin's AWS keeps and what it forgets when its world is swapped, and that every question is noted."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from golive.twin.aws import Aws
from tests.twin.aws.readings import HEALTHY, Clients, error, instance


def test_readers_never_see_half_a_world(face: Aws, aws: Clients) -> None:
    """While worlds change, every answer is wholly of the one or of the other."""
    other = HEALTHY.storing(status="stopped", public=True, version="15.8")
    whole = {("available", False, "16.10"), ("stopped", True, "15.8")}
    seen: list[tuple[Any, ...]] = []
    failed: list[BotoCoreError | ClientError] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                one = instance(aws)
            except (BotoCoreError, ClientError) as exc:
                failed.append(exc)
            else:
                seen.append((one["DBInstanceStatus"], one["PubliclyAccessible"], one["EngineVersion"]))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(20):
        face.apply(other if turn % 2 == 0 else HEALTHY)
        instance(aws)
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert set(seen) == whole


def test_acts_survive_what_does_not_concern_them(face: Aws, aws: Clients) -> None:
    """A snapshot taken through the API stays when only an ailment or the service changes, and goes with its world."""
    aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier="drop-db-pre-launch-20260302-0900")

    def manual() -> int:
        return len(aws.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"])

    assert manual() == 3
    face.apply(replace(HEALTHY.serving(status="PAUSED"), ailments={"ecr": "denied"}))
    assert manual() == 3
    face.apply(HEALTHY.storing(status="stopped"))
    assert manual() == 2


def test_a_snapshot_takes_its_time(face: Aws, aws: Clients) -> None:
    """As at RDS, what somebody asks for is being made at first, and available when it is done."""
    name = "drop-db-by-hand"
    face.apply(replace(HEALTHY, snapshot_takes=timedelta(hours=1)))

    def status() -> str | None:
        return aws.rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0].get("Status")

    said = aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier=name)["DBSnapshot"]
    assert (said.get("Status"), status()) == ("creating", "creating")
    with pytest.raises(aws.rds.exceptions.DBSnapshotAlreadyExistsFault):
        aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier=name)
    face.apply(replace(HEALTHY, snapshot_takes=timedelta()))
    aws.rds.create_db_snapshot(DBInstanceIdentifier="drop-db", DBSnapshotIdentifier=name)
    assert status() == "available"


@pytest.mark.usefixtures("face")
def test_every_question_is_noted(server: Aws, aws: Clients) -> None:
    """What was asked can be read afterwards, by service and operation, also when it was refused."""
    before = len(server.calls())
    instance(aws)
    aws.apprunner.list_services()
    aws.ec2.describe_security_groups()
    server.apply(replace(HEALTHY, ailments={"sts": "denied"}))
    error(lambda: aws.sts.get_caller_identity())
    assert server.calls()[before:] == (
        ("rds", "DescribeDBInstances"),
        ("apprunner", "ListServices"),
        ("ec2", "DescribeSecurityGroups"),
        ("sts", "GetCallerIdentity"),
    )
