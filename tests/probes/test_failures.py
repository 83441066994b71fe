"""What an event of the log says of failures: the runbooks' own words, as a sentence and as JSON, and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from golive.probes.failures import KINDS, Failure, read, terms
from golive.probes.journal import patterns


def failure(message: str) -> Failure:
    """The failure that *message* tells."""
    _, found = read(message)
    assert found is not None, message
    return found


@pytest.mark.parametrize(
    ("message", "kind", "code", "topic"),
    [
        # As the failure runbooks quote the log.
        ("AISP consent expired", "consents", "CONSENT_EXPIRED", "AISP"),
        ("AISP consent no longer valid", "consents", "CONSENT_INVALID", "AISP"),
        ("AISP API timeout", "network", "TIMEOUT", "AISP"),
        ("AISP 401 Unauthorized", "credentials", "401", "AISP"),
        ("Bank API unavailable: DNB", "banks", "Bank API unavailable", "Neonomics"),
        ("BankID OAuth error: invalid_client", "credentials", "invalid_client", "BankID"),
        ("BankID callback failed: invalid_state", "states", "invalid_state", "BankID"),
        ("BankID API timeout", "network", "TIMEOUT", "BankID"),
        ("Sumsub API timeout", "network", "TIMEOUT", "Sumsub"),
        ("Sumsub webhook failed", "deliveries", "Webhook not received", "Sumsub"),
        ("KYC verification failed: document_expired", "documents", "document_expired", "Sumsub"),
        ("AML sanctions match: Kari Nordmann", "sanctions", "AML_SANCTIONS_MATCH", "Sumsub"),
        ("Swan API timeout", "network", "TIMEOUT", "Swan"),
        ("Swan GraphQL error: INTERNAL_SERVER_ERROR", "outages", "INTERNAL_SERVER_ERROR", "Swan"),
        ("Swan 503 Service Unavailable", "outages", "5xx", "Swan"),
        ("Swan rate limit exceeded", "limits", "RATE_LIMIT_EXCEEDED", "Swan"),
        ("Account balance too low", "funds", "INSUFFICIENT_FUNDS", "PISP"),
        ("Recipient account validation failed", "recipients", "INVALID_IBAN", "PISP"),
        # As the run-time says it.
        ("connect ECONNREFUSED production.neonomics.io:443", "network", "ECONNREFUSED", "Neonomics"),
        ("getaddrinfo ENOTFOUND api.sumsub.com", "network", "ENOTFOUND", "Sumsub"),
        ("POST https://api.swan.io HTTP/1.1 403 Forbidden", "credentials", "403", "Swan"),
        # What is said exactly comes before what is said broadly.
        ("PISP_ERROR CONSENT_EXPIRED, status 401", "consents", "CONSENT_EXPIRED", "PISP"),
        ("Swan 403 Forbidden: Account suspended", "suspensions", "Account suspended", "Swan"),
        ("payment failed: RATE_LIMIT_EXCEEDED", "limits", "RATE_LIMIT_EXCEEDED", "PISP"),
        ("payment failed: LIMIT_EXCEEDED", "rejections", "LIMIT_EXCEEDED", "PISP"),
    ],
)
def test_what_the_runbooks_look_for_is_found(message: str, kind: str, code: str, topic: str) -> None:
    """As a sentence, and in a member of a JSON object."""
    for said in (message, json.dumps({"level": "error", "message": message})):
        found = failure(said)
        assert (found.kind, found.topic) == (kind, topic)
        assert code in found.codes


@pytest.mark.parametrize(
    "message",
    [
        '{"event": "request", "status": 200, "ms": 429}',
        '{"event": "request", "path": "/api/transactions", "status": 200, "ms": 503}',
        '{"headers": {"X-RateLimit-Remaining": "50"}}',
        "X-RateLimit-Remaining: 401",
        "UNLIMIT_EXCEEDEDLY",
        "order 429 was paid",
        "",
        "{}",
        '{"deep": ' * 3000 + "1" + "}" * 3000,
    ],
)
def test_what_only_looks_like_a_failure_is_none(message: str) -> None:
    """A number is a status where it stands as one, and a code is a word of its own."""
    assert read(message)[1] is None


@pytest.mark.parametrize(
    ("message", "form"),
    [
        ("plain words", "text"),
        ('{"event": "request"}', "object"),
        ('{"event": "requ', "broken"),
        ('{"code": "CONSENT_EXPIRED", "at', "broken"),
        ("[1, 2]", "text"),
    ],
)
def test_the_form_of_an_event_is_told(message: str, form: str) -> None:
    """An event that breaks off is told apart, and what stands in it is read all the same."""
    told, found = read(message)
    assert told == form
    assert (found is not None) == ("CONSENT_EXPIRED" in message)


@pytest.mark.parametrize(
    ("said", "bank"),
    [
        ({"bank": "DNB"}, "DNB"),
        ({"metadata": {"bankName": "SpareBank 1"}}, "SpareBank 1"),
        ({"message": "Bank API unavailable: Nordea, after 3 attempts"}, "Nordea"),
        ({"bank": "kari.nordmann@example.no"}, "another"),
        ({"bank": "X" * 300}, "another"),
        ({}, ""),
    ],
)
def test_a_bank_is_told_by_its_name_and_by_nothing_else(said: dict[str, Any], bank: str) -> None:
    """What cannot be a bank's name is not told."""
    assert failure(json.dumps({"code": "BANK_API_TIMEOUT", **said})).bank == bank


@pytest.mark.parametrize(
    ("message", "customer"),
    [
        ('{"code": "CONSENT_EXPIRED", "userId": 7}', "7"),
        ('{"code": "CONSENT_EXPIRED", "metadata": {"user_id": "u-7"}}', "u-7"),
        ("CONSENT_EXPIRED for user_id=u-7", "u-7"),
        ("CONSENT_EXPIRED", ""),
    ],
)
def test_whose_failure_it_was_is_read(message: str, customer: str) -> None:
    """So that customers can be counted."""
    assert failure(message).customer == customer


def test_every_word_that_is_searched_for_fits_what_aws_takes() -> None:
    """No pattern is longer than 1024 characters, none lacks the word that is known, and no word is left out."""
    made = patterns("known")
    assert all(len(pattern) <= 1024 and pattern.startswith('?"known"') for pattern in made)
    assert all(sum(f'?"{term}"' in pattern for pattern in made) == 1 for term in terms())
    assert not [term for term in terms() if '"' in term]


def test_every_sign_is_found_by_what_is_asked_for() -> None:
    """What our own reading finds, the words that AWS is asked for find too: each sign's own name is among them."""
    for kind in KINDS:
        for sign in kind.signs:
            assert sign.terms, sign.name
            if sign.name not in {"5xx", "X-RateLimit-Remaining: 0"}:
                assert sign.name in sign.terms
