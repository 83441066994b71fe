"""Promise 1: GO only for everything, and a reason for whatever else. Real pytest, real exit status, real record."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from golive.record import Decision, History, Status
from tests.gate.conftest import Project, Ran, copied, manifest_of
from tests.gate.sweeping import INVENTORY

HSTS = "features/golive/2.4-domain-and-tls.feature"
INFRASTRUCTURE = "features/golive/2.1-infrastructure.feature"
FLAGS = "features/golive/4-feature-flags.feature"


def demand_no_go(ran: Ran, *said: str) -> None:
    """Exit status, record and terminal say NO-GO together, each with the reason."""
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    assert ran.record.verdict.status is Decision.NO_GO
    assert ran.record.verdict.line in ran.terminal
    for words in said:
        assert words in ran.terminal
        assert any(words in reason for reason in ran.record.verdict.reasons), ran.record.verdict.reasons


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


# What is wrong, by the copy of the project that it is wrong in, and what the gate says of it. Several share a copy, for
# each must be told whatever else is wrong; that one alone is enough is in test_removals.py and test_verdict.py.
DISAGREEMENTS: dict[str, dict[str, tuple[Callable[[Project], None], str]]] = {
    "one line each": {
        "a scenario is deleted": (
            lambda project: project.edit(
                INFRASTRUCTURE,
                "  @GL-2.1.8 @critical @auto\n  Scenario: The service can call",
                "  Rule: x\n  @nothing\n  Scenario: The service can call",
            ),
            "GL-2.1.8 has no scenario",
        ),
        "an expected value is weakened": (
            lambda project: project.edit(HSTS, "63072000", "0"),
            "GL-2.4.4: the scenario's words are not those of checklist.lock",
        ),
        "a signature is no longer asked for": (
            lambda project: project.edit(
                "features/golive/1-prerequisites.feature", "And this is signed by the go-live owner", "And nobody signs"
            ),
            "GL-1.9: this is signed by the … is to be said once",
        ),
        "an outline loses a row": (
            lambda project: project.edit(FLAGS, "      | GL-4.3 | NEXT_PUBLIC_FF_VIRTUAL_CARDS   | false |\n", ""),
            "GL-4.3 has no scenario",
        ),
        "a severity is lowered in the feature": (
            lambda project: project.edit(INFRASTRUCTURE, "@GL-2.1.1 @blocker", "@GL-2.1.1 @normal"),
            "GL-2.1.1: tags and inventory disagree",
        ),
        "an item is taken out of the inventory": (
            lambda project: _without_item(project, "GL-2.4.1"),
            "GL-2.4.1 is in checklist.lock but not in the inventory",
        ),
        "an item that is not due is taken out of the inventory": (
            lambda project: _without_item(project, "GL-6.1.6"),
            "GL-6.1.6 is in checklist.lock but not in the inventory",
        ),
        "a line of the lock is deleted": (
            lambda project: _without_lock_line(project, "GL-3.1.1"),
            "GL-3.1.1 is not in checklist.lock",
        ),
        "two scenarios claim an item": (
            lambda project: project.edit(HSTS, "@GL-2.4.3", "@GL-2.4.4"),
            "GL-2.4.4 has 2 scenarios",
        ),
        "a sentence has no step": (
            lambda project: project.edit(
                HSTS, "But no connection older than TLS 1.2 is accepted", "But nobody listens"
            ),
            "no step says: nobody listens",
        ),
        "a sentence has two steps": (
            lambda project: _append(
                project, "steps/names.py", 'judges("all name servers agree on where it leads")(lambda: None)'
            ),
            "ambiguous",
        ),
        "a step has no sentence": (
            lambda project: _append(project, "steps/names.py", 'judges("the moon is full")(lambda: None)'),
            "no scenario says: the moon is full",
        ),
    },
    "whole files": {
        "a whole feature is deleted": (lambda project: (project.home / FLAGS).unlink(), "GL-4.1 has no scenario"),
        "the lock is deleted": (
            lambda project: (project.home / "features/checklist.lock").unlink(),
            "GL-2.4.4 is not in checklist.lock",
        ),
    },
    "an outline is empty": {"": (lambda project: _empty_outline(project), "examples without rows")},
    "a feature cannot be read": {
        "": (
            lambda project: project.edit(HSTS, "Feature: 2.4 Domain and TLS", "Feachure: 2.4"),
            "2.4-domain-and-tls.feature",
        ),
    },
}


def _append(project: Project, path: str, text: str) -> None:
    file = project.home / path
    file.write_text(file.read_text(encoding="utf-8") + "\n\n" + text + "\n", encoding="utf-8")


def _empty_outline(project: Project) -> None:
    file = project.home / FLAGS
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.strip().startswith("| GL-4")]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _without_item(project: Project, item: str) -> None:
    file = project.home / "features/checklist.toml"
    head, *tables = file.read_text(encoding="utf-8").split("[[item]]")
    kept = [table for table in tables if f'id = "{item}"\n' not in table]
    assert len(kept) == len(tables) - 1
    file.write_text("[[item]]".join([head, *kept]), encoding="utf-8")


def _without_lock_line(project: Project, item: str) -> None:
    file = project.home / "features/checklist.lock"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if f'"{item}"' not in line) + "\n", encoding="utf-8")


@pytest.mark.parametrize("copy", DISAGREEMENTS)
def test_features_that_cannot_be_trusted_are_no_go(project: Project, copy: str) -> None:
    """Where inventory, features, lock and vocabulary disagree, nothing is looked at and the verdict says all of why."""
    for change, _ in DISAGREEMENTS[copy].values():
        change(project)
    ran = project.run()
    demand_no_go(ran, *(said for _, said in DISAGREEMENTS[copy].values()))
    assert ran.record is not None
    assert not any(finding.status is Status.MET for finding in ran.record.findings)
    assert ran.record.evidence == ()


def test_a_scenario_that_is_not_bound_is_no_go(project: Project) -> None:
    """A scenario that nobody collects holds the launch: that is no narrower selection, which somebody asked for."""
    (project.home / "features/test_runbook.py").write_text(
        'from pytest_bdd import scenarios\n\nscenarios("golive/2.1-infrastructure.feature")\n'
    )
    ran = project.run()
    demand_no_go(ran, "GL-2.4.4", "never ran")


# What is done to a scenario → its item and what the gate says of it; the code that does it is below.
MISCHIEF = {
    "skipped": ("GL-2.1.1", "skipped"),
    "expected to fail": ("GL-2.1.2", "expected to fail"),
    "run twice": ("GL-2.1.3", "2 findings"),
    "never run": ("GL-2.1.4", "never ran"),
    "crashed in set-up": ("GL-2.1.5", "could not be run"),
    "crashed in tear-down": ("GL-2.1.6", "could not be ended properly"),
    "crashed in a step": ("GL-2.1.7", "the check itself failed: RuntimeError"),
    "cut short in a step": ("GL-2.1.8", "skipped"),
}
MISCHIEVOUS = """
import pytest


