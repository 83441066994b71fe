"""What the name servers say, asked of the twin's over UDP and TCP, and of a small signing server."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from golive.environment import Detour
from golive.errors import Denied, ProbeError, Unreachable, Unreadable
from golive.probes.names import Addresses, IssuersAllowed, Said
from golive.probes.reach import Reach
from golive.twin.names import AUTHORITATIVE, RESOLVERS, SERVICE

from .town import Town, again

APEX = Addresses("getdrop.no")
DEFAULT_HOST = "9ef3szvvsb.eu-west-1.awsapprunner.com"
FIRST, SECOND = AUTHORITATIVE.values()


def test_each_server_is_asked_for_itself(town: Town) -> None:
    """
    Both resolvers and both servers of the zone are asked, and what each says is told apart.
    """
    town.zone = town.zone.told("getdrop.no", "A", "192.0.2.10", "203.0.113.77", by=(SECOND,))
    found = APEX.observe(town.reach())
    assert found.said == (
        Said(RESOLVERS[0], False, True, SERVICE),
        Said(RESOLVERS[1], False, True, SERVICE),
        Said(f"{FIRST} (ns1.dns.example)", True, True, SERVICE),
        Said(f"{SECOND} (ns2.dns.example)", True, True, ("192.0.2.10", "203.0.113.77")),
    )
    assert found.addresses == {*SERVICE, "203.0.113.77"}
    assert (found.zone, found.signed, found.broken) == ("getdrop.no", False, "")
    assert again(found) == found


def test_both_kinds_of_address_are_asked_for(town: Town) -> None:
    """
    A stray IPv6 address leads astray as well as another.
    """
    town.zone = town.zone.told("getdrop.no", "AAAA", "2001:db8::77")
    assert "2001:db8::77" in APEX.observe(town.reach()).addresses


def test_no_such_name_and_no_address_are_different_answers(town: Town) -> None:
    """
    Both are answers, and neither is silence.
    """
    town.zone = town.zone.told("getdrop.no", "A", by=(SECOND,))
    for name in ("getdrop.no", "www.getdrop.no"):  # while there is a name below it, a name is there
        town.zone = town.zone.without(name, by=(FIRST,))
    _, _, first, second = APEX.observe(town.reach()).said
    assert (first.exists, first.addresses) == (False, ())
    assert (second.exists, second.addresses) == (True, ())


def test_name_that_nobody_knows_is_an_answer(town: Town) -> None:
    """
    Then there is no zone whose servers could be asked.
    """
    found = Addresses("no-such.example").observe(town.reach())
    assert (found.zone, found.addresses, [said.exists for said in found.said]) == ("", frozenset(), [False, False])


def test_rotating_name_is_told_in_full(town: Town) -> None:
    """
    A name that shows one of its addresses at a time is asked until all have been seen.
    """
    town.zone = replace(town.zone, shows={DEFAULT_HOST: 1})
    assert Addresses(DEFAULT_HOST, 5).observe(town.reach()).addresses == {*SERVICE}


def test_answer_cut_over_udp_is_asked_for_over_tcp(town: Town) -> None:
    """
    A long answer is as good as a short one.
    """
    well = APEX.observe(town.reach())
    town.zone = town.zone.ail("truncated")
    assert APEX.observe(town.reach()) == well


@pytest.mark.parametrize("server", [RESOLVERS[0], RESOLVERS[1], FIRST, SECOND])
@pytest.mark.parametrize(
    ("ailment", "error"),
    [
        ("silent", Unreachable),
        ("off", Unreachable),
        ("servfail", Unreachable),
        ("refused", Denied),
        ("garbage", Unreadable),
    ],
)
def test_server_that_does_not_answer_is_unknown(town: Town, server: str, ailment: Any, error: type[ProbeError]) -> None:
    """
    One server that is silent, fails, refuses or babbles might have said something else.
    """
    town.zone = town.zone.ail(ailment, by=(server,))
    with pytest.raises(error):
        APEX.observe(town.reach(answer_seconds=0.2))


def test_server_that_does_not_know_its_zone_is_unreadable(town: Town) -> None:
    """
    A server that the zone names and that is not authoritative says nothing about the zone (a lame delegation).
    """
    town.zone = replace(town.zone, servers={**town.zone.servers, SECOND: replace(town.zone.servers[SECOND], zones=())})
    with pytest.raises(Unreadable, match="does not know"):
        APEX.observe(town.reach())


def test_server_without_an_address_is_unreachable(town: Town) -> None:
    """
    A server of the zone that cannot be found cannot have agreed.
    """
    town.zone = town.zone.without("ns2.dns.example")
    with pytest.raises(Unreachable, match="has no address"):
        APEX.observe(town.reach())


def test_answer_that_contradicts_itself_is_unreadable(town: Town) -> None:
    """
    An alias that leads to itself is no answer.
    """
    town.zone = town.zone.told("www.getdrop.no", "A").told("www.getdrop.no", "CNAME", "www.getdrop.no.")
    with pytest.raises(Unreadable, match="contradicts itself"):
        Addresses("www.getdrop.no").observe(town.reach())


# -- who may issue ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "restricted", "allowed"),
    [
        (('0 issue "amazon.com"',), True, ("amazon.com",)),
        (('0 issue "Amazon.com; account=1"', '0 issue "letsencrypt.org"'), True, ("amazon.com", "letsencrypt.org")),
        (('0 issue ";"',), True, ()),
        (('0 iodef "mailto:security@getdrop.no"',), False, ()),
        (('0 issuewild ";"',), False, ()),
        (('128 tbs "unknown"', '0 issue "amazon.com"'), True, ()),
        ((), False, ()),
    ],
)
def test_caa_is_read_as_an_authority_reads_it(
    town: Town, records: tuple[str, ...], restricted: bool, allowed: tuple[str, ...]
) -> None:
    """
    RFC 8659: nobody is named, all may; nobody may, or a critical property is unknown, none may; www asks upwards.
    """
    town.zone = town.zone.told("getdrop.no", "CAA", *records)
    for name in ("getdrop.no", "www.getdrop.no"):
        issuers = IssuersAllowed(name).observe(town.reach())
        assert (issuers.restricted, issuers.allowed) == (restricted, allowed)
        assert issuers.stands_at == ("getdrop.no" if records else "")
        assert again(issuers) == issuers


@pytest.mark.parametrize(
    ("ailment", "error"), [("silent", Unreachable), ("servfail", Unreachable), ("refused", Denied)]
)
def test_caa_that_is_not_told_is_unknown(town: Town, ailment: Any, error: type[ProbeError]) -> None:
    """
    Silence is not leave to issue.
    """
    town.zone = town.zone.ail(ailment, by=RESOLVERS)
    with pytest.raises(error):
        IssuersAllowed("getdrop.no").observe(town.reach(answer_seconds=0.2))


# -- signatures -------------------------------------------------------------------------------------------------------

ZONE = """
@ 60 IN SOA ns1 hostmaster 1 7200 900 1209600 300
@ 60 IN NS ns1
@ 60 IN A 192.0.2.10
@ 60 IN AAAA 2001:db8::10
ns1 60 IN A 192.0.2.53
"""


class Signed:
    """A signed zone and its server, which the zone above vouches for."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.apex = dns.name.from_text("getdrop.no")
        self.zone = dns.zone.from_text(ZONE, self.apex, relativize=False)
        self.public = public = dns.dnssec.make_dnskey(key.public_key(), "ECDSAP256SHA256", flags=257)
        with self.zone.writer() as writer:
            dns.dnssec.sign_zone(self.zone, writer, keys=[(key, public)], lifetime=3600)
        self.vouched: tuple[Any, ...] = (dns.dnssec.make_ds(self.apex, public, "SHA256"),)

    def vouch(self, *digests: str) -> None:
        """Let the zone above vouch for the key by these *digests*."""
        policy = dns.dnssec.allow_all_policy
        self.vouched = tuple(dns.dnssec.make_ds(self.apex, self.public, one, policy=policy) for one in digests)

    def answer(self, asked: bytes) -> bytes:
        question = dns.message.from_wire(asked)
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.AA
        (wanted,) = question.question
        if wanted.rdtype == dns.rdatatype.DS and self.vouched:
            reply.answer.append(dns.rrset.from_rdata_list(self.apex, 60, self.vouched))
        kinds = [(wanted.rdtype, dns.rdatatype.NONE), (dns.rdatatype.RRSIG, wanted.rdtype)]
        for kind, covers in kinds:
            if (found := self.zone.get_rrset(wanted.name, kind, covers)) is not None:
                reply.answer.append(found)
        return reply.to_wire()


