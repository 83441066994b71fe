"""A memory for pytest-bdd's search for step definitions, which is half of what a scenario costs.

pytest-bdd walks every fixture that pytest knows, of every plugin, for every step, and tries the parser of each
definition. Here a module's scenarios, which see the same definitions, share one list of them, and which of these
fit a sentence is remembered.

It replaces one private function of pytest-bdd (`scenario.find_fixturedefs_for_step`), whose version is pinned; a test
holds its answers against the original's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.steps import StepNamePrefix, step_function_context_registry

_DEFINITION = f"{StepNamePrefix.step_def.value}_"


class StepFinder:
    """Finds the definitions of a step like pytest-bdd does, once for each sentence of a module."""

    def __init__(self) -> None:
        # module → fixture's name → its definitions, each with what says whether it fits
        self._seen: dict[str, dict[str, Sequence[tuple[Any, Any]]]] = {}
        self._fitting: dict[tuple[str, str, str], list[Any]] = {}

    def find(self, step: Any, fixturemanager: Any, node: Any) -> Iterator[Any]:
        """The fixtures of the definitions that fit *step* and that *node* may see."""
        module = node.parent.nodeid
        sentence = (module, step.type, step.name)
        if sentence not in self._fitting:
            there = self._definitions(module, fixturemanager, node)
            self._fitting[sentence] = [found for found, context in there if _fits(step, context)]
        yield from self._fitting[sentence]

    def _definitions(self, module: str, fixturemanager: Any, node: Any) -> Iterator[tuple[Any, Any]]:
        seen = self._seen.setdefault(module, {})
        for name in get_fixture_names(fixturemanager=fixturemanager):
            if name.startswith(_DEFINITION) and name not in seen:
                there = getfixturedefs(fixturemanager, name, node) or ()
                told = [(found, step_function_context_registry.get(found.func)) for found in there]
                seen[name] = [(found, context) for found, context in told if context is not None]
        for definitions in seen.values():
            yield from definitions


def _fits(step: Any, context: Any) -> bool:
    return context.type in (None, step.type) and bool(context.parser.is_matching(step.name))


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
