"""Open Banking: being let in, banks, a payment in the sandbox, and what is told before a remittance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import JsonValue

from golive.environment import Environment, load
from golive.errors import CannotTell, Denied, NothingExamined, Overloaded, ProbeError, Unreachable, Unreadable
from golive.observatory import Observatory, plain
from golive.probes.disclosure import Disclosed
from golive.probes.look import Look
from golive.probes.neonomics import Banks, Entry
from golive.probes.payment import Order, SandboxPayment
from golive.remarks import Remarks
from golive.twin.disclosure import Disclosure
from golive.twin.neonomics import Realm
from golive.twin.world import World
from steps import banking

from .backstage import Backstage
from .town import HOME, again

Change = Callable[[World], World]


def answering(earlier: JsonValue) -> Callable[[Look[object]], JsonValue]:
    """What an earlier run was answered, whatever it asked."""
    return lambda _: earlier


def production(**changes: Any) -> Change:
    """Another production at Neonomics."""
    return lambda world: replace(
        world, neonomics=replace(world.neonomics, production=replace(world.neonomics.production, **changes))
    )


def sandbox(**changes: Any) -> Change:
    """Another sandbox at Neonomics."""
    return lambda world: replace(
        world, neonomics=replace(world.neonomics, sandbox=replace(world.neonomics.sandbox, **changes))
    )


def swan(**changes: Any) -> Change:
    """Another Swan."""
    return lambda world: replace(world, swan=replace(world.swan, **changes))


def telling(**changes: Any) -> Change:
    """Another disclosure on the site."""
    return lambda world: replace(world, site=replace(world.site, disclosure=Disclosure(**changes)))


@pytest.fixture
def looks(environment: Environment) -> dict[str, Look[Any]]:
    """One of each, as the sentences make them."""
    neonomics, its_swan = banking.entries(environment)
    return {
        "neonomics": neonomics,
        "swan": its_swan,
        "banks": banking.banks("NO", environment),
        "payment": banking.sandbox_payment(100, "NOK", environment),
        "cost": banking.disclosed(1000, "NOK", "EUR", environment),
    }


def test_answers_are_the_same_when_read_back(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    Judged again from the record, an answer and its question are what they were.
    """
    for look in looks.values():
        answer = backstage.look(look)
        assert (again(answer), again(look), hash(again(look))) == (answer, look, hash(look))


def test_evidence_holds_no_secret(backstage: Backstage, environment: Environment, looks: dict[str, Look[Any]]) -> None:
    """
    Neither credentials, tokens nor the test user's number stand in any evidence.
    """
    observatory = Observatory(environment, backstage.detour, armed=True)
    observatory.gather(looks.values())
    assert [str(entry.error) for entry in observatory.evidence() if entry.error] == []
    written = "".join(entry.model_dump_json() for entry in observatory.evidence())
    held = observatory.reach.held
    assert {"NEONOMICS_CLIENT_SECRET", "SWAN_CLIENT_SECRET", "GOLIVE_NEONOMICS_SANDBOX_PERSON"} <= held.keys()
    assert [name for name in held if name.startswith("a token of")]
    assert [name for name, text in held.items() if text in written] == []


def test_every_look_says_what_must_be_granted(environment: Environment, looks: dict[str, Look[Any]]) -> None:
    """
    The service's secrets for production, variables for the sandbox, nothing for what is public.
    """
    needs = {name: {(one.kind, one.what) for one in look.permissions(environment)} for name, look in looks.items()}
    reading = {("iam", "secretsmanager:GetSecretValue")}
    names = ("CLIENT_ID", "CLIENT_SECRET", "PERSON", "KEY")
    assert needs == {
        **dict.fromkeys(("neonomics", "swan", "banks"), reading),
        "payment": {("token", f"GOLIVE_NEONOMICS_SANDBOX_{name}") for name in names},
        "cost": set(),
    }


# -- being let in -----------------------------------------------------------------------------------------------------


