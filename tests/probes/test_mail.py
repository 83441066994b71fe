"""Who takes mail for a domain, by what the name servers say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.errors import Unreachable
from golive.probes.mail import MailDomain, MailTaken
from golive.remarks import Remarks
from steps import runbooks

from .town import Town, again


@pytest.mark.parametrize(
    ("records", "exists", "servers", "reachable"),
    [
        ({"MX": ("10 mx.mail.example.",)}, True, ("mx.mail.example",), True),
        ({"MX": ("0 .",)}, True, (".",), False),
        ({"MX": ("10 gone.mail.example.",)}, True, ("gone.mail.example",), False),
        (
            {"MX": ("10 gone.mail.example.", "20 mx.mail.example.")},
            True,
            ("gone.mail.example", "mx.mail.example"),
            True,
        ),
        ({"A": ("203.0.113.9",)}, True, (), True),
        ({"TXT": ('"v=spf1 -all"',)}, True, (), False),
        ({}, False, (), False),
    ],
    ids=["mx", "takes none", "leads nowhere", "one of two", "an address alone", "neither", "not there"],
)
def test_who_takes_mail_is_told(
    town: Town, records: dict[str, tuple[str, ...]], exists: bool, servers: tuple[str, ...], reachable: bool
) -> None:
    """By the MX records, or an address without one (RFC 5321 5.1); RFC 7505 says how none is said."""
    town.zone = town.zone.without("swan.io")
    town.zone = replace(
        town.zone, records={name: said for name, said in town.zone.records.items() if not name.endswith("swan.io")}
    )
    for kind, told in records.items():
        town.zone = town.zone.told("swan.io", kind, *told)
    seen = MailTaken("swan.io").observe(town.reach())
    assert (seen.exists, seen.servers, seen.reachable) == (exists, servers, reachable)
    assert again(seen) == seen
    judged = [MailDomain("x", "swan.io", exists, servers, reachable)]
    if reachable:
        runbooks.mail_is_taken(judged, Remarks())
    else:
        with pytest.raises(AssertionError, match=r"swan.io (takes no mail|is not there)"):
            runbooks.mail_is_taken(judged, Remarks())


def test_name_servers_that_fail_are_no_answer(town: Town) -> None:
    """Nobody knows then whether mail is taken."""
    town.zone = town.zone.ail("servfail", name="swan.io")
    with pytest.raises(Unreachable):
        MailTaken("swan.io").observe(town.reach())
