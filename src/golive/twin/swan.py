"""
A stand-in for Swan: tokens by client credentials, and the few fields of its partner schema that tell of a project.

The language's own library parses and validates what is asked, so that a field that Swan does not have (`viewer`) is
refused as Swan refuses it. https://docs.swan.io/developers/using-api
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

if TYPE_CHECKING:
    from graphql import GraphQLSchema

TOKEN_HOST, API_HOST = "oauth.swan.io", "api.swan.io"
ADDRESS = "192.0.2.140"
LIVE = "/live-partner/graphql"

# As far as the gate and the runbooks ask; the words are those of Swan's published partner schema.
SCHEMA = """
type Query {
  projectInfo: ProjectInfo!
  accounts(first: Int! = 50, after: String): AccountConnection!
  user: User
}
type ProjectInfo { id: ID! name: String! status: ProjectStatus! type: ProjectType! }
enum ProjectStatus {
  Initiated MeetingScheduled ToReview PendingCompliance LimitedLiveAccess BetaLiveAccess Enabled FullLiveAccess
  Disabled Suspended Rejected PendingLiveReview
}
enum ProjectType { INDIVIDUAL COMPANY COMPANY_AND_CUSTOMERS Individual Company CompanyAndCustomers }
type AccountConnection { totalCount: Int! }
type User { id: ID! }
"""


@dataclass(frozen=True, slots=True)
class Swan:
    """The one client that it knows, and how that client's project stands."""

    client_id: str
    client_secret: str
    project: str
    status: str = "FullLiveAccess"
    lifetime: int = 3600
    takes_any_secret: bool = False
    takes_any_token: bool = False
    forgets_tokens: bool = False
    clock_shift: timedelta = timedelta()
    ailment: Ailment = ""
    delay: float = 0.0


def healthy(client_id: str, client_secret: str) -> Swan:
    """Our project, with full access to the live interface."""
    return Swan(client_id, client_secret, str(uuid4()))


class SwanFace(Front):
    """Tokens and interface on the wire, told apart by the host."""

    def __init__(
        self, swan: Callable[[], Swan], certificates: Callable[[], Mapping[str, Certificate]], authority: Authority
    ) -> None:
        def mood(_: Door) -> Mood:
            now = swan()
            return Mood(now.ailment, now.delay, now.clock_shift)

        self._app = _Application(swan)
        super().__init__(
            {Door(ADDRESS, 443): self._app},
            mood,
            lambda host: authority.context(pick(certificates(), host, API_HOST)),
        )

    def swapped(self) -> None:
        """Tokens of the former world are gone."""
        self._app.tokens.clear()
        super().swapped()


class _Application:
    def __init__(self, swan: Callable[[], Swan]) -> None:
        self._swan = swan
        self.tokens: dict[str, float] = {}  # token → when it ends, monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(self._swan(), request))(scope, receive, send)

    async def _answer(self, swan: Swan, request: Request) -> Response:
        body = await request.body()
        match request.method, request.url.hostname, request.url.path:
            case "POST", "oauth.swan.io", "/oauth2/token":
                return self._issue(swan, body.decode("utf-8", "replace"))
            case "POST", "api.swan.io", "/live-partner/graphql":
                return self._execute(swan, body, request)
        return JSONResponse({"message": "Not Found"}, 404)

    def _issue(self, swan: Swan, body: str) -> Response:
        said = {name: values[0] for name, values in parse_qs(body).items()}
        known = said.get("client_id") == swan.client_id
        if not known or not (swan.takes_any_secret or said.get("client_secret") == swan.client_secret):
            told = "Client authentication failed (e.g., unknown client)"
            return JSONResponse({"error": "invalid_client", "error_description": told}, 401)
        if said.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        token = secrets.token_urlsafe(48)
        if not swan.forgets_tokens:
            self.tokens[token] = time.monotonic() + swan.lifetime
        return JSONResponse(
            {"access_token": token, "expires_in": swan.lifetime, "scope": "", "token_type": "bearer"}, 200
        )

    def _execute(self, swan: Swan, body: bytes, request: Request) -> Response:
        from graphql import GraphQLError, graphql_sync, parse, validate

        try:
            asked = str(json.loads(body)["query"])
            wrong = validate(_schema(), parse(asked))
        except (ValueError, LookupError, TypeError):
            return JSONResponse({"errors": [{"message": "Must provide query string."}]}, 400)
        except GraphQLError as exc:
            wrong = [exc]
        if wrong:
            told = [{**error.formatted, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}} for error in wrong]
            return JSONResponse({"errors": told}, 400)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and self.tokens.get(token, 0.0) > time.monotonic()

        def project(*_: Any) -> dict[str, str]:
            if not (known or swan.takes_any_token):
                raise GraphQLError("Unauthenticated", extensions={"code": "UNAUTHENTICATED"})
            return {"id": swan.project, "name": "Drop", "status": swan.status, "type": "CompanyAndCustomers"}

        answers = {"projectInfo": project, "accounts": lambda *_: {"totalCount": 0}, "user": lambda *_: None}
        result = graphql_sync(_schema(), asked, root_value=answers)
        return JSONResponse(dict(result.formatted))


@cache
def _schema() -> GraphQLSchema:
    """Made when it is first asked for: whoever only starts the twin need not wait for it."""
    from graphql import build_schema

    return build_schema(SCHEMA)
