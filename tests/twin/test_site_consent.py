"""The twin's site asks before it keeps anything of a visitor, and a fault makes a sham of that."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.twin.visiting import SITE, Outline, bundle

if TYPE_CHECKING:
    from tests.twin.conftest import Twin


def test_consent_is_asked_before_anything_is_kept(client: httpx.Client) -> None:
    """
    A new visitor gets the necessary cookie, well guarded, and a dialog where no is as easy as yes.
    """
    answer = client.get(SITE)
    (cookie,) = answer.headers.get_list("set-cookie")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "secure", "samesite=lax", "path=/"}
    assert cookie.startswith("drop_session=")
    page = Outline(answer.text)
    assert len(page.all("div", role="dialog")) == 1
    buttons = re.findall(r"<button[^>]*data-samtykke[^>]*>([^<]+)", answer.text)
    assert buttons == ["Godta alle", "Kun nødvendige"]
    assert len({button["class"] for button in page.all("button")}) == 1
    assert page.all("input", type="checkbox") == []


def test_consent_is_asked_once(client: httpx.Client) -> None:
    """
    Who has chosen is not asked again.
    """
    answer = client.get(SITE, headers={"Cookie": "drop_consent=necessary; drop_session=x"})
    assert 'role="dialog"' not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"asked": False}, lambda page, _script, _cookies: 'role="dialog"' not in page),
        ({"shape": "region"}, lambda page, _script, _cookies: re.search('role="region" aria-label="Informasjon', page)),
        ({"shape": "shadow root"}, lambda page, _script, _cookies: 'shadowrootmode="open"' in page),
        (
            {"about": "newsletter"},
            lambda page, _script, _cookies: "Informasjonskapsler" not in page and "Ja tak" in page,
        ),
        ({"refusal": "nowhere"}, lambda page, _script, _cookies: "Kun nødvendige" not in page),
        ({"refusal": "second layer"}, lambda page, _script, _cookies: re.search("hidden><button.*Kun nødv", page)),
        ({"equally_prominent": False}, lambda page, _script, _cookies: 'class="svak"' in page),
        ({"ticked_box": True}, lambda page, _script, _cookies: " checked" in page),
        ({"early": frozenset({"header cookie"})}, lambda _page, _script, cookies: "drop_analytics" in cookies),
        ({"early": frozenset({"storage"})}, lambda _page, script, _cookies: script.count("localStorage.setItem") == 2),
        ({"early": frozenset({"script cookie"})}, lambda _page, script, _cookies: script.count("document.cookie") == 3),
        ({"heeds_refusal": False}, lambda _page, script, _cookies: '"all" || true' in script),
    ],
)
def test_consent_may_be_a_sham(
    client: httpx.Client, twin: Twin, change: dict[str, Any], seen: Callable[[str, str, str], object]
) -> None:
    """
    A fault can take the question, the refusal or the waiting away.
    """
    twin.swap(site=replace(twin.world.site, consent=replace(twin.world.site.consent, **change)))
    answer = client.get(SITE)
    assert seen(answer.text, bundle(client), answer.headers.get_list("set-cookie").__str__())
