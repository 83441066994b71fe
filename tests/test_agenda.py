"""What a run gates, what waits, and what is decided later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from golive.agenda import Agenda, Profile
from golive.errors import SetupError
from golive.phases import due_at, offset
from golive.runbook import How, Item, load_inventory

INVENTORY = load_inventory(Path(__file__).parents[1] / "features")
LAUNCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def due(phase: str, profile: Profile = "launch") -> set[str]:
    """Ids of the items that are due in *phase*."""
    agenda = Agenda(INVENTORY, phase, profile)
    return {item.id for item in INVENTORY.item if agenda.is_due(item)}


@pytest.mark.parametrize(
    ("phase", "after"),
    [
        ("T-7d", timedelta(days=-7)),
        ("T-2h", timedelta(hours=-2)),
        ("T-0", timedelta()),
        ("T+30m", timedelta(minutes=30)),
        ("T+24h", timedelta(hours=24)),
    ],
)
def test_phase_is_counted_from_the_launch(phase: str, after: timedelta) -> None:
    """
    A phase has its hour where the launch has one.
    """
    assert offset(phase) == after
    assert due_at(LAUNCH, phase) == LAUNCH + after
    assert due_at(None, phase) is None


def test_rollback_has_no_hour() -> None:
    """
    Nobody plans it.
    """
    assert offset("rollback") is None
    assert due_at(LAUNCH, "rollback") is None


@pytest.mark.parametrize("phase", ["T", "T-", "t-0", "T+1w", "soon", ""])
def test_no_other_word_is_a_phase(phase: str) -> None:
    """
    A phase that there is not stops the run and names those that there are.
    """
    with pytest.raises(ValueError, match="no phase"):
        offset(phase)
    with pytest.raises(SetupError, match="T-7d, T-2h"):
        Agenda(INVENTORY, phase)


def test_every_phase_takes_those_before_it_along() -> None:
    """
    Items are due at their phase and ever after; the rollback's only at the rollback.
    """
    before: set[str] = set()
    for phase in INVENTORY.phases:
        assert before <= due(phase)
        assert {item.id for item in INVENTORY.item if item.due == phase} <= due(phase) - before
        before = due(phase)
    assert before | due("rollback") == {item.id for item in INVENTORY.item}
    assert not before & due("rollback")


def test_change_gates_what_every_deploy_must_hold() -> None:
    """
    The profile goes by the inventory's mark alone, whatever the phase.
    """
    assert due("T-0", "change") == due("rollback", "change") == {i.id for i in INVENTORY.item if i.every_deploy}
    assert Agenda(INVENTORY, "T-0", "change").later() == ()


def test_change_asks_of_the_report_of_sumsub_for_the_refusals_alone() -> None:
    """
    What it takes to sign an act is bound to an image that is not deployed yet; at the launch the act counts.
    """
    (item,) = (item for item in INVENTORY.item if item.every_deploy == "auto")
    assert item.id == "GL-2.3.4"
    assert Agenda(INVENTORY, "T-0", "change").leaves_act_out(item)
    assert not any(Agenda(INVENTORY, phase).leaves_act_out(item) for phase in INVENTORY.phases)
    assert not any(Agenda(INVENTORY, "T-0", "change").leaves_act_out(each) for each in INVENTORY.item if each != item)


@pytest.mark.parametrize(
    ("how", "every", "good"),
    [
        (("auto", "act"), "auto", True),
        (("auto", "act"), True, True),
        (("auto",), "auto", False),
        (("act",), "auto", False),
        (("auto", "act"), "yes", False),
        (("auto", "act"), "act", False),
    ],
)
def test_one_half_is_asked_for_only_of_what_has_two(how: tuple[How, ...], every: object, good: bool) -> None:
    """
    Anything but true, false and "auto" is a typo, and "auto" of what has no act would mean nothing.
    """
    item = INVENTORY.by_id["GL-2.3.4"]
    said = item.model_dump() | {"how": how, "every_deploy": every, "words": item.words if "act" in how else ""}
    if good:
        assert Item.model_validate(said).every_deploy == every
    else:
        with pytest.raises(ValidationError, match=r"every_deploy|one half alone"):
            Item.model_validate(said)


def test_later_decisions_are_named_with_their_hour() -> None:
    """
    At the soft launch the public opening and the first day are still to be judged; every item that waits is counted.
    """
    later = Agenda(INVENTORY, "T-0", "launch", LAUNCH).later()
    assert [(one.phase, one.due) for one in later] == [
        ("T+1h", LAUNCH + timedelta(hours=1)),
        ("T+24h", LAUNCH + timedelta(hours=24)),
    ]
    assert sum(one.items for one in later) == len(due("T+24h") - due("T-0"))
    assert Agenda(INVENTORY, "T+24h").later() == ()


@pytest.mark.parametrize(
    ("phase", "minutes", "launch_at", "untimely"),
    [
        ("T-0", -600, LAUNCH, False),
        ("T-1h", 600, LAUNCH, False),
        ("T+30m", 29, LAUNCH, True),
        ("T+30m", 30, LAUNCH, False),
        ("T+24h", 60, LAUNCH, True),
        ("T+24h", 1440, LAUNCH, False),
        ("T+24h", 1440, None, True),
        ("T-0", 0, None, False),
        ("rollback", 0, None, False),
    ],
)
def test_nothing_after_the_launch_is_judged_before_its_hour(
    phase: str, minutes: int, launch_at: datetime | None, untimely: bool
) -> None:
    """
    What falls due before the launch may be judged at any time; what falls due after it, from its hour on.
    """
    now = LAUNCH + timedelta(minutes=minutes)
    assert bool(Agenda(INVENTORY, phase, "launch", launch_at).untimely(now)) is untimely
