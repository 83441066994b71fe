"""
How well it goes, in the failure runbooks' own measures, from the log: what ended well or badly lately, and how fast.

An event counts where its member `logs.event` says what `environment.logs` calls it; it ended well where `logs.outcome`
says so, and badly in every other case.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from golive.errors import NothingExamined
from golive.probes.figures import Figure, Figures, share
from golive.probes.logevents import object_of
from golive.probes.loggroup import OfGroup, events_since
from golive.probes.logs import NoSuchGroup
from golive.probes.look import Look
from golive.probes.measures import PERCENTILES, days_ago, percentiles

if TYPE_CHECKING:
    from golive.probes.reach import Reach

# How many calls the worst stretch has at least: 6 of 100 are what the alarm speaks of.
STRETCH_OF_CALLS = 100


@dataclass(frozen=True, slots=True)
class _End:
    at: int  # milliseconds since 1970
    good: bool
    code: object
    took_ms: float | None


@dataclass(frozen=True, slots=True)
class _OfDays(OfGroup):
    days: int


@dataclass(frozen=True, slots=True)
class LoginMeasures(_OfDays, Look[Figures]):
    """How many logins of the last *days* succeeded, and how many failed in the worst minute?"""

    def observe(self, reach: Reach) -> Figures:
        """Logins that the person gave up are neither good nor bad."""
        words, since = reach.environment.answered(reach.environment.logs, "logs"), days_ago(self.days)
        logins = [end for end in _ends(reach, self, words.login, since) if end.good or end.code not in words.given_up]
        bad = [end.at for end in logins if not end.good]
        good = len(logins) - len(bad)
        return Figures(
            self.source,
            since,
            (
                share("successful logins", good, len(logins), "logins"),
                Figure("failed logins in the worst minute", _most(bad, 60_000), "a minute", len(logins), "logins"),
            ),
        )


@dataclass(frozen=True, slots=True)
class BalanceMeasures(_OfDays, Look[Figures]):
    """How many balances of the last *days* could not be fetched?"""

    def observe(self, reach: Reach) -> Figures:
        """Of those that were asked for."""
        words, since = reach.environment.answered(reach.environment.logs, "logs"), days_ago(self.days)
        balance = reach.environment.answered(words.balance, "logs.balance")
        ends = _ends(reach, self, balance, since)
        bad = sum(not end.good for end in ends)
        return Figures(self.source, since, (share("balances that could not be fetched", bad, len(ends), "balances"),))


@dataclass(frozen=True, slots=True)
class SwanMeasures(_OfDays, Look[Figures]):
    """How many calls of Swan in the last *days* succeeded, how fast, and how was the worst *stretch* of minutes?"""

    stretch: int

    def observe(self, reach: Reach) -> Figures:
        """The times are those of all calls that tell one, the failed among them: who waits for nothing waits too."""
        words, since = reach.environment.answered(reach.environment.logs, "logs"), days_ago(self.days)
        swan = reach.environment.answered(words.swan, "logs.swan")
        reach.environment.answered(words.took, "logs.took")
        calls = _ends(reach, self, swan, since)
        times = sorted(call.took_ms for call in calls if call.took_ms is not None)
        found = {each: times[math.ceil(each / 100 * len(times)) - 1] for each in PERCENTILES} if times else {}
        return Figures(
            self.source,
            since,
            (
                share("successful calls of Swan", sum(call.good for call in calls), len(calls), "calls"),
                *percentiles("time of a call of Swan", found, "ms", len(times), "calls"),
                Figure(
                    f"failed calls of Swan in the worst {self.stretch} minutes",
                    worst(calls, self.stretch * 60_000, STRETCH_OF_CALLS),
                    "%",
                    len(calls),
                    "calls",
                ),
            ),
        )


def worst(ends: Sequence[_End], stretch_ms: int, least: int) -> float | None:
    """
    The highest share of bad ends, in per cent, in any stretch that ends with one of *ends*, which are in order.

    A stretch is so long, or as long as it takes for *least* ends; None of fewer.
    """
    found: list[float] = []
    first = 0
    for last, end in enumerate(ends):
        while ends[first].at < end.at - stretch_ms:
            first += 1
        if last + 1 < least:
            continue
        lately = ends[min(first, last + 1 - least) : last + 1]
        found.append(100 * sum(not one.good for one in lately) / len(lately))
    return max(found, default=None)


def _most(times: Sequence[int], stretch_ms: int) -> float:
    """How many of *times*, in order, lie in one stretch at most."""
    first, most = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - stretch_ms:
            first += 1
        most = max(most, last + 1 - first)
    return float(most)


def _ends(reach: Reach, look: _OfDays, event: str, since: datetime) -> list[_End]:
    """What the log says ended, oldest first; NothingExamined where there is no such log group."""
    words = reach.environment.answered(reach.environment.logs, "logs")
    reach.ask(NoSuchGroup(f"{look.group}-that-is-not-there"))
    events = events_since(reach, look.group, since, f'{{ $.{words.event} = "{event}" }}')
    if events is None:
        raise NothingExamined(look.source, "there is no such log group")
    ends = [
        _End(
            one["timestamp"],
            said.get(words.outcome) == words.success,
            said.get(words.code),
            _ms(said.get(words.took or "")),
        )
        for one in events
        if (said := object_of(one["message"])) is not None and said.get(words.event) == event
    ]
    return sorted(ends, key=lambda end: end.at)


def _ms(said: object) -> float | None:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and said >= 0 else None
