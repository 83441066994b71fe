"""What a gate and a diagnosis have in common: the files, the way to the world, what to ask there, and the way back."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from golive import record
from golive.agenda import Profile
from golive.environment import Detour, Environment, drop_redirections, load
from golive.errors import GoLiveError, SetupError
from golive.findings import Progress
from golive.identity import looks as identity_looks
from golive.identity import looks_at_aws
from golive.observatory import Observatory
from golive.probes.aws import prepare_clients
from golive.probes.look import Look
from golive.recording import make_folder
from golive.runbook import Scenario
from golive.search import Search
from golive.terminal import Terminal
from golive.twin.process import TwinProcess
from golive.vocabulary import planned
from golive.witness import Witness

# Set for itself by a run that had to begin again to be rid of what the shell told pytest.
IGNORED = "GOLIVE_IGNORED"
# What it takes to ask the target who it is, and what those libraries would import with the first question. What imports
# each other is imported by one thread: two that come upon it from different ends lock each other out.
ASKING_AWS = ("boto3", "encodings.idna")
ASKING = (
    "httpx",
    "httpcore",
    "dns.resolver",
    "dns.rdtypes.IN.A",
    "dns.rdtypes.IN.AAAA",
    "OpenSSL.SSL",
    "cryptography.hazmat.backends.openssl.backend",
)
CLIENTS = (*ASKING_AWS, *ASKING, "psycopg")
TOOLS = ("golive", "pytest", "pytest-bdd", "httpx", "boto3", "psycopg", "dnspython", "cryptography", "playwright")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    environment: str
    phase: str
    profile: Profile = "launch"
    digest: str | None = None
    faults: tuple[str, ...] = ()
    partial: bool = False
    act: bool = False  # the operator consents to acts
    reports: Path | None = None
    results: Path | None = None  # --alluredir
    command: tuple[str, ...] = ()
    since: str | None = None  # of a diagnosis: how long the incident has lasted
    incident: bool = False  # write the incident's file as well
    as_json: bool = False  # print the document
    delay: float = 0.0  # seconds that each answer of the twin takes


@dataclass(slots=True)
class Expedition(ABC):
    """One run; made before the first scenario, finished after the last."""

    home: Path
    wanted: Wanted
    terminal: Terminal
    observatory: Observatory | None = None  # one that has looked already, from a test
    on_record: Callable[[Any], None] | None = None  # a test that takes the document instead of files
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    reasons: list[str] = field(default_factory=list)
    unknown: str = ""  # why nothing may be judged
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    folder: Path | None = None
    twin: TwinProcess | None = None
    loading: Thread | None = None  # imports while the twin starts
    ignored: tuple[str, ...] = ()
    on_disk: bool = False  # the run is on disk, with all that belongs to it
    launch_at: datetime | None = None
    environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        self.terminal.secrets_in = lambda line: self.search.names_in(line)

    @property
    def armed(self) -> bool:
        """Whether the operator consented to acts."""
        return False

    @property
    def clients(self) -> Sequence[str]:
        """The libraries that looks are asked with."""
        return CLIENTS

    def settle(self) -> None:
        """What is wanted, and where; SetupError (exit status 4) where there is no such thing."""
        self.read_environment()

    def begin(self) -> None:
        """
        Open the way to the world and ask it who it is; no answer is waited for.

        What there is to read on this machine is read while the target answers.
        """
        if self.observatory is None and self.environment.rehearsal:
            self.terminal.say("starting the twin")
            self.twin = TwinProcess.spawn(self.wanted.faults, self.wanted.phase, self.wanted.delay)
            self.loading = Thread(target=load_modules, args=(self.clients,), daemon=True)
            self.loading.start()
            return
        self.observatory = self.observatory or Observatory(self.environment, Detour(), armed=self.armed)
        self.observatory.start_clock()  # that of a run before this one, where a test hands on its observatory, is over
        # First, and by this thread: the sooner the questions are out, the more is read while they travel. Those to AWS
        # take longest to be written. What is left to the threads they do in turns with the reading.
        load_modules(ASKING_AWS)
        asked_first = looks_at_aws(self.environment)
        prepare_clients(self.observatory.reach, [look.host for look in asked_first])
        self.observatory.begin(asked_first)
        load_modules(ASKING)
        self.observatory.begin(identity_looks(self.environment))

    @abstractmethod
    def prepare(self) -> None:
        """Read what is written, make the folder for what will be; SetupError (exit status 4) where that fails."""

    @abstractmethod
    def look(self, selected: Sequence[Scenario]) -> None:
        """Establish who the target is, then answer the looks of the *selected* scenarios side by side."""

    @abstractmethod
    def finish(self, progresses: Sequence[Progress], unselected: frozenset[str]) -> int:
        """Record, judge, write, tell; returns the exit status."""

    def is_due(self, scenario: Scenario) -> bool:  # noqa: ARG002  # of those that know phases
        """Whether what *scenario* speaks of must hold in this run's phase, so that acts of it may be done."""
        return False

    def witness(self, scenario: Scenario) -> Witness:  # noqa: ARG002  # of those that weigh
        """Who takes what the sentences of *scenario* see and say."""
        assert self.observatory is not None, "a run looks before its first scenario"
        return Witness(self.observatory)

    def offered(self) -> Mapping[str, Any]:
        """What a looking sentence may ask for besides what it says itself."""
        return {"environment": self.environment, "launch_at": self.launch_at}

    def plan(self, selected: Sequence[Scenario]) -> list[Look[Any]]:
        """The looks of the *selected* scenarios, as far as they can be told beforehand; no act before it is due."""
        looks: list[Look[Any]] = []
        for scenario in selected:
            for step in scenario.steps:
                try:
                    told = list(planned(step.text, step.table, step.docstring, dict(self.offered())))
                    looks += [look for look in told if self.may_ask(scenario, look)]
                except (GoLiveError, LookupError, TypeError, ValueError):
                    continue  # the scenario will say so when it gets there
        return looks

    def may_ask(self, scenario: Scenario, look: Look[Any]) -> bool:  # noqa: ARG002  # of those that act
        """Whether *look* of *scenario* belongs to the plan."""
        return True

    def withdraw(self) -> None:
        """Take away what was written of a run that a person stopped before it was whole."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Let the twin go; a folder without anything in it goes too."""
        if self.twin is not None:
            self.twin.stop()
        if self.folder is not None and self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    @property
    def search(self) -> Search:
        """The search for every secret that the run has held so far."""
        return self.observatory.reach.search if self.observatory else Search({})

    # -- for those that go ----------------------------------------------------------------------------------------

    def read_environment(self) -> None:
        """The environment file, and what of the shell is not followed."""
        self.environment = load(self.wanted.environment, self.home)
        self.launch_at = self.environment.launch_at
        if self.wanted.faults and not self.environment.rehearsal:
            raise SetupError("--fault breaks the twin, so it goes with --env rehearsal only")
        if self.wanted.delay and not self.environment.rehearsal:
            raise SetupError("--delay slows the twin down, so it goes with --env rehearsal only")
        self.ignored = tuple(sorted({*drop_redirections(os.environ), *os.environ.pop(IGNORED, "").split()}))

    def make_folder(self, *below: str) -> None:
        """A place for what the run writes, unless a test takes it."""
        if self.on_record is None:
            reports = (self.wanted.reports or self.home / "reports").joinpath(self.environment.name, *below)
            self.folder = make_folder(reports.parent, reports.name, self.started)

    def way(self) -> Observatory:
        """The observatory of the target, once there is a way there; its time counts from here on."""
        if self.twin is not None:
            if self.loading is not None:
                self.loading.join()
            self.observatory = Observatory(self.environment, self.twin.meet(), armed=self.armed)
        assert self.observatory is not None, "a run begins before it looks"
        if self.environment.rehearsal:
            self.launch_at = self.observatory.reach.detour.launch_at  # the twin knows the hour that it plays
        self.observatory.start_clock()
        return self.observatory

    def ran(self, **more: Any) -> record.Run:
        """When and with what this ran, for the document; *more* is what only some know of themselves."""
        return record.Run(
            started=self.started,
            ended=datetime.now(UTC),
            command=self.wanted.command,
            tools=_tools(),
            ignored=self.ignored,
            faults=self.wanted.faults,
            looks=self.observatory.count if self.observatory else 0,
            requests=self.observatory.requests if self.observatory else 0,
            **more,
        )


def load_modules(modules: Sequence[str]) -> None:
    """Import what will be needed, while there is nothing to do but to wait."""
    for name in modules:
        importlib.import_module(name)


@cache
def _tools() -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in TOOLS}
    return {"python": platform.python_version(), "platform": sys.platform, **versions}
