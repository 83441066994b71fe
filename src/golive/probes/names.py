"""What the name servers say: the environment's resolvers, and the servers that are authoritative for a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golive.errors import CannotTell, Denied, Unreachable, Unreadable
from golive.probes.absent import Nothing
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.together import has_way, together

if TYPE_CHECKING:
    from dns.message import QueryMessage
    from dns.node import Node
    from dns.rdata import Rdata
    from dns.rdataset import Rdataset
    from dns.rdtypes.ANY.DS import DS
    from dns.rrset import RRset

    from golive.coordinates import Network
    from golive.environment import Environment

ADDRESSES = ("A", "AAAA")
# Nobody has a name under .invalid (RFC 6761 6.4): a name server that gives one an address gives it to anything.
NO_NAME = "golive-that-is-not-there.invalid"
KNOWN_PROPERTIES = (b"issue", b"issuewild", b"iodef")
# By which digests a zone vouches for the one under it: SHA-256, SHA-384, and SHA-1 where it has neither (RFC 4509 3).
DIGESTS, LAST_DIGEST = (2, 4), (1,)


@dataclass(frozen=True, slots=True)
class Said:
    """What one name server says of a name, all rounds joined."""

    server: str  # "198.51.100.53", or "192.0.2.53 (ns1.dns.example)"
    authoritative: bool
    exists: bool  # False: "there is no such name" (NXDOMAIN)
    addresses: tuple[str, ...]  # IPv4 and IPv6, sorted; none where the name is there without an address


@dataclass(frozen=True, slots=True)
class Found:
    """What all of them say. Each has answered: one that had not would have been an error."""

    name: str
    zone: str  # the name's zone, "" where it is the root's
    said: tuple[Said, ...]
    unseen: tuple[str, ...]  # servers with an IPv6 address beside an IPv4 one, which this machine has no way to
    signed: bool  # the zone's parent publishes a DS record: validating resolvers demand good signatures
    broken: str  # why the signatures are not good, "" where they are or none is demanded

    @property
    def addresses(self) -> frozenset[str]:
        """Every address that anybody gave."""
        return frozenset(address for each in self.said for address in each.addresses)


@dataclass(frozen=True, slots=True)
class _OfName:
    name: str

    @property
    def host(self) -> str:
        return "name servers"

    def places(self, network: Network) -> int:
        return network.per_name_servers

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A name that is not there."""
        return NoSuchName()


@dataclass(frozen=True, slots=True)
class NoSuchName(Look[Nothing]):
    """The control of the resolvers: a name that cannot be there must have no address."""

    @property
    def source(self) -> str:
        """The resolvers."""
        return f"name servers, about {NO_NAME}"

    @property
    def host(self) -> str:
        """As the other looks at names."""
        return "name servers"

    def observe(self, reach: Reach) -> Nothing:
        """CannotTell where any of them gives it an address; errors as `names.query`."""
        together(lambda resolver: _must_not_know(reach, str(resolver)), reach.environment.network.resolvers)
        return Nothing(self.source)


@dataclass(frozen=True, slots=True)
class Addresses(_OfName, Look[Found]):
    """
    Which addresses has *name*, says each resolver and each authoritative server of its zone, asked directly?

    Each is asked *rounds* times, since a name in front of many machines shows other addresses each time.
    """

    rounds: int = 1

    @property
    def source(self) -> str:
        """All name servers that are asked."""
        return f"name servers, about {self.name}"

    def observe(self, reach: Reach) -> Found:
        """
        Unreachable: a server is silent, or says that it fails (SERVFAIL). Denied: it refuses (REFUSED). Unreadable: not
        DNS, or a server of the zone that does not know it. That the name or an address is not there is an answer.
        """
        resolvers = [str(address) for address in reach.environment.network.resolvers]
        zone, servers = _servers(reach, resolvers[0], self.name)
        seen = {address: server for address, server in servers.items() if _can_ask(reach, address)}
        lost = {server for server in servers.values() if server not in seen.values()}
        if lost:
            raise Unreachable(", ".join(sorted(lost)), "this machine has no way to this name server of the zone")
        asked = [(address, "") for address in resolvers] + list(seen.items())
        said = together(lambda one: self._ask(reach, *one), asked)
        together(lambda address: _must_not_know(reach, address), seen)  # of the resolvers that is a look of its own
        signed, broken = _signatures(reach, resolvers[0], zone, tuple(seen), self.name) if seen else (False, "")
        unseen = tuple(f"{address} ({server})" for address, server in servers.items() if address not in seen)
        return Found(self.name, zone, tuple(said), unseen, signed, broken)

    def _ask(self, reach: Reach, address: str, server: str) -> Said:
        """*server* is the name of an authoritative one, "" for a resolver."""
        kinds = ADDRESSES * self.rounds
        answers = together(lambda kind: query(reach, address, self.name, kind, recursive=not server), kinds)
        found = {value for answer, kind in zip(answers, kinds, strict=True) for value in values(answer, kind, address)}
        there = all(map(exists, answers))
        return Said(f"{address} ({server})" if server else address, bool(server), there, tuple(sorted(found)))


