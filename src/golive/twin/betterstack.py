"""BetterStack as it is: monitors, escalation policies, incidents, and the public status page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from golive.twin.web import Ailment

HOST = "uptime.betterstack.com"
PAGE_HOST = "drop-status.betteruptime.com"
ADDRESS = "192.0.2.70"
PAGE_ADDRESS = "192.0.2.71"

HEALTH, LANDING, FAR = "2510001", "2510002", "2510003"
BANKID, NEONOMICS, SUMSUB, SWAN = "2510004", "2510005", "2510006", "2510007"  # of others, who fail without us
POLICY = "84001"
DRILL = "700000001"  # an incident that somebody opened to try the alarm

Status = Literal["up", "down", "validating", "paused", "pending", "maintenance"]
State = Literal["operational", "degraded", "downtime", "maintenance"]


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor; *blips* are seconds of failure too short for an incident."""

    id: str
    name: str | None
    url: str
    status: Status = "up"
    kind: str = "status"
    checked: timedelta | None = timedelta(seconds=48)
    frequency: int | None = 180
    policy: str | None = POLICY
    verify_ssl: bool | None = True
    keyword: str | None = None
    regions: tuple[str, ...] = ("eu",)
    maintenance: tuple[str, str] | None = None  # times of day, every day
    blips: int = 0
    age: timedelta | None = timedelta(days=60)  # None: BetterStack does not say when it was made


@dataclass(frozen=True, slots=True)
class Step:
    """Whom a policy wakes, and after how many seconds; of a branch the policy that takes over in the night."""

    members: tuple[str, ...]
    wait: int = 0
    kind: str = "escalation"
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """What a monitor, or somebody, reported."""

    id: str
    monitor: str
    name: str
    cause: str
    started_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """What the status page tells its readers of one event."""

    id: str
    title: str
    kind: Literal["manual", "automatic", "maintenance"]
    starts_at: datetime
    ends_at: datetime | None
    affected: tuple[str, ...]  # monitors
    state: State = "degraded"


@dataclass(frozen=True, slots=True)
class Page:
    """The status page; *shows* are monitors with the names that the public reads."""

    id: str
    subdomain: str
    company: str
    shows: Mapping[str, str]
    reports: tuple[Report, ...]
    state: State = "operational"
    states: Mapping[str, State] = field(default_factory=dict)  # monitor → its own, where it is another than operational
    shell_only: bool = False  # even /index.json is the shell
    data_everywhere: bool = False  # any path with .json is data


@dataclass(frozen=True, slots=True)
class Uptime:
    """One team at BetterStack; faults are made with `replace` and the methods below."""

    token: str
    monitors: tuple[Monitor, ...]
    policies: Mapping[str, tuple[Step, ...]]
    incidents: tuple[Incident, ...]
    page: Page
    takes_any_token: bool = False
    ailment: Ailment = ""
    page_ailment: Ailment = ""
    delay: float = 0.0

    def monitoring(self, monitor: str, **changes: Any) -> Uptime:
        """The same, with these fields of one monitor changed."""
        return replace(self, monitors=tuple(replace(m, **changes) if m.id == monitor else m for m in self.monitors))

    def showing(self, **changes: Any) -> Uptime:
        """The same, with these fields of the status page changed."""
        return replace(self, page=replace(self.page, **changes))


def healthy(now: datetime, launch_at: datetime, token: str, *, rolled_back: bool = False) -> Uptime:
    """
    Three monitors on getdrop.no and one for each provider, all green, and a page that says so.

    In a rolled-back world the outage is over and still on the page. Nothing was without a flaw before: an alarm was
    tried, a check timed out three weeks ago, and seconds were lost that made no incident.
    """
    then = min(now, launch_at)
    incidents = [
        Incident("699999998", LANDING, "Drop Landing Page", "Timeout", *_span(then - timedelta(days=20), 7)),
        Incident(DRILL, HEALTH, "Drop Health Check", "Test alert", *_span(then - timedelta(days=6), 4)),
    ]
    began, ended = _span(then - timedelta(hours=30), 45)
    reports = [Report("31001", "Preparing the launch", "maintenance", began, ended, (HEALTH, LANDING), "maintenance")]
    states: dict[str, State] = {}
    if rolled_back:
        began = launch_at + timedelta(minutes=45)
        incidents.append(Incident("700000002", HEALTH, "Drop Health Check", "Status 503", *_span(began, 40)))
        told = began + timedelta(minutes=6)
        reports.append(Report("31002", "Payments are delayed", "manual", told, None, (HEALTH,)))
        states[HEALTH] = "degraded"
    return Uptime(
        token=token,
        monitors=(
            Monitor(HEALTH, "Drop Health Check", "https://getdrop.no/api/health", blips=17),
            Monitor(LANDING, "Drop Landing Page", "https://getdrop.no"),
            Monitor(FAR, "Drop Health Check (US East)", "https://getdrop.no/api/health", regions=("us",)),
            Monitor(BANKID, "BankID", "https://auth.bankid.no/auth/realms/prod/.well-known/openid-configuration"),
            Monitor(NEONOMICS, "Neonomics", "https://production.neonomics.io/auth/realms/production"),
            Monitor(SUMSUB, "Sumsub", "https://getdrop.no/api/health/kyc"),
            Monitor(SWAN, "Swan", "https://status.swan.io"),
        ),
        policies={
            POLICY: (
                Step(("current_on_call", "all_slack_integrations")),
                Step(("entire_team",), wait=300),
            )
        },
        incidents=tuple(incidents),
        page=Page(
            "15001",
            "drop-status",
            "Drop",
            {HEALTH: "Payments and accounts", LANDING: "getdrop.no"},
            tuple(reports),
            state="degraded" if rolled_back else "operational",
            states=states,
        ),
    )


def _span(began: datetime, minutes: int) -> tuple[datetime, datetime]:
    return began, began + timedelta(minutes=minutes)
