"""What the sentences about visitors and names make of answers that no fault of the twin gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive.environment import Environment, load
from golive.errors import CannotTell, NothingExamined
from golive.probes.browser import Control, Dialog, Form, Sight, Stored
from golive.probes.bundle import Built
from golive.probes.certificate import Served, Shown, Spoken
from golive.probes.names import Found, Issuers, Said
from golive.probes.web import Hop, Trip
from golive.remarks import Remarks
from steps import browser, bundle, names, visitor

HOME = Path(__file__).parents[2]
FRONT = "https://getdrop.no/"
HTTP, HTTPS = "http://getdrop.no/a", "https://getdrop.no/a"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
YES = Control("Godta alle", "button", 120, 48, 17, checked=False)
NO = Control("Avvis", "button", 80, 48, 17, checked=False)
BOX = Control("Statistikk", "checkbox", 16, 16, 17, checked=True)
SEEN = Sight(FRONT, 200, clicked=False, title="Drop", language="nb", words=10)
ABOUT, TOOL = ("informasjonskapsler",), "consent.example"
FORM = Form("post", FRONT + "api/klage", ("Ditt navn", "E-post *", "Beskrivelse av saken"), True, receiver=405)
ASKED = [["navn"], ["e-post"], ["beskrivelse"]]
SENT = (("strict-transport-security", 'preload; max-age="1"'),)
THERE = Trip((Hop(FRONT, 200, None, SENT),), "arrived")
ERROR = Trip((Hop(FRONT + "no-such-page", 404, None, SENT),), "arrived")
END = NOW + timedelta(days=90)
SHOWN = Shown("192.0.2.10", ("getdrop.no",), NOW, END, END, "RSA", 2048, "sha256", "CN=A", "", "")
SAID = Said("192.0.2.53 (ns1)", True, True, ("192.0.2.10",))
BOTH = Said("192.0.2.54 (ns2)", True, True, ("192.0.2.10", "192.0.2.11"))
RESOLVER = Said("198.51.100.53", False, True, ("192.0.2.10",))
APEX = Found("getdrop.no", "getdrop.no", (SAID,), (), False, "")


@dataclass(frozen=True, slots=True)
class Told:
    """Settings as another module of the vocabulary hands them over."""

    values: dict[str, str]
    source: str = "drop-web"


@pytest.mark.parametrize(
    ("controls", "fair"),
    [
        ((YES, NO), True),
        ((YES, replace(NO, text="Bare nødvendige")), True),
        ((replace(YES, text="Accept all"), replace(NO, text="Reject all")), True),
        ((YES, NO, replace(BOX, checked=False)), True),
        ((YES, NO, replace(BOX, text="Nødvendige")), True),
        ((YES, NO, BOX), False),
        ((YES, NO, replace(BOX, kind="switch")), False),
        ((YES,), False),
        ((NO,), False),
        ((YES, replace(NO, text="Innstillinger")), False),
        ((YES, replace(NO, font=11)), False),
        ((YES, replace(NO, height=20)), False),
        ((replace(YES, text="Ikke godta"),), False),
        ((), False),
    ],
)
def test_consent_is_fair_when_no_is_as_near_as_yes(
    environment: Environment, controls: tuple[Control, ...], fair: bool
) -> None:
    """
    Two answers side by side, about as large, nothing ticked beforehand except what must be.
    """
    sight = replace(SEEN, dialogs=(Dialog(ABOUT, controls),))
    verdict(lambda: browser.consent_is_free(sight, environment), fair)


def test_other_dialogs_do_not_hide_the_question(environment: Environment) -> None:
    """
    Beside a dialog about something else, the one that asks counts.
    """
    dialogs = (Dialog((), ()), Dialog(ABOUT, (YES, NO)))
    browser.consent_is_free(replace(SEEN, dialogs=dialogs), environment)


def test_another_question_is_no_question_for_consent(environment: Environment) -> None:
    """
    A yes and a no to something else, a newsletter, ask for no consent, however fair they are.
    """
    sight = replace(SEEN, dialogs=(Dialog((), (YES, NO)),))
    with pytest.raises(AssertionError, match="does not name what it asks"):
        browser.consent_is_free(sight, environment)


def test_a_question_that_may_be_out_of_sight_is_unknown(environment: Environment) -> None:
    """
    Where nothing asks, and a host that the gate does not reach may: unknown; where something asks unfairly, unmet.
    """
    sight = replace(SEEN, outside=(TOOL,))
    with pytest.raises(CannotTell, match=TOOL):
        browser.consent_is_free(sight, environment)
    with pytest.raises(CannotTell, match=TOOL):
        browser.consent_is_free(replace(sight, dialogs=(Dialog((), (YES, NO)),)), environment)
    verdict(lambda: browser.consent_is_free(replace(sight, dialogs=(Dialog(ABOUT, (YES,)),)), environment), False)
    verdict(lambda: browser.consent_is_free(sight, having(environment, reviewed_hosts=(TOOL,))), False)
    verdict(lambda: browser.consent_is_free(replace(sight, status=500), environment), False)


def test_what_others_store_is_not_taken_for_nothing(environment: Environment) -> None:
    """
    Hosts that are asked before any answer and not reached are named, unless they were reviewed: then they are told.
    """
    table, sight = [["cookie"], ["drop_session"]], replace(SEEN, outside=("connect.facebook.net", TOOL))
    with pytest.raises(CannotTell, match=f"connect.facebook.net, {TOOL}"):
        browser.nothing_is_stored(sight, table, environment, Remarks())
    with pytest.raises(CannotTell, match=r"asks connect\.facebook\.net, which"):
        browser.nothing_is_stored(sight, table, having(environment, reviewed_hosts=(TOOL,)), Remarks())
    remarks, reviewed = Remarks(), having(environment, reviewed_hosts=sight.outside)
    browser.nothing_is_stored(sight, table, reviewed, remarks)
    assert TOOL in remarks.warnings[0]
    stored = replace(sight, stored=(Stored("cookie", "_ga", "getdrop.no"),))
    verdict(lambda: browser.nothing_is_stored(stored, table, environment, Remarks()), False)


@pytest.mark.parametrize(
    ("stored", "ok"),
    [
        ((), True),
        ((Stored("cookie", "drop_session", "getdrop.no"),), True),
        ((Stored("localStorage", "drop_session", "getdrop.no"),), False),
        ((Stored("indexedDB", "firebase", "getdrop.no"),), False),
    ],
)
def test_what_may_be_stored_is_told_by_kind_and_name(
    environment: Environment, stored: tuple[Stored, ...], ok: bool
) -> None:
    """
    A cookie that is let by lets by nothing else of its name.
    """
    table, sight = [["cookie"], ["drop_session"]], replace(SEEN, stored=stored)
    verdict(lambda: browser.nothing_is_stored(sight, table, environment, Remarks()), ok)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "get"}, "sent by get"),
        ({"method": "dialog"}, "sent by dialog"),
        ({"sendable": False}, "which cannot be sent"),
        ({"action": "http://getdrop.no/api/klage"}, "no address over HTTPS"),
        ({"action": "mailto:"}, "no address over HTTPS"),
        ({"action": "https://slack.com/klage", "receiver": None}, "which is not ours"),
        ({"receiver": 404}, r"where nothing is \(404\)"),
        ({"receiver": 410, "method": ""}, r"where nothing is \(410\)"),
        ({"fields": ("Navn", "E-post")}, "asks for Navn, E-post;"),
    ],
)
def test_form_must_ask_and_be_sent_where_something_is(
    environment: Environment, change: dict[str, Any], said: str
) -> None:
    """
    What is typed into a form must not stand in an address, and must arrive somewhere of ours.
    """
    with pytest.raises(AssertionError, match=said):
        browser.form_can_be_sent(formed(change), ASKED, environment, Remarks())


@pytest.mark.parametrize(
    ("change", "warned"),
    [
        ({}, False),
        ({"receiver": 200}, False),
        ({"receiver": 401}, False),
        ({"action": "https://www.getdrop.no/api/klage"}, False),
        ({"method": ""}, True),
        ({"method": "", "action": FRONT + "klage", "receiver": 200}, True),
        ({"method": "", "action": "javascript:", "receiver": None}, True),
    ],
)
def test_form_of_a_script_is_a_form(environment: Environment, change: dict[str, Any], warned: bool) -> None:
    """
    A form that says no method is what React writes: a warning. Whatever answers at the action but "not here" is there.
    """
    remarks = Remarks()
    browser.form_can_be_sent(formed(change), ASKED, environment, remarks)
    assert [("by POST" in warning) for warning in remarks.warnings] == [True] * warned


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"action": "https://forms.example/1", "receiver": None}, "forms.example/1, which the gate does not reach"),
        ({"method": "", "action": "https://forms.example/1", "receiver": None}, "which the gate does not reach"),
        ({"receiver": None, "unseen": "no answer within 5 s"}, "no answer within 5 s"),
        ({"receiver": 503}, "which answers 503"),
    ],
)
def test_form_whose_receiver_is_not_seen_is_unknown(
    environment: Environment, change: dict[str, Any], said: str
) -> None:
    """
    Another's host, no answer or an error say nothing; one form beside it that is seen to arrive is enough.
    """
    sight = formed(change)
    with pytest.raises(CannotTell, match=said):
        browser.form_can_be_sent(sight, ASKED, environment, Remarks())
    browser.form_can_be_sent(replace(sight, forms=(*sight.forms, FORM)), ASKED, environment, Remarks())


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({}, True),
        ({"status": None}, True),
        ({"clicked": False}, False),
        ({"status": 404}, False),
        ({"outside": ()}, False),
    ],
)
def test_form_that_another_host_would_show_is_unknown(
    environment: Environment, change: dict[str, Any], unknown: bool
) -> None:
    """
    Where a page without a form asks somebody whom the gate does not reach; without the link to it nobody gets there.
    """
    sight = replace(SEEN, **{"clicked": True, "outside": ("forms.example",), **change})
    with pytest.raises(CannotTell if unknown else AssertionError):
        browser.form_can_be_sent(sight, ASKED, environment, Remarks())


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"url": "https://www.getdrop.no/"}, False),
        ({"url": "http://getdrop.no/"}, False),
        ({"status": 500}, False),
        ({"status": None}, False),
        ({"language": "en"}, False),
        ({"words": 0}, False),
        ({"errors": ("TypeError",)}, False),
    ],
)
def test_page_works_when_it_is_ours_and_whole(environment: Environment, change: dict[str, Any], ok: bool) -> None:
    """
    Another place, another language, an empty page or a failing script is not the front door.
    """
    verdict(lambda: browser.page_works(replace(SEEN, **change), environment, Remarks()), ok)


def test_script_that_misses_a_host_out_of_sight_is_unknown(environment: Environment) -> None:
    """
    What the gate itself does not let through may be why a script fails; what fails of the site's own does not.
    """
    thrown = replace(SEEN, errors=("TypeError thrown at https://getdrop.no/x.js:1",), outside=("o1.ingest.sentry.io",))
    with pytest.raises(CannotTell, match=r"TypeError.*o1\.ingest\.sentry\.io"):
        browser.page_works(thrown, environment, Remarks())
    verdict(lambda: browser.page_works(replace(thrown, outside=()), environment, Remarks()), False)
    for change in ({"failed": (FRONT + "x.js: 404",)}, {"status": 500}, {"words": 0}):
        verdict(lambda change=change: browser.page_works(replace(thrown, **change), environment, Remarks()), False)
    remarks = Remarks()
    browser.page_works(replace(thrown, errors=()), environment, remarks)
    assert "o1.ingest.sentry.io" in remarks.warnings[0]


@pytest.mark.parametrize(
    ("url", "status", "ok"),
    [
        ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 200, True),
        ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 400, False),
        ("https://auth.bankid.no/auth/realms/production", 200, False),
        ("http://auth.bankid.no/auth/realms/prod/precheck/auth", 200, False),
        ("https://auth.bankid.no.example/auth/realms/prod/x", 200, False),
        ("https://notbankid.no/auth/realms/prod/x", None, False),
        ("https://login.bankid.no/auth", 200, True),
        ("https://login.bankid.no/auth", 500, False),
    ],
)
def test_bankid_is_known_by_its_issuer(environment: Environment, url: str, status: int | None, ok: bool) -> None:
    """
    The realm of the environment's issuer, or a host beside it that is listed, answering well, and nothing alike.
    """
    hosts = (*environment.network.hosts, "login.bankid.no")
    listing = environment.model_copy(update={"network": environment.network.model_copy(update={"hosts": hosts})})
    verdict(lambda: browser.stands_before_bankid(replace(SEEN, url=url, status=status, clicked=True), listing), ok)


@pytest.mark.parametrize("host", ["login.bankid.no", "auth.current.bankid.no"])
def test_host_of_bankids_that_is_not_listed_is_unknown(environment: Environment, host: str) -> None:
    """
    The gate does not reach it, so it was not seen what is there: neither BankID nor a stranger.
    """
    sight = replace(SEEN, url=f"https://{host}/auth", status=None, clicked=True, outside=(host,))
    with pytest.raises(CannotTell, match=f"{host} bears BankID's name"):
        browser.stands_before_bankid(sight, environment)


@pytest.mark.parametrize(
    ("hops", "end", "ok"),
    [
        ([(f"{HTTP}?b=1", 301, f"{HTTPS}?b=1"), (f"{HTTPS}?b=1", 200, None)], "arrived", True),
        ([(HTTP, 308, "https://getdrop.no:443/a"), ("https://getdrop.no:443/a", 404, None)], "arrived", True),
        ([(HTTP, 301, "https://getdrop.no/b"), ("https://getdrop.no/b", 200, None)], "arrived", False),
        ([(HTTP, 302, HTTPS), (HTTPS, 200, None)], "arrived", False),
        ([(HTTP, 200, None)], "arrived", False),
        ([(HTTP, 301, None)], "arrived", False),
        ([(HTTP, 301, "http://[")], "elsewhere", False),
        ([(HTTP, 301, HTTPS), (HTTPS, 301, HTTP)], "loop", False),
        ([(HTTP, 301, HTTPS), (HTTPS, 302, "https://x.example/")], "elsewhere", False),
    ],
)
def test_way_must_be_secure_from_its_first_answer(hops: list[Any], end: Any, ok: bool) -> None:
    """
    The same page, for good, and never back to plain HTTP nor out of sight.
    """
    trip = Trip(tuple(Hop(*hop) for hop in hops), end)
    verdict(lambda: visitor.way_is_secure([trip], Remarks()), ok)


@pytest.mark.parametrize(
    ("seen", "ok"), [(("true",), True), (("false",), False), (("false", "true"), False), (("TRUE",), False), ((), True)]
)
@pytest.mark.parametrize("built_in", [True, False], ids=["in the build", "beside the build"])
def test_what_scripts_carry_must_agree(seen: tuple[str, ...], built_in: bool, ok: bool) -> None:
    """
    Another value, or two, anywhere is a no; a name that no script says is none, for builds replace it by its value.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen} if seen else {}, ("X",) if seen and built_in else ())
    told = Told({"X": "true"})
    verdict(lambda: bundle.browsers_get_the_same(told, script, "X", Remarks()), ok)
    verdict(lambda: bundle.browsers_get_all_the_same(told, script, "X", Remarks()), ok)


