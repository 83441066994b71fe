"""Sentences about visitors: what they are answered, where they are led, what they see and what is kept about them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from golive.environment import Environment
from golive.errors import CannotTell
from golive.probes.asking import ACCEPTS, REFUSES, SUBJECTS
from golive.probes.bankid import is_of
from golive.probes.browser import Control, Dialog, Form, Sight, Visit
from golive.probes.bundle import Built, Bundle
from golive.probes.health import Health, Reported
from golive.probes.hsts import directives
from golive.probes.look import Look
from golive.probes.web import Answer, Journey, Page, Trip
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

FOR_GOOD = (301, 308)
# Two pages whose words agree this much are one page.
SAME_PAGE = 0.9
# The control that refuses must be about as large as the one that accepts, and its words as easy to read.
AS_LARGE, AS_LEGIBLE = 0.5, 0.8
NECESSARY = re.compile(r"\bnødvendig|\bnecessary", re.I)
TICKED = ("checkbox", "switch", "radio")
NORWEGIAN = ("nb", "nn", "no")
NOT_THERE = (404, 410)
BY_SCRIPT = "javascript:"  # what React writes where a function of its own takes the form
BROKEN = 500  # from here on nobody can say whether there is anything


class Settings(Protocol):
    """What the service is told: its plain variables, and where that was read."""

    @property
    def values(self) -> Mapping[str, str]: ...

    @property
    def source(self) -> str: ...


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


# -- what was built in ------------------------------------------------------------------------------------------------


@looks("the script that browsers run", target_fixture="script")
def script(environment: Environment) -> Look[Built]:
    return Bundle(environment.site.host)


@judges('browsers are given the same "{name}"')
def browsers_get_the_same(settings: Settings, script: Built, name: str, remarks: Remarks) -> None:
    seen, wanted = script.values.get(name, ()), settings.values.get(name)
    assert wanted is not None and set(seen) <= {wanted}, (  # noqa: PT018  # what is not set agrees with nothing
        f"{name} is {' and '.join(seen) or 'nowhere'} in the scripts of {script.url}, and {wanted or 'not set'} in "
        f"{settings.source}; they must agree, and what is built in changes only with a new build"
    )
    _read(script, [name], remarks)


@judges('browsers are given the same, of all that begin with "{prefix}"')
def browsers_get_all_the_same(settings: Settings, script: Built, prefix: str, remarks: Remarks) -> None:
    names = sorted({name for name in (*script.values, *settings.values) if name.startswith(prefix)})
    remarks.examined(len(names), f"settings that begin with {prefix}")
    differing = [
        f"{name} is {' and '.join(script.values[name])}"
        for name in names
        if not set(script.values.get(name, ())) <= {settings.values.get(name)}
    ]
    assert not differing, (
        f"in the scripts of {script.url}: {'; '.join(differing)}; "
        f"it must be as in {settings.source}, and what is built in changes only with a new build"
    )
    _read(script, names, remarks)


def _read(script: Built, names: Sequence[str], remarks: Remarks) -> None:
    """Say how much of what is built in could be read; a build may write a value in the place of its name."""
    remarks.examined(len(script.scripts), "scripts")
    beside = [name for name in names if name in script.values and name not in script.built_in]
    for gone, why in (
        ([name for name in names if name not in script.values], ""),
        (beside, ", and only what the page hands to them as they start agrees, which is no part of the build"),
    ):
        if gone:
            remarks.warn(
                f"{' and '.join(gone)} cannot be read from the scripts of {script.url}: "
                f"the build replaces the name by its value{why}"
            )
    if script.elsewhere:
        remarks.warn(f"scripts from {', '.join(script.elsewhere)} were not read")


# -- a browser --------------------------------------------------------------------------------------------------------


@looks('a visitor opens "{url}" in a fresh browser', target_fixture="sight")
def sight(url: str) -> Look[Sight]:
    return Visit(url)


@looks('a visitor opens "{url}" in a fresh browser and clicks "{text}"', target_fixture="sight")
def sight_after_click(url: str, text: str) -> Look[Sight]:
    return Visit(url, text)


@judges("the page is there, in Norwegian, and nothing on it failed")
def page_works(sight: Sight, environment: Environment, remarks: Remarks) -> None:
    trouble = [
        *([] if sight.status == 200 else [f"answered {sight.status or 'nothing'}"]),
        *([] if _origin(sight.url) == ("https", environment.site.host) else ["is another place"]),
        *([] if sight.language.split("-")[0] in NORWEGIAN else [f"is in {sight.language or 'no language'}"]),
        *([] if sight.title and sight.words else ["is empty"]),
        *sight.failed,
        *([] if sight.outside else sight.errors),
    ]
    assert not trouble, f"{sight.url}: {'; '.join(trouble)}; the page must be there, in Norwegian, without a failure"
    if sight.outside and sight.errors:
        # What fails because the gate reaches no such host, would not fail for a visitor.
        raise CannotTell(
            sight.url,
            f"{'; '.join(sight.errors)}; it also asks {', '.join(sight.outside)}, which the gate does not reach "
            "(network.hosts), and that may be why",
        )
    if sight.outside:
        remarks.warn(f"{sight.url} also asks {', '.join(sight.outside)}, which the gate does not reach")


@judges("the visitor stands before BankID")
def stands_before_bankid(sight: Sight, environment: Environment) -> None:
    issuer = environment.bankid.issuer
    host = urlsplit(sight.url).hostname
    if is_of(sight.url, issuer) and host not in environment.network.hosts:
        raise CannotTell(
            sight.url,
            f"{host} bears BankID's name, and the gate does not reach it: if BankID's login is there, add it to "
            "network.hosts",
        )
    realm = urlsplit(issuer).path + "/"
    at_home = _origin(sight.url) == _origin(issuer)
    there = urlsplit(sight.url).path.startswith(realm) if at_home else is_of(sight.url, issuer)
    said = (
        f"{sight.url} answered {sight.status or 'nothing'}"
        if sight.clicked
        else f"{sight.url} has no such link or button"
    )
    assert there and sight.status == 200, (  # noqa: PT018
        f"{said}; the visitor must arrive at a page below {issuer}, or at another host of BankID's"
    )


@judges("there is a form that can be sent, asking for")
def form_can_be_sent(sight: Sight, datatable: list[list[str]], environment: Environment, remarks: Remarks) -> None:
    wanted = [word for (word,) in datatable]
    asking = [
        form
        for form in sight.forms
        if all(any(word.lower() in label.lower() for label in form.fields) for word in wanted)
    ]
    there = sight.status == 200  # a form on an error page is none
    fitting = [form for form in asking if there and not _lost(form, environment)]
    hidden = _unreviewed(sight, environment)
    if sight.clicked and sight.status in (200, None) and not sight.forms and hidden:
        raise CannotTell(sight.url, f"no such form is seen, and {_unreached(hidden)}, which may be where it is")
    seen = "; ".join(
        f"a form that asks for {', '.join(form.fields) or 'nothing'}"
        + (f", {_lost(form, environment)}" if form in asking else "")
        for form in sight.forms
    )
    assert fitting, (
        f"{sight.url} ({sight.status or 'no answer'}) has {seen or 'no form'}"
        f"{'' if sight.clicked else ', and nothing to click'}; it must have one that asks for {', '.join(wanted)}, "
        "and that can be sent by POST to where something takes it"
    )
    unseen = {form: _unseen(form, environment) for form in fitting}
    if all(unseen.values()):
        raise CannotTell(sight.url, "; ".join(unseen.values()))
    if not any(form.method == "post" for form in fitting if not unseen[form]):
        remarks.warn(
            f"the form at {sight.url} does not say that it is sent by POST: a script sends it, and what becomes of it "
            "then cannot be seen; without the script what was typed would stand in the address"
        )


@judges("consent is asked for, and to refuse is as easy as to accept")
def consent_is_free(sight: Sight, environment: Environment) -> None:
    wrong = [_unfairness(dialog) for dialog in sight.dialogs] or ["nothing is asked"]
    hidden = _unreviewed(sight, environment)
    if sight.status == 200 and hidden and not any(_asks(dialog) for dialog in sight.dialogs):
        raise CannotTell(sight.url, f"no question for consent is seen, and {_unreached(hidden)}, which may ask it")
    assert "" in wrong and sight.status == 200, (  # noqa: PT018  # an error page asks nobody
        f"{sight.url} ({sight.status or 'no answer'}): {'; '.join(filter(None, wrong)) or 'asks'}; "
        "the page must be there, and consent asked for, and refused as easily as given"
    )


@judges("nothing is stored before the answer except")
def nothing_is_stored(sight: Sight, datatable: list[list[str]], environment: Environment, remarks: Remarks) -> None:
    (kind,), *names = datatable
    allowed = {(kind, name) for (name,) in names}
    stray = [f"{one.where} {one.name} ({one.host})" for one in sight.stored if (one.where, one.name) not in allowed]
    assert not stray, f"{sight.url} stores {', '.join(stray)} before any answer; only {_named(allowed)} may be"
    if hidden := _unreviewed(sight, environment):
        raise CannotTell(
            sight.url,
            f"before any answer {_unreached(hidden)}, and what they store is not seen; load them after the consent, or "
            "review them (site.reviewed_hosts)",
        )
    if sight.outside:
        remarks.warn(f"before any answer {sight.url} asks {', '.join(sight.outside)}, reviewed as storing nothing")


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


def _origin(url: str) -> tuple[str, str | None]:
    return urlsplit(url).scheme, urlsplit(url).hostname


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


def _unreviewed(sight: Sight, environment: Environment) -> list[str]:
    """Hosts that the page asked, of which the gate sees nothing and nobody has said that they store nothing."""
    return [host for host in sight.outside if host not in environment.site.reviewed_hosts]


def _unreached(hosts: Sequence[str]) -> str:
    return f"the page asks {', '.join(hosts)}, which the gate does not reach"


def _lost(form: Form, environment: Environment) -> str:
    """Why nobody gets what is typed into *form*, "" where nothing speaks against it."""
    if not form.sendable:
        return "which cannot be sent"
    if form.method not in ("post", ""):
        # Whoever has no script, or one that fails, would put what was typed into the address.
        return f"sent by {form.method}"
    if form.action == BY_SCRIPT:
        return ""
    scheme, host = _origin(form.action)
    if scheme != "https":
        return f"sent to {form.action}, which is no address over HTTPS"
    if form.receiver in NOT_THERE:
        return f"sent to {form.action}, where nothing is ({form.receiver})"
    ours = (environment.site.host, environment.site.www)
    return f"sent to {form.action}, which is not ours" if host in {*environment.network.hosts} - {*ours} else ""


def _unseen(form: Form, environment: Environment) -> str:
    """Why it cannot be seen whether something takes what *form* sends, "" where it can, or where a script sends it."""
    if form.action == BY_SCRIPT:
        return ""
    if _origin(form.action)[1] not in environment.network.hosts:
        return f"its form is sent to {form.action}, which the gate does not reach"
    if form.receiver is None or form.receiver >= BROKEN:
        return f"its form is sent to {form.action}, which answers {form.receiver or f'nothing: {form.unseen}'}"
    return ""


def _asks(dialog: Dialog) -> bool:
    """Whether *dialog* asks for consent, fairly or not."""
    return bool(dialog.about and _accepting(dialog))


def _refusing(dialog: Dialog) -> list[Control]:
    return [control for control in dialog.controls if control.kind not in TICKED and REFUSES.search(control.text)]


def _accepting(dialog: Dialog) -> list[Control]:
    refusing = _refusing(dialog)
    pressed = [control for control in dialog.controls if control.kind not in TICKED and control not in refusing]
    return [control for control in pressed if ACCEPTS.search(control.text)]


def _unfairness(dialog: Dialog) -> str:
    """Why *dialog* does not ask fairly for consent, "" where it does."""
    refusing, accepting = _refusing(dialog), _accepting(dialog)
    ticked = [control.text or "a box" for control in dialog.controls if _is_ticked(control)]
    if not dialog.about:
        return f"a dialog does not name what it asks ({', '.join(SUBJECTS)})"
    if not accepting:
        return f"the dialog about {' and '.join(dialog.about)} asks for no consent"
    if not refusing:
        return f"{accepting[0].text!r} is offered, and nothing beside it to refuse"
    if ticked:
        return f"ticked beforehand: {', '.join(ticked)}"
    yes, no = accepting[0], max(refusing, key=lambda control: control.width * control.height)
    smaller = no.width * no.height < AS_LARGE * yes.width * yes.height or no.font < AS_LEGIBLE * yes.font
    return (
        f"{no.text!r} is less prominent than {yes.text!r}: {_measures(no)} beside {_measures(yes)}" if smaller else ""
    )


def _is_ticked(control: Control) -> bool:
    return control.kind in TICKED and control.checked and not NECESSARY.search(control.text)


def _measures(control: Control) -> str:
    return f"{control.width} x {control.height} pixels in {control.font}-pixel letters"


def _named(things: set[tuple[str, str]]) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in sorted(things))


def _listed(seen: Mapping[str, str]) -> str:
    return "; ".join(f"{where}: {what}" for where, what in seen.items())
