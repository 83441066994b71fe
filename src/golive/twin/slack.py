"""
A stand-in for Slack: incoming webhooks, which answer in plain text, and the part of the Web API that reads a channel.

As at Slack, a webhook's "ok" does not say where the message went, and the Web API refuses with status 200.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

HOST = "slack.com"
ADDRESS = "192.0.2.72"
HOOKS_ADDRESS = "192.0.2.73"

DROP_OPS = "C07DROP0OPS"
RANDOM = "C07RAND0M00"
STARTUP = "drop-web started"

_MOST = 999


@dataclass(frozen=True, slots=True)
class Message:
    """One message; an app's is written into attachments, as alarms are, where *attached* is set."""

    at: datetime
    text: str
    by_app: bool = True
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel and what was said in it."""

    name: str
    messages: tuple[Message, ...] = ()
    has_our_bot: bool = True
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace; faults are made with `replace` and `having`."""

    token: str
    webhook: str  # the whole address
    channels: Mapping[str, Channel]
    webhook_leads_to: str | None = DROP_OPS  # None: it takes a message and loses it
    webhook_revoked: bool = False
    scopes: tuple[str, ...] = ("channels:history", "channels:read")
    takes_any_token: bool = False
    takes_any_webhook: bool = False
    page_size: int = _MOST
    ailment: Ailment = ""
    hooks_ailment: Ailment = ""
    delay: float = 0.0

    def having(self, channel: str = DROP_OPS, **changes: Any) -> Workspace:
        """The same, with these fields of one channel changed."""
        return replace(self, channels={**self.channels, channel: replace(self.channels[channel], **changes)})

    def saying(self, *messages: Message) -> Workspace:
        """The same, with more said in #drop-ops."""
        return self.having(messages=(*self.channels[DROP_OPS].messages, *messages))


def healthy(now: datetime, launch_at: datetime, token: str, webhook: str, deployed_at: datetime) -> Workspace:
    """#drop-ops as it is around a launch that goes well: people talk, the service says when it starts."""
    said = (
        Message(launch_at - timedelta(hours=5), "Are we ready? The runbook is open", by_app=False),
        Message(launch_at - timedelta(hours=3), "CRITICAL: trial alarm, please acknowledge", attached=True),
        Message(deployed_at + timedelta(minutes=3), f"{STARTUP}, revision v0.1.0 in production"),
        Message(launch_at + timedelta(seconds=45), "It is up. No critical alerts so far", by_app=False),
        Message(launch_at + timedelta(hours=9), "WARNING: one bank answers slowly", attached=True),
    )
    past = tuple(message for message in said if message.at <= now)
    elsewhere = Channel("random", (Message(now - timedelta(hours=1), "cake in the kitchen", by_app=False),))
    return Workspace(token, webhook, {DROP_OPS: Channel("drop-ops", past), RANDOM: elsewhere})


