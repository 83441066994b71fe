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
            env={**os.environ, **variables},
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
