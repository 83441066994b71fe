"""What a page says, read out of its HTML, and as much of that as may be told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

UNTOLD = "?…"  # in the place of a query that may open a door
NO_ADDRESS = "no address"
SILENT = ("script", "style", "template", "noscript", "title")  # what they hold is no text of the page
NO_FIELDS = ("hidden", "submit", "button", "reset", "image")  # kinds of input that nobody fills in
NAMING = ("name", "id", "placeholder", "aria-label", "title")  # what says what a field is for, besides its label
# An invitation by name; and a code of which nothing else is said. Others have a word more: a code by SMS, of a country.
_INVITATION = re.compile(r"invit|(tilgangs|adgangs)kode|access[ _-]?code", re.I)
_CODE = re.compile(r"((skriv inn|oppgi|enter) )?((din|your|the) )?(koden?|code)", re.I)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}|")  # BCP 47, as far as pages go
_PLAIN = re.compile(
    r"(?=.{0,80}$)(?:[^\W\d_]{1,30}|\d{1,4})(?:[ ,:.()&'\u2019\u2013-]+(?:[^\W\d_]{1,30}|\d{1,4}))*[.!?)]*"
)
# Words that every text has and that the other language does not: enough to tell which of the two it is in.
_NORWEGIAN = frozenset({"og", "ikke", "som", "det", "er", "på", "av", "til", "med", "å", "du", "deg", "hvis", "eller"})
_ENGLISH = frozenset({"the", "and", "of", "is", "that", "you", "your", "with", "are", "this", "we", "it", "not", "or"})


@dataclass(frozen=True, slots=True)
class Document:
    """A page as a reader meets it; it stays in the probe, for nobody knows what an unhappy page shows."""

    language: str  # what it says of itself, lower case: "nb"
    headings: tuple[str, ...]  # of the first order
    words: tuple[str, ...]  # of the text, lower case
    links: tuple[str, ...]  # absolute, without fragments, in order
    scripts: tuple[str, ...]  # absolute addresses of scripts, preloaded ones included
    inline: tuple[str, ...]  # scripts that stand in the page itself
    passwords: int  # fields for one
    invitations: int  # fields for one

    @property
    def norwegian(self) -> bool:
        """Whether it says that it is in Norwegian (BCP 47: nb, nn, no) and its words are."""
        says = self.language.split("-")[0] in ("nb", "nn", "no")
        return says and self._count(_NORWEGIAN) > self._count(_ENGLISH)

    def _count(self, known: frozenset[str]) -> int:
        return sum(word in known for word in self.words)


@dataclass(frozen=True, slots=True)
class Outline:
    """
    What may be told of a page. Each word has become a mark, the same for the same word within a run and nothing to
    anybody else: pages are compared and counted by it.
    """

    language: str = ""
    norwegian: bool = False
    headings: tuple[str, ...] = ()  # of a page that is there (an error's may quote anything), as `plainly` has them
    words: tuple[str, ...] = ()  # marks
    links: tuple[str, ...] = ()  # likewise, and without what may open a door (`bare`)
    passwords: int = 0
    invitations: int = 0

    def likeness(self, other: Outline) -> float:
        """How much of their words two pages share, in the same order: 1.0 is all."""
        return SequenceMatcher(None, self.words, other.words, autojunk=False).ratio()


def outline(document: Document, mark: Callable[[str], str], *, there: bool) -> Outline:
    """What may be told of *document*; *there*: it is the page that was asked for, and no error's."""
    marks = {word: mark(word) for word in set(document.words)}
    return Outline(
        language=document.language if _LANGUAGE.fullmatch(document.language) else "another",
        norwegian=document.norwegian,
        headings=tuple(map(plainly, document.headings)) if there else (),
        words=tuple(marks[word] for word in document.words),
        links=tuple(bare(link) for link in document.links) if there else (),
        passwords=document.passwords,
        invitations=document.invitations,
    )


def plainly(heading: str) -> str:
    """A heading or a title as it is told: where it is more than a few plain words, an error may have made it."""
    return heading if not heading or _PLAIN.fullmatch(heading) else "a heading of more than plain words"


