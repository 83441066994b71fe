"""The same of what visitors, browsers and resolvers meet: each fault turns exactly what it declares."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.gate.breaking import OF_THE_SITE, demand_exactly
from tests.gate.sweeping import Sweep


@pytest.mark.parametrize("name", OF_THE_SITE)
def test_a_fault_of_the_site_turns_exactly_what_it_declares(sweeps: Callable[[str], Sweep], name: str) -> None:
    """What a fault declares unmet, unknown, unsigned or waived is found so, and all the rest of what is due is met."""
    demand_exactly(sweeps, name)