@dataclass(frozen=True, slots=True)
class Issuers:
    """Who may issue certificates for a name, by its CAA records (RFC 8659)."""

    name: str
    stands_at: str  # the name whose records count: the nearest upwards that has any; "" where there are none
    restricted: bool  # False: anybody may
    allowed: tuple[str, ...]  # domains of the authorities


@dataclass(frozen=True, slots=True)
class IssuersAllowed(_OfName, Look[Issuers]):
    """Who may issue certificates for *name*?"""

    @property
    def source(self) -> str:
        """The records that say who may issue."""
        return f"CAA records of {self.name}"

    def observe(self, reach: Reach) -> Issuers:
        """Errors as `Addresses`; no record is an answer."""
        resolver = str(reach.environment.network.resolvers[0])
        for name in _upwards(self.name):
            records = _rrset(query(reach, resolver, name, "CAA", recursive=True), "CAA", resolver)
            if records is None:
                continue
            issue = [record for record in records if record.tag.lower() == b"issue"]
            # A critical property that we do not know forbids everything (RFC 8659 4.1).
            if any(record.flags & 128 and record.tag.lower() not in KNOWN_PROPERTIES for record in records):
                return Issuers(self.name, name, True, ())
            allowed = {record.value.decode("ascii", "replace").partition(";")[0].strip().lower() for record in issue}
            return Issuers(self.name, name, bool(issue), tuple(sorted(filter(None, allowed))))
        return Issuers(self.name, "", False, ())


def _must_not_know(reach: Reach, server: str) -> None:
    """CannotTell where the name server at *server* gives an address to a name that nobody has."""
    try:
        found = values(query(reach, server, NO_NAME, "A", recursive=True), "A", server)
    except Denied:  # a server of a zone answers for that zone alone
        return
    if found:
        raise CannotTell(server, f"this name server has an address for {NO_NAME}, so it has one for anything")


def _upwards(name: str) -> Iterator[str]:
    """*name* and each name above it, the root left out."""
    labels = name.split(".")
    return (".".join(labels[cut:]) for cut in range(len(labels)))


def _servers(reach: Reach, resolver: str, name: str) -> tuple[str, dict[str, str]]:
    """The zone that *name* is in, and its servers' addresses with their names; no server is told of the root's."""
    for zone in _upwards(name):
        records = _rrset(query(reach, resolver, zone, "NS", recursive=True), "NS", resolver)
        if records is None:
            continue
        names = [record.target.to_text(omit_final_dot=True).lower() for record in records]
        asked = [(server, kind) for server in names for kind in ADDRESSES]
        answers = together(lambda one: query(reach, resolver, *one, recursive=True), asked)
        servers = {
            address: server
            for (server, kind), answer in zip(asked, answers, strict=True)
            for address in values(answer, kind, resolver)
        }
        if lost := sorted(set(names) - set(servers.values())):
            raise Unreachable(", ".join(lost), f"this name server of {zone} has no address")
        return zone, dict(sorted(servers.items()))
    return "", {}


def _can_ask(reach: Reach, address: str) -> bool:
    return reach.environment.rehearsal or ":" not in address or has_way(address)


