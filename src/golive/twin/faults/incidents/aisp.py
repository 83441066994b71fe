"""Incidents of the balance."""

from dataclasses import replace
from datetime import timedelta

from golive.twin.database import BANKS, Row
from golive.twin.faults.incidents.telling import changed, line, over_time, said
from golive.twin.faults.register import incident
from golive.twin.world import World

# Eight customers, at all of the banks.
_CUSTOMERS = (3, 7, 9, 14, 18, 21, 26, 32)
BANK = "DNB"


def ended(world: World, customers: tuple[int, ...]) -> World:
    """*world*, in which the consents of *customers* have ended during the last two days."""

    def end(row: Row) -> Row:
        if row["user_id"] not in customers:
            return row
        return {**row, "consent_expires_at": timedelta(hours=2 + 5 * customers.index(int(str(row["user_id"]))))}

    return changed(world, "bank_accounts", end)


@incident("AISP-C1")
def consents_have_ended(world: World) -> World:
    """The consents of eight customers, given on the same days, have ended, and their balances are gone."""
    lines = [
        line(
            age,
            "aisp.balance",
            "warn",
            code=("CONSENT_EXPIRED", "CONSENT_EXPIRED", "CONSENT_INVALID")[number % 3],
            status=401,
            userId=_CUSTOMERS[number % len(_CUSTOMERS)],
            bank=BANKS[number % len(BANKS)],
        )
        for number, age in enumerate(over_time(26))
    ]
    return said(ended(world, _CUSTOMERS), *lines)


@incident("AISP-C2")
def one_bank_is_down(world: World) -> World:
    """DNB does not answer Neonomics, which says so in its list of banks; every other bank does."""
    lines = [
        line(age, "aisp.balance", message=f"Bank API unavailable: {BANK}", bank=BANK, userId=5 * (1 + number % 7))
        for number, age in enumerate(over_time(40))
    ]
    production = world.neonomics.production
    banks = tuple(replace(bank, status="OFFLINE") if bank.name == BANK else bank for bank in production.banks)
    neonomics = replace(world.neonomics, production=replace(production, banks=banks))
    return said(replace(world, neonomics=neonomics), *lines)


@incident("AISP-C2")
def one_bank_fails_and_nobody_says_so(world: World) -> World:
    """DNB answers Neonomics with errors, and the list of banks calls it available."""
    lines = [
        line(age, "aisp.balance", code="BANK_API_TIMEOUT", bank=BANK, userId=5 * (1 + number % 7))
        for number, age in enumerate(over_time(30))
    ]
    return said(world, *lines)


@incident("AISP-C3", hides=("AISP-C2", "AISP-C4", "AISP-C5", "AISP-C6"))
def every_bank_fails(world: World) -> World:
    """Neonomics answers whoever asks, and gets nothing from any bank."""
    lines = [
        line(age, "aisp.balance", code="BANK_API_TIMEOUT", bank=BANKS[number % len(BANKS)], userId=2 + number % 30)
        for number, age in enumerate(over_time(50))
    ]
    return said(world, *lines)


@incident("AISP-C6")
def balances_are_rate_limited(world: World) -> World:
    """Neonomics has had enough of our asking for balances: 429, and none of the hour's requests is left."""
    lines = [
        line(
            age,
            "aisp.balance",
            "warn",
            message="Too Many Requests",
            status=429,
            headers={"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "240"},
            userId=2 + number % 30,
        )
        for number, age in enumerate(over_time(60))
    ]
    return said(world, *lines)
