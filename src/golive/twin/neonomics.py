"""
A stand-in for Neonomics, production and sandbox: Keycloak's tokens, banks, sessions, and payments up to the point where
a person at a bank must approve.

It tells its errors as Neonomics does, by HTTP 510 (the caller's fault), 520 (its own) and 530 (the bank's). No bank is
behind it, and no consent is ever given. https://docs.neonomics.io/docs/error-handling
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import parse_qs
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

PRODUCTION_HOST = "production.neonomics.io"
SANDBOX_HOST = "sandbox.neonomics.io"
ADDRESSES = {PRODUCTION_HOST: "192.0.2.130", SANDBOX_HOST: "192.0.2.131"}

SANDBOX_PERSON = "39915098765"  # nobody's: no month has that many days

Turn = Literal["approval", "consent", "exempt", "no link"]
"""What the bank wants before it pays: the payer's approval, a consent first, or nothing; or it forgets the link."""


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank in the list. *asks_who* banks want the payer's national number."""

    id: str
    name: str
    bic: str
    country: str = "NO"
    services: tuple[str, ...] = ("accounts", "domestic-transfer", "sepa-credit")
    status: str | None = "AVAILABLE"
    asks_who: bool = False


@dataclass(frozen=True, slots=True)
class Realm:
    """One of its two environments, and the one client that it knows; *key* is for national numbers."""

    name: str
    client_id: str
    client_secret: str
    key: bytes
    banks: tuple[Bank, ...]
    lifetime: int = 3600
    limit: Decimal = Decimal(10_000)  # of one payment
    turn: Turn = "approval"
    fails: tuple[int, str] | None = None  # how every payment fails: HTTP status and code
    takes_any_secret: bool = False
    takes_any_token: bool = False
    takes_any_bank: bool = False
    ailment: Ailment = ""
    delay: float = 0.0
    clock_shift: timedelta = timedelta()

    def bank(self, name: str) -> Bank | None:
        """The bank of that id; where any is taken, the first stands in."""
        found = next((bank for bank in self.banks if bank.id == name), None)
        return self.banks[0] if found is None and self.takes_any_bank else found


@dataclass(frozen=True, slots=True)
class Neonomics:
    """Both environments; a client of one is unknown in the other."""

    production: Realm
    sandbox: Realm


NORWEGIAN = (
    Bank("RG5CLnYxRE5CQU5PS0s=", "DNB", "DNBANOKK", asks_who=True),
    Bank("U2Jhbmtlbi52MVNCQUtOT0JC", "Sbanken", "SBAKNOBB", status="MAINTENANCE"),
    Bank("U3BhcmViYW5rZW4gMS52MVNQVFJOTzIy", "SpareBank 1", "SPTRNO22"),
    Bank("Tm9yZGVhLnYxTkRFQU5PS0s=", "Nordea", "NDEANOKK", services=("accounts",)),
)
FOREIGN = (Bank("U0VCLnYxRVNTRVNFU1M=", "SEB", "ESSESESS", country="SE"),)


def healthy(client_id: str, client_secret: str) -> Neonomics:
    """Our client is known in production; the sandbox has one of its own. One bank is under maintenance."""
    banks = (*NORWEGIAN, *FOREIGN)
    return Neonomics(
        Realm("production", client_id, client_secret, secrets.token_bytes(32), banks),
        Realm("sandbox", str(uuid4()), str(uuid4()), secrets.token_bytes(16), banks),
    )


