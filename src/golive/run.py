"""One run of the gate: environment, twin, identity, looks before; record, verdict and report after."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from golive import runbook
from golive import verdict as judge_of
from golive.environment import Detour, Environment, drop_redirections, load
from golive.errors import GoLiveError, SetupError
from golive.findings import Progress, steps_of
from golive.identity import establish
from golive.observatory import Observatory
from golive.probes.browser import Visit, prepare
from golive.probes.look import Act, Look
from golive.record import Decision, Finding, Inventory, Record, Status, Subject, Verdict
from golive.record import Run as RunPart
from golive.recording import Withheld, make_folder, shown, write_run
from golive.runbook import Item, Scenario, disagreements, load_inventory, read_features, read_lock
from golive.subject import subject_of
from golive.terminal import Terminal
from golive.twin.process import TwinProcess
from golive.vocabulary import check_sentences, planned

# Set for itself by a gate that had to begin again to be rid of what the shell told pytest.
IGNORED = "GOLIVE_IGNORED"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TOOLS = ("golive", "pytest", "pytest-bdd", "httpx", "boto3", "psycopg", "dnspython", "cryptography", "playwright")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    environment: str
    phase: str
    digest: str | None = None
    faults: tuple[str, ...] = ()
    partial: bool = False
    act: bool = False  # the operator consents to acts
    reports: Path | None = None
    results: Path | None = None  # --alluredir
    command: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """One run; made before the first scenario, finished after the last."""

    home: Path
    wanted: Wanted
    terminal: Terminal
    observatory: Observatory | None = None  # one that has looked already, from a test
    on_record: Callable[[Record], None] | None = None  # a test that takes the record instead of files
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    reasons: list[str] = field(default_factory=list)
    unknown: str = ""  # why nothing may be judged
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    folder: Path | None = None
    twin: TwinProcess | None = None
    ignored: tuple[str, ...] = ()
    lock_digest: str = ""
    launch_at: datetime | None = None
    environment: Environment = field(init=False)
    inventory: runbook.Inventory = field(init=False)

    def prepare(self) -> None:
        """Read what is written and open the way to the world; SetupError (exit status 4) where that fails."""
        self.inventory = load_inventory(self.home / "features")
        if self.wanted.phase not in (*self.inventory.phases, "rollback"):
            raise SetupError(f"there is no phase {self.wanted.phase!r}; there are: {', '.join(self.inventory.phases)}")
        self.environment = load(self.wanted.environment, self.home)
        self.launch_at = self.environment.launch_at
        if self.wanted.digest is not None and not DIGEST.fullmatch(self.wanted.digest):
            raise SetupError(
                f"--digest {self.wanted.digest} is no digest of an image: sha256: and 64 hexadecimal digits"
            )
        if self.wanted.faults and not self.environment.rehearsal:
            raise SetupError("--fault breaks the twin, so it goes with --env rehearsal only")
        written, wrong = read_features(self.home / "features")
        lock, self.lock_digest = read_lock(self.home / "features")
        self.scenarios = {scenario.item: scenario for scenario in written}
        self.reasons += wrong + disagreements(self.inventory, written, lock)
        self.reasons += check_sentences([step.text for scenario in written for step in scenario.steps])
        self.ignored = tuple(sorted({*drop_redirections(os.environ), *os.environ.pop(IGNORED, "").split()}))
        if self.on_record is None:
            reports = self.wanted.reports or self.home / "reports"
            self.folder = make_folder(reports, self.environment.name, self.started)

    def look(self, selected: Sequence[Scenario]) -> None:
        """Establish who the target is, then answer the looks of the *selected* scenarios side by side."""
        if self.reasons:
            self.unknown = f"the features cannot be trusted: {self.reasons[0]}"
            return
        detour = Detour()
        if self.observatory is None and self.environment.rehearsal:
            self.terminal.say("starting the twin")
            Thread(target=_load_clients, daemon=True).start()
            self.twin = TwinProcess.start(self.wanted.faults, self.wanted.phase)
            detour = self.twin.detour
        self.observatory = self.observatory or Observatory(self.environment, detour, armed=self.wanted.act)
        if self.environment.rehearsal:
            self.launch_at = self.observatory.reach.detour.launch_at  # the twin knows the hour that it plays
        self.observatory.start_clock()
        planned = self.plan(selected)
        if any(isinstance(look, Visit) for look in planned):
            self.observatory.meanwhile(prepare)  # a browser takes longest to start
        self.unknown = establish(self.environment, self.observatory).unknown
        if self.unknown:
            return
        with self.terminal.looking("looking") as on_answer:
            looks = [look.unless if isinstance(look, Act) else look for look in planned]
            self.observatory.gather([look for look in looks if look is not None], on_answer)
        if self.observatory.armed:
            for act in planned:
                if isinstance(act, Act) and self.observatory.will_act(act):
                    self.terminal.say(f"will act: {act.effect}", "bold yellow")

    def plan(self, selected: Sequence[Scenario]) -> list[Look[Any]]:
        """The looks of the *selected* scenarios, as far as they can be told beforehand."""
        offered = {"environment": self.environment, "launch_at": self.launch_at}
        looks: list[Look[Any]] = []
        for scenario in selected:
            for step in scenario.steps:
                try:
                    looks += list(planned(step.text, step.table, step.docstring, offered))
                except (GoLiveError, LookupError, TypeError, ValueError):
                    continue  # the scenario will say so when it gets there
        return looks

    # -- after the last scenario ------------------------------------------------------------------------------------

    def finish(self, progresses: Sequence[Progress], unselected: frozenset[str], *, tell: bool = True) -> int:
        """Record, judge, write, tell; returns the exit status."""
        record = self.record(progresses, unselected)
        if self.on_record is not None:
            self.on_record(record)
            return 0 if judge_of.holds(record.verdict, partial_is_enough=self.wanted.partial) else 1
        assert self.folder is not None, "a run that writes has made its folder"
        if tell:
            self.terminal.items(record)
        report = None
        try:
            held = self.observatory.reach.held if self.observatory else {}
            report = write_run(
                record,
                self.folder,
                home=self.home,
                held=held,
                extra={"lock": self.lock_digest},
                results=self.wanted.results,
            ).report
        except (GoLiveError, OSError) as exc:
            record = _refused(record, str(exc), self.folder, keep=not isinstance(exc, Withheld))
        self.terminal.verdict(record, shown(report) if report else None)
        return 0 if judge_of.holds(record.verdict, partial_is_enough=self.wanted.partial) else 1

    def record(self, progresses: Sequence[Progress], unselected: frozenset[str]) -> Record:
        """The run as one document."""
        by_item: dict[str, list[Progress]] = defaultdict(list)
        for progress in progresses:
            by_item[progress.scenario.item].append(progress)
        findings = [
            finding
            for item in self.inventory.item
            for finding in self._findings(item, by_item.get(item.id, []), item.id in unselected)
        ]
        verdict = judge_of.judge(
            findings,
            items=[item.id for item in self.inventory.item],
            rehearsal=self.environment.rehearsal,
            opens=self.inventory.opens.get(self.wanted.phase, f"what falls due at {self.wanted.phase}"),
            reasons=self.reasons,
            unselected=unselected,
        )
        return Record(
            run=RunPart(
                started=self.started,
                ended=datetime.now(UTC),
                command=self.wanted.command,
                tools=_tools(),
                ignored=self.ignored,
                faults=self.wanted.faults,
                looks=self.observatory.count if self.observatory else 0,
                requests=self.observatory.requests if self.observatory else 0,
            ),
            environment=self.environment.name,
            rehearsal=self.environment.rehearsal,
            phase=self.wanted.phase,
            subject=self._subject(),
            verdict=verdict,
            findings=tuple(findings),
            evidence=self.observatory.evidence() if self.observatory else (),
            inventory=Inventory(
                lock=self.lock_digest,
                items=len(self.inventory.item),
                transcribed=sum(item.transcribed for item in self.inventory.item),
            ),
        )

    def _subject(self) -> Subject:
        if self.observatory is None or self.unknown:
            return Subject(image_digest=self.wanted.digest)
        return subject_of(self.environment, self.observatory, self.wanted.digest)

    def _findings(self, item: Item, ran: Sequence[Progress], unselected: bool) -> list[Finding]:
        if not item.transcribed:
            return [self._finding(item, None, Status.PENDING, "not transcribed into a scenario yet")]
        if not ran:
            why = "not selected in this run" if unselected else self.unknown or "the scenario never ran"
            return [self._finding(item, None, Status.UNKNOWN, why)]
        found = [(progress, *progress.found()) for progress in ran]
        return [self._finding(item, progress, status, reason) for progress, status, reason in found]

    def _finding(self, item: Item, progress: Progress | None, found: Status, reason: str) -> Finding:
        scenario = self.scenarios.get(item.id)
        status = found
        if found is not Status.PENDING and not self.inventory.is_due(item, self.wanted.phase):
            status, reason = Status.NOT_DUE, f"due at {item.due}; found now: {found}"
        elif found is Status.MET and item.pending and not self.environment.rehearsal:
            status, reason = Status.PENDING, f"not transcribed yet: {', '.join(item.pending)}"
        asked = progress.asked if progress and self.observatory else []
        return Finding(
            item=item.id,
            title=scenario.title if scenario else item.demand,
            demand=item.demand,
            section=item.section,
            section_title=self.inventory.titles[item.section],
            feature=scenario.feature if scenario else "",
            severity=item.severity,
            how=item.how,
            due=item.due,
            owner=item.owner,
            status=status,
            found=found if progress else None,
            reason=reason,
            remedy=item.remedy,
            warnings=tuple(progress.remarks.warnings) if progress else (),
            examined=progress.examined() if progress else (),
            tables=tuple(progress.remarks.tables) if progress else (),
            document=item.document,
            pending=item.pending,
            started=progress.started if progress else None,
            steps=steps_of(progress, self.observatory.evidence_ids) if progress and self.observatory else (),
            evidence=self.observatory.evidence_ids(asked) if self.observatory else (),
        )

    def close(self) -> None:
        """Let the twin go; a folder without anything in it goes too."""
        if self.twin is not None:
            self.twin.stop()
        if self.folder is not None and self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def _load_clients() -> None:
    """Import what the probes will import, while there is nothing else to do."""
    for name in ("boto3", "httpx", "psycopg", "dns.resolver", "OpenSSL", "playwright.async_api"):
        importlib.import_module(name)


def _refused(record: Record, reason: str, folder: Path, *, keep: bool) -> Record:
    """*record* with a verdict that says why it cannot be trusted; the one on disk, if any, must not say otherwise."""
    said = f"the run could not be written down: {reason}"
    verdict = Verdict(
        status=Decision.NO_GO,
        line=f"NO-GO{' (REHEARSAL)' * record.rehearsal}: {said}",
        opens=record.verdict.opens,
        reasons=(said, *record.verdict.reasons),
        holding=record.verdict.holding,
        counts=record.verdict.counts,
    )
    refused = record.model_copy(update={"verdict": verdict})
    path = folder / "record.json"
    if keep and path.is_file():
        try:
            path.write_text(refused.to_json(), encoding="utf-8")
        except OSError:
            path.unlink(missing_ok=True)
    return refused


def _tools() -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in TOOLS}
    return {"python": platform.python_version(), "platform": sys.platform, **versions}
