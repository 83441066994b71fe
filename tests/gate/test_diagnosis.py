"""Which cause is it? Each incident's cause is named first, and a healthy world names none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from golive.diagnosis.ranking import Conclusion
from golive.twin.faults import INCIDENTS
from tests.gate.sweeping import Sweep

RUNBOOKS = {"AISP": "aisp", "BID": "bankid", "KYC": "kyc", "PISP": "pisp", "SWAN": "swan"}  # prefix of the ids → name


@pytest.fixture(scope="module")
def sweep() -> Iterator[Sweep]:
    sweep = Sweep()
    yield sweep
    sweep.stop()


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_cause_of_an_incident_is_named_first(sweep: Sweep, name: str) -> None:
    """Its own cause comes first, those behind it are the declared ones, and so are those that it hides."""
    incident = INCIDENTS[name]
    status, document, terminal = sweep.diagnose(RUNBOOKS[incident.cause.partition("-")[0]], name)
    assert document is not None, terminal
    assert status == 1
    pointed = document.of(Conclusion.POINTED)
    why = {cause.cause: [sign.said for sign in cause.signs] for cause in pointed}
    assert [cause.cause for cause in pointed] == [incident.cause, *incident.points_too], why
    assert not pointed[0].ties
    untold = {cause.cause: cause.missing for cause in document.of(Conclusion.CANNOT_TELL)}
    assert set(untold) == set(incident.hides), untold
    assert incident.cause in document.line


def test_a_healthy_world_is_silent(sweep: Sweep) -> None:
    """Nothing points to a cause, everything was seen, and the exit status is 0."""
    for runbook in RUNBOOKS.values():
        status, document, terminal = sweep.diagnose(runbook)
        assert document is not None, terminal
        why = {cause.cause: (cause.missing, [sign.said for sign in cause.signs]) for cause in document.causes}
        assert document.quiet, why
        assert status == 0
        assert all(cause.examined and cause.evidence for cause in document.causes)
