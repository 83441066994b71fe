"""What a visitor with a browser sees, on the twin's own site and provider."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golive import chromium
from golive.errors import Denied, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes import chrome
from golive.probes.browser import Sight, Stored, Visit, _find_way, way_of
from golive.probes.chrome import Chrome, Way
from golive.probes.reach import Reach
from golive.twin.site import Consent

from .town import HOME, STARTED, Town, again, free_port

FRONT = "https://getdrop.no"
SESSION = Stored("cookie", "drop_session", "getdrop.no")

pytestmark = pytest.mark.skipif(chromium.find_browser(HOME) is None, reason=chromium.NO_BROWSER)


@pytest.fixture(scope="module")
def browser() -> Any:
    """One browser for all tests here, as one run has."""
    shared = Chrome(HOME)
    yield shared
    shared.close()


@pytest.fixture
def reach(town: Town, browser: Chrome) -> Reach:
    """The town, with the browser already there."""
    found = town.reach(answer_seconds=1.5)
    found.shared("browser", lambda: browser)
    return found


def test_front_page_is_seen_as_it_is(reach: Reach) -> None:
    """
    Title, language, text, question and what is stored: all there, and nothing has failed.
    """
    Visit(FRONT).prepare(reach)
    sight = Visit(FRONT).observe(reach)
    assert (sight.url, sight.status, sight.language, sight.clicked) == (FRONT + "/", 200, "nb", False)
    assert sight.title == sight.heading == "Drop: betal rett fra bankkontoen"
    assert sight.words > 100
    assert sight.stored == (SESSION,)
    assert (sight.failed, sight.errors, sight.outside) == ((), (), ())
    (dialog,) = sight.dialogs
    assert dialog.about == ("informasjonskapsler",)
    assert [control.text for control in dialog.controls] == ["Godta alle", "Kun nødvendige"]
    assert again(sight) == sight


def test_names_and_keys_are_found_once_for_all_visits(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Each visit needs the same names and keys; as long as the world is the same they are not looked for again.
    """
    looked: list[Reach] = []

    def found(reach: Reach) -> Way:
        looked.append(reach)
        return _find_way(reach)

    monkeypatch.setattr("golive.probes.browser._find_way", found)
    assert way_of(reach) == way_of(reach)
    assert len(looked) == 1
    reach.forget()
    way_of(reach)
    assert len(looked) == 2


