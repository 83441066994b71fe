"""What the application says in its log on a good day: lines of JSON, one for each thing that it did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from golive.twin.cloud import Line


def login(ago: timedelta, code: str = "") -> Line:
    """A login that ended well, or with *code*."""
    said = {"outcome": "failed", "code": code} if code else {"outcome": "ok"}
    return Line(ago, json.dumps({"level": "info", "event": "bankid.login", **said}))


def mishap(ago: timedelta, code: str) -> Line:
    """An error of the application, by its code."""
    return Line(ago, json.dumps({"level": "error", "event": "request", "status": 500, "code": code}))


def since_launch(launched: timedelta) -> Iterator[Line]:
    """Logins and mishaps since the launch, until the last two hours' chatter: a login every four minutes at most."""
    told = timedelta(minutes=121)
    step = max(timedelta(minutes=4), launched / 400)
    number, ago = 0, launched - timedelta(seconds=70)
    while ago > told:
        number += 1
        yield login(ago, "USER_CANCELLED" if number % 23 == 0 else "TIMEOUT" if number == 150 else "")
        if number % 40 == 0:
            yield mishap(ago - timedelta(seconds=20), "BANK_TIMEOUT" if number % 80 else "INSUFFICIENT_FUNDS")
        ago -= step


def chatter() -> Iterator[Line]:
    """Two hours of the application's log: many good answers, a log-in given up, a payment declined, a stray 429."""
    odd = {
        100: {"level": "warn", "event": "neonomics.call", "status": 429, "code": "TOO_MANY_REQUESTS"},
        90: {"level": "warn", "event": "bankid.login", "outcome": "failed", "code": "TIMEOUT"},
        70: {"level": "info", "event": "bankid.login", "outcome": "failed", "code": "USER_CANCELLED"},
        40: {"level": "error", "event": "payment", "status": 402, "code": "INSUFFICIENT_FUNDS"},
    }
    yield Line(timedelta(minutes=122), "   ▲ Next.js 14.2.5")
    yield Line(timedelta(minutes=122), " ✓ Ready in 412ms")
    for minute in range(120, 0, -1):
        login = odd.get(minute, {"level": "info", "event": "bankid.login", "outcome": "ok"})
        yield Line(timedelta(minutes=minute, seconds=-10), json.dumps(login))
        for path, took in (("/", 38), ("/api/transactions", 91), ("/api/health", 7)):
            said = {"level": "info", "event": "request", "path": path, "status": 200, "ms": took + minute % 9}
            yield Line(timedelta(minutes=minute, seconds=-20), json.dumps(said))
        for seconds in (30, 45):
            yield Line(timedelta(minutes=minute, seconds=-seconds), json.dumps(_call(minute, seconds)))
        outcome = {"outcome": "failed", "code": "BALANCE_LATE"} if minute == 80 else {"outcome": "ok"}
        said = {"level": "info", "event": "aisp.balance", **outcome}
        yield Line(timedelta(minutes=minute, seconds=-50), json.dumps(said))


def _call(minute: int, seconds: int) -> dict[str, object]:
    """A call of Swan, most of them quick; one has failed."""
    outcome = {"outcome": "failed", "code": "NOT_NOW"} if (minute, seconds) == (85, 30) else {"outcome": "ok"}
    took = 2_600 if minute == 33 else 1_200 if minute % 30 == 1 else 120 + minute * 7 % 240
    return {"level": "info", "event": "swan.call", **outcome, "ms": took}
