"""Does the twin's BankID know its clients, and say so as BankID does?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

ISSUER = "https://auth.bankid.no/auth/realms/prod"
REQUEST = {
    "client_id": "drop-prod",
    "redirect_uri": "https://getdrop.no/api/auth/bankid/callback",
    "response_type": "code",
    "scope": "openid profile",
    "state": "a-state",
    "nonce": "a-nonce",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}


def authorize(client: httpx.Client, **other: str) -> httpx.Response:
    return client.get(f"{ISSUER}/precheck/auth", params={**REQUEST, **other})


def test_provider_describes_itself(client: httpx.Client) -> None:
    """
    The discovery document has the issuer's own name, and endpoints that answer.
    """
    told = client.get(f"{ISSUER}/.well-known/openid-configuration").json()
    assert told["issuer"] == ISSUER
    assert told["authorization_endpoint"] == f"{ISSUER}/precheck/auth"
    assert "S256" in told["code_challenge_methods_supported"]
    assert len(client.get(told["jwks_uri"]).json()["keys"]) == 1


@pytest.mark.parametrize("redirect_uri", [REQUEST["redirect_uri"], "drop://auth/callback"])
def test_registered_request_is_shown_the_login(client: httpx.Client, redirect_uri: str) -> None:
    """
    The right client with a registered address is let on to BankID's own page.
    """
    answer = authorize(client, redirect_uri=redirect_uri)
    assert answer.status_code == 200
    assert "<title>BankID</title>" in answer.text
    assert "<h1>BankID</h1>" in answer.text


def test_login_may_go_on_elsewhere(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can have the page itself at another address; who is not known is refused before.
    """
    twin.swap(bankid=replace(twin.world.bankid, login_at="https://login.bankid.no/auth"))
    assert authorize(client).headers["location"] == "https://login.bankid.no/auth"
    assert authorize(client, client_id="nobody").status_code == 400


@pytest.mark.parametrize(
    "other",
    [
        {"client_id": "nobody"},
        {"client_id": "another-merchant"},
        {"redirect_uri": f"{REQUEST['redirect_uri']}/"},
        {"redirect_uri": "https://9ef3szvvsb.eu-west-1.awsapprunner.com/api/auth/bankid/callback"},
        {"redirect_uri": ""},
    ],
    ids=str,
)
def test_stranger_is_shown_an_error_and_sent_nowhere(client: httpx.Client, other: dict[str, str]) -> None:
    """
    An unknown client or address gets an error page, and no redirect.
    """
    answer = authorize(client, **other)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid nnin_altsub"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
    ids=str,
)
def test_wrong_request_goes_back_to_its_sender(client: httpx.Client, other: dict[str, str], error: str) -> None:
    """
    A registered client hears at its own address what is wrong, with its own state.
    """
    answer = authorize(client, **other)
    target = urlsplit(answer.headers["location"])
    assert answer.status_code == 303
    assert f"{target.scheme}://{target.netloc}{target.path}" == REQUEST["redirect_uri"]
    assert parse_qs(target.query) == {"error": [error], "state": ["a-state"]}


@pytest.mark.parametrize("error", ["unauthorized_client", "temporarily_unavailable"])
def test_client_may_be_sent_back_whatever_it_asks(client: httpx.Client, twin: Twin, error: str) -> None:
    """
    One that may start no login hears so at its own address; a stranger hears nothing there still.
    """
    clients = {name: replace(known, error=error) for name, known in twin.world.bankid.clients.items()}
    twin.swap(bankid=replace(twin.world.bankid, clients=clients))
    answer = authorize(client)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"error": [error], "state": ["a-state"]}
    assert authorize(client, client_id="nobody").status_code == 400


