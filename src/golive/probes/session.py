"""How the database is asked: by a role that can read and nothing else, over a line that proves who answers.

A connection for each look: they are few, go side by side, and none waits for another's lock. The transaction is read
only, and still a role that *could* write is refused: the gate must not carry a key that can do harm in other hands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golive.errors import Denied, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes.look import Permission

if TYPE_CHECKING:
    import psycopg

    from golive.coordinates import Network
    from golive.environment import Environment
    from golive.probes.reach import Reach

_MAY_WRITE = """
SELECT bool_or(role.rolsuper),
       count(DISTINCT relation.oid),
       min(relation.relname)
FROM pg_roles AS role
LEFT JOIN pg_class AS relation
  ON relation.relkind IN ('r', 'p', 'v', 'm', 'f')
 AND relation.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^(pg_|information_schema$)')
 AND (has_table_privilege(role.oid, relation.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      OR has_any_column_privilege(role.oid, relation.oid, 'INSERT, UPDATE'))
WHERE pg_has_role(current_user, role.oid, 'MEMBER')
"""
# Tables of which row-level security may hide rows from us: it is on, and no policy for our role shows every row, or
# another takes some away again. To turn it off for the session would refuse a role with such a policy as well, and
# what goes around it (BYPASSRLS) nobody can be given at RDS.
_HIDDEN = """
WITH ours AS (
    SELECT polrelid, polpermissive, coalesce(pg_get_expr(polqual, polrelid) = 'true', false) AS shows_all
    FROM pg_policy
    WHERE polcmd IN ('r', '*')
      AND EXISTS (SELECT FROM unnest(polroles) AS role(oid)
                  WHERE role.oid = 0 OR pg_has_role(current_user, role.oid, 'USAGE'))
)
SELECT array_agg(relname::text ORDER BY relname)
FROM pg_class
WHERE oid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS read(name))
  AND row_security_active(oid)
  AND (NOT EXISTS (SELECT FROM ours WHERE polrelid = pg_class.oid AND polpermissive AND shows_all)
       OR EXISTS (SELECT FROM ours WHERE polrelid = pg_class.oid AND NOT polpermissive AND NOT shows_all))
