"""A provider in trouble: what keeps the gate from judging is here the answer, and trouble of our own is not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreachable, Unreadable
from golive.observatory import Observatory
from golive.probes import vendorpage
from golive.probes.apprunner import DescribedService
from golive.probes.egress import Egress, WayOut
from golive.probes.http import Reply
from golive.probes.look import Look
from golive.probes.pulse import Pulse
from golive.probes.reception import Reception, Welcome
from golive.probes.swanschema import Fit
from golive.probes.way import Way, WayTo
from golive.remarks import Remarks
from golive.search import NO_SECRETS
from golive.twin.cloud import PARTNERS, Cloud, Rule
from golive.twin.swan import SCHEMA
from golive.twin.world import World
from steps import banking, diagnosis, providers

from .backstage import Backstage
from .town import Town, again, free_port

BANKID = "auth.bankid.no"
EVERYBODY = "0.0.0.0/0"
Change = Callable[[World], World]


def neonomics(**changes: Any) -> Change:
    """Another production at Neonomics."""
    return lambda world: replace(
        world, neonomics=replace(world.neonomics, production=replace(world.neonomics.production, **changes))
    )


def swan(**changes: Any) -> Change:
    """Another Swan."""
    return lambda world: replace(world, swan=replace(world.swan, **changes))


def sumsub(**changes: Any) -> Change:
    """Another Sumsub."""
    return lambda world: replace(world, sumsub=replace(world.sumsub, **changes))


def bankid(**changes: Any) -> Change:
    """Another BankID."""
    return lambda world: replace(world, bankid=replace(world.bankid, **changes))


CHANGES: dict[str, Callable[..., Change]] = {"Neonomics": neonomics, "Swan": swan, "Sumsub": sumsub, "BankID": bankid}


@pytest.fixture
def looks(environment: Environment) -> list[Look[Any]]:
    """One of each, as the sentences make them."""
    made: list[Look[Any]] = [providers.stranger_there(name, environment) for name in providers.PULSES]
    made += [providers.credentials_shown(name, environment) for name in providers.RECEPTIONS]
    made += [providers.vendor_page(environment), providers.queries_against_schema(environment)]
    made += [providers.banks_reached("NO", environment), *providers.stranger_at_payments(environment)]
    return [*made, diagnosis.way_out(environment), WayTo(BANKID)]


def test_answers_are_the_same_when_read_back(backstage: Backstage, looks: list[Look[Any]]) -> None:
    """
    Judged again from the record, an answer and its question are what they were.
    """
    for look in looks:
        answer = backstage.look(look)
        assert (again(answer), again(look), hash(again(look))) == (answer, look, hash(look))


def test_nothing_is_asked_twice_and_no_secret_is_told(
    backstage: Backstage, environment: Environment, looks: list[Look[Any]]
) -> None:
    """
    Together with the gate's looks each question is asked once; neither credentials nor tokens stand in any evidence.
    """
    observatory = Observatory(environment, backstage.detour)
    observatory.gather([*looks, *banking.entries(environment), DescribedService(environment.aws.service_arn)])
    assert [str(entry.error) for entry in observatory.evidence() if entry.error] == []
    assert observatory.requests == observatory.count
    written = "".join(entry.model_dump_json() for entry in observatory.evidence())
    held = {name: text for name, text in observatory.reach.held.items() if name not in NO_SECRETS}
    assert {"NEONOMICS_CLIENT_SECRET", "SWAN_CLIENT_SECRET", "SUMSUB_SECRET_KEY"} <= held.keys()
    assert [name for name, text in held.items() if text in written] == []


def test_life_is_asked_for_without_any_permission(environment: Environment) -> None:
    """
    Whoever may read no secret can tell an outage all the same.
    """
    for name in providers.PULSES:
        assert providers.stranger_there(name, environment).permissions(environment) == ()
    for name in providers.RECEPTIONS:
        assert providers.credentials_shown(name, environment).permissions(environment)


# -- the way, step by step --------------------------------------------------------------------------------------------


def walked(town: Town, ports: dict[str, int] | None = None, **network: Any) -> Way:
    """How far the way to BankID leads from here."""
    if ports is not None:
        town.ports = {**town.ports, **ports}
    return WayTo(BANKID).observe(town.reach(**{"answer_seconds": 0.2, **network}))


@pytest.fixture
def roads(town: Town) -> Iterator[Town]:
    """The town, whose ports are put back afterwards."""
    ports = town.ports
    yield town
    town.ports = ports


def test_way_leads_there(roads: Town) -> None:
    """
    Name, connection and TLS: all three.
    """
    way = walked(roads)
    assert (way.whole, way.failed, way.addresses) == (True, None, ("192.0.2.20",))


def test_name_is_the_first_step(roads: Town) -> None:
    """
    That a name is not there, and that nobody says whether it is, are two things.
    """
    roads.zone = roads.zone.without(BANKID)
    assert (walked(roads).failed, walked(roads).how) == ("name", "not there")
    roads.reset()
    roads.zone = roads.zone.ail("servfail", name=BANKID)
    assert (walked(roads).failed, walked(roads).how) == ("name", "not looked up")
    roads.reset()
    roads.zone = roads.zone.ail("silent", name=BANKID)
    assert (walked(roads).failed, walked(roads).how) == ("name", "not looked up")


def test_connection_is_the_second_step(roads: Town) -> None:
    """
    Refused where nobody listens; timed out where nobody takes it, or nothing is there.
    """
    way = walked(roads, {"192.0.2.20:443": free_port()})
    assert (way.failed, way.how, way.closed) == ("connection", "refused", ("192.0.2.20",))
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = int(deaf.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)):  # the one that waits to be taken: there is no more room
            way = walked(roads, {"192.0.2.20:443": port})
    assert (way.failed, way.how) == ("connection", "timed out")
    roads.zone = roads.zone.told(BANKID, "A", "192.0.2.99")
    way = walked(roads)
    assert (way.failed, way.how, way.addresses) == ("connection", "timed out", ("192.0.2.99",))


def test_tls_is_the_third_step(roads: Town) -> None:
    """
    A connection comes about, and nobody proves who they are.
    """
    roads.provider = replace(roads.provider, ailment="silent")
    way = walked(roads)
    assert (way.failed, way.how) == ("TLS", "timed out")


def test_reset_is_told_as_such(roads: Town) -> None:
    """
    At which of two steps it is noticed is a matter of microseconds.
    """
    roads.provider = replace(roads.provider, ailment="off")
    way = walked(roads)
    assert way.failed in ("connection", "TLS")
    assert way.how == "broke off"


def test_who_proves_nothing_is_told_apart(roads: Town, serve: Callable[..., int]) -> None:
    """
    A certificate that has ended, and somebody who speaks no TLS at all.
    """
    roads.certify(BANKID, not_after=roads.certificates[BANKID].not_before + timedelta(days=1))
    way = walked(roads)
    assert (way.failed, way.how, way.detail) == ("TLS", "not trusted", "certificate has expired")
    port = serve(lambda caller: caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    way = walked(roads, {"192.0.2.20:443": port})
    assert (way.failed, way.how) == ("TLS", "not spoken")


def test_one_open_address_is_a_way(roads: Town) -> None:
    """
    Clients take the next one: an address that is closed is told, and closes nothing.
    """
    roads.zone = roads.zone.told(BANKID, "A", "192.0.2.20", "192.0.2.99")
    way = walked(roads)
    assert (way.whole, way.closed) == (True, ("192.0.2.99",))


def test_host_outside_the_list_is_not_walked_to(town: Town) -> None:
    """
    Denied, before its name is even looked up.
    """
    with pytest.raises(Denied, match="not in the environment's"):
        WayTo("example.com").observe(town.reach())


# -- is it there? -----------------------------------------------------------------------------------------------------


def taken(backstage: Backstage, environment: Environment, provider: str) -> Pulse:
    """The pulse of *provider*, by somebody in a hurry."""
    backstage.hasty.forget()
    pulse = providers.stranger_there(provider, environment).observe(backstage.hasty)
    assert isinstance(pulse, Pulse)
    return pulse


@pytest.mark.parametrize("provider", CHANGES)
def test_healthy_provider_answers(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    Everything of it, be it with a no.
    """
    pulse = taken(backstage, environment, provider)
    assert pulse.beats
    assert {sign.manner for sign in pulse.signs} == {"answers"}


