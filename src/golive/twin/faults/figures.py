"""Faults of the first day: what is counted since the launch, and how."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin import database
from golive.twin.applicationlog import login, mishap
from golive.twin.cloud import APP_STREAM, LOG_GROUP, Line, LogStream, Snapshot
from golive.twin.database import Row
from golive.twin.faults.kin import MEASURED_IN_THE_LOG, REQUESTS, ready
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _traffic(world: World, **changes: Any) -> World:
    return replace(world, cloud=replace(world.cloud, traffic=replace(world.cloud.traffic, **changes)))


def also_said(world: World, *lines: Line) -> World:
    """The application's log with *lines* in it as well."""
    stream = next(iter(world.cloud.logs[LOG_GROUP].values()))
    told = sorted((*stream.lines, *lines), key=lambda line: line.age, reverse=True)
    return replace(world, cloud=world.cloud.saying(*told))


def _rows(world: World, table: str, *rows: Row) -> World:
    return replace(world, database=world.database.having(**{table: world.database.tables[table].with_rows(*rows)}))


def _only(world: World, table: str, most: int) -> World:
    """The oldest *most* rows of a table: those of the time before the launch, and hardly any besides."""
    kept = replace(world.database.tables[table], rows=world.database.tables[table].rows[:most])
    return replace(world, database=world.database.having(**{table: kept}))


# -- requests -------------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-6.1.5", "GL-6.2.3"])
def one_request_in_fifty_fails(world: World) -> World:
    """Two in a hundred requests are answered with 500."""
    return _traffic(world, failing=50)


@breaks(unmet=["GL-6.1.5", "GL-6.2.3"])
def one_request_in_a_hundred_fails(world: World) -> World:
    """A little more than one in a hundred requests are answered with 500."""
    return _traffic(world, failing=99)


@breaks(unknown=REQUESTS)
def hardly_any_requests(world: World) -> World:
    """Fewer people came than it takes to say anything in per cent."""
    return _traffic(world, before=0, after=0)


@breaks(unknown=REQUESTS)
def failed_requests_not_counted(world: World) -> World:
    """CloudWatch counts the requests, and has no word of those that failed."""
    return _traffic(world, missing=frozenset({"5xxStatusResponses"}))


@breaks(unknown=REQUESTS)
def metrics_in_part(world: World) -> World:
    """CloudWatch tells only a part of its metrics, and says so."""
    return _traffic(world, status="InternalError")


@breaks(unknown=REQUESTS)
def metrics_of_any_service(world: World) -> World:
    """CloudWatch has figures of a service that does not exist, so its figures say nothing."""
    return _traffic(world, any_service=True)


@breaks()
def metrics_in_many_pages(world: World) -> World:
    """CloudWatch tells its metrics in many small pages."""
    return _traffic(world, page=40)


# -- the log --------------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-2.5.5", *ready(2)])
def log_silent_for_twenty_minutes(world: World) -> World:
    """The application has said nothing for twenty minutes, and the monitoring of transactions for forty."""
    stream = next(iter(world.cloud.logs[LOG_GROUP].values()))
    lines = [line for line in stream.lines if line.age > timedelta(minutes=20)]
    lines += [login(timedelta(minutes=30 + n)) for n in range(20)]  # enough before to judge the logins by
    return replace(world, cloud=world.cloud.saying(*lines, goes_on=False).watching(timedelta(minutes=40)))


@breaks()
def nobody_has_asked_for_twenty_minutes(world: World) -> World:
    """Nobody has asked the service for anything for twenty minutes, so it said nothing; whoever asks is heard."""
    quiet = log_silent_for_twenty_minutes(world)
    return replace(quiet, cloud=replace(quiet.cloud, heard=True))


@breaks(unmet=["GL-2.5.5", "GL-7.6"], unknown=["GL-6.1.2", "GL-6.2.4", *ready(2), *MEASURED_IN_THE_LOG])
def log_is_empty(world: World) -> World:
    """The log group is there, and nobody has ever said a word in it."""
    logs = {**world.cloud.logs, LOG_GROUP: {APP_STREAM: LogStream(())}}
    return replace(world, cloud=replace(world.cloud, logs=logs))


def _retold(world: World, tell: Callable[[dict[str, Any]], str]) -> World:
    """The application's log with every line told in another form."""
    logs = {
        name: replace(stream, lines=tuple(replace(line, text=_as_told(line.text, tell)) for line in stream.lines))
        for name, stream in world.cloud.logs[LOG_GROUP].items()
    }
    return replace(world, cloud=replace(world.cloud, logs={**world.cloud.logs, LOG_GROUP: logs}))


def _as_told(text: str, tell: Callable[[dict[str, Any]], str]) -> str:
    return tell(json.loads(text)) if text.startswith("{") else text


