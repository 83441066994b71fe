"""A face of the twin that is ill: it refuses, talks nonsense, falls silent, goes and comes back, or is another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from golive.twin.site import ADDRESSES
from golive.twin.web import Ailment
from tests.twin.visiting import SITE

if TYPE_CHECKING:
    from tests.twin.conftest import Twin


def test_clock_may_be_wrong(client: httpx.Client, twin: Twin) -> None:
    """
    The Date header is the time of day, unless a fault shifts it.
    """

    def off() -> timedelta:
        return abs(parsedate_to_datetime(client.get(SITE).headers["date"]) - datetime.now(UTC))

    assert off() < timedelta(minutes=1)
    twin.swap(site=replace(twin.world.site, clock_shift=timedelta(hours=-3)))
    assert off() > timedelta(hours=2)


@pytest.mark.parametrize(("ailment", "status"), [("denied", 403), ("throttled", 429), ("broken", 503)])
def test_face_may_refuse(client: httpx.Client, twin: Twin, ailment: Ailment, status: int) -> None:
    """
    A face can say "not you", "not now" and "not at all" to everything.
    """
    twin.swap(site=replace(twin.world.site, ailment=ailment))
    assert client.get(f"{SITE}/api/health").status_code == status


def test_face_may_send_noise(client: httpx.Client, twin: Twin) -> None:
    """
    A face can answer 200 with what nobody can read.
    """
    twin.swap(site=replace(twin.world.site, ailment="garbage"))
    answer = client.get(f"{SITE}/api/health")
    assert answer.status_code == 200
    with pytest.raises(UnicodeDecodeError):
        answer.json()


@pytest.mark.parametrize("origin", [SITE, "http://getdrop.no"])
@pytest.mark.parametrize(("ailment", "error"), [("off", httpx.TransportError), ("babble", httpx.RemoteProtocolError)])
def test_face_may_go_and_come_back(
    client: httpx.Client, twin: Twin, origin: str, ailment: Ailment, error: type[Exception]
) -> None:
    """
    A face that is off, or speaks no HTTP, is so on kept and new connections, until it is well again.
    """
    well = twin.world.site
    assert client.get(origin).status_code in (200, 301)
    twin.world.site = replace(well, ailment=ailment)  # the kept connection stays
    with pytest.raises(error):
        client.get(origin)
    with pytest.raises(error):
        client.get(origin)
    twin.swap(site=well)
    assert client.get(origin).status_code in (200, 301)


@pytest.mark.parametrize("kept", [True, False], ids=["kept connection", "new connection"])
def test_face_may_fall_silent(twin: Twin, kept: bool) -> None:
    """
    A silent face takes the question and never answers.
    """
    with twin.client(timeout=0.1) as client:
        if kept:
            client.get(SITE)
        twin.world.site = replace(twin.world.site, ailment="silent")
        with pytest.raises(httpx.TimeoutException):
            client.get(SITE)


def test_face_may_stumble_once(client: httpx.Client, twin: Twin) -> None:
    """
    A hiccup is one 503 for each thing asked, and then the answer.
    """
    twin.swap(site=replace(twin.world.site, ailment="hiccup"))
    asked = ["/", "/klage", "/", "/klage"]
    assert [client.get(SITE + path).status_code for path in asked] == [503, 503, 200, 200]


def test_one_address_may_be_dead(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can take one of the two addresses away.
    """
    twin.swap(site=replace(twin.world.site, dead_addresses=frozenset({ADDRESSES[1]})))
    assert client.get(SITE).status_code == 200
    with pytest.raises(httpx.NetworkError):
        client.get("https://www.getdrop.no")  # which the tests find at the second address


def test_stray_address_is_somebody_elses(twin: Twin) -> None:
    """
    Where a name points astray, a parked page answers.
    """
    with twin.client() as client:
        answer = client.get("http://astray.example")
    assert "This name is parked" in answer.text


def test_new_certificate_is_shown_after_a_swap(client: httpx.Client, twin: Twin) -> None:
    """
    A client that keeps its connections meets the certificate of the new world.
    """
    assert client.get(SITE).status_code == 200
    spec = twin.world.certificates["getdrop.no"]
    twin.swap(certificates={**twin.world.certificates, "getdrop.no": replace(spec, self_signed=True)})
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get(SITE)
