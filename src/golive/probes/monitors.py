"""What BetterStack watches, whom it wakes, and how long each was down (docs: monitors, escalation policies, SLA)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AwareDatetime, BaseModel

from golive.errors import ProbeError, Unreadable
from golive.probes import betterstack
from golive.probes.figures import Figure, Figures
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

T = TypeVar("T")

# Kinds of a policy's steps that call nobody themselves (https://betterstack.com/docs/uptime/api/escalation-policies/).
BRANCHES = frozenset({"time_branching", "metadata_branching"})
# From a monitor's own policy through its branches; what is deeper is not followed.
DEEPEST = 5


class _MonitorSays(BaseModel):
    pronounceable_name: str | None = None
    url: str
    monitor_type: str
    status: Literal["up", "down", "validating", "paused", "pending", "maintenance"]
    last_checked_at: AwareDatetime | None
    check_frequency: int | None = None
    paused_at: AwareDatetime | None = None
    created_at: AwareDatetime | None = None
    policy_id: int | str | None
    verify_ssl: bool | None = None
    required_keyword: str | None = None
    maintenance_from: str | None = None
    maintenance_to: str | None = None


class _MemberSays(BaseModel):
    type: str


class _StepSays(BaseModel):
    type: str
    step_members: tuple[_MemberSays, ...] = ()
    policy_id: int | str | None = None  # of a branch: to whom it hands the incident on


class _PolicySays(BaseModel):
    steps: tuple[_StepSays, ...]


class _SlaSays(BaseModel):
    availability: float
    total_downtime: float
    number_of_incidents: int


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor. What BetterStack does not tell of it is None, or "", and is no reason not to see the others."""

    id: str
    name: str  # "" where it has none
    url: str  # without what may hold a secret: user, query and fragment
    kind: str  # "status", "keyword", "ping" …
    status: str  # "up" is the only green
    checked_at: datetime | None
    frequency: int | None  # seconds from one check to the next
    paused: bool
    policy: str | None
    verify_ssl: bool | None
    keyword: bool  # whether a word must stand in the answer
    window: str  # the daily maintenance, "02:00 to 03:00"; "" for none
    made_at: datetime | None = None  # None where BetterStack does not say

    @property
    def host(self) -> str:
        """The name that it watches, of an address (https://getdrop.no/) or by itself (getdrop.no), as pings have it."""
        return _parts(self.url).hostname or ""

    @property
    def called(self) -> str:
        """Its name, or what it is told by where it has none."""
        return self.name or f"the monitor {self.id} without a name"


@dataclass(frozen=True, slots=True)
class Monitors:
    """All monitors that the token sees, and when they were seen."""

    source: str
    at: datetime
    monitors: tuple[Monitor, ...]

    def of_ours(self, environment: Environment) -> tuple[Monitor, ...]:
        """Those that watch the product, and none of its providers by way of it."""
        providers = {watched.monitor for watched in environment.betterstack.providers.values()}
        ours = {environment.site.host, environment.site.www}
        return tuple(each for each in self.monitors if each.host in ours and each.name not in providers)

    def named(self, name: str) -> tuple[Monitor, ...]:
        """Those called *name*: names need not be unique."""
        return tuple(monitor for monitor in self.monitors if monitor.name == name)


@dataclass(frozen=True, slots=True)
class Policy:
    """One escalation policy: whom its steps call, step by step, and to which policies it may hand an incident on."""

    id: str
    exists: bool
    steps: tuple[tuple[str, ...], ...] = ()
    # By the hour, or by what is told of the incident; "" where not even the policy is named, but found out then.
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalations:
    """The monitors, and the policies that they name, or that these branch to."""

    monitors: Monitors
    policies: Mapping[str, Policy]


