"""Sentences about what AWS runs and keeps for the product: service, images, database instance, firewalls, backups."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from golive.environment import Environment
from golive.errors import NothingExamined
from golive.probes.apprunner import GOING_ON, CustomDomains, Domains, RunningService, Service
from golive.probes.ec2 import Firewalls, Ingress, public, wide_open
from golive.probes.ecr import Images, RepositoryImages
from golive.probes.health import Reported
from golive.probes.look import Look
from golive.probes.rds import (
    AutomatedSnapshots,
    DatabaseInstance,
    Instance,
    Snapshot,
    Snapshots,
    TakenSnapshot,
    of_the_day,
    stamp_of,
)
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# The backup window stretches the day between two snapshots, but not without end.
WIDEST_WINDOW = timedelta(hours=2)
# Between the name of a snapshot and its making; more is another time zone.
NAMED_WITHIN = timedelta(minutes=15)
# In the name of a snapshot: its minute, in UTC.
MINUTE = "YYYYMMDD-HHMM"
# A commit as people shorten it, or whole.
SHORT_COMMIT = re.compile(r"[0-9a-f]{7,40}")
NO_SNAPSHOT = Snapshot("none", "missing", None)


@looks("the running service", target_fixture="service")
def running_service(environment: Environment) -> Look[Service]:
    return RunningService(environment.aws.service_arn)


@looks("the custom domains of the service", target_fixture="domains")
def custom_domains(environment: Environment) -> Look[Domains]:
    return CustomDomains(environment.aws.service_arn)


@looks("the images of the repository", target_fixture="images")
def repository_images(environment: Environment) -> Look[Images]:
    return RepositoryImages(environment.aws.repository)


@looks("the database instance", target_fixture="instance")
def database_instance(environment: Environment) -> Look[Instance]:
    return DatabaseInstance(environment.aws.database_instance)


@looks("the firewalls of the database instance", target_fixture="firewalls")
def database_firewalls(environment: Environment) -> Look[Ingress]:
    return Firewalls(environment.aws.database_instance)


@looks("the automated snapshots of the database", target_fixture="snapshots")
def automated_snapshots(environment: Environment) -> Look[Snapshots]:
    return AutomatedSnapshots(environment.aws.database_instance)


@looks('a snapshot called "{name}" is there, or is taken', target_fixture="by_hand")
def pre_launch_snapshot(name: str, environment: Environment, launch_at: datetime | None) -> Look[Snapshots]:
    aws, hour = environment.aws, environment.answered(launch_at, "launch_at")
    return TakenSnapshot(aws.database_instance, name.removesuffix(MINUTE), hour, aws.snapshot_seconds)


@judges('the status of the service is "{status}"')
def service_has_status(service: Service, status: str) -> None:
    assert service.status == status, f"App Runner says of {service.name or service.arn}: {service.status}, not {status}"


@judges("no operation is in progress")
def nothing_is_going_on(service: Service, remarks: Remarks) -> None:
    remarks.examined(len(service.operations), "operations")
    going_on = [f"{one.kind} ({one.status})" for one in service.operations if one.status in GOING_ON]
    assert not going_on, f"{service.name} is being changed: {', '.join(going_on)}; what runs now may not be what stays"


@judges("the last deployment succeeded")
def last_deployment_succeeded(service: Service, remarks: Remarks) -> None:
    remarks.examined(len(service.operations), "operations")
    last = service.last_deployment
    if service.auto_deployments:
        remarks.warn(f"{service.name} deploys every push of its tag by itself, past any gate: switch that off")
    status = last.status if last else "not on record"
    assert status == "SUCCEEDED", f"the last deployment of {service.name}, {last}, is {status}; it must be SUCCEEDED"


@judges('"{name}" is active there, with "{www}"')
def domain_is_active(domains: Domains, name: str, www: str, remarks: Remarks) -> None:
    served = {
        each: domain.active
        for domain in domains.domains
        for each in ([domain.name, f"www.{domain.name}"] if domain.www else [domain.name])
    }
    told = "; ".join(
        f"{domain.name}{' with www' if domain.www else ''} is {domain.status}"
        + "".join(f", {record.name} is {record.status}" for record in domain.validations if record.status != "SUCCESS")
        for domain in domains.domains
    )
    assert {name: served.get(name), www: served.get(www)} == {name: True, www: True}, (
        f"App Runner's custom domains: {told or 'none'}; {name} and {www} must be ACTIVE with every record found"
    )
    if bare := [domain.name for domain in domains.domains if domain.name in (name, www) and not domain.validations]:
        # "Every record is found" is true of none, and says nothing of a certificate that has to be renewed.
        raise NothingExamined(domains.source, f"it tells no record of the certificate of {', '.join(bare)}")
    remarks.examined(sum(len(domain.validations) for domain in domains.domains), "records of certificates")


@judges("the production tag is on the newest release")
def production_tag_is_on_newest(images: Images, environment: Environment, remarks: Remarks) -> None:
    tag, releases = environment.aws.production_tag, images.releases(environment.aws.release_tag)
    remarks.examined(len(releases), "releases")
    newest, tagged = releases[0], images.tagged(tag)
    assert tagged == newest, (
        f"in {images.source} the tag {tag} is on {tagged.digest if tagged else 'no image'}, "
        f"and the newest release, of {newest.pushed_at:%Y-%m-%d %H:%M} UTC, is {newest.digest}"
    )


@judges("the production tag is on the candidate")
def production_tag_is_on_candidate(
    images: Images, service: Service, subject_digest: str | None, environment: Environment
) -> None:
    tag, candidate = environment.aws.production_tag, subject_digest or service.running_digest()
    tagged = images.tagged(tag)
    digest = tagged.digest if tagged else None
    assert digest == candidate, (
        f"in {images.source} the tag {tag} is on {digest or 'no image'}, "
        f"and the candidate is {candidate}{'' if subject_digest else ', which runs'}"
    )


@judges("the candidate is what runs")
def candidate_runs(service: Service, subject_digest: str | None) -> None:
    running = service.running_digest()
    assert running == (subject_digest or running), f"{service.name} runs {running}; the candidate is {subject_digest}"


@judges("whoever answers there was built from the commit that runs")
def site_is_what_runs(
    health: Reported, service: Service, images: Images, environment: Environment, remarks: Remarks
) -> None:
    image = images.of(service.running_digest())
    commits = image.commits(environment.aws.release_tag) if image else ()
    if health.version is None or not SHORT_COMMIT.fullmatch(health.version):
        told = f"only {health.version}, which is no commit" if health.version else "nothing"
        remarks.warn(f"{health.url} says {told} of its build, so that it is what runs is known by other things alone")
        return
    assert any(commit.startswith(health.version) for commit in commits), (
        f"{health.url} says that it was built from {health.version}, and the image that {service.name} runs was built "
        f"from {' or '.join(commits) or 'no commit that is known'}: another service answers there, or a deployment is "
        "under way"
    )


@judges('the database instance is "{status}" and runs "{engine}" {version:d}')
def instance_is(instance: Instance, status: str, engine: str, version: int, remarks: Remarks) -> None:
    if instance.encrypted is False:
        remarks.warn(f"the storage of {instance.identifier} is not encrypted")
    if instance.deletion_protection is False:
        remarks.warn(f"{instance.identifier} is not protected against deletion")
    seen = (instance.status, instance.engine, instance.version.split(".")[0])
    assert seen == (status, engine, str(version)), (
        f"{instance.identifier} is {instance.status} and runs {instance.engine or 'nothing'} {instance.version}; "
        f"it must be {status} and run {engine} {version}"
    )


@judges("the database instance is not public")
def instance_is_not_public(instance: Instance) -> None:
    assert instance.public is False, (
        f"{instance.identifier}: publicly accessible is {instance.public}; it must be False"
    )


@judges("no firewall opens the database to the internet")
def firewalls_are_closed(firewalls: Ingress, instance: Instance, environment: Environment, remarks: Remarks) -> None:
    port = instance.port or environment.database.port
    rules = firewalls.to(port)
    remarks.examined(len(firewalls.groups), "security groups")
    # The service itself must come in by one: where none is found, the wrong thing was looked at.
    remarks.examined(len(rules), f"rules for port {port}")
    everybody = wide_open(rules)
    if not everybody and (some := public(rules)):
        remarks.warn(f"port {port} of {instance.identifier} is open to {', '.join(some)}")
    assert not everybody, (
        f"port {port} of {instance.identifier} is open to {', '.join(everybody)}: "
        f"{'; '.join(str(rule) for rule in rules if rule.ranges)}"
    )


@judges("the newest snapshot is available and at most {hours:d} hours and its backup window old")
def snapshot_is_fresh(snapshots: Snapshots, instance: Instance, hours: int, now: datetime, remarks: Remarks) -> None:
    limit = timedelta(hours=hours) + min(instance.window(), WIDEST_WINDOW)
    # While a backup is under way, the one before it is what there is: every day for as long as it takes.
    ready = next((one for one in snapshots.snapshots if one.status == "available"), None)
    newest = ready or next(iter(snapshots.snapshots), NO_SNAPSHOT)
    age = since(newest.taken_at, now)
    assert (newest.status, age <= limit) == ("available", True), (
        f"{newest.name}, the newest automated snapshot of {instance.identifier}, is {newest.status}, {said(age)} ago; "
        f"it must be available, at most {said(limit)} ago"
    )
    remarks.examined(len(snapshots.snapshots), "automated snapshots")
    for one in snapshots.snapshots[: snapshots.snapshots.index(newest)]:
        remarks.warn(f"{one.name} is newer than the one that is available, and {one.status}")


@judges('one from the day of the launch is "{status}"', needs=("launch_at",))
def snapshot_is_of_the_day(
    by_hand: Snapshots, status: str, launch_at: datetime | None, environment: Environment, remarks: Remarks
) -> None:
    hour = environment.answered(launch_at, "launch_at")
    good = [one for one in of_the_day(by_hand, hour) if one.status == status]
    told = ", ".join(
        f"{one.name} ({one.status}{f', taken at {one.taken_at:%Y-%m-%d %H:%M} UTC' if one.taken_at else ''})"
        for one in by_hand.snapshots
    )
    assert good, (
        f"of the day of the launch, and of before {hour:%Y-%m-%d %H:%M} UTC, {by_hand.source} has no such snapshot "
        f"that is {status}: {told or 'there is none with such a name'}; after the launch none is taken any more"
    )
    remarks.examined(len(by_hand.snapshots), "snapshots taken by hand")
    for one in good:
        stamp = stamp_of(one.name)
        if one.taken_at and stamp and abs(one.taken_at - stamp) > NAMED_WITHIN:
            remarks.warn(f"{one.name} was taken at {one.taken_at:%H:%M} UTC: names are in UTC")


@judges("the database can be restored to a moment at most {hours:d} hour ago")
def database_is_restorable(instance: Instance, hours: int, now: datetime) -> None:
    age = since(instance.restorable_to, now)
    assert age <= timedelta(hours=hours), (
        f"{instance.identifier} can be restored to a moment {said(age)} ago; it must be at most {hours} h ago"
    )


def since(moment: datetime | None, now: datetime) -> timedelta:
    """How long ago *moment* was; longer than anything where it never was."""
    return timedelta.max if moment is None else now - moment


def said(duration: timedelta) -> str:
    """ "26 h 30 min" """
    if duration == timedelta.max:
        return "nobody knows how long"
    minutes = round(duration.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min"
