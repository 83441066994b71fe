"""What the sentences about consent make of questions, fair and unfair, and of what is stored before any answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell
from golive.probes.browser import Control, Dialog, Stored
from golive.remarks import Remarks
from steps import browser

from .judging import SEEN, verdict

YES = Control("Godta alle", "button", 120, 48, 17, checked=False)
NO = Control("Avvis", "button", 80, 48, 17, checked=False)
BOX = Control("Statistikk", "checkbox", 16, 16, 17, checked=True)
ABOUT, TOOL = ("informasjonskapsler",), "consent.example"


@pytest.mark.parametrize(
    ("controls", "fair"),
    [
        ((YES, NO), True),
        ((YES, replace(NO, text="Bare nødvendige")), True),
        ((replace(YES, text="Accept all"), replace(NO, text="Reject all")), True),
        ((YES, NO, replace(BOX, checked=False)), True),
        ((YES, NO, replace(BOX, text="Nødvendige")), True),
        ((YES, NO, BOX), False),
        ((YES, NO, replace(BOX, kind="switch")), False),
        ((YES,), False),
        ((NO,), False),
        ((YES, replace(NO, text="Innstillinger")), False),
        ((YES, replace(NO, font=11)), False),
        ((YES, replace(NO, height=20)), False),
        ((replace(YES, text="Ikke godta"),), False),
        ((), False),
    ],
)
def test_consent_is_fair_when_no_is_as_near_as_yes(
    environment: Environment, controls: tuple[Control, ...], fair: bool
) -> None:
    """
    Two answers side by side, about as large, nothing ticked beforehand except what must be.
    """
    sight = replace(SEEN, dialogs=(Dialog(ABOUT, controls),))
    verdict(lambda: browser.consent_is_free(sight, environment), fair)


def test_other_dialogs_do_not_hide_the_question(environment: Environment) -> None:
    """
    Beside a dialog about something else, the one that asks counts.
    """
    dialogs = (Dialog((), ()), Dialog(ABOUT, (YES, NO)))
    browser.consent_is_free(replace(SEEN, dialogs=dialogs), environment)


def test_another_question_is_no_question_for_consent(environment: Environment) -> None:
    """
    A yes and a no to something else, a newsletter, ask for no consent, however fair they are.
    """
    sight = replace(SEEN, dialogs=(Dialog((), (YES, NO)),))
    with pytest.raises(AssertionError, match="does not name what it asks"):
        browser.consent_is_free(sight, environment)


def test_a_question_that_may_be_out_of_sight_is_unknown(environment: Environment) -> None:
    """
    Where nothing asks, and a host that the gate does not reach may: unknown; where something asks unfairly, unmet.
    """
    sight = replace(SEEN, outside=(TOOL,))
    with pytest.raises(CannotTell, match=TOOL):
        browser.consent_is_free(sight, environment)
    with pytest.raises(CannotTell, match=TOOL):
        browser.consent_is_free(replace(sight, dialogs=(Dialog((), (YES, NO)),)), environment)
    verdict(lambda: browser.consent_is_free(replace(sight, dialogs=(Dialog(ABOUT, (YES,)),)), environment), False)
    verdict(lambda: browser.consent_is_free(sight, having(environment, reviewed_hosts=(TOOL,))), False)
    verdict(lambda: browser.consent_is_free(replace(sight, status=500), environment), False)


def test_what_others_store_is_not_taken_for_nothing(environment: Environment) -> None:
    """
    Hosts that are asked before any answer and not reached are named, unless they were reviewed: then they are told.
    """
    table, sight = [["cookie"], ["drop_session"]], replace(SEEN, outside=("connect.facebook.net", TOOL))
    with pytest.raises(CannotTell, match=f"connect.facebook.net, {TOOL}"):
        browser.nothing_is_stored(sight, table, environment, Remarks())
    with pytest.raises(CannotTell, match=r"asks connect\.facebook\.net, which"):
        browser.nothing_is_stored(sight, table, having(environment, reviewed_hosts=(TOOL,)), Remarks())
    remarks, reviewed = Remarks(), having(environment, reviewed_hosts=sight.outside)
    browser.nothing_is_stored(sight, table, reviewed, remarks)
    assert TOOL in remarks.warnings[0]
    stored = replace(sight, stored=(Stored("cookie", "_ga", "getdrop.no"),))
    verdict(lambda: browser.nothing_is_stored(stored, table, environment, Remarks()), False)


@pytest.mark.parametrize(
    ("stored", "ok"),
    [
        ((), True),
        ((Stored("cookie", "drop_session", "getdrop.no"),), True),
        ((Stored("localStorage", "drop_session", "getdrop.no"),), False),
        ((Stored("indexedDB", "firebase", "getdrop.no"),), False),
    ],
)
def test_what_may_be_stored_is_told_by_kind_and_name(
    environment: Environment, stored: tuple[Stored, ...], ok: bool
) -> None:
    """
    A cookie that is let by lets by nothing else of its name.
    """
    table, sight = [["cookie"], ["drop_session"]], replace(SEEN, stored=stored)
    verdict(lambda: browser.nothing_is_stored(sight, table, environment, Remarks()), ok)


def having(environment: Environment, **changes: Any) -> Environment:
    """*environment* with a site that has *changes*."""
    return environment.model_copy(update={"site": environment.site.model_copy(update=changes)})
