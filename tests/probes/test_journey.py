"""Journeys over the twin's site: each hop, where they end, and nothing that opens a door."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.probes.look import Look
from golive.probes.web import Answer, Journey, Page
from golive.twin.site import HSTS, Redirect

from .town import Town, again, answered_by

FRONT = "https://getdrop.no/"


def test_journey_tells_each_hop(town: Town) -> None:
    """
    A redirect is followed by asking again, and each answer is there to be judged.
    """
    trip = Journey("http://www.getdrop.no/vilkaar?fra=golive").observe(town.reach())
    assert [(hop.status, hop.leads_to) for hop in trip.hops] == [
        (301, "https://www.getdrop.no/vilkaar?fra=golive"),
        (200, None),
    ]
    assert trip.end == "arrived"
    assert [hop.every("Strict-Transport-Security") for hop in trip.hops] == [(), (HSTS,)]
    assert again(trip) == trip


def test_journey_tells_what_each_answer_promises(town: Town) -> None:
    """
    A redirect's promise of HTTPS is not the page's, and one that is sent twice is told twice.
    """
    town.site = replace(
        town.site,
        moved={"getdrop.no": "https://www.getdrop.no"},
        hsts={"redirect": (HSTS, HSTS), "page": ("max-age=1",)},
    )
    trip = Journey(FRONT).observe(town.reach())
    assert [hop.every("Strict-Transport-Security") for hop in trip.hops] == [(HSTS, HSTS), ("max-age=1",)]


@pytest.mark.parametrize(
    ("target", "end", "hops"),
    [
        ("http://getdrop.no", "loop", 1),
        ("https://example.com", "elsewhere", 1),
        ("drop://auth", "elsewhere", 1),
        ("http://[", "elsewhere", 1),
    ],
)
def test_journey_ends_where_it_may_not_go_on(town: Town, target: str, end: str, hops: int) -> None:
    """
    Loops are noticed, and what lies outside the environment's list is told and not asked.
    """
    town.site = replace(town.site, plain=Redirect(targets={"getdrop.no": target}))
    trip = Journey("http://getdrop.no/x").observe(town.reach())
    assert (trip.end, len(trip.hops)) == (end, hops)
    assert trip.hops[-1].leads_to is not None


def test_journey_does_not_tell_what_opens_a_door(town: Town) -> None:
    """
    A redirect with a token in it is followed with the token, and told without.
    """
    secret = "https://u:pw@www.getdrop.no/vilkaar?token=s3cr3t#s3cr3t"
    town.site = replace(town.site, plain=Redirect(targets={"getdrop.no": secret}, keeps_path=False))
    asked: list[object] = []

    def listening(look: Look[Any]) -> Any:
        asked.append(look)
        return look.observe(reach)

    reach = answered_by(listening, town.reach())
    trip = Journey("http://getdrop.no/x").observe(reach)
    assert trip.hops[0].leads_to == trip.hops[1].url
    assert trip.hops[1].url.startswith("https://www.getdrop.no/vilkaar")
    assert trip.hops[1].every("Strict-Transport-Security") == (HSTS,)
    assert trip.end == "arrived"
    assert "s3cr3t" not in f"{trip}{asked}"
    assert "pw@" not in f"{trip}{asked}"


def test_journey_does_not_go_on_for_ever(town: Town) -> None:
    """
    A site that always has one more redirect is left after ten.
    """
    hops = iter(range(100))

    def one_more(look: Look[Any]) -> Answer:
        assert isinstance(look, Page)
        return Answer(look.url, 302, (("location", f"/{next(hops)}"),))

    trip = Journey(FRONT).observe(answered_by(one_more, town.reach()))
    assert (trip.end, len(trip.hops)) == ("too long", 10)
