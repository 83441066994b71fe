"""What a page says, read out of its HTML, and as much of that as may be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

if TYPE_CHECKING:
    from bs4 import Tag

UNTOLD = "?…"  # in the place of a query that may open a door
NO_ADDRESS = "no address"
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
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    # Not by CSS selectors: to compile their parser takes longer than to read a page.
    at = next((_absolute(url, str(base["href"])) for base in soup.find_all("base", href=True)), url)
    inline = tuple(script.get_text() for script in soup.find_all("script", src=False))
    scripts = [str(script["src"]) for script in soup.find_all("script", src=True)]
    scripts += [str(link["href"]) for link in soup.find_all("link", href=True) if _is_script_ahead(link)]
    links = tuple(_absolute(at, str(link["href"])) for link in soup.find_all("a", href=True))
    passwords = sum(map(_takes_a_password, soup.find_all("input")))
    language = next((str(root["lang"]).lower() for root in soup.find_all("html", lang=True)), "")
    headings = tuple(" ".join(heading.get_text(" ").split()) for heading in soup.find_all("h1"))
    for silent in soup.find_all(["script", "style", "template", "noscript", "head"]):
        silent.decompose()
    words = tuple(word.strip(".,:;!?()«»\"'").lower() for word in soup.get_text(" ").split())
    return Document(
        language,
        headings,
        tuple(filter(None, words)),
        links,
        tuple(dict.fromkeys(_absolute(at, script) for script in scripts)),
        tuple(filter(None, inline)),
        passwords,
    )


def _is_script_ahead(link: Tag) -> bool:
    relations = _said(link, "rel").split()
    return "modulepreload" in relations or ("preload" in relations and _said(link, "as") == "script")


def _takes_a_password(field: Tag) -> bool:
    return _said(field, "type") == "password" or "current-password" in _said(field, "autocomplete").split()


def _said(tag: Tag, attribute: str) -> str:
    """An attribute's value in lower case, "" where there is none; one that is a list of words as these words."""
    return " ".join(str(word) for word in tag.get_attribute_list(attribute) if word is not None).lower()


def _absolute(base: str, address: str) -> str:
    try:
        return urldefrag(urljoin(base, address.strip())).url
    except ValueError:  # an address that is none leads nowhere
        return address
