"""What was said in a log group, as times and counts; what was said stays there, for it may speak of people.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from golive.errors import CannotTell, Denied, NothingExamined
from golive.probes.aws import answers, client, pages
from golive.probes.cloudwatch import RequestFigures
from golive.probes.figures import Figures, present_after, share
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

    from golive.environment import Environment
    from golive.probes.reach import Reach

_NOT_THERE = "-that-is-not-there"
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,40}")


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


@dataclass(frozen=True, slots=True)
class SignsOfLife(OfGroup, Look[Signs]):
    """When was *term* said in log group *group* within the last *hours*?"""

    term: str
    hours: int

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


@dataclass(frozen=True, slots=True)
class Tail:
    """The newest event of a log group within the last minutes, whatever it says."""

    source: str
    group_exists: bool
    since: datetime
    count: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many error events there are since an instant, by code."""

    source: str
    since: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NoSuchGroup(OfGroup, Look[Tail]):
    """The control: a log group that does not exist must not be told of."""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """None: to be refused is as good an answer."""
        return ()

    def observe(self, reach: Reach) -> Tail:
        """CannotTell where events come out of a group that is not there."""
        since = datetime.now(UTC) - timedelta(minutes=1)
        try:
            events = events_since(reach, self.group, since, "")
        except Denied:  # the gate may read one group only, and not this
            events = None
        if events is not None:
            raise CannotTell(self.source, f"it tells {len(events)} events of a log group that does not exist")
        return Tail(self.source, False, since, 0, None)


@dataclass(frozen=True, slots=True)
class LogTail(OfGroup, Look[Tail]):
    """What was said last within the last *minutes*, and when?"""

    minutes: int

    def observe(self, reach: Reach) -> Tail:
        """Time and count alone; by reading, for the time that a stream tells of itself trails by up to an hour."""
        since = datetime.now(UTC) - timedelta(minutes=self.minutes)
        reach.ask(NoSuchGroup(f"{self.group}{_NOT_THERE}"))
        events = events_since(reach, self.group, since, "")
        times = [one["timestamp"] for one in events or ()]
        newest = datetime.fromtimestamp(max(times) / 1000, UTC) if times else None
        return Tail(self.source, events is not None, since, len(times), newest)


@dataclass(frozen=True, slots=True)
class LoggedErrors(OfGroup, Look[Tally]):
    """Which errors were logged since an instant?"""

    since: datetime

    def observe(self, reach: Reach) -> Tally:
        """Counts by code; a code is a word in capitals, and what is none is not quoted."""
        words = reach.environment.answered(reach.environment.logs, "logs")
        pattern = " || ".join(f'($.{words.level} = "{word}")' for word in words.errors)
        said = _said(reach, self, f"{{ {pattern} }}")
        errors = [line for line in said if line.get(words.level) in words.errors]
        return Tally(self.source, self.since, dict(sorted(Counter(_code(line, words.code) for line in errors).items())))


@dataclass(frozen=True, slots=True)
class ErrorFigures(OfGroup, Look[Figures]):
    """How many errors were logged since an instant, for the requests that the service had?"""

    since: datetime
    service_name: str
    service_id: str

    def observe(self, reach: Reach) -> Figures:
        """The log counts the errors, and App Runner the requests."""
        tally, traffic = reach.ask_both(
            LoggedErrors(self.group, self.since), RequestFigures(self.service_name, self.service_id, self.since)
        )
        errors, requests = sum(tally.counts.values()), traffic.of("failed requests").of
        return Figures(self.source, self.since, (share("logged errors", errors, requests, "requests"),), tally.counts)


@dataclass(frozen=True, slots=True)
class LoginFigures(OfGroup, Look[Figures]):
    """Which share of the logins with BankID since an instant succeeded?"""

    since: datetime

    def observe(self, reach: Reach) -> Figures:
        """Logins that the person gave up are neither good nor bad, and counted beside."""
        words = reach.environment.answered(reach.environment.logs, "logs")
        said = _said(reach, self, f'{{ $.{words.event} = "{words.login}" }}')
        logins = [line for line in said if line.get(words.event) == words.login]
        good = sum(line.get(words.outcome) == words.success for line in logins)
        bad = Counter(_code(line, words.code) for line in logins if line.get(words.outcome) != words.success)
        given_up = sum(bad[code] for code in words.given_up)
        return Figures(
            self.source,
            self.since,
            (share("successful logins", good, len(logins) - given_up, "logins"),),
            dict(sorted(bad.items())),
        )


def to_read(environment: Environment, group: str) -> tuple[Permission, ...]:
    """The right to read *group*."""
    place = f"{environment.aws.region}:{environment.aws.account}"
    return (Permission("iam", "logs:FilterLogEvents", f"arn:aws:logs:{place}:log-group:{group}:*"),)


def _said(reach: Reach, look: LoggedErrors | LoginFigures, pattern: str) -> list[dict[str, Any]]:
    """The events since the look's instant that are JSON objects, and perhaps fit *pattern*; they go no further."""
    present_after(look.since, look.source)
    reach.ask(NoSuchGroup(f"{look.group}{_NOT_THERE}"))
    events = events_since(reach, look.group, look.since, pattern)
    if events is None:
        raise NothingExamined(look.source, "there is no such log group")
    said = [object_of(one["message"]) for one in events]
    return [line for line in said if line is not None]


def events_since(reach: Reach, group: str, since: datetime, pattern: str) -> list[FilteredLogEventTypeDef] | None:
    """All events since *since*, through all pages; None where there is no such group."""
    filtered = {"filterPattern": pattern} if pattern else {}
    with answers(group):
        logs: CloudWatchLogsClient = client(reach, "logs")
        try:
            return list(
                pages(
                    group,
                    logs.filter_log_events,
                    "events",
                    onward="nextToken",
                    logGroupName=group,
                    startTime=int(since.timestamp() * 1000),
                    **filtered,
                )
            )
        except logs.exceptions.ResourceNotFoundException:
            return None


def object_of(message: str) -> dict[str, Any] | None:
    """The JSON object that an event is; None where it is none."""
    try:
        said = json.loads(message)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _code(line: dict[str, Any], member: str) -> str:
    code = line.get(member)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "without a code"
