"""Faults of what watches Drop, and of the page that tells the public."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from golive.twin.betterstack import DRILL, FAR, HEALTH, LANDING, POLICY, Incident, Page, Report, Step, Uptime
from golive.twin.faults.kin import BETTERSTACK, GREEN, ready
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _at(world: World, change: Callable[[Uptime], Uptime]) -> World:
    return replace(world, betterstack=change(world.betterstack))


@breaks(unmet=["GL-1.6", *GREEN], unknown=["GL-6.1.5", "GL-6.2.1"])
def third_monitor_paused(world: World) -> World:
    """The monitor in the United States is paused: it looks quiet, and watches nothing."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, status="paused"))


@breaks(unmet=["GL-1.6"])
def only_the_two_named_monitors(world: World) -> World:
    """There are the two monitors that the runbook names, and no third."""
    return _at(world, lambda uptime: replace(uptime, monitors=tuple(one for one in uptime.monitors if one.id != FAR)))


@breaks(unmet=["GL-1.6"])
def third_monitor_watches_the_old_host(world: World) -> World:
    """The third monitor watches the host that Drop had before."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, url="https://drop.alai.no/api/health"))


@breaks(unmet=["GL-2.5.1", *GREEN])
def health_monitor_stale(world: World) -> World:
    """The health monitor is green by a check of an hour ago."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, checked=timedelta(hours=1)))


@breaks(unmet=["GL-2.5.1"])
def health_monitor_trusts_anybody(world: World) -> World:
    """The health monitor does not verify the certificate."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, verify_ssl=False))


@breaks(unmet=["GL-1.6", "GL-2.5.1"])
def health_monitor_watches_the_old_host(world: World) -> World:
    """The health monitor watches the host that Drop had before, and is green."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, url="https://drop.alai.no/api/health"))


@breaks(unmet=["GL-2.5.1"])
def health_monitor_twice(world: World) -> World:
    """Two monitors are called "Drop Health Check"."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, name="Drop Health Check"))


@breaks(unmet=["GL-2.5.2"])
def landing_monitor_in_plain_http(world: World) -> World:
    """The front page is watched without TLS, where it is always up: it redirects."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, url="http://getdrop.no"))


@breaks(unmet=["GL-2.5.2", *GREEN])
def landing_monitor_down(world: World) -> World:
    """BetterStack says that the front page is down."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, status="down"))


@breaks(unmet=["GL-2.5.2", *GREEN])
def landing_monitor_recovering(world: World) -> World:
    """The front page is being checked again after an outage."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, status="validating"))


@breaks(unmet=["GL-1.6", "GL-2.5.1", *GREEN])
def health_monitor_never_checked(world: World) -> World:
    """The health monitor was made a moment ago, and has not looked yet."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, status="pending", checked=None))


@breaks(unmet=["GL-2.5.1"])
def health_monitor_looks_for_an_absence(world: World) -> World:
    """The health monitor is green as long as a word is not there, as it is not on any error page."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, kind="keyword_absence", keyword="degraded"))


@breaks(unmet=["GL-2.5.2"])
def landing_monitor_pings(world: World) -> World:
    """What is called the monitor of the front page pings its host, which answers whatever the page does."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, kind="ping", url="getdrop.no", verify_ssl=None))


@breaks(unknown=["GL-2.5.1"])
def health_monitor_does_not_say_whom_it_trusts(world: World) -> World:
    """BetterStack does not say whether the health monitor verifies the certificate."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, verify_ssl=None))


@breaks(unknown=GREEN)
def third_monitor_checked_at_unknown_times(world: World) -> World:
    """BetterStack does not say how often the third monitor is checked, so that its last check may be an old one."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, frequency=None))


@breaks()
def third_monitor_without_a_name(world: World) -> World:
    """The third monitor has no name, and BetterStack says nothing of certificates: the others are seen all the same."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, name=None, verify_ssl=None))


@breaks()
def third_monitor_pings(world: World) -> World:
    """The third monitor pings the bare name, and watches Drop no less for that."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, kind="ping", url="getdrop.no", verify_ssl=None))


@breaks()
def monitor_with_another_stroke(world: World) -> World:
    """The front page is watched as https://getdrop.no/, which is the same page."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, url="https://getdrop.no/"))


