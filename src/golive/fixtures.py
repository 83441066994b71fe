"""What a sentence may ask for besides what it says itself: pytest's fixtures of a run."""

from __future__ import annotations

from datetime import datetime

import pytest

from golive.environment import Environment
from golive.gate import Gate
from golive.remarks import Remarks
from golive.run import Run
from golive.standing import Signature
from golive.witness import Witness


@pytest.fixture
def golive_gate(pytestconfig: pytest.Config) -> Gate:
    """The gate of this run."""
    plugin = pytestconfig.pluginmanager.getplugin("golive-gate")
    assert isinstance(plugin, Gate)
    return plugin


@pytest.fixture
def witness(request: pytest.FixtureRequest, golive_gate: Gate) -> Witness:
    """Who takes what the sentences see and say."""
    witness = golive_gate.progress[request.node.nodeid].witness
    assert witness is not None, "a run looks before its first scenario"
    return witness


@pytest.fixture
def environment(golive_gate: Gate) -> Environment:
    """Where to look."""
    assert golive_gate.run is not None, "only a gate has an environment"
    return golive_gate.run.environment


@pytest.fixture
def now(golive_gate: Gate) -> datetime:
    """The run's one clock: the instant at which it began, in UTC."""
    assert golive_gate.run is not None, "only a gate has a clock"
    return golive_gate.run.started


@pytest.fixture
def since(golive_gate: Gate) -> datetime:
    """When the incident began, in UTC."""
    from golive.diagnosis.inquiry import Inquiry

    assert isinstance(golive_gate.run, Inquiry), "only a diagnosis speaks of an incident"
    return golive_gate.run.began


@pytest.fixture
def launch_at(golive_gate: Gate) -> datetime | None:
    """The hour of the launch, in UTC; None where the environment does not say it."""
    assert golive_gate.run is not None, "only a gate knows of a launch"
    return golive_gate.run.launch_at


@pytest.fixture
def subject_digest(golive_gate: Gate) -> str | None:
    """The candidate that was named with --digest; None means: what runs."""
    assert golive_gate.run is not None, "only a gate has a subject"
    return golive_gate.run.wanted.digest


@pytest.fixture
def signature(request: pytest.FixtureRequest, golive_gate: Gate) -> Signature:
    """What people signed for the item of this scenario."""
    assert isinstance(golive_gate.run, Run), "only a gate has records"
    assert golive_gate.run.signatures is not None, "a gate reads the records before its first scenario"
    progress = golive_gate.progress[request.node.nodeid]
    return Signature(golive_gate.run.signatures, progress.scenario.item, progress.signed)


@pytest.fixture
def remarks(request: pytest.FixtureRequest, golive_gate: Gate) -> Remarks:
    """What a judging step says besides yes and no."""
    return golive_gate.progress[request.node.nodeid].remarks
