"""One run of the gate: environment, twin, identity, looks before; record, verdict and report after."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from golive import runbook
from golive import verdict as judge_of
from golive.agenda import Agenda
from golive.diagnosis.strength import apart
from golive.environment import signers
from golive.errors import GoLiveError, NoConsent, ProbeError, SetupError
from golive.expedition import CLIENTS, Expedition, load_modules
from golive.findings import AS_IT_MUST_BE, Progress, remedy_of, steps_of
from golive.identity import establish
from golive.manifest import sources
from golive.observatory import Observatory, question_of
from golive.paperwork import (
    Laid,
    RolledBack,
    demands,
    lay_over,
    people_of,
    read_signatures,
    rows,
    without_effect,
    without_hour,
    without_partner,
)
from golive.phases import ROLLBACK
from golive.probes.apprunner import ServiceHistory
from golive.probes.look import Act, Look
from golive.record import Contradiction, Finding, Inventory, Official, Paper, Record, Status, Subject
from golive.recording import RECORD, Basis, Withheld, refused, rewrite, shown, withhold, write_run
from golive.runbook import Item, Scenario, disagreements, is_cause, load_inventory, read_lock, read_scenarios
from golive.ssh import allowed_signers
from golive.standing import NAMESPACES, Circumstances, Demand, Signatures, allowed_keys
from golive.subject import given_for, subject_of
from golive.subject import looks as subject_looks
from golive.twin.process import have_signed
from golive.vocabulary import check_sentences, kind_of

if TYPE_CHECKING:
    from golive.past import Past

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# So long an act of an earlier run stands for one of this run.
EARLIER = timedelta(hours=1)
RENDERING = ("golive.report",)


@dataclass(slots=True)
class Run(Expedition):
    """One run of the gate."""

    on_record: Callable[[Record], None] | None = None
    lock_digest: str = ""
    signatures: Signatures | None = None  # what people put on record; None where nothing may be judged
    sources: dict[str, str] = field(default_factory=dict)  # what decides, by digest, as it was when the run began
    place: Path | None = None  # where the records lie
    past: Past | None = None  # the runs before this one; None where nobody has looked back yet
    looking_back: Thread | None = None
    inventory: runbook.Inventory = field(init=False)

    def settle(self) -> None:
        """What is to be gated, and where; SetupError (exit status 4) where there is no such thing."""
        self.inventory = load_inventory(self.home / "features")
        Agenda(self.inventory, self.wanted.phase, self.wanted.profile)  # refuses a phase that there is not
        self.read_environment()
        if self.wanted.digest is not None and not DIGEST.fullmatch(self.wanted.digest):
            raise SetupError(
                f"--digest {self.wanted.digest} is no digest of an image: sha256: and 64 hexadecimal digits"
            )

    @property
    def armed(self) -> bool:
        """Whether the operator consented to acts."""
        return self.wanted.act

    @property
    def clients(self) -> Sequence[str]:
        """The libraries of the looks, a browser's among them."""
        return (*CLIENTS, "playwright.async_api")

    def read(self) -> None:
        """Read the checklist's features and lock; where they disagree, that is among the reasons."""
        everything, wrong = read_scenarios(self.home / "features", collected=True)
        written = [scenario for scenario in everything if not is_cause(scenario.item)]
        lock, self.lock_digest = read_lock(self.home / "features")
        self.scenarios = {scenario.item: scenario for scenario in written}
        self.reasons += wrong + disagreements(self.inventory, written, lock)
        self.reasons += check_sentences([step.text for scenario in everything for step in scenario.steps])
        self.reasons += [
            f"{scenario.feature}: {scenario.item}: only a diagnosis says how strong a no is: {step.text}"
            for scenario in written
            for step in scenario.steps
            if apart(step.text)[1] is not None
        ]

    def prepare(self) -> None:
        """Read what is written and make the folder for what will be; SetupError (exit status 4) where that fails."""
        self.read()
        self.make_folder()
        if self.folder is not None:
            self.sources = sources(self.home, self.environment)

    def look(self, selected: Sequence[Scenario]) -> None:
        """Establish who the target is, then answer the looks of the *selected* scenarios side by side."""
        if self.reasons:
            self.unknown = f"the features cannot be trusted: {self.reasons[0]}"
            return
        observatory = self.way()
        observatory.reach.earlier = self._earlier
        planned = [*self.plan(selected), *subject_looks(self.environment)]
        for look in {type(look): look for look in planned}.values():
            observatory.meanwhile(look.prepare)
        Thread(target=load_modules, args=(RENDERING,), daemon=True).start()
        self.unknown = establish(self.environment, observatory).unknown
        if self.unknown:
            return
        if self.folder is not None:
            self.looking_back = Thread(target=self._look_back, daemon=True)
            self.looking_back.start()
        with self.terminal.looking("looking") as on_answer:
            looks = [look.unless if isinstance(look, Act) else look for look in planned]
            observatory.gather([look for look in looks if look is not None], on_answer)
        self.signatures = self.signed(observatory)
        if observatory.armed:
            for act in planned:
                if isinstance(act, Act) and observatory.will_act(act):
                    self.terminal.say(f"will act: {act.effect}", "bold yellow")

    @property
    def agenda(self) -> Agenda:
        """What is due in this run."""
        return Agenda(self.inventory, self.wanted.phase, self.wanted.profile, self.launch_at)

    def signed(self, observatory: Observatory) -> Signatures:
        """What people put on record, held against what is launched."""
        asked = self.demanded(observatory)
        people, folder, subject = self.environment.people, self.environment.folder, self.subject()
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
                    "items": [_told(demand, self.started) for demand in asked.values()],
                },
            )
        self.place = folder
        circumstances = Circumstances(self.environment.name, people, self.started, subject)
        return read_signatures(folder, circumstances, asked)

    def demanded(self, observatory: Observatory) -> dict[str, Demand]:
        """What the checklist asks of each item's records in this run."""
        rolled_back = None
        if self.agenda.name == ROLLBACK:
            try:
                history = observatory.answer(ServiceHistory(self.environment.aws.service_arn))
                rolled_back = RolledBack(history.rollback_told_from())
            except ProbeError as exc:
                rolled_back = RolledBack(None, str(exc))
        return demands(self.inventory, self.scenarios, self.launch_at, rolled_back)

    def may_ask(self, scenario: Scenario, look: Look[Any]) -> bool:
        """No act before it is due."""
        return self.is_due(scenario) or not isinstance(look, Act)

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
        record = record.model_copy(update={"history": self._past().history(record)})
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
                basis=self._basis(record),
                results=self.wanted.results,
            ).report
            self.on_disk = True
        except Withheld as exc:
            self.terminal.say("")
            self.terminal.say(refused(record, str(exc)).verdict.line, "bold red")
            return 1
        except (GoLiveError, OSError) as exc:
            record = refused(record, str(exc))
            rewrite(record, self.folder, self.search)
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
            run=self.ran(
                act=self.observatory.armed if self.observatory else self.wanted.act,
                digest=self.wanted.digest,
                left_out=tuple(item.id for item in self.inventory.item if item.id in unselected),
                folder=self._shown_folder(),
            ),
            environment=self.environment.name,
            rehearsal=self.environment.rehearsal,
            phase=self.wanted.phase,
            profile=self.wanted.profile,
            launch_at=self.launch_at,
            subject=self.subject(),
            verdict=verdict,
            findings=tuple(findings),
            evidence=self.observatory.evidence() if self.observatory else (),
            records=records,
            people=people_of(self.signatures) if self.signatures else (),
            officials=tuple(
                Official(name=one.name, full_name=one.full_name, roles=one.roles, has_key=bool(one.keys))
                for one in signers(self.environment)
            ),
            contradictions=tuple(
                Contradiction(**row.model_dump(), items=self.inventory.depend_on(row.number))
                for row in self.inventory.contradiction
            ),
            inventory=Inventory(
                lock=self.lock_digest,
                items=len(self.inventory.item),
            ),
        )

    def _basis(self, record: Record) -> Basis:
        """What *record* rests on besides the world."""
        if self.signatures is None:
            return Basis(self.sources)
        used = {paper.file for paper in record.records if paper.used}
        papers = [standing.paper for standing in self.signatures.standings if standing.paper.file in used]
        keys = allowed_keys(self.signatures.circumstances.people)
        return Basis(self.sources, papers, self.place, allowed_signers(keys, tuple(NAMESPACES.values())))

    def _shown_folder(self) -> str:
        """This run's folder as somebody types it who stands in the project's."""
        if self.folder is None:
            return ""
        return (Path(self.wanted.reports or "reports") / self.folder.parent.name / self.folder.name).as_posix()

    def _earlier(self, act: Look[Any]) -> JsonValue:
        """What the newest run within the last hour, beside this one, was answered by the same *act*."""
        from golive.past import answer_of_act  # as below

        if self.folder is None:
            return None
        return answer_of_act(self.folder, *question_of(act), self.started - EARLIER)

    def _look_back(self) -> None:
        # Here and not above: a run has time for it only while it waits for answers.
        from golive.past import look_back

        assert self.folder is not None, "only a run that writes has others beside it"
        phase, profile = self.wanted.phase, self.wanted.profile
        self.past = look_back(self.folder, phase=phase, profile=profile, approved=self._approved)

    def _past(self) -> Past:
        """The runs before this one, read while it looked; where it did not look, now."""
        if self.looking_back is not None:
            self.looking_back.join()
        if self.past is None:
            self._look_back()
        assert self.past is not None, "somebody has looked back"
        return self.past

    def _approved(self, folder: Path) -> bool | None:
        """Whether author, reviewer and approver all signed the run in *folder*."""
        from golive.signoff import approved  # as above

        return approved(folder, self.environment)

    def subject(self) -> Subject:
        """The candidate, as far as it could be seen."""
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
            remedy=remedy_of(item.remedy, status, progress.failure if progress else None, self.environment.name),
            warnings=(*(progress.remarks.warnings if progress else ()), *laid.warnings),
            examined=progress.examined() if progress else (),
            tables=tuple(progress.remarks.tables) if progress else (),
            document=item.document,
            decision=item.decision,
            started=progress.started if progress else None,
            took_ms=progress.took_ms if progress else 0,
            steps=steps_of(progress, self.observatory.evidence_ids) if progress and self.observatory else (),
            evidence=self.observatory.evidence_ids(asked) if self.observatory else (),
        )

    def _laid(self, item: Item, progress: Progress | None, found: Status, reason: str) -> Laid:
        """What *item*'s records make of what was *found*: nothing where the scenario came to no conclusion."""
        if progress is None or progress.trouble or self.signatures is None:
            return Laid(found, reason)
        if item.partner is not None and item.partner in self.environment.not_in_use:
            assert self.observatory is not None, "what has signatures has looked"
            given = given_for(item.partner, self.environment, self.observatory)
            return without_partner(item.partner, self.environment.name, found, reason, given)
        failure = progress.failure
        if self.agenda.leaves_act_out(item) and isinstance(failure, NoConsent) and _all_but_the_act(progress):
            return Laid(Status.MET, f"{AS_IT_MUST_BE}; its act is not asked for at a later deploy")
        if item.partner is not None:
            try:
                self.environment.swan_in_use()
            except ProbeError as exc:  # what was found may be of a partner that nobody has
                found, reason, failure = Status.UNKNOWN, str(exc), exc
        if self.signatures.demands[item.id].hourless:
            return without_hour(item, self.environment.name, found, reason, self.signatures)
        return lay_over(item, found, reason, failure, self.signatures)

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


def _all_but_the_act(progress: Progress) -> bool:
    """Whether all that was to be judged without the act was judged, and holds: behind it stands its own judgement."""
    steps, upto = progress.scenario.steps, len(progress.steps) - 1
    judged = any(kind_of(step.text) == "judges" for step in steps[:upto])
    return judged and all(kind_of(step.text) == "judges" for step in steps[upto + 1 :])


def _told(demand: Demand, now: datetime) -> dict[str, Any]:
    """What a twin's person is shown of *demand*: no words yet, where it cannot be attested before its hour."""
    early = demand.hourless or (demand.not_before is not None and demand.not_before > now)
    shown = dataclasses.asdict(dataclasses.replace(demand, not_before=None))
    return {**shown, "words": "" if early else demand.words}
