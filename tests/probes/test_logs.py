"""Whether something was said lately; never what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from golive.probes.logs import SignsOfLife
from golive.twin.cloud import AML_SIGN, LOG_GROUP, Cloud, Line, LogStream

from .backstage import Backstage

LOOK = SignsOfLife(LOG_GROUP, AML_SIGN, 24)


@pytest.mark.parametrize("ago", [timedelta(minutes=3), timedelta(hours=23)])
def test_newest_sign_is_told(backstage: Backstage, ago: timedelta) -> None:
    """
    The time of the newest event that says the term, and how many there were.
    """
    backstage.cloud(lambda cloud: cloud.watching(ago))
    seen = backstage.look(LOOK)
    assert abs(datetime.now(UTC) - ago - seen.newest) < timedelta(minutes=30)
    assert seen.count >= 1


@pytest.mark.parametrize("ago", [timedelta(hours=25), None], ids=["too long ago", "never"])
def test_old_signs_do_not_count(backstage: Backstage, ago: timedelta | None) -> None:
    """
    Whatever else the group says, a sign before the span, or none, is no sign.
    """
    backstage.cloud(lambda cloud: cloud.watching(ago))
    seen = backstage.look(LOOK)
    assert (seen.group_exists, seen.count, seen.newest) == (True, 0, None)


def test_lines_do_not_leave(backstage: Backstage) -> None:
    """
    A line may speak of people: its time is told, its words are not.
    """

    def say(cloud: Cloud) -> Cloud:
        line = Line(timedelta(minutes=1), f"{AML_SIGN} for kari.nordmann@example.no")
        logs = {**cloud.logs[LOG_GROUP], "instance/one": LogStream((line,))}
        return replace(cloud, logs={**cloud.logs, LOG_GROUP: logs})

    backstage.cloud(say)
    seen = backstage.look(LOOK)
    assert seen.newest is not None
    assert "kari" not in repr(seen)


def test_missing_group_is_a_fact(backstage: Backstage) -> None:
    """
    That there is no such log group is told, and differs from a silent one.
    """
    seen = backstage.look(SignsOfLife("/aws/apprunner/drop-production", AML_SIGN, 24))
    assert (seen.group_exists, seen.newest) == (False, None)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (json.dumps({"event": AML_SIGN}), True),
        (json.dumps({"round": {"event": [AML_SIGN]}}), True),
        (json.dumps({"msg": f"{AML_SIGN}, 61 searched"}), True),
        (f"2026-03-02 09:14 {AML_SIGN}", True),
        (f"[{AML_SIGN}]", True),
        (f"{AML_SIGN}.", True),
        (json.dumps({"event": f"{AML_SIGN}_with_errors"}), False),
        (json.dumps({"event": f"not_{AML_SIGN}"}), False),
        (json.dumps({AML_SIGN: False}), False),
        (f"{AML_SIGN}_with_errors", False),
        (f"{AML_SIGN}-with-errors", False),
        (f"{AML_SIGN}.failed", False),
        (AML_SIGN.upper(), False),
    ],
)
def test_sign_stands_for_itself(backstage: Backstage, message: str, said: bool) -> None:
    """
    A longer word that begins, or ends, with the sign is another word; a member's name is no word of what happened.
    """
    backstage.cloud(lambda cloud: cloud.watching(None).saying(Line(timedelta(minutes=3), message), goes_on=False))
    assert backstage.look(LOOK).count == said
