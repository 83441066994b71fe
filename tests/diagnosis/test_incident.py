"""The incident report begins itself, and from then on belongs to the people who write in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.diagnosis import incident
from golive.diagnosis.incident import END, Incident, Observation, continued, skeleton, write
from golive.diagnosis.papers import RUNBOOKS, load_runbooks
from golive.errors import SetupError

PAPERS = load_runbooks(Path(__file__).parents[2] / "features")
BEGAN = datetime(2026, 11, 23, 12, 3, tzinfo=UTC)
SEEN = (Observation(BEGAN + timedelta(minutes=12), "BankID answers 503"),)
LATER = (Observation(BEGAN + timedelta(minutes=22), "BankID answers again"),)
BANKID = Incident(PAPERS["bankid"], "production", BEGAN, SEEN, ("BankID is down",))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("aisp-balance", "comms/incidents/2026-11-23-aisp-failure.md"),
        ("bankid", "comms/incidents/2026-11-23-bankid-failure.md"),
        ("pisp-payment", "comms/incidents/2026-11-23-pisp-payment-failure.md"),
        ("sumsub-kyc", "comms/incidents/2026-11-23-sumsub-kyc-failure.md"),
        ("swan-outage", "comms/incidents/2026-11-23-swan-outage.md"),
    ],
)
def test_the_file_is_called_as_the_runbooks_want_it(name: str, path: str) -> None:
    """The day is that on which it began, in UTC, whichever zone the reader is in."""
    assert replace(BANKID, runbook=PAPERS[name]).path.as_posix() == path
    late = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert replace(BANKID, runbook=PAPERS[name], began=late).path.as_posix() == path


@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_report_has_what_the_runbook_asks_for(name: str) -> None:
    """Every contact, row of the escalation and action afterwards is in it, and what people must say is blank."""
    paper = PAPERS[name]
    text = skeleton(replace(BANKID, runbook=paper))
    assert text.startswith(f"# Incident: {paper.title}\n")
    assert all(call.do in text for call in paper.clock)
    assert all(step.do in text for step in paper.afterwards)
    assert all(contact.who in text and contact.at in text for contact in paper.contact)
    assert "- 2026-11-23 12:15:00 UTC: BankID answers 503\n" in text
    assert "1. BankID is down\n" in text
    for question in ("What triggered it?", "Why did monitoring not tell sooner?", "What held up the repair?"):
        assert f"- {question} ⟦to be answered⟧" in text
    assert text.count(END) == 1


def test_an_open_number_stays_open() -> None:
    """A contact that the document leaves blank is marked, not made up."""
    assert "- BankID support, phone: ⟦+47 XXXX XXXX⟧" in skeleton(BANKID)


def test_the_escalation_has_its_hours() -> None:
    """Each row says when it is due by the clock on the wall, and by whom it was done is blank."""
    assert (
        "- [ ] 2026-11-23 12:08:00 UTC (minute 5, if it is not resolved): Alert Alem by Slack and SMS "
        "— ⟦done when, by whom⟧\n"
    ) in skeleton(BANKID)


def test_what_changes_something_says_so() -> None:
    """An action afterwards that changes production is marked in the report too."""
    text = skeleton(replace(BANKID, runbook=PAPERS["pisp-payment"]))
    [line] = [line for line in text.splitlines() if line.startswith("- [ ] Mark as failed")]
    assert "(changes production)" in line


def test_a_rehearsal_says_that_it_is_one() -> None:
    """Nobody can take the report of a rehearsal for a real incident."""
    assert "REHEARSAL" in skeleton(replace(BANKID, rehearsal=True))
    assert "REHEARSAL" not in skeleton(BANKID)


def test_nothing_observed_is_said() -> None:
    """An empty timeline does not look like a complete one."""
    assert "## Timeline\n\n- ⟦nothing was observed⟧\n" in skeleton(replace(BANKID, observed=()))


def test_what_was_observed_cannot_write_markdown() -> None:
    """A sentence with tags, lines or our own mark in it stays one line of text."""
    evil = Observation(BEGAN, f"<script>\n\n# Solved {END} [x](https://evil.example) | `a`")
    text = skeleton(replace(BANKID, observed=(evil,)))
    assert "<script>" not in text
    assert "\n# Solved" not in text
    assert "[x](" not in text.replace("\\[", "").replace("\\]", "")
    assert text.count(END) == 1


def test_a_time_without_zone_is_refused() -> None:
    """An hour that could be anybody's does not get into the timeline."""
    with pytest.raises(ValueError, match="says no time zone"):
        skeleton(replace(BANKID, observed=(Observation(datetime(2026, 11, 23, 12), "x"),)))  # noqa: DTZ001


