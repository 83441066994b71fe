"""Faults of what the failure runbooks need on the day: their SQL, their measures, who notices, and whom to reach."""

from dataclasses import replace
from datetime import timedelta

from golive.twin import database
from golive.twin.applicationlog import login
from golive.twin.betterstack import BANKID, NEONOMICS, SUMSUB, SWAN
from golive.twin.cloud import LOG_GROUP, Line
from golive.twin.database import Row, Table
from golive.twin.faults.figures import also_said
from golive.twin.faults.kin import ready
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _lacking(world: World, table: str, column: str) -> World:
    return _instead(world, table, world.database.tables[table].without(column))


def _instead(world: World, table: str, other: Table) -> World:
    return replace(world, database=world.database.having(**{table: other}))


def _with(world: World, table: str, *rows: Row) -> World:
    return _instead(world, table, world.database.tables[table].with_rows(*rows))


# -- their SQL ------------------------------------------------------------------------------------------------------


@breaks(unmet=ready(5, of=("AISP",)))
def reminders_under_another_name(world: World) -> World:
    """A migration renamed the column that says whether somebody was reminded of a consent's end."""
    accounts = world.database.tables["bank_accounts"]
    before, after = "consent_renewal_reminder_sent", "reminded"
    columns = {after if name == before else name: kind for name, kind in accounts.columns.items()}
    rows = tuple({after if name == before else name: value for name, value in row.items()} for row in accounts.rows)
    return _instead(world, "bank_accounts", Table(columns, rows))


@breaks(unmet=ready(5, of=("BID",)))
def sessions_end_in_words(world: World) -> World:
    """The ends of sessions are kept as text, as SQLite does it, and cannot be compared with the present."""
    sessions = world.database.tables["sessions"]
    return _instead(world, "sessions", replace(sessions, columns={**sessions.columns, "expires_at": "text NOT NULL"}))


@breaks(unmet=ready(5, of=("PISP",)))
def payments_without_a_message(world: World) -> World:
    """A migration took the column away that says in words why a payment failed."""
    return _lacking(world, "transactions", "error_message")


@breaks(unmet=ready(5, of=("KYC",)))
def people_without_notes(world: World) -> World:
    """There is no column for the notes of somebody who approves by hand."""
    return _lacking(world, "users", "kyc_notes")


@breaks(unmet=ready(5, of=("KYC", "SWAN")), unknown=ready(6, of=("KYC",)))
def approvals_without_a_time(world: World) -> World:
    """A migration took the time of approvals away."""
    return _lacking(world, "users", "kyc_approved_at")


# -- their measures -------------------------------------------------------------------------------------------------


def _balance(number: int) -> Line:
    said = '{"level": "error", "event": "aisp.balance", "outcome": "failed", "code": "BALANCE_LATE"}'
    return Line(timedelta(minutes=40, seconds=-number), said)


def _calls(world: World, took: int, *, failed: bool = False) -> World:
    """Thirty more calls of Swan that took so many milliseconds."""
    outcome = '"failed", "code": "NOT_NOW"' if failed else '"ok"'
    text = f'{{"level": "info", "event": "swan.call", "outcome": {outcome}, "ms": {took}}}'
    return also_said(world, *(Line(timedelta(minutes=40, seconds=-number), text) for number in range(30)))


def _without_event(world: World, event: str) -> World:
    """The log, in which hardly anything is said of *event*."""
    streams = {
        name: replace(stream, lines=tuple(line for line in stream.lines if f'"{event}"' not in line.text))
        for name, stream in world.cloud.logs[LOG_GROUP].items()
    }
    return replace(world, cloud=replace(world.cloud, logs={**world.cloud.logs, LOG_GROUP: streams}))


@breaks(unmet=ready(6, of=("AISP",)))
def balances_come_late(world: World) -> World:
    """Sixty balances could not be fetched."""
    return also_said(world, *map(_balance, range(60)))


@breaks(unknown=ready(6, of=("AISP",)))
def hardly_any_balances(world: World) -> World:
    """Fewer balances were asked for than it takes to say anything in per cent."""
    return _without_event(world, "aisp.balance")


@breaks(unmet=ready(6, of=("BID",)))
def six_logins_fail_in_a_minute(world: World) -> World:
    """Six logins failed within a minute three days ago, among so many good ones that it does not show in per cent."""
    ago = timedelta(days=3)
    good = (login(ago + timedelta(seconds=20 * n)) for n in range(1, 700))
    return also_said(world, *good, *(login(ago - timedelta(seconds=5 * n), "INVALID_STATE") for n in range(6)))


@breaks(unmet=ready(6, of=("PISP",)))
def payments_take_half_a_minute(world: World) -> World:
    """Three payments took forty seconds each."""
    slow = (database.transaction(20_000 + n, database.LARGE / 1000, age=timedelta(days=1)) for n in range(3))
    return _with(world, "transactions", *({**row, "completed_at": timedelta(days=1, seconds=-40)} for row in slow))


