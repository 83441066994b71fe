"""The way to a host, step by step: its name, a connection, TLS, and at which of them it ends."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from golive.errors import Denied
from golive.probes.way import Way, WayTo

from .town import Town, free_port

BANKID = "auth.bankid.no"


def walked(town: Town, ports: dict[str, int] | None = None, **network: Any) -> Way:
    """How far the way to BankID leads from here."""
    if ports is not None:
        town.ports = {**town.ports, **ports}
    return WayTo(BANKID).observe(town.reach(**network))


def hastened(town: Town, ports: dict[str, int] | None = None) -> Way:
    """The same, by somebody who soon gives up: for where nobody will ever answer."""
    return walked(town, ports, answer_seconds=0.2)


@pytest.fixture
def roads(town: Town) -> Iterator[Town]:
    """The town, whose ports are put back afterwards."""
    ports = town.ports
    yield town
    town.ports = ports


def test_way_leads_there(roads: Town) -> None:
    """
    Name, connection and TLS: all three.
    """
    way = walked(roads)
    assert (way.whole, way.failed, way.addresses) == (True, None, ("192.0.2.20",))


def test_name_is_the_first_step(roads: Town) -> None:
    """
    That a name is not there, and that nobody says whether it is, are two things.
    """
    roads.zone = roads.zone.without(BANKID)
    assert (walked(roads).failed, walked(roads).how) == ("name", "not there")
    roads.reset()
    roads.zone = roads.zone.ail("servfail", name=BANKID)
    assert (walked(roads).failed, walked(roads).how) == ("name", "not looked up")
    roads.reset()
    roads.zone = roads.zone.ail("silent", name=BANKID)
    way = hastened(roads)
    assert (way.failed, way.how) == ("name", "not looked up")


def test_connection_is_the_second_step(roads: Town) -> None:
    """
    Refused where nobody listens; timed out where nobody takes it, or nothing is there.
    """
    way = walked(roads, {"192.0.2.20:443": free_port()})
    assert (way.failed, way.how, way.closed) == ("connection", "refused", ("192.0.2.20",))
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = int(deaf.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)):  # the one that waits to be taken: there is no more room
            way = hastened(roads, {"192.0.2.20:443": port})
    assert (way.failed, way.how) == ("connection", "timed out")
    roads.zone = roads.zone.told(BANKID, "A", "192.0.2.99")
    way = hastened(roads)
    assert (way.failed, way.how, way.addresses) == ("connection", "timed out", ("192.0.2.99",))


def test_tls_is_the_third_step(roads: Town) -> None:
    """
    A connection comes about, and nobody proves who they are.
    """
    roads.provider = replace(roads.provider, ailment="silent")
    way = hastened(roads)
    assert (way.failed, way.how) == ("TLS", "timed out")


def test_reset_is_told_as_such(roads: Town) -> None:
    """
    At which of two steps it is noticed is a matter of microseconds.
    """
    roads.provider = replace(roads.provider, ailment="off")
    way = walked(roads)
    assert way.failed in ("connection", "TLS")
    assert way.how == "broke off"


def test_who_proves_nothing_is_told_apart(roads: Town, serve: Callable[..., int]) -> None:
    """
    A certificate that has ended, and somebody who speaks no TLS at all.
    """
    roads.certify(BANKID, not_after=roads.certificates[BANKID].not_before + timedelta(days=1))
    way = walked(roads)
    assert (way.failed, way.how, way.detail) == ("TLS", "not trusted", "certificate has expired")
    port = serve(lambda caller: caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    way = walked(roads, {"192.0.2.20:443": port})
    assert (way.failed, way.how) == ("TLS", "not spoken")


def test_one_open_address_is_a_way(roads: Town) -> None:
    """
    Clients take the next one: an address that is closed is told, and closes nothing.
    """
    roads.zone = roads.zone.told(BANKID, "A", "192.0.2.20", "192.0.2.99")
    way = walked(roads)
    assert (way.whole, way.closed) == (True, ("192.0.2.99",))


def test_host_outside_the_list_is_not_walked_to(town: Town) -> None:
    """
    Denied, before its name is even looked up.
    """
    with pytest.raises(Denied, match="not in the environment's"):
        WayTo("example.com").observe(town.reach())
