"""Faults of #drop-ops: the way of a message to it, and what stands there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from golive.twin.faults.kin import CHANNEL, POSTED, WEBHOOK
from golive.twin.faults.register import breaks
from golive.twin.slack import DROP_OPS, RANDOM, STARTUP, Message, Workspace
from golive.twin.world import World


def _at(world: World, **changes: object) -> World:
    return replace(world, slack=replace(world.slack, **changes))  # type: ignore[arg-type]


def _saying(world: World, keep: Callable[[Message], bool], *more: Message) -> World:
    messages = (*filter(keep, world.slack.channels[DROP_OPS].messages), *more)
    return replace(world, slack=world.slack.having(messages=messages))


def _with(world: World, change: Callable[[Workspace], Workspace]) -> World:
    return replace(world, slack=change(world.slack))


@breaks(unmet=POSTED)
def webhook_of_another_channel(world: World) -> World:
    """The webhook is well, says "ok", and leads to #random."""
    return _at(world, webhook_leads_to=RANDOM)


@breaks(unmet=POSTED)
def webhook_loses_messages(world: World) -> World:
    """Slack takes a message and shows it nowhere."""
    return _at(world, webhook_leads_to=None)


@breaks(unmet=WEBHOOK)
def webhook_revoked(world: World) -> World:
    """The webhook has the right form, and was revoked."""
    return _at(world, webhook_revoked=True)


@breaks(unmet=WEBHOOK)
def channel_archived(world: World) -> World:
    """#drop-ops is archived, so that nothing can be posted there."""
    return _with(world, lambda slack: slack.having(archived=True))


@breaks(unmet=["GL-2.1.8", *WEBHOOK])
def webhook_not_wired(world: World) -> World:
    """SLACK_WEBHOOK_URL exists, and the service is not given it."""
    return replace(world, cloud=world.cloud.wiring(SLACK_WEBHOOK_URL=None))


@breaks(unmet=["GL-3.4.3"])
def service_did_not_report(world: World) -> World:
    """The service has started, and #drop-ops has not heard of it."""
    return _saying(world, lambda message: STARTUP not in message.text)


@breaks(unmet=["GL-3.4.3"])
def person_reported_for_the_service(world: World) -> World:
    """That the service started is said by a person, and not by the service."""
    said = Message(world.launch_at + timedelta(minutes=1), f"{STARTUP}, I believe", by_app=False)
    return _saying(world, lambda message: STARTUP not in message.text, said)


@breaks(unmet=["GL-3.4.3"])
def service_reported_before_its_deployment(world: World) -> World:
    """The last that #drop-ops heard of a start is of the release before."""
    deployed = world.cloud.service.deployed
    assert deployed is not None, "it was"
    said = Message(world.now - deployed - timedelta(hours=1), f"{STARTUP}, revision v0.0.9")
    return _saying(world, lambda message: STARTUP not in message.text, said)


@breaks(unmet=["GL-6.2.2"])
def critical_alert_since_the_launch(world: World) -> World:
    """A critical alert arrived in the night, as an attachment and in small letters."""
    said = Message(world.launch_at + timedelta(hours=6), "critical: payments fail", attached=True)
    return _saying(world, lambda _: True, said)


@breaks(unknown=["GL-6.2.2"])
def no_trial_alarm(world: World) -> World:
    """No critical alert has ever been seen in #drop-ops, so that none is found says nothing."""
    return _saying(world, lambda message: "CRITICAL" not in message.text)


@breaks()
def person_says_critical(world: World) -> World:
    """A person talks of critical alerts, which is none."""
    said = Message(world.launch_at + timedelta(hours=2), "The critical part is over", by_app=False)
    return _saying(world, lambda _: True, said)


@breaks()
def rollback_told_by_a_person(world: World) -> World:
    """Somebody has told #drop-ops already, with a dash as in the runbook."""
    said = Message(
        world.now - timedelta(minutes=30),
        "Going back to previous version — investigating the queue of payments",
        by_app=False,
    )
    return _saying(world, lambda _: True, said)


@breaks()
def rollback_told_of_an_earlier_one(world: World) -> World:
    """What #drop-ops was told of a rollback was of another one, two hours before this one: it is told again."""
    said = Message(
        world.now - timedelta(hours=2, minutes=30),
        "Going back to previous version, investigating the login",
        by_app=False,
    )
    return _saying(world, lambda _: True, said)


@breaks(unknown=CHANNEL)
def slack_takes_any_token(world: World) -> World:
    """Slack answers whoever asks, so its answers prove nothing."""
    return _at(world, takes_any_token=True)


@breaks(unknown=CHANNEL)
def slack_token_of_another(world: World) -> World:
    """Slack does not know the gate's token, and says so with status 200."""
    return _at(world, token="xoxb-another")  # noqa: S106


@breaks(unknown=CHANNEL)
def slack_scope_missing(world: World) -> World:
    """The gate's bot may not read what is said."""
    return _at(world, scopes=("channels:read",))


@breaks(unknown=CHANNEL)
def slack_bot_not_in_the_channel(world: World) -> World:
    """The gate's bot is no member of #drop-ops."""
    return _with(world, lambda slack: slack.having(has_our_bot=False))


@breaks(unknown=CHANNEL)
def slack_channel_renamed(world: World) -> World:
    """What the environment file takes for #drop-ops is another channel."""
    return _with(world, lambda slack: slack.having(name="drop-ops-old"))


@breaks(unknown=WEBHOOK)
def slack_takes_any_webhook(world: World) -> World:
    """Slack takes messages by any address, so that it takes ours proves nothing."""
    return _at(world, takes_any_webhook=True)


def _unwell(door: str, ailment: str, items: tuple[str, ...], sentence: str) -> None:
    def ail(world: World) -> World:
        return _at(world, **{"ailment" if door == "slack" else "hooks_ailment": ailment})

    ail.__name__, ail.__doc__ = f"{door}_{ailment}", sentence
    breaks(unknown=items)(ail)


for _ailment, _sentence in (
    ("off", "cannot be reached."),
    ("denied", "does not let us in."),
    ("throttled", "has no time for us."),
    ("garbage", "answers with rubbish."),
):
    _unwell("slack", _ailment, CHANNEL, f"Slack's Web API {_sentence}")
    _unwell("hooks", _ailment, WEBHOOK, f"Slack's host of webhooks {_sentence}")
