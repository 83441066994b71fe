"""What BetterStack has seen go wrong, and what the status page has told of it (docs: incidents, status reports)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, JsonValue

from golive.errors import ProbeError
from golive.probes import betterstack
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

# How long before the launch an incident may lie that the search is tried on.
BEFORE = timedelta(days=90)


class _IncidentSays(BaseModel):
    started_at: AwareDatetime
    resolved_at: AwareDatetime | None


class _PageSays(BaseModel):
    subdomain: str | None
    custom_domain: str | None


class _ReportSays(BaseModel):
    title: str
    report_type: Literal["manual", "automatic", "maintenance"]
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None
    affected_resources: tuple[Mapping[str, JsonValue], ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, without its words and without people."""

    id: str
    started_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Incidents:
    """All incidents since BEFORE the launch, oldest first."""

    source: str
    launch_at: datetime
    incidents: tuple[Incident, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What the status page tells of one event."""

    title: str
    kind: str  # "manual", "automatic", "maintenance"
    starts_at: datetime
    ends_at: datetime | None
    affected: int  # services that it names

    def open_at(self, moment: datetime) -> bool:
        """Whether it has begun and not ended."""
        return self.starts_at <= moment and (self.ends_at is None or self.ends_at > moment)


@dataclass(frozen=True, slots=True)
class Reports:
    """Everything that the status page tells, oldest first, and when it was read."""

    source: str
    at: datetime
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class IncidentsSince(Look[Incidents]):
    """Which incidents have there been since the launch, and for a while before it?"""

    launch_at: datetime

    @property
    def source(self) -> str:
        """What is asked."""
        return "the incidents at BetterStack"

    @property
    def host(self) -> str:
        """Where BetterStack is asked."""
        return betterstack.HOST

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The team's token."""
        return betterstack.permissions(environment)

    def observe(self, reach: Reach) -> Incidents:
        """Through all pages."""
        first = self.launch_at.astimezone(UTC) - BEFORE
        path = f"incidents?from={first:%Y-%m-%d}&to={datetime.now(UTC):%Y-%m-%d}&per_page=50"
        found = [
            Incident(name, said.started_at, said.resolved_at)
            for name, said in betterstack.listed(reach, path, _IncidentSays)
        ]
        return Incidents(self.source, self.launch_at, tuple(sorted(found, key=lambda one: (one.started_at, one.id))))


@dataclass(frozen=True, slots=True)
class StatusReports(Look[Reports]):
    """What has the status page at *page* (its host) told?"""

    page: str

    @property
    def source(self) -> str:
        """The page."""
        return f"the reports of {self.page}"

    @property
    def host(self) -> str:
        """Where BetterStack is asked."""
        return betterstack.HOST

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The team's token."""
        return betterstack.permissions(environment)

    def observe(self, reach: Reach) -> Reports:
        """ProbeError where the team has no such page, or several."""
        pages = betterstack.listed(reach, "status-pages?per_page=50", _PageSays)
        ours = [name for name, said in pages if self.page in (said.custom_domain, f"{said.subdomain}.betteruptime.com")]
        if len(ours) != 1:
            raise ProbeError(self.source, f"the token sees {len(ours)} status pages of this name; one is needed")
        found = [
            Report(said.title, said.report_type, said.starts_at, said.ends_at, len(said.affected_resources))
            for _, said in betterstack.listed(reach, f"status-pages/{ours[0]}/status-reports?per_page=50", _ReportSays)
        ]
        ordered = sorted(found, key=lambda report: (report.starts_at, report.title))
        return Reports(self.source, datetime.now(UTC), tuple(ordered))
