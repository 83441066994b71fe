"""
How Drop's own login begins, and where somebody without one is stopped; asked as a stranger, with nothing but addresses.

The request for a login is RFC 6749 4.1.1 and OpenID Connect Core 3.1.2.1, its challenge RFC 7636. State and nonce are
compared here and never leave the probe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from golive.errors import ProbeError
from golive.probes.html import Outline
from golive.probes.http import Reply, exchange
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.together import together
from golive.probes.web import MOVED, NOTHING, OfUrl, media_type, outline_of

SENT_ON = (302, 303, 307)  # a login that is remembered for good (301, 308) would not be new the next time
NEW = "new each time"
# Characters of a random text: 16 of base64 are 96 bits (RFC 6749 10.10 demands what nobody guesses).
SHORTEST = 16
# What is told of a request as it stands there, under the name that people use; the rest is compared or left alone.
TOLD = {"redirect_uri": "callback", "response_type": "response type", "scope": "scopes"}
STEADY = (*TOLD, "client_id", "code_challenge_method")
NEVER_TWICE = ("state", "nonce", "code_challenge")  # RFC 6749 3.1, as for all parameters
# What has no business in an address that browsers remember and servers log.
PRIVATE = ("client_secret", "code_verifier")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64 without padding, RFC 7636 4.2
_METHODS = ("S256", "plain")


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What Drop asks the provider for, as two starts of a login showed it."""

    start: str
    wrong: str = ""  # why this is no request for a login; then nothing below is there
    endpoint: str = ""  # where the visitor is sent, without the query
    client_id: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)  # callback, scopes …; of state and nonce only whether new

    def sent(self) -> LoginRequest:
        """Itself; ProbeError where it is none, so that nobody can be asked what they make of it."""
        if self.wrong:
            raise ProbeError(self.start, f"no request for a login comes from there: {self.wrong}")
        return self


@dataclass(frozen=True, slots=True)
class LoginStart(OfUrl, Look[LoginRequest]):
    """What does Drop ask the provider for when a login is started at *url*?"""

    method: Literal["GET", "POST"]

    def observe(self, reach: Reach) -> LoginRequest:
        """Starts twice, to compare. Errors as `http.exchange`: what the site answers instead of a way on is a fact."""
        starts = together(lambda _: self._start(reach), range(2))
        for start in starts:
            if start.wrong:
                return LoginRequest(self.url, wrong=start.wrong)
        one, other = (start.target for start in starts)
        asked, again = (dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)) for target in (one, other))
        if "request_uri" in asked:
            raise ProbeError(self.url, "Drop pushes its requests to the provider, so their content cannot be seen here")
        if wrong := _trouble(one, asked) or _unsteady(one, other, asked, again):
            return LoginRequest(self.url, wrong=wrong)
        return LoginRequest(
            self.url,
            endpoint=_bare(one),
            client_id=asked["client_id"],
            parts={
                **{people: _told(name, asked.get(name)) for name, people in TOLD.items()},
                "state": _newness(asked.get("state"), again.get("state")),
                "nonce": _newness(asked.get("nonce"), again.get("nonce")),
                "code challenge": _challenge(asked, again),
            },
        )

    def _start(self, reach: Reach) -> _Way:
        posted = {"headers": {"Content-Type": "application/json"}, "content": b"{}"} if self.method == "POST" else {}
        reply = exchange(reach, self.url, method=self.method, **posted)  # type: ignore[arg-type]  # one literal each
        if reply.status in SENT_ON and "location" in reply.headers:
            found = [reply.headers["location"]]
        elif reply.status == 200 and media_type(reply.headers.get("content-type")) == "application/json":
            found = [*_addresses(reply)]
        else:
            return _Way(wrong=f"{self.method} is answered {reply.status}")
        if len(found) != 1:
            return _Way(wrong=f"the answer holds {len(found)} addresses of a login; one is needed")
        try:
            return _Way(urljoin(self.url, found[0]))
        except ValueError:
            return _Way(wrong="what the visitor is sent to is no address")


