"""
What the application's log says of failures, in the failure runbooks' words; pure reading, one event at a time.

An event is of one kind, the first in `KINDS` whose words are in it: what is said exactly comes before what is said
broadly, so that "CONSENT_EXPIRED, status 401" is a consent and no credential. Nothing of an event leaves this module
but names that stand here, the name of a bank, and a customer's number for as long as customers are counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["object", "text", "broken"]

# Statuses are found under these names, or in a sentence after or before words that make them statuses.
_STATUS = r"(?:\b(?:http|status\w*)[ =:/\"]{{1,3}}(?:1\.1 )?{0}\b|\b{0} (?:{1})\b)"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that may be said: our name for it, the words to ask AWS for (as written), how we find it ourselves."""

    name: str
    terms: tuple[str, ...]
    found: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """Signs that mean the same sort of failure; *topic* where all of them can only be of one partner."""

    name: str
    signs: tuple[Sign, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What one event says went wrong."""

    kind: str
    codes: tuple[str, ...]
    topic: str  # whose it is: "AISP", "PISP", "Sumsub"; "" where that is not said
    bank: str  # "" where none is named
    flow: str  # "remittance", "QR payment", or ""
    customer: str  # whose it was: counted, and never told


def _said(name: str, *phrases: str) -> Sign:
    """The code *name* as a word of its own, or one of *phrases*."""
    words = (name, *phrases)
    return Sign(name, words, re.compile("|".join(map(_alone, words)), re.IGNORECASE))


def _status(name: str, statuses: str, reasons: str, *phrases: str) -> Sign:
    """An HTTP status out of *statuses*, with its *reasons*; or one of *phrases*."""
    found = [_STATUS.format(f"(?:{statuses})", reasons), *map(_alone, phrases)]
    return Sign(name, (*statuses.split("|"), *phrases), re.compile("|".join(found), re.IGNORECASE))


def _alone(words: str) -> str:
    """A pattern of *words* that no letter or digit touches."""
    return rf"(?<!\w){re.escape(words)}(?!\w)"


KINDS: tuple[Kind, ...] = (
    Kind(
        "consents",
        (
            _said("CONSENT_EXPIRED", "consent expired"),
            _said("CONSENT_INVALID", "consent no longer valid", "consent invalid"),
            _said("ACCOUNT_NOT_ACCESSIBLE"),
        ),
    ),
    Kind("funds", (_said("INSUFFICIENT_FUNDS", "Account balance too low"),), "PISP"),
    Kind(
        "rejections",
        (_said("PAYMENT_REJECTED", "Bank declined transaction"), _said("SECURITY_BLOCK"), _said("LIMIT_EXCEEDED")),
        "PISP",
    ),
    Kind(
        "recipients",
        (_said("INVALID_IBAN", "Recipient account validation failed"), _said("ACCOUNT_NOT_FOUND")),
        "PISP",
    ),
    Kind("sanctions", (_said("AML_SANCTIONS_MATCH", "AML sanctions match"),), "Sumsub"),
    Kind(
        "documents",
        (
            _said("document_not_readable"),
            _said("document_expired"),
            _said("document_type_mismatch"),
            _said("underage"),
        ),
        "Sumsub",
    ),
    Kind("liveness", (_said("liveness_check_failed"), _said("face_mismatch")), "Sumsub"),
    Kind("redirects", (_said("redirect_uri_mismatch"),), "BankID"),
    Kind("states", (_said("invalid_state", "Invalid state parameter"),), "BankID"),
    Kind("suspensions", (_said("Account suspended"),)),
    Kind(
        "schema",
        (_said("GRAPHQL_VALIDATION_FAILED", "Cannot query field", "Unknown argument", "Unknown type"),),
        "Swan",
    ),
    Kind(
        "signatures",
        (_said("webhook signature", "invalid_signature", "Signature validation", "Signature mismatch"),),
        "Sumsub",
    ),
    Kind("deliveries", (_said("Webhook not received", "webhook failed", "Webhook delivery failed"),), "Sumsub"),
    Kind(
        "limits",
        (
            _status("429", "429", "Too Many Requests", "Too Many Requests", "TOO_MANY_REQUESTS"),
            _said("RATE_LIMIT_EXCEEDED", "rate_limit_exceeded", "rate limit exceeded"),
            Sign(
                "X-RateLimit-Remaining: 0",
                ("X-RateLimit-Remaining", "x-ratelimit-remaining"),
                re.compile(r"x-ratelimit-remaining[\"']?\s*[:=]\s*[\"']?0(?!\d)", re.IGNORECASE),
            ),
        ),
    ),
    Kind(
        "credentials",
        (
            _said("invalid_client"),
            _said("unauthorized_client"),
            _said("invalid_api_key"),
            _status("401", "401", "Unauthorized"),
            _status("403", "403", "Forbidden"),
        ),
    ),
    Kind(
        "banks",
        (
            _said("Bank API unavailable"),
            _said("BANK_API_TIMEOUT", "Bank API timeout", "BANK_TIMEOUT"),
            _status("502", "502", "Bad Gateway"),
        ),
    ),
    Kind(
        "network",
        (
            _said("TIMEOUT", "ETIMEDOUT", "ESOCKETTIMEDOUT", "API timeout", "Connection timeout", "timed out"),
            _said("ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH"),
            _said("ENOTFOUND", "EAI_AGAIN", "NXDOMAIN"),
        ),
    ),
    Kind(
        "outages",
        (
            _status("5xx", "500|503|504", "Service Unavailable|Gateway Timeout|Internal Server Error"),
            _said("INTERNAL_SERVER_ERROR", "API unreachable", "SERVICE_UNAVAILABLE"),
        ),
    ),
)

# Whose an event is, the first that it names. What a payment lacks is money on an account, hence the exception.
_TOPICS = (
    ("BankID", r"bankid|oidc"),
    ("Sumsub", r"sumsub|\bkyc"),
    ("Swan", r"swan|graphql"),
    ("PISP", r"pisp|payment|remittance|/transactions\b"),
    ("AISP", r"aisp|balance"),
    ("Neonomics", r"neonomics|bank api"),
)
TOPICS: Mapping[str, re.Pattern[str]] = {name: re.compile(words, re.IGNORECASE) for name, words in _TOPICS}
_FLOWS = {
    "remittance": re.compile(r"remittance", re.IGNORECASE),
    "QR payment": re.compile(r"qr[-_ ]?payment", re.IGNORECASE),
}

# A bank is named in a member of its own (the failure runbooks look for "bank":"DNB"), or after a colon.
_BANK_MEMBER = re.compile(r"(?:.*\.)?bank(?:_?name)?", re.IGNORECASE)
_BANK_SAID = re.compile(r"Bank API (?:unavailable|timeout): ([^\s,;.\"(][^,;.\"(\n]{0,30})")
_BANK = re.compile(r"[A-ZÆØÅ][\wæøåÆØÅ&-]*(?: [\wæøåÆØÅ&-]+){0,2}")
_CUSTOMER_MEMBER = re.compile(r"(?:.*\.)?user(?:_?id)?", re.IGNORECASE)
_CUSTOMER_SAID = re.compile(r"\buser(?:_?id)?[ =:]+\"?([\w-]{1,64})", re.IGNORECASE)
_DEEPEST = 5


def terms() -> Iterator[str]:
    """Every word to ask for, each once."""
    yield from dict.fromkeys(term for kind in KINDS for sign in kind.signs for term in sign.terms)


def read(message: str) -> tuple[Form, Failure | None]:
    """In what form an event came, and the failure that it tells; None where it tells of none."""
    form, members = _members(message)
    text = "\n".join(f"{name}={value}" for name, value in members) if form == "object" else message
    for kind in KINDS:
        if codes := tuple(sign.name for sign in kind.signs if sign.found.search(text)):
            topic = kind.topic or next((name for name, words in TOPICS.items() if words.search(text)), "")
            flow = next((name for name, words in _FLOWS.items() if words.search(text)), "")
            return form, Failure(kind.name, codes, topic, _bank(members, text), flow, _customer(members, text))
    return form, None


def _members(message: str) -> tuple[Form, tuple[tuple[str, str], ...]]:
    if not message.lstrip().startswith("{"):
        return "text", ()
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        return "broken", ()
    return "object", tuple(_flat(said, ""))


def _flat(said: Any, name: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every member as (path, text); what lies too deep to be a log's is left out."""
    if depth > _DEEPEST:
        return
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(said, list):
        for value in said:
            yield from _flat(value, name, depth + 1)
    else:
        yield name, str(said)


def _bank(members: tuple[tuple[str, str], ...], text: str) -> str:
    named = next((value for name, value in members if _BANK_MEMBER.fullmatch(name)), "")
    if not named and (said := _BANK_SAID.search(text)):
        named = said[1].strip()
    return named if _BANK.fullmatch(named) and len(named) <= 40 else "another" if named else ""


def _customer(members: tuple[tuple[str, str], ...], text: str) -> str:
    named = next((value for name, value in members if _CUSTOMER_MEMBER.fullmatch(name)), "")
    if not named and not members and (said := _CUSTOMER_SAID.search(text)):
        named = said[1]
    return named
