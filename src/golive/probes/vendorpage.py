"""
What a provider itself tells of its health, on a status page of the two makes that are common.

Statuspage (`/api/v2/summary.json`, https://metastatuspage.com/api) and Instatus (`/summary.json`,
https://instatus.com/help/api/public). Which of them a provider uses is nobody's promise: what is neither says nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ValidationError

from golive.errors import CannotTell, Overloaded, Unreadable
from golive.probes.http import Reply, exchange
from golive.probes.look import Look

if TYPE_CHECKING:
    from golive.probes.reach import Reach

State = Literal["well", "maintenance", "disturbed"]

_STATUSPAGE, _INSTATUS = "/api/v2/summary.json", "/summary.json"
_INDICATORS: Mapping[str, State] = {
    "none": "well",
    "maintenance": "maintenance",
    **dict.fromkeys(("minor", "major", "critical"), "disturbed"),
}
_STATES: Mapping[str, State] = {"UP": "well", "HASISSUES": "disturbed", "UNDERMAINTENANCE": "maintenance"}
_TOLD, _LONGEST = 5, 120
_UNPRINTABLE = re.compile(r"[^\w .,:;()/&'-]")


class _Titled(BaseModel):
    name: str


class _Indicated(BaseModel):
    indicator: Literal["none", "minor", "major", "critical", "maintenance"]


class _Statuspage(BaseModel):
    status: _Indicated
    incidents: tuple[_Titled, ...] = ()


class _Page(BaseModel):
    status: Literal["UP", "HASISSUES", "UNDERMAINTENANCE"]


class _Instatus(BaseModel):
    page: _Page
    activeIncidents: tuple[_Titled, ...] = ()  # noqa: N815  # theirs


@dataclass(frozen=True, slots=True)
class VendorState:
    """What the page shows."""

    url: str
    make: Literal["Statuspage", "Instatus"]
    state: State
    incidents: tuple[str, ...]  # titles of those that are open, as the public reads them; five at most


@dataclass(frozen=True, slots=True)
class NoPage:
    """The control was not read as data, as it must be."""

    status: int


@dataclass(frozen=True, slots=True)
class _OfPage:
    page: str

    @property
    def source(self) -> str:
        """The page."""
        return f"https://{self.page}"

    @property
    def host(self) -> str:
        """The page."""
        return self.page


@dataclass(frozen=True, slots=True)
class NoSuchSummary(_OfPage, Look[NoPage]):
    """The control: a path that cannot be there is not taken for the page's data."""

    def observe(self, reach: Reach) -> NoPage:
        """CannotTell where it is."""
        reply = _get(reach, f"{self.source}/golive-{secrets.token_hex(8)}.json")
        if _read(self.source, reply) is not None:
            raise CannotTell(self.source, "it shows its state at an address that cannot be there")
        return NoPage(reply.status)


@dataclass(frozen=True, slots=True)
class VendorPage(_OfPage, Look[VendorState]):
    """What does the provider tell at *page* (a host)?"""

    def observe(self, reach: Reach) -> VendorState:
        """Unreadable where it is of neither make: a page that nobody can read says nothing, above all not "well"."""
        reach.ask(NoSuchSummary(self.page))
        for path in (_STATUSPAGE, _INSTATUS):
            if (state := _read(self.source, _get(reach, f"{self.source}{path}"))) is not None:
                return state
        raise Unreadable(self.source, "its state is not told in a form that the gate knows: read it by eye")


def _get(reach: Reach, url: str) -> Reply:
    reply = exchange(reach, url)
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"answered {reply.status}", status=reply.status)
    return reply


def _read(page: str, reply: Reply) -> VendorState | None:
    if reply.status != HTTPStatus.OK:
        return None
    try:
        first = _Statuspage.model_validate_json(reply.body)
        return VendorState(page, "Statuspage", _INDICATORS[first.status.indicator], _titles(first.incidents))
    except ValidationError:
        pass
    try:
        second = _Instatus.model_validate_json(reply.body)
        return VendorState(page, "Instatus", _STATES[second.page.status], _titles(second.activeIncidents))
    except ValidationError:
        return None


def _titles(incidents: tuple[_Titled, ...]) -> tuple[str, ...]:
    return tuple(_UNPRINTABLE.sub("", one.name)[:_LONGEST] for one in incidents[:_TOLD])
