"""Does the twin's Sumsub answer as Sumsub does, and the site's receiver as a good one?"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from golive.twin.receiver import Receiver, Webhook
from golive.twin.sumsub import OURS, TEST_APPLICANT

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

API = "https://api.sumsub.com"
HEALTH = "/resources/status/api"
HOOKS = "/resources/api/clientWebhooks"
REVIEW = f"/resources/applicants/{TEST_APPLICANT}/status"


def ask(
    client: httpx.Client, twin: Twin, path: str, *, token: str = "", late: int = 0, **change: str
) -> httpx.Response:
    """A call by *token* (the gate's), *late* by that many seconds; *change* replaces headers, "" takes one away."""
    token = token or twin.world.sumsub.gate
    ts = str(int(time.time()) - late)
    secret = twin.world.sumsub.tokens[token].secret if token in twin.world.sumsub.tokens else "nobody's"
    signed = hmac.new(secret.encode(), f"{ts}GET{path}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-App-Token": token, "X-App-Access-Ts": ts, "X-App-Access-Sig": signed}
    headers |= {f"X-App-{name.replace('_', '-')}": value for name, value in change.items()}
    return client.get(API + path, headers={name: value for name, value in headers.items() if value})


def test_signed_call_is_taken(client: httpx.Client, twin: Twin) -> None:
    """
    Every token may ask for the API's health, and the query is a part of what is signed.
    """
    for token in twin.world.sumsub.tokens:
        assert ask(client, twin, f"{HEALTH}?a=b%20c", token=token).status_code == 200


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({"Access_Sig": "0" * 64}, "app-token-signature-mismatch"),
        ({"token": "prd:nobody"}, "app-token-private-part-mismatch"),
        ({"late": 300}, "app-token-request-expired"),
        ({"late": -300}, "app-token-request-expired"),
        ({"Access_Sig": ""}, "app-token-invalid-format"),
        ({"Access_Ts": ""}, "app-token-invalid-format"),
        ({"Access_Ts": "1700000000"}, "app-token-signature-mismatch"),
    ],
    ids=str,
)
def test_badly_signed_call_is_refused(client: httpx.Client, twin: Twin, how: dict[str, Any], name: str) -> None:
    """
    Each refusal is a 401 with the vendor's name for it.
    """
    answer = ask(client, twin, HEALTH, **how)
    told = answer.json()
    assert (answer.status_code, told["code"], told["errorName"]) == (401, 401, name)
    assert {"description", "correlationId", "errorCode"} <= told.keys()


def test_signature_in_capitals_is_refused(client: httpx.Client, twin: Twin) -> None:
    """
    The vendor asks for small letters.
    """
    ts = str(int(time.time()))
    account = twin.world.sumsub
    signed = hmac.new(account.tokens[account.gate].secret.encode(), f"{ts}GET{HEALTH}".encode(), hashlib.sha256)
    assert ask(client, twin, HEALTH, Access_Ts=ts, Access_Sig=signed.hexdigest().upper()).status_code == 401


def test_permission_is_needed(client: httpx.Client, twin: Twin) -> None:
    """
    The service's token may look at applicants, and not at the webhooks.
    """
    assert ask(client, twin, HOOKS, token="prd:service").status_code == 403
    assert ask(client, twin, REVIEW, token="prd:service").status_code == 200


@pytest.mark.parametrize("path", [HOOKS, "/resources/clientWebhooks"])
def test_webhooks_are_listed_with_their_keys(client: httpx.Client, twin: Twin, path: str) -> None:
    """
    The list has the key of each webhook in it, as the vendor's has, and nothing of the sandbox.
    """
    items = {item["id"]: item for item in ask(client, twin, path).json()["list"]["items"]}
    assert set(items) == {"68b02c", OURS, "692a03"}
    assert items[OURS]["secretKey"] == "webhook-secret"
    assert (items[OURS]["targetType"], items[OURS]["disabled"]) == ("http", False)
    assert items["692a03"]["targetType"] == "email"


def test_review_is_told(client: httpx.Client, twin: Twin) -> None:
    """
    An ended review has a result, one that goes on has none.
    """
    told = ask(client, twin, REVIEW).json()
    assert (told["reviewStatus"], told["reviewResult"]) == ("completed", {"reviewAnswer": "GREEN"})
    twin.swap(sumsub=twin.world.sumsub.reviewing(status="pending", answer=None, reviewed_at=None))
    assert not {"reviewResult", "reviewDate"} & ask(client, twin, REVIEW).json().keys()


def test_environments_are_apart(client: httpx.Client, twin: Twin) -> None:
    """
    A token of one environment is refused for what is in the other; who is in neither is not found.
    """
    sandbox = next(name for name in twin.world.sumsub.tokens if name.startswith("sbx:"))
    assert ask(client, twin, REVIEW, token=sandbox).status_code == 401
    assert ask(client, twin, f"/resources/applicants/{'0' * 24}/status").status_code == 404


