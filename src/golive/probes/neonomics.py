"""
Neonomics, by way of which banks are reached: whether it lets us in, which banks it has, and a payment in its sandbox.

https://docs.neonomics.io/docs/authentication, https://docs.neonomics.io/docs/error-handling
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from golive.environment import Environment
from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreadable
from golive.probes.credentials import Kept
from golive.probes.http import Reply, exchange
from golive.probes.look import Act, Look, Permission
from golive.probes.oauth import Client

if TYPE_CHECKING:
    from golive.probes.reach import Reach

# One device for all that the gate does: banks tell their users which device asked.
DEVICE = "drop-golive-gate"
PRODUCT = "domestic-transfer"
NO_BANK = "drop-golive-gate-no-such-bank"

CALLERS_FAULT, THEIR_FAULT, BANKS_FAULT = 510, 520, 530


class _Meta(BaseModel):
    id: str | None = None


class _Link(BaseModel):
    href: str
    rel: str | None = None
    meta: _Meta | None = None


class _Error(BaseModel):
    errorCode: str  # noqa: N815  # theirs
    links: tuple[_Link, ...] | None = None


class _Bank(BaseModel):
    id: str
    bankDisplayName: str  # noqa: N815
    countryCode: str  # noqa: N815
    supportedServices: tuple[str, ...] = ()  # noqa: N815
    status: str | None = None


class _Session(BaseModel):
    sessionId: str  # noqa: N815


class _Payment(BaseModel):
    paymentId: str  # noqa: N815


_BANKS = TypeAdapter(tuple[_Bank, ...])


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank that the provider reaches."""

    name: str
    country: str
    services: tuple[str, ...]  # "accounts", "domestic-transfer"
    status: str | None  # "AVAILABLE"; None where the provider does not say


