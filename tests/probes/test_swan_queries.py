"""The product's queries against Swan's schema: what fits, what no longer does, and what is deprecated."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.environment import Environment
from golive.errors import ProbeError, Unreadable
from golive.probes.swanschema import Fit
from golive.twin.swan import SCHEMA
from steps import providers

from .backstage import Backstage
from .trouble import swan


def fit_of(backstage: Backstage, environment: Environment) -> Fit:
    """How our queries fit."""
    fit = backstage.look(providers.queries_against_schema(environment))
    assert isinstance(fit, Fit)
    return fit


def test_queries_fit_the_schema(backstage: Backstage, environment: Environment) -> None:
    """
    All of the product's operations.
    """
    fit = fit_of(backstage, environment)
    assert fit.operations == ("ProjectInfo", "Balance", "OpenAccount", "IssueCard", "Pay")
    assert (fit.misfits, fit.deprecated) == ((), ())


@pytest.mark.parametrize(
    ("former", "now", "operation", "message"),
    [
        ("balances: AccountBalances", "balance: Amount", "Balance", "Cannot query field 'balances' on type 'Account'"),
        (
            "addCard(input: AddCardInput!)",
            "addCards(input: AddCardInput!)",
            "IssueCard",
            "Cannot query field 'addCard'",
        ),
        ("addCard(input: AddCardInput!)", "addCard(input: AddCardInput!, seat: ID!)", "IssueCard", "addCard(seat:)"),
        ("account(accountId: ID!)", "account(id: ID!)", "Balance", "Unknown argument 'accountId'"),
    ],
)
def test_what_no_longer_fits_is_told(  # what is changed and what must be said of it
    backstage: Backstage, environment: Environment, former: str, now: str, operation: str, message: str
) -> None:
    """
    A field that is gone, a mutation that is renamed, a member that is demanded now: by operation.
    """
    assert former in SCHEMA
    backstage.put(swan(schema=SCHEMA.replace(former, now)))
    fit = fit_of(backstage, environment)
    assert {one.operation for one in fit.misfits} == {operation}
    assert any(message in one.message for one in fit.misfits), fit.misfits


def test_what_is_deprecated_is_told_apart(backstage: Backstage, environment: Environment) -> None:
    """
    It fits, for now.
    """
    going = 'balances: AccountBalances @deprecated(reason: "Use `wallet`")'
    backstage.put(swan(schema=SCHEMA.replace("balances: AccountBalances", going)))
    fit = fit_of(backstage, environment)
    assert fit.misfits == ()
    assert [one.operation for one in fit.deprecated] == ["Balance"]


def test_schema_that_is_not_told_says_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    Neither that our queries fit nor that they do not.
    """
    backstage.put(swan(hides_schema=True))
    with pytest.raises(Unreadable, match="does not tell its schema"):
        fit_of(backstage, environment)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), ("query {", "is not GraphQL"), ("type A { b: ID }", "no operation")]
)
def test_file_of_ours_that_is_wrong_is_our_trouble(
    backstage: Backstage, environment: Environment, tmp_path: Path, text: str | None, said: str
) -> None:
    """
    One sentence, and nothing is said of Swan.
    """
    if text is not None:
        (tmp_path / "swan-queries.graphql").write_text(text)
    elsewhere = environment.model_copy(update={"folder": tmp_path})
    with pytest.raises(ProbeError, match=said):
        providers.queries_against_schema(environment).observe(backstage.reach(elsewhere))
