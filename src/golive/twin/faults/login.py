"""Faults of the login."""

from dataclasses import replace
from typing import Any

from golive.twin.faults.register import breaks
from golive.twin.world import World


def _login(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, login=replace(world.site.login, **changes)))


@breaks(unmet=["GL-3.3.6"])
def login_button_missing(world: World) -> World:
    """The front page offers no login with BankID."""
    return _login(world, text="Logg inn")


@breaks(unmet=["GL-3.3.6"])
def login_leads_nowhere(world: World) -> World:
    """The button leads to a page that does not exist."""
    return _login(world, link="/logg-inn")


@breaks(unmet=["GL-3.3.6"])
def login_refused_by_bankid(world: World) -> World:
    """BankID does not know where to send the visitor back to."""
    return _login(world, redirect_uri="https://9ef3szvvsb.eu-west-1.awsapprunner.com/api/auth/bankid/callback")


@breaks(unmet=["GL-3.3.6"])
def login_stays_at_home(world: World) -> World:
    """The button leads to a stand-in for BankID on the site itself."""
    return _login(world, endpoint="https://getdrop.no/vilkaar")


@breaks(unknown=["GL-3.3.6"])
def bankid_off(world: World) -> World:
    """BankID cannot be reached."""
    return replace(world, bankid=replace(world.bankid, ailment="off"))


@breaks(unmet=["GL-3.3.6"])
def bankid_broken(world: World) -> World:
    """BankID answers 503."""
    return replace(world, bankid=replace(world.bankid, ailment="broken"))