@breaks(unmet=["GL-6.1.2"])
def errors_pile_up_in_capitals(world: World) -> World:
    """The library that writes the log was renewed, and says "ERROR" now: as many errors as ever."""
    return _retold(errors_pile_up(world), lambda line: json.dumps({**line, "level": line["level"].upper()}))


@breaks(unknown=["GL-6.1.2"])
def log_with_levels_in_numbers(world: World) -> World:
    """The library that writes the log says 50 instead of "error", and nobody told the gate."""
    numbers = {"debug": 20, "info": 30, "warn": 40, "error": 50, "fatal": 60}
    return _retold(errors_pile_up(world), lambda line: json.dumps({**line, "level": numbers[line["level"]]}))


@breaks(unknown=["GL-6.1.2"])
def log_without_levels(world: World) -> World:
    """No line of the log says any more how bad it is."""
    return _retold(errors_pile_up(world), lambda line: json.dumps({**line, "level": None}))


@breaks(unknown=["GL-6.1.2"])
def exceptions_in_plain_text(world: World) -> World:
    """Nobody catches what goes wrong any more: it stands in the log as it was thrown, and no level with it."""
    thrown = "TypeError: Cannot read properties of undefined (reading 'kvittering')"
    return also_said(world, *(Line(timedelta(minutes=3, milliseconds=10 * n), thrown) for n in range(200)))


@breaks(unmet=["GL-2.5.5", "GL-7.6", *ready(1, 2)], unknown=["GL-6.1.2", "GL-6.2.4", *MEASURED_IN_THE_LOG])
def log_group_missing(world: World) -> World:
    """The service's log group is not there; another, with the name that the failure runbooks have, is."""
    other = "/aws/apprunner/drop-production"
    logs = {other if name == LOG_GROUP else name: said for name, said in world.cloud.logs.items()}
    return replace(world, cloud=replace(world.cloud, logs=logs))


@breaks(unknown=["GL-2.5.5", "GL-6.1.2", "GL-6.2.4", *MEASURED_IN_THE_LOG, *ready(1, 2)])
def logs_of_any_group(world: World) -> World:
    """CloudWatch has events of a log group that does not exist, so what it tells says nothing."""
    return replace(world, cloud=replace(world.cloud, any_log=True))


@breaks(unmet=["GL-6.1.2"])
def errors_pile_up(world: World) -> World:
    """The bank times out, again and again: more than one error for each hundred requests."""
    return also_said(world, *(mishap(timedelta(minutes=3, seconds=2 * n), "BANK_TIMEOUT") for n in range(250)))


@breaks(unmet=["GL-6.2.4", "BID-R6"])
def logins_fail(world: World) -> World:
    """Eight logins failed, because BankID no longer takes our client."""
    return also_said(world, *(login(timedelta(minutes=9, seconds=n), "INVALID_CLIENT") for n in range(8)))


@breaks(unknown=["GL-6.2.4", "BID-R6"])
def hardly_any_logins(world: World) -> World:
    """Fewer people logged in than it takes to say anything in per cent."""
    stream = next(iter(world.cloud.logs[LOG_GROUP].values()))
    lines = [line for line in stream.lines if "bankid.login" not in line.text]
    return replace(world, cloud=world.cloud.saying(*lines, login(timedelta(minutes=30))))


@breaks()
def logins_given_up(world: World) -> World:
    """Forty people closed the window of BankID, which is their right, and no failure."""
    return also_said(world, *(login(timedelta(minutes=9, seconds=n), "USER_CANCELLED") for n in range(40)))


# -- payments and people --------------------------------------------------------------------------------------------


def _payment(number: int, status: str, ago: timedelta = timedelta(hours=3)) -> Row:
    return database.transaction(20_000 + number, database.LARGE / 1000, age=ago, status=status)


@breaks(unmet=["GL-6.1.3", "PISP-R6"])
def payments_fail(world: World) -> World:
    """A bank refuses twenty-five payments."""
    return _rows(world, "transactions", *(_payment(number, "failed") for number in range(25)))


@breaks(unmet=["GL-6.1.3", "PISP-R6"])
def payments_stuck(world: World) -> World:
    """Twenty-five payments have been under way for three hours, which no status calls a failure."""
    return _rows(world, "transactions", *(_payment(number, "pending") for number in range(25)))


@breaks()
def payments_under_way(world: World) -> World:
    """Forty payments began a moment ago, and are under way."""
    ago = timedelta(minutes=2)
    return _rows(world, "transactions", *(_payment(number, "pending", ago) for number in range(40)))


@breaks(unknown=["GL-6.1.3", "PISP-R6"])
def hardly_any_payments(world: World) -> World:
    """Fewer people paid than it takes to say anything in per cent."""
    return _only(world, "transactions", 40)


