"""Where an ordinary day ends and a cause begins: each threshold, one step to either side, and what is no answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from golive.errors import NothingExamined, ProbeError
from golive.probes.applicants import Decisions, Overtaken, Waiting
from golive.probes.consents import AtBank, Standing
from golive.probes.journal import Failing, Journal
from golive.probes.neonomics import Bank, Banks
from golive.probes.payments import Failed, Numbers, Outcomes, Recipients
from golive.probes.webhooks import Answered, Forgeries
from golive.remarks import Remarks
from steps import customers
from steps.diagnosis import failures_are_few, topics

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # in Norway
NIGHT = NOON.replace(hour=2)
SINCE = datetime(2026, 11, 22, tzinfo=UTC)


def failing(kind: str, topic: str, count: int, **members: Any) -> Failing:
    """Failures of one kind."""
    said: dict[str, Any] = {"customers": 0, "unnamed": 0, "codes": {}, "banks": {}, "flows": {}, **members}
    return Failing(kind, topic, count, first=SINCE, last=NOON, **said)


def journal(*found: Failing, until: datetime = NOON, whole: bool = True) -> Journal:
    """What the log told."""
    return Journal("the log", SINCE, until, events=500, whole=whole, texts=0, broken=0, failing=found)


def holds(judge: Any, *arguments: Any) -> bool:
    """Whether the sentence says that it is so."""
    try:
        judge(*arguments, Remarks())
    except AssertionError:
        return False
    return True


def test_partners_are_named_together() -> None:
    """And failures that name nobody are asked for by name."""
    assert topics("AISP") == ("AISP",)
    assert topics("AISP or Neonomics or nobody named") == ("AISP", "Neonomics", "")


def test_failures_of_others_do_not_count() -> None:
    """Of the kind and of the partners that the sentence names, added up."""
    seen = journal(failing("limits", "AISP", 5), failing("limits", "", 4), failing("limits", "Swan", 90))
    assert holds(failures_are_few, seen, 9, "AISP or nobody named", "limits")
    assert not holds(failures_are_few, seen, 8, "AISP or nobody named", "limits")
    assert holds(failures_are_few, seen, 0, "AISP", "consents")


def test_who_is_not_named_counts_as_another_customer() -> None:
    """A log that names nobody must not look like nobody's trouble; a hundred failures of one customer are one's."""
    seen = journal(failing("consents", "AISP", 100, customers=1), failing("consents", "Neonomics", 2, unnamed=2))
    assert holds(customers.few_customers_fail, seen, 3, "AISP or Neonomics", "consents")
    assert not holds(customers.few_customers_fail, seen, 2, "AISP or Neonomics", "consents")


@pytest.mark.parametrize(
    ("banks", "alone"),
    [
        ({"DNB": 10}, True),
        ({"DNB": 9}, False),
        ({"DNB": 20, "Nordea": 2}, True),
        ({"DNB": 20, "Nordea": 3}, False),
        ({"": 40}, True),  # a bank that nobody names is not found
        ({}, False),
    ],
)
def test_one_bank_alone_is_told_from_many(banks: dict[str, int], alone: bool) -> None:
    """It fails often, and the others together no more than a tenth as often."""
    named = {name: count for name, count in banks.items() if name}
    seen = journal(failing("banks", "AISP", sum(banks.values()), banks=named))
    assert holds(customers.no_bank_fails_alone, seen, 10) == (not alone or not named)


def test_the_hours_of_maintenance_are_named() -> None:
    """Where a bank fails at night in Norway, the sentence says what that often is."""
    found = failing("banks", "AISP", 30, banks={"DNB": 30})
    with pytest.raises(AssertionError, match=r"DNB failed 30 times .* often do their maintenance"):
        customers.no_bank_fails_alone(journal(found, until=NIGHT), 10, Remarks())
    with pytest.raises(AssertionError) as told:
        customers.no_bank_fails_alone(journal(found), 10, Remarks())
    assert "maintenance" not in str(told.value)


@pytest.mark.parametrize(
    ("status", "count", "so"), [("OFFLINE", 10, False), ("AVAILABLE", 10, True), (None, 10, True), ("OFFLINE", 9, True)]
)
def test_a_bank_that_fails_and_is_called_down_is_certain(status: str | None, count: int, so: bool) -> None:
    """Neither the list alone nor the log alone is."""
    banks = Banks("Neonomics", (Bank("DNB", "NO", (), status), Bank("Sbanken", "NO", (), "MAINTENANCE")))
    seen = journal(failing("banks", "AISP", count, banks={"DNB": count}))
    assert holds(customers.failing_bank_is_called_available, seen, banks, 10) == so


def test_several_banks_at_once_are_not_one() -> None:
    """Two that fail a little are what stands between them and us."""
    one = journal(failing("banks", "AISP", 50, banks={"DNB": 46, "Nordea": 4}))
    two = journal(failing("banks", "AISP", 10, banks={"DNB": 5, "Nordea": 5}))
    assert holds(customers.few_banks_fail, one, 1, 5)
    assert not holds(customers.few_banks_fail, two, 1, 5)


@pytest.mark.parametrize(
    ("judge", "arguments"),
    [
        (failures_are_few, (9, "AISP", "limits")),
        (customers.few_customers_fail, (9, "AISP", "limits")),
        (customers.no_bank_fails_alone, (10,)),
        (customers.few_banks_fail, (1, 5)),
    ],
)
def test_a_log_that_was_read_in_part_rules_nothing_out(judge: Any, arguments: tuple[Any, ...]) -> None:
    """What was not read may hold what was looked for; what was read still points."""
    with pytest.raises(ProbeError, match="some may be missed"):
        judge(journal(whole=False), *arguments, Remarks())
    with pytest.raises(AssertionError):
        failures_are_few(journal(failing("limits", "AISP", 10), whole=False), 9, "AISP", "limits", Remarks())


def test_consents_that_end_in_a_week_are_a_warning() -> None:
    """Ended ones count by their share; those that ended long ago, and those to come, do not."""
    standing = Standing("db", 7, {"DNB": AtBank(50, 10, 30, 9), "Nordea": AtBank(50, 0, 0, 0)}, 80, 8)
    remarks = Remarks()
    customers.consents_stand(standing, 10, remarks)
    assert [warning for warning in remarks.warnings if warning.startswith("9 consents end within 7 days")]
    assert not holds(customers.consents_stand, standing, 9)
    with pytest.raises(NothingExamined):
        customers.consents_stand(replace(standing, banks={}), 10, Remarks())


OUTCOMES = Outcomes("db", SINCE, 20, 14, 0, 0, 9, 99, (Failed("A", 4, 2, {"DNB": 4}), Failed("B", 2, 2, {})), {})


def test_payments_are_judged_by_customers() -> None:
    """Four payments of two customers are two; no payments at all are no answer."""
    assert holds(customers.few_payments_fail, OUTCOMES, 2, [["A"]])
    assert not holds(customers.few_payments_fail, OUTCOMES, 3, [["A"], ["B"], ["C"]])
    with pytest.raises(NothingExamined):
        customers.few_payments_fail(replace(OUTCOMES, payments=0), 2, [["A"]], Remarks())


def test_wrong_check_digits_are_counted_of_the_refused() -> None:
    """Not of the others; and not at all where the numbers to which money went are none either, or there are none."""
    seen = Recipients("db", SINCE, paid=Numbers(9, 1), refused=Numbers(1, 2), failed_otherwise=Numbers(0, 5))
    assert holds(customers.numbers_are_right, seen, 2)
    assert not holds(customers.numbers_are_right, seen, 1)
    for unknown in (
        replace(seen, missing="no such column"),
        replace(seen, paid=Numbers(1, 9)),
        Recipients("db", SINCE, Numbers(), Numbers(), Numbers()),
    ):
        with pytest.raises(ProbeError):
            customers.numbers_are_right(unknown, 2, Remarks())


def test_identities_are_judged_by_reason() -> None:
    """Reasons that the sentence does not name do not count."""
    seen = Decisions(
        "db",
        SINCE,
        {"approved": 9, "manual_review_aml": 1},
        5,
        3,
        {"underage": 2, "face_mismatch": 7},
        Waiting(0, 0, 0, 0),
    )
    assert holds(customers.few_are_turned_down, seen, 2, [["underage"]])
    assert not holds(customers.few_are_turned_down, seen, 1, [["underage"]])
    assert not holds(customers.nobody_in_manual_review, seen)
    assert holds(customers.nobody_in_manual_review, replace(seen, standings={"approved": 9}))


def test_those_who_wait_long_are_told_by_how_long() -> None:
    """Half an hour is long; who came a moment ago is not among them."""
    seen = Decisions("db", SINCE, {"pending_kyc": 60}, 0, 0, {}, Waiting(50, 2, 1, 1))
    assert holds(customers.few_wait_long, seen, 4)
    with pytest.raises(AssertionError, match=r"4 people.*2 up to two hours, 1 up to a day, 1 longer"):
        customers.few_wait_long(seen, 3, Remarks())


def test_the_ways_of_paying_are_told_and_what_is_stuck() -> None:
    """Remittance, QR payment, or both is the runbook's first question."""
    seen = journal(failing("funds", "PISP", 9, customers=9, flows={"remittance": 6, "QR payment": 3}))
    with pytest.raises(AssertionError, match="remittance 6 times, QR payment 3 times"):
        customers.few_customers_fail(seen, 4, "PISP", "funds", Remarks())
    remarks = Remarks()
    customers.few_payments_fail(replace(OUTCOMES, stuck=3), 9, [["A"]], remarks)
    assert any("3 payments have been under way" in warning for warning in remarks.warnings)


