"""Sentences of several failure runbooks: what the log tells of failures, and the service's way out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.apprunner import History, ServiceHistory, Settings
from golive.probes.egress import ACTIVE, Egress, WayOut
from golive.probes.journal import Failing, FailuresLogged, Journal
from golive.probes.logs import Tail
from golive.probes.look import Look
from golive.probes.postgres import Schema
from golive.probes.pulse import Pulse, Sign
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

HTTPS = 443
SUCCEEDED = "SUCCEEDED"
# What was done to the service so shortly before the incident may have brought it about.
SHORTLY = timedelta(minutes=30)


# -- the log ----------------------------------------------------------------------------------------------------------


@looks("what the log tells of failures since the incident began", target_fixture="journal")
def failures_logged(environment: Environment, since: datetime) -> Look[Journal]:
    return FailuresLogged(environment.aws.log_group, since)


@judges('at most {most:d} failures of {topic} are of the kind "{kind}"')
def failures_are_few(journal: Journal, most: int, topic: str, kind: str, remarks: Remarks) -> None:
    remarks.examined(journal.events, "events of the log")
    found = journal.of(kind, *topics(topic))
    assert _count(found) <= most, f"{_told(journal, found)}; up to {most} are no more than an ordinary day's"
    be_whole(journal)


@judges('while {provider} answers, at most {most:d} failures of {topic} are of the kind "{kind}"')
def failures_are_not_on_the_way(
    journal: Journal, pulse: Pulse, provider: str, most: int, topic: str, kind: str, remarks: Remarks
) -> None:
    remarks.examined(journal.events, "events of the log")
    found = journal.of(kind, *topics(topic))
    if _count(found) > most and not pulse.beats:
        raise ProbeError(journal.source, f"{_told(journal, found)}, which {provider} may account for: it fails itself")
    assert _count(found) <= most, f"{_told(journal, found)}, and from here {provider} answers"
    be_whole(journal)


def be_whole(journal: Journal) -> None:
    """ProbeError where so many failures were logged that some were not read: of them nothing is ruled out."""
    if not journal.whole:
        raise ProbeError(journal.source, "more failures were logged than can be read in time, so some may be missed")


def topics(said: str) -> tuple[str, ...]:
    """The partners that a sentence names, "AISP or Neonomics"; "nobody named" stands for failures that name none."""
    return tuple("" if one == "nobody named" else one for one in said.split(" or "))


def _count(found: Iterable[Failing]) -> int:
    return sum(one.count for one in found)


def _told(journal: Journal, found: tuple[Failing, ...]) -> str:
    """Which, how many, of whom, and when; where that is said comes last, for it is long."""
    codes = ", ".join(f"{code} {count} times" for one in found for code, count in sorted(one.codes.items()))
    customers = sum(one.customers for one in found)
    whose = f", of {customers} customers" if customers else ""
    if not found:
        return f"none since {journal.since:%H:%M} UTC in {journal.source}"
    begun, last = min(one.first for one in found), max(one.last for one in found)
    return (
        f"{codes}{whose}, from {begun:%H:%M:%S} to {last:%H:%M:%S} UTC, of {journal.events} events since "
        f"{journal.since:%H:%M} UTC in {journal.source}"
    )


@judges('the log exists, and is not "{name}", which the failure runbook reads')
def log_is_the_service_s(tail: Tail, name: str, remarks: Remarks) -> None:
    assert tail.group_exists, f"the log group {tail.source}, which belongs to the service by its ARN, does not exist"
    assert tail.source != name, f"the service's log is {tail.source}, as the failure runbook has it"
    remarks.warn(f"the failure runbook reads {name}, which is no log of this service: that is {tail.source}")
    remarks.examined(tail.count, "events of the log")


# -- what a diagnosis asks, at the gate -------------------------------------------------------------------------------


@judges("a diagnosis is told what it asks of AWS and of the database")
def diagnosis_is_told(
    settings: Settings, history: History, egress: Egress, tail: Tail, schema: Schema, remarks: Remarks
) -> None:
    lacking = {
        f"no settings in {settings.source}": not settings.names,
        "nothing was ever done to the service": not history.operations,
        f"{egress.source} has a connector without a security group": egress.connector and not egress.connector.groups,
        f"there is no log group {tail.source}": not tail.group_exists,
        f"there is no table in {schema.source}": not schema.tables,
    }
    told = "; ".join(what for what, so in lacking.items() if so)
    assert not told, f"a diagnosis would find nothing to go by: {told}"
    remarks.examined(len(lacking), "sources of a diagnosis")


# -- the way out ------------------------------------------------------------------------------------------------------


@looks("the way out of the service", target_fixture="egress")
def way_out(environment: Environment) -> Look[Egress]:
    return WayOut(environment.aws.service_arn)


@looks("what was done to the service", target_fixture="history")
def done_to_the_service(environment: Environment) -> Look[History]:
    return ServiceHistory(environment.aws.service_arn)


@judges("it leads to {provider}")
def leads_there(egress: Egress, pulse: Pulse, provider: str, remarks: Remarks) -> None:
    of_whom(pulse, provider)
    addresses = [address for way in pulse.ways for address in way.addresses]
    connector = egress.connector
    assert connector is None or connector.status == ACTIVE, (
        f"{egress.source} goes through connector {connector.name}, which is {connector.status}"
    )
    if connector is None:
        remarks.examined(1, "way out, which is App Runner's own")
        return
    remarks.examined(len(addresses), f"addresses of {provider}")
    # One open address is a way: a connector that knows IPv4 alone lets nothing out to the others, and needs not.
    closed = [way for way in pulse.ways if way.addresses and egress.closed_to(way.addresses, HTTPS) == way.addresses]
    told = ", ".join(f"{way.host} ({', '.join(way.addresses)})" for way in closed)
    assert not closed, (
        f"{egress.source} lets nothing out to {told} on port {HTTPS}: no rule of {', '.join(connector.groups)} does"
    )


@judges("the service gets out to all of them")
def leads_to_all(egress: Egress, pulses: list[Pulse], remarks: Remarks) -> None:
    for pulse in pulses:
        leads_there(egress, pulse, pulse.provider, remarks)


@judges("nothing failed there since shortly before the incident")
def nothing_failed_there(history: History, since: datetime, remarks: Remarks) -> None:
    remarks.examined(len(history.operations), "operations")
    recent = [one for one in history.operations if (one.ended_at or since) >= since - SHORTLY]
    for one in recent:
        if one.status == SUCCEEDED:
            remarks.warn(f"{one}, shortly before the incident or since, succeeded: did it bring this about?")
    told = ", ".join(f"{one} is {one.status}" for one in recent if one.status != SUCCEEDED)
    assert not told, f"shortly before the incident, or since: {told}"


# -- the provider -----------------------------------------------------------------------------------------------------


@judges("{provider} can be reached, and answers as it must")
def provider_answers(pulse: Pulse, provider: str, remarks: Remarks) -> None:
    of_whom(pulse, provider)
    remarks.examined(len(pulse.ways) + len(pulse.signs), f"ways to {provider} and answers of it")
    ended = [str(way) for way in pulse.ended if way.failed != "name"]
    wrong = ended + [str(sign) for sign in pulse.of("failing", "no answer", "garbled")]
    assert not wrong, f"{'; '.join(wrong)}; other names on the internet answer"


@judges("{provider} turns nobody away")
def provider_is_open(pulse: Pulse, provider: str, remarks: Remarks) -> None:
    of_whom(pulse, provider)
    remarks.examined(len(pulse.signs), f"answers of {provider}")
    # Neither a yes nor a no: it may be the place from which this was asked.
    if away := pulse.of("turns away", "rate limited"):
        raise ProbeError(pulse.provider, f"asked from here, it does not say how it is: {_each(away)}")
    assert len(pulse.of("answers")) == len(pulse.signs) > 0, f"{pulse.provider}: {_each(pulse.signs) or 'no answer'}"


@judges("they turn nobody away")
def providers_are_open(pulses: list[Pulse], remarks: Remarks) -> None:
    for pulse in pulses:
        provider_is_open(pulse, pulse.provider, remarks)


def _each(signs: Iterable[Sign]) -> str:
    return "; ".join(str(sign) for sign in signs)


@judges("they can all be reached, and all answer as they must")
def providers_answer(pulses: list[Pulse], remarks: Remarks) -> None:
    remarks.examined(sum(len(pulse.ways) + len(pulse.signs) for pulse in pulses), "ways to providers and their answers")
    wrong = [said for pulse in pulses for said in _troubles(pulse)]
    assert not wrong, f"{'; '.join(wrong)}; other names on the internet answer"


@judges("their names are there")
def names_are_there(pulses: list[Pulse], remarks: Remarks) -> None:
    remarks.examined(sum(len(pulse.ways) for pulse in pulses), "names of providers")
    lost = [str(way) for pulse in pulses for way in pulse.ended if way.failed == "name"]
    assert not lost, "; ".join(lost)


@judges("they turn nobody away for asking too often")
def providers_are_patient(pulses: list[Pulse], remarks: Remarks) -> None:
    remarks.examined(sum(len(pulse.signs) for pulse in pulses), "answers of providers")
    limited = [f"{pulse.provider}: {sign}" for pulse in pulses for sign in pulse.of("rate limited")]
    assert not limited, "; ".join(limited)


def of_whom(pulse: Pulse, provider: str) -> None:
    """ProbeError where another than *provider* was asked: what one answers says nothing of another."""
    if pulse.provider != provider:
        raise ProbeError(provider, f"{pulse.provider} was asked, and not {provider}")


def _troubles(pulse: Pulse) -> list[str]:
    ended = [str(way) for way in pulse.ended if way.failed != "name"]
    return ended + [f"{pulse.provider}: {sign}" for sign in pulse.of("failing", "no answer", "garbled")]


@judges("the name of {provider} is there")
def name_is_there(pulse: Pulse, provider: str, remarks: Remarks) -> None:
    of_whom(pulse, provider)
    remarks.examined(len(pulse.ways), f"names of {provider}")
    lost = [str(way) for way in pulse.ended if way.failed == "name"]
    assert not lost, "; ".join(lost)


@judges("{provider} turns nobody away for asking too often")
def provider_is_patient(pulse: Pulse, provider: str, remarks: Remarks) -> None:
    of_whom(pulse, provider)
    remarks.examined(len(pulse.signs), f"answers of {provider}")
    limited = [str(sign) for sign in pulse.of("rate limited")]
    assert not limited, "; ".join(limited)
