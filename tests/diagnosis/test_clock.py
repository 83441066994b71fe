"""Who must be told by now, minute by minute: an escalation that is a minute late is wrong, and so is one too early."""

from __future__ import annotations

import math
from pathlib import Path
from typing import get_args

import pytest

from golive.diagnosis import clock
from golive.diagnosis.clock import Clock, Facts
from golive.diagnosis.papers import RUNBOOKS, Condition, load_runbooks

PAPERS = load_runbooks(Path(__file__).parents[2] / "features")
DOWN, UP, UNSEEN = Facts(provider_down=True), Facts(provider_down=False, status_incident=False), Facts()


def at(name: str, minutes: float, facts: Facts = DOWN) -> Clock:
    return clock.read(PAPERS[name], minutes, facts)


def test_aisp_at_minute_0_only_john_is_at_it() -> None:
    """When it begins, the one who diagnoses is told, and the CEO is next in ten minutes."""
    seen = at("aisp-balance", 0)
    assert seen.told == ("John",)
    assert seen.next is not None
    assert (seen.next.call.tell, seen.next.away, seen.next.condition) == ("Alem (CEO)", 10, "the provider is down")


def test_aisp_at_minute_10_the_ceo_knows_that_neonomics_is_down() -> None:
    """A minute earlier the CEO is not told yet."""
    assert at("aisp-balance", 9.99).told == ("John",)
    assert at("aisp-balance", 10).told == ("John", "Alem (CEO)")


def test_aisp_at_minute_10_the_ceo_is_not_called_while_neonomics_is_up() -> None:
    """A provider that is up is no reason to call, and one that nobody saw is perhaps one."""
    assert at("aisp-balance", 10, UP).told == ("John",)
    assert [row.call.at for row in at("aisp-balance", 10, UP).those("not called for")] == [10]
    assert at("aisp-balance", 10, UNSEEN).told == ("John",)
    assert [row.call.tell for row in at("aisp-balance", 10, UNSEEN).those("perhaps")] == ["Alem (CEO)"]


def test_aisp_at_minute_20_the_cached_balance_is_due() -> None:
    """If it is not resolved by then, cached balances are shown."""
    assert [row.call.at for row in at("aisp-balance", 19).those("due")] == [0, 10]
    assert [row.call.at for row in at("aisp-balance", 20).those("due")] == [0, 10, 20]


def test_aisp_at_minute_60_the_public_is_told() -> None:
    """Not at 59, and at 60."""
    assert "the public" not in at("aisp-balance", 59).told
    assert "the public" in at("aisp-balance", 60).told


def test_aisp_at_minute_120_neonomics_is_called_if_it_did_not_answer() -> None:
    """Whether it answered only a person knows; after the last row nothing is next."""
    seen = at("aisp-balance", 120)
    assert [(row.call.tell, row.condition) for row in seen.those("perhaps")] == [
        ("Neonomics", "the provider has not answered")
    ]
    assert seen.next is None
    assert at("aisp-balance", 119).next == at("aisp-balance", 119).rows[-1]


def test_bankid_at_minute_5_the_ceo_is_alerted_whatever_the_cause() -> None:
    """BankID's failure is critical: the CEO hears of it although nobody knows yet whether BankID is down."""
    assert at("bankid", 4, UNSEEN).told == ("John",)
    assert at("bankid", 5, UNSEEN).told == ("John", "Alem (CEO)")
    assert at("bankid", 5, UP).told == ("John", "Alem (CEO)")


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        (Facts(provider_down=True), "due"),
        (Facts(status_incident=True), "due"),
        (Facts(provider_down=False, status_incident=True), "due"),
        (Facts(), "perhaps"),
        (Facts(provider_down=False), "perhaps"),
        (Facts(provider_down=False, status_incident=False), "not called for"),
    ],
)
def test_bankid_at_minute_15_the_fallback_is_asked_for_in_a_confirmed_outage(facts: Facts, standing: str) -> None:
    """An outage is confirmed by BankID's silence or by its status page, and ruled out only by both."""
    [row] = [row for row in at("bankid", 15, facts).rows if row.call.at == 15]
    assert row.standing == standing
    assert row.call.needs == ("CEO",)
    assert at("bankid", 14, facts).rows[2].standing == "later"


def test_bankid_at_minute_30_the_team_is_called_together() -> None:
    """Not at 29, and at 30."""
    assert "the team" not in at("bankid", 29).told
    assert "the team" in at("bankid", 30).told


def test_bankid_at_minute_60_the_public_hears_of_a_major_outage() -> None:
    """Whether it is a major one, a person says."""
    assert [row.call.tell for row in at("bankid", 60).those("perhaps")] == ["the public"]
    assert at("bankid", 59.5).next == at("bankid", 59.5).rows[-1]


def test_pisp_at_minute_10_the_ceo_knows_that_the_provider_is_down() -> None:
    """And not at 9."""
    assert at("pisp-payment", 9).told == ("John",)
    assert at("pisp-payment", 10).told == ("John", "Alem (CEO)")


def test_pisp_at_minute_30_manual_payments_are_assessed() -> None:
    """Not at 29, and at 30."""
    assert [row.call.at for row in at("pisp-payment", 29).those("due")] == [0, 10]
    assert [row.call.at for row in at("pisp-payment", 30).those("due")] == [0, 10, 30]


