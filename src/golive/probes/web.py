"""Pages and the ways between them, as an anonymous visitor gets them; each hop is its own question."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit

from golive.errors import Unreadable
from golive.probes.html import NO_ADDRESS, UNTOLD, Outline, bare, outline, read
from golive.probes.http import Reply, exchange
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.secrets import fingerprint

# What is told of an answer's headers: what some item judges, and what tells who answered. Cookies are the browser's.
KEPT = ("content-language", "content-type", "date", "location", "server", "strict-transport-security")
PROMISES = ("strict-transport-security",)  # what every answer on a way must hold, and not its last one alone
PAGES = ("text/html", "application/xhtml+xml")
DATA = ("application/json", "text/javascript", "application/javascript")
_KIND = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")  # a media type, RFC 9110 8.3.1
MOVED = (301, 302, 303, 307, 308)
MOST_HOPS = 10


NOTHING = Outline()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, redirects not followed; an empty body and an error status are answers too."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]  # those in KEPT, in lower case, each as often and in the order as it came
    outline: Outline = NOTHING  # of a page of the kinds in PAGES

    def header(self, name: str) -> str | None:
        """The first value of *name*, None where it was not sent."""
        return next(iter(self.every(name)), None)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of *name*, in order; a header sent twice is told twice."""
        return tuple(value for known, value in self.headers if known == name.lower())

    @property
    def kind(self) -> str:
        """The media type without its parameters, in lower case; "" where none was sent."""
        return media_type(self.header("content-type"))

    @property
    def leads_to(self) -> str | None:
        """Absolute address that a redirect leads to (RFC 9110 10.2.2), as far as it may be told; else None."""
        location = self.header("location")
        if self.status not in MOVED or location is None:
            return None
        return location if location == NO_ADDRESS else urljoin(self.url, location)


@dataclass(frozen=True, slots=True)
class OfUrl:
    """What all looks at one address have in common."""

    url: str

    @property
    def source(self) -> str:
        """The address."""
        return self.url

    @property
    def host(self) -> str:
        """Whom the address names, "" for none."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Page(OfUrl, Look[Answer]):
    """What is at *url*?"""

    def observe(self, reach: Reach) -> Answer:
        """Errors as `http.exchange`; Unreadable also where a text is not in the characters that it claims."""
        reply = exchange(reach, self.url)
        headers = tuple(
            (name.lower(), _told(self.url, name.lower(), value))
            for name, value in reply.headers.multi_items()
            if name.lower() in KEPT
        )
        if media_type(reply.headers.get("content-type")) in DATA:
            text_of(reply)
        return Answer(self.url, reply.status, headers, outline_of(reach, reply, there=reply.status < 400))


def outline_of(reach: Reach, reply: Reply, *, there: bool) -> Outline:
    """What may be told of the page in *reply*, nothing where it holds none; errors as `text_of`."""
    if media_type(reply.headers.get("content-type")) not in PAGES:
        return NOTHING
    document = read(text_of(reply), reply.url)
    return outline(document, lambda word: fingerprint(reach, word)[:8], there=there)


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on a journey."""

    url: str
    status: int
    leads_to: str | None
    headers: tuple[tuple[str, str], ...] = ()  # as an Answer's, but of those in PROMISES alone

    def every(self, name: str) -> tuple[str, ...]:
        """All values of *name*, in order."""
        return tuple(value for known, value in self.headers if known == name.lower())


@dataclass(frozen=True, slots=True)
class Trip:
    """
    Where a journey led.

    It ended with an answer (arrived), at a page seen before (loop), after MOST_HOPS (too long), or at an address that
    was not followed because it is outside the environment's list or no web address (elsewhere).
    """

    hops: tuple[Hop, ...]
    end: Literal["arrived", "loop", "too long", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Journey(OfUrl, Look[Trip]):
    """Where does a visitor who opens *url* arrive?"""

    def observe(self, reach: Reach) -> Trip:
        """Errors as `Page`, of any hop."""
        hops: list[Hop] = []
        seen: set[str] = set()
        following: str | None = self.url
        while following is not None:
            if following in seen:
                return Trip(tuple(hops), "loop")
            seen.add(following)
            if len(hops) == MOST_HOPS:
                return Trip(tuple(hops), "too long")
            if hops and not _may_follow(following, reach):
                return Trip(tuple(hops), "elsewhere")
            shown = bare(following, self.url)
            status, headers, onward = _opened(reach, following, shown)
            hops.append(Hop(shown, status, None if onward is None else bare(onward, self.url), headers))
            following = onward
        return Trip(tuple(hops), "arrived")


def _opened(reach: Reach, url: str, shown: str) -> tuple[int, tuple[tuple[str, str], ...], str | None]:
    """
    What *url* answers, with its headers of those in PROMISES, and the whole address that it leads to, which stays here.

    As a rule that is the look that others ask as well. A query that may open a door must not become a look's question,
    and an answer that leads to one does not tell it: then it is asked from here.
    """
    if url == shown:
        page = reach.ask(Page(url))
        if page.leads_to is None or UNTOLD not in page.leads_to:
            return page.status, _promised(page.headers), page.leads_to
    reply = exchange(reach, url, shown=shown)
    headers = _promised((name.lower(), value) for name, value in reply.headers.multi_items())
    location = reply.headers.get("location")
    if reply.status not in MOVED or location is None:
        return reply.status, headers, None
    try:
        return reply.status, headers, urldefrag(urljoin(url, location)).url
    except ValueError:
        return reply.status, headers, NO_ADDRESS


def _promised(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers if name in PROMISES)


def _told(url: str, name: str, value: str) -> str:
    """What is told of the header *name* that *url* was answered with."""
    if name == "location":
        return bare(value, url)
    return media_type(value) if name == "content-type" else value


def media_type(content_type: str | None) -> str:
    """ "text/html" of "Text/HTML; charset=utf-8"; "" of nothing, "another" of what is no media type."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return kind if not kind or _KIND.fullmatch(kind) else "another"


def text_of(reply: Reply) -> str:
    """The body as text; Unreadable where it is not in the characters that it claims (UTF-8 where it claims none)."""
    import httpx

    claimed = httpx.Response(200, headers=reply.headers).charset_encoding or "utf-8"
    try:
        return reply.body.decode("utf-8-sig" if claimed.lower() in ("utf-8", "utf8") else claimed)
    except LookupError as exc:
        raise Unreadable(reply.url, "claims characters that nobody knows") from exc
    except UnicodeDecodeError as exc:
        name = codecs.lookup(claimed).name
        raise Unreadable(reply.url, f"what it sent is not the {name} text that it claims to be") from exc


def _may_follow(url: str, reach: Reach) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in reach.environment.network.hosts
