"""
The service's incoming webhook of Slack: whether Slack knows it, and what is posted through it.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. Its address is a secret as a whole. "ok" says
that Slack took a message, not where it went: only who reads the channel knows that.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from golive.errors import CannotTell, Overloaded, Unreadable
from golive.probes.apprunner import ServiceHistory
from golive.probes.credentials import Kept
from golive.probes.http import Reply, exchange
from golive.probes.look import Act, Look, Permission
from golive.probes.secrets import text_if_given
from golive.probes.slack import history, permissions

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

NAME = "SLACK_WEBHOOK_URL"
SHOWN = "the webhook of the service"  # in the place of its address

_PATH = re.compile(r"/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+")
# What Slack says to a message without words, through a webhook that it knows.
_EMPTY = frozenset({"no_text", "invalid_payload", "missing_text_or_fallback_or_attachments"})
# A message is in the channel's history at once, as a rule; these many seconds are waited for the exceptions.
_PAUSES = (0.2, 0.6, 1.8, 0.0)
# Two clocks, Slack's and ours.
_SKEW = timedelta(minutes=2)
# For so long a test alert that arrived stands for the next: a gate that is run again says nothing twice.
_RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Knock:
    """What Slack said to a message without words: it posts nothing, and tells a webhook that is there from one gone."""

    said: str  # in one word of Slack's; or why nothing was asked
    known: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was posted, or said before."""

    channel: str
    mark: str  # by which people find it; "" where it has none
    taken: bool  # Slack said "ok", or it was there before
    said: str  # in one word of Slack's
    readable: bool  # whether the channel may be read, so that its arrival can be known
    arrived_at: datetime | None
    before: bool = False  # it was there already, and nothing was posted


@dataclass(frozen=True, slots=True)
class WrongWebhookRefused(Look[Knock]):
    """The control: the same webhook with another token is refused."""

    service_arn: str

    @property
    def source(self) -> str:
        """The webhook."""
        return f"{SHOWN}, with a wrong token"

    @property
    def host(self) -> str:
        """Where Slack takes messages."""
        return "hooks.slack"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read the webhook's address."""
        return to_read_address(environment)

    def observe(self, reach: Reach) -> Knock:
        """CannotTell where Slack knows that one too."""
        address = _address(reach, self.service_arn)
        if address is None:
            return Knock("nothing was asked: the service has no webhook of Slack", False)
        wrong = address.rpartition("/")[0] + "/" + secrets.token_hex(12)
        knock = _knock(_post(reach, wrong, {}))
        if knock.known:
            raise CannotTell(self.source, f"Slack says {knock.said} to it as to a webhook that it knows")
        return knock


@dataclass(frozen=True, slots=True)
class WebhookKnown(Look[Knock]):
    """Does Slack know the webhook that the service is given?"""

    service_arn: str

    @property
    def source(self) -> str:
        """The webhook."""
        return SHOWN

    @property
    def host(self) -> str:
        """Where Slack takes messages."""
        return "hooks.slack"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read the webhook's address."""
        return to_read_address(environment)

    def observe(self, reach: Reach) -> Knock:
        """By a message without words, which Slack refuses to post."""
        address = _address(reach, self.service_arn)
        if address is None:
            return Knock("nothing was asked: the service has no webhook of Slack", False)
        reach.ask(WrongWebhookRefused(self.service_arn))
        return _knock(_post(reach, address, {}))


@dataclass(frozen=True, slots=True)
class _Message(Act[Delivery]):
    """What is said in a channel by the service's own webhook, and read back where that is allowed."""

    service_arn: str
    channel: str
    channel_id: str | None

    @property
    def source(self) -> str:
        """The way of the message."""
        return f"{self.channel} at Slack, by {SHOWN}"

    @property
    def host(self) -> str:
        """Where Slack takes messages."""
        return "hooks.slack"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read the webhook's address, and the message back."""
        return (*to_read_address(environment), *(permissions(environment, self.channel) if self.channel_id else ()))


@dataclass(frozen=True, slots=True)
class TrialAlert(_Message):
    """Does a message through the service's webhook arrive in *channel*? *channel_id* None: it may not be read."""

    @property
    def effect(self) -> str:
        """For people, beforehand."""
        posts = f"posts one message to {self.channel}, marked as a test, which stays"
        return f"{posts}, unless one of the last hour is there" if self.channel_id else posts

    def stays(self, seen: Any) -> str:
        """The message, under its mark."""
        return _stays(seen, f"the message marked {seen.mark}")

    def observe(self, reach: Reach) -> Delivery:
        """
        Read first, then post, then read again.

        The mark tells the webhook without telling its address: a message that went through another proves nothing.
        """
        address = _address(reach, self.service_arn) or ""
        mark = "golive-" + hmac.digest(address.encode(), self.channel.encode(), hashlib.sha256).hex()[:16]
        text = f"[{mark}] Test alert of Drop's go-live gate. Nothing is wrong, and there is nothing to do."
        if self.channel_id is not None and reach.ask(WebhookKnown(self.service_arn)).known:
            oldest = datetime.now(UTC) - _RECENT
            said = _said_at(reach, self.channel, self.channel_id, oldest, lambda seen: mark in seen, by_app=True)
            if said is not None:
                return Delivery(self.channel, mark, True, "ok", True, said, before=True)
        return _deliver(reach, self.service_arn, self.channel, self.channel_id, text, mark)


