"""Sentences about figures: what happened since the launch, in numbers, and the bounds that they must keep."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from golive.environment import Environment
from golive.errors import ProbeError, TooFew
from golive.probes.cloudwatch import RequestFigures
from golive.probes.customers import PaymentFigures, Queue, ReviewFigures, WaitingPeople, must_understand
from golive.probes.figures import Figure, Figures
from golive.probes.logs import ErrorFigures, LoginFigures, LogTail, Tail
from golive.probes.look import Look
from golive.probes.monitors import UptimeFigures
from golive.remarks import Remarks
from golive.vocabulary import judges, looks


def _requests(environment: Environment, since: datetime) -> Look[Figures]:
    return RequestFigures(environment.aws.service_name, environment.aws.service_id, since)


def _errors(environment: Environment, since: datetime) -> Look[Figures]:
    aws = environment.aws
    return ErrorFigures(aws.log_group, since, aws.service_name, aws.service_id)


# Where figures come from: the feature's word → the look that counts since an instant. Whoever has another source of
# figures adds it here, and the two sentences below serve it.
SOURCES: Mapping[str, Callable[[Environment, datetime], Look[Figures]]] = {
    "the uptime": lambda _, since: UptimeFigures(since),
    "the requests": _requests,
    "the errors in the log": _errors,
    "the logins": lambda environment, since: LoginFigures(environment.aws.log_group, since),
    "the payments": lambda _, since: PaymentFigures(since),
    "the reviews of people": lambda _, since: ReviewFigures(since),
}
_BOUND = re.compile(
    r"(?P<how>below|above|at least|at most) (?P<number>\d+(\.\d+)?) (?P<unit>%|ms|s|min|h|a minute)|known"
)
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}  # a time may be bound in another unit than its own
_HOW: Mapping[str, Callable[[float, float], bool]] = {
    "below": operator.lt,
    "above": operator.gt,
    "at least": operator.ge,
    "at most": operator.le,
}
_LEAST = re.compile(r"(?P<count>\d+) (?P<what>.+)|")
LOOKED_BACK_MINUTES = 60
# A service that has said nothing for so long is spoken to before its silence is held against it.
QUIET_MINUTES = 5
SPOKEN_TO = ("/", "/api/health")


@looks("these figures since the launch are read", target_fixture="figures")
def figures_since_launch(
    environment: Environment, launch_at: datetime | None, datatable: list[list[str]]
) -> list[Look[Any]]:
    since = environment.answered(launch_at, "launch_at")
    return [SOURCES[source](environment, since) for (source,) in datatable]


@looks("the people who wait for a decision are counted", target_fixture="queue")
def waiting_people(environment: Environment) -> Look[Queue]:  # noqa: ARG001 - every looking sentence may ask for it
    return WaitingPeople()


@looks("the log of the service is read", target_fixture="tail")
def log_tail(environment: Environment) -> Look[Tail]:
    urls = tuple(f"https://{environment.site.host}{path}" for path in SPOKEN_TO)
    return LogTail(environment.aws.log_group, LOOKED_BACK_MINUTES, QUIET_MINUTES, urls)


@judges("each keeps its bound")
def figures_keep_bounds(figures: list[Figures], datatable: list[list[str]], remarks: Remarks) -> None:
    there = {figure.name: (figure, told) for told in figures for figure in told.figures}
    rows: list[tuple[str, str, str, str]] = []
    wrong: list[str] = []
    unseen: list[ProbeError] = []
    for name, bound, least in datatable[1:]:
        if name not in there:
            wrong.append(f"there is no figure of {name}; there are: {', '.join(there)}")
            continue
        figure, told = there[name]
        rows.append((name, figure.shown, bound, f"{figure.of} {figure.what}"))
        if few := _too_few(figure, least):
            unseen.append(TooFew(told.source, few))
        elif figure.value is None:
            unseen.append(ProbeError(told.source, f"{name} is not known"))
        elif not _keeps(figure, bound):
            wrong.append(f"{name}: {figure.shown} of {figure.of} {figure.what} in {told.source}; it must be {bound}")
    beside = [(what, str(count), "", "") for told in figures for what, count in told.beside.items()]
    remarks.table(("figure", "found", "bound", "of"), rows + beside)
    for figure, _ in there.values():
        if figure.of:
            remarks.examined(figure.of, figure.what)
    if unseen and not wrong:
        raise unseen[0]
    assert not wrong, "; ".join(wrong)


@judges("nobody has waited for more than {hours:d} hours")
def nobody_waits_too_long(queue: Queue, hours: int, remarks: Remarks) -> None:
    remarks.examined(queue.searched, "users")
    if queue.again:
        remarks.warn(f"{queue.again} people are to try again, which nobody but they themselves can end")
    longest = timedelta(seconds=queue.longest_seconds)
    assert longest <= timedelta(hours=hours), (
        f"of {queue.waiting} people in {queue.source} who wait for a decision one has waited for "
        f"{longest.total_seconds() / 3600:.1f} h; nobody may for more than {hours} h"
    )
    must_understand(queue.others, queue.source)


@judges("its newest event is at most {minutes:d} minutes old")
def log_is_fresh(tail: Tail, minutes: int, now: datetime, remarks: Remarks) -> None:
    told = (
        "does not exist"
        if not tail.group_exists
        else f"has been silent since {tail.newest:%H:%M} UTC"
        if tail.newest
        else f"has no event since {tail.since:%Y-%m-%d %H:%M} UTC"
    )
    fresh = tail.newest is not None and now - tail.newest <= timedelta(minutes=minutes)
    assert fresh, f"{tail.source} {told}; its newest event must be at most {minutes} minutes old"
    remarks.examined(tail.count, "events")


def _too_few(figure: Figure, least: str) -> str:
    said = _LEAST.fullmatch(least)
    wanted = int(said["count"]) if said and said["count"] else 0
    if said and (said["what"] or "").startswith("%"):
        if figure.value is None or figure.value >= wanted:
            return ""
        return f"{figure.name}: {figure.shown} of {figure.of} {figure.what}; below {wanted} % they do not speak for all"
    if figure.of >= wanted:
        return ""
    return f"too few: {figure.name} is of {figure.of} {figure.what}, and means nothing below {wanted}; look again later"


def _keeps(figure: Figure, bound: str) -> bool:
    """Whether the figure keeps *bound*; one that is written otherwise, or in another unit, nothing keeps."""
    said = _BOUND.fullmatch(bound)
    if said is None or figure.value is None:
        return False
    if said["how"] is None:
        return True
    own, bounds, keeps = figure.unit, said["unit"], _HOW[said["how"]]
    if own in _SECONDS and bounds in _SECONDS:
        return keeps(figure.value * _SECONDS[own], float(said["number"]) * _SECONDS[bounds])
    return bounds == own and keeps(figure.value, float(said["number"]))
