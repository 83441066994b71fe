"""What became of the payments since an instant: counts by code and bank, and nothing of anybody."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from golive.probes.figures import present_after
from golive.probes.look import Look, Permission
from golive.probes.session import Missing, OfDatabase, named, session_of, to_read

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

WITHOUT_CODE = "without a code"
# The codes by which a bank says that there is nobody to pay (failure runbooks, PISP, cause 6).
OF_RECIPIENTS = ("ACCOUNT_NOT_FOUND", "INVALID_IBAN")

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,40}")
# A payment that is under way for longer is stuck, whatever its status still says.
_UNDER_WAY_MINUTES = 60
_MOST_RECIPIENTS = 5000
_FAILED = "status::text <> %(completed)s AND NOT status::text = ANY (%(under_way)s)"
_ALL = """
SELECT count(*) FILTER (WHERE created_at >= %(since)s),
       count(*) FILTER (WHERE created_at >= %(since)s AND status::text = %(completed)s),
       count(*) FILTER (WHERE created_at >= %(since)s AND status::text = ANY (%(under_way)s)
                          AND created_at <= now() - make_interval(mins => %(minutes)s)),
       count(*) FILTER (WHERE created_at >= %(since)s AND status::text = ANY (%(under_way)s)
                          AND created_at > now() - make_interval(mins => %(minutes)s)),
       count(DISTINCT user_id::text) FILTER (WHERE created_at >= %(since)s AND status::text = %(completed)s),
       count(*)
FROM transactions
"""
_BY_CODE = f"""
SELECT coalesce(error_code::text, ''), count(*), count(DISTINCT user_id::text)
FROM transactions
WHERE created_at >= %(since)s AND {_FAILED}
GROUP BY 1
"""  # noqa: S608  # no text from outside
# Whose bank it was is known where a customer has accounts at one bank only.
_BY_BANK = f"""
SELECT bank, CASE WHEN {_FAILED} THEN coalesce(error_code::text, '') END, count(*)
FROM (
    SELECT status, error_code,
           (SELECT CASE WHEN count(DISTINCT bank_name::text) = 1 THEN min(bank_name::text) END
            FROM bank_accounts WHERE bank_accounts.user_id::text = transactions.user_id::text) AS bank
    FROM transactions
    WHERE created_at >= %(since)s AND NOT status::text = ANY (%(under_way)s)
) AS paid
WHERE bank IS NOT NULL
GROUP BY 1, 2
"""  # noqa: S608  # no text from outside
_RECIPIENTS = f"""
SELECT recipient_iban::text, CASE WHEN {_FAILED} THEN coalesce(error_code::text, '') END
FROM transactions
WHERE created_at >= %(since)s AND NOT status::text = ANY (%(under_way)s)
ORDER BY created_at DESC
LIMIT {_MOST_RECIPIENTS}
"""  # noqa: S608  # no text from outside


@dataclass(frozen=True, slots=True)
class Failed:
    """The payments that failed with one code."""

    code: str
    count: int
    customers: int
    banks: Mapping[str, int]  # of those whose payer has one bank


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the payments since an instant."""

    source: str
    since: datetime
    payments: int
    completed: int
    stuck: int  # under way for more than an hour
    under_way: int
    customers_who_paid: int
    ever: int  # payments of all times: the table is not empty
    failed: tuple[Failed, ...]
    completed_at_banks: Mapping[str, int]

    def of(self, *codes: str) -> tuple[Failed, ...]:
        """Those that failed with one of *codes*."""
        return tuple(one for one in self.failed if one.code in codes)


@dataclass(frozen=True, slots=True)
class Numbers:
    """So many account numbers bear the check digits that ISO 7064 gives them, and so many do not."""

    right: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Recipients:
    """The numbers of those who were to be paid; *missing* says why there are none to be examined."""

    source: str
    since: datetime
    paid: Numbers
    refused: Numbers  # by a code of `OF_RECIPIENTS`
    failed_otherwise: Numbers
    missing: str = ""


@dataclass(frozen=True, slots=True)
class PaymentOutcomes(OfDatabase, Look[Outcomes]):
    """How many payments went through since an instant, and which failed?"""

    since: datetime

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Columns of two tables."""
        return to_read(
            environment,
            "transactions (user_id, status, error_code, created_at)",
            "bank_accounts (user_id, bank_name)",
        )

    def observe(self, reach: Reach) -> Outcomes:
        """A code is a word in capitals; what is none is not told."""
        source = named(reach)
        present_after(self.since, source)
        asked = _words(reach, self.since)
        with session_of(reach, "transactions", "bank_accounts") as session:
            everything, by_code, by_bank = (session.execute(words, asked) for words in (_ALL, _BY_CODE, _BY_BANK))
            ((payments, completed, stuck, under_way, customers, ever),) = everything.fetchall()
            codes, at_banks = by_code.fetchall(), by_bank.fetchall()
        banks: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
        for bank, code, count in at_banks:
            banks[None if code is None else _told(code)][bank] += count
        return Outcomes(
            source,
            self.since,
            payments,
            completed,
            stuck,
            under_way,
            customers,
            ever,
            tuple(
                Failed(told, count, customers, dict(sorted(banks[told].items())))
                for told, (count, customers) in sorted(_together(codes).items())
            ),
            dict(sorted(banks[None].items())),
        )


@dataclass(frozen=True, slots=True)
class RecipientNumbers(OfDatabase, Look[Recipients]):
    """Do the account numbers of those who were to be paid bear the right check digits?"""

    since: datetime

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The numbers are read, and stay in the probe."""
        return to_read(environment, "transactions (recipient_iban, status, error_code, created_at)")

    def observe(self, reach: Reach) -> Recipients:
        """Counts alone; that the product keeps no such number is an answer."""
        from stdnum import iban

        source = named(reach)
        present_after(self.since, source)
        try:
            with session_of(reach, "transactions") as session:
                rows = session.execute(_RECIPIENTS, _words(reach, self.since)).fetchall()
        except Missing as exc:
            return Recipients(source, self.since, Numbers(), Numbers(), Numbers(), exc.reason)
        counted: Counter[tuple[str, bool]] = Counter()
        for number, code in rows:
            became = "paid" if code is None else "refused" if code in OF_RECIPIENTS else "otherwise"
            # The countries' own rules are left to the countries: a number of an old form may be a good one.
            counted[became, iban.is_valid(number or "", check_country=False)] += 1
        paid, refused, otherwise = (
            Numbers(counted[became, True], counted[became, False]) for became in ("paid", "refused", "otherwise")
        )
        return Recipients(source, self.since, paid, refused, otherwise)


def _words(reach: Reach, since: datetime) -> dict[str, object]:
    words = reach.environment.database.payments
    return {
        "completed": words.completed,
        "under_way": list(words.under_way),
        "minutes": _UNDER_WAY_MINUTES,
        "since": since,
    }


def _told(code: str) -> str:
    return code if _CODE.fullmatch(code) else WITHOUT_CODE


def _together(codes: list[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """By what is told of the codes: payments and customers; a customer of two codes that are not told counts twice."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for code, count, customers in codes:
        before = found[_told(code)]
        found[_told(code)] = (before[0] + count, before[1] + customers)
    return dict(found)
