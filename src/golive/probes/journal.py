"""
What the application's log says of failures within a stretch of time: counts, and never a line.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from golive.errors import CannotTell, NothingExamined
from golive.probes.failures import Failure, Form, read, terms
from golive.probes.figures import present_after
from golive.probes.loggroup import OfGroup, events_since
from golive.probes.logs import MOST_READ, NoSuchGroup
from golive.probes.look import Look
from golive.probes.together import together

if TYPE_CHECKING:
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

    from golive.probes.reach import Reach

_LONGEST_PATTERN = 1024  # characters that AWS takes
# A word that stands alone: by whatever rule AWS cuts words, it is one.
_TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9]{4,30}(?![\w-])")
_SAMPLED = 200


@dataclass(frozen=True, slots=True)
class Failing:
    """All failures of one kind that one partner had, or nobody that is named ("")."""

    kind: str
    topic: str
    count: int
    customers: int  # how many different ones are named
    unnamed: int  # failures that name no customer
    codes: Mapping[str, int]
    banks: Mapping[str, int]
    flows: Mapping[str, int]
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Journal:
    """What was said between two instants, both included."""

    source: str
    since: datetime
    until: datetime
    events: int  # the population that was searched, no further counted than to `MOST_READ`
    whole: bool  # whether every failure was read: else there are more of them than are told
    texts: int  # failures told as a sentence and not as a JSON object
    broken: int  # events that begin as an object and are none: searched as text
    failing: tuple[Failing, ...]

    def of(self, kind: str, *topics: str) -> tuple[Failing, ...]:
        """The failures of *kind*, of one of *topics*; of any where none is given."""
        return tuple(one for one in self.failing if one.kind == kind and (not topics or one.topic in topics))


@dataclass(frozen=True, slots=True)
class FailuresLogged(OfGroup, Look[Journal]):
    """Which failures does log group *group* tell of, from *since* until it is asked?"""

    since: datetime

    def observe(self, reach: Reach) -> Journal:
        """
        Counts by kind, partner, code and bank.

        NothingExamined where the group is not there, or said nothing at all in that time; CannotTell where AWS does not
        find by a pattern what it told a moment before.
        """
        until = present_after(self.since, self.source)
        reach.ask(NoSuchGroup(f"{self.group}-that-is-not-there"))
        counted = self._told(reach, until)
        if not counted:
            raise NothingExamined(self.source, f"nothing was said in it since {self.since:%Y-%m-%d %H:%M} UTC")
        event, word = self._known(counted)
        told = together(lambda pattern: self._told(reach, until, pattern), patterns(word))
        if not all(event in {one["eventId"] for one in part} or len(part) > MOST_READ for part in told):
            raise CannotTell(self.source, "asked for a word that it said a moment ago, it does not find it")
        tally = _Tally()
        for one in {one["eventId"]: one for part in told for one in part}.values():
            tally.add(one)
        return Journal(
            self.source,
            self.since,
            until,
            events=min(len(counted), MOST_READ),
            whole=all(len(part) <= MOST_READ for part in told),
            texts=tally.forms["text"],
            broken=tally.forms["broken"],
            failing=tally.failing(),
        )

    def _told(self, reach: Reach, until: datetime, pattern: str = "") -> list[FilteredLogEventTypeDef]:
        """Those that fit *pattern*, no more than `MOST_READ` and one."""
        told = events_since(reach, self.group, self.since, pattern, until=until, most=MOST_READ + 1)
        if told is None:
            raise NothingExamined(self.source, "there is no such log group")
        return [one for one in told if one["eventId"]]

    def _known(self, counted: Sequence[FilteredLogEventTypeDef]) -> tuple[str, str]:
        """An event and the rarest word in it: the control, which every pattern must find."""
        sampled = counted[-_SAMPLED:]
        seen = Counter(word for one in sampled for word in set(_TOKEN.findall(one["message"])))
        for one in sampled:
            if words := _TOKEN.findall(one["message"]):
                return one["eventId"], min(words, key=lambda word: (seen[word], word))
        raise CannotTell(self.source, "no event has a word in it that a search could be tried on")


def patterns(known: str) -> list[str]:
    """Every term, as "any of these" patterns no longer than AWS takes; each asks for the *known* word too."""
    begin = f'?"{known}"'
    made, line = list[str](), begin
    for term in terms():
        word = f' ?"{term}"'
        if len(line) + len(word) > _LONGEST_PATTERN:
            made.append(line)
            line = begin
        line += word
    return [*made, line]


@dataclass(slots=True)
class _Sum:
    count: int = 0
    unnamed: int = 0
    customers: set[str] = field(default_factory=set)
    codes: Counter[str] = field(default_factory=Counter)
    banks: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    times: list[int] = field(default_factory=list)

    def add(self, failure: Failure, at: int) -> None:
        self.count += 1
        self.unnamed += not failure.customer
        self.customers |= {failure.customer} - {""}
        self.codes.update(failure.codes)
        self.banks.update({failure.bank} - {""})
        self.flows.update({failure.flow} - {""})
        self.times.append(at)


@dataclass(slots=True)
class _Tally:
    forms: Counter[Form] = field(default_factory=Counter)
    sums: defaultdict[tuple[str, str], _Sum] = field(default_factory=lambda: defaultdict(_Sum))

    def add(self, event: FilteredLogEventTypeDef) -> None:
        form, failure = read(event["message"])
        if failure is not None:
            self.sums[failure.kind, failure.topic].add(failure, event["timestamp"])
        if failure is not None or form == "broken":
            self.forms[form] += 1

    def failing(self) -> tuple[Failing, ...]:
        return tuple(
            Failing(
                kind,
                topic,
                one.count,
                customers=len(one.customers),
                unnamed=one.unnamed,
                codes=dict(sorted(one.codes.items())),
                banks=dict(sorted(one.banks.items())),
                flows=dict(sorted(one.flows.items())),
                first=_at(min(one.times)),
                last=_at(max(one.times)),
            )
            for (kind, topic), one in sorted(self.sums.items())
        )


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
