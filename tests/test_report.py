"""The report says what the record says, to whoever opens it, and lets nothing in or out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Position, expect, sync_playwright

from golive import chromium
from golive.record import (
    Attempt,
    Contradiction,
    Decision,
    Evidence,
    Finding,
    Inventory,
    Record,
    Run,
    Status,
    Step,
    Subject,
    Verdict,
)
from golive.report import Report, ReportError, results_in, write_html, write_report, write_results
from golive.report.html import GENERATOR
from golive.report.markdown import verdict_markdown
from golive.report.screen import screen_of

HOME = Path(__file__).resolve().parent.parent
AT = datetime(2026, 3, 2, 9, 14, 3, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=\"document.title='broken in'\"><b>bold</b> & {{ 7 * 7 }}"
# A script in the generator's place finds out where it is to write.
FOLDER = "const fs = require('node:fs'), folder = JSON.parse(fs.readFileSync(process.argv[4])).output;"
# On a phone Allure writes the file's type over the end of its name.
NEAR_ITS_BEGINNING = Position(x=4, y=6)
# Cost of a slow shared machine, in milliseconds.
PATIENCE = 15_000

needs_report = pytest.mark.skipif(not (HOME / GENERATOR).is_file(), reason="python reports/install.py was not run")
needs_browser = pytest.mark.skipif(chromium.unpacked(HOME) is None, reason="no browser is unpacked on this machine")


def evidence(name: str, answer: Any = None) -> Evidence:
    return Evidence(
        id=name,
        look="golive.probes.web:OpenPage",
        question={"url": "https://getdrop.no/"},
        source="https://getdrop.no/",
        at=AT,
        took_ms=152,
        attempts=(Attempt(at=AT, took_ms=152),),
        answer=answer or {"status": 200, "headers": {"strict-transport-security": "max-age=31536000"}},
    )


def finding(item: str, status: Status = Status.MET, **said: Any) -> Finding:
    passed = status in {Status.MET, Status.WAIVED}
    return Finding(
        **{
            "item": item,
            "title": f"What {item} asks for is so",
            "demand": "Strict-Transport-Security with max-age=63072000, includeSubDomains and preload",
            "section": item.removeprefix("GL-").rpartition(".")[0],
            "section_title": "Domain and TLS",
            "feature": "features/golive/2.4-domain-and-tls.feature",
            "severity": "blocker",
            "how": ("auto",),
            "due": "T-7d",
            "owner": "platform",
            "status": status,
            "found": status if status in {Status.MET, Status.UNMET, Status.UNKNOWN, Status.UNSIGNED} else None,
            "reason": "it is so" if passed else "max-age is 31536000 at https://getdrop.no/; it must be 63072000",
            "remedy": "Set max-age to 63072000 in the header of the web server and deploy.",
            "examined": ("3 answers",),
            "started": AT,
            "took_ms": 4,
            "steps": (
                Step(
                    keyword="When",
                    text="a visitor opens",
                    table=(("/",), ("/api/health",)),
                    status="passed",
                    evidence=(f"e-{item}",),
                ),
                Step(
                    keyword="Then",
                    text='every answer sends "Strict-Transport-Security" once',
                    status="passed" if passed else "failed",
                    message=None if passed else "max-age is 31536000",
                ),
            ),
            "evidence": (f"e-{item}",),
            **said,
        }
    )


NEVER_RAN: dict[str, Any] = {"steps": (), "evidence": (), "started": None, "took_ms": 0, "found": None, "feature": ""}


def every_status() -> list[Finding]:
    """101 findings in ten sections, each status among them."""
    findings = [finding(f"GL-{2 + number // 10}.{number % 10 + 1}") for number in range(101)]
    findings[3] = finding("GL-2.4", Status.UNMET)
    findings[12] = finding("GL-3.3", Status.UNKNOWN, severity="critical", reason="getdrop.no:443: no answer in 5 s")
    findings[23] = finding("GL-4.4", Status.UNSIGNED, how=("attest",), reason="nobody has signed this", owner="go-live")
    findings[34] = finding(
        "GL-5.5", Status.WAIVED, found=Status.UNMET, reason="accepted until 2026-04-01 by the approver"
    )
    findings[45] = finding("GL-6.6", Status.NOT_DUE, due="T+24h", reason="falls due at T+24h", **NEVER_RAN)
    findings[56] = finding("GL-7.7", Status.NOT_APPLICABLE, reason="Swan is not in scope", **NEVER_RAN)
    findings[70] = finding(
        "GL-9.1", warnings=("the certificate ends in 21 days",), document="A record points to App Runner"
    )
    return findings


def record(findings: Sequence[Finding], *, status: Decision = Decision.NO_GO, rehearsal: bool = True) -> Record:
    holding = [found for found in findings if found.status in {Status.UNMET, Status.UNKNOWN, Status.UNSIGNED}]
    inside = f"(REHEARSAL, {len(findings)} of {len(findings)} items)" if rehearsal else f"({len(findings)} items)"
    tail = f": {len(holding)} items hold the launch" if holding else ""
    return Record(
        run=Run(
            started=AT, ended=AT + timedelta(seconds=3), command=("pytest", "-m", "golive"), tools={"golive": "0.1.0"}
        ),
        environment="rehearsal" if rehearsal else "production",
        rehearsal=rehearsal,
        phase="T-0",
        subject=Subject(image_digest=f"sha256:{'9b1e' * 16}", commit="4f2a91c0" * 5, configuration="77ad" * 16),
        verdict=Verdict(
            status=status,
            line=f"{status} {inside}{tail}",
            opens="soft launch, invite-only",
            reasons=tuple(f"{found.item}: {found.reason}" for found in holding),
            holding=tuple(found.item for found in holding),
            counts={
                str(state): count for state in Status if (count := sum(found.status is state for found in findings))
            },
        ),
        findings=tuple(findings),
        evidence=tuple(evidence(name) for found in findings for name in found.evidence),
        inventory=Inventory(lock="0" * 64, items=len(findings)),
    )


APEX = Contradiction(
    number=11, matter="The apex", documents="An A record", gate="Takes addresses", decides=("CEO",), items=("GL-6.1",)
)
GO = [finding(f"GL-{2 + number // 10}.{number % 10 + 1}") for number in range(101)]


def results(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*-result.json"))]


def result_of(folder: Path, item: str) -> dict[str, Any]:
    return next(result for result in results(folder) if result["historyId"] == item)


def labels(result: dict[str, Any]) -> set[tuple[str, str]]:
    return {(label["name"], label["value"]) for label in result["labels"]}


# -- the results ----------------------------------------------------------------------------------------------------


def test_every_item_of_the_record_is_in_the_results_with_one_identity_in_every_run(tmp_path: Path) -> None:
    """
    Each finding becomes one result, and its names do not change from run to run.
    """
    findings = every_status()
    write_results(record(findings), tmp_path / "first")
    write_results(record(findings[:50], rehearsal=False), tmp_path / "second")
    names = [
        {result["testCaseId"]: (result["uuid"], result["historyId"]) for result in results(tmp_path / folder)}
        for folder in ("first", "second")
    ]
    assert sorted(names[0]) == sorted(found.item for found in findings)
    assert len({uuid for uuid, _ in names[0].values()}) == len(findings)
    assert names[1].items() <= names[0].items()


def test_results_take_the_place_of_results_alone(tmp_path: Path) -> None:
    """
    What somebody else keeps in that folder, by whatever name, stays; of former results none does.
    """
    folder = tmp_path / "there"
    write_results(record(every_status()), folder)
    number = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    of_allure = [f"{number}-container.json", f"{number}-attachment"]
    kept = ["record.json", "my-result.json", "a-attachment.txt", "history/trend.json", f"{of_allure[0]}.bak"]
    kept += [f"{number}-result.json/signed/manifest.json", "../there.part/mine"]
    for name in (*of_allure, *kept):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")
    write_results(record([finding("GL-2.4")]), folder)
    assert len([path for path in results_in(folder) if path.name.endswith("-result.json")]) == 1
    assert all((folder / name).is_file() for name in kept)
    assert not any((folder / name).exists() for name in of_allure)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_an_item_that_was_found_twice_is_shown_twice(tmp_path: Path) -> None:
    """
    A second finding of an item hides neither itself nor the first.
    """
    write_results(record([finding("GL-2.4"), finding("GL-2.4", Status.UNMET)]), tmp_path / "results")
    found = {result["testCaseId"]: result["status"] for result in results(tmp_path / "results")}
    assert found == {"GL-2.4": "passed", "GL-2.4 (finding 2)": "failed"}


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.MET, "passed"),
        (Status.UNMET, "failed"),
        (Status.UNKNOWN, "broken"),
        (Status.UNSIGNED, "broken"),
        (Status.WAIVED, "skipped"),
        (Status.NOT_DUE, "skipped"),
        (Status.NOT_APPLICABLE, "skipped"),
    ],
)
def test_nothing_but_met_is_green(status: Status, shown: str, tmp_path: Path) -> None:
    """
    Each status has its place in Allure; only *met* passes, and every other one says why.
    """
    write_results(record([finding("GL-2.4", status)]), tmp_path / "results")
    result = result_of(tmp_path / "results", "GL-2.4")
    assert result["status"] == shown
    assert ("tag", status) in labels(result)
    assert ("statusDetails" in result) is (status is not Status.MET)


def test_a_failure_reads_as_a_sentence(tmp_path: Path) -> None:
    """
    What was seen and where, what must be, what to do and who owns it; no traceback.
    """
    write_results(record([finding("GL-2.4", Status.UNMET)]), tmp_path / "results")
    result = result_of(tmp_path / "results", "GL-2.4")
    assert result["statusDetails"]["message"].splitlines() == [
        "Seen: max-age is 31536000 at https://getdrop.no/; it must be 63072000",
        "Where: https://getdrop.no/",
        "What must be: Strict-Transport-Security with max-age=63072000, includeSubDomains and preload",
        "What to do: Set max-age to 63072000 in the header of the web server and deploy.",
        "Owner: platform",
    ]
    assert "trace" not in result["statusDetails"]


def test_a_result_carries_labels_steps_and_evidence(tmp_path: Path) -> None:
    """
    Section, severity, owner and tags are labels; a step shows its table, and its evidence hangs on it.
    """
    write_results(record([finding("GL-2.4", Status.UNMET)]), tmp_path / "results")
    result = result_of(tmp_path / "results", "GL-2.4")
    assert labels(result) == {
        ("epic", "Go-live runbook"),
        ("feature", "2 Domain and TLS"),
        ("severity", "blocker"),
        ("owner", "platform"),
        *(("tag", tag) for tag in ("GL-2.4", "T-7d", "auto", "unmet")),
    }
    looking, judging = result["steps"]
    assert (looking["name"], looking["status"]) == ("When a visitor opens", "passed")
    assert [row["name"] for row in looking["steps"]] == ["| /           |", "| /api/health |"]
    assert (judging["status"], judging["statusDetails"]["message"]) == ("failed", "max-age is 31536000")
    [attached] = looking["attachments"]
    shown = json.loads((tmp_path / "results" / attached["source"]).read_text(encoding="utf-8"))
    assert shown["answer"]["headers"] == {"strict-transport-security": "max-age=31536000"}
    assert "attachments" not in result


def test_a_long_answer_stays_in_the_record(tmp_path: Path) -> None:
    """
    Of an answer over 2 KB the report shows the digest and the first lines.
    """
    whole = record([finding("GL-2.4")])
    long = evidence("e-GL-2.4", {"lines": [f"line {number} of the page" for number in range(500)]})
    write_results(whole.model_copy(update={"evidence": (long,)}), tmp_path / "results")
    [attached] = result_of(tmp_path / "results", "GL-2.4")["steps"][0]["attachments"]
    shown = (tmp_path / "results" / attached["source"]).read_text(encoding="utf-8")
    assert len(shown.encode()) < 4096
    assert "SHA-256" in shown
    assert "line 3 of the page" in shown
    assert "line 300 of the page" not in shown


# -- the verdict as text --------------------------------------------------------------------------------------------


def test_the_text_says_what_the_first_screen_says() -> None:
    """
    Verdict, what it opens, what holds it and what is not proved are in the Markdown.
    """
    text = verdict_markdown(record(every_status()).model_copy(update={"contradictions": (APEX,)}))
    assert text.startswith("# NO-GO (REHEARSAL, 101 of 101 items): 3 items hold the launch\n")
    assert "**Does not open: soft launch, invite-only (T-0)**" in text
    assert "**Held by 2 blockers and 1 critical item. Next: platform (2) and go-live (1)**" in text
    assert "2026-03-02 09:14:06 UTC" in text
    assert [line.split()[1] for line in text.splitlines() if line.startswith("| GL-")] == ["GL-2.4", "GL-4.4", "GL-3.3"]
    for said in (
        "accepted until 2026-04-01",
        "the certificate ends in 21 days",
        "11 The apex (GL-6.1)",
        "1 item at T+24h",
    ):
        assert said in text


FIGURES = (("figure", "since the launch"), ("failed | requests", "0.17 %"))


def test_tables_of_figures_are_in_the_text() -> None:
    """
    What a scenario shows in numbers stands in the Markdown under its item; of what is not due yet it does not.
    """
    text = verdict_markdown(record([finding("GL-6.2", tables=(FIGURES,))]))
    (heading,) = [line for line in text.splitlines() if line.startswith("## GL")]
    assert heading == "## GL-6.2 What GL-6.2 asks for is so"
    assert "| figure | since the launch |\n|---|---|\n| failed \\| requests | 0.17 % |\n" in text
    early = verdict_markdown(record([finding("GL-6.2", Status.NOT_DUE, tables=(FIGURES,))]))
    assert "0.17 %" not in early


def test_tables_of_figures_are_with_their_item(tmp_path: Path) -> None:
    """
    Allure's page shows the figures in the item's description, escaped.
    """
    write_results(record([finding("GL-6.2", tables=((*FIGURES, (HOSTILE, "1")),))]), tmp_path / "results")
    (file,) = (tmp_path / "results").glob("*-result.json")
    shown = json.loads(file.read_text())["descriptionHtml"]
    assert "<td>failed | requests</td><td>0.17 %</td>" in shown
    assert "<img" not in shown


def test_a_contradiction_is_with_its_items(tmp_path: Path) -> None:
    """
    An item's description says what the documents say, what the gate does and who must decide, and no other item's.
    """
    run = record([finding("GL-6.1", decision=(11,)), finding("GL-6.2")])
    write_results(run.model_copy(update={"contradictions": (APEX,)}), tmp_path / "results")
    told = {
        said["name"].split()[0]: said["descriptionHtml"]
        for path in (tmp_path / "results").glob("*-result.json")
        for said in [json.loads(path.read_text())]
    }
    for words in ("contradict (11)", "They say: An A record.", "The gate: Takes addresses.", "Who must decide: CEO"):
        assert words in told["GL-6.1"].replace("\n", " ")
        assert words not in told["GL-6.2"]


def test_the_text_carries_no_markup_from_outside() -> None:
    """
    Hostile text neither ends a table's row nor becomes markup.
    """
    text = verdict_markdown(record([finding("GL-2.4", Status.UNMET, reason=f"{HOSTILE}\n| x | [a](http://b)")]))
    [row] = [line for line in text.splitlines() if line.startswith("| GL-2.4")]
    assert "\\</script\\>" in row
    assert "\\| x \\| \\[a\\](http://b)" in row


@pytest.mark.parametrize(
    ("status", "rehearsal", "said"),
    [
        (Decision.GO, False, "Opens, once it is signed: soft launch"),
        (Decision.GO, True, "Opens nothing, because it is a rehearsal"),
        (Decision.NO_GO, False, "Does not open"),
        (Decision.PARTIAL, False, "Decides nothing: only a part"),
    ],
)
def test_only_a_go_in_a_live_environment_opens_anything(status: Decision, rehearsal: bool, said: str) -> None:
    """
    A rehearsal, a part and a NO-GO say in words that they open nothing.
    """
    assert f"**{said}" in verdict_markdown(record(GO, status=status, rehearsal=rehearsal))


def test_what_speaks_against_the_run_itself_is_said_apart() -> None:
    """
    A reason that belongs to no item is on the first screen too.
    """
    whole = record(every_status())
    reasons = (*whole.verdict.reasons, "GL-9.9 has no finding")
    verdict = whole.verdict.model_copy(update={"reasons": reasons, "holding": (*whole.verdict.holding, "GL-9.9")})
    screen = screen_of(whole.model_copy(update={"verdict": verdict}))
    assert screen.against == ("GL-9.9 has no finding",)
    assert "GL-9.9" in {row.item for row in screen.open_items}


# -- the page -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Watched:
    """A page, and what it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, file: Path) -> Page:
        self.page.goto(file.as_uri())
        expect(self.page.get_by_text("Powered by")).to_be_visible(timeout=PATIENCE)
        return self.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = chromium.unpacked(HOME)
    assert found is not None
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.executable, env=found.environment(os.environ), args=["--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A page without a network; whatever it asks for outside of itself or complains about fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    seen = Watched(context.new_page())
    seen.page.set_default_timeout(PATIENCE)
    seen.page.on("request", lambda asked: seen.requests.append(asked.url))
    seen.page.on("console", lambda said: seen.complaints.append(f"{said.type}: {said.text}"))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    yield seen
    context.close()
    outside = [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert (outside, seen.complaints) == ([], [])


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
