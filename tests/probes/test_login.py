"""What Drop's own login asks for, and how far strangers get, seen on the twin's site."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import Any

import httpx
import pytest

from golive.errors import Overloaded, ProbeError, Unreachable, Unreadable
from golive.observatory import plain
from golive.probes import login
from golive.probes.http import Reply, exchange
from golive.probes.login import NEW, Entrance, Knock, LoginRequest, LoginStart
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.twin.site import BALANCE, SIGN_UP

from .town import Town, again

START = "https://getdrop.no/api/auth/bankid/initiate"
PARTS = {
    "callback": "https://getdrop.no/api/auth/bankid/callback",
    "response type": "code",
    "scopes": "openid profile",
    "state": NEW,
    "nonce": NEW,
    "code challenge": f"S256, {NEW}",
}
OTHER = "https://getdrop.no/api/auth/login"
LOOKS: list[Look[Any]] = [LoginStart(START, "GET"), Entrance("https://getdrop.no/dashboard"), Knock(OTHER)]


def started(town: Town, method: Any = "GET", **changes: Any) -> LoginRequest:
    """What two starts show of a login with *changes*."""
    town.site = replace(town.site, login=replace(town.site.login, **changes))
    return LoginStart(START, method).observe(town.reach())


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_answer_is_the_same_when_it_is_read_back(town: Town, look: Look[Any]) -> None:
    """
    What is recorded can be judged again.
    """
    answer = look.observe(town.reach())
    assert again(answer) == answer
    assert again(look) == look


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize(
    ("ailment", "error"), [("off", Unreachable), ("babble", Unreadable), ("throttled", Overloaded)]
)
def test_what_is_no_answer_is_unknown(town: Town, look: Look[Any], ailment: Any, error: type[ProbeError]) -> None:
    """
    A site that says nothing of the login keeps us from judging it.
    """
    town.site = replace(town.site, ailment=ailment)
    with pytest.raises(error):
        look.observe(town.reach())


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({}, (404, None)),
        ({"password": True}, (401, 404)),
        ({"password": True, "password_shown": False}, (401, 404)),
    ],
    ids=str,
)
def test_login_that_takes_posts_alone_is_found(
    town: Town, changes: dict[str, Any], seen: tuple[int, int | None]
) -> None:
    """
    Whether it shows itself to a GET or not; where nothing is, nothing more is asked.
    """
    town.site = replace(town.site, login=replace(town.site.login, **changes))
    knocked = Knock(OTHER).observe(town.reach())
    assert (knocked.status, knocked.nothing) == seen
    assert not knocked.like_nothing


def test_posts_that_are_stopped_everywhere_tell_nothing(town: Town) -> None:
    """
    What refuses a POST in front of the product refuses it beside the login as well.
    """
    town.site = replace(town.site, posts_forbidden=True)
    knocked = Knock(OTHER).observe(town.reach())
    assert (knocked.status, knocked.nothing, knocked.like_nothing) == (403, 403, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("change", [{}, {"status": 303}, {"status": 307}, {"as_json": True}], ids=str)
def test_request_is_read_in_each_way_it_may_come(town: Town, method: str, change: dict[str, Any]) -> None:
    """
    By GET or POST, as a redirect or as an address in JSON: what counts is what BankID is asked for.
    """
    seen = started(town, method, **change)
    assert (seen.wrong, seen.client_id) == ("", "drop-web")
    assert seen.endpoint == "https://auth.bankid.no/auth/realms/prod/precheck/auth"
    assert seen.parts == PARTS


@pytest.mark.parametrize(
    ("change", "part", "told"),
    [
        ({"repeats": frozenset({"state"})}, "state", "the same each time"),
        ({"repeats": frozenset({"code_challenge"})}, "code challenge", "S256, the same each time"),
        ({"omits": frozenset({"nonce"})}, "nonce", "missing"),
        ({"omits": frozenset({"code_challenge"})}, "code challenge", "missing"),
        ({"omits": frozenset({"code_challenge_method"})}, "code challenge", f"plain, {NEW}"),
        ({"omits": frozenset({"scope"})}, "scopes", "missing"),
        ({"challenge_method": "S512"}, "code challenge", f"by a method that nobody knows, {NEW}"),
        ({"scope": "profile  openid"}, "scopes", "openid profile"),
        ({"redirect_uri": "https://getdrop.no/x?y=z"}, "callback", "https://getdrop.no/x?y=z"),
    ],
    ids=str,
)
def test_each_part_is_told(town: Town, change: dict[str, Any], part: str, told: str) -> None:
    """
    What is missing, repeated, short or otherwise is told of the part alone.
    """
    assert started(town, **change).parts == {**PARTS, part: told}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"status": 500}, "GET is answered 500"),
        ({"status": 301}, "GET is answered 301"),
        ({"adds": (("code_verifier", "v"),)}, "code_verifier"),
        ({"adds": (("client_secret", "s"),)}, "client_secret"),
        ({"adds": (("redirect_uri", "https://elsewhere.example/"),)}, "stands there twice: redirect_uri"),
        ({"adds": (("state", "x"),)}, "stands there twice: state"),
        ({"omits": frozenset({"client_id"})}, "without saying who asks"),
    ],
    ids=str,
)
def test_what_is_no_request_is_told(town: Town, change: dict[str, Any], wrong: str) -> None:
    """
    An answer that begins no login, or gives away what it must not, is a fact, and nobody can be asked about it.
    """
    seen = started(town, **change)
    assert wrong in seen.wrong
    assert not seen.parts
    with pytest.raises(ProbeError, match="no request for a login"):
        seen.sent()


def test_answer_without_one_address_is_told(town: Town) -> None:
    """
    JSON in which no login's address stands is no beginning of one.
    """
    seen = LoginStart("https://getdrop.no/api/health", "GET").observe(town.reach())
    assert "0 addresses" in seen.wrong


def test_short_secrets_are_told(town: Town) -> None:
    """
    State and nonce that are new each time may still be guessed.
    """
    guessed = f"{NEW}, and short enough to be guessed"
    assert started(town, short=True).parts == {**PARTS, "state": guessed, "nonce": guessed}


@pytest.mark.parametrize("part", ["scope", "redirect_uri", "client_id", "code_challenge_method"])
def test_request_that_changes_is_told(town: Town, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """
    A second start that asks for something else makes neither trustworthy.
    """
    numbers = count()

    def changing(reach: Reach, url: str, **how: Any) -> Reply:
        reply = exchange(reach, url, **how)
        location = httpx.URL(reply.headers["location"])
        if next(numbers):
            location = location.copy_set_param(part, "another")
        return replace(reply, headers=httpx.Headers({"location": str(location)}))

    monkeypatch.setattr(login, "exchange", changing)
    seen = LoginStart(START, "GET").observe(town.reach())
    assert seen.wrong == f"what is asked for changes from one start to the next: {part}"


def test_pushed_request_cannot_be_read(town: Town) -> None:
    """
    Where Drop leaves its request at BankID beforehand, its content is not to be seen here.
    """
    with pytest.raises(ProbeError, match="pushes its requests"):
        started(town, adds=(("request_uri", "urn:ietf:params:oauth:request_uri:x"),))


def test_evidence_holds_neither_state_nor_nonce(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nothing that was random in the request is in the answer, whatever was wrong with it.
    """
    seen_texts: list[str] = []

    def listening(reach: Reach, url: str, **how: Any) -> Reply:
        reply = exchange(reach, url, **how)
        seen_texts.append(reply.headers.get("location", ""))
        return reply

    monkeypatch.setattr(login, "exchange", listening)
    for wrong in ({}, {"adds": (("code_verifier", "v" * 43),)}, {"omits": frozenset({"client_id"})}):
        said = json.dumps(plain(started(town, **wrong)))
        values = [part.partition("=")[2] for text in seen_texts for part in text.partition("?")[2].split("&")]
        random = [value for value in values if len(value) >= 43 and "%" not in value]
        assert len(random) >= 6
        assert not [value for value in random if value in said]


@pytest.mark.parametrize(
    ("path", "change", "status", "leads_to"),
    [
        ("/dashboard", {}, 302, "https://getdrop.no/"),
        (BALANCE, {}, 401, None),
        (SIGN_UP, {}, 302, "https://getdrop.no/"),
        (SIGN_UP, {"opened": True}, 200, None),
        (BALANCE, {"lets_in": frozenset({BALANCE})}, 200, None),
        ("/api/auth/bankid/initiate", {}, 302, "https://auth.bankid.no/auth/realms/prod/precheck/auth"),
    ],
)
def test_stranger_gets_so_far(town: Town, path: str, change: dict[str, Any], status: int, leads_to: str | None) -> None:
    """
    How a stranger is received is told, without what an address carries behind its path.
    """
    town.site = replace(town.site, **change)
    seen = Entrance(f"https://getdrop.no{path}").observe(town.reach())
    assert (seen.status, seen.leads_to) == (status, leads_to)