@pytest.mark.parametrize(
    ("ailment", "manner", "status", "beats"),
    [
        ("broken", "failing", 503, False),
        ("denied", "turns away", 403, True),
        ("throttled", "rate limited", 429, True),
        ("garbage", "garbled", None, False),
    ],
)
@pytest.mark.parametrize("provider", CHANGES)
def test_state_is_the_answer(  # what is put in and what must come out
    backstage: Backstage, environment: Environment, provider: str, ailment: str, manner: str, status: int, beats: bool
) -> None:
    """
    Where the gate could not judge, this tells how it is, with the status and what was said of limits.
    """
    backstage.put(CHANGES[provider](ailment=ailment))
    pulse = taken(backstage, environment, provider)
    assert (pulse.worst and pulse.worst.manner, pulse.beats) == (manner, beats)
    assert pulse.worst is not None
    assert pulse.worst.status == status
    told = {"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    assert set(pulse.worst.limits) == (told if manner == "rate limited" else set())


@pytest.mark.parametrize("provider", CHANGES)
def test_unreachable_provider_is_not_asked(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    The step at which the way ends is the answer; that others can be reached shows that it is not this machine.
    """
    backstage.put(CHANGES[provider](ailment="off"))
    pulse = taken(backstage, environment, provider)
    assert (len(pulse.ended), pulse.signs, pulse.beats) == (len(pulse.ways), (), False)


def test_machine_without_a_way_knows_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    Where nobody else can be reached either, nothing is said of the provider.
    """
    backstage.put(lambda world: replace(world, zone=world.zone.ail("servfail")))
    with pytest.raises(Unreachable, match="cannot be reached either"):
        taken(backstage, environment, "Swan")


def test_whoever_lets_strangers_in_says_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    A control that does not fail is no sign of life.
    """
    backstage.put(neonomics(takes_any_token=True))
    with pytest.raises(CannotTell, match="a token that nobody issued"):
        taken(backstage, environment, "Neonomics")


# -- how does it receive the service? ---------------------------------------------------------------------------------


def received(backstage: Backstage, environment: Environment, provider: str) -> Reception:
    """How *provider* receives the service."""
    reception = backstage.look(providers.credentials_shown(provider, environment))
    assert isinstance(reception, Reception)
    return reception


@pytest.mark.parametrize("provider", providers.RECEPTIONS)
def test_service_is_let_in(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    By the credentials that it is given.
    """
    reception = received(backstage, environment, provider)
    assert (reception.welcome, reception.said) == ("let in", "")
    assert reception.standing == ("FullLiveAccess" if provider == "Swan" else None)


@pytest.mark.parametrize(
    ("provider", "change", "said"),
    [
        ("Neonomics", neonomics(client_secret="renewed"), "unauthorized_client"),
        ("Swan", swan(client_secret="renewed"), "invalid_client"),
        ("Swan", swan(forgets_tokens=True), "it does not know the token that it issued to us"),
        (
            "Sumsub",
            lambda world: replace(world, sumsub=world.sumsub.without(world.cloud.text("SUMSUB_APP_TOKEN"))),
            "app-token-private-part-mismatch",
        ),
    ],
)
def test_refusal_is_the_answer(
    backstage: Backstage, environment: Environment, provider: str, change: Change, said: str
) -> None:
    """
    In the provider's own words.
    """
    backstage.put(change)
    reception = received(backstage, environment, provider)
    assert (reception.welcome, reception.said) == ("refused", said)


@pytest.mark.parametrize("provider", providers.RECEPTIONS)
@pytest.mark.parametrize(("ailment", "welcome"), [("broken", "not asked"), ("throttled", "rate limited")])
def test_who_is_in_trouble_is_shown_no_credentials(
    backstage: Backstage, environment: Environment, provider: str, ailment: str, welcome: str
) -> None:
    """
    What an outage hides is told to be hidden; a limit is not run into again.
    """
    backstage.put(CHANGES[provider](ailment=ailment))
    reception = received(backstage, environment, provider)
    assert reception.welcome == welcome
    assert ("Retry-After" in reception.limits) == (welcome == "rate limited")


@pytest.mark.parametrize("provider", providers.RECEPTIONS)
def test_everybody_is_turned_away(backstage: Backstage, environment: Environment, provider: str) -> None:
    """
    403 to strangers too is not about the credentials.
    """
    backstage.put(CHANGES[provider](ailment="denied"))
    reception = received(backstage, environment, provider)
    assert (reception.welcome, reception.status, reception.strangers_too) == ("turned away", 403, True)


def test_suspension_is_told_either_way(backstage: Backstage, environment: Environment) -> None:
    """
    By the project's status, as Swan documents it, or in the failure runbook's words.
    """
    backstage.put(swan(status="Suspended"))
    assert received(backstage, environment, "Swan").standing == "Suspended"
    backstage.put(swan(suspended=True))
    assert received(backstage, environment, "Swan").standing == "Account suspended"


def test_secrets_that_may_not_be_read_are_our_trouble(backstage: Backstage, environment: Environment) -> None:
    """
    Denied, and nothing is said of the provider.
    """
    backstage.ail(secretsmanager="denied")
    with pytest.raises(Denied):
        received(backstage, environment, "Neonomics")


@pytest.mark.parametrize("ailment", ["broken", "off"])
def test_nobody_waits_for_who_has_no_pulse(backstage: Backstage, environment: Environment, ailment: Any) -> None:
    """
    Banks and schema are not asked for: why they are hidden is said at once.
    """
    backstage.put(lambda world: swan(ailment=ailment)(neonomics(ailment=ailment)(world)))
    for look in (providers.banks_reached("NO", environment), providers.queries_against_schema(environment)):
        with pytest.raises(ProbeError, match="that is hidden"):
            backstage.look(look)


# -- what Swan tells --------------------------------------------------------------------------------------------------


def test_status_page_is_read_by_its_data(backstage: Backstage, environment: Environment) -> None:
    """
    Well, or disturbed with the titles of what is open.
    """
    page = providers.vendor_page(environment)
    assert (backstage.look(page).state, backstage.look(page).make) == ("well", "Statuspage")
    backstage.put(swan(incident="Card payments fail <b>since</b> 12:05"))
    seen = backstage.look(page)
    assert (seen.state, seen.incidents) == ("disturbed", ("Card payments fail bsince/b 12:05",))


@pytest.mark.parametrize(("ailment", "error"), [("garbage", Unreadable), ("broken", Overloaded)])
def test_page_that_cannot_be_read_is_never_well(
    backstage: Backstage, environment: Environment, ailment: Any, error: type[ProbeError]
) -> None:
    """
    Swan being well does not make its page readable, nor the other way round.
    """
    backstage.put(swan(page_ailment=ailment))
    with pytest.raises(error):
        backstage.look(providers.vendor_page(environment))
    assert taken(backstage, environment, "Swan").beats


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ('{"page": {"status": "UP"}}', "well"),
        ('{"page": {"status": "HASISSUES"}, "activeIncidents": [{"name": "Transfers"}]}', "disturbed"),
        ('{"page": {"status": "UNDERMAINTENANCE"}}', "maintenance"),
        ('{"page": {"status": "SPLENDID"}}', None),
        ('{"status": {"indicator": "maintenance"}}', "maintenance"),
        ('{"status": {"indicator": "purple"}}', None),
        ("{}", None),
    ],
)
def test_both_makes_are_read_and_no_third(told: str, state: str | None) -> None:
    """
    A word that neither knows is no state.
    """
    reply = Reply("https://status.swan.io/summary.json", 200, httpx.Headers(), told.encode())
    seen = vendorpage._read("https://status.swan.io", reply)
    assert (seen and seen.state) == state