@dataclass(slots=True)
class _Kept:
    """What was issued and opened since the last swap."""

    tokens: dict[str, float] = field(default_factory=dict)  # token → when it ends, monotonic
    renewals: set[str] = field(default_factory=set)
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)  # id → bank, device
    payments: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class NeonomicsFace(Front):
    """Both environments on the wire, each at an address of its own."""

    def __init__(
        self,
        neonomics: Callable[[], Neonomics],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        realms: dict[str, Callable[[], Realm]] = {
            PRODUCTION_HOST: lambda: neonomics().production,
            SANDBOX_HOST: lambda: neonomics().sandbox,
        }
        by_address = {ADDRESSES[host]: realm for host, realm in realms.items()}

        def mood(door: Door) -> Mood:
            now = by_address[door.address]()
            return Mood(now.ailment, now.delay, now.clock_shift)

        self._apps_of = {host: _Application(host, realm) for host, realm in realms.items()}
        apps: dict[Door, ASGIApp] = {Door(ADDRESSES[host], 443): app for host, app in self._apps_of.items()}
        super().__init__(apps, mood, lambda host: authority.context(pick(certificates(), host, PRODUCTION_HOST)))

    def swapped(self) -> None:
        """Tokens, sessions and payments of the former world are gone."""
        for app in self._apps_of.values():
            app.kept = _Kept()
        super().swapped()


class _Application:
    def __init__(self, host: str, realm: Callable[[], Realm]) -> None:
        self._host = host
        self._realm = realm
        self.kept = _Kept()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(self._realm(), request)
        response.headers["x-request-id"] = str(uuid4())
        await response(scope, receive, send)

    async def _answer(self, realm: Realm, request: Request) -> Response:
        path = request.url.path
        if path == f"/auth/realms/{realm.name}/protocol/openid-connect/token":
            if request.method != "POST":
                return JSONResponse({"error": "RESTEASY003650: No resource method found"}, 405)
            return self._issue(realm, (await request.body()).decode("utf-8", "replace"))
        if not path.startswith("/ics/v3/"):
            return JSONResponse({"error": "RESTEASY003210: Could not find resource for full path"}, 404)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        ends = self.kept.tokens.get(token, 0.0)
        if scheme.lower() != "bearer" or not (realm.takes_any_token or ends > time.monotonic()):
            return JSONResponse({"error": "invalid_token", "message": "The access token is not valid."}, 401)
        if not (device := request.headers.get("x-device-id", "")):
            return _no("1002", "Missing x-device-id")
        return await self._api(realm, request, path.removeprefix("/ics/v3/").split("/"), device)

    def _issue(self, realm: Realm, body: str) -> Response:
        said = {name: values[0] for name, values in parse_qs(body).items()}
        known = said.get("client_id") == realm.client_id
        if not known or not (realm.takes_any_secret or said.get("client_secret") == realm.client_secret):
            # Keycloak's words for both, so that nobody learns which clients there are.
            told = {"error": "unauthorized_client", "error_description": "Invalid client or Invalid client credentials"}
            return JSONResponse(told, 401)
        match said.get("grant_type"):
            case "client_credentials":
                pass
            case "refresh_token":
                if said.get("refresh_token") not in self.kept.renewals:
                    told = {"error": "invalid_grant", "error_description": "Invalid refresh token"}
                    return JSONResponse(told, 400)
            case _:
                return JSONResponse({"error": "unsupported_grant_type"}, 400)
        token, renewal = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        self.kept.tokens[token] = time.monotonic() + realm.lifetime
        self.kept.renewals.add(renewal)
        return JSONResponse(
            {
                "access_token": token,
                "expires_in": realm.lifetime,
                "refresh_expires_in": 7200,
                "refresh_token": renewal,
                "token_type": "bearer",
                "session_state": str(uuid4()),
                "scope": "",
            }
        )

    async def _api(self, realm: Realm, request: Request, path: list[str], device: str) -> Response:
        match request.method, path:
            case "GET", ["banks"]:
                wanted = request.query_params.get("countryCode")
                return JSONResponse([_told(bank) for bank in realm.banks if wanted in (None, bank.country)])
            case "GET", ["banks", name]:
                bank = realm.bank(name)
                return JSONResponse(_told(bank)) if bank else _no("1003", "Bank not found")
            case "POST", ["session"]:
                return self._open(realm, await _json(request), device)
            case "GET", ["session", name] if name in self.kept.sessions:
                opened, _ = self.kept.sessions[name]
                return JSONResponse({"sessionId": name, "bankId": opened, "createdAt": int(time.time() * 1000)})
            case "DELETE", ["session", name] if name in self.kept.sessions:
                del self.kept.sessions[name]
                return Response(status_code=204)
        session = self.kept.sessions.get(request.headers.get("x-session-id", ""))
        if session is None or session[1] != device:
            return _no("1004", "Session not found")
        match request.method, path:
            case "GET", ["accounts"]:
                return self._consent(request)
            case "POST", ["payments", "domestic-transfer"]:
                return self._pay(realm, await _json(request), request, session[0])
            case "GET", ["payments", "domestic-transfer", name, "authorize"] if name in self.kept.payments:
                href = f"https://bank.example/approve?payment={name}"
                link = {"type": "GET", "rel": "Authorization URL", "href": href, "meta": None}
                return JSONResponse({"paymentId": name, "message": "Follow the link", "links": [link]})
        return _no("1005", "Not found")

    def _open(self, realm: Realm, said: Mapping[str, Any] | None, device: str) -> Response:
        bank = realm.bank(str((said or {}).get("bankId", "")))
        if bank is None:
            return _no("1003", "Bank not found")
        name = secrets.token_hex(16)
        self.kept.sessions[name] = (bank.id, device)
        return JSONResponse({"sessionId": name}, 201)

    def _consent(self, request: Request) -> Response:
        href = f"https://{self._host}/ics/v3/consent/{request.headers['x-session-id']}"
        link = {"type": "GET", "rel": "consent", "href": href, "meta": None}
        return _no("1426", "Consent required", kind="CONSENT", links=[link])

    def _pay(self, realm: Realm, said: Mapping[str, Any] | None, request: Request, bank_id: str) -> Response:
        bank = realm.bank(bank_id)
        assert bank is not None, "it was there when the session was opened"
        if realm.fails is not None:
            status, code = realm.fails
            return _no(code, "It did not work", status=status, kind="NETWORK")
        if "domestic-transfer" not in bank.services:
            return _no("1063", "Not supported by this bank")
        if (refused := _wrong_order(said or {}, realm.limit)) is not None:
            return refused
        if bank.asks_who and not _is_person(request.headers.get("x-psu-id", ""), realm.key):
            return _no("1006", "Missing or unreadable x-psu-id")
        if realm.turn == "consent":
            return self._consent(request)
        name = secrets.token_hex(12)
        self.kept.payments[name] = said or {}
        if realm.turn == "exempt":
            return JSONResponse({"paymentId": name, "status": "RCVD"}, 201)
        href = f"https://{self._host}/ics/v3/payments/domestic-transfer/{name}/authorize"
        link = {"type": "GET", "rel": "payment", "href": href, "meta": {"id": name}}
        links = [] if realm.turn == "no link" else [link]
        return _no("1428", "Payment authorization required", kind="CONSENT", links=links)


def _told(bank: Bank) -> dict[str, object]:
    said: dict[str, object] = {
        "countryCode": bank.country,
        "bankingGroupName": bank.name,
        "personalIdentificationRequired": bank.asks_who,
        "id": bank.id,
        "bankDisplayName": bank.name,
        "supportedServices": list(bank.services),
        "bic": bank.bic,
        "bankOfficialName": f"{bank.name} ASA",
    }
    return said if bank.status is None else {**said, "status": bank.status}


def _wrong_order(said: Mapping[str, Any], limit: Decimal) -> Response | None:
    """What is refused before any bank hears of it. Codes that its documentation does not give are ours."""
    texts = [said.get(name) for name in ("debtorName", "creditorName", "currency", "remittanceInformationUnstructured")]
    if not all(isinstance(text, str) and text for text in texts) or len(str(texts[3])) > 140:
        return _no("1007", "A member is missing or too long")
    if any(re.search(r"[^0-9A-Za-zÆØÅæøåÄÖäö .-]", str(said[name])) for name in ("debtorName", "creditorName")):
        return _no("1048", "Forbidden character in a name")
    for side in ("debtorAccount", "creditorAccount"):
        account = said.get(side)
        if not isinstance(account, dict) or not _is_iban(str(account.get("iban", ""))):
            return _no("1008", f"{side} is no account")
    try:
        amount = Decimal(str(said.get("instrumentedAmount", "")))
    except InvalidOperation:
        return _no("1009", "instrumentedAmount is no amount")
    return None if Decimal(0) < amount <= limit else _no("1023", "Amount outside the limit")


def _is_iban(text: str) -> bool:
    """ISO 13616: the check digits are such that the whole leaves 1 modulo 97."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def _is_person(shown: str, key: bytes) -> bool:
    """Whether a national number comes out of IV, ciphertext and tag."""
    try:
        sealed = base64.b64decode(shown, validate=True)
        number = AESGCM(key).decrypt(sealed[:12], sealed[12:], None).decode()
    except (binascii.Error, ValueError, InvalidTag):
        return False
    return re.fullmatch(r"\d{11}", number) is not None


async def _json(request: Request) -> Mapping[str, Any] | None:
    try:
        said = await request.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _no(
    code: str, message: str, *, status: int = 510, kind: str = "BAD_REQUEST", links: list[dict[str, Any]] | None = None
) -> Response:
    source = {520: "NEONOMICS", 530: "BANK"}.get(status, "CLIENT")
    return JSONResponse(
        {
            "id": str(uuid4()),
            "errorCode": code,
            "message": message,
            "source": source,
            "type": kind,
            "timestamp": int(time.time() * 1000),
            "links": links or [],
        },
        status,
    )
