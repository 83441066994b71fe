"""Sumsub's API: what it takes, what it has registered, and what became of an applicant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, NoSuchName, Overloaded, ProbeError, Unreachable, Unreadable
from golive.observatory import plain
from golive.probes.look import Look
from golive.probes.secrets import ServiceSecrets
from golive.probes.sumsub import (
    NoSuchApplicant,
    RegisteredWebhooks,
    ReviewOf,
    ServiceCall,
    SumsubRefuses,
    nobody,
)
from golive.probes.sumsubcalls import signature
from golive.twin.sumsub import RECEIVER, TEST_APPLICANT, Account, Webhook
from golive.twin.web import Ailment
from golive.twin.world import World

from .backstage import Backstage


def having(change: Callable[[Account], Account]) -> Callable[[World], World]:
    """Another account at Sumsub."""
    return lambda world: replace(world, sumsub=change(world.sumsub))


def service_call(environment: Environment) -> ServiceCall:
    return ServiceCall(environment.aws.service_arn)


def test_signature_is_the_vendors() -> None:
    """
    The bytes of timestamp, method, path with query and body, under the secret, in small hexadecimal letters.
    """
    body = b'{"externalUserId":"golive"}'
    path = "/resources/applicants?levelName=basic-kyc-level"
    # As `openssl dgst -sha256 -hmac secret` makes it of these bytes in a row.
    wanted = "f7d1cf150156f21605d39deed704100f9906eb42f78dd26e7a18434a6c0fd25f"
    assert signature("secret", "1607551635", "POST", path, body) == wanted


def test_wrong_signature_and_unknown_token_are_refused(backstage: Backstage) -> None:
    """
    The control says how each was refused.
    """
    seen = backstage.look(SumsubRefuses())
    assert seen.wrong_signature == "app-token-signature-mismatch"
    assert seen.unknown_token == "app-token-private-part-mismatch"


@pytest.mark.parametrize(
    "look", [SumsubRefuses(), NoSuchApplicant(), RegisteredWebhooks(), ReviewOf(TEST_APPLICANT)], ids=str
)
def test_who_believes_everybody_tells_nothing(backstage: Backstage, look: Look[Any]) -> None:
    """
    Where a wrong signature is taken, no look of the family has an answer.
    """
    backstage.put(having(lambda account: replace(account, believes=True)))
    with pytest.raises(CannotTell, match="a wrong signature"):
        backstage.look(look)


def test_service_is_taken_in_production(backstage: Backstage, environment: Environment) -> None:
    """
    The service's own token and secret open Sumsub's production.
    """
    seen = backstage.look(service_call(environment))
    assert (seen.taken, seen.mark, seen.refused_as) == (True, "prd:", "")


def test_revoked_token_is_a_fact(backstage: Backstage, environment: Environment) -> None:
    """
    That Sumsub refuses the service is the answer to the question, and no trouble on the way.
    """
    backstage.put(lambda world: replace(world, sumsub=world.sumsub.without(world.cloud.text("SUMSUB_APP_TOKEN"))))
    seen = backstage.look(service_call(environment))
    assert (seen.taken, seen.refused_as) == (False, "app-token-private-part-mismatch")


def test_secrets_that_may_not_be_read_leave_it_unknown(backstage: Backstage, environment: Environment) -> None:
    """
    Who may not read the service's secrets cannot call as it does.
    """
    aws = environment.aws.model_copy(update={"read_secret_values": False})
    reach = backstage.reach(environment.model_copy(update={"aws": aws}))
    with pytest.raises(ProbeError, match="may not read the values of secrets"):
        service_call(environment).observe(reach)


def test_webhooks_are_told_without_their_keys(backstage: Backstage, environment: Environment) -> None:
    """
    What is registered is told, the sandbox's apart; a key only as the fingerprint that the service's secret has too.
    """
    seen = backstage.look(RegisteredWebhooks())
    (ours,) = seen.to(RECEIVER)
    assert (ours.algorithm, ours.disabled, ours.resends) == ("HMAC_SHA256_HEX", False, True)
    assert "applicantReviewed" in ours.types
    assert {hook.id: (hook.kind, hook.target, hook.ours, hook.disabled) for hook in seen.webhooks if hook != ours} == {
        "68b02c": ("http", "drop-staging.fly.dev", False, True),
        "692a03": ("email", "", False, False),
    }
    secrets = backstage.look(ServiceSecrets(environment.aws.service_arn))
    assert secrets.form("SUMSUB_WEBHOOK_SECRET").fingerprint == ours.key
    assert secrets.form("SUMSUB_SECRET_KEY").fingerprint != ours.key
    reach = backstage.reach(environment)
    told = str(plain(RegisteredWebhooks().observe(reach)))
    held = [value for name, value in reach.held.items() if "webhook" in name]
    assert held
    assert not [value for value in held if value in told]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("https://getdrop.no/api/kyc/webhook?key=open-sesame", "https://getdrop.no/api/kyc/webhook?…"),
        ("https://drop:open-sesame@getdrop.no/api/kyc/webhook", "https://getdrop.no/api/kyc/webhook?…"),
        ("https://elsewhere.example/hook?key=open-sesame", "elsewhere.example"),
        ("https://[elsewhere/open-sesame", ""),
    ],
)
def test_targets_may_hold_secrets(backstage: Backstage, target: str, told: str) -> None:
    """
    A query, a password and a foreign path are not told, and such a target is not the plain address.
    """
    backstage.put(having(lambda account: account.registering(target=target)))
    seen = backstage.look(RegisteredWebhooks())
    assert told in [hook.target for hook in seen.webhooks if hook.id == "691f7e"]
    assert "open-sesame" not in str(seen)
    assert not seen.to(RECEIVER)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("individual", ("individual",)),
        ("company", ("company",)),
        (["individual", "company"], ("company", "individual")),
        (None, None),
        ([], None),
        ("everybody", None),
        ("", None),
    ],
    ids=str,
)
def test_applicants_of_a_webhook_are_told_as_sumsub_names_them(
    backstage: Backstage, said: Any, told: tuple[str, ...] | None
) -> None:
    """
    On whom it reports; what is not said, or in a word of nobody's, is not told.
    """
    backstage.put(having(lambda account: account.registering(applicants=said)))
    (ours,) = backstage.look(RegisteredWebhooks()).to(RECEIVER)
    assert ours.applicants == told


def test_list_that_may_be_cut_is_none(backstage: Backstage) -> None:
    """
    Sumsub lists the oldest fifty, so fifty are not known to be all.
    """
    many = tuple(Webhook(f"{number}", "", RECEIVER, "", ()) for number in range(50))
    backstage.put(having(lambda account: replace(account, webhooks=many)))
    with pytest.raises(Unreadable, match="leaves the newer ones out"):
        backstage.look(RegisteredWebhooks())


def test_review_is_told(backstage: Backstage) -> None:
    """
    Status and answer, without a word about the person.
    """
    seen = backstage.look(ReviewOf(TEST_APPLICANT))
    assert (seen.exists, seen.status, seen.answer, seen.reject_type) == (True, "completed", "GREEN", "")
    assert timedelta(days=1) < datetime.now(UTC) - seen.reviewed_at < timedelta(days=3)


def test_review_that_has_not_ended_has_no_answer(backstage: Backstage) -> None:
    """
    Before a review ends there is no result in what Sumsub says.
    """
    seen = backstage.look(ReviewOf("69a5b3e92d4c6f7081e5d3b7"))
    assert (seen.exists, seen.status, seen.answer) == (True, "pending", "")


def test_unknown_applicant_is_a_fact(backstage: Backstage) -> None:
    """
    Somebody whom Sumsub does not know is told as such.
    """
    assert not backstage.look(ReviewOf("0" * 24)).exists


def test_nobody_named_is_nobody_looked_for(backstage: Backstage) -> None:
    """
    Without an applicant there is no review, and Sumsub must still be there.
    """
    assert backstage.look(ReviewOf(None)).applicant is None
    backstage.put(having(lambda account: replace(account, ailment="off")))
    with pytest.raises(Unreachable):
        backstage.look(ReviewOf(None))


def test_applicant_of_another_environment_is_denied(backstage: Backstage) -> None:
    """
    A token of production may not look into the sandbox, which is unknown and not unmet.
    """
    with pytest.raises(Denied, match="other environment"):
        backstage.look(ReviewOf("69a0aa117e3f5d2c9b8406fa"))


def test_everybody_known_is_nobody_known(backstage: Backstage) -> None:
    """
    Where an applicant who cannot exist has a review, nobody's review is believed.
    """
    backstage.put(having(lambda account: replace(account, knows_everybody=True)))
    with pytest.raises(CannotTell):
        backstage.look(ReviewOf(TEST_APPLICANT))


def test_clock_is_named_as_the_reason(backstage: Backstage, environment: Environment) -> None:
    """
    A call out of time is no fact about the token.
    """
    backstage.put(having(lambda account: replace(account, clock_shift=timedelta(minutes=-3))))
    with pytest.raises(ProbeError, match="clock"):
        backstage.look(service_call(environment))


@pytest.mark.parametrize(
    ("ailment", "kind"),
    [
        ("off", Unreachable),
        ("denied", Denied),
        ("throttled", Overloaded),
        ("broken", Overloaded),
        ("garbage", Unreadable),
        ("babble", Unreadable),
    ],
)
@pytest.mark.parametrize("which", ["call", "webhooks", "review"])
def test_what_cannot_be_seen_is_unknown(
    backstage: Backstage, environment: Environment, which: str, ailment: Ailment, kind: type[ProbeError]
) -> None:
    """
    A Sumsub that is off, denies, throttles or babbles leaves its items unknown, for its own reason.
    """
    looks = {
        "call": service_call(environment),
        "webhooks": RegisteredWebhooks(),
        "review": ReviewOf(TEST_APPLICANT),
    }
    backstage.put(having(lambda account: replace(account, ailment=ailment)))
    with pytest.raises(ProbeError) as raised:
        backstage.look(looks[which])
    assert type(raised.value) is kind
    assert backstage.detour.variables["GOLIVE_SUMSUB_SECRET_KEY"] not in str(raised.value)


def test_token_of_the_sandbox_is_not_used(backstage: Backstage, environment: Environment) -> None:
    """
    A gate that was given the sandbox's token would see another account, and says so instead.
    """
    sumsub = environment.sumsub.model_copy(update={"environment": "sandbox"})
    reach = backstage.reach(environment.model_copy(update={"sumsub": sumsub}))
    with pytest.raises(Denied, match="GOLIVE_SUMSUB_APP_TOKEN is not of the sandbox"):
        RegisteredWebhooks().observe(reach)


def test_host_that_has_no_name(backstage: Backstage) -> None:
    """
    A name that is gone is no answer of Sumsub's.
    """
    backstage.put(lambda world: replace(world, zone=world.zone.without("api.sumsub.com")))
    backstage._reach.forget()
    try:
        with pytest.raises((NoSuchName, Unreachable)):
            backstage.look(RegisteredWebhooks())
    finally:
        backstage._reach.forget()


def test_nobody_was_made_at_a_time() -> None:
    """
    The id of nobody has the form of one, begins at the beginning of time, and is another every time.
    """
    one, other = nobody(), nobody()
    assert one != other
    assert {len(one), len(other)} == {24}
    assert int(one[:8], 16) == 0
