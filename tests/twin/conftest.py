"""Meeting the twin over the wire: the faces, and clients that find them behind their loopback ports."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dns.message
import dns.query
import httpcore
import httpx
import pytest

from golive.twin import (
    authority,
    bankid,
    betterstack,
    betterstackface,
    github,
    names,
    neonomics,
    ranges,
    site,
    siteface,
    slack,
    sumsub,
    swan,
    web,
)
from golive.twin.authority import Authority, Certificate

NOW = datetime.now(UTC).replace(microsecond=0)
COMMIT = "5f1c0de4b0a9d3e2f7c6b8a190d4e3f2c1b0a987"
WEBHOOK = "https://hooks.slack.com/services/T0TEAM00001/B0SERVICE01/0123456789abcdefABCDEF01"
PLACES = {
    "getdrop.no": "192.0.2.10",
    "www.getdrop.no": "192.0.2.11",
    "9ef3szvvsb.eu-west-1.awsapprunner.com": "192.0.2.10",
    "auth.bankid.no": "192.0.2.20",
    "api.github.com": "192.0.2.30",
    **neonomics.ADDRESSES,
    swan.TOKEN_HOST: swan.ADDRESS,
    swan.API_HOST: swan.ADDRESS,
    swan.PAGE_HOST: swan.PAGE_ADDRESS,
    "api.sumsub.com": "192.0.2.55",
    "uptime.betterstack.com": "192.0.2.70",
    "drop-status.betteruptime.com": "192.0.2.71",
    "slack.com": "192.0.2.72",
    "hooks.slack.com": "192.0.2.73",
    ranges.HOST: ranges.ADDRESS,
    "astray.example": "203.0.113.77",
}


@dataclass
class World:
    """The parts that the faces read, each to be replaced as a fault would."""

    zone: names.Zone
    certificates: Mapping[str, Certificate]
    site: site.Site
    bankid: bankid.Provider
    github: github.Repository
    neonomics: neonomics.Neonomics
    swan: swan.Swan
    sumsub: sumsub.Account
    betterstack: betterstack.Uptime
    slack: slack.Workspace
    ranges: ranges.Published


@dataclass
class Twin:
    """The faces while they run."""

    world: World
    ca: Authority
    ports: Mapping[str, int]
    faces: tuple[web.Front, ...]

    def swap(self, **parts: object) -> None:
        """Replace *parts* of the world as the lead of a sweep does."""
        for name, part in parts.items():
            setattr(self.world, name, part)
        for face in self.faces:
            face.swapped()

    def port(self, host: str, port: int = 443) -> int:
        return self.ports[f"{PLACES.get(host, host)}:{port}"]

    def trusting(self, *issuers: str) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.ca.root_pem(*issuers).decode())

    def client(self, timeout: float = 5) -> httpx.Client:
        trust = self.trusting()
        transport = httpx.HTTPTransport(verify=trust)
        transport._pool = httpcore.ConnectionPool(ssl_context=trust, network_backend=_Inside(self))
        return httpx.Client(transport=transport, timeout=timeout, trust_env=False)

    def ask(
        self,
        server: str,
        name: str,
        kind: str = "A",
        *,
        tcp: bool = False,
        timeout: float = 5,
        use_edns: int | bool | None = None,
        want_dnssec: bool = False,
    ) -> dns.message.Message:
        """The answer of *server*, a cut one as it came."""
        query = dns.message.make_query(name, kind, use_edns=use_edns, want_dnssec=want_dnssec)
        send = dns.query.tcp if tcp else dns.query.udp
        return send(query, "127.0.0.1", port=self.ports[f"{server}:53"], timeout=timeout)


class _Inside(httpcore.NetworkBackend):
    """Goes to a host of the twin, and to nowhere else."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - the interface's
        socket_options: object = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return self._real.connect_tcp("127.0.0.1", self._twin.port(host, port), timeout)


@pytest.fixture(scope="session")
def ca() -> Authority:
    return Authority()


@pytest.fixture
def twin(ca: Authority) -> Iterator[Twin]:
    world = World(
        names.healthy(),
        {**authority.healthy(NOW), "astray.example": authority.healthy(NOW)["getdrop.no"]},
        site.healthy(COMMIT, "drop-prod", "webhook-secret"),
        bankid.healthy("drop-prod", "client-secret"),
        github.healthy(COMMIT, "token", NOW),
        neonomics.healthy("drop", "neonomics-secret"),
        swan.healthy("LIVE_drop", "swan-secret"),
        sumsub.healthy(NOW, "prd:service", "service-secret", "webhook-secret"),
        betterstack.healthy(NOW, NOW - timedelta(hours=25), "token"),
        slack.healthy(NOW, NOW - timedelta(hours=25), "xoxb-token", WEBHOOK, NOW - timedelta(hours=26)),
        ranges.Published(),
    )

    def certificates() -> Mapping[str, Certificate]:
        return world.certificates

    fronts: tuple[web.Front, ...] = (
        siteface.SiteFace(lambda: world.site, certificates, ca),
        bankid.BankIDFace(lambda: world.bankid, certificates, ca),
        github.GitHubFace(lambda: world.github, certificates, ca),
        neonomics.NeonomicsFace(lambda: world.neonomics, certificates, ca),
        swan.SwanFace(lambda: world.swan, certificates, ca),
        sumsub.SumsubFace(lambda: world.sumsub, certificates, ca),
        betterstackface.BetterStackFace(lambda: world.betterstack, certificates, ca),
        slack.SlackFace(lambda: world.slack, certificates, ca),
        ranges.RangesFace(lambda: world.ranges, certificates, ca),
    )
    with web.running(*fronts, names.NamesFace(lambda: world.zone)) as ports:
        yield Twin(world, ca, ports, fronts)


@pytest.fixture
def client(twin: Twin) -> Iterator[httpx.Client]:
    with twin.client() as opened:
        yield opened


@pytest.fixture
def shown(twin: Twin) -> Callable[..., ssl.SSLSocket]:
    """Shakes hands with a host and hands over the connection."""

    def shake(host: str, context: ssl.SSLContext, name: str | None = "") -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", twin.port(host)), timeout=5)
        return context.wrap_socket(raw, server_hostname=host if name == "" else name)

    return shake