def test_page_that_shows_its_data_everywhere_says_nothing(town: Town) -> None:
    """
    CannotTell: whatever is asked, it would be well.
    """
    look = vendorpage.NoSuchSummary("status.swan.io")
    with pytest.MonkeyPatch.context() as patch:
        reply = Reply("", 200, httpx.Headers(), b'{"status": {"indicator": "none"}}')
        patch.setattr(vendorpage, "exchange", lambda *_: reply)
        with pytest.raises(CannotTell, match="cannot be there"):
            look.observe(town.reach())


# -- our queries ------------------------------------------------------------------------------------------------------


def fit_of(backstage: Backstage, environment: Environment) -> Fit:
    """How our queries fit."""
    fit = backstage.look(providers.queries_against_schema(environment))
    assert isinstance(fit, Fit)
    return fit


def test_queries_fit_the_schema(backstage: Backstage, environment: Environment) -> None:
    """
    All of the product's operations.
    """
    fit = fit_of(backstage, environment)
    assert fit.operations == ("ProjectInfo", "Balance", "OpenAccount", "IssueCard", "Pay")
    assert (fit.misfits, fit.deprecated) == ((), ())


@pytest.mark.parametrize(
    ("former", "now", "operation", "message"),
    [
        ("balances: AccountBalances", "balance: Amount", "Balance", "Cannot query field 'balances' on type 'Account'"),
        (
            "addCard(input: AddCardInput!)",
            "addCards(input: AddCardInput!)",
            "IssueCard",
            "Cannot query field 'addCard'",
        ),
        ("addCard(input: AddCardInput!)", "addCard(input: AddCardInput!, seat: ID!)", "IssueCard", "addCard(seat:)"),
        ("account(accountId: ID!)", "account(id: ID!)", "Balance", "Unknown argument 'accountId'"),
    ],
)
def test_what_no_longer_fits_is_told(  # what is changed and what must be said of it
    backstage: Backstage, environment: Environment, former: str, now: str, operation: str, message: str
) -> None:
    """
    A field that is gone, a mutation that is renamed, a member that is demanded now: by operation.
    """
    assert former in SCHEMA
    backstage.put(swan(schema=SCHEMA.replace(former, now)))
    fit = fit_of(backstage, environment)
    assert {one.operation for one in fit.misfits} == {operation}
    assert any(message in one.message for one in fit.misfits), fit.misfits


