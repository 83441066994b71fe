"""What the product tells of the cost of a remittance before it is confirmed (PSD2 art. 45 and 52)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from golive.coordinates import Disclosure
from golive.errors import CannotTell, Denied
from golive.probes.http import exchange
from golive.probes.look import Look
from golive.probes.web import OfUrl, media_type

if TYPE_CHECKING:
    from golive.probes.reach import Reach

# ISO 4217's own code for tests: money of this kind is nowhere.
NO_CURRENCY = "XTS"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What is told; None where it is not. An answer that tells nothing is told in *wrong*."""

    url: str
    sent: Decimal
    wrong: str = ""
    fee: Decimal | None = None
    rate: Decimal | None = None
    received: Decimal | None = None
    execution: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The ways into the answer: "data.fee"."""

    fee: str
    rate: str
    received: str
    execution: str


@dataclass(frozen=True, slots=True)
class Cost(OfUrl, Look[Disclosed]):
    """What does it cost to send *sent*? The address asks that, and *control* asks it of money that does not exist."""

    sent: Decimal
    names: Names
    foil: str

    def observe(self, reach: Reach) -> Disclosed:
        """CannotTell where a cost is told for any currency; Denied where only who is logged in is told."""
        if self.url != self.foil:
            stray = reach.ask(Cost(self.foil, self.sent, self.names, self.foil))
            if stray.received is not None:
                raise CannotTell(self.foil, f"it tells the cost of sending {NO_CURRENCY}, a currency that is none")
        reply = exchange(reach, self.url, headers={"Accept": "application/json"})
        if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Denied(self.url, f"answered {reply.status}: it tells only those who are logged in")
        kind = media_type(reply.headers.get("content-type"))
        if reply.status != HTTPStatus.OK or kind != "application/json":
            return Disclosed(self.url, self.sent, f"answered {reply.status} with {kind or 'no kind of content'}")
        try:
            said = json.loads(reply.body, parse_float=Decimal, parse_int=Decimal)
        except ValueError:
            return Disclosed(self.url, self.sent, "what it answered is no JSON")
        execution = _member(said, self.names.execution)
        return Disclosed(
            self.url,
            self.sent,
            fee=_number(_member(said, self.names.fee)),
            rate=_number(_member(said, self.names.rate)),
            received=_number(_member(said, self.names.received)),
            execution=str(execution) if isinstance(execution, str | Decimal) and str(execution).strip() else None,
        )


def cost(host: str, where: Disclosure, amount: int, sent: str, received: str) -> Cost:
    """The look at what it costs to send *amount* of one currency, to be received in another."""

    def url(currency: str) -> str:
        said = {"{amount}": str(amount), "{sent}": quote(sent), "{received}": quote(currency)}
        path = where.path
        for place, value in said.items():
            path = path.replace(place, value)
        return f"https://{host}{path}"

    names = Names(where.fee, where.rate, where.received, where.execution)
    return Cost(url(received), Decimal(amount), names, url(NO_CURRENCY))


def _member(said: object, way: str) -> object:
    for name in way.split("."):
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _number(said: object) -> Decimal | None:
    """A number, written as one or as text; None for everything else."""
    if not isinstance(said, str | Decimal):
        return None
    try:
        number = Decimal(said)
    except InvalidOperation:
        return None
    return number if math.isfinite(number) else None
