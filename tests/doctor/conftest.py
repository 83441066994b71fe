"""The twin of the first week, started once for all tests of the doctor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gate.sweeping import FIRST_WEEK, Sweep


@pytest.fixture(scope="package")
def sweep() -> Iterator[Sweep]:
    """A twin whose world can be swapped, and an observatory that repeats what the swap changed."""
    running = Sweep(FIRST_WEEK)
    yield running
    running.stop()
