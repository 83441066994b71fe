"""
A payment in Neonomics' sandbox, up to the point where its payer must approve.

https://docs.neonomics.io/docs/payments-1
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.credentials import Kept
from golive.probes.look import Act, Look, Permission
from golive.probes.neonomics import DEVICE, DONE, Asked, NoSuchBank, error_of, read

if TYPE_CHECKING:
    from golive.probes.reach import Reach

PRODUCT = "domestic-transfer"


class _Session(BaseModel):
    sessionId: str  # noqa: N815


class _Payment(BaseModel):
    paymentId: str  # noqa: N815


_SESSION = TypeAdapter(_Session)
_PAYMENT = TypeAdapter(_Payment)


@dataclass(frozen=True, slots=True)
class Order:
    """
    What became of an order to pay.

    Taken and waiting for its payer is error code 1428 with a link in this interface, and HTTP 510: it is the caller's
    turn (https://docs.neonomics.io/docs/error-handling). *link* is where the payer's authorisation is asked for,
    without its query.
    """

    source: str
    name: str  # under which it can be found there
    http_status: int
    error_code: str | None
    payment_id: str | None
    link: str | None


_ORDER = TypeAdapter(Order)


@dataclass(frozen=True, slots=True)
class Account:
    """An account at the sandbox's bank; its holder is invented."""

    iban: str
    holder: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whose national number the bank wants to see, and the key under which Neonomics wants it encrypted."""

    number: Kept
    key: Kept

    def shown(self, reach: Reach, purpose: str) -> str:
        """`x-psu-id`: base64 of IV, ciphertext and tag (AES-GCM)."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            cipher = AESGCM(base64.b64decode(self.key.text(reach, purpose), validate=True))
        except (binascii.Error, ValueError) as exc:
            raise ProbeError(self.key.name, "it is no AES key in base64") from exc
        iv = secrets.token_bytes(12)
        return base64.b64encode(iv + cipher.encrypt(iv, self.number.text(reach, purpose).encode(), None)).decode()


@dataclass(frozen=True, slots=True)
class _OfPayment(Asked):
    bank: str
    payer: Account
    payee: Account
    amount: str  # "100.00"
    currency: str
    person: Person | None = None

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The sandbox's client, and what the bank wants to know of the payer."""
        scope = "a test user of the sandbox's bank"
        halves = (self.person.number, self.person.key) if self.person else ()
        return (*self.client.permissions(environment), *(half.permission(environment, scope) for half in halves))

    @contextmanager
    def session(self, reach: Reach) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The token and the headers of a session with the bank, which is ended again, whatever becomes of it."""
        token = self.client.token(reach)
        opened = self.ask(reach, token, "session", method="POST", said={"bankId": self.bank})
        name = read(opened, _SESSION).sessionId
        try:
            yield token, {"x-session-id": name}
        finally:
            with suppress(ProbeError):  # one that cannot be ended ends by itself, and says nothing of the order
                self.ask(reach, token, f"session/{quote(name, safe='')}", method="DELETE")


@dataclass(frozen=True, slots=True)
class OrderedBefore(_OfPayment, Look[Order]):
    """
    Is the payment that a run within the last hour ordered still there?

    The interface lists none, so that its number comes from that run's record; whether it is there says the sandbox.
    """

    def observe(self, reach: Reach) -> Order:
        """The order as it was taken then, where the sandbox would still have it authorised; else one of no number."""
        same = (self.bank, self.payer, self.payee, self.amount, self.currency, self.person)
        kept = reach.earlier(SandboxPayment(self.api_url, self.client, *same))
        none = Order(self.api_url, "", 0, None, None, None)
        try:
            order = _ORDER.validate_python(kept)
        except ValidationError:
            return none
        if order.payment_id is None:
            return none
        with self.session(reach) as (token, seen):
            asked = f"payments/{PRODUCT}/{quote(order.payment_id, safe='')}/authorize"
            reply = self.ask(reach, token, asked, headers=seen)
            there = reply.status in DONE and read(reply, _PAYMENT).paymentId == order.payment_id
        return order if there else none


@dataclass(frozen=True, slots=True)
class SandboxPayment(_OfPayment, Act[Order]):
    """
    Does the sandbox take a payment? A bank's own approval needs a person, so it stays there, waiting.

    https://docs.neonomics.io/docs/payments-1
    """

    @property
    def effect(self) -> str:
        """No money is moved, in a sandbox and without an approval."""
        return (
            f"orders a payment of {self.amount} {self.currency} in the sandbox at {self.host}, "
            f'which nobody approves and which stays there under a name that begins with "{DEVICE}", '
            "unless that of a run within the last hour is there"
        )

    @property
    def unless(self) -> OrderedBefore:
        """That of an armed run within the last hour."""
        return OrderedBefore(
            self.api_url, self.client, self.bank, self.payer, self.payee, self.amount, self.currency, self.person
        )

    def is_done(self, seen: Any) -> bool:
        """It is still there."""
        return isinstance(seen, Order) and seen.payment_id is not None

    def stays(self, seen: Any) -> str:
        """The order, under its name."""
        return f"in the sandbox stays the order {seen.name}, which nobody approves" if seen.payment_id else ""

    def observe(self, reach: Reach) -> Order:
        """An order under a name of its own."""
        reach.ask(NoSuchBank(self.api_url, self.client))
        with self.session(reach) as (token, seen):
            return self._order(reach, token, dict(seen))

    def _order(self, reach: Reach, token: str, seen: dict[str, str]) -> Order:
        name = f"{DEVICE}-{secrets.token_hex(4)}"
        if self.person is not None:
            seen["x-psu-id"] = self.person.shown(reach, self.api_url)
        said = {
            "debtorAccount": {"iban": self.payer.iban},
            "debtorName": self.payer.holder,
            "creditorAccount": {"iban": self.payee.iban},
            "creditorName": self.payee.holder,
            "instrumentedAmount": self.amount,  # their spelling
            "currency": self.currency,
            "remittanceInformationUnstructured": "Drop go-live gate",
            "endToEndIdentification": name,
            "paymentMetadata": {},
        }
        reply = self.ask(reach, token, f"payments/{PRODUCT}", method="POST", headers=seen, said=said)
        if reply.status in DONE:
            return Order(reply.url, name, reply.status, None, read(reply, _PAYMENT).paymentId, None)
        error = error_of(reply)
        link = next(iter(error.links or ()), None)
        return Order(
            source=reply.url,
            name=name,
            http_status=reply.status,
            error_code=error.errorCode,
            payment_id=link.meta.id if link and link.meta else None,
            link=urlsplit(link.href)._replace(query="", fragment="").geturl() if link else None,
        )
