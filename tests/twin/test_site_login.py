"""Who is let in at the twin's site: by BankID and no other way, customers before the opening, strangers after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.twin.visiting import SERVICE, SITE, Outline

if TYPE_CHECKING:
    from tests.twin.conftest import Twin


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_login_leads_to_bankid(client: httpx.Client, method: str) -> None:
    """
    The button's address sends to BankID with our client, our callback, and secrets that are new each time.
    """
    (button,) = [link for link in Outline(client.get(SITE).text).all("a") if "role" in link]
    answers = [client.request(method, SITE + str(button["href"])) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    targets = [urlsplit(answer.headers["location"]) for answer in answers]
    assert targets[0].geturl().startswith("https://auth.bankid.no/auth/realms/prod/precheck/auth?")
    first, second = (parse_qs(target.query) for target in targets)
    kept = {name: value for name, value in first.items() if second[name] == value}
    assert kept == {
        "client_id": ["drop-prod"],
        "redirect_uri": ["https://getdrop.no/api/auth/bankid/callback"],
        "response_type": ["code"],
        "scope": ["openid profile"],
        "code_challenge_method": ["S256"],
    }
    assert first.keys() - kept == {"state", "nonce", "code_challenge"}
    page = client.get(answers[0].headers["location"])
    assert (page.status_code, "<h1>BankID</h1>" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"fresh": False}, lambda one, other: one == other),
        ({"omits": frozenset({"state"})}, lambda one, _: "state=" not in one),
        ({"redirect_uri": f"{SERVICE}/api/auth/bankid/callback"}, lambda one, _: "awsapprunner" in one),
        ({"endpoint": "https://oidc.bankid.no/auth"}, lambda one, _: one.startswith("https://oidc.bankid.no/auth?")),
        ({"status": 500}, lambda one, _: one == ""),
    ],
)
def test_login_may_go_wrong(
    client: httpx.Client, twin: Twin, change: dict[str, Any], seen: Callable[[str, str], bool]
) -> None:
    """
    A fault can send the visitor elsewhere, with old secrets, without them, or not at all.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, **change)))
    answers = [client.get(f"{SITE}/api/auth/bankid/initiate") for _ in range(2)]
    assert seen(*[answer.headers.get("location", "") for answer in answers])


def test_login_may_be_told_in_json(client: httpx.Client, twin: Twin) -> None:
    """
    A script may be answered with the address instead of a redirect.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, as_json=True)))
    answer = client.post(f"{SITE}/api/auth/bankid/initiate")
    assert answer.status_code == 200
    assert answer.json()["url"].startswith("https://auth.bankid.no/auth/realms/prod/precheck/auth?client_id=")


def test_button_may_be_missing(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can take the button away.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, text="")))
    assert "BankID</a>" not in client.get(SITE).text


@pytest.mark.parametrize(
    ("changes", "statuses"),
    [
        ({}, (404, 404)),
        ({"password": True}, (405, 401)),
        ({"password": True, "password_shown": False}, (404, 401)),
    ],
    ids=str,
)
def test_password_login_may_be_left_in(
    client: httpx.Client, twin: Twin, changes: dict[str, Any], statuses: tuple[int, int]
) -> None:
    """
    There is none, but for a fault; one that takes a POST alone may say 404 to anything else.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, **changes)))
    url = f"{SITE}/api/auth/login"
    assert (client.get(url).status_code, client.post(url).status_code) == statuses


def test_stranger_is_not_let_in(client: httpx.Client) -> None:
    """
    Who has not logged in is sent from the dashboard to the landing page.
    """
    answer = client.get(f"{SITE}/dashboard")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_balance_is_told_to_nobody_without_a_login(client: httpx.Client) -> None:
    """
    The API behind the dashboard refuses a stranger.
    """
    answer = client.get(f"{SITE}/api/accounts/balance")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(("opened", "status"), [(False, 302), (True, 200)])
def test_strangers_become_customers_after_the_opening(
    client: httpx.Client, twin: Twin, opened: bool, status: int
) -> None:
    """
    Until then they are sent back to the landing page.
    """
    twin.swap(site=replace(twin.world.site, opened=opened))
    assert client.get(f"{SITE}/bli-kunde").status_code == status


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"missing_leads_to": "/"}, "/no-such-page"),
        ({"missing_leads_to": "https://www.getdrop.no/no-such-page"}, "/no-such-page"),
        ({"private_leads_to": "/logg-inn"}, "/dashboard"),
        ({"sign_up_leads_to": "/api/auth/bankid/initiate"}, "/bli-kunde"),
    ],
    ids=str,
)
def test_those_who_may_not_be_there_may_be_led_elsewhere(
    client: httpx.Client, twin: Twin, change: dict[str, Any], path: str
) -> None:
    """
    Once: where somebody was led, a page that does not exist is an error.
    """
    twin.swap(site=replace(twin.world.site, **change))
    answer = client.get(SITE + path)
    (target,) = change.values()
    assert (answer.status_code, answer.headers["location"]) == (302, target)
    if target.endswith("no-such-page"):
        assert client.get(target).status_code == 404
