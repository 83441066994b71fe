"""A small town: the twin's public faces on the wire, and a reach towards them."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from golive.environment import Detour, Environment
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.twin import authority, bankid, names, site
from golive.twin.authority import Authority, Certificate
from golive.twin.bankid import BankIDFace, Provider
from golive.twin.names import NamesFace, Zone
from golive.twin.site import Site
from golive.twin.siteface import SiteFace

HOME = Path(__file__).parents[2]
COMMIT = "8f2c1d4be07a95361f0a3c5d7e9b2468ac13f057"
STARTED = datetime.now(UTC)


class Town:
    """Names, site and BankID, each of which a test may replace while it runs."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.authority = Authority()
        self.folder = tempfile.TemporaryDirectory()
        self.trust = Path(self.folder.name, "authorities.pem")
        self.trust.write_bytes(self.authority.root_pem())
        self.ports: Mapping[str, int] = {}
        self.zone: Zone
        self.site: Site
        self.certificates: dict[str, Certificate]
        self.provider: Provider
        self.reset()
        self.faces = (
            NamesFace(lambda: self.zone),
            SiteFace(lambda: self.site, lambda: self.certificates, self.authority),
            BankIDFace(lambda: self.provider, lambda: self.certificates, self.authority),
        )

    def reset(self) -> None:
        """Everything is well again."""
        self.zone = names.healthy()
        self.site = site.healthy(COMMIT, "drop-web", "webhook-secret")
        self.certificates = authority.healthy(STARTED)
        self.provider = bankid.healthy("drop-web", "client-secret")

    def certify(self, host: str, **change: Any) -> None:
        """*host* shows another certificate."""
        self.certificates[host] = replace(self.certificates[host], **change)

    def reach(self, **network: Any) -> Reach:
        """A new reach towards this town, that remembers no look; *network* replaces the environment's patience."""
        environment = self.environment.model_copy(
            update={"network": self.environment.network.model_copy(update=network)}
        )
        reach: Reach

        def ask(look: Look[Any]) -> Any:
            return look.observe(reach)

        reach = Reach(environment, Detour(ports=self.ports, trust=self.trust), ask)
        return reach


def answered_by(ask: Callable[[Look[Any]], Any], reach: Reach) -> Reach:
    """Another *reach*, where *ask* answers the looks that a look depends on."""
    return Reach(reach.environment, reach.detour, ask)


def plain(town: Town, serve: Callable[..., int], said: bytes) -> Reach:
    """A reach whose getdrop.no answers *said* to everything over plain HTTP, and hangs up."""

    def talk(connection: Any) -> None:
        connection.recv(9999)
        connection.sendall(said)

    reach = town.reach()
    reach.detour = replace(reach.detour, ports={**town.ports, **doors(serve(talk))})
    return reach


def doors(port: int) -> dict[str, int]:
    """Both addresses of the site's port 80, behind *port*."""
    return {"192.0.2.10:80": port, "192.0.2.11:80": port}


def again(answer: Any) -> Any:
    """*answer* as it comes back from the record."""
    kind: TypeAdapter[Any] = TypeAdapter(type(answer))
    return kind.validate_json(kind.dump_json(answer))


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])
