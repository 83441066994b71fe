"""How well it goes, in the failure runbooks' own measures, from rows: payments and identities of the last days.

A share is held against what the runbooks want over all of these days, and their alarms against the worst stretch of
them: so many minutes, or, where fewer cases came, as many cases as a share needs to mean anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from golive.errors import Unreadable
from golive.probes.customers import must_know, must_understand, review_words
from golive.probes.figures import Figure, Figures, share
from golive.probes.look import Look, Permission
from golive.probes.session import OfDatabase, named, session_of, to_read

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

PERCENTILES = (50, 95, 99)
# How many cases the worst stretch has at least: 3 of 30 payments, or 6 of 20 reviews, are what the alarms speak of.
STRETCH_OF_PAYMENTS, STRETCH_OF_REVIEWS = 30, 20
# A payment that is under way for longer did not succeed, whatever its status still says.
_UNDER_WAY_MINUTES = 60

_SUMMED = """
SELECT count(*),
       count(*) FILTER (WHERE good),
       count(took),
       percentile_disc(array[0.50, 0.95, 0.99]::float8[]) WITHIN GROUP (ORDER BY took),
       count(*) FILTER (WHERE took < 0)
FROM cases
"""
# Over the stretch that ends with each case, and only where there are enough of them before it.
_WORST = """
SELECT max(100.0 * CASE WHEN lately >= %(least)s THEN bad_lately::float8 / lately
                        ELSE bad_of_several::float8 / several END)
FROM (
    SELECT count(*) OVER minutes AS lately, count(*) FILTER (WHERE NOT good) OVER minutes AS bad_lately,
           count(*) OVER cases_before AS several, count(*) FILTER (WHERE NOT good) OVER cases_before AS bad_of_several
    FROM cases
    WINDOW minutes AS (ORDER BY ended RANGE BETWEEN make_interval(mins => %(stretch)s) PRECEDING AND CURRENT ROW),
           cases_before AS (ORDER BY ended ROWS BETWEEN %(least)s - 1 PRECEDING AND CURRENT ROW)
) AS stretches
WHERE several >= %(least)s
"""
_PAYMENTS = """
WITH cases AS (
    SELECT created_at AS ended,
           status::text = %(completed)s AS good,
           CASE WHEN status::text = %(completed)s THEN extract(epoch FROM completed_at - created_at)::float8 END AS took
    FROM transactions
    WHERE created_at >= %(since)s
      AND NOT (status::text = ANY (%(under_way)s) AND created_at > now() - make_interval(mins => %(minutes)s))
)
"""
_REVIEWS = """
WITH decided AS (
    SELECT kyc_status::text = %(approved)s AS good,
           created_at,
           CASE WHEN kyc_status::text = %(approved)s THEN kyc_approved_at ELSE kyc_rejected_at END AS at
    FROM users
    WHERE kyc_status::text = %(approved)s OR kyc_status::text = ANY (%(refused)s)
), cases AS (
    SELECT coalesce(at, created_at) AS ended, good, extract(epoch FROM at - created_at)::float8 AS took
    FROM decided
    WHERE coalesce(at, created_at) >= %(since)s
)
"""
# Who came in that time: what a word of before meant, nobody need know any more.
_KNOWN = """
SELECT coalesce(bool_or(lower(btrim(email::text)) = %(known)s), false),
       count(*) FILTER (WHERE created_at >= %(since)s AND (kyc_status::text = ANY (%(words)s)) IS NOT TRUE)
FROM users
"""


@dataclass(frozen=True, slots=True)
class PaymentMeasures(OfDatabase, Look[Figures]):
    """How many payments of the last *days* succeeded, how fast, and how was the worst stretch of *stretch* minutes?"""

    days: int
    stretch: int

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Columns of one table."""
        return to_read(environment, "transactions (id, status, created_at, completed_at)")

    def observe(self, reach: Reach) -> Figures:
        """Those that are under way are left out; a time is from a payment's row to its completion."""
        words = reach.environment.database.payments
        since = days_ago(self.days)
        asked = {
            "completed": words.completed,
            "under_way": list(words.under_way),
            "minutes": _UNDER_WAY_MINUTES,
            "since": since,
            "stretch": self.stretch,
            "least": STRETCH_OF_PAYMENTS,
        }
        with session_of(reach, "transactions") as session:
            summed, worst = (session.execute(_PAYMENTS + question, asked) for question in (_SUMMED, _WORST))
            (row,), ((share_of_worst,),) = summed.fetchall(), worst.fetchall()
        return _figures(
            named(reach),
            since,
            row,
            ("successful payments", "time of a payment", f"failed payments in the worst {self.stretch} minutes"),
            share_of_worst,
            "payments",
        )


@dataclass(frozen=True, slots=True)
class ReviewMeasures(OfDatabase, Look[Figures]):
    """How many of those decided on in the last *days* were let in, how fast, and how was the worst *stretch*?"""

    days: int
    stretch: int

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Columns of one table."""
        return to_read(environment, "users (email, kyc_status, kyc_approved_at, kyc_rejected_at, created_at)")

    def observe(self, reach: Reach) -> Figures:
        """
        A time is from the customer's row to the decision, which is longer than Sumsub took.

        When somebody sent what Sumsub looks at, no table says.
        """
        source, since = named(reach), days_ago(self.days)
        asked = {**review_words(reach), "since": since, "stretch": self.stretch, "least": STRETCH_OF_REVIEWS}
        with session_of(reach, "users") as session:
            summed, worst, known = (
                session.execute(question, asked) for question in (_REVIEWS + _SUMMED, _REVIEWS + _WORST, _KNOWN)
            )
            (row,), ((share_of_worst,),), ((found, others),) = summed.fetchall(), worst.fetchall(), known.fetchall()
        must_know(found, source)
        must_understand(others, source)
        return _figures(
            source,
            since,
            row,
            (
                "successful verifications",
                "time of a verification",
                f"failed verifications in the worst {self.stretch} minutes",
            ),
            share_of_worst,
            "reviews",
        )


def days_ago(days: int) -> datetime:
    """The instant so many days before the present."""
    return datetime.now(UTC) - timedelta(days=days)


def _figures(
    source: str, since: datetime, row: Sequence[Any], names: tuple[str, str, str], worst: float | None, what: str
) -> Figures:
    total, good, timed, times, backwards = row
    if backwards:
        raise Unreadable(source, f"{backwards} {what} ended before they began, so their times say nothing")
    of_good, of_time, of_worst = names
    return Figures(
        source,
        since,
        (
            share(of_good, good, total, what),
            *percentiles(of_time, dict(zip(PERCENTILES, times or (), strict=False)), "s", timed, what),
            Figure(of_worst, None if worst is None else float(worst), "%", total, what),
        ),
    )


def percentiles(name: str, values: Mapping[int, float], unit: str, of: int, what: str) -> tuple[Figure, ...]:
    """The percentiles of a time; one that is not among *values* is not known."""
    return tuple(Figure(f"p{percent} of the {name}", values.get(percent), unit, of, what) for percent in PERCENTILES)
