"""Incidents of the login with BankID."""

from dataclasses import replace

from golive.twin.faults.register import incident
from golive.twin.world import World


@incident("BID-C2")
def bankid_secret_renewed(world: World) -> World:
    """BankID has given Drop another secret than the one that the service holds."""
    name = world.site.login.client_id
    client = replace(world.bankid.clients[name], secret="renewed")  # noqa: S106  # of the twin
    return replace(world, bankid=replace(world.bankid, clients={**world.bankid.clients, name: client}))
