"""What a browser sees of the question for consent, and of what is stored before any answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from golive import chromium
from golive.probes.browser import Stored, Visit
from golive.probes.reach import Reach
from golive.twin.site import Consent

from .town import HOME, Town

FRONT = "https://getdrop.no"
SESSION = Stored("cookie", "drop_session", "getdrop.no")

pytestmark = pytest.mark.skipif(chromium.find_browser(HOME) is None, reason=chromium.NO_BROWSER)


@pytest.mark.parametrize(
    ("early", "stored"),
    [
        ("header cookie", Stored("cookie", "drop_analytics", "getdrop.no")),
        ("script cookie", Stored("cookie", "drop_analytics", "getdrop.no")),
        ("storage", Stored("localStorage", "drop_analytics", "getdrop.no")),
    ],
)
def test_whatever_is_stored_is_seen(town: Town, reach: Reach, early: Any, stored: Stored) -> None:
    """
    By header or by script, as cookie or otherwise: its name is told, and never its value.
    """
    town.site = replace(town.site, consent=Consent(early=frozenset({early})))
    assert set(Visit(FRONT).observe(reach).stored) == {SESSION, stored}


def test_other_stores_are_seen_too(town: Town, reach: Reach) -> None:
    """
    Session storage, databases, caches, and what comes a moment after the page.
    """
    town.site = replace(
        town.site,
        script="""
        sessionStorage.setItem("a", "1"); indexedDB.open("b"); caches.open("c");
        setTimeout(function () { localStorage.setItem("d", "1"); }, 50);
        """,
    )
    stored = {(one.where, one.name) for one in Visit(FRONT).observe(reach).stored}
    assert stored >= {("sessionStorage", "a"), ("indexedDB", "b"), ("cache", "c"), ("localStorage", "d")}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"refusal": "second layer"}, ["Godta alle", "Innstillinger"]),
        ({"refusal": "nowhere"}, ["Godta alle"]),
        ({"ticked_box": True}, ["Statistikk", "Godta alle", "Kun nødvendige"]),
    ],
)
def test_first_layer_of_the_question_is_seen(
    town: Town, reach: Reach, change: dict[str, Any], names: list[str]
) -> None:
    """
    What can be answered at once is what is visible at once.
    """
    town.site = replace(town.site, consent=Consent(**change))
    (dialog,) = Visit(FRONT).observe(reach).dialogs
    assert [control.text for control in dialog.controls] == names
    assert [control.checked for control in dialog.controls] == [name == "Statistikk" for name in names]


@pytest.mark.parametrize("shape", ["dialog", "region", "shadow root"])
@pytest.mark.parametrize(
    ("change", "about", "names"),
    [
        ({}, ("informasjonskapsler",), ["Godta alle", "Kun nødvendige"]),
        ({"about": "newsletter"}, (), ["Ja takk", "Nei takk"]),
    ],
)
def test_question_is_seen_however_it_stands_on_the_page(
    town: Town, reach: Reach, shape: Any, change: dict[str, Any], about: tuple[str, ...], names: list[str]
) -> None:
    """
    As a dialog, in an open shadow root, or as a region named by its label; only what it is about is told.
    """
    town.site = replace(town.site, consent=Consent(shape=shape, **change))
    sight = Visit(FRONT).observe(reach)
    seen = [(dialog.about, [control.text for control in dialog.controls]) for dialog in sight.dialogs]
    assert seen == ([] if shape == "region" and not about else [(about, names)])
    assert (sight.failed, sight.errors) == ((), ())
    assert "Noen kapsler" not in str(sight)


YES_AND_NO = "<div><button>Ja takk</button><button>Nei takk</button></div>"


@pytest.mark.parametrize(
    ("html", "about"),
    [
        (f"<div><p>Vi bruker informasjons&shy;kapsler.</p>{YES_AND_NO}</div>", [("informasjonskapsler",)]),
        (f"<div><header>COOKIES</header><div><p>Les mer.</p>{YES_AND_NO}</div></div>", [("cookies",)]),
        ("<div><button>Godta cookies</button><a role=button href=#>Avvis</a></div>", [("cookies",)]),
        (
            "<div><p>Ditt personvern</p><div><button>Ja</button></div><div><a href=#>Nei</a></div></div>",
            [("personvern",)],
        ),
        (f"<div><div role=dialog>Velkommen{YES_AND_NO}</div>Cookies</div>", [()]),
        # What stands elsewhere on the page, or is a link alone, is not what is asked.
        (f"<section><p>Nyhetsbrev?</p>{YES_AND_NO}</section><p>Les om cookies og samtykke.</p>", []),
        (f"<div><p>Nyhetsbrev?</p>{YES_AND_NO}<a href=/personvern>Personvern og cookies</a></div>", []),
        (f"<div role=dialog><p>Nyhetsbrev?</p>{YES_AND_NO}<a href=/personvern>Personvern</a></div>", [()]),
        ("<div>Cookies <button>Godta</button><button>Mer</button></div>", []),
        (f"<div hidden>Cookies{YES_AND_NO}</div>", []),
    ],
)
def test_question_is_known_by_a_yes_and_a_no_beside_what_they_are_about(
    town: Town, reach: Reach, html: str, about: list[tuple[str, ...]]
) -> None:
    """
    Whatever it is made of: the smallest part of the page that holds both, up to where consent is named.
    """
    page = replace(town.site.pages["/"], body="<p>Drop</p>")
    town.site = replace(
        town.site,
        pages={"/": page},
        consent=Consent(asked=False),
        script=f"document.body.insertAdjacentHTML('beforeend', {json.dumps(html)});",
    )
    assert [dialog.about for dialog in Visit(FRONT).observe(reach).dialogs] == about