@pytest.mark.parametrize(
    ("seen", "built_in", "warning"),
    [
        (("true",), ("X",), None),
        ((), (), "X cannot be read from the scripts of .*: the build replaces the name by its value$"),
        (("true",), (), "X cannot be read .*, and only what the page hands to them as they start agrees"),
    ],
    ids=["in the build", "nowhere", "beside the build"],
)
def test_what_is_built_in_and_cannot_be_read_is_a_warning(
    seen: tuple[str, ...], built_in: tuple[str, ...], warning: str | None
) -> None:
    """
    Only a script of the build shows that what is built in agrees; where none says the name, the report warns.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen} if seen else {}, built_in)
    for judge in (bundle.browsers_get_the_same, bundle.browsers_get_all_the_same):
        remarks = Remarks()
        judge(Told({"X": "true"}), script, "X", remarks)
        assert [bool(re.search(warning or "", told)) for told in remarks.warnings] == [True] * (warning is not None)


@pytest.mark.parametrize("seen", [("true",), ("false",), ("",)])
def test_what_scripts_carry_and_the_service_does_not_set_is_a_no(seen: tuple[str, ...]) -> None:
    """
    A name that is built in, and that the service is not told, is one that nobody reviewed.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen}, ("X",))
    verdict(lambda: bundle.browsers_get_the_same(Told({}), script, "X", Remarks()), False)
    verdict(lambda: bundle.browsers_get_all_the_same(Told({}), script, "X", Remarks()), False)


