"""Whether something was said in a log group lately; what was said stays there, for it may speak of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from golive.probes.aws import answers, client, pages
from golive.probes.look import Look

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

    from golive.probes.reach import Reach


@dataclass(frozen=True, slots=True)
class Signs:
    """How often a term was said since an instant, and when for the last time."""

    source: str
    term: str
    group_exists: bool
    since: datetime
    count: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class SignsOfLife(Look[Signs]):
    """When was *term* said in log group *group* within the last *hours*?"""

    group: str
    term: str
    hours: int

    @property
    def source(self) -> str:
        """The log group."""
        return self.group

    @property
    def host(self) -> str:
        """The AWS service."""
        return "logs"

    def observe(self, reach: Reach) -> Signs:
        """Time and count alone."""
        since = datetime.now(UTC) - timedelta(hours=self.hours)
        with answers(self.source):
            logs: CloudWatchLogsClient = client(reach, "logs")
            try:
                listed: Iterable[FilteredLogEventTypeDef] = pages(
                    self.source,
                    logs.filter_log_events,
                    "events",
                    onward="nextToken",
                    logGroupName=self.group,
                    startTime=int(since.timestamp() * 1000),
                    filterPattern=f'"{self.term}"',
                )
                # Filtered again: whoever does not know the pattern's language gives every event.
                times = [one["timestamp"] for one in listed if self.term in one["message"]]
            except logs.exceptions.ResourceNotFoundException:
                return Signs(self.source, self.term, False, since, 0, None)
        newest = datetime.fromtimestamp(max(times) / 1000, UTC) if times else None
        return Signs(self.source, self.term, True, since, len(times), newest)
