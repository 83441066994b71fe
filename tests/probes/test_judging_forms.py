"""What the sentence about a form makes of how it is sent, where to, and whether anybody is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell
from golive.probes.browser import Form, Sight
from golive.remarks import Remarks
from steps import browser

from .judging import FRONT, SEEN

FORM = Form("post", FRONT + "api/klage", ("Ditt navn", "E-post *", "Beskrivelse av saken"), True, receiver=405)
ASKED = [["navn"], ["e-post"], ["beskrivelse"]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "get"}, "sent by get"),
        ({"method": "dialog"}, "sent by dialog"),
        ({"sendable": False}, "which cannot be sent"),
        ({"action": "http://getdrop.no/api/klage"}, "no address over HTTPS"),
        ({"action": "mailto:"}, "no address over HTTPS"),
        ({"action": "https://slack.com/klage", "receiver": None}, "which is not ours"),
        ({"receiver": 404}, r"where nothing is \(404\)"),
        ({"receiver": 410, "method": ""}, r"where nothing is \(410\)"),
        ({"fields": ("Navn", "E-post")}, "asks for Navn, E-post;"),
    ],
)
def test_form_must_ask_and_be_sent_where_something_is(
    environment: Environment, change: dict[str, Any], said: str
) -> None:
    """
    What is typed into a form must not stand in an address, and must arrive somewhere of ours.
    """
    with pytest.raises(AssertionError, match=said):
        browser.form_can_be_sent(formed(change), ASKED, environment, Remarks())


@pytest.mark.parametrize(
    ("change", "warned"),
    [
        ({}, False),
        ({"receiver": 200}, False),
        ({"receiver": 401}, False),
        ({"action": "https://www.getdrop.no/api/klage"}, False),
        ({"method": ""}, True),
        ({"method": "", "action": FRONT + "klage", "receiver": 200}, True),
        ({"method": "", "action": "javascript:", "receiver": None}, True),
    ],
)
def test_form_of_a_script_is_a_form(environment: Environment, change: dict[str, Any], warned: bool) -> None:
    """
    A form that says no method is what React writes: a warning. Whatever answers at the action but "not here" is there.
    """
    remarks = Remarks()
    browser.form_can_be_sent(formed(change), ASKED, environment, remarks)
    assert [("by POST" in warning) for warning in remarks.warnings] == [True] * warned


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"action": "https://forms.example/1", "receiver": None}, "forms.example/1, which the gate does not reach"),
        ({"method": "", "action": "https://forms.example/1", "receiver": None}, "which the gate does not reach"),
        ({"receiver": None, "unseen": "no answer within 5 s"}, "no answer within 5 s"),
        ({"receiver": 503}, "which answers 503"),
    ],
)
def test_form_whose_receiver_is_not_seen_is_unknown(
    environment: Environment, change: dict[str, Any], said: str
) -> None:
    """
    Another's host, no answer or an error say nothing; one form beside it that is seen to arrive is enough.
    """
    sight = formed(change)
    with pytest.raises(CannotTell, match=said):
        browser.form_can_be_sent(sight, ASKED, environment, Remarks())
    browser.form_can_be_sent(replace(sight, forms=(*sight.forms, FORM)), ASKED, environment, Remarks())


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({}, True),
        ({"status": None}, True),
        ({"clicked": False}, False),
        ({"status": 404}, False),
        ({"outside": ()}, False),
    ],
)
def test_form_that_another_host_would_show_is_unknown(
    environment: Environment, change: dict[str, Any], unknown: bool
) -> None:
    """
    Where a page without a form asks somebody whom the gate does not reach; without the link to it nobody gets there.
    """
    sight = replace(SEEN, **{"clicked": True, "outside": ("forms.example",), **change})
    with pytest.raises(CannotTell if unknown else AssertionError):
        browser.form_can_be_sent(sight, ASKED, environment, Remarks())


def formed(change: dict[str, Any]) -> Sight:
    """A page with the whole form, *change* made to it."""
    return replace(SEEN, clicked=True, forms=(replace(FORM, **change),))
