"""Change any expected value of a cause, and a sign goes, or an ordinary day gets one: no value is there for show."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_bdd.parser import FeatureParser

from golive.diagnosis.document import Diagnosis
from golive.diagnosis.papers import RUNBOOKS
from golive.diagnosis.selecting import NAMES
from golive.diagnosis.strength import apart
from golive.runbook import id_of, is_cause
from golive.twin.faults import INCIDENTS
from golive.vocabulary import VOCABULARY, Sentence
from tests.gate.sweeping import HOME, Sweep
from tests.gate.test_mutations import Mutant, of_sentence, of_table

DAY = "ordinary-day-3"  # with the noise of every day, so that a threshold of nothing is noticed


@dataclass(frozen=True)
class Changed:
    """One change to one judging sentence of a cause."""

    cause: str
    step: int  # which of the scenario's sentences
    mutant: Mutant


def changes(runbook: str) -> Iterator[Changed]:
    """Every way to change one expected value of one cause of *runbook*."""
    file = f"diagnosis/{NAMES[runbook]}.feature"
    lines = (HOME / "features" / file).read_text(encoding="utf-8").splitlines()
    for template in FeatureParser(str(HOME / "features"), file).parse().scenarios.values():
        cause = id_of(sorted(template.tags)) or ""
        if not is_cause(cause):
            continue
        for number, step in enumerate(template.steps):
            words, _ = apart(step.name)
            sentence = next(one for one in VOCABULARY if one.matches(words) is not None)
            if sentence.kind == "judges":
                rows = len(step.datatable.rows) if step.datatable else 0
                found = [*_of_words(cause, file, lines, step.line_number, sentence, words)]
                found += of_table(cause, file, lines, step.line_number, rows)
                yield from (Changed(cause, number, mutant) for mutant in found)


def _of_words(
    cause: str, file: str, lines: Sequence[str], line: int, sentence: Sentence, words: str
) -> Iterator[Mutant]:
    """Each value in a sentence's own words, but for the provider: who it is is said by the looking sentence."""
    for mutant in of_sentence(cause, file, lines, line, sentence, words):
        value = mutant.name.removeprefix(f"{words}: ")
        if value == "topic":  # of several partners one is enough, and nobody else
            topic = (sentence.matches(words) or {})["topic"]
            text = lines[line - 1].replace(f"failures of {topic} ", "failures of Slack ")
            assert text != lines[line - 1]
            yield replace(mutant, text=text)
        elif value != "provider":
            yield mutant


@pytest.fixture(scope="module")
def sweep() -> Iterator[Sweep]:
    """A twin for all runbooks, whose memory holds nothing but incidents and ordinary days."""
    running = Sweep()
    yield running
    running.stop()


@pytest.mark.parametrize("runbook", NAMES)
def test_every_expected_value_of_a_cause_matters(
    sweep: Sweep, runbook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a value changed, its sentence is not fulfilled on an ordinary day, or says otherwise in its own incident."""
    # Each run has the features of this runbook alone, for time's sake, so that most sentences of the house are unused.
    monkeypatch.setattr("golive.diagnosis.inquiry.check_sentences", lambda _: [])
    waiting = list(changes(runbook))
    assert len({change.cause for change in waiting}) == 6
    mine = [one for one in INCIDENTS.values() if one.cause.startswith(RUNBOOKS[NAMES[runbook]] + "-")]
    for number, world in enumerate([DAY, *(one.name for one in mine)]):
        causes = {change.cause for change in waiting} if number == 0 else {INCIDENTS[world].cause}
        asked = [one for one in waiting if one.cause in causes and _is_told_in(one, world)]
        noticed = _noticed(sweep, runbook, world, asked, tmp_path)
        waiting = [one for one in waiting if (one.cause, one.step, one.mutant.name) not in noticed]
    assert not "\n".join(sorted({f"{one.cause} {one.mutant.name}" for one in waiting}))


def _is_told_in(change: Changed, world: str) -> bool:
    """Whether *change* may be noticed in *world*: a code that has an incident of its own is told by that one alone."""
    cell, _, of_row = change.mutant.name.partition(" in row ")
    ending = "-" + cell.lower().replace("_", "-")
    own = [name for name in INCIDENTS if of_row and name.endswith(ending)]
    return world in own if own else True


def _noticed(sweep: Sweep, runbook: str, world: str, waiting: list[Changed], place: Path) -> set[tuple[str, int, str]]:
    """Those of *waiting* by which a sentence says otherwise in *world*, with one of each sentence at a time."""
    noticed: set[tuple[str, int, str]] = set()
    before = _said(sweep, runbook, world, _written(place / world, runbook, [])) if waiting else {}
    of_step: dict[tuple[str, int], list[Changed]] = defaultdict(list)
    for change in waiting:
        of_step[change.cause, change.step].append(change)
    for turn in range(max(map(len, of_step.values()), default=0)):
        batch = [each[turn] for each in of_step.values() if turn < len(each)]
        batch = [one for one in batch if (one.cause, one.step, one.mutant.name) not in noticed]
        if batch:
            home = _written(place / f"{world}-{turn}", runbook, [one.mutant for one in batch])
            after = _said(sweep, runbook, world, home)
            noticed |= {
                (one.cause, one.step, one.mutant.name)
                for one in batch
                if before[one.cause, one.step] != after.get((one.cause, one.step))
            }
    return noticed


def _said(sweep: Sweep, runbook: str, world: str, home: Path) -> dict[tuple[str, int], str]:
    """How each sentence of each cause ends in *world*."""
    _, document, terminal = sweep.diagnose(runbook, world, home=home)
    assert isinstance(document, Diagnosis), terminal
    assert not [reason for reason in document.reasons if "causes.lock" not in reason], document.reasons
    return {(cause.cause, number): step.status for cause in document.causes for number, step in enumerate(cause.steps)}


def _written(home: Path, runbook: str, batch: Iterable[Mutant]) -> Path:
    """The project with the causes of *runbook* alone, and the mutants of *batch* in them."""
    (home / "features/diagnosis").mkdir(parents=True)
    for name in ("conftest.py", "pyproject.toml", "features/test_runbook.py"):
        shutil.copy(HOME / name, home / name)
    for path in (HOME / "features/diagnosis").glob(f"{NAMES[runbook]}.*"):
        shutil.copy(path, home / "features/diagnosis")
    shutil.copytree(HOME / "environments", home / "environments")
    for mutant in batch:
        file = home / "features" / mutant.file
        lines = file.read_text(encoding="utf-8").splitlines()
        lines[mutant.line - 1] = mutant.text
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return home
