"""What was said in a log group, as times and counts; what was said stays there, for it may speak of people.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from golive.errors import CannotTell, Denied, NothingExamined, ProbeError
from golive.probes.aws import answers, client, pages
from golive.probes.cloudwatch import RequestFigures
from golive.probes.figures import Figures, present_after, share
from golive.probes.look import Look, Permission
from golive.probes.together import together

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

    from golive.coordinates import Logs
    from golive.environment import Environment
    from golive.probes.reach import Reach

# So many events are read at most one by one; of more a part stands for all, and what is sought is asked for by name.
MOST_READ = 20_000
_PARTS = 8
_NOT_THERE = "-that-is-not-there"
# How long a quiet service has to be heard of after it was spoken to: a part of the look's patience.
_SHARE_OF_PATIENCE = 0.8
_LONGEST_PAUSE = 2.0
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
        listed = events_since(reach, self.group, since, f'"{self.term}"')
        if listed is None:
            return Signs(self.source, self.term, False, since, 0, None)
        # Filtered again: AWS finds it in the midst of other words too.
        times = [one["timestamp"] for one in listed if says(one["message"], self.term)]
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
class Told:
    """What a log group told since an instant: how its lines can be read, which errors there were, how logins ended."""

    source: str
    since: datetime
    until: datetime
    events: int  # those that were read one by one
    whole: bool  # whether these are all: else they are a part that stands for them, and the rest was asked for by name
    plain: int  # of the events, those that are no JSON object
    strange: int  # those that have no level, or one that the environment file does not name
    errors: Mapping[str, int]  # code → how many; a code is a word in capitals, and what is none is not quoted
    logins: int  # those that ended well
    failed_logins: Mapping[str, int]  # code → how many ended otherwise

    @property
    def understood(self) -> int:
        """How many of the events say how bad they are."""
        return self.events - self.plain - self.strange


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
    """What was said last within the last *minutes*, and when? After *quiet* minutes the pages at *urls* are opened."""

    minutes: int
    quiet: int
    urls: tuple[str, ...]

    def observe(self, reach: Reach) -> Tail:
        """
        Time and count alone; by reading, for the time that a stream tells of itself trails by up to an hour.

        A service that nobody asks anything may have nothing to say: then it is asked for a page and listened to again,
        for as long as there is time. ProbeError where no page could be asked for: such a silence says nothing.
        """
        begun = time.monotonic()
        since = datetime.now(UTC) - timedelta(minutes=self.minutes)
        reach.ask(NoSuchGroup(f"{self.group}{_NOT_THERE}"))
        tail = self._heard(reach, since)
        if not self._is_quiet(tail):
            return tail
        self._speak(reach)
        ends, pause = begun + _SHARE_OF_PATIENCE * self.patience(reach.environment.network), 0.25
        while True:
            time.sleep(pause)
            tail = self._heard(reach, since)
            pause = min(2 * pause, _LONGEST_PAUSE)
            if not self._is_quiet(tail) or time.monotonic() + pause > ends:
                return tail

    def _heard(self, reach: Reach, since: datetime) -> Tail:
        events = events_since(reach, self.group, since)
        times = [one["timestamp"] for one in events or ()]
        newest = datetime.fromtimestamp(max(times) / 1000, UTC) if times else None
        return Tail(self.source, events is not None, since, len(times), newest)

    def _is_quiet(self, tail: Tail) -> bool:
        long_ago = datetime.now(UTC) - timedelta(minutes=self.quiet)
        return tail.group_exists and (tail.newest is None or tail.newest < long_ago)

    def _speak(self, reach: Reach) -> None:
        from golive.probes.web import Page

        # Nobody in between has an answer to that ready, and neither have we.
        answered = reach.ask_each([Page(f"{url}?golive={time.time_ns()}") for url in self.urls])
        if (last := answered[-1]) and all(isinstance(each, ProbeError) for each in answered):
            raise ProbeError(self.source, f"it is silent, and the service could not be asked anything ({last})")


@dataclass(frozen=True, slots=True)
class WhatWasTold(OfGroup, Look[Told]):
    """What did the application say since an instant? Read once for all that is counted in it."""

    since: datetime

    def observe(self, reach: Reach) -> Told:
        """
        Counts alone: what was said goes no further.

        NothingExamined where the group is not there, or said nothing at all in that time: no errors would be no news.
        Where there is too much to read one by one, parts of the whole time stand for all of it, and errors and logins
        are asked for by name; CannotTell where AWS does not find by a pattern what it told a moment before.
        """
        words = reach.environment.answered(reach.environment.logs, "logs")
        until = present_after(self.since, self.source)
        reach.ask(NoSuchGroup(f"{self.group}{_NOT_THERE}"))
        read = events_since(reach, self.group, self.since, until=until, most=MOST_READ + 1)
        if read is None:
            raise NothingExamined(self.source, "there is no such log group")
        if not read:
            raise NothingExamined(self.source, f"nothing was said in it since {self.since:%Y-%m-%d %H:%M} UTC")
        whole = len(read) <= MOST_READ
        found: Sequence[FilteredLogEventTypeDef] = read
        if not whole:
            read = self._parts(reach, read, until)
            found = self._by_name(reach, words, read, until)
        lines = [object_of(one["message"]) for one in found]
        return self._told(words, until, read, [line for line in lines if line is not None], whole=whole)

    def _told(
        self,
        words: Logs,
        until: datetime,
        read: Sequence[FilteredLogEventTypeDef],
        lines: Sequence[Mapping[str, Any]],
        *,
        whole: bool,
    ) -> Told:
        objects = [line for line in (object_of(one["message"]) for one in read) if line is not None]
        bad = _folded(words.errors)
        known = bad | _folded(words.others)
        ended = [line for line in lines if line.get(words.event) == words.login]
        failed = Counter(_code(line, words.code) for line in ended if line.get(words.outcome) != words.success)
        errors = Counter(_code(line, words.code) for line in lines if level_of(line, words.level) in bad)
        return Told(
            self.source,
            self.since,
            until,
            events=len(read),
            whole=whole,
            plain=len(read) - len(objects),
            strange=sum(level_of(line, words.level) not in known for line in objects),
            errors=dict(sorted(errors.items())),
            logins=len(ended) - failed.total(),
            failed_logins=dict(sorted(failed.items())),
        )

    def _parts(
        self, reach: Reach, read: Sequence[FilteredLogEventTypeDef], until: datetime
    ) -> list[FilteredLogEventTypeDef]:
        """*read*, which is from the beginning, and as much again from stretches of the time after it."""
        after = datetime.fromtimestamp(read[-1]["timestamp"] / 1000, UTC)
        stretch, most = (until - after) / _PARTS, MOST_READ // _PARTS

        def of(number: int) -> list[FilteredLogEventTypeDef]:
            begins = after + number * stretch
            return events_since(reach, self.group, begins, until=begins + stretch, most=most) or []

        return [*{one["eventId"]: one for part in (read, *together(of, range(_PARTS))) for one in part}.values()]

    def _by_name(
        self, reach: Reach, words: Logs, read: Sequence[FilteredLogEventTypeDef], until: datetime
    ) -> list[FilteredLogEventTypeDef]:
        """Every error and login, and those in *read* in particular, however they are written."""
        lines = {one["eventId"]: line for one in read if (line := object_of(one["message"])) is not None}
        bad = _folded(words.errors)
        levels = {line[words.level] for line in lines.values() if level_of(line, words.level) in bad}
        errors = {
            *(_equal(words.level, level) for level in levels),
            *(_equal(words.level, form) for word in words.errors for form in _forms(word)),
        }
        pattern = " || ".join(sorted(errors))
        self._control(reach, words, read, pattern)
        asked = [f"{{ {pattern} }}", f"{{ {_equal(words.event, words.login)} }}"]
        told = together(lambda each: events_since(reach, self.group, self.since, each, until=until) or [], asked)
        return [*{one["eventId"]: one for part in (read, *told) for one in part}.values()]

    def _control(self, reach: Reach, words: Logs, read: Sequence[FilteredLogEventTypeDef], pattern: str) -> None:
        """The same pattern, with a level that was told a moment ago in it, must find what had that level."""
        for one in reversed(read):
            line = object_of(one["message"]) or {}
            if level_of(line, words.level) is None:
                continue
            at = datetime.fromtimestamp(one["timestamp"] / 1000, UTC)
            found = events_since(
                reach, self.group, at, f"{{ {pattern} || {_equal(words.level, line[words.level])} }}", until=at
            )
            if one["eventId"] not in {each["eventId"] for each in found or ()}:
                raise CannotTell(self.source, "asked for a level that it told a moment ago, it does not find it")
            return


@dataclass(frozen=True, slots=True)
class ErrorFigures(OfGroup, Look[Figures]):
    """How many errors were logged since an instant, for the requests that the service had?"""

    since: datetime
    service_name: str
    service_id: str

    def observe(self, reach: Reach) -> Figures:
        """
        The log counts the errors, and App Runner the requests.

        NothingExamined where no line says how bad it is: errors in such a log nobody would find.
        """
        told, traffic = reach.ask_both(
            WhatWasTold(self.group, self.since), RequestFigures(self.service_name, self.service_id, self.since)
        )
        if not told.understood:
            raise NothingExamined(self.source, f"none of the {told.events} lines read has a level that it would say")
        requests = traffic.of("failed requests").of
        beside = {"lines that are no JSON": told.plain, "lines without a known level": told.strange}
        return Figures(
            self.source,
            self.since,
            (
                share("logged errors", sum(told.errors.values()), requests, "requests"),
                share("lines with a level", told.understood, told.events, "lines"),
            ),
            {**told.errors, **{what: count for what, count in beside.items() if count}},
        )


@dataclass(frozen=True, slots=True)
class LoginFigures(OfGroup, Look[Figures]):
    """Which share of the logins with BankID since an instant succeeded?"""

    since: datetime

    def observe(self, reach: Reach) -> Figures:
        """Logins that the person gave up are neither good nor bad, and counted beside."""
        words = reach.environment.answered(reach.environment.logs, "logs")
        told = reach.ask(WhatWasTold(self.group, self.since))
        decided = told.logins + sum(count for code, count in told.failed_logins.items() if code not in words.given_up)
        return Figures(
            self.source,
            self.since,
            (share("successful logins", told.logins, decided, "logins"),),
            told.failed_logins,
        )


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


def object_of(message: str) -> dict[str, Any] | None:
    """The JSON object that an event is; None where it is none."""
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _code(line: Mapping[str, Any], member: str) -> str:
    code = line.get(member)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "without a code"


def level_of(line: Mapping[str, Any], member: str) -> str | None:
    """How bad *line* says that it is, whatever the case; a number as text. None where it does not say."""
    said = line.get(member)
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    return said.casefold() if isinstance(said, str) else None


def says(message: str, term: str) -> bool:
    """Whether *term* stands in an event as words of their own; where it is a JSON object, in one of its values."""
    alone = re.compile(rf"(?<![\w.:/-]){re.escape(term)}(?![\w/-]|[.:]\w)")
    line = object_of(message)
    return any(alone.search(value) for value in ([message] if line is None else _texts(line)))


def _texts(said: object) -> Iterator[str]:
    for value in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        if isinstance(value, str):
            yield value
        else:
            yield from _texts(value)


def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _forms(word: str) -> set[str | int]:
    """How a level may be written: patterns heed case, and tell a number from its text."""
    number = {int(word)} if word.isascii() and word.isdigit() else set()
    return {word, word.lower(), word.upper(), word.capitalize(), *number}


def _equal(member: str, value: object) -> str:
    """A part of a pattern: *member* is *value*."""
    return f"($.{member} = {json.dumps(value)})"
