"""Allure results from the record: one for each finding, in allure-python's own model."""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from allure_commons.model2 import Attachment, Label, StatusDetails, TestResult, TestStepResult
from allure_commons.model2 import Status as AllureStatus
from pydantic_core import to_json

from golive.phases import moment
from golive.record import Contradiction, Evidence, Finding, Record, Status, Step, identities
from golive.report.templates import render
from golive.report.words import NAMESPACE, STATUSES, result_id

EPIC = "Go-live runbook"
# What Allure's own writers call the files that they make.
_ALLURES = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-(result\.json|container\.json|attachment(\.\w+)?)")
# Longer answers stay in the record; their digest and first lines are shown.
LONGEST_ANSWER = 2048
FIRST_LINES = 20

# Nothing but *met* is green.
ALLURE = {
    Status.MET: AllureStatus.PASSED,
    Status.UNMET: AllureStatus.FAILED,
    Status.UNKNOWN: AllureStatus.BROKEN,
    Status.UNSIGNED: AllureStatus.BROKEN,
    Status.WAIVED: AllureStatus.SKIPPED,
    Status.NOT_DUE: AllureStatus.SKIPPED,
    Status.NOT_APPLICABLE: AllureStatus.SKIPPED,
}
# How the sentence begins that says what was concluded.
CONCLUDED = {
    Status.MET: "It is so",
    Status.UNMET: "Seen",
    Status.UNKNOWN: "Could not be seen",
    Status.UNSIGNED: "Not signed",
    Status.WAIVED: "Waived",
    Status.NOT_DUE: "Not due yet",
    Status.NOT_APPLICABLE: "Not applicable",
}


def write_results(record: Record, folder: Path) -> None:
    """
    Write the results of *record* to *folder*, in the place of those that were there; all else in it stays.

    Where they cannot be written (OSError), none is there: neither a part of them nor those of another run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_results(folder)
    place = str(folder)  # a path object for each of thousands of files takes as long as to write it
    try:
        for name, content in _results_of(record):
            with open(f"{place}{os.sep}{name}", "wb") as file:
                file.write(content)
    except BaseException:
        _remove_results(folder)
        raise


def _remove_results(folder: Path) -> None:
    for former in results_in(folder):
        former.unlink()


def results_in(folder: Path) -> list[Path]:
    """The files in *folder* that are Allure's by their name, and nothing below."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _ALLURES.fullmatch(path.name) and not path.is_dir())


def _results_of(record: Record) -> Iterator[tuple[str, bytes]]:
    """The files of Allure's that say what *record* says: name and content."""
    evidence = {seen.id: seen for seen in record.evidence}
    contradictions = {row.number: row for row in record.contradictions}
    for place, (finding, identity) in enumerate(zip(record.findings, identities(record.findings), strict=True)):
        # Allure sorts by start, and the order that people know is the checklist's. When it was judged is in the text.
        start = record.run.started + timedelta(milliseconds=place)
        rows = [contradictions[number] for number in finding.decision if number in contradictions]
        said = _Result(finding, identity, start, evidence, rows)
        result = said.result()
        yield from said.attachments.items()
        # allure-python's own writer says the same, but takes four times as long to say it.
        text = json.dumps(result, default=_said, ensure_ascii=False)
        yield result.file_pattern.format(prefix=result.uuid), text.encode()


def message(finding: Finding, evidence: Mapping[str, Evidence]) -> str:
    """What a release manager reads about *finding*: what was seen and where, what must be, what to do, who owns it."""
    where = dict.fromkeys(evidence[name].source for name in finding.evidence if name in evidence)
    lines = [f"{CONCLUDED[finding.status]}: {finding.reason}"]
    if finding.found not in {None, finding.status}:
        lines.append(f"What was found: {finding.found}")
    if where:
        lines.append(f"Where: {', '.join(list(where)[:5])}{' …' * (len(where) > 5)}")
    lines.append(f"What must be: {finding.demand}")
    if finding.remedy:
        lines.append(f"What to do: {finding.remedy}")
    lines.append(f"Owner: {finding.owner}")
    return "\n".join(lines)


