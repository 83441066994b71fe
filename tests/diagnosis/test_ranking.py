"""Which cause first? What holds for whatever is seen."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.diagnosis.ranking import Conclusion, Considered, Placed, rank
from golive.diagnosis.strength import WEIGHTS, Strength, apart, together

CERTAIN, STRONG, WEAK = Strength
settings.register_profile("ranking", max_examples=60, deadline=None)
settings.load_profile("ranking")
NAMES = [f"BID-C{number}" for number in range(1, 7)]


@st.composite
def considerations(draw: st.DrawFn) -> list[Considered]:
    """Six causes with whatever evidence; each may be hidden by those before it in the list, so there is no circle."""
    return [
        Considered(
            name,
            draw(st.sampled_from([0.02, 0.05, 0.05, 0.1, 0.2, 0.4])),
            tuple(draw(st.lists(st.sampled_from(list(Strength)), max_size=3))),
            tuple(draw(st.lists(st.just("the log was not seen"), max_size=1))),
            tuple(draw(st.lists(st.sampled_from(NAMES[:number]), unique=True))) if number else (),
        )
        for number, name in enumerate(NAMES)
    ]


def by_name(placed: Sequence[Placed]) -> dict[str, Placed]:
    return {one.cause: one for one in placed}


@given(considerations())
def test_every_cause_is_placed_once(causes: list[Considered]) -> None:
    """Nothing is lost and nothing comes twice; those pointed to are numbered from 1, the others not at all."""
    placed = rank(causes)
    assert sorted(one.cause for one in placed) == NAMES
    pointed = [one for one in placed if one.conclusion is Conclusion.POINTED]
    assert [one.rank for one in placed] == [*range(1, len(pointed) + 1), *[None] * (6 - len(pointed))]
    assert {one.cause for one in pointed} == {one.cause for one in causes if one.signs}


@given(considerations())
def test_certain_evidence_comes_before_all_other(causes: list[Considered]) -> None:
    """However likely a cause was beforehand, one that a fact speaks for comes before it."""
    pointed = [one for one in rank(causes) if one.rank]
    assert [one.certain for one in pointed] == sorted((one.certain for one in pointed), reverse=True)


@given(considerations())
def test_what_is_unseen_is_never_ruled_out(causes: list[Considered]) -> None:
    """A cause of which something was not seen, or that hides behind another, is never a pass."""
    placed = by_name(rank(causes))
    clear = {one.cause for one in causes if one.clear}
    for cause in causes:
        if cause.signs:
            continue
        hidden = bool(clear & set(cause.hidden_by))
        expected = Conclusion.CANNOT_TELL if cause.missing or hidden else Conclusion.RULED_OUT
        assert placed[cause.cause].conclusion is expected
        assert set(placed[cause.cause].hidden_by) == clear & set(cause.hidden_by)


@given(considerations(), st.randoms(use_true_random=False))
def test_the_order_of_the_scenarios_decides_no_more_than_ties(causes: list[Considered], chance: Random) -> None:
    """However the scenarios run, the same is said of each cause, but for the place among its equals."""
    shuffled = list(causes)
    chance.shuffle(shuffled)
    for name, one in by_name(rank(shuffled)).items():
        other = by_name(rank(causes))[name]
        assert (one.conclusion, one.score, set(one.ties)) == (other.conclusion, other.score, set(other.ties))


@given(considerations(), st.sampled_from(NAMES), st.sampled_from(list(Strength)))
def test_more_evidence_never_makes_a_cause_less_likely(causes: list[Considered], name: str, more: Strength) -> None:
    """One sign more of a cause never puts it behind a cause that it came before."""
    before = by_name(rank(causes))[name]
    grown = [
        Considered(one.cause, one.prior, (*one.signs, more), one.missing, one.hidden_by) if one.cause == name else one
        for one in causes
    ]
    after = by_name(rank(grown))[name]
    assert after.score >= before.score
    assert after.rank is not None
    assert before.rank is None or after.rank <= before.rank


@given(considerations())
def test_ties_are_said_both_ways(causes: list[Considered]) -> None:
    """Who is as likely as another is said of both, and only of causes with the same kind of evidence."""
    placed = by_name(rank(causes))
    for one in placed.values():
        for other in one.ties:
            assert one.cause in placed[other].ties
            assert placed[other].certain == one.certain
            assert placed[other].score == pytest.approx(one.score)


def test_prior_times_strength_decides() -> None:
    """A strong sign of a rare cause (5 % x 0.6) comes behind a weak one of a frequent cause (20 % x 0.2)."""
    placed = rank([Considered("BID-C5", 0.05, (STRONG,)), Considered("BID-C2", 0.2, (WEAK,))])
    assert [(one.cause, round(one.score, 3)) for one in placed] == [("BID-C2", 0.04), ("BID-C5", 0.03)]


def test_a_closed_way_out_goes_before_the_provider_that_is_down() -> None:
    """Both are certain and as likely: the way out is still closed when the provider is back, so it comes first."""
    down = Considered("BID-C1", 0.05, (CERTAIN,))
    closed = Considered("BID-C6", 0.05, (CERTAIN,), hidden_by=("BID-C1",))
    for causes in ([down, closed], [closed, down]):
        placed = rank(causes)
        assert [one.cause for one in placed] == ["BID-C6", "BID-C1"]
        assert not any(one.ties for one in placed)


def test_where_the_network_is_only_suspected_both_are_said() -> None:
    """With no more than strong evidence of the network, the provider that is certainly down comes first, both stand."""
    placed = rank(
        [Considered("BID-C1", 0.05, (CERTAIN,)), Considered("BID-C6", 0.05, (STRONG,), hidden_by=("BID-C1",))]
    )
    assert [(one.cause, one.rank) for one in placed] == [("BID-C1", 1), ("BID-C6", 2)]


def test_a_weak_suspicion_hides_nothing() -> None:
    """Only what is certain or strong makes the causes behind it untold."""
    for sign, expected in ((WEAK, Conclusion.RULED_OUT), (STRONG, Conclusion.CANNOT_TELL)):
        placed = rank([Considered("BID-C1", 0.05, (sign,)), Considered("BID-C2", 0.2, hidden_by=("BID-C1",))])
        assert placed[1].conclusion is expected


@given(st.lists(st.sampled_from(list(Strength)), max_size=5))
def test_signs_together_weigh_no_less_than_the_strongest(signs: list[Strength]) -> None:
    """Several signs are at least as good as the best of them, never more than certain, and none is nothing."""
    assert max((WEIGHTS[sign] for sign in signs), default=0.0) <= together(signs) + 1e-12 <= 1 + 1e-9
    assert together([STRONG]) > together([WEAK, WEAK])


def test_the_strength_stands_behind_the_sentence() -> None:
    """Read as the feature writes it; anything else is part of the sentence."""
    assert apart("BankID takes the credentials (a no is certain)") == ("BankID takes the credentials", CERTAIN)
    for words in ("it holds", "it holds (a no is sure)", "(a no is weak)", "it holds(a no is weak)"):
        assert apart(words) == (words, None)
