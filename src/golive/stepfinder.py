"""A memory for pytest-bdd's search for step definitions, which is half of what a scenario costs.

pytest-bdd walks every fixture that pytest knows, of every plugin, for every step, and tries the parser of each
definition. Here only step definitions are walked, and which of them fit a sentence is remembered within a
module, whose scenarios see the same ones.

It replaces one private function of pytest-bdd (`scenario.find_fixturedefs_for_step`), whose version is pinned; a test
holds its answers against the original's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.steps import StepNamePrefix, step_function_context_registry

_DEFINITION = f"{StepNamePrefix.step_def.value}_"


class StepFinder:
    """Finds the definitions of a step like pytest-bdd does, once for each sentence of a module."""

    def __init__(self) -> None:
        self._fitting: dict[tuple[str, str, str], tuple[set[str], list[str]]] = {}

    def find(self, step: Any, fixturemanager: Any, node: Any) -> Iterator[Any]:
        """The fixtures of the definitions that fit *step* and that *node* may see."""
        tried, fitting = self._fitting.setdefault((node.parent.nodeid, step.type, step.name), (set(), []))
        for name in get_fixture_names(fixturemanager=fixturemanager):
            if name in tried or not name.startswith(_DEFINITION):
                continue
            tried.add(name)
            if any(self._fits(step, found) for found in getfixturedefs(fixturemanager, name, node) or ()):
                fitting.append(name)
        for name in fitting:
            for found in getfixturedefs(fixturemanager, name, node) or ():
                if self._fits(step, found):
                    yield found

    def _fits(self, step: Any, found: Any) -> bool:
        context = step_function_context_registry.get(found.func)
        if context is None or context.type not in (None, step.type):
            return False
        return bool(context.parser.is_matching(step.name))


@contextmanager
def remembering() -> Iterator[None]:
    """Let pytest-bdd search with a memory inside the block."""
    scenario: Any = import_module("pytest_bdd.scenario")  # the package has a function of the same name
    original = scenario.find_fixturedefs_for_step
    scenario.find_fixturedefs_for_step = StepFinder().find
    try:
        yield
    finally:
        scenario.find_fixturedefs_for_step = original