class _Result:
    """One finding on its way to a result, and its evidence to attachments."""

    def __init__(
        self,
        finding: Finding,
        identity: str,
        start: datetime,
        evidence: Mapping[str, Evidence],
        contradictions: Sequence[Contradiction],
    ) -> None:
        self.finding = finding
        self.identity = identity
        self.start = start
        self.evidence = evidence
        self.contradictions = contradictions
        self.attached: set[str] = set()
        self.attachments: dict[str, bytes] = {}  # by the names of their files

    def result(self) -> TestResult:
        finding = self.finding
        section = f"{finding.section} {finding.section_title}".strip()
        steps = [self._step(step, number) for number, step in enumerate(finding.steps)]
        loose = [name for name in finding.evidence if name not in self.attached]
        return TestResult(
            uuid=result_id(self.identity),
            historyId=self.identity,
            testCaseId=self.identity,
            fullName=self.identity,
            titlePath=[EPIC, section],
            name=f"{self.identity} {finding.title}",
            status=ALLURE[finding.status],
            statusDetails=self._details(),
            descriptionHtml=render(
                "description.html.j2",
                finding=finding,
                contradictions=self.contradictions,
                status=STATUSES[finding.status],
                moment=moment,
            ),
            labels=[Label(name, value) for name, value in self._labels(section) if value],
            steps=steps,
            attachments=self._attach(loose, "item"),
            start=_milliseconds(self.start),
            stop=_milliseconds(self.start + timedelta(milliseconds=finding.took_ms)),
        )

    def _details(self) -> StatusDetails | None:
        if self.finding.status is Status.MET:
            warnings = "\n".join(f"Warning: {said}" for said in self.finding.warnings)
            return StatusDetails(message=warnings) if warnings else None
        return StatusDetails(message=message(self.finding, self.evidence))

    def _labels(self, section: str) -> list[tuple[str, str]]:
        finding = self.finding
        tags = (finding.item, finding.due, *finding.how, str(finding.status))
        return [
            ("epic", EPIC),
            ("feature", section),
            ("severity", finding.severity),
            ("owner", finding.owner),
            *(("tag", tag) for tag in tags),
        ]

    def _step(self, step: Step, number: int) -> TestStepResult:
        seen = [self.evidence[name] for name in step.evidence if name in self.evidence]
        start = min((found.at for found in seen), default=self.start)
        stop = max((found.at + timedelta(milliseconds=found.took_ms) for found in seen), default=self.start)
        rows = [
            TestStepResult(
                name=f"| {' | '.join(row)} |",
                status=step.status,
                start=_milliseconds(self.start),
                stop=_milliseconds(self.start),
            )
            for row in _aligned(step.table)
        ]
        return TestStepResult(
            name=f"{step.keyword.strip()} {step.text}",
            status=step.status,
            statusDetails=StatusDetails(message=step.message) if step.message else None,
            steps=rows,
            attachments=self._attach(step.evidence, str(number)),
            start=_milliseconds(start),
            stop=_milliseconds(stop),
        )

    def _attach(self, names: Sequence[str], where: str) -> list[Attachment]:
        attachments = []
        for name in dict.fromkeys(names):
            # With the sentence that it came from first: the page of the whole checklist stays small.
            if name in self.attached or name not in self.evidence:
                continue
            self.attached.add(name)
            body, kind, suffix = _body(self.evidence[name])
            # Each item has a file of its own: Allure shows a file once.
            file = f"{uuid.uuid5(NAMESPACE, f'{self.identity}/{where}/{name}')}-attachment.{suffix}"
            self.attachments[file] = body.encode()
            attachments.append(Attachment(name=_title(self.evidence[name]), source=file, type=kind))
        return attachments


def _said(part: object) -> dict[str, object]:
    """A part of allure-python's model, without what is not said."""
    return {name: value for name, value in vars(part).items() if value or value is False}


def _title(evidence: Evidence) -> str:
    return f"{evidence.id}: {evidence.source}"


def _body(evidence: Evidence) -> tuple[str, str, str]:
    """What is shown of *evidence*, its media type, and its file's suffix."""
    answer = to_json(evidence.answer, indent=1)
    if len(answer) <= LONGEST_ANSWER:
        return evidence.model_dump_json(indent=1, exclude_none=True), "application/json", "json"
    told = evidence.model_dump_json(indent=1, exclude_none=True, exclude={"answer"})
    digest = hashlib.sha256(json.dumps(evidence.answer, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    first = b"\n".join(answer.splitlines()[:FIRST_LINES])[:LONGEST_ANSWER].decode(errors="ignore")
    return (
        f"{told}\n\n"
        f"The answer has {len(answer)} bytes and stays in record.json, evidence {evidence.id}.\n"
        f"SHA-256 of the answer (JSON, keys sorted): {digest}\n\n"
        f"It begins:\n{first}\n…\n",
        "text/plain",
        "txt",
    )


def _aligned(table: Sequence[Sequence[str]]) -> list[list[str]]:
    widths = [max(map(len, column)) for column in zip(*table, strict=False)]
    return [[cell.ljust(width) for cell, width in zip(row, widths, strict=False)] for row in table]


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
