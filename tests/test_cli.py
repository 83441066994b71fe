"""The `golive` command: lists for people and for scripts, and a lock that never drops an item."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from golive.cli import main
from golive.diagnosis.locking import read_causes_lock
from golive.errors import SetupError
from golive.runbook import load_inventory, read_lock, write_lock
from golive.twin.faults import FAULTS, INCIDENTS
from tests.gate.conftest import Project, project

__all__ = ["project"]

HOME = Path(__file__).parents[1]


def said(*arguments: str) -> str:
    """What the command prints; it must succeed."""
    result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_items_are_listed() -> None:
    """Every item is in the list, for people and as JSON, with the count of those that have a scenario."""
    rows = json.loads(said("items", "--json"))
    inventory = load_inventory(HOME / "features")
    assert [row["item"] for row in rows] == [item.id for item in inventory.item]
    assert said("items").splitlines()[-1] == f"{len(rows)} of {len(rows)} items transcribed"


def test_the_contradictions_are_those_of_the_document(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `docs/decisions.md` shows is the table that the gate reports by; none may be lost, doubled or idle."""
    assert said("contradictions", "--markdown") in (HOME / "docs/decisions.md").read_text(encoding="utf-8")
    rows = json.loads(said("contradictions", "--json"))
    inventory = load_inventory(HOME / "features")
    assert {number for row in rows for number in [row["number"]]} == {
        n for item in inventory.item for n in item.decision
    }
    assert said("contradictions").splitlines()[-1] == f"{len(rows)} of {len(rows)} contradictions are open"
    monkeypatch.chdir(project.home)
    for old, new, wrong in (
        ("number = 11\n", "number = 12\n", "twice among the contradictions: 12"),
        ("number = 11\n", "number = 99\n", "items depend on contradictions that are not there: 11"),
        ("decides = [", "decide = [", "features/contradictions.toml:"),
    ):
        project.edit("features/contradictions.toml", old, new)
        result = CliRunner().invoke(main, ["items"])
        assert (result.exit_code, wrong in result.output) == (4, True), result.output
        project.edit("features/contradictions.toml", new, old)


def test_faults_are_listed() -> None:
    """Every fault is in the list with what it turns, every incident with its cause, for people and as JSON."""
    rows = json.loads(said("faults", "--json"))
    assert len({tuple(row) for row in rows}) == 1, "one shape for all"
    assert {row["fault"]: (row["unmet"], row["unknown"]) for row in rows if row["cause"] is None} == {
        name: (list(fault.unmet), list(fault.unknown)) for name, fault in FAULTS.items()
    }
    assert {row["fault"]: row["cause"] for row in rows if row["cause"]} == {
        name: incident.cause for name, incident in INCIDENTS.items()
    }
    text = said("faults")
    assert all(name in text for name in (*FAULTS, *INCIDENTS))


def test_list_of_faults_says_in_which_phase_they_are_judged() -> None:
    """Whoever breaks what the launch itself does not judge yet is told where it is judged, and nobody else anything."""
    phases = {row["fault"]: row["phase"] for row in json.loads(said("faults", "--json"))}
    assert phases["hsts-sent-twice"] == "T-0"
    assert phases["errors-pile-up"] == "T+2h"
    assert phases["pre-launch-snapshot-failed"] == "T+24h", "an act, which may also be due before"
    assert phases["cause-signed-of-an-earlier-rollback"] == "rollback"
    assert phases["account-of-another"] is phases["consents-have-ended"] is None, "stops the run; an incident"
    text = said("faults")
    assert text.count("judged with --phase") == sum(phase not in {None, "T-0"} for phase in phases.values())


def test_the_lock_is_up_to_date() -> None:
    """The lock of this tree holds the digests of this tree's scenarios."""
    held, causes = read_lock(HOME / "features")[0], read_causes_lock(HOME / "features")
    assert said("items", "--lock").splitlines() == [
        "features/checklist.lock: 0 digests changed",
        "features/diagnosis/causes.lock: 0 digests changed",
    ]
    assert read_lock(HOME / "features")[0] == held
    assert read_causes_lock(HOME / "features") == causes


def test_the_lock_takes_a_changed_scenario(project: Project) -> None:
    """A changed sentence changes one line of the lock, which a reviewer then sees."""
    features = project.home / "features"
    before, _ = read_lock(features)
    project.edit("features/golive/2.4-domain-and-tls.feature", "63072000", "31536000")
    assert write_lock(features) == 1
    after, _ = read_lock(features)
    assert {name for name in before if before[name] != after[name]} == {"GL-2.4.4"}


def test_the_lock_is_that_of_where_one_stands(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in another clone of the project renews that clone's lock, and no other."""
    project.edit("features/golive/2.4-domain-and-tls.feature", "63072000", "31536000")
    monkeypatch.chdir(project.home)
    assert said("items", "--lock").splitlines()[0] == "features/checklist.lock: 1 digest changed"


def test_the_lock_never_drops_an_item(project: Project) -> None:
    """Neither an item that leaves the inventory nor one that loses its scenario leaves the lock quietly."""
    project.edit("features/checklist.toml", 'id = "GL-6.1.6"', 'id = "GL-6.1.7"')
    with pytest.raises(SetupError, match=r"never drops an item.*GL-6\.1\.6"):
        write_lock(project.home / "features")
    project.edit("features/checklist.toml", 'id = "GL-6.1.7"', 'id = "GL-6.1.6"')
    feature = project.home / "features/golive/2.1-infrastructure.feature"
    head, _, rest = feature.read_text(encoding="utf-8").partition("  @GL-2.1.1")
    feature.write_text(head + rest[rest.index("  @GL-2.1.2") :], encoding="utf-8")
    with pytest.raises(SetupError, match=r"never drops a scenario.*GL-2\.1\.1"):
        write_lock(project.home / "features")


def test_a_mistake_is_one_sentence() -> None:
    """An unknown fault is one sentence and exit status 4."""
    result = CliRunner().invoke(main, ["twin", "--fault", "nonsense"])
    assert result.exit_code == 4
    assert result.output.startswith("golive: ")
    assert result.output.count("\n") == 1


def test_the_twin_stays_up_until_ctrl_c() -> None:
    """`golive twin --json` says how each face is reached, and ends well when it is told to."""
    twin = subprocess.Popen(
        [sys.executable, "-c", "from golive.cli import main; main()", "twin", "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert twin.stdout is not None
    told = ""
    for line in twin.stdout:
        told += line
        if line == "}\n":
            break
    reached = json.loads(told)
    assert {"the site", "the names", "the database", "the database instance", "the service"} == set(reached["commands"])
    assert "192.0.2.10:443" in reached["ports"]
    twin.send_signal(signal.SIGINT)
    assert twin.wait(30) == 0
