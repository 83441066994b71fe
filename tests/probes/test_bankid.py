"""BankID asked without a person: what it knows of Drop, and what its answers are worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreachable, Unreadable
from golive.probes import bankid as probe
from golive.probes.bankid import LoginAsked, OtherCallbackRefused, SelfDescription, ServiceClient, StrangerRefused
from golive.probes.http import Reply
from golive.probes.login import LoginStart
from golive.probes.look import Look
from golive.probes.recognition import CredentialsShown, ForgedSecretRefused
from golive.twin.bankid import Client, Provider
from golive.twin.world import World

from .backstage import Backstage
from .town import Town, again, answered_by

ISSUER = "https://auth.bankid.no/auth/realms/prod"
CALLBACK = "https://getdrop.no/api/auth/bankid/callback"
MOBILE = "drop://auth/callback"
OWN = LoginStart("https://getdrop.no/api/auth/bankid/initiate", "GET")
LOOKS: list[Look[Any]] = [
    SelfDescription(ISSUER),
    LoginAsked(ISSUER, OWN, ""),
    LoginAsked(ISSUER, OWN, MOBILE),
    StrangerRefused(ISSUER, OWN, ""),
    OtherCallbackRefused(ISSUER, OWN, MOBILE),
]
SECOND: dict[str, Callable[[str, LoginStart, str], Look[Any]]] = {
    "takes_any_client": StrangerRefused,
    "takes_any_redirect": OtherCallbackRefused,
}


@pytest.fixture
def shown(environment: Environment) -> CredentialsShown:
    """The service's credentials, shown to BankID."""
    return CredentialsShown(ISSUER, environment.aws.service_arn, CALLBACK)


def providing(**changes: Any) -> Callable[[World], World]:
    """Another BankID."""
    return lambda world: replace(world, bankid=replace(world.bankid, **changes))


def registered(provider: Provider, **changes: Any) -> Provider:
    """Another registration of Drop's client."""
    known: Client = provider.clients["drop-web"]
    return replace(provider, clients={"drop-web": replace(known, **changes)})


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_answer_is_the_same_when_it_is_read_back(town: Town, look: Look[Any]) -> None:
    """
    What is recorded can be judged again, and the question with it.
    """
    answer = look.observe(town.reach())
    assert again(answer) == answer
    assert again(look) == look


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize(
    ("ailment", "error"),
    [
        ("off", Unreachable),
        ("babble", Unreadable),
        ("denied", Denied),
        ("throttled", Overloaded),
        ("broken", Overloaded),
        ("garbage", Unreadable),
    ],
)
def test_what_is_no_answer_is_unknown(town: Town, look: Look[Any], ailment: Any, error: type[ProbeError]) -> None:
    """
    A BankID that is unwell says nothing of Drop.
    """
    town.provider = replace(town.provider, ailment=ailment)
    with pytest.raises(error):
        look.observe(town.reach())


def test_bankid_describes_itself(town: Town) -> None:
    """
    Issuer, endpoints, and what it can do.
    """
    seen = SelfDescription(ISSUER).observe(town.reach())
    assert (seen.issuer, seen.distrust, seen.pushed_alone) == (ISSUER, "", False)
    assert seen.response_types == ("code",)
    assert seen.challenge_methods == ("S256",)
    assert {"openid", "profile"} <= set(seen.scopes or ())


@pytest.mark.parametrize(
    ("change", "distrust"),
    [
        ({"issuer": "https://oidc.bankid.no"}, "another issuer"),
        ({"issuer": ISSUER + "/"}, "another issuer"),
        ({"said": {"token_endpoint": "http://auth.bankid.no/token"}}, "token_endpoint"),
        ({"said": {"authorization_endpoint": "https://bankid.no.example/auth"}}, "authorization_endpoint"),
        ({"said": {"jwks_uri": "https://notbankid.no/certs"}}, "jwks_uri"),
        ({"said": {"token_endpoint": "https://["}}, "token_endpoint"),
    ],
    ids=str,
)
def test_description_of_another_is_not_used(town: Town, change: dict[str, Any], distrust: str) -> None:
    """
    Whoever speaks for another issuer, or sends elsewhere, is told and never asked.
    """
    town.provider = replace(town.provider, **change)
    seen = SelfDescription(ISSUER).observe(town.reach())
    assert distrust in seen.distrust
    with pytest.raises(Unreadable):
        LoginAsked(ISSUER, OWN, "").observe(town.reach())


