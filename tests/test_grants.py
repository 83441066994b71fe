"""The SQL that the doctor writes is enough for every question of the gate, and for nothing else."""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import errors

from golive.doctor import Doctor
from golive.probes import applicants, consents, customers, measures, payments, postgres, session, statements
from golive.twin import database
from golive.twin.postgres import Postgres
from tests.gate.sweeping import HOME

WORDS: dict[str, Any] = {
    "completed": "completed", "under_way": ["pending"], "minutes": 60, "approved": "approved", "again": [],
    "refused": ["rejected"], "words": ["approved", "rejected", "pending_kyc"],
    "waiting": ["pending_kyc"], "known": "drift@getdrop.no", "since": datetime.now(UTC) - timedelta(days=1),
    "days": 7, "stretch": 5, "least": 30, "open": ["pending_kyc"], "most": 12,
}  # fmt: skip
ASKED: list[tuple[str, Any]] = [
    (postgres._COLUMNS, None),
    (postgres._USERS, (["test@example.com"],)),
    (postgres._STANDINGS, None),
    (session._HIDDEN, (["users", "transactions"],)),
    (postgres._WATCH, {"currencies": ["NOK"], "thresholds": [100_000]}),
    (postgres._CLOSED, None),
    (customers._PAYMENTS, WORDS),
    (customers._REVIEWS, WORDS),
    (customers._WAITING, WORDS),
    (statements._THERE, None),
    *(
        (words + figures, WORDS)
        for words in (measures._PAYMENTS, measures._REVIEWS)
        for figures in (measures._SUMMED, measures._WORST)
    ),
    (measures._KNOWN, WORDS),
    *((words, WORDS) for words in (consents._BY_BANK, consents._CUSTOMERS)),
    *((words, WORDS) for words in (payments._ALL, payments._BY_CODE, payments._BY_BANK, payments._RECIPIENTS)),
    *((words, WORDS) for words in (applicants._STANDINGS, applicants._SINCE, applicants._REJECTED)),
    *((words, WORDS) for words in (applicants._WAITING, applicants._LONGER, applicants._SEARCHED)),
]


def test_the_role_that_the_sql_makes_can_ask_what_the_gate_asks_and_no_more() -> None:
    """As the owner runs it; a column that no look declares stays closed, and nothing can be written."""
    sql = Doctor(HOME, "rehearsal").sql()
    face = Postgres(database.healthy(datetime.now(UTC)), lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    face.start()
    try:
        with face._server.connect() as opened:
            opened.execute(f"DROP OWNED BY {database.GATE}; DROP ROLE {database.GATE}")
            opened.execute(sql)
            opened.execute(f"SET ROLE {database.GATE}")
            for words, said in ASKED:
                opened.execute(words, said).fetchall()
            (rights,) = opened.execute(session._MAY_WRITE).fetchall()
            assert rights[:2] == (False, 0)
            with pytest.raises(errors.InsufficientPrivilege):
                opened.execute("SELECT error_message FROM transactions")
            opened.rollback()
    finally:
        face.stop()


@pytest.mark.parametrize("name", ["production", "rehearsal"])
def test_the_sql_in_the_documentation_is_what_the_doctor_writes(name: str) -> None:
    """To the letter: whoever copies it from docs/production.md grants neither less nor more."""
    text = (HOME / "docs/production.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```sql\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert block.strip() == Doctor(HOME, name).sql().strip()
