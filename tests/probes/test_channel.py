"""The webhook of the service, what is posted by it, and what is found in #drop-ops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, EffectUnseen, Overloaded, ProbeError, Unreachable, Unreadable, Unsigned
from golive.observatory import Observatory
from golive.probes.apprunner import History
from golive.probes.apprunner import Operation as Deployed
from golive.probes.look import Act, Look
from golive.probes.slack import ChannelWords, Hit, Messages, WrongTokenRefused
from golive.probes.webhook import ChannelTold, Delivery, TrialAlert, WebhookKnown, WrongWebhookRefused, says
from golive.remarks import Remarks
from golive.twin.apprunner import Operation, OperationStatus
from golive.twin.slack import DROP_OPS, RANDOM, STARTUP, Message, Workspace
from golive.twin.web import Ailment
from golive.twin.world import World
from steps import channel

from .backstage import Backstage

NOW = datetime.now(UTC)
WORDS = "Going back to previous version, investigating"
READ = ChannelWords(DROP_OPS, "#drop-ops", NOW - timedelta(days=7), NOW - timedelta(hours=1), (STARTUP, "CRITICAL"))


def having(change: Callable[[Workspace], Workspace]) -> Callable[[World], World]:
    """Another workspace."""
    return lambda world: replace(world, slack=change(world.slack))


@pytest.fixture
def arn(environment: Environment) -> str:
    """The service's."""
    return environment.aws.service_arn


@pytest.fixture
def told(arn: str) -> ChannelTold:
    """The message of a rollback."""
    return ChannelTold(arn, "#drop-ops", DROP_OPS, WORDS, "payments")


def said(backstage: Backstage, words: str, channel_id: str = DROP_OPS) -> int:
    """How often apps have said *words*."""
    name = "#drop-ops" if channel_id == DROP_OPS else "#random"
    look = ChannelWords(channel_id, name, NOW - timedelta(days=7), NOW - timedelta(days=7), (words,))
    return len(backstage.look(look).of(words))


def test_words_are_found_wherever_slack_keeps_them(backstage: Backstage) -> None:
    """
    In text and in attachments, in any case, by apps apart from people; the messages themselves are not told.
    """
    at = NOW - timedelta(minutes=30)
    messages = (
        Message(at, "critical: cards fail", attached=True),
        Message(at, "uncritical"),
        Message(at, "Kari says CRITICAL", by_app=False),
        Message(at - timedelta(hours=1), "CRITICAL"),
    )
    backstage.put(having(lambda slack: slack.having(messages=messages)))
    seen = backstage.look(READ)
    assert [(hit.by_app, hit.at >= seen.since) for hit in seen.hits] == [(True, False), (False, True), (True, True)]
    assert (seen.searched, seen.searched_before) == (3, 1)
    assert "Kari" not in repr(seen)


def test_messages_are_told_through_all_pages(backstage: Backstage) -> None:
    """
    More messages than a page holds are all searched.
    """
    messages = tuple(Message(NOW - timedelta(minutes=number), "x") for number in range(41))
    backstage.put(having(lambda slack: replace(slack.having(messages=messages), page_size=20)))
    seen = backstage.look(READ)
    assert seen.searched + seen.searched_before == 41


@pytest.mark.parametrize(
    ("change", "known", "word"),
    [
        ({}, True, "no_text"),
        ({"webhook_revoked": True}, False, "no_service"),
    ],
)
def test_knock_tells_a_webhook_that_is_there(
    backstage: Backstage, arn: str, change: dict[str, Any], known: bool, word: str
) -> None:
    """
    A message without words is refused in another way than a webhook that is gone, and nothing is posted.
    """
    backstage.put(having(lambda slack: replace(slack, **change)))
    before = backstage.look(READ)
    knock = backstage.look(WebhookKnown(arn))
    assert (knock.known, knock.said) == (known, word)
    assert backstage.look(READ) == before


