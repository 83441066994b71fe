"""
The twin's DNS: two resolvers that answer for everybody, and the two servers that are authoritative for getdrop.no.

Each has a loopback port of its own, the same for UDP and TCP. What they say is one `Zone`; a server that says something
else, or is unwell, has that in its own `NameServer`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import count
from typing import Literal

# dnslib has no types. The probes use dnspython: what one library misreads, the other does not misread likewise.
from dnslib import (
    CLASS,
    EDNS0,
    OPCODE,
    QTYPE,
    RCODE,
    RR,
    DNSError,
    DNSQuestion,
    DNSRecord,
)

from golive.twin.web import LOOPBACK, NOISE

RESOLVERS = ("198.51.100.53", "198.51.100.54")
AUTHORITATIVE = {"ns1.dns.example": "192.0.2.53", "ns2.dns.example": "192.0.2.54"}
ZONE = "getdrop.no"
SERVICE = ("192.0.2.10", "192.0.2.11")

Ailment = Literal["", "silent", "off", "servfail", "refused", "nxdomain", "truncated", "garbage"]
"""
How a server can be unwell: it never answers (silent), or resets TCP too (off); says SERVFAIL, REFUSED, or NXDOMAIN to
everything; cuts every UDP answer so that the question must come again over TCP (truncated); or sends noise (garbage).
"""

Records = Mapping[str, tuple[str, ...]]
"""By type, as in a zone file: `{"A": ("192.0.2.10",), "CAA": ('0 issue "amazon.com"',)}`."""

_UDP_LIMIT = 1232
_PLAIN_LIMIT = 512


@dataclass(frozen=True, slots=True)
class NameServer:
    """
    One server; without a zone of its own it is a resolver.

    *says* stands in place of the zone's records for the names in it; a name without records is not there.
    """

    zones: tuple[str, ...] = ()
    says: Mapping[str, Records] = field(default_factory=dict)
    ailment: Ailment = ""
    ailing: Mapping[str, Ailment] = field(default_factory=dict)

    @property
    def recursive(self) -> bool:
        """Whether it answers about every name: it has none of its own."""
        return not self.zones


@dataclass(frozen=True, slots=True)
class Zone:
    """
    What all servers say, by name; and the servers, by address.

    *shows* is how many addresses of a name one answer carries, for names whose addresses rotate.
    """

    records: Mapping[str, Records]
    servers: Mapping[str, NameServer]
    shows: Mapping[str, int] = field(default_factory=dict)
    ttl: int = 60
    delay: float = 0.0

    def told(self, name: str, kind: str, *values: str, by: tuple[str, ...] = ()) -> Zone:
        """*name* has these *values*, or none, of that *kind*: say all servers, or those *by* address."""
        if not by:
            return replace(self, records={**self.records, name: _with(self.records.get(name, {}), kind, values)})

        def retold(server: NameServer) -> NameServer:
            former = server.says.get(name, self.records.get(name, {}))
            return replace(server, says={**server.says, name: _with(former, kind, values)})

        return self._served(retold, by)

    def without(self, name: str, by: tuple[str, ...] = ()) -> Zone:
        """*name* is not there: say all servers, or those *by* address."""
        if not by:
            return replace(self, records={known: said for known, said in self.records.items() if known != name})
        return self._served(lambda server: replace(server, says={**server.says, name: {}}), by)

    def ail(self, ailment: Ailment, by: tuple[str, ...] = (), name: str | None = None) -> Zone:
        """All servers, or those *by* address, are unwell: altogether, or only when asked for *name*."""

        def unwell(server: NameServer) -> NameServer:
            if name is None:
                return replace(server, ailment=ailment)
            return replace(server, ailing={**server.ailing, name: ailment})

        return self._served(unwell, by or tuple(self.servers))

    def _served(self, change: Callable[[NameServer], NameServer], by: tuple[str, ...]) -> Zone:
        return replace(self, servers={**self.servers, **{address: change(self.servers[address]) for address in by}})


def healthy(hosts: Mapping[str, tuple[str, ...]] | None = None) -> Zone:
    """The names as they must be; *hosts* are the addresses of whatever else the world has."""
    servers = tuple(AUTHORITATIVE)
    others = {
        "9ef3szvvsb.eu-west-1.awsapprunner.com": SERVICE,
        "auth.bankid.no": ("192.0.2.20",),
        "production.neonomics.io": ("192.0.2.130",),
        "sandbox.neonomics.io": ("192.0.2.131",),
        "oauth.swan.io": ("192.0.2.140",),
        "api.swan.io": ("192.0.2.140",),
        "status.swan.io": ("192.0.2.141",),
        "api.github.com": ("192.0.2.30",),
        "api.sumsub.com": ("192.0.2.55",),
        "uptime.betterstack.com": ("192.0.2.70",),
        "drop-status.betteruptime.com": ("192.0.2.71",),
        "slack.com": ("192.0.2.72",),
        "hooks.slack.com": ("192.0.2.73",),
        "ip-ranges.amazonaws.com": ("192.0.2.80",),
        "drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com": ("192.0.2.40",),
        **{name: (address,) for name, address in AUTHORITATIVE.items()},
        **(hosts or {}),
    }
    return Zone(
        records={
            # Stands for every zone that we have no say in: what denies their names is signed by it.
            ".": {"SOA": ("a.root.example. hostmaster.root.example. 2026030100 1800 900 604800 300",)},
            ZONE: {
                "SOA": (f"{servers[0]}. hostmaster.{ZONE}. 2026030201 7200 900 1209600 300",),
                "NS": tuple(f"{server}." for server in servers),
                "A": SERVICE,
                "CAA": ('0 issue "amazon.com"',),
            },
            f"www.{ZONE}": {"A": SERVICE},
            **{name: {"A": addresses} for name, addresses in others.items()},
            # Whom the failure runbooks want people to write to.
            "bankid.no": {"MX": ("10 mx.mail.example.",)},
            "neonomics.io": {"MX": ("10 mx.mail.example.", "20 mx2.mail.example.")},
            "sumsub.com": {"MX": ("10 mx.mail.example.",)},
            "swan.io": {"MX": ("10 mx.mail.example.",)},
            "mx.mail.example": {"A": ("203.0.113.25",)},
        },
        servers={
            **{address: NameServer() for address in RESOLVERS},
            **{address: NameServer((ZONE,)) for address in AUTHORITATIVE.values()},
        },
    )


class NamesFace:
    """The name servers on the wire."""

    def __init__(self, zone: Callable[[], Zone]) -> None:
        self._zone = zone
        self._turn = count()
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._sockets: dict[str, tuple[socket.socket, socket.socket]] = {}
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def start(self) -> dict[str, int]:
        """Listen for every server of the zone; tells on which loopback port each is found."""
        self._sockets = {address: _pair() for address in self._zone().servers}
        self._thread.start()
        return {f"{address}:53": pair[0].getsockname()[1] for address, pair in self._sockets.items()}

    def stop(self) -> None:
        """Fall silent for good."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for address, (udp, tcp) in self._sockets.items():
                transport, _ = await self._loop.create_datagram_endpoint(partial(_Datagrams, self, address), sock=udp)
                stack.callback(transport.close)
                stack.callback((await asyncio.start_server(partial(self._converse, address), sock=tcp)).close)
            await self._end.wait()
            for writer in self._writers:
                writer.transport.abort()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, address: str, asked: bytes, say: Callable[[bytes], None]) -> None:
        """Answer a datagram in its own time."""
        task = self._loop.create_task(self._reply(address, asked, say))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, address: str, asked: bytes, say: Callable[[bytes], None]) -> None:
        zone = self._zone()
        if zone.delay:
            await asyncio.sleep(zone.delay)
        if said := answer(zone, zone.servers[address], asked, next(self._turn), over_udp=True):
            say(said)

    async def _converse(self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):  # a caller who has left
            while True:
                asked = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                zone = self._zone()
                server = zone.servers[address]
                if zone.delay:
                    await asyncio.sleep(zone.delay)
                if server.ailment == "off":
                    break
                if said := answer(zone, server, asked, next(self._turn), over_udp=False):
                    writer.write(len(said).to_bytes(2, "big") + said)
                    await writer.drain()
        self._writers.discard(writer)
        writer.transport.abort()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, face: NamesFace, address: str) -> None:
        self._face = face
        self._address = address
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        transport = self._transport
        if transport is not None:
            self._face.spawn(self._address, data, lambda said: transport.sendto(said, addr))


