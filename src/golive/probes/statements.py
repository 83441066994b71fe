"""
Could the SQL that a failure runbook gives to people be carried out? The database is asked, and carries none of it out.

Each statement is only parsed and analysed there (https://www.postgresql.org/docs/16/protocol-flow.html, the message
Parse of the extended query protocol): that takes every table, column, operator and type to be there, takes one
statement and no more, needs no right to the rows, and runs nothing. So what a person will do with a role of their own
can be tried under one that may do none of it.
"""

from __future__ import annotations

import re
import selectors
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.errors import Denied, Unreachable, Unreadable
from golive.probes.look import Look
from golive.probes.session import OfDatabase, named, session_of

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

    from golive.probes.reach import Reach

# How a person's own words stand in a statement, which are parameters here; and the one name that the documents have
# in two ways.
_TYPED = re.compile(r"'\{\{\w+\}\}'")
_USERS_KEY = "{{users_key}}"
# SQLSTATEs that speak of the statement: its names, types and syntax (42), a value in it (22), what nobody has (0A).
_OF_THE_STATEMENT = ("42", "22", "0A")
_NOT_YOU = "42501"
_TOO_LATE = "57014"
_THERE = """
SELECT current_setting('server_version_num')::integer / 10000,
       count(DISTINCT relation.oid),
       coalesce(bool_or(relation.relname = 'users' AND attribute.attname = 'user_id'), false)
FROM pg_class AS relation
JOIN pg_namespace AS space ON space.oid = relation.relnamespace AND space.nspname = ANY (current_schemas(false))
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attnum > 0 AND NOT attisdropped
WHERE relation.relkind IN ('r', 'p')
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a runbook: what it is for, and its words, with {{placeholders}} still in them."""

    runbook: str
    do: str
    sql: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What the database says of one statement: "" where it could carry it out."""

    runbook: str
    do: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What it says of all of them."""

    source: str
    version: int  # of PostgreSQL, the major one
    tables: int  # that can be named without a schema's name
    statements: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class StatementTrial(OfDatabase, Look[Trial]):
    """Could each of *statements* be carried out? Those of all runbooks at once, for a connection is dear."""

    statements: tuple[Statement, ...]

    def observe(self, reach: Reach) -> Trial:
        """
        Denied where the role may use no schema that holds a table: then every table would look as if it were not there.

        That a statement cannot be carried out is an answer; so is what the database says of it.
        """
        source, patience = named(reach), reach.environment.network.answer_seconds
        with session_of(reach, together=False) as session:
            ((version, tables, by_user_id),) = session.execute(_THERE).fetchall()
            if not tables:
                raise Denied(source, "the gate's role may use no schema that holds a table (GRANT USAGE ON SCHEMA)")
            key = "user_id" if by_user_id else "id"
            wrong = _wrong(session.pgconn, source, [words(each.sql, key) for each in self.statements], patience)
        tried = (Tried(each.runbook, each.do, said) for each, said in zip(self.statements, wrong, strict=True))
        return Trial(source, version, tables, tuple(tried))


def words(sql: str, users_key: str) -> str:
    """*sql* as the database takes it: what a person types is a parameter, of the type that its place demands."""
    parts = _TYPED.split(sql)
    numbered = "".join(f"${number}{part}" if number else part for number, part in enumerate(parts))
    return numbered.replace(_USERS_KEY, users_key)


def _wrong(connection: PGconn, source: str, statements: Sequence[str], patience: float) -> list[str]:
    """
    What the database has against each of *statements*, "" where nothing; none is carried out.

    All go out together. A Sync behind each keeps what is wrong with one from the others
    (https://www.postgresql.org/docs/16/libpq-pipeline-mode.html). Unreachable where it is silent for *patience* seconds
    and a little longer.
    """
    connection.enter_pipeline_mode()
    for statement in statements:
        connection.send_prepare(b"", statement.encode())
        connection.pipeline_sync()
    with selectors.DefaultSelector() as waiting:
        ready = waiting.register(connection.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)

        def wait() -> None:
            # A little longer than the statement_timeout, which says more. libpq itself would wait with all other
            # threads standing still.
            if not waiting.select(patience + 1):
                raise Unreachable(source, f"no answer within {patience:g} s")
            connection.consume_input()

        def heard() -> PGresult | None:
            while connection.is_busy():
                wait()
            return connection.get_result()

        while connection.flush():
            wait()
        waiting.modify(ready.fileobj, selectors.EVENT_READ)
        # Of each statement: the answer, its end, and the Sync behind it.
        answers = [(heard(), heard(), heard())[0] for _ in statements]
    return [_against(answer, source) for answer in answers]


def _against(answer: PGresult | None, source: str) -> str:
    """What *answer* has against its statement, "" where nothing."""
    from psycopg.pq import DiagnosticField, ExecStatus

    if answer is None:
        raise Unreachable(source, "a statement was not looked at: the connection ended")
    if answer.status == ExecStatus.COMMAND_OK:
        return ""
    state = (answer.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    said = (answer.error_field(DiagnosticField.MESSAGE_PRIMARY) or b"it did not say why").decode("utf-8", "replace")
    if state == _TOO_LATE or not state:
        raise Unreachable(source, f"a statement was not looked at in time ({state or 'the connection ended'})")
    if state == _NOT_YOU:
        raise Denied(source, f"{said} ({state})")
    if not state.startswith(_OF_THE_STATEMENT):
        raise Unreadable(source, f"{said} ({state})")
    return f"{said} ({state})"
