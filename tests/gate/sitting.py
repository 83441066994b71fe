"""A session of pytest that a test asks again and again: most of what a gate costs is paid once."""

from __future__ import annotations

import contextlib
import gc
import io
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from greenlet import getcurrent, greenlet

from golive.gate import Gate
from golive.observatory import Observatory
from golive.stepfinder import remembering

# Where a run reads the features.
READERS = (
    *(f"golive.run.{name}" for name in ("load_inventory", "read_scenarios", "check_sentences", "disagreements")),
    *(f"golive.diagnosis.inquiry.{name}" for name in ("read_scenarios", "check_sentences")),
)


class Sitting:
    """
    One session of pytest, that collects once and carries its scenarios out as often as somebody asks.

    It waits in the middle of its loop, as a greenlet, while the test that asks goes on.
    """

    def __init__(self, arguments: tuple[str, ...], home: Path, plugins: tuple[object, ...] = ()) -> None:
        self._arguments = arguments
        self._home = home
        self._plugins = plugins
        self._session = greenlet(self._sit)
        self._readers = {place: _Once(place) for place in READERS}

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return bool(self._session.dead)

    def ask(self, observatory: Observatory, only: frozenset[str] | None) -> tuple[int, Any, str]:
        """A run on what *observatory* has seen, of the items in *only*: exit status, document, terminal."""
        told = io.StringIO()
        with (
            contextlib.chdir(self._home),
            contextlib.redirect_stdout(told),
            contextlib.redirect_stderr(told),
            self._read_once(),
        ):
            status, document = self._session.switch(_Wanted(observatory, only))
        if self.over:
            raise AssertionError(f"pytest ended with {status}: {told.getvalue()}")
        return status, document, told.getvalue()

    @contextlib.contextmanager
    def _read_once(self) -> Iterator[None]:
        """What a run reads of the features stays as it is while a session sits, and is not read again."""
        with pytest.MonkeyPatch.context() as patch:
            for place, reader in self._readers.items():
                patch.setattr(place, reader)
            yield

    def end(self) -> None:
        """Let the session end."""
        if self._session and not self.over:
            # A pytest that ends searches the whole memory for garbage, five times over; this process goes on.
            gc.freeze()
            with contextlib.redirect_stdout(io.StringIO()):
                self._session.switch(None)
            gc.unfreeze()

    def _sit(self, wanted: _Wanted) -> tuple[int, Any]:
        sys.modules.pop("test_runbook", None)  # another home has other features

        class Seated:
            @pytest.hookimpl(trylast=True)
            def pytest_configure(self, config: pytest.Config) -> None:
                former = config.pluginmanager.unregister(name="golive-gate")
                assert isinstance(former, Gate)
                config.pluginmanager.register(_Again(config, wanted), "golive-gate")

        # Nothing is caught but what a run says itself: a session that waits must not hold the streams of its test.
        return int(pytest.main([*self._arguments, "-s"], plugins=[Seated(), *self._plugins])), None


class _Once:
    """A function that is asked once."""

    def __init__(self, place: str) -> None:
        module, _, name = place.rpartition(".")
        self._real = getattr(import_module(module), name)
        self._kept: list[Any] = []

    def __call__(self, *told: Any, **named: Any) -> Any:
        if not self._kept:
            self._kept.append(self._real(*told, **named))
        return self._kept[0]


@dataclass(frozen=True)
class _Wanted:
    observatory: Observatory
    only: frozenset[str] | None


class _Again(Gate):
    """The gate, begun anew for each asking of a session that is collected already."""

    def __init__(self, config: pytest.Config, wanted: _Wanted) -> None:
        super().__init__(config)
        self._wanted: _Wanted | None = wanted
        self._all: list[pytest.Item] = []

    def _surely(self) -> str | None:
        return None  # nothing begins before somebody asks

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._all = list(session.items)
        self._quieten()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:  # type: ignore[override]  # instead of around
        with remembering():
            while self._wanted is not None:
                self._wanted = getcurrent().parent.switch(self._once(session, self._wanted))
        session.exitstatus = pytest.ExitCode.OK
        return True

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        pass  # each run had its end

    def _once(self, session: pytest.Session, wanted: _Wanted) -> tuple[int, Any]:
        taken: list[Any] = []
        self.observatory, self.on_record = wanted.observatory, taken.append
        self.run, self.progress, self.done = None, {}, []
        only = wanted.only
        session.items = [item for item in self._all if only is None or self.items[item.nodeid] in only]
        self.deselected = {item.nodeid for item in self._all} - {item.nodeid for item in session.items}
        try:
            super().pytest_collection_finish(session)
        except pytest.UsageError as exc:
            print(exc)
            return int(pytest.ExitCode.USAGE_ERROR), None
        for item, following in itertools.zip_longest(session.items, session.items[1:]):
            assert isinstance(item, pytest.Function)
            item._initrequest()  # as plugins do that run a test again
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            # What pytest-bdd handed to the sentences of this item stays with its session, and hides nothing next time.
            for of_node in session._fixturemanager._arg2node2fixturedefs.values():
                of_node.pop(item, None)
        super().pytest_sessionfinish(session, pytest.ExitCode.OK)
        return int(session.exitstatus), taken[0] if taken else None
