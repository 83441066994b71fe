"""How identities were decided on since an instant, and whether Sumsub knows more than we do: counts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from golive.errors import ProbeError
from golive.probes.failures import read
from golive.probes.figures import present_after
from golive.probes.look import Look, Permission
from golive.probes.session import OfDatabase, named, session_of, to_read
from golive.probes.sumsub import NoSuchApplicant, review_of
from golive.probes.together import together

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

# The word of `users.kyc_status` for whom somebody must look at (failure runbooks, KYC, cause 3).
MANUAL_REVIEW = "manual_review_aml"
ANOTHER_REASON = "another reason"

_MOST_ASKED = 12  # applicants, one call to Sumsub each
_STANDINGS = """
SELECT kyc_status::text, count(*) FROM users GROUP BY 1 ORDER BY 1
"""
_SINCE = """
SELECT count(*) FILTER (WHERE created_at >= %(since)s),
       count(*) FILTER (WHERE kyc_approved_at >= %(since)s AND kyc_status::text = %(approved)s),
       coalesce(bool_or(lower(btrim(email::text)) = %(known)s), false)
FROM users
"""
_REJECTED = """
SELECT coalesce(kyc_rejection_reason::text, ''), count(*)
FROM users
WHERE NOT kyc_status::text = ANY (%(open)s) AND coalesce(kyc_rejected_at, created_at) >= %(since)s
GROUP BY 1
"""
_WAITING = """
SELECT count(*) FILTER (WHERE created_at > now() - interval '30 minutes'),
       count(*) FILTER (WHERE created_at BETWEEN now() - interval '2 hours' AND now() - interval '30 minutes'),
       count(*) FILTER (WHERE created_at BETWEEN now() - interval '1 day' AND now() - interval '2 hours'),
       count(*) FILTER (WHERE created_at < now() - interval '1 day')
FROM users
WHERE kyc_status::text = ANY (%(waiting)s)
"""
_LONGER = """
SELECT count(*) OVER (), sumsub_applicant_id::text
FROM users
WHERE kyc_status::text = ANY (%(waiting)s)
  AND created_at < now() - make_interval(mins => %(minutes)s)
  AND created_at > now() - interval '7 days'
ORDER BY created_at DESC
LIMIT %(most)s
"""
_SEARCHED = """
SELECT count(*), coalesce(bool_or(lower(btrim(email::text)) = %(known)s), false) FROM users
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for Sumsub's decision, by how long ago they came."""

    half_an_hour: int
    two_hours: int
    a_day: int
    longer: int

    @property
    def longer_than_half_an_hour(self) -> int:
        """How many have waited for longer than anybody should."""
        return self.two_hours + self.a_day + self.longer


@dataclass(frozen=True, slots=True)
class Decisions:
    """How the customers stand, and how those were decided on who were since an instant."""

    source: str
    since: datetime
    standings: Mapping[str, int]  # word of `kyc_status` → customers, of all times
    came: int
    approved: int
    rejected: Mapping[str, int]  # reason → customers
    waiting: Waiting  # not counting those whom a person must look at

    @property
    def customers(self) -> int:
        """How many were searched."""
        return sum(self.standings.values())

    @property
    def in_manual_review(self) -> int:
        """How many wait for a person to look at a match with a list of sanctions."""
        return self.standings.get(MANUAL_REVIEW, 0)


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What Sumsub says of the newest of those who wait with us for longer than so many minutes."""

    source: str
    minutes: int
    customers: int  # the population in which those who wait were looked for
    waiting: int
    asked: int
    decided: int  # at Sumsub, and not with us
    decided_longest_seconds: float
    undecided: int
    unknown: int  # Sumsub has no such applicant, or we no id


@dataclass(frozen=True, slots=True)
class ReviewDecisions(OfDatabase, Look[Decisions]):
    """Who was approved and rejected since an instant, why, and who waits?"""

    since: datetime

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Columns of one table."""
        return to_read(
            environment,
            "users (email, kyc_status, kyc_rejection_reason, kyc_rejected_at, kyc_approved_at, created_at)",
        )

    def observe(self, reach: Reach) -> Decisions:
        """A reason is one of the runbooks' words; what is none is not told."""
        source = named(reach)
        present_after(self.since, source)
        asked = {**_words(reach), "since": self.since}
        with session_of(reach, "users") as session:
            answers = [session.execute(words, asked) for words in (_STANDINGS, _SINCE, _REJECTED, _WAITING)]
            standings, ((came, approved, known),), rejected, (waiting,) = (answer.fetchall() for answer in answers)
        _must_know(known, source)
        reasons: Counter[str] = Counter()
        for reason, count in rejected:
            reasons[_told(reason)] += count
        return Decisions(
            source, self.since, dict(standings), came, approved, dict(sorted(reasons.items())), Waiting(*waiting)
        )


@dataclass(frozen=True, slots=True)
class OvertakenApplicants(OfDatabase, Look[Overtaken]):
    """Has Sumsub decided on people who have waited with us for more than *minutes*?"""

    minutes: int

    @property
    def host(self) -> str:
        """Sumsub, which is asked more often than the database."""
        return "sumsub"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To see applicants there, and those who wait here."""
        return (
            *NoSuchApplicant().permissions(environment),
            Permission("token", environment.sumsub.token.variable, "View applicants"),
            *to_read(environment, "users (email, kyc_status, sumsub_applicant_id, created_at)"),
        )

    def observe(self, reach: Reach) -> Overtaken:
        """Counts; the ids stay in the probe."""
        source = f"{named(reach)} and Sumsub"
        asked = {**_words(reach), "minutes": self.minutes, "most": _MOST_ASKED}
        with session_of(reach, "users") as session:
            longer, searched = session.execute(_LONGER, asked), session.execute(_SEARCHED, asked)
            rows, ((customers, known),) = longer.fetchall(), searched.fetchall()
        _must_know(known, source)
        if rows:
            reach.ask(NoSuchApplicant())
        reviews = together(lambda applicant: review_of(reach, applicant), [one for _, one in rows if one])
        decided = [review for review in reviews if review.exists and review.status == "completed" and review.answer]
        now = datetime.now(UTC)
        return Overtaken(
            source,
            self.minutes,
            customers,
            waiting=rows[0][0] if rows else 0,
            asked=len(reviews),
            decided=len(decided),
            decided_longest_seconds=max(
                ((now - review.reviewed_at).total_seconds() for review in decided if review.reviewed_at), default=0.0
            ),
            undecided=sum(review.exists for review in reviews) - len(decided),
            unknown=len(rows) - sum(review.exists for review in reviews),
        )


def _words(reach: Reach) -> dict[str, object]:
    environment = reach.environment
    words, known = environment.database.kyc, environment.database.known_user
    return {
        "approved": words.approved,
        "waiting": [word for word in words.waiting if word != MANUAL_REVIEW],
        "open": [words.approved, *words.waiting, *words.again],
        "known": environment.answered(known, "database.known_user").lower(),
    }


def _must_know(known: bool, source: str) -> None:
    """Rows that a policy hides from the gate would make every count of users a lie."""
    if not known:
        raise ProbeError(source, "the search did not find database.known_user, so it does not see all users")


def _told(reason: str) -> str:
    _, failure = read(reason)
    return failure.codes[0] if failure is not None and failure.topic == "Sumsub" else ANOTHER_REASON