def test_what_is_set_nowhere_agrees_with_nothing() -> None:
    """
    A name that neither the service nor a script knows is no setting of anybody's.
    """
    verdict(lambda: bundle.browsers_get_the_same(Told({}), Built(FRONT, (FRONT,), (), {}), "X", Remarks()), False)


def test_header_is_compared_whole(environment: Environment) -> None:
    """
    Each answer must carry it, once, and with nothing beside.
    """
    carries(environment, THERE, ERROR)
    for headers in [(), SENT * 2, (("strict-transport-security", "max-age=1; preload; more"),)]:
        bad = Hop(FRONT + "x", 200, None, headers)
        verdict(lambda bad=bad: carries(environment, THERE, ERROR, trip(bad)), False)


def test_no_answer_on_the_way_stands_in_for_another(environment: Environment) -> None:
    """
    Redirects that carry it do not hide pages that do not; www counts as getdrop.no does, and other hosts not at all.
    """
    www = "https://www.getdrop.no/"
    sent_on = Hop(FRONT, 308, www, SENT)
    verdict(lambda: carries(environment, ERROR, trip(sent_on, Hop(www, 200, None))), False)
    verdict(lambda: carries(environment, ERROR, trip(Hop(FRONT, 308, www), Hop(www, 200, None, SENT))), False)
    carries(environment, ERROR, trip(sent_on, Hop(www, 200, None, SENT)))
    plain = Hop("http://getdrop.no/", 301, FRONT)  # over plain HTTP it must not be sent, RFC 6797 7.2
    carries(environment, ERROR, trip(plain, THERE.hops[0]))