@breaks(unmet=ready(6, of=("PISP",)))
def five_payments_fail_at_once(world: World) -> World:
    """Five payments failed within a minute two days ago, among so many good ones that it does not show in per cent."""
    ago = timedelta(days=2)
    good = (
        database.transaction(21_000 + n, database.LARGE / 1000, age=ago + timedelta(minutes=n)) for n in range(1, 90)
    )
    bad = (
        database.transaction(22_000 + n, database.LARGE / 1000, age=ago - timedelta(seconds=n), status="failed")
        for n in range(5)
    )
    return _with(world, "transactions", *good, *bad)


@breaks(unknown=ready(6, of=("PISP",)))
def payments_completed_before_they_began(world: World) -> World:
    """Two clocks disagree: payments are completed before they began, so their times say nothing."""
    odd = {**database.transaction(20_000, database.LARGE / 1000), "completed_at": timedelta(hours=3)}
    return _with(world, "transactions", odd)


@breaks(unmet=ready(6, of=("KYC",)))
def identities_take_hours(world: World) -> World:
    """Two people were let in after three hours."""
    late = (database.person(30_000 + n, timedelta(days=2)) for n in range(2))
    return _with(world, "users", *({**row, "kyc_approved_at": timedelta(days=2, hours=-3)} for row in late))


@breaks(unknown=ready(6, of=("SWAN",)))
def hardly_any_calls_of_swan(world: World) -> World:
    """Swan was called less often than it takes to say anything in per cent."""
    return _without_event(world, "swan.call")


@breaks(unmet=ready(6, of=("SWAN",)))
def swan_is_slow(world: World) -> World:
    """Thirty calls of Swan took six seconds each."""
    return _calls(world, 6_000)


@breaks(unmet=ready(6, of=("SWAN",)))
def calls_of_swan_fail(world: World) -> World:
    """Thirty calls of Swan failed."""
    return _calls(world, 150, failed=True)


# -- who notices ----------------------------------------------------------------------------------------------------


def _monitor(world: World, monitor: str, **changes: object) -> World:
    return replace(world, betterstack=world.betterstack.monitoring(monitor, **changes))


@breaks(unmet=ready(7, of=("AISP", "PISP")))
def nobody_watches_neonomics(world: World) -> World:
    """There is no monitor for the provider of Open Banking."""
    kept = tuple(one for one in world.betterstack.monitors if one.id != NEONOMICS)
    return replace(world, betterstack=replace(world.betterstack, monitors=kept))


@breaks(unmet=ready(7, of=("BID",)))
def bankid_is_watched_at_an_old_address(world: World) -> World:
    """The monitor of BankID watches the address that the failure runbooks have, which BankID documents nowhere."""
    return _monitor(world, BANKID, url="https://oidc.bankid.no/.well-known/openid-configuration")


@breaks(unmet=ready(7, of=("KYC",)))
def sumsub_is_watched_by_our_own_health(world: World) -> World:
    """The monitor of Sumsub watches our health, which is well also where Sumsub is not."""
    return _monitor(world, SUMSUB, url="https://getdrop.no/api/health")


@breaks(unmet=ready(7, of=("SWAN",)))
def swan_is_watched_every_half_hour(world: World) -> World:
    """The monitor of Swan looks every thirty minutes: an outage would be half over."""
    return _monitor(world, SWAN, frequency=1_800)


# -- whom to reach --------------------------------------------------------------------------------------------------


@breaks(unmet=ready(8, of=("AISP", "PISP")))
def neonomics_takes_no_mail(world: World) -> World:
    """The domain of Neonomics' support says that it takes no mail (RFC 7505)."""
    return replace(world, zone=world.zone.told("neonomics.io", "MX", "0 ."))


@breaks(unmet=ready(8, of=("BID",)))
def bankid_takes_no_mail(world: World) -> World:
    """The domain of BankID's support is not there."""
    return replace(world, zone=world.zone.told("bankid.no", "MX"))


@breaks(unmet=ready(8, of=("KYC",)))
def mail_of_sumsub_leads_nowhere(world: World) -> World:
    """The server that takes mail for Sumsub's support has no address."""
    return replace(world, zone=world.zone.told("sumsub.com", "MX", "10 gone.mail.example."))


@breaks(unmet=ready(8, of=("PISP", "SWAN")))
def swan_takes_no_mail(world: World) -> World:
    """The domain of Swan's support says that it takes no mail."""
    return replace(world, zone=world.zone.told("swan.io", "MX", "0 ."))


@breaks(unknown=ready(8, of=("PISP", "SWAN")))
def nobody_knows_who_takes_the_mail_of_swan(world: World) -> World:
    """The name servers fail when they are asked about swan.io."""
    return replace(world, zone=world.zone.ail("servfail", name="swan.io"))


@breaks()
def mail_without_an_mx_record(world: World) -> World:
    """Sumsub's domain has an address and no MX record, which is as good (RFC 5321)."""
    return replace(world, zone=world.zone.told("sumsub.com", "MX").told("sumsub.com", "A", "203.0.113.26"))
