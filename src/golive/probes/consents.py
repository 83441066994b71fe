"""How the customers' consents to Open Banking stand: counts by bank, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.probes.look import Look, Permission
from golive.probes.session import OfDatabase, named, session_of, to_read

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

# A consent that ended long ago, and was not renewed, is somebody's who no longer comes.
_BY_BANK = """
SELECT bank_name::text,
       count(*),
       count(*) FILTER (WHERE consent_expires_at <= now()),
       count(*) FILTER (WHERE consent_expires_at <= now() - make_interval(days => %(days)s)),
       count(*) FILTER (WHERE consent_expires_at > now()
                          AND consent_expires_at <= now() + make_interval(days => %(days)s))
FROM bank_accounts
GROUP BY bank_name
ORDER BY 1
"""
_CUSTOMERS = """
SELECT count(DISTINCT user_id::text),
       count(DISTINCT user_id::text) FILTER (WHERE consent_expires_at <= now()
                                               AND consent_expires_at > now() - make_interval(days => %(days)s))
FROM bank_accounts
"""


@dataclass(frozen=True, slots=True)
class AtBank:
    """The consents to one bank; those that expired *lately* are no older than the look's days."""

    consents: int
    expired_lately: int
    expired_long_ago: int
    ending_soon: int  # within as many days


@dataclass(frozen=True, slots=True)
class Standing:
    """All consents that the product keeps."""

    source: str
    days: int
    banks: Mapping[str, AtBank]
    customers: int
    customers_expired_lately: int

    @property
    def consents(self) -> int:
        """How many there are."""
        return sum(bank.consents for bank in self.banks.values())

    @property
    def expired_lately(self) -> int:
        """How many have ended in the last days."""
        return sum(bank.expired_lately for bank in self.banks.values())

    @property
    def ending_soon(self) -> int:
        """How many end in the next days."""
        return sum(bank.ending_soon for bank in self.banks.values())


@dataclass(frozen=True, slots=True)
class Consents(OfDatabase, Look[Standing]):
    """How many consents have ended within the last *days*, and how many will within as many?"""

    days: int

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Three columns."""
        return to_read(environment, "bank_accounts (user_id, bank_name, consent_expires_at)")

    def observe(self, reach: Reach) -> Standing:
        """By the database's own clock."""
        with session_of(reach, "bank_accounts") as session:
            banks = session.execute(_BY_BANK, {"days": self.days})
            customers = session.execute(_CUSTOMERS, {"days": self.days})
            by_bank, ((all_of_them, lately),) = banks.fetchall(), customers.fetchall()
        return Standing(
            named(reach),
            self.days,
            {
                bank: AtBank(count, expired - long_ago, long_ago, soon)
                for bank, count, expired, long_ago, soon in by_bank
            },
            all_of_them,
            lately,
        )
