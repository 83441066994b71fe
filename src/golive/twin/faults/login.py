"""Faults of the login: of the site's part in it, and of BankID's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from golive.twin import pages
from golive.twin.bankid import CALLBACK, HOST, MOBILE_CALLBACK, REALM, Client
from golive.twin.faults.kin import BANKID, LOGIN
from golive.twin.faults.register import breaks
from golive.twin.site import BALANCE, SIGN_UP
from golive.twin.world import World


def _login(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, login=replace(world.site.login, **changes)))


def _site(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, **changes))


def _bankid(world: World, **changes: Any) -> World:
    return replace(world, bankid=replace(world.bankid, **changes))


def _client(world: World, **changes: Any) -> World:
    """Drop's registration at BankID is another."""
    name = world.site.login.client_id
    kept: Mapping[str, Client] = world.bankid.clients
    return _bankid(world, clients={**kept, name: replace(kept[name], **changes)})


# -- what Drop asks for -----------------------------------------------------------------------------------------------


@breaks(unmet=["GL-3.3.6"])
def login_button_missing(world: World) -> World:
    """The front page offers no login with BankID."""
    return _login(world, text="Logg inn")


@breaks(unmet=["GL-3.3.6"])
def login_leads_nowhere(world: World) -> World:
    """The button leads to a page that does not exist."""
    return _login(world, link="/logg-inn")


CALLBACKS = ("GL-2.3.2", "GL-3.2.1")


@breaks(unmet=[*CALLBACKS, "GL-3.2.3", "GL-3.3.6"])
def login_refused_by_bankid(world: World) -> World:
    """Drop asks BankID to return to App Runner's own name, which is not registered."""
    return _login(world, redirect_uri="https://9ef3szvvsb.eu-west-1.awsapprunner.com/api/auth/bankid/callback")


@breaks(unmet=[*CALLBACKS, "GL-3.2.3", "GL-3.3.6"])
def login_callback_with_a_slash(world: World) -> World:
    """Drop's callback ends in a slash, which is another address than the registered one."""
    return _login(world, redirect_uri=CALLBACK + "/")


@breaks(unmet=CALLBACKS)
def login_callback_of_www(world: World) -> World:
    """Drop asks BankID to return to www.getdrop.no, and somebody has registered that as well."""
    www = CALLBACK.replace("getdrop.no", "www.getdrop.no")
    return _login(_client(world, redirect_uris=(CALLBACK, MOBILE_CALLBACK, www)), redirect_uri=www)


@breaks(unmet=[*CALLBACKS, "GL-3.2.3", "GL-3.3.6"])
def login_stays_at_home(world: World) -> World:
    """The button leads to a stand-in for BankID on the site itself."""
    return _login(world, endpoint="https://getdrop.no/vilkaar")


@breaks(unmet=[*CALLBACKS, "GL-3.2.3", "GL-3.3.6"], unknown=["GL-3.2.2"])
def login_unavailable(world: World) -> World:
    """The address where a login starts answers 500."""
    return _login(world, status=500)


@breaks(unmet=[*LOGIN, "GL-3.3.6"])
def login_as_an_unknown_client(world: World) -> World:
    """Drop asks as its client of the test environment, which BankID does not know."""
    return _login(world, client_id="drop-test")


@breaks(unmet=["GL-2.3.2"])
def login_state_repeats(world: World) -> World:
    """Drop sends the same state each time, so that anybody can finish a login that another began."""
    return _login(world, repeats=frozenset({"state"}))


@breaks(unmet=["GL-2.3.2"])
def login_nonce_missing(world: World) -> World:
    """Drop sends no nonce, so that a token can be used again."""
    return _login(world, omits=frozenset({"nonce"}))


@breaks(unmet=["GL-2.3.2"])
def login_state_can_be_guessed(world: World) -> World:
    """State and nonce are new each time, and six characters long."""
    return _login(world, short=True)


@breaks(unmet=["GL-2.3.2", "GL-3.3.6"])
def login_challenge_plain(world: World) -> World:
    """Drop's challenge is its verifier in the open."""
    return _login(world, challenge_method="plain")


@breaks(unmet=["GL-2.3.2"])
def login_challenge_repeats(world: World) -> World:
    """Drop uses the same challenge each time."""
    return _login(world, repeats=frozenset({"code_challenge"}))


@breaks(unmet=[*CALLBACKS, "GL-3.2.3"], unknown=["GL-3.2.2"])
def login_tells_its_verifier(world: World) -> World:
    """Drop sends the verifier along with the challenge that it answers."""
    return _login(world, adds=(("code_verifier", "a" * 43),))


@breaks(unmet=["GL-2.3.2", "GL-3.3.6"])
def login_by_the_implicit_flow(world: World) -> World:
    """Drop asks for a token in the address of its callback."""
    return _login(world, response_type="token")


@breaks(unmet=["GL-3.2.3"])
def login_asks_for_openid_alone(world: World) -> World:
    """Drop does not ask for the profile, so it will not know who somebody is."""
    return _login(world, scope="openid")


