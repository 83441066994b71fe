"""Does the twin's Slack answer as Slack does?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from golive.twin.slack import DROP_OPS, RANDOM

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

HOOK = "https://hooks.slack.com/services/T0TEAM00001/B0SERVICE01/0123456789abcdefABCDEF01"
BOT = {"Authorization": "Bearer xoxb-token"}


def call(client: httpx.Client, method: str, **said: str) -> dict[str, Any]:
    answer = client.post(f"https://slack.com/api/{method}", data=said, headers=BOT)
    assert answer.status_code == 200, "Slack refuses with 200"
    told = answer.json()
    assert isinstance(told, dict)
    return told


def test_message_is_taken_and_stands_in_the_channel(client: httpx.Client) -> None:
    """
    "ok" in plain text, and then the message is the newest of the channel, an app's.
    """
    answer = client.post(HOOK, json={"text": "hello"})
    assert (answer.status_code, answer.text, answer.headers["content-type"][:10]) == (200, "ok", "text/plain")
    newest = call(client, "conversations.history", channel=DROP_OPS)["messages"][0]
    assert (newest["text"], newest["subtype"]) == ("hello", "bot_message")


def test_what_was_posted_goes_with_its_world(client: httpx.Client, twin: Twin) -> None:
    """
    In another world nobody has said it.
    """
    client.post(HOOK, json={"text": "hello"})
    twin.swap(slack=replace(twin.world.slack))
    assert "hello" not in str(call(client, "conversations.history", channel=DROP_OPS))


def test_webhook_may_lead_elsewhere_and_says_ok(client: httpx.Client, twin: Twin) -> None:
    """
    Nothing in the answer names the channel.
    """
    twin.swap(slack=replace(twin.world.slack, webhook_leads_to=RANDOM))
    assert client.post(HOOK, json={"text": "hello"}).text == "ok"
    assert "hello" not in str(call(client, "conversations.history", channel=DROP_OPS))
    assert "hello" in str(call(client, "conversations.history", channel=RANDOM))


@pytest.mark.parametrize(
    ("url", "content", "status", "word"),
    [
        (HOOK, b"{}", 400, "no_text"),
        (HOOK, b"not json", 400, "invalid_payload"),
        (HOOK, b"[]", 400, "invalid_payload"),
        (HOOK[:-1] + "x", b"{}", 403, "invalid_token"),
        (HOOK.replace("B0SERVICE01", "B0SERVICE02"), b"{}", 404, "no_service"),
        (HOOK.replace("T0TEAM00001", "T0TEAM00002"), b"{}", 404, "no_team"),
        ("https://hooks.slack.com/", b"{}", 404, "no_team"),
    ],
)
def test_what_is_wrong_is_refused_in_a_word(
    client: httpx.Client, url: str, content: bytes, status: int, word: str
) -> None:
    """
    Another token, another service, another team, and a message without words: each has its own word, in plain text.
    """
    answer = client.post(url, content=content)
    assert (answer.status_code, answer.text) == (status, word)


def test_archived_channel_takes_nothing(client: httpx.Client, twin: Twin) -> None:
    """
    410, with or without words.
    """
    twin.swap(slack=twin.world.slack.having(archived=True))
    answer = client.post(HOOK, json={"text": "hello"})
    assert (answer.status_code, answer.text) == (410, "channel_is_archived")


@pytest.mark.parametrize(
    ("method", "token", "channel", "error"),
    [
        ("auth.test", "xoxb-wrong", "", "invalid_auth"),
        ("auth.test", "", "", "not_authed"),
        ("conversations.history", "xoxb-token", "C0NOWHERE", "channel_not_found"),
        ("conversations.open", "xoxb-token", "", "unknown_method"),
    ],
)
def test_refusals_come_with_status_200(client: httpx.Client, method: str, token: str, channel: str, error: str) -> None:
    """
    `ok` is false, and `error` says why.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.post(f"https://slack.com/api/{method}", data={"channel": channel}, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})


@pytest.mark.parametrize(
    ("change", "error"), [({"has_our_bot": False}, "not_in_channel"), (None, "missing_scope")], ids=["member", "scope"]
)
def test_bot_reads_only_what_it_may(
    client: httpx.Client, twin: Twin, change: dict[str, Any] | None, error: str
) -> None:
    """
    It must be a member, and have the scope.
    """
    slack = twin.world.slack
    twin.swap(slack=slack.having(**change) if change else replace(slack, scopes=("channels:read",)))
    assert call(client, "conversations.history", channel=DROP_OPS)["error"] == error


def test_history_is_paged_newest_first(client: httpx.Client) -> None:
    """
    The cursor leads through all messages once, and is missing on the last page.
    """
    cursor, seen = "", []
    while True:
        said = call(client, "conversations.history", channel=DROP_OPS, limit="2", cursor=cursor)
        seen += [float(message["ts"]) for message in said["messages"]]
        if not said["has_more"]:
            break
        cursor = said["response_metadata"]["next_cursor"]
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    later = call(client, "conversations.history", channel=DROP_OPS, oldest=str(seen[2]))["messages"]
    assert [float(message["ts"]) for message in later] == seen[:2]


def test_channel_has_a_name(client: httpx.Client) -> None:
    """
    Its id is what is asked by, its name is told.
    """
    assert call(client, "conversations.info", channel=DROP_OPS)["channel"]["name"] == "drop-ops"
