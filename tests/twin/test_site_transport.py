"""How the twin's site is reached: HTTPS is promised, plain HTTP is sent there, and what a fault makes of either."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from golive.twin.site import HOSTS, HSTS
from tests.twin.visiting import ORIGINS, SITE

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

ANSWERS = ("/", "/vilkaar", "/api/health", "/no-such-page", "/api/nothing", "/dashboard", "/api/auth/bankid/initiate")


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("path", ANSWERS)
def test_every_https_answer_carries_the_promise_once(client: httpx.Client, origin: str, path: str) -> None:
    """
    Pages, API, redirects and errors send Strict-Transport-Security once, on every name.
    """
    assert client.get(origin + path).headers.get_list("strict-transport-security") == [HSTS]


@pytest.mark.parametrize("values", [(), (HSTS, HSTS), ("max-age=300",)], ids=str)
def test_promise_may_be_broken_for_one_kind_of_answer(
    client: httpx.Client, twin: Twin, values: tuple[str, ...]
) -> None:
    """
    A fault can leave the header out, send it twice or weaken it, on error pages alone.
    """
    twin.swap(site=replace(twin.world.site, hsts={**twin.world.site.hsts, "error": values}))
    sent = [client.get(SITE + path).headers.get_list("strict-transport-security") for path in ("/no-such-page", "/")]
    assert sent == [[*values], [HSTS]]


def test_promise_may_be_broken_by_one_host(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can take it from www alone.
    """
    twin.swap(site=replace(twin.world.site, unpromised=frozenset({"www.getdrop.no"})))
    sent = [client.get(f"https://{host}/").headers.get_list("strict-transport-security") for host in HOSTS[:2]]
    assert sent == [[HSTS], []]


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("path", ["/", "/vilkaar?a=1&b=%C3%A5", "/a%2Fb"])
def test_plain_http_is_sent_to_https(client: httpx.Client, origin: str, path: str) -> None:
    """
    Port 80 sends to the same host, path and query on HTTPS for good, and promises nothing.
    """
    answer = client.get(origin.replace("https", "http", 1) + path)
    assert (answer.status_code, answer.headers["location"]) == (301, origin + path)
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("change", "status", "location"),
    [
        ({"status": 302}, 302, "https://getdrop.no/klage"),
        ({"keeps_path": False}, 301, "https://getdrop.no/"),
        ({"targets": {"getdrop.no": "https://www.getdrop.no"}}, 301, "https://www.getdrop.no/klage"),
        ({"targets": {"getdrop.no": "http://www.getdrop.no"}}, 301, "http://www.getdrop.no/klage"),
        ({"status": 200}, 200, None),
    ],
    ids=str,
)
def test_plain_http_may_go_astray(
    client: httpx.Client, twin: Twin, change: dict[str, Any], status: int, location: str | None
) -> None:
    """
    A fault can change the redirect's status, host and path, add a plain hop, or serve the site in the open.
    """
    twin.swap(site=replace(twin.world.site, plain=replace(twin.world.site.plain, **change)))
    answer = client.get("http://getdrop.no/klage")
    assert (answer.status_code, answer.headers.get("location")) == (status, location)


def test_one_host_may_be_moved(client: httpx.Client, twin: Twin) -> None:
    """
    A host can be sent on to another for good, promise included.
    """
    twin.swap(site=replace(twin.world.site, moved={"www.getdrop.no": SITE}))
    answer = client.get("https://www.getdrop.no/klage?a=b")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{SITE}/klage?a=b")
    assert answer.headers.get_list("strict-transport-security") == [HSTS]