def test_refused_credentials_are_an_answer(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    Keycloak and Swan say it in different words.
    """
    backstage.put(lambda world: swan(client_secret="new")(production(client_secret="new")(world)))
    assert backstage.look(looks["neonomics"]).refused == "unauthorized_client"
    assert backstage.look(looks["swan"]).refused == "invalid_client"
    with pytest.raises(Denied, match="refuses NEONOMICS_CLIENT_ID"):
        backstage.look(looks["banks"])


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("neonomics", production(takes_any_secret=True), "a secret that nobody was given"),
        ("banks", production(takes_any_secret=True), "a secret that nobody was given"),
        ("banks", production(takes_any_token=True), "a token that nobody issued"),
        ("banks", production(takes_any_bank=True), "a bank that does not exist"),
        ("swan", swan(takes_any_secret=True), "a secret that nobody was given"),
        ("swan", swan(takes_any_token=True), "a token that nobody issued"),
        ("payment", sandbox(takes_any_secret=True), "a secret that nobody was given"),
        ("payment", sandbox(takes_any_bank=True), "a bank that does not exist"),
        ("cost", telling(knows_every_currency=True), "a currency that is none"),
    ],
)
def test_control_that_does_not_fail_spoils_the_look(
    backstage: Backstage, looks: dict[str, Look[Any]], name: str, change: Change, said: str
) -> None:
    """
    What would be accepted from anybody says nothing of us.
    """
    backstage.put(change)
    with pytest.raises(CannotTell, match=said):
        backstage.observatory().answer(looks[name])


@pytest.mark.parametrize(
    ("ailment", "error"),
    [("off", Unreachable), ("denied", Denied), ("throttled", Overloaded), ("broken", Overloaded)],
)
@pytest.mark.parametrize(("name", "change"), [("neonomics", production), ("swan", swan), ("payment", sandbox)])
def test_trouble_is_told_by_its_kind(
    backstage: Backstage,
    looks: dict[str, Look[Any]],
    name: str,
    change: Callable[..., Change],
    ailment: str,
    error: type[ProbeError],
) -> None:
    """
    What kept us from looking decides whether it is asked again.
    """
    backstage.put(change(ailment=ailment))
    with pytest.raises(error):
        backstage.look(looks[name])


@pytest.mark.parametrize("name", ["neonomics", "swan", "payment"])
def test_rubbish_is_unreadable(backstage: Backstage, looks: dict[str, Look[Any]], name: str) -> None:
    """
    A 200 with noise in it is neither yes nor no.
    """
    backstage.put(
        lambda world: swan(ailment="garbage")(production(ailment="garbage")(sandbox(ailment="garbage")(world)))
    )
    with pytest.raises(Unreadable):
        backstage.look(looks[name])


def test_values_of_secrets_may_be_out_of_reach(
    backstage: Backstage, environment: Environment, looks: dict[str, Look[Any]]
) -> None:
    """
    Who may not read the service's secrets cannot show them.
    """
    aws = environment.aws.model_copy(update={"read_secret_values": False})
    with pytest.raises(Denied, match="may not read the values"):
        looks["neonomics"].observe(backstage.reach(environment.model_copy(update={"aws": aws})))


def test_standing_at_swan_is_told(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    As the interface names it.
    """
    backstage.put(swan(status="PendingLiveReview"))
    assert backstage.look(looks["swan"]).standing == "PendingLiveReview"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry("Swan", "u", "invalid_client"), "refuses the service's credentials"),
        (Entry("Swan", "u", None, 0), "for 0 seconds"),
        (Entry("Swan", "u", None, 60, "Suspended"), "Suspended"),
        (Entry("Swan", "u", None, 60, "FullLiveAccess"), ""),
        (Entry("Neonomics", "u", None, 60), ""),
    ],
)
def test_entry_is_judged(environment: Environment, entry: Entry, said: str) -> None:
    """
    Let in, for a while, with a project that is live.
    """
    if not said:
        banking.providers_let_in([entry], environment, Remarks())
        return
    with pytest.raises(AssertionError, match=said):
        banking.providers_let_in([Entry("Neonomics", "u", None, 60), entry], environment, Remarks())


def test_swan_is_looked_at_only_where_it_is_in_use(environment: Environment) -> None:
    """
    Where it is not, nothing of it is asked, and the item says so.
    """
    without = environment.model_copy(update={"swan": None})
    remarks = Remarks()
    banking.providers_let_in([Entry("Neonomics", "u", None, 60)], without, remarks)
    assert len(banking.entries(without)) == 1
    assert remarks.warnings == ["Swan is not said to be in use in rehearsal, so nothing of it was looked at"]
    told = Remarks()
    said = without.model_copy(update={"not_in_use": ("Swan",)})
    banking.providers_let_in([Entry("Neonomics", "u", None, 60)], said, told)
    assert told.warnings == ["Swan is not in use in rehearsal, so nothing of it was looked at"]


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (banking.entries, "neonomics.token_url"),
        (lambda environment: banking.banks("NO", environment), "neonomics.token_url"),
        (lambda environment: banking.sandbox_payment(100, "NOK", environment), r"neonomics\.sandbox\.bank"),
        (lambda environment: banking.disclosed(1000, "NOK", "EUR", environment), "site.disclosure"),
    ],
)
def test_open_questions_are_named(make: Callable[[Environment], object], key: str) -> None:
    """
    In production these are unknown until an owner answers.
    """
    with pytest.raises(Denied, match=f"{key} is not answered yet"):
        make(load("production", HOME))


