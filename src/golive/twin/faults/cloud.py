"""Faults of the service, its image, its database instance and its firewalls."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.apprunner import Operation
from golive.twin.cloud import (
    DATABASE_GROUP,
    PARTNERS,
    PREVIOUS_COMMIT,
    PRODUCTION_TAG,
    Image,
    PrefixList,
    Rule,
    SecurityGroup,
    Snapshot,
    digest_of,
    image_of,
)
from golive.twin.faults.kin import TOLD, UNDONE
from golive.twin.faults.register import breaks
from golive.twin.world import World

OLD = digest_of(PREVIOUS_COMMIT)
NEW = digest_of("a release of this morning")
EVERYBODY, EVERYBODY_6 = "0.0.0.0/0", "::/0"


def _serving(world: World, **changes: Any) -> World:
    return replace(world, cloud=world.cloud.serving(**changes))


def _storing(world: World, **changes: Any) -> World:
    return replace(world, cloud=world.cloud.storing(**changes))


def _opening(world: World, rule: Rule) -> World:
    return replace(world, cloud=world.cloud.opening(rule))


def _operating(world: World, *newest: Operation) -> World:
    return _serving(world, operations=(*newest, *world.cloud.service.operations))


# -- the service ------------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-2.1.1", "GL-3.1.1"])
def service_paused(world: World) -> World:
    """The service is paused."""
    return _serving(world, status="PAUSED")


@breaks(unmet=["GL-2.1.1", "GL-3.1.1"], unknown=[*TOLD, "GL-3.3.1"])
def service_in_operation(world: World) -> World:
    """An operation on the service is in progress, so what runs is about to change."""
    changing = _serving(world, status="OPERATION_IN_PROGRESS")
    return _operating(changing, Operation("PAUSE_SERVICE", "IN_PROGRESS", timedelta(minutes=1)))


@breaks(unmet=["GL-3.1.1", "GL-3.3.1", "GL-3.3.3", "GL-5.3.1"], unknown=TOLD)
def deployment_pending(world: World) -> World:
    """The service runs, and a deployment has been asked for that has not begun."""
    return _operating(world, Operation("START_DEPLOYMENT", "PENDING", timedelta(seconds=20)))


@breaks(unmet=["GL-3.3.1", "GL-3.3.3"])
def deployment_rolled_back(world: World) -> World:
    """The service runs, because App Runner rolled the last deployment back."""
    return _operating(world, Operation("START_DEPLOYMENT", "ROLLBACK_SUCCEEDED", timedelta(hours=1)))


@breaks(unmet=["GL-3.3.1", "GL-3.3.3"], unknown=UNDONE)
def deployment_failed(world: World) -> World:
    """The last deployment, which would have changed what the service is told to run, failed: nobody knows what runs."""
    return _operating(world, Operation("UPDATE_SERVICE", "FAILED", timedelta(hours=1)))


@breaks(unmet=["GL-3.3.1", "GL-3.3.3"], unknown=UNDONE)
def settings_that_never_took_effect(world: World) -> World:
    """The real BankID was switched on by an update that App Runner rolled back: the mock still runs, untold."""
    return _operating(world, Operation("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", timedelta(minutes=30)))


@breaks(unmet=["GL-1.4"])
def custom_domain_pending(world: World) -> World:
    """App Runner still waits for the proof that getdrop.no is ours."""
    domain = replace(world.cloud.service.custom_domains[0], status="PENDING_CERTIFICATE_DNS_VALIDATION")
    return _serving(world, custom_domains=(domain,))


@breaks(unmet=["GL-1.4"])
def custom_domain_without_www(world: World) -> World:
    """The custom domain leaves www.getdrop.no out."""
    return _serving(world, custom_domains=(replace(world.cloud.service.custom_domains[0], www=False),))


@breaks(unmet=["GL-1.4"])
def custom_domain_of_another(world: World) -> World:
    """The service has a custom domain, and it is not getdrop.no."""
    return _serving(world, custom_domains=(replace(world.cloud.service.custom_domains[0], name="drop.example"),))


@breaks(unmet=["GL-1.4"])
def custom_domain_missing(world: World) -> World:
    """The service has no custom domain."""
    return _serving(world, custom_domains=())


@breaks(unmet=["GL-1.4"])
def custom_domain_proof_gone(world: World) -> World:
    """A record that proves getdrop.no ours is gone, so the certificate will not be renewed."""
    domain = world.cloud.service.custom_domains[0]
    records = (replace(domain.records[0], status="FAILED"), *domain.records[1:])
    return _serving(world, custom_domains=(replace(domain, records=records),))


@breaks(unknown=["GL-1.4"])
def custom_domain_without_records(world: World) -> World:
    """App Runner says that the domain is active, and tells no record of its certificate."""
    return _serving(world, custom_domains=(replace(world.cloud.service.custom_domains[0], records=()),))


@breaks(stops=True)
def account_of_another(world: World) -> World:
    """The credentials belong to another AWS account."""
    return replace(world, cloud=replace(world.cloud, account="111122223333"))


# -- its image --------------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-2.1.3", "GL-3.3.3"])
def production_tag_missing(world: World) -> World:
    """No image carries the production tag."""
    return replace(world, cloud=world.cloud.tagging(PRODUCTION_TAG, None))


@breaks(unmet=["GL-2.1.3", "GL-3.3.3"])
def production_tag_on_an_older_image(world: World) -> World:
    """The production tag is on the release before."""
    return replace(world, cloud=world.cloud.tagging(PRODUCTION_TAG, OLD))


@breaks(unmet=["GL-2.1.3", "GL-3.3.3"])
def production_tag_moved_but_not_deployed(world: World) -> World:
    """A new release carries the production tag, and the one before still runs."""
    image = Image(NEW, ("v0.1.1", "c0ffee00d15ea5e0f00dfeedfacecafe12345678"), timedelta(minutes=50))
    cloud = replace(world.cloud, images=(image, *world.cloud.images))
    return replace(world, cloud=cloud.tagging(PRODUCTION_TAG, NEW))


def _still_running(world: World, digest: str, commit: str) -> World:
    """The candidate is pushed and tagged, and the service, the site with it, is what was built from *commit*."""
    repository = world.github
    newest, *older = world.cloud.service.operations
    deployed = replace(newest, started=newest.started + timedelta(days=4))
    runs = repository.check_runs[repository.main[-1]]
    main = tuple(dict.fromkeys((commit, *repository.main)))
    return replace(
        world,
        cloud=world.cloud.serving(image=image_of(digest), operations=(deployed, *older)),
        site=replace(world.site, health=replace(world.site.health, version=commit)),
        github=replace(repository, main=main, check_runs={**repository.check_runs, commit: runs}),
    )


# Of what runs. Of the candidate, named with --digest, nothing is unmet before T-0 (tests/gate/test_candidate.py).
@breaks(unmet=["GL-2.1.3", "GL-3.3.3", "GL-5.1.1"])
def candidate_not_deployed_yet(world: World) -> World:
    """The candidate is pushed and tagged, and the release before it, which is the way back, still runs."""
    return _still_running(world, OLD, PREVIOUS_COMMIT)


# Of what runs. Of the candidate, named with --digest, GL-5.1.1 is unmet as well.
@breaks(unmet=["GL-2.1.3", "GL-3.3.3"])
def previous_digest_not_renewed(world: World) -> World:
    """The candidate is pushed and tagged, and what still runs is a later release than the one noted as the way back."""
    commit = world.github.main[0]
    image = Image(digest_of(commit), ("v0.0.10", commit), timedelta(days=4))
    cloud = replace(world.cloud, images=(*world.cloud.images, image))
    return _still_running(replace(world, cloud=cloud), image.digest, commit)


@breaks(unmet=["GL-2.1.3", "GL-3.3.3", "GL-5.3.1"], unknown=["GL-2.2.4"])
def another_image_runs(world: World) -> World:
    """What runs is an image that no release ever was."""
    return _serving(world, image=image_of(digest_of("a build that failed its tests")))


# -- its database instance --------------------------------------------------------------------------------------------


@breaks(unmet=["GL-2.1.2", "GL-3.1.3"])
def database_stopped(world: World) -> World:
    """The database instance is stopped."""
    return _storing(world, status="stopped")


@breaks(unmet=["GL-2.1.2", "GL-3.1.3"])
def database_backing_up(world: World) -> World:
    """The database instance is busy with a backup."""
    return _storing(world, status="backing-up")


@breaks(unmet=["GL-2.1.2", "GL-3.1.3"])
def database_of_the_version_before(world: World) -> World:
    """The database instance runs PostgreSQL 15."""
    return _storing(world, version="15.8")


@breaks(unmet=["GL-3.1.4"])
def snapshot_27_hours_old(world: World) -> World:
    """The newest automated snapshot is 27 hours old."""
    return _snapshots(world, first=timedelta(hours=27))


@breaks(unmet=["GL-3.1.4"])
def snapshot_still_creating(world: World) -> World:
    """The newest automated snapshot has not got done for hours, and the one before is a day older."""
    newest, *older = world.cloud.snapshots
    return replace(world, cloud=replace(world.cloud, snapshots=(replace(newest, status="creating"), *older)))


@breaks()
def snapshot_under_way(world: World) -> World:
    """The daily backup is under way, beside an available one that is not quite a day old."""
    world = _snapshots(world, first=timedelta(hours=23, minutes=50))
    begun = Snapshot("rds:drop-db-%Y-%m-%d-%H-%M", "automated", timedelta(minutes=5), "creating")
    return replace(world, cloud=replace(world.cloud, snapshots=(begun, *world.cloud.snapshots)))


@breaks(unmet=["GL-3.1.4"])
def snapshots_missing(world: World) -> World:
    """There is no automated snapshot, only one that somebody made by hand."""
    by_hand = tuple(snapshot for snapshot in world.cloud.snapshots if snapshot.kind == "manual")
    return replace(world, cloud=replace(world.cloud, snapshots=by_hand))


@breaks(unmet=["GL-3.1.4"])
def restorable_time_behind(world: World) -> World:
    """The database can be restored only to a moment three hours ago."""
    return _storing(world, restorable_lag=timedelta(hours=3))


def _snapshots(world: World, first: timedelta) -> World:
    newest = world.cloud.snapshots[0]
    late = first - newest.age
    shifted = tuple(
        replace(snapshot, age=snapshot.age + late) if snapshot.kind == "automated" else snapshot
        for snapshot in world.cloud.snapshots
    )
    return replace(world, cloud=replace(world.cloud, snapshots=shifted))


# -- its firewalls ----------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-1.8"])
def database_public(world: World) -> World:
    """The database instance has a public address."""
    return _storing(world, public=True)


@breaks(unmet=["GL-1.8"])
def firewall_open(world: World) -> World:
    """The database's port is open to everybody."""
    return _opening(world, Rule(networks=(EVERYBODY,)))


