"""Does the twin's Swan answer as Swan does?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

TOKENS = "https://oauth.swan.io/oauth2/token"
API = "https://api.swan.io/live-partner/graphql"
PROJECT = "{ projectInfo { id name status type } }"
PAGE = "https://status.swan.io/api/v2/summary.json"


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


def test_suspended_account_is_told_so_whatever_it_asks(client: httpx.Client, twin: Twin) -> None:
    """
    Its token is good; a stranger is a stranger all the same.
    """
    twin.swap(swan=replace(twin.world.swan, suspended=True))
    token = str(ask_for_token(client, twin).json()["access_token"])
    for text in (PROJECT, "{ __schema { queryType { name } } }"):
        assert query(client, token, text).json()["errors"][0]["message"] == "Account suspended"
    assert query(client, "made-up", PROJECT).json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_schema_may_change_or_be_hidden(client: httpx.Client, twin: Twin) -> None:
    """
    What is gone is refused in the language's own words; introspection can be switched off.
    """
    schema = twin.world.swan.schema.replace("projectInfo: ProjectInfo!", "project: ProjectInfo!")
    twin.swap(swan=replace(twin.world.swan, schema=schema, hides_schema=True))
    token = str(ask_for_token(client, twin).json()["access_token"])
    answer = query(client, token, PROJECT)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert "Cannot query field 'projectInfo'" in answer.json()["errors"][0]["message"]
    assert query(client, token, "{ __schema { queryType { name } } }").status_code == 400


def test_status_page_stands_when_swan_has_fallen(client: httpx.Client, twin: Twin) -> None:
    """
    And knows of what is open.
    """
    assert client.get(PAGE).json()["status"]["indicator"] == "none"
    twin.swap(swan=replace(twin.world.swan, ailment="broken", incident="API unavailable"))
    said = client.get(PAGE).json()
    assert (said["status"]["indicator"], [one["name"] for one in said["incidents"]]) == ("major", ["API unavailable"])
    assert query(client, "any", PROJECT).status_code == 503
