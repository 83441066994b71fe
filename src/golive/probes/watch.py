"""What goes on while a visitor is at a page: what it asks for, what does not come, and what its scripts complain of."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError

MOST = 20  # of each kind of trouble that is told
WORDS = 300  # characters of each
BARRED = "csp"  # Chromium's word where the page's own policy lets nobody be asked, here or at a visitor's

_NAME = re.compile(r"[A-Z]\w{0,40}")
_NOT_LOADED = re.compile(
    r"Failed to load resource: (the server responded with a status of \d{3} \([\w -]*\)|net::ERR_\w+)"
)


@dataclass  # without slots: Playwright writes down on the listener that it listens
class Watch:
    """Hears what goes on in a profile, in all its pages."""

    hosts: frozenset[str]
    under_way: set[Request] = field(default_factory=set)
    documents: list[Request] = field(default_factory=list)  # that a page as a whole was, or was to be
    answers: dict[Request, Response] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)  # hosts that are not reached, and how often they were asked
    last: float = field(default_factory=time.monotonic)

    @property
    def outside(self) -> tuple[str, ...]:
        """The hosts that are not reached and that the pages asked."""
        return tuple(sorted(host for host, times in self.others.items() if times))

    @property
    def led_outside(self) -> str | None:
        """The address that the visitor was sent to and that we do not follow; None where they stay on listed hosts."""
        last = self.documents[-1].url if self.documents else ""
        return bare(last) if urlsplit(last).hostname in self.outside else None

    def attach(self, profile: BrowserContext) -> None:
        """Begin to hear what goes on in *profile*."""
        profile.on("page", lambda page: page.on("websocket", lambda socket: self._note(socket.url)))
        profile.on("request", self._asked)
        profile.on("response", self._answered)
        profile.on("requestfinished", self._done)
        profile.on("requestfailed", self._broke)
        profile.on("console", self._said)
        profile.on("weberror", self._threw)

    async def rest(self, quiet: float, ends: float) -> None:
        """Until nothing was asked for *quiet* seconds, or it is *ends* (monotonic)."""
        self.last = time.monotonic()
        while time.monotonic() < ends and (self.under_way or time.monotonic() - self.last < quiet):
            await asyncio.sleep(quiet / 10)

    def _asked(self, request: Request) -> None:
        self.last = time.monotonic()
        self.under_way.add(request)
        self._note(request.url)
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.documents.append(request)

    def _note(self, url: str, times: int = 1) -> None:
        """Count *url* where it is one of a host that is not reached."""
        host = urlsplit(url).hostname
        if host and host not in self.hosts:
            self.others[host] += times

    def _answered(self, response: Response) -> None:
        self.answers[response.request] = response
        if response.status >= 400 and response.request not in self.documents:
            self._tell(self.failed, f"{bare(response.url)}: {response.status}")

    def _done(self, request: Request) -> None:
        self.last = time.monotonic()
        self.under_way.discard(request)

    def _broke(self, request: Request) -> None:
        self._done(request)
        if request.failure == BARRED:
            self._note(request.url, -1)
        answer = self.answers.get(request)
        told = answer is not None and answer.status >= 400
        if urlsplit(request.url).hostname in self.hosts and not told and request not in self.documents:
            self._tell(self.failed, f"{bare(request.url)}: {request.failure or 'no answer'}")

    def _said(self, message: ConsoleMessage) -> None:
        # What we did not let through is no fault of the page's.
        host = urlsplit(str(message.location.get("url", ""))).hostname
        if message.type == "error" and (host is None or host in self.hosts):
            words = message.text if _NOT_LOADED.fullmatch(message.text) else "an error on the console"
            self._tell(self.errors, f"{words}, at {_line(message.location)}")

    def _threw(self, error: WebError) -> None:
        name = error.error.name if _NAME.fullmatch(error.error.name or "") else "an error"
        self._tell(self.errors, f"{name} thrown{_thrown_at(error.error.stack)}")

    @staticmethod
    def _tell(told: list[str], words: str) -> None:
        if len(told) < MOST and (words := words[:WORDS]) not in told:
            told.append(words)


def bare(url: str) -> str:
    """*url* without query and fragment."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _line(location: Mapping[str, Any]) -> str:
    """Where in a script: its address, and the line."""
    return f"{bare(str(location.get('url', ''))) or 'no address'}:{location.get('lineNumber', 0)}"


def _thrown_at(stack: str | None) -> str:
    """The first place that *stack* names, "" where it names none."""
    found = re.search(r"(https?://[^\s)]+):(\d+):\d+", stack or "")
    return f" at {bare(found[1])}:{found[2]}" if found else ""
