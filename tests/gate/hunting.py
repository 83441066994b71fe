"""The search for canaries: apart from the product's own, and the other way round, by taking off every wrapping."""

from __future__ import annotations

import binascii
import hashlib
import html
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from ahocorasick_rs import BytesAhoCorasick

_DEEP = 3
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{14,}")
_FILE = re.compile(rb"[A-Za-z0-9+/_-]{64,}")
_SQUASHED = re.compile(rb"(?:H4sI|eJ|eA|eN)[A-Za-z0-9+/_-]{14,}")  # how gzip and zlib begin in base64
_STANDARD = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"[0-9A-Fa-f]{16,}")
_JSON = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Hunt:
    """Looks for canaries; what was searched once (the generator's own scripts) is not searched again."""

    def __init__(self, planted: Mapping[str, str]) -> None:
        """*planted*: label → canary."""
        self.labels = {text.encode(): label for label, text in planted.items()}
        self._texts = list(self.labels)
        self._machine = BytesAhoCorasick(self._texts)
        self._clean: set[bytes] = set()

    def found_in(self, data: bytes | str) -> set[str]:
        """Labels of the canaries in *data*, whatever it is wrapped in."""
        found: set[str] = set()
        for layer in self._layers(data.encode("utf-8", "replace") if isinstance(data, str) else data, 0):
            hits = self._machine.find_matches_as_indexes(layer, overlapping=True)
            found |= {self.labels[self._texts[number]] for number, _, _ in hits}
        return found

    def _layers(self, data: bytes, depth: int) -> Iterator[bytes]:
        mark = hashlib.sha256(data).digest()
        if mark in self._clean:
            return
        self._clean.add(mark)
        texts = _texts(data)
        yield from texts
        whole = {text.replace(b"\\n", b"").replace(b"\r", b"").replace(b"\n", b"") for text in texts}
        runs = {run for text in texts | whole for run in _RUN.findall(text)}
        for shift in range(4):  # it may begin at any of four places
            yield b"\n".join(_decoded(run[shift:]) for run in runs)
        yield b"\n".join(
            bytes.fromhex(run[: len(run) - len(run) % 2].decode()) for text in texts for run in _HEX.findall(text)
        )
        if depth < _DEEP:
            for inner in _unpacked(data):
                yield from self._layers(inner, depth + 1)


def _texts(data: bytes) -> set[bytes]:
    """*data*, and what it says without one or two escapes."""
    once = {data} | {inner for take_off in _ESCAPES for inner in take_off(data)}
    return once | {inner for text in once - {data} for take_off in _ESCAPES for inner in take_off(text)}


def _from_json(data: bytes) -> Iterator[bytes]:
    def said(mark: re.Match[bytes]) -> bytes:
        kind = mark[0][1:2]
        if kind == b"u" and len(mark[0]) == 6:
            return chr(int(mark[0][2:], 16)).encode("utf-8", "replace")
        return _SHORT.get(kind, kind)

    if b"\\" in data:
        yield _JSON.sub(said, data)


def _from_html(data: bytes) -> Iterator[bytes]:
    if b"&" in data and b";" in data:
        yield html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")


def _from_url(data: bytes) -> Iterator[bytes]:
    if b"%" in data:
        yield unquote_to_bytes(data)
        yield unquote_to_bytes(data.replace(b"+", b" "))


def _decoded(run: bytes) -> bytes:
    run = run[: len(run) - (len(run) % 4 == 1)].translate(_STANDARD)
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is carried whole inside of *data*: files in base64, and what is compressed."""
    for run in {*_FILE.findall(data), *_SQUASHED.findall(data)}:
        yield _decoded(run)
    if data[:2] == b"\x1f\x8b" or data[:1] == b"\x78":
        try:
            yield zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(data)
        except zlib.error:
            return


_ESCAPES: tuple[Callable[[bytes], Iterator[bytes]], ...] = (_from_json, _from_html, _from_url)
