"""What the twin's database holds, built in a running PostgreSQL: tables, rows, roles, rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, LiteralString

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

from golive.twin.database import NAME, Database, Role, Row, Table


def build(connection: psycopg.Connection[Any], old: Database | None, new: Database) -> None:
    """Make *old* into *new*: changed tables are dropped and made again, and rights follow."""
    from psycopg import sql

    was: Mapping[str, Table] = {} if old is None else old.tables
    same = (
        {name for name, table in new.tables.items() if was.get(name) == table} if old and old.now == new.now else set()
    )
    made = {name: table for name, table in new.tables.items() if name not in same}
    execute(connection, "SET LOCAL lock_timeout = '500ms'")
    for name, role in new.roles.items():
        if old is None:
            execute(connection, "CREATE ROLE {} LOGIN", name)
            execute(connection, "GRANT CONNECT ON DATABASE {} TO {}", NAME, name)
        if old is None or old.roles[name].password != role.password:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(role.password))
            )
    for name in was.keys() - same:
        execute(connection, "DROP TABLE {}", name)
    owner = next(name for name, role in new.roles.items() if role.owner)
    for name, table in made.items():
        _create(connection, name, table)
        fill(connection, name, table, new.now)
        execute(connection, "ALTER TABLE {} OWNER TO {}", name, owner)
        if table.policies:
            _secure(connection, name, table.policies)
    unchanged = old is not None and old.roles == new.roles
    for name, role in new.roles.items():
        if role.schema:
            execute(connection, "GRANT USAGE ON SCHEMA public TO {}", name)
        else:
            execute(connection, "REVOKE USAGE ON SCHEMA public FROM {}", name)
        if not role.owner:
            _grant(connection, name, role, made if unchanged else new.tables)


def execute(connection: psycopg.Connection[Any], words: LiteralString, *names: str) -> None:
    """Carry out *words*, with *names* in the place of each {}, quoted as PostgreSQL quotes names."""
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

    execute(connection, "ALTER TABLE {} ENABLE ROW LEVEL SECURITY", name)
    for number, policy in enumerate(policies):
        words = sql.SQL(policy)  # our own, out of the value
        connection.execute(
            sql.SQL("CREATE POLICY {} ON {} {}").format(sql.Identifier(f"p{number}"), sql.Identifier(name), words)
        )


def fill(connection: psycopg.Connection[Any], name: str, table: Table, now: datetime) -> None:
    """Put the table's rows into it; what is a time span there is so long before *now*."""
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
        execute(connection, "REVOKE ALL ON {} FROM {}", table, name)
        if table not in role.denied:
            execute(connection, "GRANT SELECT ON {} TO {}", table, name)
        for privilege in (role.grants or {}).get(table, ()):
            words = sql.SQL(privilege)  # a word of SQL, out of the value
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(words, sql.Identifier(table), sql.Identifier(name))
            )
