"""
What is said in a channel of Slack, as far as it has words that we look for (https://docs.slack.dev/reference/methods).

The Web API refuses with status 200 and `ok: false`. Messages may speak of people, so none of them leaves this module:
answers hold words of ours, times, and whether an app or a person wrote.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, JsonValue, ValidationError

from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreadable
from golive.probes.http import exchange
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

_Form = TypeVar("_Form", bound=BaseModel)

_PAGES = 100  # of messages; more, and the list leads in circles
_MANY = 200  # messages in a page

# Where Slack keeps what is read: in the text, in attachments and in blocks, however deep.
_READ = frozenset({"text", "fallback", "pretext", "title", "value"})
_NOT_NOW = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"})
_NOT_YOU = frozenset(
    {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission"}
    | {"missing_scope", "not_in_channel", "channel_not_found", "access_denied", "not_allowed_token_type"}
)


class _Ok(BaseModel):
    ok: bool
    error: str = ""


class _Onward(BaseModel):
    next_cursor: str = ""


class _History(BaseModel):
    messages: tuple[Mapping[str, JsonValue], ...]
    response_metadata: _Onward | None = None


class _Channel(BaseModel):
    name: str


class _Info(BaseModel):
    channel: _Channel


@dataclass(frozen=True, slots=True)
class Refused:
    """The control was refused, as it must be."""

    error: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that has *words*."""

    words: str
    at: datetime
    by_app: bool  # an app's, or a person's


@dataclass(frozen=True, slots=True)
class Messages:
    """What was found in a channel, oldest first."""

    channel: str
    since: datetime  # the launch
    searched: int  # messages since then
    searched_before: int  # messages before it
    hits: tuple[Hit, ...]
    oldest: datetime  # from when on was searched
    readable: bool  # whether the gate may read the channel at all

    def of(self, words: str, *, by_app: bool = True) -> tuple[Hit, ...]:
        """The messages that have *words*."""
        return tuple(hit for hit in self.hits if hit.words == words and hit.by_app is by_app)


@dataclass(frozen=True, slots=True)
class WrongTokenRefused(Look[Refused]):
    """The control of what is read: a token that nobody has is refused, which Slack does with status 200."""

    @property
    def source(self) -> str:
        """The API."""
        return "Slack, asked with a wrong token"

    @property
    def host(self) -> str:
        """Where Slack is asked."""
        return "slack"

    def observe(self, reach: Reach) -> Refused:
        """CannotTell where it is let in."""
        said, _ = _send(reach, "auth.test", {}, f"xoxb-{secrets.token_hex(24)}")
        if said.ok:
            raise CannotTell("auth.test", "Slack let a wrong token in, and must refuse it")
        if said.error in _NOT_NOW:
            raise Overloaded("auth.test", f"Slack says {_word(said.error)}")
        return Refused(_word(said.error))


@dataclass(frozen=True, slots=True)
class ChannelWords(Look[Messages]):
    """Which messages in *channel*, called *name*, have one of *words*, from *oldest* on? None: it may not be read."""

    channel: str | None
    name: str
    oldest: datetime
    since: datetime
    words: tuple[str, ...]

    @property
    def source(self) -> str:
        """The channel."""
        return f"{self.name} at Slack"

    @property
    def host(self) -> str:
        """Where Slack is asked."""
        return "slack"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The bot's scopes; it must be a member as well."""
        return permissions(environment, self.name)

    def observe(self, reach: Reach) -> Messages:
        """Through all pages; nobody is asked where nobody gave the gate a token."""
        if self.channel is None:
            return Messages(self.name, self.since, 0, 0, (), self.oldest, readable=False)
        messages = [*history(reach, self.channel, self.name, self.oldest)]
        hits = [
            Hit(words, at, by_app) for at, by_app, text in messages for words in self.words if has_words(text, words)
        ]
        after = sum(at >= self.since for at, _, _ in messages)
        ordered = sorted(hits, key=lambda hit: (hit.at, hit.words, hit.by_app))
        return Messages(self.name, self.since, after, len(messages) - after, tuple(ordered), self.oldest, readable=True)


