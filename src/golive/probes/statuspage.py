"""
The public status page as a visitor without login reads it.

A page hosted by BetterStack answers every path with the same shell and status 200, so the page's data is read
(`/index.json`, https://betterstack.com/docs/uptime/status-pages/subscribing-to-status-updates/subscribing-to-api),
and its state is never taken from its status code.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, JsonValue, ValidationError

from golive.errors import CannotTell, NoSuchName, Overloaded, ProbeError, Unreadable
from golive.probes.http import Reply, exchange
from golive.probes.look import Look

if TYPE_CHECKING:
    from golive.probes.reach import Reach


class _Said(BaseModel):
    company_name: str
    aggregate_state: str


class _Data(BaseModel):
    type: Literal["status_page"]
    attributes: _Said


class _Included(BaseModel):
    type: str
    attributes: Mapping[str, JsonValue]


class _Shown(BaseModel):
    public_name: str
    resource_id: int | str
    resource_type: str
    status: str


class _Index(BaseModel):
    data: _Data
    included: tuple[_Included, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One service on the page."""

    name: str  # as the public reads it
    monitor: str  # id of the monitor behind it; "" where it is something else
    state: str  # "operational"


@dataclass(frozen=True, slots=True)
class StatusPage:
    """What the page shows."""

    url: str
    status: int  # of the page itself
    company: str
    state: str  # of all together
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class NoData:
    """The control was not read as data, as it must be."""

    status: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is found at an address that is said to be a status page and is not ours."""

    host: str
    found: str


@dataclass(frozen=True, slots=True)
class NoSuchDataRefused(Look[NoData]):
    """The control: a path of *page* that cannot be there gives the shell, which is not taken for data."""

    page: str

    @property
    def source(self) -> str:
        """The page."""
        return f"{self.page}, asked for data that it cannot have"

    @property
    def host(self) -> str:
        """The page."""
        return self.page

    def observe(self, reach: Reach) -> NoData:
        """CannotTell where data is found."""
        reply = _get(reach, f"https://{self.page}/golive-{secrets.token_hex(8)}.json")
        try:
            _index(reply)
        except Unreadable:
            return NoData(reply.status)
        raise CannotTell(f"https://{self.page}", "it shows its data at an address that cannot be there")


@dataclass(frozen=True, slots=True)
class PublicStatusPage(Look[StatusPage]):
    """What does the status page at *page* (its host) show?"""

    page: str

    @property
    def source(self) -> str:
        """The page."""
        return f"https://{self.page}"

    @property
    def host(self) -> str:
        """The page."""
        return self.page

    def observe(self, reach: Reach) -> StatusPage:
        """Without data there is nothing to judge, whatever the status."""
        reach.ask(NoSuchDataRefused(self.page))
        front = _get(reach, f"{self.source}/")
        reply = _get(reach, f"{self.source}/index.json")
        said = _index(reply)
        return StatusPage(
            url=self.source,
            status=front.status,
            company=said.data.attributes.company_name,
            state=said.data.attributes.aggregate_state,
            services=tuple(_service(reply, one) for one in said.included if one.type == "status_page_resource"),
        )


@dataclass(frozen=True, slots=True)
class OtherStatusPage(Look[Elsewhere]):
    """What is at *page*, which a document names? Only reported, so that it cannot be seen is an answer too."""

    page: str

    @property
    def source(self) -> str:
        """The page."""
        return f"https://{self.page}"

    @property
    def host(self) -> str:
        """The page."""
        return self.page

    def observe(self, reach: Reach) -> Elsewhere:
        """In a few words, none of them the page's own but the company's name."""
        try:
            said = _index(_get(reach, f"{self.source}/index.json"))
        except NoSuchName:
            return Elsewhere(self.page, "this name does not exist")
        except Unreadable:
            return Elsewhere(self.page, "something that is no status page of BetterStack")
        except ProbeError as exc:
            return Elsewhere(self.page, f"nothing that could be seen ({type(exc).__name__})")
        return Elsewhere(self.page, f"a status page of {said.data.attributes.company_name!r}")


def _get(reach: Reach, url: str) -> Reply:
    reply = exchange(reach, url)
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"answered {reply.status}")
    return reply


def _index(reply: Reply) -> _Index:
    try:
        if reply.status != HTTPStatus.OK:
            raise Unreadable(reply.url, f"answered {reply.status}")
        return _Index.model_validate_json(reply.body)
    except ValidationError as exc:
        raise Unreadable(reply.url, "there is no data of a status page here") from exc


def _service(reply: Reply, one: _Included) -> Service:
    try:
        said = _Shown.model_validate(one.attributes)
    except ValidationError as exc:
        raise Unreadable(
            reply.url, f"a service on it is not as BetterStack says it: {exc.error_count()} members"
        ) from exc
    return Service(said.public_name, str(said.resource_id) if said.resource_type == "Monitor" else "", said.status)