@dataclass(frozen=True, slots=True)
class ChannelTold(_Message):
    """
    Is *channel* told *words*, followed by *issue*?

    Said by anybody of this rollback, it is not said again. Where the channel may not be read (*channel_id* None)
    nothing is posted, for it could not be known whether it was said before; nor where nobody knows of which rollback.
    """

    words: str
    issue: str

    @property
    def effect(self) -> str:
        """For people, beforehand."""
        return f'posts "{self.words} {self.issue}" to {self.channel}, unless that stands there already'

    def stays(self, seen: Any) -> str:
        """The message."""
        return _stays(seen, f'the message "{self.words} {self.issue}"')

    def observe(self, reach: Reach) -> Delivery:
        """Read first, then say, then read again."""
        if self.channel_id is None:
            return Delivery(self.channel, "", False, "nothing was posted", False, None)
        since = reach.ask(ServiceHistory(self.service_arn)).rollback_told_from()
        if said := _said_at(reach, self.channel, self.channel_id, since, self._says):
            return Delivery(self.channel, "", True, "ok", True, said, before=True)
        text = f"{self.words} {self.issue}"
        return _deliver(reach, self.service_arn, self.channel, self.channel_id, text, "")

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To know when it was rolled back, besides."""
        history = ServiceHistory(self.service_arn).permissions(environment)
        return (*_Message.permissions(self, environment), *(history if self.channel_id else ()))

    def _says(self, text: str) -> bool:
        return says(text, self.words)


def _stays(seen: Delivery, what: str) -> str:
    if seen.before:
        return f"nothing was posted: in {seen.channel} stands {what} of before"
    return f"in {seen.channel} stays {what}" if seen.taken else ""


def to_read_address(environment: Environment) -> tuple[Permission, ...]:
    """To read the secret that the webhook's address is."""
    return (Kept(NAME, "service").permission(environment, ""),)


def says(text: str, words: str) -> bool:
    """Whether *text* says *words* and then names something; a comma may be a dash, and a placeholder names nothing."""
    parts = [re.escape(part) for part in re.split(r"\W+", words) if part]
    return re.search(r"\W+".join(parts) + r"[\s:]+(?!\[issue\])\S{2,}", text, re.IGNORECASE) is not None


def _deliver(reach: Reach, service_arn: str, channel: str, channel_id: str | None, text: str, mark: str) -> Delivery:
    readable = channel_id is not None
    address = _address(reach, service_arn)
    if address is None:
        return Delivery(channel, mark, False, "nothing was posted: the service has no webhook of Slack", readable, None)
    reach.ask(WrongWebhookRefused(service_arn))
    begun = datetime.now(UTC)
    reply = _post(reach, address, {"text": text})
    said = _word(reply)
    taken = (reply.status, said) == (HTTPStatus.OK, "ok")
    if not taken or channel_id is None:
        return Delivery(channel, mark, taken, said, readable, None)
    for pause in _PAUSES:
        arrived = _said_at(reach, channel, channel_id, begun - _SKEW, lambda seen: (mark or text) in seen)
        if arrived is not None:
            return Delivery(channel, mark, True, said, True, arrived)
        time.sleep(pause)
    return Delivery(channel, mark, True, said, True, None)


def _said_at(
    reach: Reach,
    channel: str,
    channel_id: str,
    oldest: datetime,
    wanted: Callable[[str], bool],
    *,
    by_app: bool = False,
) -> datetime | None:
    """When a message that is *wanted* was said for the first time after *oldest*; *by_app*: by no person."""
    found = (
        at for at, apps, text in history(reach, channel_id, channel, oldest) if wanted(text) and (apps or not by_app)
    )
    return min(found, default=None)


def _address(reach: Reach, service_arn: str) -> str | None:
    """The webhook's address, None where the service has none that is Slack's: nothing is sent anywhere else."""
    text = text_if_given(reach, service_arn, NAME)
    if text is None:
        return None
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    ours = (url.scheme, url.netloc, port) == ("https", reach.environment.slack.hooks, None)
    return text if ours and _PATH.fullmatch(url.path) and not (url.query or url.fragment) else None


def _post(reach: Reach, address: str, said: dict[str, str]) -> Reply:
    reply = exchange(
        reach,
        address,
        method="POST",
        headers={"Content-Type": "application/json"},
        content=json.dumps(said).encode(),
        shown=SHOWN,
    )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(SHOWN, f"Slack answered {reply.status}")
    return reply


def _knock(reply: Reply) -> Knock:
    said = _word(reply)
    if reply.status == HTTPStatus.BAD_REQUEST and said in _EMPTY:
        return Knock(said, True)
    if reply.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Knock(said, False)
    raise Unreadable(SHOWN, f"Slack answered {reply.status} to a message without words")


def _word(reply: Reply) -> str:
    """What Slack says is one word of plain text; Unreadable for anything else."""
    said = reply.body.decode("utf-8", "replace").strip()
    if re.fullmatch(r"[a-z_]{1,60}", said) is None:
        raise Unreadable(SHOWN, f"Slack answered {reply.status} with something that is none of its words")
    return said