@pytest.mark.parametrize(
    "trips",
    [
        [("", 200), ("no-such-page", 200)],
        [("", 404), ("no-such-page", 404)],
        [("", 500), ("no-such-page", 404)],
        [("", 200)],
        [],
    ],
    ids=str,
)
def test_kind_of_answer_that_nobody_gave_is_unknown(environment: Environment, trips: list[tuple[str, int]]) -> None:
    """
    Without an error page nobody knows what errors send, and without a page nobody knows of pages.
    """
    with pytest.raises((CannotTell, NothingExamined)):
        carries(environment, *(trip(Hop(FRONT + path, status, None, SENT)) for path, status in trips))


@pytest.mark.parametrize("end", ["loop", "too long", "elsewhere"])
def test_way_that_ends_nowhere_examines_no_page(environment: Environment, end: Any) -> None:
    """
    A way that leads out of sight, or never ends, has shown redirects alone.
    """
    lost = Trip((Hop(FRONT, 302, "https://x.example/", SENT),), end)
    with pytest.raises(CannotTell, match="ends at no page"):
        carries(environment, ERROR, lost)
    arrived = trip(Hop(FRONT, 302, "https://slack.com/", SENT), Hop("https://slack.com/", 200, None))
    with pytest.raises(CannotTell, match="ends at no page"):
        carries(environment, ERROR, arrived)


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"signed": True}, True),
        ({"signed": True, "broken": "expired"}, False),
        ({"said": (SAID, replace(SAID, server="b", addresses=("192.0.2.11",)))}, False),
        ({"said": (replace(SAID, addresses=()),)}, False),
        ({"said": (replace(SAID, exists=False, addresses=()),)}, False),
        ({"said": (BOTH, RESOLVER, replace(RESOLVER, addresses=("192.0.2.11",)))}, True),
        ({"said": (BOTH, RESOLVER, replace(RESOLVER, addresses=("192.0.2.12",)))}, False),
        ({"said": (BOTH, RESOLVER, replace(RESOLVER, addresses=()))}, False),
        ({"said": (BOTH, SAID, RESOLVER)}, False),
    ],
)
def test_name_servers_agree_on_something(change: dict[str, Any], ok: bool) -> None:
    """
    To agree that there is nothing is no agreement; a resolver may remember a part, and nothing else.
    """
    verdict(lambda: names.name_servers_agree([replace(APEX, **change), APEX], Remarks()), ok)


