"""What the failure runbooks need on the day: SQL that is tried and not run, measures, monitors, mail, contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from golive.coordinates import Watched
from golive.environment import Environment, load
from golive.errors import Denied, NothingExamined, ProbeError, SetupError, Unreachable, Unreadable
from golive.probes.ended import BalanceMeasures, LoginMeasures, SwanMeasures, _End, worst
from golive.probes.figures import Figures
from golive.probes.mail import MailDomain, MailTaken
from golive.probes.measures import PaymentMeasures, ReviewMeasures
from golive.probes.monitors import Escalations, Monitor, Monitors, Policy
from golive.probes.statements import Statement, StatementTrial, Trial, Tried
from golive.remarks import Remarks
from golive.twin import database as twin
from golive.twin.cloud import LOG_GROUP, Line
from golive.twin.database import GATE, Row
from golive.twin.world import World
from steps import runbooks

from .backstage import Backstage
from .town import HOME, Town, again

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def tried(backstage: Backstage, *sql: str) -> list[str]:
    """What the database says of each of these statements."""
    seen = backstage.look(StatementTrial(tuple(Statement("x", one, one) for one in sql)))
    assert again(seen) == seen
    return [each.wrong for each in seen.statements]


# -- SQL -----------------------------------------------------------------------------------------------------------


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


# -- measures from rows --------------------------------------------------------------------------------------------


def holding(table: str, rows: list[Row]) -> Callable[[World], World]:
    """A world in which a table has these rows and no others, besides our own account among the users."""

    def change(world: World) -> World:
        old = world.database.tables[table]
        ours = [row for row in old.rows if row.get("email") == twin.KNOWN_USER]
        return replace(world, database=world.database.having(**{table: replace(old, rows=(*ours, *rows))}))

    return change


def paid(count: int, *, took: float = 2, status: str = "completed", every: float = 10, first: int = 1) -> list[Row]:
    """So many payments, one *every* so many minutes, the newest a little ago."""
    rows = (
        twin.transaction(first + n, Decimal(100), age=timedelta(minutes=every * n + 61), status=status)
        for n in range(count)
    )
    done = timedelta(seconds=took)
    return [{**row, "completed_at": _age(row) - done if status == "completed" else None} for row in rows]


def _age(row: Row) -> timedelta:
    age = row["created_at"]
    assert isinstance(age, timedelta)
    return age


def values(seen: Figures) -> list[float | None]:
    assert again(seen) == seen
    return [figure.value for figure in seen.figures]


def test_payments_are_measured(backstage: Backstage) -> None:
    """Share, the three percentiles, and the worst stretch, to the last case."""
    backstage.put(
        holding(
            "transactions",
            paid(98)
            + [
                {**row, "id": 900 + n, "completed_at": _age(row) - timedelta(seconds=20 + n)}
                for n, row in enumerate(paid(2))
            ],
        )
    )
    good, p50, p95, p99, stretch = values(backstage.look(PaymentMeasures(7, 5)))
    assert (good, p50, p95, p99, stretch) == (100, 2, 2, 20, 0)


def test_the_worst_stretch_is_five_minutes_or_thirty_payments(backstage: Backstage) -> None:
    """Failures among hundreds show where they are together; few payments are taken together until they are thirty."""
    many = paid(300, every=0.1)
    failed = paid(30, status="failed", every=0.1, first=1000)
    backstage.put(holding("transactions", many + failed))
    seen = backstage.look(PaymentMeasures(7, 5))
    assert seen.of("failed payments in the worst 5 minutes").value == pytest.approx(100 * 30 / 80, abs=2)
    rare = paid(29, every=60)
    backstage.put(holding("transactions", rare))
    assert backstage.look(PaymentMeasures(7, 5)).of("failed payments in the worst 5 minutes").value is None
    backstage.put(holding("transactions", [*rare, *paid(1, status="failed", first=1000)]))
    assert backstage.look(PaymentMeasures(7, 5)).of("failed payments in the worst 5 minutes").value == pytest.approx(
        100 / 30
    )


def test_payments_of_before_and_under_way_do_not_count_and_stuck_ones_fail(backstage: Backstage) -> None:
    """Nine days ago is over, a minute ago is too soon, and two hours under way is a failure."""
    rows = paid(3)
    rows += [{**twin.transaction(50, Decimal(1), age=timedelta(days=9))}]
    rows += [twin.transaction(51, Decimal(1), age=timedelta(minutes=1), status="pending")]
    rows += [twin.transaction(52, Decimal(1), age=timedelta(hours=2), status="pending")]
    backstage.put(holding("transactions", rows))
    figure = backstage.look(PaymentMeasures(7, 5)).of("successful payments")
    assert (figure.of, figure.value) == (4, 75)


def test_a_clock_that_goes_backwards_says_nothing(backstage: Backstage) -> None:
    """A payment that was completed before it began makes all times doubtful."""
    backstage.put(holding("transactions", paid(60, took=-1)))
    with pytest.raises(Unreadable, match="60 payments ended before they began"):
        backstage.look(PaymentMeasures(7, 5))


def test_without_rows_nothing_is_known(backstage: Backstage) -> None:
    """No payment is no figure, and not a good one."""
    backstage.put(holding("transactions", []))
    assert values(backstage.look(PaymentMeasures(7, 5))) == [None] * 5


def test_identities_are_measured_by_their_decision(backstage: Backstage) -> None:
    """Who came long ago and was decided on this week counts; who waits does not; a rejection is one."""
    rows = [twin.person(100 + n, timedelta(hours=1 + n)) for n in range(19)]
    rows += [{**twin.person(200, timedelta(days=9)), "kyc_approved_at": timedelta(days=6, hours=23)}]
    unsettled: dict[str, Any] = {"kyc_approved_at": None, "kyc_approved_by": None}
    rows += [{**twin.person(201, timedelta(hours=5)), **unsettled, "kyc_status": "pending_kyc"}]
    rows += [
        {**twin.person(202, timedelta(hours=2)), **unsettled, "kyc_status": "rejected", "kyc_rejected_at": timedelta()}
    ]
    backstage.put(holding("users", rows))
    seen = backstage.look(ReviewMeasures(7, 60))
    assert seen.of("successful verifications").of in {21, 22}  # our own account may be of this week
    assert seen.of("p50 of the time of a verification").value == 180
    assert seen.of("p99 of the time of a verification").value == timedelta(days=2, hours=1).total_seconds()


def test_users_that_are_hidden_make_no_figure(backstage: Backstage) -> None:
    """Where the account that must be there is not found, rows are hidden from the gate."""

    def without(world: World) -> World:
        users = world.database.tables["users"]
        kept = tuple(row for row in users.rows if row["email"] != twin.KNOWN_USER)
        return replace(world, database=world.database.having(users=replace(users, rows=kept)))

    backstage.put(without)
    with pytest.raises(ProbeError, match="does not see all users"):
        backstage.look(ReviewMeasures(7, 60))


# -- measures from the log -----------------------------------------------------------------------------------------


def say(backstage: Backstage, *lines: str, ago: timedelta = timedelta(minutes=5)) -> None:
    """Let the application have said these lines, and nothing else."""
    told = [Line(ago - timedelta(seconds=n), line) for n, line in enumerate(lines)]
    backstage.cloud(lambda cloud: cloud.saying(*told, goes_on=False))


def ended(event: str, outcome: str = "ok", **members: object) -> str:
    """An event that ended."""
    import json

    return json.dumps({"level": "info", "event": event, "outcome": outcome, **members})


def test_calls_of_swan_are_measured(backstage: Backstage) -> None:
    """Share, percentiles of what tells a time, and the worst hundred; other events and broken lines are none."""
    lines = [ended("swan.call", ms=100 + n) for n in range(99)]
    say(backstage, *lines, ended("swan.call", "failed", ms=9_000), ended("other"), '{"event": "swan.call"', "swan.call")
    good, p50, p95, p99, stretch = values(backstage.look(SwanMeasures(LOG_GROUP, 7, 5)))
    assert (good, p50, p95, p99, stretch) == (99, 149, 194, 198, 1)


def test_a_time_that_is_none_is_left_out(backstage: Backstage) -> None:
    """A text, a negative number, true: none of them is milliseconds."""
    say(backstage, *(ended("swan.call", ms=odd) for odd in ("fast", -1, True, None)), ended("swan.call", ms=7))
    figure = backstage.look(SwanMeasures(LOG_GROUP, 7, 5)).of("p50 of the time of a call of Swan")
    assert (figure.value, figure.of) == (7, 1)


def test_failed_logins_are_counted_by_the_worst_minute(backstage: Backstage) -> None:
    """Six within a minute are six, whatever the clock's minutes; who gave up is neither good nor bad."""
    bad = ended("bankid.login", "failed", code="INVALID_STATE")
    gave_up = ended("bankid.login", "failed", code="USER_CANCELLED")
    say(backstage, *[bad] * 6, *[gave_up] * 40, ended("bankid.login"))
    seen = backstage.look(LoginMeasures(LOG_GROUP, 7))
    assert [(figure.value, figure.of) for figure in seen.figures] == [(pytest.approx(100 / 7), 7), (6.0, 7)]


