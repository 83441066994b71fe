"""What the sentences about HTTPS make of the way there, and of the header that promises it."""

from __future__ import annotations

from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, NothingExamined
from golive.probes.web import Hop, Trip
from golive.remarks import Remarks
from steps import visitor

from .judging import FRONT, verdict

HTTP, HTTPS = "http://getdrop.no/a", "https://getdrop.no/a"
SENT = (("strict-transport-security", 'preload; max-age="1"'),)
THERE = Trip((Hop(FRONT, 200, None, SENT),), "arrived")
ERROR = Trip((Hop(FRONT + "no-such-page", 404, None, SENT),), "arrived")


@pytest.mark.parametrize(
    ("hops", "end", "ok"),
    [
        ([(f"{HTTP}?b=1", 301, f"{HTTPS}?b=1"), (f"{HTTPS}?b=1", 200, None)], "arrived", True),
        ([(HTTP, 308, "https://getdrop.no:443/a"), ("https://getdrop.no:443/a", 404, None)], "arrived", True),
        ([(HTTP, 301, "https://getdrop.no/b"), ("https://getdrop.no/b", 200, None)], "arrived", False),
        ([(HTTP, 302, HTTPS), (HTTPS, 200, None)], "arrived", False),
        ([(HTTP, 200, None)], "arrived", False),
        ([(HTTP, 301, None)], "arrived", False),
        ([(HTTP, 301, "http://[")], "elsewhere", False),
        ([(HTTP, 301, HTTPS), (HTTPS, 301, HTTP)], "loop", False),
        ([(HTTP, 301, HTTPS), (HTTPS, 302, "https://x.example/")], "elsewhere", False),
    ],
)
def test_way_must_be_secure_from_its_first_answer(hops: list[Any], end: Any, ok: bool) -> None:
    """
    The same page, for good, and never back to plain HTTP nor out of sight.
    """
    trip = Trip(tuple(Hop(*hop) for hop in hops), end)
    verdict(lambda: visitor.way_is_secure([trip], Remarks()), ok)


def test_header_is_compared_whole(environment: Environment) -> None:
    """
    Each answer must carry it, once, and with nothing beside.
    """
    carries(environment, THERE, ERROR)
    for headers in [(), SENT * 2, (("strict-transport-security", "max-age=1; preload; more"),)]:
        bad = Hop(FRONT + "x", 200, None, headers)
        verdict(lambda bad=bad: carries(environment, THERE, ERROR, trip(bad)), False)


def test_no_answer_on_the_way_stands_in_for_another(environment: Environment) -> None:
    """
    Redirects that carry it do not hide pages that do not; www counts as getdrop.no does, and other hosts not at all.
    """
    www = "https://www.getdrop.no/"
    sent_on = Hop(FRONT, 308, www, SENT)
    verdict(lambda: carries(environment, ERROR, trip(sent_on, Hop(www, 200, None))), False)
    verdict(lambda: carries(environment, ERROR, trip(Hop(FRONT, 308, www), Hop(www, 200, None, SENT))), False)
    carries(environment, ERROR, trip(sent_on, Hop(www, 200, None, SENT)))
    plain = Hop("http://getdrop.no/", 301, FRONT)  # over plain HTTP it must not be sent, RFC 6797 7.2
    carries(environment, ERROR, trip(plain, THERE.hops[0]))


@pytest.mark.parametrize(
    "trips",
    [
        [("", 200), ("no-such-page", 200)],
        [("", 404), ("no-such-page", 404)],
        [("", 500), ("no-such-page", 404)],
        [("", 200)],
        [],
    ],
    ids=str,
)
def test_kind_of_answer_that_nobody_gave_is_unknown(environment: Environment, trips: list[tuple[str, int]]) -> None:
    """
    Without an error page nobody knows what errors send, and without a page nobody knows of pages.
    """
    with pytest.raises((CannotTell, NothingExamined)):
        carries(environment, *(trip(Hop(FRONT + path, status, None, SENT)) for path, status in trips))


@pytest.mark.parametrize("end", ["loop", "too long", "elsewhere"])
def test_way_that_ends_nowhere_examines_no_page(environment: Environment, end: Any) -> None:
    """
    A way that leads out of sight, or never ends, has shown redirects alone.
    """
    lost = Trip((Hop(FRONT, 302, "https://x.example/", SENT),), end)
    with pytest.raises(CannotTell, match="ends at no page"):
        carries(environment, ERROR, lost)
    arrived = trip(Hop(FRONT, 302, "https://slack.com/", SENT), Hop("https://slack.com/", 200, None))
    with pytest.raises(CannotTell, match="ends at no page"):
        carries(environment, ERROR, arrived)


def trip(*hops: Hop) -> Trip:
    """A way that led over *hops* to an answer."""
    return Trip(hops, "arrived")


def carries(environment: Environment, *trips: Trip) -> None:
    """Whether every answer of *trips* carries it, as far as an error at /no-such-page."""
    wanted = [["directive", "value"], ["max-age", "1"], ["Preload", ""]]
    visitor.header_carries([*trips], "/no-such-page", "Strict-Transport-Security", wanted, environment, Remarks())
