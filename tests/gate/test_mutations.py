"""Change any expected value in a feature, and the healthy twin must say unmet: no value is there for show."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_bdd.parser import FeatureParser

from golive.record import Status
from golive.runbook import id_of, is_cause, write_lock
from golive.vocabulary import VOCABULARY, Sentence
from tests.gate.sweeping import HOME, Sweep, phase_of

# Where a value with another letter behind it is no other demand: what to put there instead. None: the value is not a
# demand of its own, with the reason beside it.
INSTEAD: dict[str, dict[str, str | None]] = {
    '"{name}" is not set': {"name": "NODE_ENV"},
    # Another name of another's log is another's log still; a demand it is where it names the service's own.
    'the log exists, and is not "{name}", which the failure runbook reads': {
        "name": "/aws/apprunner/drop-web/8e45b0d335304487a1880f4e32d6aeec/application"
    },
    # Another setting is not set at all, which this demand allows.
    '"{name}", where it is set, is "{value}"': {"name": None},
    # Who is searched for is said by the looking sentence; a search for somebody else is no answer (unknown).
    'no user is "{email}"': {"email": None},
    '"{front}" asks for no password, and nothing else is there': {"front": "/api/auth/login"},
    # After that hour it may be closed still: that it is open is what GL-3.5.1 demands.
    'until {hours:d} hour after the launch that is refused, or leads back to "{front}"': {"hours": None},
    # The pages are named by the looking sentence; without them there is nothing to judge.
    'that is there for everybody, asks for no invitation, and is not what "{nothing}" shows': {"nothing": None},
    # Where no error was examined, nobody can say what errors send (unknown).
    'every answer on the way to a page, and to an error at "{nothing}", sends "{name}" once, carrying exactly': {
        "nothing": None
    },
    '"{path}" is not what "{nothing}" shows': {"path": "/no-such-page", "nothing": None},
    '"{path}" is a page in Norwegian of at least {count:d} words under the heading "{word}"': {"path": "/no-such-page"},
    '"{front}" leads to "{path}"': {"front": None, "path": "/no-such-page"},
    # Where nothing begins like that, there is nothing to compare (unknown).
    'browsers are given the same, of all that begin with "{prefix}"': {"prefix": None},
    # Who was asked is said by the looking sentence; what somebody else answered is no answer (unknown).
    **{
        sentence: {"provider": None}
        for sentence in (
            "the name of {provider} is there",
            "{provider} can be reached, and answers as it must",
            "{provider} turns nobody away",
            "it leads to {provider}",
            "{provider} takes them",
        )
    },
    # Another provider has another monitor, or the environment file says nothing of it (unknown).
    "it looks at {provider} at least every {minutes:d} minutes, and wakes somebody": {"provider": None},
    # There is no runbook of another name to read.
    'every contact of "{runbook}" is written down, and its next review is not past': {"runbook": None},
    # Below it is a warning, which holds nothing.
    # How long is long enough to say anything: with less the answer is unknown.
    "no incident has opened since the launch, which was at least {hours:d} hours ago": {"hours": None},
    "no critical alert has arrived there since the launch, which was at least {hours:d} hours ago": {"hours": None},
    # A day is never without a second that failed.
    "each was up at least {percent:g} % of the time, over at least {hours:d} hours": {
        "percent": "99.999",
        "hours": None,
    },
    "every certificate is valid for at least {days:d} more days, and less than {warning:d} is a warning": {
        "warning": None
    },
}


# The head of the column with the least sample that a percentage needs.
LEAST = "of at least"


@dataclass(frozen=True)
class Mutant:
    """One line of a feature, changed; of those with the same *name* one must be noticed, as *sees*."""

    item: str
    name: str
    file: str
    line: int
    text: str
    sees: Status = Status.UNMET


def mutants() -> Iterator[Mutant]:
    """Every way to change one expected value of one scenario."""
    for path in sorted((HOME / "features").rglob("*.feature")):
        file = path.relative_to(HOME / "features").as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        for template in FeatureParser(str(HOME / "features"), file).parse().scenarios.values():
            if template.examples:
                yield from _of_rows(file, lines, template.line_number)
                continue
            item = id_of(sorted(template.tags)) or ""
            if is_cause(item):
                continue
            for step in template.steps:
                sentence = next(one for one in VOCABULARY if one.matches(step.name) is not None)
                if sentence.kind == "judges":
                    rows = len(step.datatable.rows) if step.datatable else 0
                    yield from of_sentence(item, file, lines, step.line_number, sentence, step.name)
                    yield from of_table(item, file, lines, step.line_number, rows)


def of_sentence(
    item: str, file: str, lines: Sequence[str], line: int, sentence: Sentence, words: str
) -> Iterator[Mutant]:
    """Each value in a judging sentence's own words."""
    for parameter, value in (sentence.matches(words) or {}).items():
        said = str(value)
        other = INSTEAD.get(sentence.text, {}).get(parameter, "")
        if other is None:
            continue
        numbers = [number for number in (str((int(said) or 1) * 1000), "0") if number != said] if said.isdigit() else []
        others = [other] if other else numbers or [said + "x"]
        for changed in others:
            text = re.sub(rf"(?<![\w./]){re.escape(said)}(?![\w/])", changed, lines[line - 1], count=1)
            assert text != lines[line - 1], (item, words, said)
            yield Mutant(item, f"{words}: {parameter}", file, line, text)


