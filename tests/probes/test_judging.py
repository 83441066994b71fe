"""What the sentences about visitors and names make of answers that no fault of the twin gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import NothingExamined
from golive.probes.browser import Control, Dialog, Form, Sight, Stored
from golive.probes.bundle import Built
from golive.probes.certificate import Served, Shown, Spoken
from golive.probes.names import Found, Issuers, Said
from golive.probes.web import Answer, Hop, Trip
from golive.remarks import Remarks
from steps import names, visitor

FRONT = "https://getdrop.no/"
HTTP, HTTPS = "http://getdrop.no/a", "https://getdrop.no/a"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
YES = Control("Godta alle", "button", 120, 48, 17, checked=False)
NO = Control("Avvis", "button", 80, 48, 17, checked=False)
BOX = Control("Statistikk", "checkbox", 16, 16, 17, checked=True)
SEEN = Sight(FRONT, 200, clicked=False, title="Drop", language="nb", words=10)
SHOWN = Shown("192.0.2.10", ("getdrop.no",), NOW, NOW + timedelta(days=90), "RSA", 2048, "sha256", "CN=A", "", "")
SAID = Said("192.0.2.53 (ns1)", True, True, ("192.0.2.10",))
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
def test_consent_is_fair_when_no_is_as_near_as_yes(controls: tuple[Control, ...], fair: bool) -> None:
    """
    Two answers side by side, about as large, nothing ticked beforehand except what must be.
    """
    sight = replace(SEEN, dialogs=(Dialog("Informasjonskapsler", controls),))
    verdict(lambda: visitor.consent_is_free(sight), fair)


def test_other_dialogs_do_not_hide_the_question() -> None:
    """
    Beside a dialog about something else, the one that asks counts.
    """
    dialogs = (Dialog("Velkommen", ()), Dialog("Informasjonskapsler", (YES, NO)))
    visitor.consent_is_free(replace(SEEN, dialogs=dialogs))


@pytest.mark.parametrize(
    ("stored", "ok"),
    [
        ((), True),
        ((Stored("cookie", "drop_session", "getdrop.no"),), True),
        ((Stored("localStorage", "drop_session", "getdrop.no"),), False),
        ((Stored("indexedDB", "firebase", "getdrop.no"),), False),
    ],
)
def test_what_may_be_stored_is_told_by_kind_and_name(stored: tuple[Stored, ...], ok: bool) -> None:
    """
    A cookie that is let by lets by nothing else of its name.
    """
    verdict(
        lambda: visitor.nothing_is_stored(replace(SEEN, stored=stored), [["cookie"], ["drop_session"]], Remarks()), ok
    )


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"method": "get"}, False),
        ({"sendable": False}, False),
        ({"action": "https://forms.example/1"}, False),
        ({"fields": ("Navn", "E-post")}, False),
    ],
)
def test_form_must_ask_and_be_sent_here(change: dict[str, Any], ok: bool) -> None:
    """
    Only a whole form that is posted to the site itself reaches it.
    """
    form = replace(Form("post", FRONT + "api/klage", ("Ditt navn", "E-post *", "Beskrivelse av saken"), True), **change)
    wanted = [["navn"], ["e-post"], ["beskrivelse"]]
    verdict(lambda: visitor.form_can_be_sent(replace(SEEN, forms=(form,)), wanted), ok)


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
    verdict(lambda: visitor.page_works(replace(SEEN, **change), environment, Remarks()), ok)


@pytest.mark.parametrize(
    ("url", "status", "ok"),
    [
        ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 200, True),
        ("https://auth.bankid.no/auth/realms/prod/precheck/auth", 400, False),
        ("https://auth.bankid.no/auth/realms/production", 200, False),
        ("https://auth.current.bankid.no/auth/realms/current/precheck/auth", None, False),
        ("https://auth.bankid.no.example/auth/realms/prod/x", 200, False),
    ],
)
def test_bankid_is_known_by_its_issuer(environment: Environment, url: str, status: int | None, ok: bool) -> None:
    """
    The realm of the environment's issuer, answering well, and nothing that looks like it.
    """
    verdict(lambda: visitor.stands_before_bankid(replace(SEEN, url=url, status=status, clicked=True), environment), ok)


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
    verdict(lambda: visitor.browsers_get_the_same(told, script, "X", Remarks()), ok)
    verdict(lambda: visitor.browsers_get_all_the_same(told, script, "X", Remarks()), ok)


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
    for judge in (visitor.browsers_get_the_same, visitor.browsers_get_all_the_same):
        remarks = Remarks()
        judge(Told({"X": "true"}), script, "X", remarks)
        assert [bool(re.search(warning or "", told)) for told in remarks.warnings] == [True] * (warning is not None)


@pytest.mark.parametrize("seen", [("true",), ("false",), ("",)])
def test_what_scripts_carry_and_the_service_does_not_set_is_a_no(seen: tuple[str, ...]) -> None:
    """
    A name that is built in, and that the service is not told, is one that nobody reviewed.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen}, ("X",))
    verdict(lambda: visitor.browsers_get_the_same(Told({}), script, "X", Remarks()), False)
    verdict(lambda: visitor.browsers_get_all_the_same(Told({}), script, "X", Remarks()), False)


def test_what_is_set_nowhere_agrees_with_nothing() -> None:
    """
    A name that neither the service nor a script knows is no setting of anybody's.
    """
    verdict(lambda: visitor.browsers_get_the_same(Told({}), Built(FRONT, (FRONT,), (), {}), "X", Remarks()), False)


def test_header_is_compared_whole() -> None:
    """
    Each answer must carry it, once, and with nothing beside.
    """
    wanted = [["directive", "value"], ["max-age", "1"], ["Preload", ""]]
    good = Answer(FRONT, 200, (("strict-transport-security", 'preload; max-age="1"'),))
    visitor.header_carries([good], "Strict-Transport-Security", wanted)
    for headers in [(), good.headers * 2, (("strict-transport-security", "max-age=1; preload; more"),)]:
        bad = replace(good, url=FRONT + "x", headers=headers)
        verdict(lambda bad=bad: visitor.header_carries([good, bad], "Strict-Transport-Security", wanted), False)


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"signed": True}, True),
        ({"signed": True, "broken": "expired"}, False),
        ({"said": (SAID, replace(SAID, server="b", addresses=("192.0.2.11",)))}, False),
        ({"said": (replace(SAID, addresses=()),)}, False),
        ({"said": (replace(SAID, exists=False, addresses=()),)}, False),
    ],
)
def test_name_servers_agree_on_something(change: dict[str, Any], ok: bool) -> None:
    """
    To agree that there is nothing is no agreement.
    """
    verdict(lambda: names.name_servers_agree([replace(APEX, **change), APEX], Remarks()), ok)


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
    Two weeks are the least; below thirty days its renewal is stuck.
    """
    shown = replace(SHOWN, not_before=NOW + timedelta(days=begins), not_after=NOW + timedelta(days=days))
    remarks = Remarks()
    verdict(lambda: names.certificates_last([Served("getdrop.no", (shown,), ())], NOW, 14, 30, remarks), ok)
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


def verdict(judge: Any, ok: bool) -> None:
    """*judge* says yes or no as it should, and its no is a sentence."""
    if ok:
        judge()
        return
    with pytest.raises(AssertionError, match=r"must|may be|no name was asked"):
        judge()
