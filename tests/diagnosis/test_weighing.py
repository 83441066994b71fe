"""What a diagnosis's scenario hears and sees: a no ends nothing, and what is unseen is no yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from golive.diagnosis.strength import Strength
from golive.diagnosis.weighing import Weighing
from golive.environment import Detour, load
from golive.errors import CannotTell, Denied, ProbeError
from golive.observatory import Observatory
from golive.probes.look import Look
from golive.runbook import Scenario, Step
from tests.gate.conftest import HOME


@dataclass(frozen=True, slots=True)
class Seen:
    """What the look of this test answers."""

    number: int


@dataclass(frozen=True, slots=True)
class Number(Look[Seen]):
    """A look that is denied where its number is negative."""

    number: int

    @property
    def source(self) -> str:
        return f"number {self.number}"

    @property
    def host(self) -> str:
        return "here"

    def observe(self, reach: Any) -> Seen:  # noqa: ARG002  # of a look
        if self.number < 0:
            raise Denied(self.source, "not you")
        return Seen(self.number)


def weighing(*sentences: str) -> Weighing:
    """The witness of a scenario with these sentences."""
    steps = tuple(Step("Then", sentence, (), "") for sentence in sentences)
    scenario = Scenario("BID-C1", "It is so", "diagnosis/bankid.feature", 0, frozenset(), frozenset(), steps)
    return Weighing(Observatory(load("rehearsal", HOME), Detour()), scenario)


def demand(seen: Seen, least: int) -> None:
    assert seen.number >= least, f"{seen.number} is less than {least}"


def test_a_no_is_noted_and_the_scenario_goes_on() -> None:
    """Each no is kept with its strength and the looks under it; the last sentence is heard as well."""
    witness = weighing("looked", "first (a no is weak)", "second (a no is certain)", "third (a no is strong)")
    seen = witness.see(Number(1))
    witness.hear(demand, {"seen": seen, "least": 5})
    witness.hear(demand, {"seen": seen, "least": 7})
    witness.hear(demand, {"seen": seen, "least": 1})
    assert [(mark.kind, mark.strength) for mark in witness.marks] == [
        ("looked", None),
        ("points", Strength.WEAK),
        ("points", Strength.CERTAIN),
        ("so", Strength.STRONG),
    ]
    assert witness.marks[1].said == "1 is less than 5"
    assert witness.marks[1].sentence == "first"
    assert witness.marks[2].looks == (Number(1),)
    with pytest.raises(AssertionError, match="less than 5; 1 is less than 7"):
        witness.conclude()


def test_what_is_unseen_keeps_only_its_own_sentences_from_judging() -> None:
    """The sentence that needs it is not judged, the others are; at the end nobody can tell."""
    witness = weighing("denied", "looked", "of the denied (a no is certain)", "of the other (a no is strong)")
    denied, seen = witness.see(Number(-1)), witness.see(Number(3))
    witness.hear(demand, {"seen": denied, "least": 1})
    witness.hear(demand, {"seen": seen, "least": 1})
    assert [mark.kind for mark in witness.marks] == ["not seen", "looked", "not seen", "so"]
    assert witness.missing() == ("number -1: not you",)
    with pytest.raises(CannotTell, match="not you"):
        witness.conclude()


def test_of_several_answers_those_that_came_can_be_judged() -> None:
    """To touch the one that did not come counts as not seen; to leave it alone does not."""
    witness = weighing("looked", "of the first (a no is strong)", "of all (a no is strong)", "how many (a no is weak)")
    several = witness.see([Number(1), Number(-1), Number(3)])

    def first_is_right(several: list[Seen]) -> None:
        assert several[0].number == 1
        assert several[2].number == 3

    def all_are_right(several: list[Seen]) -> None:
        assert all(one.number > 0 for one in several)

    def three(several: list[Seen]) -> None:
        assert len(several) == 3

    for judgement in (first_is_right, all_are_right, three):
        witness.hear(judgement, {"several": several})
    assert [mark.kind for mark in witness.marks] == ["not seen", "so", "not seen", "so"]


def test_a_no_outweighs_what_is_unseen() -> None:
    """One sign is enough for a scenario to fail, whatever else was not seen."""
    witness = weighing("denied", "looked", "of the denied (a no is certain)", "of the other (a no is weak)")
    denied, seen = witness.see(Number(-1)), witness.see(Number(3))
    witness.hear(demand, {"seen": denied, "least": 1})
    witness.hear(demand, {"seen": seen, "least": 9})
    with pytest.raises(AssertionError):
        witness.conclude()


def test_a_sentence_may_say_that_it_cannot_tell() -> None:
    """A ProbeError of a judging sentence is not a no."""
    witness = weighing("looked", "judged (a no is strong)")

    def another_may_be_to_blame(seen: Seen) -> None:
        raise ProbeError("the log", f"{seen.number} may be somebody else's doing")

    witness.hear(another_may_be_to_blame, {"seen": witness.see(Number(1))})
    assert witness.missing() == ("the log: 1 may be somebody else's doing",)


def test_our_own_mistake_is_neither() -> None:
    """What is wrong with a sentence's own code is raised, and not taken for a sign or for a yes."""
    witness = weighing("looked", "judged (a no is strong)")

    def mistaken(seen: Seen) -> None:
        raise KeyError(seen.number)

    with pytest.raises(KeyError):
        witness.hear(mistaken, {"seen": witness.see(Number(1))})
    assert len(witness.marks) == 1


def test_where_nothing_speaks_for_it_and_all_was_seen_it_is_ruled_out() -> None:
    """Then the scenario passes."""
    witness = weighing("looked", "judged (a no is strong)")
    witness.hear(demand, {"seen": witness.see(Number(2)), "least": 1})
    witness.conclude()
    assert witness.missing() == ()
