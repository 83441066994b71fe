"""What is in the database, as the twin has it; `golive.twin.postgres` puts it on the wire.

**The schema** is drawn from the failure runbooks' SQL. A healthy twin has no `pending_*` tables (they come from
workarounds only) and knows a user by `users.id`. Complaints have no table in the documents, and consents are the
columns `consent_…` of `bank_accounts`.

Times in rows are ages (`timedelta`, negative for what is still to come), counted back from `Database.now`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    pass

ADDRESS = "192.0.2.40:5432"
NAME = "drop"
GATE = "golive_readonly"
OWNER = "drop_app"
KNOWN_USER = "drift@getdrop.no"  # our own account: whoever searches the users must find it
DEMO_USER = "test@example.com"
LARGE = Decimal(100_000)  # NOK; one healthy transaction is larger, and has its alert

# tls: as RDS. plain: has no TLS at all. off: hangs up. silent: never answers. garbage: answers something else.
Front = Literal["tls", "full", "plain", "off", "silent", "garbage"]
Value = str | int | bool | Decimal | timedelta | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """
    *columns*: name → SQL type, with what the column demands.

    *policies* are those of row-level security, which is on where there is one, after "CREATE POLICY … ON …": what
    everybody but the owner may see.
    """

    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    policies: tuple[str, ...] = ()

    def without(self, column: str) -> Table:
        """The same table, and that column never made."""
        return replace(
            self,
            columns={name: kind for name, kind in self.columns.items() if name != column},
            rows=tuple({name: value for name, value in row.items() if name != column} for row in self.rows),
        )

    def with_rows(self, *rows: Row) -> Table:
        """The table with *rows* after those that it has."""
        return replace(self, rows=(*self.rows, *rows))


@dataclass(frozen=True, slots=True)
class Role:
    """
    Who may log in. A reader sees every table but those *denied*, and besides has *grants* (table → privileges); one
    that may not use the *schema* sees none.
    """

    password: str
    owner: bool = False
    schema: bool = True
    denied: frozenset[str] = frozenset()
    grants: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """One database, and the door to it."""

    now: datetime
    tables: Mapping[str, Table]
    roles: Mapping[str, Role]
    front: Front = "tls"

    def having(self, **tables: Table | None) -> Database:
        """The same, with these tables; None takes one away."""
        kept = {name: table for name, table in {**self.tables, **tables}.items() if table is not None}
        return replace(self, tables=kept)

    def admitting(self, role: str, **changes: Any) -> Database:
        """The same, with these fields of *role* changed."""
        return replace(self, roles={**self.roles, role: replace(self.roles[role], **changes)})


def healthy(
    now: datetime, *, gate_password: str = "", owner_password: str = "", launched: timedelta = timedelta()
) -> Database:
    """
    Some tens of customers in an ordinary week, and passwords made fresh.

    It was *launched* that long ago, and since then people come and pay.
    """
    return Database(
        now,
        tables={
            "users": _users().with_rows(*_new_users(launched)),
            "bank_accounts": _bank_accounts(),
            "transactions": _transactions().with_rows(*_new_transactions(launched)),
            "sessions": _sessions(),
            "aml_alerts": _aml_alerts(),
        },
        roles={
            OWNER: Role(owner_password or secrets.token_urlsafe(24), owner=True),
            GATE: Role(gate_password or secrets.token_urlsafe(24)),
        },
    )


_PEOPLE = 41
_LARGE_TRANSACTION = 23
BANKS = ("DNB", "SpareBank 1", "Nordea", "Sbanken", "Handelsbanken")


def demo_user() -> Row:
    """The row that seeding the demo leaves among the users."""
    row = _user(999)
    return {**row, "email": DEMO_USER, "full_name": "Test User"}


def newcomer(applicant: str) -> Row:
    """The row that is made of an applicant whom nobody knew."""
    row = {**_user(9_000), "id": 9_000 + int(applicant[-8:], 16)}
    return {
        **row,
        "email": f"{applicant}@example.invalid",
        "kyc_status": "pending_kyc",
        "sumsub_applicant_id": applicant,
    }


def transaction(number: int, amount: Decimal, *, age: timedelta = timedelta(hours=2), status: str = "completed") -> Row:
    """A transaction of its own, without an alert: for the faults."""
    return {
        "id": number,
        "user_id": 5,
        "amount": amount,
        "currency": "NOK",
        "recipient_iban": "NO9386011117947",
        "status": status,
        "created_at": age,
        "completed_at": age - timedelta(seconds=3) if status == "completed" else None,
        "error_code": None,
        "error_message": None,
    }


def person(number: int, age: timedelta) -> Row:
    """A customer who came that long ago and was let in."""
    return {**_user(number), "created_at": age, "kyc_approved_at": age - timedelta(minutes=3)}


def _user(number: int) -> Row:
    age = timedelta(days=20 - number % 19, minutes=number)
    return {
        "id": number,
        "email": KNOWN_USER if number == 1 else f"kunde{number}@example.org",
        "full_name": "Drop Drift" if number == 1 else f"Kunde Nummer {number}",
        "kyc_status": "approved",
        "kyc_attempt": 2 if number % 13 == 0 else 1,
        "kyc_rejection_reason": None,
        "kyc_rejected_at": None,
        "kyc_retry_at": None,
        "kyc_approved_at": age - timedelta(minutes=14 if number % 19 == 15 else 3),
        "kyc_approved_by": "sumsub",
        "kyc_notes": None,
        "sumsub_applicant_id": f"{0x65A0_0000_0000_0000_0000_0000 + number:024x}",
        "created_at": age,
    }


def _users() -> Table:
    """Most approved; two documents rejected, one to be tried again, two that came in within the hour."""
    unsettled = {"kyc_approved_at": None, "kyc_approved_by": None}
    said: dict[int, Row] = {
        7: unsettled
        | {
            "kyc_status": "rejected",
            "kyc_rejection_reason": "document_not_readable",
            "kyc_rejected_at": timedelta(hours=30),
            "created_at": timedelta(hours=30, minutes=4),
        },
        19: unsettled
        | {
            "kyc_status": "rejected",
            "kyc_rejection_reason": "document_expired",
            "kyc_rejected_at": timedelta(days=4),
            "created_at": timedelta(days=4, minutes=7),
        },
        28: unsettled | {"kyc_status": "pending_retry", "kyc_attempt": 2, "kyc_retry_at": -timedelta(minutes=40)},
        40: unsettled | {"kyc_status": "pending_kyc", "created_at": timedelta(minutes=35)},
        41: unsettled | {"kyc_status": "pending_kyc", "created_at": timedelta(minutes=6)},
    }
    return Table(
        {
            "id": "bigint PRIMARY KEY",
            "email": "text NOT NULL UNIQUE",
            "full_name": "text NOT NULL",
            "kyc_status": "text NOT NULL",
            "kyc_attempt": "integer NOT NULL DEFAULT 1",
            "kyc_rejection_reason": "text",
            "kyc_rejected_at": "timestamptz",
            "kyc_retry_at": "timestamptz",
            "kyc_approved_at": "timestamptz",
            "kyc_approved_by": "text",
            "kyc_notes": "text",
            "sumsub_applicant_id": "text",
            "created_at": "timestamptz NOT NULL DEFAULT now()",
        },
        tuple({**_user(number), **said.get(number, {})} for number in range(1, _PEOPLE + 1)),
    )


def _new_users(launched: timedelta) -> Iterator[Row]:
    """One every twenty minutes; of eleven one is rejected and one to try again, and the newest wait for a decision."""
    for number, age in _evenly(launched, timedelta(minutes=20), most=120):
        row = _user(100 + number)
        kyc: Row = {"kyc_approved_at": age - timedelta(minutes=9 if number % 11 == 2 else 4)}
        if number % 11 == 5:
            kyc = {"kyc_status": "rejected", "kyc_rejection_reason": "document_not_readable"}
        elif number % 11 == 8:
            kyc = {"kyc_status": "pending_retry", "kyc_attempt": 2, "kyc_retry_at": -timedelta(minutes=30)}
        elif age < timedelta(minutes=30):
            kyc = {"kyc_status": "pending_kyc"}
        undecided = {} if "kyc_approved_at" in kyc else {"kyc_approved_at": None, "kyc_approved_by": None}
        yield {**row, **undecided, **kyc, "created_at": age}


def _new_transactions(launched: timedelta) -> Iterator[Row]:
    """One every three minutes; of forty one is declined for want of money."""
    for number, age in _evenly(launched, timedelta(minutes=3), most=320):
        row = {**transaction(1000 + number, Decimal(89 + 41 * number % 3_900), age=age), "user_id": 2 + number % 30}
        if number % 40 == 17:
            row |= {"status": "failed", "completed_at": None, "error_code": "INSUFFICIENT_FUNDS"}
        yield row


def _evenly(launched: timedelta, step: timedelta, most: int) -> Iterator[tuple[int, timedelta]]:
    """Ages after the launch, oldest first, no more than *most*."""
    step = max(step, launched / most)
    number, age = 1, launched - step
    while age > timedelta():
        yield number, age
        number, age = number + 1, age - step


def bank_account(number: int, user: int, bank: str, ends: timedelta, age: timedelta = timedelta(days=85)) -> Row:
    """An account at *bank*, with the consent that *ends* then."""
    return {
        "id": number,
        "user_id": user,
        "bank_account_id": f"acc-{number:06d}",
        "bank_name": bank,
        "consent_expires_at": ends,
        "consent_renewal_reminder_sent": -timedelta(days=7) < ends,
        "created_at": age,
    }


def _bank_accounts() -> Table:
    """A consent stands for 90 days; one ends in five, and its owner has been reminded."""
    ends = {12: -timedelta(days=5)}
    return Table(
        {
            "id": "bigint PRIMARY KEY",
            "user_id": "bigint NOT NULL",
            "bank_account_id": "text NOT NULL",
            "bank_name": "text NOT NULL",
            "consent_expires_at": "timestamptz NOT NULL",
            "consent_renewal_reminder_sent": "boolean NOT NULL DEFAULT FALSE",
            "created_at": "timestamptz NOT NULL DEFAULT now()",
        },
        tuple(
            bank_account(
                number,
                number,
                BANKS[number % len(BANKS)],
                ends.get(number, -timedelta(days=20 + number)),
                timedelta(days=85 if number in ends else 70 - number),
            )
            for number in range(1, _PEOPLE - 4)
        ),
    )


def _transactions() -> Table:
    """A day's payments: one declined for want of money, one under way, one large."""
    said: dict[int, Row] = {
        17: {
            "status": "failed",
            "completed_at": None,
            "error_code": "INSUFFICIENT_FUNDS",
            "error_message": "The bank declined: insufficient funds",
        },
        _LARGE_TRANSACTION: {"amount": LARGE + 50_000},
        60: {"status": "pending", "completed_at": None, "created_at": timedelta(minutes=3)},
    }
    return Table(
        {
            "id": "bigint PRIMARY KEY",
            "user_id": "bigint NOT NULL",
            "amount": "numeric(14,2) NOT NULL",
            "currency": "char(3) NOT NULL",
            "recipient_iban": "text NOT NULL",
            "status": "text NOT NULL",
            "created_at": "timestamptz NOT NULL DEFAULT now()",
            "completed_at": "timestamptz",
            "error_code": "text",
            "error_message": "text",
        },
        tuple(
            {
                **transaction(number, Decimal(149 + 37 * number % 4_800), age=timedelta(minutes=20 * (61 - number))),
                "user_id": 2 + number % 30,
                **said.get(number, {}),
            }
            for number in range(1, 61)
        ),
    )