@pytest.mark.parametrize(
    "text",
    [
        None,
        "http://hooks.slack.com/services/T0000000001/B0000000001/abcdefghijklmnopqrstuvwx",
        "https://hooks.slack.com.example/services/T0000000001/B0000000001/abcdefghijklmnopqrstuvwx",
        "https://hooks.slack.com:8443/services/T0000000001/B0000000001/abcdefghijklmnopqrstuvwx",
        "https://me@hooks.slack.com/services/T0000000001/B0000000001/abcdefghijklmnopqrstuvwx",
        "https://hooks.slack.com:port/services/T1/B1/x",
        "https://hooks.slack.com/workflows/T0000000001/B0000000001/abcdefghijklmnopqrstuvwx",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_slacks(backstage: Backstage, arn: str, text: str | None) -> None:
    """
    An address of another form, or none, is a fact, and nobody is asked there.
    """
    backstage.cloud(lambda cloud: cloud.holding("SLACK_WEBHOOK_URL", text))
    assert "no webhook of Slack" in backstage.look(WebhookKnown(arn)).said
    delivery = backstage.look(TrialAlert(arn, "#drop-ops", DROP_OPS))
    assert (delivery.taken, delivery.arrived_at) == (False, None)


def test_alert_is_marked_and_read_back(backstage: Backstage, arn: str) -> None:
    """
    It arrives, and a second run within the hour finds it and posts nothing.
    """
    one, other = (backstage.look(TrialAlert(arn, "#drop-ops", DROP_OPS)) for _ in range(2))
    assert one.taken
    assert one.arrived_at is not None
    assert (one.before, other.before) == (False, True)
    assert (other.mark, other.arrived_at) == (one.mark, one.arrived_at)
    assert said(backstage, one.mark) == 1


ELSEWHERE = "https://hooks.slack.com/services/T0000000001/B0000000009/abcdefghijklmnopqrstuvwx"


def test_alert_through_another_webhook_proves_nothing(backstage: Backstage, arn: str) -> None:
    """
    The mark is the webhook's own: where the service is given another, its own message must arrive.
    """
    one = backstage.look(TrialAlert(arn, "#drop-ops", DROP_OPS))
    backstage.cloud(lambda cloud: cloud.holding("SLACK_WEBHOOK_URL", ELSEWHERE))
    other = backstage.look(TrialAlert(arn, "#drop-ops", DROP_OPS))
    assert other.mark != one.mark
    assert (other.before, other.arrived_at) == (False, None)


def test_alert_of_another_channel_does_not_arrive(
    backstage: Backstage, arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Slack says "ok", and it is not in #drop-ops.
    """
    monkeypatch.setattr("golive.probes.webhook._PAUSES", (0.0, 0.0))
    backstage.put(having(lambda slack: replace(slack, webhook_leads_to=RANDOM)))
    delivery = backstage.look(TrialAlert(arn, "#drop-ops", DROP_OPS))
    assert (delivery.taken, delivery.said, delivery.arrived_at) == (True, "ok", None)
    assert said(backstage, delivery.mark, RANDOM) == 1


def test_channel_is_told_once(backstage: Backstage, told: ChannelTold) -> None:
    """
    A second run finds what the first has said, and says nothing.
    """
    first, second = backstage.look(told), backstage.look(told)
    assert (first.before, second.before) == (False, True)
    assert first.arrived_at == second.arrived_at
    assert said(backstage, WORDS) == 1


def updated(ago: timedelta, status: OperationStatus = "SUCCEEDED") -> Callable[[World], World]:
    """A world whose service was updated that long ago, and #drop-ops told of a rollback three hours ago."""

    def change(world: World) -> World:
        update = Operation("UPDATE_SERVICE", status, ago)
        cloud = world.cloud.serving(operations=(update, *world.cloud.service.operations))
        return replace(world, cloud=cloud, slack=world.slack.saying(Message(NOW - timedelta(hours=3), f"{WORDS} x1")))

    return change


@pytest.mark.parametrize(
    ("ago", "status", "before"),
    [
        (timedelta(hours=2, minutes=30), "SUCCEEDED", True),  # said half an hour before they acted
        (timedelta(hours=4), "SUCCEEDED", True),
        (timedelta(hours=1), "SUCCEEDED", False),  # said of another rollback
        (timedelta(hours=1), "ROLLBACK_SUCCEEDED", True),  # which came to nothing
        (timedelta(minutes=1), "IN_PROGRESS", True),
    ],
)
def test_what_was_said_of_an_earlier_rollback_is_said_again(
    backstage: Backstage, told: ChannelTold, ago: timedelta, status: OperationStatus, before: bool
) -> None:
    """
    Counted is from an hour before the newest update that succeeded: people say what they will do, and then do it.
    """
    backstage.put(updated(ago, status))
    delivery = backstage.look(told)
    assert (delivery.taken, delivery.before) == (True, before)
    assert said(backstage, WORDS) == (1 if before else 2)


def test_nothing_is_said_where_nobody_knows_of_which_rollback(backstage: Backstage, told: ChannelTold) -> None:
    """
    Without an update on record it is unknown, and nothing is posted.
    """
    backstage.cloud(lambda cloud: cloud.serving(operations=()))
    with pytest.raises(ProbeError, match="when it was rolled back cannot be known"):
        backstage.look(told)
    assert said(backstage, WORDS) == 0


DEPLOYED = NOW - timedelta(hours=20)
HISTORY = History((Deployed("UPDATE_SERVICE", "SUCCEEDED", DEPLOYED, None),))


@pytest.mark.parametrize(
    ("history", "at", "error"),
    [
        (HISTORY, DEPLOYED + timedelta(minutes=3), None),  # long before the launch, an hour ago
        (HISTORY, DEPLOYED - timedelta(minutes=3), AssertionError),
        (History((Deployed("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", NOW, None), *HISTORY.operations)), NOW, None),
        (
            History((Deployed("START_DEPLOYMENT", "SUCCEEDED", NOW, None), *HISTORY.operations)),
            DEPLOYED,
            AssertionError,
        ),
        (History((Deployed("PAUSE_SERVICE", "SUCCEEDED", NOW, None),)), NOW, ProbeError),
        (History((Deployed("UPDATE_SERVICE", "SUCCEEDED", NOW - timedelta(days=9), None),)), NOW, ProbeError),
    ],
    ids=["before the launch", "of the one before", "undone", "started again", "never deployed", "not searched"],
)
def test_start_is_reported_since_the_last_deployment(
    environment: Environment, history: History, at: datetime, error: type[Exception] | None
) -> None:
    """
    The candidate runs at T-0, so its alert comes before the launch: what counts is the deployment.
    """
    messages = Messages(
        "#drop-ops", READ.since, 5, 5, (Hit(STARTUP, at, by_app=True),), NOW - timedelta(days=7), readable=True
    )
    if error is None:
        channel.startup_reported(messages, history, environment, Remarks())
    else:
        with pytest.raises(error):
            channel.startup_reported(messages, history, environment, Remarks())


def test_without_a_token_the_start_rests_on_the_signature(backstage: Backstage, environment: Environment) -> None:
    """
    Nobody is asked, whatever else the file leaves open, and it is said; critical alerts stay unknown.
    """
    slack = environment.slack.model_copy(update={"token": None, "channels": {}, "startup_alert": None, "critical": ()})
    mute = environment.model_copy(update={"slack": slack})
    look = channel.channel_words(mute, "#drop-ops", NOW)
    assert look.permissions(mute) == ()
    backstage.put(having(lambda workspace: replace(workspace, ailment="off")))
    messages, remarks = look.observe(backstage.reach(mute)), Remarks()
    channel.startup_reported(messages, History(()), mute, remarks)
    assert remarks.warnings == [
        "slack.token names no token, so #drop-ops was not read: what it says is only attested",
    ]
    for told in (mute, environment):
        with pytest.raises(Denied, match=r"slack.token is not answered yet|had no token"):
            channel.no_critical_alert(messages, told, NOW, 24, Remarks())


def test_channel_that_may_not_be_read_is_not_told(backstage: Backstage, told: ChannelTold) -> None:
    """
    Whether it was said before cannot be known, so it is not said.
    """
    delivery = backstage.look(replace(told, channel_id=None))
    assert (delivery.taken, delivery.readable) == (False, False)
    assert said(backstage, WORDS) == 0


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Going back to previous version, investigating slow payments", True),
        ("Going back to previous version — investigating slow payments", True),
        ("going back to previous version - investigating: INC-12", True),
        ("Going back to previous version, investigating [issue]", False),
        ("Going back to previous version, investigating", False),
        ("Going back to the previous version", False),
    ],
)
def test_what_tells_of_a_rollback(text: str, good: bool) -> None:
    """
    The words of the runbook with comma or dash, and something named behind them.
    """
    assert says(text, WORDS) is good


@pytest.mark.parametrize(
    ("delivery", "error"),
    [
        (Delivery("#drop-ops", "m", True, "ok", True, NOW), None),
        (Delivery("#drop-ops", "m", True, "ok", True, None), AssertionError),
        (Delivery("#drop-ops", "m", False, "no_service", True, None), AssertionError),
        (Delivery("#drop-ops", "m", True, "ok", False, None), EffectUnseen),
        (Delivery("#drop-ops", "m", False, "no_service", False, None), AssertionError),
        (Delivery("#drop-ops", "", False, "nothing was posted", False, None), EffectUnseen),
    ],
)
def test_arrival_without_a_reader_is_left_to_a_person(delivery: Delivery, error: type[Exception] | None) -> None:
    """
    "ok" without a token to read is unsigned, never met; a refusal is unmet either way.
    """
    if error is None:
        channel.message_arrived(delivery, Remarks())
    else:
        with pytest.raises(error):
            channel.message_arrived(delivery, Remarks())


@pytest.mark.parametrize("number", [0, 1])
def test_nothing_is_posted_without_consent_or_before_it_is_due(
    backstage: Backstage, told: ChannelTold, arn: str, number: int
) -> None:
    """
    Neither act is done in a run that is not armed, nor in an armed one before its hour.
    """
    act: Act[Delivery] = (told, TrialAlert(arn, "#drop-ops", DROP_OPS))[number]
    before = said(backstage, "golive")
    unarmed = Observatory(backstage.environment, backstage.detour)
    armed = Observatory(backstage.environment, backstage.detour, armed=True)
    with pytest.raises(Unsigned, match="--act"):
        unarmed.answer(act)
    with armed.watching(due=False), pytest.raises(Unsigned, match="before it is due"):
        armed.answer(act)
    assert (armed.count, unarmed.count, said(backstage, WORDS)) == (0, 0, 0)
    assert said(backstage, "golive") == before


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"token": "xoxb-another"}, Denied),
        ({"scopes": ("channels:read",)}, Denied),
        ({"takes_any_token": True}, CannotTell),
        ({"ailment": "off"}, Unreachable),
        ({"ailment": "denied"}, Denied),
        ({"ailment": "throttled"}, Overloaded),
        ({"ailment": "broken"}, Overloaded),
        ({"ailment": "garbage"}, Unreadable),
    ],
    ids=str,
)
def test_channel_that_cannot_be_read_is_unknown(
    backstage: Backstage, change: dict[str, Any], kind: type[ProbeError]
) -> None:
    """
    Refusals come with status 200, and are refusals all the same.
    """
    backstage.put(having(lambda slack: replace(slack, **change)))
    with pytest.raises(ProbeError) as raised:
        backstage.look(READ)
    assert type(raised.value) is kind
    assert backstage.detour.variables["GOLIVE_SLACK_TOKEN"] not in str(raised.value)


