"""The search for secrets: whether any that this run has held stands in a text, whichever way it is written there.

A needle is made for each way to write a secret, and all needles are looked for at once (Aho and Corasick, 1975), so
that neither more secrets nor more ways cost a second pass. What a report carries packed up (base64, gzip, zlib) is
unpacked and searched as well.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from ahocorasick_rs import BytesAhoCorasick, Implementation

# Shorter values stand in any text by chance; a secret that short is unmet by its own item.
SHORTEST = 8
# Kept with the secrets, but every visitor sees it: it stands in the address of the login.
NO_SECRETS = frozenset({"BANKID_CLIENT_ID"})

# From this size in bytes on, to make one machine of several takes less time than each takes to read the data.
LONG = 1 << 20
# How often something may be packed into something, and how large it may be when it is unpacked.
_DEEPEST = 3
_LARGEST = 1 << 26
_PACKED = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
_STANDARD, _FOR_URLS = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")
_SQUEEZED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")  # gzip, zlib
_BETWEEN = b"\0"


class _Machine:
    """Some needles, all looked for at once."""

    def __init__(self, needles: list[bytes]) -> None:
        self._needles = needles
        # What the library takes for so few needles is a table that is larger than what is searched, and slower to fill.
        self._automaton = BytesAhoCorasick(needles, implementation=Implementation.ContiguousNFA)

    def hits(self, data: bytes) -> Iterator[bytes]:
        """The needles that stand in *data*."""
        for needle, _, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
            yield self._needles[needle]


class Search:
    """The search for all secrets of a run; to make one costs milliseconds, to use it milliseconds for each megabyte."""

    def __init__(self, held: Mapping[str, str]) -> None:
        """*held* are the secrets by name; another value under a known name has a number behind it (`Reach.hold`)."""
        self._known: set[str] = set()
        self._needles: dict[bytes, str] = {}  # to the secret's name
        self._machines: tuple[_Machine, ...] = ()
        self._making = threading.Lock()
        # What looks like base64 and holds none, to how deep it was packed itself: the record, the results and the page
        # say the same things.
        self._clean: dict[bytes, int] = {}
        self.learn(held)

    def learn(self, held: Mapping[str, str]) -> None:
        """Look for what is new in *held* as well; the machine for the rest is not built again."""
        with self._making:
            new: dict[bytes, str] = {}
            for name in held.keys() - self._known:
                plain_name = name.partition("#")[0]
                for text in {held[name], held[name].strip()}:
                    if len(text) >= SHORTEST and plain_name not in NO_SECRETS:
                        new |= dict.fromkeys(forms(text), plain_name)
            self._known |= held.keys()
            if new:
                self._needles |= new
                self._machines = (*self._machines, _Machine(list(new)))
                self._clean = {}  # and not cleared: who searches just now still fills the former one

    def names_in(self, data: bytes | str) -> tuple[str, ...]:
        """The names of the secrets that stand in *data*, sorted; none is good."""
        if not self._machines:
            return ()
        plain = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        if len(plain) >= LONG:
            self._make_one()
        return tuple(sorted(self._found(plain, 0, self._clean)))

    def _make_one(self) -> None:
        with self._making:
            if len(self._machines) > 1:
                self._machines = (_Machine(list(self._needles)),)

    def _found(self, data: bytes, depth: int, clean: dict[bytes, int]) -> set[str]:
        """The names of the secrets in *data*, itself packed *depth* times, and in all that is packed into it."""
        found = self._hits(data)
        if depth == _DEEPEST:
            return found
        if unpacked := _inflated(data):
            return found | self._found(unpacked, depth + 1, clean)
        runs = {*_PACKED.findall(data)}
        together = _without_breaks(data)
        if len(together) != len(data):
            found |= self._hits(together)
            runs |= {*_PACKED.findall(together)}
        runs -= {run for run in runs if clean.get(run, _DEEPEST) <= depth}  # searched before, at least as deep
        if inside := self._found_inside(runs, depth + 1, clean):
            return found | inside
        clean.update(dict.fromkeys(runs, depth))
        return found

    def _found_inside(self, runs: set[bytes], depth: int, clean: dict[bytes, int]) -> set[str]:
        """The names of the secrets in what *runs* of base64 say: a page has thousands, so they are searched as one."""
        plain: list[bytes] = []
        squeezed: list[bytes] = []
        for decoded in map(_decoded, runs):
            (squeezed if decoded.startswith(_SQUEEZED) else plain).append(decoded)
        # No secret holds the byte between them: it comes to the service, or to us, as an environment variable.
        together = [_BETWEEN.join(plain)] if plain else []
        return {name for data in together + squeezed for name in self._found(data, depth, clean)}

    def _hits(self, data: bytes) -> set[str]:
        """The names of the secrets that stand in *data* as it is."""
        return {self._needles[needle] for machine in self._machines for needle in machine.hits(data)}


def forms(secret: str) -> frozenset[bytes]:
    """
    How *secret* may stand in a text: as it is; escaped for JSON, HTML or a URL, for two of them one inside the other,
    and all that within the JSON of our own files; each in hexadecimal, and in base64 of either alphabet at any of its
    three alignments.
    """
    once = {secret} | {form for escape in _ESCAPES for form in escape(secret)}
    twice = once | {form for text in once for escape in _ESCAPES for form in escape(text)}
    texts = {
        text.encode("utf-8", "surrogatepass") for text in twice | {form for text in twice for form in _in_json(text)}
    }
    texts |= {said for text in texts for said in (text.hex().encode(), text.hex().upper().encode())}
    coded = {said for text in texts for said in _base64(text)}
    return frozenset(texts | coded | {said.translate(_FOR_URLS) for said in coded})


def _base64(plain: bytes) -> Iterator[bytes]:
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + plain).rstrip(b"=")
        # The characters at both ends also depend on the neighbours; what is between is the secret's alone.
        start = (lead * 8 + 5) // 6
        end = len(coded) - (1 if (lead + len(plain)) % 3 else 0)
        yield coded[start:end]


def _in_json(text: str) -> Iterator[str]:
    for ascii_only in (True, False):
        said = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield said
        yield said.replace("/", "\\/")
        # As it is written into a page's scripts.
        yield re.sub("[<>&']", lambda mark: f"\\u{ord(mark[0]):04x}", said)


def _in_html(text: str) -> Iterator[str]:
    yield html.escape(text, quote=False)
    said = html.escape(text)
    yield said
    yield said.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")  # as templates write it
    yield said.replace("&#x27;", "'")
    yield said.replace("&#x27;", "&apos;")


def _in_urls(text: str) -> Iterator[str]:
    plain = text.encode("utf-8", "surrogatepass")
    # RFC 3986's unreserved characters alone, a path, what browsers' encodeURIComponent and encodeURI leave, a form.
    said = [quote(plain, safe=safe) for safe in ("", "/", "!'()*", ";,/?:@&=+$#!'()*")] + [quote_plus(plain)]
    said.append("".join(f"%{byte:02X}" for byte in plain))
    for one in said:
        yield one
        yield re.sub("%[0-9A-F]{2}", lambda mark: mark[0].lower(), one)


_ESCAPES: tuple[Callable[[str], Iterator[str]], ...] = (_in_json, _in_html, _in_urls)


def _without_breaks(data: bytes) -> bytes:
    """*data* without ends of lines, plain and as JSON writes them: in letters and certificates base64 is broken so."""
    if b"\\" in data:
        data = data.replace(b"\\r", b"").replace(b"\\n", b"")
    return data.translate(None, b"\r\n")


def _decoded(run: bytes) -> bytes:
    """What *run* is as base64, of either alphabet; a last character that says nothing alone is left out."""
    whole = run.translate(_STANDARD)
    whole = whole[: len(whole) - (len(whole) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _inflated(data: bytes) -> bytes:
    """What *data* is when it is gzip (RFC 1952) or zlib (RFC 1950), as far as it can be unpacked; else nothing."""
    if not data.startswith(_SQUEEZED):
        return b""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        return unpacking.decompress(data, _LARGEST)
    except zlib.error:
        return b""
