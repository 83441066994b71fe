"""The contacts of the failure runbooks, and their next reviews: written down, and fit to be used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from golive.environment import Environment, load
from golive.errors import SetupError
from golive.remarks import Remarks
from steps import runbooks

from .town import HOME

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def written(environment: Environment, now: datetime = NOW, name: str = "bankid") -> None:
    runbooks.contacts_are_written_down(name, environment, now, Remarks())


def test_contacts_that_are_filled_in_hold(environment: Environment) -> None:
    """Those of all five runbooks, as the rehearsal has them."""
    for name in ("aisp-balance", "bankid", "pisp-payment", "sumsub-kyc", "swan-outage"):
        written(environment, name=name)


@pytest.mark.parametrize("name", ["aisp-balance", "bankid", "pisp-payment", "sumsub-kyc", "swan-outage"])
def test_the_documents_as_they_stand_fail(name: str) -> None:
    """Production's file answers nothing yet: each blank is named with its key, and so is the review."""
    with pytest.raises(AssertionError) as failed:
        written(load("production", HOME), name=name)
    assert "blank: write contacts." in str(failed.value) or "XXXX: write contacts." in str(failed.value)
    assert "its next review has no day" in str(failed.value)
    assert f"write reviews.{name}" in str(failed.value)


@pytest.mark.parametrize(
    ("key", "said"),
    [("ceo-slack", "ola"), ("ceo-sms", "04 12"), ("bankid-phone", "ask Ola"), ("bankid-e-mail", "support")],
)
def test_what_nobody_could_use_is_no_contact(environment: Environment, key: str, said: str) -> None:
    """A number that cannot be dialled, a handle without its sign, an address without a domain."""
    with pytest.raises(AssertionError, match=f"is {said}: write contacts.{key}"):
        written(environment.model_copy(update={"contacts": {**environment.contacts, key: said}}))


@pytest.mark.parametrize(("due", "holds"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True)])
def test_a_review_is_due_on_its_day(environment: Environment, due: date, holds: bool) -> None:
    """On the day itself it is not past."""
    with_day = environment.model_copy(update={"reviews": {"bankid": due}})
    if holds:
        written(with_day)
        return
    with pytest.raises(AssertionError, match="was due on 2026-11-22"):
        written(with_day)


@pytest.mark.parametrize(
    ("was", "instead", "said"),
    [
        ('ceo = "+47 00 00 00 01"', 'ceo = "+47 XXXX XXXX"', "contacts.ceo: this is a blank still"),
        ('ceo = "+47 00 00 00 01"', 'ceo = "tbd"', "contacts.ceo: this is a blank still"),
        ("bankid = 2999-12-31", 'bankid = "before phase 2"', "reviews.bankid"),
        ("bankid = 2999-12-31", "bank-id = 2999-12-31", "reviews.bank-id"),
        ('Swan = { monitor = "Swan" }', 'Swann = { monitor = "Swan" }', "betterstack.providers.Swann"),
    ],
)
def test_a_copied_blank_or_an_unknown_name_is_refused(tmp_path: Path, was: str, instead: str, said: str) -> None:
    """With file, line and key."""
    text = (HOME / "environments/rehearsal/environment.toml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "environments" / "rehearsal" / "environment.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(was, instead, 1), encoding="utf-8")
    with pytest.raises(SetupError, match=said):
        load("rehearsal", tmp_path)
