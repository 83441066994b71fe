"""The pytest plugin: scenarios become findings, findings a record, the record a verdict and an exit status.

It does nothing until a scenario of `features/` is selected. Then the run is a gate: pytest's own colours and exit
status no longer count, and nothing on the command line can turn a NO-GO into 0. Where the scenarios are those of a
failure's causes, it is a diagnosis instead, which can never be taken for a gate.
"""

from __future__ import annotations

import gc
import logging
import re
import signal
import sys
from collections.abc import Generator, Iterable
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest
from pytest_bdd.scenario import scenario_wrapper_template_registry
from pytest_bdd.utils import registry_get_safe

from golive.diagnosis.selecting import DIAGNOSE, NAMES, refuse_options_of_the_other, runbook_of
from golive.errors import GoLiveError, SetupError
from golive.expedition import Expedition, Wanted
from golive.findings import Progress, item_of, note_report
from golive.invocation import begin_again_without_the_shell, refuse_other_ways, typed
from golive.observatory import Observatory
from golive.phases import LAUNCH
from golive.recording import place_for_results
from golive.run import Run
from golive.runbook import is_cause
from golive.stepfinder import remembering
from golive.terminal import Terminal

# How seldom a run's memory is searched for garbage: nearly all of it lives until the process ends, and Python's own
# searches are a tenth of a gate's work.
RARELY = (500_000, 10, 1_000)
TAG = re.compile(r"(?<=@)[^@\s]+")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The gate's own options, and Allure's where one of them is asked for: a small gate notices what that loads."""
    if any("--allure" in text or "-alluredir" in text or text in {"-h", "--help"} for text in typed(pluginmanager)):
        pluginmanager.import_plugin("allure_pytest.plugin")
    group = parser.getgroup("golive", "the go-live gate")
    group.addoption("--env", default="rehearsal", metavar="NAME", help="the environment to gate (default: rehearsal)")
    group.addoption("--phase", default=LAUNCH, metavar="PHASE", help=f"the phase to gate (default: {LAUNCH})")
    group.addoption(
        "--profile",
        default="launch",
        choices=("launch", "change"),
        help="launch gates a phase; change gates what every later deploy must hold",
    )
    group.addoption("--digest", default=None, metavar="sha256:…", help="the candidate (default: what runs)")
    group.addoption("--fault", action="append", default=[], metavar="NAME", help="break the twin (see golive faults)")
    group.addoption("--act", action="store_true", help="consent to the acts that change or send something")
    group.addoption("--partial", action="store_true", help="exit 0 when all that was selected holds")
    group.addoption(
        "--replay", default=None, metavar="RECORD", help="judge a recorded run again, without the network (--replay=…)"
    )
    group.addoption("--since", default=None, metavar="WHEN", help="a diagnosis: when it began, 12m (ago) or an instant")
    group.addoption("--incident", action="store_true", help="a diagnosis: write the incident's file")
    group.addoption("--json", action="store_true", help="a diagnosis: print it as JSON")
    group.addoption("--delay", type=float, default=0.0, metavar="S", help="let each answer of the twin take S seconds")
    group.addoption("--reports", default=None, metavar="DIR", help="where runs are written (default: reports/)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Install the gate, before Allure's plugin makes the folder that it is told, or (--clean-alluredir) empties it."""
    if results := getattr(config.option, "allure_report_dir", None):
        home = config.rootpath
        try:
            place_for_results(Path(results), home, Path(config.option.reports or home / "reports"))
        except SetupError as exc:
            raise pytest.UsageError(str(exc)) from None
    config.addinivalue_line("markers", "golive: every scenario of the go-live runbook")
    config.pluginmanager.register(Gate(config), "golive-gate")


