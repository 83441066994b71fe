"""How a provider receives the service: let in, refused, limited or turned away, and what is concluded of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import Denied, ProbeError
from golive.probes.reception import Reception, Welcome
from golive.remarks import Remarks
from steps import providers

from .backstage import Backstage
from .trouble import CHANGES, Change, neonomics, swan


def received(backstage: Backstage, environment: Environment, provider: str) -> Reception:
    """How *provider* receives the service."""
    reception = backstage.look(providers.credentials_shown(provider, environment))
    assert isinstance(reception, Reception)
    return reception


@pytest.mark.parametrize("provider", providers.RECEPTIONS)
def test_service_is_let_in(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    By the credentials that it is given.
    """
    reception = received(backstage, environment, provider)
    assert (reception.welcome, reception.said) == ("let in", "")
    assert reception.standing == ("FullLiveAccess" if provider == "Swan" else None)


@pytest.mark.parametrize(
    ("provider", "change", "said"),
    [
        ("Neonomics", neonomics(client_secret="renewed"), "unauthorized_client"),
        ("Swan", swan(client_secret="renewed"), "invalid_client"),
        ("Swan", swan(forgets_tokens=True), "it does not know the token that it issued to us"),
        (
            "Sumsub",
            lambda world: replace(world, sumsub=world.sumsub.without(world.cloud.text("SUMSUB_APP_TOKEN"))),
            "app-token-private-part-mismatch",
        ),
    ],
)
def test_refusal_is_the_answer(
    backstage: Backstage, environment: Environment, provider: str, change: Change, said: str
) -> None:
    """
    In the provider's own words.
    """
    backstage.put(change)
    reception = received(backstage, environment, provider)
    assert (reception.welcome, reception.said) == ("refused", said)


@pytest.mark.parametrize("provider", providers.RECEPTIONS)
@pytest.mark.parametrize(("ailment", "welcome"), [("broken", "not asked"), ("throttled", "rate limited")])
def test_who_is_in_trouble_is_shown_no_credentials(
    backstage: Backstage, environment: Environment, provider: str, ailment: str, welcome: str
) -> None:
    """
    What an outage hides is told to be hidden; a limit is not run into again.
    """
    backstage.put(CHANGES[provider](ailment=ailment))
    reception = received(backstage, environment, provider)
    assert reception.welcome == welcome
    assert ("Retry-After" in reception.limits) == (welcome == "rate limited")


@pytest.mark.parametrize("provider", providers.RECEPTIONS)
def test_everybody_is_turned_away(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    403 to strangers too is not about the credentials.
    """
    backstage.put(CHANGES[provider](ailment="denied"))
    reception = received(backstage, environment, provider)
    assert (reception.welcome, reception.status, reception.strangers_too) == ("turned away", 403, True)


def test_suspension_is_told_either_way(backstage: Backstage, environment: Environment) -> None:
    """
    By the project's status, as Swan documents it, or in the failure runbook's words.
    """
    backstage.put(swan(status="Suspended"))
    assert received(backstage, environment, "Swan").standing == "Suspended"
    backstage.put(swan(suspended=True))
    assert received(backstage, environment, "Swan").standing == "Account suspended"


def test_secrets_that_may_not_be_read_are_our_trouble(backstage: Backstage, environment: Environment) -> None:
    """
    Denied, and nothing is said of the provider.
    """
    backstage.ail(secretsmanager="denied")
    with pytest.raises(Denied):
        received(backstage, environment, "Neonomics")


# -- what is concluded ------------------------------------------------------------------------------------------------


def said_by(welcome: Welcome, **members: Any) -> Reception:
    """Swan's reception, as it might be."""
    return Reception("Swan", welcome, "https://api.swan.io/live-partner/graphql", **members)


@pytest.mark.parametrize(
    ("reception", "taken", "unlimited", "live"),
    [
        (said_by("let in", standing="FullLiveAccess"), "so", "so", "so"),
        (said_by("let in", standing="Account suspended"), "so", "so", "not so"),
        (said_by("let in", standing="Disabled"), "so", "so", "not so"),
        (said_by("let in"), "so", "so", "not seen"),
        (said_by("refused", said="invalid_client"), "not so", "so", "not seen"),
        (said_by("turned away", status=403), "not so", "so", "not seen"),
        (said_by("turned away", status=403, strangers_too=True), "not seen", "so", "not seen"),
        (said_by("rate limited", status=429), "not seen", "not so", "not seen"),
        (said_by("failing", status=503), "not seen", "not seen", "not seen"),
        (said_by("no answer"), "not seen", "not seen", "not seen"),
        (said_by("garbled"), "not seen", "not seen", "not seen"),
        (said_by("not asked"), "not seen", "not seen", "not seen"),
    ],
)
def test_each_reception_points_to_one_cause_at_most(
    reception: Reception, taken: str, unlimited: str, live: str
) -> None:
    """
    What one cause hides of another is not seen, and never taken for well.
    """
    judges = (providers.credentials_are_taken, providers.rate_is_not_limited, providers.project_is_live)
    assert [concluded(judge, reception, "Swan") for judge in judges] == [taken, unlimited, live]
    assert [concluded(judge, reception, "Sumsub") for judge in judges] == ["not seen"] * 3


def concluded(judge: Callable[..., None], reception: Reception, provider: str) -> str:
    """How a sentence ends."""
    try:
        judge(reception, provider, Remarks())
    except AssertionError:
        return "not so"
    except ProbeError:
        return "not seen"
    return "so"
