"""One diagnosis: the scenarios of a failure runbook's causes, looked at together, weighed, ranked, told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from golive.diagnosis import papers
from golive.diagnosis.advising import advice, counsel, facts_of
from golive.diagnosis.document import CauseFound, Diagnosis, Sign
from golive.diagnosis.gathered import observed, status_incident
from golive.diagnosis.locking import LOCK, altered, read_causes_lock
from golive.diagnosis.ranking import Considered, Placed, rank
from golive.diagnosis.remedy import Observed
from golive.diagnosis.screen import answer, folded, lines
from golive.diagnosis.selecting import NAMES
from golive.diagnosis.since import began
from golive.diagnosis.strength import WEIGHTS, apart
from golive.diagnosis.timeline import keep
from golive.diagnosis.weighing import Weighing
from golive.diagnosis.writing import write_diagnosis
from golive.errors import SetupError
from golive.expedition import Expedition
from golive.findings import Progress, explain, steps_of
from golive.identity import establish
from golive.observatory import Observatory
from golive.probes.look import Act, Look
from golive.record import Step
from golive.recording import shown
from golive.runbook import Scenario, is_cause, read_scenarios
from golive.vocabulary import check_sentences, kind_of
from golive.witness import Witness

STATUSES = {"looked": "passed", "so": "passed", "points": "failed", "not seen": "broken"}


@dataclass(slots=True)
class Inquiry(Expedition):
    """One run of a diagnosis."""

    on_record: Callable[[Diagnosis], None] | None = None
    runbook: str = ""
    paper: papers.Runbook = field(init=False)
    began: datetime = field(init=False)
    doubts: list[str] = field(default_factory=list)  # why what was seen may not be of the target
    altered: tuple[str, ...] = ()  # causes that are not as they are locked

    def settle(self) -> None:
        """Of what, since when, and where; SetupError (exit status 4) where there is no such thing."""
        self.began = began(self.wanted.since, self.started)
        self.read_environment()
        paper = papers.load_runbook(self.home / "features" / "diagnosis" / f"{NAMES[self.runbook]}.toml")
        self.paper = paper.answered(self.environment.contacts)

    def prepare(self) -> None:
        """Read what is written; where that does not agree, it is among the reasons."""
        everything, wrong = read_scenarios(self.home / "features", collected=True)
        written = [one for one in everything if f"diagnose_{self.runbook}" in one.feature_tags]
        self.scenarios = {scenario.item: scenario for scenario in written}
        self.reasons += wrong + disagreements(written, self.paper.causes)
        self.reasons += check_sentences([step.text for scenario in everything for step in scenario.steps])
        self._hold_against_lock(written)
        self.make_folder(f"diagnosis-{self.runbook}")

    def _hold_against_lock(self, written: Sequence[Scenario]) -> None:
        """Note the causes that are not as they were reviewed; in an incident that is said, and holds nobody up."""
        lock: dict[str, str] = {}
        try:
            lock = read_causes_lock(self.home / "features")
        except SetupError as exc:
            self.doubts.append(str(exc))
        self.altered = altered(self.paper.causes, written, lock)
        if self.altered:
            self.doubts.append(
                f"not as features/{LOCK} holds them, so never ruled out: {', '.join(self.altered)}; "
                "what points to them may mean something else"
            )

    def look(self, selected: Sequence[Scenario]) -> None:
        """
        Answer the looks of the *selected* scenarios side by side.

        WrongTarget where this is another environment. Where that cannot be told, as it may be in an incident, the
        diagnosis goes on and says so.
        """
        if self.reasons:
            self.unknown = f"the features cannot be trusted: {self.reasons[0]}"
            return
        observatory = self.way()
        planned = self.plan(selected)
        if doubt := establish(self.environment, observatory).unknown:
            self.doubts.append(f"that this is {self.environment.name} could not be proved: {doubt}")
        with self.terminal.looking("looking") as on_answer:
            observatory.gather(planned, on_answer)

    def way(self) -> Observatory:
        """The observatory of the target, in a hurry: a partner that hangs is not waited for three times."""
        observatory = Expedition.way(self)
        observatory.hurried = True
        return observatory

    def offered(self) -> Mapping[str, Any]:
        """When the incident began, and how late it is, besides."""
        return {**Expedition.offered(self), "since": self.began, "now": self.started}

    def may_ask(self, scenario: Scenario, look: Look[Any]) -> bool:
        """A diagnosis changes nothing."""
        if isinstance(look, Act):
            raise SetupError(f"{scenario.item}: a diagnosis changes nothing, and this {look.effect}")
        return True

    def witness(self, scenario: Scenario) -> Witness:
        """One that goes on to the scenario's end."""
        assert self.observatory is not None, "a run looks before its first scenario"
        return Weighing(self.observatory, scenario)

    # -- after the last scenario ------------------------------------------------------------------------------------

    def finish(self, progresses: Sequence[Progress], unselected: frozenset[str]) -> int:
        """Rank, write, tell; 0 where everything was seen and nothing points to a cause, else 1."""
        document = self.document(progresses, unselected)
        if self.on_record is not None:
            self.on_record(document)
            return 0 if document.quiet else 1
        assert self.folder is not None, "a run that writes has made its folder"
        page = write_diagnosis(document, self.folder, search=self.search)
        if self.wanted.as_json:
            print(document.to_json(), end="")
        else:
            told, console = lines(document, shown(page)), self.terminal.console
            for line in folded(told, console.width, console.height) if console.is_terminal else told:
                self.terminal.say(line.text, line.style)
        if self.wanted.incident:
            self._keep(document)
        return 0 if document.quiet else 1

    def _keep(self, document: Diagnosis) -> None:
        """Begin or continue the incident's file; a rehearsal's stays with what rehearsals write."""
        assert self.folder is not None, "a run that writes has made its folder"
        if document.quiet:
            self.terminal.say("no incident's file was written: nothing points to a cause")
            return
        home = self.folder.parents[1] if document.rehearsal else self.home
        try:
            path, added = keep(document, self.paper, home)
        except SetupError as exc:  # what was found stands, and was told
            self.terminal.say(f"the incident's file: {exc}", "bold red")
            return
        self.terminal.say(f"the incident's file{'' if added else ', which has all of this already'}: {shown(path)}")

    def document(self, progresses: Sequence[Progress], unselected: frozenset[str]) -> Diagnosis:
        """The run as one document."""
        ran = {name: [each for each in progresses if each.scenario.item == name] for name in self.paper.causes}
        placed = rank([self._considered(name, ran[name], name in unselected) for name in self.paper.causes])
        seen, page = Observed(since=self.began), None
        if self.observatory is not None:
            seen = observed(self.environment, self.observatory, self.began)
            page = status_incident(self.environment, self.observatory, self.runbook)
        causes = tuple(self._found(each, ran[each.cause], seen) for each in placed)
        minutes = (self.started - self.began).total_seconds() / 60
        return Diagnosis(
            runbook=self.runbook,
            run=self.ran(),
            environment=self.environment.name,
            rehearsal=self.environment.rehearsal,
            began=self.began,
            line=answer(causes, (*self.reasons, *self.doubts)),
            reasons=(*self.reasons, *self.doubts),
            causes=causes,
            counsel=counsel(self.paper, self.environment, seen, minutes, facts_of(placed, page)),
            evidence=self.observatory.evidence() if self.observatory else (),
        )

    def _considered(self, name: str, ran: Sequence[Progress], unselected: bool) -> Considered:
        cause = self.paper.causes[name]
        missing = tuple(sentence for progress in ran for sentence in _missing(progress))
        if len(ran) != 1:
            why = "not selected in this run" if unselected else "no scenario decides it"
            missing = (*missing, f"it was decided {len(ran)} times" if ran else self.unknown or why)
        if name in self.altered:
            missing = (*missing, f"it is not as features/{LOCK} holds it (golive items --lock, after a review)")
        signs = tuple(sign.strength for progress in ran for sign in self._signs(progress))
        return Considered(name, cause.prior, signs, missing, cause.hidden_by)

    def _found(self, placed: Placed, ran: Sequence[Progress], seen: Observed) -> CauseFound:
        cause, scenario = self.paper.causes[placed.cause], self.scenarios.get(placed.cause)
        observatory = self.observatory
        return CauseFound(
            cause=cause.id,
            title=cause.title,
            scenario=scenario.title if scenario else "",
            prior=cause.prior,
            conclusion=placed.conclusion,
            rank=placed.rank,
            certain=placed.certain,
            score=round(placed.score, 6),
            ties=placed.ties,
            hidden_by=placed.hidden_by,
            signs=tuple(sign for progress in ran for sign in self._signs(progress)),
            missing=placed.missing,
            advice=advice(cause, self.paper.target_minutes, self.environment, seen) if placed.rank else None,
            warnings=tuple(one for progress in ran for one in progress.remarks.warnings),
            examined=tuple(one for progress in ran for one in progress.examined()),
            steps=tuple(step for progress in ran for step in self._steps(progress)),
            evidence=observatory.evidence_ids([look for one in ran for look in one.asked]) if observatory else (),
        )

    def _signs(self, progress: Progress) -> list[Sign]:
        """What points to the cause, the strongest first; the same fact, said by two sentences, is one sign."""
        if not isinstance(progress.witness, Weighing) or self.observatory is None:
            return []
        signs = [
            Sign(
                sentence=mark.sentence,
                strength=mark.strength,
                said=mark.said,
                evidence=self.observatory.evidence_ids(mark.looks),
            )
            for mark in progress.witness.marks
            if mark.kind == "points" and mark.strength is not None
        ]
        facts: dict[str, Sign] = {}
        for sign in sorted(signs, key=lambda sign: -WEIGHTS[sign.strength]):
            facts.setdefault(sign.said, sign)
        return list(facts.values())

    def _steps(self, progress: Progress) -> list[Step]:
        """The scenario's sentences, with what each saw."""
        if not isinstance(progress.witness, Weighing) or self.observatory is None:
            return []
        marks = progress.witness.marks
        told = [{"status": STATUSES[mark.kind], "message": mark.said or None} for mark in marks]
        steps = steps_of(progress, self.observatory.evidence_ids)
        return [step.model_copy(update=how) for step, how in zip(steps, told, strict=False)]


