"""
A stand-in for Sumsub's API, as far as a go-live gate asks it: signed calls, the API's own health, the registered
webhooks and the review of an applicant.

Every call is signed as https://docs.sumsub.com/reference/authentication says: HMAC-SHA256 with the token's secret over
timestamp, method, path with query, and body. Errors carry the vendor's codes and names. The list of webhooks is served
at both paths that the vendor's own texts name, its keys included, as Sumsub does.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

HOST = "api.sumsub.com"
ADDRESS = "192.0.2.55"

RECEIVER = "https://getdrop.no/api/kyc/webhook"
OURS = "691f7e"  # the registration of the product's own receiver
TEST_APPLICANT = "69a41d7f3c2b5e0918f7a6d4"  # a colleague's own, who went through the flow for the launch

_SKEW = 60  # seconds that a request may be away from Sumsub's clock
_OLDEST = 50  # the list of webhooks is cut there
_LISTS = ("/resources/clientWebhooks", "/resources/api/clientWebhooks")


@dataclass(frozen=True, slots=True)
class Token:
    """An app token, made in the dashboard; which environment it is of stands in its first letters."""

    secret: str
    permissions: frozenset[str]
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Webhook:
    """A registration in the webhook manager."""

    id: str
    name: str
    target: str
    key: str
    types: tuple[str, ...]
    target_type: str = "http"
    algorithm: str = "HMAC_SHA256_HEX"
    disabled: bool = False
    resends: bool = True
    sandbox: bool = False
    applicants: str | None = "individual"  # on whom it reports


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who is being verified; *answer* and *reject_type* are there when a review has ended."""

    status: str
    created_at: datetime
    answer: str | None = None
    reject_type: str | None = None
    reviewed_at: datetime | None = None
    level: str = "drop-basic-kyc"
    attempts: int = 1
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """One client of Sumsub. *gate* is the token that the gate was given; *believes* lets any signature pass."""

    gate: str
    tokens: Mapping[str, Token]
    webhooks: tuple[Webhook, ...]
    applicants: Mapping[str, Applicant]
    believes: bool = False
    knows_everybody: bool = False
    clock_shift: timedelta = timedelta()
    ailment: Ailment = ""
    delay: float = 0.0

    def token(self, name: str, **changes: Any) -> Account:
        """The same, with these fields of the token *name* changed."""
        return replace(self, tokens={**self.tokens, name: replace(self.tokens[name], **changes)})

    def without(self, token: str) -> Account:
        """The same, with *token* revoked."""
        return replace(self, tokens={name: kept for name, kept in self.tokens.items() if name != token})

    def registering(self, **changes: Any) -> Account:
        """The same, with these fields of the webhook to the product changed."""
        hooks = (replace(hook, **changes) if hook.id == OURS else hook for hook in self.webhooks)
        return replace(self, webhooks=tuple(hooks))

    def reviewing(self, **changes: Any) -> Account:
        """The same, with these fields of the colleague's review changed."""
        changed = replace(self.applicants[TEST_APPLICANT], **changes)
        return replace(self, applicants={**self.applicants, TEST_APPLICANT: changed})


def healthy(now: datetime, token: str, secret: str, key: str) -> Account:
    """
    The service's *token* with its *secret*, a webhook signed by *key*, and a colleague who was approved.

    Beside them what gathers in such an account: a former receiver that is switched off, a message to a mailbox, the
    sandbox's webhook and token, an applicant who was turned down and one who waits.
    """
    gate, sandbox = (f"{mark}:{secrets.token_urlsafe(18)}.{secrets.token_urlsafe(24)}" for mark in ("prd", "sbx"))
    service = frozenset({"viewApplicants", "manageApplicants"})
    reports = ("applicantPending", "applicantReviewed", "applicantOnHold", "applicantReset", "applicantDeleted")
    return Account(
        gate=gate,
        tokens={
            token: Token(secret, service),
            gate: Token(secrets.token_urlsafe(24), frozenset({"viewApplicants", "manageClientSettings"})),
            sandbox: Token(secrets.token_urlsafe(24), service),
        },
        webhooks=(
            Webhook(
                "68b02c",
                "first try",
                "https://drop-staging.fly.dev/api/webhooks/sumsub",
                "x" * 20,
                reports,
                disabled=True,
            ),
            Webhook("690c11", "sandbox", RECEIVER, secrets.token_urlsafe(24), reports, sandbox=True),
            Webhook(OURS, "Drop", RECEIVER, key, reports),
            Webhook("692a03", "to the office", "kyc@getdrop.no", "", ("applicantOnHold",), target_type="email"),
        ),
        applicants={
            TEST_APPLICANT: Applicant(
                "completed", now - timedelta(days=2), "GREEN", reviewed_at=now - timedelta(days=2, minutes=-9)
            ),
            "69a2f0c41b7d9e8536a0c2f1": Applicant(
                "completed", now - timedelta(days=4), "RED", "RETRY", now - timedelta(days=4, minutes=-3)
            ),
            "69a5b3e92d4c6f7081e5d3b7": Applicant("pending", now - timedelta(minutes=6)),
            "69a0aa117e3f5d2c9b8406fa": Applicant(
                "completed", now - timedelta(days=9), "GREEN", reviewed_at=now - timedelta(days=9), sandbox=True
            ),
        },
    )


