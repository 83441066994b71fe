"""A world broken by one fault, and what the gate must find in it; the tests stand in two files, for time's sake."""

from __future__ import annotations

from collections.abc import Callable

from golive.record import Status
from golive.twin.faults import FAULTS
from tests.gate.sweeping import LAUNCH, Sweep, due_in, phase_of

TURNED = {"unmet": Status.UNMET, "unknown": Status.UNKNOWN, "unsigned": Status.UNSIGNED, "waived": Status.WAIVED}
# What nothing was found to be wrong with, or nothing was to be found of.
UNTOUCHED = {Status.MET, Status.NOT_DUE, Status.NOT_APPLICABLE}
# Where the faults are made that visitors, browsers and resolvers meet: half of the time that all of them take.
SITE = {"compliance", "login", "names", "settings", "site", "tls"}
OF_THE_SITE = [name for name, fault in FAULTS.items() if fault.breaks.__module__.rpartition(".")[2] in SITE]
ELSEWHERE = [name for name in FAULTS if name not in OF_THE_SITE]


def demand_exactly(sweeps: Callable[[str], Sweep], name: str) -> None:
    """AssertionError where the fault *name* turns anything else than it declares, or nothing that is due."""
    fault = FAULTS[name]
    every = {item for turned in TURNED for item in getattr(fault, turned)}
    # What turns nothing is tried where something that it touches is due: elsewhere it would prove nothing.
    phase = fault.phase or phase_of(every or sweeps(LAUNCH).touched(name))
    sweep = sweeps(phase)
    touched = sweep.touched(name)
    assert (touched | every) & due_in(phase), "some item rests on what the fault changes"
    sweep.swap(name)
    turned = sweep.turned() | every
    # Where nothing that is due is answered otherwise, all that might have been is judged.
    concerned = turned if turned & due_in(phase) else touched
    status, record, terminal = sweep.judge(only=concerned)
    if fault.stops:
        assert (status, record) == (4, None), terminal
        return
    assert record is not None, terminal
    assert not list(sweep.lost()), "what was seen can be judged again from the record"
    findings = [finding for finding in record.findings if finding.item in concerned]
    seen = {state: {finding.item for finding in findings if finding.status is state} for state in TURNED.values()}
    declared = {state: set(getattr(fault, turned)) & due_in(phase) for turned, state in TURNED.items()}
    why = {finding.item: finding.reason for finding in findings if finding.status in seen}
    assert seen == declared, why
    assert {finding.item for finding in findings if finding.status not in UNTOUCHED} == every & due_in(phase)
    assert status == (1 if declared[Status.UNMET] | declared[Status.UNKNOWN] | declared[Status.UNSIGNED] else 0)
