"""
What was built into the scripts that browsers run: `NEXT_PUBLIC_` values are fixed when the image is made.

A build writes the value in the place of `process.env.NEXT_PUBLIC_…`, and the name is gone; it stays where a program
puts its settings into an object. What a page hands to its scripts as they start (`window.__ENV`) is no part of any
build, and says nothing of what the build has written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from golive.errors import NothingExamined, ProbeError, Unreadable
from golive.probes.html import read
from golive.probes.http import exchange
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.web import Journey, OfUrl, media_type, text_of

SCRIPTS = ("text/javascript", "application/javascript", "application/x-javascript")
BUILD = "/_next/static/"  # in the path of whatever Next.js has built
LIMIT = 8 << 20  # bytes of a script: what a whole product is packed into may be large

# A name beside its value, as property of an object or as assignment, quotes of either kind, escaped ones too (a script
# may carry JSON inside a string), and the truth values as minifiers write them.
_SETTING = re.compile(
    r"""\b(?P<name>NEXT_PUBLIC_[A-Z0-9_]+)\b \\*["'`]? \s* [:=] (?!=) \s*
        (?: (?P<quote>\\*["'`]) (?P<text>[^"'`\\]*) (?P=quote) | (?P<bare>!0|!1|true\b|false\b|-?\d[\d.]*) )""",
    re.VERBOSE,
)
_MINIFIED = {"!0": "true", "!1": "false"}


@dataclass(frozen=True, slots=True)
class Inlined:
    """The settings that one script carries; its text stays in the probe."""

    url: str
    size: int  # bytes
    values: Mapping[str, tuple[str, ...]]  # every different value of a name, sorted


@dataclass(frozen=True, slots=True)
class Script(OfUrl, Look[Inlined]):
    """Which settings stand in the script at *url*?"""

    def observe(self, reach: Reach) -> Inlined:
        """Errors as `http.exchange`; Unreadable where what is there is no script."""
        reply = exchange(reach, self.url, limit=LIMIT)
        kind = media_type(reply.headers.get("content-type"))
        if reply.status != 200 or kind not in SCRIPTS:
            raise Unreadable(self.url, f"no script: answered {reply.status} with {kind or 'nothing named'}")
        return Inlined(self.url, len(reply.body), settings_in([text_of(reply)]))


@dataclass(frozen=True, slots=True)
class Built:
    """What the scripts of the front page carry, together with those inside the page."""

    url: str  # of the front page
    scripts: tuple[str, ...]
    elsewhere: tuple[str, ...]  # hosts of scripts that are not ours, which nobody read
    values: Mapping[str, tuple[str, ...]]  # every different value of a name: more than one is a contradiction
    built_in: tuple[str, ...] = ()  # those of the names that stand in a script of the build, and not beside it alone


@dataclass(frozen=True, slots=True)
class Bundle(Look[Built]):
    """Which settings do browsers get from *site*?"""

    site: str

    @property
    def source(self) -> str:
        """The front page with what it loads."""
        return f"https://{self.site}/ and its scripts"

    @property
    def host(self) -> str:
        """The site."""
        return self.site

    def observe(self, reach: Reach) -> Built:
        """Errors as `Script`; NothingExamined where the front page has no script of a build on its own host."""
        trip = reach.ask(Journey(f"https://{self.site}/"))
        front = trip.hops[-1]
        if trip.end != "arrived" or front.status != 200:
            raise Unreadable(front.url, f"answered {front.status}, so its scripts cannot be told")
        page = read(text_of(exchange(reach, front.url)), front.url)
        here = urlsplit(front.url).netloc
        ours = tuple(script for script in page.scripts if urlsplit(script).netloc == here)
        if not any(_is_built(script) for script in ours):
            raise NothingExamined(front.url, f"the page has no script of its own host that a build made ({BUILD})")
        found: dict[str, set[str]] = defaultdict(set)
        built_in: set[str] = set()
        for script, inlined in zip(ours, reach.ask_each([Script(script) for script in ours]), strict=True):
            if isinstance(inlined, ProbeError):
                raise inlined
            if _is_built(script):
                built_in.update(inlined.values)
            for name, seen in inlined.values.items():
                found[name].update(seen)
        for name, seen in settings_in(page.inline).items():
            found[name].update(seen)
        elsewhere = {urlsplit(script).hostname or "" for script in page.scripts if script not in ours}
        return Built(front.url, ours, tuple(sorted(elsewhere)), _sorted(found), tuple(sorted(built_in)))


def _is_built(script: str) -> bool:
    return BUILD in urlsplit(script).path


def settings_in(texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Every different value of each `NEXT_PUBLIC_` name that stands beside a value in *texts*."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for setting in _SETTING.finditer(text):
            bare = setting["bare"]
            found[setting["name"]].add(setting["text"] if bare is None else _MINIFIED.get(bare, bare))
    return _sorted(found)


def _sorted(found: Mapping[str, set[str]]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(sorted(found[name])) for name in sorted(found)}