def test_failure_runbooks_call_is_none(client: httpx.Client, twin: Twin) -> None:
    """
    An unsigned call of an undocumented address is refused, and a signed one not found.
    """
    token = {"X-App-Token": twin.world.sumsub.gate}
    assert client.get(f"{API}/resources/healthcheck", headers=token).status_code == 401
    assert ask(client, twin, "/resources/healthcheck").status_code == 404


# -- the receiver ---------------------------------------------------------------------------------------------------

KNOWN = Webhook("key", known={"known": "pending"})


def report(**said: object) -> bytes:
    whole = {
        "applicantId": "known",
        "type": "applicantReviewed",
        "reviewStatus": "completed",
        "reviewResult": {"reviewAnswer": "GREEN"},
        "createdAtMs": "2026-03-02 09:00:00.000",
        "sandboxMode": False,
    }
    return json.dumps(whole | said).encode()


def take(receiver: Receiver, body: bytes, webhook: Webhook = KNOWN, key: str = "key", algorithm: str = "SHA256") -> int:
    digest = hmac.new(key.encode(), body, algorithm.lower()).hexdigest()
    headers = {"x-payload-digest": digest, "x-payload-digest-alg": f"HMAC_{algorithm}_HEX"}
    return receiver.take(webhook, webhook.path, body, headers).status


@pytest.mark.parametrize(
    ("result", "standing"),
    [
        ({"reviewAnswer": "GREEN"}, "approved"),
        ({"reviewAnswer": "RED", "reviewRejectType": "RETRY"}, "pending_retry"),
        ({"reviewAnswer": "RED", "reviewRejectType": "FINAL"}, "rejected"),
    ],
    ids=str,
)
@pytest.mark.parametrize("algorithm", ["SHA256", "SHA512"])
def test_report_changes_once(result: dict[str, str], standing: str, algorithm: str) -> None:
    """
    A report changes what it speaks of, and the same one again nothing more.
    """
    receiver, body = Receiver(), report(reviewResult=result)
    assert [take(receiver, body, algorithm=algorithm) for _ in range(2)] == [200, 200]
    assert (receiver.standing["known"][1], receiver.changes) == (standing, 1)


def test_late_report_does_not_turn_back() -> None:
    """
    What is older than the last report is taken, and changes nothing.
    """
    receiver = Receiver()
    take(receiver, report())
    older = report(createdAtMs="2026-03-02 08:59:59.999", type="applicantPending", reviewStatus="pending")
    assert take(receiver, older) == 200
    assert receiver.standing["known"][1] == "approved"


@pytest.mark.parametrize(
    "said",
    [
        {"applicantId": "nobody"},
        {"type": "applicantSomethingNew"},
        {"sandboxMode": True},
        {"reviewStatus": "onHold"},
        {"reviewResult": None},
    ],
    ids=str,
)
def test_what_is_nobodys_or_nothing_is_taken_without_effect(said: dict[str, object]) -> None:
    """
    An unknown applicant or type, the sandbox, and a review that has not ended change nothing.
    """
    receiver = Receiver()
    assert take(receiver, report(**said)) == 200
    assert (receiver.changes, dict(receiver.standing)) == (0, {})


def test_newcomer_is_one_once() -> None:
    """
    A careless receiver makes a customer of nobody, and of the same nobody only one.
    """
    receiver, careless, body = Receiver(), replace(KNOWN, takes_in_strangers=True), report(applicantId="nobody")
    digest = {"x-payload-digest": hmac.new(b"key", body, "sha256").hexdigest()}
    taken = [receiver.take(careless, careless.path, body, digest).newcomer for _ in range(2)]
    assert taken == ["nobody", ""]


@pytest.mark.parametrize(
    ("key", "algorithm", "status"),
    [("key", "SHA256", 200), ("key", "SHA1", 401), ("other", "SHA256", 401), ("key", "MD5", 401)],
)
def test_only_the_key_and_a_known_algorithm_count(key: str, algorithm: str, status: int) -> None:
    """
    A wrong key, SHA-1 and what nobody knows are refused.
    """
    receiver = Receiver()
    assert take(receiver, report(), key=key, algorithm=algorithm) == status
    assert (receiver.changes > 0) is (status == 200)


def test_digest_in_capitals_is_taken() -> None:
    """
    The twin takes capitals, as a receiver may.
    """
    body = report()
    digest = hmac.new(b"key", body, "sha256").hexdigest().upper()
    assert Receiver().take(KNOWN, KNOWN.path, body, {"x-payload-digest": digest}).status == 200