@dataclass(frozen=True, slots=True)
class Account:
    """
    How long one monitor was down, as BetterStack accounts for it: by whole days.

    The account begins at midnight UTC of the day of *since*, so what was down before *since* on that day is in it.
    """

    monitor: str
    since: datetime
    begins: datetime
    at: datetime
    availability: float  # percent of the days of the account
    downtime_seconds: float
    incidents: int

    @property
    def uptime(self) -> float:
        """Percent of the time after *since*, at the least: as if all that was down in the account was down then."""
        watched = (self.at - self.since).total_seconds()
        return max(0.0, 100 * (1 - self.downtime_seconds / watched)) if watched > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Availability:
    """The accounts of all monitors, by the monitors' ids."""

    source: str
    monitors: Monitors
    accounts: Mapping[str, Account]


class _AtBetterStack:
    __slots__ = ()

    @property
    def host(self) -> str:
        """Where BetterStack is asked."""
        return betterstack.HOST

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The team's token."""
        return betterstack.permissions(environment)


@dataclass(frozen=True, slots=True)
class AllMonitors(_AtBetterStack, Look[Monitors]):
    """Which monitors are there, and how are they?"""

    @property
    def source(self) -> str:
        """What is asked."""
        return "the monitors at BetterStack"

    def observe(self, reach: Reach) -> Monitors:
        """Through all pages."""
        found = [
            _monitor(name, said) for name, said in betterstack.listed(reach, "monitors?per_page=100", _MonitorSays)
        ]
        ordered = sorted(found, key=lambda monitor: (monitor.name, monitor.id))
        return Monitors(self.source, datetime.now(UTC), tuple(ordered))


@dataclass(frozen=True, slots=True)
class EscalationPolicy(_AtBetterStack, Look[Policy]):
    """Whom does the policy *id* call?"""

    id: str

    @property
    def source(self) -> str:
        """The policy."""
        return f"escalation policy {self.id} at BetterStack"

    def observe(self, reach: Reach) -> Policy:
        """Kinds of members, not people."""
        said = betterstack.single(reach, f"policies/{self.id}", _PolicySays)
        if said is None:
            return Policy(self.id, False)
        steps = (tuple(member.type for member in step.step_members) for step in said.steps if step.type == "escalation")
        onward = ("" if step.policy_id is None else str(step.policy_id) for step in said.steps if step.type in BRANCHES)
        return Policy(self.id, True, tuple(steps), tuple(onward))


@dataclass(frozen=True, slots=True)
class MonitorEscalations(_AtBetterStack, Look[Escalations]):
    """Whom do the monitors call?"""

    @property
    def source(self) -> str:
        """What is asked."""
        return "the escalation policies at BetterStack"

    def observe(self, reach: Reach) -> Escalations:
        """Each policy that a monitor names is a look of its own, and so is each that these branch to, DEEPEST deep."""
        monitors = reach.ask(AllMonitors())
        found: dict[str, Policy] = {}
        names = {monitor.policy for monitor in monitors.monitors if monitor.policy is not None}
        for _ in range(DEEPEST):
            policies = _seen(reach.ask_each([EscalationPolicy(name) for name in sorted(names)]))
            found |= {policy.id: policy for policy in policies}
            names = {name for policy in policies for name in policy.branches if name} - found.keys()
            if not names:
                break
        return Escalations(monitors, found)


@dataclass(frozen=True, slots=True)
class MonitorAccount(_AtBetterStack, Look[Account]):
    """How long was monitor *id* down since *since*?"""

    id: str
    since: datetime

    @property
    def source(self) -> str:
        """The monitor's account."""
        return f"the SLA of monitor {self.id} at BetterStack since {self.since:%Y-%m-%d}"

    def observe(self, reach: Reach) -> Account:
        """The API takes days, not hours."""
        since, now = self.since.astimezone(UTC), datetime.now(UTC)
        path = f"monitors/{self.id}/sla?from={since:%Y-%m-%d}&to={now:%Y-%m-%d}"
        said = betterstack.single(reach, path, _SlaSays)
        if said is None:
            raise Unreadable(self.source, "BetterStack lists this monitor and has no SLA of it")
        midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
        return Account(self.id, since, midnight, now, said.availability, said.total_downtime, said.number_of_incidents)


