"""Incidents of Neonomics and Sumsub, by whose way balances, payments and identities come."""

from dataclasses import replace
from typing import Any

from golive.twin.cloud import Rule
from golive.twin.faults.incidents.telling import failed_payments, line, over_time, said
from golive.twin.faults.register import incident
from golive.twin.neonomics import PRODUCTION_HOST
from golive.twin.sumsub import HOST as SUMSUB_HOST
from golive.twin.world import World

_PAYERS = (4, 8, 11, 13, 17, 19, 22, 27, 31, 33)


def _neonomics(world: World, **changes: Any) -> World:
    production = replace(world.neonomics.production, **changes)
    return replace(world, neonomics=replace(world.neonomics, production=production))


def _failing(world: World, event: str, count: int = 40, **members: Any) -> World:
    """*world*, in whose log *event* fails for one customer after the other."""
    return said(
        world, *(line(age, event, userId=2 + number % 30, **members) for number, age in enumerate(over_time(count)))
    )


# -- balances ---------------------------------------------------------------------------------------------------------

_BEHIND_NEONOMICS = ("AISP-C2", "AISP-C4", "AISP-C5", "AISP-C6")


@incident("AISP-C3", hides=_BEHIND_NEONOMICS)
def neonomics_outage(world: World) -> World:
    """Neonomics answers 503 to everybody, and nobody sees a balance."""
    down = _neonomics(world, ailment="broken")
    return _failing(down, "aisp.balance", status=503, message="Neonomics API unreachable: 503 Service Unavailable")


@incident("AISP-C3", hides=_BEHIND_NEONOMICS)
def neonomics_hangs(world: World) -> World:
    """Neonomics takes everybody's connections and says nothing more; balances time out."""
    return _failing(_neonomics(world, ailment="silent"), "aisp.balance", code="ETIMEDOUT", message="AISP API timeout")


@incident("AISP-C4", hides=("AISP-C2",))
def neonomics_secret_renewed(world: World) -> World:
    """Neonomics has given out a new secret, and the service still has the old one."""
    there = _neonomics(world, client_secret="renewed-at-the-portal")  # noqa: S106  # of the twin
    return _failing(there, "aisp.balance", status=401, message="AISP 401 Unauthorized: invalid_client")


@incident("AISP-C5", hides=("AISP-C6",))
def way_out_to_neonomics_closed(world: World) -> World:
    """The firewall around the service was narrowed to some partners, and Neonomics is none of them."""
    cloud = world.cloud.letting_out(Rule(ports=(443, 443), networks=("192.0.2.0/25",)))
    closed = replace(world, cloud=cloud)
    return _failing(closed, "aisp.balance", code="ETIMEDOUT", message=f"Connection timeout: {PRODUCTION_HOST}")


@incident("AISP-C5", hides=("AISP-C6",))
def service_does_not_reach_neonomics(world: World) -> World:
    """The firewall is open, Neonomics answers everybody else, and still no connection of the service comes about."""
    return _failing(world, "aisp.balance", code="ECONNREFUSED", message=f"connect ECONNREFUSED {PRODUCTION_HOST}:443")


@incident("AISP-C5", hides=("AISP-C2", "AISP-C4", "AISP-C6"), points_too=("AISP-C3",))
def name_of_neonomics_is_gone(world: World) -> World:
    """The name of Neonomics does not exist any more."""
    nameless = replace(world, zone=world.zone.without(PRODUCTION_HOST))
    return _failing(nameless, "aisp.balance", code="ENOTFOUND", message=f"getaddrinfo ENOTFOUND {PRODUCTION_HOST}")


@incident("AISP-C6", hides=("AISP-C2", "AISP-C4"))
def neonomics_limits_everybody(world: World) -> World:
    """Neonomics says 429 to whatever is asked, from here too."""
    limited = _neonomics(world, ailment="throttled")
    told = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}
    return _failing(limited, "aisp.balance", status=429, message="Too Many Requests", headers=told)


# -- payments ---------------------------------------------------------------------------------------------------------

_BEHIND_PROVIDERS = ("PISP-C3", "PISP-C4", "PISP-C5")


@incident("PISP-C1", hides=_BEHIND_PROVIDERS)
def neonomics_takes_no_payments(world: World) -> World:
    """Neonomics answers 503 to everybody, and payments end in a time-out."""
    down = failed_payments(_neonomics(world, ailment="broken"), ("TIMEOUT",), _PAYERS)
    return _failing(down, "payment", status=503, message="Neonomics 503 Service Unavailable", flow="remittance")


@incident("PISP-C1", hides=_BEHIND_PROVIDERS)
def swan_takes_no_payments(world: World) -> World:
    """Swan answers 503 to everybody, and what is paid by its way fails."""
    down = replace(world, swan=replace(world.swan, ailment="broken"))
    return _failing(down, "payment", status=503, message="Swan 503 Service Unavailable", flow="qr-payment")


# -- identities -------------------------------------------------------------------------------------------------------

_BEHIND_SUMSUB = tuple(f"KYC-C{number}" for number in range(2, 7))


@incident("KYC-C1", hides=_BEHIND_SUMSUB)
def sumsub_outage(world: World) -> World:
    """Sumsub answers 503 to everybody, and nobody new can be verified."""
    down = replace(world, sumsub=replace(world.sumsub, ailment="broken"))
    return _failing(down, "kyc.initiate", status=503, message="Sumsub 503 Service Unavailable")


@incident("KYC-C1", hides=_BEHIND_SUMSUB)
def sumsub_unreachable(world: World) -> World:
    """Sumsub resets everybody's connections."""
    down = replace(world, sumsub=replace(world.sumsub, ailment="off"))
    return _failing(down, "kyc.initiate", code="ECONNRESET", message=f"Sumsub API timeout: {SUMSUB_HOST}")


@incident("KYC-C1", hides=_BEHIND_SUMSUB)
def sumsub_hangs(world: World) -> World:
    """Sumsub takes everybody's connections and says nothing more."""
    down = replace(world, sumsub=replace(world.sumsub, ailment="silent"))
    return _failing(down, "kyc.initiate", code="ETIMEDOUT", message=f"Sumsub API timeout: {SUMSUB_HOST}")


@incident("KYC-C5", hides=("KYC-C4",))
def token_of_the_service_is_revoked(world: World) -> World:
    """The service's token was revoked in Sumsub's dashboard."""
    there = replace(world, sumsub=world.sumsub.without(world.cloud.text("SUMSUB_APP_TOKEN")))
    return _failing(there, "kyc.initiate", status=401, message="Sumsub 401 Unauthorized")


@incident("KYC-C5", hides=("KYC-C4",))
def sumsub_signs_with_another_key(world: World) -> World:
    """The key of Sumsub's webhook was renewed, and the service refuses what is signed with it."""
    there = replace(world, sumsub=world.sumsub.registering(key="renewed-in-the-dashboard"))
    return _failing(there, "kyc.webhook", 8, status=401, message="Sumsub webhook signature mismatch")
