"""Which workaround is open: never before its time, never where the outage is not seen, never for a healthy provider."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from golive.diagnosis.clock import Facts
from golive.diagnosis.papers import load_runbooks
from golive.diagnosis.workarounds import stand

PAPERS = load_runbooks(Path(__file__).parents[2] / "features")
WAYS = {way.id: way for paper in PAPERS.values() for way in paper.workaround}
DOWN, UP, UNSEEN = Facts(provider_down=True), Facts(provider_down=False, status_incident=False), Facts()

EARLY, ASK, OPEN, NOT = "too early", "may be asked for", "open", "not called for"
CEO: tuple[str, ...] = ("CEO",)
# Minute, and with the provider down: state and whose approval; the same with nothing seen.
TRUTH: list[tuple[str, float, str, tuple[str, ...], str]] = [
    ("AISP-W1", 0, EARLY, (), EARLY),
    ("AISP-W1", 19.9, EARLY, (), EARLY),
    ("AISP-W1", 20, ASK, CEO, ASK),
    ("AISP-W1", 29.9, ASK, CEO, ASK),
    ("AISP-W1", 30, OPEN, (), ASK),
    ("AISP-W2", 0, OPEN, (), ASK),
    ("AISP-W2", 600, OPEN, (), ASK),
    ("BID-W1", 14.9, EARLY, (), EARLY),
    ("BID-W1", 15, ASK, CEO, ASK),
    ("BID-W1", 59.9, ASK, CEO, ASK),
    ("BID-W1", 60, OPEN, CEO, ASK),
    ("BID-W2", 0, OPEN, (), ASK),
    ("PISP-W1", 59.9, EARLY, (), EARLY),
    ("PISP-W1", 60, ASK, CEO, ASK),
    ("PISP-W1", 119.9, ASK, CEO, ASK),
    ("PISP-W1", 120, OPEN, CEO, ASK),
    ("PISP-W2", 0, OPEN, (), ASK),
    ("KYC-W1", 29.9, EARLY, (), EARLY),
    ("KYC-W1", 30, ASK, CEO, ASK),
    ("KYC-W1", 59.9, ASK, CEO, ASK),
    ("KYC-W1", 60, OPEN, CEO, ASK),
    ("KYC-W2", 0, OPEN, (), ASK),
    ("SWAN-W1", 14.9, EARLY, (), EARLY),
    ("SWAN-W1", 15, ASK, CEO, ASK),
    ("SWAN-W1", 29.9, ASK, CEO, ASK),
    ("SWAN-W1", 30, OPEN, CEO, ASK),
    ("SWAN-W2", 0, OPEN, (), ASK),
]


@pytest.mark.parametrize(("name", "minutes", "state", "approval", "unseen"), TRUTH)
def test_truth_table(name: str, minutes: float, state: str, approval: tuple[str, ...], unseen: str) -> None:
    """By the clock with the provider down; unseen it is never open; with the provider up it is never called for."""
    down = stand(WAYS[name], minutes, DOWN)
    assert (down.state, down.approval) == (state, approval)
    blind = stand(WAYS[name], minutes, UNSEEN)
    assert (blind.state, blind.approval) == (unseen, CEO if unseen == ASK else ())
    assert stand(WAYS[name], minutes, UP).state == NOT
    assert stand(WAYS[name], minutes, UP).approval == ()


def test_the_table_speaks_of_all_ten() -> None:
    """No workaround is left out of it."""
    assert {row[0] for row in TRUTH} == WAYS.keys()
    assert len(WAYS) == 10


@pytest.mark.parametrize("name", WAYS)
def test_what_only_a_person_knows_is_said_with_it(name: str) -> None:
    """A condition that nobody saw stands beside the state, whatever the time."""
    assert stand(WAYS[name], 600, DOWN).provided == {
        "AISP-W2": ("no cached balance can be relied on", "payments work"),
        "BID-W2": ("there is no estimate of its end", "there is no fallback"),
        "PISP-W1": ("urgent payments wait",),
        "PISP-W2": ("there is no estimate of its end",),
        "KYC-W1": ("a customer needs it urgently",),
        "KYC-W2": ("there is no estimate of its end", "the customers can wait"),
        "SWAN-W2": ("the customers can wait",),
    }.get(name, ())


def test_how_long_it_is_still_closed() -> None:
    """The minutes until it may be asked for, and until it is open."""
    seen = [stand(WAYS["PISP-W1"], minutes, DOWN) for minutes in (0, 60, 90, 120, 500)]
    assert [(way.asked_in, way.opens_in) for way in seen] == [(60, 120), (0, 60), (0, 30), (0, 0), (0, 0)]


def test_it_is_told_in_a_sentence() -> None:
    """State, time, approval and what must be so besides, in words for the one on call."""
    assert [stand(WAYS["BID-W1"], minutes, DOWN).sentence for minutes in (10, 20, 60)] == [
        "BID-W1 Demo mode: too early, may be asked for in 5 min",
        "BID-W1 Demo mode: may be asked for, open in 40 min, needs the approval of the CEO",
        "BID-W1 Demo mode: open, needs the approval of the CEO",
    ]
    assert stand(WAYS["BID-W1"], 60, UP).sentence == "BID-W1 Demo mode: not called for"
    assert stand(WAYS["BID-W1"], 60, UNSEEN).sentence == (
        "BID-W1 Demo mode: may be asked for, needs the approval of the CEO, provided that the outage is confirmed"
    )


def test_bankids_status_page_confirms_an_outage() -> None:
    """BankID that answers while its page reports an incident is an outage; a page that is well says nothing alone."""
    assert stand(WAYS["BID-W1"], 60, Facts(provider_down=False, status_incident=True)).state == OPEN
    assert stand(WAYS["BID-W1"], 60, Facts(status_incident=False)).state == ASK


@pytest.mark.parametrize("minutes", [-1, math.nan, math.inf])
def test_no_workaround_stands_at_no_time(minutes: float) -> None:
    """A time that no incident can have opens nothing."""
    with pytest.raises(ValueError, match="an incident began"):
        stand(WAYS["AISP-W1"], minutes, DOWN)
