"""Pages of the twin's site, asked over its own names and TLS, and what keeps any look at the site from seeing it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from golive.errors import Denied, NoSuchName, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes.bundle import Bundle
from golive.probes.health import Health
from golive.probes.look import Look
from golive.probes.web import Journey, Page

from .town import Town, again, doors, free_port, plain

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
