"""Does the twin's site show what Drop's must, and what a fault asks for?"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from golive.twin.site import ADDRESSES, HOSTS, HSTS, Health, Page
from golive.twin.web import Ailment

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

SITE = "https://getdrop.no"
SERVICE = "https://9ef3szvvsb.eu-west-1.awsapprunner.com"
ORIGINS = (SITE, "https://www.getdrop.no", SERVICE)
ANSWERS = ("/", "/vilkaar", "/api/health", "/no-such-page", "/api/nothing", "/dashboard", "/api/auth/bankid/initiate")


class Outline(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [said for name, said in self.elements if name == tag and wanted.items() <= said.items()]


def bundle(client: httpx.Client) -> str:
    (script,) = Outline(client.get(SITE).text).all("script")
    return client.get(SITE + str(script["src"])).text


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("path", ANSWERS)
def test_every_https_answer_carries_the_promise_once(client: httpx.Client, origin: str, path: str) -> None:
    """
    Pages, API, redirects and errors send Strict-Transport-Security once, on every name.
    """
    assert client.get(origin + path).headers.get_list("strict-transport-security") == [HSTS]


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


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"missing_leads_to": "/"}, "/no-such-page"),
        ({"missing_leads_to": "https://www.getdrop.no/no-such-page"}, "/no-such-page"),
        ({"private_leads_to": "/logg-inn"}, "/dashboard"),
        ({"sign_up_leads_to": "/api/auth/bankid/initiate"}, "/bli-kunde"),
    ],
    ids=str,
)
def test_those_who_may_not_be_there_may_be_led_elsewhere(
    client: httpx.Client, twin: Twin, change: dict[str, Any], path: str
) -> None:
    """
    Once: where somebody was led, a page that does not exist is an error.
    """
    twin.swap(site=replace(twin.world.site, **change))
    answer = client.get(SITE + path)
    (target,) = change.values()
    assert (answer.status_code, answer.headers["location"]) == (302, target)
    if target.endswith("no-such-page"):
        assert client.get(target).status_code == 404


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


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_login_leads_to_bankid(client: httpx.Client, method: str) -> None:
    """
    The button's address sends to BankID with our client, our callback, and secrets that are new each time.
    """
    (button,) = [link for link in Outline(client.get(SITE).text).all("a") if "role" in link]
    answers = [client.request(method, SITE + str(button["href"])) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    targets = [urlsplit(answer.headers["location"]) for answer in answers]
    assert targets[0].geturl().startswith("https://auth.bankid.no/auth/realms/prod/precheck/auth?")
    first, second = (parse_qs(target.query) for target in targets)
    kept = {name: value for name, value in first.items() if second[name] == value}
    assert kept == {
        "client_id": ["drop-prod"],
        "redirect_uri": ["https://getdrop.no/api/auth/bankid/callback"],
        "response_type": ["code"],
        "scope": ["openid profile"],
        "code_challenge_method": ["S256"],
    }
    assert first.keys() - kept == {"state", "nonce", "code_challenge"}
    page = client.get(answers[0].headers["location"])
    assert (page.status_code, "<h1>BankID</h1>" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"fresh": False}, lambda one, other: one == other),
        ({"omits": frozenset({"state"})}, lambda one, _: "state=" not in one),
        ({"redirect_uri": f"{SERVICE}/api/auth/bankid/callback"}, lambda one, _: "awsapprunner" in one),
        ({"endpoint": "https://oidc.bankid.no/auth"}, lambda one, _: one.startswith("https://oidc.bankid.no/auth?")),
        ({"status": 500}, lambda one, _: one == ""),
    ],
)
def test_login_may_go_wrong(
    client: httpx.Client, twin: Twin, change: dict[str, Any], seen: Callable[[str, str], bool]
) -> None:
    """
    A fault can send the visitor elsewhere, with old secrets, without them, or not at all.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, **change)))
    answers = [client.get(f"{SITE}/api/auth/bankid/initiate") for _ in range(2)]
    assert seen(*[answer.headers.get("location", "") for answer in answers])


def test_button_may_be_missing(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can take the button away.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, text="")))
    assert "BankID</a>" not in client.get(SITE).text


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


def test_stranger_is_not_let_in(client: httpx.Client) -> None:
    """
    Who has not logged in is sent from the dashboard to the landing page.
    """
    answer = client.get(f"{SITE}/dashboard")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_balance_is_told_to_nobody_without_a_login(client: httpx.Client) -> None:
    """
    The API behind the dashboard refuses a stranger.
    """
    answer = client.get(f"{SITE}/api/accounts/balance")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(("opened", "status"), [(False, 302), (True, 200)])
def test_strangers_become_customers_after_the_opening(
    client: httpx.Client, twin: Twin, opened: bool, status: int
) -> None:
    """
    Until then they are sent back to the landing page.
    """
    twin.swap(site=replace(twin.world.site, opened=opened))
    assert client.get(f"{SITE}/bli-kunde").status_code == status