class SlackFace(Front):
    """Webhooks and Web API on the wire; what is posted stays until the world is another."""

    def __init__(
        self,
        workspace: Callable[[], Workspace],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        api, hooks = Door(ADDRESS, 443), Door(HOOKS_ADDRESS, 443)

        def mood(door: Door) -> Mood:
            now = workspace()
            return Mood(now.ailment if door == api else now.hooks_ailment, now.delay)

        self.posted: list[tuple[str, Message]] = []
        super().__init__(
            {api: _Application(workspace, self.posted, _api), hooks: _Application(workspace, self.posted, _hook)},
            mood,
            lambda host: authority.context(pick(certificates(), host, HOST)),
        )

    def swapped(self) -> None:
        """Also forget what was posted."""
        self.posted.clear()
        super().swapped()


Posted = list[tuple[str, Message]]


class _Application:
    def __init__(
        self,
        workspace: Callable[[], Workspace],
        posted: Posted,
        answer: Callable[[Workspace, Posted, Request, bytes], Response],
    ) -> None:
        self._workspace = workspace
        self._posted = posted
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = self._answer(self._workspace(), self._posted, request, await request.body())
        await answer(scope, receive, send)


def _hook(workspace: Workspace, posted: Posted, request: Request, body: bytes) -> Response:
    if refused := _refused(workspace, request.url.path):
        return refused
    if request.method != "POST":
        return PlainTextResponse("invalid_payload", 400)
    text = body.decode("utf-8", "replace")
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        text = parse_qs(text).get("payload", [""])[0]
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return PlainTextResponse("invalid_payload", 400)
    if not (said.get("text") or said.get("blocks") or said.get("attachments")):
        return PlainTextResponse("no_text", 400)
    where = workspace.webhook_leads_to
    if where is not None:
        posted.append((where, Message(datetime.now(UTC), str(said.get("text", "")))))
    return PlainTextResponse("ok")


def _refused(workspace: Workspace, path: str) -> Response | None:
    """What Slack says to an address that is no webhook; the team, the service and the token are looked at in turn."""
    asked, ours = path.split("/")[1:], urlsplit(workspace.webhook).path.split("/")[1:]
    if len(asked) != 4 or asked[0] != "services" or asked[1] != ours[1]:
        return PlainTextResponse("no_team", 404)
    if asked[2] != ours[2]:
        return PlainTextResponse("no_service", 404)
    if workspace.webhook_revoked:
        return PlainTextResponse("no_service", 404)
    if asked[3] != ours[3] and not workspace.takes_any_webhook:
        return PlainTextResponse("invalid_token", 403)
    where = workspace.webhook_leads_to
    if where is not None and workspace.channels[where].archived:
        return PlainTextResponse("channel_is_archived", 410)
    return None


def _api(workspace: Workspace, posted: Posted, request: Request, body: bytes) -> Response:
    method = request.url.path.removeprefix("/api/")
    asked = {**request.query_params, **{name: values[0] for name, values in parse_qs(body.decode()).items()}}
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        return _no("not_authed")
    if token != workspace.token and not workspace.takes_any_token:
        return _no("invalid_auth")
    if method == "auth.test":
        return _yes(workspace, url="https://alai.slack.com/", team="ALAI", user="golive", bot_id="B07GOLIVE0")
    if method not in ("conversations.info", "conversations.history"):
        return _no("unknown_method")
    scope = "channels:read" if method == "conversations.info" else "channels:history"
    if scope not in workspace.scopes:
        return JSONResponse({"ok": False, "error": "missing_scope", "needed": scope})
    name = asked.get("channel", "")
    channel = workspace.channels.get(name)
    if channel is None:
        return _no("channel_not_found")
    if method == "conversations.info":
        told = {"id": name, "name": channel.name, "is_channel": True, "is_private": False}
        return _yes(workspace, channel={**told, "is_archived": channel.archived, "is_member": channel.has_our_bot})
    if not channel.has_our_bot:
        return _no("not_in_channel")
    return _history(workspace, [*channel.messages, *(said for where, said in posted if where == name)], asked)


def _history(workspace: Workspace, messages: list[Message], asked: Mapping[str, str]) -> Response:
    """Newest first; without `inclusive` both ends are left out."""
    first, last = float(asked.get("oldest", 0)), float(asked.get("latest", time.time() + 1))
    told = [_told(message) for message in messages]
    chosen = sorted((one for one in told if first < float(str(one["ts"])) < last), key=lambda one: str(one["ts"]))[::-1]
    begin, size = int(asked.get("cursor") or 0), min(workspace.page_size, int(asked.get("limit", 100)))
    more = begin + size < len(chosen)
    return _yes(
        workspace,
        messages=chosen[begin : begin + size],
        has_more=more,
        **({"response_metadata": {"next_cursor": str(begin + size)}} if more else {}),
    )


def _told(message: Message) -> dict[str, object]:
    said: dict[str, object] = {"type": "message", "ts": f"{message.at.timestamp():.6f}", "text": message.text}
    if message.attached:
        said |= {"text": "", "attachments": [{"id": 1, "fallback": message.text, "text": message.text}]}
    if message.by_app:
        return {**said, "subtype": "bot_message", "bot_id": "B07ALARMS0"}
    return {**said, "user": "U07PERSON0"}


def _yes(workspace: Workspace, **said: object) -> Response:
    return JSONResponse({"ok": True, **said}, headers={"X-OAuth-Scopes": ",".join(workspace.scopes)})


def _no(error: str) -> Response:
    return JSONResponse({"ok": False, "error": error})