@breaks(unmet=["GL-3.2.3", "GL-3.3.6"])
def login_asks_for_the_national_number(world: World) -> World:
    """Drop asks for the national identity number, to which its client has no right."""
    return _login(world, scope="openid profile nnin_altsub")


@breaks()
def login_asks_in_another_order(world: World) -> World:
    """Drop asks for profile and openid, in that order, which is the same."""
    return _login(world, scope="profile openid")


@breaks(unknown=["GL-3.3.6"])
def login_told_in_json(world: World) -> World:
    """Drop answers with the address instead of leading there, and the button has no script that would follow it."""
    return _login(world, as_json=True)


@breaks(unmet=["GL-2.3.2"])
def password_login_left_in(world: World) -> World:
    """E-mail and password are still taken, though no page says so."""
    return _login(world, password=True)


@breaks(unmet=["GL-2.3.2"])
def password_asked_for(world: World) -> World:
    """The front page asks for e-mail and password as well."""
    front = world.site.pages["/"]
    front = replace(front, body=front.body + pages.OTHER_WAY_IN)
    return _site(world, pages={**world.site.pages, "/": front})


# -- what BankID knows ------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-1.1", *CALLBACKS, "GL-3.2.3", "GL-3.3.6"])
def callback_not_registered(world: World) -> World:
    """BankID has the callback on record with a slash at its end."""
    return _client(world, redirect_uris=(CALLBACK + "/", MOBILE_CALLBACK))


@breaks(unmet=["GL-3.2.2"])
def mobile_callback_not_registered(world: World) -> World:
    """BankID knows nothing of the app on the phone."""
    return _client(world, redirect_uris=(CALLBACK,))


@breaks(unmet=["GL-3.2.2"])
def mobile_callback_without_a_path(world: World) -> World:
    """BankID has the app's callback on record without its path."""
    return _client(world, redirect_uris=(CALLBACK, "drop://auth"))


@breaks(unmet=["GL-3.2.3", "GL-3.3.6"])
def profile_not_granted(world: World) -> World:
    """BankID grants Drop openid and nothing else."""
    return _client(world, scopes=("openid",))


@breaks(unmet=[*BANKID, "GL-3.3.6"])
def client_not_registered(world: World) -> World:
    """BankID does not know Drop."""
    clients = {name: client for name, client in world.bankid.clients.items() if name != world.site.login.client_id}
    return _bankid(world, clients=clients)


@breaks(unmet=["GL-1.1", "BID-R1"])
def client_secret_out_of_date(world: World) -> World:
    """BankID has given Drop another secret than the one that the service holds."""
    return _client(world, secret="renewed")  # noqa: S106


@breaks(unmet=["GL-1.1", "BID-R1"])
def client_id_of_another(world: World) -> World:
    """The service holds the client id of another merchant, with a login that was started before it was changed."""
    return replace(world, cloud=world.cloud.holding("BANKID_CLIENT_ID", "another-merchant"))


@breaks()
def pushed_requests_not_offered(world: World) -> World:
    """BankID takes no pushed requests, and no client secret in a header."""
    said = {
        "pushed_authorization_request_endpoint": None,
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }
    return _bankid(world, said=said)


@breaks()
def pushed_requests_refused(world: World) -> World:
    """BankID does not let Drop push its requests, which Drop does not do anyway."""
    return _bankid(world, refuses_pushed_requests=True)


# -- what cannot be told ----------------------------------------------------------------------------------------------


@breaks(unknown=BANKID)
def bankid_takes_any_client(world: World) -> World:
    """BankID shows its login to clients that it does not know."""
    return _bankid(world, takes_any_client=True)


@breaks(unknown=BANKID)
def bankid_takes_any_callback(world: World) -> World:
    """BankID would send people anywhere."""
    return _bankid(world, takes_any_redirect=True)


@breaks(unknown=["GL-1.1", "BID-R1"])
def bankid_takes_any_secret(world: World) -> World:
    """BankID does not look at the client's secret."""
    return _bankid(world, takes_any_secret=True)


@breaks(unmet=["GL-1.1", "BID-R4"], unknown=[*LOGIN, "BID-R1"])
def bankid_is_another_issuer(world: World) -> World:
    """What answers at BankID's address speaks for oidc.bankid.no."""
    return _bankid(world, issuer="https://oidc.bankid.no")


@breaks(unmet=["GL-1.1", "BID-R4"], unknown=[*LOGIN, "BID-R1"])
def bankid_sends_its_callers_away(world: World) -> World:
    """BankID's description leads to a token endpoint in plain HTTP."""
    return _bankid(world, said={"token_endpoint": f"http://{HOST}{REALM}/protocol/openid-connect/token"})


@breaks(unmet=["GL-1.1"])
def bankid_without_challenges(world: World) -> World:
    """BankID does not say that it checks challenges by SHA-256."""
    return _bankid(world, said={"code_challenge_methods_supported": ["plain"]})


