"""What the doctor found, for people."""

from __future__ import annotations

from collections.abc import Iterator

from golive.doctor import Diagnosis

_SHOWN = 12  # ids in a line


def told(found: Diagnosis) -> Iterator[str]:
    """Line by line: who and where, what is missing, what to do about it."""
    yield f"{found.environment}: {'nothing is missing' if found.well else 'something is missing'}"
    yield from (f"  {name:<10} {said}" for name, said in sorted(found.identity.items()))
    for name in ("account", "service", "certificate", "clock", "route to the database"):
        yield f"  {'✗' if name in found.wrong else '✓'} {name}{': ' * (name in found.wrong)}{found.wrong.get(name, '')}"
    for trouble in found.troubles:
        yield ""
        yield f"✗ {trouble.kind}: {trouble.where}: {trouble.why}"
        yield f"    for:   {_listed(trouble.items)}"
        yield from (f"    grant: {grant}" for grant in trouble.grant)
    yield from _block(
        "variables that are not set",
        {name: f"{'; '.join(one.good_for)}; for {_listed(one.items)}" for name, one in found.variables.items()},
    )
    yield from _block(
        "open questions of the environment file", {key: f"for {_listed(of)}" for key, of in found.questions.items()}
    )
    yield from _block("people without a key, whose signatures have no effect", dict.fromkeys(found.keyless, ""))
    yield from _block("to be signed, and by whom", found.unsigned)
    yield from _block("to be signed later, and by whom", found.early)
    yield from _block("not tried, for it acts (--act)", found.untried)
    yield from _block(
        "to be granted, and not tried, for nothing gave occasion",
        {what: f"for {_listed(of)}" for what, of in found.not_tried.items()},
    )
    yield from _block("further questions in the environment file, and whose they are", found.optional)
    yield ""
    yield f"what to grant: golive doctor --env {found.environment} --policy | --sql | --scopes"


def _block(title: str, rows: dict[str, str]) -> Iterator[str]:
    if rows:
        yield ""
        yield f"{title}: {len(rows)}"
        yield from (f"  {name:<14} {said}".rstrip() for name, said in rows.items())


def _listed(items: list[str] | tuple[str, ...]) -> str:
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
