"""
The record as JUnit XML, for what shows the results of tests: one suite for the verdict, then one for each section.

JUnit has no specification. This fits both schemas that readers go by, Ant's (JUnit.xsd) and Jenkins' (junit-10.xsd).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from golive.record import Decision, Evidence, Finding, Record, Status, identities
from golive.report.allure import message
from golive.report.words import counts_line

# Nothing that holds the launch is green or skipped.
JUNIT: Mapping[Status, str | None] = {
    Status.MET: None,
    Status.UNMET: "failure",
    Status.UNKNOWN: "error",
    Status.UNSIGNED: "error",
    Status.WAIVED: "skipped",
    Status.NOT_DUE: "skipped",
    Status.NOT_APPLICABLE: "skipped",
}
NOTE = (
    "What JUnit cannot say. It knows passed, failure, error and skipped: unknown and unsigned are errors here; waived, "
    "not due and not applicable are skipped; the word itself stands as the type, the reason as the message. It knows "
    "no verdict: the case 'verdict' fails unless it is GO, and a GO of a rehearsal opens nothing. It carries no "
    "evidence, no signature and no end of validity, so nobody can sign it and nothing is admitted by it: record.json "
    "and manifest.json are for that."
)
# What XML 1.0 cannot hold in any spelling (section 2.2); a server may well have sent it.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(record: Record) -> str:
    """*record* as JUnit XML; times in seconds, the start in UTC."""
    root = Element("testsuites")
    _suite(root, record, "verdict", [_verdict(record)], _properties(record), NOTE)
    evidence = {seen.id: seen for seen in record.evidence}
    named = zip(identities(record.findings), record.findings, strict=True)
    # The checklist's order: the items of a section stand together.
    for section, found in groupby(named, key=lambda pair: f"{pair[1].section} {pair[1].section_title}".strip()):
        _suite(root, record, section, [_case(identity, finding, evidence) for identity, finding in found])
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(
    root: Element,
    record: Record,
    name: str,
    cases: Sequence[Element],
    properties: Sequence[tuple[str, str]] = (),
    note: str = "",
) -> None:
    ends = [case[0].tag for case in cases if len(case)]
    suite = SubElement(
        root,
        "testsuite",
        {
            "id": str(len(root)),
            "package": "golive",
            "name": _text(name),
            "hostname": "localhost",  # demanded; which machine it was is nobody's business
            "timestamp": f"{record.run.started.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            "tests": str(len(cases)),
            "failures": str(ends.count("failure")),
            "errors": str(ends.count("error")),
            "skipped": str(ends.count("skipped")),
            "time": f"{sum(float(case.attrib['time']) for case in cases):.3f}",
        },
    )
    told = SubElement(suite, "properties")
    for key, value in properties:
        SubElement(told, "property", {"name": key, "value": _text(value)})
    suite.extend(cases)
    SubElement(suite, "system-out").text = note
    SubElement(suite, "system-err")


def _properties(record: Record) -> list[tuple[str, str]]:
    subject = record.subject
    return [
        ("verdict", record.verdict.line),
        ("opens", record.verdict.opens),
        ("counts", counts_line(record.verdict.counts)),
        ("environment", record.environment),
        ("rehearsal", str(record.rehearsal).lower()),
        ("phase", record.phase),
        ("profile", record.profile),
        ("image_digest", subject.image_digest or "not seen"),
        ("commit", subject.commit or "not seen"),
        ("configuration", subject.configuration or "not seen"),
        ("note", NOTE),
    ]


def _verdict(record: Record) -> Element:
    """The case that fails whenever the run is anything but a GO, whatever its items say."""
    took = (record.run.ended - record.run.started).total_seconds()
    case = Element("testcase", {"classname": "golive", "name": "verdict", "time": f"{took:.3f}"})
    if record.verdict.status is not Decision.GO:
        reasons = "\n".join(record.verdict.reasons)
        _end(case, "failure", record.verdict.status, record.verdict.line, reasons)
    return case


def _case(identity: str, finding: Finding, evidence: Mapping[str, Evidence]) -> Element:
    case = Element(
        "testcase",
        {
            "classname": _text(f"golive.{finding.section}"),
            "name": _text(" ".join(f"{identity} {finding.title}".split())),
            "time": f"{finding.took_ms / 1000:.3f}",
        },
    )
    if end := JUNIT[finding.status]:
        _end(case, end, finding.status, finding.reason, message(finding, evidence))
    return case


def _end(case: Element, end: str, kind: str, short: str, long: str) -> None:
    SubElement(case, end, {"type": str(kind), "message": _text(short)}).text = _text(long)


def _text(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
