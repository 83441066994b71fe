"""Sentences about what BetterStack watches, whom it wakes, and what it has seen."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.errors import NothingExamined
from golive.probes.incidents import Incidents, IncidentsSince
from golive.probes.look import Look
from golive.probes.monitors import (
    AllMonitors,
    Availability,
    AvailabilitySince,
    Escalations,
    Monitor,
    MonitorEscalations,
    Monitors,
    Policy,
)
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# A monitor is checked this often again before its last answer is stale.
CHECKS = 3
# Whom a step calls that is a room and no person.
ROOMS = frozenset({"all_slack_integrations", "all_microsoft_teams_integrations", "all_zapier_integrations"})


@looks("the monitors", target_fixture="monitors")
def all_monitors() -> Look[Monitors]:
    return AllMonitors()


@looks("the escalation policies of the monitors", target_fixture="escalations")
def monitor_escalations() -> Look[Escalations]:
    return MonitorEscalations()


@looks("the incidents since the launch and before it", target_fixture="incidents")
def incidents_since(environment: Environment, launch_at: datetime | None) -> Look[Incidents]:
    return IncidentsSince(environment.answered(launch_at, "launch_at"))


@looks("how long each monitor was down since the launch", target_fixture="availability")
def availability_since(environment: Environment, launch_at: datetime | None) -> Look[Availability]:
    return AvailabilitySince(environment.answered(launch_at, "launch_at"))


@judges("at least {count:d} of them are active and watch our own address")
def enough_monitors(monitors: Monitors, environment: Environment, count: int, remarks: Remarks) -> None:
    remarks.examined(len(monitors.monitors), "monitors")
    providers = {watched.monitor for watched in environment.betterstack.providers.values()}
    drops = [m for m in monitors.monitors if m.name not in providers]  # the others watch somebody else, some through us
    active = [m for m in drops if m.host in ours(environment) and not (m.paused or m.status == "pending")]
    others = [f"{m.name} ({m.status}, {m.url})" for m in drops if m not in active]
    uncounted = f"not counted among the active monitors: {', '.join(others)}"
    assert len(active) >= count, (
        f"{len(active)} of {len(monitors.monitors)} monitors are active and watch {environment.site.host}; "
        f"there must be {count}{f' ({uncounted})' if others else ''}"
    )
    if others:
        remarks.warn(uncounted)


@judges('"{name}" is green and watches "{url}"')
def monitor_is_green(monitors: Monitors, name: str, url: str, remarks: Remarks) -> None:
    found = monitors.named(name)
    wrong = [flaw for monitor in found for flaw in (*_flaws(monitor, monitors.at), *_astray(monitor, url))]
    assert len(found) == 1, f"there are {len(found)} monitors called {name} at BetterStack; there must be one"
    assert not wrong, f"{name} {', '.join(wrong)}"
    remarks.examined(len(monitors.monitors), "monitors")
    if any(monitor.keyword for monitor in found):
        remarks.warn(f"{name} looks for a word, which may stand in an answer that is not well; prefer a status code")


@judges("every monitor is green")
def all_green(monitors: Monitors, remarks: Remarks) -> None:
    remarks.examined(len(monitors.monitors), "monitors")
    wrong = {monitor.name: _flaws(monitor, monitors.at) for monitor in monitors.monitors}
    told = [f"{name} {', '.join(flaws)}" for name, flaws in wrong.items() if flaws]
    assert not told, f"not every monitor is green: {'; '.join(told)}"


@judges("every monitor has a policy that reaches somebody")
def all_escalate(escalations: Escalations, remarks: Remarks) -> None:
    monitors = escalations.monitors.monitors
    remarks.examined(len(monitors), "monitors")
    wrong = {m.name: silent(escalations.policies.get(m.policy or "")) for m in monitors}
    told = [f"{name} {flaw}" for name, flaw in wrong.items() if flaw]
    assert not told, f"not every monitor wakes somebody: {'; '.join(told)}"
    for policy in escalations.policies.values():
        if {member for step in policy.steps for member in step} <= ROOMS:
            remarks.warn(f"escalation policy {policy.id} calls rooms alone, and no person")


@judges(
    "no incident has opened since the launch, which was at least {hours:d} hours ago",
    needs=("betterstack.known_incident",),
)
def no_incident(incidents: Incidents, environment: Environment, now: datetime, hours: int, remarks: Remarks) -> None:
    known = environment.answered(environment.betterstack.known_incident, "betterstack.known_incident")
    opened = [incident for incident in incidents.incidents if incident.started_at >= incidents.launch_at]
    told = ", ".join(f"{incident.id} at {incident.started_at:%Y-%m-%d %H:%M} UTC" for incident in opened)
    assert not opened, f"since the launch {len(opened)} incidents have opened: {told}; there must be none"
    if known not in {incident.id for incident in incidents.incidents}:
        raise NothingExamined(incidents.source, f"the search does not find incident {known}, which is there")
    enough_hours(incidents.launch_at, now, hours)
    remarks.examined(len(incidents.incidents), "incidents")


@judges("each was up at least {percent:g} % of the time, over at least {hours:d} hours")
def up_enough(
    availability: Availability, environment: Environment, percent: float, hours: int, remarks: Remarks
) -> None:
    providers = {watched.monitor for watched in environment.betterstack.providers.values()}
    watching = [m for m in availability.monitors.monitors if m.host in ours(environment) and m.name not in providers]
    remarks.examined(len(watching), "monitors")
    accounts = [(monitor, availability.accounts[monitor.id]) for monitor in watching]
    low = [
        f"{monitor.name} was down {account.downtime_seconds:g} s in {account.incidents} incidents "
        f"from {account.begins:%Y-%m-%d %H:%M} to {account.at:%Y-%m-%d %H:%M} UTC, so it was up {account.uptime:.3f} % "
        "of the time since the launch"
        for monitor, account in accounts
        if account.uptime < percent
    ]
    first = accounts[0][1]
    if not low or first.since >= first.at:
        enough_hours(first.since, first.at, hours)
    assert not low, f"{'; '.join(low)}; it must be {percent:g} % at the least"
    least = min(account.uptime for _, account in accounts)
    covers = f"{first.since:%Y-%m-%d %H:%M} to {first.at:%Y-%m-%d %H:%M} UTC"
    remarks.examined(round((first.at - first.since).total_seconds() / 3600), f"hours ({covers}), {least:.3f} % up")


def enough_hours(since: datetime, until: datetime, hours: int) -> None:
    """NothingExamined where there are fewer than *hours* between the two: too few to say anything."""
    passed = (until - since).total_seconds() / 3600
    if passed < hours:
        raise NothingExamined("the time since the launch", f"{passed:.1f} hours are too few; {hours} are needed")


def ours(environment: Environment) -> frozenset[str]:
    """The hosts of the product."""
    return frozenset({environment.site.host, environment.site.www})


def _flaws(monitor: Monitor, at: datetime) -> list[str]:
    """Why *monitor* is not green."""
    if monitor.paused:
        return ["is paused: it looks quiet and watches nothing"]
    if monitor.status != "up":
        return [f"is {monitor.status}; it must be up"]
    if monitor.checked_at is None:
        return ["is up and was never checked"]
    age = (at - monitor.checked_at).total_seconds()
    stale = age > CHECKS * monitor.frequency
    return [f"is up by a check of {age / 60:.0f} minutes ago; every {monitor.frequency} s one is due"] if stale else []


def _astray(monitor: Monitor, url: str) -> list[str]:
    """How what *monitor* watches differs from *url*."""
    flaws = [] if _place(monitor.url) == _place(url) else [f"watches {monitor.url}; it must watch {url}"]
    return flaws if monitor.verify_ssl else [*flaws, "does not verify the certificate"]


def _place(url: str) -> tuple[str, str, str]:
    """Two addresses of one page differ at most by the last stroke and the case of the host."""
    there = urlsplit(url)
    return there.scheme, there.netloc.lower(), there.path.rstrip("/")


def silent(policy: Policy | None) -> str:
    """Why *policy* reaches nobody, "" where it does."""
    if policy is None:
        return "has no escalation policy"
    if not policy.exists:
        return f"names escalation policy {policy.id}, which does not exist"
    return "" if any(policy.steps) else f"has escalation policy {policy.id}, which calls nobody"
