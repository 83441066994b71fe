"""What people did since an instant, and who waits: counts from the database, and nothing of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from golive.errors import ProbeError
from golive.probes.figures import Figures, present_after, share
from golive.probes.look import Look, Permission
from golive.probes.session import OfDatabase, named, session_of, to_read

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

# A payment that is under way for longer did not succeed, whatever its status still says.
_UNDER_WAY_MINUTES = 60
_PAYMENTS = """
SELECT count(*),
       count(*) FILTER (WHERE status::text = %(completed)s),
       count(*) FILTER (WHERE status::text = ANY (%(under_way)s)
                          AND created_at > now() - make_interval(mins => %(minutes)s))
FROM transactions
WHERE created_at >= %(since)s
"""
_REVIEWS = """
SELECT count(*) FILTER (WHERE created_at >= %(since)s),
       count(*) FILTER (WHERE created_at >= %(since)s AND kyc_status::text = %(approved)s),
       count(*) FILTER (WHERE created_at >= %(since)s AND kyc_status::text = ANY (%(refused)s)),
       count(*) FILTER (WHERE created_at >= %(since)s AND kyc_status::text = ANY (%(waiting)s)),
       count(*) FILTER (WHERE created_at >= %(since)s AND kyc_status::text = ANY (%(again)s)),
       count(*) FILTER (WHERE created_at >= %(since)s AND (kyc_status::text = ANY (%(words)s)) IS NOT TRUE),
       coalesce(bool_or(lower(btrim(email::text)) = %(known)s), false)
FROM users
"""
_WAITING = """
SELECT count(*),
       count(*) FILTER (WHERE kyc_status::text = ANY (%(waiting)s)),
       count(*) FILTER (WHERE kyc_status::text = ANY (%(again)s)),
       coalesce(extract(epoch FROM max(now() - created_at) FILTER (WHERE kyc_status::text = ANY (%(waiting)s))), 0),
       count(*) FILTER (WHERE (kyc_status::text = ANY (%(words)s)) IS NOT TRUE),
       coalesce(bool_or(lower(btrim(email::text)) = %(known)s), false)
FROM users
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Those who wait for a decision, among all users, and for how long the one who waits longest."""

    source: str
    searched: int
    waiting: int
    again: int  # not decided, to be tried again
    longest_seconds: float
    others: int = 0  # who have a word that nobody has told the meaning of, or none: they may wait, or not


@dataclass(frozen=True, slots=True)
class PaymentFigures(OfDatabase, Look[Figures]):
    """Which share of the payments since an instant was completed?"""

    since: datetime

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Three columns."""
        return to_read(environment, "transactions (id, status, created_at)")

    def observe(self, reach: Reach) -> Figures:
        """Those that began lately and are under way are left out, and counted beside."""
        source, words = named(reach), reach.environment.database.payments
        present_after(self.since, source)
        asked = {
            "completed": words.completed,
            "under_way": list(words.under_way),
            "minutes": _UNDER_WAY_MINUTES,
            "since": self.since,
        }
        with session_of(reach, "transactions") as session:
            ((total, completed, under_way),) = session.execute(_PAYMENTS, asked).fetchall()
        return Figures(
            source,
            self.since,
            (share("successful payments", completed, total - under_way, "payments"),),
            {"payments": total, "payments under way": under_way},
        )


@dataclass(frozen=True, slots=True)
class ReviewFigures(OfDatabase, Look[Figures]):
    """Which share of the people who came since an instant and were reviewed was approved?"""

    since: datetime

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Three columns."""
        return to_read(environment, "users (email, kyc_status, created_at)")

    def observe(self, reach: Reach) -> Figures:
        """
        Those who wait, or are to try again, were not decided on; whoever was refused counts against.

        ProbeError where somebody has a word that the environment file does not name.
        """
        source = named(reach)
        present_after(self.since, source)
        with session_of(reach, "users") as session:
            rows = session.execute(_REVIEWS, {**review_words(reach), "since": self.since}).fetchall()
        came, approved, refused, waiting, again, others, known = rows[0]
        must_know(known, source)
        must_understand(others, source)
        return Figures(
            source,
            self.since,
            (share("approved people", approved, approved + refused, "reviews"),),
            {"new people": came, "waiting for a decision": waiting, "to try again": again},
        )


@dataclass(frozen=True, slots=True)
class WaitingPeople(OfDatabase, Look[Queue]):
    """Who waits for the decision on their identity, and for how long?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Three columns."""
        return to_read(environment, "users (email, kyc_status, created_at)")

    def observe(self, reach: Reach) -> Queue:
        """Counted from the time at which they came, which is the only one that the documents' table is sure to have."""
        source = named(reach)
        with session_of(reach, "users") as session:
            (row,) = session.execute(_WAITING, review_words(reach)).fetchall()
        searched, waiting, again, longest, others, known = row
        must_know(known, source)
        return Queue(source, searched, waiting, again, float(longest), others)


def review_words(reach: Reach) -> dict[str, object]:
    """What a question about reviews says in the words of `users.kyc_status`, and whom it must find."""
    environment = reach.environment
    words, known = environment.database.kyc, environment.database.known_user
    refused = environment.answered(words.refused, "database.kyc.refused")
    return {
        "approved": words.approved,
        "refused": list(refused),
        "waiting": list(words.waiting),
        "again": list(words.again),
        "words": [words.approved, *refused, *words.waiting, *words.again],
        "known": environment.answered(known, "database.known_user").lower(),
    }


def must_know(known: bool, source: str) -> None:
    """Rows that a policy hides from the gate would make every count of users a lie."""
    if not known:
        raise ProbeError(source, "the search did not find database.known_user, so it does not see all users")


def must_understand(others: int, source: str) -> None:
    """Whoever waits under a word that nobody told of would wait for nobody."""
    if others:
        raise ProbeError(
            source,
            f"{others} users have a kyc_status that database.kyc of the environment file does not name, or none: "
            "whether they wait, or were refused, is not known",
        )
