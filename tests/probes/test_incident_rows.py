"""What the rows tell of an incident: counted by code, bank and reason, of the right time, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, NothingExamined, Overloaded, ProbeError, Unreachable, Unreadable
from golive.probes.applicants import OvertakenApplicants, ReviewDecisions
from golive.probes.consents import AtBank, Consents
from golive.probes.payments import Numbers, PaymentOutcomes, RecipientNumbers
from golive.twin import database as twin
from golive.twin.database import Database, Row
from golive.twin.sumsub import Applicant
from golive.twin.world import World

from .backstage import Backstage
from .town import again

HALF_AN_HOUR = timedelta(minutes=30)
LOOKS = [
    Consents(7),
    PaymentOutcomes(datetime.now(UTC) - HALF_AN_HOUR),
    RecipientNumbers(datetime.now(UTC) - HALF_AN_HOUR),
    ReviewDecisions(datetime.now(UTC) - HALF_AN_HOUR),
    OvertakenApplicants(10),
]
NAMES = ["consents", "payments", "recipients", "reviews", "overtaken"]


def since(backstage: Backstage, ago: timedelta = HALF_AN_HOUR) -> datetime:
    """That long before the twin's present, from which its rows count."""
    return backstage.town.healthy.now - ago


def holding(table: str, *rows: Row) -> Callable[[World], World]:
    """A world in which a table has these rows and no others, besides our own account among the users."""

    def change(world: World) -> World:
        old = world.database.tables[table]
        ours = [row for row in old.rows if row.get("email") == twin.KNOWN_USER]
        kept = replace(old, rows=(*ours, *rows))
        return replace(world, database=world.database.having(**{table: kept}))

    return change


def paid(number: int, user: int, code: str | None = None, **members: Any) -> Row:
    """A payment of ten minutes ago: one that failed with *code*, or went through."""
    row = twin.transaction(number, Decimal(100), age=timedelta(minutes=10), status="failed" if code else "completed")
    return {**row, "user_id": user, "error_code": code, **members}


# -- consents ---------------------------------------------------------------------------------------------------


def test_consents_are_counted_by_when_they_end(backstage: Backstage) -> None:
    """Ended lately, ended long ago, ending soon, or standing: an hour before and after each edge."""
    hour, week = timedelta(hours=1), timedelta(days=7)
    ends = [hour, week - hour, week + hour, -hour, hour - week, -week - hour]
    backstage.put(
        holding(
            "bank_accounts", *(twin.bank_account(number, number % 2, "DNB", end) for number, end in enumerate(ends))
        )
    )
    seen = backstage.look(Consents(7))
    assert seen.banks == {"DNB": AtBank(consents=6, expired_lately=2, expired_long_ago=1, ending_soon=2)}
    assert (seen.consents, seen.customers, seen.customers_expired_lately) == (6, 2, 2)
    assert again(seen) == seen


def test_no_consent_at_all_is_told(backstage: Backstage) -> None:
    """An empty table has no banks; what that means is the judge's to say."""
    backstage.put(holding("bank_accounts"))
    seen = backstage.look(Consents(7))
    assert (seen.consents, seen.banks, seen.customers) == (0, {}, 0)


# -- payments ---------------------------------------------------------------------------------------------------


def test_failed_payments_are_counted_by_code_and_bank(backstage: Backstage) -> None:
    """With how many customers they hit, beside those that went through; a code that is none is not told."""
    backstage.put(
        holding(
            "transactions",
            *(paid(number, 5, "INSUFFICIENT_FUNDS") for number in range(3)),
            paid(3, 6, "INSUFFICIENT_FUNDS"),
            paid(4, 7, "for kari@example.no"),
            paid(5, 8, status="failed"),
            paid(6, 5),
            paid(7, 6),
            paid(8, 9, "TOO_EARLY", created_at=timedelta(minutes=31)),
            paid(9, 9, status="pending", created_at=timedelta(minutes=2)),
        )
    )
    seen = backstage.look(PaymentOutcomes(since(backstage)))
    assert (seen.payments, seen.completed, seen.under_way, seen.stuck, seen.ever) == (9, 2, 1, 0, 10)
    assert seen.customers_who_paid == 2
    (funds,) = seen.of("INSUFFICIENT_FUNDS")
    assert (funds.count, funds.customers, funds.banks) == (4, 2, {"DNB": 3, "SpareBank 1": 1})
    (other,) = seen.of("without a code")
    assert (other.count, other.customers) == (2, 2)
    assert seen.completed_at_banks == {"DNB": 1, "SpareBank 1": 1}
    assert "kari" not in repr(seen)
    assert again(seen) == seen


def test_a_payment_counts_from_the_instant_on(backstage: Backstage) -> None:
    """That instant included."""
    began = since(backstage)
    ages = (HALF_AN_HOUR + timedelta(milliseconds=1), HALF_AN_HOUR, HALF_AN_HOUR - timedelta(milliseconds=1))
    backstage.put(holding("transactions", *(paid(n, 5, "TIMEOUT", created_at=age) for n, age in enumerate(ages))))
    assert backstage.look(PaymentOutcomes(began)).of("TIMEOUT")[0].count == 2


