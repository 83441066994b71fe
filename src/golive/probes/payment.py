"""
A payment in Neonomics' sandbox, up to the point where its payer must approve.

https://docs.neonomics.io/docs/payments-1
"""

from __future__ import annotations

import base64
import binascii
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, TypeAdapter

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.credentials import Kept
from golive.probes.look import Act, Permission
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
class SandboxPayment(Asked, Act[Order]):
    """
    Does the sandbox take a payment? A bank's own approval needs a person, so it stays there, waiting.

    https://docs.neonomics.io/docs/payments-1
    """

    bank: str
    payer: Account
    payee: Account
    amount: str  # "100.00"
    currency: str
    person: Person | None = None

    @property
    def effect(self) -> str:
        """No money is moved, in a sandbox and without an approval."""
        return (
            f"orders a payment of {self.amount} {self.currency} in the sandbox at {self.host}, "
            f'which nobody approves and which stays there under a name that begins with "{DEVICE}"'
        )

    def stays(self, seen: Any) -> str:
        """The order, under its name."""
        return f"in the sandbox stays the order {seen.name}, which nobody approves" if seen.payment_id else ""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The sandbox's client, and what the bank wants to know of the payer."""
        scope = "a test user of the sandbox's bank"
        halves = (self.person.number, self.person.key) if self.person else ()
        return (*self.client.permissions(environment), *(half.permission(environment, scope) for half in halves))

    def observe(self, reach: Reach) -> Order:
        """The session that the order needs is ended again, whatever becomes of the order."""
        reach.ask(NoSuchBank(self.api_url, self.client))
        token = self.client.token(reach)
        opened = self.ask(reach, token, "session", method="POST", said={"bankId": self.bank})
        session = read(opened, _SESSION).sessionId
        try:
            return self._order(reach, token, session)
        finally:
            with suppress(ProbeError):  # one that cannot be ended ends by itself, and says nothing of the order
                self.ask(reach, token, f"session/{quote(session, safe='')}", method="DELETE")

    def _order(self, reach: Reach, token: str, session: str) -> Order:
        name = f"{DEVICE}-{secrets.token_hex(4)}"
        seen = {"x-session-id": session}
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
