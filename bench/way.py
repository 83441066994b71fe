"""
A pytest plugin that leads the real gate to the benchmark's target and says what it writes.

BENCH_WAY names a file that tells how the target is reached. BENCH_WRITES is "report" (everything, as ever), "record"
(the record and the Allure results, into the empty folder BENCH_FOLDER, and no page) or "nothing" (the scenarios run
and the gate ends).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from golive.environment import load
from golive.files import write_atomically
from golive.observatory import Observatory
from golive.record import Record
from golive.run import Run
from golive.twin.process import detour_from


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hand the gate an observatory that looks at the target."""
    from golive.gate import Gate  # not before pytest itself loads it as a plugin

    gate = config.pluginmanager.getplugin("golive-gate")
    assert isinstance(gate, Gate), "the gate is loaded before this"
    said = json.loads(Path(os.environ["BENCH_WAY"]).read_text(encoding="utf-8"))
    gate.observatory = Observatory(load("rehearsal", config.rootpath), detour_from(said))
    match os.environ["BENCH_WRITES"]:
        case "record":
            gate.on_record = _write
        case "nothing":
            gate.on_record = _pass_over
            Run.finish = lambda *_, **__: 0  # type: ignore[method-assign]


def _write(record: Record) -> None:
    from golive.report import write_results  # as the gate does: it loads them while it waits for answers

    folder = Path(os.environ["BENCH_FOLDER"])
    write_atomically(folder / "record.json", record.to_json())
    write_results(record, folder / "allure-results")


def _pass_over(_: Record) -> None:
    raise AssertionError("no record is made")
