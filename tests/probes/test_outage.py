"""A provider in trouble: what keeps the gate from judging is here the answer, and trouble of our own is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, ProbeError, Unreachable
from golive.observatory import Observatory
from golive.probes.apprunner import DescribedService
from golive.probes.look import Look
from golive.probes.way import WayTo
from golive.search import NO_SECRETS
from steps import banking, diagnosis, providers

from .backstage import Backstage
from .town import again
from .trouble import CHANGES, neonomics, swan, taken

BANKID = "auth.bankid.no"


@pytest.fixture
def looks(environment: Environment) -> list[Look[Any]]:
    """One of each, as the sentences make them."""
    made: list[Look[Any]] = [providers.stranger_there(name, environment) for name in providers.PULSES]
    made += [providers.credentials_shown(name, environment) for name in providers.RECEPTIONS]
    made += [providers.vendor_page(environment), providers.queries_against_schema(environment)]
    made += [providers.banks_reached("NO", environment), *providers.stranger_at_payments(environment)]
    return [*made, diagnosis.way_out(environment), WayTo(BANKID)]


def test_answers_are_the_same_when_read_back(backstage: Backstage, looks: list[Look[Any]]) -> None:
    """
    Judged again from the record, an answer and its question are what they were.
    """
    for look in looks:
        answer = backstage.look(look)
        assert (again(answer), again(look), hash(again(look))) == (answer, look, hash(look))


def test_nothing_is_asked_twice_and_no_secret_is_told(
    backstage: Backstage, environment: Environment, looks: list[Look[Any]]
) -> None:
    """
    Together with the gate's looks each question is asked once; neither credentials nor tokens stand in any evidence.
    """
    observatory = Observatory(environment, backstage.detour)
    observatory.gather([*looks, *banking.entries(environment), DescribedService(environment.aws.service_arn)])
    assert [str(entry.error) for entry in observatory.evidence() if entry.error] == []
    assert observatory.requests == observatory.count
    written = "".join(entry.model_dump_json() for entry in observatory.evidence())
    held = {name: text for name, text in observatory.reach.held.items() if name not in NO_SECRETS}
    assert {"NEONOMICS_CLIENT_SECRET", "SWAN_CLIENT_SECRET", "SUMSUB_SECRET_KEY"} <= held.keys()
    assert [name for name, text in held.items() if text in written] == []


def test_life_is_asked_for_without_any_permission(environment: Environment) -> None:
    """
    Whoever may read no secret can tell an outage all the same.
    """
    for name in providers.PULSES:
        assert providers.stranger_there(name, environment).permissions(environment) == ()
    for name in providers.RECEPTIONS:
        assert providers.credentials_shown(name, environment).permissions(environment)


# -- is it there? -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", CHANGES)
def test_healthy_provider_answers(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    Everything of it, be it with a no.
    """
    pulse = taken(backstage, environment, provider)
    assert pulse.beats
    assert {sign.manner for sign in pulse.signs} == {"answers"}


@pytest.mark.parametrize(
    ("ailment", "manner", "status", "beats"),
    [
        ("broken", "failing", 503, False),
        ("denied", "turns away", 403, True),
        ("throttled", "rate limited", 429, True),
        ("garbage", "garbled", None, False),
    ],
)
@pytest.mark.parametrize("provider", CHANGES)
def test_state_is_the_answer(  # what is put in and what must come out
    backstage: Backstage, environment: Environment, provider: str, ailment: str, manner: str, status: int, beats: bool
) -> None:
    """
    Where the gate could not judge, this tells how it is, with the status and what was said of limits.
    """
    backstage.put(CHANGES[provider](ailment=ailment))
    pulse = taken(backstage, environment, provider)
    assert (pulse.worst and pulse.worst.manner, pulse.beats) == (manner, beats)
    assert pulse.worst is not None
    assert pulse.worst.status == status
    told = {"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    assert set(pulse.worst.limits) == (told if manner == "rate limited" else set())


@pytest.mark.parametrize("provider", CHANGES)
def test_unreachable_provider_is_not_asked(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    The step at which the way ends is the answer; that others can be reached shows that it is not this machine.
    """
    backstage.put(CHANGES[provider](ailment="off"))
    pulse = taken(backstage, environment, provider)
    assert (len(pulse.ended), pulse.signs, pulse.beats) == (len(pulse.ways), (), False)


def test_machine_without_a_way_knows_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    Where nobody else can be reached either, nothing is said of the provider.
    """
    backstage.put(lambda world: replace(world, zone=world.zone.ail("servfail")))
    with pytest.raises(Unreachable, match="cannot be reached either"):
        taken(backstage, environment, "Swan")


def test_whoever_lets_strangers_in_says_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    A control that does not fail is no sign of life.
    """
    backstage.put(neonomics(takes_any_token=True))
    with pytest.raises(CannotTell, match="a token that nobody issued"):
        taken(backstage, environment, "Neonomics")


@pytest.mark.parametrize("ailment", ["broken", "off"])
def test_nobody_waits_for_who_has_no_pulse(backstage: Backstage, environment: Environment, ailment: Any) -> None:
    """
    Banks and schema are not asked for: why they are hidden is said at once.
    """
    backstage.put(lambda world: swan(ailment=ailment)(neonomics(ailment=ailment)(world)))
    for look in (providers.banks_reached("NO", environment), providers.queries_against_schema(environment)):
        with pytest.raises(ProbeError, match="that is hidden"):
            backstage.look(look)