def test_a_name_that_is_hidden_for_now_is_looked_for_again(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What a name server did not say to the first visit, the second one asks again, and sees.

    The names are compared and not their addresses: the front door has two, and which comes first changes.
    """

    def named(way: Way) -> set[str]:
        return {name for name, _ in way.places}

    whole, resolve = named(way_of(reach)), Reach.resolve
    reach.forget()

    def silent(reach: Reach, host: str) -> tuple[str, ...]:
        if host == "auth.bankid.no":
            raise Unreachable(host, "the name could not be looked up")
        return resolve(reach, host)

    with monkeypatch.context() as once:
        once.setattr(Reach, "resolve", silent)
        assert named(way_of(reach)) == whole - {"auth.bankid.no:443"}
    assert "auth.bankid.no:443" in whole
    assert named(way_of(reach)) == whole


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


def test_login_leads_to_bankid_and_what_it_carries_stays_in_the_probe(reach: Reach) -> None:
    """
    Where the visitor arrives is told without the query, which carries state and nonce.
    """
    sight = Visit(FRONT, "Logg inn med BankID").observe(reach)
    assert (sight.url, sight.status) == ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 200)


def test_missing_control_is_an_answer(town: Town, reach: Reach) -> None:
    """
    A button that is not there has been looked for.
    """
    town.site = replace(town.site, login=replace(town.site.login, text=""))
    sight = Visit(FRONT, "Logg inn med BankID").observe(reach)
    assert (sight.clicked, sight.url) == (False, FRONT + "/")


def test_click_that_leads_outside_is_an_answer(town: Town, reach: Reach) -> None:
    """
    An address outside the environment's list is told and not reached.
    """
    town.site = replace(town.site, login=replace(town.site.login, endpoint="https://login.example/authorize"))
    sight = Visit(FRONT, "Logg inn med BankID").observe(reach)
    assert (sight.url, sight.status, sight.outside) == ("https://login.example/authorize", None, ("login.example",))
    assert again(sight) == sight


def test_provider_that_refuses_is_an_answer(town: Town, reach: Reach) -> None:
    """
    A page that says no is a page.
    """
    town.site = replace(town.site, login=replace(town.site.login, redirect_uri="https://getdrop.no/elsewhere"))
    assert Visit(FRONT, "Logg inn med BankID").observe(reach).status == 400


@pytest.mark.parametrize(
    ("ailment", "error"), [("off", Unreachable), ("throttled", Overloaded), ("babble", Unreadable)]
)
def test_provider_that_does_not_answer_is_unknown(
    town: Town, reach: Reach, ailment: Any, error: type[ProbeError]
) -> None:
    """
    Where the click leads nobody could be seen; the front page alone is as it was.
    """
    town.provider = replace(town.provider, ailment=ailment)
    with pytest.raises(error):
        Visit(FRONT, "Logg inn med BankID").observe(reach)
    assert Visit(FRONT).observe(reach).status == 200


@pytest.mark.parametrize(
    ("ailment", "error"),
    [
        ("off", Unreachable),
        ("silent", Unreachable),
        ("babble", Unreadable),
        ("garbage", Unreadable),
        ("throttled", Overloaded),
    ],
)
def test_what_is_no_page_is_unknown(town: Town, browser: Chrome, ailment: Any, error: type[ProbeError]) -> None:
    """
    A site that is off, hangs, talks rubbish or says "not now" has not been seen.
    """
    town.site = replace(town.site, ailment=ailment)
    reach = town.reach(answer_seconds=0.5)
    reach.shared("browser", lambda: browser)
    with pytest.raises(error):
        Visit(FRONT).observe(reach)


def test_error_page_of_the_site_is_a_fact(town: Town, reach: Reach) -> None:
    """
    What a visitor is answered is what the site is.
    """
    town.site = replace(town.site, ailment="broken")
    assert Visit(FRONT).observe(reach).status == 503


@pytest.mark.parametrize(
    "change",
    [
        {"names": ("other.example",)},
        {"self_signed": True},
        {"issuer": "stranger"},
        {"not_before": STARTED.replace(year=2021), "not_after": STARTED.replace(year=2022)},
    ],
)
def test_browser_is_not_blind_to_certificates(town: Town, reach: Reach, change: dict[str, Any]) -> None:
    """
    The rehearsal's browser takes the certificates that were verified, and no others.
    """
    town.certify("getdrop.no", **change)
    town.certify("www.getdrop.no", **change)
    with pytest.raises(Untrusted):
        Visit(FRONT).observe(reach)


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


def test_whoever_is_asked_and_not_reached_is_named(town: Town, reach: Reach) -> None:
    """
    By a script, a picture, a beacon, another page inside, or a connection that is kept open.
    """
    town.site = replace(
        town.site,
        headers=(),
        script="""
        fetch("https://a.example/").catch(() => 0); new Image().src = "https://b.example/";
        navigator.sendBeacon("https://c.example/", "x"); new WebSocket("wss://d.example/");
        document.body.append(Object.assign(document.createElement("iframe"), { src: "https://e.example/" }));
        """,
    )
    assert Visit(FRONT).observe(reach).outside == tuple(f"{name}.example" for name in "abcde")


def test_whoever_the_page_itself_bars_is_not_asked(town: Town, reach: Reach) -> None:
    """
    What its Content-Security-Policy forbids no browser asks: the failure is the page's own.
    """
    town.site = replace(
        town.site,
        head='<script src="https://a.example/x.js" defer></script>\n',
        script='new Image().src = "https://b.example/";',
    )
    sight = Visit(FRONT).observe(reach)
    assert sight.outside == ()
    assert sight.errors


def test_login_at_another_host_of_bankids_is_told(town: Town, reach: Reach) -> None:
    """
    A host of BankID's that the environment does not list is where the visitor was led, and was not reached.
    """
    town.provider = replace(town.provider, login_at="https://login.bankid.no/auth?state=s3cr3t")
    sight = Visit(FRONT, "Logg inn med BankID").observe(reach)
    assert (sight.url, sight.status, sight.outside) == ("https://login.bankid.no/auth", None, ("login.bankid.no",))


def test_failures_on_the_page_are_told(town: Town, reach: Reach) -> None:
    """
    What did not come and what was thrown is told, except what the gate itself did not let through.
    """
    town.site = replace(
        town.site,
        head='<script src="/missing.js" defer></script>\n<script src="https://cdn.example/x.js" defer></script>\n',
        headers=(),
        script='throw new Error("the till is empty");',
    )
    sight = Visit(FRONT).observe(reach)
    assert sight.failed == (FRONT + "/missing.js: 404",)
    thrown = rf"Error thrown at {FRONT}/_next/static/chunks/main-\w+\.js:\d+"
    assert any(re.fullmatch(thrown, said) for said in sight.errors)
    assert any("a status of 404" in said and f"at {FRONT}/missing.js" in said for said in sight.errors)
    assert "the till is empty" not in str(sight), "what a script throws may quote anybody"
    assert sight.outside == ("cdn.example",)
    assert not any("cdn.example" in error for error in sight.errors)


def test_each_visit_begins_afresh(reach: Reach) -> None:
    """
    Nothing of one visitor is there for the next.
    """
    assert Visit(FRONT).observe(reach) == Visit(FRONT).observe(reach)


def test_unlisted_host_is_denied(reach: Reach) -> None:
    """
    A host that the environment does not list is not opened.
    """
    with pytest.raises(Denied):
        Visit("https://example.com").observe(reach)


def test_machine_without_a_browser_says_what_to_install(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No browser is no opinion.
    """
    monkeypatch.setattr(chrome, "find_browser", lambda _: None)
    with pytest.raises(Denied, match="install"):
        Visit(FRONT).observe(town.reach())


def test_browser_that_does_not_start_is_unknown(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    A program that is no browser is no opinion either.
    """
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(chrome, "find_browser", lambda _: chromium.Browser(program))
    with pytest.raises(Unreachable, match="does not start"):
        Visit(FRONT).observe(town.reach())


def test_a_browser_whose_driver_was_ended_ends_without_a_word(town: Town) -> None:
    """Ctrl-C meets the driver as well, and what is left to be ended must not say more than the gate does."""
    own = Chrome(HOME)
    reach = town.reach(answer_seconds=1.5)
    reach.shared("browser", lambda: own)
    assert Visit(FRONT).observe(reach).status == 200
    driver: Any = own._playwright
    driver.stop.__self__._client._transport._proc.kill()
    own.close()
    assert not own._running


def test_nothing_is_started_once_it_is_over(town: Town) -> None:
    """A visit under way finds its browser gone, and would start another that nobody ends."""
    own = Chrome(HOME)
    reach = town.reach(answer_seconds=1.5)
    reach.shared("browser", lambda: own)
    asyncio.run_coroutine_threadsafe(own._end(), own._loop).result(10)
    with pytest.raises(Unreachable, match="the run is over"):
        Visit(FRONT).observe(reach)
    own.close()
    assert own._playwright is None


def test_other_names_are_not_there(reach: Reach) -> None:
    """
    The browser is told where the listed names are, and that there are no others.
    """
    rules = next(argument for argument in way_of(reach).arguments if "host-resolver" in argument)
    assert "MAP getdrop.no:443 127.0.0.1:" in rules
    assert "rds.amazonaws.com" not in rules
    assert rules.endswith("MAP * ~NOTFOUND")
    assert "ignore-certificate" not in "".join(Way((("getdrop.no", "2606:4700::1"),), ()).arguments)
    assert "MAP getdrop.no [2606:4700::1]" in "".join(Way((("getdrop.no", "2606:4700::1"),), ()).arguments)


def test_dead_port_is_unreachable(town: Town, reach: Reach) -> None:
    """
    Where nobody listens nobody is seen.
    """
    port = free_port()
    reach.detour = replace(reach.detour, ports={**town.ports, "192.0.2.10:443": port, "192.0.2.11:443": port})
    with pytest.raises(Unreachable):
        Visit(FRONT).observe(reach)


def test_sight_is_plain() -> None:
    """
    An answer that nobody gave can be written down too.
    """
    sight = Sight("https://login.example/", None, clicked=True)
    assert again(sight) == sight