def _missing(progress: Progress) -> tuple[str, ...]:
    """What is missing to tell what the scenario asks."""
    witness = progress.witness
    if progress.trouble or not isinstance(witness, Weighing):
        return (progress.trouble or "the scenario did not run",)
    if len(witness.marks) != len(progress.scenario.steps):
        why = f": {explain(progress.failure)}" if progress.failure else ""
        return (*witness.missing(), f"the scenario did not run to its end{why}")
    if not progress.asked:
        return ("nothing was examined",)
    return witness.missing()


def disagreements(written: Sequence[Scenario], known: Container[str]) -> list[str]:
    """What is wrong with the scenarios of a runbook's causes; a sentence each, none when all is well."""
    wrong = [f"{name} has {count} scenarios" for name, count in Counter(s.item for s in written).items() if count > 1]
    for scenario in written:
        here = f"{scenario.feature}: {scenario.item}"
        if not is_cause(scenario.item) or scenario.item not in known:
            wrong.append(f"{here} is no cause of this runbook")
        judged = 0
        for step in scenario.steps:
            sentence, strength = apart(step.text)
            if kind_of(sentence) == "judges":
                judged += 1
                if strength is None:
                    wrong.append(f"{here}: it is not said how strong a no is (certain, strong, weak): {sentence}")
        if not judged:
            wrong.append(f"{here}: nothing is judged")
    return wrong
