"""Each fault turns exactly what it declares, and every item can fail: the proof that no check is vacuous."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from golive.phases import ROLLBACK
from golive.record import Status
from golive.twin.faults import FAULTS
from tests.gate.breaking import ELSEWHERE, OF_THE_SITE, TURNED, demand_exactly
from tests.gate.conftest import Project
from tests.gate.sweeping import FIRST_DAY, FIRST_WEEK, INVENTORY, Sweep, due_in

DECIDED = [item for item in INVENTORY.item if {"auto", "act"} & set(item.how)]
SIGNED = [item for item in INVENTORY.item if "attest" in item.how]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_fault_turns_exactly_what_it_declares(sweeps: Callable[[str], Sweep], name: str) -> None:
    """What a fault declares unmet, unknown, unsigned or waived is found so, and all the rest of what is due is met."""
    demand_exactly(sweeps, name)


def test_every_fault_is_tried_once() -> None:
    """Those of the site, in a file of their own, and the others are all that there are."""
    assert sorted((*OF_THE_SITE, *ELSEWHERE)) == sorted(FAULTS)


def test_every_item_that_a_machine_decides_can_be_unmet() -> None:
    """At least one fault turns each item unmet, and at least two each blocker."""
    times = Counter(item for fault in FAULTS.values() for item in fault.unmet)
    lacking = {item.id: times[item.id] for item in DECIDED if times[item.id] < (2 if item.severity == "blocker" else 1)}
    assert not lacking


def test_every_item_that_a_machine_decides_can_be_unknown() -> None:
    """At least one fault keeps the gate from seeing each item."""
    unseen = {item for fault in FAULTS.values() for item in fault.unknown}
    assert {item.id for item in DECIDED} <= unseen


@pytest.mark.parametrize("phase", [FIRST_WEEK, ROLLBACK])
def test_without_records_everything_that_a_person_signs_is_unsigned(sweeps: Callable[[str], Sweep], phase: str) -> None:
    """What falls due after the launch is held by a missing signature too, and says who signs and how."""
    status, record, terminal = sweeps(phase).run("nobody-signed-anything")
    assert status == 1, terminal
    assert record is not None
    due = {item.id for item in SIGNED if item.id in due_in(phase)}
    unsigned = {finding.item: finding.reason for finding in record.findings if finding.status is Status.UNSIGNED}
    assert due <= unsigned.keys()
    for item in due:
        signer = INVENTORY.by_id[item].signer
        assert f"attestations/{item}.toml is not there: in a rehearsal the twin's people alone sign" in unsigned[item]
        assert f"in a live environment the {signer} signs: `golive attest {item} --env production`" in unsigned[item]
        assert "--env rehearsal" not in unsigned[item], "golive attest refuses that"


def test_every_item_that_a_person_signs_can_be_unsigned() -> None:
    """At least one fault leaves each item unsigned."""
    assert {item.id for item in SIGNED} == {item for fault in FAULTS.values() for item in fault.unsigned}


def test_faults_speak_of_items_that_are_there() -> None:
    """A fault declares only items that a scenario decides, none both unmet and unknown, and says what it breaks."""
    known = {item.id for item in (*DECIDED, *SIGNED)}
    for fault in FAULTS.values():
        turned = [item for name in TURNED for item in getattr(fault, name)]
        assert set(turned) <= known, fault.name
        assert len(turned) == len(set(turned)), fault.name
        assert fault.sentence.endswith("."), fault.name


# One of each kind of answer; the sweep above judges every fault, in one process, and this is what a person types.
WHOLE = (
    "certificate-without-www",  # on the wire
    "landing-page-script-fails",  # in a browser
    "production-tag-moved-but-not-deployed",  # of AWS
    "large-transaction-without-alert",  # in the database
    "attestation-signed-by-another-key",  # on record
    "log-silent-for-twenty-minutes",  # since a while
    "sumsub-token-revoked",  # not to be had
)


def test_faults_of_every_kind_are_noticed_by_the_whole_gate(project: Project) -> None:
    """`pytest -m golive --fault NAME --fault …`, one of each kind: exit status, record and terminal agree."""
    wanted = [word for name in WHOLE for word in ("--fault", name)]
    ran = project.run("-m", "golive", "--act", "--phase", FIRST_DAY, *wanted)
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    declared = {item for name in WHOLE for turned in TURNED for item in getattr(FAULTS[name], turned)}
    open_items = {finding.item for finding in ran.record.findings if finding.status in TURNED.values()}
    assert open_items == declared & due_in(FIRST_DAY)
    assert ran.record.run.faults == WHOLE
    assert ran.record.verdict.line in ran.terminal
    assert ran.manifest
