"""Each fault turns exactly what it declares, and every item can fail: the proof that no check is vacuous."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from golive.gate import DEFAULT_PHASE
from golive.phases import ROLLBACK
from golive.record import Status
from golive.runbook import load_inventory
from golive.twin.faults import FAULTS
from tests.gate.conftest import Project
from tests.gate.sweeping import PHASES, Sweep

INVENTORY = load_inventory(Path(__file__).parents[2] / "features")
DECIDED = [item for item in INVENTORY.item if {"auto", "act"} & set(item.how) - set(item.pending)]


@pytest.fixture(scope="module")
def sweep(request: pytest.FixtureRequest) -> Iterator[Sweep]:
    sweep = Sweep(request.param)
    yield sweep
    sweep.stop()


def due_at(phase: str, items: Iterable[str]) -> set[str]:
    """Those of *items* that are judged in *phase*."""
    return {item for item in items if INVENTORY.is_due(INVENTORY.by_id[item], phase)}


CASES = [
    (phase, name)
    for phase in PHASES
    for name, fault in FAULTS.items()
    if phase != ROLLBACK or due_at(phase, (*fault.unmet, *fault.unknown))
]


@pytest.mark.parametrize(("sweep", "name"), CASES, indirect=["sweep"])
def test_a_fault_turns_exactly_what_it_declares(sweep: Sweep, name: str) -> None:
    """What a fault declares unmet is unmet, what it declares unknown is unknown, and all the rest is met."""
    fault = FAULTS[name]
    unmet, unknown = due_at(sweep.phase, fault.unmet), due_at(sweep.phase, fault.unknown)
    decided = due_at(sweep.phase, (item.id for item in DECIDED))
    status, record, terminal = sweep.run(name)
    if fault.stops:
        assert (status, record) == (4, None), terminal
        return
    assert record is not None, terminal
    seen = {
        state: {finding.item for finding in record.findings if finding.status is state}
        for state in (Status.UNMET, Status.UNKNOWN)
    }
    why = {finding.item: finding.reason for finding in record.findings if finding.status in seen}
    assert seen == {Status.UNMET: unmet, Status.UNKNOWN: unknown}, why
    assert record.verdict.counts.get("met", 0) == len(decided) - len(unmet) - len(unknown)
    assert status == (1 if unmet or unknown else 0)


def test_every_item_that_a_machine_decides_can_be_unmet() -> None:
    """At least one fault turns each item unmet, and at least two each blocker."""
    times = Counter(item for fault in FAULTS.values() for item in fault.unmet)
    lacking = {item.id: times[item.id] for item in DECIDED if times[item.id] < (2 if item.severity == "blocker" else 1)}
    assert not lacking


def test_every_item_that_a_machine_decides_can_be_unknown() -> None:
    """At least one fault keeps the gate from seeing each item."""
    unseen = {item for fault in FAULTS.values() for item in fault.unknown}
    assert {item.id for item in DECIDED} <= unseen


def test_faults_speak_of_items_that_are_there() -> None:
    """A fault declares only items that a scenario decides, none both unmet and unknown, and says what it breaks."""
    known = {item.id for item in DECIDED}
    for fault in FAULTS.values():
        assert set(fault.unmet) | set(fault.unknown) <= known, fault.name
        assert not set(fault.unmet) & set(fault.unknown), fault.name
        assert fault.sentence.endswith("."), fault.name


# One for each probe; the sweep above judges in one process, this is what a person types.
WHOLE = {
    "stray-second-address": "names",
    "certificate-without-www": "certificate",
    "redirect-is-temporary": "web",
    "landing-page-script-fails": "browser",
    "deployment-rolled-back": "apprunner",
    "restorable-time-behind": "rds",
    "firewall-open-by-a-prefix-list": "ec2",
    "production-tag-moved-but-not-deployed": "ecr",
    "jwt-secret-of-equal-characters": "secrets",
    "logs-denied": "logs",
    "large-transaction-without-alert": "postgres",
    "check-skipped": "github",
    "log-silent-for-twenty-minutes": "log tail",
    "deploy-role-may-not-pass-roles": "iam",
}


@pytest.mark.parametrize("name", WHOLE, ids=list(WHOLE.values()))
def test_a_fault_is_noticed_by_the_whole_gate(project: Project, name: str) -> None:
    """`pytest -m golive --fault NAME`, for one fault of each probe: exit status, record and terminal agree."""
    ran = project.run("-m", "golive", "--fault", name)
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    fault = FAULTS[name]
    open_items = {finding.item for finding in ran.record.findings if finding.status in (Status.UNMET, Status.UNKNOWN)}
    assert open_items == due_at(DEFAULT_PHASE, (*fault.unmet, *fault.unknown))
    assert ran.record.run.faults == (name,)
    assert ran.record.verdict.line in ran.terminal
    assert ran.manifest
