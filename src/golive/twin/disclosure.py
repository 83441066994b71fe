"""What the site tells of the cost of a remittance before it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from starlette.responses import JSONResponse, Response

PATH = "/api/transactions/disclosure"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """
    Rates are so much of the other currency for one krone. *spread* is a share that is kept back and not told; what is
    in *omits* is left out.
    """

    rates: Mapping[str, str] = field(default_factory=lambda: {"EUR": "0.0856", "USD": "0.0941", "PKR": "26.1540"})
    fee: str = "19.00"
    spread: str = "0"
    omits: frozenset[str] = frozenset()
    there: bool = True
    asks_who: bool = False
    knows_every_currency: bool = False

    def answer(self, query: Mapping[str, str]) -> Response:
        """What it costs to send `amount` in `sendCurrency`, as `receiveCurrency`."""
        if not self.there:
            return _no(404, "not_found", "Endepunktet finnes ikke.")
        if self.asks_who:
            return _no(401, "unauthorized", "Logg inn for å fortsette.")
        wanted = query.get("receiveCurrency", "")
        rate = self.rates.get(wanted, "1.0000" if self.knows_every_currency else None)
        try:
            amount = Decimal(query.get("amount", ""))
        except InvalidOperation:
            return _no(422, "invalid_amount", "Beløpet kan ikke leses.")
        if rate is None or query.get("sendCurrency") != "NOK":
            return _no(422, "unsupported_currency", "Valutaen støttes ikke.")
        if not Decimal(0) < amount <= Decimal(100_000):
            return _no(422, "invalid_amount", "Beløpet er utenfor grensene.")
        sent = amount - Decimal(self.fee)
        received = (sent * Decimal(rate) * (1 - Decimal(self.spread))).quantize(CENT, ROUND_HALF_UP)
        told = {
            "sendAmount": str(amount.quantize(CENT)),
            "sendCurrency": "NOK",
            "fee": self.fee,
            "exchangeRate": rate,
            "receiveAmount": str(received),
            "receiveCurrency": wanted,
            "executionTime": "1-2 virkedager",
        }
        kept = {name: said for name, said in told.items() if name not in self.omits}
        return JSONResponse({"data": kept}, headers={"Cache-Control": "no-store"})


def _no(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status, {"Cache-Control": "no-store"})
