"""One run of the gate: environment, twin, identity, looks before; record, verdict and report after."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
import os
import platform
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from golive import runbook
from golive import verdict as judge_of
from golive.agenda import Agenda, Profile
from golive.environment import Detour, Environment, drop_redirections, load
from golive.errors import GoLiveError, SetupError
from golive.findings import Progress, steps_of
from golive.identity import establish
from golive.identity import looks as identity_looks
from golive.observatory import Observatory
from golive.paperwork import Laid, demands, lay_over, read_signatures, rows, without_effect
from golive.probes.browser import Visit, prepare
from golive.probes.look import Act, Look
from golive.record import Decision, Finding, Inventory, Paper, Record, Status, Subject, Verdict
from golive.record import Run as RunPart
from golive.recording import RECORD, Withheld, make_folder, shown, withhold, write_run
from golive.runbook import Item, Scenario, disagreements, load_inventory, read_features, read_lock
from golive.search import Search
from golive.standing import Circumstances, Signatures
from golive.subject import looks as subject_looks
from golive.subject import subject_of
from golive.terminal import Terminal
from golive.twin.process import TwinProcess, have_signed
from golive.vocabulary import check_sentences, planned

# Set for itself by a gate that had to begin again to be rid of what the shell told pytest.
IGNORED = "GOLIVE_IGNORED"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# What it takes to ask the target who it is; what imports each other is imported by one thread.
ASKING = ("boto3", "httpx", "dns.resolver", "OpenSSL.SSL")
CLIENTS = (*ASKING, "psycopg", "playwright.async_api")
RENDERING = ("golive.report",)
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
    loading: Thread | None = None  # imports while the twin starts
    ignored: tuple[str, ...] = ()
    lock_digest: str = ""
    launch_at: datetime | None = None
    signatures: Signatures | None = None  # what people put on record; None where nothing may be judged
    _searching: tuple[Mapping[str, str], Search] | None = field(default=None, repr=False)
    environment: Environment = field(init=False)
    inventory: runbook.Inventory = field(init=False)

    def __post_init__(self) -> None:
        self.terminal.secrets_in = lambda line: self.search.names_in(line)

    def settle(self) -> None:
        """What is to be gated, and where; SetupError (exit status 4) where there is no such thing."""
        self.inventory = load_inventory(self.home / "features")
        Agenda(self.inventory, self.wanted.phase, self.wanted.profile)  # refuses a phase that there is not
        self.environment = load(self.wanted.environment, self.home)
        self.launch_at = self.environment.launch_at
        if self.wanted.digest is not None and not DIGEST.fullmatch(self.wanted.digest):
            raise SetupError(
                f"--digest {self.wanted.digest} is no digest of an image: sha256: and 64 hexadecimal digits"
            )
        if self.wanted.faults and not self.environment.rehearsal:
            raise SetupError("--fault breaks the twin, so it goes with --env rehearsal only")
        self.ignored = tuple(sorted({*drop_redirections(os.environ), *os.environ.pop(IGNORED, "").split()}))

    def begin(self) -> None:
        """
        Open the way to the world and ask it who it is; no answer is waited for.

        What there is to read on this machine is read while the target answers.
        """
        if self.observatory is None and self.environment.rehearsal:
            self.terminal.say("starting the twin")
            self.twin = TwinProcess.spawn(self.wanted.faults, self.wanted.phase)
            self.loading = Thread(target=_load, args=(CLIENTS,), daemon=True)
            self.loading.start()
            return
        self.observatory = self.observatory or Observatory(self.environment, Detour(), armed=self.wanted.act)
        # First, and by this thread: the sooner the questions are out, the more is read while they travel.
        _load(ASKING)
        self.observatory.begin(identity_looks(self.environment))

    def prepare(self) -> None:
        """Read what is written and make the run's folder; SetupError (exit status 4) where that fails."""
        written, wrong = read_features(self.home / "features")
        lock, self.lock_digest = read_lock(self.home / "features")
        self.scenarios = {scenario.item: scenario for scenario in written}
        self.reasons += wrong + disagreements(self.inventory, written, lock)
        self.reasons += check_sentences([step.text for scenario in written for step in scenario.steps])
        if self.on_record is None:
            reports = self.wanted.reports or self.home / "reports"
            self.folder = make_folder(reports, self.environment.name, self.started)

    def look(self, selected: Sequence[Scenario]) -> None:
        """Establish who the target is, then answer the looks of the *selected* scenarios side by side."""
        if self.reasons:
            self.unknown = f"the features cannot be trusted: {self.reasons[0]}"
            return
        if self.twin is not None:
            if self.loading is not None:
                self.loading.join()  # two threads that import what imports each other can lock each other out
            self.observatory = Observatory(self.environment, self.twin.meet(), armed=self.wanted.act)
        assert self.observatory is not None, "begun with one, or with a twin"
        if self.environment.rehearsal:
            self.launch_at = self.observatory.reach.detour.launch_at  # the twin knows the hour that it plays
        self.observatory.start_clock()
        planned = [*self.plan(selected), *subject_looks(self.environment)]
        if any(isinstance(look, Visit) for look in planned):
            self.observatory.meanwhile(prepare)  # a browser takes longest to start
        self.unknown = establish(self.environment, self.observatory).unknown
        if self.unknown:
            return
        Thread(target=_load, args=(RENDERING,), daemon=True).start()
        with self.terminal.looking("looking") as on_answer:
            looks = [look.unless if isinstance(look, Act) else look for look in planned]
            self.observatory.gather([look for look in looks if look is not None], on_answer)
        self.signatures = self.signed(self.observatory)
        if self.observatory.armed:
            for act in planned:
                if isinstance(act, Act) and self.observatory.will_act(act):
                    self.terminal.say(f"will act: {act.effect}", "bold yellow")

    @property
    def agenda(self) -> Agenda:
        """What is due in this run."""
        return Agenda(self.inventory, self.wanted.phase, self.wanted.profile, self.launch_at)

    def signed(self, observatory: Observatory) -> Signatures:
        """What people put on record, held against what is launched."""
        asked = demands(self.inventory, self.scenarios)
        people, folder, subject = self.environment.people, self.environment.folder, self._subject()
        detour = observatory.reach.detour
        if detour.people:
            people = tuple(
                person.model_copy(update={"keys": (detour.people[person.name],)})
                for person in people
                if person.name in detour.people
            )
            folder = have_signed(
                detour,
                {
                    "environment": self.environment.name,
                    "now": self.started.isoformat(),
                    "image_digest": subject.image_digest,
                    "configuration": subject.configuration,
                    "items": [dataclasses.asdict(demand) for demand in asked.values()],
                },
            )
        circumstances = Circumstances(self.environment.name, people, self.started, subject)
        return read_signatures(folder, circumstances, asked)

    def plan(self, selected: Sequence[Scenario]) -> list[Look[Any]]:
        """The looks of the *selected* scenarios, as far as they can be told beforehand; no act before it is due."""
        offered = {"environment": self.environment, "launch_at": self.launch_at}
        looks: list[Look[Any]] = []
        for scenario in selected:
            for step in scenario.steps:
                try:
                    told = list(planned(step.text, step.table, step.docstring, offered))
                    looks += [look for look in told if self.is_due(scenario) or not isinstance(look, Act)]
                except (GoLiveError, LookupError, TypeError, ValueError):
                    continue  # the scenario will say so when it gets there
        return looks

    def is_due(self, scenario: Scenario) -> bool:
        """Whether the item of *scenario* must hold in this run's phase."""
        item = self.inventory.by_id.get(scenario.item)
        return item is not None and self.agenda.is_due(item)

    # -- after the last scenario ------------------------------------------------------------------------------------

    def finish(self, progresses: Sequence[Progress], unselected: frozenset[str], *, tell: bool = True) -> int:
        """Record, judge, write, tell; returns the exit status."""
        record = self.record(progresses, unselected)
        if self.on_record is not None:
            self.on_record(record)
            return 0 if judge_of.holds(record.verdict, partial_is_enough=self.wanted.partial) else 1
        assert self.folder is not None, "a run that writes has made its folder"
        report = None
        try:
            withhold({RECORD: record.to_json().encode()}, self.search)  # before a word of it is said
            if tell:
                self.terminal.items(record)
            report = write_run(
                record,
                self.folder,
                home=self.home,
                search=self.search,
                extra={"lock": self.lock_digest},
                results=self.wanted.results,
            ).report
        except Withheld as exc:
            self.terminal.say("")
            self.terminal.say(_refused(record, str(exc)).verdict.line, "bold red")
            return 1
        except (GoLiveError, OSError) as exc:
            record = _refused(record, str(exc))
            self._rewrite(record)
        self.terminal.verdict(record, shown(report) if report else None)
        return 0 if judge_of.holds(record.verdict, partial_is_enough=self.wanted.partial) else 1

    def _rewrite(self, refused: Record) -> None:
        """The record that is on disk, if any, must not say otherwise than *refused*, and hold no secret either."""
        assert self.folder is not None, "a run that writes has made its folder"
        path = self.folder / RECORD
        if not path.is_file():
            return
        text = refused.to_json()
        try:
            withhold({RECORD: text.encode()}, self.search)
            path.write_text(text, encoding="utf-8")
        except (Withheld, OSError):
            path.unlink(missing_ok=True)

    @property
    def search(self) -> Search:
        """The search for every secret that the run has held so far."""
        held = self.observatory.reach.held if self.observatory else {}
        if self._searching is None or self._searching[0] != held:
            self._searching = (held, Search(held))
        return self._searching[1]

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
        records = self._records(progresses, findings)
        told = " ".join(finding.reason for finding in findings if finding.status not in judge_of.HOLDING)
        verdict = judge_of.judge(
            findings,
            items=[item.id for item in self.inventory.item],
            rehearsal=self.environment.rehearsal,
            opens=self.agenda.opens,
            later=self.agenda.later(),
            reasons=[*self.reasons, *self.agenda.untimely(self.started)],
            notes=without_effect(records, told),
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
            profile=self.wanted.profile,
            launch_at=self.launch_at,
            subject=self._subject(),
            verdict=verdict,
            findings=tuple(findings),
            evidence=self.observatory.evidence() if self.observatory else (),
            records=records,
            inventory=Inventory(
                lock=self.lock_digest,
                items=len(self.inventory.item),
            ),
        )

    def _subject(self) -> Subject:
        if self.observatory is None or self.unknown:
            return Subject(image_digest=self.wanted.digest)
        return subject_of(self.environment, self.observatory, self.wanted.digest)

    def _findings(self, item: Item, ran: Sequence[Progress], unselected: bool) -> list[Finding]:
        if not ran:
            why = "not selected in this run" if unselected else self.unknown or "the scenario never ran"
            return [self._finding(item, None, Status.UNKNOWN, why)]
        found = [(progress, *progress.found()) for progress in ran]
        return [self._finding(item, progress, status, reason) for progress, status, reason in found]

    def _finding(self, item: Item, progress: Progress | None, found: Status, reason: str) -> Finding:
        scenario = self.scenarios.get(item.id)
        laid = self._laid(item, progress, found, reason)
        status, reason = laid.status, laid.reason
        if not self.agenda.is_due(item):
            status, reason = Status.NOT_DUE, f"{self.agenda.why_not(item)}; found now: {found}"
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
            warnings=(*(progress.remarks.warnings if progress else ()), *laid.warnings),
            examined=progress.examined() if progress else (),
            tables=tuple(progress.remarks.tables) if progress else (),
            document=item.document,
            started=progress.started if progress else None,
            steps=steps_of(progress, self.observatory.evidence_ids) if progress and self.observatory else (),
            evidence=self.observatory.evidence_ids(asked) if self.observatory else (),
        )

    def _laid(self, item: Item, progress: Progress | None, found: Status, reason: str) -> Laid:
        """What *item*'s records make of what was *found*: nothing where the scenario came to no conclusion."""
        if progress is None or progress.trouble or self.signatures is None:
            return Laid(found, reason)
        return lay_over(item, found, reason, progress.failure, self.signatures)

    def _records(self, progresses: Sequence[Progress], findings: Sequence[Finding]) -> tuple[Paper, ...]:
        """Everything that people put on record, and whether a finding rests on it."""
        if self.signatures is None:
            return ()
        used = [standing for progress in progresses for standing in progress.signed]
        for progress in progresses:
            item = self.inventory.by_id.get(progress.scenario.item)
            if item is not None:
                used += self._laid(item, progress, *progress.found()).used
        due = {finding.item for finding in findings if finding.status is not Status.NOT_DUE}
        return rows(self.signatures, [each for each in used if each.paper.stem in due])

    def close(self) -> None:
        """Let the twin go; a folder without anything in it goes too."""
        if self.twin is not None:
            self.twin.stop()
        if self.folder is not None and self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def _load(modules: Sequence[str]) -> None:
    """Import what will be needed, while there is nothing to do but to wait."""
    for name in modules:
        importlib.import_module(name)


def _refused(record: Record, reason: str) -> Record:
    """*record* with a verdict that says why it cannot be trusted."""
    said = f"the run could not be written down: {reason}"
    verdict = Verdict(
        status=Decision.NO_GO,
        line=f"NO-GO{' (REHEARSAL)' * record.rehearsal}: {said}",
        opens=record.verdict.opens,
        later=record.verdict.later,
        reasons=(said, *record.verdict.reasons),
        holding=record.verdict.holding,
        counts=record.verdict.counts,
    )
    return record.model_copy(update={"verdict": verdict})


def _tools() -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in TOOLS}
    return {"python": platform.python_version(), "platform": sys.platform, **versions}
