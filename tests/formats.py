"""What must be the same wherever a run is told: checked with libraries that are not ours."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult as InTotoTestResult
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from junitparser import Error, Failure, JUnitXml, Skipped

from golive.record import Decision, Record, Status
from golive.record import unselected as unselected_in

# How each word of the record is said in the others, written down once more: the tests take nothing from what they test.
IN_JUNIT = {
    Status.MET: None,
    Status.UNMET: Failure,
    Status.UNKNOWN: Error,
    Status.UNSIGNED: Error,
    Status.WAIVED: Skipped,
    Status.NOT_DUE: Skipped,
    Status.NOT_APPLICABLE: Skipped,
}
IN_ALLURE = {None: "passed", Failure: "failed", Error: "broken", Skipped: "skipped"}
IN_TEST_RESULT = {
    "passedTests": {Status.MET},
    "warnedTests": {Status.WAIVED},
    "failedTests": {Status.UNMET, Status.UNKNOWN, Status.UNSIGNED},
}


def tells_the_same(terminal: str, folder: Path) -> Record:
    """The record in *folder*, which agrees with its other forms and with what the *terminal* showed."""
    record = Record.from_json((folder / "record.json").read_bytes())
    assert record.verdict.line in " ".join(terminal.split())
    agree(record, folder)
    return record


def agree(record: Record, folder: Path) -> None:
    """The files in *folder* say of every item, of the counts and of the verdict what *record* says."""
    assert Record.from_json((folder / "record.json").read_bytes()) == record
    items = Counter((finding.item, finding.status) for finding in record.findings)
    _markdown(record, (folder / "verdict.md").read_text(encoding="utf-8"))
    _junit(record, items, JUnitXml.fromstring((folder / "junit.xml").read_bytes()))
    _statement(record, folder)
    if (folder / "allure-results").is_dir():
        _allure(items, folder / "allure-results")


def _markdown(record: Record, text: str) -> None:
    first = text.splitlines()[0].replace("\\", "")
    assert first == f"# {record.verdict.line}"
    unselected = len(unselected_in(record))
    for name, count in record.verdict.counts.items():
        looked_at = count - unselected * (name == Status.UNKNOWN)
        assert f"{looked_at} {name}" in text or looked_at == 0
    assert f"{unselected} not selected" in text or unselected == 0
    rows = [line for line in text.splitlines() if line.startswith("| GL-")]
    shown = {row.split()[1] for row in rows}
    assert set(record.verdict.holding) <= shown


def _junit(record: Record, items: Counter[tuple[str, Status]], found: JUnitXml) -> None:
    of_run, *sections = list(found)
    [verdict] = list(of_run)
    told = {prop.name: prop.value for prop in of_run.properties()}
    assert told["verdict"] == record.verdict.line
    assert told["note"].startswith("What JUnit cannot say")
    assert [type(end) for end in verdict.result] == ([] if record.verdict.status is Decision.GO else [Failure])
    seen = Counter((case.name.split()[0], _end(case.result)) for suite in sections for case in suite)
    wanted: Counter[tuple[str, object]] = Counter()
    for (item, status), count in items.items():
        wanted[item, IN_JUNIT[status]] += count
    assert seen == wanted
    for suite in found:
        ends = [_end(case.result) for case in suite]
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(ends),
            ends.count(Failure),
            ends.count(Error),
            ends.count(Skipped),
        )
    named = [f"{finding.section} {finding.section_title}" for finding in record.findings]
    assert [suite.name for suite in sections] == list(dict.fromkeys(named))


def _end(result: Sequence[object]) -> object:
    assert len(result) <= 1
    return type(result[0]) if result else None


def _statement(record: Record, folder: Path) -> None:
    told = json.loads((folder / "statement.json").read_bytes())
    message = ParseDict(told, StatementMessage())  # refuses a field that a Statement does not have
    Statement.copy_from_pb(message).validate()
    result = ParseDict(told["predicate"], InTotoTestResult(), ignore_unknown_fields=True)
    assert message.predicate_type == "https://in-toto.io/attestation/test-result/v0.1"
    assert (result.result in {"PASSED", "WARNED"}) is (record.verdict.status is Decision.GO)
    names = {
        "passedTests": result.passed_tests,
        "warnedTests": result.warned_tests,
        "failedTests": result.failed_tests,
    }
    for name, statuses in IN_TEST_RESULT.items():
        wanted = [finding.item for finding in record.findings if finding.status in statuses]
        assert [shown.split()[0] for shown in names[name]] == wanted
    more = told["predicate"]["golive"]
    assert more["verdict"]["line"] == record.verdict.line
    assert more["verdict"]["counts"] == record.verdict.counts
    assert more["reasons"] == list(record.verdict.reasons)
    assert Counter(more["items"].values()) == record.verdict.counts
    digest = hashlib.sha256((folder / "record.json").read_bytes()).hexdigest()
    assert more["record"] == {"name": "record.json", "digest": {"sha256": digest}}


def _allure(items: Counter[tuple[str, Status]], folder: Path) -> None:
    results = [json.loads(path.read_bytes()) for path in folder.glob("*-result.json")]
    seen = Counter((result["testCaseId"].split()[0], result["status"]) for result in results)
    wanted: Counter[tuple[str, str]] = Counter()
    for (item, status), count in items.items():
        wanted[item, IN_ALLURE[IN_JUNIT[status]]] += count
    assert seen == wanted
