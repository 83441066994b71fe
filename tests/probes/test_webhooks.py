"""The receiver of Sumsub's reports, asked as a forger would and as Sumsub does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, ProbeError, Unsigned
from golive.probes.look import Look
from golive.probes.webhooks import ForgedReports, Forgeries, NoSuchReceiver, SignedReport
from golive.twin.receiver import SHA512
from golive.twin.sumsub import RECEIVER
from golive.twin.world import World

from .backstage import Backstage

WAYS = {
    "unsigned",
    "signed with another key",
    "signed with SUMSUB_SECRET_KEY",
    "signed with SHA-1",
    "signed by an algorithm that nobody knows",
    "signed before its spaces were changed",
    "altered after signing",
}


@pytest.fixture
def forged(environment: Environment) -> ForgedReports:
    return ForgedReports(environment.aws.service_arn)


def receiving(**changes: Any) -> Callable[[World], World]:
    """Another receiver."""
    return lambda world: replace(world, site=replace(world.site, webhook=replace(world.site.webhook, **changes)))


def statuses(seen: Forgeries) -> dict[str, list[int]]:
    return {way: [answer.status for answer in answers] for way, answers in seen.answers.items()}


def test_each_forgery_is_tried_where_sumsub_sends(backstage: Backstage, forged: ForgedReports) -> None:
    """
    A healthy receiver refuses them all, and nobody answers at the other paths.
    """
    seen = backstage.look(forged)
    assert statuses(seen) == {way: [401] for way in WAYS}
    assert seen.receivers == (RECEIVER,)
    assert not seen.unseen
    assert [(answer.url, answer.nothing_there) for answer in seen.elsewhere] == [
        ("https://getdrop.no/api/webhooks/sumsub", True),
        ("https://getdrop.no/v1/webhooks/sumsub", True),
    ]


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"takes_unsigned": True}, {"unsigned"}),
        ({"takes_forged": True}, WAYS - {"unsigned"}),
        ({"reads_before_it_verifies": True}, {"signed before its spaces were changed"}),
        ({"takes_any_algorithm": True}, {"signed by an algorithm that nobody knows"}),
    ],
)
def test_each_carelessness_is_seen_for_what_it_is(
    backstage: Backstage, forged: ForgedReports, changes: dict[str, Any], taken: set[str]
) -> None:
    """
    One forgery passes, and the others say that it is that one.
    """
    backstage.put(receiving(**changes))
    seen = backstage.look(forged)
    assert {way for way, answers in seen.answers.items() if answers[0].taken} == taken


def test_app_secret_is_another_key(backstage: Backstage, forged: ForgedReports) -> None:
    """
    A receiver that also believes the app's secret is found out by that alone.
    """
    backstage.put(lambda world: receiving(also=(world.cloud.text("SUMSUB_SECRET_KEY"),))(world))
    seen = backstage.look(forged)
    assert {way for way, answers in seen.answers.items() if answers[0].taken} == {"signed with SUMSUB_SECRET_KEY"}


def test_what_needs_no_key_is_tried_without_one(
    backstage: Backstage, environment: Environment, forged: ForgedReports
) -> None:
    """
    Where the service's secrets may not be read, the one forgery that needs them is named, and the rest is tried.
    """
    aws = environment.aws.model_copy(update={"read_secret_values": False})
    seen = forged.observe(backstage.reach(environment.model_copy(update={"aws": aws})))
    assert set(seen.unseen) == {"signed with SUMSUB_SECRET_KEY"}
    assert set(seen.answers) == WAYS - set(seen.unseen)


def test_key_that_sumsub_does_not_tell(backstage: Backstage, forged: ForgedReports) -> None:
    """
    Without the webhook's key what is signed with it cannot be tried, and what is not is.
    """
    backstage.put(lambda world: replace(world, sumsub=world.sumsub.registering(key="")))
    seen = backstage.look(forged)
    assert set(seen.answers) == {"unsigned", "signed with another key", "signed with SUMSUB_SECRET_KEY"}
    assert set(seen.unseen) == WAYS - set(seen.answers)
    with pytest.raises(ProbeError, match="does not tell the key"):
        backstage.look(SignedReport())


@pytest.mark.parametrize("look", ["forged", "signed"])
def test_no_receiver_is_nobody_to_ask(backstage: Backstage, forged: ForgedReports, look: str) -> None:
    """
    Where Sumsub sends elsewhere, or nothing, there is nobody who could refuse.
    """
    backstage.put(lambda world: replace(world, sumsub=world.sumsub.registering(disabled=True)))
    asked: Look[Any] = forged if look == "forged" else SignedReport()
    with pytest.raises(ProbeError, match="no address of ours"):
        backstage.look(asked)


@pytest.mark.parametrize("change", [{"posts_forbidden": True}, {"ailment": "denied"}, {"ailment": "garbage"}])
def test_refusal_of_everything_says_nothing(
    backstage: Backstage, forged: ForgedReports, change: dict[str, Any]
) -> None:
    """
    Where an address beside the receiver answers as it does, refusing or taking, the receiver was not seen.
    """
    backstage.put(lambda world: replace(world, site=replace(world.site, **change)))
    for look in (NoSuchReceiver(RECEIVER), forged):
        with pytest.raises(CannotTell):
            backstage.look(look)


@pytest.mark.parametrize("algorithm", ["HMAC_SHA256_HEX", SHA512])
def test_rightly_signed_report_changes_nothing(backstage: Backstage, algorithm: str) -> None:
    """
    It is taken twice, whichever algorithm is registered, and the users are as before; so it is on a second run.
    """
    backstage.put(lambda world: replace(world, sumsub=world.sumsub.registering(algorithm=algorithm)))
    for _ in range(2):
        seen = backstage.look(SignedReport())
        assert [(one.first.status, one.second.status) for one in seen.deliveries] == [(200, 200)]
        assert seen.before == seen.after == {"approved": 53, "pending_kyc": 3, "pending_retry": 1, "rejected": 4}


def test_newcomer_is_counted_and_gone_with_the_world(backstage: Backstage) -> None:
    """
    A receiver that makes a customer of nobody is found out, and the next world has none of it.
    """
    backstage.put(receiving(takes_in_strangers=True))
    seen = backstage.look(SignedReport())
    assert seen.after == {**seen.before, "pending_kyc": seen.before["pending_kyc"] + 1}
    backstage.heal()
    assert backstage.look(SignedReport()).after == seen.before


def test_nothing_is_sent_that_could_not_be_counted(backstage: Backstage) -> None:
    """
    Where the users cannot be counted, no report is sent at all.
    """
    backstage.put(
        lambda world: replace(receiving(takes_in_strangers=True)(world), database=replace(world.database, front="off"))
    )
    with pytest.raises(ProbeError):
        backstage.look(SignedReport())
    backstage.put(receiving(takes_in_strangers=True))
    assert sum(backstage.look(SignedReport()).before.values()) == 61


def test_nobody_is_sent_a_report_without_consent(backstage: Backstage) -> None:
    """
    The report in Sumsub's name is an act: without consent it is not sent, and the refusals are.
    """
    observatory = backstage.observatory()
    observatory.armed = False
    with pytest.raises(Unsigned, match="sends Drop a report in Sumsub's name"):
        observatory.answer(SignedReport())
    assert observatory.count == 0
