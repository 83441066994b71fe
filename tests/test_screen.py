"""The first screen: the decision, what changed, who signs, every item; on a desk, on a phone, on paper, by keyboard."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from rich.console import Console

from golive.agenda import Agenda
from golive.phases import moment
from golive.record import Contradiction, Decision, EarlierRun, History, Official, Paper, Record, Status
from golive.report import Report, write_report
from golive.report.markdown import verdict_markdown
from golive.report.screen import screen_of
from golive.runbook import load_inventory
from golive.since import comparison
from golive.terminal import Terminal
from tests.reported import AT, FIGURES, GO, HOME, HOSTILE, NEVER_RAN, every_status, finding, record
from tests.watching import PATIENCE, Watched, browser, needs_browser, needs_report, watched

__all__ = ["browser", "watched"]

PEOPLE = (
    Official(
        name="ola", full_name="Ola Nordmann", roles=("go-live owner", "approver", "rollback authority"), has_key=True
    ),
    Official(name="kari", full_name="Kari Nordmann", roles=("author",), has_key=False),
)
FOLDER = "reports/production/2026-03-02T091403.000000Z"
# Allure's own order of sections is that of their first results.
SECTIONS = [f"{section} Domain and TLS" for section in range(2, 13)]


def live(run: Record, **said: Any) -> Record:
    update = {"officials": PEOPLE, "run": run.run.model_copy(update={"folder": FOLDER}), "environment": "production"}
    return run.model_copy(update={**update, "rehearsal": False, **said})


def with_history(run: Record, before: Record) -> Record:
    against = comparison("2026-03-01T091403.000000Z", before, run)
    earlier = EarlierRun(
        folder=against.folder, ended=AT, phase="T-0", status=before.verdict.status, line=before.verdict.line
    )
    unread = ("2026-02-28T091403.000000Z: its manifest.json is no manifest",)
    return run.model_copy(update={"history": History(runs=(earlier,), last=against, unread=unread)})


# -- what it says ---------------------------------------------------------------------------------------------------


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


# -- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def no_go(tmp_path_factory: pytest.TempPathFactory) -> Report:
    run = with_history(live(record([*every_status(), finding("GL-12.2", tables=(FIGURES,))])), live(record(GO)))
    return write_report(run, tmp_path_factory.mktemp("no-go"), home=HOME)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Report:
    run = with_history(live(record(GO, status=Decision.GO)), live(record(GO, status=Decision.GO)))
    return write_report(run, tmp_path_factory.mktemp("go"), home=HOME)


@needs_report
@needs_browser
def test_a_reader_in_a_hurry_finds_the_answer(watched: Watched, go: Report) -> None:
    """
    Verdict, what it opens, who has yet to sign and who may stop it are in sight at once, and that nothing changed.
    """
    page = watched.open(go.html)
    for said in (
        "Opens, once it is signed: soft launch, invite-only (T-0)",
        "Not final: author, reviewer and approver have yet to sign",
        "Ola Nordmann (go-live owner, rollback authority)",
        "nothing changed",
    ):
        expect(page.get_by_text(said, exact=True).first).to_be_in_viewport(ratio=1)
    expect(page.locator("#gl-approval tbody tr").nth(2)).to_contain_text(f"golive sign --run {FOLDER} --role approver")
    expect(page.get_by_text("nobody has this role")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@needs_report
@needs_browser
def test_the_parts_stand_in_the_order_of_their_weight(watched: Watched, no_go: Report) -> None:
    """
    What holds the launch, what changed, who signs, what is not proved; figures come after, folded.
    """
    page = watched.open(no_go.html)
    headings = [re.sub(r":.*", "", text) for text in page.locator(".gl-rest h2").all_inner_texts()]
    assert headings == [
        "What holds the launch",
        "Since the last run",
        "Approval",
        "What this report does not prove",
        "Figures",
        "Every item",
    ]
    expect(page.get_by_text("0.17 %")).to_be_hidden()
    page.locator(".gl-figures summary").click()
    expect(page.get_by_text("0.17 %").first).to_be_visible()


@needs_report
@needs_browser
def test_what_changed_leads_to_its_item(watched: Watched, no_go: Report) -> None:
    """
    A change is shown before and after, and its id opens the item.
    """
    page = watched.open(no_go.html)
    page.locator(".gl-since summary").click()
    row = page.locator(".gl-since tbody tr").first
    expect(row).to_contain_text("newly open")
    expect(row).to_contain_text("met: it is so")
    row.get_by_role("link", name="GL-2.4").click()
    expect(page.locator("#app").get_by_text("What must be: Strict-Transport-Security").first).to_be_visible()


@needs_report
@needs_browser
def test_an_id_is_found_and_opens_by_keyboard_alone(watched: Watched, no_go: Report) -> None:
    """
    The search finds GL-7.2 and nothing else, and Enter opens it; no letter of it is a shortcut.
    """
    page = watched.open(no_go.html)
    page.locator("#gl-find").press_sequentially("GL-7.2")
    shown = page.locator("#gl-items tr:not([hidden])")
    expect(shown).to_have_count(1)
    expect(page.locator("#gl-found")).to_have_text("1 found")
    expect(shown).to_contain_text("What GL-7.2 asks for is so")
    page.keyboard.press("Enter")
    expect(page.locator("html.gl-reading")).to_have_count(1)
    expect(page.locator("#app").get_by_text("GL-7.2 What GL-7.2 asks for is so").first).to_be_visible()


@needs_report
@needs_browser
def test_both_lists_are_in_the_documents_order(watched: Watched, no_go: Report) -> None:
    """
    The list of the first screen and the tree below have the document's sections in its order, 10 after 9.
    """
    page = watched.open(no_go.html)
    page.locator("#gl-items > summary").click()
    assert page.locator("#gl-items h3").all_inner_texts() == SECTIONS
    ids = page.locator("#gl-items tr td:first-child").all_inner_texts()
    assert [name.strip() for name in ids] == [*(found.item for found in every_status()), "GL-12.2"]
    expect(page.locator("#app").get_by_text(SECTIONS[-1], exact=True)).to_be_visible(timeout=PATIENCE)
    tree = page.locator("#app").inner_text()
    places = [tree.index(f"\n{section}\n") for section in SECTIONS]
    assert places == sorted(places)


@needs_report
@needs_browser
def test_the_verdict_prints_whole(watched: Watched, no_go: Report, tmp_path: Path) -> None:
    """
    On paper all that is folded, filtered or shortened is there, the page below is not, and afterwards all is as before.
    """
    page = watched.open(no_go.html)
    page.locator("#gl-find").fill("GL-7.2")
    folded = page.locator(".gl details:not([open])").count()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".gl details:not([open])").count() == 0
    unseen = "[...document.querySelectorAll('.gl-rest td, .gl-rest li, .gl-whole')].filter(e => !e.checkVisibility())"
    assert page.evaluate(f"{unseen}.map(e => e.textContent)") == []
    expect(page.locator("#app")).to_be_hidden()
    expect(page.locator(".gl-whole")).to_contain_text(f"sha256:{'9b1e' * 16}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".gl details:not([open])").count() == folded
    expect(page.locator("#gl-items tr:not([hidden])")).to_have_count(1)
    data = page.pdf(path=tmp_path / "verdict.pdf", prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    assert 2 <= pages <= 12, "the 101 items and what is folded take some pages, and the page below would take more"


CONTRAST = """() => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parts = said => said.match(/[\\d.]+/g).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('.gl *')].filter(e => e.checkVisibility() && e.tagName !== 'SCRIPT'
    && [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  const ratio = e => {
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  return {seen: texts.length, faint: texts.filter(e => ratio(e) < 4.5).map(e => e.className + ': ' + e.textContent)};
}"""


@needs_report
@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(browser: Browser, no_go: Report, scheme: Any) -> None:
    """
    Text and background differ by WCAG's 4.5 to 1 at least, in light and in dark.
    """
    page = browser.new_page(color_scheme=scheme)
    page.goto(no_go.html.as_uri())
    page.evaluate("document.querySelectorAll('.gl details').forEach(part => part.open = true)")
    found = page.evaluate(CONTRAST)
    assert found["seen"] > 500
    assert found["faint"] == []
    page.close()


@needs_report
@needs_browser
def test_everything_on_the_first_screen_is_reached_by_keyboard(watched: Watched, no_go: Report) -> None:
    """
    The tabulator comes to every link, fold and field in turn, and each shows that it is there.
    """
    page = watched.open(no_go.html)
    reachable = page.locator(".gl a:visible, .gl summary:visible, .gl input:visible").count()
    reached = []
    for _ in range(reachable):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => [e.closest('.gl') !== null, parseFloat(getComputedStyle(e).outlineWidth) >= 2])"
                "(document.activeElement)"
            )
        )
    assert reachable >= 8
    assert reached == [[True, True]] * reachable


@needs_report
@needs_browser
def test_a_page_that_is_read_slowly_waits_for_its_own_data(browser: Browser, go: Report, tmp_path: Path) -> None:
    """
    The verdict is there and nothing is asked for elsewhere while the rest of the file is still to come.
    """
    whole = go.html.read_text(encoding="utf-8")
    head, data, _ = whole.partition("<script async>")
    assert data
    (tmp_path / "report.html").write_text(head, encoding="utf-8")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator("h1 b")).to_have_text("GO")
    page.wait_for_function("document.getElementById('app').childElementCount > 0")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert complaints == []
    page.close()


@needs_report
@needs_browser
def test_hostile_names_and_reasons_of_earlier_runs_stay_text(watched: Watched, tmp_path: Path) -> None:
    """
    People, folders, earlier reasons and unreadable runs are shown letter by letter.
    """
    before = live(record([finding("GL-1.1", Status.UNMET, reason=HOSTILE, title=HOSTILE)]))
    run = with_history(live(record([finding("GL-1.1")], status=Decision.GO)), before)
    assert run.history is not None
    run = run.model_copy(
        update={
            "officials": (Official(name=HOSTILE, full_name=HOSTILE, roles=("author", "go-live owner"), has_key=False),),
            "history": run.history.model_copy(update={"unread": (HOSTILE,)}),
            "run": run.run.model_copy(update={"folder": HOSTILE}),
        }
    )
    page = watched.open(write_report(run, tmp_path, home=HOME).html)
    expect(page.locator("#gl-approval")).to_contain_text(HOSTILE)
    expect(page.locator(".gl-since")).to_contain_text(f"unmet: {HOSTILE}")
    assert page.evaluate("document.querySelectorAll('.gl img, .gl [onerror]').length") == 0
    assert "broken in" not in page.title()


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
