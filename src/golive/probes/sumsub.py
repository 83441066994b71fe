"""
Sumsub's API: does it take our calls, where does it send its reports, what became of an applicant?

Calls are signed (https://docs.sumsub.com/reference/authentication). The gate has a token of its own; the service's is
used for one question alone, whether Sumsub takes it. Every look depends on a control: Sumsub must refuse a wrong
signature and an unknown token, or what it takes says nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreadable
from golive.probes.http import Reply, exchange
from golive.probes.look import Look, Permission
from golive.probes.secrets import fingerprint, text_of

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

SUMSUB = "Sumsub"
TOKEN, SECRET = "SUMSUB_APP_TOKEN", "SUMSUB_SECRET_KEY"  # what the service is given: names, not values

Mark = Literal["prd:", "sbx:", ""]
MARKS: Mapping[str, Mark] = {"production": "prd:", "sandbox": "sbx:"}
# Whom Sumsub verifies, as its reports name them (https://docs.sumsub.com/docs/user-verification-webhooks).
APPLICANTS = frozenset({"individual", "company"})

_HEALTH = "/resources/status/api"
_OLDEST = 50  # the list of webhooks is cut there
_TOO_OLD = "app-token-request-expired"
_ERROR_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")

_Form = TypeVar("_Form", bound=BaseModel)


class _Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Error(_Camel):
    code: int
    description: str
    error_name: str | None = None


class _Nothing(_Camel):
    """An object, whatever is in it."""


class _Webhook(_Camel):
    id: str
    target: str
    target_type: str
    types: tuple[str, ...]
    secret_key: str | None = Field(default=None, repr=False)
    signature_algorithm: str | None = None
    disabled: bool = False
    not_resend_failed_webhooks: bool = False
    # The dashboard offers individuals, companies or both; how both, and nothing said, are written is not documented.
    applicant_type: str | tuple[str, ...] | None = None


class _Items(_Camel):
    items: tuple[_Webhook, ...]


class _List(_Camel):
    list: _Items


class _Result(_Camel):
    review_answer: str | None = None
    review_reject_type: str | None = None


class _Review(_Camel):
    review_status: str
    review_result: _Result | None = None
    review_date: AwareDatetime | None = None
    attempt_cnt: int | None = None


@dataclass(frozen=True, slots=True)
class Refusals:
    """How Sumsub refused what it must refuse."""

    wrong_signature: str
    unknown_token: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """What Sumsub said of an applicant who does not exist."""

    status: int


@dataclass(frozen=True, slots=True)
class Called:
    """Whether Sumsub takes the service's own signed calls."""

    source: str
    taken: bool
    refused_as: str  # Sumsub's name for the reason; "" where it is taken, or gave none
    mark: Mark  # how the service's token begins, which is the environment that it is of


