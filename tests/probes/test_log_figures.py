"""Figures of the log since an instant: errors and logins, counted whole, and never a word of anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, NothingExamined
from golive.probes import logs
from golive.probes.logs import ErrorFigures, LoginFigures, Told, WhatWasTold
from golive.twin.applicationlog import login, mishap
from golive.twin.cloud import LOG_GROUP, SERVICE_ID, SERVICE_NAME, Line
from golive.twin.metrics import Traffic

from .backstage import Backstage
from .lastday import DAY, SINCE, say

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


def test_missing_log_is_no_log_without_errors(backstage: Backstage) -> None:
    """No group is not a group without errors."""
    with pytest.raises(NothingExamined):
        backstage.look(WhatWasTold("/aws/apprunner/drop-production", SINCE))
