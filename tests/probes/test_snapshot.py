"""The act that takes the pre-launch snapshot: with consent, once, and only where it proves something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from golive.errors import ProbeError, Unsigned
from golive.observatory import Observatory
from golive.probes.rds import NamedSnapshots, Snapshot, Snapshots, TakenSnapshot, launch_day, of_the_day
from golive.twin.cloud import PRE_LAUNCH, Cloud
from golive.twin.cloud import Snapshot as Kept

from .backstage import Backstage

PREFIX = "drop-db-pre-launch-"
LAUNCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def observatory(backstage: Backstage, *, armed: bool) -> Observatory:
    return Observatory(backstage.environment, backstage.detour, armed=armed)


def act(backstage: Backstage, seconds: float = 5.0, later: timedelta = timedelta(hours=1)) -> TakenSnapshot:
    """For a launch within the hour, or so much *later* than the twin's, which was a minute ago."""
    assert backstage.detour.launch_at is not None
    return TakenSnapshot("drop-db", PREFIX, backstage.detour.launch_at + later, seconds)


def with_only(*snapshots: Kept, takes: float = 0.3) -> Callable[[Cloud], Cloud]:
    """No snapshots but these."""
    return lambda cloud: replace(cloud, snapshots=snapshots, snapshot_takes=timedelta(seconds=takes))


def taken(backstage: Backstage) -> int:
    return backstage.town.calls().count(("rds", "CreateDBSnapshot"))


def test_what_is_there_needs_neither_act_nor_consent(backstage: Backstage) -> None:
    """With a snapshot of the day nothing is taken, whether armed or not."""
    backstage.cloud(with_only(Kept(PRE_LAUNCH, "manual", timedelta(seconds=20))))
    before = taken(backstage)
    for armed in (False, True):
        seen = observatory(backstage, armed=armed)
        assert not seen.will_act(act(backstage))
        (snapshot,) = seen.answer(act(backstage)).snapshots
        assert snapshot.status == "available"
    assert taken(backstage) == before


def test_without_consent_none_is_taken(backstage: Backstage) -> None:
    """Where there is none and nobody consented, the item waits for a person."""
    backstage.cloud(with_only())
    before, seen = taken(backstage), observatory(backstage, armed=False)
    with pytest.raises(Unsigned, match=r"takes a snapshot of drop-db .* nobody consented"):
        seen.answer(act(backstage))
    assert taken(backstage) == before


def test_with_consent_one_is_taken_and_waited_for_once(backstage: Backstage) -> None:
    """It is named by its minute in UTC and available in the end; a second run finds it and takes none."""
    backstage.cloud(with_only())
    before = taken(backstage)
    for turn in range(2):
        seen = observatory(backstage, armed=True)
        assert seen.will_act(act(backstage)) == (turn == 0)
        (snapshot,) = seen.answer(act(backstage)).snapshots
        assert snapshot.status == "available"
        assert of_the_day(Snapshots("", (snapshot,)), act(backstage).launch_at) == (snapshot,)
        assert [one.stays for one in seen.evidence() if one.act] == (
            [f"of drop-db stays the snapshot {snapshot.name}"] if turn == 0 else []
        )
        evidence = [one.act for one in seen.evidence() if one.act]
        assert evidence == (
            ["takes a snapshot of drop-db called drop-db-pre-launch-…, which stays"] if turn == 0 else []
        )
    assert taken(backstage) == before + 1


def test_one_that_is_being_made_is_waited_for(backstage: Backstage) -> None:
    """No second one is begun beside it, and when the time is over it is told as it is."""
    backstage.cloud(with_only(Kept(PRE_LAUNCH, "manual", timedelta(seconds=20), "creating")))
    before, seen = taken(backstage), observatory(backstage, armed=True)
    (snapshot,) = seen.answer(act(backstage, seconds=0.2)).snapshots
    assert (snapshot.status, taken(backstage)) == ("creating", before)


def test_one_that_failed_is_no_copy(backstage: Backstage) -> None:
    """Beside a failed one another is taken."""
    backstage.cloud(with_only(Kept("drop-db-pre-launch-%Y%m%d-0000", "manual", timedelta(seconds=20), "failed")))
    seen = observatory(backstage, armed=True).answer(act(backstage))
    assert {one.status for one in seen.snapshots} == {"failed", "available"}


@pytest.mark.parametrize("days", [-3, 3])
def test_on_another_day_it_would_prove_nothing(backstage: Backstage, days: int) -> None:
    """Before the day of the launch and after it none is taken, consent or not."""
    backstage.cloud(with_only())
    before = taken(backstage)
    seen = observatory(backstage, armed=True).answer(act(backstage, later=timedelta(days=days)))
    assert (seen.snapshots, taken(backstage)) == ((), before)


