"""What the twin's pages say, what they load, and what a fault makes of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from golive.twin.site import Page
from tests.twin.visiting import SITE, Outline, bundle

if TYPE_CHECKING:
    from tests.twin.conftest import Twin


@pytest.mark.parametrize(
    ("path", "title", "words"),
    [
        ("/", "Drop", ["Logg inn med BankID"]),
        ("/vilkaar", "Vilkår", ["Drop AS", "999 999 999", "Finansklagenemnda"]),
        ("/personvern", "Personvern", ["personvern@getdrop.no", "Datatilsynet"]),
        ("/klage", "Klage", ["Finansklagenemnda"]),
    ],
)
def test_page_says_what_it_is_in_norwegian(client: httpx.Client, path: str, title: str, words: list[str]) -> None:
    """
    Each page has its title and its words, is Norwegian, and is reached from the landing page.
    """
    answer = client.get(SITE + path)
    page = Outline(answer.text)
    assert (answer.status_code, page.all("html")[0]["lang"]) == (200, "nb")
    assert title in answer.text.partition("<title>")[2].partition("</title>")[0]
    assert [word for word in words if word not in answer.text] == []
    assert path in {link["href"] for link in Outline(client.get(SITE).text).all("a")}


def test_page_asks_nobody_else_for_anything(client: httpx.Client) -> None:
    """
    Everything that a page refers to is on the site itself, and there.
    """
    page = Outline(client.get(SITE).text)
    needed = [said["src"] for said in page.all("script")] + [said["href"] for said in page.all("link")]
    answers = {path: client.get(SITE + str(path)).status_code for path in [*needed, "/favicon.ico"]}
    assert answers == dict.fromkeys(answers, 200)
    assert len(answers) == 4


def test_page_may_be_otherwise(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can lose a page, put it in English, or answer unknown paths as if they were there.
    """
    site = twin.world.site
    pages = {**site.pages, "/vilkaar": Page("Terms", "<p>These are the terms.</p>", lang="en")}
    del pages["/personvern"]
    twin.swap(site=replace(site, pages=pages, not_found=replace(site.not_found, status=200)))
    assert '<html lang="en">' in client.get(f"{SITE}/vilkaar").text
    missing = client.get(f"{SITE}/personvern")
    assert (missing.status_code, "Fant ikke siden" in missing.text) == (200, True)


def test_unknown_path_is_not_found(client: httpx.Client) -> None:
    """
    A page that is not there is a Norwegian page with status 404, and an endpoint a JSON error.
    """
    page, endpoint = client.get(f"{SITE}/no-such-page"), client.get(f"{SITE}/api/no-such-endpoint")
    assert (page.status_code, "finnes ikke" in page.text) == (404, True)
    assert (endpoint.status_code, endpoint.json()["error"]["code"]) == (404, "not_found")


def test_unknown_host_is_not_served(client: httpx.Client) -> None:
    """
    The site answers to its own names only.
    """
    assert client.get(SITE, headers={"Host": "evil.example"}).status_code == 404


def test_complaint_can_be_sent(client: httpx.Client) -> None:
    """
    The form has its labelled fields and its button, and what it sends is taken with thanks.
    """
    page = Outline(client.get(f"{SITE}/klage").text)
    (form,) = page.all("form")
    assert (form["method"], form["action"]) == ("post", "/api/klage")
    fields = {said["name"]: said["id"] for tag in ("input", "textarea") for said in page.all(tag)}
    names = ["navn", "e-post", "beskrivelse"]
    assert [*fields] == names
    assert {label["for"] for label in page.all("label")} == set(fields.values())
    assert len(page.all("button", type="submit")) == 1
    answer = client.post(f"{SITE}/api/klage", data=dict.fromkeys(names, "noe"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/klage?sendt=1")
    assert "Takk" in client.get(SITE + answer.headers["location"]).text
    assert client.post(f"{SITE}/api/klage", data={"navn": "noe"}).status_code == 422


def test_bundle_carries_the_settings(client: httpx.Client) -> None:
    """
    The script has every public setting as a name and a value.
    """
    said = dict(re.findall(r'"(NEXT_PUBLIC_\w+)":"([^"]*)"', bundle(client)))
    assert (said["NEXT_PUBLIC_APP_URL"], said["NEXT_PUBLIC_SERVICE_MODE"]) == (SITE, "production")
    flags = {name.removeprefix("NEXT_PUBLIC_FF_"): value for name, value in said.items() if "_FF_" in name}
    assert flags == {
        "NOTIFICATIONS": "true",
        "MERCHANT_DASHBOARD": "true",
        "VIRTUAL_CARDS": "false",
        "PHYSICAL_CARDS": "false",
        "CARD_DETAILS": "false",
        "CARD_FREEZE": "false",
        "CARD_PIN": "false",
        "SPENDING_LIMITS": "false",
    }


def test_other_settings_make_another_bundle(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can bake another flag into the script, whose name then changes too.
    """
    settings = {**twin.world.site.settings, "NEXT_PUBLIC_FF_CARD_PIN": "true"}
    (before,) = Outline(client.get(SITE).text).all("script")
    twin.swap(site=replace(twin.world.site, settings=settings, script="\nthrow new Error('broken');"))
    (after,) = Outline(client.get(SITE).text).all("script")
    assert before["src"] != after["src"]
    assert '"NEXT_PUBLIC_FF_CARD_PIN":"true"' in bundle(client)
    assert "throw new Error" in bundle(client)
    twin.swap(site=replace(twin.world.site, bundle_missing=True))
    assert client.get(SITE + str(after["src"])).status_code == 404
