"""The measures that the failure runbooks go by: shares, percentiles and worst stretches, of rows and of the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from golive.errors import Denied, NothingExamined, ProbeError, Unreadable
from golive.probes.ended import BalanceMeasures, LoginMeasures, SwanMeasures, _End, worst
from golive.probes.figures import Figures
from golive.probes.measures import PaymentMeasures, ReviewMeasures
from golive.twin import database as twin
from golive.twin.cloud import LOG_GROUP, Line
from golive.twin.database import Row
from golive.twin.world import World

from .backstage import Backstage
from .town import again

# -- from rows -----------------------------------------------------------------------------------------------------


def holding(table: str, rows: list[Row]) -> Callable[[World], World]:
    """A world in which a table has these rows and no others, besides our own account among the users."""

    def change(world: World) -> World:
        old = world.database.tables[table]
        ours = [row for row in old.rows if row.get("email") == twin.KNOWN_USER]
        return replace(world, database=world.database.having(**{table: replace(old, rows=(*ours, *rows))}))

    return change


def paid(count: int, *, took: float = 2, status: str = "completed", every: float = 10, first: int = 1) -> list[Row]:
    """So many payments, one *every* so many minutes, the newest a little ago."""
    rows = (
        twin.transaction(first + n, Decimal(100), age=timedelta(minutes=every * n + 61), status=status)
        for n in range(count)
    )
    done = timedelta(seconds=took)
    return [{**row, "completed_at": _age(row) - done if status == "completed" else None} for row in rows]


def _age(row: Row) -> timedelta:
    age = row["created_at"]
    assert isinstance(age, timedelta)
    return age


def values(seen: Figures) -> list[float | None]:
    assert again(seen) == seen
    return [figure.value for figure in seen.figures]


def test_payments_are_measured(backstage: Backstage) -> None:
    """Share, the three percentiles, and the worst stretch, to the last case."""
    backstage.put(
        holding(
            "transactions",
            paid(98)
            + [
                {**row, "id": 900 + n, "completed_at": _age(row) - timedelta(seconds=20 + n)}
                for n, row in enumerate(paid(2))
            ],
        )
    )
    good, p50, p95, p99, stretch = values(backstage.look(PaymentMeasures(7, 5)))
    assert (good, p50, p95, p99, stretch) == (100, 2, 2, 20, 0)


def test_the_worst_stretch_is_five_minutes_or_thirty_payments(backstage: Backstage) -> None:
    """Failures among hundreds show where they are together; few payments are taken together until they are thirty."""
    many = paid(300, every=0.1)
    failed = paid(30, status="failed", every=0.1, first=1000)
    backstage.put(holding("transactions", many + failed))
    seen = backstage.look(PaymentMeasures(7, 5))
    assert seen.of("failed payments in the worst 5 minutes").value == pytest.approx(100 * 30 / 80, abs=2)
    rare = paid(29, every=60)
    backstage.put(holding("transactions", rare))
    assert backstage.look(PaymentMeasures(7, 5)).of("failed payments in the worst 5 minutes").value is None
    backstage.put(holding("transactions", [*rare, *paid(1, status="failed", first=1000)]))
    assert backstage.look(PaymentMeasures(7, 5)).of("failed payments in the worst 5 minutes").value == pytest.approx(
        100 / 30
    )


def test_payments_of_before_and_under_way_do_not_count_and_stuck_ones_fail(backstage: Backstage) -> None:
    """Nine days ago is over, a minute ago is too soon, and two hours under way is a failure."""
    rows = paid(3)
    rows += [{**twin.transaction(50, Decimal(1), age=timedelta(days=9))}]
    rows += [twin.transaction(51, Decimal(1), age=timedelta(minutes=1), status="pending")]
    rows += [twin.transaction(52, Decimal(1), age=timedelta(hours=2), status="pending")]
    backstage.put(holding("transactions", rows))
    figure = backstage.look(PaymentMeasures(7, 5)).of("successful payments")
    assert (figure.of, figure.value) == (4, 75)


def test_a_clock_that_goes_backwards_says_nothing(backstage: Backstage) -> None:
    """A payment that was completed before it began makes all times doubtful."""
    backstage.put(holding("transactions", paid(60, took=-1)))
    with pytest.raises(Unreadable, match="60 payments ended before they began"):
        backstage.look(PaymentMeasures(7, 5))


def test_without_rows_nothing_is_known(backstage: Backstage) -> None:
    """No payment is no figure, and not a good one."""
    backstage.put(holding("transactions", []))
    assert values(backstage.look(PaymentMeasures(7, 5))) == [None] * 5


def test_identities_are_measured_by_their_decision(backstage: Backstage) -> None:
    """Who came long ago and was decided on this week counts; who waits does not; a rejection is one."""
    rows = [twin.person(100 + n, timedelta(hours=1 + n)) for n in range(19)]
    rows += [{**twin.person(200, timedelta(days=9)), "kyc_approved_at": timedelta(days=6, hours=23)}]
    unsettled: dict[str, Any] = {"kyc_approved_at": None, "kyc_approved_by": None}
    rows += [{**twin.person(201, timedelta(hours=5)), **unsettled, "kyc_status": "pending_kyc"}]
    rows += [
        {**twin.person(202, timedelta(hours=2)), **unsettled, "kyc_status": "rejected", "kyc_rejected_at": timedelta()}
    ]
    backstage.put(holding("users", rows))
    seen = backstage.look(ReviewMeasures(7, 60))
    assert seen.of("successful verifications").of in {21, 22}  # our own account may be of this week
    assert seen.of("p50 of the time of a verification").value == 180
    assert seen.of("p99 of the time of a verification").value == timedelta(days=2, hours=1).total_seconds()


def test_users_that_are_hidden_make_no_figure(backstage: Backstage) -> None:
    """Where the account that must be there is not found, rows are hidden from the gate."""

    def without(world: World) -> World:
        users = world.database.tables["users"]
        kept = tuple(row for row in users.rows if row["email"] != twin.KNOWN_USER)
        return replace(world, database=world.database.having(users=replace(users, rows=kept)))

    backstage.put(without)
    with pytest.raises(ProbeError, match="does not see all users"):
        backstage.look(ReviewMeasures(7, 60))


# -- from the log --------------------------------------------------------------------------------------------------


def say(backstage: Backstage, *lines: str, ago: timedelta = timedelta(minutes=5)) -> None:
    """Let the application have said these lines, and nothing else."""
    told = [Line(ago - timedelta(seconds=n), line) for n, line in enumerate(lines)]
    backstage.cloud(lambda cloud: cloud.saying(*told, goes_on=False))


def ended(event: str, outcome: str = "ok", **members: object) -> str:
    """An event that ended."""
    import json

    return json.dumps({"level": "info", "event": event, "outcome": outcome, **members})


def test_calls_of_swan_are_measured(backstage: Backstage) -> None:
    """Share, percentiles of what tells a time, and the worst hundred; other events and broken lines are none."""
    lines = [ended("swan.call", ms=100 + n) for n in range(99)]
    say(backstage, *lines, ended("swan.call", "failed", ms=9_000), ended("other"), '{"event": "swan.call"', "swan.call")
    good, p50, p95, p99, stretch = values(backstage.look(SwanMeasures(LOG_GROUP, 7, 5)))
    assert (good, p50, p95, p99, stretch) == (99, 149, 194, 198, 1)


def test_a_time_that_is_none_is_left_out(backstage: Backstage) -> None:
    """A text, a negative number, true: none of them is milliseconds."""
    say(backstage, *(ended("swan.call", ms=odd) for odd in ("fast", -1, True, None)), ended("swan.call", ms=7))
    figure = backstage.look(SwanMeasures(LOG_GROUP, 7, 5)).of("p50 of the time of a call of Swan")
    assert (figure.value, figure.of) == (7, 1)


def test_failed_logins_are_counted_by_the_worst_minute(backstage: Backstage) -> None:
    """Six within a minute are six, whatever the clock's minutes; who gave up is neither good nor bad."""
    bad = ended("bankid.login", "failed", code="INVALID_STATE")
    gave_up = ended("bankid.login", "failed", code="USER_CANCELLED")
    say(backstage, *[bad] * 6, *[gave_up] * 40, ended("bankid.login"))
    seen = backstage.look(LoginMeasures(LOG_GROUP, 7))
    assert [(figure.value, figure.of) for figure in seen.figures] == [(pytest.approx(100 / 7), 7), (6.0, 7)]