@dataclass(frozen=True, slots=True)
class Webhook:
    """One registration. What it sends elsewhere than to a URL (an e-mail address, a channel) is not told."""

    id: str
    kind: str  # "http", or what else it sends to
    target: str  # the URL; of another host than the environment's only that host; "" where it is no URL
    ours: bool  # whether the target is at a host of the environment
    types: tuple[str, ...]
    algorithm: str
    disabled: bool
    resends: bool  # what could not be delivered
    key: str | None  # fingerprint, comparable with those of the service's secrets; None where Sumsub does not tell
    applicants: tuple[str, ...] | None = None  # on whom it reports: "individual", "company"; None where it is not told


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What Sumsub has registered."""

    source: str
    webhooks: tuple[Webhook, ...]

    def to(self, url: str) -> tuple[Webhook, ...]:
        """Those that send to *url*, and are not switched off."""
        return tuple(hook for hook in self.webhooks if hook.target == url and hook.ours and not hook.disabled)

    @property
    def receivers(self) -> tuple[str, ...]:
        """The URLs of ours that are sent to."""
        return tuple(sorted({hook.target for hook in self.webhooks if hook.ours and not hook.disabled}))


@dataclass(frozen=True, slots=True)
class Review:
    """Where the review of an applicant stands; *applicant* None: nobody was named, so nobody was looked for."""

    source: str
    applicant: str | None
    exists: bool = False
    status: str = ""  # "completed"
    answer: str = ""  # "GREEN", "RED", or "" before there is one
    reject_type: str = ""
    attempts: int | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _OfSumsub:
    @property
    def source(self) -> str:
        """Who is asked."""
        return SUMSUB

    @property
    def host(self) -> str:
        """Sumsub."""
        return "sumsub"


@dataclass(frozen=True, slots=True)
class Refusal:
    """How Sumsub refused a token that nobody made."""

    reason: str  # Sumsub's name for it


@dataclass(frozen=True, slots=True)
class UnknownTokenRefused(_OfSumsub, Look[Refusal]):
    """A control: does Sumsub refuse a token that nobody made? To ask that, nothing has to be known."""

    def observe(self, reach: Reach) -> Refusal:
        """CannotTell where it does not."""
        token = MARKS[reach.environment.sumsub.environment] + secrets.token_urlsafe(42)
        stranger = _Credentials(token, secrets.token_urlsafe(24))
        return Refusal(_refusal(reach, stranger, "a token that does not exist"))


@dataclass(frozen=True, slots=True)
class SumsubRefuses(_OfSumsub, Look[Refusals]):
    """The control: does Sumsub refuse a wrong signature, and a token that nobody made?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """A token of the gate's own."""
        return _to_ask(environment, "any permission")

    def observe(self, reach: Reach) -> Refusals:
        """CannotTell where it does not: it would take anything."""
        ours = _own(reach)
        wrong = _refusal(reach, _Credentials(ours.token, secrets.token_urlsafe(24)), "a wrong signature")
        return Refusals(wrong, reach.ask(UnknownTokenRefused()).reason)


@dataclass(frozen=True, slots=True)
class NoSuchApplicant(_OfSumsub, Look[Nobody]):
    """The control: does Sumsub say of an applicant who does not exist that there is none?"""

    def observe(self, reach: Reach) -> Nobody:
        """CannotTell where it knows somebody under an id that is of no time."""
        reach.ask(SumsubRefuses())
        reply = _as_gate(reach, f"/resources/applicants/{nobody()}/status")
        if reply.status != HTTPStatus.NOT_FOUND:
            raise CannotTell(SUMSUB, f"it answered {reply.status} for an applicant who does not exist")
        return Nobody(reply.status)


@dataclass(frozen=True, slots=True)
class ServiceCall(_OfSumsub, Look[Called]):
    """Does Sumsub take a call that is signed as the service signs it?"""

    service_arn: str

    def observe(self, reach: Reach) -> Called:
        """
        The health of the API (https://docs.sumsub.com/reference/review-api-health), asked with the service's secrets.

        That they are refused is the answer; a permission or an address that is refused (403) is Denied.
        """
        reach.ask(SumsubRefuses())
        service = _Credentials(*(text_of(reach, self.service_arn, name) for name in (TOKEN, SECRET)))
        mark: Mark = next((mark for mark in MARKS.values() if service.token.startswith(mark)), "")
        reply = _call(reach, service, _HEALTH)
        if reply.status == HTTPStatus.UNAUTHORIZED:
            return Called(SUMSUB, False, _named(reply), mark)
        if reply.status != HTTPStatus.OK:
            raise Unreadable(reply.url, f"Sumsub answered {reply.status}")
        return Called(SUMSUB, True, "", mark)


