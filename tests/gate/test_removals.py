"""Nothing can be taken away unseen: each scenario, each row of inventory and lock, each record, one at a time."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from golive.errors import Unsigned
from golive.findings import Progress
from golive.gate import Gate
from golive.phases import ROLLBACK
from golive.record import Decision, Record, Status
from golive.run import Run
from golive.runbook import (
    Inventory,
    Scenario,
    disagreements,
    load_inventory,
    read_features,
    read_lock,
)
from golive.standing import Signature
from tests.gate.sweeping import HOME, INVENTORY, Sweep

FEATURES = HOME / "features"
# An act that was done already needs neither consent nor a signature.
NOT_DONE_YET = ("pre-launch-snapshot-missing",)
ITEMS = [item.id for item in INVENTORY.item]
SIGNED = [item.id for item in INVENTORY.item if {"attest", "act"} & {*item.how}]


@pytest.fixture(scope="module")
def written() -> list[Scenario]:
    scenarios, wrong = read_features(FEATURES)
    assert not wrong
    return scenarios


def without_row(item: str, folder: Path) -> Inventory:
    """The inventory as it is read from a file that lacks the row of *item*."""
    head, *rows = (FEATURES / "checklist.toml").read_text(encoding="utf-8").split("[[item]]")
    kept = [row for row in rows if f'id = "{item}"\n' not in row]
    assert len(kept) == len(rows) - 1
    (folder / "checklist.toml").write_text("[[item]]".join([head, *kept]), encoding="utf-8")
    shutil.copy(FEATURES / "contradictions.toml", folder)
    return load_inventory(folder)


@pytest.mark.parametrize("item", ITEMS)
def test_a_scenario_a_row_or_a_digest_that_is_taken_away_is_named(
    written: list[Scenario], tmp_path: Path, item: str
) -> None:
    """Without its scenario, its row of the inventory or its line of the lock, an item is a reason not to launch."""
    lock, _ = read_lock(FEATURES)
    assert disagreements(INVENTORY, written, lock) == []
    fewer = [scenario for scenario in written if scenario.item != item]
    assert f"{item} has no scenario" in disagreements(INVENTORY, fewer, lock)
    unlocked = {name: digest for name, digest in lock.items() if name != item}
    assert f"{item} is not in checklist.lock" in disagreements(INVENTORY, written, unlocked)
    shorter = without_row(item, tmp_path)
    assert f"{item} is in checklist.lock but not in the inventory" in disagreements(shorter, written, lock)
    both = disagreements(shorter, fewer, unlocked)
    assert both == [], "taking an item out everywhere takes a change to the lock, which a reviewer sees"


@dataclass(frozen=True)
class Judged:
    """A gate that nobody consented to act in, with what it was judged from; and the same without an hour."""

    run: Run
    done: list[Progress]
    record: Record
    hourless: Record

    def without(self, paper: str) -> Record:
        """The whole judged anew by what was seen, with the record at *paper* left out."""
        signatures = self.run.signatures
        assert signatures is not None
        kept = tuple(each for each in signatures.standings if each.paper.file != paper)
        assert len(kept) == len(signatures.standings) - 1
        self.run.signatures = replace(signatures, standings=kept)
        try:
            return self.run.record([self._heard(each) for each in self.done], frozenset())
        finally:
            self.run.signatures = signatures

    def _heard(self, progress: Progress) -> Progress:
        """*progress*, had its scenario asked for the signature that is now on record, or is not."""
        if not progress.signed:
            return progress
        assert self.run.signatures is not None
        demand = self.run.signatures.demands[progress.scenario.item]
        try:
            Signature(self.run.signatures, demand.item, []).demand(demand.signer, demand.words)
        except Unsigned as exc:
            return replace(progress, failure=exc, signed=[])
        return progress


@pytest.fixture(scope="module")
def judged() -> dict[str, Judged]:
    """The gates of two phases, which between them have every item due."""
    taken: dict[str, Judged] = {}

    class Taking:
        gate: Gate

        def pytest_sessionfinish(self, session: pytest.Session) -> None:
            gate = session.config.pluginmanager.getplugin("golive-gate")
            assert isinstance(gate, Gate)
            self.gate = gate

    for phase in ("T+7d", ROLLBACK):
        sweep, taking = Sweep(phase), Taking()
        sweep.observatory.armed = False
        try:
            sweep.swap(*NOT_DONE_YET)
            status, record, terminal = sweep.judge(taking)
            run, done = taking.gate.run, [*taking.gate.done]
            assert isinstance(run, Run)
            assert record is not None, terminal
            assert status == 0, record.verdict.reasons
            sweep.observatory.reach.detour = replace(sweep.observatory.reach.detour, launch_at=None)
            _, hourless, terminal = sweep.judge(Taking())
            assert hourless is not None, terminal
        finally:
            sweep.stop()
        taken[phase] = Judged(run, done, record, hourless)
    return taken


@pytest.mark.parametrize("item", SIGNED)
def test_a_record_that_is_taken_away_is_missed(judged: dict[str, Judged], item: str) -> None:
    """Without its record an item is unsigned, which holds the launch, and no other item is; acts' records too."""
    gate = judged[ROLLBACK if INVENTORY.by_id[item].due == ROLLBACK else "T+7d"]
    (paper,) = [paper for paper in gate.record.records if paper.item == item]
    assert paper.used
    record = gate.without(paper.file)
    before = {finding.item: finding for finding in gate.record.findings}
    changed = [finding for finding in record.findings if finding != before[finding.item]]
    assert [(finding.item, finding.status) for finding in changed] == [(item, Status.UNSIGNED)]
    assert f"attestations/{item}.toml is not there" in changed[0].reason
    assert (record.verdict.status, record.verdict.holding) == (Decision.NO_GO, (item,))


def test_nothing_that_comes_after_the_launch_is_judged_where_that_has_no_hour(judged: dict[str, Judged]) -> None:
    """Each is unknown for that reason and not met, whoever signed it; what was found stays; the rest is as it was."""
    gate = judged["T+7d"]
    after = {item.id for item in INVENTORY.item if item.due.startswith("T+")}
    before = {finding.item: finding for finding in gate.record.findings}
    said = "does not say launch_at, so"
    for finding in gate.hourless.findings:
        if finding.item in after:
            assert finding.status is (Status.NOT_APPLICABLE if finding.item == "GL-3.3.11" else Status.UNKNOWN)
            assert (said in finding.reason) == (finding.status is Status.UNKNOWN), finding.reason
        else:
            asks_for_it = finding.status is Status.UNKNOWN and "launch_at" in finding.reason
            assert asks_for_it or finding.status is before[finding.item].status, finding.reason
    assert {each.item: each.found for each in gate.hourless.findings}["GL-3.4.2"] is Status.MET
    assert gate.hourless.verdict.status is Decision.NO_GO
