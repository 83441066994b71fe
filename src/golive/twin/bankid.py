"""
A stand-in for BankID's OpenID provider: discovery, authorization, pushed requests (RFC 9126), tokens, and the keys.

It knows its clients, says so as Keycloak does (an error page of its own, never a redirect to an address that it does
not know), and lets nobody in: there is no person here whose BankID it could check.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote_plus, urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

HOST = "auth.bankid.no"
ADDRESS = "192.0.2.20"
REALM = "/auth/realms/prod"

CALLBACK = "https://getdrop.no/api/auth/bankid/callback"
MOBILE_CALLBACK = "drop://auth/callback"

_PUSHED = "urn:ietf:params:oauth:request_uri:"
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 4.2


@dataclass(frozen=True, slots=True)
class Client:
    """One registration at the provider; redirect addresses are compared letter by letter."""

    secret: str
    redirect_uris: tuple[str, ...] = (CALLBACK, MOBILE_CALLBACK)
    scopes: tuple[str, ...] = ("openid", "profile")
    error: str = ""  # with which whoever asks well is sent back: its login is not enabled, or BankID is not well


@dataclass(frozen=True, slots=True)
class Provider:
    """
    Whom the provider knows and what it says of itself.

    *said* replaces or adds to the discovery document, and takes away what it names None.
    """

    clients: Mapping[str, Client]
    issuer: str = f"https://{HOST}{REALM}"
    said: Mapping[str, object] = field(default_factory=dict)
    takes_any_client: bool = False
    takes_any_redirect: bool = False
    takes_any_secret: bool = False
    needs_pushed_requests: bool = False
    refuses_pushed_requests: bool = False
    login_at: str = ""  # another address, where a login goes on
    clock_shift: timedelta = timedelta()
    ailment: Ailment = ""
    delay: float = 0.0


def healthy(client_id: str, client_secret: str) -> Provider:
    """BankID as it is when Drop's client is registered."""
    return Provider(
        {client_id: Client(client_secret), "another-merchant": Client("of-no-use", ("https://shop.example/",))}
    )


