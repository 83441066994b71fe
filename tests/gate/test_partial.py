"""Less than the whole gate is PARTIAL, and a plan alone leaves no record."""

from __future__ import annotations

import pytest

from golive.record import Decision
from tests.gate.conftest import Project

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


@pytest.mark.parametrize("option", ["--collect-only", "--setup-plan", "--setup-only"])
def test_looking_at_the_plan_leaves_no_record(project: Project, option: str) -> None:
    """What runs nothing records nothing, so there is nothing to sign."""
    ran = project.run("-m", "golive", option)
    assert (ran.record, ran.manifest) == (None, False)
    assert "GO (" not in ran.terminal