def test_the_bank_of_a_customer_with_two_is_not_guessed(backstage: Backstage) -> None:
    """The transaction does not say by which account it was paid."""
    second = twin.bank_account(900, 5, "Nordea", -timedelta(days=30))

    def change(world: World) -> World:
        old = world.database.tables["bank_accounts"]
        world = replace(world, database=world.database.having(bank_accounts=old.with_rows(second)))
        return holding("transactions", paid(1, 5, "TIMEOUT"), paid(2, 999, "TIMEOUT"))(world)

    backstage.put(change)
    (failed,) = backstage.look(PaymentOutcomes(since(backstage))).failed
    assert (failed.count, failed.customers, failed.banks) == (2, 2, {})


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("NO9386011117947", True),
        ("no93 8601 1117 947", True),
        ("DE89370400440532013000", True),
        ("DE89370400440532013001", False),
        ("NO9386011117974", False),
        ("12345678901", False),
        ("", False),
    ],
)
def test_check_digits_are_held_against_iso_7064(backstage: Backstage, number: str, right: bool) -> None:
    """Of the refused, of those that failed otherwise, and of those to whom money went: counts, and no number."""
    backstage.put(
        holding(
            "transactions",
            paid(1, 5, "INVALID_IBAN", recipient_iban=number),
            paid(2, 5, "TIMEOUT", recipient_iban=number),
            paid(3, 5),
        )
    )
    seen = backstage.look(RecipientNumbers(since(backstage)))
    assert seen.refused == seen.failed_otherwise == Numbers(int(right), int(not right))
    assert seen.paid == Numbers(1, 0)
    assert "8601" not in repr(seen)
    assert again(seen) == seen


def test_a_product_without_account_numbers_is_told(backstage: Backstage) -> None:
    """That there is no such column is an answer, with its reason."""

    def without(world: World) -> World:
        table = world.database.tables["transactions"].without("recipient_iban")
        return replace(world, database=world.database.having(transactions=table))

    backstage.put(without)
    assert "recipient_iban" in backstage.look(RecipientNumbers(since(backstage))).missing


# -- identities ---------------------------------------------------------------------------------------------------


def person(number: int, status: str, age: timedelta = timedelta(minutes=10), **members: Any) -> Row:
    """Somebody who came that long ago."""
    undecided = {"kyc_approved_at": None, "kyc_approved_by": None} if status != "approved" else {}
    return {**twin.person(90_000 + number, age), **undecided, "kyc_status": status, **members}


def test_decisions_are_counted_by_reason(backstage: Backstage) -> None:
    """A reason is one of the runbooks' words, alone or in a sentence; what is none is not told, nor who it was."""
    lately = {"kyc_rejected_at": timedelta(minutes=5)}
    backstage.put(
        holding(
            "users",
            person(1, "rejected", **lately, kyc_rejection_reason="document_expired"),
            person(2, "rejected", **lately, kyc_rejection_reason="KYC verification failed: document_expired"),
            person(3, "rejected", **lately, kyc_rejection_reason="kari@example.no lied"),
            person(4, "rejected", **lately, kyc_rejection_reason=None),
            person(5, "rejected", kyc_rejected_at=timedelta(hours=2), kyc_rejection_reason="underage"),
            person(6, "rejected", kyc_rejected_at=None, kyc_rejection_reason="face_mismatch"),
            person(7, "approved"),
            person(8, "manual_review_aml", kyc_rejection_reason="AML_SANCTIONS_MATCH"),
            person(9, "pending_kyc"),
            person(10, "pending_kyc", timedelta(minutes=50)),
            person(11, "pending_kyc", timedelta(hours=30)),
            person(12, "pending_retry"),
        )
    )
    seen = backstage.look(ReviewDecisions(since(backstage)))
    assert seen.rejected == {"another reason": 2, "document_expired": 2, "face_mismatch": 1}
    assert (seen.approved, seen.in_manual_review, seen.customers) == (1, 1, 13)
    waiting = seen.waiting
    assert (waiting.half_an_hour, waiting.two_hours, waiting.a_day, waiting.longer) == (1, 1, 0, 1)
    assert waiting.longer_than_half_an_hour == 2
    assert "kari" not in repr(seen)
    assert again(seen) == seen


def waiting(*ages: timedelta, status: str = "completed", answer: str | None = "GREEN") -> Callable[[World], World]:
    """People who wait with us that long, and on whom Sumsub has decided five minutes after they came."""
    rows = [person(number, "pending_kyc", age) for number, age in enumerate(ages)]

    def change(world: World) -> World:
        applicants = {
            str(row["sumsub_applicant_id"]): Applicant(
                status, world.now - age, answer, reviewed_at=world.now - age + timedelta(minutes=5) if answer else None
            )
            for row, age in zip(rows, ages, strict=True)
        }
        known = replace(world.sumsub, applicants={**world.sumsub.applicants, **applicants})
        return holding("users", *rows)(replace(world, sumsub=known))

    return change


