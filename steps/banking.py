"""Sentences about Open Banking: who lets the service in, which banks it reaches, and what a payment is told to cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.credentials import Kept
from golive.probes.disclosure import Disclosed, cost
from golive.probes.look import Look
from golive.probes.neonomics import Banks, Entry, NationalBanks, NeonomicsEntry
from golive.probes.oauth import Client
from golive.probes.payment import Account, Order, Person, SandboxPayment
from golive.probes.swan import SwanEntry
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

HOME = "NO"
AVAILABLE = "AVAILABLE"
# Neonomics' code for an order that it has taken and that its payer must approve.
WAITS_FOR_PAYER = "1428"
# How a project stands at Swan when its live interface works for it (ProjectStatus of its schema).
LIVE = ("LimitedLiveAccess", "BetaLiveAccess", "FullLiveAccess", "Enabled")
# Amounts are told in hundredths.
ROUNDING = Decimal("0.01")
# What is received must follow from the rate to this share: behind a coarser rounding a fee may hide.
LOOSEST = Decimal("0.005")


@looks("the service shows its credentials to each provider of Open Banking", target_fixture="entries")
def entries(environment: Environment) -> Sequence[Look[Entry]]:
    found: list[Look[Entry]] = [NeonomicsEntry(*neonomics_of(environment), HOME)]
    if environment.swan is not None:
        found.append(SwanEntry(*swan_of(environment)))
    return found


@judges("each lets it in")
def providers_let_in(entries: list[Entry], environment: Environment, remarks: Remarks) -> None:
    wrong = {entry.provider: said for entry in entries if (said := _unwelcome(entry))}
    assert not wrong, (
        "; ".join(f"{provider} {said}" for provider, said in wrong.items())
        + "; each provider must take the credentials that the service is given"
    )
    remarks.examined(len(entries), "providers of Open Banking")
    if environment.swan is None:
        why = "is not in use" if "Swan" in environment.not_in_use else "is not said to be in use"
        remarks.warn(f"Swan {why} in {environment.name}, so nothing of it was looked at")


@looks('Neonomics is asked for the banks of "{country}"', target_fixture="banks")
def banks(country: str, environment: Environment) -> Look[Banks]:
    return NationalBanks(*neonomics_of(environment), country)


@judges('at least {count:d} bank of "{country}" is available for "{service}"')
def banks_are_available(banks: Banks, count: int, country: str, service: str, remarks: Remarks) -> None:
    offering = [bank for bank in banks.banks if bank.country == country and service in bank.services]
    available = [bank.name for bank in offering if bank.status == AVAILABLE]
    remarks.examined(len(banks.banks), "banks")
    untold = [bank.name for bank in offering if bank.status is None]
    if len(available) < count and untold:
        raise ProbeError(banks.source, f"it does not say whether {', '.join(untold)} can be reached")
    assert len(available) >= count, (
        f"{banks.source} lists {len(banks.banks)} banks, {len(offering)} of {country} for {service}, and of these "
        f"{', '.join(available) or 'none'} is {AVAILABLE}; there must be {count}"
    )


@looks('a payment of {amount:d} "{currency}" is ordered in Neonomics\' sandbox', target_fixture="order")
def sandbox_payment(amount: int, currency: str, environment: Environment) -> Look[Order]:
    there = environment.neonomics.sandbox
    bank = environment.answered(there.bank, "neonomics.sandbox.bank")
    payer = environment.answered(there.payer, "neonomics.sandbox.payer")
    payee = environment.answered(there.payee, "neonomics.sandbox.payee")
    client = Client(there.token_url, Kept(there.client_id.variable, "gate"), Kept(there.client_secret.variable, "gate"))
    person = None
    if there.person is not None:
        person = Person(Kept(there.person.number.variable, "gate"), Kept(there.person.key.variable, "gate"))
    return SandboxPayment(
        there.api_url,
        client,
        bank,
        Account(payer.iban, payer.holder),
        Account(payee.iban, payee.holder),
        f"{amount}.00",
        currency,
        person,
    )


@judges("it is taken under a number, and its payer's approval is asked for")
def order_waits_for_payer(order: Order, environment: Environment) -> None:
    link = urlsplit(order.link or "")
    there = urlsplit(environment.neonomics.sandbox.api_url)
    leads = link.scheme == "https" and link.hostname == there.hostname and f"/{order.payment_id}/" in f"{link.path}/"
    taken = order.payment_id is not None and order.error_code == WAITS_FOR_PAYER
    assert taken and leads, (  # noqa: PT018  # one order, told whole
        f"{order.source} answered {order.http_status} ({order.error_code or 'no error'}), with "
        f"{order.payment_id or 'no number'} and {order.link or 'no link'}; it must take the order under a number and "
        f"lead to its approval at {there.hostname} ({WAITS_FOR_PAYER})"
    )


@looks('the cost of sending {amount:d} "{sent}", received in "{received}", is asked for', target_fixture="disclosed")
def disclosed(amount: int, sent: str, received: str, environment: Environment) -> Look[Disclosed]:
    where = environment.answered(environment.site.disclosure, "site.disclosure")
    return cost(environment.site.host, where, amount, sent, received)


@judges("these are told")
def costs_are_told(disclosed: Disclosed, datatable: list[list[str]]) -> None:
    told = {
        "fee": disclosed.fee,
        "rate": disclosed.rate,
        "amount received": disclosed.received,
        "execution time": disclosed.execution,
    }
    lacking = [what for (what,) in datatable if told.get(what) is None]
    assert not lacking, (
        f"{disclosed.url} {disclosed.wrong or 'leaves out'} {', '.join(lacking)}; "
        "who sends money must be told before it is sent"
    )


@judges("the amount received is what rate and fee leave")
def costs_add_up(disclosed: Disclosed) -> None:
    fee, rate, received = (disclosed.fee, disclosed.rate, disclosed.received)
    assert fee is not None and rate is not None and received is not None, f"{disclosed.url} tells too little to reckon"  # noqa: PT018
    assert _adds_up(disclosed.sent, fee, rate, received), (
        f"{disclosed.url} tells that of {disclosed.sent}, with a fee of {fee} and a rate of {rate}, {received} is "
        "received; with the fee taken out or on top, and the rate read either way, it is another amount"
    )
    if (loose := _rounding_of(rate) / rate) > LOOSEST:
        raise ProbeError(
            disclosed.url,
            f"a rate of {rate} is too coarse to check the amount received: by its rounding alone that may be "
            f"{100 * loose:.1f} % more or less, and {100 * LOOSEST:g} % is the most",
        )


# -- readings ---------------------------------------------------------------------------------------------------------


def swan_of(environment: Environment) -> tuple[str, Client]:
    """Its interface, and us as its client."""
    there = environment.swan_in_use()
    return there.api_url, Client(
        there.token_url, Kept(there.client_id, "service"), Kept(there.client_secret, "service")
    )


def neonomics_of(environment: Environment) -> tuple[str, Client]:
    """Its interface, and us as its client."""
    there = environment.neonomics
    token_url = environment.answered(there.token_url, "neonomics.token_url")
    api_url = environment.answered(there.api_url, "neonomics.api_url")
    return api_url, Client(token_url, Kept(there.client_id, "service"), Kept(there.client_secret, "service"))


def _unwelcome(entry: Entry) -> str:
    """Why the service is not let in, "" where it is."""
    if entry.refused:
        return f"refuses the service's credentials ({entry.refused})"
    if not entry.lifetime_seconds or entry.lifetime_seconds < 1:
        return f"lets it in for {entry.lifetime_seconds} seconds"
    if entry.standing is not None and entry.standing not in LIVE:
        return f"says of the project: {entry.standing}"
    return ""


def _adds_up(sent: Decimal, fee: Decimal, rate: Decimal, received: Decimal) -> bool:
    """Whether *received* is *sent* at *rate*, the fee inside or on top, as exactly as the figures are told."""
    if fee < 0 or rate <= 0 or received <= 0:
        return False
    half = _rounding_of(rate)
    for base in (sent, sent - fee):
        for low, high in ((base * (rate - half), base * (rate + half)), (base / (rate + half), base / (rate - half))):
            if low - ROUNDING <= received <= high + ROUNDING:
                return True
    return False


def _rounding_of(rate: Decimal) -> Decimal:
    """By how much a rate may be rounded; one without decimals is taken for an exact one, to the hundredth."""
    return Decimal(1).scaleb(min(int(rate.as_tuple().exponent), -2)) / 2
