"""The database, asked by a role that can only read, over a line that proves who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import Denied, NothingExamined, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes.postgres import Tables, TransactionWatch, Users
from golive.twin import database as twin
from golive.twin.cloud import DATABASE_HOST
from golive.twin.database import DEMO_USER, GATE, Database
from golive.twin.world import World

from .backstage import Backstage

LOOKS = (Tables(), Users((DEMO_USER,)), TransactionWatch(100_000))


def storing(change: Callable[[Database], Database]) -> Callable[[World], World]:
    """Another database behind the door."""
    return lambda world: replace(world, database=change(world.database))


def population(backstage: Backstage, table: str) -> int:
    """How many rows the healthy twin has."""
    return len(backstage.town.healthy.database.tables[table].rows)


def test_tables_and_columns_are_told(backstage: Backstage) -> None:
    """
    Every table with its columns, and none of PostgreSQL's own.
    """
    tables = backstage.look(Tables()).tables
    assert {"users", "bank_accounts", "transactions", "sessions", "aml_alerts"} <= tables.keys()
    assert {"id", "email", "kyc_status"} <= {*tables["users"]}
    assert not [name for name in tables if name.startswith("pg_")]


def test_table_that_may_not_be_read_is_still_there(backstage: Backstage) -> None:
    """
    A missing right does not pass for a missing table.
    """
    backstage.put(storing(lambda kept: kept.admitting(GATE, denied=frozenset({"sessions"}))))
    assert "expires_at" in backstage.look(Tables()).tables["sessions"]


@pytest.mark.parametrize(
    "email", [DEMO_USER, "Test@Example.COM", " test@example.com "], ids=["as is", "case", "blanks"]
)
def test_demo_user_is_found_however_written(backstage: Backstage, email: str) -> None:
    """
    E-mail addresses are compared without case and blanks; the known user is found by the same query.
    """

    def add(kept: Database) -> Database:
        row = {**twin.demo_user(), "email": email}
        return kept.having(users=kept.tables["users"].with_rows(row))

    backstage.put(storing(add))
    seen = backstage.look(Users((DEMO_USER,)))
    assert (seen.searched, seen.found, seen.known_found) == (population(backstage, "users") + 1, (DEMO_USER,), True)
    assert seen.holds(DEMO_USER)


def test_nobody_elses_address_leaves_the_database(backstage: Backstage) -> None:
    """
    The answer holds the addresses that were asked for, and counts.
    """
    seen = backstage.look(Users((DEMO_USER,)))
    assert (seen.searched, seen.found, seen.holds(DEMO_USER)) == (population(backstage, "users"), (), False)
    assert "kunde" not in repr(seen)
    known = backstage.environment.database.known_user
    assert known is not None
    assert known not in repr(seen)


def test_search_that_misses_the_known_user_tells_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    Absence is believed only of a query that finds whom it must find.
    """
    kept = environment.database.model_copy(update={"known_user": "nobody@getdrop.no"})
    seen = Users((DEMO_USER,)).observe(backstage.reach(environment.model_copy(update={"database": kept})))
    with pytest.raises(ProbeError, match="known_user"):
        seen.holds(DEMO_USER)
    with pytest.raises(ProbeError, match="was not searched for"):
        seen.holds("somebody@else.no")


def test_large_transactions_are_counted_with_their_alerts(backstage: Backstage) -> None:
    """
    The healthy twin has one large transaction, and that has its alert.
    """
    counts = backstage.look(TransactionWatch(100_000)).counted()
    assert counts.transactions == population(backstage, "transactions")
    assert (counts.large, counts.without_alert, counts.alerts) == (1, 0, 1)


@pytest.mark.parametrize(("amount", "large"), [(Decimal(100_000), 1), (Decimal("99999.99"), 0), (Decimal(-250_000), 1)])
def test_large_transaction_without_alert_is_counted(backstage: Backstage, amount: Decimal, large: int) -> None:
    """
    The threshold itself is large, and money that goes out is as large as money that comes in.
    """

    def add(kept: Database) -> Database:
        return kept.having(transactions=kept.tables["transactions"].with_rows(twin.transaction(9001, amount)))

    backstage.put(storing(add))
    assert backstage.look(TransactionWatch(100_000)).counted().without_alert == large


