"""
Where the site takes Sumsub's reports: https://docs.sumsub.com/docs/user-verification-webhooks.

Sumsub signs the bytes of the body, not what they mean. What is rightly signed is taken, and changes something only
where it concerns an applicant whom the site knows, says something new, and is not of the sandbox.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PATH = "/api/kyc/webhook"
SHA1, SHA256, SHA512 = "HMAC_SHA1_HEX", "HMAC_SHA256_HEX", "HMAC_SHA512_HEX"
_HASHES: Mapping[str, Callable[..., Any]] = {SHA1: hashlib.sha1, SHA256: hashlib.sha256, SHA512: hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Webhook:
    """
    The receiver of Sumsub's reports, and the ways in which it may be careless.

    *known* are the applicants, with where their verification stands. *also* are keys that are good as well. *elsewhere*
    are former paths that still answer, by whether they look at signatures.
    """

    secret: str
    path: str = PATH
    algorithms: frozenset[str] = frozenset({SHA256, SHA512})
    known: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    elsewhere: Mapping[str, bool] = field(default_factory=dict)
    takes_unsigned: bool = False
    takes_forged: bool = False
    takes_any_algorithm: bool = False
    reads_before_it_verifies: bool = False  # signs again what it understood, and not the bytes that came
    refuses_all: bool = False
    for_strangers: int = 200  # what it says to a report on somebody whom it does not know
    takes_in_strangers: bool = False  # and makes customers of them


@dataclass(frozen=True, slots=True)
class Taken:
    """What a report came to: the status of the answer, and whom it made a customer."""

    status: int
    newcomer: str = ""


class Receiver:
    """What the receiver has learnt since the world began."""

    def __init__(self) -> None:
        self.standing: dict[str, tuple[str, str]] = {}  # applicant → when it was said, and what
        self.changes = 0

    def forget(self) -> None:
        """The world is another."""
        self.standing.clear()
        self.changes = 0

    def take(self, webhook: Webhook, path: str, body: bytes, headers: Mapping[str, str]) -> Taken:
        """A POST at *path*."""
        looks = webhook.elsewhere.get(path, True)
        if webhook.refuses_all or (looks and not _believed(webhook, body, headers)):
            return Taken(401)
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return Taken(400)
        return self._act_on(webhook, said)

    def _act_on(self, webhook: Webhook, said: Mapping[str, Any]) -> Taken:
        applicant = str(said.get("applicantId", ""))
        if applicant not in webhook.known:
            stranger = webhook.takes_in_strangers and applicant not in self.standing
            if stranger:
                self.standing[applicant] = ("", "pending")
            return Taken(webhook.for_strangers, applicant if stranger else "")
        when, what = str(said.get("createdAtMs", "")), _standing(said)
        before = self.standing.get(applicant, ("", webhook.known[applicant]))
        # Reports come twice and out of order: what is not newer than the last changes nothing.
        if what and not said.get("sandboxMode") and when > before[0]:
            self.changes += what != before[1]
            self.standing[applicant] = (when, what)
        return Taken(200)


def _standing(said: Mapping[str, Any]) -> str:
    """What a report makes of an applicant; "" where it makes nothing."""
    result = said.get("reviewResult") or {}
    match said.get("type"), said.get("reviewStatus"), result.get("reviewAnswer"):
        case "applicantPending", _, _:
            return "pending"
        case "applicantReviewed", "completed", "GREEN":
            return "approved"
        case "applicantReviewed", "completed", "RED":
            return "rejected" if result.get("reviewRejectType") == "FINAL" else "pending_retry"
    return ""


def _believed(webhook: Webhook, body: bytes, headers: Mapping[str, str]) -> bool:
    digest = headers.get("x-payload-digest", "")
    if not digest:
        return webhook.takes_unsigned
    if webhook.takes_forged:
        return True
    named = headers.get("x-payload-digest-alg", SHA256)
    if named not in webhook.algorithms:
        return webhook.takes_any_algorithm and named not in _HASHES
    signed = _written_again(body) if webhook.reads_before_it_verifies else body
    rights = (hmac.new(key.encode(), signed, _HASHES[named]).hexdigest() for key in (webhook.secret, *webhook.also))
    return any(hmac.compare_digest(right.encode(), digest.lower().encode()) for right in rights)


def _written_again(body: bytes) -> bytes:
    """As `JSON.stringify` writes it."""
    try:
        return json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    except ValueError:
        return body
