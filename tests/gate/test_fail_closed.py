"""Promise 1: GO only for everything, and a reason for whatever else. Real pytest, real exit status, real record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest

from golive.record import Decision, History, Status
from tests.gate.conftest import Project, Ran, copied, demand_no_go, manifest_of
from tests.gate.sweeping import INVENTORY


@dataclass(frozen=True)
class Thrice:
    """What three runs in one project left behind."""

    project: Project
    healthy: Ran
    broken: Ran
    failed_last: Ran


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Thrice:
    """A project gated on the healthy twin, then with two faults, then the healthy twin by what failed there alone."""
    project = copied(tmp_path_factory.mktemp("thrice") / "project")
    healthy = project.run()
    assert (project.home / "reports/latest/record.json").is_file()
    faults = ("--fault", "hsts-sent-twice", "--fault", "github-denied")
    broken = project.run("-m", "golive", "--partial", *faults)
    return Thrice(project, healthy, broken, project.run("-m", "golive", "--lf"))


def test_the_healthy_rehearsal_is_go(gated: Thrice) -> None:
    """On the healthy twin every item that is due is met: exit 0, GO in the record, the same line on the terminal."""
    ran = gated.healthy
    assert ran.status == 0, ran.terminal
    assert ran.record is not None
    met = ran.record.verdict.counts["met"]
    assert ran.record.verdict.line == f"GO (REHEARSAL, {met} of {len(INVENTORY.item)} items)"
    assert met + ran.record.verdict.counts["not-due"] == len(INVENTORY.item)
    assert ran.record.verdict.line in ran.terminal
    assert len(ran.record.findings) == len(INVENTORY.item)
    assert {finding.status for finding in ran.record.findings} == {Status.MET, Status.NOT_DUE}
    assert all(paper.why == "" for paper in ran.record.records), "everything that people put on record stands"
    assert {paper.item for paper in ran.record.records if paper.used} >= {"GL-1.9", "GL-2.3.1", "GL-7.1"}
    waivers = [(paper.item, paper.used) for paper in ran.record.records if paper.kind == "waiver"]
    assert waivers == [("GL-2.5.1", False)], "one waiver shows what one looks like"
    (waived,) = [finding for finding in ran.record.findings if finding.item == "GL-2.5.1"]
    assert waived.warnings[-1].endswith("waivers/GL-2.5.1.toml is no longer needed: the item is met")
    assert ran.record.run.requests == ran.record.run.looks, "each thing is asked once"
    for name, digest in manifest_of(ran)["files"].items():
        assert ran.folder is not None
        assert hashlib.sha256((ran.folder / name).read_bytes()).hexdigest() == digest
    assert {"record.json", "report.html", "verdict.md"} <= set(manifest_of(ran)["files"])
    assert ran.folder is not None
    assert (ran.folder / "report.html").stat().st_size < 8_000_000, "the report of the whole checklist stays small"
    assert ran.record.run.folder == f"reports/rehearsal/{ran.folder.name}"
    assert {role for one in ran.record.people for role in one.roles} >= {"author", "reviewer", "approver"}
    assert "since the last run: there is no earlier one of T-0 in rehearsal" in ran.terminal
    assert ran.record.history == History()


def test_the_next_run_says_what_changed(gated: Thrice) -> None:
    """The run after a run tells it on the terminal, in the record, in the text and in the report, in the same words."""
    first, ran = gated.healthy, gated.broken
    assert first.folder is not None
    assert ran.folder is not None
    assert ran.record is not None
    assert ran.record.history is not None
    assert ran.record.history.last is not None
    assert ran.record.history.last.folder == first.folder.name
    assert [run.folder for run in ran.record.history.runs] == [first.folder.name]
    said = ran.record.history.last.said
    assert said == "2 newly open (GL-2.2.4, GL-2.4.4)"
    assert f"since the last run ({ran.record.history.last.ended:%Y-%m-%d %H:%M} UTC, GO): {said}" in ran.terminal
    assert f"Since the last run: {said}" in (ran.folder / "verdict.md").read_text(encoding="utf-8")
    assert said in (ran.folder / "report.html").read_text(encoding="utf-8")


def test_an_unmet_item_is_named_with_owner_and_remedy(gated: Thrice) -> None:
    """
    A broken world is NO-GO, which no option turns into exit 0 (--partial); the terminal says the item, what was seen,
    who owns it and what to do.
    """
    ran = gated.broken
    assert ran.record is not None
    assert "--partial" in ran.record.run.command
    demand_no_go(ran, "GL-2.4.4")
    assert ran.record is not None
    (finding,) = [finding for finding in ran.record.findings if finding.item == "GL-2.4.4"]
    assert finding.status is Status.UNMET
    for words in (finding.reason, finding.owner, finding.remedy):
        assert words in ran.terminal
    assert manifest_of(ran)["verdict"] == "NO-GO"


def test_an_unknown_item_holds_like_an_unmet_one(gated: Thrice) -> None:
    """Who may not ask GitHub cannot say that every check has passed."""
    demand_no_go(gated.broken, "GL-2.2.4")
    assert gated.broken.record is not None
    statuses = {finding.item: finding.status for finding in gated.broken.record.findings}
    assert statuses["GL-2.2.4"] is Status.UNKNOWN


def test_only_what_failed_last_time_is_partial(gated: Thrice) -> None:
    """--lf looks at what failed the last time, and is PARTIAL even when all of that holds now."""
    ran = gated.failed_last
    assert (ran.status, ran.record and ran.record.verdict.status) == (1, Decision.PARTIAL), ran.terminal
    assert ran.record is not None
    met = {finding.item for finding in ran.record.findings if finding.status is Status.MET}
    assert {"GL-2.2.4", "GL-2.4.4"} <= met
    # Pytest's memory also has what no machine saw and somebody signed; the rest was not looked at.
    assert gated.healthy.record is not None
    assert len(met) < gated.healthy.record.verdict.counts["met"] / 2


def test_another_candidate_than_what_runs(project: Project) -> None:
    """With --digest the gate judges that image: one that neither runs nor carries the production tag is unmet."""
    ran = project.run("-m", "golive", "--digest", "sha256:" + "0" * 64)
    demand_no_go(ran, "GL-3.3.3", "GL-2.1.3")
    assert ran.record is not None
    assert ran.record.subject.image_digest == "sha256:" + "0" * 64