def answer(zone: Zone, server: NameServer, asked: bytes, turn: int, *, over_udp: bool) -> bytes | None:
    """What *server* says to a query, in wire format; None where it stays silent."""
    try:
        query = DNSRecord.parse(asked)
        name, kind = str(query.q.qname).rstrip(".").lower() or ".", QTYPE.get(query.q.qtype)
    except (DNSError, ValueError, IndexError):
        return None
    ailment = server.ailing.get(name) or server.ailment
    if ailment in ("silent", "off"):
        return None
    if ailment == "garbage":
        return NOISE[:64]
    edns = next((record for record in query.ar if record.rtype == QTYPE.OPT), None)
    reply = query.reply(ra=int(server.recursive), aa=0)
    reply.header.rd = query.header.rd
    if edns is not None:
        reply.add_ar(EDNS0(udp_len=_UDP_LIMIT))
    refusals = {"servfail": RCODE.SERVFAIL, "refused": RCODE.REFUSED, "nxdomain": RCODE.NXDOMAIN}
    if ailment in refusals:
        reply.header.rcode = refusals[ailment]
    elif query.header.opcode != OPCODE.QUERY:
        reply.header.rcode = RCODE.NOTIMP
    elif query.q.qclass != CLASS.IN or kind in ("AXFR", "IXFR") or not _serves(server, name):
        reply.header.rcode = RCODE.REFUSED
    else:
        _fill(reply, zone, server, name, kind, turn)
    packed: bytes = reply.pack()
    limit = min(_UDP_LIMIT, max(_PLAIN_LIMIT, edns.rclass)) if edns is not None else _PLAIN_LIMIT
    return _cut(reply) if over_udp and (ailment == "truncated" or len(packed) > limit) else packed


