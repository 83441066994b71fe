"""The page says what the record says, to whoever opens it, and lets nothing in or out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Position, expect

from golive.record import Status, Step
from golive.report import Report, ReportError, write_html, write_report, write_results
from golive.report.html import GENERATOR
from tests.reported import HOME, HOSTILE, every_status, evidence, finding, record
from tests.watching import Watched, browser, needs_browser, needs_report, watched

__all__ = ["browser", "watched"]

# A script in the generator's place finds out where it is to write.
FOLDER = "const fs = require('node:fs'), folder = JSON.parse(fs.readFileSync(process.argv[4])).output;"
# On a phone Allure writes the file's type over the end of its name.
NEAR_ITS_BEGINNING = Position(x=4, y=6)


@pytest.fixture(scope="module")
def no_go(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return write_report(record(every_status()), tmp_path_factory.mktemp("no-go"), home=HOME)


@needs_report
@needs_browser
def test_the_answer_is_on_the_first_screen(watched: Watched, no_go: Report) -> None:
    """
    The verdict in very large letters and the first open item are in sight without scrolling, on a desk and on a phone.
    """
    page = watched.open(no_go.html)
    verdict = page.locator("h1")
    expect(verdict).to_have_text("NO-GO (REHEARSAL, 101 of 101 items): 3 items hold the launch")
    expect(verdict.locator("b")).to_be_in_viewport(ratio=1)
    assert verdict.locator("b").evaluate("mark => parseFloat(getComputedStyle(mark).fontSize)") >= 64
    expect(page.locator("#gl-open tbody tr").first).to_be_in_viewport(ratio=1)
    expect(page.locator("#gl-open tbody tr").first).to_contain_text("max-age is 31536000")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@needs_report
@needs_browser
def test_an_item_opens_with_its_steps_and_its_evidence(watched: Watched, no_go: Report) -> None:
    """
    From the open item one comes to its sentence, its steps and what was seen, the verdict in sight, and back.
    """
    page = watched.open(no_go.html)
    page.locator("#gl-open").get_by_role("link", name="GL-2.4").click()
    expect(page.get_by_text("What must be: Strict-Transport-Security").first).to_be_visible()
    expect(page.locator("h1 b")).to_be_in_viewport(ratio=1)
    page.get_by_text("When a visitor opens").click()
    expect(page.get_by_text("| /api/health |")).to_be_visible()
    page.get_by_text("e-GL-2.4: https://getdrop.no/").first.click(position=NEAR_ITS_BEGINNING)
    expect(page.get_by_text("max-age=31536000").first).to_be_visible()
    page.get_by_text("Back to the verdict").click()
    expect(page.locator("#gl-open")).to_be_visible()


@needs_report
@needs_browser
def test_the_tree_holds_the_sections_and_every_item(watched: Watched, no_go: Report) -> None:
    """
    Below the first screen stand the sections, their items in the checklist's order, and the files that belong to it.
    """
    page = watched.open(no_go.html)
    tree = page.locator("#app")
    sections = [f"{section} Domain and TLS" for section in range(2, 13)]
    for section in sections:
        expect(tree.get_by_text(section, exact=True)).to_be_visible()
    tree.get_by_text("5 Domain and TLS", exact=True).click()
    expect(tree.get_by_text("GL-5.10 What")).to_be_visible()
    shown = tree.inner_text()
    wanted = [*(f"GL-2.{number} What" for number in range(1, 11)), *(f"GL-5.{number} What" for number in range(1, 11))]
    places = [shown.index(name) for name in wanted]
    assert places == sorted(places)
    page.get_by_text("Global Attachments").click()
    expect(page.locator("#app").get_by_text("verdict.md")).to_be_visible()
    expect(page.locator("#app").get_by_text("record.json")).to_be_visible()


@needs_report
@needs_browser
def test_hostile_text_stays_text(watched: Watched, tmp_path: Path) -> None:
    """
    Markup in whatever the record holds is shown letter by letter and does nothing.
    """
    step = Step(
        keyword="Then", text=HOSTILE, table=((HOSTILE,),), status="failed", message=HOSTILE, evidence=("e-GL-2.4",)
    )
    said = dict.fromkeys(("title", "demand", "section_title", "reason", "remedy", "owner", "document"), HOSTILE)
    hostile = record([finding("GL-2.4", Status.UNMET, steps=(step,), warnings=(HOSTILE,), examined=(HOSTILE,), **said)])
    seen = evidence("e-GL-2.4", {"body": HOSTILE}).model_copy(update={"source": HOSTILE})
    hostile = hostile.model_copy(update={"evidence": (seen,), "environment": HOSTILE, "phase": HOSTILE})
    page = watched.open(write_report(hostile, tmp_path, home=HOME).html)
    expect(page.locator("#gl-open tbody tr")).to_contain_text(HOSTILE)
    page.locator("#gl-open").get_by_role("link", name="GL-2.4").click()
    expect(page.locator("#app").get_by_text("What must be: </script>").first).to_be_visible()
    page.get_by_text(f"e-GL-2.4: {HOSTILE}").first.click(position=NEAR_ITS_BEGINNING)
    expect(page.locator("#app").get_by_text("onerror").last).to_be_visible()
    frames = "[document, ...[...document.querySelectorAll('iframe')].map(frame => frame.contentDocument)]"
    made = f"{frames}.flatMap(page => page ? [...page.querySelectorAll('img[src=x], [onerror]')] : []).length"
    assert page.evaluate(made) == 0
    assert "broken in" not in page.title().replace(HOSTILE, "")


@needs_report
@needs_browser
def test_the_page_cannot_reach_out(browser: Browser, no_go: Report) -> None:
    """
    Even a script of its own may not ask anybody for anything.
    """
    page = browser.new_page()
    page.goto(no_go.html.as_uri())
    for blocked, attempt in {
        "connect-src": "fetch('https://getdrop.no/')",
        "img-src": "new Image().src = 'https://getdrop.no/'",
        "script-src-elem": "document.head.append(Object.assign(document.createElement('script'), {src: 'https://x.no/'}))",
    }.items():
        heard = (
            "new Promise(heard => addEventListener('securitypolicyviolation', said => heard(said.effectiveDirective)"
        )
        assert (
            page.evaluate(f"() => {{ const heard = {heard}, {{once: true}})); {attempt}; return heard; }}") == blocked
        )
    page.close()


@needs_report
def test_the_page_is_one_small_file(no_go: Report) -> None:
    """
    The report of the whole checklist is under 8 MB and leaves nothing else behind.
    """
    assert no_go.html.stat().st_size < 8_000_000
    left = sorted(path.name for path in no_go.html.parent.iterdir())
    assert left == ["allure-results", "junit.xml", "report.html", "statement.json", "verdict.md"]


@needs_report
def test_history_grows_by_a_run(tmp_path: Path) -> None:
    """
    With a file of history each report adds its run, so that the next one can say what changed.
    """
    for name, status in (("first", Status.UNMET), ("second", Status.MET)):
        (tmp_path / name).mkdir()
        write_report(
            record([finding("GL-2.4", status)]), tmp_path / name, home=HOME, history=tmp_path / "history.jsonl"
        )
    runs = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [[result["status"] for result in run["testResults"].values()] for run in runs] == [["failed"], ["passed"]]


# -- when it cannot be made -----------------------------------------------------------------------------------------


def test_without_the_generator_there_is_one_sentence_and_no_page(tmp_path: Path) -> None:
    """
    A missing generator is said in a sentence that names the remedy; results and text are there, an older page is not.
    """
    (tmp_path / "report.html").write_text("an older run's", encoding="utf-8")
    with pytest.raises(ReportError, match=r"not installed: run `python reports/install\.py`, then run again$"):
        write_report(record(every_status()), tmp_path, home=tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["allure-results", "junit.xml", "statement.json", "verdict.md"]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("console.error('no such option'); process.exit(7)", "failed with exit status 7: no such option"),
        ("setInterval(() => {}, 1000)", "was not ready after 0.5 seconds"),
        ("", "ended well and wrote no index.html"),
        (
            f"{FOLDER} fs.mkdirSync(folder); fs.writeFileSync(folder + '/index.html', '');"
            "fs.writeFileSync(folder + '/test-results.json', '{\"byId\": {}}')",
            "left out or changed results",
        ),
    ],
    ids=["fails", "hangs", "writes nothing", "leaves out results"],
)
def test_a_generator_that_goes_wrong_leaves_no_page(script: str, sentence: str, tmp_path: Path) -> None:
    """
    Whatever the generator does instead of its work, there is one sentence and no page, not half of one either.
    """
    (tmp_path / GENERATOR).parent.mkdir(parents=True)
    (tmp_path / GENERATOR).write_text(script, encoding="utf-8")
    write_results(record([finding("GL-2.4")]), tmp_path / "results")
    with pytest.raises(ReportError, match=sentence) as caught:
        write_html(
            record([finding("GL-2.4")]), tmp_path / "results", tmp_path / "report.html", home=tmp_path, patience=0.5
        )
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reports", "results"]


@needs_report
@pytest.mark.parametrize("change", ["analytics gone", "another body"])
def test_a_page_that_is_not_known_is_not_used(change: str, tmp_path: Path) -> None:
    """
    Where the generator's page is not the one that was made harmless before, no guess is made.
    """
    script = {
        "analytics gone": "page.replaceAll('www.googletagmanager.com', 'www.example.com')",
        "another body": "page.replaceAll('<body>', '<body class=\"new\">')",
    }[change]
    wrapped = HOME.joinpath(GENERATOR).resolve().as_uri()
    (tmp_path / GENERATOR).parent.mkdir(parents=True)
    (tmp_path / GENERATOR).write_text(
        f"{FOLDER} const place = folder + '/index.html'; process.on('exit', () => {{"
        f"const page = fs.readFileSync(place, 'utf8'); fs.writeFileSync(place, {script}); }});"
        f"import('{wrapped}');",
        encoding="utf-8",
    )
    write_results(record(every_status()), tmp_path / "results")
    with pytest.raises(ReportError, match="does not know"):
        write_html(record(every_status()), tmp_path / "results", tmp_path / "report.html", home=tmp_path)
    assert not (tmp_path / "report.html").exists()