def test_the_first_run_begins_the_file(tmp_path: Path) -> None:
    """The file is there, with the skeleton, and the run says that it wrote."""
    path, wrote = write(tmp_path, BANKID)
    assert (path, wrote) == (tmp_path / "comms/incidents/2026-11-23-bankid-failure.md", True)
    assert path.read_text(encoding="utf-8") == skeleton(BANKID)


def test_the_same_observations_add_nothing(tmp_path: Path) -> None:
    """A second run that saw nothing new leaves the file to the byte."""
    path, _ = write(tmp_path, BANKID)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert write(tmp_path, BANKID) == (path, False)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_later_run_adds_to_the_timeline_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    """The new line stands after the old ones; everything that was typed is where it was."""
    path, _ = write(tmp_path, BANKID)
    typed = path.read_text(encoding="utf-8").replace(
        "What triggered it? ⟦to be answered⟧", "What triggered it? A rule."
    )
    typed = typed.replace(END, f"- 12:20 I called Alem\n{END}")
    path.write_text(typed, encoding="utf-8")
    path.chmod(0o640)
    assert write(tmp_path, replace(BANKID, observed=(*SEEN, *LATER))) == (path, True)
    now = path.read_text(encoding="utf-8")
    assert now == typed.replace(END, f"- 2026-11-23 12:25:00 UTC: BankID answers again\n{END}")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_where_the_mark_was_taken_out_the_timeline_goes_on_at_the_end(tmp_path: Path) -> None:
    """Somebody who rewrote the file keeps it whole; what is new stands below, and once more in the run after."""
    path, _ = write(tmp_path, BANKID)
    path.write_text("All mine now.", encoding="utf-8")
    write(tmp_path, replace(BANKID, observed=LATER))
    mine = "All mine now.\n\n## Timeline, continued\n\n- 2026-11-23 12:25:00 UTC: BankID answers again\n"
    assert path.read_text(encoding="utf-8") == f"{mine}\n{END}\n"
    third = Observation(BEGAN + timedelta(minutes=32), "all is well")
    write(tmp_path, replace(BANKID, observed=(*LATER, third)))
    assert path.read_text(encoding="utf-8").startswith(mine)
    assert path.read_text(encoding="utf-8").count("all is well") == 1


@settings(deadline=None)
@given(st.text(), st.lists(st.text(), max_size=4))
def test_no_text_of_a_person_is_ever_lost(text: str, said: list[str]) -> None:
    """Whatever the file holds, it is in the new one in one or two pieces, in order, and asking again adds nothing."""
    seen = replace(BANKID, observed=tuple(Observation(BEGAN + timedelta(minutes=n), one) for n, one in enumerate(said)))
    for before in (text, f"{text}\n{END}\n{text}", skeleton(BANKID) + text):
        after = continued(before, seen)
        kept = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
        assert after.endswith(before[kept:])
        assert continued(after, seen) == after


def test_windows_line_ends_stay() -> None:
    """A file that was saved with other line ends keeps them, and the mark is found."""
    text = skeleton(BANKID).replace("\n", "\r\n")
    after = continued(text, replace(BANKID, observed=(*SEEN, *LATER)))
    assert after.replace("- 2026-11-23 12:25:00 UTC: BankID answers again\n", "", 1) == text


def test_who_writes_in_the_same_moment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody saves while a run makes up its lines is not written over, and nothing is left lying about."""
    path, _ = write(tmp_path, BANKID)

    def meanwhile(text: str, of: Incident) -> str:
        path.write_text("theirs", encoding="utf-8")
        return continued(text, of)

    monkeypatch.setattr(incident, "continued", meanwhile)
    with pytest.raises(SetupError, match="somebody wrote in it in this moment"):
        write(tmp_path, replace(BANKID, observed=LATER))
    assert path.read_text(encoding="utf-8") == "theirs"
    assert list(path.parent.iterdir()) == [path]


def test_what_is_no_text_is_left_alone(tmp_path: Path) -> None:
    """A file that we cannot read is not written over, and the sentence says what to do."""
    path, _ = write(tmp_path, BANKID)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SetupError, match=r"comms/incidents/2026-11-23-bankid-failure\.md: is not text in UTF-8"):
        write(tmp_path, BANKID)
    assert path.read_bytes() == b"\xff\xfe\x00"


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    """What stands where the folder should be is named, without a traceback."""
    (tmp_path / "comms").write_text("a file", encoding="utf-8")
    with pytest.raises(SetupError, match="cannot be written"):
        write(tmp_path, BANKID)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A report that is kept elsewhere is added to there."""
    path, _ = write(tmp_path, BANKID)
    elsewhere = tmp_path / "elsewhere.md"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    write(tmp_path, replace(BANKID, observed=LATER))
    assert path.is_symlink()
    assert "BankID answers again" in elsewhere.read_text(encoding="utf-8")