"""
_CONNECTIONS = 8

# How an SQLSTATE begins that says "not now" (too many connections, starting up), or "not you" (password, right, name).
_NOT_NOW = ("53", "57P")
_NOT_YOU = ("28", "42501", "3D000")
_NOT_THERE = ("42P01", "42703")  # a table, a column
_TIMED_OUT = "57014"
_BUSY = re.compile(r"too many|slots are reserved|starting up|shutting down|recovery mode|not (yet )?accepting")
_NAME = r'"?[A-Za-z_][\w.$]{0,62}"?'
_SENTENCES = re.compile(
    rf"""permission\ denied\ (for|to)\ (\w+\ )?{_NAME}
    | (relation|role|database|schema|column|function)\ {_NAME}\ does\ not\ exist
    | password\ authentication\ failed\ for\ user\ {_NAME}
    | role\ {_NAME}\ is\ not\ permitted\ to\ log\ in
    | no\ pg_hba\.conf\ entry\ for\ host\ "[\w.:]+",\ user\ {_NAME},\ database\ {_NAME},\ (no|SSL|GSS)\ encryption
    | too\ many\ connections\ for\ (role|database)\ {_NAME}
    | sorry,\ too\ many\ clients\ already
    | remaining\ connection\ slots\ are\ reserved\ for\ [\w ]{{1,80}}
    | the\ database\ system\ is\ (starting\ up|shutting\ down|in\ recovery\ mode|not\ (yet\ )?accepting\ connections)
    | cannot\ execute\ [A-Z ]{{1,40}}\ in\ a\ read-only\ transaction
    | terminating\ connection\ due\ to\ [\w -]{{1,60}}""",
    re.VERBOSE,
)
# What libpq says before there is a session, by words that stand in it: it repeats whatever comes from the other side.
_SIGNS: tuple[tuple[str, type[ProbeError], str], ...] = (
    ("unexpected eof", Unreachable, "it hung up while TLS was being agreed upon"),
    ("does not match host name", Untrusted, "its certificate is for another name"),
    ("certificate has expired", Untrusted, "its certificate is not to be trusted: it has expired"),
    ("certificate", Untrusted, "its certificate is not to be trusted"),
    ("does not support SSL", Untrusted, "it offers no encryption (server does not support SSL)"),
    ("SSL error", Untrusted, "TLS failed (SSL error)"),
    ("invalid response", Unreadable, "what answers is no PostgreSQL (invalid response)"),
    ("unsupported protocol", Unreadable, "what answers is no PostgreSQL (unsupported protocol)"),
    ("expected authentication request", Unreadable, "what answers is no PostgreSQL"),
    ("timeout expired", Unreachable, "no answer in time (timeout expired)"),
    ("Connection refused", Unreachable, "the connection was refused"),
    ("closed the connection", Unreachable, "it hung up"),
)


class Missing(Unreadable):
    """The question is about a table or a column that is not there."""


@dataclass(frozen=True, slots=True)
class OfDatabase:
    """A look at the database."""

    @property
    def source(self) -> str:
        """What is asked."""
        return "the database"

    @property
    def host(self) -> str:
        """The database."""
        return "postgres"

    def places(self, network: Network) -> int:
        """Fewer than the connections that the gate's role may have (docs/production.md: 10)."""
        return min(_CONNECTIONS, network.per_host)

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To come in; the catalogue can be read by everybody."""
        return to_read(environment)


def to_read(environment: Environment, *tables: str) -> tuple[Permission, ...]:
    """What it takes to read *tables*, each as "name (column, column)": the role, its password, and the rights."""
    database = environment.database
    return (
        Permission("token", database.password.variable, f"password of the database role {database.user}"),
        Permission("sql", "CONNECT", database.name),
        *(Permission("sql", "SELECT", table) for table in tables),
    )


def named(reach: Reach) -> str:
    """The database, for people."""
    database = reach.environment.database
    return f"database {database.name}" + (f" at {database.host}" if database.host else "")


@contextmanager
def session_of(reach: Reach, *tables: str, together: bool = True) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """
    A read-only transaction under the gate's role, never committed, that reads *tables*.

    Denied where the role could write, or where row-level security may hide rows of *tables* from it: what is hidden
    would be missing from every count. Not *together*, each statement is a transaction of its own, read-only as well,
    and its answer is waited for: for who goes on after an error.
    """
    import psycopg

    target, user = named(reach), reach.environment.database.user
    # Without the cause: its traceback leads through frames that hold the password.
    try:
        with closing(psycopg.connect(**_way(reach, target))) as session:
            if together:
                session.read_only = True
            else:
                session.autocommit = True
            # What is asked goes out together and costs one way there and back.
            with session.pipeline() if together else nullcontext():
                rights = session.execute(_MAY_WRITE)
                hiding = session.execute(_HIDDEN, (list(tables),)) if tables else None
                yield session
                superuser, writable, example = rights.fetchall()[0]
                hidden = hiding.fetchall()[0][0] if hiding else None
    except psycopg.Error as exc:
        raise _trouble(target, exc) from None
    if superuser or writable:
        why = "is a superuser" if superuser else f"may write to {writable} tables ({example})"
        raise Denied(target, f"the role {user} {why}: give the gate a role that can only SELECT")
    if hidden:
        raise Denied(
            target,
            f"row-level security may hide rows of {', '.join(hidden)} from the role {user}: "
            "give it a policy that shows every row (FOR SELECT USING (true))",
        )


def _way(reach: Reach, target: str) -> dict[str, Any]:
    """Everything that libpq would otherwise look for in the shell or in the home folder."""
    database, patience = reach.environment.database, reach.environment.network.answer_seconds
    host = reach.environment.answered(database.host, "database.host")
    doors = reach.dial(host, database.port)
    return {
        # The name is for the certificate; where to connect is known already.
        "host": ",".join([host] * len(doors)),
        "hostaddr": ",".join(address for address, _ in doors),
        "port": ",".join(str(port) for _, port in doors),
        "dbname": database.name,
        "user": database.user,
        "password": reach.secret(database.password, target),
        "sslmode": "verify-full",
        "sslrootcert": str(authorities(reach, target)),
        "sslcertmode": "disable",
        "gssencmode": "disable",
        "connect_timeout": max(2, math.ceil(patience)),  # libpq takes no less than 2
        "options": f"-c statement_timeout={math.ceil(patience * 1000)} -c default_transaction_read_only=on",
        "application_name": "golive",
        "client_encoding": "utf8",
    }


def authorities(reach: Reach, target: str) -> Path:
    """The authorities that may have signed the database's certificate."""
    named = reach.environment.database.trust
    if named is None:
        return reach.trust
    path = reach.environment.folder / named
    if not path.is_file():
        raise Denied(target, f"database.trust names {named}, which is not beside the environment file")
    return path


def _trouble(target: str, exc: psycopg.Error) -> ProbeError:
    """What *exc* means for the question; of what the server says only PostgreSQL's own sentences are told."""
    import psycopg

    said, state = next(iter(str(exc).splitlines()), ""), exc.sqlstate or ""
    if state:
        words = f"{_sentence(exc.diag.message_primary or '') or _spaced(type(exc).__name__)} ({state})"
        if state == _TIMED_OUT:
            return Unreachable(target, "the query took longer than network.answer_seconds")
        if state in _NOT_THERE:
            return Missing(target, words)
        if state.startswith(_NOT_NOW):
            return Overloaded(target, words)
        return Denied(target, words) if state.startswith(_NOT_YOU) else Unreadable(target, words)
    # Before there is a session libpq tells no state, only words; "FATAL" are the server's own.
    _, fatal, words = said.partition("FATAL:")
    if fatal:
        told = _sentence(words) or "the server refuses us, in words that are not PostgreSQL's"
        return Overloaded(target, told) if _BUSY.search(told) else Denied(target, told)
    for sign, kind, told in _SIGNS:
        if sign in said:
            return kind(target, told)
    if isinstance(exc, psycopg.OperationalError):
        return Unreachable(target, "the connection failed")
    return Unreadable(target, f"what it says cannot be understood ({_spaced(type(exc).__name__)})")


def _sentence(words: str) -> str:
    """*words* where they are a sentence of PostgreSQL's about names; a sentence about values may quote anybody's."""
    words = words.strip()
    return words if _SENTENCES.fullmatch(words) else ""


def _spaced(name: str) -> str:
    """ "insufficient privilege" of "InsufficientPrivilege", as psycopg names an SQLSTATE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
