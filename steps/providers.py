"""Sentences about a provider in trouble: is it there, and how does it receive the service?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn, TypeVar

from golive.environment import Environment
from golive.errors import Denied, ProbeError
from golive.probes.look import Look
from golive.probes.neonomics import Banks
from golive.probes.pulse import BankIdPulse, NeonomicsPulse, Pulse, SumsubPulse, SwanPulse, TakePulse
from golive.probes.reception import BanksReached, NeonomicsReception, Reception, SumsubReception, SwanReception
from golive.probes.swanschema import Fit, SwanSchemaFit
from golive.probes.vendorpage import VendorPage, VendorState
from golive.remarks import Remarks
from golive.vocabulary import judges, looks
from steps.banking import HOME, LIVE, neonomics_of, swan_of

Made = TypeVar("Made", bound=Callable[[Environment], Look[object]])


@looks("how {provider} answers a stranger", target_fixture="pulse")
def stranger_there(provider: str, environment: Environment) -> Look[Pulse]:
    return _of(provider, PULSES)(environment)


@looks("how the providers of payments answer a stranger", target_fixture="pulses")
def stranger_at_payments(environment: Environment) -> list[Look[Pulse]]:
    used = ("Neonomics", "Swan") if environment.swan else ("Neonomics",)
    return [PULSES[provider](environment) for provider in used]


@looks("{provider} is shown the credentials of the service", target_fixture="reception")
def credentials_shown(provider: str, environment: Environment) -> Look[Reception]:
    return _of(provider, RECEPTIONS)(environment)


@looks('Neonomics, where it answers, is asked for the banks of "{country}"', target_fixture="banks")
def banks_reached(country: str, environment: Environment) -> Look[Banks]:
    return BanksReached(*neonomics_of(environment), country)


@looks("Swan's status page is read", target_fixture="vendor_state")
def vendor_page(environment: Environment) -> Look[VendorState]:
    swan = environment.swan_in_use()
    return VendorPage(environment.answered(swan.status_page, "swan.status_page"))


@looks("our queries are held against Swan's schema", target_fixture="fit")
def queries_against_schema(environment: Environment) -> Look[Fit]:
    swan = environment.swan_in_use()
    return SwanSchemaFit(*swan_of(environment), environment.answered(swan.queries, "swan.queries"))


# -- what Swan tells --------------------------------------------------------------------------------------------------


@judges("no disturbance is told there")
def nothing_is_told(vendor_state: VendorState, remarks: Remarks) -> None:
    told = ": " + "; ".join(vendor_state.incidents) if vendor_state.incidents else ""
    assert vendor_state.state == "well", f"{vendor_state.url} tells of a {_TOLD[vendor_state.state]}{told}"
    remarks.examined(1, "status page")


# -- how does it receive the service? ---------------------------------------------------------------------------------


@judges("{provider} takes them")
def credentials_are_taken(reception: Reception, provider: str, remarks: Remarks) -> None:
    _of_whom(reception, provider)
    if reception.welcome == "turned away" and reception.strangers_too:
        raise ProbeError(provider, "it turns everybody away with 403, so that it is not about credentials")
    if reception.welcome not in ("let in", "refused", "turned away"):
        _hidden(reception)
    assert reception.welcome == "let in", (
        f"{provider} does not take the credentials that the service is given: {_said(reception)}"
    )
    remarks.examined(1, "pair of credentials")


@judges("{provider} does not limit our rate")
def rate_is_not_limited(reception: Reception, provider: str, remarks: Remarks) -> None:
    _of_whom(reception, provider)
    if reception.welcome in ("not asked", "failing", "no answer", "garbled"):
        _hidden(reception)
    told = ", ".join(f"{name}: {text}" for name, text in reception.limits.items())
    assert reception.welcome != "rate limited", f"{provider} {_said(reception)}; it says {told or 'no limits'}"
    remarks.examined(1, "call")


@judges("our project at {provider} is a live one")
def project_is_live(reception: Reception, provider: str, remarks: Remarks) -> None:
    _of_whom(reception, provider)
    if reception.welcome != "let in":
        _hidden(reception)
    if reception.standing is None:
        raise ProbeError(provider, "it does not say how our project stands")
    assert reception.standing in LIVE, f"{provider} says of our project: {reception.standing}"
    remarks.examined(1, "project")


@judges("every query of ours fits it")
def queries_fit(fit: Fit, remarks: Remarks) -> None:
    wrong = [f"{one.operation}: {one.message}" for one in fit.misfits]
    assert not wrong, f"against {fit.source}, {fit.file} ({fit.digest}) no longer fits: {'; '.join(wrong)}"
    remarks.examined(len(fit.operations), "queries")
    for one in fit.deprecated:
        remarks.warn(f"Swan will take away what {one.operation} in {fit.file} uses: {one.message}")


# -- readings ---------------------------------------------------------------------------------------------------------

_TOLD = {"disturbed": "disturbance", "maintenance": "maintenance"}


def _of_whom(reception: Reception, provider: str) -> None:
    """What one provider answered says nothing of another."""
    if reception.provider != provider:
        raise ProbeError(provider, f"{reception.provider} was asked, and not {provider}")


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