def permissions(environment: Environment, name: str) -> tuple[Permission, ...]:
    """What reading the channel *name* needs."""
    if environment.slack.token is None:
        return ()
    scopes = f"channels:read and channels:history (groups:… for a private channel), as a member of {name}"
    return (Permission("token", environment.slack.token.variable, scopes),)


def has_words(text: str, words: str) -> bool:
    """Whether *words* stand in *text*, as words and in any case."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def history(reach: Reach, channel: str, name: str, oldest: datetime) -> Iterator[tuple[datetime, bool, str]]:
    """
    Each message of *channel* after *oldest*: when, whether an app's, and its text, which stays inside the probes.

    ProbeError where the channel has another name: then the environment file leads somewhere else.
    """
    called = _ask(reach, "conversations.info", {"channel": channel}, _Info).channel.name
    if f"#{called}" != name:
        raise ProbeError(name, f"the channel {channel} of the environment file has another name at Slack")
    asked = {"channel": channel, "oldest": f"{oldest.timestamp():.6f}", "limit": str(_MANY)}
    for _ in range(_PAGES):
        page = _ask(reach, "conversations.history", asked, _History)
        for message in page.messages:
            yield _at(message), "bot_id" in message or message.get("subtype") == "bot_message", _text(message)
        cursor = page.response_metadata.next_cursor if page.response_metadata else ""
        if not cursor:
            return
        asked = {**asked, "cursor": cursor}
    raise Unreadable(name, f"the list of messages does not end after {_PAGES} pages")


def _at(message: Mapping[str, JsonValue]) -> datetime:
    try:
        return datetime.fromtimestamp(float(str(message.get("ts"))), UTC)
    except (ValueError, OverflowError) as exc:
        raise Unreadable("conversations.history", "a message has no time") from exc


def _text(said: JsonValue | Mapping[str, JsonValue]) -> str:
    """Everything in a message that its readers read."""
    if isinstance(said, list):
        return "\n".join(filter(None, map(_text, said)))
    if not isinstance(said, Mapping):
        return ""
    parts = [value if key in _READ and isinstance(value, str) else _text(value) for key, value in said.items()]
    return "\n".join(filter(None, parts))


def _ask(reach: Reach, method: str, asked: Mapping[str, str], form: type[_Form]) -> _Form:
    reach.ask(WrongTokenRefused())
    token = reach.environment.slack.token
    if token is None:
        raise Denied(method, "the environment file names no token for Slack")
    said, body = _send(reach, method, asked, reach.secret(token, method))
    if not said.ok:
        kind = Denied if said.error in _NOT_YOU else Overloaded if said.error in _NOT_NOW else Unreadable
        raise kind(method, f"Slack says {_word(said.error)}")
    try:
        return form.model_validate_json(body)
    except ValidationError as exc:
        raise Unreadable(method, f"not what Slack answers: {exc.error_count()} members are wrong") from exc


def _send(reach: Reach, method: str, asked: Mapping[str, str], token: str) -> tuple[_Ok, bytes]:
    url = f"https://{reach.environment.slack.host}/api/{method}"
    reply = exchange(
        reach,
        url,
        method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"},
        content=urlencode(asked).encode(),
    )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"Slack answered {reply.status}")
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Denied(url, f"Slack answered {reply.status}")
    try:
        if reply.status != HTTPStatus.OK:
            raise Unreadable(url, f"Slack answered {reply.status}")
        return _Ok.model_validate_json(reply.body), reply.body
    except ValidationError as exc:
        raise Unreadable(url, "not what Slack answers: no yes and no no") from exc


def _word(error: str) -> str:
    """An error of Slack's is one word; anything else is not passed on."""
    return error if re.fullmatch(r"[a-z_]{1,60}", error) else "something that is no error of Slack's"
