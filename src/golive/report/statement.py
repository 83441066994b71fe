"""
The record as an in-toto Statement (v1) with the predicate Test Result (v0.1), for what admits images by attestations.

https://github.com/in-toto/attestation, spec/v1/statement.md and spec/predicates/test-result.md. What is written is the
payload: unsigned, it proves nothing. `golive.envelope` puts it into an envelope that a person signs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from golive.record import Decision, Record, Status, identities

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
# A name and no address (RFC 4151): there is nothing to fetch.
GATE = "tag:getdrop.no,2026:golive"
# The predicate's list for each status; what was not judged stands in none.
LISTS: Mapping[Status, str | None] = {
    Status.MET: "passedTests",
    Status.WAIVED: "warnedTests",
    Status.UNMET: "failedTests",
    Status.UNKNOWN: "failedTests",
    Status.UNSIGNED: "failedTests",
    Status.NOT_DUE: None,
    Status.NOT_APPLICABLE: None,
}
NOTE = (
    "What a test result cannot say. It knows passed, warned and failed: waived items are warned; unmet, unknown and "
    "unsigned ones are failed; what is not due or not applicable stands in no list. Its result says nothing of the "
    "decision that was gated: ask for the configuration of that name. It has no end of validity, no evidence, and not "
    "the signatures of author, reviewer and approver: `golive admit` asks for these. A rehearsal speaks of its record "
    "and of no image."
)


def statement_json(record: Record) -> str:
    """*record* as a Statement, in JSON."""
    return json.dumps(statement(record), indent=1, ensure_ascii=False) + "\n"


def statement(record: Record) -> dict[str, Any]:
    """*record* as a Statement."""
    written = {"name": "record.json", "digest": {"sha256": hashlib.sha256(record.to_json().encode()).hexdigest()}}
    image = record.subject.image_digest
    about = written
    if image and not record.rehearsal:  # the twin's image may have the digest of a real one
        about = {"name": "image", "digest": {"sha256": image.removeprefix("sha256:")}}
    return {
        "_type": STATEMENT,
        "subject": [about],
        "predicateType": TEST_RESULT,
        "predicate": {
            "result": _result(record),
            "configuration": list(_configuration(record)),
            **{name: list(_names(record, name)) for name in ("passedTests", "warnedTests", "failedTests")},
            "golive": _more(record, written),
        },
    }


def _configuration(record: Record) -> Iterator[dict[str, Any]]:
    yield {"name": "decision", "uri": decision(record)}
    if record.inventory.lock:  # "" where there was none, which is a NO-GO
        yield {"name": "features/checklist.lock", "digest": {"sha256": record.inventory.lock}}


def decision(record: Record) -> str:
    """What was gated, as a name: environment, and the launch's phase or the profile."""
    gated = f"launch/{record.phase}" if record.profile == "launch" else record.profile
    kind = "rehearsal" if record.rehearsal else "live"
    return f"{GATE}/{kind}/{record.environment}/{gated}"


def _result(record: Record) -> str:
    if record.verdict.status is not Decision.GO:
        return "FAILED"
    return "WARNED" if any(finding.status is Status.WAIVED for finding in record.findings) else "PASSED"


def _names(record: Record, wanted: str) -> Iterable[str]:
    named = zip(identities(record.findings), record.findings, strict=True)
    return (name for name, finding in named if LISTS[finding.status] == wanted)


def _more(record: Record, written: Mapping[str, Any]) -> dict[str, Any]:
    """What the predicate has no field for. It changes the meaning of none that it has."""
    verdict = record.verdict
    return {
        "note": NOTE,
        "record": written,
        "verdict": {"status": verdict.status, "line": verdict.line, "opens": verdict.opens, "counts": verdict.counts},
        "reasons": list(verdict.reasons),
        "rehearsal": record.rehearsal,
        "environment": record.environment,
        "phase": record.phase,
        "profile": record.profile,
        "commit": record.subject.commit,
        "configuration": record.subject.configuration,
        "started": record.run.started.isoformat(),
        "ended": record.run.ended.isoformat(),
        "items": dict(zip(identities(record.findings), (finding.status for finding in record.findings), strict=True)),
    }
