"""Every statement that a runbook hands over runs on PostgreSQL 16, as whom it is meant for, and does what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from golive.diagnosis.papers import Step
from golive.diagnosis.remedy import Observed
from golive.environment import Environment
from golive.twin import database as twin
from golive.twin.database import GATE, OWNER
from golive.twin.postgres import Postgres
from tests.diagnosis.handed import PAPERS, PRODUCTION, REHEARSAL, STEPS, act

SQL = {name: step for name, step in STEPS.items() if step.sql}


def test_a_tunnel_still_verifies_the_database_by_its_own_name() -> None:
    """The near end is where it connects, and the endpoint's name is whom it must meet."""
    database = PRODUCTION.database.model_copy(
        update={"host": "drop-db.c1.eu-west-1.rds.amazonaws.com", "via": "tunnel", "tunnel": "127.0.0.1:6543"}
    )
    environment = PRODUCTION.model_copy(update={"database": database})
    [step] = [one for one in PAPERS["bankid"].steps if one.sql.startswith("SELECT count(*) FROM sessions")]
    line = act(step, environment).command.splitlines()[0]
    assert conninfo_to_dict(re.findall('"(.*)"', line)[0]) == {
        "host": "drop-db.c1.eu-west-1.rds.amazonaws.com",
        "hostaddr": "127.0.0.1",
        "port": "6543",
        "dbname": "drop",
        "user": "golive_readonly",
        "sslmode": "verify-full",
        "sslrootcert": "environments/production/rds.pem",
    }


@pytest.mark.parametrize(
    ("begins", "role"),
    [
        ("SELECT count(*) FROM sessions", "golive_readonly"),
        ("SELECT id, user_id, amount, currency, recipient_iban", "⟦role that may read customers⟧"),
        ("UPDATE transactions", "⟦role that may write⟧"),
        ("DELETE FROM sessions", "⟦role that may write⟧"),
    ],
)
def test_nobody_gets_more_rights_than_the_step_needs(begins: str, role: str) -> None:
    """The gate's own role counts; who sees customers, or writes, is another, whom the reader must name."""
    for step in [one for one in SQL.values() if one.sql.startswith(begins)]:
        connection = re.findall('"(.*)"', act(step).command.splitlines()[0])[0]
        assert conninfo_to_dict(connection)["user"] == role
        assert (role in act(step).blanks) == role.startswith("⟦")


@pytest.fixture(scope="module")
def database() -> Iterator[tuple[Postgres, twin.Database]]:
    """PostgreSQL 16 with the twin's schema and an ordinary week; asked on its own socket, without the front's TLS."""
    healthy = twin.healthy(datetime.now(UTC), gate_password="gate", owner_password="owner")

    def no_tls() -> Any:
        raise AssertionError("nobody comes by the front")

    face = Postgres(healthy, no_tls)
    face.start()
    yield face, healthy
    face.stop()


def connected(face: Postgres, role: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(face.folder), dbname="drop", user=role, password={GATE: "gate", OWNER: "owner"}[role]
    )


def statement(step: Step, environment: Environment = REHEARSAL) -> str:
    """The SQL that a person would type, with what only a person knows filled in."""
    seen = act(step, environment)
    text = seen.sql or re.findall(r"<<'SQL'\n(.*)\nSQL\Z", seen.command, re.DOTALL)[0]
    return (
        text.replace("⟦who approved⟧", "alem")
        .replace("⟦id of the transaction⟧", "60")
        .replace("⟦id of the user⟧", "40")
    )


@pytest.mark.parametrize("name", SQL)
def test_sql_runs_on_postgresql_16(database: tuple[Postgres, twin.Database], name: str) -> None:
    """What reads runs for a role that only reads; what writes runs for the owner, and finds its rows."""
    face, _ = database
    step = SQL[name]
    with closing(connected(face, OWNER if step.changes != "nothing" else GATE)) as connection:
        assert connection.info.server_version // 10_000 == 16
        connection.read_only = step.changes == "nothing"
        done = connection.execute(statement(step).split("\n-- ")[0])
        assert (done.description is not None) == (step.changes == "nothing")
        if step.changes == "production":
            assert done.rowcount > 0 or "'failed'" in step.sql, "in an ordinary week there is such a row"
        connection.rollback()


@pytest.mark.parametrize("name", [name for name, step in SQL.items() if "{{" in step.sql])
def test_sql_with_a_blank_in_it_does_nothing(database: tuple[Postgres, twin.Database], name: str) -> None:
    """Typed before its blank is filled in, a statement is refused by the server or finds nobody."""
    face, _ = database
    unseen = act(SQL[name], observed=Observed())
    text = unseen.sql or re.findall(r"<<'SQL'\n(.*)\nSQL\Z", unseen.command, re.DOTALL)[0]
    with closing(connected(face, OWNER)) as connection, pytest.raises(psycopg.Error):
        connection.execute(text)


def test_the_statements_do_what_their_steps_say(database: tuple[Postgres, twin.Database]) -> None:
    """Sessions that are over are swept and no others; one person is approved; who waits is tried again."""
    face, healthy = database
    [sweep] = [one for one in SQL.values() if one.sql.startswith("DELETE FROM sessions")]
    with closing(connected(face, OWNER)) as connection:
        sessions = healthy.tables["sessions"].rows
        over = [
            row for row in sessions if isinstance(row["expires_at"], timedelta) and row["expires_at"] >= timedelta()
        ]
        assert connection.execute(statement(sweep)).rowcount == len(over) < len(sessions)
        [paid] = [one for one in SQL.values() if "approved_manual'," in one.sql]
        assert connection.execute(statement(paid)).rowcount == 1
        connection.rollback()
        retry = [one for one in SQL.values() if "'pending_retry'" in one.sql and "1 hour" in one.sql]
        assert connection.execute(statement(retry[0])).rowcount == 2
        left = connection.execute("SELECT count(*) FROM users WHERE kyc_status = 'pending_kyc'").fetchall()
        assert left == [(0,)]
        connection.rollback()


def test_newest_rejections_come_first(database: tuple[Postgres, twin.Database]) -> None:
    """A rejection without a time does not crowd out the newest ones, as PostgreSQL would have it by itself."""
    face, _ = database
    [step] = [one for one in SQL.values() if "NULLS LAST" in one.sql]
    with closing(connected(face, OWNER)) as connection:
        connection.execute("UPDATE users SET kyc_status = 'rejected', kyc_rejected_at = NULL WHERE id = 30")
        rows = connection.execute(statement(step)).fetchall()
        assert [row[0] for row in rows] == [7, 19, 30]
        connection.rollback()


def test_a_match_is_found_in_capitals_too(database: tuple[Postgres, twin.Database]) -> None:
    """The reason is AML_SANCTIONS_MATCH, and LIKE '%sanctions%' of PostgreSQL would find nobody."""
    face, _ = database
    [step] = [one for one in SQL.values() if "ILIKE" in one.sql]
    with closing(connected(face, OWNER)) as connection:
        connection.execute("UPDATE users SET kyc_rejection_reason = 'AML_SANCTIONS_MATCH' WHERE id = 30")
        assert [row[0] for row in connection.execute(statement(step)).fetchall()] == [30]
        connection.rollback()