def _person(number: int, status: str, ago: timedelta) -> Row:
    return {**database.demo_user(), "id": 30_000 + number, "email": f"ny{number}@example.org", "kyc_status": status} | {
        "created_at": ago
    }


@breaks(unmet=["GL-6.1.4"])
def applicant_stuck(world: World) -> World:
    """One person has waited for two and a half hours for Sumsub's decision."""
    return _rows(world, "users", _person(1, "pending_kyc", timedelta(hours=2, minutes=30)))


@breaks(unmet=["GL-6.1.4"])
def applicant_stuck_in_review(world: World) -> World:
    """One person of last week still waits for somebody to look at a match with a list of sanctions."""
    return _rows(world, "users", _person(1, "manual_review_aml", timedelta(days=6)))


@breaks(unknown=["GL-6.1.4", "GL-6.2.5", "KYC-R6"])
def applicant_waits_under_another_word(world: World) -> World:
    """Somebody has waited for five hours, under a word that nobody told the gate of."""
    return _rows(world, "users", _person(2, "pending_document", timedelta(hours=5)))


@breaks(unknown=["GL-6.1.4", "GL-6.2.5", "KYC-R6"])
def applicant_waits_under_no_word(world: World) -> World:
    """Somebody has waited for five hours, and how they stand was never written down."""
    users = world.database.tables["users"]
    lax = replace(users, columns={**users.columns, "kyc_status": "text"})
    world = replace(world, database=world.database.having(users=lax))
    return _rows(world, "users", {**_person(1, "", timedelta(hours=5)), "kyc_status": None})


@breaks(unmet=["GL-6.1.4"], unknown=["GL-6.2.5", "KYC-R6"])
def applicant_stuck_beside_another_word(world: World) -> World:
    """One person has waited for too long, whatever becomes of somebody who has a word that nobody told of."""
    return applicant_stuck(applicant_waits_under_another_word(world))


@breaks(unmet=["GL-6.2.5", "KYC-R6"])
def people_rejected(world: World) -> World:
    """Thirty people were rejected since the launch."""
    return _rows(world, "users", *(_person(n, "rejected", timedelta(hours=4)) for n in range(30)))


@breaks(unmet=["GL-6.2.5", "KYC-R6"])
def people_approved_by_hand(world: World) -> World:
    """Thirty people were approved by hand in the database, which is no approval of Sumsub's."""
    return _rows(world, "users", *(_person(n, "approved_manual", timedelta(hours=4)) for n in range(30)))


@breaks(unknown=["GL-6.2.5", "KYC-R6"])
def hardly_any_reviews(world: World) -> World:
    """Fewer people were reviewed than it takes to say anything in per cent."""
    return _only(world, "users", 41)


# -- the copy of the data -------------------------------------------------------------------------------------------


def _pre_launch(world: World, *instead: Snapshot) -> World:
    kept = tuple(one for one in world.cloud.snapshots if "pre-launch" not in one.name)
    return replace(world, cloud=replace(world.cloud, snapshots=(*kept, *instead)))


def _taken(world: World) -> Snapshot:
    return next(one for one in world.cloud.snapshots if "pre-launch" in one.name)


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_missing(world: World) -> World:
    """Nobody took a snapshot before the launch, and now it is too late."""
    return _pre_launch(world)


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_of_another_day(world: World) -> World:
    """The pre-launch snapshot is of the rehearsal, two days before the launch."""
    taken = _taken(world)
    return _pre_launch(world, replace(taken, age=taken.age + timedelta(days=2)))


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_failed(world: World) -> World:
    """The pre-launch snapshot was begun, and failed."""
    return _pre_launch(world, replace(_taken(world), status="failed"))


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_still_creating(world: World) -> World:
    """The pre-launch snapshot is being made, and does not get done."""
    return _pre_launch(world, replace(_taken(world), status="creating"))


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_of_another_name(world: World) -> World:
    """Somebody took a snapshot on the day of the launch, under a name that does not say so."""
    return _pre_launch(world, replace(_taken(world), name="before-go-live"))


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_copied_from_an_old_one(world: World) -> World:
    """On the day of the launch an old snapshot was copied under the name of a pre-launch one."""
    return _pre_launch(world, replace(_taken(world), age=timedelta(days=12), copied=_taken(world).age))


@breaks(unmet=["GL-3.1.5"], phase="T+24h")
def pre_launch_snapshot_after_the_launch(world: World) -> World:
    """The snapshot that is called pre-launch was taken after the launch."""
    after = world.now - world.launch_at - timedelta(minutes=10)
    return _pre_launch(world, replace(_taken(world), age=max(after, timedelta())))
