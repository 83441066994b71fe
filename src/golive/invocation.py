"""How pytest was begun: what makes no gate is refused, and what the shell tells pytest is not followed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.errors import SetupError
from golive.expedition import IGNORED

# By these the shell tells pytest more than the person typed.
TOLD_BY_THE_SHELL = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")


def typed(pluginmanager: pytest.PytestPluginManager) -> Iterator[str]:
    """What the person, and the shell, told pytest; before pytest has understood it."""
    config = pluginmanager.getplugin("pytestconfig")
    assert isinstance(config, pytest.Config)
    yield from map(str, config.invocation_params.args)
    yield from os.environ.get("PYTEST_ADDOPTS", "").split()


def refuse_other_ways(config: pytest.Config, home: Path) -> None:
    """SetupError, with what to leave out, where pytest was begun so that less would be judged than the gate judges."""
    option = config.option
    if config.inipath != home / "pyproject.toml" or option.override_ini or option.noconftest:
        raise SetupError("the gate runs on the project's own configuration: leave out -c, -o and --noconftest")
    if not __debug__ or option.assertmode != "rewrite":  # then the sentences would judge nothing
        raise SetupError("the gate judges by assertions: leave out --assert=plain, python -O and PYTHONOPTIMIZE")
    if off := [name for name in option.plugins if name.startswith("no:")]:
        raise SetupError(f"the gate runs with all of its plugins: leave out -p {' -p '.join(off)}")
    if hasattr(config, "workerinput") or config.getoption("numprocesses", None):
        raise SetupError("the gate looks once, from one process: leave out -n")


def begin_again_without_the_shell(config: pytest.Config) -> None:
    """
    Where the shell told pytest something, this process begins again as if it had not; does not return then.

    pytest has followed those variables before anybody could object.
    """
    told = [name for name in TOLD_BY_THE_SHELL if name in os.environ]
    if not told:
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
    rest = {name: value for name, value in os.environ.items() if name not in told}
    rest[IGNORED] = " ".join(told)
    sys.stdout.flush()
    os.execve(  # noqa: S606  # our own interpreter, with the arguments it was given
        sys.executable, [sys.executable, "-m", "pytest", *config.invocation_params.args], rest
    )
