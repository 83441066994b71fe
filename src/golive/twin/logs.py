"""What moto's CloudWatch Logs lacks: pages of a size of our choice, and "any of these words" in a filter's pattern."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from golive.twin.wire import Answer, Question

_ANY_OF = re.compile(r'\?(?:"([^"]*)"|(\S+))')


def paged(question: Question, size: int) -> Question:
    """The same question, answered in pages of *size* events at most, whatever it asked for."""
    if question.operation != "FilterLogEvents" or not size:
        return question
    return replace(question, body=json.dumps({**json.loads(question.body), "limit": size}).encode())


def filtered(question: Question, answer: Answer) -> Answer:
    """
    Only the events that have one of the words in them, where the pattern asks for any; moto would give every event.

    As from AWS a page may be empty and another follow it.
    """
    if question.operation != "FilterLogEvents" or answer.status != 200:
        return answer
    words = ["".join(found) for found in _ANY_OF.findall(json.loads(question.body).get("filterPattern") or "")]
    if not words:
        return answer
    said = json.loads(answer.body)
    said["events"] = [one for one in said["events"] if any(word in one["message"] for word in words)]
    return replace(answer, body=json.dumps(said).encode())