class SumsubFace(Front):
    """The API on the wire."""

    def __init__(
        self,
        account: Callable[[], Account],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        def mood(_: Door) -> Mood:
            now = account()
            return Mood(now.ailment, now.delay, now.clock_shift)

        super().__init__(
            {Door(ADDRESS, 443): _Application(account)},
            mood,
            lambda host: authority.context(pick(certificates(), host, HOST)),
        )


@dataclass(frozen=True, slots=True)
class _Application:
    account: Callable[[], Account]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await _answer(self.account(), request, await request.body())(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Caller:
    sandbox: bool
    permissions: frozenset[str] = field(default_factory=frozenset)


def _answer(account: Account, request: Request, body: bytes) -> Response:
    caller = _caller(account, request, body)
    if isinstance(caller, Response):
        return caller
    path = request.url.path
    applicant = re.fullmatch(r"/resources/applicants/([^/]+)/status", path)
    if request.method != "GET" or not (path == "/resources/status/api" or path in _LISTS or applicant):
        return _no(404, "HTTP 404 Not Found")
    if applicant:
        return _review(account, caller, applicant[1])
    if path in _LISTS:
        return _webhooks(account, caller)
    return JSONResponse({})


def _caller(account: Account, request: Request, body: bytes) -> _Caller | Response:
    """Who calls, or how Sumsub refuses: token first, then signature, then time, then the token's own end."""
    name, said, ts = (request.headers.get(f"x-app-{part}", "") for part in ("token", "access-sig", "access-ts"))
    if not (name and said and ts):
        return _no(401, "App token, timestamp and signature are required", 4000, "app-token-invalid-format")
    token = account.tokens.get(name)
    if token is None and not account.believes:
        return _no(401, "Invalid app token", 4002, "app-token-private-part-mismatch")
    token = token or Token("", frozenset())
    path, query = request.scope["raw_path"].decode("ascii"), request.scope["query_string"].decode("ascii")
    signed = f"{ts}{request.method}{path}{'?' + query if query else ''}".encode() + body
    right = hmac.new(token.secret.encode(), signed, hashlib.sha256).hexdigest()
    if not (hmac.compare_digest(right.encode(), said.encode()) or account.believes):
        return _no(401, "Request signature mismatch", 4003, "app-token-signature-mismatch")
    clock = time.time() + account.clock_shift.total_seconds()
    if not ts.isdecimal() or abs(clock - int(ts)) > _SKEW:
        return _no(401, "Request signature expired", 4004, "app-token-request-expired")
    if token.expired:
        return _no(401, "App token expired")
    return _Caller(name.startswith("sbx:"), token.permissions)


def _webhooks(account: Account, caller: _Caller) -> Response:
    if "manageClientSettings" not in caller.permissions:
        return _no(403, "Not enough permissions")
    shown = [hook for hook in account.webhooks if hook.sandbox == caller.sandbox][:_OLDEST]
    items = [
        {
            "id": hook.id,
            "name": hook.name,
            "target": hook.target,
            "targetType": hook.target_type,
            "types": list(hook.types),
            "secretKey": hook.key,
            "signatureAlgorithm": hook.algorithm,
            "headers": [],
            "disabled": hook.disabled,
            "notResendFailedWebhooks": not hook.resends,
            "applicantType": hook.applicants,
        }
        for hook in shown
    ]
    return JSONResponse({"list": {"items": items, "totalItems": len(items)}})


def _review(account: Account, caller: _Caller, who: str) -> Response:
    if "viewApplicants" not in caller.permissions:
        return _no(403, "Not enough permissions")
    applicant = account.applicants.get(who)
    if applicant is None and account.knows_everybody:
        applicant = account.applicants[TEST_APPLICANT]
    if applicant is None:
        return _no(404, f"Applicant {who} not found")
    if applicant.sandbox != caller.sandbox:
        return _no(401, "The applicant belongs to another environment")
    told: dict[str, object] = {
        "reviewId": f"rev{who[:12]}",
        "attemptId": f"att{who[:12]}",
        "attemptCnt": applicant.attempts,
        "elapsedSincePendingMs": 540_000,
        "levelName": applicant.level,
        "createDate": _stamp(applicant.created_at),
        "reviewStatus": applicant.status,
    }
    if applicant.reviewed_at:
        told["reviewDate"] = _stamp(applicant.reviewed_at)
    if applicant.answer:
        result = {"reviewAnswer": applicant.answer, "reviewRejectType": applicant.reject_type}
        told["reviewResult"] = {name: value for name, value in result.items() if value}
    return JSONResponse(told)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S+0000")


def _no(status: int, description: str, code: int | None = None, name: str = "") -> Response:
    said: dict[str, object] = {
        "description": description,
        "code": status,
        "correlationId": f"req-{secrets.token_hex(16)}",
    }
    return JSONResponse({**said, "errorCode": code, "errorName": name} if code else said, status)