@pytest.fixture
def signed(town: Town) -> Iterator[tuple[Signed, Reach]]:
    """The signed zone on the wire, as resolver and as authoritative server, and the reach to it."""
    zone = Signed()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked, line = self.request
            line.sendto(zone.answer(asked), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        port = int(server.server_address[1])
        reach = town.reach()
        reach.detour = Detour(ports={f"{address}:53": port for address in (*RESOLVERS, "192.0.2.53")})
        yield zone, reach
        server.shutdown()


def test_good_signatures_are_told(signed: tuple[Signed, Reach]) -> None:
    """
    A zone that is vouched for and keeps its word is signed, and nothing is broken.
    """
    found = APEX.observe(signed[1])
    assert (found.signed, found.broken) == (True, "")


@pytest.mark.parametrize("digests", [("SHA1", "SHA256"), ("SHA384",), ("SHA256", "SHA1"), ("SHA1",)])
def test_a_zone_may_be_vouched_for_by_an_old_digest_too(signed: tuple[Signed, Reach], digests: tuple[str, ...]) -> None:
    """
    A registry that lists SHA-1 beside a better digest, or alone, vouches all the same; a strange key is still noticed.
    """
    zone, reach = signed
    zone.vouch(*digests)
    found = APEX.observe(reach)
    assert (found.signed, found.broken) == (True, "")
    stranger = Signed()
    stranger.vouch(*digests)
    zone.vouched = stranger.vouched
    assert "vouches for" in APEX.observe(reach).broken


def test_a_digest_that_nobody_knows_binds_nobody(signed: tuple[Signed, Reach]) -> None:
    """
    RFC 4035 5.2: where the zone above vouches by unknown digests alone, whoever validates takes the zone for unsigned.
    """
    zone, reach = signed
    zone.vouched = (dns.rdata.from_text("IN", "DS", "12345 13 200 00112233"),)
    assert APEX.observe(reach).signed is False


@pytest.mark.parametrize(
    ("breaks", "why"),
    [
        (lambda zone: replace_address(zone, "192.0.2.66"), ""),
        (lambda zone: setattr(zone, "vouched", Signed().vouched), "vouches for"),
        (lambda zone: drop(zone, dns.rdatatype.RRSIG, dns.rdatatype.A), "without a signature"),
        (lambda zone: drop(zone, dns.rdatatype.DNSKEY, dns.rdatatype.NONE), "no signed keys"),
    ],
    ids=["another address", "another key", "no signature", "no key"],
)
def test_broken_signatures_are_told(signed: tuple[Signed, Reach], breaks: Callable[[Signed], None], why: str) -> None:
    """
    Whoever validates gets no answer from such a zone.
    """
    zone, reach = signed
    breaks(zone)
    found = APEX.observe(reach)
    assert found.signed
    assert why in found.broken
    assert found.broken


def test_zone_that_nobody_vouches_for_is_unsigned(signed: tuple[Signed, Reach]) -> None:
    """
    Signatures without a DS record above them bind nobody.
    """
    zone, reach = signed
    zone.vouched = ()
    assert APEX.observe(reach).signed is False


def drop(zone: Signed, kind: dns.rdatatype.RdataType, covers: dns.rdatatype.RdataType) -> None:
    """The records of that kind at the apex are gone."""
    zone.zone.delete_rdataset(zone.apex, kind, covers)


def replace_address(zone: Signed, address: str) -> None:
    """Another address, under the old signature."""
    record = dns.rrset.from_text(zone.apex, 60, "IN", "A", address)
    zone.zone.replace_rdataset(zone.apex, record.to_rdataset())
