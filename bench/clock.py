"""Wall time, processor time and peak memory of one process, by the kernel's own account."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Took:
    """What a process took."""

    wall: float  # seconds
    cpu: float  # seconds, its own children included
    memory: float  # MB, the largest single process
    output: str


class Failed(Exception):
    """What was to be timed ended otherwise than it should have."""


def timed(command: Sequence[str], folder: Path, variables: Mapping[str, str], *, status: int = 0) -> Took:
    """Run *command* in *folder* with the shell's variables and *variables*; Failed unless it ends with *status*."""
    output = folder / "output.txt"
    with output.open("wb") as file:
        begun = time.perf_counter()
        process = subprocess.Popen(
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
    said = output.read_text(encoding="utf-8", errors="replace")
    if process.returncode != status:
        raise Failed(f"{' '.join(command[:4])} … ended with {process.returncode}, not {status}:\n{said[-3000:]}")
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)
