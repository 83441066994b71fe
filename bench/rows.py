"""What is measured: contestants that take turns, and the figures that follow from their medians."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import byhand
from bench.clock import Took, answered, timed
from bench.project import HOME, checks, generate
from bench.table import Figure, Part, Results
from bench.target import TargetProcess
from golive.diagnosis.papers import RUNBOOKS
from golive.diagnosis.selecting import NAMES
from golive.environment import Detour
from golive.twin.faults import INCIDENTS, Incident
from golive.twin.process import TwinProcess

PYTEST = (sys.executable, "-m", "pytest")
GATE = (*PYTEST, "-m", "golive")
DELAY = 0.15
# From the published comparison, measured on two AMD EPYC cores: see README.md, "What was not measured here".
GOSS = {100: 3.83, 1_000: 35.40}

Run = Callable[[], Took]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, and where is written."""

    quick: bool
    room: Path

    def folder(self) -> Path:
        """
        A new folder: each run writes to one of its own, for to make room is no part of a run.

        It stays until everything is measured: a file system may be slow to make files where many were just removed.
        """
        return Path(tempfile.mkdtemp(dir=self.room))

    def times(self, full: int) -> int:
        """How often something is repeated that the full benchmark repeats *full* times."""
        return 1 if self.quick else full


def take_turns(results: Results, contestants: Mapping[str, Run], times: int) -> None:
    """Let every contestant run, then every one again: a slow minute of the machine meets all of them."""
    for number in range(times):
        for name, run in contestants.items():
            took = run()
            results.runs.setdefault(name, []).append({"wall": took.wall, "cpu": took.cpu, "memory": took.memory})
            print(f"  {number + 1}/{times} {name}: {took.wall:.2f} s", flush=True)


class Generated:
    """Generated projects and the target that they ask."""

    def __init__(self, plan: Plan, target: TargetProcess) -> None:
        self.plan = plan
        self.folder = plan.folder()
        self.target = target
        self.way = self.folder / "way.json"
        self.way.write_text(json.dumps(target.way), encoding="utf-8")
        self.asked: dict[str, int] = {}

    def project(self, count: int, *, gate: bool = True) -> Path:
        """The project of *count* scenarios, made when it is first needed."""
        home = self.folder / f"{'gate' if gate else 'plain'}-{count}"
        if not home.exists():
            home.mkdir()
            generate(home, count, gate=gate)
        return home

    def run(self, count: int, delay: float, *, writes: str = "record", free: bool = False) -> Run:
        """The real gate on *count* scenarios."""
        home = self.project(count)
        return lambda: self._timed(home, GATE, delay, {"BENCH_WRITES": writes, "BENCH_FREE": str(int(free))})

    def one_by_one(self, count: int, delay: float) -> Run:
        """Plain pytest-bdd on the same scenarios."""
        home = self.project(count, gate=False)
        return lambda: self._timed(home, (*PYTEST, "-q"), delay, {})

    def typed(self, count: int, delay: float) -> tuple[Run, list[str]]:
        """The same checks as a person types them, one after the other; and the programs that this machine lacks."""
        lines = byhand.lines(checks(count), self.target.way)
        lacking = sorted({line[0] for line in lines if shutil.which(line[0]) is None})
        script = self.folder / f"typed-{count}.sh"
        kept = [shlex.join(line) + " > /dev/null 2>&1 < /dev/null" for line in lines if line[0] not in lacking]
        script.write_text("set -e\n" + "\n".join(kept) + "\n", encoding="utf-8")
        return lambda: self._timed(self.folder, ("sh", str(script)), delay, {}), lacking

    def _timed(self, home: Path, command: Sequence[str], delay: float, variables: Mapping[str, str]) -> Took:
        self.target.delay(delay)
        shell = {
            "BENCH_WAY": str(self.way), "BENCH_FOLDER": str(self.plan.folder()), "PYTHONPATH": str(HOME), **variables
        }  # fmt: skip
        took = timed(command, home, shell)
        self.asked = self.target.delay(delay)
        return took


@contextmanager
def generated(plan: Plan) -> Iterator[Generated]:
    """Projects in a folder of their own, and their target."""
    with TargetProcess() as target:
        yield Generated(plan, target)


