"""The results and the text of a report say what the record says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from golive.record import Decision, Status
from golive.report import results_in, write_results
from golive.report.markdown import verdict_markdown
from golive.report.screen import screen_of
from tests.reported import APEX, FIGURES, GO, HOSTILE, every_status, evidence, finding, record


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


def test_where_results_cannot_be_written_none_is_there(tmp_path: Path) -> None:
    """A part of them, or those of another run, would be taken for this run's."""
    write_results(record(every_status()), tmp_path / "once")
    last = sorted(path.name for path in results_in(tmp_path / "once") if path.name.endswith("-result.json"))[-1]
    write_results(record([finding("GL-1.1")]), tmp_path / "there")
    (tmp_path / "there" / last).mkdir()
    with pytest.raises(IsADirectoryError):
        write_results(record(every_status()), tmp_path / "there")
    assert results_in(tmp_path / "there") == []


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
