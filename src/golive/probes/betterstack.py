"""
BetterStack's Uptime API, version 2: how it is asked, paged and read (https://betterstack.com/docs/uptime/api/).

What it says of people (who acknowledged an incident) is never taken.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import BaseModel, JsonValue, ValidationError

from golive.errors import CannotTell, Denied, Overloaded, Unreadable
from golive.probes.http import Form, Reply, exchange, formed
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach


HOST = "betterstack"  # whose patience it costs
# More pages than this, and the list leads in circles.
_PAGES = 200


class _Entry(BaseModel):
    id: str
    attributes: Mapping[str, JsonValue]


class _Onward(BaseModel):
    next: str | None


class _Page(BaseModel):
    data: tuple[_Entry, ...]
    pagination: _Onward


class _Single(BaseModel):
    data: _Entry


@dataclass(frozen=True, slots=True)
class Refused:
    """The control was refused, as it must be."""

    status: int


@dataclass(frozen=True, slots=True)
class WrongTokenRefused(Look[Refused]):
    """The control of this family: a token that nobody has is refused."""

    @property
    def source(self) -> str:
        """The API."""
        return "BetterStack, asked with a wrong token"

    @property
    def host(self) -> str:
        """Where BetterStack is asked."""
        return HOST

    def observe(self, reach: Reach) -> Refused:
        """CannotTell where it is let in: then what a good token shows would say nothing."""
        reply = _send(reach, _url(reach, "monitors?per_page=1"), secrets.token_urlsafe(18))
        if reply.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise CannotTell(reply.url, f"a wrong token was answered {reply.status}, and must be refused")
        return Refused(reply.status)


def permissions(environment: Environment) -> tuple[Permission, ...]:
    """The team's token: BetterStack makes none that can only read."""
    return (Permission("token", environment.betterstack.token.variable, "Uptime API token of the team"),)


def listed(reach: Reach, path: str, form: type[Form]) -> Iterator[tuple[str, Form]]:
    """Every entry of the list at *path*, with its id, through all pages."""
    url: str | None = _url(reach, path)
    home = urlsplit(_url(reach, path))
    for _ in range(_PAGES):
        if url is None:
            return
        there = urlsplit(url)
        if (there.scheme, there.netloc, there.path) != (home.scheme, home.netloc, home.path):
            raise Unreadable(home.geturl(), "its next page is said to be somewhere else")
        reply = _ask(reach, url)
        page = formed(reply, _Page, "BetterStack")
        for entry in page.data:
            yield entry.id, _attributes(reply, entry, form)
        url = page.pagination.next
    raise Unreadable(home.geturl(), f"the list does not end after {_PAGES} pages")


def single(reach: Reach, path: str, form: type[Form]) -> Form | None:
    """What is at *path*, None where BetterStack has no such thing."""
    reply = _ask(reach, _url(reach, path))
    if reply.status == HTTPStatus.NOT_FOUND:
        return None
    return _attributes(reply, formed(reply, _Single, "BetterStack").data, form)


def _url(reach: Reach, path: str) -> str:
    return f"https://{reach.environment.betterstack.host}/api/v2/{path}"


def _ask(reach: Reach, url: str) -> Reply:
    """One question with our token; a status that says nothing of the matter is raised."""
    reach.ask(WrongTokenRefused())
    reply = _send(reach, url, reach.secret(reach.environment.betterstack.token, url))
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Denied(url, f"BetterStack answered {reply.status}: the token cannot see this")
    return reply


def _send(reach: Reach, url: str, token: str) -> Reply:
    reply = exchange(reach, url, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"BetterStack answered {reply.status}")
    return reply


def _attributes(reply: Reply, entry: _Entry, form: type[Form]) -> Form:
    try:
        return form.model_validate(entry.attributes)
    except ValidationError as exc:
        wrong = ", ".join(sorted({str(error["loc"][0]) for error in exc.errors() if error["loc"]}))
        raise Unreadable(reply.url, f"not what BetterStack answers: {wrong or 'an entry'} of {entry.id}") from exc