def query(
    reach: Reach, address: str, name: str, kind: str, *, recursive: bool, signatures: bool = False
) -> QueryMessage:
    """Ask one server, over TCP where UDP cuts the answer; only NOERROR and NXDOMAIN come back."""
    import dns.exception
    import dns.flags
    import dns.message
    import dns.query
    import dns.rcode

    question = dns.message.make_query(name, kind, use_edns=0, payload=1232, want_dnssec=signatures)
    if not recursive:
        question.flags &= ~dns.flags.RD
    where, port = reach.name_server(address)
    about = f"about {name} {kind}"
    patience = reach.environment.network.answer_seconds
    try:
        answer, _ = dns.query.udp_with_fallback(question, where, timeout=patience, port=port, ignore_unexpected=True)
    except dns.exception.Timeout as exc:
        raise Unreachable(address, f"this name server does not answer {about}") from exc
    except dns.exception.DNSException as exc:
        raise Unreadable(address, f"what this name server says {about} is not DNS: {exc!r}"[:200]) from exc
    except (OSError, EOFError) as exc:
        raise Unreachable(address, f"this name server cannot be asked {about}: {exc}") from exc
    if not isinstance(answer, dns.message.QueryMessage):
        raise Unreadable(address, f"what this name server says is no answer, asked {about}")
    match answer.rcode():
        case dns.rcode.NOERROR | dns.rcode.NXDOMAIN:
            if not recursive and not answer.flags & dns.flags.AA:
                raise Unreadable(address, f"this name server of the zone does not know the zone, asked {about}")
            return answer
        case dns.rcode.SERVFAIL:
            raise Unreachable(address, f"this name server says that it fails (SERVFAIL), asked {about}")
        case dns.rcode.REFUSED:
            raise Denied(address, f"this name server refuses to answer (REFUSED) {about}")
        case code:
            raise Unreadable(address, f"this name server answers {dns.rcode.to_text(code)}, asked {about}")


def exists(answer: QueryMessage) -> bool:
    """Whether the name that was asked for is there, with or without such records."""
    import dns.rcode

    return answer.rcode() != dns.rcode.NXDOMAIN


def _rrset(answer: QueryMessage, kind: str, address: str) -> RRset | None:
    """The records that answer the question, aliases followed as far as this answer does; None where there are none."""
    import dns.exception

    try:
        return answer.resolve_chaining().answer
    except dns.exception.DNSException as exc:
        raise Unreadable(address, f"this name server's answer about {kind} contradicts itself: {exc}") from exc


def values(answer: QueryMessage, kind: str, address: str) -> list[str]:
    """The records of *kind* in *answer*, as text; none where there are none."""
    return [record.to_text() for record in _rrset(answer, kind, address) or ()]


def _signatures(reach: Reach, resolver: str, zone: str, servers: tuple[str, ...], name: str) -> tuple[bool, str]:
    """Whether the zone must be signed, and why what its servers say of *name* does not hold then, "" where it does."""
    import dns.dnssec
    import dns.exception
    import dns.name
    import dns.rdatatype

    vouched = _rrset(query(reach, resolver, zone, "DS", recursive=True), "DS", resolver) or ()
    promised = [[ds for ds in vouched if ds.digest_type in kinds] for kinds in (DIGESTS, LAST_DIGEST)]
    if not any(promised):  # who validates takes a zone for unsigned whose digests it does not know (RFC 4035 5.2)
        return False, ""
    apex = dns.name.from_text(zone)

    def signed(server: str, owner: str, kind: str) -> tuple[RRset | None, RRset | None]:
        answer = query(reach, server, owner, kind, recursive=False, signatures=True)
        wanted, at = dns.rdatatype.from_text(kind), dns.name.from_text(owner)
        parts = {(record.rdtype, record.covers): record for record in answer.answer if record.name == at}
        return parts.get((wanted, dns.rdatatype.NONE)), parts.get((dns.rdatatype.RRSIG, wanted))

    def _digest(key: Rdata, ds: DS) -> DS:
        # The library would rather not make SHA-1; whether a zone should is the registry's to say.
        return dns.dnssec.make_ds(apex, key, ds.digest_type, policy=dns.dnssec.allow_all_policy)

    def check(server: str) -> str:
        keys, keys_sig = signed(server, zone, "DNSKEY")
        if keys is None or keys_sig is None:
            return f"{server} shows no signed keys of {zone}"
        if not any(_digest(key, ds) == ds for key in keys for ds in promised[0] or promised[1]):
            return f"{server} shows none of the keys that the zone above {zone} vouches for"
        ring: dict[dns.name.Name, Node | Rdataset] = {apex: keys}
        try:
            dns.dnssec.validate(keys, keys_sig, ring)
            for kind in ADDRESSES:
                records, signature = signed(server, name, kind)
                if records is not None and signature is None:
                    return f"{server} gives {name} {kind} without a signature"
                if records is not None and signature is not None:
                    dns.dnssec.validate(records, signature, ring)
        except dns.exception.ValidationFailure as exc:
            return f"{server}: {exc}"
        except (dns.exception.UnsupportedAlgorithm, dns.exception.DeniedByPolicy) as exc:
            raise Unreadable(server, f"{zone} is signed in a way that cannot be checked here") from exc
        return ""

    return True, next(filter(None, together(check, servers)), "")