@dataclass(frozen=True, slots=True)
class Banks:
    """The banks that the provider lists for a country."""

    source: str
    banks: tuple[Bank, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """How a provider receives us."""

    provider: str
    url: str  # where tokens are issued
    refused: str | None  # why not; None where we are let in
    lifetime_seconds: int | None = None  # of the token
    standing: str | None = None  # what the provider says of our project, where it says anything


@dataclass(frozen=True, slots=True)
class Order:
    """
    What became of an order to pay.

    Taken and waiting for its payer is error code 1428 with a link in this interface (facts: HTTP 510 is the caller's
    turn). *link* is where the payer's authorisation is asked for, without its query.
    """

    source: str
    name: str  # under which it can be found there
    http_status: int
    error_code: str | None
    payment_id: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all looks at one of its two environments have in common."""

    api_url: str  # up to the version: "https://sandbox.neonomics.io/ics/v3"
    client: Client

    @property
    def source(self) -> str:
        """The interface."""
        return self.api_url

    @property
    def host(self) -> str:
        """Whose patience it costs."""
        return urlsplit(self.api_url).hostname or ""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Those of the client."""
        return self.client.permissions(environment)

    def _ask(self, reach: Reach, token: str, path: str, **how: object) -> Reply:
        return _ask(reach, f"{self.api_url}/{path}", token, **how)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class NoSuchBank(_Asked, Look[Banks]):
    """The control of every look at banks: is a bank that does not exist refused, and a token that nobody issued?"""

    def observe(self, reach: Reach) -> Banks:
        """CannotTell where either is not."""
        url = f"{self.api_url}/banks/{quote(NO_BANK)}"
        stray = exchange(reach, url, headers=_headers(secrets.token_urlsafe(32)))
        if stray.status == HTTPStatus.OK:
            raise CannotTell(url, "it answered to a token that nobody issued, so what it answers to ours says nothing")
        if stray.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise (
                Overloaded(url, f"answered {stray.status}")
                if _is_trouble(stray)
                else Unreadable(url, f"answered {stray.status} to a token that nobody issued, and not 401")
            )
        reply = self._ask(reach, self.client.token(reach), f"banks/{quote(NO_BANK)}")
        if reply.status == HTTPStatus.OK:
            raise CannotTell(url, "it tells of a bank that does not exist, so that it tells of one says nothing")
        return Banks(self.source, ())


@dataclass(frozen=True, slots=True)
class NationalBanks(_Asked, Look[Banks]):
    """Which banks of *country* does it reach? The list has no pages (its documentation names none)."""

    country: str

    def observe(self, reach: Reach) -> Banks:
        """Denied where we are not let in."""
        reach.ask(NoSuchBank(self.api_url, self.client))
        reply = self._ask(reach, self.client.token(reach), f"banks?{urlencode({'countryCode': self.country})}")
        if reply.status != HTTPStatus.OK:
            raise Unreadable(reply.url, f"answered {reply.status} ({_error(reply).errorCode})")
        try:
            said = _BANKS.validate_json(reply.body)
        except ValidationError as exc:
            raise Unreadable(reply.url, f"no list of banks: {exc.error_count()} members are wrong") from exc
        banks = (Bank(one.bankDisplayName, one.countryCode, one.supportedServices, one.status) for one in said)
        return Banks(self.source, tuple(sorted(banks, key=lambda bank: (bank.country, bank.name))))


@dataclass(frozen=True, slots=True)
class NeonomicsEntry(_Asked, Look[Entry]):
    """Does it take our credentials, and answer to what they open?"""

    country: str

    def observe(self, reach: Reach) -> Entry:
        """Refused credentials are an answer; that its interface does not answer to good ones is none."""
        grant, _ = self.client.enter(reach)
        if grant.refused is None and grant.lifetime_seconds:  # one that is over opens nothing
            reach.ask(NationalBanks(self.api_url, self.client, self.country))
        return Entry("Neonomics", grant.url, grant.refused, grant.lifetime_seconds)


@dataclass(frozen=True, slots=True)
class Account:
    """An account at the sandbox's bank; its holder is invented."""

    iban: str
    holder: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whose national number the bank wants to see, and the key under which Neonomics wants it encrypted."""

    number: Kept
    key: Kept

    def shown(self, reach: Reach, purpose: str) -> str:
        """`x-psu-id`: base64 of IV, ciphertext and tag (AES-GCM)."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            cipher = AESGCM(base64.b64decode(self.key.text(reach, purpose), validate=True))
        except (binascii.Error, ValueError) as exc:
            raise ProbeError(self.key.name, "it is no AES key in base64") from exc
        iv = secrets.token_bytes(12)
        return base64.b64encode(iv + cipher.encrypt(iv, self.number.text(reach, purpose).encode(), None)).decode()


@dataclass(frozen=True, slots=True)
class SandboxPayment(_Asked, Act[Order]):
    """
    Does the sandbox take a payment? A bank's own approval needs a person, so it stays there, waiting.

    https://docs.neonomics.io/docs/payments-1
    """

    bank: str
    payer: Account
    payee: Account
    amount: str  # "100.00"
    currency: str
    person: Person | None = None

    @property
    def effect(self) -> str:
        """No money is moved, in a sandbox and without an approval."""
        return (
            f"orders a payment of {self.amount} {self.currency} in the sandbox at {self.host}, "
            f'which nobody approves and which stays there under a name that begins with "{DEVICE}"'
        )

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The sandbox's client, and what the bank wants to know of the payer."""
        scope = "a test user of the sandbox's bank"
        halves = (self.person.number, self.person.key) if self.person else ()
        return (*self.client.permissions(environment), *(half.permission(environment, scope) for half in halves))

    def observe(self, reach: Reach) -> Order:
        """The session that the order needs is ended again, whatever became of the order."""
        reach.ask(NoSuchBank(self.api_url, self.client))
        token = self.client.token(reach)
        opened = self._ask(reach, token, "session", method="POST", said={"bankId": self.bank})
        if opened.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise ProbeError(opened.url, f"no session with the bank: {opened.status} ({_error(opened).errorCode})")
        try:
            session = _Session.model_validate_json(opened.body).sessionId
        except ValidationError as exc:
            raise Unreadable(opened.url, "it opened a session without a number") from exc
        try:
            return self._order(reach, token, session)
        finally:
            self._ask(reach, token, f"session/{quote(session, safe='')}", method="DELETE")

    def _order(self, reach: Reach, token: str, session: str) -> Order:
        name = f"{DEVICE}-{secrets.token_hex(4)}"
        seen = {"x-session-id": session}
        if self.person is not None:
            seen["x-psu-id"] = self.person.shown(reach, self.api_url)
        said = {
            "debtorAccount": {"iban": self.payer.iban},
            "debtorName": self.payer.holder,
            "creditorAccount": {"iban": self.payee.iban},
            "creditorName": self.payee.holder,
            "instrumentedAmount": self.amount,  # their spelling
            "currency": self.currency,
            "remittanceInformationUnstructured": "Drop go-live gate",
            "endToEndIdentification": name,
            "paymentMetadata": {},
        }
        reply = self._ask(reach, token, f"payments/{PRODUCT}", method="POST", headers=seen, said=said)
        if reply.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            try:
                taken = _Payment.model_validate_json(reply.body).paymentId
            except ValidationError as exc:
                raise Unreadable(reply.url, "it took a payment without giving it a number") from exc
            return Order(reply.url, name, reply.status, None, taken, None)
        error = _error(reply)
        link = next(iter(error.links or ()), None)
        return Order(
            source=reply.url,
            name=name,
            http_status=reply.status,
            error_code=error.errorCode,
            payment_id=link.meta.id if link and link.meta else None,
            link=urlsplit(link.href)._replace(query="", fragment="").geturl() if link else None,
        )


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json", "x-device-id": DEVICE}


def _is_trouble(reply: Reply) -> bool:
    """Their own trouble or the bank's, of which another time may know nothing; 510 is ours, although it looks alike."""
    return reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and reply.status != CALLERS_FAULT


def _ask(
    reach: Reach,
    url: str,
    token: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    said: Mapping[str, object] | None = None,
) -> Reply:
    """One question; what says nothing of what was asked is raised."""
    typed = {"Content-Type": "application/json"} if said is not None else {}
    content = json.dumps(said).encode() if said is not None else b""
    reply = exchange(
        reach, url, method=method, headers={**_headers(token), **typed, **(headers or {})}, content=content
    )
    if _is_trouble(reply):
        whose = {THEIR_FAULT: "Neonomics' own fault", BANKS_FAULT: "the bank's fault"}.get(reply.status, "no answer")
        raise Overloaded(url, f"answered {reply.status}: {whose}")
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Denied(url, f"answered {reply.status}: our token does not open this")
    return reply


def _error(reply: Reply) -> _Error:
    try:
        return _Error.model_validate_json(reply.body)
    except ValidationError as exc:
        raise Unreadable(reply.url, f"answered {reply.status}, and not as Neonomics tells its errors") from exc
