"""What libraries would load at each start, for the sake of what no run does: a tenth of a small gate.

Loaded as pytest's first plugin (pyproject.toml), which loads the others, and by every import of golive.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

# In the order in which they are loaded. For each that is named with -p, or in `pytest_plugins`, pytest reads the entry
# points of everything that is installed.
PLUGINS = ("pytest_bdd.plugin", "golive.gate", "golive.fixtures")
MAKO = "mako.lookup"


class TemplateLookup:
    """Mako's own, once somebody asks something of it: pytest-bdd makes one at its start, for `--generate-missing`."""

    def __init__(self, **told: Any) -> None:
        self._told = told

    def __getattr__(self, name: str) -> Any:
        sys.modules.pop(MAKO, None)
        return getattr(import_module(MAKO).TemplateLookup(**self._told), name)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load the plugins of the gate."""
    for name in PLUGINS:
        pluginmanager.import_plugin(name)


def _leave_out() -> None:
    # pydantic's plugins may change what it accepts, and it takes those of everything that happens to be installed.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # httpx loads its own command line where that happens to be installed, and half of Rich and Pygments with it. None
    # is how Python is told that a module is not there.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    if MAKO not in sys.modules:
        stand_in = ModuleType(MAKO)
        stand_in.TemplateLookup = TemplateLookup  # type: ignore[attr-defined]
        sys.modules[MAKO] = stand_in


_leave_out()
