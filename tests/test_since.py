"""What changed since an earlier run is told from two records, and only from runs that are what their manifests say."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from golive.past import LOOKED_AT, SHOWN, Past, answer_of_act, look_back
from golive.record import Decision, Evidence, Finding, History, Record, Status, Step
from golive.since import compare, comparison, in_a_line
from golive.terminal import Terminal
from tests.reported import AT, finding, record

MANY = 5


def kinds(before: Sequence[Finding], now: Sequence[Finding], **said: Any) -> list[tuple[str, str]]:
    changes = compare(record(before), record(now, **said))
    return [(change.kind, change.item or change.title) for change in changes]


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (Status.MET, Status.UNMET, "newly-open"),
        (Status.WAIVED, Status.UNKNOWN, "newly-open"),
        (Status.NOT_DUE, Status.UNSIGNED, "newly-open"),
        (Status.NOT_APPLICABLE, Status.UNMET, "newly-open"),
        (Status.UNMET, Status.MET, "newly-met"),
        (Status.WAIVED, Status.MET, "newly-met"),
        (Status.NOT_DUE, Status.MET, "newly-due"),
        (Status.UNMET, Status.UNKNOWN, "status"),
        (Status.UNMET, Status.WAIVED, "status"),
        (Status.MET, Status.WAIVED, "status"),
    ],
    ids=str,
)
def test_a_change_of_status_is_told_by_what_it_means(before: Status, now: Status, kind: str) -> None:
    """
    What holds the launch now and did not is newly open; the rest is told apart from it, with both reasons.
    """
    old, new = finding("GL-2.4", before, reason="then"), finding("GL-2.4", now, reason="now")
    (change,) = compare(record([old]), record([new]))
    assert (change.kind, change.item) == (kind, "GL-2.4")
    assert (change.before, change.after) == (f"{before}: then", f"{now}: now")


def test_nothing_that_is_the_same_is_told() -> None:
    """
    A met item whose reason reads otherwise, and what is not due, are no change; the line says that nothing is.
    """
    before = [finding("GL-1.1", reason="it is so"), finding("GL-1.2", Status.UNMET), finding("GL-1.3", Status.MET)]
    now = [
        finding("GL-1.1", reason="attested by ola"),
        finding("GL-1.2", Status.UNMET),
        finding("GL-1.3", Status.NOT_DUE),
    ]
    assert kinds(before, now) == []
    assert in_a_line(()) == "nothing changed"


def test_another_reason_of_an_open_item_is_told() -> None:
    """
    An item that is still open for another reason is not the same failure.
    """
    before, now = finding("GL-1.1", Status.UNMET, reason="one"), finding("GL-1.1", Status.UNMET, reason="another")
    assert kinds([before], [now]) == [("reason", "GL-1.1")]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "HTTPS is promised"},
        {"demand": "max-age=31536000"},
        {"severity": "normal"},
        {"steps": (Step(keyword="Then", text="every answer is 200", status="passed"),)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_check_in_other_words_is_told_though_it_is_still_met(changed: dict[str, Any]) -> None:
    """
    Whoever makes a check weaker is seen: the words that went, and those that came.
    """
    (change,) = compare(record([finding("GL-1.1")]), record([finding("GL-1.1", **changed)]))
    assert change.kind == "words"
    assert change.before != change.after
    assert "every answer sends" in change.before or "steps" not in changed


def test_sentences_in_another_order_are_other_words() -> None:
    """
    A scenario that says the same in another order says something else.
    """
    steps = finding("GL-1.1").steps
    (change,) = compare(record([finding("GL-1.1")]), record([finding("GL-1.1", steps=steps[::-1])]))
    assert change.kind == "words"
    assert change.before.index("a visitor opens") < change.before.index("every answer sends")
    assert change.after.index("a visitor opens") > change.after.index("every answer sends")


def test_items_that_came_and_went_and_another_candidate_are_told() -> None:
    """
    A smaller checklist, a larger one, and another image are changes, before everything else the image.
    """
    before = record([finding("GL-1.1"), finding("GL-1.2")])
    now = record([finding("GL-1.1"), finding("GL-1.3")])
    now = now.model_copy(update={"subject": now.subject.model_copy(update={"image_digest": None})})
    changes = compare(before, now)
    assert [(change.kind, change.item or change.title) for change in changes] == [
        ("candidate", "image"),
        ("new", "GL-1.3"),
        ("gone", "GL-1.2"),
    ]
    assert changes[0].after == "not seen"
    assert in_a_line(changes) == "1 new on the checklist (GL-1.3), 1 gone from the checklist (GL-1.2), another image"


def test_what_nobody_selected_is_not_compared() -> None:
    """
    A part of the checklist says nothing of the rest, which is no worse for it.
    """
    left_out = finding("GL-1.2", Status.UNKNOWN, found=None, reason="not selected in this run", steps=())
    now = record([finding("GL-1.1", Status.UNMET), left_out], status=Decision.PARTIAL)
    now = now.model_copy(update={"verdict": now.verdict.model_copy(update={"holding": ("GL-1.1",)})})
    changes = compare(record([finding("GL-1.1"), finding("GL-1.2")]), now)
    assert [change.item for change in changes] == ["GL-1.1"]


def test_many_changes_are_one_line() -> None:
    """
    However much changed, the line names some and counts the others.
    """
    items = [f"GL-1.{number}" for number in range(9)]
    changes = compare(record([*map(finding, items)]), record([finding(item, Status.UNMET) for item in items]))
    assert in_a_line(changes) == "9 newly open (GL-1.0, GL-1.1, GL-1.2, 6 more)"


# -- the runs before ------------------------------------------------------------------------------------------------


def folder_of(reports: Path, number: int) -> Path:
    return reports / "rehearsal" / f"{AT + timedelta(minutes=number):%Y-%m-%dT%H%M%S.%fZ}"


def write(reports: Path, number: int, run: Record) -> Path:
    folder = folder_of(reports, number)
    folder.mkdir(parents=True)
    text = run.to_json()
    (folder / "record.json").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"files": {"record.json": digest}}), encoding="utf-8")
    return folder


def back(
    reports: Path, number: int = 999, approved: Callable[[Path], bool | None] = lambda _: False, phase: str = "T-0"
) -> Past:
    return look_back(folder_of(reports, number), phase=phase, profile="launch", approved=approved)


def go(**said: Any) -> Record:
    return record([finding("GL-1.1")], status=Decision.GO).model_copy(update=said)


def test_a_first_run_has_nothing_before_it(tmp_path: Path) -> None:
    """
    Without an earlier run there is no comparison, no history and no complaint.
    """
    assert back(tmp_path).history(go()) == History()


def test_the_last_run_is_the_newest_whole_one_of_the_same_phase_and_profile_before_it(tmp_path: Path) -> None:
    """
    A part, another phase, another profile, a folder without a manifest and a later run are not what it is held against.
    """
    wanted = write(tmp_path, 1, go())
    write(tmp_path, 2, go(phase="T-1h"))
    write(tmp_path, 3, go(profile="change"))
    part = write(tmp_path, 4, record([finding("GL-1.1")], status=Decision.PARTIAL))
    (write(tmp_path, 5, go()) / "manifest.json").unlink()
    write(tmp_path, 7, go())
    history = back(tmp_path, 6).history(go())
    assert history.last is not None
    assert history.last.folder == wanted.name
    assert [run.folder for run in history.runs] == [part.name, wanted.name]
    assert history.unread == ()


def test_the_last_approved_run_may_be_of_another_phase_and_far_back(tmp_path: Path) -> None:
    """
    What was approved last counts, however many runs there were since, and says which phase it was.
    """
    wanted = write(tmp_path, 0, go(phase="T-1h"))
    older = {write(tmp_path, number, go()).name for number in range(1, LOOKED_AT + MANY)}
    history = back(tmp_path, approved=lambda folder: folder == wanted).history(go())
    assert history.approved is not None
    assert (history.approved.folder, history.approved.phase) == (wanted.name, "T-1h")
    assert len(history.runs) == SHOWN
    assert {run.folder for run in history.runs} <= older
    assert {run.approved for run in history.runs} == {False}


def test_nothing_but_a_go_was_ever_approved(tmp_path: Path) -> None:
    """
    Signatures under a NO-GO or under another profile make no approved run, and where nobody can tell there is none.
    """
    write(tmp_path, 0, go(profile="change"))
    write(tmp_path, 1, record([finding("GL-1.1", Status.UNMET)]))
    assert back(tmp_path, approved=lambda _: True).history(go()).approved is None
    write(tmp_path, 2, go())
    assert back(tmp_path, approved=lambda _: None).history(go()).approved is None
    assert back(tmp_path, approved=lambda _: True).history(go()).approved is not None


def spoil_record(folder: Path) -> None:
    data = bytearray((folder / "record.json").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "record.json").write_bytes(data)


def rewrite(folder: Path, said: dict[str, Any]) -> None:
    text = json.dumps({**json.loads((folder / "record.json").read_text(encoding="utf-8")), **said}, indent=1)
    (folder / "record.json").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"files": {"record.json": digest}}), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_record, "its record.json is not the one that its manifest names"),
        (lambda folder: (folder / "record.json").unlink(), "No such file or directory"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "its manifest.json is no manifest"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff{"), "its manifest.json is no manifest"),
        (lambda folder: rewrite(folder, {"mood": "good"}), "is not a record that this version can read"),
        (lambda folder: rewrite(folder, {"schema": "golive-record/9"}), "this version reads golive-record/1"),
        (lambda folder: rewrite(folder, {"environment": "production"}), "of the environment production"),
    ],
    ids=["a flipped bit", "no record", "a list", "no text", "another field", "another schema", "another environment"],
)
def test_a_run_that_cannot_be_read_is_named_and_never_fatal(
    spoil: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    """
    An altered, unreadable or foreign run is left out by name, and the one before it is compared instead.
    """
    good, bad = write(tmp_path, 1, go()), write(tmp_path, 2, go())
    spoil(bad)
    history = back(tmp_path).history(go())
    (unread,) = history.unread
    assert unread.startswith(f"{bad.name}: ")
    assert said in unread
    assert history.last is not None
    assert history.last.folder == good.name


# -- the terminal ---------------------------------------------------------------------------------------------------


def told(run: Record) -> list[str]:
    said = io.StringIO()
    Terminal(Console(file=said, width=300, highlight=False, markup=False, soft_wrap=True)).verdict(run, None)
    return said.getvalue().splitlines()


def test_the_terminal_says_in_a_line_what_changed() -> None:
    """
    One line for the last run, one for the last approved one, and one for each run that cannot be read.
    """
    before, now = go(), record([finding("GL-1.1", Status.UNMET)])
    against = comparison("then", before, now)
    lines = told(now.model_copy(update={"history": History(last=against, approved=against, unread=("x: why",))}))
    assert "since the last run (2026-03-02 09:14 UTC, GO): 1 newly open (GL-1.1)" in lines
    assert "since the last approved run (2026-03-02 09:14 UTC, GO): 1 newly open (GL-1.1)" in lines
    assert "an earlier run cannot be compared: x: why" in lines


def test_the_terminal_says_that_there_was_no_run_before() -> None:
    """
    A first run says so; a record that nobody compared says nothing.
    """
    first = "since the last run: there is no earlier one of T-0 in rehearsal"
    assert first in told(go(history=History()))
    assert not [line for line in told(go()) if "since" in line]


# -- what an earlier run has done ------------------------------------------------------------------------------------


def acted(number: int, answer: Any, **said: Any) -> Record:
    """A run of which an act was answered so."""
    at = AT + timedelta(minutes=number)
    seen = Evidence(
        id="e1", look="a.module:Act", question={"amount": "100"}, source="there", at=at, took_ms=1, attempts=(),
        act="does something", answer=answer,
    ).model_copy(update=said)  # fmt: skip
    return go().model_copy(update={"evidence": (seen,)})


def test_what_an_act_was_answered_is_told_from_the_newest_run_that_acted(tmp_path: Path) -> None:
    """
    Only of the same question, of a finished run, within the time, and never of this run itself.
    """
    write(tmp_path, 1, acted(1, "old"))
    write(tmp_path, 2, acted(2, "new"))
    write(tmp_path, 3, acted(3, "another question", question={"amount": "200"}))
    write(tmp_path, 4, acted(4, "a look", act=None))
    write(tmp_path, 5, acted(5, None, error="no answer"))
    (write(tmp_path, 6, acted(6, "unfinished")) / "manifest.json").unlink()
    (write(tmp_path, 7, go()) / "record.json").write_text("rubbish")
    write(tmp_path, 8, acted(8, "itself"))

    def told(since: int) -> Any:
        return answer_of_act(folder_of(tmp_path, 8), "a.module:Act", {"amount": "100"}, AT + timedelta(minutes=since))

    assert (told(0), told(2), told(3)) == ("new", "new", None)
