"""Faults of the certificates and of the line."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.faults.kin import BROWSER, PAGES
from golive.twin.faults.register import breaks
from golive.twin.world import World

APEX, WWW = "getdrop.no", "www.getdrop.no"


def _showing(world: World, *hosts: str, **changes: Any) -> World:
    changed = {host: replace(world.certificates[host], **changes) for host in hosts}
    return replace(world, certificates={**world.certificates, **changed})


@breaks(unmet=["GL-1.5", "GL-2.4.2"], unknown=[*PAGES, *BROWSER])
def certificate_expired(world: World) -> World:
    """The certificate of both names ended yesterday."""
    return _showing(world, APEX, WWW, not_after=world.now - timedelta(days=1))


@breaks(unmet=["GL-1.5", "GL-2.4.2"])
def certificate_about_to_end(world: World) -> World:
    """The certificate of both names ends in ten days, so its renewal is stuck."""
    return _showing(world, APEX, WWW, not_after=world.now + timedelta(days=10))


@breaks()
def certificate_ends_in_three_weeks(world: World) -> World:
    """The certificate of both names ends in three weeks: a warning, and no more."""
    return _showing(world, APEX, WWW, not_after=world.now + timedelta(days=21))


@breaks(unmet=["GL-1.5", "GL-2.4.2"])
def intermediate_about_to_end(world: World) -> World:
    """The certificate between that of both names and the root ends in three days, and the chain with it."""
    return _showing(world, APEX, WWW, intermediate_ends=world.now + timedelta(days=3))


@breaks(unmet=["GL-1.5", "GL-2.4.2"], unknown=[*PAGES, *BROWSER])
def intermediate_missing(world: World) -> World:
    """The server leaves out the certificate between its own and the root."""
    return _showing(world, APEX, WWW, omit_intermediate=True)


@breaks(unmet=["GL-1.5", "GL-2.4.2"], unknown=[*PAGES, *BROWSER])
def certificate_signs_itself(world: World) -> World:
    """The certificate is its own authority."""
    return _showing(world, APEX, WWW, self_signed=True)


@breaks(unmet=["GL-1.5", "GL-2.4.2"], unknown=[*PAGES, *BROWSER])
def certificate_of_a_stranger(world: World) -> World:
    """The certificate comes from an authority that nobody trusts."""
    return _showing(world, APEX, WWW, issuer="a stranger")


@breaks(unmet=["GL-2.4.2"], unknown=["GL-2.4.3", "GL-2.4.4"])
def certificate_without_www(world: World) -> World:
    """The certificate names getdrop.no, but not www.getdrop.no."""
    return _showing(world, WWW, names=(APEX,))


@breaks(unmet=["GL-2.4.2"], unknown=["GL-2.4.3", "GL-2.4.4"])
def certificate_key_too_short(world: World) -> World:
    """The certificate of www.getdrop.no has an RSA key of 1024 bits."""
    return _showing(world, WWW, key="RSA 1024")


@breaks(unmet=["GL-2.4.2"])
def old_tls_accepted(world: World) -> World:
    """The server still speaks TLS 1.0."""
    return _showing(world, APEX, WWW, oldest_tls="1.0")


@breaks(stops=True)
def certificate_of_somebody_else(world: World) -> World:
    """getdrop.no is answered with another site's certificate."""
    return _showing(world, APEX, WWW, names=("parked.example",))