def test_currency_without_a_threshold_is_not_compared(backstage: Backstage) -> None:
    """
    What is large in euros somebody must say; so much in kroner is another amount. Without an amount nothing is large.
    """

    def add(kept: Database) -> Database:
        table = kept.tables["transactions"]
        lax = replace(table, columns={**table.columns, "amount": "numeric(14,2)"})
        euros = {**twin.transaction(9001, Decimal(90_000)), "currency": "EUR"}
        nothing = {**twin.transaction(9002, Decimal(1)), "amount": None}
        return kept.having(transactions=lax.with_rows(euros, nothing))

    backstage.put(storing(add))
    counts = backstage.look(TransactionWatch(100_000)).counted()
    assert (counts.large, counts.without_alert, counts.not_compared) == (1, 0, 2)
    counts = backstage.look(TransactionWatch(100_000, (("EUR", 90_000),))).counted()
    assert (counts.large, counts.without_alert, counts.not_compared) == (2, 1, 1)
    counts = backstage.look(TransactionWatch(100_000, (("EUR", 90_001),))).counted()
    assert (counts.large, counts.without_alert, counts.not_compared) == (1, 0, 1)


OURS = f"FOR SELECT TO {GATE} USING"
POLICIES = [
    ("users", (), False),
    ("users", (f"{OURS} (email LIKE '%@getdrop.no')",), True),
    ("users", (f"{OURS} (true)",), False),
    ("users", ("USING (true)", f"{OURS} (false)"), False),
    ("users", ("FOR SELECT TO drop_app USING (true)", f"{OURS} (true AND email <> 'test@example.com')"), True),
    ("users", (f"{OURS} (true)", f"AS RESTRICTIVE {OURS} (email <> 'test@example.com')"), True),
    ("users", (f"{OURS} (true)", "AS RESTRICTIVE FOR UPDATE USING (false)"), False),
    ("aml_alerts", ("USING (false)",), True),
    ("sessions", ("USING (false)",), False),
]


@pytest.mark.parametrize(("table", "policies", "hidden"), POLICIES)
def test_rows_that_a_policy_may_hide_are_not_missed(
    backstage: Backstage, table: str, policies: tuple[str, ...], hidden: bool
) -> None:
    """
    PostgreSQL leaves out what row-level security hides; then whoever reads the table is told so, and no other.
    """
    backstage.put(
        storing(lambda kept: kept.having(**{table: replace(kept.tables[table], policies=policies)})),
    )
    reads = {"users": Users((DEMO_USER,)), "aml_alerts": TransactionWatch(100_000)}
    for read, look in reads.items():
        if hidden and read == table:
            with pytest.raises(Denied, match=f"row-level security may hide rows of {table} from the role {GATE}"):
                backstage.look(look)
        else:
            backstage.look(look)
    assert backstage.look(Tables()).tables


def test_schema_that_may_not_be_used_is_denied(backstage: Backstage) -> None:
    """
    Without USAGE PostgreSQL passes the schema over: its tables are not seen, and that is no word that they are missing.
    """
    backstage.put(storing(lambda kept: kept.admitting(GATE, schema=False)))
    with pytest.raises(Denied, match=f"the role {GATE} lacks USAGE on public"):
        backstage.look(Tables())
    with pytest.raises(ProbeError, match="cannot be compared"):
        backstage.look(TransactionWatch(100_000)).counted()


def test_search_path_that_leads_nowhere_shows_nothing(backstage: Backstage) -> None:
    """
    Where no schema of the role's search path is there, no table was looked for.
    """
    server = backstage.town._database._server

    def lead(words: str) -> None:
        with server.connect() as connection:
            connection.execute(f"ALTER ROLE {GATE} {words}")

    lead("SET search_path = nowhere")
    try:
        with pytest.raises(NothingExamined, match="search path"):
            backstage.look(Tables())
    finally:
        lead("RESET search_path")


@pytest.mark.parametrize("table", ["aml_alerts", "transactions"])
def test_missing_table_is_a_fact_of_the_watch(backstage: Backstage, table: str) -> None:
    """
    Where a table is missing nothing is counted, and it is told which one.
    """
    backstage.put(storing(lambda kept: kept.having(**{table: None})))
    seen = backstage.look(TransactionWatch(100_000))
    assert seen.counts is None
    with pytest.raises(ProbeError, match=table):
        seen.counted()


def certified(**change: Any) -> Callable[[World], World]:
    """The database shows another certificate."""

    def put(world: World) -> World:
        shown = replace(world.certificates[DATABASE_HOST], **change)
        return replace(world, certificates={**world.certificates, DATABASE_HOST: shown})

    return put


