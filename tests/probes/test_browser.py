"""What a visitor with a browser sees, on the twin's own site and provider."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from golive import chromium
from golive.errors import Denied, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes.browser import Sight, Stored, Visit
from golive.probes.chrome import Chrome
from golive.probes.reach import Reach

from .town import HOME, STARTED, Town, again, free_port

FRONT = "https://getdrop.no"
SESSION = Stored("cookie", "drop_session", "getdrop.no")

pytestmark = pytest.mark.skipif(chromium.find_browser(HOME) is None, reason=chromium.NO_BROWSER)


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
    reach = town.reach(answer_seconds=0.5) if ailment == "silent" else town.reach()
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