def test_description_may_be_silent(town: Town) -> None:
    """
    Scopes need not be listed, and of the ways to show a secret the header is the one that is meant where none is.
    """
    town.provider = replace(
        town.provider, said={"scopes_supported": None, "token_endpoint_auth_methods_supported": None}
    )
    seen = SelfDescription(ISSUER).observe(town.reach())
    assert (seen.scopes, seen.auth_methods) == (None, ("client_secret_basic",))


@pytest.mark.parametrize(
    "said", [{"issuer": None}, {"token_endpoint": 7}, {"response_types_supported": "code"}], ids=str
)
def test_description_must_be_one(town: Town, said: dict[str, Any]) -> None:
    """
    A document that lacks what every provider says is none.
    """
    town.provider = replace(town.provider, said=said)
    with pytest.raises(Unreadable):
        SelfDescription(ISSUER).observe(town.reach())


@pytest.mark.parametrize("callback", ["", CALLBACK, MOBILE])
def test_registered_callback_is_known(town: Town, callback: str) -> None:
    """
    BankID goes on to its login for what is registered.
    """
    seen = LoginAsked(ISSUER, OWN, callback).observe(town.reach())
    assert (seen.how, seen.knows_callback, seen.callback) == ("login", True, callback or CALLBACK)


@pytest.mark.parametrize("callback", [CALLBACK + "/", "https://www.getdrop.no/api/auth/bankid/callback", "drop://auth"])
def test_other_callback_is_refused(town: Town, callback: str) -> None:
    """
    Letter by letter: nobody is sent to anything else.
    """
    seen = LoginAsked(ISSUER, OWN, callback).observe(town.reach())
    assert (seen.how, seen.knows_callback, seen.status) == ("refused", False, 400)


def test_unknown_client_is_refused(town: Town) -> None:
    """
    A client that is not registered is not let on to the login.
    """
    town.site = replace(town.site, login=replace(town.site.login, client_id="drop-test"))
    assert LoginAsked(ISSUER, OWN, "").observe(town.reach()).how == "refused"


def test_error_at_the_callback_shows_that_it_is_known(town: Town) -> None:
    """
    A request with a scope that is not granted goes back to the callback, which is thereby known.
    """
    town.provider = registered(town.provider, scopes=("openid",))
    own = LoginAsked(ISSUER, OWN, "").observe(town.reach())
    assert (own.how, own.error, own.knows_callback) == ("error", "invalid_scope", True)
    # With a callback of the asker's own nothing is asked for but openid.
    assert LoginAsked(ISSUER, OWN, MOBILE).observe(town.reach()).how == "login"


@pytest.mark.parametrize("error", ["unauthorized_client", "access_denied"])
def test_refusal_at_the_callback_is_told_by_its_word(town: Town, error: str) -> None:
    """
    A client that may start no login is sent back to a callback that is known, and with why.
    """
    town.provider = registered(town.provider, error=error)
    own = LoginAsked(ISSUER, OWN, "").observe(town.reach())
    assert (own.how, own.error, own.knows_callback) == ("error", error, True)


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable"])
def test_bankid_that_is_not_well_says_nothing_of_the_request(town: Town, error: str) -> None:
    """
    What stands for a 5xx in a redirect is asked again, and is no yes.
    """
    town.provider = registered(town.provider, error=error)
    with pytest.raises(Overloaded, match=error):
        LoginAsked(ISSUER, OWN, "").observe(town.reach())


@pytest.mark.parametrize("lenient", SECOND)
def test_bankid_that_takes_anything_proves_nothing(town: Town, lenient: str) -> None:
    """
    Where a control is taken, the control cannot tell, and neither can what depends on it.
    """
    change: dict[str, Any] = {lenient: True}
    town.provider = replace(town.provider, **change)
    for look in (SECOND[lenient](ISSUER, OWN, ""), LoginAsked(ISSUER, OWN, "")):
        with pytest.raises(CannotTell):
            look.observe(town.reach())


