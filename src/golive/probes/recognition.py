"""
Whether BankID takes the credentials that the service is given: RFC 6749 4.1.3 and 5.2, RFC 9126.

A code that BankID never gave is shown with them. Its token endpoint tells a wrong code (`invalid_grant`) from a wrong
client (`invalid_client`, `unauthorized_client`), and the code says nothing of either.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from pydantic import BaseModel

from golive.errors import CannotTell, Denied, ProbeError, Unreadable
from golive.probes.bankid import (
    Description,
    OfIssuer,
    SelfDescription,
    ServiceClient,
    api,
    challenge,
    is_of,
    word,
)
from golive.probes.http import Reply, exchange, formed
from golive.probes.look import Look
from golive.probes.secrets import text_of

if TYPE_CHECKING:
    from golive.probes.reach import Reach

CLIENT_SECRET = "BANKID_CLIENT_SECRET"  # noqa: S105  # the name of the secret
# How BankID says that it knows who asks, and that it does not (RFC 6749 5.2, as Keycloak uses it).
KNOWS, KNOWS_NOT = "invalid_grant", ("invalid_client", "unauthorized_client")


class _Refusal(BaseModel):
    error: str


class _Pushed(BaseModel):
    request_uri: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """What BankID makes of the service's credentials: "" where it takes them, else the word with which it does not."""

    source: str
    token: str
    pushed: str | None  # of the same in a pushed request, with the callback; None where BankID offers none


@dataclass(frozen=True, slots=True)
class _Showing(OfIssuer):
    service_arn: str


@dataclass(frozen=True, slots=True)
class ForgedSecretRefused(_Showing, Look[Recognition]):
    """A control: does BankID refuse the service's client id with a secret that is not its own?"""

    def observe(self, reach: Reach) -> Recognition:
        """CannotTell where it does not."""
        description, client = reach.ask_both(SelfDescription(self.issuer), ServiceClient(self.service_arn))
        forged = _Shown(reach, description.trusted(), client.client_id, secrets.token_urlsafe(32), self.issuer)
        said = forged.with_code()
        if said not in KNOWS_NOT:
            raise CannotTell(self.issuer, "BankID takes a secret that is not the client's, so its yes says nothing")
        return Recognition(description.token_endpoint, said, None)


@dataclass(frozen=True, slots=True)
class CredentialsShown(_Showing, Look[Recognition]):
    """Does BankID take the client id and the secret that the service is given, for a login answered at *callback*?"""

    callback: str

    def observe(self, reach: Reach) -> Recognition:
        """Denied where this run may not read the secrets; CannotTell where BankID takes any secret."""
        reach.ask(ForgedSecretRefused(self.issuer, self.service_arn))
        description, client = reach.ask_both(SelfDescription(self.issuer), ServiceClient(self.service_arn))
        secret = text_of(reach, self.service_arn, CLIENT_SECRET)
        shown = _Shown(reach, description.trusted(), client.client_id, secret, self.callback)
        said = shown.with_code()
        pushed = shown.with_request(self.issuer) if said == KNOWS else None
        return Recognition(description.token_endpoint, "" if said == KNOWS else said, pushed)


@dataclass(frozen=True, slots=True)
class _Shown:
    """One pair of credentials on its way to BankID."""

    reach: Reach
    description: Description
    client_id: str
    secret: str = field(repr=False)
    callback: str

    def with_code(self) -> str:
        """The word with which BankID refuses them, or a code that it never gave."""
        url = self.description.token_endpoint
        form = {
            "grant_type": "authorization_code",
            "code": secrets.token_urlsafe(24),
            "redirect_uri": self.callback,
            "code_verifier": secrets.token_urlsafe(32),
        }
        reply = self._post(url, form)
        if reply.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
            raise Unreadable(url, f"a code that nobody gave is answered {reply.status}")
        said = word(formed(reply, _Refusal, "BankID", reply.status).error)
        if said not in (KNOWS, *KNOWS_NOT):
            raise Unreadable(url, f"refuses with {said}, which says nothing of who asks")
        return said

    def with_request(self, issuer: str) -> str | None:
        """The word with which BankID refuses them with a pushed request (RFC 9126), "" where it takes it."""
        url = self.description.pushed_endpoint
        if url is None or not is_of(url, issuer):
            return None
        form = {
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "response_type": "code",
            "scope": "openid",
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
        try:
            reply = self._post(url, form)
        except Denied:  # BankID may offer it to some clients alone
            return "access_denied"
        if reply.status == HTTPStatus.CREATED:
            formed(reply, _Pushed, "BankID", HTTPStatus.CREATED)
            return ""
        return word(formed(reply, _Refusal, "BankID", reply.status).error)

    def _post(self, url: str, form: Mapping[str, str]) -> Reply:
        """With the credentials (RFC 6749 2.3.1) in the first way that BankID takes."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if "client_secret_basic" in self.description.auth_methods:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif "client_secret_post" in self.description.auth_methods:
            form = {**form, "client_id": self.client_id, "client_secret": self.secret}
        else:
            raise ProbeError(url, "BankID takes no client secret at all, and the gate knows no other way")
        return api(exchange(self.reach, url, method="POST", headers=headers, content=urlencode(form).encode()))
