"""
Neonomics, by way of which banks are reached: whether it lets us in, and which banks it has.

https://docs.neonomics.io/docs/authentication, https://docs.neonomics.io/docs/error-handling
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from golive.environment import Environment
from golive.errors import CannotTell, Denied, Overloaded, Unreadable
from golive.probes.http import Reply, exchange
from golive.probes.look import Look, Permission
from golive.probes.oauth import Client

if TYPE_CHECKING:
    from golive.probes.reach import Reach

_Form = TypeVar("_Form")

# One device for all that the gate does: banks tell their users which device asked.
DEVICE = "drop-golive-gate"
NO_BANK = "drop-golive-gate-no-such-bank"

DONE = (HTTPStatus.OK, HTTPStatus.CREATED)
CALLERS_FAULT, THEIR_FAULT, BANKS_FAULT = 510, 520, 530


_CODE = re.compile(r"\w{1,40}")


class _Meta(BaseModel):
    id: str | None = None


class _Link(BaseModel):
    href: str
    rel: str | None = None
    meta: _Meta | None = None


class Failure(BaseModel):
    """How Neonomics tells an error; what went wrong is in the code."""

    errorCode: str  # noqa: N815  # theirs
    links: tuple[_Link, ...] | None = None


class _Bank(BaseModel):
    id: str
    bankDisplayName: str  # noqa: N815
    countryCode: str  # noqa: N815
    supportedServices: tuple[str, ...] = ()  # noqa: N815
    status: str | None = None


_BANKS = TypeAdapter(tuple[_Bank, ...])
_ONE_BANK = TypeAdapter(_Bank)
_ERROR = TypeAdapter(Failure)


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
class Asked:
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

    def ask(self, reach: Reach, token: str, path: str, **how: object) -> Reply:
        """One question below the interface's address; what says nothing of what was asked is raised."""
        return _ask(reach, f"{self.api_url}/{path}", token, **how)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class StrayToken(Asked, Look[Banks]):
    """A control: is nothing told to a token that nobody issued?"""

    def permissions(self, environment: Environment) -> tuple[()]:  # noqa: ARG002  # of a look
        """None: a stranger asks."""
        return ()

    def observe(self, reach: Reach) -> Banks:
        """CannotTell where something is."""
        url = f"{self.api_url}/banks"
        stray = exchange(reach, url, headers=_headers(secrets.token_urlsafe(32)))
        if _is_trouble(stray):
            raise Overloaded(url, f"answered {stray.status}", status=stray.status)
        if stray.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            read(stray, _BANKS)
            raise CannotTell(url, "it answered to a token that nobody issued, so what it answers to ours says nothing")
        return Banks(self.source, ())


@dataclass(frozen=True, slots=True)
class NoSuchBank(Asked, Look[Banks]):
    """The control of every look at banks: is a bank that does not exist refused, and a token that nobody issued?"""

    def control(self, environment: Environment) -> StrayToken:  # noqa: ARG002  # of a look
        """A token that nobody issued."""
        return StrayToken(self.api_url, self.client)

    def observe(self, reach: Reach) -> Banks:
        """CannotTell where it is not, or the token is taken."""
        reply = self.ask(reach, self.client.token(reach), f"banks/{quote(NO_BANK)}")
        if reply.status == HTTPStatus.OK:
            read(reply, _ONE_BANK)
            raise CannotTell(reply.url, "it tells of a bank that does not exist, so that it tells of one says nothing")
        return Banks(self.source, ())


@dataclass(frozen=True, slots=True)
class NationalBanks(Asked, Look[Banks]):
    """Which banks of *country* does it reach? The list has no pages (its documentation names none)."""

    country: str

    def control(self, environment: Environment) -> NoSuchBank:  # noqa: ARG002  # of a look
        """A bank that does not exist."""
        return NoSuchBank(self.api_url, self.client)

    def observe(self, reach: Reach) -> Banks:
        """Denied where we are not let in."""
        reply = self.ask(reach, self.client.token(reach), f"banks?{urlencode({'countryCode': self.country})}")
        said = read(reply, _BANKS)
        banks = (Bank(one.bankDisplayName, one.countryCode, one.supportedServices, one.status) for one in said)
        return Banks(self.source, tuple(sorted(banks, key=lambda bank: (bank.country, bank.name))))


@dataclass(frozen=True, slots=True)
class NeonomicsEntry(Asked, Look[Entry]):
    """Does it take our credentials, and answer to what they open?"""

    country: str

    def observe(self, reach: Reach) -> Entry:
        """Refused credentials are an answer; that its interface does not answer to good ones is none."""
        grant, _ = self.client.enter(reach)
        if grant.refused is None and grant.lifetime_seconds:  # one that is over opens nothing
            reach.ask(NationalBanks(self.api_url, self.client, self.country))
        return Entry("Neonomics", grant.url, grant.refused, grant.lifetime_seconds)


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
        raise Overloaded(url, f"answered {reply.status}: {whose}", status=reply.status)
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Denied(url, f"answered {reply.status}: our token does not open this", status=reply.status)
    return reply


def error_of(reply: Reply) -> Failure:
    """What *reply*, which is no success, says of itself."""
    try:
        said = _ERROR.validate_json(reply.body)
        return said if _CODE.fullmatch(said.errorCode) else said.model_copy(update={"errorCode": "no code of theirs"})
    except ValidationError as exc:
        raise Unreadable(reply.url, f"answered {reply.status}, and not as Neonomics tells its errors") from exc


def read(reply: Reply, form: TypeAdapter[_Form]) -> _Form:
    """What *reply* says, which must be a success of that *form*; an error is told by its code."""
    if reply.status not in DONE:
        raise Unreadable(reply.url, f"answered {reply.status} ({error_of(reply).errorCode})")
    try:
        return form.validate_json(reply.body)
    except ValidationError as exc:
        raise Unreadable(reply.url, f"not what Neonomics answers: {exc.error_count()} members are wrong") from exc