# -- banks ------------------------------------------------------------------------------------------------------------


def test_banks_are_judged_by_country_service_and_state(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    Two of the four can be read; what has no accounts or is closed does not count.
    """
    seen = backstage.look(looks["banks"])
    assert {bank.name: bank.status for bank in seen.banks}["Sbanken"] == "MAINTENANCE"
    banking.banks_are_available(seen, 3, "NO", "accounts", Remarks())
    for count, country, service in ((4, "NO", "accounts"), (1, "SE", "accounts"), (1, "NO", "cards")):
        with pytest.raises(AssertionError):
            banking.banks_are_available(seen, count, country, service, Remarks())


def test_no_bank_is_nothing_examined() -> None:
    """
    An empty list proves neither.
    """
    with pytest.raises(NothingExamined):
        banking.banks_are_available(Banks("u", ()), 1, "NO", "accounts", Remarks())


def test_untold_state_is_no_yes(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    A list without states says nothing of who can be reached.
    """

    def untold(world: World) -> World:
        realm: Realm = world.neonomics.production
        return production(banks=tuple(replace(bank, status=None) for bank in realm.banks))(world)

    backstage.put(untold)
    with pytest.raises(ProbeError, match="does not say whether DNB"):
        banking.banks_are_available(backstage.look(looks["banks"]), 1, "NO", "accounts", Remarks())


# -- a payment in the sandbox -----------------------------------------------------------------------------------------


def test_payment_is_taken_and_named(
    backstage: Backstage, environment: Environment, looks: dict[str, Look[Any]]
) -> None:
    """
    Each order is another one, and its name says whose it is; no session is left behind.
    """
    one, other = (backstage.look(looks["payment"]) for _ in range(2))
    assert one.payment_id != other.payment_id
    assert one.name.startswith("drop-golive-gate-")
    assert (one.http_status, one.error_code) == (510, "1428")
    banking.order_waits_for_payer(one, environment)


def test_a_payment_that_is_still_there_is_not_ordered_again(
    backstage: Backstage, environment: Environment, looks: dict[str, Look[Any]]
) -> None:
    """
    An order of a run before this one stands for this one's as long as the sandbox has it; what is no order is none.
    """
    act = looks["payment"]
    assert isinstance(act, SandboxPayment)
    reach = backstage.reach(environment)
    assert not act.is_done(act.unless.observe(reach))
    ordered = act.observe(reach)
    reach.earlier = lambda look: plain(ordered) if look == act else None
    before = act.unless.observe(reach)
    assert (before, act.is_done(before)) == (ordered, True)
    banking.order_waits_for_payer(before, environment)
    no_orders: list[JsonValue] = [plain(replace(ordered, payment_id="0" * 24)), {"payment_id": 1}, "rubbish"]
    for gone in no_orders:
        reach.earlier = answering(gone)
        assert not act.is_done(act.unless.observe(reach))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (sandbox(limit=Decimal(1)), "1023"),
        (sandbox(turn="consent"), "1426"),
        (sandbox(turn="exempt"), None),
        (sandbox(turn="no link"), "1428"),
    ],
)
def test_other_outcomes_are_no_success(
    backstage: Backstage, environment: Environment, looks: dict[str, Look[Any]], change: Change, code: str | None
) -> None:
    """
    An answer is reachable, not a success: the code decides, and the link.
    """
    backstage.put(change)
    order = backstage.look(looks["payment"])
    assert order.error_code == code
    with pytest.raises(AssertionError):
        banking.order_waits_for_payer(order, environment)


@pytest.mark.parametrize(
    "link",
    [
        None,
        "http://sandbox.neonomics.io/ics/v3/payments/domestic-transfer/p1/authorize",
        "https://elsewhere.example/ics/v3/payments/domestic-transfer/p1/authorize",
        "https://sandbox.neonomics.io/ics/v3/payments/domestic-transfer/p12/authorize",
    ],
)
def test_link_must_lead_to_this_payment(environment: Environment, link: str | None) -> None:
    """
    Encrypted, at the sandbox, and for the number that was given.
    """
    with pytest.raises(AssertionError):
        banking.order_waits_for_payer(Order("u", "n", 510, "1428", "p1", link), environment)


@pytest.mark.parametrize(("status", "said"), [(520, "Neonomics' own fault"), (530, "the bank's fault")])
def test_their_trouble_is_not_ours(backstage: Backstage, looks: dict[str, Look[Any]], status: int, said: str) -> None:
    """
    520 and 530 are trouble on the way.
    """
    backstage.put(sandbox(fails=(status, "4930")))
    with pytest.raises(Overloaded, match=said):
        backstage.look(looks["payment"])


