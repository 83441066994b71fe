"""What the sentences about names and their certificates make of answers that no fault of the twin gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import load
from golive.errors import NothingExamined
from golive.probes.certificate import Served, Shown, Spoken
from golive.probes.names import Found, Issuers, Said
from golive.remarks import Remarks
from steps import names

from .judging import verdict
from .town import HOME

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
END = NOW + timedelta(days=90)
SHOWN = Shown("192.0.2.10", ("getdrop.no",), NOW, END, END, "RSA", 2048, "sha256", "CN=A", "", "")
SAID = Said("192.0.2.53 (ns1)", True, True, ("192.0.2.10",))
BOTH = Said("192.0.2.54 (ns2)", True, True, ("192.0.2.10", "192.0.2.11"))
RESOLVER = Said("198.51.100.53", False, True, ("192.0.2.10",))
APEX = Found("getdrop.no", "getdrop.no", (SAID,), (), False, "")


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"signed": True}, True),
        ({"signed": True, "broken": "expired"}, False),
        ({"said": (SAID, replace(SAID, server="b", addresses=("192.0.2.11",)))}, False),
        ({"said": (replace(SAID, addresses=()),)}, False),
        ({"said": (replace(SAID, exists=False, addresses=()),)}, False),
        ({"said": (BOTH, RESOLVER, replace(RESOLVER, addresses=("192.0.2.11",)))}, True),
        ({"said": (BOTH, RESOLVER, replace(RESOLVER, addresses=("192.0.2.12",)))}, False),
        ({"said": (BOTH, RESOLVER, replace(RESOLVER, addresses=()))}, False),
        ({"said": (BOTH, SAID, RESOLVER)}, False),
    ],
)
def test_name_servers_agree_on_something(change: dict[str, Any], ok: bool) -> None:
    """
    To agree that there is nothing is no agreement; a resolver may remember a part, and nothing else.
    """
    verdict(lambda: names.name_servers_agree([replace(APEX, **change), APEX], Remarks()), ok)


@pytest.mark.parametrize(
    ("addresses", "ok"),
    [(("192.0.2.10",), True), (("192.0.2.10", "2001:db8::10"), True), (("2001:db8::10",), False), ((), False)],
)
def test_the_apex_has_an_a_record(addresses: tuple[str, ...], ok: bool) -> None:
    """
    Where there is an IPv6 address alone, whoever has none gets nothing.
    """
    found = replace(APEX, said=(replace(SAID, addresses=addresses),))
    service = replace(APEX, name="service", said=(replace(SAID, addresses=("192.0.2.10", "2001:db8::10")),))
    environment = load("rehearsal", HOME)
    verdict(lambda: names.addresses_lead_to_the_service([found, service], environment, Remarks()), ok)


def test_zone_without_servers_of_its_own_is_unknown() -> None:
    """
    Where only resolvers were asked, the zone was not.
    """
    with pytest.raises(NothingExamined):
        names.name_servers_agree([replace(APEX, said=(replace(SAID, authoritative=False),))], Remarks())


def test_what_was_not_seen_is_a_warning() -> None:
    """
    IPv6 without a way there does not hold the launch and is told.
    """
    remarks = Remarks()
    names.name_servers_agree([replace(APEX, unseen=("2001:db8::53 (ns1)",))], remarks)
    names.certificates_are_trusted([Served("getdrop.no", (SHOWN,), ("2001:db8::10",))], remarks)
    assert len(remarks.warnings) == 2


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"distrusted": "no"}, False),
        ({"key_bits": 1024}, False),
        ({"signature_hash": "sha1"}, False),
        ({"key": "EC secp256r1", "key_bits": 256}, True),
        ({"key": "EC secp192r1", "key_bits": 192}, False),
    ],
)
def test_one_weak_certificate_is_enough(change: dict[str, Any], ok: bool) -> None:
    """
    Every address counts.
    """
    served = Served("getdrop.no", (SHOWN, replace(SHOWN, address="192.0.2.11", **change)), ())
    verdict(lambda: names.certificates_are_trusted([served], Remarks()), ok)


@pytest.mark.parametrize(
    ("begins", "days", "ok", "warnings"),
    [(0, 90, True, 0), (0, 29, True, 1), (0, 14, True, 1), (0, 13, False, 0), (0, -1, False, 0), (1, 90, False, 0)],
)
def test_certificate_must_last(begins: int, days: int, ok: bool, warnings: int) -> None:
    """
    Two weeks are the least, of it and of its chain; below thirty days its renewal is stuck.
    """
    begun, end, far = NOW + timedelta(days=begins), NOW + timedelta(days=days), NOW + timedelta(days=900)
    for not_after, chain_ends in ((end, end), (end, far), (far, end)):
        shown = replace(SHOWN, not_before=begun, not_after=not_after, chain_ends=chain_ends)
        remarks = Remarks()
        served = Served("getdrop.no", (shown,), ())
        verdict(lambda served=served, remarks=remarks: names.certificates_last([served], NOW, 14, 30, remarks), ok)
        assert len(remarks.warnings) == warnings


def test_amazon_may_renew_where_nobody_forbids() -> None:
    """
    No CAA record lets everybody, and one of Amazon's names is enough.
    """
    names.amazon_may_issue([Issuers("getdrop.no", "", False, ())])
    names.amazon_may_issue([Issuers("getdrop.no", "getdrop.no", True, ("amazonaws.com", "letsencrypt.org"))])
    verdict(lambda: names.amazon_may_issue([Issuers("getdrop.no", "getdrop.no", True, ())]), False)
    verdict(lambda: names.amazon_may_issue([]), False)


def test_old_tls_that_could_not_be_offered_is_unknown() -> None:
    """
    A refusal of our own library is nobody's merit.
    """
    new = ("TLS 1.2", "TLS 1.3")
    names.old_tls_is_refused([Spoken("getdrop.no", new, names.OLD, ())], Remarks())
    verdict(
        lambda: names.old_tls_is_refused([Spoken("getdrop.no", ("TLS 1.1", *new), ("TLS 1.0",), ())], Remarks()), False
    )
    with pytest.raises(NothingExamined):
        names.old_tls_is_refused([Spoken("getdrop.no", new, ("TLS 1.1",), ("TLS 1.0",))], Remarks())