# -- the rows ---------------------------------------------------------------------------------------------------------


def hundred(results: Results, plan: Plan) -> None:
    """A hundred looks: against nothing to wait for, against one by one, against goss."""
    free, still, late = "gate, 100 looks that cost nothing", "gate, 100 looks at 0 ms", "gate, 100 looks at 150 ms"
    page, plain = "gate with its HTML report, 100 looks at 150 ms", "pytest-bdd one by one, 100 looks at 150 ms"
    hand = "curl, dig, openssl one by one, 100 looks at 150 ms"
    with generated(plan) as made:
        made.run(100, 0.0)()  # compiles what is compiled once
        typed, lacking = made.typed(100, DELAY)
        contestants = {
            free: made.run(100, 0.0, free=True),
            still: made.run(100, 0.0),
            late: made.run(100, DELAY),
            page: made.run(100, DELAY, writes="report"),
            plain: made.one_by_one(100, DELAY),
            hand: typed,
        }
        take_turns(results, contestants, plan.times(5))
    results.figures += [
        Figure(
            "gate ÷ (the same scenarios with looks that cost nothing + the slowest look, 150 ms)",
            "waiting", Part(late), Part(free, plus=DELAY), at_most=1.3,
        ),
        Figure("gate at 150 ms per answer ÷ gate at 0 ms, 100 looks", "delay", Part(late), Part(still), at_most=1.25),
        Figure("sequential pytest-bdd ÷ gate with its record, 100 looks at 150 ms", "sequential",
               Part(plain), Part(late), at_least=10),
        Figure("curl, dig and openssl one by one ÷ gate with its record, same", "hand",
               Part(hand), Part(late), at_least=10),
        Figure("sequential pytest-bdd ÷ gate with record and HTML report, same", "sequential", Part(plain), Part(page)),
        Figure("goss ÷ gate with its record, 100 looks at 150 ms", "goss", GOSS[100], Part(late), at_least=2.2,
               source="goss: 3.83 s, measured once on another machine"),
    ]  # fmt: skip
    results.notes += [
        f"By hand without {program}, which this machine lacks: its third is missing." for program in lacking
    ]


def thousand(results: Results, plan: Plan) -> None:
    """A thousand looks, against goss."""
    late = "gate, 1,000 looks at 150 ms"
    with generated(plan) as made:
        take_turns(results, {late: made.run(1_000, DELAY)}, plan.times(3))
    results.figures.append(
        Figure("goss ÷ gate with its record, 1,000 looks at 150 ms", "goss", GOSS[1_000], Part(late), at_least=5,
               source="goss: 35.40 s, measured once on another machine")
    )  # fmt: skip


def record(results: Results, plan: Plan) -> None:
    """What the record and the results cost."""
    on, off = "gate, record and results, 1,500 scenarios", "gate, nothing written, 1,500 scenarios"
    with generated(plan) as made:
        contestants = {
            off: made.run(1_500, 0.0, free=True, writes="nothing"),
            on: made.run(1_500, 0.0, free=True),
        }
        # Often: to make three thousand files takes ext4 0.07 s, and 0.4 to 1.2 where its maps are to be searched first.
        take_turns(results, contestants, plan.times(9))
    results.figures.append(
        Figure("with the record and Allure results ÷ without, 1,500 scenarios", "record",
               Part(on), Part(off), at_most=1.3)
    )  # fmt: skip


def requests(results: Results, plan: Plan) -> None:
    """How often the world is asked, by its own count."""
    with generated(plan) as made:
        for count in (100,) if plan.quick else (100, 1_000):
            made.run(count, DELAY)()
            asked = requests_of(made.asked)
            results.figures.append(
                Figure(f"requests sent ÷ distinct looks, {count:,} looks", "requests",
                       asked["sent"], asked["looks"], at_most=1.0, source="counted by the target")
            )  # fmt: skip
            results.figures.append(
                Figure(f"address look-ups sent ÷ distinct (name, kind), {count:,} looks", "requests",
                       asked["addresses sent"], asked["addresses"], source="counted by the target")
            )  # fmt: skip


