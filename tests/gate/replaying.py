"""A record judged again, in this process and with its sockets closed."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from golive.gate import Gate
from golive.record import Finding, Record
from tests.gate.sweeping import HOME


@dataclass(frozen=True)
class Again:
    """What a replay said."""

    status: int
    record: Record | None
    terminal: str

    @property
    def found(self) -> Mapping[str, Finding]:
        """The findings, by item."""
        assert self.record is not None, self.terminal
        return {finding.item: finding for finding in self.record.findings}


CLOSED = {"now": False}
ASKING_NOBODY = {"socket.gethostname"}  # Allure notes the name of this machine


def _refuse_sockets(event: str, _: tuple[object, ...]) -> None:
    if CLOSED["now"] and event.startswith("socket.") and event not in ASKING_NOBODY:
        raise RuntimeError(f"a replay reached for the network: {event}")


sys.addaudithook(_refuse_sockets)


@contextlib.contextmanager
def closed_sockets() -> Iterator[None]:
    """Every use of a socket in this process raises, below Python's own module too."""
    CLOSED["now"] = True
    try:
        yield
    finally:
        CLOSED["now"] = False


def judged_again(path: Path, *arguments: str, home: Path = HOME) -> Again:
    """`pytest -m golive --replay` in *home*, in this process, with the sockets closed."""
    taken: list[Record] = []

    class Taking:
        @pytest.hookimpl(trylast=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            gate = config.pluginmanager.getplugin("golive-gate")
            assert isinstance(gate, Gate)
            gate.on_record = taken.append

    told = io.StringIO()
    sys.modules.pop("test_runbook", None)  # another home has other features
    with contextlib.chdir(home), contextlib.redirect_stdout(told), contextlib.redirect_stderr(told), closed_sockets():
        status = pytest.main(["-m", "golive", f"--replay={path}", *arguments], plugins=[Taking()])
    assert "Traceback" not in told.getvalue(), told.getvalue()
    return Again(int(status), taken[0] if taken else None, told.getvalue())
