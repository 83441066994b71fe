"""
What goes wrong on any day, and means nothing: people without money, unreadable documents, a stray 429, a consent that
ends soon. A seed makes a day; another seed makes another.

All of it is of the last hour, in rows whose ids begin with `FIRST_ID` and in the log of a second instance, so that one
day can be taken away and another put in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from golive.twin import database
from golive.twin.cloud import LOG_GROUP, SECOND_STREAM, Line, LogStream
from golive.twin.database import BANKS, Row, Table
from golive.twin.sumsub import Applicant

if TYPE_CHECKING:
    from golive.twin.world import World

FIRST_ID = 700_000
HOUR = timedelta(hours=1)
RECIPIENTS = (
    "NO9386011117947",
    "DE89370400440532013000",
    "SE4550000000058398257466",
    "GB29NWBK60161331926819",
    "PL61109010140000071219812874",
)
_MISTYPED = "DE89370400440532013001"
_CUSTOMERS = range(2, 37)  # those who have one bank account each
_REASONS = ("document_not_readable", "document_expired", "document_type_mismatch", "face_mismatch")


@dataclass(frozen=True, slots=True)
class _Day:
    transactions: tuple[Row, ...]
    users: tuple[Row, ...]
    bank_accounts: tuple[Row, ...]
    lines: tuple[Line, ...]


def ordinary(world: World, seed: int) -> World:
    """*world* on the day that *seed* makes, in place of the one that it had."""
    day = _day(Random(seed))  # noqa: S311  # no secret
    tables = {
        name: _instead(world.database.tables[name], rows)
        for name, rows in (
            ("transactions", day.transactions),
            ("users", day.users),
            ("bank_accounts", day.bank_accounts),
        )
        if name in world.database.tables
    }
    logs = world.cloud.logs
    streams = {**logs.get(LOG_GROUP, {}), SECOND_STREAM: LogStream(day.lines)}
    return acquainted(
        replace(
            world,
            noise=seed,
            database=world.database.having(**tables),
            cloud=replace(world.cloud, logs={**logs, LOG_GROUP: streams}),
        )
    )


def acquainted(world: World) -> World:
    """*world*, with everybody who waits for a decision waiting at Sumsub too."""
    waiting = {
        str(row["sumsub_applicant_id"]): Applicant("pending", world.now - _age(row["created_at"]))
        for row in world.database.tables["users"].rows
        if row.get("kyc_status") == "pending_kyc" and row.get("sumsub_applicant_id")
    }
    return replace(world, sumsub=replace(world.sumsub, applicants={**waiting, **world.sumsub.applicants}))


def _age(value: object) -> timedelta:
    assert isinstance(value, timedelta), "times in rows are ages"
    return value


def _instead(table: Table, rows: Sequence[Row]) -> Table:
    kept = tuple(row for row in table.rows if not FIRST_ID <= int(str(row["id"])) < FIRST_ID + 10_000)
    return replace(table, rows=(*kept, *({key: row[key] for key in row if key in table.columns} for row in rows)))


def _day(chance: Random) -> _Day:
    payments, people = tuple(_payments(chance)), tuple(_people(chance))
    lines = [*_of_payments(payments), *_of_people(people), *_mishaps(chance), *_balances(chance)]
    lines.sort(key=lambda line: line.age, reverse=True)
    return _Day(payments, people, tuple(_consents(chance)), tuple(lines))


def _payments(chance: Random) -> Iterator[Row]:
    """About one a minute; one or two of them fail, by nobody's fault of ours."""
    count = chance.randint(54, 66)
    codes = [chance.choice(("INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS", "INVALID_IBAN", "PAYMENT_REJECTED"))]
    codes += ["INSUFFICIENT_FUNDS"] * chance.randint(0, 1)
    failing = dict(zip(chance.sample(range(count), len(codes)), codes, strict=True))
    for number in range(count):
        age = HOUR * (number + chance.random()) / count + timedelta(seconds=20)
        amount = Decimal(chance.randint(50, 4_000))
        row: dict[str, Any] = {**database.transaction(FIRST_ID + number, amount, age=age)}
        row |= {"user_id": chance.choice(_CUSTOMERS), "recipient_iban": chance.choice(RECIPIENTS)}
        row["completed_at"] = age - timedelta(seconds=chance.choice((1, 2, 2, 3, 4, 8)))
        if code := failing.get(number):
            row |= {"status": "failed", "completed_at": None, "error_code": code}
            row |= {"recipient_iban": _MISTYPED} if code == "INVALID_IBAN" else {}
        yield row


