"""
Tokens by client credentials (RFC 6749 4.4), and the proof that not everybody gets one.

https://www.rfc-editor.org/rfc/rfc6749#section-4.4
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ValidationError

from golive.environment import Environment
from golive.errors import CannotTell, Denied, Overloaded, Unreadable
from golive.probes.credentials import Kept
from golive.probes.http import Reply, exchange
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.probes.reach import Reach

# What RFC 6749 5.2 says of a client that is not let in; Keycloak says the second where others say the first.
NOT_LET_IN = ("invalid_client", "unauthorized_client")


class _Token(BaseModel):
    access_token: str
    token_type: str
    expires_in: int


class _Refusal(BaseModel):
    error: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a server of tokens says to a client; the token itself stays in the probe."""

    url: str
    refused: str | None  # RFC 6749's word for why not; None where a token was issued
    lifetime_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody known to a server of tokens."""

    token_url: str
    name: Kept
    secret: Kept

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Both halves of the credentials must be readable."""
        scope = f"a client of {urlsplit(self.token_url).hostname}"
        return tuple(dict.fromkeys(half.permission(environment, scope) for half in (self.name, self.secret)))

    def enter(self, reach: Reach) -> tuple[Grant, str]:
        """
        What the server says to this client, with the token ("" where it is refused).

        CannotTell where the server lets a wrong secret in; errors as `http.exchange`.
        """
        reach.ask(WrongSecret(self))
        name = self.name.text(reach, self.token_url)
        return _ask(reach, self.token_url, name, self.secret.text(reach, self.token_url))

    def token(self, reach: Reach) -> str:
        """A token; Denied where the server refuses these credentials."""
        grant, token = self.enter(reach)
        if grant.refused:
            raise Denied(self.token_url, f"it refuses {self.name.name} and {self.secret.name} ({grant.refused})")
        return token


@dataclass(frozen=True, slots=True)
class WrongSecret(Look[Grant]):
    """The control of every look that shows credentials: is the same client refused with a wrong secret?"""

    client: Client

    @property
    def source(self) -> str:
        """Where tokens are issued."""
        return self.client.token_url

    @property
    def host(self) -> str:
        """Whose patience it costs."""
        return urlsplit(self.client.token_url).hostname or ""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Those of the client."""
        return self.client.permissions(environment)

    def observe(self, reach: Reach) -> Grant:
        """CannotTell where it is not."""
        url = self.client.token_url
        grant, _ = _ask(reach, url, self.client.name.text(reach, url), secrets.token_urlsafe(24))
        if not grant.refused:
            raise CannotTell(url, "it issued a token for a secret that nobody was given, so to be let in says nothing")
        return grant


@dataclass(frozen=True, slots=True)
class StrangerRefused(Look[Grant]):
    """Is a client refused that nobody has registered? To ask that, nothing has to be known."""

    token_url: str

    @property
    def source(self) -> str:
        """Where tokens are issued."""
        return self.token_url

    @property
    def host(self) -> str:
        """Whose patience it costs."""
        return urlsplit(self.token_url).hostname or ""

    def observe(self, reach: Reach) -> Grant:
        """CannotTell where it is let in."""
        name, secret = f"golive-control-{secrets.token_hex(8)}", secrets.token_urlsafe(24)
        grant, _ = _ask(reach, self.token_url, name, secret)
        if not grant.refused:
            raise CannotTell(self.token_url, "it issued a token to a client that nobody has registered")
        return grant


def _ask(reach: Reach, url: str, name: str, secret: str) -> tuple[Grant, str]:
    said = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
    reply = exchange(
        reach,
        url,
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        content=urlencode(said).encode(),
    )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"answered {reply.status}", status=reply.status)
    if reply.status == HTTPStatus.FORBIDDEN:
        raise Denied(url, "answered 403: we are not let through to where tokens are issued", status=reply.status)
    try:
        if reply.status == HTTPStatus.OK:
            return _granted(reach, reply)
        if reply.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
            error = _Refusal.model_validate_json(reply.body).error
            if error in NOT_LET_IN:
                return Grant(url, error), ""
    except ValidationError as exc:
        raise Unreadable(url, f"answered {reply.status}, and not what issuers of tokens answer") from exc
    raise Unreadable(url, f"answered {reply.status}, which says neither yes nor no to a client")


def _granted(reach: Reach, reply: Reply) -> tuple[Grant, str]:
    said = _Token.model_validate_json(reply.body)
    if said.token_type.lower() != "bearer" or not said.access_token:
        raise Unreadable(reply.url, "the token that it issued is no bearer token")
    reach.hold(f"a token of {urlsplit(reply.url).hostname}", said.access_token)
    return Grant(reply.url, None, said.expires_in), said.access_token
