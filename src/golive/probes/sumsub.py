"""
Sumsub's API: does it take our calls, where does it send its reports, what became of an applicant?

The gate has a token of its own; the service's is used for one question alone, whether Sumsub takes it. Every look
depends on a control: Sumsub must refuse a wrong signature and an unknown token, or what it takes says nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import AwareDatetime

from golive.errors import CannotTell, Unreadable
from golive.probes.http import formed
from golive.probes.look import Look, Permission
from golive.probes.registrations import Webhooks, registered, told
from golive.probes.secrets import text_of
from golive.probes.sumsubcalls import MARKS, SUMSUB, Camel, Credentials, Mark, as_gate, call, named, own, word

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

TOKEN, SECRET = "SUMSUB_APP_TOKEN", "SUMSUB_SECRET_KEY"  # what the service is given: names, not values

_HEALTH = "/resources/status/api"


class _Nothing(Camel):
    """An object, whatever is in it."""


class _Result(Camel):
    review_answer: str | None = None
    review_reject_type: str | None = None


class _Review(Camel):
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
        stranger = Credentials(token, secrets.token_urlsafe(24))
        return Refusal(_refusal(reach, stranger, "a token that does not exist"))


@dataclass(frozen=True, slots=True)
class SumsubRefuses(_OfSumsub, Look[Refusals]):
    """The control: does Sumsub refuse a wrong signature, and a token that nobody made?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """A token of the gate's own."""
        return _to_ask(environment, "any permission")

    def observe(self, reach: Reach) -> Refusals:
        """CannotTell where it does not: it would take anything."""
        ours = own(reach)
        wrong = _refusal(reach, Credentials(ours.token, secrets.token_urlsafe(24)), "a wrong signature")
        return Refusals(wrong, reach.ask(UnknownTokenRefused()).reason)


@dataclass(frozen=True, slots=True)
class NoSuchApplicant(_OfSumsub, Look[Nobody]):
    """The control: does Sumsub say of an applicant who does not exist that there is none?"""

    def observe(self, reach: Reach) -> Nobody:
        """CannotTell where it knows somebody under an id that is of no time."""
        reach.ask(SumsubRefuses())
        reply = as_gate(reach, f"/resources/applicants/{nobody()}/status")
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
        service = Credentials(*(text_of(reach, self.service_arn, name) for name in (TOKEN, SECRET)))
        mark: Mark = next((mark for mark in MARKS.values() if service.token.startswith(mark)), "")
        reply = call(reach, service, _HEALTH)
        if reply.status == HTTPStatus.UNAUTHORIZED:
            return Called(SUMSUB, False, named(reply), mark)
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
        return Webhooks(SUMSUB, tuple(told(reach, hook) for hook in registered(reach)))


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
    reply = as_gate(reach, f"/resources/applicants/{applicant}/status")
    if reply.status == HTTPStatus.NOT_FOUND:
        return Review(SUMSUB, applicant)
    said = formed(reply, _Review, SUMSUB)
    result = said.review_result or _Result()
    return Review(
        SUMSUB,
        applicant,
        exists=True,
        status=word(said.review_status),
        answer=word(result.review_answer),
        reject_type=word(result.review_reject_type),
        attempts=said.attempt_cnt,
        reviewed_at=said.review_date,
    )


def nobody() -> str:
    """
    The id of an applicant who cannot exist.

    Sumsub's ids begin with the second in which they were made; this one's is the first of 1970.
    """
    return "00000000" + secrets.token_hex(8)


def _to_ask(environment: Environment, scope: str) -> tuple[Permission, ...]:
    ours = environment.sumsub
    return (
        Permission("token", ours.token.variable, scope),
        Permission("token", ours.key.variable, f"the secret that belongs to {ours.token.variable}"),
    )


def _refusal(reach: Reach, by: Credentials, what: str) -> str:
    reply = call(reach, by, _HEALTH)
    if reply.status == HTTPStatus.OK:
        formed(reply, _Nothing, SUMSUB)  # to be let in is one thing, and a page of somebody else's another
    if reply.status != HTTPStatus.UNAUTHORIZED:
        raise CannotTell(SUMSUB, f"it answered {reply.status} to {what}, so what it takes says nothing")
    return named(reply)
