"""What was said in a log group, as times and counts; what was said stays there, for it may speak of people."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from golive.errors import CannotTell, Denied, NothingExamined, ProbeError
from golive.probes.cloudwatch import RequestFigures
from golive.probes.figures import Figures, present_after, share
from golive.probes.logevents import code_of, equal, folded, forms, level_of, object_of, says
from golive.probes.loggroup import OfGroup, events_since
from golive.probes.look import Look, Permission
from golive.probes.together import together

if TYPE_CHECKING:
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
        bad = folded(words.errors)
        known = bad | folded(words.others)
        ended = [line for line in lines if line.get(words.event) == words.login]
        failed = Counter(code_of(line, words.code) for line in ended if line.get(words.outcome) != words.success)
        errors = Counter(code_of(line, words.code) for line in lines if level_of(line, words.level) in bad)
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
        bad = folded(words.errors)
        levels = {line[words.level] for line in lines.values() if level_of(line, words.level) in bad}
        errors = {
            *(equal(words.level, level) for level in levels),
            *(equal(words.level, form) for word in words.errors for form in forms(word)),
        }
        pattern = " || ".join(sorted(errors))
        self._control(reach, words, read, pattern)
        asked = [f"{{ {pattern} }}", f"{{ {equal(words.event, words.login)} }}"]
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
                reach, self.group, at, f"{{ {pattern} || {equal(words.level, line[words.level])} }}", until=at
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