def test_what_is_deprecated_is_told_apart(backstage: Backstage, environment: Environment) -> None:
    """
    It fits, for now.
    """
    going = 'balances: AccountBalances @deprecated(reason: "Use `wallet`")'
    backstage.put(swan(schema=SCHEMA.replace("balances: AccountBalances", going)))
    fit = fit_of(backstage, environment)
    assert fit.misfits == ()
    assert [one.operation for one in fit.deprecated] == ["Balance"]


def test_schema_that_is_not_told_says_nothing(backstage: Backstage, environment: Environment) -> None:
    """
    Neither that our queries fit nor that they do not.
    """
    backstage.put(swan(hides_schema=True))
    with pytest.raises(Unreadable, match="does not tell its schema"):
        fit_of(backstage, environment)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), ("query {", "is not GraphQL"), ("type A { b: ID }", "no operation")]
)
def test_file_of_ours_that_is_wrong_is_our_trouble(
    backstage: Backstage, environment: Environment, tmp_path: Path, text: str | None, said: str
) -> None:
    """
    One sentence, and nothing is said of Swan.
    """
    if text is not None:
        (tmp_path / "swan-queries.graphql").write_text(text)
    elsewhere = environment.model_copy(update={"folder": tmp_path})
    with pytest.raises(ProbeError, match=said):
        providers.queries_against_schema(environment).observe(backstage.reach(elsewhere))


