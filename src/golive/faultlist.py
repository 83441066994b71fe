"""The ways to break the rehearsal, as `golive faults` lists them."""

from __future__ import annotations

from collections.abc import Iterator

from golive.agenda import phase_judging
from golive.phases import LAUNCH
from golive.runbook import Inventory
from golive.twin.faults import FAULTS, INCIDENTS
from golive.twin.faults.register import Fault, Incident

TURNED = ("unmet", "unknown", "unsigned", "waived")


def rows(inventory: Inventory) -> list[dict[str, object]]:
    """Every fault by name, then every incident, all with the same fields."""
    every: list[Fault | Incident] = [*_by_name(), *INCIDENTS.values()]
    return [_row(inventory, one) for one in every]


def lines(inventory: Inventory) -> Iterator[str]:
    """The same for people."""
    for fault in _by_name():
        yield f"{fault.name}\n    {fault.sentence}"
        yield from (f"    {what}: {', '.join(ids)}" for what in TURNED if (ids := getattr(fault, what)))
        if (phase := _phase(inventory, fault)) not in {None, LAUNCH}:
            yield f"    judged with --phase {phase}"
        if fault.stops:
            yield "    stops the run: this is another target"
    yield f"{len(FAULTS)} faults; break the twin with: pytest -m golive --fault NAME\n"
    for incident in INCIDENTS.values():
        yield f"{incident.name}\n    {incident.sentence}\n    cause: {incident.cause}"
    yield f"{len(INCIDENTS)} incidents; diagnose one with: golive diagnose RUNBOOK --fault NAME"


def _by_name() -> list[Fault]:
    return [FAULTS[name] for name in sorted(FAULTS)]


def _row(inventory: Inventory, one: Fault | Incident) -> dict[str, object]:
    fault = one if isinstance(one, Fault) else None
    return {
        "fault": one.name,
        "sentence": one.sentence,
        **{what: list(getattr(one, what, ())) for what in TURNED},  # an incident declares none
        "stops": fault is not None and fault.stops,
        "phase": _phase(inventory, fault) if fault else None,
        "cause": None if isinstance(one, Fault) else one.cause,
    }


def _phase(inventory: Inventory, fault: Fault) -> str | None:
    """The phase in which a gate says so; None where the fault turns no item."""
    return fault.phase or phase_judging(inventory, [item for what in TURNED for item in getattr(fault, what)])