@pytest.mark.parametrize("change", [{"has_our_bot": False}, {"name": "drop-ops-old"}], ids=str)
def test_channel_of_another_kind_is_unknown(backstage: Backstage, change: dict[str, Any]) -> None:
    """
    A channel without our bot, and one of another name than the environment file's.
    """
    backstage.put(having(lambda slack: slack.having(**change)))
    with pytest.raises(ProbeError):
        backstage.look(READ)


@pytest.mark.parametrize(
    ("ailment", "kind"),
    [("off", Unreachable), ("throttled", Overloaded), ("broken", Overloaded), ("denied", Unreadable)],
)
@pytest.mark.parametrize("number", range(3))
def test_webhook_that_cannot_be_asked_is_unknown(
    backstage: Backstage, arn: str, number: int, ailment: Ailment, kind: type[ProbeError]
) -> None:
    """
    Neither its address nor a part of it is told.
    """
    looks: tuple[Look[Any], ...] = (WebhookKnown(arn), WrongWebhookRefused(arn), TrialAlert(arn, "#drop-ops", DROP_OPS))
    backstage.put(having(lambda slack: replace(slack, hooks_ailment=ailment)))
    with pytest.raises(ProbeError) as raised:
        backstage.look(looks[number])
    assert type(raised.value) is kind
    assert "/services/" not in str(raised.value)


