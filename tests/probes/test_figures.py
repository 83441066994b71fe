"""Figures since an instant: counted whole, of the right thing, and never a word of anybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, NothingExamined, Overloaded, ProbeError
from golive.probes import logs
from golive.probes.cloudwatch import RequestFigures, ServiceTraffic
from golive.probes.customers import PaymentFigures, ReviewFigures, WaitingPeople
from golive.probes.figures import Figures
from golive.probes.iam import PASS, UPDATE, DeployRights
from golive.probes.logs import ErrorFigures, LoginFigures, LogTail, Told, WhatWasTold
from golive.probes.measures import ReviewMeasures
from golive.probes.reach import Reach
from golive.twin import database as twin
from golive.twin.applicationlog import login, mishap
from golive.twin.cloud import DEPLOY_ROLE, LOG_GROUP, SERVICE_ID, SERVICE_NAME, Line
from golive.twin.metrics import Traffic
from golive.twin.world import World

from .backstage import Backstage

DAY = timedelta(hours=24)
SINCE = datetime.now(UTC) - DAY
TRAFFIC = ServiceTraffic(SERVICE_NAME, SERVICE_ID, SINCE)
REQUESTS = RequestFigures(SERVICE_NAME, SERVICE_ID, SINCE)


def count(backstage: Backstage, **traffic: Any) -> None:
    """Let App Runner count a day's traffic."""
    backstage.cloud(lambda cloud: replace(cloud, traffic=Traffic(DAY, **traffic)))


def say(backstage: Backstage, *lines: Line | str) -> None:
    """Let the application have said these lines, and nothing else."""
    told = [Line(timedelta(minutes=5), line) if isinstance(line, str) else line for line in lines]
    backstage.cloud(lambda cloud: cloud.saying(*told, goes_on=False))