def test_a_balance_that_did_not_end_well_could_not_be_fetched(backstage: Backstage) -> None:
    """An event without an outcome is no good one."""
    say(backstage, ended("aisp.balance"), '{"event": "aisp.balance"}')
    figure = backstage.look(BalanceMeasures(LOG_GROUP, 7)).figures[0]
    assert (figure.value, figure.of) == (50, 2)


@pytest.mark.parametrize("left_out", ["balance", "swan", "took"])
def test_words_that_nobody_told_are_an_open_question(backstage: Backstage, left_out: str) -> None:
    """It names the key, so that the items are unknown and say why."""
    logs = backstage.environment.logs
    assert logs is not None
    without = backstage.environment.model_copy(update={"logs": logs.model_copy(update={left_out: None})})
    look = BalanceMeasures(LOG_GROUP, 7) if left_out == "balance" else SwanMeasures(LOG_GROUP, 7, 5)
    with pytest.raises(Denied, match=f"logs.{left_out} is not answered yet"):
        look.observe(backstage.reach(without))


def test_a_group_that_is_not_there_has_no_measures(backstage: Backstage) -> None:
    """Nothing was examined."""
    with pytest.raises(NothingExamined, match="no such log group"):
        backstage.look(LoginMeasures("/aws/apprunner/drop-production", 7))


