"""What incidents are told by: lines of the application's log, and rows of the database."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from golive.twin import database
from golive.twin.cloud import APP_STREAM, LOG_GROUP, Line
from golive.twin.database import Row
from golive.twin.world import World

# Incidents are some minutes old; the last minute is left to what the application always says.
FIRST, LAST = timedelta(minutes=11), timedelta(minutes=1, seconds=20)
ROWS = 800_000  # ids begin there


def over_time(count: int) -> Iterator[timedelta]:
    """*count* ages, spread over the incident."""
    for number in range(count):
        yield FIRST - (FIRST - LAST) * number / count


def said(world: World, *lines: Line) -> World:
    """*world*, in whose log *lines* stand as well."""
    streams = world.cloud.logs[LOG_GROUP]
    stream = streams[APP_STREAM]
    told = replace(stream, lines=tuple(sorted((*stream.lines, *lines), key=lambda line: line.age, reverse=True)))
    logs = {**world.cloud.logs, LOG_GROUP: {**streams, APP_STREAM: told}}
    return replace(world, cloud=replace(world.cloud, logs=logs))


def line(age: timedelta, event: str, level: str = "error", **members: Any) -> Line:
    """One line of the log, as the application writes it."""
    return Line(age, json.dumps({"level": level, "event": event, **members}))


def kept(world: World, table: str, *rows: Row) -> World:
    """*world*, with *rows* in a table as well."""
    return replace(world, database=world.database.having(**{table: world.database.tables[table].with_rows(*rows)}))


def changed(world: World, table: str, change: Any) -> World:
    """*world*, with every row of a table as *change* makes it."""
    old = world.database.tables[table]
    return replace(world, database=world.database.having(**{table: replace(old, rows=tuple(map(change, old.rows)))}))


def first_id(world: World, table: str) -> int:
    """Where the ids of new rows begin, so that two incidents do not want the same."""
    return ROWS + len(world.database.tables[table].rows)


def failed_payments(world: World, codes: tuple[str, ...], payers: tuple[int, ...], **members: Any) -> World:
    """*world*, in which the payments of *payers* fail with *codes* in turn, in the log and in the rows."""
    rows, lines, first = [], [], first_id(world, "transactions")
    for number, age in enumerate(over_time(len(payers))):
        code, payer = codes[number % len(codes)], payers[number]
        row = database.transaction(first + number, Decimal(300 + 7 * number), age=age, status="failed")
        rows.append({**row, "user_id": payer, "error_code": code, **members})
        flow = "remittance" if number % 3 else "qr-payment"
        lines.append(line(age, "payment", "warn", message="PISP_ERROR", code=code, userId=payer, flow=flow))
    return said(kept(world, "transactions", *rows), *lines)


def rejected_people(world: World, reasons: tuple[str, ...], count: int, status: str = "rejected") -> World:
    """*world*, in which *count* new people end with *status*, for *reasons* in turn, in the log and in the rows."""
    rows, lines, first = [], [], first_id(world, "users")
    for number, age in enumerate(over_time(count)):
        reason, person = reasons[number % len(reasons)], database.person(first + number, age + timedelta(minutes=4))
        undecided: Row = {"kyc_approved_at": None, "kyc_approved_by": None}
        rows.append(
            {
                **person,
                **undecided,
                "kyc_status": status,
                "kyc_rejection_reason": reason,
                "kyc_rejected_at": age if status == "rejected" else None,
            }
        )
        lines.append(
            line(age, "kyc.review", "warn", message=f"KYC verification failed: {reason}", userId=first + number)
        )
    return said(kept(world, "users", *rows), *lines)