def test_a_balance_that_did_not_end_well_could_not_be_fetched(backstage: Backstage) -> None:
    """An event without an outcome is no good one."""
    say(backstage, ended("aisp.balance"), '{"event": "aisp.balance"}')
    figure = backstage.look(BalanceMeasures(LOG_GROUP, 7)).figures[0]
    assert (figure.value, figure.of) == (50, 2)


@pytest.mark.parametrize("left_out", ["balance", "swan", "took"])
def test_words_that_nobody_told_are_an_open_question(backstage: Backstage, left_out: str) -> None:
    """It names the key, so that the items are unknown and say why."""
    logs = backstage.environment.logs
    assert logs is not None
    without = backstage.environment.model_copy(update={"logs": logs.model_copy(update={left_out: None})})
    look = BalanceMeasures(LOG_GROUP, 7) if left_out == "balance" else SwanMeasures(LOG_GROUP, 7, 5)
    with pytest.raises(Denied, match=f"logs.{left_out} is not answered yet"):
        look.observe(backstage.reach(without))


def test_a_group_that_is_not_there_has_no_measures(backstage: Backstage) -> None:
    """Nothing was examined."""
    with pytest.raises(NothingExamined, match="no such log group"):
        backstage.look(LoginMeasures("/aws/apprunner/drop-production", 7))


@pytest.mark.parametrize(
    ("good", "every", "found"),
    [("++++", 1, None), ("+++++", 1, 0.0), ("--+++", 1, 40.0), ("--+++++", 1, 40.0), ("-+++++++++", 0, 20.0)],
)
def test_the_worst_stretch_has_enough_cases(good: str, every: int, found: float | None) -> None:
    """Five cases at least, however long they take; with all at one instant, all that came until then."""
    ends = [_End(1000 * every * n, one == "+", None, None) for n, one in enumerate(good)]
    assert worst(ends, 500, 5) == found