@breaks(unmet=["GL-3.3.6"], unknown=BANKID)
def bankid_takes_pushed_requests_alone(world: World) -> World:
    """BankID takes no request that was not pushed beforehand."""
    return _bankid(world, needs_pushed_requests=True)


@breaks(unmet=["BID-R4"], unknown=[*BANKID, "GL-3.3.6"])
def bankid_off(world: World) -> World:
    """BankID cannot be reached."""
    return _bankid(world, ailment="off")


@breaks(unmet=["GL-3.3.6", "BID-R4"], unknown=BANKID)
def bankid_broken(world: World) -> World:
    """BankID answers 503."""
    return _bankid(world, ailment="broken")


@breaks(unknown=[*BANKID, "GL-3.3.6", "BID-R4"])
def bankid_throttled(world: World) -> World:
    """BankID has no time for us."""
    return _bankid(world, ailment="throttled")


@breaks(unmet=["GL-3.3.6"], unknown=[*BANKID, "BID-R4"])
def bankid_denied(world: World) -> World:
    """BankID answers 403 to everything."""
    return _bankid(world, ailment="denied")


@breaks(unknown=["GL-3.3.6"])
def bankid_logs_in_at_another_of_its_hosts(world: World) -> World:
    """BankID's login goes on at a host of its own that the environment does not list."""
    return _bankid(world, login_at="https://login.bankid.no/auth")


@breaks(unmet=["GL-3.2.3", "GL-3.3.6"], unknown=["GL-1.1", *CALLBACKS, "GL-3.2.2"])
def bankid_leads_to_a_stranger(world: World) -> World:
    """BankID sends whoever wants to log in to a host that is not its own."""
    return _bankid(world, login_at="https://login.bankid.no.example/auth")


# -- strangers --------------------------------------------------------------------------------------------------------


@breaks(unmet=["GL-3.3.12"])
def strangers_become_customers(world: World) -> World:
    """Before the public hour anybody may become a customer."""
    return _site(world, opened=True)


@breaks(unmet=["GL-3.3.12"])
def dashboard_shown_to_strangers(world: World) -> World:
    """The dashboard is shown to people who have not logged in."""
    return _site(world, lets_in=frozenset({"/dashboard"}))


@breaks(unmet=["GL-3.3.12"])
def balance_told_to_strangers(world: World) -> World:
    """The page is closed, and the API behind it tells everybody the balance."""
    return _site(world, lets_in=frozenset({BALANCE}))


@breaks()
def dashboard_leads_to_the_page_for_logging_in(world: World) -> World:
    """The dashboard sends strangers to a page of our own where they may log in."""
    return _site(world, private_leads_to="/innlogging")


@breaks(unmet=["GL-3.3.12"])
def dashboard_leads_on_behind_it(world: World) -> World:
    """The dashboard sends strangers to the first of its pages."""
    return _site(world, private_leads_to="/dashboard/oversikt")


@breaks(unknown=["GL-3.3.12"])
def dashboard_leads_to_itself_under_another_name(world: World) -> World:
    """The dashboard of getdrop.no sends strangers to that of www.getdrop.no."""
    return _site(world, private_leads_to="https://www.getdrop.no/dashboard")


@breaks(unmet=["GL-3.3.12"])
def dashboard_leads_to_another_host(world: World) -> World:
    """The dashboard sends strangers to a host that is not ours."""
    return _site(world, private_leads_to="https://drop.example/dashboard")


@breaks(unknown=["GL-3.3.12"])
def sign_up_leads_to_the_login(world: World) -> World:
    """Before the public hour the page where strangers become customers leads straight to BankID."""
    return _site(world, sign_up_leads_to="/api/auth/bankid/initiate")


@breaks(unknown=["GL-3.3.12"])
def sign_up_overrun(world: World) -> World:
    """So many want to become customers that the page says 429."""
    return _site(world, busy=frozenset({SIGN_UP}))


@breaks(unmet=["GL-3.5.1"], phase="T+1h")
def restriction_left_on(world: World) -> World:
    """After the public hour strangers are still sent back to the landing page."""
    return _site(world, opened=False)


@breaks(unmet=["GL-3.5.1"], phase="T+1h")
def sign_up_asks_for_an_invitation(world: World) -> World:
    """After the public hour the page where strangers become customers is there, and asks for an invitation."""
    page = world.site.pages[SIGN_UP]
    page = replace(page, body=page.body + pages.INVITATION)
    return _site(world, pages={**world.site.pages, SIGN_UP: page})


@breaks(unmet=["GL-3.5.1"], phase="T+1h")
def sign_up_is_the_not_found_page(world: World) -> World:
    """After the public hour the page where strangers become customers answers 200, and says that it is not there."""
    gone = replace(world.site.not_found, status=200)
    return _site(world, pages={**world.site.pages, SIGN_UP: gone})


@breaks(unknown=["GL-3.3.12", "GL-3.5.1"], phase="T+1h")
def sign_up_overrun_at_the_opening(world: World) -> World:
    """After the public hour so many come that the page where they become customers says 429."""
    return _site(world, busy=frozenset({SIGN_UP}))
