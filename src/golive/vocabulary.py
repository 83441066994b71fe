"""The sentences of the features: looking ones, which return looks and do no I/O, apart from judging ones."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import parse
from pytest_bdd import given, parsers, then, when

from golive.diagnosis.strength import apart
from golive.probes.look import Look
from golive.witness import Witness

Function = Callable[..., Any]
# What a judging sentence needs of the environment file: keys, in which the sentence's parameters may stand; or, where
# that hangs on more, a function that takes what a looking one may and returns the keys that are open.
Needs = tuple[str, ...] | Callable[..., Iterable[str]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the vocabulary and the function that carries it out."""

    kind: Literal["looks", "judges"]
    text: str
    function: Function
    needs: Needs = ()

    def matches(self, words: str) -> dict[str, str] | None:
        """The sentence's parameters in *words*, or None where it is another sentence."""
        if self.kind == "judges":
            words, _ = apart(words)
        found = _parser(self.text).parse(words) if words.startswith(_beginning(self.text)) else None
        return None if found is None else dict(found.named)

    @property
    def where(self) -> str:
        """Module and function, for messages."""
        return f"{self.function.__module__}.{self.function.__name__}"


VOCABULARY: list[Sentence] = []


@cache
def _parser(text: str) -> parse.Parser:
    return parse.compile(text, case_sensitive=True)


@cache
def _beginning(text: str) -> str:
    """What stands in the sentence *text* before its first parameter."""
    return text.partition("{")[0]


@cache
def _by_beginning() -> Mapping[str, Sequence[Sentence]]:
    found = defaultdict(list)
    for sentence in VOCABULARY:
        found[_beginning(sentence.text)].append(sentence)
    return found


@cache
def _lengths() -> Sequence[int]:
    return sorted({len(beginning) for beginning in _by_beginning()})


@cache
def _fitting(words: str) -> tuple[tuple[Sentence, dict[str, str]], ...]:
    """The sentences that fit *words*, each with its parameters in them; a run asks for the same words over and over."""
    # Nearly all others are told from it by how they begin, which takes a hundredth of the work of a match.
    beginnings = dict.fromkeys(words[:length] for length in _lengths())
    asked = [sentence for beginning in beginnings for sentence in _by_beginning().get(beginning, ())]
    found = [(sentence, sentence.matches(words)) for sentence in asked]
    return tuple((sentence, named) for sentence, named in found if named is not None)


@cache
def _wanted(function: Function) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _declare(sentence: Sentence) -> _Parser:
    VOCABULARY.append(sentence)
    for remembered in (_fitting, _lengths, _by_beginning):
        remembered.cache_clear()
    return _Parser(sentence)


