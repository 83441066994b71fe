"""On which line of a TOML file something stands: tomllib tells values and no lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pydantic import ValidationError


def broken_rules(exc: ValidationError, text: str) -> list[str]:
    """Each error of *exc* as "line: key: rule", with the line of *text* where the key, or its table, stands."""
    return [
        f"{line_of(text, [str(part) for part in error['loc']])}: "
        f"{'.'.join(map(str, error['loc'])) or 'the file'}: {error['msg'].removeprefix('Value error, ')}"
        for error in exc.errors(include_url=False, include_context=False, include_input=False)
    ]


def line_of(text: str, path: Sequence[str]) -> int:
    """Number of the line that says *path*, or the nearest table above it; tomllib tells no lines."""
    best, found, begins = 0, 1, 0
    offset = 0
    table: list[str] = []
    entries: Counter[tuple[str, ...]] = Counter()
    inside = ""  # the quotes that end the text over several lines in which we are
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        at, offset = offset, offset + len(line)
        if inside:
            inside = "" if inside in line else inside
            continue
        if (opening := re.search(r'"{3}|\'{3}', line)) and line.count(opening[0]) == 1:
            inside = opening[0]
        if header := re.match(r"\s*(\[+)([^\]]+)\]+", line):
            table = _table(header[2].split("."), entries, another=header[1] == "[[")
            here = table
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            here = table + [part.strip("\"'") for part in key[1].split(".")]
        else:
            continue
        if here == path[: len(here)] and len(here) > best:
            best, found, begins = len(here), number, at + (0 if header else key.end() if key else 0)
    if 0 < best < len(path) and begins:
        return text.count("\n", 0, _begins(text, begins, path[best:])) + 1
    return found


# What a value consists of: texts, remarks, what opens, parts and closes it, and words.
_TOKENS = re.compile(
    r'"{3}[\s\S]*?"{3}|\'{3}[\s\S]*?\'{3}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{},=]|[^\s\[\]{},=#"\']+'
)


def _begins(text: str, at: int, path: Sequence[str]) -> int:
    """Where in the value that begins at *at* the part of it begins that *path* leads to; as far as it leads."""
    depth, number, word = 0, 0, ""
    inside = kind = ""
    for token in _TOKENS.finditer(text, at):
        said = token[0]
        if said.startswith("#"):
            continue
        if not depth:
            if said not in "[{" or not path:
                return token.start()
            depth, kind, inside = 1, said, path[0]
            continue
        if depth == 1 and kind == "[" and said not in ",]" and str(number) == inside:
            return _begins(text, token.start(), path[1:])
        if depth == 1 and kind == "{" and said == "=" and word.strip("\"'") == inside:
            return _begins(text, token.end(), path[1:])
        depth += (said in "[{") - (said in "]}")
        number += depth == 1 and said == ","
        word = said
        if not depth:
            break
    return at


def _table(names: Sequence[str], entries: Counter[tuple[str, ...]], *, another: bool) -> list[str]:
    """The table that a header opens, with the numbers of its entries in lists of tables; *another* begins a new one."""
    *above, last = (name.strip().strip("\"'") for name in names)
    table: list[str] = []
    for name in above:
        table.append(name)
        if so_far := entries[tuple(table)]:
            table.append(str(so_far - 1))
    table.append(last)
    if another:
        entries[tuple(table)] += 1
        table.append(str(entries[tuple(table)] - 1))
    return table