@pytest.mark.parametrize(
    ("addresses", "ok"),
    [(("192.0.2.10",), True), (("192.0.2.10", "2001:db8::10"), True), (("2001:db8::10",), False), ((), False)],
)
def test_the_apex_has_an_a_record(addresses: tuple[str, ...], ok: bool) -> None:
    """
    Where there is an IPv6 address alone, whoever has none gets nothing.
    """
    found = replace(APEX, said=(replace(SAID, addresses=addresses),))
    service = replace(APEX, name="service", said=(replace(SAID, addresses=("192.0.2.10", "2001:db8::10")),))
    environment = load("rehearsal", HOME)
    verdict(lambda: names.addresses_lead_to_the_service([found, service], environment, Remarks()), ok)


def test_zone_without_servers_of_its_own_is_unknown() -> None:
    """
    Where only resolvers were asked, the zone was not.
    """
    with pytest.raises(NothingExamined):
        names.name_servers_agree([replace(APEX, said=(replace(SAID, authoritative=False),))], Remarks())


def test_what_was_not_seen_is_a_warning() -> None:
    """
    IPv6 without a way there does not hold the launch and is told.
    """
    remarks = Remarks()
    names.name_servers_agree([replace(APEX, unseen=("2001:db8::53 (ns1)",))], remarks)
    names.certificates_are_trusted([Served("getdrop.no", (SHOWN,), ("2001:db8::10",))], remarks)
    assert len(remarks.warnings) == 2


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"distrusted": "no"}, False),
        ({"key_bits": 1024}, False),
        ({"signature_hash": "sha1"}, False),
        ({"key": "EC secp256r1", "key_bits": 256}, True),
        ({"key": "EC secp192r1", "key_bits": 192}, False),
    ],
)
def test_one_weak_certificate_is_enough(change: dict[str, Any], ok: bool) -> None:
    """
    Every address counts.
    """
    served = Served("getdrop.no", (SHOWN, replace(SHOWN, address="192.0.2.11", **change)), ())
    verdict(lambda: names.certificates_are_trusted([served], Remarks()), ok)


