"""Do the twin's name servers answer as name servers do, in health and out of it?"""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from golive.twin.names import AUTHORITATIVE, RESOLVERS, Ailment, NamesFace, healthy
from golive.twin.web import running

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

OURS = tuple(AUTHORITATIVE.values())
EVERYBODY = (*RESOLVERS, *OURS)
SERVICE = {"192.0.2.10", "192.0.2.11"}


def said(answer: dns.message.Message) -> set[str]:
    return {str(record) for rrset in answer.answer for record in rrset}


def soa(answer: dns.message.Message) -> str:
    (rrset,) = answer.authority
    assert rrset.rdtype == dns.rdatatype.SOA
    return str(rrset.name)


@pytest.mark.parametrize("tcp", [False, True], ids=["UDP", "TCP"])
@pytest.mark.parametrize("name", ["getdrop.no", "www.getdrop.no", "WWW.GetDrop.no"])
@pytest.mark.parametrize("server", EVERYBODY)
def test_every_server_agrees_on_the_service(twin: Twin, server: str, name: str, tcp: bool) -> None:
    """
    Apex and www have the service's two addresses, whoever is asked and however.
    """
    assert said(twin.ask(server, name, tcp=tcp)) == SERVICE


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("9ef3szvvsb.eu-west-1.awsapprunner.com", SERVICE),
        ("auth.bankid.no", {"192.0.2.20"}),
        ("api.github.com", {"192.0.2.30"}),
        ("drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com", {"192.0.2.40"}),
        ("ns2.dns.example", {"192.0.2.54"}),
    ],
)
def test_every_host_is_found(twin: Twin, host: str, addresses: set[str]) -> None:
    """
    The resolvers know the hosts outside our zone too.
    """
    assert said(twin.ask(RESOLVERS[0], host)) == addresses


def test_flags_tell_who_answers(twin: Twin) -> None:
    """
    Only the zone's own servers claim authority, and only the resolvers offer recursion.
    """
    flags = {server: twin.ask(server, "getdrop.no").flags & (dns.flags.AA | dns.flags.RA) for server in EVERYBODY}
    assert flags == {**dict.fromkeys(RESOLVERS, dns.flags.RA), **dict.fromkeys(OURS, dns.flags.AA)}


@pytest.mark.parametrize(
    ("server", "name", "kind", "rcode", "zone"),
    [
        (OURS[0], "nothing.getdrop.no", "A", "NXDOMAIN", "getdrop.no."),
        (OURS[0], "getdrop.no", "AAAA", "NOERROR", "getdrop.no."),
        (OURS[1], "getdrop.no", "DNSKEY", "NOERROR", "getdrop.no."),
        (RESOLVERS[0], "nothing.getdrop.no", "A", "NXDOMAIN", "getdrop.no."),
        (RESOLVERS[0], "www.getdrop.no", "CAA", "NOERROR", "getdrop.no."),
        (RESOLVERS[0], "getdrop.no", "DS", "NOERROR", "."),
        (RESOLVERS[1], "auth.bankid.no", "AAAA", "NOERROR", "."),
        (RESOLVERS[1], "bankid.no", "A", "NOERROR", "."),
        (RESOLVERS[1], "no-such.example", "A", "NXDOMAIN", "."),
    ],
)
def test_no_such_name_is_not_no_such_record(
    twin: Twin, server: str, name: str, kind: str, rcode: str, zone: str
) -> None:
    """
    NXDOMAIN is for names that are not there, NODATA for those that are, and both name the zone that says so.
    """
    answer = twin.ask(server, name, kind)
    assert (dns.rcode.to_text(answer.rcode()), said(answer), soa(answer)) == (rcode, set(), zone)


@pytest.mark.parametrize("server", OURS)
def test_own_servers_refuse_other_zones(twin: Twin, server: str) -> None:
    """
    An authoritative server speaks for getdrop.no and for nobody else.
    """
    assert twin.ask(server, "auth.bankid.no").rcode() == dns.rcode.REFUSED


