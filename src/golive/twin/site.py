"""
Drop's own site and API, as App Runner serves them: three host names at two addresses, HTTPS, and plain HTTP that only
sends on. Beside them stands a parked page at another address, for a name that points astray.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from golive.twin import disclosure, pages
from golive.twin.authority import Authority, Certificate, pick
from golive.twin.disclosure import Disclosure
from golive.twin.receiver import Receiver, Webhook
from golive.twin.web import Ailment, Door, Front, Mood

APEX = "getdrop.no"
HOSTS = (APEX, "www.getdrop.no", "9ef3szvvsb.eu-west-1.awsapprunner.com")
ADDRESSES = ("192.0.2.10", "192.0.2.11")
ELSEWHERE = "203.0.113.77"

HSTS = "max-age=63072000; includeSubDomains; preload"

Group = Literal["page", "api", "error", "asset", "redirect", "plain"]
"""What kind of answer it is. "redirect" is one over HTTPS; "plain" is everything on port 80."""

Early = Literal["header cookie", "script cookie", "storage"]

SIGN_UP = "/bli-kunde"
BALANCE = "/api/accounts/balance"


@dataclass(frozen=True, slots=True)
class Health:
    """What `/api/health` answers; *body*, if any, in place of all the rest."""

    version: str
    status: str = "ok"
    db: str = "pass"
    up_for: timedelta = timedelta(hours=6)
    enveloped: bool = True
    status_code: int = 200
    content_type: str = "application/json"
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """The button on the landing page, and the request that it sends the visitor to BankID with."""

    client_id: str
    endpoint: str = "https://auth.bankid.no/auth/realms/prod/precheck/auth"
    redirect_uri: str = "https://getdrop.no/api/auth/bankid/callback"
    scope: str = "openid profile"
    response_type: str = "code"
    challenge_method: str = "S256"
    status: int = 302
    fresh: bool = True
    repeats: frozenset[str] = frozenset()  # what is the same each time although the rest is fresh
    omits: frozenset[str] = frozenset()
    short: bool = False  # state and nonce are new, and soon guessed
    adds: tuple[tuple[str, str], ...] = ()
    as_json: bool = False  # answers 200 with the address instead of a redirect
    password: bool = False  # e-mail and password are taken as well, at /api/auth/login
    text: str = "Logg inn med BankID"
    link: str = "/api/auth/bankid/initiate"


@dataclass(frozen=True, slots=True)
class Consent:
    """How the visitor is asked about cookies, and whether the answer is waited for and heeded."""

    asked: bool = True
    shape: Literal["dialog", "region", "shadow root"] = "dialog"  # how the question stands on the page
    about: Literal["cookies", "newsletter"] = "cookies"
    refusal: Literal["first layer", "second layer", "nowhere"] = "first layer"
    equally_prominent: bool = True
    ticked_box: bool = False
    early: frozenset[Early] = frozenset()
    heeds_refusal: bool = True


@dataclass(frozen=True, slots=True)
class Redirect:
    """What plain HTTP is told. *targets* is the origin per host; without one it is the same host on HTTPS."""

    status: int = 301
    targets: Mapping[str, str] = field(default_factory=dict)
    keeps_path: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A page inside the common frame."""

    title: str
    body: str
    status: int = 200
    lang: str = "nb"
    content_type: str = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the site shows."""

    health: Health
    login: Login
    webhook: Webhook
    settings: Mapping[str, str]
    pages: Mapping[str, Page]
    not_found: Page
    hsts: Mapping[Group, tuple[str, ...]]
    headers: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    consent: Consent = Consent()
    disclosure: Disclosure = field(default_factory=Disclosure)
    plain: Redirect = Redirect()
    moved: Mapping[str, str] = field(default_factory=dict)
    private: tuple[str, ...] = ("/dashboard",)
    private_leads_to: str = "/"  # where strangers are sent who come there
    sign_up_leads_to: str = "/"  # until it is opened
    missing_leads_to: str = ""  # where whoever opens a page that does not exist is sent, if anywhere
    unpromised: frozenset[str] = frozenset()  # hosts that send no promise of HTTPS
    posts_forbidden: bool = False  # by something in front of it
    lets_in: frozenset[str] = frozenset()  # what of a member's is shown to anybody
    busy: frozenset[str] = frozenset()  # paths that more people ask for than it can bear
    opened: bool = False  # to everybody; until then strangers cannot become customers
    head: str = ""
    script: str = ""
    bundle_missing: bool = False
    dead_addresses: frozenset[str] = frozenset()
    clock_shift: timedelta = timedelta()
    ailment: Ailment = ""
    delay: float = 0.0


def healthy(commit: str, client_id: str, webhook_secret: str) -> Site:
    """The site as it must be on the day of the launch."""
    held_back = ("VIRTUAL_CARDS", "PHYSICAL_CARDS", "CARD_DETAILS", "CARD_FREEZE", "CARD_PIN", "SPENDING_LIMITS")
    everywhere: tuple[Group, ...] = ("page", "api", "error", "asset", "redirect")
    return Site(
        health=Health(version=commit),
        login=Login(client_id),
        webhook=Webhook(webhook_secret),
        settings={
            "NEXT_PUBLIC_SERVICE_MODE": "production",
            "NEXT_PUBLIC_APP_URL": "https://getdrop.no",
            "NEXT_PUBLIC_FF_NOTIFICATIONS": "true",
            "NEXT_PUBLIC_FF_MERCHANT_DASHBOARD": "true",
            **{f"NEXT_PUBLIC_FF_{flag}": "false" for flag in held_back},
        },
        pages={
            "/": Page("Drop: betal rett fra bankkontoen", pages.LANDING),
            "/vilkaar": Page("Vilkår for bruk av Drop", pages.TERMS),
            "/personvern": Page("Personvernerklæring", pages.PRIVACY),
            "/klage": Page("Klage", pages.COMPLAINT),
            SIGN_UP: Page("Bli kunde", pages.SIGN_UP),
        },
        not_found=Page("Fant ikke siden", pages.NOT_FOUND, status=404),
        hsts=dict.fromkeys(everywhere, (HSTS,)),
        headers=(
            ("Content-Security-Policy", "default-src 'self'; form-action 'self'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Permissions-Policy", "camera=(self), geolocation=(), microphone=()"),
        ),
        links=(("/vilkaar", "Vilkår"), ("/personvern", "Personvern"), ("/klage", "Klage")),
    )


class SiteFace(Front):
    """The site on the wire."""

    def __init__(
        self,
        site: Callable[[], Site],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
        take_in: Callable[[str], None] = lambda _: None,
    ) -> None:
        """*take_in* makes a customer of the applicant with that id: a careless receiver of reports does that."""
        self.receiver = Receiver()
        doors = [Door(address, port) for address in ADDRESSES for port in (443, 80)]
        astray = [Door(ELSEWHERE, port) for port in (443, 80)]
        site_app = _Application(site, self.receiver, take_in)
        apps: dict[Door, ASGIApp] = {
            **dict.fromkeys(doors, site_app),
            **dict.fromkeys(astray, HTMLResponse(pages.PARKED)),
        }

        def mood(door: Door) -> Mood:
            now = site()
            if door.address == ELSEWHERE:
                return Mood(delay=now.delay)
            ailment = "off" if door.address in now.dead_addresses else now.ailment
            return Mood(ailment, now.delay, now.clock_shift)

        super().__init__(apps, mood, lambda host: authority.context(pick(certificates(), host, APEX)))

    def swapped(self) -> None:
        """The reports that came belong to the former world."""
        self.receiver.forget()
        super().swapped()


class _Application:
    """Answers as the site of this moment does."""

    def __init__(self, site: Callable[[], Site], receiver: Receiver, take_in: Callable[[str], None]) -> None:
        self._site = site
        self._receiver = receiver
        self._take_in = take_in
        self._began = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        site, request = self._site(), Request(scope, receive)
        host = (request.url.hostname or "").lower()
        group: Group
        if request.url.scheme == "http" and site.plain.status in (301, 302, 303, 307, 308):
            group, response = "plain", _send_on(site.plain, host, request)
        else:
            group, response = await self._answer(site, host, request)
            if request.url.scheme == "http":
                group = "plain"
        for value in site.hsts.get(group, ()) if host not in site.unpromised else ():
            response.headers.append("Strict-Transport-Security", value)
        for name, value in site.headers:
            response.headers.append(name, value)
        await response(scope, receive, send)

    async def _answer(self, site: Site, host: str, request: Request) -> tuple[Group, Response]:
        path = request.url.path
        if host not in HOSTS:
            return "error", _page(site, site.not_found, request)
        if request.method == "POST" and site.posts_forbidden:
            return "error", _refusal(403, "forbidden", "Forespørselen er stanset.")
        if origin := site.moved.get(host):
            return "redirect", RedirectResponse(origin + _path_and_query(request), 308)
        if path in site.busy:
            return "error", Response("Too Many Requests", 429, {"Retry-After": "30"}, "text/plain")
        if path.startswith("/api/") or path in site.webhook.elsewhere:
            response = await self._api(site, path, request)
            return ("redirect" if 300 <= response.status_code < 400 else "api"), response
        if asset := _asset(site, path):
            return "asset", asset
        if request.method not in ("GET", "HEAD"):
            return "error", Response(status_code=405, headers={"Allow": "GET, HEAD"})
        if path in site.private:
            if path in site.lets_in:
                return "page", _page(site, Page("Oversikt", pages.DASHBOARD), request)
            return "redirect", RedirectResponse(site.private_leads_to, 302)
        if path == SIGN_UP and not (site.opened or path in site.lets_in):
            return "redirect", RedirectResponse(site.sign_up_leads_to, 302)
        if path in site.pages:
            page = site.pages[path]
            return ("page" if page.status < 400 else "error"), _page(site, page, request)
        if site.missing_leads_to not in ("", str(request.url)):
            return "redirect", RedirectResponse(site.missing_leads_to, 302)
        return "error", _page(site, site.not_found, request)

    async def _api(self, site: Site, path: str, request: Request) -> Response:
        takes = {
            "/api/health": ("GET", "HEAD"),
            "/api/auth/bankid/initiate": ("GET", "HEAD", "POST"),
            "/api/auth/bankid/callback": ("GET", "HEAD"),
            "/api/klage": ("POST",),
            disclosure.PATH: ("GET", "HEAD"),
            **dict.fromkeys((site.webhook.path, *site.webhook.elsewhere), ("POST",)),
            BALANCE: ("GET", "HEAD"),
            **({"/api/auth/login": ("POST",)} if site.login.password else {}),
        }
        if path not in takes:
            return _refusal(404, "not_found", "Endepunktet finnes ikke.")
        if request.method not in takes[path]:
            return _refusal(405, "method_not_allowed", "Metoden er ikke tillatt her.")
        match path:
            case "/api/health":
                return self._health(site.health)
            case "/api/auth/bankid/initiate":
                return _to_bankid(site.login)
            case "/api/auth/bankid/callback":
                return _refusal(400, "invalid_state", "Innloggingen kunne ikke fullføres. Prøv igjen.")
            case "/api/auth/login":
                return _refusal(401, "invalid_credentials", "Feil e-post eller passord.")
            case "/api/accounts/balance" if path in site.lets_in:
                return JSONResponse({"data": {"accounts": [{"bank": "Eksempelbanken", "balance": 12345.67}]}})
            case "/api/accounts/balance":
                return _refusal(401, "unauthenticated", "Du må logge inn.")
            case "/api/klage":
                return _complaint(await request.body())
            case disclosure.PATH:
                return site.disclosure.answer(request.query_params)
        return await self._report(site.webhook, path, request)

    async def _report(self, webhook: Webhook, path: str, request: Request) -> Response:
        taken = self._receiver.take(webhook, path, await request.body(), request.headers)
        if taken.newcomer:
            await asyncio.to_thread(self._take_in, taken.newcomer)
        return _told(taken.status)

    def _health(self, health: Health) -> Response:
        if health.body is not None:
            return Response(health.body, health.status_code, media_type=health.content_type)
        told = {
            "status": health.status,
            "version": health.version,
            "uptime": round(health.up_for.total_seconds() + time.monotonic() - self._began),
            "checks": {"db": {"status": health.db}},
        }
        body = json.dumps({"data": told} if health.enveloped else told)
        return Response(body, health.status_code, {"Cache-Control": "no-store"}, health.content_type)


def bundle(site: Site) -> tuple[str, str]:
    """The path of the script, which changes with what is in it, and the script."""
    early = {
        "script cookie": 'document.cookie = "drop_analytics=1" + year;',
        "storage": 'localStorage.setItem("drop_analytics", "1");',
    }
    script = (
        pages.SCRIPT.replace("SETTINGS", json.dumps(dict(site.settings), separators=(",", ":")))
        .replace("IGNORES_REFUSAL", json.dumps(not site.consent.heeds_refusal))
        .replace("EARLY", "\n  ".join(early[way] for way in sorted(site.consent.early) if way in early))
    ) + site.script
    return f"/_next/static/chunks/main-{_digest(script)}.js", script


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _style_path() -> str:
    return f"/_next/static/css/{_digest(pages.STYLE)}.css"


def _asset(site: Site, path: str) -> Response | None:
    script_path, script = bundle(site)
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    if path == script_path and not site.bundle_missing:
        return Response(script, headers=kept, media_type="application/javascript")
    if path == _style_path():
        return Response(pages.STYLE, headers=kept, media_type="text/css")
    if path in ("/icon.svg", "/favicon.ico"):
        return Response(pages.ICON, media_type="image/svg+xml")
    return None


def _page(site: Site, page: Page, request: Request) -> Response:
    login = f'<a class="knapp" role="button" href="{site.login.link}">{html.escape(site.login.text)}</a>'
    body = page.body.replace("LOGIN", login if site.login.text else "")
    if "sendt" in request.query_params:
        body = pages.THANKS + body
    asks = site.consent.asked and "drop_consent" not in request.cookies
    links = "".join(f'<a href="{path}">{html.escape(text)}</a>' for path, text in site.links)
    title = html.escape(page.title)
    text = f"""<!DOCTYPE html>
