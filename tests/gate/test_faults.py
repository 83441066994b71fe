"""Each fault turns exactly what it declares, and every item can fail: the proof that no check is vacuous."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from golive.record import Status
from golive.runbook import load_inventory
from golive.twin.faults import FAULTS
from tests.gate.conftest import Project
from tests.gate.sweeping import FIRST_DAY, PHASES, Sweep

INVENTORY = load_inventory(Path(__file__).parents[2] / "features")
DECIDED = [item for item in INVENTORY.item if {"auto", "act"} & set(item.how) - set(item.pending)]


DUE = {phase: {item.id for item in DECIDED if INVENTORY.is_due(item, phase)} for phase in PHASES}
# Each fault where what it breaks is due; what declares nothing is harmless on the first day.
PLAYED = [
    (name, phase)
    for name, fault in FAULTS.items()
    for phase in PHASES
    if DUE[phase] & {*fault.unmet, *fault.unknown} or (phase == FIRST_DAY and not (fault.unmet or fault.unknown))
]


@pytest.fixture(scope="module")
def sweeps() -> Iterator[Callable[[str], Sweep]]:
    """A sweep for each phase, from the first time that one is asked for."""
    running: dict[str, Sweep] = {}
    yield lambda phase: running.get(phase) or running.setdefault(phase, Sweep(phase))
    for sweep in running.values():
        sweep.stop()


@pytest.mark.parametrize(("name", "phase"), PLAYED)
def test_a_fault_turns_exactly_what_it_declares(sweeps: Callable[[str], Sweep], name: str, phase: str) -> None:
    """What a fault declares unmet is unmet, what it declares unknown is unknown, and all else that is due is met."""
    fault, due = FAULTS[name], DUE[phase]
    unmet, unknown = due & set(fault.unmet), due & set(fault.unknown)
    status, record, terminal = sweeps(phase).run(name)
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
    assert record.verdict.counts.get("met", 0) == len(due) - len(unmet) - len(unknown)
    assert status == (1 if unmet or unknown else 0)


def test_everything_that_a_machine_decides_is_due_in_a_phase_that_is_swept() -> None:
    """No item falls due outside of the phases in which faults are played."""
    assert set().union(*DUE.values()) == {item.id for item in DECIDED}


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
    "health-monitor-trusts-anybody": "monitors",
    "status-page-of-another": "statuspage",
    "incident-since-the-launch": "incidents",
    "critical-alert-since-the-launch": "slack",
    "webhook-revoked": "webhook",
}


@pytest.mark.parametrize("name", WHOLE, ids=list(WHOLE.values()))
def test_a_fault_is_noticed_by_the_whole_gate(project: Project, name: str) -> None:
    """`pytest -m golive --fault NAME`, for one fault of each probe: exit status, record and terminal agree."""
    ran = project.run("-m", "golive", "--act", "--phase", FIRST_DAY, "--fault", name)
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    fault = FAULTS[name]
    open_items = {finding.item for finding in ran.record.findings if finding.status in (Status.UNMET, Status.UNKNOWN)}
    assert open_items == DUE[FIRST_DAY] & {*fault.unmet, *fault.unknown}
    assert ran.record.run.faults == (name,)
    assert ran.record.verdict.line in ran.terminal
    assert ran.manifest
