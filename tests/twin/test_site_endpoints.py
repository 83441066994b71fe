"""What machines ask of the twin's site: how it is, and to take what Sumsub reports."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from golive.twin.site import Health
from tests.twin.visiting import ORIGINS, SITE

if TYPE_CHECKING:
    from tests.twin.conftest import Twin


@pytest.mark.parametrize("origin", ORIGINS)
def test_health_is_the_same_on_every_name(client: httpx.Client, origin: str) -> None:
    """
    The health answer is enveloped, has the commit, and comes from the same running service.
    """
    answer = client.get(f"{origin}/api/health")
    told = answer.json()["data"]
    assert answer.headers["content-type"] == "application/json"
    assert (told["status"], told["checks"]) == ("ok", {"db": {"status": "pass"}})
    here = client.get(f"{SITE}/api/health").json()["data"]
    assert told["version"] == here["version"]
    assert abs(told["uptime"] - here["uptime"]) <= 1


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"status": "degraded", "db": "fail"}, {"data": {"status": "degraded", "db": "fail"}}),
        ({"enveloped": False}, {"status": "ok", "db": "pass"}),
    ],
)
def test_health_may_be_otherwise(
    client: httpx.Client, twin: Twin, change: dict[str, Any], body: dict[str, object]
) -> None:
    """
    A fault can change what health says, and its envelope.
    """
    twin.swap(site=replace(twin.world.site, health=replace(twin.world.site.health, **change)))
    told = client.get(f"{SITE}/api/health").json()
    data = told.get("data", told)
    flat = {"status": data["status"], "db": data["checks"]["db"]["status"]}
    assert ({"data": flat} if "data" in told else flat) == body


def test_health_may_be_anything(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can put another body, status and type in health's place.
    """
    health = Health("", status_code=500, content_type="text/html", body="<h1>Error</h1>")
    twin.swap(site=replace(twin.world.site, health=health))
    answer = client.get(f"{SITE}/api/health")
    assert (answer.status_code, answer.text) == (500, "<h1>Error</h1>")
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Payload-Digest": "RIGHT"}, 200),
        ({"X-Payload-Digest": "RIGHT", "X-Payload-Digest-Alg": "HMAC_SHA512_HEX"}, 401),
        ({"X-Payload-Digest": "RIGHT", "X-Payload-Digest-Alg": "HMAC_SHA1_HEX"}, 401),
        ({"X-Payload-Digest": "0" * 64}, 401),
    ],
    ids=str,
)
def test_report_is_taken_only_when_signed(client: httpx.Client, headers: dict[str, str], status: int) -> None:
    """
    The webhook takes what its secret signed, byte for byte, and nothing else.
    """
    body = json.dumps({"applicantId": "nobody", "type": "applicantReviewed"}).encode()
    right = hmac.new(b"webhook-secret", body, hashlib.sha256).hexdigest()
    sent = {name: value.replace("RIGHT", right) for name, value in headers.items()}
    url = f"{SITE}/api/kyc/webhook"
    assert client.post(url, content=body, headers=sent).status_code == status
    assert client.post(url, content=body + b" ", headers=sent).status_code == 401
    assert client.get(url).status_code == 405


@pytest.mark.parametrize(
    ("change", "unsigned", "forged"),
    [
        ({"takes_unsigned": True}, 200, 401),
        ({"takes_forged": True}, 401, 200),
        ({"path": "/api/webhooks/sumsub"}, 404, 404),
    ],
    ids=str,
)
def test_webhook_may_be_careless(
    client: httpx.Client, twin: Twin, change: dict[str, Any], unsigned: int, forged: int
) -> None:
    """
    A fault can take what nobody signed or somebody else did, or listen at another path.
    """
    twin.swap(site=replace(twin.world.site, webhook=replace(twin.world.site.webhook, **change)))
    url = f"{SITE}/api/kyc/webhook"
    assert client.post(url, content=b"{}").status_code == unsigned
    assert client.post(url, content=b"{}", headers={"X-Payload-Digest": "00"}).status_code == forged