def is_of(name, item):
    return item.get_closest_marker(name) is not None


def pytest_runtest_setup(item):
    if is_of("GL-2.1.1", item):
        pytest.skip("later")
    if is_of("GL-2.1.5", item):
        raise RuntimeError("s3cr3t")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in [item for item in items if is_of("GL-2.1.2", item)]:
        item.add_marker(pytest.mark.xfail(reason="known"))
    items += [item for item in items if is_of("GL-2.1.3", item)]
    items[:] = [item for item in items if not is_of("GL-2.1.4", item)]


@pytest.hookimpl(trylast=True)  # once all is torn down, or the next scenario would suffer
def pytest_runtest_teardown(item):
    if is_of("GL-2.1.6", item):
        raise RuntimeError("s3cr3t")


def pytest_bdd_before_step_call(scenario):
    if "GL-2.1.7" in scenario.tags:
        raise RuntimeError("s3cr3t")


def pytest_bdd_before_step(scenario):
    if "GL-2.1.8" in scenario.tags:
        pytest.skip("later")
"""


@pytest.fixture(scope="module")
def mischievous(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run of which eight scenarios did not simply pass, each for another reason."""
    project = copied(tmp_path_factory.mktemp("mischievous") / "project")
    _append(project, "conftest.py", MISCHIEVOUS)
    return project.run()


