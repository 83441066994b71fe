"""Incidents of the login with BankID."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.bankid import CALLBACK, HOST, MOBILE_CALLBACK
from golive.twin.cloud import Line, Rule
from golive.twin.faults.register import incident
from golive.twin.world import World

# Such an incident has lasted so long, with a login every twenty seconds that fails.
_LASTS = timedelta(minutes=10)
_EVERY = timedelta(seconds=20)


def _failing(world: World, code: str, **members: Any) -> World:
    """Logins fail with *code*, and will go on failing."""
    said = {"level": "error", "event": "bankid.login", "outcome": "failed", "code": code, **members}
    count = _LASTS // _EVERY
    lines = (Line(_EVERY * number, json.dumps(said)) for number in range(count, 0, -1))
    return replace(world, cloud=world.cloud.adding(*lines))


def _bankid(world: World, **changes: Any) -> World:
    return replace(world, bankid=replace(world.bankid, **changes))


def _client(world: World, **changes: Any) -> World:
    name = world.site.login.client_id
    if name not in world.bankid.clients:  # another incident has taken it away
        return world
    return _bankid(world, clients={**world.bankid.clients, name: replace(world.bankid.clients[name], **changes)})


BEHIND_BANKID = ("BID-C2", "BID-C3", "BID-C4", "BID-C5", "BID-C6")


@incident("BID-C1", hides=BEHIND_BANKID)
def bankid_outage(world: World) -> World:
    """BankID answers 503 to everybody, and logins fail with it."""
    return _failing(_bankid(world, ailment="broken"), "BANKID_ERROR", message="BankID answered 503 Service Unavailable")


@incident("BID-C1", hides=BEHIND_BANKID)
def bankid_unreachable(world: World) -> World:
    """BankID takes nobody's connections, and logins time out."""
    return _failing(_bankid(world, ailment="off"), "ETIMEDOUT", message="BankID API timeout")


@incident("BID-C2", hides=("BID-C3", "BID-C4"))
def bankid_secret_renewed(world: World) -> World:
    """BankID has given Drop another secret than the one that the service holds."""
    return _failing(_client(world, secret="renewed"), "unauthorized_client")  # noqa: S106  # of the twin


@incident("BID-C2", hides=("BID-C3", "BID-C4"))
def bankid_client_gone(world: World) -> World:
    """BankID does not know Drop any more."""
    clients = {name: one for name, one in world.bankid.clients.items() if name != world.site.login.client_id}
    return _failing(_bankid(world, clients=clients), "invalid_client")


@incident("BID-C3", hides=("BID-C4",))
def bankid_callback_moved(world: World) -> World:
    """BankID has another callback on record than the one that Drop uses."""
    there = _client(world, redirect_uris=(CALLBACK.replace("getdrop.no", "www.getdrop.no"), MOBILE_CALLBACK))
    return _failing(there, "redirect_uri_mismatch")


@incident("BID-C3", hides=("BID-C4",))
def callback_of_another_address(world: World) -> World:
    """A deployment has set Drop's callback to App Runner's own name, which BankID does not know."""
    stray = "https://9ef3szvvsb.eu-west-1.awsapprunner.com/api/auth/bankid/callback"
    site = replace(world.site, login=replace(world.site.login, redirect_uri=stray))
    return replace(world, site=site, cloud=world.cloud.setting(BANKID_CALLBACK_URL=stray))


@incident("BID-C4")
def login_state_lost(world: World) -> World:
    """Whoever comes back from BankID is told that their state is not known."""
    return _failing(world, "invalid_state", message="Invalid state parameter")


@incident("BID-C5")
def bankid_limits_drop(world: World) -> World:
    """BankID refuses some of Drop's calls for their number, and takes others."""
    return _failing(world, "rate_limit_exceeded", status=429, headers={"X-RateLimit-Remaining": "0"})


@incident("BID-C6", hides=("BID-C4", "BID-C5"))
def way_out_closed(world: World) -> World:
    """The firewall around the service lets nothing out but to the database."""
    cloud = world.cloud.letting_out(Rule(networks=("10.0.0.0/16",)))
    return _failing(replace(world, cloud=cloud), "ETIMEDOUT", message="Connection timeout", host=HOST)


@incident("BID-C6", hides=("BID-C4", "BID-C5"))
def service_gets_nowhere(world: World) -> World:
    """The firewall is open, and still no connection of the service comes about."""
    return _failing(world, "ECONNREFUSED", message="connect ECONNREFUSED", host=HOST)