def of_table(item: str, file: str, lines: Sequence[str], line: int, rows: int) -> Iterator[Mutant]:
    """Each cell of a table, its header apart; a table of one column without a header is all rows."""
    cells = [lines[line + number].strip().strip("|").split("|") for number in range(rows)]
    headed = rows > 1 and (len(cells[0]) > 1 or cells[0][0].strip() in {"action", "check", "table", "cookie"})
    for number in range(headed, rows):
        text = lines[line + number]
        for column, cell in {place: cell.strip() for place, cell in enumerate(cells[number])}.items():
            if not cell:
                continue
            # With more cases demanded than there are, nobody can tell.
            sees = Status.UNKNOWN if headed and cells[0][column].strip() == LEAST else Status.UNMET
            name = f"{cell} in row {number} of line {line}"
            said = re.search(r"\d+", cell)
            for instead in [str(int(said[0]) * 1000), "0"] if said else [""]:
                changed = re.sub(r"\d+", instead, cell, count=1) if said else cell + "x"
                yield Mutant(item, name, file, line + number + 1, text.replace(cell, changed, 1), sees)


def _of_rows(file: str, lines: Sequence[str], after: int) -> Iterator[Mutant]:
    """The last cell of each row of an outline's examples."""
    for number, text in enumerate(lines[after:], after + 1):
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if cells[0].startswith("GL-"):
            yield Mutant(
                cells[0],
                f"{cells[-1]} of {cells[1]}",
                file,
                number,
                text.replace(f"| {cells[-1]} ", f"| {cells[-1]}x ", 1),
            )


def test_there_are_values_to_change() -> None:
    """Most items that a machine decides have an expected value in their scenario."""
    assert len({mutant.item for mutant in mutants()}) > 45


def test_every_expected_value_matters(sweeps: Callable[[str], Sweep], tmp_path: Path) -> None:
    """With one expected value of each scenario changed at a time, the healthy twin says that these items are unmet."""
    of_phase: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants():
        of_phase[phase_of([mutant.item])].append(mutant)
    assert len({mutant.item for waiting in of_phase.values() for mutant in waiting}) > 35
    noticed: dict[tuple[str, str, Status], list[Status]] = defaultdict(list)
    for phase, waiting in of_phase.items():
        _try_all(waiting, sweeps(phase), tmp_path / phase, noticed)
    # Another role, or a shorter time, leaves the item unsigned.
    noticing = {Status.UNMET: {Status.UNMET, Status.UNSIGNED}, Status.UNKNOWN: {Status.UNKNOWN}}
    unnoticed = {name: statuses for name, statuses in noticed.items() if not noticing[name[-1]] & set(statuses)}
    assert not unnoticed


def _try_all(
    waiting: list[Mutant], sweep: Sweep, place: Path, noticed: dict[tuple[str, str, Status], list[Status]]
) -> None:
    """What each of *waiting* turns its item into, with one mutant of each item at a time."""
    place.mkdir()
    sweep.swap()
    for number in range(len(waiting)):
        batch: dict[str, Mutant] = {}
        for mutant in waiting:
            batch.setdefault(mutant.item, mutant)
        if not batch:
            break
        waiting = [mutant for mutant in waiting if mutant not in batch.values()]
        home = _written(place / str(number), batch.values())
        # The first time all is judged, for a mutant is to turn its own item alone.
        _, record, terminal = sweep.judge(home=home, only=frozenset(batch) if number else None)
        assert record is not None, terminal
        # What is not due yet is judged as well.
        found = {finding.item: finding.found or finding.status for finding in record.findings}
        for item, mutant in batch.items():
            noticed[item, mutant.name, mutant.sees].append(found[item])
        due = {finding.item for finding in record.findings if finding.status is not Status.NOT_DUE}
        untouched = [item for item in due - batch.keys() if found[item] is Status.UNMET]
        assert not untouched


def _written(home: Path, batch: Iterable[Mutant]) -> Path:
    """The project with the mutants of *batch* in its features, and the lock renewed as somebody would who hides it."""
    home.mkdir()
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(HOME / name, home)
    for name in ("features", "environments"):
        shutil.copytree(HOME / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for mutant in batch:
        file = home / "features" / mutant.file
        lines = file.read_text(encoding="utf-8").splitlines()
        lines[mutant.line - 1] = mutant.text
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_lock(home / "features")
    return home
