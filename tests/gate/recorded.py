"""Real runs, written down once for all tests of what becomes of a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from golive.record import Record
from tests.gate.sweeping import FIRST_DAY, LAUNCH, Sweep

# As few runs as show every status, every kind of look and every kind of trouble: faults that do not touch each other.
RUNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "healthy": (LAUNCH, ()),
    "everything at once": (
        LAUNCH,
        (
            "authoritative-server-silent",
            "certificate-without-www",
            "landing-page-script-fails",
            "hsts-sent-twice",
            "rds-denied",
            "demo-user-present",
            "neonomics-refuses-the-service",
            "swan-throttled",
            "sumsub-token-revoked",
            "client-secret-out-of-date",
            "webhook-takes-unsigned",
            "slack-denied",
            "attestation-expired",
            "check-skipped-and-waived",
        ),
    ),
    "signed badly": (
        LAUNCH,
        (
            "attestation-that-is-no-toml",
            "waiver-for-no-item",
            "database-off",
            "betterstack-off",
            "firewall-open-by-a-prefix-list",
            "pre-launch-snapshot-missing",
        ),
    ),
    "nobody known": (LAUNCH, ("sts-denied",)),
    "first day": (FIRST_DAY, ()),
    "bad first day": (
        FIRST_DAY,
        ("errors-pile-up", "hardly-any-logins", "payments-stuck", "outage-since-the-launch", "applicant-stuck"),
    ),
    "rolled back": ("rollback", ("rollback-not-on-the-status-page",)),
}


@dataclass(frozen=True)
class Kept:
    """One run, written down."""

    status: int
    record: Record
    path: Path
    lost: tuple[str, ...]  # evidence that does not read back as what was seen


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, sweeps: Callable[[str], Sweep]) -> Callable[[str], Kept]:
    """Each run of RUNS, made when the first test asks for it."""
    runs: dict[str, Kept] = {}
    folder = tmp_path_factory.mktemp("records")

    def keep(name: str) -> Kept:
        if name not in runs:
            phase, faults = RUNS[name]
            sweep = sweeps(phase)
            status, record, terminal = sweep.run(*faults)
            assert record is not None, terminal
            path = folder / f"{len(runs)}.json"
            path.write_text(record.to_json(), encoding="utf-8")
            runs[name] = Kept(status, record, path, tuple(sweep.lost()))
        return runs[name]

    return keep