def test_pushed_requests_alone_keep_us_from_asking(town: Town) -> None:
    """
    A BankID that takes no plain request is not asked one.
    """
    town.provider = replace(town.provider, needs_pushed_requests=True)
    with pytest.raises(ProbeError, match="pushed requests alone"):
        LoginAsked(ISSUER, OWN, "").observe(town.reach())


STATE = "s" * 32


@pytest.mark.parametrize(
    ("status", "location", "how"),
    [
        (302, "https://auth.bankid.no/auth/realms/prod/login", "login"),
        (303, "/auth/realms/prod/login", "login"),
        (303, "https://id.bankid.no/login", "login"),
        (303, f"{CALLBACK}?error=login_required&state={STATE}", "error"),
        (303, "https://elsewhere.example/", "elsewhere"),
        (303, f"{CALLBACK}/?error=login_required&state={STATE}", "elsewhere"),
        (303, "http://auth.bankid.no/login", "elsewhere"),
        (404, "", "refused"),
    ],
)
def test_answer_is_understood(status: int, location: str, how: str) -> None:
    """
    Where BankID leads says what it made of the request.
    """
    assert received(status, location).how == how


@pytest.mark.parametrize(
    ("status", "location"),
    [
        (303, f"{CALLBACK}?error=login_required&state=another"),
        (303, f"{CALLBACK}?error=login_required"),
        (303, f"{CALLBACK}?code=abc&state={STATE}"),
        (204, ""),
        (302, ""),
    ],
)
def test_answer_that_is_none(status: int, location: str) -> None:
    """
    Without our state, or with a code that nobody can have got, it is no answer to our request.
    """
    with pytest.raises(Unreadable):
        received(status, location)


def test_word_of_the_error_is_one_of_oauths() -> None:
    """
    What else stands there is not told.
    """
    assert received(303, f"{CALLBACK}?error=somebodys-secret&state={STATE}").error == "another error"


def received(status: int, location: str) -> probe.Received:
    """What is made of BankID's answer."""
    import httpx

    headers = httpx.Headers({"location": location} if location else {})
    return probe._received(ISSUER, f"{ISSUER}/auth", CALLBACK, STATE, Reply(f"{ISSUER}/auth", status, headers, b""))


def test_errors_do_not_tell_the_request(town: Town) -> None:
    """
    What keeps us from asking names the endpoint, without state and nonce.
    """
    reach = town.reach()
    description = SelfDescription(ISSUER).observe(reach)
    own = OWN.observe(reach)
    answers: dict[type[Look[Any]], object] = {SelfDescription: description, LoginStart: own}
    town.provider = replace(town.provider, ailment="throttled")
    with pytest.raises(Overloaded) as caught:
        OtherCallbackRefused(ISSUER, OWN, "").observe(answered_by(lambda look: answers[type(look)], reach))
    assert caught.value.target == description.authorization_endpoint
    assert "state" not in str(caught.value)


# -- credentials ------------------------------------------------------------------------------------------------------


def test_credentials_are_taken(backstage: Backstage, shown: CredentialsShown) -> None:
    """
    BankID refuses the code alone, and takes the same in a pushed request.
    """
    seen = backstage.look(shown)
    assert (seen.token, seen.pushed) == ("", "")
    assert again(seen) == seen
    assert backstage.look(ForgedSecretRefused(ISSUER, shown.service_arn)).token == "unauthorized_client"


def test_service_says_who_it_is(backstage: Backstage, environment: Environment) -> None:
    """
    By its secret, the service is the client that its login names.
    """
    client = ServiceClient(environment.aws.service_arn)
    assert backstage.look(client).client_id == backstage.look(OWN).client_id
    assert backstage.look(LoginAsked(ISSUER, client, CALLBACK)).how == "login"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("secret", ["with:colon and+plus%25", "æøå", "plain"])
