"""
Swan, where it is in use: whether it lets us in, and how our project stands there.

It answers 200 to almost everything, so nothing is read from the status alone. https://docs.swan.io/api/errors
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from golive.environment import Environment
from golive.errors import CannotTell, Denied, Overloaded, Unreadable
from golive.probes.http import Reply, exchange
from golive.probes.look import Look, Permission
from golive.probes.neonomics import Entry
from golive.probes.oauth import Client

if TYPE_CHECKING:
    from golive.probes.reach import Reach

QUERY = "query GoLive { projectInfo { id name status type } }"
SUSPENDED = "Account suspended"  # the failure runbook's words, in the place where `projectInfo.status` would tell
UNAUTHENTICATED = ("UNAUTHENTICATED", "FORBIDDEN")


class _Extensions(BaseModel):
    code: str | None = None


class _Error(BaseModel):
    message: str
    extensions: _Extensions = _Extensions()


class _Project(BaseModel):
    status: str


class _Data(BaseModel):
    projectInfo: _Project | None = None  # noqa: N815  # theirs


class _Answer(BaseModel):
    data: _Data | None = None
    errors: tuple[_Error, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    api_url: str
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


@dataclass(frozen=True, slots=True)
class StrayToken(_Asked, Look[Entry]):
    """The control: is nothing told to a token that nobody issued?"""

    def permissions(self, environment: Environment) -> tuple[()]:  # noqa: ARG002  # of a look
        """None: a stranger asks."""
        return ()

    def observe(self, reach: Reach) -> Entry:
        """CannotTell where something is."""
        said = _read(_ask(reach, self.api_url, secrets.token_urlsafe(32)))
        if said is not None:
            raise CannotTell(self.api_url, "it tells a token that nobody issued about a project")
        return Entry("Swan", self.client.token_url, UNAUTHENTICATED[0])


@dataclass(frozen=True, slots=True)
class SwanEntry(_Asked, Look[Entry]):
    """Does it take our credentials, and how does our project stand there?"""

    def observe(self, reach: Reach) -> Entry:
        """Refused credentials are an answer; a token that then opens nothing is none."""
        reach.ask(StrayToken(self.api_url, self.client))
        grant, token = self.client.enter(reach)
        if grant.refused is not None:
            return Entry("Swan", grant.url, grant.refused)
        project = _read(_ask(reach, self.api_url, token))
        if project is None:
            raise Denied(
                self.api_url, "it does not know the token that it issued to us", status=HTTPStatus.UNAUTHORIZED
            )
        return Entry("Swan", grant.url, None, grant.lifetime_seconds, project.status)


def _ask(reach: Reach, url: str, token: str) -> Reply:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    reply = exchange(reach, url, method="POST", headers=headers, content=json.dumps({"query": QUERY}).encode())
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"answered {reply.status}", status=reply.status)
    if reply.status == HTTPStatus.FORBIDDEN:
        raise Denied(url, "answered 403: we are not let through", status=reply.status)
    return reply


def _read(reply: Reply) -> _Project | None:
    """Our project; None where the answer is that nobody is known by this token."""
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return None
    if reply.status not in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST):
        raise Unreadable(reply.url, f"answered {reply.status}")
    try:
        said = _Answer.model_validate_json(reply.body)
    except ValidationError as exc:
        raise Unreadable(reply.url, f"answered {reply.status}, and not GraphQL") from exc
    if any(SUSPENDED.lower() in error.message.lower() for error in said.errors):
        return _Project(status=SUSPENDED)
    if any(error.extensions.code in UNAUTHENTICATED for error in said.errors):
        return None
    if said.errors or said.data is None or said.data.projectInfo is None:
        code = said.errors[0].extensions.code or "" if said.errors else ""
        told = code if re.fullmatch(r"\w{1,60}", code) else "an error without a code" if said.errors else "nothing"
        raise Unreadable(reply.url, f"it says {told} where it must tell of our project")
    return said.data.projectInfo
