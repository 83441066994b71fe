"""What the database holds: which tables there are, whether somebody is a user, and the watch over transactions.

`information_schema` shows a role only what it may read, so a missing right would pass for a missing table; the
catalogue shows all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.errors import CannotTell, Denied, NothingExamined, ProbeError
from golive.probes.look import Look, Permission
from golive.probes.session import Missing, OfDatabase, named, session_of, to_read

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

_COLUMNS = """
SELECT relation.relname, array_agg(attribute.attname::text ORDER BY attribute.attnum)
FROM pg_class AS relation
JOIN pg_namespace AS space ON space.oid = relation.relnamespace AND space.nspname = ANY (current_schemas(false))
JOIN pg_attribute AS attribute
  ON attribute.attrelid = relation.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE relation.relkind IN ('r', 'p')
GROUP BY relation.relname
"""
# A schema of the search path that the role may not use is passed over in silence, with all that is in it.
_CLOSED = """
SELECT current_schemas(false)::text[], array_agg(space.nspname::text ORDER BY space.nspname)
FROM unnest(string_to_array(current_setting('search_path'), ',')) AS said(name)
JOIN pg_namespace AS space
  ON space.nspname = CASE btrim(name) WHEN '"$user"' THEN current_user ELSE btrim(btrim(name), '"') END
 AND NOT has_schema_privilege(space.oid, 'USAGE')
"""
# An address that nobody can have (RFC 6761 6.4): a query that finds it finds anything.
NOBODY = "golive-that-is-not-there@example.invalid"
_USERS = """
SELECT count(*), array_agg(DISTINCT address) FILTER (WHERE address = ANY (%s))
FROM (SELECT lower(btrim(email::text)) AS address FROM users) AS searched
"""
_STANDINGS = "SELECT kyc_status::text, count(*) FROM users GROUP BY kyc_status ORDER BY 1"
_WATCH = """
SELECT count(*),
       count(*) FILTER (WHERE large),
       count(*) FILTER (WHERE large AND NOT alerted),
       count(*) FILTER (WHERE large IS NULL),
       (SELECT count(*) FROM aml_alerts)
FROM (
    SELECT abs(amount) >= threshold AS large,
           EXISTS (SELECT FROM aml_alerts WHERE aml_alerts.transaction_id::text = transactions.id::text) AS alerted
    FROM transactions
    LEFT JOIN unnest(%(currencies)s::text[], %(thresholds)s::numeric[]) AS known(code, threshold)
      ON code = upper(btrim(currency::text))
) AS searched
"""


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables and their columns."""

    source: str
    tables: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class People:
    """How many users were searched, and which of the wanted addresses are among them."""

    source: str
    searched: int
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    known_found: bool  # the user whom any search must find

    def holds(self, email: str) -> bool:
        """Whether *email* is a user's; ProbeError where the search cannot be relied on."""
        if email.lower() not in self.wanted:
            raise ProbeError(self.source, f"{email} was not searched for")
        if not self.known_found:
            raise ProbeError(self.source, "the search did not find database.known_user, so it finds nobody")
        return email.lower() in self.found


@dataclass(frozen=True, slots=True)
class Counts:
    """Transactions, and whether the large ones raised an alert."""

    transactions: int
    large: int
    without_alert: int
    not_compared: int  # in a currency of which nobody has said what is large, or without an amount
    alerts: int


@dataclass(frozen=True, slots=True)
class Watch:
    """The watch over transactions; no counts where a table or a column for it is missing."""

    source: str
    threshold: int  # in kroner
    counts: Counts | None
    missing: str = ""

    def counted(self) -> Counts:
        """The counts; ProbeError where nothing could be counted."""
        if self.counts is None:
            raise ProbeError(self.source, f"alerts and transactions cannot be compared: {self.missing}")
        return self.counts


@dataclass(frozen=True, slots=True)
class Tables(OfDatabase, Look[Schema]):
    """Which tables are there?"""

    def observe(self, reach: Reach) -> Schema:
        """The tables that a statement without a schema's name finds; Denied where the role may not look for them."""
        source, user = named(reach), reach.environment.database.user
        with session_of(reach) as session:
            found, searched = session.execute(_COLUMNS), session.execute(_CLOSED)
            rows, ((open_schemas, closed),) = found.fetchall(), searched.fetchall()
        if closed:
            raise Denied(source, f"the role {user} lacks USAGE on {', '.join(closed)}, so what is in it cannot be seen")
        if not open_schemas:
            raise NothingExamined(source, f"there is no schema on the search path of the role {user}")
        return Schema(source, {table: tuple(columns) for table, columns in sorted(rows)})


@dataclass(frozen=True, slots=True)
class Users(OfDatabase, Look[People]):
    """Are *emails* among the users?"""

    emails: tuple[str, ...]

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """One column."""
        return to_read(environment, "users (email)")

    def observe(self, reach: Reach) -> People:
        """
        One query for them, for the user that it must find and for one that it must not; no other address leaves the
        database. CannotTell where it finds that one, too.
        """
        wanted = tuple(sorted({email.lower() for email in self.emails}))
        environment = reach.environment
        known = environment.answered(environment.database.known_user, "database.known_user").lower()
        with session_of(reach, "users") as session:
            (row,) = session.execute(_USERS, ([*wanted, known, NOBODY],)).fetchall()
        found = set(row[1] or ())
        if NOBODY in found:
            raise CannotTell(named(reach), f"it finds {NOBODY} among the users, whom nobody can be")
        return People(named(reach), row[0], wanted, tuple(sorted(found & set(wanted))), known in found)


@dataclass(frozen=True, slots=True)
class TransactionWatch(OfDatabase, Look[Watch]):
    """Has every transaction of at least *threshold* kroner raised an alert, and of so much in *others*?"""

    threshold: int
    others: tuple[tuple[str, int], ...] = ()  # currency → what is large in it

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Those that are compared."""
        return to_read(environment, "transactions (id, amount, currency)", "aml_alerts (transaction_id)")

    def observe(self, reach: Reach) -> Watch:
        """Counts alone; that a table or a column is missing is an answer, which `Tables` tells more of."""
        source, large = named(reach), {**dict(self.others), "NOK": self.threshold}
        asked = {"currencies": list(large), "thresholds": list(large.values())}
        try:
            with session_of(reach, "transactions", "aml_alerts") as session:
                (row,) = session.execute(_WATCH, asked).fetchall()
        except Missing as exc:
            return Watch(source, self.threshold, None, exc.reason)
        return Watch(source, self.threshold, Counts(*row))


def users_by_standing(reach: Reach) -> Mapping[str, int]:
    """
    How many users there are of each `kyc_status`, counted now, for acts that must show that they change nothing.

    No look, which would be remembered: before and after are two questions.
    """
    with session_of(reach, "users") as opened:
        return {str(standing): count for standing, count in opened.execute(_STANDINGS).fetchall()}
