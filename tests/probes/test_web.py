"""Pages, journeys, health and scripts, asked of the twin's site over its own names and TLS."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.errors import (
    Denied,
    NoSuchName,
    NothingExamined,
    Overloaded,
    ProbeError,
    Unreachable,
    Unreadable,
    Untrusted,
)
from golive.probes.bundle import Bundle, Script, settings_in
from golive.probes.health import Health
from golive.probes.hsts import directives
from golive.probes.html import read
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.web import Answer, Hop, Journey, Page, Trip
from golive.twin.site import HSTS, Redirect

from .town import Town, again, answered_by, free_port

FRONT = "https://getdrop.no/"
HEALTH = "https://getdrop.no/api/health"
LOOKS: list[Look[Any]] = [Page(FRONT), Journey(FRONT), Health(HEALTH), Bundle("getdrop.no")]


@pytest.mark.parametrize("look", [*LOOKS, Page(HEALTH), Page(FRONT + "no-such-page")])
def test_answer_is_the_same_when_it_is_read_back(town: Town, look: Look[Any]) -> None:
    """
    What is recorded can be judged again.
    """
    answer = look.observe(town.reach())
    assert again(answer) == answer


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("ailment", "error"),
    [
        ("off", Unreachable),
        ("silent", Unreachable),
        ("babble", Unreadable),
        ("throttled", Overloaded),
        ("garbage", Unreadable),
    ],
)
def test_what_is_no_answer_is_unknown(town: Town, look: Look[Any], ailment: Any, error: type[ProbeError]) -> None:
    """
    A site that is off, hangs, talks rubbish or says "not now" has not been seen.
    """
    town.site = replace(town.site, ailment=ailment)
    with pytest.raises(error):
        look.observe(town.reach(answer_seconds=0.2))


@pytest.mark.parametrize("status", [403, 503])
def test_own_status_of_the_site_is_a_fact(town: Town, status: int) -> None:
    """
    What an anonymous visitor is answered is what the site is, errors and refusals included.
    """
    town.site = replace(town.site, ailment="broken" if status == 503 else "denied")
    assert Page(FRONT).observe(town.reach()).status == status


@pytest.mark.parametrize(
    "change",
    [{"names": ("other.example",)}, {"self_signed": True}, {"omit_intermediate": True}, {"issuer": "stranger"}],
)
def test_certificate_that_proves_nothing_is_untrusted(town: Town, change: dict[str, Any]) -> None:
    """
    Who cannot prove to be getdrop.no is not asked anything.
    """
    town.certify("getdrop.no", **change)
    with pytest.raises(Untrusted):
        Page(FRONT).observe(town.reach())


def test_expired_certificate_is_untrusted(town: Town) -> None:
    """
    A day too late is too late.
    """
    now = town.certificates["getdrop.no"].not_before
    town.certify("getdrop.no", not_before=now - timedelta(days=90), not_after=now)
    with pytest.raises(Untrusted):
        Page(FRONT).observe(town.reach())


def test_unlisted_host_is_not_reached(town: Town) -> None:
    """
    A host that the environment does not list is refused before anything is sent.
    """
    with pytest.raises(Denied, match="not in the environment"):
        Page("https://example.com/").observe(town.reach())


def test_name_that_is_not_there_is_unreachable(town: Town) -> None:
    """
    Without an address there is nobody to ask.
    """
    town.zone = town.zone.without("www.getdrop.no")
    with pytest.raises(NoSuchName, match="does not exist"):
        Page("https://www.getdrop.no/").observe(town.reach())


def test_dead_address_is_passed_over(town: Town) -> None:
    """
    The addresses of a name are tried in turn, as every client does.
    """
    town.zone = town.zone.told("getdrop.no", "A", "192.0.2.99", "192.0.2.10")
    reach = town.reach()
    reach.detour = replace(reach.detour, ports={**town.ports, "192.0.2.99:443": free_port()})
    assert Page(FRONT).observe(reach).status == 200


def test_headers_are_told_by_a_list_and_as_often_as_they_came(town: Town) -> None:
    """
    Nothing that a session could be taken over with leaves the probe; a header sent twice is told twice.
    """
    town.site = replace(town.site, hsts={"page": ("max-age=1", "max-age=2")})
    page = Page(FRONT).observe(town.reach())
    assert page.every("Strict-Transport-Security") == ("max-age=1", "max-age=2")
    assert page.header("set-cookie") is None
    assert page.header("date") is not None


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 1_500_000, "longer than"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nrubb", "decompressed"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-99\r\nContent-Length: 1\r\n\r\nx", "nobody knows"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\n\xff", "not the utf-8"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"", "not HTTP"),
    ],
)
def test_rubbish_is_unreadable(town: Town, serve: Callable[..., int], said: bytes, error: str) -> None:
    """
    An answer that its protocol does not allow, or without an end, is no answer.
    """
    with pytest.raises(Unreadable, match=error):
        Page("http://getdrop.no/").observe(plain(town, serve, said))


@pytest.mark.parametrize(
    ("head", "body", "headings"),
    [
        ("Content-Type: text/html", b"", ()),
        ("Content-Type: text/html; charset=iso-8859-1", b"<h1>Vilk\xe5r</h1>", ("Vilkår",)),
        (
            "Content-Type: text/html\r\nContent-Encoding: gzip",
            gzip.compress(b"<h1>Vilk\xc3\xa5r</h1>", mtime=0),
            ("Vilkår",),
        ),
        ("Content-Type: application/octet-stream", b"\xff", ()),
        ("X-Nothing: said", b"<h1>text</h1>", ()),
    ],
)
def test_body_is_a_value(
    town: Town, serve: Callable[..., int], head: str, body: bytes, headings: tuple[str, ...]
) -> None:
    """
    An empty body is an answer; a page is read in its own characters; what is no page is not told.
    """
    said = f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    assert Page("http://getdrop.no/").observe(plain(town, serve, said)).outline.headings == headings


def test_a_page_is_told_in_outline(town: Town, serve: Callable[..., int]) -> None:
    """
    Words are marks that can be counted and compared within a run; what may open a door is left out of links.
    """
    body = '<html lang="nb"><h1>Vilkår</h1><p>og ikke og</p><a href="https://u:pw@getdrop.no/ny?token=s3cr3t#x">.</a>'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    seen = Page("http://getdrop.no/").observe(plain(town, serve, (head + body).encode())).outline
    assert (seen.language, seen.norwegian, seen.headings) == ("nb", True, ("Vilkår",))
    assert len(seen.words) == 4
    assert seen.words[1] == seen.words[3] != seen.words[2]
    assert not {"vilkår", "og", "ikke"} & set(seen.words)
    assert seen.links == ("https://getdrop.no/ny?…",)


def test_an_error_is_told_without_what_it_shows(town: Town, serve: Callable[..., int]) -> None:
    """
    A page with a traceback may quote anything: of an error not even the headings and links are told.
    """
    body = '<html lang="s3cr3t"><h1>s3cr3t</h1><a href="/s3cr3t">s3cr3t</a><p>s3cr3t'
    head = f"HTTP/1.1 500 No\r\nContent-Type: text/html; charset=utf-8;s=s3cr3t\r\nContent-Length: {len(body)}\r\n\r\n"
    seen = Page("http://getdrop.no/").observe(plain(town, serve, (head + body).encode()))
    assert "s3cr3t" not in str(seen)
    assert (seen.status, seen.kind, seen.outline.language, len(seen.outline.words)) == (500, "text/html", "another", 3)


@pytest.mark.parametrize(
    "said",
    [
        "SSH-2.0-s3cr3t\r\n",
        "HTTP/1.1 200 OK\r\ns3cr3t\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: s3cr3t\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ns3cr3t\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\ns3cr3t",
        "HTTP/1.1 302 Found\r\nLocation: http://getdrop.no:s3cr3t/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=s3cr3t\r\nContent-Length: 1\r\n\r\nx",
    ],
)
def test_rubbish_is_not_quoted(town: Town, serve: Callable[..., int], said: str) -> None:
    """
    What cannot be read may be anybody's secret: the error says what is wrong with it, and not what it says.
    """
    with pytest.raises(Unreadable) as caught:
        Page("http://getdrop.no/").observe(plain(town, serve, said.encode()))
    assert "s3cr3t" not in str(caught.value)


def test_answer_that_drips_is_given_up(town: Town, serve: Callable[..., int]) -> None:
    """
    Each piece may come in time and the whole never.
    """

    def drip(connection: Any) -> None:
        connection.recv(9999)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        connection.settimeout(0.05)
        for _ in range(100):
            connection.sendall(b"x")
            try:
                connection.recv(1)
            except TimeoutError:
                continue

    reach = town.reach(look_seconds=0.3)
    reach.detour = replace(reach.detour, ports={**town.ports, **doors(serve(drip))})
    with pytest.raises(Unreachable, match="dripped"):
        Page("http://getdrop.no/").observe(reach)


# -- journeys ---------------------------------------------------------------------------------------------------------


def test_journey_tells_each_hop(town: Town) -> None:
    """
    A redirect is followed by asking again, and each answer is there to be judged.
    """
    trip = Journey("http://www.getdrop.no/vilkaar?fra=golive").observe(town.reach())
    assert [(hop.status, hop.leads_to) for hop in trip.hops] == [
        (301, "https://www.getdrop.no/vilkaar?fra=golive"),
        (200, None),
    ]
    assert trip.end == "arrived"
    assert [hop.every("Strict-Transport-Security") for hop in trip.hops] == [(), (HSTS,)]
    assert again(trip) == trip


def test_journey_tells_what_each_answer_promises(town: Town) -> None:
    """
    A redirect's promise of HTTPS is not the page's, and one that is sent twice is told twice.
    """
    town.site = replace(
        town.site,
        moved={"getdrop.no": "https://www.getdrop.no"},
        hsts={"redirect": (HSTS, HSTS), "page": ("max-age=1",)},
    )
    trip = Journey(FRONT).observe(town.reach())
    assert [hop.every("Strict-Transport-Security") for hop in trip.hops] == [(HSTS, HSTS), ("max-age=1",)]


@pytest.mark.parametrize(
    ("target", "end", "hops"),
    [
        ("http://getdrop.no", "loop", 1),
        ("https://example.com", "elsewhere", 1),
        ("drop://auth", "elsewhere", 1),
        ("http://[", "elsewhere", 1),
    ],
)
def test_journey_ends_where_it_may_not_go_on(town: Town, target: str, end: str, hops: int) -> None:
    """
    Loops are noticed, and what lies outside the environment's list is told and not asked.
    """
    town.site = replace(town.site, plain=Redirect(targets={"getdrop.no": target}))
    trip = Journey("http://getdrop.no/x").observe(town.reach())
    assert (trip.end, len(trip.hops)) == (end, hops)
    assert trip.hops[-1].leads_to is not None


def test_journey_does_not_tell_what_opens_a_door(town: Town) -> None:
    """
    A redirect with a token in it is followed with the token, and told without.
    """
    secret = "https://u:pw@www.getdrop.no/vilkaar?token=s3cr3t#s3cr3t"
    town.site = replace(town.site, plain=Redirect(targets={"getdrop.no": secret}, keeps_path=False))
    asked: list[object] = []

    def listening(look: Look[Any]) -> Any:
        asked.append(look)
        return look.observe(reach)

    reach = answered_by(listening, town.reach())
    trip = Journey("http://getdrop.no/x").observe(reach)
    assert trip.hops[0].leads_to == trip.hops[1].url
    assert trip.hops[1].url.startswith("https://www.getdrop.no/vilkaar")
    assert trip.hops[1].every("Strict-Transport-Security") == (HSTS,)
    assert trip.end == "arrived"
    assert "s3cr3t" not in f"{trip}{asked}"
    assert "pw@" not in f"{trip}{asked}"


def test_journey_does_not_go_on_for_ever(town: Town) -> None:
    """
    A site that always has one more redirect is left after ten.
    """
    hops = iter(range(100))

    def one_more(look: Look[Any]) -> Answer:
        assert isinstance(look, Page)
        return Answer(look.url, 302, (("location", f"/{next(hops)}"),))

    trip = Journey(FRONT).observe(answered_by(one_more, town.reach()))
    assert (trip.end, len(trip.hops)) == ("too long", 10)


# -- health -----------------------------------------------------------------------------------------------------------


def test_health_is_read_in_both_shapes(town: Town) -> None:
    """
    The documents know the report inside `data`, with the database's check, and a bare status.
    """
    enveloped = Health(HEALTH).observe(town.reach())
    assert (enveloped.status, enveloped.database, enveloped.enveloped, enveloped.wrong) == ("ok", "pass", True, "")
    assert enveloped.version is not None
    town.site = replace(town.site, health=replace(town.site.health, enveloped=False))
    bare = Health(HEALTH).observe(town.reach())
    assert (bare.status, bare.database, bare.enveloped) == ("ok", None, False)


@pytest.mark.parametrize(
    "change",
    [
        {"body": ""},
        {"body": "OK"},
        {"body": "[]"},
        {"body": '{"status": true}'},
        {"body": '{"status": "ok", "status": "degraded"}'},
        {"body": '{"status": "ok", "data": {"status": "degraded"}}'},
        {"body": '{"data": []}'},
        {"body": '{"data": {"checks": {"db": {"status": "pass"}}}}'},
        {"body": "<h1>ok</h1>", "content_type": "text/html"},
        {"status_code": 503},
        {"status_code": 204, "body": ""},
        {"content_type": "text/html"},
    ],
)
def test_wrong_report_is_a_value(town: Town, change: dict[str, Any]) -> None:
    """
    A service that answers and does not say that it is well has been seen, and was not well.
    """
    town.site = replace(town.site, health=replace(town.site.health, **change))
    said = Health(HEALTH).observe(town.reach())
    assert said.status is None
    assert said.wrong
    assert again(said) == said


# -- scripts ----------------------------------------------------------------------------------------------------------


def test_bundle_tells_what_browsers_get(town: Town) -> None:
    """
    The settings that were built in are read out of the scripts of the page.
    """
    built = Bundle("getdrop.no").observe(town.reach())
    assert {name: values for name, values in built.values.items() if len(values) == 1} == built.values
    assert {name: values[0] for name, values in built.values.items()} == town.site.settings
    assert set(built.built_in) == town.site.settings.keys()


def test_name_that_the_build_replaced_is_in_no_script(town: Town) -> None:
    """
    A build that writes values in the place of names leaves nothing to compare, and the scripts were read nevertheless.
    """
    town.site = replace(town.site, inlined=True)
    built = Bundle("getdrop.no").observe(town.reach())
    assert (built.values, built.built_in, len(built.scripts)) == ({}, (), 1)


@pytest.mark.parametrize("way", ["a script of its own", "a script in the page"])
def test_what_a_page_hands_to_its_scripts_is_not_built_in(town: Town, way: str) -> None:
    """
    An object that the page fills as it starts is told, and is no part of the build, whatever file it comes in.
    """
    said = {"NEXT_PUBLIC_FF_CARD_PIN": "false"}
    apart = way == "a script of its own"
    head = "" if apart else '<script>window.__ENV={"NEXT_PUBLIC_FF_CARD_PIN":"false"}</script>'
    town.site = replace(town.site, inlined=True, at_start=said if apart else {}, head=head)
    built = Bundle("getdrop.no").observe(town.reach())
    assert (built.values, built.built_in) == ({"NEXT_PUBLIC_FF_CARD_PIN": ("false",)}, ())


def test_large_script_is_read_to_its_end(town: Town) -> None:
    """
    A script may be larger than any other answer, up to 8 MiB; what is larger still is unknown.
    """
    town.site = replace(town.site, script="/*" + "x" * (3 << 20) + '*/self.y={"NEXT_PUBLIC_FF_LATE":"true"};')
    assert Bundle("getdrop.no").observe(town.reach()).values["NEXT_PUBLIC_FF_LATE"] == ("true",)
    town.site = replace(town.site, script="/*" + "x" * (8 << 20))
    with pytest.raises(Unreadable, match="longer than"):
        Bundle("getdrop.no").observe(town.reach())


def test_contradiction_between_scripts_is_told(town: Town) -> None:
    """
    Two values for one name are both told, wherever they stand.
    """
    town.site = replace(town.site, head='<script>self.x={"NEXT_PUBLIC_SERVICE_MODE":"demo"}</script>')
    built = Bundle("getdrop.no").observe(town.reach())
    assert built.values["NEXT_PUBLIC_SERVICE_MODE"] == ("demo", "production")


def test_script_that_is_missing_is_unknown(town: Town) -> None:
    """
    A script that cannot be had may say anything.
    """
    town.site = replace(town.site, bundle_missing=True)
    with pytest.raises(Unreadable, match="no script"):
        Bundle("getdrop.no").observe(town.reach())
    with pytest.raises(Unreadable):
        Script("https://getdrop.no/vilkaar").observe(town.reach())


@pytest.mark.parametrize("beside", [b"", b'<script src="/env.js"></script>'])
def test_page_without_scripts_is_unknown(town: Town, serve: Callable[..., int], beside: bytes) -> None:
    """
    Nothing read is nothing found; what the page hands to its scripts as they start is nothing of the build.
    """
    trip = Trip((Hop("http://getdrop.no/", 200, None),), "arrived")
    page = b'<script src="https://cdn.example/_next/static/x.js"></script>%b' % beside
    said = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page)
    reach = plain(town, serve, said)
    with pytest.raises(NothingExamined):
        Bundle("getdrop.no").observe(answered_by(lambda _: trip, reach))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"NEXT_PUBLIC_FF_X":"true"}', ("true",)),
        ("{NEXT_PUBLIC_FF_X:'false'}", ("false",)),
        ("e.NEXT_PUBLIC_FF_X=!0;", ("true",)),
        ("NEXT_PUBLIC_FF_X: !1, NEXT_PUBLIC_FF_X: true", ("false", "true")),
        (r'push("{\"NEXT_PUBLIC_FF_X\":\"true\"}")', ("true",)),
        ("NEXT_PUBLIC_FF_X=`true`", ("true",)),
        ('NEXT_PUBLIC_FF_X:""', ("",)),
        ("NEXT_PUBLIC_FF_X=30", ("30",)),
        ('if(NEXT_PUBLIC_FF_X=="true")', None),
        ('{"NEXT_PUBLIC_FF_X":undefined}', None),
        ('{"NEXT_PUBLIC_FF_XY":"true"}', None),
        ('{"MY_NEXT_PUBLIC_FF_X":"true"}', None),
    ],
)
def test_settings_are_found_as_minifiers_write_them(text: str, values: tuple[str, ...] | None) -> None:
    """
    A value stands beside its name in many ways; a comparison is no value.
    """
    assert settings_in([text]).get("NEXT_PUBLIC_FF_X") == values


# -- readings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "max-age=63072000; includeSubDomains; preload",
        'preload;MAX-AGE="63072000" ; includesubdomains',
        "; max-age = 63072000;;includeSubDomains;preload ;",
    ],
)
def test_hsts_is_read_by_its_grammar(value: str) -> None:
    """
    Order, case, spaces and quotes are free (RFC 6797 6.1).
    """
    assert directives(value) == {"max-age": "63072000", "includesubdomains": "", "preload": ""}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "preload",
        "max-age=1; max-age=1",
        "max-age=1; Preload; preload",
        "max-age=-1",
        "max-age",
        'max-age="1',
        "a b=1",
        "\n",
        "max-age=1\n",
    ],
)
def test_hsts_that_a_browser_ignores_is_none(value: str) -> None:
    """
    A directive twice, no age, or no grammar: the header is as if it were not there.
    """
    assert directives(value) is None


@given(st.text(max_size=60))
def test_hsts_never_stumbles(value: str) -> None:
    """
    Whatever a server sends is either read or ignored.
    """
    found = directives(value)
    assert found is None or found["max-age"].isdigit()


def test_html_is_read_as_a_reader_meets_it() -> None:
    """
    Scripts are no words, links are absolute, and a claimed language must be the one that is written.
    """
    page = read(
        '<html lang="nb-NO"><head><base href="/a/"><title>T</title><script src="x.js"></script></head><body>'
        "<h1>Våre <b>vilkår</b></h1><p>Du og vi er enige, og det er ikke noe å si på det.</p>"
        '<script>var the = "and the of";</script>'
        '<a href="b#c">B</a><a href="http://[">?</a><link rel="modulepreload" href="/y.js"></body></html>',
        FRONT,
    )
    assert page.headings == ("Våre vilkår",)
    assert page.links == (FRONT + "a/b", "http://[")
    assert page.scripts == (FRONT + "a/x.js", FRONT + "y.js")
    assert page.inline == ('var the = "and the of";',)
    assert page.norwegian
    assert not replace(page, language="en").norwegian
    assert not read('<html lang="nb"><p>You and the others of this and that are it.</p></html>', FRONT).norwegian


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>two", ("one", "two")),
        ("<p>a < b &amp; c</p>", ("a", "<", "b", "&", "c")),
        ("<noscript>Nothing</noscript><template>yet</template>here", ("here",)),
        ("<template><noscript>still</template>nothing", ()),
        ("<style>p {}</style><!-- said --><title>T</title>all", ("all",)),
        ("<script/>no</script>yes", ("yes",)),
        ("<head><h1>A head that nobody closes", ("a", "head", "that", "nobody", "closes")),
        ("<script>for ever", ()),
        ("\0" * 9, ("\0" * 9,)),
        ("", ()),
    ],
)
def test_only_what_a_reader_sees_is_words(html: str, words: tuple[str, ...]) -> None:
    """
    However the page is made: what is not shown without a script, or never, is none of its words.
    """
    assert read(html, FRONT).words == words


def test_of_two_attributes_of_one_name_the_first_counts() -> None:
    """
    As in browsers (HTML, 13.2.5.33); an attribute without a value is an empty one.
    """
    page = read('<html lang=nb lang=en><a href=/a href=/b>A</a><a href>B</a><input type="Password"><input>', FRONT)
    assert (page.language, page.links, page.passwords) == ("nb", (FRONT + "a", FRONT), 1)


def plain(town: Town, serve: Callable[..., int], said: bytes) -> Reach:
    """A reach whose getdrop.no answers *said* to everything over plain HTTP, and hangs up."""

    def talk(connection: Any) -> None:
        connection.recv(9999)
        connection.sendall(said)

    reach = town.reach()
    reach.detour = replace(reach.detour, ports={**town.ports, **doors(serve(talk))})
    return reach


def doors(port: int) -> dict[str, int]:
    """Both addresses of the site's port 80, behind *port*."""
    return {"192.0.2.10:80": port, "192.0.2.11:80": port}