@dataclass(frozen=True, slots=True)
class AvailabilitySince(_AtBetterStack, Look[Availability]):
    """How long was each monitor down since *since*?"""

    since: datetime

    @property
    def source(self) -> str:
        """What is asked."""
        return f"the SLA of the monitors at BetterStack since {self.since:%Y-%m-%d}"

    def observe(self, reach: Reach) -> Availability:
        """Each monitor's account is a look of its own."""
        monitors = reach.ask(AllMonitors())
        accounts = _seen(reach.ask_each([MonitorAccount(monitor.id, self.since) for monitor in monitors.monitors]))
        return Availability(self.source, monitors, {account.monitor: account for account in accounts})


@dataclass(frozen=True, slots=True)
class UptimeFigures(_AtBetterStack, Look[Figures]):
    """How much of the time since *since* was the monitor up that was down the longest?"""

    since: datetime

    @property
    def source(self) -> str:
        """What is asked."""
        return f"the SLA of the monitors at BetterStack since {self.since:%Y-%m-%d}"

    def observe(self, reach: Reach) -> Figures:
        """
        Of what watches the product, not its providers; not known where BetterStack lists no such monitor.

        ProbeError where one of them has not watched since *since*.
        """
        seen = reach.ask(AvailabilitySince(self.since))
        watching = seen.monitors.of_ours(reach.environment)
        must_have_watched(watching, self.since, self.source)
        accounts = [seen.accounts[each.id] for each in watching]
        least = min((account.uptime for account in accounts), default=None)
        hours = min((int((account.at - account.since).total_seconds() // 3600) for account in accounts), default=0)
        return Figures(self.source, self.since, (Figure("uptime", least, "%", hours, "hours"),))


def must_have_watched(monitors: Sequence[Monitor], since: datetime, source: str) -> None:
    """ProbeError where one of *monitors* was made after *since*, or watches nothing now: it saw no outage then."""
    for monitor in monitors:
        if monitor.paused:
            raise ProbeError(source, f"{monitor.name} is paused: what happened meanwhile it did not see")
        if monitor.made_at is None:
            raise ProbeError(source, f"BetterStack does not say since when {monitor.name} watches")
        if monitor.made_at > since:
            raise ProbeError(
                source,
                f"{monitor.name} watches only since {monitor.made_at:%Y-%m-%d %H:%M} UTC: what happened between "
                f"{since:%Y-%m-%d %H:%M} UTC and then it did not see",
            )


def _seen(answers: Sequence[T | ProbeError]) -> list[T]:
    """All of them; the first ProbeError where one is among them."""
    found: list[T] = []
    for answer in answers:
        if isinstance(answer, ProbeError):
            raise answer
        found.append(answer)
    return found


def _parts(url: str) -> SplitResult:
    """*url* in its parts; a bare name is a host and no path, and what is no address has no parts."""
    try:
        return urlsplit(url if "://" in url else f"//{url}")
    except ValueError:
        return urlsplit("")


def _shown(url: str) -> str:
    """*url* without what may hold a secret."""
    there = _parts(url)
    return there._replace(netloc=there.netloc.rpartition("@")[2], query="", fragment="").geturl().removeprefix("//")


def _monitor(name: str, said: _MonitorSays) -> Monitor:
    window = f"{said.maintenance_from} to {said.maintenance_to}" if said.maintenance_from or said.maintenance_to else ""
    return Monitor(
        id=name,
        name=said.pronounceable_name or "",
        url=_shown(said.url),
        kind=said.monitor_type,
        status=said.status,
        checked_at=said.last_checked_at,
        frequency=said.check_frequency,
        paused=said.paused_at is not None or said.status == "paused",
        policy=None if said.policy_id is None else str(said.policy_id),
        verify_ssl=said.verify_ssl,
        keyword=bool(said.required_keyword),
        window=window,
        made_at=said.created_at,
    )
