"""Faults of what is in the database."""

from dataclasses import replace
from decimal import Decimal

from golive.twin import database
from golive.twin.cloud import AML_SIGN, LOG_GROUP
from golive.twin.faults.kin import DATABASE
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _having(world: World, **tables: database.Table | None) -> World:
    return replace(world, database=world.database.having(**tables))


@breaks(unmet=["GL-2.2.5", "BID-R5"])
def table_missing(world: World) -> World:
    """The table of the sessions was never made."""
    return _having(world, sessions=None)


@breaks(unmet=["GL-2.2.5", "AISP-R5", "PISP-R5"], unknown=["AISP-R6"])
def column_missing(world: World) -> World:
    """A migration was left out: bank accounts do not know when a consent ends."""
    return _having(world, bank_accounts=world.database.tables["bank_accounts"].without("consent_expires_at"))


@breaks(unmet=["GL-2.2.5", "GL-7.6"])
def alerts_without_their_transaction(world: World) -> World:
    """Alerts do not say which transaction they are about."""
    return _having(world, aml_alerts=world.database.tables["aml_alerts"].without("transaction_id"))


@breaks(unmet=["GL-2.2.6"])
def demo_user_present(world: World) -> World:
    """test@example.com is among the users."""
    return _having(world, users=world.database.tables["users"].with_rows(database.demo_user()))


@breaks(unknown=["GL-2.2.6"])
def database_knows_anybody(world: World) -> World:
    """Whoever is searched for among the users is found, also somebody whom nobody can be."""
    row = {**database.demo_user(), "email": "golive-that-is-not-there@example.invalid"}
    return _having(world, users=world.database.tables["users"].with_rows(row))


@breaks(unmet=["GL-2.2.6"])
def demo_user_in_capitals(world: World) -> World:
    """Test@Example.com is among the users."""
    row = {**database.demo_user(), "email": "Test@Example.com"}
    return _having(world, users=world.database.tables["users"].with_rows(row))


@breaks(unknown=["GL-2.2.6", "GL-6.1.4", "GL-6.2.5", "KYC-R6"])
def known_user_not_found(world: World) -> World:
    """The search does not find the user that it must find, so it cannot tell who is not there."""
    users = world.database.tables["users"]
    rows = tuple({**row, "email": "somebody@example.org"} if row["id"] == 1 else row for row in users.rows)
    return _having(world, users=replace(users, rows=rows))


@breaks(unmet=["GL-7.6"])
def large_transaction_without_alert(world: World) -> World:
    """A transaction of 250 000 kroner raised no alert."""
    row = database.transaction(9001, Decimal(250_000))
    return _having(world, transactions=world.database.tables["transactions"].with_rows(row))


@breaks(unmet=["GL-7.6"])
def watch_completed_with_errors(world: World) -> World:
    """Each round of the monitoring says that it was completed with errors, which is another thing."""
    logs = {
        name: replace(stream, lines=tuple(replace(line, text=_with_errors(line.text)) for line in stream.lines))
        for name, stream in world.cloud.logs[LOG_GROUP].items()
    }
    return replace(world, cloud=replace(world.cloud, logs={**world.cloud.logs, LOG_GROUP: logs}))


def _with_errors(text: str) -> str:
    return text.replace(AML_SIGN, f"{AML_SIGN}_with_errors")


@breaks(unknown=["GL-7.6"])
def watch_not_readable(world: World) -> World:
    """The gate may not read the alerts."""
    return replace(world, database=world.database.admitting(database.GATE, denied=frozenset({"aml_alerts"})))


@breaks(unknown=["GL-7.6"])
def euros_without_a_threshold(world: World) -> World:
    """Somebody sent 90 000 euros, and nobody has said from how many euros on a transaction is large."""
    row = {**database.transaction(9002, Decimal(90_000)), "currency": "EUR"}
    return _having(world, transactions=world.database.tables["transactions"].with_rows(row))


@breaks(unmet=["GL-7.6"])
def large_transaction_without_alert_beside_euros(world: World) -> World:
    """A transaction of 250 000 kroner raised no alert, and another one is in euros."""
    return large_transaction_without_alert(euros_without_a_threshold(world))


@breaks(unknown=["GL-7.6", "GL-6.1.3", "PISP-R6"])
def no_transactions_after_the_launch(world: World) -> World:
    """Drop has launched, and there is no transaction at all: none could lack its alert."""
    return _having(world, transactions=replace(world.database.tables["transactions"], rows=()))


# -- what the gate's role is not shown --------------------------------------------------------------------------------


def _secured(world: World, table: str, *policies: str) -> World:
    return _having(world, **{table: replace(world.database.tables[table], policies=policies)})


@breaks(unknown=["GL-2.2.6", "GL-2.3.4", "GL-6.1.4", "GL-6.2.5", "KYC-R6"])
def users_hidden_by_a_policy(world: World) -> World:
    """The demonstration's user is there, and row-level security hides it from the gate, and the known user not."""
    return _secured(demo_user_present(world), "users", "FOR SELECT USING (email LIKE '%@getdrop.no')")


@breaks(unknown=["GL-7.6", "GL-6.1.3", "PISP-R6"])
def transactions_hidden_by_a_policy(world: World) -> World:
    """A large transaction raised no alert, and row-level security shows the gate no transaction at all."""
    return _secured(large_transaction_without_alert(world), "transactions", "USING (false)")


@breaks(unknown=["GL-7.6"])
def alerts_hidden_by_a_policy(world: World) -> World:
    """Row-level security hides the alerts from the gate."""
    return _secured(world, "aml_alerts", "USING (false)")


@breaks()
def users_shown_by_a_policy(world: World) -> World:
    """Row-level security shows each person themselves, and the gate everybody: nothing is hidden from it."""
    own = "FOR SELECT USING (email = current_user)"
    return _secured(world, "users", own, f"FOR SELECT TO {database.GATE} USING (true)")


@breaks(unknown=DATABASE)
def schema_not_to_be_used(world: World) -> World:
    """The gate's role may not use the schema, so that it sees no table: they are there all the same."""
    return replace(world, database=world.database.admitting(database.GATE, schema=False))
