"""What changed between two runs: two records in, a list of changes out. Reads nothing, knows no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from golive.record import Change, Comparison, Finding, Record, Status, identities, unselected

OPEN = frozenset({Status.UNMET, Status.UNKNOWN, Status.UNSIGNED})
Kind = Literal["newly-open", "newly-met", "newly-due", "status", "reason", "words", "new", "gone", "candidate"]
# How a line counts each kind, the most telling first.
COUNTED: dict[Kind, str] = {
    "newly-open": "newly open",
    "newly-met": "newly met",
    "status": "otherwise than before",
    "reason": "still open for another reason",
    "words": "in other words",
    "new": "new on the checklist",
    "gone": "gone from the checklist",
    "newly-due": "newly due",
    "candidate": "of the candidate",
}
# More ids than these make no line.
NAMED = 4


def comparison(folder: str, before: Record, now: Record) -> Comparison:
    """*now* against the run *before*, which is written in *folder*."""
    changes = compare(before, now)
    return Comparison(
        folder=folder,
        ended=before.run.ended,
        phase=before.phase,
        status=before.verdict.status,
        line=before.verdict.line,
        said=in_a_line(changes),
        changes=changes,
    )


def compare(before: Record, now: Record) -> tuple[Change, ...]:
    """
    Everything that is otherwise in *now*: first the candidate, then each item in the checklist's order.

    What *now* does not judge (not due, left out) is not compared: nothing is said of it.
    """
    former = dict(zip(identities(before.findings), before.findings, strict=True))
    present = dict(zip(identities(now.findings), now.findings, strict=True))
    left_out = unselected(now)
    changes = [*_candidate(before, now)]
    for name, finding in present.items():
        if finding.status is not Status.NOT_DUE and finding.item not in left_out:
            changes += _of_item(former.get(name), finding)
    changes += [
        Change(item=old.item, title=old.title, kind="gone", before=_told(old), after="")
        for name, old in former.items()
        if name not in present
    ]
    return tuple(changes)


def in_a_line(changes: Sequence[Change]) -> str:
    """How many changes of each kind, and of which items: "1 newly open (GL-2.4.4), 2 newly met (GL-1.4, GL-1.5)"."""
    return ", ".join(_counted(kind, said, changes) for kind, said in COUNTED.items() if _of_kind(changes, kind)) or (
        "nothing changed"
    )


def _of_kind(changes: Sequence[Change], kind: Kind) -> list[Change]:
    return [change for change in changes if change.kind == kind]


def _counted(kind: Kind, said: str, changes: Sequence[Change]) -> str:
    found = _of_kind(changes, kind)
    names = [change.item or change.title for change in found]
    if kind == "candidate":
        return f"another {' and '.join(names)}"
    more = [f"{len(names) - NAMED + 1} more"] if len(names) > NAMED else []
    shown = names[: NAMED - 1] if more else names
    return f"{len(found)} {said} ({', '.join([*shown, *more])})"


def _candidate(before: Record, now: Record) -> Iterator[Change]:
    for name in ("image_digest", "commit", "configuration"):
        old, new = getattr(before.subject, name), getattr(now.subject, name)
        if old != new:
            title = name.removesuffix("_digest")
            yield Change(item="", title=title, kind="candidate", before=old or "not seen", after=new or "not seen")


def _of_item(old: Finding | None, new: Finding) -> Iterator[Change]:
    if old is None:
        yield Change(item=new.item, title=new.title, kind="new", before="", after=_told(new))
        return
    if old.status is not new.status:
        yield Change(item=new.item, title=new.title, kind=_turn(old, new), before=_told(old), after=_told(new))
    elif new.status is not Status.MET and old.reason != new.reason:
        yield Change(item=new.item, title=new.title, kind="reason", before=_told(old), after=_told(new))
    # A scenario that never ran has told no words.
    if old.steps and new.steps and (was := _words(old)) != (is_now := _words(new)):
        gone, come = [line for line in was if line not in is_now], [line for line in is_now if line not in was]
        reordered = not (gone or come)
        yield Change(
            item=new.item,
            title=new.title,
            kind="words",
            before="\n".join(was if reordered else gone),
            after="\n".join(is_now if reordered else come),
        )


def _turn(old: Finding, new: Finding) -> Kind:
    if new.status in OPEN and old.status not in OPEN:
        return "newly-open"
    if old.status is Status.NOT_DUE:
        return "newly-due"
    return "newly-met" if new.status is Status.MET else "status"


def _told(finding: Finding) -> str:
    return f"{finding.status}: {finding.reason}"


def _words(finding: Finding) -> list[str]:
    """What is demanded, line by line: a check that was made weaker shows here."""
    lines = [finding.title, finding.demand, f"{finding.severity}, due {finding.due}, {' and '.join(finding.how)}"]
    for step in finding.steps:
        lines.append(f"{step.keyword.strip()} {step.text}")
        lines += [f"| {' | '.join(row)} |" for row in step.table]
        lines += step.words.splitlines()
    return lines