@dataclass(frozen=True, slots=True)
class RegisteredWebhooks(_OfSumsub, Look[Webhooks]):
    """Where does Sumsub send its reports, which, and signed how?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """There is none for reading alone."""
        return _to_ask(environment, "manageClientSettings")

    def observe(self, reach: Reach) -> Webhooks:
        """The keys are told by their fingerprints."""
        reach.ask(SumsubRefuses())
        return Webhooks(SUMSUB, tuple(_shown(reach, hook) for hook in _registered(reach)))


@dataclass(frozen=True, slots=True)
class ReviewOf(_OfSumsub, Look[Review]):
    """How did the review of *applicant* end? (https://docs.sumsub.com/reference/get-applicant-review-status)"""

    applicant: str | None

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To see applicants."""
        return _to_ask(environment, "View applicants")

    def observe(self, reach: Reach) -> Review:
        """Without comments and labels, which may be about a person."""
        reach.ask(NoSuchApplicant())
        return Review(SUMSUB, None) if self.applicant is None else review_of(reach, self.applicant)


def review_of(reach: Reach, applicant: str) -> Review:
    """Where the review of *applicant* stands, as Sumsub tells it now; `NoSuchApplicant` is its control."""
    reply = _as_gate(reach, f"/resources/applicants/{applicant}/status")
    if reply.status == HTTPStatus.NOT_FOUND:
        return Review(SUMSUB, applicant)
    said = _read(reply, _Review)
    result = said.review_result or _Result()
    return Review(
        SUMSUB,
        applicant,
        exists=True,
        status=_word(said.review_status),
        answer=_word(result.review_answer),
        reject_type=_word(result.review_reject_type),
        attempts=said.attempt_cnt,
        reviewed_at=said.review_date,
    )


def nobody() -> str:
    """
    The id of an applicant who cannot exist.

    Sumsub's ids begin with the second in which they were made; this one's is the first of 1970.
    """
    return "00000000" + secrets.token_hex(8)


def signing_keys(reach: Reach, webhooks: Webhooks) -> Mapping[str, tuple[str, str]]:
    """
    For each receiver of ours the key and the algorithm with which Sumsub signs; they must not leave the probe.

    ProbeError where Sumsub does not tell, or tells another than a moment ago.
    """
    found: dict[str, tuple[str, str]] = {}
    for hook in _registered(reach):
        shown = _shown(reach, hook)
        if shown.target in webhooks.receivers and not shown.disabled:
            if not hook.secret_key or shown not in webhooks.webhooks:
                raise ProbeError(SUMSUB, f"it does not tell the key of webhook {shown.id}, or has changed it meanwhile")
            found[shown.target] = (hook.secret_key, shown.algorithm)
    return found


def _to_ask(environment: Environment, scope: str) -> tuple[Permission, ...]:
    ours = environment.sumsub
    return (
        Permission("token", ours.token.variable, scope),
        Permission("token", ours.key.variable, f"the secret that belongs to {ours.token.variable}"),
    )


@dataclass(frozen=True, slots=True)
class _Credentials:
    token: str = field(repr=False)
    secret: str = field(repr=False)


def _own(reach: Reach) -> _Credentials:
    """The gate's own; Denied where its token is of another environment, which sees another account's data."""
    sumsub = reach.environment.sumsub
    token = reach.secret(sumsub.token, SUMSUB)
    if not token.startswith(MARKS[sumsub.environment]):
        raise Denied(SUMSUB, f"the token in {sumsub.token.variable} is not of the {sumsub.environment}")
    return _Credentials(token, reach.secret(sumsub.key, SUMSUB))


def signature(secret: str, ts: str, method: str, path: str, body: bytes = b"") -> str:
    """HMAC-SHA256 over timestamp, method in capitals, path with query, and body; in small hexadecimal letters."""
    return hmac.new(secret.encode(), f"{ts}{method}{path}".encode() + body, hashlib.sha256).hexdigest()


def _call(reach: Reach, by: _Credentials, path: str) -> Reply:
    """
    A signed GET. Overloaded: a 5xx. Denied: 403. A 401 is handed on, unless it is about the hour.
    """
    url, ts = f"https://{reach.environment.sumsub.host}{path}", str(int(time.time()))
    reply = exchange(
        reach,
        url,
        headers={
            "X-App-Token": by.token,
            "X-App-Access-Ts": ts,
            "X-App-Access-Sig": signature(by.secret, ts, "GET", path),
            "Accept": "application/json",
        },
    )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"Sumsub answered {reply.status}", status=reply.status)
    if reply.status == HTTPStatus.FORBIDDEN:
        raise Denied(
            url,
            "Sumsub answered 403: the token lacks a permission, or our address is not on its list",
            status=reply.status,
        )
    if reply.status == HTTPStatus.UNAUTHORIZED and _named(reply) == _TOO_OLD:
        raise ProbeError(url, "Sumsub finds the call out of time: this machine's clock and Sumsub's differ")
    return reply


def _as_gate(reach: Reach, path: str) -> Reply:
    """A call with the gate's own token, which Sumsub must take."""
    reply = _call(reach, _own(reach), path)
    if reply.status == HTTPStatus.UNAUTHORIZED:
        why = _named(reply) or "without a name for the reason"
        raise Denied(reply.url, f"Sumsub refuses the gate's token for this ({why}), or it is of the other environment")
    return reply


def _refusal(reach: Reach, by: _Credentials, what: str) -> str:
    reply = _call(reach, by, _HEALTH)
    if reply.status == HTTPStatus.OK:
        _read(reply, _Nothing)  # to be let in is one thing, and a page of somebody else's another
    if reply.status != HTTPStatus.UNAUTHORIZED:
        raise CannotTell(SUMSUB, f"it answered {reply.status} to {what}, so what it takes says nothing")
    return _named(reply)


def _named(reply: Reply) -> str:
    """Sumsub's name for the error; "" where it gave none. Unreadable where this is no error of Sumsub's."""
    try:
        name = _Error.model_validate_json(reply.body).error_name or ""
    except ValidationError as exc:
        raise Unreadable(reply.url, f"answered {reply.status}, and not as Sumsub does") from exc
    return name if _ERROR_NAME.fullmatch(name) else ""


def _registered(reach: Reach) -> tuple[_Webhook, ...]:
    reply = _as_gate(reach, reach.environment.sumsub.webhooks)
    hooks = _read(reply, _List).list.items
    if len(hooks) >= _OLDEST:
        raise Unreadable(reply.url, f"Sumsub lists {_OLDEST} webhooks and leaves the newer ones out")
    for hook in hooks:
        if hook.secret_key:
            reach.hold(f"the key of Sumsub's webhook {hook.id}", hook.secret_key)
    return hooks


def _shown(reach: Reach, hook: _Webhook) -> Webhook:
    ours, target = _target(reach, hook)
    return Webhook(
        id=hook.id,
        kind=_word(hook.target_type),
        target=target,
        ours=ours,
        types=tuple(sorted(filter(None, map(_word, hook.types)))),
        algorithm=_word(hook.signature_algorithm),
        disabled=hook.disabled,
        resends=not hook.not_resend_failed_webhooks,
        key=fingerprint(reach, hook.secret_key) if hook.secret_key else None,
        applicants=_applicants(hook.applicant_type),
    )


def _applicants(said: str | tuple[str, ...] | None) -> tuple[str, ...] | None:
    """On whom a webhook reports; None where that is not told, or in a word that its documentation does not have."""
    words = (said,) if isinstance(said, str) else said or ()
    return tuple(sorted(words)) if words and set(words) <= APPLICANTS else None


def _target(reach: Reach, hook: _Webhook) -> tuple[bool, str]:
    """Whether the target is ours, and what of it may be told: a query may hold what opens a door."""
    if hook.target_type != "http":
        return False, ""
    try:
        url = urlsplit(hook.target)
        host = (url.hostname or "").lower()
    except ValueError:
        return False, ""
    if host not in reach.environment.network.hosts:
        return False, host
    if url.query or url.username or url.password:
        return True, f"{url.scheme}://{host}{url.path}?…"
    return True, hook.target


def _word(said: str | None) -> str:
    """A word of Sumsub's own lists; "" for what is none."""
    return said if said and _WORD.fullmatch(said) else ""


def _read(reply: Reply, form: type[_Form]) -> _Form:
    if reply.status != HTTPStatus.OK:
        raise Unreadable(reply.url, f"Sumsub answered {reply.status}")
    try:
        return form.model_validate_json(reply.body)
    except ValidationError as exc:
        # Without the cause: it would quote what came, keys included.
        raise Unreadable(reply.url, f"not what Sumsub answers: {exc.error_count()} members are wrong") from None