@pytest.mark.parametrize(
    ("good", "every", "found"),
    [("++++", 1, None), ("+++++", 1, 0.0), ("--+++", 1, 40.0), ("--+++++", 1, 40.0), ("-+++++++++", 0, 20.0)],
)
def test_the_worst_stretch_has_enough_cases(good: str, every: int, found: float | None) -> None:
    """Five cases at least, however long they take; with all at one instant, all that came until then."""
    ends = [_End(1000 * every * n, one == "+", None, None) for n, one in enumerate(good)]
    assert worst(ends, 500, 5) == found


# -- mail ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "exists", "servers", "reachable"),
    [
        ({"MX": ("10 mx.mail.example.",)}, True, ("mx.mail.example",), True),
        ({"MX": ("0 .",)}, True, (".",), False),
        ({"MX": ("10 gone.mail.example.",)}, True, ("gone.mail.example",), False),
        (
            {"MX": ("10 gone.mail.example.", "20 mx.mail.example.")},
            True,
            ("gone.mail.example", "mx.mail.example"),
            True,
        ),
        ({"A": ("203.0.113.9",)}, True, (), True),
        ({"TXT": ('"v=spf1 -all"',)}, True, (), False),
        ({}, False, (), False),
    ],
    ids=["mx", "takes none", "leads nowhere", "one of two", "an address alone", "neither", "not there"],
)
def test_who_takes_mail_is_told(
    town: Town, records: dict[str, tuple[str, ...]], exists: bool, servers: tuple[str, ...], reachable: bool
) -> None:
    """By the MX records, or an address without one (RFC 5321 5.1); RFC 7505 says how none is said."""
    town.zone = town.zone.without("swan.io")
    town.zone = replace(
        town.zone, records={name: said for name, said in town.zone.records.items() if not name.endswith("swan.io")}
    )
    for kind, told in records.items():
        town.zone = town.zone.told("swan.io", kind, *told)
    seen = MailTaken("swan.io").observe(town.reach())
    assert (seen.exists, seen.servers, seen.reachable) == (exists, servers, reachable)
    assert again(seen) == seen
    judged = [MailDomain("x", "swan.io", exists, servers, reachable)]
    if reachable:
        runbooks.mail_is_taken(judged, Remarks())
    else:
        with pytest.raises(AssertionError, match=r"swan.io (takes no mail|is not there)"):
            runbooks.mail_is_taken(judged, Remarks())


