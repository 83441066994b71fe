"""Sentences about the login: what BankID says, what Drop asks it for, and where strangers are stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.errors import CannotTell, ProbeError
from golive.probes.bankid import Description, LoginAsked, Received, SelfDescription, ServiceClient, is_of
from golive.probes.login import Admission, Entrance, Knock, Knocked, LoginRequest, LoginStart
from golive.probes.look import Look
from golive.probes.recognition import CredentialsShown, Recognition
from golive.probes.web import Answer
from golive.remarks import Remarks
from golive.vocabulary import judges, looks
from steps.browser import NOT_THERE
from steps.visitor import SAME_PAGE

REFUSED = (401, 403)
NOT_TAKEN = 405  # another method may be
# With which words BankID refuses a request to the one who sent it (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6), and
# which say that it takes it: a person is needed, or a scope is not granted, which is GL-3.2.3's.
REFUSES = (
    *("unauthorized_client", "invalid_request", "access_denied", "unsupported_response_type"),
    *("invalid_client", "request_not_supported"),
)
TAKES = ("login_required", "interaction_required", "consent_required", "invalid_scope")


# -- BankID -----------------------------------------------------------------------------------------------------------


@looks("BankID's description of itself", target_fixture="description")
def description(environment: Environment) -> Look[Description]:
    return SelfDescription(environment.bankid.issuer)


@looks(
    'BankID is shown the credentials of the service, and asked for a login that returns to "{callback}"',
    target_fixture="shown",
)
def credentials_shown(environment: Environment, callback: str) -> list[Look[Any]]:
    issuer, service = environment.bankid.issuer, environment.aws.service_arn
    return [CredentialsShown(issuer, service, callback), LoginAsked(issuer, ServiceClient(service), callback)]


@looks("a login is started twice", target_fixture="login")
def login_started(environment: Environment) -> list[Look[Any]]:
    return [SelfDescription(environment.bankid.issuer), _start(environment)]


@looks("BankID is asked for the login that Drop asks for", target_fixture="received")
def own_login_asked(environment: Environment) -> Look[Received]:
    return LoginAsked(environment.bankid.issuer, _start(environment), "")


@looks('BankID is asked for a login of Drop\'s that returns to "{callback}"', target_fixture="received")
def login_asked(environment: Environment, callback: str) -> Look[Received]:
    return LoginAsked(environment.bankid.issuer, _start(environment), callback)


@judges("it describes")
def bankid_describes(description: Description, datatable: list[list[str]], remarks: Remarks) -> None:
    said = {
        "issuer": (description.issuer,),
        "response type": description.response_types,
        "code challenge": description.challenge_methods,
        "scope": description.scopes,
    }
    lacking = [
        f"no {of} {word} (it says {', '.join(told or ()) or 'none'})"
        for of, word in datatable[1:]
        if (told := said.get(of, ())) is not None and word not in told
    ]
    wrong = [*([description.distrust] if description.distrust else []), *lacking]
    assert not wrong, f"{description.source}: {'; '.join(wrong)}; it must be BankID's own, and describe each"
    if description.scopes is None:
        remarks.warn(f"{description.source} lists no scopes")
    remarks.examined(len(datatable) - 1, "statements")


@judges("BankID takes the credentials")
def credentials_are_taken(shown: tuple[Recognition, Received], remarks: Remarks) -> None:
    recognition = shown[0]
    assert recognition.token == "", (
        f"{recognition.source} says {recognition.token} to BANKID_CLIENT_ID and BANKID_CLIENT_SECRET of the service; "
        "it must take both and refuse the code alone (invalid_grant)"
    )
    if recognition.pushed:
        remarks.warn(f"BankID offers pushed requests, and says {recognition.pushed} to the service's")


@judges("it knows the callback of the service")
def service_callback_is_known(shown: tuple[Recognition, Received]) -> None:
    _demand_taken(shown[1])


@judges("BankID knows the callback")
def callback_is_known(received: Received) -> None:
    _demand_taken(received)


@judges("BankID lets the visitor log in")
def login_is_shown(received: Received) -> None:
    assert received.how == "login", f"{_reception(received)}; it must go on to its login"


@judges("the visitor is sent to BankID each time, carrying")
def login_carries(login: tuple[Description, LoginRequest], datatable: list[list[str]], remarks: Remarks) -> None:
    description, request = login
    wanted = dict(datatable[1:])
    seen = {name: request.parts.get(name, "missing") for name in wanted}
    assert not request.wrong, f"at {request.start} no request for a login is made: {request.wrong}"
    there = request.endpoint == description.trusted().authorization_endpoint
    assert (there, seen) == (True, wanted), (
        f"{request.start} sends the visitor to {request.endpoint} with "
        f"{'; '.join(f'{name} {value}' for name, value in seen.items())}; it must be "
        f"{description.authorization_endpoint} with {'; '.join(f'{name} {value}' for name, value in wanted.items())}"
    )
    remarks.examined(2, "starts of a login")


@looks("somebody without a BankID asks to be let in at", target_fixture="asked_in")
def let_in_asked(environment: Environment, datatable: list[list[str]]) -> list[Look[Knocked]]:
    return [Knock(f"https://{environment.site.host}{path}") for (path,) in datatable]


@judges('"{front}" asks for no password, and nothing else is there')
def no_other_login(pages: list[Answer], asked_in: list[Knocked], front: str, remarks: Remarks) -> None:
    page = next(page for page in pages if urlsplit(page.url).path == front)
    others = [other for other in pages if other is not page]
    asked = page.outline.passwords
    found = [f"{other.url} answers {other.status}" for other in others if other.status not in NOT_THERE]
    answered = [one for one in asked_in if not _is_gone(one)]
    found += [f"{one.url} answers {one.status} to a POST" for one in answered if not one.like_nothing]
    assert (page.status, asked, found) == (200, 0, []), (
        f"{page.url} answers {page.status} with {asked} fields for a password"
        f"{''.join(f'; {one}' for one in found)}; the only way in must be BankID"
    )
    if answered:
        told = ", ".join(f"{one.url} ({one.status})" for one in answered)
        raise ProbeError(page.url, f"a POST is answered as where nothing can be, so nothing is seen of {told}")
    remarks.examined(len(others), "other ways in")


# -- in an incident ---------------------------------------------------------------------------------------------------


@judges("a login begins there")
def login_begins(login: tuple[Description, LoginRequest]) -> None:
    request = login[1]
    assert not request.wrong, f"at {request.start} no request for a login is made: {request.wrong}"


@judges("what begins there carries")
def begun_login_carries(login: tuple[Description, LoginRequest], datatable: list[list[str]], remarks: Remarks) -> None:
    request = login[1].sent()
    wanted = dict(datatable[1:])
    seen = {name: request.parts.get(name, "missing") for name in wanted}
    assert seen == wanted, f"{request.start} sends the visitor to BankID with {seen}; it must be {wanted}"
    remarks.examined(2, "starts of a login")


@judges("BankID, which knows the client, knows the callback of the service")
def known_clients_callback_is_known(shown: tuple[Recognition, Received]) -> None:
    _demand_client(shown[0])
    _demand_known(shown[1])


@judges("BankID, which knows the client, knows the callback that Drop asks for")
def asked_callback_is_known(shown: tuple[Recognition, Received], received: Received) -> None:
    _demand_client(shown[0])
    _demand_known(received)


def _is_gone(one: Knocked) -> bool:
    """Whether nothing is there for a POST: it says so, or takes none there as it takes none where nothing can be."""
    return one.status in NOT_THERE or (one.status == NOT_TAKEN and one.like_nothing)


def _demand_client(recognition: Recognition) -> None:
    if recognition.token != "":
        raise ProbeError(recognition.source, f"it says {recognition.token} to the client, so nothing of its callback")


# -- strangers --------------------------------------------------------------------------------------------------------


@looks("a stranger opens", target_fixture="admissions")
def entrances(environment: Environment, datatable: list[list[str]]) -> list[Look[Admission]]:
    return [Entrance(f"https://{environment.site.host}{path}") for (path,) in datatable]


@looks("a stranger asks to become a customer", target_fixture="welcome")
def sign_up(environment: Environment) -> Look[Admission]:
    path = environment.answered(environment.site.sign_up, "site.sign_up")
    return Entrance(f"https://{environment.site.host}{path}")


@judges('each is refused, or leads back to "{front}" or to the login')
def strangers_are_stopped(admissions: list[Admission], front: str, environment: Environment, remarks: Remarks) -> None:
    further = [one for one in admissions if not _is_stopped(one, front, environment)]
    doubts = {one: _doubt(one, environment) for one in further}
    open_ = [_admission(one) for one in further if not doubts[one]]
    assert not open_, (
        f"a stranger gets further than {front}: {'; '.join(open_)}; each must refuse (401, 403) or lead back"
    )
    remarks.examined(len(admissions), "ways in")
    if further:
        raise CannotTell(environment.site.host, "; ".join(doubts.values()))


@judges('until {hours:d} hour after the launch that is refused, or leads back to "{front}"', needs=("launch_at",))
def sign_up_is_closed(
    welcome: Admission,
    hours: int,
    front: str,
    environment: Environment,
    now: datetime,
    launch_at: datetime | None,
    remarks: Remarks,
) -> None:
    opening = environment.answered(launch_at, "launch_at") + timedelta(hours=hours)
    closed = _is_refused(welcome) or _leads_to(welcome, (front,), environment)
    doubt = _doubt(welcome, environment)
    if _is_stopped(welcome, front, environment):
        doubt = f"{_admission(welcome)}, which is the login: whether that makes a customer of a stranger cannot be seen"
    if doubt and not closed and now < opening:
        raise CannotTell(welcome.url, doubt)
    assert closed or now >= opening, (
        f"{_admission(welcome)}; until {opening:%Y-%m-%d %H:%M} UTC it must refuse strangers (401, 403) or lead back"
    )
    if now >= opening:
        remarks.warn("the public hour is over: that strangers were kept out until then, only the signature can say")


@judges('that is there for everybody, asks for no invitation, and is not what "{nothing}" shows')
def sign_up_is_open(welcome: Admission, pages: list[Answer], nothing: str) -> None:
    missing = next(page for page in pages if urlsplit(page.url).path == nothing)
    shown = welcome.outline
    if welcome.status == 200 and not shown.words:
        raise CannotTell(welcome.url, "it shows nothing without a script, so whether it lets everybody in is not seen")
    alike = shown.likeness(missing.outline)
    wrong = [
        *([] if alike < SAME_PAGE else [f"shares {alike:.0%} of its words with {missing.url}, where there is nothing"]),
        *(["asks for an invitation"] if shown.invitations else []),
    ]
    assert welcome.status == 200 and not wrong, (  # noqa: PT018  # one page, told whole
        f"{'; it '.join([_admission(welcome), *wrong])}; it must be there for everybody (200) and ask for no invitation"
    )


# -- readings ---------------------------------------------------------------------------------------------------------


def _start(environment: Environment) -> LoginStart:
    start = environment.bankid.start
    return LoginStart(f"https://{environment.site.host}{start.path}", start.method)


def _demand_known(received: Received) -> None:
    if received.how == "elsewhere":
        raise ProbeError(received.callback, "BankID leads the visitor to an address that nobody named")
    assert received.knows_callback, (
        f"{_reception(received)}; client and callback must be registered there, letter by letter"
    )


def _demand_taken(received: Received) -> None:
    """A known callback to which BankID sends word that it refuses the request is of no use to anybody."""
    _demand_known(received)
    assert received.error not in REFUSES, f"{_reception(received)}; it must take what Drop asks for"
    if received.how == "error" and received.error not in TAKES:
        raise ProbeError(received.callback, f"BankID sends the visitor back with {received.error}, which says nothing")


def _reception(received: Received) -> str:
    said = {"login": "goes on to its login", "refused": "sends nobody back", "elsewhere": "leads elsewhere"}
    what = said.get(received.how, f"sends the visitor back with {received.error}")
    return f"asked for a login that returns to {received.callback}, BankID answers {received.status} and {what}"


def _is_refused(one: Admission) -> bool:
    return one.leads_to is None and one.status in REFUSED


def _leads_to(one: Admission, paths: Sequence[str], environment: Environment) -> bool:
    """Whether it leads to one of our own *paths*, under either of our names."""
    target = urlsplit(one.leads_to or "")
    ours = target.scheme == "https" and target.hostname in (environment.site.host, environment.site.www)
    return ours and (target.path or "/") in paths


def _is_stopped(one: Admission, front: str, environment: Environment) -> bool:
    """Whether the stranger is refused, or led back to *front* or to the login, as far as the environment names it."""
    home = (front, environment.bankid.start.path, environment.site.login_page or front)
    at_bankid = one.leads_to is not None and is_of(one.leads_to, environment.bankid.issuer)
    return _is_refused(one) or at_bankid or _leads_to(one, home, environment)


def _doubt(one: Admission, environment: Environment) -> str:
    """Why nobody can say whether a stranger who is not stopped is let in, "" where that is plain."""
    there = urlsplit(one.leads_to or "").path or "/"
    if not _leads_to(one, (there,), environment):
        return ""
    if there == urlsplit(one.url).path:
        return f"{one.url} leads to the same page under another name, {one.leads_to}"
    if environment.site.login_page is None:
        return f"{one.url} leads to {one.leads_to}, and nobody has said whether that is the login (site.login_page)"
    return ""


def _admission(one: Admission) -> str:
    return f"{one.url} answers {one.status}" + (f" and leads to {one.leads_to}" if one.leads_to else "")
