"""A diagnosis's witness: what cannot be seen, and a no, are noted, and the scenario goes on to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

from golive.diagnosis.strength import Strength, apart
from golive.errors import CannotTell, ProbeError
from golive.findings import explain
from golive.observatory import Observatory
from golive.probes.look import Look
from golive.runbook import Scenario
from golive.witness import Witness


@dataclass(frozen=True, slots=True)
class Unseen:
    """In the place of an answer that could not be had."""

    error: ProbeError


class Partly(Sequence[Any]):
    """Answers of which some could not be had: to touch one of those raises what kept us from it."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._answers = answers

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Partly(self._answers[index])
        return _seen(self._answers[index])

    def __iter__(self) -> Iterator[Any]:
        return map(_seen, self._answers)

    def __len__(self) -> int:
        return len(self._answers)


def _seen(answer: Any) -> Any:
    if isinstance(answer, Unseen):
        raise answer.error.with_traceback(None)
    return answer


@dataclass(frozen=True, slots=True)
class Mark:
    """How one sentence of the scenario ended."""

    # A look was answered, or in part not; what was judged was not seen; it is as it should be; or it is not.
    kind: Literal["looked", "not seen", "so", "points"]
    sentence: str
    said: str = ""  # what was seen, or what kept us from seeing
    strength: Strength | None = None
    looks: tuple[Look[Any], ...] = ()  # on whose answers it rests


class Weighing(Witness):
    """Takes what one cause's scenario sees and says."""

    def __init__(self, observatory: Observatory, scenario: Scenario) -> None:
        super().__init__(observatory)
        self.scenario = scenario
        self.marks: list[Mark] = []  # one for each sentence so far
        self._handed: list[tuple[Any, tuple[Look[Any], ...]]] = []  # what was handed on, and from which looks it is

    def see(self, asked: Look[Any] | Sequence[Look[Any]]) -> Any:
        """The answer, or answers, with an Unseen in the place of each that could not be had."""
        looks = (asked,) if isinstance(asked, Look) else tuple(asked)
        answers = [self._ask(look) for look in looks]
        lacking = list(dict.fromkeys(str(one.error) for one in answers if isinstance(one, Unseen)))
        self._mark("not seen" if lacking else "looked", "; ".join(lacking), looks)
        handed = answers[0] if isinstance(asked, Look) else Partly(answers) if lacking else answers
        self._handed.append((handed, looks))
        return handed

    def hear(self, judgement: Callable[..., None], arguments: Mapping[str, Any]) -> None:
        """Let a sentence judge, and note what it says: a no points to the cause, and ends nothing."""
        looks = tuple(look for handed, looks in self._handed for look in looks if _among(handed, arguments))
        try:
            for argument in arguments.values():
                _seen(argument)
            judgement(**arguments)
        except AssertionError as exc:
            self._mark("points", explain(exc), looks)
        except ProbeError as exc:
            self._mark("not seen", str(exc), looks)
        else:
            self._mark("so", "", looks)

    def conclude(self) -> None:
        """AssertionError where anything points to the cause; else CannotTell where anything was not seen."""
        pointing = [mark.said for mark in self.marks if mark.kind == "points"]
        assert not pointing, "; ".join(pointing)
        lacking = self.missing()
        if lacking:
            raise CannotTell(self.scenario.item, "; ".join(lacking))

    def missing(self) -> tuple[str, ...]:
        """What kept the judging sentences from judging, once each."""
        judged = [mark for mark in self.marks if mark.kind == "not seen" and mark.strength is not None]
        return tuple(dict.fromkeys(mark.said for mark in judged))

    def _ask(self, look: Look[Any]) -> Any:
        try:
            return self.observatory.answer(look)
        except ProbeError as exc:
            return Unseen(exc)

    def _mark(
        self, kind: Literal["looked", "not seen", "so", "points"], said: str, looks: tuple[Look[Any], ...]
    ) -> None:
        sentence, strength = apart(self.scenario.steps[len(self.marks)].text)
        self.marks.append(Mark(kind, sentence, said, strength, looks))


def _among(handed: Any, arguments: Mapping[str, Any]) -> bool:
    return any(argument is handed for argument in arguments.values())