def test_credentials_arrive_as_they_are(
    backstage: Backstage, shown: CredentialsShown, method: str, secret: str
) -> None:
    """
    In header and form alike, whatever characters the secret has.
    """

    def change(world: World) -> World:
        name = world.site.login.client_id
        known = replace(world.bankid.clients[name], secret=secret)
        said = {"token_endpoint_auth_methods_supported": [method]}
        cloud = world.cloud.holding("BANKID_CLIENT_SECRET", secret)
        return replace(world, cloud=cloud, bankid=replace(world.bankid, clients={name: known}, said=said))

    backstage.put(change)
    assert backstage.look(shown).token == ""


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("BANKID_CLIENT_SECRET", "of-another-year", "unauthorized_client"),
        ("BANKID_CLIENT_ID", "drop-test", "invalid_client"),
    ],
)
def test_wrong_credentials_are_told(
    backstage: Backstage, shown: CredentialsShown, name: str, text: str, word: str
) -> None:
    """
    The word with which BankID refuses them.
    """
    backstage.cloud(lambda cloud: cloud.holding(name, text))
    seen = backstage.look(shown)
    assert (seen.token, seen.pushed) == (word, None)


@pytest.mark.parametrize(
    ("change", "pushed"),
    [
        ({"said": {"pushed_authorization_request_endpoint": None}}, None),
        ({"said": {"pushed_authorization_request_endpoint": "https://elsewhere.example/par"}}, None),
        ({"refuses_pushed_requests": True}, "unauthorized_client"),
        ({"clients": None}, "invalid_request"),
    ],
    ids=str,
)
def test_pushed_request_is_told_beside(
    backstage: Backstage, shown: CredentialsShown, change: dict[str, Any], pushed: str | None
) -> None:
    """
    What BankID says to a pushed request; nothing is sent to an endpoint that is not its own.
    """

    def put(world: World) -> World:
        name = world.site.login.client_id
        known = replace(world.bankid.clients[name], redirect_uris=())
        changes = {**change, "clients": {name: known}} if "clients" in change else change
        return replace(world, bankid=replace(world.bankid, **changes))

    backstage.put(put)
    seen = backstage.look(shown)
    assert (seen.token, seen.pushed) == ("", pushed)


def test_any_secret_taken_proves_nothing(backstage: Backstage, shown: CredentialsShown) -> None:
    """
    A BankID that looks at no secret cannot tell whether ours is right.
    """
    backstage.put(providing(takes_any_secret=True))
    with pytest.raises(CannotTell):
        backstage.look(shown)


def test_no_way_to_show_a_secret(backstage: Backstage, shown: CredentialsShown) -> None:
    """
    A BankID that takes signed assertions alone cannot be shown a secret.
    """
    backstage.put(providing(said={"token_endpoint_auth_methods_supported": ["private_key_jwt"]}))
    with pytest.raises(ProbeError, match="no client secret at all"):
        backstage.look(shown)


@pytest.mark.parametrize(("text", "words"), [(None, "has no value|does not exist"), ("", "not given it")])
def test_secret_that_is_not_there(backstage: Backstage, shown: CredentialsShown, text: str | None, words: str) -> None:
    """
    Without a secret there is nothing to show.
    """
    if text is None:
        backstage.cloud(lambda cloud: cloud.holding("BANKID_CLIENT_SECRET", None))
    else:
        backstage.cloud(lambda cloud: cloud.wiring(BANKID_CLIENT_SECRET=None))
    with pytest.raises(ProbeError, match=words):
        backstage.look(shown)


def test_values_that_may_not_be_read(backstage: Backstage, environment: Environment, shown: CredentialsShown) -> None:
    """
    A run without the CI's role says that it may not read them.
    """
    aws = environment.aws.model_copy(update={"read_secret_values": False})
    reach = backstage.reach(environment.model_copy(update={"aws": aws}))
    with pytest.raises(Denied, match="may not read"):
        shown.observe(reach)


def test_secret_inside_a_document(backstage: Backstage, shown: CredentialsShown) -> None:
    """
    A secret that the service takes out of a JSON document by its key is shown as the service has it.
    """

    def change(world: World) -> World:
        cloud = world.cloud
        both = {name: cloud.text(f"BANKID_{name}") for name in ("CLIENT_ID", "CLIENT_SECRET")}
        cloud = cloud.holding("BANKID", json.dumps(both))
        arn = cloud.arn_of("BANKID")
        return replace(
            world,
            cloud=cloud.wiring(BANKID_CLIENT_ID=f"{arn}:CLIENT_ID::", BANKID_CLIENT_SECRET=f"{arn}:CLIENT_SECRET::"),
        )

    backstage.put(change)
    assert backstage.look(shown).token == ""
