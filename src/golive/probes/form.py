"""The form of a secret: what may be said of it without saying it.

Every member is a number, a yes or no, a word from a list of ours, or a host that is known anyway. Nothing is cut out of
the text itself: a connection string with a stray `@` or `/` in its password would put a piece of it where a parser
finds the host.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

ANOTHER_HOST = "another host"  # in the place of one that is none of the known ones
ANOTHER_MODE = "another"

_POSTGRES = frozenset({"postgres", "postgresql"})
_SCHEMES = _POSTGRES | {"http", "https", "mysql", "sqlite", "file"}
_SSLMODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"})
_KNOWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "hooks.slack.com"})
_SLACK = re.compile(r"/services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}")

# What a connection string may say besides where the database is: how to encrypt, how long to wait, how to share
# connections, in the words of libpq, node-postgres, postgres.js and Prisma. Whatever else a client may take for
# another place, another person or less encryption.
_HARMLESS = frozenset(
    {
        *("sslmode", "sslrootcert", "sslnegotiation", "channel_binding", "application_name", "client_encoding"),
        *(
            "connect_timeout",
            "statement_timeout",
            "query_timeout",
            "lock_timeout",
            "socket_timeout",
            "tcp_user_timeout",
        ),
        *(
            "idle_in_transaction_session_timeout",
            "idle_timeout",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
        ),
        *("keepalives_count", "max", "min", "max_lifetime", "prepare", "pgbouncer", "connection_limit", "pool_timeout"),
        *("statement_cache_size", "uselibpqcompat", "schema"),
    }
)
_ONLY = {"schema": "public"}  # what says something else with another value
# Of the others, those that may be named.
_KNOWN_STRAYS = frozenset(
    {
        *("host", "hostaddr", "port", "dbname", "database", "user", "password", "passfile", "options", "service"),
        *("servicefile", "ssl", "sslaccept", "sslcert", "sslkey", "search_path", "schema", "replication"),
    }
)
_PLACE = frozenset({"host", "port", "dbname", "user", "password"})  # in the string of words, where a URL has its own
ANOTHER_WORD = "another word"

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

_MARKS = ("prd:", "sbx:")

# The commonest pairs of letters in English and Norwegian; of chance's pairs they are about one in seven.
_PAIR = re.compile(
    "th|he|in|er|an|re|on|at|en|nd|ti|es|or|te|of|ed|is|it|al|ar|st|to|nt|ng|se|ha|as|ou|io|le|ve|co|me|de|hi|ri|ro|ic"
    "|ne|ea|ra|ce|li|ch|ll|be|ma|si|om|ur|pr|du|ct|cr|et|sk|ke|ns|ge|ss|ey|em|el|ig|op|og|ks|jo|uk|no|ok|lo|wo|rd"
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm")
_WALKS = frozenset(pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way))

# How far apart, and by how much in the alphabet, the characters of a row may be; and how many pairs make one.
_STRIDES, _STEP, _PAIRS = 8, 4, 12
_CHANCE = 2e-6  # of a generator's text to be taken for a repetition
_FOLDED = 35  # letters that base64 has, in effect, where capitals are read as small ones
_DAY = re.compile(r"(?:19|20)\d\d[-_/]?(?:0[1-9]|1[0-2])[-_/]?(?:0[1-9]|[12]\d|3[01])")
_YEAR = re.compile(r"(?<![A-Za-z0-9])(?:19[5-9]|20[0-4])\d(?![A-Za-z0-9])")  # 0.7 in 1,000,000 of base64url's 64
_WORD = re.compile(r"[A-Z]?[a-z]{2,}\d*|[A-Z]{3,}\d*|\d{4,}")


@dataclass(frozen=True, slots=True)
class Link:
    """A secret that is a URL or a connection string, as far as it is none."""

    scheme: str
    host: str  # "another host" where it is none of the known ones, "" where there is none that can be read
    port: int | None
    sslmode: str | None  # of a PostgreSQL connection; None where none or more than one is said
    credentials: bool  # whether it has a user and a password
    slack_webhook: bool
    names_database: bool = False  # the one that the environment names
    strays: tuple[str, ...] = ()  # what it says besides, and should not: words of ours


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
    alphabet: str | None = None  # of a generator: "hexadecimal", "letters and digits", "base64", "base64url"
    size: int = 0  # bytes that the text stands for in that alphabet, at most
    patterns: tuple[
        str, ...
    ] = ()  # what no generator makes: "a row", "a repetition", "a date", "words", "a known word"
    named: bool = False  # it is what secrets are called


def form_of(
    text: str,
    fingerprint: str,
    hosts: Collection[str],
    *,
    database: str = "",
    name: str = "",
    words: Collection[str] = (),
) -> Form:
    """
    The form of *text*.

    *hosts* are those that may be named; *database* is the one that it should lead to, if to any; *name* is what the
    secret is called; *words* are those that a person would make one of.
    """
    said = (found["word"] or found["short"] for found in _SANDBOX.finditer(text))
    sandbox = next((word.lower() for word in said if not _by_chance(word)), None)
    alphabet, size = _alphabet(text)
    return Form(
        length=len(text),
        distinct=len(set(text)),
        classes=tuple(sorted({_class(letter) for letter in text})),
        bits=bits(text),
        worded=worded(text),
        padded=text != text.strip().strip("\"'`"),
        placeholder=any(map(_is_placeholder, _chosen(text))),
        sandbox=sandbox,
        mark=next((mark for mark in _MARKS if text.startswith(mark)), None),
        link=_link(text, hosts, database),
        fingerprint=fingerprint,
        alphabet=alphabet,
        size=size,
        patterns=tuple(_patterns(text, alphabet, words)),
        named=_is_name(text, name),
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
    Whether *text* reads like words: half of its pairs of letters are common ones, and twelve at least, for of fewer
    half are common by chance in more than 1 of 100,000; hexadecimal is never read.

    Inside a word no small letter is followed by a capital, so such a pair, however common its letters, is chance's.
    """
    if re.fullmatch(r"[0-9a-fA-F-]*", text):
        return False
    pairs = [one + other for one, other in pairwise(text) if (one + other).isalpha()]
    common = [pair for pair in pairs if _PAIR.fullmatch(pair.lower()) and not (pair[0].islower() and pair[1].isupper())]
    return len(common) >= max(12, len(pairs) / 2)