<html lang="{page.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{_style_path()}">
<script src="{bundle(site)[0]}" defer></script>
{site.head}</head>
<body>
<header><a href="/">Drop</a></header>
<main>
<h1>{title}</h1>
{body}</main>
<footer><nav>{links}</nav><p>Drop AS, organisasjonsnummer 999 999 999</p></footer>
{_dialog(site.consent) if asks else ""}</body>
</html>
"""
    response = Response(text, page.status, {"Cache-Control": "private, no-store", "Content-Language": page.lang})
    response.headers["Content-Type"] = page.content_type
    if "drop_session" not in request.cookies:
        response.set_cookie("drop_session", secrets.token_urlsafe(24), secure=True, httponly=True, samesite="lax")
    if "header cookie" in site.consent.early:
        response.set_cookie("drop_analytics", "1", max_age=31536000, secure=True, samesite="lax")
    return response


def _dialog(consent: Consent) -> str:
    look = "knapp" if consent.equally_prominent else "svak"
    refuse = f'<button type="button" class="{look}" data-samtykke="necessary">Kun nødvendige</button>'
    below = {
        "first layer": refuse,
        "second layer": '<button type="button" class="svak" data-samtykke="more">Innstillinger</button>'
        f'<div id="flere-valg" hidden>{refuse}</div>',
        "nowhere": "",
    }[consent.refusal]
    box = '<label><input type="checkbox" name="statistikk" checked> Statistikk</label>' if consent.ticked_box else ""
    named, said = pages.QUESTIONS[consent.about]
    yes = '<button type="button" class="knapp" data-samtykke="all">Godta alle</button>'
    if consent.about == "newsletter":
        yes, below = yes.replace("Godta alle", "Ja takk"), below.replace("Kun nødvendige", "Nei takk")
    inside = f"<p>{said}</p>\n{box}<div>{yes}\n{below}</div>\n"
    if consent.shape == "region":
        return f'<div id="samtykke" class="kapsler" role="region" aria-label="{named}">\n{inside}</div>\n'
    headed = (
        f'<div id="samtykke" role="dialog" aria-labelledby="samtykke-tittel">\n<h2 id="samtykke-tittel">{named}</h2>'
    )
    if consent.shape == "shadow root":
        style = f'<link rel="stylesheet" href="{_style_path()}">'
        return f'<div><template shadowrootmode="open">{style}{headed}\n{inside}</div></template></div>\n'
    return f"{headed}\n{inside}</div>\n"


def _send_on(redirect: Redirect, host: str, request: Request) -> Response:
    origin = redirect.targets.get(host, f"https://{host}")
    return RedirectResponse(origin + (_path_and_query(request) if redirect.keeps_path else "/"), redirect.status)


def _path_and_query(request: Request) -> str:
    """As they were sent: decoded and quoted again they would not always be the same."""
    path, query = request.scope["raw_path"].decode("ascii"), request.scope["query_string"].decode("ascii")
    return f"{path}?{query}" if query else path


def _to_bankid(login: Login) -> Response:
    if login.status >= 400:
        return _refusal(login.status, "login_unavailable", "Innlogging er ikke tilgjengelig nå.")

    def token(name: str) -> str:
        if not login.fresh or name in login.repeats:
            return hashlib.sha256(name.encode()).hexdigest()
        return secrets.token_urlsafe(4 if login.short else 32)

    verifier = token("code_challenge")
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": login.client_id,
        "redirect_uri": login.redirect_uri,
        "response_type": login.response_type,
        "scope": login.scope,
        "state": token("state"),
        "nonce": token("nonce"),
        "code_challenge": challenge,
        "code_challenge_method": login.challenge_method,
    }
    query = urlencode([*((name, value) for name, value in asked.items() if name not in login.omits), *login.adds])
    if login.as_json:
        return JSONResponse({"url": f"{login.endpoint}?{query}"}, headers={"Cache-Control": "no-store"})
    return RedirectResponse(f"{login.endpoint}?{query}", login.status, {"Cache-Control": "no-store"})


def _complaint(body: bytes) -> Response:
    if not {"navn", "e-post", "beskrivelse"} <= parse_qs(body.decode("utf-8", "replace")).keys():
        return _refusal(422, "missing_fields", "Fyll ut navn, e-post og beskrivelse.")
    return RedirectResponse("/klage?sendt=1", 303)


def _told(status: int) -> Response:
    match status:
        case 200:
            return JSONResponse({"data": {"received": True}})
        case 400:
            return _refusal(400, "invalid_body", "Meldingen kan ikke leses.")
        case 401:
            return _refusal(401, "invalid_signature", "Signaturen stemmer ikke.")
    return _refusal(status, "unknown_applicant", "Søkeren er ukjent.")


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status, {"Cache-Control": "no-store"})