# -- the service's own way out ----------------------------------------------------------------------------------------

HTTPS_ONLY = Rule("tcp", (443, 443), (EVERYBODY,))


def egress_of(backstage: Backstage, environment: Environment) -> Egress:
    """What lets the service out."""
    egress = backstage.look(WayOut(environment.aws.service_arn))
    assert isinstance(egress, Egress)
    return egress


@pytest.mark.parametrize(
    ("change", "closed"),
    [
        (lambda cloud: cloud, False),
        (lambda cloud: cloud.letting_out(HTTPS_ONLY), False),
        (lambda cloud: cloud.letting_out(Rule("tcp", (443, 443), ("203.0.113.0/25",))), False),
        (lambda cloud: cloud.letting_out(Rule("tcp", (443, 443), prefix_lists=(PARTNERS,))), False),
        (lambda cloud: cloud.serving(vpc_connector=None), False),
        (lambda cloud: cloud.letting_out(), True),
        (lambda cloud: cloud.letting_out(Rule("tcp", (5432, 5432), (EVERYBODY,))), True),
        (lambda cloud: cloud.letting_out(Rule("udp", (443, 443), (EVERYBODY,))), True),
        (lambda cloud: cloud.letting_out(Rule("tcp", (443, 443), ("10.0.0.0/8",))), True),
        (lambda cloud: cloud.letting_out(Rule("-1", None, ("::/0",))), True),
    ],
)
def test_rules_say_what_gets_out(
    backstage: Backstage, environment: Environment, change: Callable[[Cloud], Cloud], closed: bool
) -> None:
    """
    By protocol, port, and range or list; without a connector nothing is in the way.
    """
    backstage.cloud(change)
    assert egress_of(backstage, environment).closed_to(("203.0.113.7",), 443) == (("203.0.113.7",) if closed else ())


