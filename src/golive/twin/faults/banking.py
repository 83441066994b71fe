"""Faults of Open Banking: its provider, that provider's sandbox, and what a payment is told to cost."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from golive.twin.faults.kin import AWAY, NEONOMICS_THERE, PROVIDER, SWAN, SWAN_THERE
from golive.twin.faults.register import breaks
from golive.twin.neonomics import FOREIGN, NORWEGIAN, Bank
from golive.twin.web import Ailment
from golive.twin.world import World


def _production(world: World, **changes: Any) -> World:
    realm = replace(world.neonomics.production, **changes)
    return replace(world, neonomics=replace(world.neonomics, production=realm))


def _sandbox(world: World, **changes: Any) -> World:
    realm = replace(world.neonomics.sandbox, **changes)
    return replace(world, neonomics=replace(world.neonomics, sandbox=realm))


def _swan(world: World, **changes: Any) -> World:
    return replace(world, swan=replace(world.swan, **changes))


def _disclosing(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, disclosure=replace(world.site.disclosure, **changes)))


# -- being let in -----------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-1.2", "AISP-R1", "PISP-R1"], unknown=["GL-2.3.5"])
def neonomics_refuses_the_service(world: World) -> World:
    """Neonomics has given out a new secret, and the service still has the old one."""
    return _production(world, client_secret="renewed-at-the-portal")  # noqa: S106


@breaks(unmet=["GL-1.2", "AISP-R1", "PISP-R1"], unknown=["GL-2.3.5"])
def neonomics_client_of_the_sandbox(world: World) -> World:
    """The service is given the sandbox's client, which looks like any other and is unknown in production."""
    theirs = world.neonomics.sandbox
    cloud = world.cloud.holding("NEONOMICS_CLIENT_ID", theirs.client_id)
    return replace(world, cloud=cloud.holding("NEONOMICS_CLIENT_SECRET", theirs.client_secret))


@breaks(unmet=["GL-1.2", "AISP-R3", "PISP-R3"], unknown=["GL-2.3.5", "AISP-R1", "PISP-R1"])
def neonomics_secret_not_wired(world: World) -> World:
    """NEONOMICS_CLIENT_SECRET exists, and the service is not given it."""
    return replace(world, cloud=world.cloud.wiring(NEONOMICS_CLIENT_SECRET=None))


@breaks(unmet=["GL-1.2", "AISP-R3", "PISP-R3"])
def neonomics_secret_readable_by_everyone(world: World) -> World:
    """NEONOMICS_CLIENT_SECRET stands among the plain variables too."""
    text = world.cloud.text("NEONOMICS_CLIENT_SECRET")
    return replace(world, cloud=world.cloud.setting(NEONOMICS_CLIENT_SECRET=text))


@breaks(unmet=["GL-1.2", "PISP-R1"], unknown=["GL-2.3.5"])
def neonomics_tokens_end_at_once(world: World) -> World:
    """Neonomics issues tokens that are over when they arrive."""
    return _production(world, lifetime=0)


@breaks(unmet=["GL-1.2", "PISP-R1"])
def swan_project_suspended(world: World) -> World:
    """Swan lets the service in, and says that its project is suspended."""
    return _swan(world, status="Suspended")


@breaks(unmet=SWAN)
def swan_refuses_the_service(world: World) -> World:
    """Swan has given out a new secret, and the service still has the old one."""
    return _swan(world, client_secret="renewed-at-the-dashboard")  # noqa: S106


@breaks(unmet=["SWAN-R1"], unknown=["GL-1.2", "PISP-R1"])
def swan_forgets_its_tokens(world: World) -> World:
    """Swan issues tokens that its interface does not know."""
    return _swan(world, forgets_tokens=True)


# -- banks ------------------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-2.3.5"])
def norwegian_banks_under_maintenance(world: World) -> World:
    """Neonomics lists the Norwegian banks, and reaches none of them."""
    closed = tuple(replace(bank, status="MAINTENANCE") for bank in NORWEGIAN)
    return _production(world, banks=(*closed, *FOREIGN))


@breaks(unmet=["GL-2.3.5"])
def norwegian_banks_only_pay(world: World) -> World:
    """The contract covers payments from Norwegian banks, and no accounts."""
    closed = tuple(replace(bank, services=("domestic-transfer",)) for bank in NORWEGIAN)
    return _production(world, banks=(*closed, *FOREIGN))


@breaks(unknown=["GL-2.3.5"])
def norwegian_banks_not_listed(world: World) -> World:
    """Neonomics lists no Norwegian bank at all, so that nothing was searched."""
    return _production(world, banks=FOREIGN)


@breaks(unknown=["GL-2.3.5"])
def banks_without_a_status(world: World) -> World:
    """Neonomics lists the banks, and does not say whether it reaches them."""
    return _production(world, banks=tuple(replace(bank, status=None) for bank in NORWEGIAN))


@breaks()
def one_bank_is_left(world: World) -> World:
    """All Norwegian banks but one are under maintenance: an account can still be read."""
    last = Bank("TGFzdC52MQ==", "Sparebanken Sist", "SISTNO22")
    closed = tuple(replace(bank, status="MAINTENANCE") for bank in NORWEGIAN)
    return _production(world, banks=(*closed, last))


# -- a payment in the sandbox -----------------------------------------------------------------------------------------


@breaks(unmet=["GL-2.3.6"])
def sandbox_finds_the_payment_wrong(world: World) -> World:
    """The sandbox is there and refuses the payment: an amount over its limit."""
    return _sandbox(world, limit=Decimal(1))