@breaks(unmet=["GL-2.5.3"])
def monitor_without_policy(world: World) -> World:
    """One monitor has no escalation policy."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, policy=None))


@breaks(unmet=["GL-2.5.3", *ready(7)])
def policy_calls_nobody(world: World) -> World:
    """The escalation policy has a step, and nobody in it."""
    policies = {name: (Step(()),) for name in world.betterstack.policies}
    return _at(world, lambda uptime: replace(uptime, policies=policies))


def _handing_on(world: World, *steps: Step) -> World:
    """The policy has a branch to another one, "84002", of which *steps* are the steps."""
    night = Step((), kind="time_branching", policy="84002")
    policies = {**world.betterstack.policies, POLICY: (night,), "84002": steps}
    return _at(world, lambda uptime: replace(uptime, policies=policies))


@breaks()
def policy_hands_on_by_the_hour(world: World) -> World:
    """The escalation policy calls nobody itself, and hands on to one that calls whoever is on call."""
    return _handing_on(world, Step(("current_on_call",)))


@breaks(unmet=["GL-2.5.3", *ready(7)])
def policy_hands_on_to_nobody(world: World) -> World:
    """The escalation policy hands on to one that has a step, and nobody in it."""
    return _handing_on(world, Step(()))


@breaks(unknown=["GL-2.5.3", *ready(7)])
def policy_hands_on_in_a_circle(world: World) -> World:
    """The escalation policy hands on to one that hands back."""
    return _handing_on(world, Step((), kind="time_branching", policy=POLICY))


@breaks(unmet=["GL-2.5.3"])
def policy_deleted(world: World) -> World:
    """One monitor names an escalation policy that is gone."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, policy="84999"))


@breaks(unmet=["GL-2.5.6"])
def status_page_shows_a_fault(world: World) -> World:
    """The page is there, and says that something is degraded."""
    return _at(world, lambda uptime: uptime.showing(state="degraded", states={HEALTH: "degraded"}))


@breaks(unmet=["GL-2.5.6"])
def status_page_shows_one_service_down(world: World) -> World:
    """One service on the page is down, though the page as a whole says that it is operational."""
    return _at(world, lambda uptime: uptime.showing(states={LANDING: "downtime"}))


@breaks(unmet=["GL-2.5.6"])
def status_page_of_another(world: World) -> World:
    """The page is another company's."""
    return _at(world, lambda uptime: uptime.showing(company="Droplet Water AS"))


@breaks(unmet=["GL-2.5.6"])
def status_page_without_the_front_page(world: World) -> World:
    """The front page does not stand on the status page."""
    shows = {monitor: name for monitor, name in world.betterstack.page.shows.items() if monitor != LANDING}
    return _at(world, lambda uptime: uptime.showing(shows=shows))


@breaks(unknown=["GL-2.5.6"])
def status_page_is_a_shell(world: World) -> World:
    """The status page answers 200, and has nothing on it."""
    return _at(world, lambda uptime: uptime.showing(shell_only=True))


@breaks(unknown=["GL-2.5.6"])
def status_page_says_the_same_everywhere(world: World) -> World:
    """Data comes from any address of the status page, so that it is there says nothing."""
    return _at(world, lambda uptime: uptime.showing(data_everywhere=True))


def _reporting(world: World, change: Callable[[Report], Report | None]) -> World:
    """Another word from the page, report by report."""

    def told(page: Page) -> tuple[Report, ...]:
        return tuple(report for report in map(change, page.reports) if report is not None)

    return _at(world, lambda uptime: uptime.showing(reports=told(uptime.page)))


@breaks(unmet=["GL-3.4.1"])
def maintenance_left_open(world: World) -> World:
    """The maintenance before the launch was never ended on the status page."""
    return _reporting(world, lambda said: replace(said, ends_at=None) if said.kind == "maintenance" else said)


@breaks(unmet=["GL-3.4.1"])
def maintenance_every_night(world: World) -> World:
    """A monitor rests from two to three, every night: its window has an end and comes back."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, maintenance=("02:00:00", "03:00:00")))


@breaks(unmet=["GL-3.4.1", *GREEN])
def monitor_in_maintenance(world: World) -> World:
    """A monitor is in maintenance, and sees nothing."""
    return _at(world, lambda uptime: uptime.monitoring(FAR, status="maintenance"))


def _incident(world: World, minutes: float) -> World:
    began = world.launch_at + timedelta(minutes=50)
    incident = Incident("700000009", LANDING, "Drop Landing Page", "Timeout", began, began + timedelta(minutes=minutes))
    return _at(world, lambda uptime: replace(uptime, incidents=(*uptime.incidents, incident)))


@breaks(unmet=["GL-3.5.4"])
def incident_since_the_launch(world: World) -> World:
    """Half a minute of trouble in the first hour: an incident, and too short to spoil the day's uptime."""
    return _incident(world, 0.5)


