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
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

if TYPE_CHECKING:
    from graphql import GraphQLSchema

TOKEN_HOST, API_HOST, PAGE_HOST = "oauth.swan.io", "api.swan.io", "status.swan.io"
ADDRESS = "192.0.2.140"
PAGE_ADDRESS = "192.0.2.141"  # a status page that fell with what it tells of would be of no use
LIVE = "/live-partner/graphql"
SUSPENDED = "Account suspended"
_MAKING = Lock()

# As far as the gate, the runbooks and the product ask; the words are those of Swan's published partner schema.
SCHEMA = """
type Query {
  projectInfo: ProjectInfo!
  account(accountId: ID!): Account
  accounts(first: Int! = 50, after: String): AccountConnection!
  user: User
}
type Mutation {
  createIndividualAccountHolderOnboarding(
    input: CreateIndividualAccountHolderOnboardingInput!
  ): CreateIndividualAccountHolderOnboardingPayload!
  addCard(input: AddCardInput!): AddCardPayload!
  initiateCreditTransfers(input: InitiateCreditTransfersInput!): InitiateCreditTransfersPayload!
}
interface Rejection { message: String! }
type ForbiddenRejection implements Rejection { message: String! }
union CreateIndividualAccountHolderOnboardingPayload =
  CreateIndividualAccountHolderOnboardingSuccessPayload | ForbiddenRejection
type CreateIndividualAccountHolderOnboardingSuccessPayload { onboarding: AccountHolderOnboarding! }
type AccountHolderOnboarding { id: ID! onboardingUrl: String! }
input CreateIndividualAccountHolderOnboardingInput { redirectUrl: String }
union AddCardPayload = AddCardSuccessPayload | ForbiddenRejection
type AddCardSuccessPayload { card: Card! }
type Card { id: ID! }
input AddCardInput {
  accountMembershipId: ID! consentRedirectUrl: String! eCommerce: Boolean! international: Boolean!
  nonMainCurrencyTransactions: Boolean! withdrawal: Boolean!
}
union InitiateCreditTransfersPayload = InitiateCreditTransfersSuccessPayload | ForbiddenRejection
type InitiateCreditTransfersSuccessPayload { payment: Payment! }
type Payment { id: ID! statusInfo: PaymentStatusInfo! }
type PaymentStatusInfo { status: PaymentStatus! }
enum PaymentStatus { ConsentPending Initiated Rejected }
input InitiateCreditTransfersInput {
  accountId: ID consentRedirectUrl: String! creditTransfers: [CreditTransferInput!]!
}
input CreditTransferInput { amount: AmountInput! label: String reference: String }
input AmountInput { currency: String! value: String! }
type Account { id: ID! number: String! IBAN: String balances: AccountBalances }
type AccountBalances { available: Amount! booked: Amount! pending: Amount! reserved: Amount! }
type Amount { currency: String! value: String! }
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
    suspended: bool = False  # whatever is asked, by whomever it knows
    schema: str = SCHEMA
    hides_schema: bool = False  # it takes no introspection
    incident: str = ""  # title of the one that its status page tells of
    page_ailment: Ailment = ""
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
        def mood(door: Door) -> Mood:
            now = swan()
            ailment = now.page_ailment if door.address == PAGE_ADDRESS else now.ailment
            return Mood(ailment, now.delay, now.clock_shift)

        self._app = _Application(swan)
        super().__init__(
            {Door(ADDRESS, 443): self._app, Door(PAGE_ADDRESS, 443): self._app},
            mood,
            lambda host: authority.context(pick(certificates(), host, API_HOST)),
        )

    def ready(self) -> None:
        """All doors are open: the schema, half a second of a processor's work, is made before anybody asks."""
        Thread(target=_schema, args=(SCHEMA,), daemon=True).start()

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
                # The first to ask may have to wait for the schema; others knock meanwhile.
                return await run_in_threadpool(self._execute, swan, body, request)
            case "GET", "status.swan.io", "/api/v2/summary.json":
                return JSONResponse(_page(swan))
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
            wrong = validate(_schema(swan.schema), parse(asked))
        except (ValueError, LookupError, TypeError):
            return JSONResponse({"errors": [{"message": "Must provide query string."}]}, 400)
        except GraphQLError as exc:
            wrong = [exc]
        if wrong:
            told = [{**error.formatted, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}} for error in wrong]
            return JSONResponse({"errors": told}, 400)
        if swan.hides_schema and "__schema" in asked:
            return _no("GraphQL introspection is not allowed", "GRAPHQL_VALIDATION_FAILED", 400)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and self.tokens.get(token, 0.0) > time.monotonic()
        if swan.suspended and known:
            return _no(SUSPENDED, "FORBIDDEN", 200)

        def project(*_: Any) -> dict[str, str]:
            if not (known or swan.takes_any_token):
                raise GraphQLError("Unauthenticated", extensions={"code": "UNAUTHENTICATED"})
            return {"id": swan.project, "name": "Drop", "status": swan.status, "type": "CompanyAndCustomers"}

        answers = {"projectInfo": project, "accounts": lambda *_: {"totalCount": 0}}
        result = graphql_sync(_schema(swan.schema), asked, root_value=answers)
        return JSONResponse(dict(result.formatted))


def _no(message: str, code: str, status: int) -> Response:
    told = {"message": message, "extensions": {"code": code}}
    return JSONResponse({"errors": [told], "data": None}, status)


def _page(swan: Swan) -> dict[str, object]:
    """As Statuspage tells it (https://metastatuspage.com/api#summary)."""
    told = ("major", "Partial System Outage") if swan.incident else ("none", "All Systems Operational")
    open_now = [{"id": "p31zjtct2jer", "name": swan.incident, "status": "investigating", "impact": told[0]}]
    return {
        "page": {"id": "y2j98763l56x", "name": "Swan", "url": f"https://{PAGE_HOST}"},
        "status": {"indicator": told[0], "description": told[1]},
        "components": [{"id": "b13yz5g2cw10", "name": "API", "status": "operational"}],
        "incidents": open_now if swan.incident else [],
        "scheduled_maintenances": [],
    }


def _schema(text: str) -> GraphQLSchema:
    """Made once; whoever asks meanwhile waits, instead of making another."""
    with _MAKING:
        return _made(text)


@cache
def _made(text: str) -> GraphQLSchema:
    from graphql import build_schema

    return build_schema(text)