def _people(chance: Random) -> Iterator[Row]:
    """New customers: one or two are turned down for a picture, one has just sent it, the rest are let in."""
    turned_down = chance.randint(1, 2)
    for number in range(chance.randint(16, 20)):
        age = timedelta(minutes=4 + 3 * number, seconds=chance.randint(0, 90))
        row: dict[str, Any] = {**database.person(FIRST_ID + number, age), "kyc_approved_at": age - timedelta(minutes=3)}
        if number == 0:
            row |= {"kyc_status": "pending_kyc", "kyc_approved_at": None, "kyc_approved_by": None}
        elif number <= turned_down:
            row |= {"kyc_status": "rejected", "kyc_approved_at": None, "kyc_approved_by": None}
            row |= {"kyc_rejection_reason": chance.choice(_REASONS), "kyc_rejected_at": age - timedelta(minutes=3)}
        yield row


def _consents(chance: Random) -> Iterator[Row]:
    """Some that end within the week; now and then one that ended, of somebody who no longer comes."""
    ends = [-timedelta(days=chance.randint(1, 6), hours=chance.randint(1, 20)) for _ in range(chance.randint(1, 3))]
    ends += [timedelta(days=chance.randint(1, 60))] * chance.randint(0, 1)
    for number, end in enumerate(ends):
        yield database.bank_account(FIRST_ID + number, FIRST_ID + 3 + number, chance.choice(BANKS), end)


def _line(age: timedelta, level: str, event: str, **members: object) -> Line:
    return Line(age, json.dumps({"level": level, "event": event, **members}))


def _of_payments(payments: Sequence[Row]) -> Iterator[Line]:
    for row in payments:
        said = {"userId": row["user_id"], "flow": "remittance" if int(str(row["id"])) % 3 else "qr-payment"}
        if row["error_code"]:
            yield _line(_age(row["created_at"]), "warn", "payment", status=402, code=row["error_code"], **said)
        else:
            yield _line(_age(row["created_at"]), "info", "payment", outcome="ok", **said)


def _of_people(people: Sequence[Row]) -> Iterator[Line]:
    for row in people:
        if reason := row["kyc_rejection_reason"]:
            age = _age(row["created_at"]) - timedelta(minutes=3)
            yield _line(age, "info", "kyc.review", outcome="rejected", code=reason, userId=row["id"])


def _mishaps(chance: Random) -> Iterator[Line]:
    """A 429 or two, that nobody noticed for the call was made again; perhaps one bank that was slow once."""
    for _ in range(chance.randint(1, 2)):
        partner = chance.choice(("neonomics", "sumsub", "swan", "bankid"))
        yield _line(
            HOUR * chance.random(), "warn", f"{partner}.attempt", status=429, code="TOO_MANY_REQUESTS", attempt=1
        )
    for _ in range(chance.randint(0, 1)):
        bank = chance.choice(BANKS)
        yield _line(HOUR * chance.random(), "warn", "aisp.balance", message=f"Bank API timeout: {bank}", bank=bank)


def _balances(chance: Random) -> Iterator[Line]:
    """Balances are shown, all the time."""
    for minute in range(1, 60):
        said = {"bank": chance.choice(BANKS), "userId": chance.choice(_CUSTOMERS)}
        yield _line(timedelta(minutes=minute, seconds=-30), "info", "aisp.balance", outcome="ok", **said)
