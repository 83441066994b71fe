"""Sentences about what BetterStack watches, whom it wakes, and what it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.errors import NothingExamined, ProbeError
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
    must_have_watched,
)
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# What a monitor proves a page by: that it answers, with the status or the word that it must. To be without a word
# ("keyword_absence"), to answer a ping or to take a connection an error page can as well.
PROVES_A_PAGE = ("status", "expected_status_code", "keyword")
# A monitor is checked this often again before its last answer is stale.
CHECKS = 3
VERIFYING = "whether it verifies the certificate"
# Whom a step calls that is a room and no person.
ROOMS = frozenset({"all_slack_integrations", "all_microsoft_teams_integrations", "all_zapier_integrations"})


@dataclass(frozen=True, slots=True)
class Called:
    """Whom an escalation policy calls in the end."""

    nobody: str = ""  # why nobody, at some hour; "" where somebody
    unseen: str = ""  # why that cannot be told
    members: frozenset[str] = frozenset()  # kinds of them
    by_branches_alone: bool = False


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
    others = [f"{m.called} ({m.status}, {m.url})" for m in drops if m not in active]
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
    _demand_told(monitors, [*untold(found[0]), *([] if found[0].verify_ssl is not None else [VERIFYING])], name)
    remarks.examined(len(monitors.monitors), "monitors")
    if any(monitor.keyword for monitor in found):
        remarks.warn(f"{name} looks for a word, which may stand in an answer that is not well; prefer a status code")


@judges("every monitor is green")
def all_green(monitors: Monitors, remarks: Remarks) -> None:
    remarks.examined(len(monitors.monitors), "monitors")
    wrong = [(monitor.called, _flaws(monitor, monitors.at)) for monitor in monitors.monitors]
    told = [f"{name} {', '.join(flaws)}" for name, flaws in wrong if flaws]
    assert not told, f"not every monitor is green: {'; '.join(told)}"
    for monitor in monitors.monitors:
        _demand_told(monitors, untold(monitor), monitor.called)


@judges("every monitor has a policy that reaches somebody")
def all_escalate(escalations: Escalations, remarks: Remarks) -> None:
    monitors = escalations.monitors.monitors
    remarks.examined(len(monitors), "monitors")
    woken = [(m, called_by(escalations, m.policy)) for m in monitors]
    told = [f"{m.called} {called.nobody}" for m, called in woken if called.nobody]
    assert not told, f"not every monitor wakes somebody: {'; '.join(told)}"
    for m, called in woken:
        demand_followed(escalations, m, called)
        warn_of_calls(m, called, remarks)


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
    watching = availability.monitors.of_ours(environment)
    remarks.examined(len(watching), "monitors")
    accounts = [(monitor, availability.accounts[monitor.id]) for monitor in watching]
    low = [
        f"{monitor.called} was down {account.downtime_seconds:g} s in {account.incidents} incidents "
        f"from {account.begins:%Y-%m-%d %H:%M} to {account.at:%Y-%m-%d %H:%M} UTC, so it was up {account.uptime:.3f} % "
        "of the time since the launch"
        for monitor, account in accounts
        if account.uptime < percent
    ]
    first = accounts[0][1]
    if not low or first.since >= first.at:
        enough_hours(first.since, first.at, hours)
    assert not low, f"{'; '.join(low)}; it must be {percent:g} % at the least"
    must_have_watched(watching, first.since, availability.source)
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
    if monitor.frequency is None:
        return []  # whether the check is fresh nobody can tell: see `untold`
    age = (at - monitor.checked_at).total_seconds()
    stale = age > CHECKS * monitor.frequency
    return [f"is up by a check of {age / 60:.0f} minutes ago; every {monitor.frequency} s one is due"] if stale else []


def _astray(monitor: Monitor, url: str) -> list[str]:
    """How what *monitor* watches differs from *url*."""
    flaws = [] if _place(monitor.url) == _place(url) else [f"watches {monitor.url}; it must watch {url}"]
    if monitor.kind not in PROVES_A_PAGE:
        flaws.append(f"is of the kind {monitor.kind}, which proves no page; it must be {' or '.join(PROVES_A_PAGE)}")
    return [*flaws, "does not verify the certificate"] if monitor.verify_ssl is False else flaws


def untold(monitor: Monitor) -> list[str]:
    """What BetterStack does not tell of *monitor* without which nobody knows whether it is green."""
    return [] if monitor.frequency is not None else ["how often it is checked"]


def _demand_told(monitors: Monitors, lacking: list[str], name: str) -> None:
    if lacking:
        raise ProbeError(monitors.source, f"of {name} it is not told {' and '.join(lacking)}")


def _place(url: str) -> tuple[str, str, str]:
    """Two addresses of one page differ at most by the last stroke and the case of the host."""
    there = urlsplit(url)
    return there.scheme, there.netloc.lower(), there.path.rstrip("/")


def called_by(escalations: Escalations, name: str | None, above: tuple[str, ...] = ()) -> Called:
    """Whom policy *name* calls, by its steps and through each of its branches; *above* are those that lead to it."""
    policy = escalations.policies.get(name or "")
    if name is None:
        return Called(nobody="has no escalation policy")
    if name in above:
        return Called(unseen=f"escalation policy {name} branches in a circle, by way of {', '.join(above)}")
    if policy is None:
        return Called(unseen=f"the branches to escalation policy {name or 'of an unknown name'} cannot be followed")
    way = f"branches to escalation policy {name}" if above else f"has escalation policy {name}"
    if not policy.exists:
        return Called(nobody=f"{way if above else f'names escalation policy {name}'}, which does not exist")
    direct = frozenset(member for step in policy.steps for member in step)
    if not (direct or policy.branches):
        return Called(nobody=f"{way}, which calls nobody")
    onward = [called_by(escalations, branch, (*above, name)) for branch in policy.branches]
    return Called(
        # At some hour each branch is all that there is: one that reaches nobody leaves that hour without anybody.
        nobody="; ".join(filter(None, (each.nobody for each in onward))),
        unseen="; ".join(filter(None, (each.unseen for each in onward))),
        members=direct.union(*(each.members for each in onward)),
        by_branches_alone=not direct,
    )


def demand_followed(escalations: Escalations, monitor: Monitor, called: Called) -> None:
    """ProbeError where it cannot be seen whom *monitor* wakes."""
    if called.unseen:
        raise ProbeError(escalations.monitors.source, f"of {monitor.called}: {called.unseen}")


def warn_of_calls(monitor: Monitor, called: Called, remarks: Remarks) -> None:
    """What holds nothing, and somebody should know of whom *monitor* wakes."""
    if called.members <= ROOMS:
        remarks.warn(f"escalation policy {monitor.policy} calls rooms alone, and no person")
    if called.by_branches_alone:
        remarks.warn(f"escalation policy {monitor.policy} has branches alone: whether every hour has one is not seen")
