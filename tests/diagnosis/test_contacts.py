"""What an owner wrote into the environment file is what the person on call reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.diagnosis import screen
from golive.diagnosis.advising import counsel
from golive.diagnosis.clock import Facts
from golive.diagnosis.papers import RUNBOOKS, load_runbooks
from golive.diagnosis.remedy import Observed
from golive.environment import load

HOME = Path(__file__).parents[2]
PAPERS = load_runbooks(HOME / "features")
REHEARSAL = load("rehearsal", HOME)
DOWN = Facts(True, True)


@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_blank_is_marked_until_somebody_answers_it(name: str) -> None:
    """As the document has it every open contact is marked; with the environment file's answers none is."""
    blank = counsel(PAPERS[name], REHEARSAL, Observed(), 12, DOWN)
    assert sum("⟦" in one.at for one in blank.contacts) == sum(one.open for one in PAPERS[name].contact)
    answered = PAPERS[name].answered(REHEARSAL.contacts)
    assert not any("⟦" in one.at or not one.at for one in counsel(answered, REHEARSAL, Observed(), 12, DOWN).contacts)
    assert answered.causes == PAPERS[name].causes


def test_an_answer_stands_in_the_place_of_the_documents() -> None:
    """Also of one that the document fills in; a key that no contact has changes nothing."""
    paper = PAPERS["bankid"].answered({"bankid-e-mail": "vakt@bankid.no", "somebody": "+47 00 00 00 09"})
    assert [one.at for one in paper.contact if one.key == "bankid-e-mail"] == ["vakt@bankid.no"]
    assert [one.open for one in paper.contact] == [one.open for one in PAPERS["bankid"].contact]


def test_the_first_screen_says_how_to_reach_whom_the_clock_names() -> None:
    """Who is to be told by now, and by which number."""
    paper = PAPERS["bankid"].answered(REHEARSAL.contacts)
    said = dict(screen.now(counsel(paper, REHEARSAL, Observed(), 12, DOWN)))
    assert said["reach"] == "Alem by Slack @ola; Alem by SMS +47 00 00 00 01"
    open_ = dict(screen.now(counsel(PAPERS["bankid"], REHEARSAL, Observed(), 12, DOWN)))
    assert open_["reach"] == "Alem by Slack ⟦not known⟧; Alem by SMS ⟦not known⟧"