# -- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [100_800, 40, 1], ids=["one page", "some", "many"])
def test_a_days_traffic_is_counted_whole(backstage: Backstage, page: int) -> None:
    """Requests, failures and the latency of a day, through however many pages."""
    count(backstage, page=page)
    seen = backstage.look(TRAFFIC)
    assert 12 * 60 * 24 - 12 * 10 <= seen.requests <= 12 * 60 * 25
    assert abs(seen.failed - seen.requests // 600) <= 1
    assert seen.p99_ms == 412.0


def test_no_value_is_not_none(backstage: Backstage) -> None:
    """A metric that CloudWatch does not have is told apart from one that says zero."""
    count(backstage, failing=0)
    assert backstage.look(TRAFFIC).failed == 0
    count(backstage, missing=frozenset({"5xxStatusResponses", "RequestLatency"}))
    seen = backstage.look(TRAFFIC)
    assert (seen.failed, seen.p99_ms) == (None, None)
    with pytest.raises(ProbeError, match="no value of failed ones"):
        backstage.look(REQUESTS)


@pytest.mark.parametrize(
    ("status", "kind"), [("InternalError", Overloaded), ("PartialData", Overloaded), ("Forbidden", ProbeError)]
)
def test_a_part_is_no_answer(backstage: Backstage, status: str, kind: type[ProbeError]) -> None:
    """What CloudWatch calls a part, or forbids, is unknown, with its reason."""
    count(backstage, status=status)
    with pytest.raises(kind):
        backstage.look(TRAFFIC)


def test_figures_of_nobody_are_noticed(backstage: Backstage) -> None:
    """Where a service that does not exist has requests, none of these figures says anything."""
    count(backstage, any_service=True)
    with pytest.raises(CannotTell, match="does not exist"):
        backstage.look(REQUESTS)


def test_share_of_failures(backstage: Backstage) -> None:
    """The failed ones in per cent of all, with how many that is of."""
    count(backstage, failing=50)
    figure = backstage.look(REQUESTS).of("failed requests")
    assert figure.value == pytest.approx(2, abs=0.01)
    assert (figure.unit, figure.what) == ("%", "requests")
    with pytest.raises(ProbeError, match="uptime"):
        backstage.look(REQUESTS).of("uptime")


def test_what_is_still_to_come_has_no_figures(backstage: Backstage) -> None:
    """Before the launch nothing has happened since it."""
    later = datetime.now(UTC) + DAY
    looks = (
        RequestFigures(SERVICE_NAME, SERVICE_ID, later),
        LoginFigures(LOG_GROUP, later),
        PaymentFigures(later),
        ReviewFigures(later),
    )
    for look in looks:
        with pytest.raises(NothingExamined, match="still to come"):
            backstage.look(look)


# -- the log ----------------------------------------------------------------------------------------------------------


ERRORS = ErrorFigures(LOG_GROUP, SINCE, SERVICE_NAME, SERVICE_ID)
TOLD = WhatWasTold(LOG_GROUP, SINCE)


def test_errors_are_counted_by_code_and_not_quoted(backstage: Backstage) -> None:
    """A code is a word in capitals; what is none, no JSON, or no error is not told."""
    say(
        backstage,
        Line(DAY + timedelta(hours=1), mishap(DAY, "TOO_EARLY").text),
        *(mishap(timedelta(minutes=9, seconds=number), "BANK_TIMEOUT") for number in range(3)),
        json.dumps({"level": "fatal", "code": "OUT_OF_MEMORY", "who": "kari.nordmann@example.no"}),
        json.dumps({"level": "error", "code": "no account for kari.nordmann@example.no"}),
        json.dumps({"level": "error", "code": 500}),
        json.dumps({"level": "warn", "code": "TOO_MANY_REQUESTS"}),
        "kari.nordmann@example.no: level error",
        json.dumps(["level", "error"]),
    )
    others = 24  # so often in a day the monitoring says that it has done its round, and goes on to while the twin runs
    seen = backstage.look(TOLD)
    assert seen.errors == {"BANK_TIMEOUT": 3, "OUT_OF_MEMORY": 1, "without a code": 2}
    assert seen.events >= others + 9
    assert (seen.plain, seen.strange, seen.whole) == (2, 0, True)
    assert "kari" not in repr(seen)


@pytest.mark.parametrize("level", ["error", "ERROR", "Error", "FATAL"])
def test_the_case_of_a_level_says_nothing(backstage: Backstage, level: str) -> None:
    """Libraries write their levels in several cases."""
    say(backstage, json.dumps({"level": level, "code": "BANK_TIMEOUT"}))
    assert backstage.look(TOLD).errors == {"BANK_TIMEOUT": 1}


def _numbered(environment: Environment) -> Environment:
    """Where levels are numbers, which the environment file names as text."""
    assert environment.logs is not None
    words = environment.logs.model_copy(update={"errors": ("50", "60"), "others": ("info", "30", "40")})
    return environment.model_copy(update={"logs": words})


def test_a_level_may_be_a_number(backstage: Backstage, environment: Environment) -> None:
    """50 and "50" are the same; where nobody has said what 50 is, nobody knows how bad the line is."""
    say(backstage, json.dumps({"level": 50}), json.dumps({"level": "50"}), json.dumps({"level": 30}))
    seen = TOLD.observe(backstage.reach(_numbered(environment)))
    assert (sum(seen.errors.values()), seen.strange) == (2, 0)
    seen = backstage.look(TOLD)
    assert (seen.errors, seen.strange) == ({}, 3)


@pytest.mark.parametrize("level", [True, None, 50.5, ["error"], {"level": "error"}, "eror", ""])
def test_a_level_that_nobody_named_is_no_good_one(backstage: Backstage, level: object) -> None:
    """What is no error by its word may be one all the same: it is counted apart."""
    say(backstage, json.dumps({"level": level, "code": "BANK_TIMEOUT"}))
    seen = backstage.look(TOLD)
    assert (seen.errors, seen.strange) == ({}, 1)


def test_lines_that_cannot_be_judged_are_told(backstage: Backstage) -> None:
    """How many lines have a level stands beside the errors, and what the others are."""
    lines = [f"TypeError: no {number}" for number in range(30)] + [json.dumps({"level": "error"})] * 40
    backstage.cloud(lambda cloud: replace(cloud, traffic=Traffic(DAY)).watching(None).saying(*map(_now, lines)))
    figures = backstage.look(ERRORS)
    share = figures.of("lines with a level")
    assert (round(share.of * share.value / 100), share.of) == (share.of - 30, pytest.approx(71, abs=1))
    assert figures.beside["lines that are no JSON"] == 30


def _now(text: str) -> Line:
    return Line(timedelta(minutes=5), text)


@pytest.mark.parametrize(
    "lines", [[], ["TypeError: x"] * 4, [json.dumps({"level": 50})] * 4], ids=["silent", "plain", "numbers"]
)
def test_log_without_a_level_is_no_log_without_errors(backstage: Backstage, lines: list[str]) -> None:
    """Where nothing was said, or no line says how bad it is, no error could have been found."""
    backstage.cloud(
        lambda cloud: replace(cloud, traffic=Traffic(DAY)).watching(None).saying(*map(_now, lines), goes_on=False)
    )
    with pytest.raises(NothingExamined, match="nothing was said" if not lines else "none of the 4 lines"):
        backstage.look(ERRORS)


@pytest.mark.parametrize("page", [0, 7], ids=["whole pages", "small pages"])
def test_a_long_log_is_asked_by_name(backstage: Backstage, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """What is too much to read one by one: a part stands for its form, and every error and login is found."""
    monkeypatch.setattr(logs, "MOST_READ", 40)
    lines = [Line(timedelta(minutes=number), json.dumps({"level": "info"})) for number in range(600, 100, -1)]
    lines += [Line(timedelta(minutes=number), "TypeError: x") for number in range(100, 20, -1)]
    lines += [
        Line(timedelta(minutes=19), json.dumps({"level": level, "code": "BANK_TIMEOUT"}))
        for level in ("error", "ERROR", "Error", "eRRor", "warn", 50)
    ]
    lines += [login(timedelta(minutes=18)), login(timedelta(minutes=17), "TIMEOUT")]
    lines += [Line(timedelta(minutes=number / 10), json.dumps({"level": "info"})) for number in range(160, 0, -1)]
    backstage.cloud(
        lambda cloud: replace(cloud, log_page=page, traffic=Traffic(DAY)).watching(None).saying(*lines, goes_on=False)
    )
    seen: Told = backstage.look(TOLD)
    assert not seen.whole
    assert 41 < seen.events <= 81
    assert seen.plain >= 5
    assert seen.errors == {"BANK_TIMEOUT": 3}, "a fourth way to write it is found where it is among what was read"
    assert (seen.logins, seen.failed_logins) == (1, {"TIMEOUT": 1})


def test_a_pattern_that_finds_nothing_is_noticed(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked by name for what it told a moment ago, the log must tell it again: else that it finds none says nothing."""
    monkeypatch.setattr(logs, "MOST_READ", 40)
    lines = [Line(timedelta(minutes=number), json.dumps({"level": "info"})) for number in range(600, 100, -1)]
    say(backstage, *lines)
    monkeypatch.setattr(logs, "equal", lambda member, _: f'($.{member} = "nothing")')
    with pytest.raises(CannotTell, match="does not find it"):
        backstage.look(TOLD)


def test_errors_are_held_against_requests(backstage: Backstage) -> None:
    """The log has the errors, App Runner the number of requests."""
    count(backstage, after=1, before=0)
    lines = [mishap(timedelta(minutes=3, seconds=number), "X") for number in range(15)]
    backstage.cloud(lambda cloud: replace(cloud, traffic=Traffic(DAY, after=1)).saying(*lines, goes_on=False))
    figure = backstage.look(ErrorFigures(LOG_GROUP, SINCE, SERVICE_NAME, SERVICE_ID)).of("logged errors")
    assert figure.of == pytest.approx(24 * 60, abs=60)
    assert figure.value == pytest.approx(100 * 15 / figure.of)


def test_who_gives_up_a_login_has_not_failed(backstage: Backstage) -> None:
    """Of twelve logins nine succeeded, one failed, and two were given up, which are left out."""
    say(
        backstage,
        *(login(timedelta(minutes=8, seconds=number)) for number in range(9)),
        login(timedelta(minutes=3), "TIMEOUT"),
        *(login(timedelta(minutes=2, seconds=number), "USER_CANCELLED") for number in range(2)),
        json.dumps({"event": "bankid.start", "outcome": "failed"}),
    )
    seen = backstage.look(LoginFigures(LOG_GROUP, SINCE))
    assert (seen.figures[0].value, seen.figures[0].of) == (90.0, 10)
    assert seen.beside == {"TIMEOUT": 1, "USER_CANCELLED": 2}


def test_a_log_of_unknown_form_is_unknown(backstage: Backstage, environment: Environment) -> None:
    """Where nobody has said how a line is to be read, nothing is counted."""
    unsaid = backstage.reach(environment.model_copy(update={"logs": None}))
    for look in (TOLD, ERRORS, LoginFigures(LOG_GROUP, SINCE)):
        with pytest.raises(Denied, match="logs is not answered yet"):
            look.observe(unsaid)


PAGES = ("https://getdrop.no/", "https://getdrop.no/api/health")
TAIL = LogTail(LOG_GROUP, 60, 5, PAGES)


def _hasty(backstage: Backstage, environment: Environment) -> Reach:
    """Who waits for two seconds at most."""
    network = environment.network.model_copy(update={"look_seconds": 2.5})
    return backstage.reach(environment.model_copy(update={"network": network}))


def test_newest_event_is_told_whatever_it_says(backstage: Backstage, environment: Environment) -> None:
    """A line of any form is a sign that lines arrive; without one, or without the group, there is no time."""
    say(backstage, Line(timedelta(minutes=4), "hei"))
    seen = backstage.look(TAIL)
    assert seen.newest is not None
    assert "hei" not in repr(seen)
    backstage.cloud(lambda cloud: cloud.saying().watching(None))
    seen = TAIL.observe(_hasty(backstage, environment))
    assert (seen.group_exists, seen.count, seen.newest) == (True, 0, None)
    assert not backstage.look(LogTail("/aws/apprunner/drop-production", 60, 5, PAGES)).group_exists


def _questions(backstage: Backstage) -> int:
    return backstage.town.calls().count(("logs", "FilterLogEvents"))


def test_service_that_speaks_is_asked_nothing(backstage: Backstage, environment: Environment) -> None:
    """One question, and its control, where something was said lately; no page is opened."""
    before = _questions(backstage)
    reach = _hasty(backstage, environment)
    reach.ask_each = None  # type: ignore[method-assign, assignment]  # to ask for a page would fail
    assert TAIL.observe(reach).newest is not None
    assert _questions(backstage) == before + 2


@pytest.mark.parametrize("minutes", [13, 40, 70])
def test_quiet_service_is_spoken_to(backstage: Backstage, environment: Environment, minutes: int) -> None:
    """Nobody asked it for anything, so it said nothing: whoever asks hears whether lines still arrive."""
    line = Line(timedelta(minutes=minutes), "hei")

    def quiet(heard: bool) -> datetime | None:
        backstage.cloud(lambda cloud: replace(cloud.watching(None).saying(line, goes_on=False), heard=heard))
        return TAIL.observe(_hasty(backstage, environment)).newest

    newest = quiet(heard=True)
    assert newest is not None
    assert datetime.now(UTC) - newest < timedelta(seconds=10)
    newest = quiet(heard=False)
    if minutes > 60:
        assert newest is None
    else:
        assert newest is not None
        assert datetime.now(UTC) - newest > timedelta(minutes=minutes - 1)


def test_silence_says_nothing_where_nobody_can_ask(backstage: Backstage, environment: Environment) -> None:
    """A service that nobody can reach has nothing to say, and its log may be well."""

    def put(world: World) -> World:
        cloud = world.cloud.watching(None).saying(Line(timedelta(minutes=30), "hei"), goes_on=False)
        return replace(world, cloud=cloud, site=replace(world.site, ailment="off"))

    backstage.put(put)
    with pytest.raises(ProbeError, match="could not be asked"):
        TAIL.observe(_hasty(backstage, environment))


@pytest.mark.parametrize("look", [TAIL, TOLD, LoginFigures(LOG_GROUP, SINCE)])
def test_log_of_nobody_is_noticed(backstage: Backstage, look: Any) -> None:
    """Where a group that does not exist has events, no group's events say anything."""
    backstage.cloud(lambda cloud: replace(cloud, any_log=True))
    with pytest.raises(CannotTell, match="does not exist"):
        backstage.look(look)


def test_missing_log_is_no_log_without_errors(backstage: Backstage) -> None:
    """No group is not a group without errors."""
    with pytest.raises(NothingExamined):
        backstage.look(WhatWasTold("/aws/apprunner/drop-production", SINCE))


# -- rights -----------------------------------------------------------------------------------------------------------


def test_rights_are_those_of_the_role(backstage: Backstage, environment: Environment) -> None:
    """To change the service, and to hand it each of its two roles: three questions, all allowed."""
    look = DeployRights(DEPLOY_ROLE, environment.aws.service_arn)
    seen = backstage.look(look)
    assert [right.action for right in seen.rights] == [UPDATE, PASS, PASS]
    assert seen.refused(UPDATE) == seen.refused(PASS) == ()
    backstage.cloud(
        lambda cloud: replace(cloud, roles=(replace(cloud.roles[0], statements=cloud.roles[0].statements[:1]),))
    )
    seen = backstage.look(look)
    assert seen.refused(UPDATE) == ()
    assert {right.decision for right in seen.refused(PASS)} == {"implicitDeny"}


def test_role_that_is_not_there_is_a_fact(backstage: Backstage, environment: Environment) -> None:
    """That there is no such role is told."""
    assert not backstage.look(DeployRights(f"{DEPLOY_ROLE}-2", environment.aws.service_arn)).exists


def test_nobodys_rights_are_not_asked(backstage: Backstage, environment: Environment) -> None:
    """Where no role is named nothing is sent."""
    before = backstage.town.calls()
    assert backstage.look(DeployRights(None, environment.aws.service_arn)).role is None
    assert backstage.town.calls() == before


def test_rights_of_a_role_that_is_none_are_noticed(backstage: Backstage, environment: Environment) -> None:
    """Where a role that does not exist may do something, no role's rights say anything."""
    backstage.cloud(lambda cloud: replace(cloud, any_role=True))
    with pytest.raises(CannotTell, match="does not exist"):
        backstage.look(DeployRights(DEPLOY_ROLE, environment.aws.service_arn))


# -- payments and people ----------------------------------------------------------------------------------------------


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