def _easy(one: str, other: str) -> bool:
    return abs(ord(one) - ord(other)) <= 1 or (one.lower(), other.lower()) in _WALKS


def _class(letter: str) -> str:
    if not letter.isascii():
        return "other"
    if letter.isalpha():
        return "upper" if letter.isupper() else "lower"
    return "digit" if letter.isdigit() else "space" if letter.isspace() else "symbol"


# -- placeholders -----------------------------------------------------------------------------------------------------


def _chosen(text: str) -> tuple[str, ...]:
    """What somebody chose in *text*: of a connection string user and password, for the rest has words of its own."""
    scheme, mark, _ = text.partition("://")
    if mark and scheme.lower() in _POSTGRES:
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
        not _by_chance(found[1]) and (len(found[1]) > 3 or len(text) < _SHORT_TEXT)
        for found in _PLACEHOLDER.finditer(text)
    )


def _by_chance(word: str) -> bool:
    """Whether a random text may hold *word*: it is short, and its letters are of both kinds."""
    return len(word) < _SHORT_WORD and not (word.islower() or word.isupper() or word.istitle() or not word.isalpha())


def _is_name(text: str, name: str) -> bool:
    """Whether *text* is what secrets are called, or holds what this one is called."""
    if _CALLED.fullmatch(text):
        return True
    bare, own = (re.sub(r"[-_ ]", "", said).lower() for said in (text, name))
    return bool(own) and own in bare


# -- randomness -------------------------------------------------------------------------------------------------------


def _alphabet(text: str) -> tuple[str | None, int]:
    """The generator's alphabet that *text* is written in, and how many bytes it can stand for."""
    text = re.sub(r"\r?\n(?!$)", "", text)  # base64 in lines
    if re.fullmatch(r"[0-9a-f-]+|[0-9A-F-]+", text):
        return "hexadecimal", len(text.replace("-", "")) // 2
    written = re.fullmatch(r"([A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}", text)
    if written is None:
        return None, 0
    body = written[1]
    known = "base64" if set(body) & set("+/") else "base64url" if set(body) & set("-_") else "letters and digits"
    return known, math.floor(len(body) * math.log2(_letters(body)) / 8)


def _letters(text: str) -> int:
    """
    How many characters a generator chose from that made *text*.

    Both kinds of letters are of base64, where a digit or a sign may be missing by chance.
    """
    if re.fullmatch(r"[0-9a-f-]+|[0-9A-F-]+", text):
        return 10 if text.isdecimal() else 16
    if re.search(r"[a-z]", text) and re.search(r"[A-Z]", text):
        return 64
    return 32 if re.search(r"\d", text) else 26


def _patterns(text: str, alphabet: str | None, words: Collection[str]) -> Iterator[str]:
    """What no generator makes, but by a chance that is stated where it is not nothing."""
    if _in_rows(text):
        yield "a row"
    if _repeats(text, _letters(text)) or (_letters(text) == 64 and _repeats(text.lower(), _FOLDED)):
        yield "a repetition"
    if alphabet != "hexadecimal" and (_DAY.search(text) or _YEAR.search(text)):
        yield "a date"
    plain = [len(piece) for piece in re.split(r"[^A-Za-z0-9]+", text) if _WORD.fullmatch(piece)]
    if len(plain) >= 3 and 2 * sum(plain) >= len(text):
        yield "words"
    if any(_holds(text, word) for word in words):
        yield "a known word"


