"""Does the twin's Swan answer as Swan does?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Twin

TOKENS = "https://oauth.swan.io/oauth2/token"
API = "https://api.swan.io/live-partner/graphql"
PROJECT = "{ projectInfo { id name status type } }"


def ask_for_token(client: httpx.Client, twin: Twin, **changes: str) -> httpx.Response:
    swan = twin.world.swan
    said = {
        "grant_type": "client_credentials",
        "client_id": swan.client_id,
        "client_secret": swan.client_secret,
        **changes,
    }
    return client.post(TOKENS, data=said)


def query(client: httpx.Client, token: str, text: str) -> httpx.Response:
    return client.post(API, json={"query": text}, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def token(client: httpx.Client, twin: Twin) -> str:
    return str(ask_for_token(client, twin).json()["access_token"])


def test_project_is_told_to_who_is_known(client: httpx.Client, twin: Twin, token: str) -> None:
    """
    Its name and how it stands, in the words of the published schema.
    """
    said = query(client, token, PROJECT).json()
    assert said == {
        "data": {
            "projectInfo": {
                "id": twin.world.swan.project,
                "name": "Drop",
                "status": "FullLiveAccess",
                "type": "CompanyAndCustomers",
            }
        }
    }


def test_stranger_is_told_so_with_a_200(client: httpx.Client) -> None:
    """
    Whoever looks at the status alone takes a refusal for an answer.
    """
    answer = query(client, "made-up", PROJECT)
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("text", ["{ viewer { id } }", "mutation { createAccount { id } }", "{ projectInfo", ""])
def test_what_the_schema_does_not_have_is_refused(client: httpx.Client, token: str, text: str) -> None:
    """
    Neither `viewer` nor `createAccount` is there, whatever the failure runbook asks.
    """
    answer = query(client, token, text)
    assert answer.status_code == 400
    assert "data" not in answer.json()


def test_schema_tells_about_itself(client: httpx.Client, token: str) -> None:
    """
    The language's introspection works, and an endpoint alone is proved by it, not a project.
    """
    said = query(client, token, '{ __typename __type(name: "ProjectStatus") { enumValues { name } } }').json()["data"]
    assert said["__typename"] == "Query"
    assert {"name": "Suspended"} in said["__type"]["enumValues"]


@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}, {"client_id": "nobody"}])
def test_wrong_credentials_are_refused(client: httpx.Client, twin: Twin, changes: dict[str, str]) -> None:
    """
    As RFC 6749 5.2 says.
    """
    answer = ask_for_token(client, twin, **changes)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_swap_ends_what_was_issued(client: httpx.Client, twin: Twin, token: str) -> None:
    """
    Tokens of the former world open nothing in the next one.
    """
    twin.swap(swan=replace(twin.world.swan, status="Suspended"))
    assert query(client, token, PROJECT).json()["data"] is None
    assert ask_for_token(client, twin).status_code == 200
