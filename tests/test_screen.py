"""The first screen: the decision, what changed, who signs, what is not proved, and every hour in UTC and in Oslo."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from golive.agenda import Agenda
from golive.phases import moment
from golive.record import Contradiction, Decision, History, Paper, Record, Status
from golive.report.markdown import verdict_markdown
from golive.report.screen import screen_of
from golive.runbook import load_inventory
from golive.terminal import Terminal
from tests.reported import (
    AT,
    FOLDER,
    GO,
    HOME,
    NEVER_RAN,
    PEOPLE,
    every_status,
    finding,
    live,
    record,
    with_history,
)


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ({"phase": "T-1h"}, "Opens, once it is signed: soft launch, invite-only (T-1h)"),
        ({"phase": "T+24h"}, "Confirms, once it is signed: soft launch, invite-only (T+24h)"),
        ({"phase": "rollback"}, "Confirms, once it is signed: soft launch, invite-only (rollback)"),
        ({"profile": "change"}, "Opens, once it is signed: soft launch, invite-only (every deploy)"),
    ],
    ids=["deploy", "first day", "rollback", "change"],
)
def test_the_decision_is_named_with_its_phase(said: dict[str, str], opens: str) -> None:
    """
    A GO says which decision it opens, or confirms where nothing is opened, and that it takes signatures.
    """
    screen = screen_of(live(record(GO, status=Decision.GO), **said))
    assert screen.opens == opens
    assert screen.next == "Not final: author, reviewer and approver have yet to sign"


def test_the_approval_table_names_people_by_role_and_the_exact_commands() -> None:
    """
    Each role has its people, what they lack, and the command; a role that nobody has is said.
    """
    author, reviewer, approver = screen_of(live(record(GO, status=Decision.GO))).approvals.rows
    assert (author.role, author.item, author.people) == ("author", "GL-8.1", ("Kari Nordmann (kari)",))
    assert author.lacking == (
        "kari has no key: the line of ~/.ssh/id_….pub belongs in environments/production/environment.toml",
    )
    assert (reviewer.item, reviewer.people) == ("GL-8.2", ())
    assert reviewer.lacking == ("nobody has this role: name somebody in environments/production/environment.toml",)
    assert (approver.item, approver.people, approver.lacking) == ("GL-8.3", ("Ola Nordmann (ola)",), ())
    assert approver.command == f"golive sign --run {FOLDER} --role approver"


def test_who_may_stop_the_launch_is_said_from_the_environment() -> None:
    """
    The go-live owner and the rollback authority are named; where nobody is, that is said.
    """
    stop = {fact.name: fact.value for fact in screen_of(live(record(GO))).facts}["May stop the launch"]
    assert stop == "Ola Nordmann (go-live owner, rollback authority)"
    nobody = live(record(GO), officials=PEOPLE[1:])
    stop = {fact.name: fact.value for fact in screen_of(nobody).facts}["May stop the launch"]
    assert stop == "nobody is named as go-live owner · nobody is named as rollback authority"


def test_a_folder_with_a_space_is_quoted_in_the_command() -> None:
    """
    Whoever pastes the command signs the run that is shown.
    """
    run = live(record(GO))
    run = run.model_copy(update={"run": run.run.model_copy(update={"folder": "my runs/production/x"})})
    assert screen_of(run).approvals.verify == "golive verify 'my runs/production/x'"


def test_a_reason_that_many_items_share_is_told_once() -> None:
    """
    Where nobody could look at all, the first screen names that one reason before the remedies of each item.
    """
    run = record([finding(f"GL-1.{number}", Status.UNKNOWN, reason="no credentials") for number in range(9)])
    screen = screen_of(run)
    assert [(shared.reason, shared.items) for shared in screen.shared] == [("no credentials", 9)]
    assert screen.next == "Held by 9 blockers. Next: what 9 of them share, no credentials"
    assert all(row.owner and row.remedy for row in screen.open_items)


def test_what_was_not_selected_is_not_called_unknown() -> None:
    """
    A part of the checklist tells how much was left out.
    """
    left_out = [finding(f"GL-1.{number}", Status.UNKNOWN, **NEVER_RAN) for number in range(2, 9)]
    run = record([finding("GL-1.1"), *left_out], status=Decision.PARTIAL)
    run = run.model_copy(update={"verdict": run.verdict.model_copy(update={"holding": ()})})
    screen = screen_of(run)
    assert {fact.name: fact.value for fact in screen.facts}["Items"] == "1 met · 7 not selected"
    assert "7 items left out" in " ".join(screen.limits[1].lines)
    assert {row.status for section in screen.sections for row in section.items} == {"met", "not selected"}


def test_figures_say_of_how_many_cases_they_are() -> None:
    """
    What is judged by a share is named among what is not proved, with its number of cases.
    """
    table = (("figure", "since the launch", "bound", "of"), ("logins", "100 %", "above 99 %", "101 logins"))
    limits = {limit.heading: limit.lines for limit in screen_of(record([finding("GL-6.2.4", tables=(table,))])).limits}
    assert limits["Figures, and of how many cases each was made"] == ("GL-6.2.4 logins: 100 %, of 101 logins",)


def test_an_open_contradiction_says_both_sides_and_who_decides() -> None:
    """
    What the documents say, what the gate does, who must decide, for which items; a settled one is open to nobody.
    """
    open_row = Contradiction(
        number=11, matter="The apex", documents="An A record", gate="Takes it", decides=("CEO",), items=("GL-1.1",)
    )
    settled = open_row.model_copy(update={"number": 43, "settled": "alem, 2026-03-02"})
    run = record([finding("GL-1.1", decision=(11, 43))]).model_copy(update={"contradictions": (open_row, settled)})
    (limit,) = [limit for limit in screen_of(run).limits if "contradict" in limit.heading]
    assert limit.lines == (
        "11 The apex (GL-1.1). The documents say: An A record. The gate: Takes it. Who decides: CEO",
    )


def test_the_text_agrees_about_changes_and_approvals() -> None:
    """
    What changed, what cannot be read, and the commands stand in the Markdown as on the page.
    """
    text = verdict_markdown(with_history(live(record(every_status())), live(record(GO))))
    assert "## Since the last run: 5 newly open" not in text, "waived and not due hold nothing"
    assert "## Since the last run: 3 newly open (GL-2.4, GL-3.3, GL-4.4)" in text
    assert "Whether an earlier run was approved is not known." in text
    assert "its manifest.json is no manifest" in text
    assert f"golive sign --run {FOLDER} --role author" in text
    first = verdict_markdown(live(record(GO)).model_copy(update={"history": History()}))
    assert "There is no earlier run of T-0 in production to compare with." in first


def acted(**said: Any) -> Record:
    """A run in which an item's act was carried out."""
    run = record([finding("GL-3.1", evidence=("e-act",)), finding("GL-3.2")], status=Decision.GO)
    update = {"act": "takes a snapshot of drop-db, which stays", "stays": "of drop-db stays the snapshot drop-db-1"}
    seen = run.evidence[0].model_copy(update={**update, **said})
    return run.model_copy(update={"evidence": (seen, *run.evidence[1:])})