def test_zone_tells_of_itself(twin: Twin) -> None:
    """
    The zone has its name servers, and lets Amazon issue certificates.
    """
    assert said(twin.ask(OURS[0], "getdrop.no", "NS")) == {f"{name}." for name in AUTHORITATIVE}
    assert said(twin.ask(OURS[0], "getdrop.no", "CAA")) == {'0 issue "amazon.com"'}


def test_question_with_edns_is_answered_with_edns(twin: Twin) -> None:
    """
    A client that speaks EDNS is spoken to in EDNS, and one that does not is not.
    """
    assert twin.ask(OURS[0], "getdrop.no", use_edns=0, want_dnssec=True).edns == 0
    assert twin.ask(OURS[0], "getdrop.no", use_edns=False).edns == -1


@pytest.mark.parametrize("server", EVERYBODY)
def test_stray_address_is_said_by_all(twin: Twin, server: str) -> None:
    """
    A stray record stands beside the others, at every server.
    """
    twin.swap(zone=twin.world.zone.told("getdrop.no", "A", *sorted(SERVICE), "203.0.113.77"))
    assert said(twin.ask(server, "getdrop.no")) == {*SERVICE, "203.0.113.77"}


def test_one_server_may_disagree(twin: Twin) -> None:
    """
    What one server says otherwise, the others do not say.
    """
    twin.swap(zone=twin.world.zone.told("getdrop.no", "A", "203.0.113.77", by=(OURS[1],)))
    heard = {server: said(twin.ask(server, "getdrop.no")) for server in EVERYBODY}
    assert heard == {**dict.fromkeys(EVERYBODY, SERVICE), OURS[1]: {"203.0.113.77"}}
    assert said(twin.ask(OURS[1], "getdrop.no", "CAA")) == {'0 issue "amazon.com"'}


@pytest.mark.parametrize("by", [(), (OURS[0],)], ids=["all", "one"])
def test_name_may_be_missing(twin: Twin, by: tuple[str, ...]) -> None:
    """
    A name can be taken away from all servers or from one.
    """
    twin.swap(zone=twin.world.zone.without("www.getdrop.no", by))
    missing = {server for server in EVERYBODY if twin.ask(server, "www.getdrop.no").rcode() == dns.rcode.NXDOMAIN}
    assert missing == set(by or EVERYBODY)


def test_alias_is_followed(twin: Twin) -> None:
    """
    A resolver follows an alias to its addresses; the zone's own server stops at its border.
    """
    service = "9ef3szvvsb.eu-west-1.awsapprunner.com"
    zone = twin.world.zone.without("www.getdrop.no").told("www.getdrop.no", "CNAME", f"{service}.")
    twin.swap(zone=zone)
    assert said(twin.ask(RESOLVERS[0], "www.getdrop.no")) == {f"{service}.", *SERVICE}
    assert said(twin.ask(OURS[0], "www.getdrop.no")) == {f"{service}."}


def test_rotating_name_shows_a_part_at_a_time(twin: Twin) -> None:
    """
    A name whose addresses rotate shows all of them only to one who asks again.
    """
    twin.swap(zone=replace(twin.world.zone, shows={"getdrop.no": 1}))
    answers = [said(twin.ask(OURS[0], "getdrop.no")) for _ in range(4)]
    assert [len(answer) for answer in answers] == [1, 1, 1, 1]
    assert set().union(*answers) == SERVICE


@pytest.mark.parametrize(
    ("ailment", "rcode"), [("servfail", "SERVFAIL"), ("refused", "REFUSED"), ("nxdomain", "NXDOMAIN")]
)
def test_server_may_say_no(twin: Twin, ailment: Ailment, rcode: str) -> None:
    """
    A server can refuse in each of DNS's words while the others go on.
    """
    twin.swap(zone=twin.world.zone.ail(ailment, by=(OURS[0],)))
    assert dns.rcode.to_text(twin.ask(OURS[0], "getdrop.no").rcode()) == rcode
    assert said(twin.ask(OURS[1], "getdrop.no")) == SERVICE


