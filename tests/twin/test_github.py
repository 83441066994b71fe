"""Does the twin's GitHub answer as GitHub does?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from golive.twin.github import REQUIRED, CheckRun

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

REPOSITORY = "https://api.github.com/repos/alai-holding/drop"
TOKEN = {"Authorization": "Bearer token"}
OTHER = "0" * 40
COMMIT = "5f1c0de4b0a9d3e2f7c6b8a190d4e3f2c1b0a987"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def ask(
    client: httpx.Client,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> httpx.Response:
    return client.get(f"{REPOSITORY}/{path}", headers={**TOKEN, **(headers or {})}, params=params)


def test_main_is_the_deployed_commit(client: httpx.Client) -> None:
    """
    The head of main can be had as JSON and as bare text, and says how many questions are left.
    """
    answer = ask(client, "commits/main")
    assert answer.json()["sha"] == COMMIT
    assert ask(client, "commits/main", headers={"Accept": "application/vnd.github.sha"}).text == COMMIT
    assert 0 < int(answer.headers["x-ratelimit-remaining"]) < int(answer.headers["x-ratelimit-limit"])


def test_required_checks_succeeded_among_noise(client: httpx.Client) -> None:
    """
    The five checks concluded with success, and a bot's neutral one stands beside them.
    """
    told = ask(client, f"commits/{COMMIT}/check-runs", params={"filter": "latest", "per_page": "100"}).json()
    concluded = {run["name"]: (run["status"], run["conclusion"]) for run in told["check_runs"]}
    assert concluded == {**dict.fromkeys(REQUIRED, ("completed", "success")), "dependabot": ("completed", "neutral")}
    assert told["total_count"] == len(told["check_runs"]) == 6


def test_check_runs_are_paged(client: httpx.Client) -> None:
    """
    Following "next" leads through all check runs once.
    """
    answer = ask(client, f"commits/{COMMIT}/check-runs?per_page=4")
    seen = [run["name"] for run in answer.json()["check_runs"]]
    while link := answer.links.get("next"):
        answer = client.get(link["url"], headers=TOKEN)
        seen += [run["name"] for run in answer.json()["check_runs"]]
    assert sorted(seen) == sorted([*REQUIRED, "dependabot"])


@pytest.mark.parametrize(("asked", "conclusions"), [("latest", ["failure"]), ("all", ["success", "failure"])])
def test_latest_run_of_a_name_counts(client: httpx.Client, twin: Twin, asked: str, conclusions: list[str]) -> None:
    """
    A check that ran again is listed by its last run, unless all are asked for.
    """
    runs = (CheckRun("lint", NOW), CheckRun("lint", NOW, "failure"))
    twin.swap(github=replace(twin.world.github, check_runs={COMMIT: runs}))
    told = ask(client, f"commits/{COMMIT}/check-runs", params={"filter": asked}).json()
    assert [run["conclusion"] for run in told["check_runs"]] == conclusions


def test_run_that_goes_on_has_no_conclusion(client: httpx.Client, twin: Twin) -> None:
    """
    A check that has not ended concluded nothing.
    """
    runs = (CheckRun("lint", NOW, None, "in_progress"),)
    twin.swap(github=replace(twin.world.github, check_runs={COMMIT: runs}))
    (run,) = ask(client, f"commits/{COMMIT}/check-runs").json()["check_runs"]
    assert (run["conclusion"], run["completed_at"]) == (None, None)


def test_combined_status_is_pending_when_nobody_posts(client: httpx.Client, twin: Twin) -> None:
    """
    The older status is pending without statuses, and a failure with a failed one.
    """
    assert ask(client, f"commits/{COMMIT}/status").json()["state"] == "pending"
    twin.swap(github=replace(twin.world.github, statuses={COMMIT: {"old-ci": "failure"}}))
    told = ask(client, f"commits/{COMMIT}/status").json()
    assert (told["state"], told["total_count"]) == ("failure", 1)


@pytest.mark.parametrize(
    ("base", "head", "status"),
    [
        ("main", COMMIT, "identical"),
        ("main", "PARENT", "behind"),
        ("PARENT", "main", "ahead"),
        ("main", OTHER, "diverged"),
    ],
)
def test_comparing_tells_what_is_on_main(client: httpx.Client, twin: Twin, base: str, head: str, status: str) -> None:
    """
    A commit on main is identical with it or behind it; another has diverged.
    """
    twin.swap(github=replace(twin.world.github, beside=(OTHER,)))
    parent = twin.world.github.main[0]
    refs = f"{base}...{head}".replace("PARENT", parent)
    assert ask(client, f"compare/{refs}").json()["status"] == status


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("alai-holding/drop/commits/main", "Bearer wrong", 401),
        ("alai-holding/drop/commits/main", "", 401),
        ("alai-holding/other/commits/main", "Bearer token", 404),
        (f"alai-holding/drop/commits/{OTHER}", "Bearer token", 422),
        (f"alai-holding/drop/compare/main...{OTHER}", "Bearer token", 404),
        ("alai-holding/drop/issues", "Bearer token", 404),
    ],
)
def test_what_may_not_be_seen_is_refused(client: httpx.Client, path: str, token: str, status: int) -> None:
    """
    A bad token, another repository and an unknown commit are three different answers.
    """
    answer = client.get(f"https://api.github.com/repos/{path}", headers={"Authorization": token} if token else {})
    assert answer.status_code == status


def test_allowance_may_run_out(client: httpx.Client, twin: Twin) -> None:
    """
    With no question left, GitHub says so in the status and in its headers.
    """
    twin.swap(github=replace(twin.world.github, remaining=0))
    answer = ask(client, "commits/main")
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
