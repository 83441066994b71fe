"""Nothing can be taken away unseen: each scenario, each row of inventory and lock, each record, one at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from golive.errors import Unsigned
from golive.runbook import (
    Inventory,
    Scenario,
    disagreements,
    load_inventory,
    read_features,
    read_lock,
)
from golive.standing import Signature, Signatures
from tests.gate.sweeping import HOME, INVENTORY, Sweep

FEATURES = HOME / "features"
ITEMS = [item.id for item in INVENTORY.item]
SIGNED = [item.id for item in INVENTORY.item if "attest" in item.how]


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


@pytest.fixture(scope="module")
def signatures() -> dict[str, Signatures]:
    """What the rehearsal's people signed, by phase; between them the phases have every item due."""
    taken: dict[str, Signatures] = {}

    class Taking:
        def pytest_sessionfinish(self, session: pytest.Session) -> None:
            gate = session.config.pluginmanager.getplugin("golive-gate")
            assert gate is not None
            taken[gate.run.wanted.phase] = gate.run.signatures

    for phase in ("T+7d", "rollback"):
        sweep = Sweep(phase)
        try:
            status, record, terminal = sweep.judge(Taking())
        finally:
            sweep.stop()
        assert record is not None, terminal
        assert status == 0, terminal
    return taken


@pytest.mark.parametrize("item", SIGNED)
def test_a_record_that_is_taken_away_is_missed(signatures: dict[str, Signatures], item: str) -> None:
    """Without its record an item is unsigned, which holds the launch, and no other item is."""
    signed = signatures["rollback" if item.startswith("GL-5.") else "T+7d"]
    fewer = replace(signed, standings=tuple(each for each in signed.standings if each.paper.stem != item))
    assert len(fewer.standings) == len(signed.standings) - 1
    for name in SIGNED:
        demand = fewer.demands[name]
        under = Signature(fewer, name, [])
        if name == item:
            with pytest.raises(Unsigned, match=f"attestations/{item}.toml is not there"):
                under.demand(demand.signer, demand.words)
        elif signed.of("attestation", name) is not None:
            under.demand(demand.signer, demand.words)
