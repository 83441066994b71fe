"""The log's newest event: whether lines still arrive, though the service may be quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, ProbeError
from golive.probes.logs import LoginFigures, LogTail, WhatWasTold
from golive.probes.reach import Reach
from golive.twin.cloud import LOG_GROUP, Line
from golive.twin.world import World

from .backstage import Backstage
from .lastday import SINCE, say

TOLD = WhatWasTold(LOG_GROUP, SINCE)
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
