"""What a browser sees of a form: its labels, how and where it is sent, and what is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive import chromium
from golive.probes.browser import Visit
from golive.probes.reach import Reach

from .town import HOME, Town, again

FRONT = "https://getdrop.no"

pytestmark = pytest.mark.skipif(chromium.find_browser(HOME) is None, reason=chromium.NO_BROWSER)


def test_click_leads_to_a_form(reach: Reach) -> None:
    """
    The form is reached past a question that lies over the link, and is told by its labels.
    """
    sight = Visit(FRONT, "Klage").observe(reach)
    assert (sight.url, sight.status, sight.clicked) == (FRONT + "/klage", 200, True)
    (form,) = sight.forms
    assert (form.method, form.action, form.fields) == ("post", FRONT + "/api/klage", ("Navn", "E-post", "Beskrivelse"))
    assert form.sendable
    assert (form.receiver, form.unseen) == (405, "")
    assert again(sight) == sight


@pytest.mark.parametrize(
    ("tag", "button", "seen"),
    [
        ("<form>", "<button>", ("", FRONT + "/klage", 200)),
        ('<form method="GET" action="/api/klage">', "<button>", ("get", FRONT + "/api/klage", 405)),
        ('<form method="POST">', "<button>", ("post", FRONT + "/klage", 200)),
        ('<form method="post" action="">', "<button>", ("post", FRONT + "/klage", 200)),
        ('<form method="post" action="/api/gone?a=s3cr3t">', "<button>", ("post", FRONT + "/api/gone", 404)),
        ('<form method="post" action="/vilkaar">', "<button>", ("post", FRONT + "/vilkaar", 200)),
        ('<form action="/api/gone">', '<button formmethod="post" formaction="/api/klage">',
         ("post", FRONT + "/api/klage", 405)),
        ('<form method="post" action="https://forms.example/1?a=s3cr3t">', "<button>",
         ("post", "https://forms.example/1", None)),
        ('<form method="post" action="https://auth.bankid.no/x">', "<button>",
         ("post", "https://auth.bankid.no/x", None)),
        ("<form action=\"javascript:throw new Error('s3cr3t')\">", "<button>", ("", "javascript:", None)),
        ('<form method="post" action="http://[">', "<button>", ("post", ":", None)),
        ('<form method="wrong">', "<button disabled>", ("get", FRONT + "/klage", 200)),
    ],
)  # fmt: skip
def test_form_is_told_by_how_and_where_it_is_sent(
    town: Town, reach: Reach, tag: str, button: str, seen: tuple[str, str, int | None]
) -> None:
    """
    As it says itself or its button does; what is at the action is asked without data, and nobody else's host is asked.
    """
    page = replace(town.site.pages["/klage"], body=f"{tag}<label>Navn <input></label>{button}Send</button></form>")
    town.site = replace(town.site, pages={**town.site.pages, "/klage": page})
    sight = Visit(FRONT, "Klage").observe(reach)
    assert [(form.method, form.action, form.receiver) for form in sight.forms] == [seen]
    assert "s3cr3t" not in str(sight)
    assert again(sight) == sight


def test_receiver_that_does_not_answer_is_told(town: Town, reach: Reach) -> None:
    """
    That nobody could be asked where a form is sent is a fact about the form; the page is there all the same.
    """
    town.site = replace(town.site, busy=frozenset({"/api/klage"}))
    (form,) = Visit(FRONT, "Klage").observe(reach).forms
    assert form.receiver is None
    assert "429" in form.unseen