def test_after_the_launch_none_is_taken(backstage: Backstage) -> None:
    """On the day itself too: it would be no copy of what was there before, so nothing is announced and nothing done."""
    backstage.cloud(with_only())
    before, seen = taken(backstage), observatory(backstage, armed=True)
    late = act(backstage, later=timedelta())
    assert not seen.will_act(late)
    assert seen.will_act(act(backstage))
    assert (seen.answer(late).snapshots, taken(backstage)) == ((), before)


def test_a_copy_is_as_old_as_what_is_in_it(backstage: Backstage) -> None:
    """One of twelve days ago that was copied five minutes ago, under the name of the day, is none of the day."""
    copy = Kept(PRE_LAUNCH, "manual", timedelta(days=12), copied=timedelta(minutes=5))
    backstage.cloud(with_only(copy, Kept(PRE_LAUNCH, "manual", timedelta(minutes=9))))
    seen = backstage.look(NamedSnapshots("drop-db", PREFIX))
    assert [datetime.now(UTC) - one.taken_at > timedelta(days=11) for one in seen.snapshots] == [False, True]
    backstage.cloud(with_only(copy))
    before, armed = taken(backstage), observatory(backstage, armed=True)
    assert len(armed.answer(act(backstage)).snapshots) == 2
    assert taken(backstage) == before + 1


def test_what_cannot_be_seen_is_not_done(backstage: Backstage) -> None:
    """Where nobody can tell whether there is one, none is taken either."""
    backstage.ail(rds="denied")
    before, seen = taken(backstage), observatory(backstage, armed=True)
    assert not seen.will_act(act(backstage))
    with pytest.raises(ProbeError):
        seen.answer(act(backstage))
    assert taken(backstage) == before


def test_an_act_is_no_look_that_others_may_ask(backstage: Backstage) -> None:
    """Consent belongs to a scenario, so no look acts on its own."""
    seen = observatory(backstage, armed=True)
    with pytest.raises(TypeError):
        seen.reach.ask(act(backstage))


@pytest.mark.parametrize(
    ("launch", "first", "last"),
    [
        (LAUNCH, "2026-03-02 00:00", "2026-03-03 00:00"),
        (LAUNCH.replace(hour=1), "2026-03-01 00:00", "2026-03-03 00:00"),
        (datetime.fromisoformat("2026-03-02T00:30+02:00"), "2026-03-01 00:00", "2026-03-02 00:00"),
    ],
    ids=["morning", "soon after midnight", "another zone"],
)
def test_day_of_the_launch_is_told_in_utc(launch: datetime, first: str, last: str) -> None:
    """From the day of the final verification to the day of the hour itself."""
    begins, over = launch_day(launch)
    assert (f"{begins:%Y-%m-%d %H:%M}", f"{over:%Y-%m-%d %H:%M}") == (first, last)
    assert begins.tzinfo is over.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "taken_at", "counts"),
    [
        ("drop-db-pre-launch-20260302-0710", LAUNCH - timedelta(hours=2), True),
        ("drop-db-pre-launch-20260302-0810", LAUNCH - timedelta(hours=2), True),
        ("drop-db-pre-launch-20260302-0710", None, True),
        ("drop-db-pre-launch-20260302-0900", LAUNCH, True),
        ("drop-db-pre-launch-20260302-0900", LAUNCH + timedelta(seconds=1), False),
        ("drop-db-pre-launch-20260302-2000", LAUNCH + timedelta(hours=11), False),
        ("drop-db-pre-launch-20260302-0710", LAUNCH - timedelta(days=1), False),
        ("drop-db-pre-launch-20260301-0710", LAUNCH - timedelta(hours=2), False),
        ("drop-db-pre-launch-20261302-0710", LAUNCH - timedelta(hours=2), False),
        ("drop-db-pre-launch", LAUNCH - timedelta(hours=2), False),
    ],
)
def test_name_and_time_are_both_of_the_day(name: str, taken_at: datetime | None, counts: bool) -> None:
    """A name can be given on any day, and a time has no purpose: both must be the launch's, the time not after it."""
    seen = Snapshots("x", (Snapshot(name, "available", taken_at),))
    assert bool(of_the_day(seen, LAUNCH)) == counts


def test_only_the_wanted_names_are_told(backstage: Backstage) -> None:
    """What begins alike and ends otherwise is another thing."""
    alike = [Kept(f"{PREFIX}{rest}", "manual", timedelta(minutes=5)) for rest in ("old-%Y%m%d-%H%M", "%Y%m%d", "x")]
    backstage.cloud(with_only(*alike, Kept(PRE_LAUNCH, "manual", timedelta(minutes=4))))
    (seen,) = backstage.look(NamedSnapshots("drop-db", PREFIX)).snapshots
    assert len(seen.name) == len(f"{PREFIX}YYYYMMDD-HHMM")
