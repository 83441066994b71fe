"""What somebody meant to fill in, or took from another environment: words that a secret holds and should not."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from golive.probes.link import POSTGRES, in_words

# Each stands between what is no letter or digit, for inside a random text it may stand by chance; a number may follow.
_PLACEHOLDER = re.compile(
    r"(?<![a-z0-9])(change[-_ ]?(?:me|it)|replace(?:[-_ ]?(?:me|this))?|place[-_ ]?holder|fill[-_ ]?in|to[-_ ]?do|your"
    r"|insert|dummy|fake|sample|example|tbd|fixme|none|null|undefined|unset|pending|unknown|temp(?:orary)?|secret"
    r"|password|passord|hemmelig|x{3,}|0{6,})\d*(?![a-z0-9])",
    re.IGNORECASE,
)
_FRAME = re.compile(r"\*{3,}|\.{3,}|^<.*>$|\$\{|\{\{")
_FILLED = re.compile(r"x{6,}|0{8,}", re.IGNORECASE)  # nothing but filling where it is a third of the text
_SANDBOX = re.compile(
    r"(?<![a-z0-9])(?P<word>sandbox|test|testing|preprod|pre-prod|stag(?:e|ing)|demo|development|mock|local|current)"
    # So short ones stand too often beside the signs of base64.
    r"\d*(?![a-z0-9])|(?<![a-z0-9+/])(?P<short>sbx|dev)\d*(?![a-z0-9+/=])",
    re.IGNORECASE,
)
# What secrets are called.
_CALLED = re.compile(
    r"(?:[a-z]+[-_ ])*(?:app|api|auth|access|client|private|public|secret|signing|webhook)[-_ ]?"
    r"(?:id|key|secret|token|url)\d*",
    re.IGNORECASE,
)
# By chance a random text holds so short a word between what is no letter: it counts only in one kind of letters, and
# of three letters only where the text is no longer than this.
_SHORT_WORD, _SHORT_TEXT = 6, 24


def sandbox_word(text: str) -> str | None:
    """The word in *text*, in small letters, that speaks of another environment; None where there is none."""
    said = (found["word"] or found["short"] for found in _SANDBOX.finditer(text))
    return next((word.lower() for word in said if not by_chance(word)), None)


def to_be_filled_in(text: str) -> bool:
    """Whether *text* stands where somebody meant to write a secret."""
    return any(map(_is_placeholder, _chosen(text)))


def _chosen(text: str) -> tuple[str, ...]:
    """What somebody chose in *text*: of a connection string user and password, for the rest has words of its own."""
    scheme, mark, _ = text.partition("://")
    if mark and scheme.lower() in POSTGRES:
        try:
            url = urlsplit(text)
        except ValueError:  # the brackets of an address do not close
            return (text,)
        return unquote(url.username or ""), unquote(url.password or "")
    if not mark and (said := in_words(text)) is not None:
        return said.get("user", ""), said.get("password", "")
    return (text,)


def _is_placeholder(text: str) -> bool:
    if _FRAME.search(text):
        return True
    if any(3 * len(filling[0]) >= len(text) for filling in _FILLED.finditer(text)):
        return True
    return any(
        not by_chance(found[1]) and (len(found[1]) > 3 or len(text) < _SHORT_TEXT)
        for found in _PLACEHOLDER.finditer(text)
    )


def by_chance(word: str) -> bool:
    """Whether a random text may hold *word*: it is short, and its letters are of both kinds."""
    return len(word) < _SHORT_WORD and not (word.islower() or word.isupper() or word.istitle() or not word.isalpha())


def is_name(text: str, name: str) -> bool:
    """Whether *text* is what secrets are called, or holds what this one is called."""
    if _CALLED.fullmatch(text):
        return True
    bare, own = (re.sub(r"[-_ ]", "", said).lower() for said in (text, name))
    return bool(own) and own in bare