@pytest.mark.parametrize("case", MISCHIEF)
def test_a_scenario_that_did_not_simply_pass_is_unknown(mischievous: Ran, case: str) -> None:
    """Skipped, xfailed, crashed, run twice or never: its item holds the launch, and no crash's text is told."""
    item, said = MISCHIEF[case]
    demand_no_go(mischievous, item, said)
    assert mischievous.record is not None
    if case != "run twice":  # where each time it is met, and the item is held for being judged twice
        (finding,) = (one for one in mischievous.record.findings if one.item == item)
        assert finding.status is Status.UNKNOWN
        assert said in finding.reason
    assert "s3cr3t" not in mischievous.terminal
    assert "s3cr3t" not in mischievous.record.to_json()


def test_nothing_else_is_unknown_where_some_did_not_simply_pass(mischievous: Ran) -> None:
    """What was done to eight scenarios is said of these eight alone."""
    assert mischievous.record is not None
    reasons = mischievous.record.verdict.reasons
    assert len(reasons) == len(MISCHIEF)
    assert all(any(item in reason for reason in reasons) for item, _ in MISCHIEF.values())


def test_another_candidate_than_what_runs(project: Project) -> None:
    """With --digest the gate judges that image: one that neither runs nor carries the production tag is unmet."""
    ran = project.run("-m", "golive", "--digest", "sha256:" + "0" * 64)
    demand_no_go(ran, "GL-3.3.3", "GL-2.1.3")
    assert ran.record is not None
    assert ran.record.subject.image_digest == "sha256:" + "0" * 64


def test_results_for_allure_elsewhere(project: Project) -> None:
    """With --alluredir the results, one for each item, go there."""
    ran = project.run("-m", "golive", "-k", "Slack", "--partial", "--alluredir", "elsewhere")
    assert ran.status == 0, ran.terminal
    assert len(list((project.home / "elsewhere").glob("*-result.json"))) == len(INVENTORY.item)
    assert ran.folder is not None
    assert not (ran.folder / "allure-results").exists()


@pytest.mark.parametrize("clean", [(), ("--clean-alluredir",)], ids=["kept", "cleaned"])
@pytest.mark.parametrize("where", ["reports", ".", "features/golive", "reports/rehearsal"])
def test_results_for_allure_where_runs_and_features_lie_are_refused(
    project: Project, where: str, clean: tuple[str, ...]
) -> None:
    """--alluredir replaces what is there, so it names no folder that holds signed runs, or what is judged."""
    kept = project.home / "reports/production/2026-03-02T091400.000000Z/manifest.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "golive", "--alluredir", where, *clean],
        cwd=project.home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, kept.is_file()) == (4, True), ran.stdout
    assert f"--alluredir {where} is, holds or lies in" in ran.stdout + ran.stderr
    assert (project.home / HSTS).is_file()
    assert not (project.home / "reports/rehearsal").exists()