@pytest.mark.parametrize("number", range(4))
def test_who_takes_anything_proves_nothing(backstage: Backstage, arn: str, number: int) -> None:
    """
    Every look hangs on its control.
    """
    looks: tuple[Look[Any], ...] = (
        *(WebhookKnown(arn), WrongWebhookRefused(arn), TrialAlert(arn, "#drop-ops", DROP_OPS)),
        WrongTokenRefused(),
    )
    backstage.put(having(lambda slack: replace(slack, takes_any_webhook=True, takes_any_token=True)))
    with pytest.raises(CannotTell):
        backstage.look(looks[number])


def test_what_must_be_granted_is_said(environment: Environment, arn: str) -> None:
    """
    The secret's value for all, the bot's token for who reads; without a reader no token is asked for.
    """
    needed = {(one.kind, one.what) for one in TrialAlert(arn, "#drop-ops", DROP_OPS).permissions(environment)}
    assert needed == {("iam", "secretsmanager:GetSecretValue"), ("token", "GOLIVE_SLACK_TOKEN")}
    assert {one.kind for one in TrialAlert(arn, "#drop-ops", None).permissions(environment)} == {"iam"}
    assert {one.what for one in READ.permissions(environment)} == {"GOLIVE_SLACK_TOKEN"}


def test_what_a_rollback_needs_besides_is_said(environment: Environment, told: ChannelTold) -> None:
    """
    When it was is known from what was done to the service; where nothing is posted, nothing needs to be known.
    """
    needed = {one.what for one in told.permissions(environment)}
    assert needed == {"secretsmanager:GetSecretValue", "GOLIVE_SLACK_TOKEN", "apprunner:ListOperations"}
    mute = replace(told, channel_id=None).permissions(environment)
    assert {one.what for one in mute} == {"secretsmanager:GetSecretValue"}


def test_effect_is_told_as_it_will_be(arn: str) -> None:
    """
    Where the channel cannot be read, nobody knows of an alert of the last hour, so one is posted each time.
    """
    readable, mute = (TrialAlert(arn, "#drop-ops", known).effect for known in (DROP_OPS, None))
    assert "unless one of the last hour is there" in readable
    assert "unless" not in mute


def test_webhook_is_not_asked_where_secrets_may_not_be_read(backstage: Backstage, environment: Environment) -> None:
    """
    A person's role cannot know: unknown, and not unmet.
    """
    aws = environment.aws.model_copy(update={"read_secret_values": False})
    reach = backstage.reach(environment.model_copy(update={"aws": aws}))
    with pytest.raises(Denied, match="may not read the values of secrets"):
        WebhookKnown(aws.service_arn).observe(reach)
