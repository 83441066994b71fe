"""Do the twin's BetterStack and its hosted status page answer as BetterStack does?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from golive.twin.betterstack import FAR, HEALTH, POLICY, Incident, Step

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

API = "https://uptime.betterstack.com/api/v2"
PAGE = "https://drop-status.betteruptime.com"
TOKEN = {"Authorization": "Bearer token"}


def ask(client: httpx.Client, path: str) -> httpx.Response:
    return client.get(f"{API}/{path}", headers=TOKEN)


def test_monitors_are_entries_with_attributes(client: httpx.Client) -> None:
    """
    Seven monitors in the shape of JSON:API, checked within the last minutes, and no further page.
    """
    told = ask(client, "monitors").json()
    assert [entry["type"] for entry in told["data"]] == ["monitor"] * 7
    assert {entry["attributes"]["status"] for entry in told["data"]} == {"up"}
    checked = datetime.fromisoformat(told["data"][0]["attributes"]["last_checked_at"])
    assert timedelta() < datetime.now(UTC) - checked < timedelta(minutes=3)
    assert told["pagination"]["next"] is None


def test_monitors_can_be_chosen_by_name(client: httpx.Client) -> None:
    """
    A filter by name leaves one.
    """
    told = ask(client, "monitors?pronounceable_name=Drop Landing Page").json()
    assert [entry["attributes"]["url"] for entry in told["data"]] == ["https://getdrop.no"]


def test_following_next_leads_through_all(client: httpx.Client) -> None:
    """
    The next page is an absolute address, and null at the end.
    """
    url, seen = f"{API}/monitors?per_page=2", []
    while url:
        told = client.get(url, headers=TOKEN).json()
        seen += [entry["id"] for entry in told["data"]]
        url = told["pagination"]["next"]
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("monitors", "Bearer wrong", 401),
        ("monitors", "", 401),
        ("monitors", "Basic token", 401),
        ("policies/1", "Bearer token", 404),
        ("monitors/1/sla?from=2026-03-01&to=2026-03-02", "Bearer token", 404),
        (f"monitors/{HEALTH}/sla?from=yesterday&to=2026-03-02", "Bearer token", 422),
        ("no-such-thing", "Bearer token", 404),
    ],
)
def test_what_is_not_there_is_refused_with_errors(client: httpx.Client, path: str, token: str, status: int) -> None:
    """
    A bad token, a thing that is not there and bad input are three answers, each with `errors`.
    """
    answer = client.get(f"{API}/{path}", headers={"Authorization": token} if token else {})
    assert answer.status_code == status
    assert answer.json()["errors"]


def test_policy_says_whom_it_calls(client: httpx.Client) -> None:
    """
    Steps, each with its members.
    """
    steps = ask(client, f"policies/{POLICY}").json()["data"]["attributes"]["steps"]
    assert [[member["type"] for member in step["step_members"]] for step in steps] == [
        ["current_on_call", "all_slack_integrations"],
        ["entire_team"],
    ]


def test_policy_may_hand_on_by_the_hour(client: httpx.Client, twin: Twin) -> None:
    """
    A branch names the policy that takes over, and calls nobody itself.
    """
    steps = (Step((), kind="time_branching", policy="84002"), Step(("entire_team",)))
    twin.swap(betterstack=replace(twin.world.betterstack, policies={POLICY: steps}))
    told = ask(client, f"policies/{POLICY}").json()["data"]["attributes"]["steps"]
    assert [(step["type"], step.get("policy_id"), "step_members" in step) for step in told] == [
        ("time_branching", 84002, False),
        ("escalation", None, True),
    ]


def test_sla_counts_whole_days(client: httpx.Client, twin: Twin) -> None:
    """
    An incident is in the account of its day, and of no other.
    """
    began = (datetime.now(UTC) - timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    incident = Incident("1", FAR, "far", "Timeout", began, began + timedelta(minutes=2))
    twin.swap(betterstack=replace(twin.world.betterstack, incidents=(incident,)))
    day, next_day = f"{began:%Y-%m-%d}", f"{began + timedelta(days=1):%Y-%m-%d}"
    there = ask(client, f"monitors/{FAR}/sla?from={day}&to={day}").json()["data"]["attributes"]
    assert (there["total_downtime"], there["number_of_incidents"]) == (120, 1)
    assert there["availability"] == pytest.approx(100 * (1 - 120 / 86400), abs=0.001)
    after = ask(client, f"monitors/{FAR}/sla?from={next_day}&to={next_day}").json()["data"]["attributes"]
    assert (after["total_downtime"], after["availability"]) == (0, 100)


def test_incidents_are_told_newest_first_by_day(client: httpx.Client) -> None:
    """
    All of them, or those of the days asked for.
    """
    told = ask(client, "incidents").json()["data"]
    started = [entry["attributes"]["started_at"] for entry in told]
    assert len(started) == 2
    assert started == sorted(started, reverse=True)
    assert ask(client, f"incidents?from={started[0][:10]}").json()["data"] == told[:1]


@pytest.mark.parametrize("path", ["/", "/no/such/page", "/golive.json"])
def test_hosted_page_is_the_same_shell_everywhere(client: httpx.Client, path: str) -> None:
    """
    Any path is answered 200 with the same shell.
    """
    answer = client.get(PAGE + path)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")
    assert answer.text == client.get(f"{PAGE}/other").text


def test_hosted_page_has_its_data_in_one_place(client: httpx.Client) -> None:
    """
    Without a token the page tells its state, and that of each service.
    """
    told = client.get(f"{PAGE}/index.json").json()
    assert told["data"]["attributes"]["company_name"] == "Drop"
    states = [one["attributes"]["status"] for one in told["included"] if one["type"] == "status_page_resource"]
    assert [told["data"]["attributes"]["aggregate_state"], *states] == ["operational"] * 3
