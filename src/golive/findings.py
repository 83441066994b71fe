"""From what pytest does with a scenario to what is found of its item."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from golive import record
from golive.errors import (
    CannotTell,
    Crashed,
    Denied,
    GoLiveError,
    NoSuchName,
    NotSet,
    OpenQuestion,
    Overloaded,
    ProbeError,
    Unreachable,
    Unreadable,
    Unsigned,
    Untrusted,
    place_of,
)
from golive.probes.look import Look
from golive.record import Status
from golive.remarks import Remarks
from golive.runbook import Scenario, id_of
from golive.standing import Standing
from golive.witness import Witness

AS_IT_MUST_BE = "it is so"


@dataclass(slots=True)
class Progress:
    """One scenario while it runs."""

    scenario: Scenario
    remarks: Remarks = field(default_factory=Remarks)
    asked: list[Look[Any]] = field(default_factory=list)
    steps: list[tuple[str, str, int]] = field(default_factory=list)  # status, message, looks asked up to its end
    signed: list[Standing] = field(default_factory=list)  # records on which it rests
    failure: BaseException | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    begun: float = field(default_factory=time.monotonic)
    took_ms: float = 0.0  # up to the end of its last phase; what was looked at before it began is not in it
    witness: Witness | None = None  # who takes what the steps see and say
    trouble: str = ""  # what went wrong outside of the steps
    over: bool = False

    def step_passed(self) -> None:
        """The running step ended well."""
        self.steps.append(("passed", "", len(self.asked)))

    def step_failed(self, exception: BaseException) -> None:
        """The running step raised."""
        self.failure = exception
        status = "failed" if isinstance(exception, AssertionError) else "broken"
        self.steps.append((status, explain(exception), len(self.asked)))

    def conclude(self) -> None:
        """Let the witness have the last word; raises it."""
        if self.witness is None:
            return
        try:
            self.witness.conclude()
        except (AssertionError, ProbeError) as exc:
            self.failure = exc
            raise

    def found(self) -> tuple[Status, str]:
        """What is concluded, and why."""
        if self.trouble:
            return Status.UNKNOWN, self.trouble
        if isinstance(self.failure, AssertionError):
            return Status.UNMET, explain(self.failure)
        if isinstance(self.failure, Unsigned):
            return Status.UNSIGNED, explain(self.failure)
        if self.failure is not None:
            return Status.UNKNOWN, explain(self.failure)
        if not self.over or len(self.steps) != len(self.scenario.steps):
            return Status.UNKNOWN, "the scenario did not run to its end"
        if not (self.asked or self.signed):
            return Status.UNKNOWN, "nothing was examined"
        return Status.MET, AS_IT_MUST_BE

    def examined(self) -> tuple[str, ...]:
        """How much was looked at."""
        looks = len(set(self.asked))
        records = [f"{standing.paper.file}" for standing in self.signed]
        answers = [f"{looks} answer{'s' * (looks != 1)}", *self.remarks.populations] if looks else []
        return (*answers, *records)


def explain(exception: BaseException) -> str:
    """The sentence that *exception* carries; of what is not ours only its kind and place, for it may carry a secret."""
    if isinstance(exception, AssertionError):
        said = str(exception.args[0]) if exception.args else ""
        # pytest adds its own reading of the expression below the sentence.
        return said.split("\nassert ")[0].strip() or f"what must be so is not, at {place_of(exception.__traceback__)}"
    return str(exception if isinstance(exception, GoLiveError) else Crashed.by(exception))


# What helps where it could not be seen, by the kind of trouble; the item's own remedy is for what is seen not to be so.
_TO_SEE: tuple[tuple[type[ProbeError], str], ...] = (
    (NotSet, "Set that variable; `golive doctor --env {env} --scopes` says what its token must be good for."),
    (OpenQuestion, "Answer it in environments/{env}/environment.toml, where it stands as a question to its owner."),
    (Denied, "Grant what `golive doctor --env {env}` names, and run again."),
    (NoSuchName, "Mend the name at the zone's host, or correct it in environments/{env}/environment.toml."),
    (Untrusted, "Whoever answers must prove who it is: mend its certificate, or find out who stands in between."),
    (Overloaded, "Run again when the service has time again; if it stays so, its owner must know."),
    (
        Unreachable,
        "See whether it is up, and this machine reaches it (`golive doctor --env {env}`); run again.",
    ),
    (Unreadable, "What answers does not keep to its protocol: show the evidence to whoever runs it, and run again."),
    (CannotTell, "What answers believes everybody: nothing that it says counts before that is mended."),
)


def remedy_of(remedy: str, found: record.Status, failure: BaseException | None, environment: str) -> str:
    """What to do about an item: *remedy* where it was seen, and where it was not, what helps to see."""
    if found is not Status.UNKNOWN:
        return remedy
    if failure is None:
        return f"`golive doctor --env {environment}` says what keeps it from being seen; run again."
    helps = (said for kind, said in _TO_SEE if isinstance(failure, kind))
    return next(helps, remedy).format(env=environment)


def note_report(progress: Progress, report: pytest.TestReport) -> None:
    """Take in what pytest says of one phase of the scenario; only a plain pass of every phase can be *met*."""
    progress.took_ms = round((time.monotonic() - progress.begun) * 1000, 1)
    if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
        progress.over = True
    elif hasattr(report, "wasxfail"):
        progress.trouble = "the scenario was marked as expected to fail, so it says nothing"
    elif report.skipped:
        progress.trouble = "the scenario was skipped"
    elif report.failed and report.when == "teardown":
        progress.trouble = "the scenario could not be ended properly"
    elif report.failed and progress.failure is None:
        progress.trouble = "the scenario could not be run"


def steps_of(progress: Progress, evidence_ids: Any) -> tuple[record.Step, ...]:
    """The scenario's sentences with how each ended; those after a failure were skipped."""
    steps: list[record.Step] = []
    before = 0
    for number, sentence in enumerate(progress.scenario.steps):
        ran = number < len(progress.steps)
        status, message, upto = progress.steps[number] if ran else ("skipped", "", before)
        steps.append(
            record.Step(
                keyword=sentence.keyword,
                text=sentence.text,
                table=sentence.table,
                words=sentence.docstring,
                status=status,  # type: ignore[arg-type]  # one of the four by construction
                message=message or None,
                evidence=evidence_ids(progress.asked[before:upto]),
            )
        )
        before = upto
    return tuple(steps)


def item_of(tags: Sequence[str], row: dict[str, str]) -> str | None:
    """The id that a collected scenario stands for, None where it names none."""
    return row.get("item") or id_of(tags)
