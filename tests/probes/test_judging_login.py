"""What the sentences about the login make of answers that no fault of the twin gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Denied, NothingExamined, ProbeError, Unreadable
from golive.probes.bankid import Description, Received
from golive.probes.html import outline, read
from golive.probes.login import Admission, Knocked, LoginRequest
from golive.probes.recognition import Recognition
from golive.probes.web import Answer
from golive.remarks import Remarks
from steps import login

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ISSUER = "https://auth.bankid.no/auth/realms/prod"
SAID = Description(ISSUER, ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", None, False, ("code",), ("S256",), None, (), "")
ASKED = LoginRequest(
    "https://getdrop.no/start", endpoint=f"{ISSUER}/auth", client_id="drop", parts={"scopes": "openid"}
)
TABLE = [["part", "value"], ["scopes", "openid"]]


SIGN_UP = "<h1>Bli kunde</h1><p>Alle over 18 år med norsk BankID kan bli kunde. Det tar to minutter.</p>"
NOTHING_HERE = "<h1>Fant ikke siden</h1><p>Siden du leter etter, finnes ikke.</p>"


def having(environment: Environment, **changes: Any) -> Environment:
    """*environment* with a site that has *changes*."""
    return environment.model_copy(update={"site": environment.site.model_copy(update=changes)})


def shown(html: str) -> Admission:
    """A page that is there for a stranger."""
    url = "https://getdrop.no/bli-kunde"
    return Admission(url, 200, None, outline(read(html, url), str.upper, there=False))


MISSING = Answer("https://getdrop.no/no-such-page", 404, (), shown(NOTHING_HERE).outline)


def admission(status: int, leads_to: str | None = None) -> Admission:
    """How a stranger was received."""
    return Admission("https://getdrop.no/dashboard", status, leads_to)


@pytest.mark.parametrize(
    ("one", "stopped"),
    [
        (admission(401), True),
        (admission(403), True),
        (admission(302, "https://getdrop.no/"), True),
        (admission(307, "https://getdrop.no/api/auth/bankid/initiate"), True),
        (admission(303, f"{ISSUER}/precheck/auth"), True),
        (admission(200), False),
        (admission(404), False),
        (admission(500), False),
        (admission(302, "http://getdrop.no/"), False),
        (admission(302, "https://getdrop.no/dashboard/home"), False),
        (admission(302, "https://getdrop.no/innlogging"), True),
        (admission(302, "https://www.getdrop.no/innlogging"), True),
        (admission(302, "https://www.getdrop.no"), True),
        (admission(302, "https://login.bankid.no/auth"), True),
        (admission(302, "https://login.bankid.no.example/auth"), False),
        (admission(302, "https://elsewhere.example/"), False),
    ],
    ids=str,
)
def test_stranger_is_stopped_by_refusal_or_by_the_way_back(
    environment: Environment, one: Admission, stopped: bool
) -> None:
    """
    An error or a page that is not there is no refusal, and another page behind the first no way back.
    """
    assert environment.site.login_page == "/innlogging"
    if stopped:
        login.strangers_are_stopped([one], "/", environment, Remarks())
    else:
        with pytest.raises(AssertionError, match="gets further than /"):
            login.strangers_are_stopped([admission(401), one], "/", environment, Remarks())


def test_stranger_at_a_page_that_nobody_named_is_unknown(environment: Environment) -> None:
    """
    It may be the login and it may be the dashboard's first page: where the environment does not say, nobody knows. Who
    is let in elsewhere is let in.
    """
    one, silent = admission(302, "https://getdrop.no/innlogging"), having(environment, login_page=None)
    with pytest.raises(CannotTell, match=r"site\.login_page"):
        login.strangers_are_stopped([admission(401), one], "/", silent, Remarks())
    with pytest.raises(AssertionError, match="gets further than /"):
        login.strangers_are_stopped([one, admission(200)], "/", silent, Remarks())


def test_the_same_page_under_our_other_name_is_unknown(environment: Environment) -> None:
    """
    Being sent from getdrop.no to www is neither being stopped nor being let in.
    """
    one = admission(308, "https://www.getdrop.no/dashboard")
    with pytest.raises(CannotTell, match="under another name"):
        login.strangers_are_stopped([one], "/", environment, Remarks())


@pytest.mark.parametrize(
    "target",
    ["https://getdrop.no/innlogging", "https://getdrop.no/api/auth/bankid/initiate", f"{ISSUER}/precheck/auth"],
)
@pytest.mark.parametrize("login_page", [None, "/innlogging"])
def test_sign_up_that_leads_to_the_login_is_unknown_until_the_hour(
    environment: Environment, target: str, login_page: str | None
) -> None:
    """
    Whoever logs in for the first time may become a customer by it, so that the login is no closed door for strangers.
    """
    said: Any = (admission(302, target), 1, "/", having(environment, login_page=login_page), NOW)
    with pytest.raises(CannotTell):
        login.sign_up_is_closed(*said, NOW, Remarks())
    login.sign_up_is_closed(*said, NOW - timedelta(hours=1), Remarks())
    front: Any = (admission(302, "https://getdrop.no/"), *said[1:])
    login.sign_up_is_closed(*front, NOW, Remarks())


def test_nobody_asked_is_nobody_stopped(environment: Environment) -> None:
    """
    Without a way in, nothing was examined.
    """
    with pytest.raises(NothingExamined):
        login.strangers_are_stopped([], "/", environment, Remarks())


@pytest.mark.parametrize(
    ("ago", "status", "held", "warned"),
    [
        (timedelta(minutes=59, seconds=59), 403, True, False),
        (timedelta(minutes=59, seconds=59), 200, False, False),
        (timedelta(hours=1), 200, True, True),
        (timedelta(hours=1), 403, True, True),
        (timedelta(days=-7), 200, False, False),
    ],
)
def test_sign_up_is_closed_until_the_hour(
    environment: Environment, ago: timedelta, status: int, held: bool, warned: bool
) -> None:
    """
    To the second; afterwards only a warning says that nobody can see what was before.
    """
    remarks = Remarks()
    arguments: Any = (admission(status), 1, "/", environment, NOW, NOW - ago, remarks)
    if held:
        login.sign_up_is_closed(*arguments)
    else:
        with pytest.raises(AssertionError, match="it must refuse strangers"):
            login.sign_up_is_closed(*arguments)
    assert bool(remarks.warnings) is warned


def test_without_a_launch_the_hour_is_not_known(environment: Environment) -> None:
    """
    Where the environment does not know the launch, nobody can say on which side of it we are.
    """
    with pytest.raises(Denied, match="launch_at"):
        login.sign_up_is_closed(admission(403), 1, "/", environment, NOW, None, Remarks())


def test_without_a_coordinate_there_is_nothing_to_open(environment: Environment) -> None:
    """
    Where nobody has said how a stranger becomes a customer, that is unknown.
    """
    with pytest.raises(Denied, match=r"site\.sign_up"):
        login.sign_up(having(environment, sign_up=None))


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_what_is_not_there_is_not_open(status: int) -> None:
    """
    Only a page that is there is open.
    """
    with pytest.raises(AssertionError, match="must be there for everybody"):
        login.sign_up_is_open(replace(shown(SIGN_UP), status=status), [MISSING], "/no-such-page")


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (NOTHING_HERE, "shares 100% of its words"),
        (f"{SIGN_UP}<label for=a>Invitasjonskode</label><input id=a>", "asks for an invitation;"),
        (f"{SIGN_UP}<label>Din kode: <input></label>", "asks for an invitation;"),
        (f"{SIGN_UP}<input name=inviteCode>", "asks for an invitation;"),
        (f"{SIGN_UP}<input placeholder='Invitation code'><input aria-label=Kode>", "asks for an invitation;"),
        (f"{SIGN_UP}<input name=access_code>", "asks for an invitation;"),
    ],
)
def test_page_that_asks_for_an_invitation_is_not_open(html: str, said: str) -> None:
    """
    Nor is the page for what does not exist, whatever it answers.
    """
    with pytest.raises(AssertionError, match=said):
        login.sign_up_is_open(shown(html), [MISSING], "/no-such-page")


@pytest.mark.parametrize(
    "field",
    [
        "",
        "<label for=b>Postnummer</label><input id=b name=postal-code autocomplete=postal-code>",
        "<label>Landkode</label><input name=country_code><input placeholder='Kode på SMS' autocomplete=one-time-code>",
        "<input type=hidden name=invitation><input type=submit value='Inviter'>",
        "<p>Ingen invitasjon trengs.</p>",
    ],
)
def test_other_codes_are_no_invitation(field: str) -> None:
    """
    Only a field that can be filled in, and that names an invitation or nothing but a code, asks for one.
    """
    login.sign_up_is_open(shown(SIGN_UP + field), [MISSING], "/no-such-page")


def test_page_that_shows_nothing_without_a_script_is_unknown() -> None:
    """
    What a script would show was not read: it may ask for an invitation.
    """
    with pytest.raises(CannotTell, match="without a script"):
        login.sign_up_is_open(shown("<div id=root></div>"), [MISSING], "/no-such-page")


def test_scopes_that_are_not_listed_are_a_warning() -> None:
    """
    A provider need not list its scopes (Discovery 3); nothing is concluded from that.
    """
    remarks = Remarks()
    login.bankid_describes(SAID, [["of", "word"], ["scope", "openid"], ["issuer", ISSUER]], remarks)
    assert len(remarks.warnings) == 1


@pytest.mark.parametrize("row", [["scope", "profile"], ["code challenge", "plain"], ["colour", "red"], ["issuer", "x"]])
def test_what_is_not_described_is_told(row: list[str]) -> None:
    """
    Each word must stand where the document says such things.
    """
    with pytest.raises(AssertionError, match=f"no {row[0]} {row[1]}"):
        login.bankid_describes(replace(SAID, scopes=("openid",)), [["of", "word"], row], Remarks())


@pytest.mark.parametrize(
    ("description", "request_", "error", "said"),
    [
        (SAID, replace(ASKED, wrong="GET is answered 500"), AssertionError, "answered 500"),
        (SAID, replace(ASKED, endpoint="https://getdrop.no/mock"), AssertionError, "getdrop.no/mock"),
        (SAID, replace(ASKED, parts={}), AssertionError, "scopes missing"),
        (replace(SAID, distrust="it speaks for another"), ASKED, Unreadable, "speaks for another"),
    ],
    ids=["no request", "not BankID", "no scopes", "not BankID's description"],
)
def test_login_must_lead_to_bankid(
    description: Description, request_: LoginRequest, error: type[Exception], said: str
) -> None:
    """
    Whole, at the endpoint that BankID itself describes.
    """
    login.login_carries((SAID, ASKED), TABLE, Remarks())
    with pytest.raises(error, match=said):
        login.login_carries((description, request_), TABLE, Remarks())


@pytest.mark.parametrize(
    ("received", "error"),
    [
        (Received("drop://auth/callback", "refused", 400), AssertionError),
        (Received("drop://auth/callback", "elsewhere", 303), ProbeError),
    ],
    ids=["refused", "elsewhere"],
)
def test_callback_is_known_where_somebody_would_arrive(received: Received, error: type[Exception]) -> None:
    """
    A login or an error at the callback; not a refusal, and of a visitor led elsewhere nothing can be told.
    """
    login.callback_is_known(replace(received, how="login"))
    login.callback_is_known(replace(received, how="error", error="invalid_scope"))
    with pytest.raises(error):
        login.callback_is_known(received)
    with pytest.raises(AssertionError):
        login.login_is_shown(received)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("login_required", None),
        ("interaction_required", None),
        ("consent_required", None),
        ("invalid_scope", None),
        ("unauthorized_client", AssertionError),
        ("invalid_request", AssertionError),
        ("access_denied", AssertionError),
        ("unsupported_response_type", AssertionError),
        ("invalid_client", AssertionError),
        ("another error", ProbeError),
        ("invalid_grant", ProbeError),
    ],
)
def test_word_at_the_callback_says_whether_the_request_is_taken(error: str, raised: type[Exception] | None) -> None:
    """
    That a person is needed, or a scope not granted, says nothing against the callback; a refusal is a no, and a word
    that is no answer to such a request is none. Whose callback it is, is known in each case.
    """
    seen = Received("https://getdrop.no/callback", "error", 303, error)
    known = Recognition("token", "", None)
    login.known_clients_callback_is_known((known, seen))
    login.asked_callback_is_known((known, seen), seen)
    judges: list[Callable[[], object]] = [
        lambda: login.callback_is_known(seen),
        lambda: login.service_callback_is_known((known, seen)),
    ]
    for judge in judges:
        if raised is None:
            judge()
        else:
            with pytest.raises(raised, match=error):
                judge()


def test_refused_push_is_a_warning() -> None:
    """
    That BankID lets the service push no request does not keep anybody from logging in.
    """
    remarks = Remarks()
    login.credentials_are_taken((Recognition("token", "", "unauthorized_client"), Received("", "login", 200)), remarks)
    assert "unauthorized_client" in remarks.warnings[0]
    with pytest.raises(AssertionError, match="invalid_client"):
        login.credentials_are_taken((Recognition("token", "invalid_client", None), Received("", "login", 200)), remarks)


@pytest.mark.parametrize(
    ("front", "other", "offered"),
    [
        ("<p>Drop</p>", 404, False),
        ("<p>Drop</p>", 410, False),
        ("<p>Drop</p>", 405, True),
        ("<p>Drop</p>", 401, True),
        ("<p>Drop</p>", 200, True),
        ("<input type=PASSWORD>", 404, True),
        ('<input autocomplete="section-x current-password">', 404, True),
    ],
)
def test_other_ways_in_are_noticed(front: str, other: int, offered: bool) -> None:
    """
    A field for a password, or an address that answers at all.
    """
    home = "https://getdrop.no/"
    pages = [
        Answer(home, 200, (), outline(read(f"<html lang=nb>{front}</html>", home), str.upper, there=True)),
        Answer(f"{home}api/auth/login", other, ()),
    ]
    nobody = [Knocked(f"{home}api/auth/login", 404, None)]
    if offered:
        with pytest.raises(AssertionError, match="the only way in must be BankID"):
            login.no_other_login(pages, nobody, "/", Remarks())
    else:
        login.no_other_login(pages, nobody, "/", Remarks())


@pytest.mark.parametrize(
    ("status", "nothing", "raised"),
    [
        (404, None, None),
        (410, None, None),
        (405, 405, None),
        (405, 404, AssertionError),
        (401, 404, AssertionError),
        (400, 404, AssertionError),
        (200, 404, AssertionError),
        (500, 404, AssertionError),
        (401, 405, AssertionError),
        (403, 403, ProbeError),
        (200, 200, ProbeError),
        (500, 500, ProbeError),
    ],
)
def test_what_a_post_is_answered_tells_of_another_way_in(
    status: int, nothing: int | None, raised: type[Exception] | None
) -> None:
    """
    A GET is answered 404 each time. A POST that somebody takes, or refuses, is a way in, unless it is answered so where
    nothing can be: then nothing is seen of what is behind, except that a method which nobody takes anywhere is not
    taken here.
    """
    home = "https://getdrop.no/"
    url = f"{home}api/auth/login"
    pages = [Answer(home, 200, ()), Answer(url, 404, ())]

    def judge() -> None:
        login.no_other_login(pages, [Knocked(url, status, nothing)], "/", Remarks())

    if raised is None:
        judge()
    else:
        with pytest.raises(raised, match="the only way in" if raised is AssertionError else "where nothing can be"):
            judge()