def test_act_is_announced(looks: dict[str, Look[Any]]) -> None:
    """
    What it does, and what stays.
    """
    payment = looks["payment"]
    assert isinstance(payment, SandboxPayment)
    assert "100.00 NOK" in payment.effect
    assert "stays there" in payment.effect


# -- the cost of a remittance -----------------------------------------------------------------------------------------


def test_cost_is_told(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    Fee, rate, amount and time, as the environment file names them.
    """
    seen = backstage.look(looks["cost"])
    assert (seen.fee, seen.rate, seen.received) == (Decimal("19.00"), Decimal("0.0856"), Decimal("83.97"))
    banking.costs_are_told(seen, [["fee"], ["rate"], ["amount received"], ["execution time"]])
    banking.costs_add_up(seen)


def test_login_is_no_answer(backstage: Backstage, looks: dict[str, Look[Any]]) -> None:
    """
    What only customers see has to be attested by one.
    """
    backstage.put(telling(asks_who=True))
    with pytest.raises(Denied, match="logged in"):
        backstage.look(looks["cost"])


@pytest.mark.parametrize(
    ("change", "lacking"),
    [(telling(there=False), "fee, rate"), (telling(omits=frozenset({"executionTime"})), "execution time")],
)
def test_what_is_not_told_is_named(
    backstage: Backstage, looks: dict[str, Look[Any]], change: Change, lacking: str
) -> None:
    """
    Nothing there, or something left out.
    """
    backstage.put(change)
    with pytest.raises(AssertionError, match=lacking):
        banking.costs_are_told(backstage.look(looks["cost"]), [["fee"], ["rate"], ["execution time"]])


@pytest.mark.parametrize(
    ("fee", "rate", "received", "good"),
    [
        ("19.00", "0.0856", "83.97", True),  # the fee taken out
        ("19.00", "0.0856", "85.60", True),  # the fee on top
        ("19.00", "11.6822", "83.97", True),  # the rate as kroner for a euro
        ("0", "0.0856", "85.60", True),
        ("19.00", "0.0856", "84.77", False),  # neither
        ("19.00", "0.0856", "83.13", False),  # one per cent kept back
        ("19.00", "0.0856", "167.95", False),  # of twice the amount
        ("-19.00", "0.0856", "87.23", False),
        ("19.00", "0", "83.97", False),
        ("1000", "0.0856", "0", False),
    ],
)
def test_sum_is_reckoned(fee: str, rate: str, received: str, good: bool) -> None:
    """
    What is received is what was sent, at the rate, with the fee inside or on top.
    """
    told = Disclosed("u", Decimal(1000), "", Decimal(fee), Decimal(rate), Decimal(received), "now")
    if good:
        banking.costs_add_up(told)
        return
    with pytest.raises(AssertionError, match="is another amount"):
        banking.costs_add_up(told)


@pytest.mark.parametrize(
    ("rate", "received", "error"),
    [
        ("0.09", "85.5", ProbeError),  # five per cent kept back
        ("0.09", "94.9", ProbeError),
        ("0.09", "90.0", ProbeError),
        ("0.09", "84.9", AssertionError),
        ("0.09", "95.1", AssertionError),
        ("0.095", "95.0", ProbeError),
        ("0.10", "100.0", ProbeError),
        ("0.100", "100.0", None),
        ("0.100", "100.6", AssertionError),
        ("0.0856", "85.6", None),
        ("11.68", "85.6", None),
        ("11.7", "85.5", None),
        ("12", "83.3", None),
        ("26", "26000.00", None),
        ("1", "1000.00", None),
    ],
)
def test_rate_is_told_exactly_enough_to_reckon_with(rate: str, received: str, error: type[Exception] | None) -> None:
    """
    Where rounding alone explains more than half a per cent, that the sum is right says nothing; a wrong one is wrong.
    """
    told = Disclosed("u", Decimal(1000), "", Decimal(0), Decimal(rate), Decimal(received), "now")
    if error is None:
        banking.costs_add_up(told)
        return
    with pytest.raises(error, match="too coarse to check" if error is ProbeError else "is another amount"):
        banking.costs_add_up(told)


def test_cost_may_be_told_in_words_that_are_no_numbers(
    backstage: Backstage, looks: dict[str, Look[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "NaN", true and objects are no amounts.
    """
    from golive.probes import disclosure
    from golive.probes.http import Reply

    body = b'{"data": {"fee": "NaN", "exchangeRate": true, "receiveAmount": {}, "executionTime": " "}}'
    headers = httpx.Headers({"content-type": "application/json"})
    monkeypatch.setattr(disclosure, "exchange", lambda _, url, **__: Reply(url, 200, headers, body))
    seen = backstage.look(looks["cost"])
    assert (seen.fee, seen.rate, seen.received, seen.execution) == (None, None, None, None)
