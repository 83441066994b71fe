"""What the sweep takes for granted: an answer hangs on no other part of the world than the table says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from golive.observatory import Entry
from golive.probes.look import Act, Look
from golive.twin.faults import FAULTS, broken
from tests.gate.sweeping import APART, LAUNCH, Sweep, _alike, _differing, _is_stale


class Everything:
    """A sweep that is asked everything each time, and what the healthy world answers each time alike."""

    def __init__(self) -> None:
        self.sweep = Sweep(LAUNCH)
        status, _, terminal = self.sweep.run()
        assert status == 0, terminal
        self.looks = [look for look in self.sweep.observatory._entries if not isinstance(look, Act)]
        base = self.sweep._base
        self.changes = {
            name: _differing(broken(base, (name,)), base)
            for name, fault in FAULTS.items()
            if fault.phase in {None, LAUNCH}
        }
        self.sweep._twin.swap(())  # what the acts have left is gone
        first, second = self.asked(), self.asked()
        self.healthy = {look: second[look] for look in self.looks if _alike(first[look], second[look])}

    def asked(self) -> dict[Look[Any], Entry]:
        """Every look, asked now."""
        observatory = self.sweep.observatory
        observatory.forget(lambda _: True)
        observatory.start_clock()
        observatory.gather(self.looks)
        return dict(observatory._entries)


@pytest.fixture(scope="module")
def everything() -> Iterator[Everything]:
    """One for all of them."""
    running = Everything()
    yield running
    running.sweep.stop()


@pytest.mark.parametrize("part", sorted(f"{part}.{name}" for part, of in APART.items() for name in of))
def test_an_answer_hangs_on_nothing_but_what_the_table_says(everything: Everything, part: str) -> None:
    """With one part of the world broken, what the table does not tie to it answers as ever, if what it needs does."""
    changes = everything.changes
    fault = min((name for name in changes if part in changes[name]), key=lambda name: len(changes[name]))
    everything.sweep._twin.swap((fault,))
    now, healthy = everything.asked(), everything.healthy
    otherwise = {look for look, entry in healthy.items() if not _alike(now[look], entry)}
    assert len(healthy) > 100
    unexplained = {
        look
        for look in otherwise
        if not _is_stale(look, changes[fault])
        and all(need in healthy for need in now[look].needs)
        and not otherwise & set(now[look].needs)
    }
    if unexplained:  # what moves with the clock does so in a healthy world, too
        everything.sweep._twin.swap(())
        later = everything.asked()
        unexplained = {look for look in unexplained if _alike(later[look], healthy[look])}
    assert not unexplained, fault
