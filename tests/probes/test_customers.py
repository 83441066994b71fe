"""Payments and people, counted by what became of them, and never a word of anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import Denied, ProbeError
from golive.probes.customers import PaymentFigures, ReviewFigures, WaitingPeople
from golive.probes.figures import Figures
from golive.probes.measures import ReviewMeasures
from golive.twin import database as twin
from golive.twin.world import World

from .backstage import Backstage
from .lastday import SINCE


def rows(backstage: Backstage, table: str, *new: twin.Row) -> None:
    """Add rows of the last hours."""
    backstage.put(
        lambda world: replace(
            world, database=world.database.having(**{table: world.database.tables[table].with_rows(*new)})
        )
    )


def paid(number: int, status: str, ago: timedelta) -> twin.Row:
    """A payment."""
    return twin.transaction(50_000 + number, twin.LARGE / 1000, age=ago, status=status)


def person(number: int, status: str, ago: timedelta) -> twin.Row:
    """Somebody new."""
    row = {**twin.demo_user(), "id": 60_000 + number, "email": f"ny{number}@example.org"}
    return {**row, "kyc_status": status, "created_at": ago}


def difference(before: Figures, after: Figures) -> tuple[int, int]:
    """How many cases were added, and how many good ones."""
    one, other = before.figures[0], after.figures[0]
    assert one.value is not None
    assert other.value is not None
    return other.of - one.of, round(other.value * other.of / 100) - round(one.value * one.of / 100)


@pytest.mark.parametrize(
    ("status", "ago", "counted", "good"),
    [
        ("completed", timedelta(hours=1), 1, 1),
        ("failed", timedelta(hours=1), 1, 0),
        ("reversed", timedelta(hours=1), 1, 0),
        ("pending", timedelta(minutes=5), 0, 0),
        ("pending", timedelta(hours=2), 1, 0),
        ("completed", timedelta(hours=30), 0, 0),
    ],
)
def test_payments_are_counted_by_what_became_of_them(
    backstage: Backstage, status: str, ago: timedelta, counted: int, good: int
) -> None:
    """Completed ones are good; one under way is left out until it has been for too long."""
    look = PaymentFigures(SINCE)
    before = backstage.look(look)
    rows(backstage, "transactions", paid(1, status, ago))
    assert difference(before, backstage.look(look)) == (counted, good)


@pytest.mark.parametrize(
    ("status", "ago", "counted", "good"),
    [
        ("approved", timedelta(hours=1), 1, 1),
        ("rejected", timedelta(hours=1), 1, 0),
        ("failed", timedelta(hours=1), 1, 0),
        ("approved_manual", timedelta(hours=1), 1, 0),
        ("rejected", timedelta(hours=30), 0, 0),
        ("pending_kyc", timedelta(hours=1), 0, 0),
        ("manual_review_aml", timedelta(hours=1), 0, 0),
        ("pending_retry", timedelta(hours=1), 0, 0),
        ("approved", timedelta(hours=30), 0, 0),
    ],
)
def test_reviews_are_counted_by_their_end(
    backstage: Backstage, status: str, ago: timedelta, counted: int, good: int
) -> None:
    """Whoever was refused counts against; who waits, or is to try again, was not reviewed to the end."""
    rows(backstage, "users", person(1, "approved", timedelta(hours=2)))
    look = ReviewFigures(SINCE)
    before = backstage.look(look)
    rows(backstage, "users", person(1, "approved", timedelta(hours=2)), person(2, status, ago))
    assert difference(before, backstage.look(look)) == (counted, good)


def test_no_cases_give_no_figure(backstage: Backstage) -> None:
    """A share of nothing is not known, and neither good nor bad."""
    look = ReviewFigures(datetime.now(UTC) - timedelta(seconds=1))
    (figure,) = backstage.look(look).figures
    assert (figure.value, figure.of, figure.shown) == (None, 0, "not known")


def _unnamed(status: str | None) -> Callable[[World], World]:
    """Somebody who stands otherwise than the environment file knows of."""

    def change(world: World) -> World:
        users = world.database.tables["users"]
        lax = replace(users, columns={**users.columns, "kyc_status": "text"})
        row = {**person(1, "", timedelta(hours=5)), "kyc_status": status}
        return replace(world, database=world.database.having(users=lax.with_rows(row)))

    return change


@pytest.mark.parametrize("status", ["pending_document", "Approved", "", None])
def test_who_has_another_word_is_counted_and_not_quoted(backstage: Backstage, status: str | None) -> None:
    """Nobody knows whether they wait: not to be found waiting is no proof, and no word of theirs is told."""
    backstage.put(_unnamed(status))
    seen = backstage.look(WaitingPeople())
    assert (seen.waiting, seen.others) == (3, 1)
    for look in (ReviewFigures(SINCE), ReviewMeasures(7, 60)):
        with pytest.raises(ProbeError, match="1 users have a kyc_status") as raised:
            backstage.look(look)
        assert not status or status not in str(raised.value)


def test_refused_words_are_a_question(backstage: Backstage, environment: Environment) -> None:
    """Until somebody says which words mean that a person was refused, nobody is counted."""
    kyc = environment.database.kyc.model_copy(update={"refused": None})
    database = environment.database.model_copy(update={"kyc": kyc})
    unsaid = backstage.reach(environment.model_copy(update={"database": database}))
    for look in (WaitingPeople(), ReviewFigures(SINCE)):
        with pytest.raises(Denied, match=r"database\.kyc\.refused is not answered yet"):
            look.observe(unsaid)


def test_longest_wait_is_told(backstage: Backstage) -> None:
    """Of all who wait the longest time, with how many were searched."""
    before = backstage.look(WaitingPeople())
    assert before.waiting == 3
    assert before.longest_seconds < 7200
    rows(backstage, "users", person(1, "pending_kyc", timedelta(hours=5)))
    seen = backstage.look(WaitingPeople())
    assert (seen.searched, seen.waiting) == (before.searched + 1, 4)
    assert seen.longest_seconds == pytest.approx(5 * 3600, abs=3000)


@pytest.mark.parametrize("look", [WaitingPeople(), ReviewFigures(SINCE)], ids=["waiting", "reviews"])
def test_search_that_misses_the_known_user_tells_nothing(
    backstage: Backstage, environment: Environment, look: Any
) -> None:
    """Rows that are hidden from the gate would make a count of users a lie."""
    database = environment.database.model_copy(update={"known_user": "nobody@getdrop.no"})
    with pytest.raises(ProbeError, match="known_user"):
        look.observe(backstage.reach(environment.model_copy(update={"database": database})))


@pytest.mark.parametrize(
    ("look", "table"),
    [(WaitingPeople(), "users"), (ReviewFigures(SINCE), "users"), (PaymentFigures(SINCE), "transactions")],
    ids=["waiting", "reviews", "payments"],
)
def test_what_may_not_be_read_is_unknown(backstage: Backstage, look: Any, table: str) -> None:
    """A right that is missing is Denied, and no count of nobody."""
    deny: Callable[[Any], Any] = lambda world: replace(  # noqa: E731  # one expression, for one test
        world, database=world.database.admitting(twin.GATE, denied=frozenset({table}))
    )
    backstage.put(deny)
    with pytest.raises(Denied):
        backstage.look(look)
