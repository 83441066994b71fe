"""What the environment file leaves open is asked for before the gate finds it."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from pydantic import ValidationError

from golive.doctor import Doctor
from golive.environment import Environment
from golive.vocabulary import VOCABULARY
from tests.gate.sweeping import FIRST_WEEK, HOME, Sweep, due_in

FILE = (HOME / "environments/rehearsal/environment.toml").read_text(encoding="utf-8")
# No answer hangs on these but a wait, a wish or a warning; who may sign and what may be reached is said elsewhere.
NO_QUESTIONS = {"people", "network", "not_in_use"}


def without_each_key(said: Mapping[str, Any], *above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The file *said* without each of its keys in turn, tables too, as far as that leaves an environment."""
    place: Any = said
    for name in above:
        place = place[name]
    for name, value in place.items():
        if not above and name in NO_QUESTIONS:
            continue
        fewer = copy.deepcopy(dict(said))
        inside: Any = fewer
        for each in above:
            inside = inside[each]
        del inside[name]
        with suppress(ValidationError):
            Environment.model_validate({**fewer, "folder": HOME / "environments/rehearsal"})
            yield ".".join((*above, name)), fewer
        if isinstance(value, dict):
            yield from without_each_key(said, *above, name)


# Keys without which what is seen is no longer so: that needs no answer but a look.
SEEN_OTHERWISE = {
    "betterstack.providers.Sumsub.path": {"KYC-R7"},
    "database.kyc.again": {"GL-6.1.4", "GL-6.2.5"},
    "github.checks": {"GL-2.2.4"},
    "github.checks.E2E": {"GL-2.2.4"},
    "logs.given_up": {"BID-R6", "GL-6.2.4"},
    "swan.status_page": {"SWAN-R7"},
}
OPTIONAL = dict(without_each_key(tomllib.loads(FILE)))
# The answers that hang on a part of the file besides what their looks say of themselves, by the module of the look.
READ_INSIDE = {
    "database": {
        *("postgres", "customers", "consents", "payments", "statements", "measures", "applicants", "route", "webhooks")
    },
    "logs": {"logs", "ended", "journal"},
    "betterstack": {"monitors"},
    "sumsub": {"sumsub", "webhooks", "applicants"},
    "slack": {"slack"},
}


@contextmanager
def file_without(sweep: Sweep, key: str) -> Iterator[None]:
    """The environment file lacks *key*, and what was seen by it is forgotten."""
    table = key.partition(".")[0]
    changed = Environment.model_validate({**OPTIONAL[key], "folder": sweep.observatory.environment.folder})
    sweep.observatory.armed = False  # what only an act needs is no question: somebody can attest it
    try:
        with sweep.reading(changed, lambda module: table == "aws" or module in READ_INSIDE.get(table, set())):
            yield
    finally:
        sweep.observatory.armed = True


@pytest.mark.parametrize("key", OPTIONAL)
def test_what_the_file_leaves_open_is_known_before_the_gate_finds_it(sweep: Sweep, key: str) -> None:
    """Without each key in turn, the items that the gate cannot judge are the items of which the doctor says so."""
    sweep.swap()
    with file_without(sweep, key):
        found = Doctor(HOME, "rehearsal", asks=sweep.observatory).examine()
        _, record, terminal = sweep.judge()
    assert record is not None, terminal
    named = {item for of in (*found.questions.values(), *(one.items for one in found.troubles)) for item in of}
    held = set(record.verdict.holding)
    held -= SEEN_OTHERWISE.get(key, set())
    if "every item" not in named:
        reasons = {each.item: each.reason for each in record.findings}
        assert {item: reasons[item] for item in named & due_in(FIRST_WEEK)} == {item: reasons[item] for item in held}
    assert found.well == (not named)


def test_an_hour_that_nobody_told_is_asked_for(sweep: Sweep) -> None:
    """It is named with all that falls due after it, and with what has to be of its day."""
    sweep.swap()
    detour = sweep.observatory.reach.detour
    sweep.observatory.reach.detour = dataclasses.replace(detour, launch_at=None)
    try:
        found = Doctor(HOME, "rehearsal", asks=sweep.observatory).examine()
        _, record, terminal = sweep.judge()
    finally:
        sweep.observatory.reach.detour = detour
    assert record is not None, terminal
    assert {"GL-3.1.5", "GL-3.3.12", "GL-3.5.3"} <= set(found.questions["launch_at"])
    assert set(found.questions) == {"launch_at"}
    # A test merchant that is not there is not there at any hour, and where something was paid it is searched.
    asked = set(found.questions["launch_at"]) & due_in(FIRST_WEEK)
    assert asked - {"GL-3.3.11", "GL-7.6"} == {*record.verdict.holding}
    assert "from an hour that launch_at does not say yet" in found.early["GL-3.5.3"]


def test_what_a_judging_sentence_asks_of_the_file_is_declared(sweep: Sweep) -> None:
    """Every key that its function, or what that calls, demands of the file stands among its needs; and the reverse."""
    assert sweep, "every sentence is known"
    for sentence in VOCABULARY:
        if sentence.kind == "judges":
            demanded = demanded_by(sentence.function)
            declared = words_of(sentence.needs) if callable(sentence.needs) else {*sentence.needs}
            assert demanded - NEVER_ASKED.get(sentence.function.__name__, set()) <= declared, sentence.where
            if not callable(sentence.needs):
                assert declared - {"aws.read_secret_values"} <= demanded, sentence.where


# The form of a connection string is none of this key's.
NEVER_ASKED = {"webhook_key_is_wired": {"database.host"}}


def demanded_by(function: Any, seen: frozenset[Any] = frozenset()) -> set[str]:
    """The keys that *function* of steps/, or a function there that it names, asks the environment to have answered."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = {
        ast.unparse(call.args[1]).removeprefix("f").strip("'\"")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "answered"
        if len(call.args) == 2
    }
    handed = set(inspect.signature(function).parameters)
    for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - handed:
        there = function.__globals__.get(name)
        there = [*there.values()] if isinstance(there, dict) else [there]
        for other in there:
            if inspect.isfunction(other) and other.__module__.startswith("steps.") and other not in seen | {function}:
                found |= demanded_by(other, seen | {function})
    return found


def words_of(function: Any) -> set[str]:
    """The keys that *function* tells, as they stand in its text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    said = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.Constant)]
    return {ast.unparse(node).removeprefix("f").strip("'\"") for node in said}
