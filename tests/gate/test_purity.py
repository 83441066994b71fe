"""Looking and judging are apart: judging touches no network, and what is planned is what is asked."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from golive.gate import Gate
from golive.probes.look import Act
from golive.search import NO_SECRETS, SHORTEST
from golive.vocabulary import VOCABULARY
from tests.gate.sweeping import Sweep


class NoNetworkWhileJudging:
    """Makes every connection of this process fail while a judging sentence runs."""

    def __init__(self) -> None:
        self.judged = 0
        self._patch = pytest.MonkeyPatch()

    def pytest_bdd_before_step_call(self, step: Any) -> None:
        judging = [sentence for sentence in VOCABULARY if sentence.matches(step.name) is not None]
        if [sentence.kind for sentence in judging] != ["judges"]:
            return

        def refuse(*_: object) -> None:
            raise RuntimeError("a judging step reached for the network")

        self.judged += 1
        for name in ("connect", "connect_ex", "sendto", "bind"):
            self._patch.setattr(socket.socket, name, refuse)

    def pytest_bdd_after_step(self) -> None:
        self._patch.undo()

    def pytest_bdd_step_error(self) -> None:
        self._patch.undo()


def test_judging_touches_no_network(sweep: Sweep) -> None:
    """With the sockets closed during every judging step, the healthy rehearsal is still GO."""
    closed = NoNetworkWhileJudging()
    sweep.swap()
    status, record, terminal = sweep.judge(closed)
    assert status == 0, terminal
    assert record is not None
    assert closed.judged > 100, "each scenario judges at least once"


def test_what_is_planned_is_what_is_asked(sweep: Sweep) -> None:
    """On the healthy twin every look that a scenario asks for was gathered beforehand, and none is gathered in vain."""
    planned: set[Any] = set()
    asked: set[Any] = set()

    class Listening:
        @pytest.hookimpl(trylast=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            self.gate: Gate = config.pluginmanager.getplugin("golive-gate")

        def pytest_sessionfinish(self) -> None:
            run = self.gate.run
            assert run is not None
            observatory = sweep.observatory
            for look in run.plan(list(run.scenarios.values())):
                # What was done already is not done again, as the look shows that is asked first.
                if isinstance(look, Act) and look.unless is not None:
                    planned.add(look.unless)
                if not isinstance(look, Act) or observatory.will_act(look):
                    planned.add(look)
            for progress in self.gate.done:
                asked.update(progress.asked)

    sweep.swap()
    status, _, terminal = sweep.judge(Listening())
    assert status == 0, terminal
    assert planned == asked
    assert len(planned) > 25


def test_each_thing_is_asked_once(sweep: Sweep) -> None:
    """Requests and distinct looks are the same number: nothing is asked twice, however many items need it."""
    sweep.begin_anew()
    sweep.swap()
    status, record, terminal = sweep.judge()
    assert status == 0, terminal
    assert record is not None
    assert record.run.requests == record.run.looks == len(record.evidence)


def test_no_secret_is_in_the_record(sweep: Sweep) -> None:
    """None of the secrets that the run has held, nor a large part of one, stands in the record."""
    sweep.swap()
    status, record, terminal = sweep.judge()
    assert status == 0, terminal
    assert record is not None
    text = record.to_json()
    held = {name: value for name, value in sweep.observatory.reach.held.items() if name not in NO_SECRETS}
    assert len(held) > 5, "the run has held the service's secrets and its own tokens"
    for name, value in held.items():
        if len(value) >= SHORTEST:
            assert value not in text, name
            assert value[: len(value) // 2] not in text or value.startswith("https://"), name
