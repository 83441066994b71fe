"""The monitors that watch the providers: each would notice an outage, and wake somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.coordinates import Watched
from golive.environment import Environment
from golive.errors import Denied, ProbeError
from golive.probes.monitors import Escalations, Monitor, Monitors, Policy
from golive.remarks import Remarks
from steps import runbooks

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WATCH = Monitor("1", "BankID", "https://auth.bankid.no/x", "status", "up", NOW, 180, False, "9", True, False, "")
CALLS = Policy("9", True, (("current_on_call",),))


def watched(environment: Environment, provider: str, *monitors: Monitor, policy: Policy = CALLS) -> Remarks:
    """What is remarked of these monitors."""
    remarks = Remarks()
    seen = Escalations(Monitors("BetterStack", NOW, monitors), {policy.id: policy})
    runbooks.provider_is_watched(seen, environment, provider, 5, remarks)
    return remarks


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "BankId"}, "there are 0 monitors called BankID"),
        ({"paused": True}, "is paused"),
        ({"status": "pending", "checked_at": None}, "is pending.*was never checked"),
        ({"status": "maintenance"}, "is maintenance"),
        ({"frequency": 301}, "is checked every 301 s; it must be every 300 s"),
        ({"checked_at": NOW - timedelta(minutes=10)}, "was checked 10 minutes ago"),
        ({"verify_ssl": False}, "does not verify"),
        ({"policy": None}, "has no escalation policy"),
        (
            {"url": "https://oidc.bankid.no/"},
            "watches https://oidc.bankid.no/; for BankID it must watch auth.bankid.no",
        ),
        ({"url": "https://getdrop.no/api/health"}, "for BankID it must watch"),
    ],
)
def test_a_monitor_that_would_notice_nothing_is_told(
    environment: Environment, changes: dict[str, Any], said: str
) -> None:
    """Each way in which an outage would go by unheard."""
    watched(environment, "BankID", WATCH)
    with pytest.raises(AssertionError, match=said):
        watched(environment, "BankID", replace(WATCH, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"frequency": None}, "how often it is checked"), ({"verify_ssl": None}, "whether it verifies the certificate")],
)
def test_a_monitor_of_which_too_little_is_told_is_unknown(
    environment: Environment, changes: dict[str, Any], said: str
) -> None:
    """What BetterStack does not say is no yes; what is seen to be wrong beside it is a no."""
    with pytest.raises(ProbeError, match=said):
        watched(environment, "BankID", replace(WATCH, **changes))
    with pytest.raises(AssertionError, match="has no escalation policy"):
        watched(environment, "BankID", replace(WATCH, **changes, policy=None))


def test_two_monitors_of_one_name_are_one_too_many(environment: Environment) -> None:
    """Nobody knows then of which the environment file speaks."""
    with pytest.raises(AssertionError, match="there are 2 monitors called BankID"):
        watched(environment, "BankID", WATCH, replace(WATCH, id="2"))


def test_a_policy_that_calls_nobody_wakes_nobody(environment: Environment) -> None:
    """A room alone is a warning; a policy that is gone, or empty, is a no."""
    told = watched(environment, "BankID", WATCH, policy=replace(CALLS, steps=(("all_slack_integrations",),)))
    assert told.warnings == ["escalation policy 9 calls rooms alone, and no person"]
    for policy in (replace(CALLS, steps=()), replace(CALLS, exists=False)):
        with pytest.raises(AssertionError, match="escalation policy 9, which"):
            watched(environment, "BankID", WATCH, policy=policy)


@pytest.mark.parametrize(("path", "holds"), [("/api/health/kyc", True), ("/api/health", False), ("/", False)])
def test_a_path_of_ours_counts_only_as_the_file_names_it(environment: Environment, path: str, holds: bool) -> None:
    """And with a warning: that it fails with the provider, nobody has shown."""
    monitor = replace(WATCH, name="Sumsub", url=f"https://getdrop.no{path}")
    if holds:
        assert "that it fails when Sumsub does" in watched(environment, "Sumsub", monitor).warnings[0]
        return
    with pytest.raises(AssertionError, match=r"must watch https://getdrop.no/api/health/kyc"):
        watched(environment, "Sumsub", monitor)


def test_a_red_monitor_notices_and_says_so(environment: Environment) -> None:
    """It is a warning: the provider's state is another item's."""
    assert watched(environment, "BankID", replace(WATCH, status="down")).warnings[0].startswith("BankID is down")


def test_a_provider_that_the_file_says_nothing_of_is_an_open_question(environment: Environment) -> None:
    """The sentence names the key, before anything is asked."""
    without = environment.betterstack.model_copy(update={"providers": {"Swan": Watched(monitor="Swan")}})
    with pytest.raises(Denied, match=r"betterstack.providers.BankID is not answered yet"):
        runbooks.monitor_of_provider("BankID", environment.model_copy(update={"betterstack": without}))


def test_a_provider_whose_address_nobody_has_told_is_an_open_question(environment: Environment) -> None:
    """Then no address can be the right one to watch; a path of ours can."""
    neonomics = environment.neonomics.model_copy(update={"token_url": None, "api_url": None})
    without = environment.model_copy(update={"neonomics": neonomics})
    with pytest.raises(Denied, match=r"neonomics.token_url is not answered yet"):
        watched(without, "Neonomics", replace(WATCH, name="Neonomics"))