@pytest.mark.parametrize("tcp", [False, True], ids=["UDP", "TCP"])
def test_silence_is_a_time_out(twin: Twin, tcp: bool) -> None:
    """
    A silent server does not answer, and answers again when it is well.
    """
    well = twin.world.zone
    twin.swap(zone=well.ail("silent"))
    with pytest.raises(dns.exception.Timeout):
        twin.ask(RESOLVERS[0], "getdrop.no", tcp=tcp, timeout=0.05)
    twin.swap(zone=well)
    assert said(twin.ask(RESOLVERS[0], "getdrop.no", tcp=tcp)) == SERVICE


def test_server_may_hang_up(twin: Twin) -> None:
    """
    A server that is off ends the conversation over TCP too.
    """
    twin.swap(zone=twin.world.zone.ail("off"))
    with pytest.raises((EOFError, ConnectionError)):
        twin.ask(RESOLVERS[0], "getdrop.no", tcp=True)


def test_one_name_may_be_ill_alone(twin: Twin) -> None:
    """
    A server can fail for one name and know the next.
    """
    twin.swap(zone=twin.world.zone.ail("servfail", name="www.getdrop.no"))
    assert twin.ask(OURS[0], "www.getdrop.no").rcode() == dns.rcode.SERVFAIL
    assert said(twin.ask(OURS[0], "getdrop.no")) == SERVICE


def test_cut_answer_is_whole_over_tcp(twin: Twin) -> None:
    """
    A truncated answer says so, carries nothing, and is there in full for who asks again over TCP.
    """
    twin.swap(zone=twin.world.zone.ail("truncated"))
    short = twin.ask(OURS[0], "getdrop.no")
    assert (bool(short.flags & dns.flags.TC), said(short)) == (True, set())
    query = dns.message.make_query("getdrop.no", "A")
    port = twin.ports[f"{OURS[0]}:53"]
    answer, over_tcp = dns.query.udp_with_fallback(query, "127.0.0.1", port=port, timeout=5)
    assert (said(answer), over_tcp) == (SERVICE, True)


def test_long_answer_is_cut_by_itself(twin: Twin) -> None:
    """
    An answer too long for a client without EDNS is truncated, though the server is well.
    """
    many = [f"192.0.2.{number}" for number in range(1, 100)]
    twin.swap(zone=twin.world.zone.told("getdrop.no", "A", *many))
    assert twin.ask(OURS[0], "getdrop.no", use_edns=False).flags & dns.flags.TC
    assert said(twin.ask(OURS[0], "getdrop.no", tcp=True)) == set(many)


@pytest.mark.parametrize("tcp", [False, True], ids=["UDP", "TCP"])
def test_noise_is_no_answer(twin: Twin, tcp: bool) -> None:
    """
    A server that sends noise is not understood.
    """
    twin.swap(zone=twin.world.zone.ail("garbage"))
    with pytest.raises((dns.exception.DNSException, dns.query.BadResponse)):
        twin.ask(OURS[0], "getdrop.no", tcp=tcp)


def test_noise_from_a_caller_is_ignored(twin: Twin) -> None:
    """
    A packet that is no question harms nobody.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.sendto(b"\xff\x00\x01", ("127.0.0.1", twin.ports[f"{OURS[0]}:53"]))
    assert said(twin.ask(OURS[0], "getdrop.no")) == SERVICE


def test_world_brings_its_own_hosts() -> None:
    """
    A host that the world adds is found without the zone knowing it.
    """
    zone = healthy({"api.sumsub.com": ("192.0.2.50",)})
    with running(NamesFace(lambda: zone)) as ports:
        query = dns.message.make_query("api.sumsub.com", "A")
        assert said(dns.query.udp(query, "127.0.0.1", port=ports[f"{RESOLVERS[0]}:53"], timeout=5)) == {"192.0.2.50"}
