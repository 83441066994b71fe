"""Sentences about the channel in which the people on duty are told."""

from __future__ import annotations

from datetime import datetime, timedelta

from golive.environment import Environment
from golive.errors import Denied, EffectUnseen, NothingExamined, ProbeError
from golive.probes.apprunner import History
from golive.probes.look import Look
from golive.probes.slack import ChannelWords, Messages
from golive.probes.webhook import ChannelTold, Delivery, Knock, TrialAlert, WebhookKnown
from golive.remarks import Remarks
from golive.vocabulary import judges, looks
from steps.monitoring import enough_hours

# How long before the launch a trial alarm may lie on which the search is tried.
BEFORE = timedelta(days=7)
PLACEHOLDER = "[issue]"


@looks("the service's webhook of Slack", target_fixture="knock")
def service_webhook(environment: Environment) -> Look[Knock]:
    return WebhookKnown(environment.aws.service_arn)


@looks('a marked test alert goes to "{channel}" by the service\'s webhook', target_fixture="delivery")
def test_alert(environment: Environment, channel: str) -> Look[Delivery]:
    return TrialAlert(environment.aws.service_arn, channel, _readable(environment, channel))


@looks('"{channel}" is told "{words}"', target_fixture="delivery")
def channel_told(environment: Environment, channel: str, words: str) -> Look[Delivery]:
    return ChannelTold(
        environment.aws.service_arn,
        channel,
        _readable(environment, channel),
        words.removesuffix(PLACEHOLDER).strip(),
        environment.answered(environment.slack.rollback_issue, "slack.rollback_issue"),
    )


@looks('what is said in "{channel}"', target_fixture="messages")
def channel_words(environment: Environment, channel: str, launch_at: datetime | None) -> Look[Messages]:
    since = environment.answered(launch_at, "launch_at")
    if environment.slack.token is None:
        return ChannelWords(None, channel, since - BEFORE, since, ())
    alert = environment.answered(environment.slack.startup_alert, "slack.startup_alert")
    critical = environment.answered(environment.slack.critical or None, "slack.critical")
    return ChannelWords(_id(environment, channel), channel, since - BEFORE, since, (alert, *critical))


@judges("Slack knows it")
def webhook_is_known(knock: Knock) -> None:
    assert knock.known, f"to a message without words through SLACK_WEBHOOK_URL Slack says: {knock.said}"


@judges("it has arrived there")
def message_arrived(delivery: Delivery, remarks: Remarks) -> None:
    way = f"a message to {delivery.channel} through SLACK_WEBHOOK_URL"
    if not delivery.readable:
        assert delivery.taken or not delivery.mark, f"{way} was not taken: {delivery.said}"
        raise EffectUnseen(
            f"{way}: {'taken by Slack' if delivery.taken else delivery.said}; the gate may not read the channel "
            "(slack.token), so a person must look"
        )
    assert delivery.taken, f"{way} was not taken: {delivery.said}"
    assert delivery.arrived_at, f"{way} was taken and is not in {delivery.channel}: the webhook leads somewhere else"
    remarks.examined(1, "message that was there before" if delivery.before else f"message {delivery.mark}".strip())


@judges("a starting service has reported there since the last deployment", needs=("slack.startup_alert",))
def startup_reported(messages: Messages, history: History, environment: Environment, remarks: Remarks) -> None:
    if not messages.readable:
        remarks.warn(f"slack.token names no token, so {messages.channel} was not read: what it says is only attested")
        return
    deployed_at = history.deployed_at()
    if deployed_at < messages.oldest:
        raise ProbeError(
            messages.channel,
            f"the last deployment, of {deployed_at:%Y-%m-%d %H:%M} UTC, is older than what was searched, "
            f"from {messages.oldest:%Y-%m-%d %H:%M} UTC on",
        )
    words = environment.answered(environment.slack.startup_alert, "slack.startup_alert")
    remarks.examined(messages.searched + messages.searched_before, f"messages in {messages.channel}")
    since = [hit for hit in messages.of(words) if hit.at >= deployed_at]
    assert since, (
        f"in {messages.channel} no app says {words!r} since the last deployment, of {deployed_at:%Y-%m-%d %H:%M} UTC; "
        "the service must have said it when it started"
    )


@judges(
    "no critical alert has arrived there since the launch, which was at least {hours:d} hours ago",
    needs=("slack.critical", "slack.token"),
)
def no_critical_alert(
    messages: Messages, environment: Environment, now: datetime, hours: int, remarks: Remarks
) -> None:
    if not messages.readable:
        environment.answered(environment.slack.token, "slack.token")
        raise Denied(messages.channel, "the gate had no token to read it when it looked")
    words = environment.answered(environment.slack.critical or None, "slack.critical")
    alerts = [hit for word in words for hit in messages.of(word)]
    critical = sorted({hit.at for hit in alerts if hit.at >= messages.since})
    told = ", ".join(f"{at:%Y-%m-%d %H:%M} UTC" for at in critical)
    assert not critical, f"{messages.channel} has had {len(critical)} critical alerts since the launch: {told}"
    if not alerts:
        raise NothingExamined(
            messages.channel, "the search finds no critical alert of before the launch either, not even a trial one"
        )
    enough_hours(messages.since, now, hours)
    remarks.examined(messages.searched, f"messages in {messages.channel} since the launch")


def _id(environment: Environment, channel: str) -> str:
    return environment.answered(environment.slack.channels.get(channel), f"slack.channels[{channel!r}]")


def _readable(environment: Environment, channel: str) -> str | None:
    """The id of *channel* where it may be read, None where there is no token for that."""
    return None if environment.slack.token is None else _id(environment, channel)
