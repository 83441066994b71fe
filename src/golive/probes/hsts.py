"""Strict-Transport-Security, read as RFC 6797 6.1 writes it; no maintained library does."""

from __future__ import annotations

import re

# token and quoted-string are RFC 9110's (5.6.2, 5.6.4).
_DIRECTIVE = re.compile(
    r"""[ \t]*(?:(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)
        (?:[ \t]*=[ \t]*(?:(?P<token>[!#$%&'*+.^_`|~0-9A-Za-z-]+)|"(?P<quoted>(?:[^"\\]|\\.)*)"))?)?[ \t]*(?:;|\Z)""",
    re.VERBOSE,
)


def directives(value: str) -> dict[str, str] | None:
    """
    The directives of one header by lower-case name, "" where one has no value; None where a browser ignores the header.

    It is ignored when it breaks the grammar, names a directive twice, or lacks a max-age of digits (6.1, 6.1.1).
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(value):
        read = _DIRECTIVE.match(value, at)
        if read is None:
            return None
        at = read.end()
        if read["name"] is None:
            continue
        name = read["name"].lower()
        if name in found:
            return None
        quoted = read["quoted"]
        found[name] = read["token"] or "" if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    age = found.get("max-age", "")
    if not (age.isascii() and age.isdigit()):
        return None
    return {**found, "max-age": str(int(age))}