@dataclass(frozen=True, slots=True)
class Admission:
    """How somebody without a login is received."""

    url: str
    status: int
    leads_to: str | None  # of a redirect, without query and fragment: a login on its way carries its secrets there
    outline: Outline = NOTHING  # of what is shown, as of a page that nobody was to see: without headings and links


@dataclass(frozen=True, slots=True)
class Entrance(OfUrl, Look[Admission]):
    """How far does a stranger get at *url*?"""

    def observe(self, reach: Reach) -> Admission:
        """Errors as `http.exchange`; Unreadable also where a page is not in the characters that it claims."""
        reply = exchange(reach, self.url)
        location = reply.headers.get("location")
        moved = reply.status in MOVED and location is not None
        leads_to = _bare(urljoin(self.url, location)) if moved else None
        return Admission(self.url, reply.status, leads_to, outline_of(reach, reply, there=False))


@dataclass(frozen=True, slots=True)
class _Way:
    """Where one start leads, with what is nobody's business in the address; or why it leads nowhere."""

    target: str = field(default="", repr=False)
    wrong: str = ""


def _bare(url: str) -> str:
    """*url* without query and fragment."""
    try:
        return urlsplit(urldefrag(url).url)._replace(query="").geturl()
    except ValueError:
        return "no address"


def _addresses(reply: Reply) -> Iterator[str]:
    """Every address in a JSON answer that looks like a request for a login."""

    def texts(said: object) -> Iterator[str]:
        if isinstance(said, str):
            yield said
        elif isinstance(said, dict | list):
            for inner in said.values() if isinstance(said, dict) else said:
                yield from texts(inner)

    try:
        said = json.loads(reply.body)
    except ValueError:
        return
    for text in texts(said):
        if text.startswith(("https://", "http://")) and re.search(r"[?&](client_id|request_uri)=", text):
            yield text


def _trouble(target: str, asked: Mapping[str, str]) -> str:
    """Why this is no request for a login, "" where it is one."""
    names = [name for name, _ in parse_qsl(urlsplit(target).query, keep_blank_values=True)]
    if doubled := [name for name in (*STEADY, *NEVER_TWICE) if names.count(name) > 1]:
        return f"what is asked for stands there twice: {', '.join(doubled)}"
    if told := [name for name in PRIVATE if name in asked]:
        return f"the address carries {' and '.join(told)}, which every log on the way keeps"
    return "" if asked.get("client_id") else f"it leads to {_bare(target)} without saying who asks"


def _unsteady(one: str, other: str, asked: Mapping[str, str], again: Mapping[str, str]) -> str:
    """What two starts ask differently though it must not, "" where there is nothing."""
    changed = [name for name in STEADY if asked.get(name) != again.get(name)]
    if _bare(one) != _bare(other) or changed:
        return f"what is asked for changes from one start to the next: {', '.join(changed) or 'the provider'}"
    return ""


def _told(name: str, value: str | None) -> str:
    if value is None:
        return "missing"
    return " ".join(sorted(value.split())) if name == "scope" else value


def _newness(one: str | None, other: str | None) -> str:
    if not one or not other:
        return "missing"
    if one == other:
        return "the same each time"
    return NEW if min(len(one), len(other)) >= SHORTEST else f"{NEW}, and short enough to be guessed"


def _challenge(asked: Mapping[str, str], again: Mapping[str, str]) -> str:
    method = asked.get("code_challenge_method", "plain")  # RFC 7636 4.3: what is not said is plain
    one, other = asked.get("code_challenge"), again.get("code_challenge")
    said = method if method in _METHODS else "by a method that nobody knows"
    if method == "S256" and one and not _CHALLENGE.fullmatch(one):
        said = "no SHA-256"
    return f"{said}, {_newness(one, other)}" if one else "missing"
