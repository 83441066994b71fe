"""What BetterStack says of monitors, incidents and the status page, and when it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, NothingExamined, Overloaded, ProbeError, Unreachable, Unreadable
from golive.probes.betterstack import WrongTokenRefused
from golive.probes.incidents import IncidentsSince, StatusReports
from golive.probes.look import Look
from golive.probes.monitors import (
    DEEPEST,
    Account,
    AllMonitors,
    Availability,
    AvailabilitySince,
    Escalations,
    MonitorAccount,
    MonitorEscalations,
    Monitors,
    Policy,
    UptimeFigures,
)
from golive.probes.statuspage import OtherStatusPage, PublicStatusPage, StatusPage
from golive.remarks import Remarks
from golive.twin.betterstack import BANKID, DRILL, FAR, HEALTH, LANDING, POLICY, Incident, Report, Step, Uptime
from golive.twin.web import Ailment
from golive.twin.world import World
from steps import monitoring, statuspage

from .backstage import Backstage

NOW = datetime.now(UTC)
PAGE = "drop-status.betteruptime.com"
LOOKS = (AllMonitors(), MonitorEscalations(), IncidentsSince(NOW), AvailabilitySince(NOW), StatusReports(PAGE))


def having(change: Callable[[Uptime], Uptime]) -> Callable[[World], World]:
    """Another team at BetterStack."""
    return lambda world: replace(world, betterstack=change(world.betterstack))


def test_monitors_are_told_as_they_are(backstage: Backstage) -> None:
    """
    Name, address, state and policy of each, with what may hold a secret cut off its address.
    """
    backstage.put(having(lambda u: u.monitoring(FAR, url="https://me:pw@getdrop.no/x?token=abc", status="paused")))
    seen = {monitor.id: monitor for monitor in backstage.look(AllMonitors()).monitors}
    assert (seen[FAR].url, seen[FAR].host, seen[FAR].paused) == ("https://getdrop.no/x", "getdrop.no", True)
    assert (seen[HEALTH].name, seen[HEALTH].status, seen[HEALTH].paused) == ("Drop Health Check", "up", False)


def test_lists_are_told_through_all_pages(backstage: Backstage) -> None:
    """
    More monitors, incidents and reports than a page holds are all told.
    """

    def many(uptime: Uptime) -> Uptime:
        began = NOW - timedelta(days=3)
        incidents = (Incident(str(n), HEALTH, "x", "Timeout", began, began) for n in range(120))
        reports = (Report(str(n), "x", "manual", began, began, (HEALTH,)) for n in range(60))
        return replace(
            uptime.showing(reports=tuple(reports)),
            monitors=tuple(replace(uptime.monitors[0], id=str(n)) for n in range(230)),
            incidents=tuple(incidents),
        )

    backstage.put(having(many))
    assert len({monitor.id for monitor in backstage.look(AllMonitors()).monitors}) == 230
    assert len({incident.id for incident in backstage.look(IncidentsSince(NOW)).incidents}) == 120
    assert len(backstage.look(StatusReports(PAGE)).reports) == 60


def test_policies_say_whom_they_call(backstage: Backstage) -> None:
    """
    A policy that is gone is an answer; kinds of members are told, people are not.
    """
    backstage.put(having(lambda uptime: uptime.monitoring(FAR, policy="1")))
    seen = backstage.look(MonitorEscalations()).policies
    assert seen["1"].exists is False
    assert [policy.steps for policy in seen.values() if policy.exists] == [
        (("current_on_call", "all_slack_integrations"), ("entire_team",))
    ]


def test_policies_are_followed_through_their_branches(backstage: Backstage) -> None:
    """
    To those that they hand on to, and no further than in a circle; what is not named is not asked for.
    """

    def branching(uptime: Uptime) -> Uptime:
        by_hour = partial(Step, (), kind="time_branching")
        policies = {POLICY: (by_hour(policy="2"), by_hour()), "2": (Step(("entire_team",)), by_hour(policy=POLICY))}
        return replace(uptime, policies=policies)

    backstage.put(having(branching))
    seen = backstage.look(MonitorEscalations()).policies
    assert {name: (policy.steps, policy.branches) for name, policy in seen.items()} == {
        POLICY: ((), ("2", "")),
        "2": ((("entire_team",),), (POLICY,)),
    }


def test_branches_are_followed_so_deep_and_no_deeper(backstage: Backstage) -> None:
    """
    A chain longer than that is asked for no more, and leaves it unknown whom it reaches.
    """

    def chain(uptime: Uptime) -> Uptime:
        names = [POLICY, *(str(number) for number in range(1, 8))]
        steps = {one: (Step((), kind="time_branching", policy=other),) for one, other in pairwise(names)}
        return replace(uptime, policies={**steps, names[-1]: (Step(("entire_team",)),)})

    backstage.put(having(chain))
    seen = backstage.look(MonitorEscalations())
    assert len(seen.policies) == DEEPEST
    with pytest.raises(ProbeError, match="cannot be followed"):
        monitoring.all_escalate(seen, Remarks())


CALLS, EMPTY = Policy("8", True, (("current_on_call",),)), Policy("9", True)
ROOM = Policy("7", True, (("all_slack_integrations",),))


@pytest.mark.parametrize(
    ("policies", "raised", "said"),
    [
        ([Policy("1", True, (), ("8",)), CALLS], None, "branches alone"),
        ([Policy("1", True, (("entire_team",),), ("8",)), CALLS], None, ""),
        ([Policy("1", True, (), ("2",)), Policy("2", True, (), ("8",)), CALLS], None, "branches alone"),
        ([Policy("1", True, (), ("7",)), ROOM], None, "rooms alone"),
        ([Policy("1", True, (), ("7", "8")), ROOM, CALLS], None, "branches alone"),
        ([Policy("1", True, (), ("9",)), EMPTY], AssertionError, "branches to escalation policy 9, which calls nobody"),
        ([Policy("1", True, (), ("8", "9")), CALLS, EMPTY], AssertionError, "which calls nobody"),
        ([Policy("1", True, (("entire_team",),), ("9",)), EMPTY], AssertionError, "which calls nobody"),
        ([Policy("1", True, (), ("5",)), Policy("5", False)], AssertionError, "5, which does not exist"),
        ([Policy("1", True)], AssertionError, "has escalation policy 1, which calls nobody"),
        ([Policy("1", True, (), ("1",))], ProbeError, "circle"),
        ([Policy("1", True, (("entire_team",),), ("2",)), Policy("2", True, (), ("1",))], ProbeError, "circle"),
        ([Policy("1", True, (), ("",))], ProbeError, "of an unknown name cannot be followed"),
        ([Policy("1", True, (), ("", "9")), EMPTY], AssertionError, "which calls nobody"),
    ],
    ids=str,
)
def test_who_is_called_at_the_end_of_every_branch(
    backstage: Backstage, policies: list[Policy], raised: type[Exception] | None, said: str
) -> None:
    """
    Somebody at the end of each: a branch that reaches nobody is a no, and one that leads round, or to a name that is
    found out later, is unknown. Branches alone are a warning: nobody has shown that every hour has one.
    """
    monitors: Monitors = backstage.look(AllMonitors())
    watched = replace(monitors, monitors=tuple(replace(one, policy="1") for one in monitors.monitors))
    seen, remarks = Escalations(watched, {policy.id: policy for policy in policies}), Remarks()
    if raised is None:
        monitoring.all_escalate(seen, remarks)
        assert any(said in warning for warning in remarks.warnings) is bool(said)
    else:
        with pytest.raises(raised, match=said):
            monitoring.all_escalate(seen, remarks)


def test_what_is_not_told_of_one_monitor_hides_no_other(backstage: Backstage, environment: Environment) -> None:
    """
    Without name, interval and certificate in one, all are seen; what needs one of them is unknown of that one alone.
    """
    backstage.put(having(lambda uptime: uptime.monitoring(FAR, name=None, frequency=None, verify_ssl=None)))
    seen: Monitors = backstage.look(AllMonitors())
    assert len(seen.monitors) == 7
    far = next(monitor for monitor in seen.monitors if monitor.id == FAR)
    assert (far.name, far.frequency, far.verify_ssl, far.called) == (
        "",
        None,
        None,
        f"the monitor {FAR} without a name",
    )
    monitoring.enough_monitors(seen, environment, 3, Remarks())
    monitoring.monitor_is_green(seen, "Drop Health Check", "https://getdrop.no/api/health", Remarks())
    with pytest.raises(ProbeError, match=f"of the monitor {FAR} without a name it is not told how often"):
        monitoring.all_green(seen, Remarks())
    broken = tuple(replace(one, status="down") if one.id == LANDING else one for one in seen.monitors)
    with pytest.raises(AssertionError, match="Drop Landing Page is down"):
        monitoring.all_green(replace(seen, monitors=broken), Remarks())


@pytest.mark.parametrize(
    ("change", "raised", "said"),
    [
        ({"kind": "status"}, None, ""),
        ({"kind": "expected_status_code"}, None, ""),
        ({"kind": "keyword", "keyword": "ok"}, None, ""),
        ({"kind": "keyword_absence", "keyword": "degraded"}, AssertionError, "of the kind keyword_absence"),
        *(
            ({"kind": kind}, AssertionError, f"of the kind {kind}, which proves no page")
            for kind in ("ping", "tcp", "udp", "dns", "smtp", "pop", "imap", "playwright")
        ),
        ({"verify_ssl": False}, AssertionError, "does not verify"),
        ({"verify_ssl": None}, ProbeError, "whether it verifies the certificate"),
        ({"frequency": None}, ProbeError, "how often it is checked"),
        ({"frequency": None, "status": "down"}, AssertionError, "is down"),
        ({"url": "getdrop.no/api/health"}, AssertionError, "it must watch https://getdrop.no/api/health"),
    ],
    ids=str,
)
def test_monitor_must_prove_its_page(
    backstage: Backstage, change: dict[str, Any], raised: type[Exception] | None, said: str
) -> None:
    """
    By its status or a word that is there. That a word is absent, and that a host answers, is true of an error page too.
    """
    backstage.put(having(lambda uptime: uptime.monitoring(HEALTH, **change)))
    seen = backstage.look(AllMonitors())
    if raised is None:
        monitoring.monitor_is_green(seen, "Drop Health Check", "https://getdrop.no/api/health", Remarks())
    else:
        with pytest.raises(raised, match=said):
            monitoring.monitor_is_green(seen, "Drop Health Check", "https://getdrop.no/api/health", Remarks())


@pytest.mark.parametrize(
    ("url", "shown", "host"),
    [
        ("getdrop.no", "getdrop.no", "getdrop.no"),
        ("GetDrop.no:443", "GetDrop.no:443", "getdrop.no"),
        ("me:pw@getdrop.no/x?token=abc", "getdrop.no/x", "getdrop.no"),
        ("192.0.2.10", "192.0.2.10", "192.0.2.10"),
        ("https://getdrop.no/", "https://getdrop.no/", "getdrop.no"),
        ("https://[getdrop.no/", "", ""),
        ("", "", ""),
    ],
)
def test_address_may_be_a_bare_name(backstage: Backstage, url: str, shown: str, host: str) -> None:
    """
    As pings have it; what is no address is nobody's, and hides no other monitor.
    """
    backstage.put(having(lambda uptime: uptime.monitoring(FAR, kind="ping", url=url)))
    seen = {monitor.id: monitor for monitor in backstage.look(AllMonitors()).monitors}
    assert (seen[FAR].url, seen[FAR].host) == (shown, host)
    assert len(seen) == 7


def test_whose_page_it_is_must_be_known(backstage: Backstage, environment: Environment) -> None:
    """
    Without the company's name a page that is well is unknown, and one that is not is a no.
    """
    page: StatusPage = backstage.look(PublicStatusPage(PAGE))

    def judge(seen: StatusPage, company: str | None) -> None:
        told = environment.betterstack.model_copy(update={"company": company})
        statuspage.page_is_operational([seen], environment.model_copy(update={"betterstack": told}), Remarks())

    judge(page, "Drop")
    with pytest.raises(AssertionError, match="company is 'Drop' and must be 'Drop AS'"):
        judge(page, "Drop AS")
    with pytest.raises(Denied, match=r"betterstack\.company is not answered yet"):
        judge(page, None)
    with pytest.raises(AssertionError, match="all is 'degraded'"):
        judge(replace(page, state="degraded"), None)


def test_incidents_reach_back_before_the_launch(backstage: Backstage) -> None:
    """
    The incident that is known to be there is found, with its times and without a name.
    """
    seen = backstage.look(IncidentsSince(NOW))
    assert DRILL in {incident.id for incident in seen.incidents}
    assert "Nordmann" not in repr(seen)


def test_account_is_of_whole_days_and_its_uptime_of_the_time_since(backstage: Backstage) -> None:
    """
    What was down is counted from midnight, and held against the time since the launch alone.
    """
    seen = backstage.look(MonitorAccount(HEALTH, NOW - timedelta(hours=25)))
    assert (seen.begins.hour, seen.begins.minute, seen.downtime_seconds) == (0, 0, 17)
    assert seen.uptime == pytest.approx(100 * (1 - 17 / (25 * 3600)), abs=0.01)
    assert seen.uptime < seen.availability


def test_status_page_is_read_by_its_data(backstage: Backstage) -> None:
    """
    State, company, and each service with the monitor behind it.
    """
    seen = backstage.look(PublicStatusPage(PAGE))
    assert (seen.status, seen.company, seen.state) == (200, "Drop", "operational")
    assert {(service.monitor, service.state) for service in seen.services} == {
        (HEALTH, "operational"),
        (LANDING, "operational"),
    }


def test_shell_is_no_status_page(backstage: Backstage) -> None:
    """
    A page that answers 200 to everything and has no data is unknown.
    """
    backstage.put(having(lambda uptime: uptime.showing(shell_only=True)))
    with pytest.raises(Unreadable, match="no data of a status page"):
        backstage.look(PublicStatusPage(PAGE))


def test_data_that_is_everywhere_proves_nothing(backstage: Backstage) -> None:
    """
    Where data comes from an address that cannot be there, the reader could not have failed.
    """
    backstage.put(having(lambda uptime: uptime.showing(data_everywhere=True)))
    with pytest.raises(CannotTell):
        backstage.look(PublicStatusPage(PAGE))


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("status.drop.no", "does not exist"),
        (PAGE, "a status page of 'Drop'"),
        ("getdrop.no", "no status page"),
        ("not-listed.example", "Denied"),
    ],
)
def test_other_page_is_only_reported(backstage: Backstage, page: str, found: str) -> None:
    """
    Whatever is there, or is not, is an answer.
    """
    assert found in backstage.look(OtherStatusPage(page)).found


def test_page_that_the_team_does_not_have(backstage: Backstage) -> None:
    """
    Reports of a page that the token does not see are unknown.
    """
    with pytest.raises(ProbeError, match="0 status pages"):
        backstage.look(StatusReports("other.betteruptime.com"))


@pytest.mark.parametrize(
    ("ailment", "kind"),
    [
        ("off", Unreachable),
        ("throttled", Overloaded),
        ("broken", Overloaded),
        ("garbage", CannotTell),
        ("babble", Unreadable),
    ],
)
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: type(look).__name__)
def test_what_cannot_be_seen_is_unknown(
    backstage: Backstage, look: Look[Any], ailment: Ailment, kind: type[ProbeError]
) -> None:
    """
    A BetterStack that is off, throttles or babbles leaves the item unknown, and the token is not told.
    """
    backstage.put(having(lambda uptime: replace(uptime, ailment=ailment)))
    with pytest.raises(ProbeError) as raised:
        backstage.look(look)
    assert type(raised.value) is kind
    assert backstage.detour.variables["GOLIVE_BETTERSTACK_TOKEN"] not in str(raised.value)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: type(look).__name__)
def test_token_of_another_is_denied(backstage: Backstage, look: Look[Any]) -> None:
    """
    A token that BetterStack does not know sees nothing, which is unknown and not unmet.
    """
    backstage.put(having(lambda uptime: replace(uptime, token="another")))
    with pytest.raises(Denied):
        backstage.look(look)


@pytest.mark.parametrize("look", [*LOOKS, WrongTokenRefused()], ids=lambda look: type(look).__name__)
def test_who_lets_anybody_in_proves_nothing(backstage: Backstage, look: Look[Any]) -> None:
    """
    Every look hangs on the control: a wrong token that is taken makes all of them unknown.
    """
    backstage.put(having(lambda uptime: replace(uptime, takes_any_token=True)))
    with pytest.raises(CannotTell, match="must be refused"):
        backstage.look(look)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"age": timedelta(hours=20)}, "watches only since"),
        ({"age": None}, "does not say since when"),
        ({"status": "paused"}, "is paused"),
    ],
    ids=["made anew", "of unknown age", "paused"],
)
def test_who_did_not_watch_saw_nothing(
    backstage: Backstage, environment: Environment, changes: dict[str, Any], why: str
) -> None:
    """
    A monitor that was made after the launch, or is paused, was up whatever happened; another's is no concern of ours.
    """
    since = datetime.now(UTC) - timedelta(hours=25)
    backstage.put(having(lambda uptime: uptime.monitoring(BANKID, **changes)))
    backstage.look(UptimeFigures(since))
    backstage.put(having(lambda uptime: uptime.monitoring(LANDING, **changes)))
    with pytest.raises(ProbeError, match=why):
        backstage.look(UptimeFigures(since))
    with pytest.raises(ProbeError, match=why):
        monitoring.up_enough(backstage.look(AvailabilitySince(since)), environment, 99.9, 24, Remarks())


@pytest.mark.parametrize(
    ("hours", "down", "error"),
    [
        (24.5, 80, None),
        (24.5, 100, AssertionError),
        (3, 0, NothingExamined),
        (3, 100, AssertionError),
        (-1, 0, NothingExamined),
    ],
)
def test_uptime_needs_a_day_to_be_good_and_none_to_be_bad(
    backstage: Backstage, environment: Environment, hours: float, down: float, error: type[Exception] | None
) -> None:
    """
    99.9 % of a day are 86 seconds; less than the day is too few to be called good.
    """
    monitors: Monitors = backstage.look(AllMonitors())
    since = NOW - timedelta(hours=hours)
    accounts = {m.id: Account(m.id, since, since, NOW, 100.0, down, 0) for m in monitors.monitors}

    def judge() -> None:
        monitoring.up_enough(Availability("SLA", monitors, accounts), environment, 99.9, 24, Remarks())

    if error is None:
        judge()
    else:
        with pytest.raises(error):
            judge()
