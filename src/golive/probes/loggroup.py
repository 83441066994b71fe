"""
One log group of CloudWatch Logs: what it takes to read it, and its events within a stretch of time.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from golive.probes.aws import answers, client, pages
from golive.probes.look import Permission

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

    from golive.environment import Environment
    from golive.probes.reach import Reach


@dataclass(frozen=True, slots=True)
class OfGroup:
    """What every question about one log group has: where it is asked, and what it takes."""

    group: str

    @property
    def source(self) -> str:
        """The log group."""
        return self.group

    @property
    def host(self) -> str:
        """The AWS service."""
        return "logs"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read this group."""
        return to_read(environment, self.group)


def to_read(environment: Environment, group: str) -> tuple[Permission, ...]:
    """The right to read *group*."""
    place = f"{environment.aws.region}:{environment.aws.account}"
    return (Permission("iam", "logs:FilterLogEvents", f"arn:aws:logs:{place}:log-group:{group}:*"),)


def events_since(
    reach: Reach,
    group: str,
    since: datetime,
    pattern: str = "",
    *,
    until: datetime | None = None,
    most: int | None = None,
) -> list[FilteredLogEventTypeDef] | None:
    """
    The events since *since*, through all pages, oldest first; None where there is no such group.

    Both ends are in it, and not everybody keeps to the time asked for. No more than *most*.
    """
    begins, ends = _ms(since), None if until is None else _ms(until)
    asked = {"filterPattern": pattern} if pattern else {}
    with answers(group):
        logs: CloudWatchLogsClient = client(reach, "logs")
        try:
            told: Iterator[FilteredLogEventTypeDef] = pages(
                group,
                logs.filter_log_events,
                "events",
                onward="nextToken",
                logGroupName=group,
                startTime=begins,
                **({} if ends is None else {"endTime": ends}),
                **asked,
            )
            in_time = (one for one in told if begins <= one["timestamp"] and (ends is None or one["timestamp"] <= ends))
            return list(islice(in_time, most))
        except logs.exceptions.ResourceNotFoundException:
            return None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