def requests_of(asked: Mapping[str, int]) -> dict[str, int]:
    """
    From the target's own count: what was sent and how much of it was different.

    A handshake is counted before it says for which host it is; there is one look for each host that is asked for one.
    """
    kinds = {"page", "name", "aws"}
    told = {name: times for name, times in asked.items() if name.partition(" ")[0] in kinds}
    addresses = {name: times for name, times in asked.items() if name.startswith("address ")}
    hosts = {name.split(" ")[1] for name in addresses}
    handshakes = sum(host.startswith("tls-") for host in hosts)
    return {
        "sent": sum(told.values()) + asked.get("handshake", 0),
        "looks": len(told) + handshakes,
        "addresses sent": sum(addresses.values()),
        "addresses": len(addresses),
    }


def growth(results: Results, plan: Plan) -> None:
    """Whether a larger checklist costs more for each scenario."""
    names = {count: f"gate, record and results, {count:,} scenarios" for count in (100, 1_000, 10_000)}
    with generated(plan) as made:
        small = {names[count]: made.run(count, 0.0, free=True) for count in (100, 1_000)}
        take_turns(results, small, plan.times(3))
        if not plan.quick:
            take_turns(results, {names[10_000]: made.run(10_000, 0.0, free=True)}, 1)
    if not plan.quick:
        results.figures.append(
            Figure("wall per scenario at 10,000 ÷ at 1,000", "growth",
                   Part(names[10_000], per=10_000), Part(names[1_000], per=1_000), at_most=1.1)
        )  # fmt: skip
    results.figures.append(
        Figure("peak memory at 1,000 ÷ at 100", "growth",
               Part(names[1_000], "memory"), Part(names[100], "memory"), at_most=1.6)
    )  # fmt: skip


def checklist(results: Results, plan: Plan) -> None:
    """The real checklist on the twin, at once and late, against the commands that a person types."""
    late, still = "gate, the checklist on a running twin, 150 ms", "gate, the checklist on a running twin, 0 ms"
    hand = "by hand, one command after the other, 150 ms"
    seen = "gate, the items of which those commands show a part, 150 ms"
    folder, twin = plan.folder(), TwinProcess.start()
    try:
        told = _told(twin.detour)
        (folder / "way.json").write_text(json.dumps(told), encoding="utf-8")
        shell = {"BENCH_WAY": str(folder / "way.json"), "BENCH_WRITES": "record"}
        commands = byhand.commands(told)
        lacking = byhand.missing(commands)
        typed = [command for command in commands if command.program not in lacking]
        shown = " or ".join(sorted({item for command in typed for item in command.items}))

        def gate(delay: float, *selected: str) -> Run:
            def run() -> Took:
                _delay(twin.detour, delay)
                command = (*PYTEST, "-p", "bench.way", "-m", "golive", *selected)
                return timed(command, HOME, {**shell, "BENCH_FOLDER": str(plan.folder()), "PYTHONPATH": str(HOME)})

            return run

        def by_hand() -> Took:
            _delay(twin.detour, DELAY)
            took = [timed(command.words, folder, byhand.variables(told)) for command in typed]
            return Took(sum(one.wall for one in took), sum(one.cpu for one in took), max(t.memory for t in took))

        gate(0.0)()
        contestants = {
            still: gate(0.0),
            late: gate(DELAY),
            seen: gate(DELAY, "-k", shown, "--partial"),
            hand: by_hand,
        }
        take_turns(results, contestants, plan.times(3))
    finally:
        twin.stop()
    results.figures += [
        Figure("gate at 150 ms per answer ÷ gate at 0 ms, the checklist on the twin", "delay",
               Part(late), Part(still), at_most=1.25),
        Figure(f"{len(typed)} of the runbook's shell commands one by one ÷ gate, the items of which they show a part, "
               "at 150 ms", "hand", Part(hand), Part(seen)),
        Figure("the same commands ÷ gate, the whole checklist", "hand", Part(hand), Part(late)),
    ]  # fmt: skip
    results.notes += [f"By hand without {program}, which this machine lacks: the checklist." for program in lacking]
    results.notes.append(f"By hand {len(shown.split(' or '))} of the items of T-0 are seen, each in part.")