def test_name_servers_that_fail_are_no_answer(town: Town) -> None:
    """Nobody knows then whether mail is taken."""
    town.zone = town.zone.ail("servfail", name="swan.io")
    with pytest.raises(Unreachable):
        MailTaken("swan.io").observe(town.reach())


# -- contacts ------------------------------------------------------------------------------------------------------


def written(environment: Environment, now: datetime = NOW, name: str = "bankid") -> None:
    runbooks.contacts_are_written_down(name, environment, now, Remarks())


def test_contacts_that_are_filled_in_hold(environment: Environment) -> None:
    """Those of all five runbooks, as the rehearsal has them."""
    for name in ("aisp-balance", "bankid", "pisp-payment", "sumsub-kyc", "swan-outage"):
        written(environment, name=name)


@pytest.mark.parametrize("name", ["aisp-balance", "bankid", "pisp-payment", "sumsub-kyc", "swan-outage"])
def test_the_documents_as_they_stand_fail(name: str) -> None:
    """Production's file answers nothing yet: each blank is named with its key, and so is the review."""
    with pytest.raises(AssertionError) as failed:
        written(load("production", HOME), name=name)
    assert "blank: write contacts." in str(failed.value) or "XXXX: write contacts." in str(failed.value)
    assert "its next review has no day" in str(failed.value)
    assert f"write reviews.{name}" in str(failed.value)


@pytest.mark.parametrize(
    ("key", "said"),
    [("ceo-slack", "ola"), ("ceo-sms", "04 12"), ("bankid-phone", "ask Ola"), ("bankid-e-mail", "support")],
)
def test_what_nobody_could_use_is_no_contact(environment: Environment, key: str, said: str) -> None:
    """A number that cannot be dialled, a handle without its sign, an address without a domain."""
    with pytest.raises(AssertionError, match=f"is {said}: write contacts.{key}"):
        written(environment.model_copy(update={"contacts": {**environment.contacts, key: said}}))


@pytest.mark.parametrize(("due", "holds"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True)])
def test_a_review_is_due_on_its_day(environment: Environment, due: date, holds: bool) -> None:
    """On the day itself it is not past."""
    with_day = environment.model_copy(update={"reviews": {"bankid": due}})
    if holds:
        written(with_day)
        return
    with pytest.raises(AssertionError, match="was due on 2026-11-22"):
        written(with_day)


@pytest.mark.parametrize(
    ("was", "instead", "said"),
    [
        ('ceo = "+47 00 00 00 01"', 'ceo = "+47 XXXX XXXX"', "contacts.ceo: this is a blank still"),
        ('ceo = "+47 00 00 00 01"', 'ceo = "tbd"', "contacts.ceo: this is a blank still"),
        ("bankid = 2999-12-31", 'bankid = "before phase 2"', "reviews.bankid"),
        ("bankid = 2999-12-31", "bank-id = 2999-12-31", "reviews.bank-id"),
        ('Swan = { monitor = "Swan" }', 'Swann = { monitor = "Swan" }', "betterstack.providers.Swann"),
    ],
)
def test_a_copied_blank_or_an_unknown_name_is_refused(tmp_path: Path, was: str, instead: str, said: str) -> None:
    """With file, line and key."""
    text = (HOME / "environments/rehearsal/environment.toml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "environments" / "rehearsal" / "environment.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(was, instead, 1), encoding="utf-8")
    with pytest.raises(SetupError, match=said):
        load("rehearsal", tmp_path)


# -- who notices ---------------------------------------------------------------------------------------------------

WATCH = Monitor("1", "BankID", "https://auth.bankid.no/x", "status", "up", NOW, 180, False, "9", True, False, "")
CALLS = Policy("9", True, (("current_on_call",),))


