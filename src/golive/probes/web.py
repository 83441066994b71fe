"""Pages and the ways between them, as an anonymous visitor gets them; each hop is its own question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit

from golive.errors import Unreadable
from golive.probes.http import Reply, exchange
from golive.probes.look import Look
from golive.probes.reach import Reach

# What is told of an answer's headers: what some item judges, and what tells who answered. Cookies are the browser's.
KEPT = ("content-language", "content-type", "date", "location", "server", "strict-transport-security")
TEXTS = ("text/html", "application/xhtml+xml", "application/json", "text/javascript", "application/javascript")
MOVED = (301, 302, 303, 307, 308)
MOST_HOPS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, redirects not followed; an empty body and an error status are answers too."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]  # those in KEPT, in lower case, each as often and in the order as it came
    text: str  # of the kinds in TEXTS, else ""

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
        """Absolute address that a redirect leads to (RFC 9110 10.2.2), without fragment; None where it is none."""
        location = self.header("location")
        if self.status not in MOVED or location is None:
            return None
        try:
            return urldefrag(urljoin(self.url, location)).url
        except ValueError:  # no address at all: told as it came, and never followed
            return location


@dataclass(frozen=True, slots=True)
class OfUrl:
    """What all looks at one address have in common."""

    url: str

    @property
    def source(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Page(OfUrl, Look[Answer]):
    """What is at *url*?"""

    def observe(self, reach: Reach) -> Answer:
        """Errors as `http.exchange`; Unreadable also where a text is not in the characters that it claims."""
        reply = exchange(reach, self.url)
        headers = tuple((name.lower(), value) for name, value in reply.headers.multi_items() if name.lower() in KEPT)
        kind = media_type(reply.headers.get("content-type"))
        return Answer(self.url, reply.status, headers, text_of(reply) if kind in TEXTS else "")


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on a journey."""

    url: str
    status: int
    leads_to: str | None


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
        following: str | None = self.url
        while following is not None:
            if following in {hop.url for hop in hops}:
                return Trip(tuple(hops), "loop")
            if len(hops) == MOST_HOPS:
                return Trip(tuple(hops), "too long")
            if hops and not _may_follow(following, reach):
                return Trip(tuple(hops), "elsewhere")
            page = reach.ask(Page(following))
            hops.append(Hop(page.url, page.status, page.leads_to))
            following = page.leads_to
        return Trip(tuple(hops), "arrived")


def media_type(content_type: str | None) -> str:
    """ "text/html" of "Text/HTML; charset=utf-8"; "" of nothing."""
    return (content_type or "").partition(";")[0].strip().lower()


def text_of(reply: Reply) -> str:
    """The body as text; Unreadable where it is not in the characters that it claims (UTF-8 where it claims none)."""
    import httpx

    claimed = httpx.Response(200, headers=reply.headers).charset_encoding or "utf-8"
    try:
        return reply.body.decode("utf-8-sig" if claimed.lower() in ("utf-8", "utf8") else claimed)
    except LookupError as exc:
        raise Unreadable(reply.url, f"claims characters that nobody knows: {claimed[:40]!r}") from exc
    except UnicodeDecodeError as exc:
        raise Unreadable(reply.url, f"what it sent is not the {claimed} text that it claims to be") from exc


def _may_follow(url: str, reach: Reach) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in reach.environment.network.hosts
