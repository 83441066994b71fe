"""Whoever changes what points to a cause, or how it is ranked, changes the lock, or it is said in the incident."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from golive.diagnosis.locking import LOCK, altered, read_causes_lock, write_causes_lock
from golive.diagnosis.papers import load_runbooks
from golive.errors import SetupError
from golive.runbook import read_scenarios

HOME = Path(__file__).parents[2]


@pytest.fixture
def features(tmp_path: Path) -> Path:
    """The causes of this tree, with their lock, to be changed."""
    shutil.copytree(HOME / "features/diagnosis", tmp_path / "features/diagnosis")
    return tmp_path / "features"


def found(features: Path) -> tuple[str, ...]:
    """The causes that are not as they are locked."""
    causes = {name: one for runbook in load_runbooks(features).values() for name, one in runbook.causes.items()}
    return altered(causes, read_scenarios(features)[0], read_causes_lock(features))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


CHANGES = {
    "a threshold": ("bankid.feature", 'at most 2 failures of BankID are of the kind "states"', "BID-C4"),
    "a strength": ("bankid.feature", "takes the credentials (a no is certain)", "BID-C2"),
    "a cell": ("sumsub-kyc.feature", "| underage  ", "KYC-C2"),
    "a prior": ("swan-outage.toml", "prior = 0.02", "SWAN-C6"),
    "what hides it": ("aisp-balance.toml", 'hidden_by = ["AISP-C3", "AISP-C5"]', "AISP-C6"),
}
INSTEAD = {"2": "3", "certain": "weak", "underage": "overage", "0.02": "0.92", ', "AISP-C5"': ""}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_is_found(features: Path, what: str) -> None:
    """Each thing that decides when a cause is pointed to, or its rank, is in its digest, and in no other's."""
    name, old, cause = CHANGES[what]
    before, after = next((before, after) for before, after in reversed(INSTEAD.items()) if before in old)
    assert not found(features)
    edit(features / "diagnosis" / name, old, old.replace(before, after))
    assert found(features) == (cause,)
    assert write_causes_lock(features) == 1
    assert not found(features)


def test_without_a_lock_every_cause_is_altered(features: Path) -> None:
    """A lock that is not there locks nothing: all thirty are said to be changed."""
    (features / LOCK).unlink()
    assert len(found(features)) == 30


def test_what_is_no_lock_is_said(features: Path) -> None:
    """Rubbish in the lock's place is a sentence, and no empty lock."""
    (features / LOCK).write_text("BID-C1 = ", encoding="utf-8")
    with pytest.raises(SetupError, match=r"causes\.lock: cannot be read"):
        read_causes_lock(features)


def test_the_lock_never_drops_a_cause(features: Path) -> None:
    """Where a cause has lost its scenario, nothing is written."""
    before = (features / LOCK).read_bytes()
    edit(features / "diagnosis/bankid.feature", "@BID-C5", "@BID-C4")
    with pytest.raises(SetupError, match="BID-C4 has 2 scenarios; BID-C5 has 0 scenarios"):
        write_causes_lock(features)
    assert (features / LOCK).read_bytes() == before