def test_pisp_at_minute_60_manual_payments_are_asked_for_if_urgent_ones_wait() -> None:
    """A person knows which payments are urgent, and the CEO approves."""
    [row] = at("pisp-payment", 60).those("perhaps")
    assert (row.condition, row.call.needs) == ("urgent payments wait", ("CEO",))
    assert at("pisp-payment", 59).those("perhaps") == ()


def test_pisp_at_minute_120_all_users_are_told() -> None:
    """Not at 119, and at 120."""
    assert "the public" not in at("pisp-payment", 119).told
    assert "the public" in at("pisp-payment", 120).told


def test_kyc_at_minute_15_the_ceo_knows_that_sumsub_is_down() -> None:
    """And not at 14."""
    assert at("sumsub-kyc", 14).told == ("John",)
    assert at("sumsub-kyc", 15).told == ("John", "Alem (CEO)")


def test_kyc_at_minute_30_reviews_by_hand_are_asked_for_if_somebody_is_in_need() -> None:
    """A person knows whether a customer is in need, and the CEO approves."""
    [row] = at("sumsub-kyc", 30).those("perhaps")
    assert (row.condition, row.call.needs) == ("a customer needs it urgently", ("CEO",))
    assert at("sumsub-kyc", 29).those("perhaps") == ()


def test_kyc_at_minutes_60_and_120_the_public_and_sumsub() -> None:
    """Users are told after an hour; Sumsub is called after two, if it did not answer."""
    assert "the public" not in at("sumsub-kyc", 59).told
    assert "the public" in at("sumsub-kyc", 60).told
    assert "Sumsub" not in [row.call.tell for row in at("sumsub-kyc", 119).those("perhaps")]
    assert "Sumsub" in [row.call.tell for row in at("sumsub-kyc", 120).those("perhaps")]


def test_swan_at_minute_5_the_ceo_hears_of_an_incident_on_the_status_page() -> None:
    """The page decides, not whether Swan answers us."""
    assert at("swan-outage", 5, Facts(status_incident=True)).told == ("John", "Alem (CEO)")
    assert at("swan-outage", 5, Facts(provider_down=True, status_incident=False)).told == ("John",)
    assert at("swan-outage", 4, Facts(status_incident=True)).told == ("John",)


def test_swan_at_minute_15_the_degraded_mode_is_due() -> None:
    """Not at 14; the CEO decides."""
    assert [row.call.at for row in at("swan-outage", 14, UNSEEN).those("due")] == [0]
    [row] = [row for row in at("swan-outage", 15, UNSEEN).those("due") if row.call.at == 15]
    assert row.call.needs == ("CEO",)


def test_swan_at_minutes_30_and_60_swan_is_called_and_the_public_told() -> None:
    """Swan is called when there is no estimate; the public is told after an hour."""
    assert [row.call.tell for row in at("swan-outage", 30, UP).those("perhaps")] == ["Swan"]
    assert at("swan-outage", 29, UP).those("perhaps") == ()
    assert "the public" not in at("swan-outage", 59.9).told
    assert "the public" in at("swan-outage", 60).told


@pytest.mark.parametrize(
    ("name", "minutes", "again"),
    [
        ("aisp-balance", 0, 10),
        ("aisp-balance", 9, 1),
        ("aisp-balance", 10, 10),  # who looks at 10 looks again at 20
        ("swan-outage", 12.5, 7.5),
        ("pisp-payment", 14, 1),
        ("pisp-payment", 15, 15),
        ("bankid", 29, 1),
        ("bankid", 31, 29),
        ("sumsub-kyc", 31, None),  # the document has no cadence
    ],
)
def test_when_to_look_again(name: str, minutes: float, again: float | None) -> None:
    """Each document's own cadence, counted from the beginning."""
    assert at(name, minutes).look_again_in == again


@pytest.mark.parametrize(
    ("name", "target"),
    [("aisp-balance", 20), ("bankid", 15), ("pisp-payment", 30), ("sumsub-kyc", 30), ("swan-outage", 15)],
)
def test_the_target_runs_out(name: str, target: int) -> None:
    """What is left to the target time to repair, and how long it has passed."""
    assert [at(name, minutes).target_left for minutes in (0, target, target + 4)] == [target, 0, -4]


@pytest.mark.parametrize("minutes", [-0.1, math.nan, math.inf])
def test_no_incident_begins_later_or_never(minutes: float) -> None:
    """A time that no incident can have is refused, instead of being told as all is well."""
    with pytest.raises(ValueError, match="an incident began 0 or more minutes ago"):
        at("bankid", minutes)


@pytest.mark.parametrize("name", RUNBOOKS)
def test_time_only_ever_adds(name: str) -> None:
    """Whatever is due, perhaps due or not called for at a minute is so at every later one."""
    before = 0
    for minutes in range(125):
        now = at(name, minutes, UNSEEN)
        come = len(now.rows) - len(now.those("later"))
        assert come >= before
        before = come
    assert before == len(PAPERS[name].clock)


def test_every_condition_has_its_words() -> None:
    """No condition of a runbook would be shown without saying what it is."""
    assert clock.IF.keys() == set(get_args(Condition))
