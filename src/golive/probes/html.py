"""What a page says, read out of its HTML: pure, so that steps may judge recorded pages with it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

# Words that every text has and that the other language does not: enough to tell which of the two it is in.
_NORWEGIAN = frozenset({"og", "ikke", "som", "det", "er", "på", "av", "til", "med", "å", "du", "deg", "hvis", "eller"})
_ENGLISH = frozenset({"the", "and", "of", "is", "that", "you", "your", "with", "are", "this", "we", "it", "not", "or"})


@dataclass(frozen=True, slots=True)
class Document:
    """A page as a reader meets it."""

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


def read(text: str, url: str) -> Document:
    """Read the HTML *text* that was found at *url*."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    at = next((_absolute(url, str(base["href"])) for base in soup.select("base[href]")), url)
    inline = tuple(script.get_text() for script in soup.find_all("script", src=False))
    scripts = [str(script["src"]) for script in soup.find_all("script", src=True)]
    ahead = "link[rel~=modulepreload][href], link[rel~=preload][as=script][href]"
    scripts += [str(link["href"]) for link in soup.select(ahead)]
    links = tuple(_absolute(at, str(link["href"])) for link in soup.find_all("a", href=True))
    passwords = len(soup.select('input[type="password" i], input[autocomplete~="current-password" i]'))
    language = next((str(root["lang"]).lower() for root in soup.select("html[lang]")), "")
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


def _absolute(base: str, address: str) -> str:
    try:
        return urldefrag(urljoin(base, address.strip())).url
    except ValueError:  # an address that is none leads nowhere
        return address