def rehearsal(results: Results, plan: Plan) -> None:
    """The first command of the README, once everything is installed."""
    whole, up = "rehearsal: start of pytest → HTML report", "twin: start → up"
    reports = plan.folder()

    def rehearse() -> Took:
        return timed((*GATE, f"--reports={reports}"), HOME, {})

    rehearse()
    take_turns(results, {whole: rehearse, up: _twin_up}, plan.times(5))
    written = next(iter(reports.glob("rehearsal/*/report.html")), None)
    assert written is not None, "a rehearsal ends with its report"
    results.figures += [
        Figure("rehearsal, warm install → HTML report", "rehearsal", Part(whole), at_most=15, unit=" s"),
        Figure("twin up", "rehearsal", Part(up), at_most=4, unit=" s"),
    ]


def diagnosis(results: Results, plan: Plan) -> None:
    """From the start of a diagnosis, its twin's included, to the cause on the screen."""
    every, worst = "diagnosis: start → cause named, all", "diagnosis: start → cause named, the slowest"
    reports = plan.folder()
    for runbook, document in NAMES.items():
        name = f"diagnosis of {runbook}: start → cause named"
        mine = [one for one in INCIDENTS.values() if one.cause.startswith(f"{RUNBOOKS[document]}-")]
        for one in mine[:1] if plan.quick else _one_of_each(mine):
            command = (sys.executable, "-c", "from golive.cli import main; main()", "diagnose", runbook)
            more = ("--since=12m", "--delay=0.1", f"--fault={one.name}", f"--reports={reports}")
            took = answered((*command, *more), HOME, f"{one.cause}: ")
            print(f"  {runbook} {one.name}: {took.wall:.2f} s", flush=True)
            run = {"wall": took.wall, "cpu": took.cpu, "memory": took.memory}
            results.runs.setdefault(name, []).append(run)
            results.runs.setdefault(every, []).append(run)
    slowest = max(results.runs[every], key=lambda run: run["wall"])
    results.runs[worst] = [slowest]
    results.figures += [
        Figure("diagnosis, start → cause named, 100 ms per answer: median", "diagnosis", Part(every), at_most=10,
               unit=" s"),
        Figure("diagnosis, same: the slowest incident", "diagnosis", Part(worst), at_most=10, unit=" s"),
    ]  # fmt: skip


def _one_of_each(incidents: Sequence[Incident]) -> list[Incident]:
    """The first incident of each cause, and those in which somebody hangs, for these take longest."""
    first: dict[str, Incident] = {}
    for one in incidents:
        first.setdefault(one.cause, one)
    hanging = [one for one in incidents if one.name.endswith("-hangs") and one not in first.values()]
    return [*first.values(), *hanging]


# What makes thousands of files comes before the twins, which take theirs away when they stop: an ext4 without a journal
# gives an inode that was freed in the last minutes to nobody, and searches long for another.
ROWS: dict[str, Callable[[Results, Plan], None]] = {
    "hundred": hundred,
    "thousand": thousand,
    "record": record,
    "growth": growth,
    "requests": requests,
    "checklist": checklist,
    "rehearsal": rehearsal,
    "diagnosis": diagnosis,
}


def _twin_up() -> Took:
    begun = time.perf_counter()
    twin = TwinProcess.start()
    wall = time.perf_counter() - begun
    twin.stop()
    return Took(wall, 0.0, 0.0)


def _told(detour: Detour) -> dict[str, Any]:
    """A detour as the twin itself tells it."""
    return {
        "ports": dict(detour.ports),
        "trust": str(detour.trust),
        "endpoints": dict(detour.endpoints),
        "variables": dict(detour.variables),
        "launch_at": detour.launch_at and detour.launch_at.isoformat(),
        "people": dict(detour.people),
        "control": detour.control,
    }


def _delay(detour: Detour, seconds: float) -> None:
    asked = urllib.request.Request(detour.control, json.dumps({"delay": seconds}).encode())  # noqa: S310  # the twin's own
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  # the twin's own
        answer.read()