class Gate:
    """The hooks of one pytest run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.home = config.rootpath
        self.run: Expedition | None = None
        self.progress: dict[str, Progress] = {}
        self.done: list[Progress] = []
        self.items: dict[str, str] = {}  # collected scenario → item, or cause
        self.runbooks: dict[str, str] = {}  # collected cause → the runbook of its feature
        self.deselected: set[str] = set()
        self.registered: set[str] = set()
        self.uncollected: list[str] = []
        self.interrupted = False
        self.withdrawing = False
        self.searched = gc.get_threshold()
        # What a test hands in: an observatory that has looked already, and who takes the record.
        self.observatory: Observatory | None = None
        self.on_record: Any = None

    # -- collection -----------------------------------------------------------------------------------------------

    def pytest_bdd_apply_tag(self, tag: str, function: Any) -> bool:
        """A tag is a marker of the same name."""
        self._register([tag])
        getattr(pytest.mark, tag)(function)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """
        Where it is sure what this run is, the target is asked who it is while pytest collects.

        And make all tags known at once: pytest reads its list of markers anew for each that it has not seen.
        """
        if (runbook := self._surely()) is not None:
            self._begin(runbook)
        for path in (self.home / "features").rglob("*.feature"):
            self._register(TAG.findall(path.read_text(encoding="utf-8", errors="replace")))

    def _register(self, tags: Iterable[str]) -> None:
        for tag in dict.fromkeys(tags):
            if tag not in self.registered:
                self.registered.add(tag)
                self.config.addinivalue_line("markers", f"{tag}: a tag of the features")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Features that cannot be collected are a reason, not a mere error of pytest."""
        if report.failed and report.nodeid.startswith("features"):
            lines = str(report.longrepr).strip().splitlines() or ["unreadable"]
            self.uncollected.append(f"{report.nodeid} cannot be collected: {lines[-1].removeprefix('E').strip()}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mark the scenarios before anything selects by mark."""
        rows: list[tuple[pytest.Item, str]] = []
        for item in items:
            template = registry_get_safe(scenario_wrapper_template_registry, getattr(item, "function", None))
            if template is None or (self.home / "features") not in item.path.parents:
                continue
            row = item.callspec.params.get("_pytest_bdd_example", {}) if hasattr(item, "callspec") else {}
            name = item_of(sorted(template.tags), row) or ""
            self.items[item.nodeid] = name
            if is_cause(name):
                self.runbooks[item.nodeid] = _runbook(item)
            else:
                item.add_marker("golive")
            if row and name:
                rows.append((item, name))
        self._register(name for _, name in rows)
        for item, name in rows:
            item.add_marker(name)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Keep what was left out: less than the gate is PARTIAL."""
        self.deselected |= {item.nodeid for item in items}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Where a scenario of the features is selected, this run is a gate: prepare it and look."""
        if isinstance(sys.exc_info()[1], pytest.UsageError):  # pytest says what is wrong with the command line
            self._stop()
            self.run = None
            return
        selected = [item.nodeid for item in session.items if item.nodeid in self.items]
        try:
            if self._only_shown() or not (self.items or self.uncollected):
                return
            self._be_rid_of_the_shell()
            if not (selected or self.uncollected):
                self._stop()
                self.run = None
                return  # nothing is gated: pytest says so, and exits 5
            runbook = runbook_of(self.config.option, selected, self.runbooks, self.uncollected)
            if self.run is None:
                self._begin(runbook)
            assert self.run is not None, "begun now, or before the collection"
            self._quieten()
            if not runbook:
                self.run.reasons += self.uncollected
            self.run.prepare()
            scenarios = self.run.scenarios
            self.run.look([scenarios[self.items[node]] for node in selected if self.items[node] in scenarios])
            if self.interrupted:
                raise KeyboardInterrupt
        except SetupError as exc:
            raise self._refusal(exc) from None

    def _only_shown(self) -> bool:
        option = self.config.option
        return bool(option.collectonly or option.setupplan or option.setuponly)

    def _surely(self) -> str | None:
        """What the command line asks for: a runbook's diagnosis, "" for the gate; None where it cannot be told yet."""
        wanted = self.config.option.markexpr
        if self._only_shown() or not (self.home / "features").is_dir():
            return None
        if wanted == "golive":
            return ""
        name = wanted.removeprefix(DIAGNOSE)
        return name if name != wanted and name in NAMES else None

    def _begin(self, runbook: str) -> None:
        """Refuse what makes no gate and no diagnosis, and begin a run."""
        gc.set_threshold(*RARELY)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler and current_thread() is main_thread():
            signal.signal(signal.SIGINT, self._interrupt)
        try:
            self._be_rid_of_the_shell()
            refuse_other_ways(self.config, self.home)
            refuse_options_of_the_other(self.config.option, runbook)
            self.run = self._make_run(runbook)
            self.run.settle()
            self.run.begin()
        except SetupError as exc:
            raise self._refusal(exc) from None

    def _interrupt(self, *_: object) -> None:
        """
        Stop; written down as well, for what is raised while Python cleans something up is heard by nobody.

        Too late for a run that is on disk already, or that is being taken away from there.
        """
        if self.withdrawing or (self.run is not None and self.run.on_disk):
            return
        self.interrupted = True
        raise KeyboardInterrupt

    def _refusal(self, exc: SetupError) -> pytest.UsageError:
        """The end of a run that makes no gate, with the reason; where that holds a secret, with the secret's name."""
        said = str(exc)
        if self.run is not None and (names := self.run.search.names_in(said)):
            said = f"withheld: the reason holds {', '.join(names)}"
        self._stop()
        return pytest.UsageError(said)

    def _be_rid_of_the_shell(self) -> None:
        if self.on_record is None:  # a test that takes the record has this process for itself
            begin_again_without_the_shell(self.config)

    def _quieten(self) -> None:
        """
        From here on the gate speaks, not pytest's reporter; Allure's listener would follow every fixture, and what
        libraries log is nobody's to read.
        """
        self.config.option.tbstyle = "no"  # nobody reads them, and to write one takes longer than to look
        logging.getLogger().addHandler(logging.NullHandler())
        for plugin in ("terminalreporter", "allure_listener", "logging-plugin"):
            found = self.config.pluginmanager.getplugin(plugin)
            if found is not None:
                self.config.pluginmanager.unregister(found)

    def _make_run(self, runbook: str) -> Expedition:
        option = self.config.option
        if option.replay is not None:
            from golive.replay import Replay  # here and not above: no other run needs it

            replay = Replay.of(self.home, Path(option.replay), self.config.invocation_params.args, Terminal())
            replay.on_record = self.on_record
            return replay
        wanted = Wanted(
            environment=option.env,
            phase=option.phase,
            profile=option.profile,
            digest=option.digest,
            faults=tuple(option.fault),
            partial=option.partial,
            act=option.act,
            reports=Path(option.reports) if option.reports else None,
            results=Path(results) if (results := getattr(option, "allure_report_dir", None)) else None,
            command=("pytest", *map(str, self.config.invocation_params.args)),
            since=option.since,
            incident=option.incident,
            as_json=option.json,
            delay=option.delay,
        )
        if runbook:
            from golive.diagnosis.inquiry import Inquiry  # as above

            terminal = Terminal.beside(option.json)
            return Inquiry(self.home, wanted, terminal, self.observatory, self.on_record, runbook=runbook)
        return Run(self.home, wanted, Terminal(), self.observatory, self.on_record)

    # -- scenarios ------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """A gate says the same sentences over and over."""
        if self.run is None:
            return (yield)
        with remembering():
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Where the target is not known, nothing is judged."""
        if self.run is None or item.nodeid not in self.items:
            return None
        scenario = self.run.scenarios.get(self.items[item.nodeid])
        if scenario is None:
            return True  # the inventory's disagreement with the features is among the reasons
        progress = self.progress[item.nodeid] = Progress(scenario)
        self.done.append(progress)
        if self.run.unknown:
            progress.trouble = self.run.unknown
            return True
        progress.witness = self.run.witness(scenario)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Know which looks the scenario asks."""
        progress = self.progress.get(item.nodeid)
        if progress is None or self.run is None or self.run.observatory is None:
            return (yield)
        with self.run.observatory.watching(due=self.run.is_due(progress.scenario)) as progress.asked:
            result = yield
            progress.conclude()
            return result

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        """A sentence holds."""
        if progress := self.progress.get(request.node.nodeid):
            progress.step_passed()

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, exception: Exception) -> None:
        """A sentence does not hold, or could not be carried out."""
        if progress := self.progress.get(request.node.nodeid):
            progress.step_failed(exception)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Take in each phase of the scenario, and leave nothing secret to pytest's own writers (--junitxml)."""
        report = yield
        if progress := self.progress.get(item.nodeid):
            note_report(progress, report)
            report.sections = []
            if report.failed and self.run is not None and (names := self.run.search.names_in(str(report.longrepr))):
                report.longrepr = f"withheld: this holds {', '.join(names)}"
        return report

    # -- the end --------------------------------------------------------------------------------------------------

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """A person stopped the run; pytest's own Interrupted (features that cannot be collected) is none."""
        self.interrupted = not isinstance(excinfo.value, pytest.Session.Interrupted)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Record, judge, write, tell."""
        if self.run is None:
            return
        try:
            collection_failed = exitstatus == pytest.ExitCode.INTERRUPTED and not self.interrupted
            ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or collection_failed
            if self.interrupted:
                self._withdraw(session)
            elif ended:
                session.exitstatus = self.run.finish(self.done, self._unselected(session))
        except KeyboardInterrupt:
            self._withdraw(session)
        except GoLiveError as exc:
            self.run.terminal.say(f"{'NO-GO' if isinstance(self.run, Run) else 'no diagnosis'}: {exc}", "bold red")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        finally:
            self._stop()

    def _withdraw(self, session: pytest.Session) -> None:
        """End as stopped by a person; what was written already goes again."""
        assert self.run is not None, "there is a run to withdraw"
        self.withdrawing = True
        self.run.withdraw()
        self.run.terminal.say("interrupted: nothing was recorded", "bold red")
        session.exitstatus = pytest.ExitCode.INTERRUPTED

    def _unselected(self, session: pytest.Session) -> frozenset[str]:
        """Items that somebody left out: deselected, behind a narrower path or --lf, or after -x."""
        assert self.run is not None
        ran = {progress.scenario.item for progress in self.done}
        missing = set(self.run.scenarios) - ran
        left_out = {self.items[node] for node in self.deselected if node in self.items}
        by_path = self.config.args_source is not pytest.Config.ArgsSource.TESTPATHS
        if by_path or self.config.option.lf or session.shouldfail or session.shouldstop:
            left_out |= missing
        return frozenset(missing & left_out)

    def _stop(self) -> None:
        if signal.getsignal(signal.SIGINT) == self._interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self.run is not None:
            self.run.close()
            gc.set_threshold(*self.searched)
            gc.freeze()  # on the way out nothing is searched for garbage once more


def _runbook(item: pytest.Item) -> str:
    """Of which failure a collected cause is one, as its feature's tag says."""
    names = [mark.name.removeprefix(DIAGNOSE) for mark in item.iter_markers() if mark.name.startswith(DIAGNOSE)]
    return names[0] if names else ""
