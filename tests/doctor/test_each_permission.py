"""Each action, table and variable by itself: the one that is taken away is named, with the items that need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from golive.doctor import Diagnosis, Doctor
from golive.environment import load
from golive.observatory import Observatory
from golive.prescription import told
from golive.probes.aws import READ_ONLY
from golive.probes.look import Look
from golive.twin.database import GATE
from golive.twin.faults import broken
from golive.twin.wire import Ailment
from golive.twin.world import World
from tests.doctor.asked import NAMES
from tests.gate.sweeping import HOME
from tests.probes.backstage import Backstage


class Town:
    """A twin in this process, which can be denied anything, and an observatory that asks again only what may change."""

    def __init__(self) -> None:
        self.backstage = Backstage(load("rehearsal", HOME))
        self.observatory = self.backstage.observatory()
        self.before = Doctor(HOME, "rehearsal").wanted()

    def examined(self, change: Callable[[World], World], *words: str) -> Diagnosis:
        """What the doctor finds in the world that *change* makes, in which *words* of permissions matter."""
        self.backstage.put(change)

        def matters(look: Look[Any]) -> bool:
            granted = look.permissions(self.observatory.environment)
            return any(word in f"{each.what} {each.on}" for each in granted for word in words)

        self.observatory.forget(matters)
        self.observatory.reach.called.clear()
        try:
            return Doctor(HOME, "rehearsal", asks=self.observatory).examine()
        finally:
            self.backstage.heal()
            self.observatory.forget(matters)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """One for all of them."""
    running = Town()
    running.observatory.gather(look for looks in Doctor(HOME, "rehearsal").asked().values() for look in looks)
    yield running
    running.backstage.stop()


# Before the rehearsal's service stands no distribution, so nobody asks for one.
NOT_HERE = {"cloudfront:GetDistribution"}
ACTIONS = sorted({f"{service}:{operation}" for service, of in READ_ONLY.items() for operation in of} - NOT_HERE)
# To these a healthy world gives no occasion → one that does.
OCCASIONS = {
    "ec2:GetManagedPrefixListEntries": "firewall-open-by-a-prefix-list",
    "secretsmanager:DescribeSecret": "bankid-secret-about-to-go",
}
SIGNED_FOR = {policy: request for request, policy in NAMES.items()}


def denying(action: str, *faults: str) -> Callable[[World], World]:
    """The world with *faults* in which *action*, and nothing else, is denied."""
    service, _, operation = action.partition(":")
    ailments: dict[str, Ailment] = {f"{SIGNED_FOR.get(service, service)}:{operation}": "denied"}

    def change(world: World) -> World:
        world = broken(world, faults)
        return replace(world, cloud=replace(world.cloud, ailments=ailments))

    return change


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_that_is_denied_is_named(town: Town, action: str) -> None:
    """Alone, with the items that need it and the statement that allows it, wherever the world gives occasion to it."""
    found = town.examined(denying(action, *filter(None, [OCCASIONS.get(action)])), action)
    named = [one for one in found.troubles if any(each.startswith(f"allow {action} on ") for each in one.grant)]
    assert named, "\n".join(told(found))
    assert all(one.kind == "denied" and one.items for one in named)
    assert not found.well


@pytest.mark.parametrize("action", [*OCCASIONS, "rds:CreateDBSnapshot"])
def test_what_nothing_gave_occasion_to_is_told_as_not_tried(town: Town, action: str) -> None:
    """That nothing was denied says nothing of a permission that nobody used; and of what was used it is not said."""
    found = town.examined(denying(action), action)
    assert found.not_tried[action], "with the items that would need it"
    assert set(found.not_tried) >= {*OCCASIONS, "rds:CreateDBSnapshot"}
    assert f"  {action}" in "\n".join(told(found))


@pytest.mark.parametrize("table", ["users", "bank_accounts", "transactions", "aml_alerts"])
def test_each_table_that_is_denied_is_named(town: Town, table: str) -> None:
    """Alone, with the items that need it and the statement that grants it."""

    def change(world: World) -> World:
        return replace(world, database=world.database.admitting(GATE, denied=frozenset({table})))

    found = town.examined(change, f"SELECT {table} ", "CONNECT")
    grants = [each for one in found.troubles for each in one.grant if one.items]
    assert any(f" ON public.{table} TO " in each for each in grants), "\n".join(told(found))
    assert not [each for each in grants if f" ON public.{table} TO " not in each and each.startswith("GRANT SELECT")]


VARIABLES = [
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GOLIVE_BETTERSTACK_TOKEN", "GOLIVE_DATABASE_PASSWORD"),
    *("GOLIVE_GITHUB_TOKEN", "GOLIVE_NEONOMICS_SANDBOX_CLIENT_ID", "GOLIVE_NEONOMICS_SANDBOX_CLIENT_SECRET"),
    *("GOLIVE_NEONOMICS_SANDBOX_KEY", "GOLIVE_NEONOMICS_SANDBOX_PERSON", "GOLIVE_SLACK_TOKEN"),
    *("GOLIVE_SUMSUB_APP_TOKEN", "GOLIVE_SUMSUB_SECRET_KEY"),
]


@pytest.mark.usefixtures("town")
def test_every_variable_of_the_file_is_among_them() -> None:
    """And every action and table of which the gate has any use is taken away above."""
    doctor = Doctor(HOME, "rehearsal")
    assert sorted(doctor.scopes()) == VARIABLES
    assert {each.what for each in doctor.wanted() if each.kind == "iam"} == {*ACTIONS}
    assert {each.on.split(" (")[0] for each in doctor.wanted() if each.what == "SELECT"} == {
        *("users", "bank_accounts", "transactions", "aml_alerts")
    }


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_that_is_not_set_is_named_with_its_items(town: Town, name: str) -> None:
    """And with what the token in it must be good for."""
    reach = town.observatory.reach
    held = reach._variables
    reach._variables = {key: value for key, value in held.items() if key != name}
    try:
        found = town.examined(lambda world: world, name)
    finally:
        reach._variables = held
    assert set(found.variables) == {name}
    assert found.variables[name].good_for
    assert found.variables[name].items
    assert f"; for {found.variables[name].items[0]}" in "\n".join(told(found))


def test_nothing_is_asked_after_the_doctors_time(town: Town) -> None:
    """With name servers that say nothing it ends when its own time is over, and names what was not answered by then."""

    def change(world: World) -> World:
        return replace(world, zone=replace(world.zone, delay=60.0))

    town.backstage.put(change)
    try:
        asks = Observatory(Doctor(HOME, "rehearsal", seconds=1.0).environment, town.backstage.detour)
        found = Doctor(HOME, "rehearsal", asks=asks).examine()
        entries, ends = [*asks._entries.values()], asks._ends
    finally:
        town.backstage.heal()
    assert not found.well
    assert ends is not None
    late = [entry for entry in entries if entry.asked_at is not None and entry.asked_at >= ends]
    assert all(entry.done.is_set() for entry in entries), "nobody is waited for any more"
    assert not any(entry.attempts for entry in late), "given up, or not begun"
    assert {one.kind for one in found.troubles} == {"not reached"}
