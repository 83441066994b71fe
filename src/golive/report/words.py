"""How the report words things: statuses, times, digests, names. Pure."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence

from golive.record import Finding, Record, Status, Subject, unselected

# A sentence of the first screen ends here; the whole of it is with the item.
LONGEST = 400
# Allure's own names of results; ours are made from the item's id, so that they stay the same from run to run.
NAMESPACE = uuid.UUID("6c2b8a0e-94a5-5d0e-9f0f-3d2f4f6a8d11")

STATUSES = {
    Status.MET: "met",
    Status.UNMET: "unmet: seen, and it is not so",
    Status.UNKNOWN: "unknown: nobody could see",
    Status.UNSIGNED: "unsigned: nobody has signed",
    Status.WAIVED: "waived: open, and allowed to be",
    Status.NOT_DUE: "not due yet",
    Status.NOT_APPLICABLE: "not applicable",
}


def result_id(identity: str) -> str:
    """The `uuid` of the Allure result called *identity*."""
    return str(uuid.uuid5(NAMESPACE, identity))


def anchor(identity: str) -> str:
    """Where Allure's page shows the result called *identity*."""
    return hashlib.md5(result_id(identity).encode(), usedforsecurity=False).hexdigest()


def short(text: str, longest: int = LONGEST) -> str:
    """*text*, cut between words where it is longer than *longest*."""
    return text if len(text) <= longest else text[:longest].rsplit(None, 1)[0] + " …"


def subject_line(subject: Subject) -> str:
    """The candidate in a line, its digests shortened."""
    return " · ".join(
        (
            f"image {_shortened(subject.image_digest)}",
            f"commit {_shortened(subject.commit)}",
            f"configuration {_shortened(subject.configuration)}",
        )
    )


def counts_line(counts: Mapping[str, int]) -> str:
    """How many items ended how, in the order of the statuses."""
    known = [f"{counts[status]} {status}" for status in Status if counts.get(status)]
    strange = [f"{count} {name}" for name, count in counts.items() if name not in set(Status)]
    return " · ".join(known + strange) or "nothing was judged"


def items_line(record: Record) -> str:
    """How many items ended how; what somebody left out is not called unknown."""
    left_out = len(unselected(record))
    counts = dict(record.verdict.counts)
    counts[Status.UNKNOWN] = counts.get(Status.UNKNOWN, 0) - left_out
    counted = {name: count for name, count in counts.items() if count > 0}
    return counts_line(counted) + (f" · {left_out} not selected" if left_out else "")


def name_of(finding: Finding) -> str:
    """The item's id and what is so when it holds."""
    return f"{finding.item} {finding.title}"


def listed(names: Sequence[str]) -> str:
    """*names* as a sentence lists them: "author, reviewer and approver"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def plural(count: int, what: str) -> str:
    """*count* of *what*: "1 item", "2 items"."""
    return f"{count} {what}{'s' * (count != 1)}"


def _shortened(digest: str | None) -> str:
    if digest is None:
        return "not seen"
    kind, colon, value = digest.rpartition(":")
    return kind + colon + value[:12]