def _in_rows(text: str) -> bool:
    """
    Whether *text* goes on along the alphabet or the keyboard, every character or every few: "aA1bB2cC3", "q1w2e3".

    Of a generator's pairs at one distance at most one in ten is such a pair, so that half of them never are.
    """
    text = text.lower()
    places = [*map(ord, text)]
    for stride in range(1, min(_STRIDES, len(text) - _PAIRS) + 1):
        steps = [other - one for one, other in zip(places, places[stride:], strict=False)]
        even = max(map(steps.count, range(-_STEP, _STEP + 1)))
        walked = sum(pair in _WALKS for pair in zip(text, text[stride:], strict=False))
        if 2 * max(even, walked) >= len(steps):
            return True
    return False


def _repeats(text: str, letters: int) -> bool:
    """
    Whether *text* says something again that is too long to be said again by chance.

    Of n characters about n²/2 pairs of places can begin the same piece of length l, each with a chance of letters^-l.
    With l chosen for less than 2 in 1,000,000, that is 5 of 64 characters in base64 (1,770 pairs / 64^5 = 1.6 in
    1,000,000; with 4 it were 1 in 9,000), and 8 of 64 hexadecimal digits (1,596 / 16^8 = 0.4 in 1,000,000).
    """
    size = len(text)
    if size < 2:
        return False
    length = math.ceil(math.log(size * size / 2 / _CHANCE) / math.log(letters))
    pieces = [text[i : i + length] for i in range(size - length + 1)]
    return len(set(pieces)) < len(pieces)


def _holds(text: str, word: str) -> bool:
    """
    Whether *word* stands in *text* between what is no letter; one of three letters also between what is no digit.

    Of 64 random characters in base64url, "jwt" stands so in 1.4 of 1,000,000 and "drop" in 0.5 of 1,000,000.
    """
    beside = "A-Za-z0-9" if len(word) <= 3 else "A-Za-z"
    found = re.finditer(rf"(?<![{beside}]){re.escape(word)}(?![{beside}])", text, re.IGNORECASE)
    return any(not _by_chance(one[0]) for one in found)


# -- links ------------------------------------------------------------------------------------------------------------


def _link(text: str, hosts: Collection[str], database: str) -> Link | None:
    scheme, mark, _ = text.partition("://")
    if mark and scheme.lower() in _SCHEMES:
        try:
            return _from_url(urlsplit(text), hosts, database)
        except ValueError:  # the port is no number, or the brackets of an address do not close
            return Link(scheme.lower(), "", None, None, False, False)
    return _from_words(text, hosts, database)


def _from_url(url: SplitResult, hosts: Collection[str], database: str) -> Link:
    host = (url.hostname or "").lower()
    said = parse_qsl(url.query, keep_blank_values=True)
    postgres = url.scheme in _POSTGRES
    return Link(
        scheme=url.scheme,
        host=_known(host, hosts),
        port=url.port,
        sslmode=_mode([value for key, value in said if key == "sslmode"]) if postgres else None,
        credentials=bool(url.username and url.password),
        slack_webhook=(
            url.scheme == "https"
            and host == "hooks.slack.com"
            and url.port in (None, 443)
            and not (url.username or url.password or url.query or url.fragment)
            and _SLACK.fullmatch(url.path) is not None
        ),
        names_database=postgres and bool(database) and unquote(url.path) == f"/{database}",
        strays=_strays([*said, *([("#", "")] if url.fragment else [])]) if postgres else (),
    )


def _from_words(text: str, hosts: Collection[str], database: str) -> Link | None:
    """A connection string of the other kind: host=… dbname=…"""
    said = in_words(text)
    if said is None:
        return None
    port = said.get("port", "")
    return Link(
        scheme="postgresql",
        host=_known(said.get("host", "").lower(), hosts),
        port=int(port) if port.isdecimal() else None,
        sslmode=_mode([said["sslmode"]] if "sslmode" in said else []),
        credentials=bool(said.get("user") and said.get("password")),
        slack_webhook=False,
        names_database=bool(database) and said.get("dbname") == database,
        strays=_strays([(key, value) for key, value in said.items() if key not in _PLACE]),
    )


def in_words(text: str) -> Mapping[str, str] | None:
    """What a connection string of the other kind says; None where *text* is none."""
    if "host=" not in text or "=" not in text.partition("host=")[2]:
        return None
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:
        return None


def _strays(said: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """What a connection string says that it should not, as far as it may be named."""
    strays = {key for key, value in said if key not in _HARMLESS or value != _ONLY.get(key, value)}
    return tuple(sorted({key if key in _KNOWN_STRAYS else ANOTHER_WORD for key in strays}))


def _known(host: str, hosts: Collection[str]) -> str:
    return host if not host or host in hosts or host in _KNOWN_HOSTS else ANOTHER_HOST


def _mode(modes: list[str]) -> str | None:
    if len(modes) != 1:
        return None
    return modes[0] if modes[0] in _SSLMODES else ANOTHER_MODE
