"""Wall time, processor time and peak memory of one process, by the kernel's own account."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Took:
    """What a process took."""

    wall: float  # seconds
    cpu: float  # seconds, its own children included
    memory: float  # MB, at its peak; of the process itself


class Failed(Exception):
    """What was to be timed ended otherwise than it should have."""


def timed(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Took:
    """Run *command* in *folder* with the shell's variables and *variables*; Failed unless it ends with status 0."""
    with tempfile.TemporaryFile() as file:
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # what the benchmark itself names
            command,
            cwd=folder,
            env={**_shell(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        _, ended, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(ended)
        file.seek(0)
        said = file.read().decode(errors="replace")
    if process.returncode:
        raise Failed(f"{' '.join(command[:4])} … ended with status {process.returncode}:\n{said[-3000:]}")
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def answered(command: Sequence[str], folder: Path, answer: str) -> Took:
    """
    Like `timed`, but the wall time ends when a line comes that holds *answer*; Failed where none does.

    The exit status is not asked for: a diagnosis that names a cause ends with 1.
    """
    begun, wall, said = time.perf_counter(), 0.0, []
    process = subprocess.Popen(  # noqa: S603  # what the benchmark itself names
        command,
        cwd=folder,
        env={**_shell(), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None, "asked for above"
    with process.stdout as stream:
        for line in stream:
            said.append(line)
            if not wall and answer in line:
                wall = time.perf_counter() - begun
    _, ended, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    if not wall:
        raise Failed(f"{' '.join(command)} did not say {answer!r}:\n{''.join(said)[-3000:]}")
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _shell() -> dict[str, str]:
    """The shell's variables, but that Python keeps what it compiled, as it does for everybody who did not forbid it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