@breaks(unmet=["GL-3.5.4", "GL-6.1.5", "GL-6.2.1"])
def outage_since_the_launch(world: World) -> World:
    """The front page was down for ten minutes in the first hour."""
    return _incident(world, 10)


@breaks(unknown=["GL-3.5.4"])
def incidents_are_hidden(world: World) -> World:
    """The token does not show the incident that is known to be there."""
    kept = tuple(incident for incident in world.betterstack.incidents if incident.id != DRILL)
    return _at(world, lambda uptime: replace(uptime, incidents=kept))


@breaks(unmet=["GL-6.1.5", "GL-6.2.1"])
def down_without_an_incident(world: World) -> World:
    """Many short failures, none of them an incident, add up to three minutes of the first day."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, blips=180))


@breaks(unknown=["GL-6.1.5", "GL-6.2.1"])
def monitor_made_anew_after_the_launch(world: World) -> World:
    """The front page was down for an hour, and its monitor was deleted and made anew: it has been up ever since."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, age=timedelta(hours=5)))


@breaks(unmet=["GL-1.6", "GL-2.5.2", *GREEN], unknown=["GL-6.1.5", "GL-6.2.1"], phase="T+24h")
def landing_monitor_paused_after_the_launch(world: World) -> World:
    """The front page's monitor was paused while the page was down, and still is: it has seen nothing."""
    return _at(world, lambda uptime: uptime.monitoring(LANDING, status="paused"))


@breaks(unknown=["GL-6.1.5", "GL-6.2.1"])
def monitor_of_unknown_age(world: World) -> World:
    """BetterStack does not say when a monitor was made."""
    return _at(world, lambda uptime: uptime.monitoring(HEALTH, age=None))


@breaks(unmet=["GL-6.2.1"], unknown=["GL-6.1.5"])
def down_since_the_monitor_was_made_anew(world: World) -> World:
    """A monitor that was made anew after the launch has seen three minutes of failures by itself."""
    return down_without_an_incident(_at(world, lambda uptime: uptime.monitoring(HEALTH, age=timedelta(hours=5))))


@breaks(unmet=["GL-5.2.2"])
def rollback_not_on_the_status_page(world: World) -> World:
    """Nobody told the public of the incident."""
    return _reporting(world, lambda said: said if said.kind == "maintenance" else None)


@breaks(unmet=["GL-5.2.2"])
def rollback_told_of_an_earlier_one_on_the_status_page(world: World) -> World:
    """The public was told of an incident since the launch, and not of the one that was rolled back."""
    begun = world.launch_at + timedelta(minutes=5)
    return _reporting(world, lambda said: said if said.kind == "maintenance" else replace(said, starts_at=begun))


@breaks(unmet=["GL-5.2.2"])
def rollback_told_as_maintenance(world: World) -> World:
    """The public is told of maintenance, and not of an incident."""
    return _reporting(world, lambda said: replace(said, kind="maintenance"))


@breaks(unmet=["GL-5.2.2"])
def rollback_report_affects_nothing(world: World) -> World:
    """The report of the incident names no service."""
    return _reporting(world, lambda said: replace(said, affected=()))


@breaks(unknown=BETTERSTACK)
def betterstack_takes_any_token(world: World) -> World:
    """BetterStack answers whoever asks, so its answers prove nothing."""
    return _at(world, lambda uptime: replace(uptime, takes_any_token=True))


@breaks(unknown=BETTERSTACK)
def betterstack_token_of_another(world: World) -> World:
    """BetterStack does not know the gate's token."""
    return _at(world, lambda uptime: replace(uptime, token="another"))  # noqa: S106


def _unwell(ailment: str, sentence: str) -> None:
    def ail(world: World) -> World:
        return replace(world, betterstack=replace(world.betterstack, ailment=ailment))  # type: ignore[arg-type]

    ail.__name__, ail.__doc__ = f"betterstack_{ailment}", f"BetterStack {sentence}"
    breaks(unknown=BETTERSTACK)(ail)


for _ailment, _sentence in (
    ("off", "cannot be reached."),
    ("throttled", "has no time for us."),
    ("broken", "answers 503."),
    ("garbage", "answers with rubbish."),
):
    _unwell(_ailment, _sentence)


@breaks()
def betterstack_hiccup(world: World) -> World:
    """BetterStack answers 503 the first time and well the second: asked again, all is known."""
    return replace(world, betterstack=replace(world.betterstack, ailment="hiccup"))


@breaks(unknown=["GL-2.5.6"])
def status_page_off(world: World) -> World:
    """Nobody answers at the status page."""
    return replace(world, betterstack=replace(world.betterstack, page_ailment="off"))