def bare(address: str, asked: str = "") -> str:
    """*address* without user, fragment, and any query but that of *asked*, which the gate itself has put there."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return NO_ADDRESS
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    if not parts.query:
        return shown
    return f"{shown}?{parts.query}" if parts.query == urlsplit(asked).query else shown + UNTOLD


def read(text: str, url: str) -> Document:
    """Read the HTML *text* that was found at *url*."""
    page = _Page()
    page.feed(text)
    page.close()
    at = _absolute(url, page.base) if page.base is not None else url
    words = (word.strip(".,:;!?()«»\"'").lower() for word in "".join(page.text).split())
    return Document(
        language=page.language or "",
        headings=tuple(" ".join("".join(heading).split()) for heading in page.headings),
        words=tuple(filter(None, words)),
        links=tuple(_absolute(at, link) for link in page.links),
        scripts=tuple(dict.fromkeys(_absolute(at, script) for script in page.scripts + page.ahead)),
        inline=tuple(filter(None, map("".join, page.inline))),
        passwords=page.passwords,
        invitations=page.fields_for_an_invitation,
    )


class _Page(HTMLParser):
    """
    What a page says, taken from its tags as they come: no tree, for nothing here asks what stands in what, but for
    headings and for what no reader sees.
    """

    def __init__(self) -> None:
        super().__init__()
        self.language: str | None = None
        self.base: str | None = None
        self.headings: list[list[str]] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.ahead: list[str] = []  # scripts that are fetched before they are needed
        self.inline: list[list[str]] = []
        self.passwords = 0
        self.labels: list[list[str]] = []
        self.fields: list[Mapping[str, str | None]] = []  # that can be filled in
        self._inside: Counter[str] = Counter()  # open elements of SILENT, headings, and labels
        self._in_script = False  # in one that stands in the page itself

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._say(" ")
        said = dict(reversed(attrs))  # the first of two attributes of one name counts (HTML 13.2.5.33)
        if tag in SILENT or tag in ("h1", "label"):
            self._inside[tag] += 1
        match tag:
            case "html" if self.language is None and "lang" in said:
                self.language = (said["lang"] or "").lower()
            case "base" if self.base is None and "href" in said:
                self.base = said["href"] or ""
            case "h1":
                self.headings.append([])
            case "a" if "href" in said:
                self.links.append(said["href"] or "")
            case "script" if "src" in said:
                self.scripts.append(said["src"] or "")
            case "script":
                self.inline.append([])
                self._in_script = True
            case "link" if "href" in said and _is_script_ahead(said):
                self.ahead.append(said["href"] or "")
            case "label":
                self.labels.append([])
            case "input":
                self.passwords += _takes_a_password(said)
                self.fields += [said] if (said.get("type") or "text").lower() not in NO_FIELDS else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A stroke at the end of a tag ends no element of HTML (13.1.2.1)."""
        self.handle_starttag(tag, attrs)
        if tag == "script":
            self.set_cdata_mode(tag)

    def handle_endtag(self, tag: str) -> None:
        self._say(" ")
        if self._inside[tag]:
            self._inside[tag] -= 1
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.inline[-1].append(data)
        else:
            self._say(data)

    def _say(self, text: str) -> None:
        """What readers see; a tag parts words, as a rule."""
        if any(self._inside[tag] for tag in SILENT):
            return
        self.text.append(text)
        if self._inside["h1"]:
            self.headings[-1].append(text)
        if self._inside["label"]:
            self.labels[-1].append(text)

    @property
    def fields_for_an_invitation(self) -> int:
        """Those that say so themselves, and labels that do: which label is whose is not asked."""
        said = [[said.get(name) or "" for name in NAMING] for said in self.fields]
        named = sum(any(map(_asks_for_an_invitation, names)) for names in said)
        return named or sum(_asks_for_an_invitation(" ".join("".join(label).split())) for label in self.labels)


def _is_script_ahead(link: Mapping[str, str | None]) -> bool:
    relations = _words(link, "rel")
    return "modulepreload" in relations or ("preload" in relations and _words(link, "as") == ["script"])


def _asks_for_an_invitation(name: str) -> bool:
    return bool(_INVITATION.search(name) or _CODE.fullmatch(name.strip(" :*")))


def _takes_a_password(field: Mapping[str, str | None]) -> bool:
    return _words(field, "type") == ["password"] or "current-password" in _words(field, "autocomplete")


def _words(said: Mapping[str, str | None], attribute: str) -> list[str]:
    return (said.get(attribute) or "").lower().split()


def _absolute(base: str, address: str) -> str:
    try:
        return urldefrag(urljoin(base, address.strip())).url
    except ValueError:  # an address that is none leads nowhere
        return address