@breaks(unmet=["GL-1.8"])
def firewall_open_by_a_range(world: World) -> World:
    """A range of ports that contains the database's is open to everybody."""
    return _opening(world, Rule(ports=(1024, 65535), networks=(EVERYBODY,)))


@breaks(unmet=["GL-1.8"])
def firewall_open_for_everything(world: World) -> World:
    """All traffic is let in from everybody (protocol -1)."""
    return _opening(world, Rule(protocol="-1", ports=None, networks=(EVERYBODY,)))


@breaks(unmet=["GL-1.8"])
def firewall_open_for_ipv6(world: World) -> World:
    """The database's port is open to everybody who comes by IPv6."""
    return _opening(world, Rule(networks=(EVERYBODY_6,)))


@breaks(unmet=["GL-1.8"])
def firewall_open_in_two_halves(world: World) -> World:
    """The database's port is open to both halves of the internet, which is all of it."""
    return _opening(world, Rule(networks=("0.0.0.0/1", "128.0.0.0/1")))


@breaks(unmet=["GL-1.8"])
def firewall_open_by_a_second_group(world: World) -> World:
    """A second group is attached to the database, and that one is open to everybody."""
    second = "sg-0aa11bb22cc33dd44"
    debug = SecurityGroup("debug", "for a day", (Rule(networks=(EVERYBODY,)),))
    cloud = replace(world.cloud, security_groups={**world.cloud.security_groups, second: debug})
    cloud = cloud.storing(groups=(DATABASE_GROUP, second))
    return replace(world, cloud=cloud)


@breaks(unmet=["GL-1.8"])
def firewall_open_by_a_prefix_list(world: World) -> World:
    """The database's port is open to a prefix list, and that contains everybody."""
    lists = {**world.cloud.prefix_lists, PARTNERS: PrefixList("drop-partners", (EVERYBODY,))}
    return _opening(replace(world, cloud=replace(world.cloud, prefix_lists=lists)), Rule(prefix_lists=(PARTNERS,)))


@breaks()
def firewall_open_to_partners(world: World) -> World:
    """The database's port is open to a prefix list of two partners' networks, which is not the internet."""
    return _opening(world, Rule(prefix_lists=(PARTNERS,)))