@pytest.mark.parametrize(
    ("how", "status", "error"),
    [
        ({"auth": ("drop-prod", "client-secret")}, 400, "invalid_grant"),
        ({"auth": ("drop-prod", "wrong")}, 401, "unauthorized_client"),
        ({"auth": ("nobody", "client-secret")}, 401, "invalid_client"),
        ({"data": {"client_id": "drop-prod", "client_secret": "client-secret"}}, 400, "invalid_grant"),
        ({"headers": {"Authorization": "Basic ?"}}, 401, "invalid_client"),
    ],
    ids=str,
)
def test_token_endpoint_tells_a_bad_code_from_a_bad_client(
    client: httpx.Client, how: dict[str, Any], status: int, error: str
) -> None:
    """
    A random code is refused as a code from the right client, and as a client from any other.
    """
    form = {"grant_type": "authorization_code", "code": "random", **how.get("data", {})}
    answer = client.post(f"{ISSUER}/protocol/openid-connect/token", **{**how, "data": form})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_same_parameter_twice_is_refused(client: httpx.Client) -> None:
    """
    Which of the two is meant, nobody can know.
    """
    answer = client.get(f"{ISSUER}/precheck/auth", params=[*REQUEST.items(), ("state", "another")])
    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == ["invalid_request"]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials"}, 401, "unauthorized_client"),
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
    ],
    ids=str,
)
def test_no_grant_is_given(client: httpx.Client, form: dict[str, str], status: int, error: str) -> None:
    """
    The right client gets no token in any way.
    """
    answer = client.post(f"{ISSUER}/protocol/openid-connect/token", data=form, auth=("drop-prod", "client-secret"))
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def push(client: httpx.Client, secret: str = "client-secret", **other: str) -> httpx.Response:  # noqa: S107
    url = client.get(f"{ISSUER}/.well-known/openid-configuration").json()["pushed_authorization_request_endpoint"]
    return client.post(url, data={**REQUEST, **other}, auth=("drop-prod", secret))


def test_request_may_be_pushed_beforehand(client: httpx.Client) -> None:
    """
    RFC 9126: the reference stands for the request, once, and for its own client alone.
    """
    told = push(client)
    assert told.status_code == 201
    asked = {"client_id": "drop-prod", "request_uri": told.json()["request_uri"]}
    pages = [client.get(f"{ISSUER}/precheck/auth", params=asked) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 400]
    asked = {"client_id": "another-merchant", "request_uri": push(client).json()["request_uri"]}
    assert client.get(f"{ISSUER}/precheck/auth", params=asked).status_code == 400


def test_pushed_request_is_forgotten_with_its_world(client: httpx.Client, twin: Twin) -> None:
    """
    Another world knows nothing of what was pushed in the former one.
    """
    asked = {"client_id": "drop-prod", "request_uri": push(client).json()["request_uri"]}
    twin.swap(bankid=twin.world.bankid)
    assert client.get(f"{ISSUER}/precheck/auth", params=asked).status_code == 400


@pytest.mark.parametrize(
    ("other", "status", "error"),
    [
        ({"secret": "wrong"}, 401, "unauthorized_client"),
        ({"redirect_uri": "https://getdrop.no/"}, 400, "invalid_request"),
        ({"scope": "openid nnin_altsub"}, 400, "invalid_scope"),
        ({"response_type": "token"}, 400, "unsupported_response_type"),
    ],
    ids=str,
)
def test_pushed_request_is_checked_at_once(
    client: httpx.Client, other: dict[str, str], status: int, error: str
) -> None:
    """
    What would be refused at the authorization endpoint is refused here, in JSON.
    """
    answer = push(client, **other)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_provider_may_want_pushed_requests_alone(client: httpx.Client, twin: Twin) -> None:
    """
    Then a plain request is shown an error page.
    """
    twin.swap(bankid=replace(twin.world.bankid, needs_pushed_requests=True))
    assert authorize(client).status_code == 400
    told = client.get(f"{ISSUER}/.well-known/openid-configuration").json()
    assert told["require_pushed_authorization_requests"] is True


def test_provider_may_be_too_lenient(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can make it take anybody, so that its yes proves nothing.
    """
    twin.swap(bankid=replace(twin.world.bankid, takes_any_client=True, takes_any_redirect=True))
    assert authorize(client, client_id="nobody", redirect_uri="https://random.example/").status_code == 200


def test_provider_may_call_itself_otherwise(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can change the issuer, or anything else in the document.
    """
    other = "https://oidc.bankid.no"
    twin.swap(bankid=replace(twin.world.bankid, issuer=other, said={"scopes_supported": ["openid"]}))
    told = client.get(f"{ISSUER}/.well-known/openid-configuration").json()
    assert (told["issuer"], told["scopes_supported"]) == (other, ["openid"])
