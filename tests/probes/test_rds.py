"""What RDS and EC2 tell of the database instance, its backups and its firewalls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from golive.errors import ProbeError
from golive.probes import rds
from golive.probes.ec2 import Firewalls, Rule, public, wide_open
from golive.probes.rds import ABSENT, AutomatedSnapshots, DatabaseInstance, Instance, Snapshots
from golive.remarks import Remarks
from golive.twin import cloud as twin
from golive.twin.cloud import CONNECTOR_GROUP, DATABASE_GROUP, PARTNERS, Cloud, PrefixList, Snapshot
from steps import cloud as steps

from .backstage import Backstage


def test_instance_is_told(backstage: Backstage) -> None:
    """
    Status, version, place and the moment to which it can be restored.
    """
    seen = backstage.look(DatabaseInstance("drop-db"))
    assert (seen.status, seen.engine, seen.version.split(".")[0], seen.public) == ("available", "postgres", "16", False)
    assert (seen.endpoint, seen.port) == (backstage.environment.database.host, 5432)
    assert seen.security_groups == (DATABASE_GROUP,)
    assert datetime.now(UTC) - seen.restorable_to < timedelta(minutes=30)
    assert seen.window() == timedelta(minutes=30)


def test_missing_instance_is_a_fact(backstage: Backstage) -> None:
    """
    That there is no such instance is told.
    """
    assert backstage.look(DatabaseInstance("drop-dp")).status == ABSENT


@pytest.mark.parametrize(
    ("said", "hours"), [("03:10-03:40", 0.5), ("23:45-00:45", 1), ("00:00-12:00", 12)], ids=["day", "midnight", "long"]
)
def test_window_is_measured_over_midnight(said: str, hours: float) -> None:
    """
    The window's length is read from its two times of day.
    """
    assert Instance("x", "available", backup_window=said).window() == timedelta(hours=hours)


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "good", "warned"),
    [
        ([("available", 23.9)], True, 0),
        ([("available", 24.6)], False, 0),
        ([("creating", 0.1), ("available", 23.9)], True, 1),
        ([("creating", None), ("available", 23.9)], True, 1),
        ([("failed", 1), ("available", 23.9), ("creating", 47)], True, 1),
        ([("creating", 0.1), ("available", 24.6)], False, 0),
        ([("creating", 0.1)], False, 0),
        ([], False, 0),
    ],
)
def test_newest_snapshot_is_the_newest_that_is_ready(
    told: list[tuple[str, float | None]], good: bool, warned: int
) -> None:
    """
    What is under way is no backup yet, and takes nothing from the one before it; it is told.
    """
    taken = [
        rds.Snapshot(f"s{age}", status, None if age is None else NOW - timedelta(hours=age)) for status, age in told
    ]
    instance, remarks = Instance("x", "available", backup_window="03:10-03:40"), Remarks()
    if good:
        steps.snapshot_is_fresh(Snapshots("x", tuple(taken)), instance, 24, NOW, remarks)
    else:
        with pytest.raises(AssertionError, match="the newest automated snapshot of x"):
            steps.snapshot_is_fresh(Snapshots("x", tuple(taken)), instance, 24, NOW, remarks)
    assert len(remarks.warnings) == warned


def test_unsaid_window_is_unknown() -> None:
    """
    Without a window the age of a backup cannot be judged.
    """
    with pytest.raises(ProbeError, match="window"):
        Instance("x", "available").window()


def test_snapshots_are_automated_ones_newest_first(backstage: Backstage) -> None:
    """
    What somebody made by hand is no automated snapshot; more than a page holds are all told.
    """
    by_hand = Snapshot("by-hand-%H-%M", "manual", timedelta(minutes=5))
    more = tuple(Snapshot("rds:x-%Y-%m-%d-%H-%M", "automated", timedelta(days=20 + number)) for number in range(130))
    backstage.cloud(lambda cloud: replace(cloud, snapshots=(by_hand, *cloud.snapshots, *more)))
    seen = backstage.look(AutomatedSnapshots("drop-db")).snapshots
    assert len(seen) == 137
    assert all(one.name.startswith("rds:") for one in seen)
    assert [one.taken_at for one in seen] == sorted((one.taken_at for one in seen), reverse=True)


def test_firewall_of_the_healthy_twin_lets_only_the_service_in(backstage: Backstage) -> None:
    """
    One rule leads to the database, and it is for another group; the open group of a load balancer is not attached.
    """
    seen = backstage.look(Firewalls("drop-db"))
    assert [(rule.source, rule.name) for rule in seen.to(5432)] == [("group", CONNECTOR_GROUP)]
    assert wide_open(seen.rules) == public(seen.rules) == ()


def opened(rule: twin.Rule) -> Callable[[Cloud], Cloud]:
    """The database's group with *rule* in it."""
    return lambda cloud: cloud.opening(rule)


def listed(*networks: str) -> Callable[[Cloud], Cloud]:
    """The database's group open to a prefix list of *networks*."""

    def change(cloud: Cloud) -> Cloud:
        lists = {**cloud.prefix_lists, PARTNERS: PrefixList("partners", networks)}
        return replace(cloud, prefix_lists=lists).opening(twin.Rule(prefix_lists=(PARTNERS,)))

    return change


@pytest.mark.parametrize(
    ("change", "blocks"),
    [
        (opened(twin.Rule(networks=("0.0.0.0/0",))), ("0.0.0.0/0",)),
        (opened(twin.Rule(networks=("::/0",))), ("::/0",)),
        (opened(twin.Rule(ports=(5000, 6000), networks=("0.0.0.0/0",))), ("0.0.0.0/0",)),
        (opened(twin.Rule(protocol="-1", ports=None, networks=("0.0.0.0/0",))), ("0.0.0.0/0",)),
        (opened(twin.Rule(networks=("0.0.0.0/1", "128.0.0.0/1"))), ("0.0.0.0/0",)),
        (listed("0.0.0.0/0"), ("0.0.0.0/0",)),
        (opened(twin.Rule(ports=(443, 443), networks=("0.0.0.0/0",))), ()),
        (opened(twin.Rule(protocol="udp", networks=("0.0.0.0/0",))), ()),
        (opened(twin.Rule(networks=("10.0.0.0/8", "193.69.1.0/24"))), ()),
        (listed("198.51.100.0/24"), ()),
    ],
    ids=["v4", "v6", "range", "all", "halves", "list", "other port", "udp", "office", "partners"],
)
def test_opening_is_found_in_whatever_shape(
    backstage: Backstage, change: Callable[[Cloud], Cloud], blocks: tuple[str, ...]
) -> None:
    """
    The internet is let in by a range, by all traffic, by halves or by a list; an office and another port are not it.
    """
    backstage.cloud(change)
    assert wide_open(backstage.look(Firewalls("drop-db")).to(5432)) == blocks


def test_every_attached_group_counts(backstage: Backstage) -> None:
    """
    The rules of a second group are told too.
    """
    backstage.cloud(lambda cloud: cloud.storing(groups=(DATABASE_GROUP, twin.PUBLIC_GROUP)))
    seen = backstage.look(Firewalls("drop-db"))
    assert {rule.group for rule in seen.rules} == {DATABASE_GROUP, twin.PUBLIC_GROUP} == {*seen.groups}


def test_rule_tells_itself() -> None:
    """
    A finding names the group, the source and the ports.
    """
    rule = Rule("sg-1", "tcp", 5432, 5432, "range", "0.0.0.0/0", ("0.0.0.0/0",))
    assert str(rule) == "sg-1 lets range 0.0.0.0/0 in on ports 5432 to 5432 (protocol tcp)"
