"""What every kind of look has seen, or its trouble, reads back from a record as it was."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import typing
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any

import pytest

import golive.probes
from golive.errors import Crashed
from golive.probes.aws import Caller
from golive.probes.look import Look
from golive.record import Evidence, Status
from golive.replay import answer_of, answer_type
from tests.gate.recorded import RUNS, Kept

for module in pkgutil.iter_modules(golive.probes.__path__, "golive.probes."):
    importlib.import_module(module.name)


def _looks(kind: type[Any]) -> Iterator[type[Look[Any]]]:
    for below in kind.__subclasses__():
        if not below.__abstractmethods__ and below.__module__.startswith("golive."):
            yield below
        yield from _looks(below)


# A slotted dataclass is made twice; the first of the two stays among the subclasses.
LOOKS = tuple({(kind.__module__, kind.__qualname__): kind for kind in _looks(Look)}.values())
PLAIN = (str, int, float, bool, type(None), datetime, Decimal)


def _undecodable(kind: Any, seen: set[Any]) -> Iterator[str]:
    """What in *kind* could not be told apart, or could be anything."""
    if kind in PLAIN or kind in seen:
        return
    seen.add(kind)
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            yield from (f"{field.name}: {why}" for why in _undecodable(hints[field.name], seen))
    elif inside:
        if origin in (typing.Union, UnionType) and sum(map(dataclasses.is_dataclass, inside)) > 1:
            yield f"{kind} is one of several"
        for part in inside:
            if part is not Ellipsis:
                yield from _undecodable(part, seen)
    else:
        yield f"{kind} is not a plain value"


@pytest.mark.parametrize("kind", LOOKS, ids=lambda kind: f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}")
def test_every_kind_of_answer_can_be_decoded(kind: type[Look[Any]]) -> None:
    """A look says which frozen dataclass of plain values it answers: nothing in it is Any, or one of several."""
    answer = answer_type(kind)
    assert dataclasses.is_dataclass(answer)
    assert answer.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert list(_undecodable(answer, set())) == []


@pytest.mark.parametrize("kind", LOOKS, ids=lambda kind: f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}")
def test_a_look_is_known_by_its_kind_and_fields(kind: type[Look[Any]]) -> None:
    """Where a look holds one of several kinds of value, the names of their fields tell which."""
    for name, hint in typing.get_type_hints(kind).items():
        kinds = [part for part in typing.get_args(hint) if dataclasses.is_dataclass(part)]
        names = {frozenset(field.name for field in dataclasses.fields(part)) for part in kinds}
        assert len(names) == len(kinds), name


# By golive doctor (the route to the database), by diagnoses, and where CloudFront stands in front (test_cdn.py).
ASKED_ELSEWHERE = {
    *("route", "cloudfront", "way", "pulse", "reception", "egress", "swanschema", "vendorpage"),
    *("journal", "consents", "payments", "applicants"),
}


def test_the_runs_show_every_status(kept: Callable[[str], Kept]) -> None:
    """What is replayed has findings of every kind but "not applicable", and an answer of every kind of look."""
    runs = [kept(name) for name in RUNS]
    assert {finding.status for run in runs for finding in run.record.findings} >= set(Status) - {Status.NOT_APPLICABLE}
    kinds = {seen.look for run in runs for seen in run.record.evidence if seen.answer is not None}
    unasked = {kind for kind in LOOKS if f"{kind.__module__}:{kind.__qualname__}" not in kinds}
    assert {kind.__module__.rpartition(".")[2] for kind in unasked} <= ASKED_ELSEWHERE, unasked


@pytest.mark.parametrize("name", RUNS)
def test_every_answer_reads_back_as_what_was_seen(kept: Callable[[str], Kept], name: str) -> None:
    """Each look's answer, or its trouble, is the same when it is decoded from the record."""
    assert kept(name).lost == ()


def test_a_bug_of_then_is_told_as_it_was() -> None:
    """What our own code failed in is no trouble of the world when it is replayed, and says where it happened."""
    said = "the check itself failed: IndexError at probes/names.py:31"
    at = datetime(2026, 3, 2, tzinfo=UTC)
    seen = Evidence(
        id="e1", look="", question={}, source="x", at=at, took_ms=1, attempts=(), error=said, error_kind="Crashed"
    )
    with pytest.raises(Crashed, match=f"^{said}$"):
        answer_of(Caller(), seen)
