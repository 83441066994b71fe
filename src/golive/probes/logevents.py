"""
One event of the application's log, read: what it says of itself, and by which pattern AWS finds others like it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,40}")


def object_of(message: str) -> dict[str, Any] | None:
    """The JSON object that an event is; None where it is none."""
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def code_of(line: Mapping[str, Any], member: str) -> str:
    """The code that *line* names: a word in capitals; what is none is not quoted."""
    code = line.get(member)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "without a code"


def level_of(line: Mapping[str, Any], member: str) -> str | None:
    """How bad *line* says that it is, whatever the case; a number as text. None where it does not say."""
    said = line.get(member)
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    return said.casefold() if isinstance(said, str) else None


def says(message: str, term: str) -> bool:
    """Whether *term* stands in an event as words of their own; where it is a JSON object, in one of its values."""
    alone = re.compile(rf"(?<![\w.:/-]){re.escape(term)}(?![\w/-]|[.:]\w)")
    line = object_of(message)
    return any(alone.search(value) for value in ([message] if line is None else _texts(line)))


def _texts(said: object) -> Iterator[str]:
    for value in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        if isinstance(value, str):
            yield value
        else:
            yield from _texts(value)


def folded(words: Sequence[str]) -> frozenset[str]:
    """*words* as `level_of` tells levels, whatever their case."""
    return frozenset(word.casefold() for word in words)


def forms(word: str) -> set[str | int]:
    """How a level may be written: patterns heed case, and tell a number from its text."""
    number = {int(word)} if word.isascii() and word.isdigit() else set()
    return {word, word.lower(), word.upper(), word.capitalize(), *number}


def equal(member: str, value: object) -> str:
    """A part of a pattern: *member* is *value*."""
    return f"($.{member} = {json.dumps(value)})"
