"""
What BankID says of itself, and whether it knows Drop: OpenID Connect Discovery 1.0, RFC 6749 and 7636.

Nobody logs in. BankID shows its own error page for a client or a callback that it does not know, and sends everything
else on (its documentation of `authorize`). Each question is asked with something wrong in it as well: where BankID
takes that too, its yes says nothing (CannotTell).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from pydantic import BaseModel

from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreadable
from golive.probes.http import Reply, exchange, formed
from golive.probes.login import LoginRequest, LoginStart
from golive.probes.look import Look
from golive.probes.secrets import text_of
from golive.probes.web import MOVED

if TYPE_CHECKING:
    from golive.probes.reach import Reach


WELL_KNOWN = "/.well-known/openid-configuration"
CLIENT_ID = "BANKID_CLIENT_ID"
# OAuth's own words; another one might be anything, and is not told.
WORDS = (
    *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"),
    *("access_denied", "unsupported_response_type", "invalid_scope", "server_error", "temporarily_unavailable"),
    *("login_required", "interaction_required", "consent_required", "request_not_supported"),
)
# With which of them an authorization endpoint says "not now" (RFC 6749 4.1.2.1): a redirect has no 5xx.
UNWELL = ("server_error", "temporarily_unavailable")


class _Document(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    response_types_supported: tuple[str, ...]
    pushed_authorization_request_endpoint: str | None = None
    require_pushed_authorization_requests: bool = False
    code_challenge_methods_supported: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)  # its default, Discovery 3


@dataclass(frozen=True, slots=True)
class Description:
    """What the provider says of itself."""

    source: str
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    pushed_endpoint: str | None
    pushed_alone: bool  # it takes no requests but pushed ones
    response_types: tuple[str, ...]
    challenge_methods: tuple[str, ...]
    scopes: tuple[str, ...] | None  # None where it does not list them
    auth_methods: tuple[str, ...]
    distrust: str  # why nothing may be sent to these endpoints, "" where it may

    def trusted(self) -> Description:
        """Itself; Unreadable where it cannot be the description of the issuer that was asked (Discovery 4.3)."""
        if self.distrust:
            raise Unreadable(self.source, self.distrust)
        return self


@dataclass(frozen=True, slots=True)
class OfIssuer:
    """A look at BankID, by its issuer."""

    issuer: str

    @property
    def source(self) -> str:
        """The provider."""
        return self.issuer

    @property
    def host(self) -> str:
        """The provider's host."""
        return urlsplit(self.issuer).hostname or ""


@dataclass(frozen=True, slots=True)
class SelfDescription(OfIssuer, Look[Description]):
    """What does *issuer* say of itself?"""

    def observe(self, reach: Reach) -> Description:
        """Errors as an API's: Denied, Overloaded, Unreadable; that it speaks for somebody else is an answer."""
        url = self.issuer + WELL_KNOWN
        said = formed(api(exchange(reach, url)), _Document, "BankID")
        ends = {
            "authorization_endpoint": said.authorization_endpoint,
            "token_endpoint": said.token_endpoint,
            "jwks_uri": said.jwks_uri,
        }
        stray = [name for name, end in ends.items() if not is_of(end, self.issuer)]
        if said.issuer != self.issuer:
            distrust = "it speaks for another issuer than was asked"
        else:
            distrust = f"not at the provider itself, or not https: {', '.join(stray)}" if stray else ""
        return Description(
            url,
            said.issuer,
            said.authorization_endpoint,
            said.token_endpoint,
            said.pushed_authorization_request_endpoint,
            said.require_pushed_authorization_requests,
            said.response_types_supported,
            said.code_challenge_methods_supported,
            said.scopes_supported,
            said.token_endpoint_auth_methods_supported,
            distrust,
        )


@dataclass(frozen=True, slots=True)
class Client:
    """Who the service is at BankID. No secret: it stands in the address of every login."""

    client_id: str


@dataclass(frozen=True, slots=True)
class ServiceClient(Look[Client]):
    """As which client is the service told to ask?"""

    service_arn: str

    @property
    def source(self) -> str:
        """The name of the secret."""
        return CLIENT_ID

    @property
    def host(self) -> str:
        """The AWS service."""
        return "secretsmanager"

    def observe(self, reach: Reach) -> Client:
        """Errors as `secrets.text_of`."""
        return Client(text_of(reach, self.service_arn, CLIENT_ID))


@dataclass(frozen=True, slots=True)
class Received:
    """How BankID received a request for a login."""

    callback: str
    how: Literal["login", "error", "refused", "elsewhere"]
    status: int
    error: str = ""  # what the callback is told; "" where it is told nothing

    @property
    def knows_callback(self) -> bool:
        """
        Whether an answer would go to the callback: BankID sends nobody to an address that is not registered.

        That the request is taken is another thing: see *error*.
        """
        return self.how in ("login", "error")