def test_one_who_was_decided_on_unheard_is_one_too_many() -> None:
    """Those who are unknown to Sumsub are a warning."""
    seen = Overtaken("db and Sumsub", 10, 40, 3, 2, 0, 0.0, 2, 1)
    remarks = Remarks()
    customers.nobody_is_overtaken(seen, remarks)
    assert any("unknown to Sumsub" in warning for warning in remarks.warnings)
    assert not holds(customers.nobody_is_overtaken, replace(seen, decided=1, decided_longest_seconds=700.0))


@pytest.mark.parametrize(
    ("statuses", "so"), [((401, 403), True), ((401, 404), False), ((503,), False), ((302,), False), ((200,), True)]
)
def test_a_receiver_that_is_there_answers_as_one(statuses: tuple[int, ...], so: bool) -> None:
    """Whether it verifies is another item's; 404, a redirect, and an error of its own are nobody's answer."""
    answers = {"unsigned": tuple(Answered("https://getdrop.no/x", status) for status in statuses)}
    assert holds(customers.receiver_is_there, Forgeries("the receiver", answers, {}, ())) == so
    with pytest.raises(ProbeError, match="denied"):
        customers.receiver_is_there(Forgeries("the receiver", {}, {"unsigned": "denied"}, ()), Remarks())