def test_a_run_that_cannot_be_named_the_latest_is_no_go(project: Project) -> None:
    """Where `reports/latest` would go on naming another run, this one is NO-GO in all that is left of it."""
    other = project.home / "reports/latest/record.json"
    other.parent.mkdir()
    other.write_text("{}", encoding="utf-8")
    ran = project.run("-m", "golive")
    assert ran.folder is not None
    demand_no_go(ran, "could not be written down")
    assert not ran.manifest
    assert not [name for name in ("report.html", "SHA256SUMS", "manifest.json") if (ran.folder / name).exists()]
    for file in (ran.folder / name for name in ("record.json", "verdict.md", "junit.xml", "statement.json")):
        assert "NO-GO" in file.read_text(encoding="utf-8"), file
    assert other.read_text(encoding="utf-8") == "{}"
    verified = subprocess.run(
        [sys.executable, "-c", "from golive.cli import main; main()", "verify", str(ran.folder), "--unsigned"],
        cwd=project.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verified.returncode in (1, 4), verified.stdout + verified.stderr


NARROWER = {
    "-k": ("-m", "golive", "-k", "sessions"),
    "a smaller -m": ("-m", "GL-2.4.4"),
    "a path": ("features/test_runbook.py", "-k", "runs"),
    "--deselect": ("-m", "golive", "--deselect", "features/test_runbook.py::test_plain_http_is_sent_to_https"),
}


@pytest.mark.parametrize("case", NARROWER)
def test_less_than_the_gate_is_partial(project: Project, case: str) -> None:
    """A narrower selection shows what it found, is PARTIAL, and does not exit 0."""
    ran = project.run(*NARROWER[case])
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    assert ran.record.verdict.status is Decision.PARTIAL
    assert ran.record.verdict.line in ran.terminal


def test_partial_is_enough_when_asked_for(project: Project) -> None:
    """With --partial a narrower selection exits 0 when all of it holds, and 1 when it does not."""
    well = project.run("-m", "GL-2.4.4", "--partial")
    assert (well.status, well.record and well.record.verdict.status) == (0, Decision.PARTIAL)
    ill = project.run("-m", "GL-2.4.4", "--partial", "--fault", "hsts-sent-twice")
    assert ill.status == 1


def test_stopping_at_the_first_failure_is_partial(project: Project) -> None:
    """After -x the rest never ran, so the run is PARTIAL and exits 1."""
    ran = project.run("-m", "golive", "-x", "--fault", "service-paused")
    assert (ran.status, ran.record and ran.record.verdict.status) == (1, Decision.PARTIAL)


def test_only_what_failed_last_time_is_partial(gated: Thrice) -> None:
    """--lf looks at what failed the last time, and is PARTIAL even when all of that holds now."""
    ran = gated.failed_last
    assert (ran.status, ran.record and ran.record.verdict.status) == (1, Decision.PARTIAL), ran.terminal
    assert ran.record is not None
    assert 2 <= ran.record.verdict.counts["met"] < 10


@pytest.mark.parametrize("option", ["--collect-only", "--setup-plan", "--setup-only"])
def test_looking_at_the_plan_leaves_no_record(project: Project, option: str) -> None:
    """What runs nothing records nothing, so there is nothing to sign."""
    ran = project.run("-m", "golive", option)
    assert (ran.record, ran.manifest) == (None, False)
    assert "GO (" not in ran.terminal


AROUND = {
    "no conftest": ("--noconftest",),
    "a plugin off": ("-p", "no:pytest_bdd.plugin"),
    "the gate off": ("-p", "no:golive.gate"),
    "an ini option": ("-o", "addopts="),
    "another configuration": ("-c", "other.ini"),
    "assertions as Python has them": ("--assert=plain",),
}


@pytest.mark.parametrize("case", AROUND)
def test_another_way_round_leaves_no_record(project: Project, case: str) -> None:
    """Without the gate's own wiring there is no exit 0 and no record."""
    (project.home / "other.ini").write_text("[pytest]\ntestpaths = features\npythonpath = .\n")
    ran = project.run("-m", "golive", *AROUND[case])
    assert ran.status != 0
    assert (ran.record, ran.manifest) == (None, False)


@pytest.mark.parametrize("arguments", [(), ("--assert=plain",)])
def test_where_python_leaves_out_assertions_nothing_is_judged(project: Project, arguments: tuple[str, ...]) -> None:
    """With PYTHONOPTIMIZE every sentence would hold: it is refused in a sentence that says what to leave out."""
    ran = project.run("-m", "golive", "--fault", "hsts-sent-twice", *arguments, PYTHONOPTIMIZE="1")
    assert ran.status == 4, ran.terminal
    assert "leave out --assert=plain, python -O and PYTHONOPTIMIZE" in ran.terminal
    assert (ran.record, ran.manifest) == (None, False)


def test_what_the_shell_tells_is_ignored_and_told(project: Project) -> None:
    """
    Neither PYTEST_ADDOPTS nor a plugin of the shell's changes the gate, and a redirected AWS, a proxy and another
    authority do not reach the looks; the record names them.
    """
    (project.home / "meddling.py").write_text("def pytest_collection_modifyitems(items):\n    del items[:]\n")
    told = {
        "PYTEST_ADDOPTS": "-k hsts",
        "PYTEST_PLUGINS": "meddling",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "nobody",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "SSL_CERT_FILE": "/nowhere.pem",
        "PGHOST": "127.0.0.9",
    }
    ran = project.run(**told, PYTHONPATH=str(project.home))
    assert ran.status == 0, ran.terminal
    assert ran.record is not None
    assert told.keys() <= set(ran.record.run.ignored)
    assert len(ran.record.findings) == len(INVENTORY.item)
