"""The memory of the search for step definitions gives what pytest-bdd itself would have found."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from golive.stepfinder import StepFinder, remembering

SCENARIOS = """
from pytest_bdd import given, parsers, scenarios, then

@given(parsers.parse("a {thing} of this module"), target_fixture="thing")
def here(thing):
    return thing

@then(parsers.parse('it is "{thing}"'))
def same(thing, request):
    assert request.getfixturevalue("thing") == thing

scenarios("a.feature")
"""
FEATURE = """
Feature: A
  Scenario Outline: <thing>
    Given a <thing> of this module
    Then it is "<thing>"
    Examples:
      | thing |
      | cat   |
      | dog   |
"""


class Comparing:
    """Asks the memory and the original for every step."""

    def __init__(self) -> None:
        self.original = import_module("pytest_bdd.scenario").find_fixturedefs_for_step
        self.finder = StepFinder()
        self.found: list[tuple[str, list[str], list[str]]] = []

    def pytest_bdd_before_step(self, request: Any, step: Any) -> None:
        manager, node = request._fixturemanager, request.node
        told = [found.argname for found in self.original(step=step, fixturemanager=manager, node=node)]
        for _ in range(2):  # the second time from memory
            mine = [found.argname for found in self.finder.find(step=step, fixturemanager=manager, node=node)]
            self.found.append((f"{node.nodeid} {step.name}", mine, told))


def test_memory_finds_what_pytest_bdd_finds(tmp_path: Path) -> None:
    """
    Step by step, for definitions of two modules that say the same sentence, the same definitions are found.
    """
    (tmp_path / "a.feature").write_text(FEATURE, encoding="utf-8")
    for name, thing in (("test_one", "thing"), ("test_two", "thing.upper().lower()")):
        text = SCENARIOS.replace("return thing", f"return {thing}")
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    comparing = Comparing()
    with remembering():
        ended = pytest.main(
            ["-q", "-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "pytest_bdd.plugin", "-p", "no:cacheprovider",
             "--disable-plugin-autoload", str(tmp_path)],
            plugins=[comparing],
        )  # fmt: skip
    assert ended == pytest.ExitCode.OK
    assert len(comparing.found) == 2 * 2 * 2 * 2
    assert [found for found in comparing.found if found[1] != found[2] or len(found[1]) != 1] == []


def test_pytest_bdd_is_itself_again_afterwards() -> None:
    """
    Outside of the block pytest-bdd searches as it always did.
    """
    before = import_module("pytest_bdd.scenario").find_fixturedefs_for_step
    with remembering():
        assert import_module("pytest_bdd.scenario").find_fixturedefs_for_step is not before
    assert import_module("pytest_bdd.scenario").find_fixturedefs_for_step is before