def test_group_that_is_not_told_of_is_not_guessed(backstage: Backstage, environment: Environment) -> None:
    """
    A connector without a group, or with one that EC2 does not know, is no open way.
    """
    backstage.cloud(lambda cloud: cloud.serving(connector_groups=()))
    with pytest.raises(Unreadable, match="without a security group"):
        egress_of(backstage, environment)
    backstage.cloud(lambda cloud: cloud.serving(connector_groups=("sg-0123456789abcdef0",)))
    with pytest.raises(Unreadable):
        egress_of(backstage, environment)
    backstage.ail(apprunner="denied")
    with pytest.raises(Denied):
        egress_of(backstage, environment)


# -- what is concluded ------------------------------------------------------------------------------------------------


def said_by(welcome: Welcome, **members: Any) -> Reception:
    """Swan's reception, as it might be."""
    return Reception("Swan", welcome, "https://api.swan.io/live-partner/graphql", **members)


@pytest.mark.parametrize(
    ("reception", "taken", "unlimited", "live"),
    [
        (said_by("let in", standing="FullLiveAccess"), "so", "so", "so"),
        (said_by("let in", standing="Account suspended"), "so", "so", "not so"),
        (said_by("let in", standing="Disabled"), "so", "so", "not so"),
        (said_by("let in"), "so", "so", "not seen"),
        (said_by("refused", said="invalid_client"), "not so", "so", "not seen"),
        (said_by("turned away", status=403), "not so", "so", "not seen"),
        (said_by("turned away", status=403, strangers_too=True), "not seen", "so", "not seen"),
        (said_by("rate limited", status=429), "not seen", "not so", "not seen"),
        (said_by("failing", status=503), "not seen", "not seen", "not seen"),
        (said_by("no answer"), "not seen", "not seen", "not seen"),
        (said_by("garbled"), "not seen", "not seen", "not seen"),
        (said_by("not asked"), "not seen", "not seen", "not seen"),
    ],
)
def test_each_reception_points_to_one_cause_at_most(
    reception: Reception, taken: str, unlimited: str, live: str
) -> None:
    """
    What one cause hides of another is not seen, and never taken for well.
    """
    judges = (providers.credentials_are_taken, providers.rate_is_not_limited, providers.project_is_live)
    assert [concluded(judge, reception, "Swan") for judge in judges] == [taken, unlimited, live]
    assert [concluded(judge, reception, "Sumsub") for judge in judges] == ["not seen"] * 3


def concluded(judge: Callable[..., None], reception: Reception, provider: str) -> str:
    """How a sentence ends."""
    try:
        judge(reception, provider, Remarks())
    except AssertionError:
        return "not so"
    except ProbeError:
        return "not seen"
    return "so"


@pytest.mark.parametrize("state", ["maintenance", "disturbed"])
def test_page_that_is_not_well_is_a_no(state: Any) -> None:
    """
    Maintenance keeps people from what they want as well.
    """
    told = vendorpage.VendorState("https://status.swan.io", "Statuspage", state, ("Transfers",))
    with pytest.raises(AssertionError, match="Transfers"):
        providers.nothing_is_told(told, Remarks())
