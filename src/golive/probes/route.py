"""The way to the database, step by step: its name, a connection, and the certificate; before any password is shown.

PostgreSQL takes a request for TLS before anything else, and says S or N to it:
https://www.postgresql.org/docs/16/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from golive.errors import Unreachable, Unreadable, Untrusted
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.session import OfDatabase, authorities

_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True, slots=True)
class Route:
    """A way that leads there: every address answered, and proved by its certificate that it is the database's."""

    host: str
    addresses: tuple[str, ...]
    version: str  # "TLSv1.3"


@dataclass(frozen=True, slots=True)
class DatabaseRoute(OfDatabase, Look[Route]):
    """Can the database be reached, and does it prove who it is?"""

    def permissions(self, environment: object) -> tuple[()]:  # noqa: ARG002  # of a look
        """None: nobody says who asks."""
        return ()

    def observe(self, reach: Reach) -> Route:
        """The error says how far it led: no name, no connection, no encryption, no proof."""
        database = reach.environment.database
        host = reach.environment.answered(database.host, "database.host")
        target = f"{host}:{database.port}"
        doors = reach.doors(host, database.port)
        context = ssl.create_default_context(cafile=str(authorities(reach, target)))
        patience, version = reach.environment.network.answer_seconds, ""
        for address, door in doors.items():
            with _connected(f"{target} ({address})", door, patience) as plain:
                version = _proved(plain, context, host, target)
        return Route(host, tuple(doors), version)


@contextmanager
def _connected(target: str, door: tuple[str, int], patience: float) -> Iterator[socket.socket]:
    try:
        connection = socket.create_connection(door, patience)
    except OSError as exc:
        raise Unreachable(target, f"the name resolves, and no TCP connection comes about: {exc}") from None
    with connection:
        yield connection


def _proved(plain: socket.socket, context: ssl.SSLContext, host: str, target: str) -> str:
    try:
        plain.sendall(_REQUEST)
        said = plain.recv(1)
    except OSError as exc:
        raise Unreachable(target, f"TCP connects, and nothing is answered: {exc}") from None
    if said == b"N":
        raise Untrusted(target, "TCP connects, and the database offers no TLS")
    if said != b"S":
        raise (Unreadable if said else Unreachable)(target, "TCP connects, and what answers is no PostgreSQL")
    try:
        with context.wrap_socket(plain, server_hostname=host) as proved:
            return proved.version() or ""
    except ssl.SSLCertVerificationError as exc:
        raise Untrusted(
            target, f"its certificate does not prove that it is the database: {exc.verify_message}"
        ) from None
    except (ssl.SSLError, OSError) as exc:
        raise Unreachable(target, f"TCP connects, and TLS does not come about: {exc}") from None