@dataclass(frozen=True, slots=True)
class _Asking(OfIssuer):
    client: LoginStart | ServiceClient  # where the client's id is found
    callback: str  # "": everything as Drop's own request has it

    def _ask(self, reach: Reach, client_id: str = "", beyond: str = "") -> Received:
        """One request for a login; as another client, or with *beyond* added to the callback, for the controls."""
        who: Look[LoginRequest | Client] = self.client
        description, client = reach.ask_both(SelfDescription(self.issuer), who)
        if description.trusted().pushed_alone:
            raise ProbeError(self.issuer, "it takes pushed requests alone, which the gate does not send for a visitor")
        parts = client.sent().parts if isinstance(client, LoginRequest) else {}
        callback = (self.callback or parts["callback"]) + beyond
        state = secrets.token_urlsafe(24)
        asked = {
            "client_id": client_id or client.client_id,
            "redirect_uri": callback,
            "response_type": "code",
            "scope": "openid" if self.callback else parts["scopes"],
            "state": state,
            "nonce": secrets.token_urlsafe(24),
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(description.authorization_endpoint).query else "?"
        try:
            reply = exchange(reach, f"{description.authorization_endpoint}{joint}{urlencode(asked)}")
        except ProbeError as exc:  # the address holds state and nonce, which are nobody's business
            raise exc.about(description.authorization_endpoint) from None
        return _received(self.issuer, description.authorization_endpoint, callback, state, reply)


@dataclass(frozen=True, slots=True)
class StrangerRefused(_Asking, Look[Received]):
    """A control: does BankID refuse the same request from a client that nobody has registered?"""

    def observe(self, reach: Reach) -> Received:
        """CannotTell where it does not."""
        seen = self._ask(reach, client_id=f"golive-control-{secrets.token_hex(8)}")
        if seen.how != "refused":
            raise CannotTell(self.issuer, "BankID takes a client that nobody has registered, so its yes says nothing")
        return Received("", seen.how, seen.status)


@dataclass(frozen=True, slots=True)
class OtherCallbackRefused(_Asking, Look[Received]):
    """A control: does BankID refuse the same request with another address behind the callback?"""

    def observe(self, reach: Reach) -> Received:
        """CannotTell where it does not."""
        seen = self._ask(reach, beyond=f"/golive-control-{secrets.token_hex(8)}")
        if seen.how != "refused":
            raise CannotTell(self.issuer, "BankID takes a callback that nobody has registered, so its yes says nothing")
        return Received("", seen.how, seen.status)


@dataclass(frozen=True, slots=True)
class StrangersLogin(OfIssuer, Look[Received]):
    """Does the address where people log in answer? A client that nobody has registered asks; it may be refused."""

    def observe(self, reach: Reach) -> Received:
        """Overloaded where it does not; whom BankID knows is for other looks."""
        url = reach.ask(SelfDescription(self.issuer)).trusted().authorization_endpoint
        asked = {"client_id": f"golive-control-{secrets.token_hex(8)}", "response_type": "code", "scope": "openid"}
        joint = "&" if urlsplit(url).query else "?"
        reply = exchange(reach, f"{url}{joint}{urlencode(asked)}", shown=url)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Overloaded(url, f"BankID answered {reply.status}", status=reply.status)
        return Received("", "refused" if reply.status >= HTTPStatus.BAD_REQUEST else "login", reply.status)


@dataclass(frozen=True, slots=True)
class LoginAsked(_Asking, Look[Received]):
    """Does BankID know the client, and that it is to be answered at *callback*?"""

    def observe(self, reach: Reach) -> Received:
        """CannotTell where BankID takes anything; ProbeError where it is not known who asks."""
        same = (self.issuer, self.client, self.callback)
        reach.ask_both(StrangerRefused(*same), OtherCallbackRefused(*same))
        return self._ask(reach)


def _received(issuer: str, url: str, callback: str, state: str, reply: Reply) -> Received:
    """What BankID's answer to a request for a login means; Overloaded where it says that it cannot tell just now."""
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"BankID answered {reply.status}", status=reply.status)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return Received(callback, "refused", reply.status)
    if reply.status == HTTPStatus.OK:
        return Received(callback, "login", reply.status)
    location = reply.headers.get("location")
    if reply.status not in MOVED or location is None:
        raise Unreadable(url, f"BankID answered {reply.status}")
    target = urljoin(url, location)
    if is_of(target, issuer):
        return Received(callback, "login", reply.status)
    parts = urlsplit(target)
    if target.partition("#")[0].partition("?")[0] != callback.partition("?")[0]:
        return Received(callback, "elsewhere", reply.status)
    told = parse_qs(parts.query)
    if told.get("state") != [state] or len(told.get("error", [])) != 1:
        raise Unreadable(url, "BankID comes back to the callback without our state, or without a word why")
    if (error := word(told["error"][0])) in UNWELL:
        raise Overloaded(url, f"BankID sends the visitor back with {error}", status=reply.status)
    return Received(callback, "error", reply.status, error)


def is_of(url: str, issuer: str) -> bool:
    """Whether *url* is https at the issuer's own host, or at a sibling of it."""
    try:
        parts, home = urlsplit(url), urlsplit(issuer).hostname or ""
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    family = ".".join(home.split(".")[-2:])
    return parts.scheme == "https" and (host == home or host.endswith(f".{family}"))


def challenge() -> str:
    """Of a verifier that nobody will ever need."""
    digest = hashlib.sha256(secrets.token_urlsafe(32).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def word(error: str) -> str:
    """*error* where OpenID Connect or OAuth knows such a word; what else it says is not told."""
    return error if error in WORDS else "another error"


def api(reply: Reply) -> Reply:
    """*reply*, unless its status says nothing but that BankID does not answer us."""
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(reply.url, f"BankID answered {reply.status}", status=reply.status)
    if reply.status == HTTPStatus.FORBIDDEN:
        raise Denied(reply.url, "BankID answered 403", status=reply.status)
    return reply
