"""The SQL of the failure runbooks: tried by the database, and not run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.environment import Environment
from golive.errors import Denied, NothingExamined, Unreachable
from golive.probes.statements import Statement, StatementTrial, Trial, Tried
from golive.remarks import Remarks
from golive.twin import database as twin
from golive.twin.database import GATE
from golive.twin.world import World
from steps import runbooks

from .backstage import Backstage
from .town import again


def tried(backstage: Backstage, *sql: str) -> list[str]:
    """What the database says of each of these statements."""
    seen = backstage.look(StatementTrial(tuple(Statement("x", one, one) for one in sql)))
    assert again(seen) == seen
    return [each.wrong for each in seen.statements]


def test_a_statement_is_tried_and_not_run(backstage: Backstage) -> None:
    """What would delete everything is taken, and everything is still there; a sequence has not moved."""
    assert tried(backstage, "DELETE FROM sessions", "UPDATE users SET kyc_notes = 'x'") == ["", ""]
    with backstage.town._database._server.connect() as session:
        ((count,),) = session.execute("SELECT count(*) FROM sessions").fetchall()
    assert count == 12


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nothing FROM users", 'column "nothing" does not exist (42703)'),
        ("SELECT * FROM pending_accounts", 'relation "pending_accounts" does not exist (42P01)'),
        ("SELECT * FROM users WHERE created_at > datetime('now', '-2 hours')", "(42883)"),
        ("SELECT * FROM users WHERE created_at > 'soon'", "(22007)"),
        ("SELEKT 1", "(42601)"),
        ("SELECT 1; DELETE FROM sessions", "(42601)"),
        ("SELECT id FROM transactions WHERE id = '{{transaction_id}}' AND amount = '{{user_id}}'", ""),
        ("SELECT {{users_key}} FROM users", ""),
        ("SELECT {{host}} FROM users", "(42601)"),
        ("SELECT email FROM users WHERE email ILIKE '%sanctions%'", ""),
    ],
)
def test_what_the_database_has_against_a_statement_is_told(backstage: Backstage, sql: str, said: str) -> None:
    """Names, types and syntax; what a person types is a parameter, and no second statement slips in behind."""
    (wrong,) = tried(backstage, sql)
    assert wrong.endswith(said)
    assert bool(wrong) == bool(said)


def test_one_wrong_statement_spoils_no_other(backstage: Backstage) -> None:
    """After a refusal the next ones are tried as if there had been none."""
    assert [bool(wrong) for wrong in tried(backstage, "SELECT 1", "SELECT x", "SELECT 2", "SELECT y")] == [0, 1, 0, 1]


def test_users_have_the_key_that_is_there(backstage: Backstage) -> None:
    """Where users are known by user_id, the runbooks' SQL is tried with it."""

    def renamed(world: World) -> World:
        users = world.database.tables["users"]
        rows = tuple({"user_id" if name == "id" else name: value for name, value in row.items()} for row in users.rows)
        columns = {"user_id" if name == "id" else name: kind for name, kind in users.columns.items()}
        return replace(world, database=world.database.having(users=twin.Table(columns, rows)))

    backstage.put(renamed)
    assert tried(backstage, "SELECT {{users_key}} FROM users", "SELECT id FROM users")[0] == ""


def test_a_role_that_may_use_no_schema_is_denied(backstage: Backstage) -> None:
    """To it every table looks as if it were not there, which would be taken for a migration gone wrong."""
    backstage.put(lambda world: replace(world, database=world.database.admitting(GATE, schema=False)))
    with pytest.raises(Denied, match="may use no schema"):
        tried(backstage, "SELECT 1 FROM users")


def test_a_statement_that_nobody_looks_at_in_time_is_no_answer(backstage: Backstage) -> None:
    """Somebody holds the table: the database says that it took too long, and nothing is said of the statement."""
    with backstage.town._database._server.connect() as session:
        session.execute("LOCK TABLE aml_alerts IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unreachable, match="not looked at in time"):
            StatementTrial((Statement("x", "x", "SELECT 1 FROM aml_alerts"),)).observe(backstage.hasty)


TRIAL = Trial("database drop", 16, 5, (Tried("bankid", "Count", ""), Tried("kyc", "Sweep", "no such column (42703)")))


@pytest.mark.parametrize(
    ("version", "count", "runbook", "said"),
    [
        (16, 1, "bankid", ""),
        (15, 1, "bankid", "it is PostgreSQL 16; it must be 15"),
        (16, 2, "bankid", "bankid has 1 statements; there must be 2"),
        (16, 1, "kyc", '"Sweep": no such column'),
        (16, 1, "unheard-of", "has 0 statements"),
        (16, 0, "unheard-of", "there was none to examine"),
    ],
)
def test_a_runbook_is_judged_by_its_own_statements(version: int, count: int, runbook: str, said: str) -> None:
    """All of them, on the version that is demanded; of none nothing is said."""
    if not said:
        runbooks.statements_can_be_carried_out(TRIAL, version, count, runbook, Remarks())
        return
    with pytest.raises((AssertionError, NothingExamined), match=said):
        runbooks.statements_can_be_carried_out(TRIAL, version, count, runbook, Remarks())


def test_every_runbook_has_the_statements_that_its_feature_counts(environment: Environment) -> None:
    """And all of them are asked about in one look."""
    look = runbooks.sql_is_tried(environment)
    assert isinstance(look, StatementTrial)
    assert len(look.statements) == 4 + 2 + 7 + 10 + 1
