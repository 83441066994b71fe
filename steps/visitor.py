"""Sentences about visitors: what they are answered, where they are led, and how the service says that it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from golive.environment import Environment
from golive.errors import CannotTell
from golive.probes.health import Health, Reported
from golive.probes.hsts import directives
from golive.probes.look import Look
from golive.probes.web import Answer, Journey, Page, Trip
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

FOR_GOOD = (301, 308)
# Two pages whose words agree this much are one page.
SAME_PAGE = 0.9


# -- pages ------------------------------------------------------------------------------------------------------------


@looks("a visitor opens", target_fixture="pages")
def pages(datatable: list[list[str]], environment: Environment) -> list[Look[Answer]]:
    return [Page(f"https://{environment.site.host}{path}") for (path,) in datatable]


@judges('"{path}" is a page in Norwegian of at least {count:d} words under the heading "{word}"')
def page_is_readable(pages: list[Answer], path: str, count: int, word: str) -> None:
    page = _page(pages, path)
    document = page.outline
    seen = (
        f"{page.status} with {page.kind or 'no kind of content'} and {len(document.words)} words in "
        f"{document.language or 'no language'} under {' and '.join(document.headings) or 'no heading'}"
    )
    readable = page.status == 200 and page.kind == "text/html" and len(document.words) >= count
    headed = any(word.lower() in heading.lower() for heading in document.headings)
    norwegian = document.norwegian
    assert readable and headed and norwegian, (  # noqa: PT018  # one page, told whole
        f"{page.url} answers {seen}; it must be a page (200) with {count} words in Norwegian, headed {word!r}"
    )


@judges('"{front}" leads to "{path}"')
def page_leads_to(pages: list[Answer], front: str, path: str) -> None:
    page, wanted = _page(pages, front), _page(pages, path).url
    links = page.outline.links
    assert page.status == 200 and wanted in links, (  # noqa: PT018  # from an error page nobody goes on
        f"{page.url} ({page.status}) links to {', '.join(links) or 'nothing'}; it must be there and link to {wanted}"
    )


@judges('"{path}" is not what "{nothing}" shows')
def page_is_its_own(pages: list[Answer], path: str, nothing: str) -> None:
    page, missing = _page(pages, path), _page(pages, nothing)
    alike = page.outline.likeness(missing.outline)
    assert alike < SAME_PAGE, (
        f"{page.url} and {missing.url}, where there is nothing, share {alike:.0%} of their words; "
        "it must be a page of its own"
    )


# -- the way to a page ------------------------------------------------------------------------------------------------


@looks("a visitor follows", target_fixture="trips")
def trips(datatable: list[list[str]]) -> list[Look[Trip]]:
    return [Journey(url) for (url,) in datatable]


@judges("each is sent for good to the same page on the same host over HTTPS, and goes on over HTTPS alone")
def way_is_secure(trips: list[Trip], remarks: Remarks) -> None:
    wrong = {trip.hops[0].url: _way(trip) for trip in trips if not (_stays_secure(trip) and _starts_secure(trip))}
    assert not wrong, (
        f"{_listed(wrong)}; the first answer must be 301 or 308 to the same address with https, and the rest https"
    )
    remarks.examined(len(trips), "ways")


@judges('every answer on the way to a page, and to an error at "{nothing}", sends "{name}" once, carrying exactly')
def header_carries(
    trips: list[Trip], nothing: str, name: str, datatable: list[list[str]], environment: Environment, remarks: Remarks
) -> None:
    wanted = {directive.lower(): value for directive, value in datatable[1:]}
    hops = {hop.url: hop for trip in trips for hop in trip.hops if _is_secure_and_ours(hop.url, environment)}
    seen = {url: [directives(value) for value in hop.every(name)] for url, hop in hops.items()}
    sent: dict[str, list[str]] = {}
    for url, hop in hops.items():
        sent.setdefault(" and ".join(hop.every(name)) or "none", []).append(url)
    told = "; ".join(f"{said} at {', '.join(urls)}" for said, urls in sent.items())
    assert seen == {url: [wanted] for url in seen}, (
        f"{name} is {told}; each answer must send it once, carrying "
        + "; ".join(f"{directive}={value}" if value else directive for directive, value in wanted.items())
    )
    remarks.examined(len(hops), "answers")
    # What is sent with a redirect says nothing of pages, and what is sent with pages nothing of errors.
    if lacking := _unexamined(trips, nothing, environment):
        raise CannotTell(name, f"not every kind of answer was there to be examined: {'; '.join(lacking)}")


# -- health -----------------------------------------------------------------------------------------------------------


@looks('"{url}" is asked how the service is', target_fixture="health")
def health(url: str) -> Look[Reported]:
    return Health(url)


@judges("it says")
def health_is(health: Reported, datatable: list[list[str]]) -> None:
    told = {"the service": health.status, "the database": health.database}
    wanted = dict(datatable[1:])
    seen = {of: told.get(of) or "not told" for of in wanted}
    said = health.wrong or ", ".join(f"{of} is {word}" for of, word in seen.items())
    assert seen == wanted, (
        f"{health.url}: {said}; it must be {', '.join(f'{of} {word}' for of, word in wanted.items())}"
    )


# -- readings ---------------------------------------------------------------------------------------------------------


def _page(pages: list[Answer], path: str) -> Answer:
    """The one of *pages* that was opened at *path*."""
    return next(page for page in pages if urlsplit(page.url).path == path)


def _place(url: str) -> tuple[str, str | None, int, str, str]:
    """An address by its parts, the usual port filled in."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return parts.scheme, parts.hostname, port, parts.path or "/", parts.query


def _starts_secure(trip: Trip) -> bool:
    first = trip.hops[0]
    secure = urlunsplit(urlsplit(first.url)._replace(scheme="https"))
    return first.status in FOR_GOOD and first.leads_to is not None and _place(first.leads_to) == _place(secure)


def _stays_secure(trip: Trip) -> bool:
    rest = [hop.url for hop in trip.hops[1:]] + [hop.leads_to for hop in trip.hops if hop.leads_to]
    return trip.end == "arrived" and all(urlsplit(url).scheme == "https" for url in rest)


def _way(trip: Trip) -> str:
    """Each answer of *trip* and where it leads, and how it ended."""
    hops = [f"{hop.status} to {hop.leads_to}" if hop.leads_to else f"{hop.status}" for hop in trip.hops]
    return ", ".join(hops if trip.end == "arrived" else [*hops, trip.end])


def _is_secure_and_ours(url: str, environment: Environment) -> bool:
    return urlsplit(url).scheme == "https" and urlsplit(url).hostname in (environment.site.host, environment.site.www)


def _unexamined(trips: Sequence[Trip], nothing: str, environment: Environment) -> list[str]:
    """Which of *trips* did not end, on our hosts, at a page; and at *nothing* at an error."""
    lacking = []
    for trip in trips:
        first, last = trip.hops[0], trip.hops[-1]
        is_error = urlsplit(first.url).path == nothing
        arrived = trip.end == "arrived" and _is_secure_and_ours(last.url, environment)
        if not arrived or not (last.status >= 400 if is_error else last.status == 200):
            lacking.append(f"{first.url} ends at {'no error' if is_error else 'no page'} ({_way(trip)})")
    if not any(urlsplit(trip.hops[0].url).path == nothing for trip in trips):
        lacking.append(f"nobody asked for {nothing}")
    return lacking


def _listed(seen: Mapping[str, str]) -> str:
    return "; ".join(f"{where}: {what}" for where, what in seen.items())
