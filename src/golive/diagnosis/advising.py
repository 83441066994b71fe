"""What to do now: the runbook's words, filled in and held against the clock. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from golive.diagnosis import clock, papers, workarounds
from golive.diagnosis.document import Advice, Call, Contact, Counsel, ToDo, UserMessage, WayAround
from golive.diagnosis.ranking import Conclusion, Placed
from golive.diagnosis.remedy import Action, Observed, Words, actions, blank, remedy, words
from golive.environment import Environment

# The causes that say of the provider that it is down.
DOWN = frozenset({"AISP-C3", "BID-C1", "PISP-C1", "KYC-C1", "SWAN-C1"})


def facts_of(placed: Iterable[Placed], status_incident: bool | None) -> clock.Facts:
    """
    What the clock and the workarounds need to know of the provider.

    Where no status page was read (None), what the provider itself answers is all that can be seen of an outage.
    """
    down: bool | None = None
    for one in placed:
        if one.cause in DOWN:
            down = True if one.clear else False if one.conclusion is Conclusion.RULED_OUT else None
    return clock.Facts(down, down if status_incident is None else status_incident)


def advice(cause: papers.Cause, target_minutes: int, environment: Environment, observed: Observed) -> Advice:
    """The remedy for *cause*."""
    found = remedy(cause, environment, observed)
    return Advice(
        estimate=found.estimate.words,
        within_target=found.within(target_minutes),
        steps=_steps(found.actions),
        messages=_messages(found.messages),
        no_message=found.said,
    )


def counsel(
    runbook: papers.Runbook, environment: Environment, observed: Observed, minutes: float, seen: clock.Facts
) -> Counsel:
    """Everything else that *runbook* says, at *minutes* since the incident began."""
    now = clock.read(runbook, minutes, seen)
    ways_around = tuple(_around(one, environment, observed, minutes, seen) for one in runbook.workaround)
    # The escalation's own row asks for a workaround by the time alone; what it is for may not be so.
    needless = [way.id for way in ways_around if way.state == "not called for"]
    asked = [
        papers.Step(do=one.ask + (f" ({one.note})" if one.note else ""), link=one.link)
        for one in runbook.diagnosis
        if one.by == "person"
    ]
    return Counsel(
        title=runbook.title,
        provider=runbook.provider,
        severity=runbook.severity,
        owner=runbook.owner,
        target_minutes=runbook.target_minutes,
        minutes=minutes,
        target_left=now.target_left,
        look_again_in=now.look_again_in,
        look_again_to=runbook.again.do if runbook.again else "",
        calls=tuple(
            Call(
                at=row.call.at,
                do=row.call.do,
                tell=row.call.tell,
                condition=row.condition,
                needs=row.call.needs,
                standing="not called for" if any(name in row.call.do for name in needless) else row.standing,
                away=row.away,
            )
            for row in now.rows
        ),
        told=now.told,
        ways_around=ways_around,
        for_a_person=_steps(actions(tuple(asked), environment, observed)),
        contacts=tuple(
            Contact(who=one.who, way=one.way, at=blank(one.at or "not known") if one.open else one.at, note=one.note)
            for one in runbook.contact
        ),
        afterwards=_steps(actions(runbook.afterwards, environment, observed)),
    )


def _around(
    workaround: papers.Workaround, environment: Environment, observed: Observed, minutes: float, seen: clock.Facts
) -> WayAround:
    way = workarounds.stand(workaround, minutes, seen)
    return WayAround(
        id=workaround.id,
        title=workaround.title,
        state=way.state,
        sentence=way.sentence,
        risk=workaround.risk,
        steps=_steps(actions(workaround.steps, environment, observed)),
        revert=_steps(actions(workaround.revert, environment, observed)),
        messages=_messages(words(message, environment) for message in workaround.message),
    )


def _steps(found: Iterable[Action]) -> tuple[ToDo, ...]:
    return tuple(
        ToDo(do=one.do, warning=one.warning, command=one.command, sql=one.sql, blanks=one.blanks, link=one.link)
        for one in found
    )


def _messages(found: Iterable[Words]) -> tuple[UserMessage, ...]:
    return tuple(
        UserMessage(
            channel=one.channel,
            language=one.language,
            case=one.case,
            subject=one.subject,
            text=one.text,
            blanks=one.blanks,
        )
        for one in found
    )