class BankIDFace(Front):
    """The provider on the wire."""

    def __init__(
        self,
        provider: Callable[[], Provider],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        def mood(_: Door) -> Mood:
            now = provider()
            return Mood(now.ailment, now.delay, now.clock_shift)

        self._application = _Application(provider)
        super().__init__(
            {Door(ADDRESS, 443): self._application},
            mood,
            lambda host: authority.context(pick(certificates(), host, HOST)),
        )

    def swapped(self) -> None:
        """Another world knows nothing of what was pushed in the former one."""
        self._application.pushed.clear()
        super().swapped()


class _Application:
    def __init__(self, provider: Callable[[], Provider]) -> None:
        self._provider = provider
        self._keys = {"keys": [_public_key()]}
        self.pushed: dict[str, QueryParams] = {}  # request_uri → what it stands for, until it is used

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(self._provider(), request)
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    async def _answer(self, provider: Provider, request: Request) -> Response:
        match request.method, request.url.path.removeprefix(REALM):
            case "GET", "/.well-known/openid-configuration":
                return JSONResponse(discovery(provider))
            case "GET", "/precheck/auth":
                return self._authorize(provider, request.query_params)
            case "POST", "/protocol/openid-connect/ext/par/request":
                return self._push(provider, request, await _form(request))
            case "POST", "/protocol/openid-connect/token":
                return _token(provider, request, await _form(request))
            case "GET", "/protocol/openid-connect/certs":
                return JSONResponse(self._keys)
        return JSONResponse({"error": "HTTP 404 Not Found"}, 404)

    def _authorize(self, provider: Provider, asked: QueryParams) -> Response:
        if reference := asked.get("request_uri"):
            stored = self.pushed.pop(reference, None)
            if stored is None or stored.get("client_id") != asked.get("client_id"):
                return _error_page("Forespørselen finnes ikke eller er utløpt.")
            return _authorize(provider, stored)
        if provider.needs_pushed_requests:
            return _error_page("Forespørselen må sendes inn på forhånd.")
        return _authorize(provider, asked)

    def _push(self, provider: Provider, request: Request, said: QueryParams) -> Response:
        """The same checks as at the authorization endpoint, answered in JSON to the client itself."""
        name, refusal = _identified(provider, request, said)
        if refusal is not None:
            return refusal
        if provider.refuses_pushed_requests:
            return _wrong("unauthorized_client", "Client not allowed to push requests")
        client = provider.clients[name]
        if said.get("redirect_uri", "") not in client.redirect_uris and not provider.takes_any_redirect:
            return _wrong("invalid_request", "Invalid parameter: redirect_uri")
        asked = QueryParams({**said, "client_id": name})
        if error := _protocol_error(asked, client):
            return _wrong(error, "Invalid request")
        reference = _PUSHED + secrets.token_urlsafe(32)
        self.pushed[reference] = asked
        return JSONResponse({"request_uri": reference, "expires_in": 60}, 201)


def discovery(provider: Provider) -> dict[str, object]:
    """The document that the provider publishes about itself."""
    realm = f"https://{HOST}{REALM}"
    told: dict[str, object] = {
        "issuer": provider.issuer,
        "authorization_endpoint": f"{realm}/precheck/auth",
        "token_endpoint": f"{realm}/protocol/openid-connect/token",
        "introspection_endpoint": f"{realm}/protocol/openid-connect/token/introspect",
        "jwks_uri": f"{realm}/protocol/openid-connect/certs",
        "userinfo_endpoint": "https://userinfo.bankid.no/userinfo",
        "end_session_endpoint": f"{realm}/protocol/openid-connect/logout",
        "pushed_authorization_request_endpoint": f"{realm}/protocol/openid-connect/ext/par/request",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
        "scopes_supported": ["openid", "profile", "nnin", "nnin_altsub", "phone", "email", "address", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "require_pushed_authorization_requests": provider.needs_pushed_requests,
        **provider.said,
    }
    return {name: value for name, value in told.items() if value is not None}


def _authorize(provider: Provider, asked: QueryParams) -> Response:
    known = provider.clients.get(asked.get("client_id", ""))
    if known is None and not provider.takes_any_client:
        return _error_page("Tjenesten er ikke kjent hos BankID.")
    back = asked.get("redirect_uri", "")
    if not provider.takes_any_redirect and known is not None and back not in known.redirect_uris:
        return _error_page("Adressen som skulle ta imot svaret, er ikke registrert.")
    if error := _protocol_error(asked, known) or (known.error if known else ""):
        told = {"error": error, **({"state": asked["state"]} if "state" in asked else {})}
        return RedirectResponse(f"{back}?{urlencode(told)}", 303)
    if provider.login_at:
        return RedirectResponse(provider.login_at, 303)
    return _screen("BankID", "<p>Velg hvordan du vil legitimere deg.</p><button type='button'>BankID-appen</button>")


def _protocol_error(asked: QueryParams, client: Client | None) -> str | None:
    """What is wrong with a request whose sender is known: this goes back to the sender."""
    scopes = set(asked.get("scope", "").split())
    names = [name for name, _ in asked.multi_items()]
    if len(names) != len(set(names)):
        return "invalid_request"  # Keycloak: "duplicated parameter"
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in scopes or (client is not None and not scopes <= set(client.scopes)):
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(asked.get("code_challenge", "")):
        return "invalid_request"
    return "login_required" if asked.get("prompt") == "none" else None


def _error_page(reason: str) -> Response:
    return _screen("Noe gikk galt", f"<p>{html.escape(reason)}</p>", 400)


def _screen(heading: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(
        '<!DOCTYPE html>\n<html lang="nb"><head><meta charset="utf-8"><title>BankID</title>'
        f'<link rel="icon" href="data:,"></head>\n<body><main><h1>{heading}</h1>{body}</main></body></html>\n',
        status,
    )


async def _form(request: Request) -> QueryParams:
    """The fields of a form, "" for none; what is sent in another way is not read."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return QueryParams()
    return QueryParams((await request.body()).decode("utf-8", "replace"))


def _identified(provider: Provider, request: Request, said: QueryParams) -> tuple[str, Response | None]:
    """Who asks, and what such a caller is told who is not who they say; Basic counts before the form."""
    name, secret = _credentials(request) or (said.get("client_id", ""), said.get("client_secret", ""))
    known = provider.clients.get(name)
    if known is not None and (provider.takes_any_secret or secret == known.secret):
        return name, None
    kind = "invalid_client" if known is None else "unauthorized_client"
    told = {"error": kind, "error_description": "Invalid client or Invalid client credentials"}
    return name, JSONResponse(told, 401)


def _token(provider: Provider, request: Request, said: QueryParams) -> Response:
    name, refusal = _identified(provider, request, said)
    if refusal is not None:
        return refusal
    match said.get("grant_type"):
        case "authorization_code" if "code" not in said:
            return _wrong("invalid_request", "Missing parameter: code")
        case "authorization_code":
            return _wrong("invalid_grant", "Code not valid")  # nobody has ever been given one here
        case "refresh_token":
            return _wrong("invalid_grant", "Invalid refresh token")
        case "client_credentials":
            return _wrong("unauthorized_client", f"Client {name} not enabled to retrieve service account", 401)
        case None:
            return _wrong("invalid_request", "Missing form parameter: grant_type")
    return _wrong("unsupported_grant_type", "Unsupported grant_type")


def _wrong(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)


def _public_key() -> dict[str, str]:
    """A key to check its tokens by, though it never signs one."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode() for number in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "twin", "x": x, "y": y}


def _credentials(request: Request) -> tuple[str, str] | None:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(name), unquote_plus(secret)
