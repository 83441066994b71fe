"""The candidate is pushed and tagged, and the release before it still runs: as when it is to be deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from golive.admission import Wanted, admit
from golive.agenda import Agenda
from golive.findings import Progress
from golive.record import Decision, Record, Status
from golive.run import _all_but_the_act
from golive.runbook import read_features
from golive.twin.cloud import digest_of
from golive.twin.world import COMMIT
from golive.verdict import HOLDING
from tests.gate.conftest import Project
from tests.gate.sweeping import HOME, INVENTORY, Sweep

CANDIDATE = digest_of(COMMIT)
WAITING, FORGOTTEN = "candidate-not-deployed-yet", "previous-digest-not-renewed"


@pytest.fixture(scope="module")
def sweeps() -> Iterator[Callable[[str], Sweep]]:
    """A twin for each phase that nobody consented to change anything in."""
    running: dict[str, Sweep] = {}
    yield lambda phase: running.get(phase) or running.setdefault(phase, Sweep(phase, armed=False))
    for sweep in running.values():
        sweep.stop()


def held_by(record: Record | None) -> set[str]:
    """The items that hold the launch."""
    assert record is not None, "the run was not refused"
    return {finding.item for finding in record.findings if finding.status not in {*HOLDING, Status.NOT_DUE}}


@pytest.mark.parametrize("decision", [("--phase", "T-1h"), ("--profile", "change")], ids=["launch", "change"])
def test_a_candidate_may_be_deployed_while_the_release_before_runs(project: Project, decision: tuple[str, str]) -> None:
    """
    A GO for the deployment, without any act: what runs is the way back, and that the candidate runs is due later.

    What `golive admit` sees then is as it was signed: nothing but the three signatures is missing.
    """
    ran = project.run("-m", "golive", "--digest", CANDIDATE, *decision, "--fault", WAITING)
    assert held_by(ran.record) == set(), ran.terminal
    assert (ran.status, ran.record and ran.record.verdict.status) == (0, Decision.GO)
    assert ran.record is not None
    found = {finding.item: finding for finding in ran.record.findings}
    assert (found["GL-3.3.3"].status, found["GL-3.3.3"].found) == (Status.NOT_DUE, Status.UNMET)
    assert found["GL-2.1.3"].status is found["GL-2.2.4"].status is found["GL-5.1.1"].status is Status.MET
    assert ran.folder is not None
    profile = ran.record.profile
    wanted = Wanted("deploy", CANDIDATE, "rehearsal", ran.folder, profile, faults=(WAITING,))
    refused = admit(project.home, wanted, datetime.now(UTC)).refusals
    assert len(refused) == 3
    assert all("signed" in said for said in refused), refused


def test_a_way_back_that_nobody_renewed_is_noticed_before_the_deployment(sweeps: Callable[[str], Sweep]) -> None:
    """Noted is what ran before the last release: going back to it would undo two."""
    status, record, terminal = sweeps("T-1h").run(FORGOTTEN, options=("--digest", CANDIDATE))
    assert (status, held_by(record)) == (1, {"GL-5.1.1"}), terminal


def test_a_change_is_refused_by_what_a_forger_may_do(sweeps: Callable[[str], Sweep]) -> None:
    """Without its act GL-2.3.4 is met only where every forgery is refused."""
    status, record, terminal = sweeps("T-0").run("webhook-takes-unsigned", options=("--profile", "change"))
    assert (status, held_by(record)) == (1, {"GL-2.3.4"}), terminal
    assert record is not None
    (finding,) = (finding for finding in record.findings if finding.item == "GL-2.3.4")
    assert finding.status is Status.UNMET


def test_at_a_change_the_refusals_are_enough(project: Project) -> None:
    """It is met with the remark that the act is left out, and judged so again; nobody signed that it was accepted."""
    ran = project.run("-m", "golive", "--profile", "change", "--fault", "accepted-report-not-attested")
    assert held_by(ran.record) == set(), ran.terminal
    assert ran.record is not None
    (finding,) = (finding for finding in ran.record.findings if finding.item == "GL-2.3.4")
    assert finding.status is Status.MET
    assert finding.reason == "it is so; its act is not asked for at a later deploy"
    again = project.run("-m", "golive", f"--replay={ran.folder}")
    assert again.status == 0, again.terminal


def test_at_the_launch_the_act_is_asked_for(sweeps: Callable[[str], Sweep]) -> None:
    """There neither consent nor a signature leaves it unsigned, as before."""
    status, record, terminal = sweeps("T-7d").run("accepted-report-not-attested")
    assert (status, held_by(record)) == (1, {"GL-2.3.4"}), terminal


def test_nothing_that_is_to_be_judged_hides_behind_the_act() -> None:
    """An act before its item's other half would leave that out as well: then it is not enough."""
    (scenario,) = (each for each in read_features(HOME / "features")[0] if each.item == "GL-2.3.4")
    assert Agenda(INVENTORY, "T-0", "change").leaves_act_out(INVENTORY.by_id["GL-2.3.4"])
    act = next(number for number, step in enumerate(scenario.steps) if "signed as Sumsub signs" in step.text)
    for stopped_at in range(len(scenario.steps)):
        progress = Progress(scenario, steps=[("passed", "", 0)] * stopped_at + [("broken", "", 0)])
        assert _all_but_the_act(progress) == (stopped_at >= act), stopped_at