@pytest.mark.parametrize(
    ("changes", "statuses"),
    [
        ({}, (404, 404)),
        ({"password": True}, (405, 401)),
        ({"password": True, "password_shown": False}, (404, 401)),
    ],
    ids=str,
)
def test_password_login_may_be_left_in(
    client: httpx.Client, twin: Twin, changes: dict[str, Any], statuses: tuple[int, int]
) -> None:
    """
    There is none, but for a fault; one that takes a POST alone may say 404 to anything else.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, **changes)))
    url = f"{SITE}/api/auth/login"
    assert (client.get(url).status_code, client.post(url).status_code) == statuses


def test_login_may_be_told_in_json(client: httpx.Client, twin: Twin) -> None:
    """
    A script may be answered with the address instead of a redirect.
    """
    twin.swap(site=replace(twin.world.site, login=replace(twin.world.site.login, as_json=True)))
    answer = client.post(f"{SITE}/api/auth/bankid/initiate")
    assert answer.status_code == 200
    assert answer.json()["url"].startswith("https://auth.bankid.no/auth/realms/prod/precheck/auth?client_id=")


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


def test_one_host_may_be_moved(client: httpx.Client, twin: Twin) -> None:
    """
    A host can be sent on to another for good, promise included.
    """
    twin.swap(site=replace(twin.world.site, moved={"www.getdrop.no": SITE}))
    answer = client.get("https://www.getdrop.no/klage?a=b")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{SITE}/klage?a=b")
    assert answer.headers.get_list("strict-transport-security") == [HSTS]


def test_clock_may_be_wrong(client: httpx.Client, twin: Twin) -> None:
    """
    The Date header is the time of day, unless a fault shifts it.
    """

    def off() -> timedelta:
        return abs(parsedate_to_datetime(client.get(SITE).headers["date"]) - datetime.now(UTC))

    assert off() < timedelta(minutes=1)
    twin.swap(site=replace(twin.world.site, clock_shift=timedelta(hours=-3)))
    assert off() > timedelta(hours=2)


@pytest.mark.parametrize(("ailment", "status"), [("denied", 403), ("throttled", 429), ("broken", 503)])
def test_face_may_refuse(client: httpx.Client, twin: Twin, ailment: Ailment, status: int) -> None:
    """
    A face can say "not you", "not now" and "not at all" to everything.
    """
    twin.swap(site=replace(twin.world.site, ailment=ailment))
    assert client.get(f"{SITE}/api/health").status_code == status


def test_face_may_send_noise(client: httpx.Client, twin: Twin) -> None:
    """
    A face can answer 200 with what nobody can read.
    """
    twin.swap(site=replace(twin.world.site, ailment="garbage"))
    answer = client.get(f"{SITE}/api/health")
    assert answer.status_code == 200
    with pytest.raises(UnicodeDecodeError):
        answer.json()


@pytest.mark.parametrize("origin", [SITE, "http://getdrop.no"])
@pytest.mark.parametrize(("ailment", "error"), [("off", httpx.TransportError), ("babble", httpx.RemoteProtocolError)])
def test_face_may_go_and_come_back(
    client: httpx.Client, twin: Twin, origin: str, ailment: Ailment, error: type[Exception]
) -> None:
    """
    A face that is off, or speaks no HTTP, is so on kept and new connections, until it is well again.
    """
    well = twin.world.site
    assert client.get(origin).status_code in (200, 301)
    twin.world.site = replace(well, ailment=ailment)  # the kept connection stays
    with pytest.raises(error):
        client.get(origin)
    with pytest.raises(error):
        client.get(origin)
    twin.swap(site=well)
    assert client.get(origin).status_code in (200, 301)


@pytest.mark.parametrize("kept", [True, False], ids=["kept connection", "new connection"])
def test_face_may_fall_silent(twin: Twin, kept: bool) -> None:
    """
    A silent face takes the question and never answers.
    """
    with twin.client(timeout=0.1) as client:
        if kept:
            client.get(SITE)
        twin.world.site = replace(twin.world.site, ailment="silent")
        with pytest.raises(httpx.TimeoutException):
            client.get(SITE)


def test_face_may_stumble_once(client: httpx.Client, twin: Twin) -> None:
    """
    A hiccup is one 503 for each thing asked, and then the answer.
    """
    twin.swap(site=replace(twin.world.site, ailment="hiccup"))
    asked = ["/", "/klage", "/", "/klage"]
    assert [client.get(SITE + path).status_code for path in asked] == [503, 503, 200, 200]


def test_one_address_may_be_dead(client: httpx.Client, twin: Twin) -> None:
    """
    A fault can take one of the two addresses away.
    """
    twin.swap(site=replace(twin.world.site, dead_addresses=frozenset({ADDRESSES[1]})))
    assert client.get(SITE).status_code == 200
    with pytest.raises(httpx.NetworkError):
        client.get("https://www.getdrop.no")  # which the tests find at the second address


def test_stray_address_is_somebody_elses(twin: Twin) -> None:
    """
    Where a name points astray, a parked page answers.
    """
    with twin.client() as client:
        answer = client.get("http://astray.example")
    assert "This name is parked" in answer.text


def test_new_certificate_is_shown_after_a_swap(client: httpx.Client, twin: Twin) -> None:
    """
    A client that keeps its connections meets the certificate of the new world.
    """
    assert client.get(SITE).status_code == 200
    spec = twin.world.certificates["getdrop.no"]
    twin.swap(certificates={**twin.world.certificates, "getdrop.no": replace(spec, self_signed=True)})
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get(SITE)
