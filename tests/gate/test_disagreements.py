"""Features, inventory, lock and vocabulary that disagree are trusted with nothing: NO-GO, with all of why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from golive.record import Status
from tests.gate.conftest import Project, demand_no_go

HSTS = "features/golive/2.4-domain-and-tls.feature"
INFRASTRUCTURE = "features/golive/2.1-infrastructure.feature"
FLAGS = "features/golive/4-feature-flags.feature"
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
            lambda project: project.append(
                "steps/names.py", 'judges("all name servers agree on where it leads")(lambda: None)'
            ),
            "ambiguous",
        ),
        "a step has no sentence": (
            lambda project: project.append("steps/names.py", 'judges("the moon is full")(lambda: None)'),
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