@pytest.mark.parametrize(
    ("said", "became"),
    [
        ({}, "of drop-db stays the snapshot drop-db-1"),
        ({"stays": ""}, "nothing of it stays"),
        ({"stays": "", "answer": None, "error": "RDS: no answer"}, "what became of it is not known: RDS: no answer"),
    ],
)
def test_what_a_run_has_done_is_told_with_its_hour_and_what_stays(said: dict[str, Any], became: str) -> None:
    """The first screen, its Markdown and the end of the terminal name each act, its item, its hour and what stays."""
    run = acted(**said)
    (told,) = screen_of(run).acts
    assert told == f"GL-3.1 takes a snapshot of drop-db, which stays. Begun {moment(AT)}; {became}"
    assert "## What this run has changed or sent: 1" in verdict_markdown(run)
    out = io.StringIO()
    Terminal(Console(file=out, width=400)).verdict(run, None)
    assert (
        f"acted for GL-3.1 at {AT:%H:%M:%S} UTC: takes a snapshot of drop-db, which stays; {became}" in out.getvalue()
    )


def test_a_run_without_acts_says_nothing_of_them() -> None:
    """Reading leaves nothing behind."""
    run = record([finding("GL-3.1")], status=Decision.GO)
    assert screen_of(run).acts == ()
    assert "has changed or sent" not in verdict_markdown(run)


def test_every_hour_is_told_in_utc_and_in_oslo() -> None:
    """When items fall due, when records end, and when a waiver does."""
    paper = Paper(kind="waiver", item="GL-3.3", file="w.toml", sha256="0" * 64, expires=AT, said="mended", used=True)
    run = record([finding("GL-3.1"), finding("GL-3.2", Status.NOT_DUE, due="T+30m", reason="later")])
    run = run.model_copy(update={"launch_at": AT, "records": (paper,)})
    limits = {limit.heading: limit.lines for limit in screen_of(run).limits}
    assert limits["Not due yet"] == (f"1 item at T+30m, {moment(AT + timedelta(minutes=30))}",)
    assert f"until {moment(AT)}" in limits["Said by people"][0]
    agenda = Agenda(load_inventory(HOME / "features"), "T-0", "launch", AT)
    late = next(item for item in agenda.inventory.item if item.due == "T+30m")
    assert agenda.why_not(late) == f"due at T+30m, {moment(AT + timedelta(minutes=30))}"
    assert moment(AT).endswith(" in Oslo)")