def _fill(reply: DNSRecord, zone: Zone, server: NameServer, name: str, kind: str, turn: int) -> None:
    records = {known: said for known, said in {**zone.records, **server.says}.items() if said}
    reply.header.aa = int(not server.recursive)
    seen: set[str] = set()
    owner = str(reply.q.qname)  # in the letters in which it was asked for
    while kind != "CNAME" and (alias := records.get(name, {}).get("CNAME")) and name not in seen:
        seen.add(name)
        reply.add_answer(_record(owner, zone.ttl, "CNAME", alias[0]))
        owner, name = alias[0], alias[0].rstrip(".").lower()
        if not _serves(server, name):
            return
    said = records.get(name, {})
    kinds = [kind] if kind != "ANY" else [*said]
    found = [(each, value) for each in kinds for value in said.get(each, ())]
    if found:
        start, shown = turn % len(found), zone.shows.get(name, len(found))
        for each, value in (found[start:] + found[:start])[:shown]:
            reply.add_answer(_record(owner, zone.ttl, each, value))
        return
    if not any(known == name or known.endswith(f".{name}") for known in records) and name != ".":
        reply.header.rcode = RCODE.NXDOMAIN
    # A zone's DS stands in the zone above it, and so does the word that there is none.
    apex = _zone_of(records, name.partition(".")[2] or "." if kind == "DS" and server.recursive else name)
    if apex is not None:
        reply.add_auth(_record(apex, zone.ttl, "SOA", records[apex]["SOA"][0]))


def _serves(server: NameServer, name: str) -> bool:
    return server.recursive or any(name == zone or name.endswith(f".{zone}") for zone in server.zones)


def _zone_of(records: Mapping[str, Records], name: str) -> str | None:
    labels = name.split(".")
    above = [".".join(labels[cut:]) for cut in range(len(labels))]
    return next((zone for zone in (*above, ".") if "SOA" in records.get(zone, {})), None)


@lru_cache(maxsize=1024)
def _record(owner: str, ttl: int, kind: str, value: str) -> RR:
    return RR.fromZone(f"{owner.rstrip('.')}. {ttl} IN {kind} {value}")[0]


def _cut(reply: DNSRecord) -> bytes:
    short = DNSRecord(reply.header, q=DNSQuestion(reply.q.qname, reply.q.qtype, reply.q.qclass), ar=reply.ar)
    short.header.tc = 1
    packed: bytes = short.pack()
    return packed


def _with(records: Records, kind: str, values: tuple[str, ...]) -> Records:
    others = {known: said for known, said in records.items() if known != kind}
    return {**others, kind: values} if values else others


def _pair() -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on one port; another program may hold one half of the first choice."""
    for _ in range(50):
        tcp = socket.create_server((LOOPBACK, 0), backlog=128)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
            continue
        # Many looks at once must not lose packets: a lost one looks like a name that nobody answers for.
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        udp.setblocking(False)
        tcp.setblocking(False)
        return udp, tcp
    raise OSError("no loopback port is free for both UDP and TCP")
