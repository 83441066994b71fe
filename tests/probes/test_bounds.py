"""What the sentences about figures and the ways back make of what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import Denied, NothingExamined, OpenQuestion, ProbeError, TooFew
from golive.probes.customers import Queue
from golive.probes.figures import Figure, Figures, share
from golive.probes.iam import PASS, UPDATE, Right, Rights
from golive.probes.logs import Tail
from golive.probes.postgres import Counts, Watch
from golive.remarks import Remarks
from golive.twin.cloud import LOG_GROUP
from steps import database, figures, rollback

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
HEAD = ["figure", "bound", "of at least"]
ACTIONS = [["action"], [UPDATE], [PASS]]
RIGHTS = Rights("IAM", "arn:role", True, (Right(UPDATE, "arn:service", "allowed"), Right(PASS, "arn:web", "allowed")))


def told(*seen: Figure) -> list[Figures]:
    return [Figures("somewhere", NOW, seen, {"TIMEOUT": 3})]


def judge(seen: list[Figures], *rows: list[str]) -> Remarks:
    remarks = Remarks()
    figures.figures_keep_bounds(seen, [HEAD, *rows], remarks)
    return remarks


@pytest.mark.parametrize(
    ("part", "of", "bound", "kept"),
    [
        (99, 10_000, "below 1 %", True),
        (100, 10_000, "below 1 %", False),
        (100, 10_000, "at most 1 %", True),
        (101, 10_000, "at most 1 %", False),
        (95, 100, "above 95 %", False),
        (96, 100, "above 95 %", True),
        (999, 1000, "at least 99.9 %", True),
        (998, 1000, "at least 99.9 %", False),
        (5, 10, "known", True),
        (5, 10, "below 90 ms", False),
        (5, 10, "about 50 %", False),
        (5, 10, "below 90", False),
    ],
)
def test_bound_is_kept_to_the_last_case(part: int, of: int, bound: str, kept: bool) -> None:
    """The bound itself is on the side that its words say; another unit, or other words, nothing keeps."""
    seen = told(share("x", part, of, "cases"))
    if kept:
        judge(seen, ["x", bound, ""])
    else:
        with pytest.raises(AssertionError, match=r"x: .* in somewhere; it must be"):
            judge(seen, ["x", bound, ""])


@pytest.mark.parametrize("bound", ["below 1 %", "above 99 %"])
@pytest.mark.parametrize("of", [0, 99])
def test_too_few_cases_are_unknown(of: int, bound: str) -> None:
    """Below the least sample there is neither good nor bad, whatever the percentage."""
    with pytest.raises(TooFew, match=f"too few: x is of {of} cases, and means nothing below 100"):
        judge(told(share("x", 0, of, "cases")), ["x", bound, "100 cases"])


def test_enough_cases_are_judged() -> None:
    """From the least sample on the bound counts."""
    seen = told(share("x", 0, 100, "cases"))
    judge(seen, ["x", "below 1 %", "100 cases"])
    with pytest.raises(AssertionError):
        judge(seen, ["x", "above 99 %", "100 cases"])


def test_what_is_not_known_is_unknown() -> None:
    """A figure without a value is known to nobody, even where any value would do."""
    with pytest.raises(ProbeError, match="latency is not known"):
        judge(told(Figure("latency", None, "ms", 500, "requests")), ["latency", "known", "100 requests"])


def test_wrong_figure_outweighs_one_that_nobody_knows() -> None:
    """What was seen to be wrong is unmet, though another figure is still missing."""
    seen = told(share("x", 50, 100, "cases"), Figure("latency", None, "ms", 0, "requests"))
    with pytest.raises(AssertionError, match="x: 50 %"):
        judge(seen, ["latency", "known", ""], ["x", "below 1 %", ""])


def test_figure_that_nothing_gives_is_wrong() -> None:
    """A table that asks for a figure by another name is a demand that nothing meets."""
    with pytest.raises(AssertionError, match="no figure of uptime; there are: x"):
        judge(told(share("x", 1, 100, "cases")), ["uptime", "known", ""])


def test_figures_are_shown_even_where_they_are_wrong() -> None:
    """The table stands in the report with what was seen, its bound, and the counts beside."""
    remarks = Remarks()
    with pytest.raises(AssertionError):
        figures.figures_keep_bounds(told(share("x", 5, 100, "cases")), [HEAD, ["x", "below 1 %", ""]], remarks)
    assert remarks.tables == [
        (
            ("figure", "found", "bound", "of"),
            ("x", "5 %", "below 1 %", "100 cases"),
            ("TIMEOUT", "3", "", ""),
        )
    ]
    assert remarks.populations == ["100 cases"]


def test_figures_need_the_hour_of_the_launch(environment: Environment) -> None:
    """Without it the items are unknown, and say which key is missing."""
    with pytest.raises(Denied, match="launch_at is not answered yet"):
        figures.figures_since_launch(environment, None, [["the requests"]])


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (7200, True), (7201, False)])
def test_nobody_may_wait_too_long(seconds: float, ok: bool) -> None:
    """Two hours to the second; somebody who is to try again is a warning."""
    remarks = Remarks()
    queue = Queue("database", 61, 2, 1, seconds)
    if not ok:
        with pytest.raises(AssertionError, match=r"2 people .* for 2.0 h"):
            figures.nobody_waits_too_long(queue, 2, remarks)
        return
    figures.nobody_waits_too_long(queue, 2, remarks)
    assert (remarks.populations, len(remarks.warnings)) == (["61 users"], 1)


def test_who_may_wait_under_another_word_is_unknown() -> None:
    """Somebody of whom nobody knows whether they wait leaves it unknown; somebody else who waits too long does not."""
    with pytest.raises(ProbeError, match="3 users have a kyc_status"):
        figures.nobody_waits_too_long(Queue("database", 61, 2, 1, 60, 3), 2, Remarks())
    with pytest.raises(AssertionError, match="2 people"):
        figures.nobody_waits_too_long(Queue("database", 61, 2, 1, 7201, 3), 2, Remarks())


LAUNCH = NOW - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("counts", "launch_at", "ends"),
    [
        (Counts(60, 1, 0, 0, 1), LAUNCH, None),
        (Counts(60, 0, 0, 0, 0), LAUNCH, None),
        (Counts(0, 0, 0, 0, 0), NOW + timedelta(minutes=1), None),
        (Counts(0, 0, 0, 0, 0), NOW, NothingExamined),
        (Counts(0, 0, 0, 0, 0), LAUNCH, NothingExamined),
        (Counts(0, 0, 0, 0, 0), None, OpenQuestion),
        (Counts(60, 1, 0, 2, 1), LAUNCH, ProbeError),
        (Counts(60, 1, 1, 2, 1), LAUNCH, AssertionError),
    ],
)
def test_large_transactions_are_held_against_what_was_searched(
    environment: Environment, counts: Counts, launch_at: datetime | None, ends: type[Exception] | None
) -> None:
    """None at all is well before the launch alone; one that cannot be compared leaves it unknown, unless another is."""
    seen = (Watch("database", 100_000, counts), None)
    remarks = Remarks()
    if ends is None:
        database.large_transactions_are_alerted(seen, environment, launch_at, NOW, remarks)
        assert len(remarks.warnings) == (counts.large == 0)
        return
    with pytest.raises(ends) as raised:
        database.large_transactions_are_alerted(seen, environment, launch_at, NOW, remarks)
    assert type(raised.value) is ends


def test_nobody_waits_in_an_empty_table() -> None:
    """Where there are no users the search could not have failed."""
    with pytest.raises(NothingExamined):
        figures.nobody_waits_too_long(Queue("database", 0, 0, 0, 0), 2, Remarks())


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (Tail(LOG_GROUP, True, NOW, 5, NOW - timedelta(minutes=15)), ""),
        (Tail(LOG_GROUP, True, NOW, 5, NOW - timedelta(minutes=16)), "has been silent since 08:44 UTC"),
        (Tail(LOG_GROUP, True, NOW, 0, None), "has no event since 2026-03-03 09:00 UTC"),
        (Tail(LOG_GROUP, False, NOW, 0, None), "does not exist"),
    ],
    ids=["fresh", "silent", "empty", "missing"],
)
def test_log_streams_or_does_not(tail: Tail, said: str) -> None:
    """A quarter of an hour is fresh; silent, empty and missing are told apart."""
    if not said:
        figures.log_is_fresh(tail, 15, NOW, Remarks())
        return
    with pytest.raises(AssertionError, match=said):
        figures.log_is_fresh(tail, 15, NOW, Remarks())


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        (RIGHTS, ""),
        (replace(RIGHTS, exists=False), "there is no such role"),
        (replace(RIGHTS, rights=RIGHTS.rights[:1]), "iam:PassRole .not among what was asked"),
        (
            replace(RIGHTS, rights=(*RIGHTS.rights, Right(PASS, "arn:access", "explicitDeny"))),
            "iam:PassRole on arn:access .explicitDeny",
        ),
    ],
    ids=["allowed", "no role", "not asked", "one of two denied"],
)
def test_role_may_do_all_or_it_may_not(rights: Rights, said: str) -> None:
    """Every action on everything it is for; what was not asked is not allowed."""
    if not said:
        rollback.deploy_role_may(rights, ACTIONS, Remarks())
        return
    with pytest.raises(AssertionError, match=said):
        rollback.deploy_role_may(rights, ACTIONS, Remarks())


def test_role_that_nobody_named_is_left_to_people() -> None:
    """IAM was not asked, which is said, and what people attest remains."""
    remarks = Remarks()
    unasked: Any = Rights("IAM", None, False, ())
    rollback.deploy_role_may(unasked, ACTIONS, remarks)
    assert (remarks.warnings, remarks.populations) == (
        ["aws.deploy_role names no role, so IAM was not asked: that it may is only attested"],
        [],
    )
