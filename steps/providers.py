"""Sentences about an outage: is a provider there, how does it receive the service, does the service get out to it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from golive.environment import Environment
from golive.errors import Denied, ProbeError
from golive.probes.apprunner import GOING_ON, Service
from golive.probes.egress import Egress, WayOut
from golive.probes.look import Look
from golive.probes.pulse import BankIdPulse, NeonomicsPulse, Pulse, SumsubPulse, SwanPulse, TakePulse
from golive.probes.reception import NeonomicsReception, Reception, SumsubReception, SwanReception
from golive.probes.swanschema import Fit, SwanSchemaFit
from golive.probes.vendorpage import VendorPage, VendorState
from golive.probes.way import HTTPS
from golive.remarks import Remarks
from golive.vocabulary import judges, looks
from steps.banking import HOME, LIVE, neonomics_of, swan_of

Made = TypeVar("Made", bound=Callable[[Environment], Look[object]])

# A change may take a while before it does harm.
BEFORE = timedelta(minutes=30)


@looks('"{provider}" is asked for a sign of life', target_fixture="pulse")
def sign_of_life(provider: str, environment: Environment) -> Look[Pulse]:
    return _of(provider, PULSES)(environment)


@looks('the service shows its credentials to "{provider}"', target_fixture="reception")
def credentials_shown(provider: str, environment: Environment) -> Look[Reception]:
    return _of(provider, RECEPTIONS)(environment)


@looks("Swan's status page is read", target_fixture="vendor_state")
def vendor_page(environment: Environment) -> Look[VendorState]:
    swan = environment.answered(environment.swan, "swan")
    return VendorPage(environment.answered(swan.status_page, "swan.status_page"))


@looks("our queries are held against Swan's schema", target_fixture="fit")
def queries_against_schema(environment: Environment) -> Look[Fit]:
    swan = environment.answered(environment.swan, "swan")
    return SwanSchemaFit(*swan_of(environment), environment.answered(swan.queries, "swan.queries"))


@looks("the way out of the service", target_fixture="egress")
def way_out(environment: Environment) -> Look[Egress]:
    return WayOut(environment.aws.service_arn)


# -- is it there? -----------------------------------------------------------------------------------------------------


@judges("none of its answers is a failure of its own")
def provider_does_not_fail(pulse: Pulse, remarks: Remarks) -> None:
    if not pulse.signs:
        raise ProbeError(pulse.provider, f"nobody there could be asked: {_ends(pulse)}")
    failing = pulse.of("failing")
    assert not failing, f"{pulse.provider} fails: {'; '.join(map(str, failing))}"
    if garbled := pulse.of("garbled"):
        raise ProbeError(pulse.provider, f"what answers there cannot be read: {'; '.join(map(str, garbled))}")
    remarks.examined(len(pulse.signs), f"answers of {pulse.provider}")


@judges("it can be reached from here")
def provider_is_reached(pulse: Pulse, remarks: Remarks) -> None:
    if nameless := [way for way in pulse.ended if way.failed == "name"]:
        raise ProbeError(pulse.provider, f"nobody there could be asked: {nameless[0]}")
    silent = pulse.of("no answer")
    assert not pulse.ended, f"{pulse.provider} cannot be reached, and others can: {_ends(pulse)}"
    assert not silent, f"{pulse.provider} takes the connection and answers nothing: {'; '.join(map(str, silent))}"
    remarks.examined(len(pulse.ways), f"hosts of {pulse.provider}")


@judges("its name is found")
def provider_has_name(pulse: Pulse, remarks: Remarks) -> None:
    nameless = [way for way in pulse.ended if way.failed == "name"]
    assert not nameless, f"the names of {pulse.provider} lead nowhere: {'; '.join(map(str, nameless))}"
    remarks.examined(len(pulse.ways), f"names of {pulse.provider}")


@judges("no disturbance is told there")
def nothing_is_told(vendor_state: VendorState, remarks: Remarks) -> None:
    told = ": " + "; ".join(vendor_state.incidents) if vendor_state.incidents else ""
    assert vendor_state.state == "well", f"{vendor_state.url} tells of a {_TOLD[vendor_state.state]}{told}"
    remarks.examined(1, "status page")


# -- how does it receive the service? ---------------------------------------------------------------------------------


@judges("it takes the credentials of the service")
def credentials_are_taken(reception: Reception, remarks: Remarks) -> None:
    if reception.welcome == "turned away" and reception.strangers_too:
        raise ProbeError(reception.provider, "it turns everybody away with 403, so that it is not about credentials")
    if reception.welcome not in ("let in", "refused", "turned away"):
        _hidden(reception)
    assert reception.welcome == "let in", (
        f"{reception.provider} does not take the credentials that the service is given: {_said(reception)}"
    )
    remarks.examined(1, "pair of credentials")


@judges("it does not limit our rate")
def rate_is_not_limited(reception: Reception, remarks: Remarks) -> None:
    if reception.welcome in ("not asked", "failing", "no answer", "garbled"):
        _hidden(reception)
    told = ", ".join(f"{name}: {text}" for name, text in reception.limits.items())
    assert reception.welcome != "rate limited", (
        f"{reception.provider} {_said(reception)}; it says {told or 'no limits'}"
    )
    remarks.examined(1, "call")


@judges("our project there is a live one")
def project_is_live(reception: Reception, remarks: Remarks) -> None:
    if reception.welcome != "let in":
        _hidden(reception)
    if reception.standing is None:
        raise ProbeError(reception.provider, "it does not say how our project stands")
    assert reception.standing in LIVE, f"{reception.provider} says of our project: {reception.standing}"
    remarks.examined(1, "project")


@judges("every query of ours fits it")
def queries_fit(fit: Fit, remarks: Remarks) -> None:
    wrong = [f"{one.operation}: {one.message}" for one in fit.misfits]
    assert not wrong, f"against {fit.source}, {fit.file} ({fit.digest}) no longer fits: {'; '.join(wrong)}"
    remarks.examined(len(fit.operations), "queries")
    for one in fit.deprecated:
        remarks.warn(f"Swan will take away what {one.operation} in {fit.file} uses: {one.message}")


# -- does the service get out to it? ----------------------------------------------------------------------------------


@judges("it lets the service out to all of these hosts")
def way_out_is_open(egress: Egress, pulse: Pulse, remarks: Remarks) -> None:
    closed = [
        f"{way.host} ({', '.join(way.addresses)})"
        for way in pulse.ways
        if way.addresses and len(egress.closed_to(way.addresses, HTTPS)) == len(way.addresses)
    ]
    assert not closed, f"{egress} lets nothing out to {', '.join(closed)} on port {HTTPS}"
    if nameless := [way for way in pulse.ways if not way.addresses]:
        raise ProbeError(egress.source, f"whether it is open cannot be told: {nameless[0]}")
    remarks.examined(len(egress.rules) or 1, "rules for what goes out")


@judges("no change of it failed, or is still going on, around the time of the incident")
def changes_are_done(service: Service, since: datetime, remarks: Remarks) -> None:
    lately = [one for one in service.operations if one.started_at >= since - BEFORE]
    wrong = [f"{one}: {one.status}" for one in lately if one.status != "SUCCEEDED"]
    wrong += [f"{one}: {one.status}" for one in service.operations if one.status in GOING_ON and one not in lately]
    assert not wrong, f"{service.name} was being changed: {'; '.join(wrong)}"
    remarks.examined(len(service.operations), "operations")


# -- readings ---------------------------------------------------------------------------------------------------------

_TOLD = {"disturbed": "disturbance", "maintenance": "maintenance"}


def _ends(pulse: Pulse) -> str:
    return "; ".join(map(str, pulse.ended))


def _said(reception: Reception) -> str:
    return f"{reception.said or 'without a word why'} at {reception.url}"


def _hidden(reception: Reception) -> NoReturn:
    raise ProbeError(reception.provider, f"that is hidden: {reception.welcome} ({_said(reception)})")


def _of(provider: str, known: Mapping[str, Made]) -> Made:
    if provider not in known:
        raise Denied(provider, f"the gate knows nothing of the kind but of {', '.join(known)}")
    return known[provider]


PULSES: Mapping[str, Callable[[Environment], TakePulse]] = {
    "Neonomics": lambda environment: NeonomicsPulse(*neonomics_of(environment)),
    "Swan": lambda environment: SwanPulse(*swan_of(environment)),
    "Sumsub": lambda environment: SumsubPulse(environment.sumsub.host),
    "BankID": lambda environment: BankIdPulse(environment.bankid.issuer),
}
RECEPTIONS: Mapping[str, Callable[[Environment], Look[Reception]]] = {
    "Neonomics": lambda environment: NeonomicsReception(*neonomics_of(environment), HOME),
    "Swan": lambda environment: SwanReception(*swan_of(environment)),
    "Sumsub": lambda environment: SumsubReception(environment.sumsub.host, environment.aws.service_arn),
}