HOURS = tuple(timedelta(hours=number) for number in range(1, 5))


def test_sumsubs_decisions_that_we_have_not_heard_of_are_counted(backstage: Backstage) -> None:
    """Those who wait for long enough, the first decision first; nobody's id is told."""
    backstage.put(waiting(timedelta(minutes=5), *HOURS))
    first = (backstage.town.healthy.now - HOURS[-1] + timedelta(minutes=5)).replace(microsecond=0)  # as Sumsub tells it
    before = datetime.now(UTC)
    seen = backstage.look(OvertakenApplicants(10))
    after = datetime.now(UTC)
    assert (seen.waiting, seen.asked, seen.decided, seen.undecided, seen.unknown) == (4, 4, 4, 0, 0)
    assert before - first <= timedelta(seconds=seen.decided_longest_seconds) <= after - first
    assert seen.customers == 6
    assert "65a0" not in repr(seen)
    assert again(seen) == seen


@pytest.mark.parametrize(
    ("status", "answer"),
    [("pending", None), ("init", None), ("onHold", None), ("completed", None), ("queued", "GREEN")],
)
def test_who_waits_at_sumsub_too_is_not_overtaken(backstage: Backstage, status: str, answer: str | None) -> None:
    """Only a review that has ended with an answer is a decision."""
    backstage.put(waiting(*HOURS, status=status, answer=answer))
    seen = backstage.look(OvertakenApplicants(10))
    assert (seen.decided, seen.undecided) == (0, 4)


def test_whom_sumsub_does_not_know_is_counted_apart(backstage: Backstage) -> None:
    """Somebody who never sent anything, or whose id we do not have."""
    rows = (
        person(1, "pending_kyc", timedelta(hours=1)),
        person(2, "pending_kyc", timedelta(hours=1), sumsub_applicant_id=None),
    )
    backstage.put(holding("users", *rows))
    seen = backstage.look(OvertakenApplicants(10))
    assert (seen.waiting, seen.asked, seen.decided, seen.unknown) == (2, 1, 0, 2)


def test_a_crowd_is_sampled(backstage: Backstage) -> None:
    """The newest twelve are asked about, and all are counted."""
    backstage.put(waiting(*(timedelta(minutes=20 + number) for number in range(30))))
    seen = backstage.look(OvertakenApplicants(10))
    assert (seen.waiting, seen.asked, seen.decided) == (30, 12, 12)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"ailment": "broken"}, Overloaded),
        ({"ailment": "off"}, Unreachable),
        ({"ailment": "throttled"}, Overloaded),
        ({"ailment": "garbage"}, Unreadable),
        ({"believes": True}, CannotTell),
        ({"knows_everybody": True}, CannotTell),
    ],
)
def test_a_sumsub_that_cannot_be_relied_on_is_unknown(
    backstage: Backstage, changes: dict[str, Any], kind: type[ProbeError]
) -> None:
    """Whatever keeps it from telling keeps us from concluding."""
    backstage.put(lambda world: waiting(*HOURS)(replace(world, sumsub=replace(world.sumsub, **changes))))
    with pytest.raises(kind):
        backstage.look(OvertakenApplicants(10))


# -- all of them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", LOOKS, ids=NAMES)
def test_a_right_that_is_missing_is_denied(backstage: Backstage, look: Any) -> None:
    """A role that may read nothing sees nothing, which is not the same as none."""

    def deny(kept: Database) -> Database:
        return kept.admitting(twin.GATE, denied=frozenset(kept.tables))

    backstage.put(lambda world: replace(world, database=deny(world.database)))
    with pytest.raises(Denied):
        backstage.look(look)


@pytest.mark.parametrize("look", LOOKS, ids=NAMES)
def test_a_missing_table_is_unknown(backstage: Backstage, look: Any) -> None:
    """A table that is not there does not say that all is well; `RecipientNumbers` says why it cannot be examined."""
    backstage.put(lambda world: replace(world, database=replace(world.database, tables={})))
    if isinstance(look, RecipientNumbers):
        assert backstage.look(look).missing
    else:
        with pytest.raises(ProbeError):
            backstage.look(look)


@pytest.mark.parametrize("look", LOOKS[3:], ids=NAMES[3:])
def test_a_search_that_misses_the_known_user_tells_nothing(
    backstage: Backstage, environment: Environment, look: Any
) -> None:
    """Rows that are hidden from the gate would make a count of users a lie."""
    database = environment.database.model_copy(update={"known_user": "nobody@getdrop.no"})
    with pytest.raises(ProbeError, match="known_user"):
        look.observe(backstage.reach(environment.model_copy(update={"database": database})))


@pytest.mark.parametrize("kind", [PaymentOutcomes, RecipientNumbers, ReviewDecisions])
def test_an_incident_that_is_still_to_come_has_no_rows(backstage: Backstage, kind: Any) -> None:
    """It is not asked about."""
    with pytest.raises(NothingExamined, match="still to come"):
        backstage.look(kind(datetime.now(UTC) + timedelta(hours=1)))
