"""The database as the twin has it: a real PostgreSQL 16 (`postmaster`), behind a front that speaks TLS as RDS does.

This build of PostgreSQL has no TLS, so the front answers SSLRequest, terminates TLS with the caller's chain, and passes
bytes. A client that asks for no TLS is refused as by RDS with `rds.force_ssl`. Inside the session `pg_stat_ssl`
therefore sees none, and channel binding is not offered.
"""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from golive.twin.database import ADDRESS, Database, Front, Row, Table
from golive.twin.postmaster import Postmaster
from golive.twin.tables import build, fill
from golive.twin.wire import Loopback

_SSL_REQUEST, _GSS_REQUEST, _CANCEL_REQUEST = 80877103, 80877104, 80877102


class Postgres:
    """The face: start it, connect to it, `apply` another world."""

    def __init__(self, database: Database, ssl_context: Callable[[], ssl.SSLContext]) -> None:
        """*ssl_context* is asked anew for every connection, so that the certificate may change while we run."""
        self._database = database
        self._ssl_context = ssl_context
        self._server = Postmaster()
        self._front = _Door(self)
        self._world = threading.Lock()
        self.delay = 0.0  # seconds until whatever a client says is heard

    def start(self) -> dict[str, int]:
        """The port on loopback, by the address that production has."""
        self._server.start()
        with self._world, self._server.connect() as connection:
            build(connection, None, self._database)
        return {ADDRESS: self._front.start()}

    def stop(self) -> None:
        """Close the door, and end the server."""
        self._front.stop()
        self._server.stop()

    @property
    def folder(self) -> Path:
        """Where the data lie, while we run."""
        return self._server.folder

    def apply(self, database: Database) -> None:
        """Make *database* the world: what differs is built anew in one transaction, the rest is not touched."""
        if database.front not in get_args(Front):
            raise ValueError(f"no such front: {database.front}")
        if database.roles.keys() != self._database.roles.keys():
            raise ValueError("roles are neither added nor taken away: change their passwords and rights")
        with self._world:
            if replace(database, front=self._database.front) != self._database:
                self._rebuild(database)
            self._database = database

    def insert(self, table: str, row: Row) -> None:
        """Somebody writes a row while we run; the next world that is applied does not have it."""
        with self._world:
            now = self._database
            with self._server.connect() as connection:
                fill(connection, table, Table({}, (row,)), now.now)
            self._database = now.having(**{table: now.tables[table].with_rows(row)})

    def _rebuild(self, database: Database) -> None:
        from psycopg.errors import LockNotAvailable

        try:
            with self._server.connect() as connection:
                build(connection, self._database, database)
        except LockNotAvailable:  # somebody left a transaction open: the world does not wait for them
            with self._server.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename <> current_user"
                )
                build(connection, self._database, database)

    def admit(self, client: socket.socket) -> None:
        """Serve one connection, to its end."""
        front = self._database.front
        if front == "off":
            return
        if front == "silent":
            while client.recv(4096):
                pass
            return
        if front == "garbage":
            client.recv(4096)
            client.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            return
        opening = _opening(client)
        while opening.code in {_GSS_REQUEST, _SSL_REQUEST}:
            if opening.code == _SSL_REQUEST and front in ("tls", "full"):
                client.sendall(b"S")
                with self._ssl_context().wrap_socket(client, server_side=True) as secure:
                    if front == "full":
                        _opening(secure)
                        secure.sendall(_error("53300", "sorry, too many clients already"))
                    else:
                        self._pass_on(secure, b"")
                return
            client.sendall(b"N")
            opening = _opening(client)
        if front in ("tls", "full") and opening.code != _CANCEL_REQUEST:
            client.sendall(_refusal(opening))
        else:
            self._pass_on(client, opening.raw)

    def _pass_on(self, client: socket.socket, first: bytes) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server.socket))
            server.sendall(first)
            _relay(client, server, lambda: self.delay)


class _Door(Loopback):
    def __init__(self, face: Postgres) -> None:
        self.face = face
        super().__init__(_Connection)


class _Connection(socketserver.BaseRequestHandler):
    server: _Door
    request: socket.socket

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.face.admit(self.request)


@dataclass(frozen=True, slots=True)
class _Opening:
    """The first message of a client: its length, a code, and a start-up's parameters."""

    code: int
    raw: bytes

    @property
    def said(self) -> Mapping[str, str]:
        words = [word.decode("utf-8", "replace") for word in self.raw[8:].split(b"\0")]
        return dict(zip(words[::2], words[1::2], strict=False))


def _opening(client: socket.socket) -> _Opening:
    head = _exactly(client, 8)
    length, code = struct.unpack("!ii", head)
    if not 8 <= length <= 10_000:
        raise ConnectionAbortedError("this is no PostgreSQL client")
    return _Opening(code, head + _exactly(client, length - 8))


def _exactly(client: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        more = client.recv(size - len(read))
        if not more:
            raise ConnectionAbortedError("the client hung up")
        read += more
    return read


def _refusal(opening: _Opening) -> bytes:
    """What RDS says to a client without TLS: an ErrorResponse, code 28000."""
    said = opening.said
    user = said.get("user", "")
    words = (
        f'no pg_hba.conf entry for host "127.0.0.1", user "{user}", '
        f'database "{said.get("database", user)}", no encryption'
    )
    return _error("28000", words)


def _error(code: str, words: str) -> bytes:
    """An ErrorResponse that ends the connection (PostgreSQL's protocol, 55.7 and 55.8)."""
    fields = f"SFATAL\0VFATAL\0C{code}\0M{words}\0".encode()
    return b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0"


def _relay(client: socket.socket, server: socket.socket, delay: Callable[[], float]) -> None:
    """
    Pass bytes both ways until one side ends.

    Each word of the client arrives *delay* seconds after it was said, as on a long line: what is said together arrives
    together.
    """
    under_way: deque[tuple[float, bytes]] = deque()  # when it arrives (monotonic), and what
    while True:
        # What TLS has decrypted already, no select sees.
        waiting = isinstance(client, ssl.SSLSocket) and client.pending()
        patience = max(under_way[0][0] - time.monotonic(), 0.0) if under_way else None
        ready = [client] if waiting else select.select([client, server], [], [], patience)[0]
        for source in ready:
            said = source.recv(65_536)
            if not said:
                return
            if source is client:
                under_way.append((time.monotonic() + delay(), said))
            else:
                client.sendall(said)
        while under_way and under_way[0][0] <= time.monotonic():
            server.sendall(under_way.popleft()[1])
