"""A copy of the project in which a test may break what it likes, and real pytest in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from golive.record import Decision, Record
from tests.gate.recorded import kept
from tests.gate.rehearsed import rehearsed, signed
from tests.gate.sweeping import LAUNCH, Sweep

__all__ = ["kept", "rehearsed", "signed"]

HOME = Path(__file__).parents[2]
# How long a run waits for an answer, a look, and all of them: tests go on side by side, on any machine, and in most of
# them nothing is late but by that.
PATIENCE = {"answer_seconds": 10.0, "look_seconds": 60.0, "run_seconds": 300.0}
# What a copy of the project is told of the twin, where a run may borrow one.
BORROWING = f"""import os

from golive.twin import process

if "LENT_TWIN" in os.environ:
    process.PROGRAM = ({str(Path(__file__).with_name("lent.py"))!r}, os.environ["LENT_TWIN"])
"""


@cache
def lent_twin() -> tuple[str, subprocess.Popen[str]]:
    """
    What a twin of the launch says of itself, and the twin: it ends with this process, which holds its input.

    Most runs are about the gate, and a twin of its own costs each of them a fifth of its time.
    """
    program = [sys.executable, "-m", "golive.twin"]
    twin = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert twin.stdout is not None
    return twin.stdout.readline(), twin


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    status: int
    terminal: str
    record: Record | None
    manifest: bool
    folder: Path | None


@dataclass(frozen=True)
class Project:
    """A copy of the project."""

    home: Path

    def run(self, *arguments: str, **variables: str) -> Ran:
        """Run `pytest -m golive` here, or with other *arguments*; *variables* are added to the environment."""
        # An act leaves something behind, which the next run would find done.
        borrowed = {} if "--act" in arguments else {"LENT_TWIN": lent_twin()[0]}
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *(arguments or ("-m", "golive"))],
            cwd=self.home,
            env={**_shell(), **borrowed, **variables},
            capture_output=True,
            text=True,
            timeout=360,
            check=False,
        )
        terminal = ran.stdout + ran.stderr
        assert "Traceback" not in terminal, terminal
        return self.left_behind(ran.returncode, terminal)

    def left_behind(self, status: int, terminal: str) -> Ran:
        """The newest run's record and manifest."""
        folders = sorted((self.home / "reports").glob("*/*T*Z"))
        folder = folders[-1] if folders else None
        record = folder / "record.json" if folder else None
        said = Record.from_json(record.read_bytes()) if record and record.is_file() else None
        return Ran(status, terminal, said, bool(folder and (folder / "manifest.json").is_file()), folder)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace *old*, which must stand there, once."""
        file = self.home / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        """Write *text* below what stands there."""
        file = self.home / path
        file.write_text(file.read_text(encoding="utf-8") + "\n\n" + text + "\n", encoding="utf-8")


def _shell() -> dict[str, str]:
    """This process's variables but tox's: by them pytest finds what failed last time, which is each copy's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TOX_")}


@pytest.fixture(scope="session")
def sweeps() -> Iterator[Callable[[str], Sweep]]:
    """The twin of each phase, begun when the first test asks for it: a start and a first look cost ten seconds."""
    running: dict[str, Sweep] = {}

    def of(phase: str) -> Sweep:
        if phase not in running:
            running[phase] = Sweep(phase)
            running[phase].begin()
        return running[phase]

    yield of
    for sweep in running.values():
        sweep.stop()


@pytest.fixture
def sweep(sweeps: Callable[[str], Sweep]) -> Sweep:
    """The twin of the launch."""
    return sweeps(LAUNCH)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy of what a run reads."""
    return copied(tmp_path / "project")


def copied(home: Path) -> Project:
    """A copy of what a run reads, in a new folder at *home*."""
    home.mkdir()
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(HOME / name, home)
    for name in ("features", "steps", "environments"):
        shutil.copytree(HOME / name, home / name, ignore=shutil.ignore_patterns("keys"))
    (home / "reports").mkdir()
    for entry in (HOME / "reports").iterdir():
        if entry.name == "node_modules" or entry.is_file():
            (home / "reports" / entry.name).symlink_to(entry)
    project = Project(home)
    project.append("conftest.py", BORROWING)
    for name, seconds in PATIENCE.items():
        project.edit("environments/rehearsal/environment.toml", f"\n{name} = ", f"\n{name} = {seconds}  # for ")
    return project


def manifest_of(ran: Ran) -> dict[str, Any]:
    """The manifest of a run that has one."""
    assert ran.folder is not None
    said = json.loads((ran.folder / "manifest.json").read_text())
    assert isinstance(said, dict)
    return said


def demand_no_go(ran: Ran, *said: str) -> None:
    """Exit status, record and terminal say NO-GO together, each with the reason."""
    assert ran.status == 1, ran.terminal
    assert ran.record is not None
    assert ran.record.verdict.status is Decision.NO_GO
    assert ran.record.verdict.line in ran.terminal
    for words in said:
        assert words in ran.terminal
        assert any(words in reason for reason in ran.record.verdict.reasons), ran.record.verdict.reasons
