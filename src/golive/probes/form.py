"""The form of a secret: what may be said of it without saying it.

Every member is a number, a yes or no, a word from a list of ours, or a host that is known anyway. Nothing is cut out of
the text itself: a connection string with a stray `@` or `/` in its password would put a piece of it where a parser
finds the host.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import SplitResult, parse_qsl, urlsplit

ANOTHER_HOST = "another host"  # in the place of one that is none of the known ones
ANOTHER_MODE = "another"

_POSTGRES = frozenset({"postgres", "postgresql"})
_SCHEMES = _POSTGRES | {"http", "https", "mysql", "sqlite", "file"}
_SSLMODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"})
_KNOWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "hooks.slack.com"})
_SLACK = re.compile(r"/services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}")

# Each stands between what is no letter or digit: inside a random text it may stand by chance.
_PLACEHOLDER = re.compile(
    r"(?<![a-z0-9])(change[-_ ]?me|replace([-_ ]?(me|this))?|place[-_ ]?holder|fill[-_ ]?in|to[-_ ]?do|your|insert"
    r"|dummy|fake|sample|example|tbd|fixme|none|null|undefined|unset|secret|password|passord|hemmelig|x{3,}|0{6,})"
    r"(?![a-z0-9])|x{6,}|0{8,}|\*{3,}|\.{3,}|^<.*>$|\$\{|\{\{",
    re.IGNORECASE,
)
_SANDBOX = re.compile(
    r"(?<![a-z0-9])(sandbox|sbx|test|testing|preprod|pre-prod|stag(?:e|ing)|demo|dev|development|mock|local|current)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)

_MARKS = ("prd:", "sbx:")

# The commonest pairs of letters in English and Norwegian; of chance's pairs they are about one in seven.
_PAIR = re.compile(
    "th|he|in|er|an|re|on|at|en|nd|ti|es|or|te|of|ed|is|it|al|ar|st|to|nt|ng|se|ha|as|ou|io|le|ve|co|me|de|hi|ri|ro|ic"
    "|ne|ea|ra|ce|li|ch|ll|be|ma|si|om|ur|pr|du|ct|cr|et|sk|ke|ns|ge|ss|ey|em|el|ig|op|og|ks|jo|uk|no|ok|lo|wo|rd"
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm")
_WALKS = frozenset(pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way))


@dataclass(frozen=True, slots=True)
class Link:
    """A secret that is a URL or a connection string, as far as it is none."""

    scheme: str
    host: str  # "another host" where it is none of the known ones, "" where there is none that can be read
    port: int | None
    sslmode: str | None  # of a PostgreSQL connection; None where none or more than one is said
    credentials: bool  # whether it has a user and a password
    slack_webhook: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What a secret looks like from far enough."""

    length: int
    distinct: int  # different characters
    classes: tuple[str, ...]  # of "lower", "upper", "digit", "symbol", "space", "other"
    bits: int  # what a guesser must guess, at most
    worded: bool  # reads like words
    padded: bool  # white space or quotation marks around it, which a program takes for a part of it
    placeholder: bool  # somebody meant to fill it in
    sandbox: str | None  # the word in it that speaks of another environment
    mark: str | None  # Sumsub's: "prd:" for production, "sbx:" for the sandbox
    link: Link | None
    fingerprint: str  # the same for the same text within a run, and for nothing else


def form_of(text: str, fingerprint: str, hosts: Collection[str]) -> Form:
    """The form of *text*; *hosts* are those that may be named."""
    sandbox = _SANDBOX.search(text)
    return Form(
        length=len(text),
        distinct=len(set(text)),
        classes=tuple(sorted({_class(letter) for letter in text})),
        bits=bits(text),
        worded=worded(text),
        padded=text != text.strip().strip("\"'`"),
        placeholder=_PLACEHOLDER.search(text) is not None,
        sandbox=sandbox and sandbox[1].lower(),
        mark=next((mark for mark in _MARKS if text.startswith(mark)), None),
        link=_link(text, hosts),
        fingerprint=fingerprint,
    )


def bits(text: str) -> int:
    """
    An upper bound of the entropy of *text*, in bits.

    What repeats counts once, what goes on along the alphabet or the keyboard counts nothing; the rest is counted by
    how often each character stands there (Shannon).
    """
    size = len(text)
    period = next((n for n in range(1, size // 2 + 1) if all(text[i] == text[i - n] for i in range(n, size))), size)
    text = text[:period]
    easy = [_easy(one, other) for one, other in pairwise(text)]
    kept = [letter for i, letter in enumerate(text) if i < 2 or not (easy[i - 1] and easy[i - 2])]
    return round(sum(-count * math.log2(count / len(kept)) for count in Counter(kept).values()))


def worded(text: str) -> bool:
    """
    Whether *text* reads like words: half of its pairs of letters are common ones; hexadecimal is never read.

    Inside a word no small letter is followed by a capital, so such a pair, however common its letters, is chance's.
    """
    if re.fullmatch(r"[0-9a-fA-F-]*", text):
        return False
    pairs = [one + other for one, other in pairwise(text) if (one + other).isalpha()]
    common = [pair for pair in pairs if _PAIR.fullmatch(pair.lower()) and not (pair[0].islower() and pair[1].isupper())]
    return len(pairs) >= 15 and len(common) >= len(pairs) / 2


def _easy(one: str, other: str) -> bool:
    return abs(ord(one) - ord(other)) <= 1 or (one.lower(), other.lower()) in _WALKS


def _class(letter: str) -> str:
    if not letter.isascii():
        return "other"
    if letter.isalpha():
        return "upper" if letter.isupper() else "lower"
    return "digit" if letter.isdigit() else "space" if letter.isspace() else "symbol"


def _link(text: str, hosts: Collection[str]) -> Link | None:
    scheme, mark, _ = text.partition("://")
    if mark and scheme.lower() in _SCHEMES:
        try:
            return _from_url(urlsplit(text), hosts)
        except ValueError:  # the port is no number, or the brackets of an address do not close
            return Link(scheme.lower(), "", None, None, False, False)
    return _from_words(text, hosts) if "host=" in text and "dbname=" in text else None


def _from_url(url: SplitResult, hosts: Collection[str]) -> Link:
    host = (url.hostname or "").lower()
    modes = [value for key, value in parse_qsl(url.query, keep_blank_values=True) if key == "sslmode"]
    return Link(
        scheme=url.scheme,
        host=_known(host, hosts),
        port=url.port,
        sslmode=_mode(modes) if url.scheme in _POSTGRES else None,
        credentials=bool(url.username and url.password),
        slack_webhook=(
            url.scheme == "https"
            and host == "hooks.slack.com"
            and url.port in (None, 443)
            and not (url.username or url.password or url.query or url.fragment)
            and _SLACK.fullmatch(url.path) is not None
        ),
    )


def _from_words(text: str, hosts: Collection[str]) -> Link | None:
    """A connection string of the other kind: host=… dbname=…"""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:
        return None
    port = said.get("port", "")
    return Link(
        scheme="postgresql",
        host=_known(said.get("host", "").lower(), hosts),
        port=int(port) if port.isdecimal() else None,
        sslmode=_mode([said["sslmode"]] if "sslmode" in said else []),
        credentials=bool(said.get("user") and said.get("password")),
        slack_webhook=False,
    )


def _known(host: str, hosts: Collection[str]) -> str:
    return host if not host or host in hosts or host in _KNOWN_HOSTS else ANOTHER_HOST


def _mode(modes: list[str]) -> str | None:
    if len(modes) != 1:
        return None
    return modes[0] if modes[0] in _SSLMODES else ANOTHER_MODE
