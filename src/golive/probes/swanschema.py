"""
Whether the queries that the product sends still fit Swan's schema, by the language's own rules.

Swan tells its schema by introspection (https://spec.graphql.org/October2021/#sec-Introspection) and takes fields away
after it has deprecated them (https://docs.swan.io/changelog). Nothing is executed but the introspection: the product's
mutations are only held against what was told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.errors import CannotTell, Overloaded, ProbeError, Unreadable
from golive.probes.http import exchange
from golive.probes.look import Look, Permission
from golive.probes.oauth import Client
from golive.probes.pulse import SwanPulse

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLError, GraphQLSchema

    from golive.probes.reach import Reach

LIMIT = 16 << 20  # bytes: Swan's whole schema is long
NO_FIELD = "goliveNoSuchField"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing in one of our operations that the schema does not allow."""

    operation: str
    message: str  # GraphQL's own: "Cannot query field 'balance' on type 'Account'."


@dataclass(frozen=True, slots=True)
class Fit:
    """How our operations fit."""

    source: str
    file: str
    digest: str  # of the file, the first twelve digits of its SHA-256
    operations: tuple[str, ...]
    misfits: tuple[Misfit, ...]
    deprecated: tuple[Misfit, ...]  # what still works, and will not for long


@dataclass(frozen=True, slots=True)
class SwanSchemaFit(Look[Fit]):
    """Do the operations in *queries*, a file beside the environment's, fit the schema of *api_url*?"""

    api_url: str
    client: Client
    queries: str

    @property
    def source(self) -> str:
        """The interface."""
        return f"the schema of {self.api_url}"

    @property
    def host(self) -> str:
        """Whose patience it costs."""
        return urlsplit(self.api_url).hostname or ""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Those of the client."""
        return self.client.permissions(environment)

    def observe(self, reach: Reach) -> Fit:
        """
        What no longer fits, by operation.

        ProbeError where our own file cannot be used; errors as Swan's where the schema is not told; CannotTell where a
        field that nobody has would be in it.
        """
        from graphql import parse

        text, document = self._ours(reach)
        reach.ask(SwanPulse(self.api_url, self.client)).beating()
        schema = _schema(self.source, _introspected(reach, self.api_url, self.client.token(reach)))
        if not _wrong(schema, parse(f"{{ {NO_FIELD} }}")):
            raise CannotTell(self.source, "a field that nobody has would be in it, so that ours are in it says nothing")
        return Fit(
            self.source,
            self.queries,
            hashlib.sha256(text.encode()).hexdigest()[:12],
            tuple(_names(document)),
            _told(document, _wrong(schema, document)),
            _told(document, _deprecated(schema, document)),
        )

    def _ours(self, reach: Reach) -> tuple[str, DocumentNode]:
        from graphql import GraphQLError, parse

        path = reach.environment.folder / self.queries
        try:
            text = path.read_text(encoding="utf-8")
            document = parse(text)
        except OSError as exc:
            raise ProbeError(
                self.queries, f"the file with the product's queries cannot be read: {exc.strerror}"
            ) from exc
        except (GraphQLError, UnicodeDecodeError) as exc:
            raise ProbeError(self.queries, f"the file with the product's queries is not GraphQL: {exc}") from exc
        if not _names(document):
            raise ProbeError(self.queries, "the file with the product's queries names no operation")
        return text, document


def _introspected(reach: Reach, url: str, token: str) -> dict[str, Any]:
    from graphql import get_introspection_query

    reply = exchange(
        reach,
        url,
        method="POST",
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
        content=json.dumps({"query": get_introspection_query(descriptions=False)}).encode(),
        limit=LIMIT,
    )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"answered {reply.status}", status=reply.status)
    try:
        said = json.loads(reply.body)
        told = said.get("data") if isinstance(said, dict) else None
    except ValueError as exc:
        raise Unreadable(url, f"answered {reply.status}, and not GraphQL") from exc
    if not isinstance(told, dict) or "__schema" not in told:
        raise Unreadable(url, f"answered {reply.status}, and does not tell its schema")
    return told


def _schema(source: str, told: dict[str, Any]) -> GraphQLSchema:
    from graphql import build_client_schema

    try:
        return build_client_schema(told)  # type: ignore[arg-type]  # which it examines
    except (TypeError, KeyError, AttributeError, ValueError) as exc:
        raise Unreadable(source, "what it tells is no schema") from exc


def _wrong(schema: GraphQLSchema, document: DocumentNode) -> Sequence[GraphQLError]:
    from graphql import specified_rules, validate

    # As many as there are: the default stops at a hundred.
    return validate(schema, document, specified_rules, max_errors=None)


def _deprecated(schema: GraphQLSchema, document: DocumentNode) -> Sequence[GraphQLError]:
    from graphql import NoDeprecatedCustomRule, validate

    return validate(schema, document, [NoDeprecatedCustomRule], max_errors=None)


def _names(document: DocumentNode) -> list[str]:
    from graphql import OperationDefinitionNode

    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return [node.name.value if node.name else f"{node.operation.value} without a name" for node in found]


def _told(document: DocumentNode, errors: Sequence[GraphQLError]) -> tuple[Misfit, ...]:
    return tuple(dict.fromkeys(Misfit(_of(document, error), error.message) for error in errors))


def _of(document: DocumentNode, error: GraphQLError) -> str:
    """The operation or fragment in which *error* stands."""
    at = min(error.positions or [0])
    for node in document.definitions:
        if node.loc is not None and node.loc.start <= at < node.loc.end:
            name = getattr(node, "name", None)
            return name.value if name is not None else "an operation without a name"
    return "an operation"
