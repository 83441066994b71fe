"""Incidents of Swan."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.cloud import Line, Rule
from golive.twin.faults.register import incident
from golive.twin.swan import API_HOST, SCHEMA
from golive.twin.world import World

# Such an incident has lasted so long, with a call every fifteen seconds that fails.
_LASTS = timedelta(minutes=10)
_EVERY = timedelta(seconds=15)


def _failing(world: World, **members: Any) -> World:
    """Calls to Swan fail, and will go on failing."""
    said = {"level": "error", "event": "swan.call", **members}
    lines = (Line(_EVERY * number, json.dumps(said)) for number in range(_LASTS // _EVERY, 0, -1))
    return replace(world, cloud=world.cloud.adding(*lines))


def _swan(world: World, **changes: Any) -> World:
    return replace(world, swan=replace(world.swan, **changes))


BEHIND_SWAN = tuple(f"SWAN-C{number}" for number in range(2, 7))


@incident("SWAN-C1", hides=BEHIND_SWAN)
def swan_outage(world: World) -> World:
    """Swan answers 503 to everybody, and says so on its status page."""
    down = _swan(world, ailment="broken", incident="API unavailable")
    return _failing(down, status=503, code="INTERNAL_SERVER_ERROR", message="Swan 503 Service Unavailable")


@incident("SWAN-C1", hides=BEHIND_SWAN)
def swan_unreachable(world: World) -> World:
    """Swan resets everybody's connections, and its status page knows nothing of it yet."""
    return _failing(_swan(world, ailment="off"), code="ECONNRESET", message="Swan API timeout")


@incident("SWAN-C1", hides=BEHIND_SWAN)
def swan_hangs(world: World) -> World:
    """Swan takes everybody's connections and says nothing more."""
    return _failing(_swan(world, ailment="silent"), code="ETIMEDOUT", message="Swan API timeout")


@incident("SWAN-C2", hides=("SWAN-C4", "SWAN-C6"))
def swan_secret_renewed(world: World) -> World:
    """Swan has given out a new secret, and the service still has the old one."""
    there = _swan(world, client_secret="renewed-at-the-dashboard")  # noqa: S106  # of the twin
    return _failing(there, status=401, code="invalid_client", message="401 Unauthorized")


@incident("SWAN-C2", hides=("SWAN-C4", "SWAN-C6"))
def swan_forgets_whom_it_let_in(world: World) -> World:
    """Swan issues tokens, and its interface takes them for nobody's: the client has lost its rights."""
    return _failing(_swan(world, forgets_tokens=True), status=401, message="401 Unauthorized")


@incident("SWAN-C3", hides=("SWAN-C2", "SWAN-C4", "SWAN-C6"))
def swan_limits_everybody(world: World) -> World:
    """Swan says 429 to whatever is asked, from here too."""
    there = _swan(world, ailment="throttled")
    return _failing(there, status=429, code="TOO_MANY_REQUESTS", headers={"X-RateLimit-Remaining": "0"})


@incident("SWAN-C3", hides=("SWAN-C4",))
def swan_limits_drop(world: World) -> World:
    """Swan counts by address, and only the service has asked too often."""
    return _failing(world, status=429, code="TOO_MANY_REQUESTS", message="Swan rate limit exceeded")


@incident("SWAN-C4")
def swan_schema_changed(world: World) -> World:
    """Swan has put another field in the place of an account's balances."""
    there = _swan(world, schema=SCHEMA.replace("balances: AccountBalances", "wallet: AccountBalances"))
    told = "GraphQL validation error: Cannot query field 'balances' on type 'Account'."
    return _failing(there, status=400, code="GRAPHQL_VALIDATION_FAILED", message=told)


@incident("SWAN-C5")
def way_out_to_swan_closed(world: World) -> World:
    """The firewall around the service was narrowed to some partners, and Swan is none of them."""
    cloud = world.cloud.letting_out(Rule(ports=(443, 443), networks=("192.0.2.0/25",)))
    return _failing(replace(world, cloud=cloud), code="ETIMEDOUT", message="Connection timeout", host=API_HOST)


@incident("SWAN-C5")
def service_does_not_reach_swan(world: World) -> World:
    """The firewall is open, Swan answers everybody else, and still no connection of the service comes about."""
    return _failing(world, code="ECONNREFUSED", message=f"connect ECONNREFUSED {API_HOST}:443")


@incident("SWAN-C5", hides=("SWAN-C2", "SWAN-C3", "SWAN-C4", "SWAN-C6"), points_too=("SWAN-C1",))
def name_of_swan_is_gone(world: World) -> World:
    """The name of Swan's interface does not exist any more."""
    zone = world.zone.without(API_HOST)
    return _failing(replace(world, zone=zone), code="ENOTFOUND", message=f"getaddrinfo ENOTFOUND {API_HOST}")


@incident("SWAN-C6", hides=("SWAN-C4",))
def swan_bill_unpaid(world: World) -> World:
    """Swan lets the service in, and answers to everything that its account is suspended."""
    return _failing(_swan(world, suspended=True), code="FORBIDDEN", message="Account suspended")


@incident("SWAN-C6", hides=("SWAN-C4",))
def swan_stops_the_project(world: World) -> World:
    """Swan lets the service in, and says that its project is suspended."""
    return _failing(_swan(world, status="Suspended"), code="FORBIDDEN", message="Account suspended")
