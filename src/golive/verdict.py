"""Findings in, go or no-go out: reads nothing, writes nothing, knows no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from golive.record import Decision, Finding, Later, Status, Verdict

# What lets an item pass at launch. Everything else holds it: silence is never consent.
HOLDING = frozenset({Status.MET, Status.WAIVED, Status.NOT_APPLICABLE})


def judge(
    findings: Sequence[Finding],
    *,
    items: Sequence[str],
    rehearsal: bool,
    opens: str,
    later: Sequence[Later] = (),
    reasons: Sequence[str] = (),
    notes: Sequence[str] = (),
    unselected: frozenset[str] = frozenset(),
) -> Verdict:
    """
    The verdict on *findings*, of which there must be exactly one for each of *items*, the whole inventory.

    *reasons* are what speaks against trusting the run at all; any one of them is a NO-GO. *notes* are named
    among the reasons and hold nothing by themselves: records that have no effect. *unselected* are the items
    that somebody left out of the run, which is PARTIAL at best.
    """
    counts = Counter(finding.item for finding in findings)
    against = list(reasons)
    against += [f"{item} has no finding" for item in items if not counts[item]]
    against += [f"{item} has {count} findings" for item, count in counts.items() if count > 1]
    known = set(items)
    against += [f"{item} is not in the inventory" for item in counts if item not in known]
    passing = HOLDING | {Status.NOT_DUE}
    open_findings = [
        finding for finding in findings if finding.status not in passing and finding.item not in unselected
    ]
    judged = sum(finding.status in HOLDING for finding in findings)
    if not judged and not open_findings:
        against.append("nothing was examined")
    no = against or open_findings
    status = Decision.PARTIAL if unselected else Decision.NO_GO if no else Decision.GO
    holding = tuple(dict.fromkeys(finding.item for finding in open_findings))
    return Verdict(
        status=status,
        line=_line(status, rehearsal, judged, len(items), len(holding), against),
        opens=opens,
        reasons=(
            *against,
            *(notes if no else ()),
            *(f"{finding.item}: {finding.reason}" for finding in open_findings),
        ),
        holding=holding,
        later=tuple(later),
        counts={str(status): count for status, count in Counter(finding.status for finding in findings).items()},
    )


def holds(verdict: Verdict, *, partial_is_enough: bool) -> bool:
    """Whether the run may end with exit status 0."""
    if verdict.status is Decision.PARTIAL:
        return partial_is_enough and not verdict.reasons
    return verdict.status is Decision.GO


def _line(status: Decision, rehearsal: bool, judged: int, items: int, holding: int, against: list[str]) -> str:
    number = f"{judged} of {items} items"
    inside = f" (REHEARSAL, {number})" if rehearsal else f" ({number})"
    held = [f"{holding} item{'s' * (holding != 1)} hold{'s' * (holding == 1)} the launch"] * bool(holding)
    held += against[:1] if not holding else []
    if len(against) > 1 and not holding:
        held.append(f"and {len(against) - 1} more reasons")
    return str(status) + inside + (": " + ", ".join(held) if held else "")
