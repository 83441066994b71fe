"""The first screen in a browser: on a desk, on a phone, on paper, and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from golive.record import Decision, Official, Status
from golive.report import Report, write_report
from tests.reported import FIGURES, FOLDER, GO, HOME, HOSTILE, every_status, finding, live, record, with_history
from tests.watching import PATIENCE, Watched, browser, needs_browser, needs_report, watched

__all__ = ["browser", "watched"]
# Allure's own order of sections is that of their first results.
SECTIONS = [f"{section} Domain and TLS" for section in range(2, 13)]


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