class _Parser(parsers.StepParser):
    """A sentence as pytest-bdd sees it: it fits what the vocabulary says that it fits."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self._sentence = sentence

    def is_matching(self, name: str) -> bool:
        return self._named(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any]:
        return dict(self._named(name) or {})

    def _named(self, name: str) -> dict[str, str] | None:
        return next((named for sentence, named in _fitting(name) if sentence is self._sentence), None)


def looks(sentence: str, *, target_fixture: str) -> Callable[[Function], Function]:
    """
    Declare a looking sentence, usable after Given and When.

    The function takes the sentence's parameters, `datatable`, `docstring`, `environment`, `launch_at` and, in a
    diagnosis, `since` and `now`, nothing else, and returns a look (an act is one too) or a list of looks; the fixture
    *target_fixture* becomes the answer or the list of answers.
    """

    def declare(function: Function) -> Function:
        def answered(witness: Witness, **arguments: Any) -> Any:
            asked = function(**arguments)
            return witness.see(asked if isinstance(asked, Look) else each(asked))

        _dress(answered, function, sentence)
        parser = _declare(Sentence("looks", sentence, function))
        for keyword in (given, when):
            keyword(parser, target_fixture=target_fixture, stacklevel=2)(answered)
        return function

    return declare


def judges(sentence: str, *, also_given: bool = False, needs: Needs = ()) -> Callable[[Function], Function]:
    """
    Declare a judging sentence, usable after Then, And and But; its function asserts once and touches nothing.

    *also_given* makes it usable after Given too: where a person has judged, that is what a scenario begins with.
    *needs* are the keys of the environment file without which it cannot judge, so that they can be missed beforehand.
    """

    def declare(function: Function) -> Function:
        def judged(witness: Witness, **arguments: Any) -> None:
            witness.hear(function, arguments)

        _dress(judged, function, sentence)
        parser = _declare(Sentence("judges", sentence, function, needs))
        for keyword in (then, given) if also_given else (then,):
            keyword(parser, stacklevel=2)(judged)
        return function

    return declare


def _dress(outer: Function, function: Function, sentence: str) -> None:
    """Show *outer* to pytest-bdd, which reads from the signature what to hand over, as *function* with a witness."""
    outer.__name__ = function.__name__
    outer.__doc__ = sentence
    outer.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("witness", *_wanted(function))]
    )


def each(asked: Iterable[Look[Any]]) -> Sequence[Look[Any]]:
    """The looks that a looking sentence returned; ValueError where it returned none."""
    found = list(asked)
    if not found:
        raise ValueError("this sentence looks at nothing")
    return found


def planned(
    words: str, table: Sequence[Sequence[str]], docstring: str, given_fixtures: dict[str, Any]
) -> Iterator[Look[Any]]:
    """The looks that *words* will ask, by the looking sentences' own functions; nothing for a judging sentence."""
    for sentence, named in _fitting(words):
        if sentence.kind != "looks":
            continue
        offered = {**given_fixtures, **named, "datatable": [list(row) for row in table] or None, "docstring": docstring}
        asked = sentence.function(**{name: offered[name] for name in _wanted(sentence.function)})
        yield from [asked] if isinstance(asked, Look) else each(asked)


def unanswered(
    words: str, table: Sequence[Sequence[str]], docstring: str, given_fixtures: dict[str, Any]
) -> Iterator[str]:
    """The keys of the environment file that *words* need to judge, and that are open there."""
    for sentence, named in _fitting(words):
        offered = {**given_fixtures, **named, "datatable": [list(row) for row in table] or None, "docstring": docstring}
        if callable(sentence.needs):
            yield from sentence.needs(**{name: offered[name] for name in _wanted(sentence.needs)})
            continue
        for key in (each.format(**named) for each in sentence.needs):
            if not (offered["launch_at"] if key == "launch_at" else _told(offered["environment"], key.split("."))):
                yield key


def _told(place: Any, path: Sequence[str]) -> Any:
    """What stands in the environment file under *path*, None where nothing does."""
    for name in path:
        place = place.get(name) if isinstance(place, Mapping) else getattr(place, name, None)
    return place


def kind_of(words: str) -> Literal["looks", "judges"] | None:
    """Whether *words* look or judge; None where no sentence fits."""
    return next((sentence.kind for sentence, _ in _fitting(words)), None)


def check_sentences(said: Iterable[str]) -> list[str]:
    """What is wrong between the features' sentences and the vocabulary: undefined, ambiguous, unused ones."""
    used: set[Sentence] = set()
    wrong: dict[str, None] = {}
    for words in dict.fromkeys(said):
        fitting = [sentence for sentence, _ in _fitting(words)]
        used.update(fitting)
        if not fitting:
            wrong[f"no step says: {words}"] = None
        if len(fitting) > 1:
            where = " and ".join(sentence.where for sentence in fitting)
            wrong[f"ambiguous, {where}: {words}"] = None
    for sentence in VOCABULARY:
        if sentence not in used:
            wrong[f"no scenario says: {sentence.text} ({sentence.where})"] = None
    return list(wrong)
