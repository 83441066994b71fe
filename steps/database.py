"""Sentences about what is in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from golive.environment import Environment
from golive.errors import NothingExamined, ProbeError
from golive.probes.logs import Signs, SignsOfLife
from golive.probes.look import Look
from golive.probes.postgres import People, Schema, Tables, TransactionWatch, Users, Watch
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# Tables that only a workaround of the failure runbooks makes begin like this: worth a word, and no demand.
WORKAROUND = "pending_"


@looks("the tables of the database", target_fixture="schema")
def database_tables(environment: Environment) -> Look[Schema]:  # noqa: ARG001 - every looking sentence may ask for it
    return Tables()


@looks('the users of the database, searched for "{email}"', target_fixture="people")
def database_users(email: str) -> Look[People]:
    return Users((email,))


@looks("the watch over transactions", target_fixture="watch")
def transaction_watch(environment: Environment) -> list[Look[Any]]:
    aml = environment.database.aml
    return [
        TransactionWatch(aml.large_transaction_nok, tuple(sorted(aml.others.items()))),
        SignsOfLife(environment.aws.log_group, aml.sign_of_life, aml.sign_of_life_hours),
    ]


def _open_tables(environment: Environment, datatable: list[list[str]]) -> Iterator[str]:
    yield from (f"database.tables.{table}" for (table,) in datatable[1:] if table not in environment.database.tables)


@judges("these are complete", needs=_open_tables)
def tables_are_complete(schema: Schema, environment: Environment, datatable: list[list[str]], remarks: Remarks) -> None:
    wanted = {table: environment.database.tables.get(table) for (table,) in datatable[1:]}
    lacking: dict[str, str] = {}
    for table, columns in wanted.items():
        there = schema.tables.get(table)
        if columns is None:
            lacking[table] = "database.tables of the environment file does not say which columns it needs"
        elif there is None:
            lacking[table] = "there is no such table"
        elif missing := [column for column in columns if not {*column.split("|")} & {*there}]:
            lacking[table] = f"lacks {', '.join(missing)}"
    for table in schema.tables:
        if table.startswith(WORKAROUND):
            remarks.warn(f"{table} is there, which only a workaround makes: something may be waiting in it")
    assert not lacking, f"{schema.source}: {'; '.join(f'{table}: {why}' for table, why in lacking.items())}"
    remarks.examined(sum(len(columns or ()) for columns in wanted.values()), "columns")


@judges('no user is "{email}"')
def nobody_is(people: People, email: str, remarks: Remarks) -> None:
    remarks.examined(people.searched, "users")
    assert not people.holds(email), f"{email} is among the {people.searched} users of {people.source}"


@judges("the watch has shown a sign of life")
def watch_is_alive(watch: tuple[Watch, Signs], environment: Environment, now: datetime, remarks: Remarks) -> None:
    signs, hours = watch[1], environment.database.aml.sign_of_life_hours
    newest = signs.newest or datetime.min.replace(tzinfo=UTC)
    told = (
        f"for the last time at {newest:%Y-%m-%d %H:%M} UTC"
        if signs.newest
        else f"not since {signs.since:%Y-%m-%d %H:%M} UTC"
    )
    assert now - newest <= timedelta(hours=hours), (
        f'"{signs.term}" was said in {signs.source} {told}; it must be at most {hours} h ago'
    )
    remarks.examined(signs.count, "signs of life")


@judges("every large transaction has raised an alert", needs=("launch_at",))
def large_transactions_are_alerted(
    watch: tuple[Watch, Signs], environment: Environment, launch_at: datetime | None, now: datetime, remarks: Remarks
) -> None:
    seen = watch[0]
    counted = seen.counted()
    large = " or ".join(
        f"{most} {currency}" for currency, most in {"NOK": seen.threshold, **environment.database.aml.others}.items()
    )
    assert counted.without_alert == 0, (
        f"{counted.without_alert} of {counted.large} transactions of {large} or more raised no alert "
        f"({counted.transactions} searched in {seen.source}); each must have one"
    )
    if counted.not_compared:
        raise ProbeError(
            seen.source,
            f"{counted.not_compared} of {counted.transactions} transactions are in a currency of which "
            "database.aml.others of the environment file does not say what is large, or have no amount",
        )
    if counted.transactions == 0 and environment.answered(launch_at, "launch_at") <= now:
        raise NothingExamined(seen.source, "there is no transaction after the launch, so none could lack its alert")
    if counted.large == 0:
        remarks.warn(f"none of the {counted.transactions} transactions is of {large} or more yet")
