"""What moto lacks of CloudWatch Logs: pages as small as we like, and filters for any of several words or members."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from golive.twin.wire import Answer, Question

# A pattern for JSON, as far as somebody asks for one here: "{ ($.level = "error") || ($.level = 50) }".
_MEMBER = re.compile(r'\$\.(\w+) = ("(?:[^"\\]|\\.)*"|\d+)')
_ANY_OF = re.compile(r'\?(?:"([^"]*)"|(\S+))')


def paged(question: Question, size: int) -> Question:
    """The same question, answered in pages of *size* events at most, whatever it asked for."""
    if question.operation != "FilterLogEvents" or not size:
        return question
    return replace(question, body=json.dumps({**json.loads(question.body), "limit": size}).encode())


def filtered(question: Question, answer: Answer) -> Answer:
    """
    Only the events that have one of the words in them, or one of the members of JSON, where the pattern asks for any;
    moto would give every event. Case counts, and a number is not its text.

    As from AWS a page may be empty and another follow it.
    """
    if question.operation != "FilterLogEvents" or answer.status != 200:
        return answer
    pattern = json.loads(question.body).get("filterPattern") or ""
    members = [(name, json.loads(value)) for name, value in _MEMBER.findall(pattern)] if pattern[:1] == "{" else []
    words = [] if members else ["".join(found) for found in _ANY_OF.findall(pattern)]
    if not words and not members:
        return answer
    said = json.loads(answer.body)
    said["events"] = [
        one
        for one in said["events"]
        if any(word in one["message"] for word in words) or (members and _has(one["message"], members))
    ]
    return replace(answer, body=json.dumps(said).encode())


def _has(message: str, members: list[tuple[str, str | int]]) -> bool:
    try:
        line = json.loads(message)
    except ValueError:
        return False
    return isinstance(line, dict) and any(
        type(line.get(name)) is type(value) and line[name] == value for name, value in members
    )