def _sessions() -> Table:
    """Twelve people are logged in; two of the sessions are over and not yet swept away."""
    return Table(
        {
            "id": "text PRIMARY KEY",
            "user_id": "bigint NOT NULL",
            "created_at": "timestamptz NOT NULL DEFAULT now()",
            "expires_at": "timestamptz NOT NULL",
        },
        tuple(
            {
                "id": f"session-{number:04d}",
                "user_id": number,
                "created_at": timedelta(minutes=5 * number),
                "expires_at": timedelta(minutes=5 * number - 50),
            }
            for number in range(1, 13)
        ),
    )


def _aml_alerts() -> Table:
    return Table(
        {
            "id": "bigint PRIMARY KEY",
            "user_id": "bigint NOT NULL",
            "transaction_id": "bigint NOT NULL",
            "alert_type": "text NOT NULL",
            "severity": "text NOT NULL",
            "status": "text NOT NULL",
            "created_at": "timestamptz NOT NULL DEFAULT now()",
            "reviewed_at": "timestamptz",
        },
        (
            {
                "id": 1,
                "user_id": 2 + _LARGE_TRANSACTION % 30,
                "transaction_id": _LARGE_TRANSACTION,
                "alert_type": "large_transaction",
                "severity": "medium",
                "status": "open",
                "created_at": timedelta(minutes=20 * (61 - _LARGE_TRANSACTION)) - timedelta(seconds=30),
                "reviewed_at": None,
            },
        ),
    )