UNSEEN: dict[str, tuple[Callable[[World], World], type[ProbeError]]] = {
    "off": (storing(lambda kept: replace(kept, front="off")), Unreachable),
    "full": (storing(lambda kept: replace(kept, front="full")), Overloaded),
    "garbage": (storing(lambda kept: replace(kept, front="garbage")), Unreadable),
    "plain": (storing(lambda kept: replace(kept, front="plain")), Untrusted),
    "another name": (certified(names=("other.eu-west-1.rds.amazonaws.com",)), Untrusted),
    "stranger": (certified(issuer="stranger"), Untrusted),
    "password": (storing(lambda kept: kept.admitting(GATE, password="another")), Denied),
    "may insert": (storing(lambda kept: kept.admitting(GATE, grants={"sessions": ("INSERT",)})), Denied),
    "may truncate": (storing(lambda kept: kept.admitting(GATE, grants={"sessions": ("TRUNCATE",)})), Denied),
    "may change a column": (storing(lambda kept: kept.admitting(GATE, grants={"users": ("UPDATE (email)",)})), Denied),
}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: type(look).__name__)
@pytest.mark.parametrize("trouble", UNSEEN)
def test_what_cannot_be_seen_is_unknown(backstage: Backstage, look: Tables, trouble: str) -> None:
    """
    A database that is off, babbles, is another's, refuses us, or lets us write leaves its items unknown.
    """
    change, kind = UNSEEN[trouble]
    backstage.put(change)
    with pytest.raises(ProbeError) as raised:
        backstage.look(look)
    assert type(raised.value) is kind
    assert backstage.detour.variables["GOLIVE_DATABASE_PASSWORD"] not in str(raised.value)
    assert raised.value.__cause__ is None, "the cause's frames hold the password"


def test_right_that_is_missing_is_denied(backstage: Backstage) -> None:
    """
    A table that the role may not read is unknown to the look that reads it.
    """
    backstage.put(storing(lambda kept: kept.admitting(GATE, denied=frozenset({"users"}))))
    with pytest.raises(Denied, match="permission denied"):
        backstage.look(Users((DEMO_USER,)))


def test_slow_query_is_given_up(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The server itself ends a query that takes longer than an answer may.
    """
    from golive.probes import postgres

    monkeypatch.setattr(postgres, "_COLUMNS", "SELECT 'x', ARRAY['y'] FROM pg_sleep(5)")
    with pytest.raises(Unreachable, match="answer_seconds"):
        Tables().observe(backstage.hasty)


def test_session_can_only_read(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What a probe asks by mistake to be written is refused by the server.
    """
    from golive.probes import postgres

    monkeypatch.setattr(postgres, "_COLUMNS", "CREATE TABLE public.x (y int)")
    with pytest.raises(Unreadable, match="read-only transaction"):
        backstage.look(Tables())


def test_shell_does_not_redirect(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What libpq would read from the shell does not lead elsewhere, nor to less proof.
    """
    for name, value in {
        "PGHOST": "localhost",
        "PGHOSTADDR": "127.0.0.2",
        "PGPORT": "9",
        "PGUSER": "postgres",
        "PGPASSWORD": "x",
        "PGDATABASE": "postgres",
        "PGSSLMODE": "disable",
        "PGSSLROOTCERT": "/nowhere",
        "PGOPTIONS": "-c nonsense=1",
        "PGCONNECT_TIMEOUT": "0",
        "PGAPPNAME": "psql",
    }.items():
        monkeypatch.setenv(name, value)
    assert backstage.look(Tables()).tables


def test_trust_of_the_databases_own_must_be_there(backstage: Backstage, environment: Environment) -> None:
    """
    An authority's file that the environment names and does not have is told by name.
    """
    kept = environment.database.model_copy(update={"trust": "rds.pem"})
    with pytest.raises(Denied, match=r"rds\.pem"):
        Tables().observe(backstage.reach(environment.model_copy(update={"database": kept})))


def test_missing_password_is_named(backstage: Backstage, environment: Environment) -> None:
    """
    Without the variable that the environment file names nothing is asked.
    """
    variable = environment.database.password.model_copy(update={"variable": "NOT_SET_ANYWHERE"})
    kept = environment.database.model_copy(update={"password": variable})
    with pytest.raises(Denied, match="NOT_SET_ANYWHERE is not set"):
        Tables().observe(backstage.reach(environment.model_copy(update={"database": kept})))