@pytest.mark.parametrize(
    ("begins", "days", "ok", "warnings"),
    [(0, 90, True, 0), (0, 29, True, 1), (0, 14, True, 1), (0, 13, False, 0), (0, -1, False, 0), (1, 90, False, 0)],
)
def test_certificate_must_last(begins: int, days: int, ok: bool, warnings: int) -> None:
    """
    Two weeks are the least, of it and of its chain; below thirty days its renewal is stuck.
    """
    begun, end, far = NOW + timedelta(days=begins), NOW + timedelta(days=days), NOW + timedelta(days=900)
    for not_after, chain_ends in ((end, end), (end, far), (far, end)):
        shown = replace(SHOWN, not_before=begun, not_after=not_after, chain_ends=chain_ends)
        remarks = Remarks()
        served = Served("getdrop.no", (shown,), ())
        verdict(lambda served=served, remarks=remarks: names.certificates_last([served], NOW, 14, 30, remarks), ok)
        assert len(remarks.warnings) == warnings


def test_amazon_may_renew_where_nobody_forbids() -> None:
    """
    No CAA record lets everybody, and one of Amazon's names is enough.
    """
    names.amazon_may_issue([Issuers("getdrop.no", "", False, ())])
    names.amazon_may_issue([Issuers("getdrop.no", "getdrop.no", True, ("amazonaws.com", "letsencrypt.org"))])
    verdict(lambda: names.amazon_may_issue([Issuers("getdrop.no", "getdrop.no", True, ())]), False)
    verdict(lambda: names.amazon_may_issue([]), False)


def test_old_tls_that_could_not_be_offered_is_unknown() -> None:
    """
    A refusal of our own library is nobody's merit.
    """
    new = ("TLS 1.2", "TLS 1.3")
    names.old_tls_is_refused([Spoken("getdrop.no", new, names.OLD, ())], Remarks())
    verdict(
        lambda: names.old_tls_is_refused([Spoken("getdrop.no", ("TLS 1.1", *new), ("TLS 1.0",), ())], Remarks()), False
    )
    with pytest.raises(NothingExamined):
        names.old_tls_is_refused([Spoken("getdrop.no", new, ("TLS 1.1",), ("TLS 1.0",))], Remarks())


def having(environment: Environment, **changes: Any) -> Environment:
    """*environment* with a site that has *changes*."""
    return environment.model_copy(update={"site": environment.site.model_copy(update=changes)})


def formed(change: dict[str, Any]) -> Sight:
    """A page with the whole form, *change* made to it."""
    return replace(SEEN, clicked=True, forms=(replace(FORM, **change),))


def trip(*hops: Hop) -> Trip:
    """A way that led over *hops* to an answer."""
    return Trip(hops, "arrived")


def carries(environment: Environment, *trips: Trip) -> None:
    """Whether every answer of *trips* carries it, as far as an error at /no-such-page."""
    wanted = [["directive", "value"], ["max-age", "1"], ["Preload", ""]]
    visitor.header_carries([*trips], "/no-such-page", "Strict-Transport-Security", wanted, environment, Remarks())


def verdict(judge: Any, ok: bool) -> None:
    """*judge* says yes or no as it should, and its no is a sentence."""
    if ok:
        judge()
        return
    with pytest.raises(AssertionError, match=r"must|may be|no name was asked"):
        judge()
