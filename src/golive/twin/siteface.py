"""
The site on the wire: what it answers to whom, over HTTPS and over plain HTTP. Beside it stands a parked page at another
address, for a name that points astray.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from golive.twin import disclosure, pages
from golive.twin.authority import Authority, Certificate, pick
from golive.twin.markup import asset, written
from golive.twin.receiver import Receiver, Webhook
from golive.twin.site import (
    ADDRESSES,
    APEX,
    BALANCE,
    EDGES,
    ELSEWHERE,
    HOSTS,
    SIGN_UP,
    Group,
    Health,
    Login,
    Page,
    Redirect,
    Site,
)
from golive.twin.web import Door, Front, Mood


class SiteFace(Front):
    """The site on the wire."""

    def __init__(
        self,
        site: Callable[[], Site],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
        take_in: Callable[[str], None] = lambda _: None,
        hear: Callable[[], None] = lambda: None,
    ) -> None:
        """
        *take_in* makes a customer of the applicant with that id: a careless receiver of reports does that.

        *hear* is told of each request.
        """
        self.receiver = Receiver()
        doors = [Door(address, port) for address in ADDRESSES for port in (443, 80)]
        astray = [Door(ELSEWHERE, port) for port in (443, 80)]
        site_app = _Application(site, self.receiver, take_in, hear)
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

    def start(self) -> dict[str, int]:
        """The edges of a CDN are doors to the same site: whatever it keeps, it would not be another."""
        ports = super().start()
        behind = {f"{edge}:{port}": ports[f"{ADDRESSES[0]}:{port}"] for edge in EDGES for port in (443, 80)}
        return {**ports, **behind}

    def swapped(self) -> None:
        """The reports that came belong to the former world."""
        self.receiver.forget()
        super().swapped()


class _Application:
    """Answers as the site of this moment does."""

    def __init__(
        self, site: Callable[[], Site], receiver: Receiver, take_in: Callable[[str], None], hear: Callable[[], None]
    ) -> None:
        self._site = site
        self._receiver = receiver
        self._take_in = take_in
        self._hear = hear
        self._began = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        site, request = self._site(), Request(scope, receive)
        self._hear()
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
            return "error", written(site, site.not_found, request)
        if request.method == "POST" and site.posts_forbidden:
            return "error", _refusal(403, "forbidden", "Forespørselen er stanset.")
        if origin := site.moved.get(host):
            return "redirect", RedirectResponse(origin + _path_and_query(request), 308)
        if path in site.busy:
            return "error", Response("Too Many Requests", 429, {"Retry-After": "30"}, "text/plain")
        if path.startswith("/api/") or path in site.webhook.elsewhere:
            response = await self._api(site, path, request)
            return ("redirect" if 300 <= response.status_code < 400 else "api"), response
        if found := asset(site, path):
            return "asset", found
        if request.method not in ("GET", "HEAD"):
            return "error", Response(status_code=405, headers={"Allow": "GET, HEAD"})
        if path in site.private:
            if path in site.lets_in:
                return "page", written(site, Page("Oversikt", pages.DASHBOARD), request)
            return "redirect", RedirectResponse(site.private_leads_to, 302)
        if path == SIGN_UP and not (site.opened or path in site.lets_in):
            return "redirect", RedirectResponse(site.sign_up_leads_to, 302)
        if path in site.pages:
            page = site.pages[path]
            return ("page" if page.status < 400 else "error"), written(site, page, request)
        if site.missing_leads_to not in ("", str(request.url)):
            return "redirect", RedirectResponse(site.missing_leads_to, 302)
        return "error", written(site, site.not_found, request)

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
        hidden = path == "/api/auth/login" and not site.login.password_shown and request.method != "POST"
        if path not in takes or hidden:
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
