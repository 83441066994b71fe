"""Faults of the names."""

from dataclasses import replace

from golive.twin import cloudfront
from golive.twin.cloud import SERVICE_HOST
from golive.twin.faults.register import breaks
from golive.twin.names import AUTHORITATIVE, RESOLVERS, SERVICE
from golive.twin.site import EDGES, ELSEWHERE
from golive.twin.world import World

SECOND = AUTHORITATIVE["ns2.dns.example"]
GONE = "203.0.113.78"  # nobody answers there, so that it does not hang on the order of the answers who is met


@breaks(unmet=["GL-2.4.1"])
def stray_second_address(world: World) -> World:
    """getdrop.no has a further A record, left over from a host that is gone."""
    return replace(world, zone=world.zone.told("getdrop.no", "A", *SERVICE, GONE))


@breaks(unmet=["GL-2.4.1"])
def authoritative_server_disagrees(world: World) -> World:
    """One of the zone's own servers gives another address than the rest."""
    return replace(world, zone=world.zone.told("getdrop.no", "A", ELSEWHERE, by=(SECOND,)))


@breaks(unmet=["GL-2.4.1"])
def authoritative_server_lost_an_address(world: World) -> World:
    """One of the zone's own servers knows only one of the two addresses."""
    return replace(world, zone=world.zone.told("getdrop.no", "A", SERVICE[0], by=(SECOND,)))


@breaks(unmet=["GL-2.4.1"])
def apex_leads_to_cloudfront(world: World) -> World:
    """
    getdrop.no and www.getdrop.no lead to CloudFront, and the environment file names no distribution there.

    There is one, and it is as it must be: where the file names it, nothing is wrong, and each resolver may be told of
    other edges.
    """
    zone = world.zone.told("getdrop.no", "A", EDGES[0]).told("www.getdrop.no", "A", EDGES[0])
    zone = zone.told("getdrop.no", "A", *EDGES, by=(RESOLVERS[1],))
    ours = cloudfront.healthy("getdrop.no", "www.getdrop.no", host=SERVICE_HOST)
    return replace(world, zone=zone, cloud=replace(world.cloud, distribution=ours))


@breaks()
def resolvers_remember_a_part(world: World) -> World:
    """Each resolver remembers one answer, with one of the service's two addresses: no more than a part of the truth."""
    zone = world.zone
    for resolver, address in zip(RESOLVERS, SERVICE, strict=True):
        zone = zone.told("getdrop.no", "A", address, by=(resolver,))
    return replace(world, zone=zone)


@breaks(unmet=["GL-2.4.1"])
def resolver_remembers_another_host(world: World) -> World:
    """One resolver still leads to a host that is gone."""
    return replace(world, zone=world.zone.told("getdrop.no", "A", GONE, by=(RESOLVERS[1],)))


@breaks(unmet=["GL-1.5"])
def caa_forbids_amazon(world: World) -> World:
    """The zone lets only another authority issue certificates, so Amazon's cannot be renewed."""
    return replace(world, zone=world.zone.told("getdrop.no", "CAA", '0 issue "letsencrypt.org"'))


@breaks(unknown=["GL-2.4.1"])
def authoritative_server_silent(world: World) -> World:
    """One of the zone's own servers never answers."""
    return replace(world, zone=world.zone.ail("silent", by=(SECOND,)))


@breaks(unknown=["GL-2.4.1"])
def authoritative_server_fails(world: World) -> World:
    """One of the zone's own servers says SERVFAIL."""
    return replace(world, zone=world.zone.ail("servfail", by=(SECOND,)))


@breaks(unknown=["GL-2.4.1"])
def authoritative_server_refuses(world: World) -> World:
    """One of the zone's own servers refuses to answer."""
    return replace(world, zone=world.zone.ail("refused", by=(SECOND,)))


@breaks(unknown=["GL-2.4.1"])
def authoritative_server_babbles(world: World) -> World:
    """One of the zone's own servers sends rubbish."""
    return replace(world, zone=world.zone.ail("garbage", by=(SECOND,)))


@breaks()
def answers_too_long_for_udp(world: World) -> World:
    """Every answer is cut over UDP, so that it must be asked for again over TCP: nothing is wrong with that."""
    return replace(world, zone=world.zone.ail("truncated"))


@breaks(unknown=["GL-2.4.2", "GL-2.4.3", "GL-2.4.4"])
def www_is_missing(world: World) -> World:
    """www.getdrop.no has no record at all."""
    return replace(world, zone=world.zone.without("www.getdrop.no"))
