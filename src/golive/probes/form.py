"""The form of a secret: what may be said of it without saying it.

Every member is a number, a yes or no, a word from a list of ours, or a host that is known anyway. Nothing is cut out of
the text itself: a connection string with a stray `@` or `/` in its password would put a piece of it where a parser
finds the host.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from golive.probes.link import Link, link_of
from golive.probes.placeholder import is_name, sandbox_word, to_be_filled_in
from golive.probes.randomness import alphabet_of, bits, patterns, worded

_MARKS = ("prd:", "sbx:")


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
    alphabet, size = alphabet_of(text)
    return Form(
        length=len(text),
        distinct=len(set(text)),
        classes=tuple(sorted({_class(letter) for letter in text})),
        bits=bits(text),
        worded=worded(text),
        padded=text != text.strip().strip("\"'`"),
        placeholder=to_be_filled_in(text),
        sandbox=sandbox_word(text),
        mark=next((mark for mark in _MARKS if text.startswith(mark)), None),
        link=link_of(text, hosts, database),
        fingerprint=fingerprint,
        alphabet=alphabet,
        size=size,
        patterns=tuple(patterns(text, alphabet, words)),
        named=is_name(text, name),
    )


def _class(letter: str) -> str:
    if not letter.isascii():
        return "other"
    if letter.isalpha():
        return "upper" if letter.isupper() else "lower"
    return "digit" if letter.isdigit() else "space" if letter.isspace() else "symbol"
