"""Whether a generator made a text: how much a guesser must guess, its alphabet, and what no generator makes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise

from golive.probes.placeholder import by_chance

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


def alphabet_of(text: str) -> tuple[str | None, int]:
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


def patterns(text: str, alphabet: str | None, words: Collection[str]) -> Iterator[str]:
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
    return any(not by_chance(one[0]) for one in found)


def _easy(one: str, other: str) -> bool:
    return abs(ord(one) - ord(other)) <= 1 or (one.lower(), other.lower()) in _WALKS
