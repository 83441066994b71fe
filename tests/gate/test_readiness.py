"""The readiness of the failure runbooks: what of it is gated, and when Swan's part of it is not applicable."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from golive.agenda import Agenda
from golive.environment import load
from golive.errors import SetupError
from golive.phases import ROLLBACK
from golive.record import Finding, Status
from golive.runbook import is_cause
from tests.gate.sweeping import HOME, INVENTORY, Sweep

RUNBOOKS = ("AISP", "BID", "PISP", "KYC", "SWAN")
READINESS = [item for item in INVENTORY.item if item.id.partition("-")[0] in RUNBOOKS]
OF_SWAN = frozenset(item.id for item in READINESS if item.section == "SWAN")
STATED = 'not_in_use = ["Swan"]'


@pytest.fixture
def without_swan(tmp_path: Path) -> Callable[[str], Path]:
    """A project whose rehearsal has no table [swan], and a line of ours in its place."""

    def make(line: str, *, keep: bool = False) -> Path:
        for name in ("conftest.py", "pyproject.toml"):
            shutil.copy(HOME / name, tmp_path)
        for name in ("features", "environments"):
            shutil.copytree(HOME / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        file = tmp_path / "environments/rehearsal/environment.toml"
        before, swan, after = file.read_text(encoding="utf-8").partition("[swan]")
        rest = after[after.index("\n[") :]
        head = before.replace('kind = "rehearsal"', f'kind = "rehearsal"\n{line}', 1)
        file.write_text(head + (swan + after if keep else rest), encoding="utf-8")
        return tmp_path

    return make


def found(sweep: Sweep, home: Path, *faults: str) -> dict[str, Finding]:
    """What is found of Swan's items in the project at *home*."""
    sweep.swap(*faults)
    _, record, terminal = sweep.judge(home=home, only=OF_SWAN)
    assert record is not None, terminal
    return {finding.item: finding for finding in record.findings if finding.item in OF_SWAN}


def test_readiness_is_gated_before_the_launch_and_nowhere_else() -> None:
    """Every runbook has the same items, due a week before the launch; no later deploy and no rollback asks for them."""
    numbers = {runbook: [item.id[-1] for item in READINESS if item.section == runbook] for runbook in RUNBOOKS}
    assert all(each == numbers["AISP"] for each in numbers.values())
    assert not [item.id for item in READINESS if is_cause(item.id)]
    for item in READINESS:
        assert (item.due, item.severity, item.owner) == ("T-7d", "critical", "John")
        assert (item.partner == "Swan") == (item.section == "SWAN")
        assert not Agenda(INVENTORY, ROLLBACK).is_due(item)
        assert not Agenda(INVENTORY, "T-0", "change").is_due(item)


def test_where_swan_is_not_in_use_its_items_are_not_applicable(
    sweep: Sweep, without_swan: Callable[[str], Path]
) -> None:
    """The environment file says so, and the service is given nothing of Swan's: what was found is shown beside it."""
    seen = found(sweep, without_swan(STATED), "service-without-swan")
    assert {finding.status for finding in seen.values()} == {Status.NOT_APPLICABLE}
    reason = (
        "environments/rehearsal/environment.toml says that Swan is not in use, and the service is given nothing of it"
    )
    assert {finding.reason for finding in seen.values()} == {reason}
    assert seen["SWAN-R1"].found is Status.UNKNOWN


def test_a_statement_that_the_service_belies_covers_nothing(sweep: Sweep, without_swan: Callable[[str], Path]) -> None:
    """A service that is given Swan's secrets uses Swan, whatever the file says."""
    seen = found(sweep, without_swan(STATED))
    assert {finding.status for finding in seen.values()} == {Status.UNMET}
    assert "the service is given SWAN_CLIENT_ID, SWAN_CLIENT_SECRET, SWAN_ENVIRONMENT" in seen["SWAN-R1"].reason


def test_a_statement_that_nobody_could_hold_against_the_service_covers_nothing(
    sweep: Sweep, without_swan: Callable[[str], Path]
) -> None:
    """Where what the service is given cannot be seen, Swan's items are unknown like all others."""
    seen = found(sweep, without_swan(STATED), "apprunner-denied")
    assert {finding.status for finding in seen.values()} == {Status.UNKNOWN}


def test_silence_about_swan_is_no_statement(sweep: Sweep, without_swan: Callable[[str], Path]) -> None:
    """With neither a table nor a word, every item of Swan's is unknown, and says which question is open."""
    seen = found(sweep, without_swan(""), "service-without-swan")
    assert {finding.status for finding in seen.values()} == {Status.UNKNOWN}
    reason = "environments/rehearsal/environment.toml: swan is not answered yet"
    assert {finding.reason for finding in seen.values()} == {reason}
    assert seen["SWAN-R2"].found is Status.MET


def test_an_environment_cannot_say_both(without_swan: Callable[..., Path]) -> None:
    """A table [swan] beside the statement is refused: one of the two is wrong."""
    with pytest.raises(SetupError, match="not_in_use names Swan, and there is a table"):
        load("rehearsal", without_swan(STATED, keep=True))
