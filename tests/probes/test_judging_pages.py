"""What the sentences about a visitor's page make of it: whole and ours, or BankID's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell
from golive.remarks import Remarks
from steps import browser

from .judging import FRONT, SEEN, verdict


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"url": "https://www.getdrop.no/"}, False),
        ({"url": "http://getdrop.no/"}, False),
        ({"status": 500}, False),
        ({"status": None}, False),
        ({"language": "en"}, False),
        ({"words": 0}, False),
        ({"errors": ("TypeError",)}, False),
    ],
)
def test_page_works_when_it_is_ours_and_whole(environment: Environment, change: dict[str, Any], ok: bool) -> None:
    """
    Another place, another language, an empty page or a failing script is not the front door.
    """
    verdict(lambda: browser.page_works(replace(SEEN, **change), environment, Remarks()), ok)


def test_script_that_misses_a_host_out_of_sight_is_unknown(environment: Environment) -> None:
    """
    What the gate itself does not let through may be why a script fails; what fails of the site's own does not.
    """
    thrown = replace(SEEN, errors=("TypeError thrown at https://getdrop.no/x.js:1",), outside=("o1.ingest.sentry.io",))
    with pytest.raises(CannotTell, match=r"TypeError.*o1\.ingest\.sentry\.io"):
        browser.page_works(thrown, environment, Remarks())
    verdict(lambda: browser.page_works(replace(thrown, outside=()), environment, Remarks()), False)
    for change in ({"failed": (FRONT + "x.js: 404",)}, {"status": 500}, {"words": 0}):
        verdict(lambda change=change: browser.page_works(replace(thrown, **change), environment, Remarks()), False)
    remarks = Remarks()
    browser.page_works(replace(thrown, errors=()), environment, remarks)
    assert "o1.ingest.sentry.io" in remarks.warnings[0]


@pytest.mark.parametrize(
    ("url", "status", "ok"),
    [
        ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 200, True),
        ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 400, False),
        ("https://auth.bankid.no/auth/realms/production", 200, False),
        ("http://auth.bankid.no/auth/realms/prod/precheck/auth", 200, False),
        ("https://auth.bankid.no.example/auth/realms/prod/x", 200, False),
        ("https://notbankid.no/auth/realms/prod/x", None, False),
        ("https://login.bankid.no/auth", 200, True),
        ("https://login.bankid.no/auth", 500, False),
    ],
)
def test_bankid_is_known_by_its_issuer(environment: Environment, url: str, status: int | None, ok: bool) -> None:
    """
    The realm of the environment's issuer, or a host beside it that is listed, answering well, and nothing alike.
    """
    hosts = (*environment.network.hosts, "login.bankid.no")
    listing = environment.model_copy(update={"network": environment.network.model_copy(update={"hosts": hosts})})
    verdict(lambda: browser.stands_before_bankid(replace(SEEN, url=url, status=status, clicked=True), listing), ok)


@pytest.mark.parametrize("host", ["login.bankid.no", "auth.current.bankid.no"])
def test_host_of_bankids_that_is_not_listed_is_unknown(environment: Environment, host: str) -> None:
    """
    The gate does not reach it, so it was not seen what is there: neither BankID nor a stranger.
    """
    sight = replace(SEEN, url=f"https://{host}/auth", status=None, clicked=True, outside=(host,))
    with pytest.raises(CannotTell, match=f"{host} bears BankID's name"):
        browser.stands_before_bankid(sight, environment)
