"""The twin from outside: a process of its own that a run starts, breaks, and lets go."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from golive.environment import Detour
from golive.errors import SetupError

STARTS_WITHIN = 60.0  # seconds; a cold disk and a busy machine included
# The twin as a program; a test may start one with other worlds in it.
PROGRAM: Sequence[str] = ("-m", "golive.twin")
# What the twin's process is given of the shell's variables: nothing that could be a credential or a redirection.
PASSED_ON = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT"),
    *("TEMP", "TMP", "TMPDIR", "USER", "USERNAME", "VIRTUAL_ENV"),
)


@dataclass(slots=True)
class TwinProcess:
    """A running twin and the way to it."""

    process: subprocess.Popen[str]
    detour: Detour = field(default_factory=Detour)  # to nowhere, before the twin is met

    @classmethod
    def start(cls, faults: Sequence[str] = (), phase: str = "T-0", delay: float = 0.0) -> TwinProcess:
        """A new twin that is up and plays *phase*, with *faults* in it; SetupError as `meet` has it."""
        twin = cls.spawn(faults, phase, delay)
        twin.meet()
        return twin

    @classmethod
    def spawn(cls, faults: Sequence[str] = (), phase: str = "T-0", delay: float = 0.0) -> TwinProcess:
        """
        A new twin that is to play *phase*, with *faults* in it, whose faces take *delay* seconds for each answer.

        It is not waited for.
        """
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [
                *(sys.executable, *PROGRAM, f"--phase={phase}", f"--delay={delay}"),
                *(f"--fault={name}" for name in faults),
            ],
            stdin=subprocess.PIPE,  # its end tells the twin that we are gone
            stdout=subprocess.PIPE,
            text=True,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,  # Ctrl-C is for the gate, which then lets the twin go
        )
        return cls(process)

    def meet(self) -> Detour:
        """The way to the twin, once it is up; SetupError for no such fault, or where it stays down."""
        assert self.process.stdout is not None, "asked for where it was spawned"
        told = _first_line(self.process.stdout)
        try:
            said = json.loads(told) if told else {}
        except json.JSONDecodeError:
            said = {}
        if "ports" not in said:
            self.process.kill()
            self.process.wait()
            if "refused" in said:  # there is no such fault, and it says so
                raise SetupError(said["refused"])
            why = said.get("error", "it said nothing that could be understood")
            raise SetupError(
                f"the twin did not start: {why}; see whether other programs hold the ports of 127.0.0.1 or the disk is "
                "full, and run again"
            )
        self.detour = detour_from(said)
        return self.detour

    def swap(self, faults: Sequence[str]) -> None:
        """Put another world behind the same doors; returns when every face shows it."""
        _tell(self.detour, {"faults": list(faults)})

    def stop(self) -> None:
        """Let the twin go; it ends when it sees that nobody holds it any more."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        try:
            self.process.wait(10 if self.detour.control else STARTS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def have_signed(detour: Detour, asked: Mapping[str, Any]) -> Path:
    """Let the twin's people put on record what is *asked* of them; returns the folder with what they made."""
    return Path(_tell(detour, {"sign": asked})["folder"])


def _tell(detour: Detour, what: Mapping[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(detour.control, json.dumps(what).encode())  # noqa: S310
    with urllib.request.urlopen(request, timeout=STARTS_WITHIN) as answer:  # noqa: S310  # the twin's own loopback address
        said: dict[str, Any] = json.load(answer)
    if "error" in said:
        raise SetupError(said["error"])
    return said


def detour_from(said: Mapping[str, Any]) -> Detour:
    """The way to the twin, from what it says of itself when it is up."""
    return Detour(
        ports=said["ports"],
        trust=Path(said["trust"]),
        endpoints=said["endpoints"],
        variables=said["variables"],
        launch_at=datetime.fromisoformat(said["launch_at"]),
        people=said["people"],
        control=said["control"],
    )


def _first_line(stream: IO[str]) -> str:
    """The first line of *stream*, "" where none comes in time or at all; works where pipes cannot be selected."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    try:
        return lines.get(timeout=STARTS_WITHIN)
    except queue.Empty:
        return ""