@breaks(unmet=["GL-2.3.6"])
def sandbox_wants_consent_first(world: World) -> World:
    """The sandbox takes no payment before somebody has consented."""
    return _sandbox(world, turn="consent")


@breaks(unmet=["GL-2.3.6"])
def sandbox_asks_nobody(world: World) -> World:
    """The sandbox takes the payment, and asks nobody to approve it."""
    return _sandbox(world, turn="exempt")


@breaks(unmet=["GL-2.3.6"])
def sandbox_forgets_the_link(world: World) -> World:
    """The sandbox says that the payment must be approved, and not where."""
    return _sandbox(world, turn="no link")


@breaks(unknown=["GL-2.3.6"])
def sandbox_fails_itself(world: World) -> World:
    """The sandbox fails by its own fault (520)."""
    return _sandbox(world, fails=(520, "2000"))


@breaks(unknown=["GL-2.3.6"])
def sandbox_bank_fails(world: World) -> World:
    """The bank behind the sandbox fails (530)."""
    return _sandbox(world, fails=(530, "4930"))


@breaks(unknown=["GL-2.3.6"])
def sandbox_client_unknown(world: World) -> World:
    """The sandbox does not know the gate's client."""
    return _sandbox(world, client_id="another")


# -- the cost of a remittance -----------------------------------------------------------------------------------------


@breaks(unmet=["GL-3.3.10"])
def fee_not_disclosed(world: World) -> World:
    """What is told before a remittance leaves the fee out."""
    return _disclosing(world, omits=frozenset({"fee"}))


@breaks(unmet=["GL-3.3.10"])
def rate_hides_a_fee(world: World) -> World:
    """What is received is one per cent less than rate and fee leave."""
    return _disclosing(world, spread="0.01")


@breaks(unknown=["GL-3.3.10"])
def rate_told_too_coarsely(world: World) -> World:
    """The rate is told as 0.09, behind whose rounding five per cent can hide."""
    return _disclosing(world, rates={**world.site.disclosure.rates, "EUR": "0.09"}, spread="0.05")


@breaks(unmet=["GL-3.3.10"])
def coarse_rate_hides_a_fee(world: World) -> World:
    """The rate is told as 0.09, and what is received is less than even its rounding explains."""
    return _disclosing(world, rates={**world.site.disclosure.rates, "EUR": "0.09"}, spread="0.1")


@breaks(unmet=["GL-3.3.10"])
def disclosure_missing(world: World) -> World:
    """There is nothing where the cost of a remittance is to be told."""
    return _disclosing(world, there=False)


@breaks(unknown=["GL-3.3.10"])
def disclosure_asks_who(world: World) -> World:
    """The cost of a remittance is told only to who is logged in."""
    return _disclosing(world, asks_who=True)


@breaks(unknown=["GL-3.3.10"])
def disclosure_for_any_currency(world: World) -> World:
    """The cost is told for a currency that does not exist, so what is told is made up."""
    return _disclosing(world, knows_every_currency=True)


# -- the way there, and controls that do not fail ---------------------------------------------------------------------


@breaks(unknown=PROVIDER)
def neonomics_takes_any_secret(world: World) -> World:
    """Neonomics lets in whoever knows the client's name."""
    return _production(world, takes_any_secret=True)


@breaks(unknown=[*PROVIDER, *NEONOMICS_THERE])
def neonomics_takes_any_token(world: World) -> World:
    """Neonomics answers to tokens that nobody issued."""
    return _production(world, takes_any_token=True)


@breaks(unknown=PROVIDER)
def neonomics_knows_any_bank(world: World) -> World:
    """Neonomics tells of banks that do not exist."""
    return _production(world, takes_any_bank=True)


@breaks(unknown=["GL-2.3.6"])
def sandbox_takes_any_secret(world: World) -> World:
    """The sandbox lets in whoever knows the client's name."""
    return _sandbox(world, takes_any_secret=True)


@breaks(unknown=SWAN)
def swan_takes_any_secret(world: World) -> World:
    """Swan lets in whoever knows the client's name."""
    return _swan(world, takes_any_secret=True)


@breaks(unknown=[*SWAN, *SWAN_THERE])
def swan_takes_any_token(world: World) -> World:
    """Swan tells of the project to tokens that nobody issued."""
    return _swan(world, takes_any_token=True)


WHO = {
    "neonomics": (_production, PROVIDER, NEONOMICS_THERE),
    "sandbox": (_sandbox, ("GL-2.3.6",), ()),
    "swan": (_swan, SWAN, SWAN_THERE),
}
HOW: dict[Ailment, str] = {
    "off": "cannot be reached.",
    "denied": "does not let us through.",
    "throttled": "has no time for us.",
    "broken": "answers 503.",
    "garbage": "answers with rubbish.",
}


def _ailing(who: str, ailment: Ailment, sentence: str) -> None:
    change, unknown, there = WHO[who]

    def ail(world: World) -> World:
        return change(world, ailment=ailment)

    ail.__name__, ail.__doc__ = f"{who}_{ailment}", f"{who.capitalize()} {sentence}"
    away = ailment in AWAY
    breaks(unmet=there if away else (), unknown=unknown if away else (*unknown, *there))(ail)


for _who in WHO:
    for _ailment, _sentence in HOW.items():
        _ailing(_who, _ailment, _sentence)


@breaks()
def neonomics_hiccup(world: World) -> World:
    """Neonomics answers 503 the first time and well the second: asked again, all is known."""
    return _production(world, ailment="hiccup")