def watched(environment: Environment, provider: str, *monitors: Monitor, policy: Policy = CALLS) -> Remarks:
    """What is remarked of these monitors."""
    remarks = Remarks()
    seen = Escalations(Monitors("BetterStack", NOW, monitors), {policy.id: policy})
    runbooks.provider_is_watched(seen, environment, provider, 5, remarks)
    return remarks


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "BankId"}, "there are 0 monitors called BankID"),
        ({"paused": True}, "is paused"),
        ({"status": "pending", "checked_at": None}, "is pending.*was never checked"),
        ({"status": "maintenance"}, "is maintenance"),
        ({"frequency": 301}, "is checked every 301 s; it must be every 300 s"),
        ({"checked_at": NOW - timedelta(minutes=10)}, "was checked 10 minutes ago"),
        ({"verify_ssl": False}, "does not verify"),
        ({"policy": None}, "has no escalation policy"),
        (
            {"url": "https://oidc.bankid.no/"},
            "watches https://oidc.bankid.no/; for BankID it must watch auth.bankid.no",
        ),
        ({"url": "https://getdrop.no/api/health"}, "for BankID it must watch"),
    ],
)
def test_a_monitor_that_would_notice_nothing_is_told(
    environment: Environment, changes: dict[str, Any], said: str
) -> None:
    """Each way in which an outage would go by unheard."""
    watched(environment, "BankID", WATCH)
    with pytest.raises(AssertionError, match=said):
        watched(environment, "BankID", replace(WATCH, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"frequency": None}, "how often it is checked"), ({"verify_ssl": None}, "whether it verifies the certificate")],
)
def test_a_monitor_of_which_too_little_is_told_is_unknown(
    environment: Environment, changes: dict[str, Any], said: str
) -> None:
    """What BetterStack does not say is no yes; what is seen to be wrong beside it is a no."""
    with pytest.raises(ProbeError, match=said):
        watched(environment, "BankID", replace(WATCH, **changes))
    with pytest.raises(AssertionError, match="has no escalation policy"):
        watched(environment, "BankID", replace(WATCH, **changes, policy=None))


def test_two_monitors_of_one_name_are_one_too_many(environment: Environment) -> None:
    """Nobody knows then of which the environment file speaks."""
    with pytest.raises(AssertionError, match="there are 2 monitors called BankID"):
        watched(environment, "BankID", WATCH, replace(WATCH, id="2"))


def test_a_policy_that_calls_nobody_wakes_nobody(environment: Environment) -> None:
    """A room alone is a warning; a policy that is gone, or empty, is a no."""
    told = watched(environment, "BankID", WATCH, policy=replace(CALLS, steps=(("all_slack_integrations",),)))
    assert told.warnings == ["escalation policy 9 calls rooms alone, and no person"]
    for policy in (replace(CALLS, steps=()), replace(CALLS, exists=False)):
        with pytest.raises(AssertionError, match="escalation policy 9, which"):
            watched(environment, "BankID", WATCH, policy=policy)


@pytest.mark.parametrize(("path", "holds"), [("/api/health/kyc", True), ("/api/health", False), ("/", False)])
def test_a_path_of_ours_counts_only_as_the_file_names_it(environment: Environment, path: str, holds: bool) -> None:
    """And with a warning: that it fails with the provider, nobody has shown."""
    monitor = replace(WATCH, name="Sumsub", url=f"https://getdrop.no{path}")
    if holds:
        assert "that it fails when Sumsub does" in watched(environment, "Sumsub", monitor).warnings[0]
        return
    with pytest.raises(AssertionError, match=r"must watch https://getdrop.no/api/health/kyc"):
        watched(environment, "Sumsub", monitor)


def test_a_red_monitor_notices_and_says_so(environment: Environment) -> None:
    """It is a warning: the provider's state is another item's."""
    assert watched(environment, "BankID", replace(WATCH, status="down")).warnings[0].startswith("BankID is down")


def test_a_provider_that_the_file_says_nothing_of_is_an_open_question(environment: Environment) -> None:
    """The sentence names the key, before anything is asked."""
    without = environment.betterstack.model_copy(update={"providers": {"Swan": Watched(monitor="Swan")}})
    with pytest.raises(Denied, match=r"betterstack.providers.BankID is not answered yet"):
        runbooks.monitor_of_provider("BankID", environment.model_copy(update={"betterstack": without}))


def test_a_provider_whose_address_nobody_has_told_is_an_open_question(environment: Environment) -> None:
    """Then no address can be the right one to watch; a path of ours can."""
    neonomics = environment.neonomics.model_copy(update={"token_url": None, "api_url": None})
    without = environment.model_copy(update={"neonomics": neonomics})
    with pytest.raises(Denied, match=r"neonomics.token_url is not answered yet"):
        watched(without, "Neonomics", replace(WATCH, name="Neonomics"))
