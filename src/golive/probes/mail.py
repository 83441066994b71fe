"""Does a domain take mail? By its MX records (RFC 5321 5.1, and RFC 7505 for a domain that says it takes none)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golive.probes.look import Look
from golive.probes.names import ADDRESSES, NoSuchName, exists, query, values

if TYPE_CHECKING:
    from golive.coordinates import Network
    from golive.environment import Environment
    from golive.probes.reach import Reach


@dataclass(frozen=True, slots=True)
class MailDomain:
    """Who takes mail for a domain."""

    source: str
    domain: str
    exists: bool
    servers: tuple[str, ...]  # "." alone: the domain says that it takes none
    reachable: bool  # whether one of them, or without any the domain itself, has an address


@dataclass(frozen=True, slots=True)
class MailTaken(Look[MailDomain]):
    """Who takes mail for *domain*?"""

    domain: str

    @property
    def source(self) -> str:
        """The records."""
        return f"MX records of {self.domain}"

    @property
    def host(self) -> str:
        """Those whom every look at a name asks."""
        return "name servers"

    def places(self, network: Network) -> int:
        """As for every look at a name."""
        return network.per_name_servers

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A name that is not there."""
        return NoSuchName()

    def observe(self, reach: Reach) -> MailDomain:
        """Errors as `names.Addresses`; nothing is sent to anybody."""
        resolver = str(reach.environment.network.resolvers[0])
        answer = query(reach, resolver, self.domain, "MX", recursive=True)
        servers = sorted({value.split()[-1].rstrip(".").lower() or "." for value in values(answer, "MX", resolver)})
        hosts = [name for name in servers if name != "."] or ([] if servers else [self.domain])
        reachable = any(
            values(query(reach, resolver, host, kind, recursive=True), kind, resolver)
            for host in hosts
            for kind in ADDRESSES
        )
        return MailDomain(self.source, self.domain, exists(answer), tuple(servers), reachable)
