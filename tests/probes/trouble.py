"""Providers in trouble: Neonomics, Swan, Sumsub and BankID as a test wants them, and the pulse that they then have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from golive.environment import Environment
from golive.probes.pulse import Pulse
from golive.twin.world import World
from steps import providers

from .backstage import Backstage

Change = Callable[[World], World]


def neonomics(**changes: Any) -> Change:
    """Another production at Neonomics."""
    return lambda world: replace(
        world, neonomics=replace(world.neonomics, production=replace(world.neonomics.production, **changes))
    )


def swan(**changes: Any) -> Change:
    """Another Swan."""
    return lambda world: replace(world, swan=replace(world.swan, **changes))


def sumsub(**changes: Any) -> Change:
    """Another Sumsub."""
    return lambda world: replace(world, sumsub=replace(world.sumsub, **changes))


def bankid(**changes: Any) -> Change:
    """Another BankID."""
    return lambda world: replace(world, bankid=replace(world.bankid, **changes))


CHANGES: dict[str, Callable[..., Change]] = {"Neonomics": neonomics, "Swan": swan, "Sumsub": sumsub, "BankID": bankid}


def taken(backstage: Backstage, environment: Environment, provider: str) -> Pulse:
    """The pulse of *provider*, by somebody who remembers nothing."""
    pulse = providers.stranger_there(provider, environment).observe(backstage.reach(environment))
    assert isinstance(pulse, Pulse)
    return pulse
