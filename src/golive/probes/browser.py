"""What a visitor with a browser and an empty profile sees, and what is stored about them before they answer."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from golive.errors import Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes import asking, web
from golive.probes.certificate import public_keys
from golive.probes.chrome import Chrome, Way
from golive.probes.html import plainly
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.together import together
from golive.probes.watch import Watch, bare

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Error, Locator, Page

ASKED = 32  # hosts at the same time
CONTROL = "golive-control"
STORES = ("localStorage", "sessionStorage", "indexedDB", "cache")
HTML = ("text/html", "application/xhtml+xml")

LOOK_AROUND = Path(__file__).with_name("visit.js")
LOOK_INTO_STORAGE = Path(__file__).with_name("storage.js")

_DOING = re.compile(r"[A-Za-z]+\.[A-Za-z_]+")
_NET_ERROR = re.compile(r"net::(ERR_\w+)")


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing that is kept on the visitor's machine: its name, never its value."""

    where: str  # "cookie", or one of STORES
    name: str
    host: str


@dataclass(frozen=True, slots=True)
class Control:
    """Something in a dialog that can be pressed, ticked or filled in."""

    text: str
    kind: str  # "button", "checkbox", "a" …
    width: int  # pixels, all three
    height: int
    font: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Dialog:
    """
    One dialog, or what asks for consent without being declared as one, with what is visible in it before anything was
    pressed.
    """

    about: tuple[str, ...]  # which of asking.SUBJECTS it names, not counting its links
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what it asks for, and whether it can be sent."""

    method: str  # "post", "get", "dialog"; "" where nothing says how, so that only a script can send it well
    action: str  # absolute, without query; of what is no web address the scheme alone: "javascript:"
    fields: tuple[str, ...]  # labels of the visible fields that can be filled in
    sendable: bool  # it has a visible button for it, and that is enabled
    receiver: int | None = None  # the status of *action* when it is asked for without data; None where it was not
    unseen: str = ""  # why it was not, though it is ours


@dataclass(frozen=True, slots=True)
class Sight:
    """Where the visitor stands in the end, and what came to pass on the way."""

    url: str  # without query, where a login carries what is nobody's business
    status: int | None  # of the page; None where nobody answered, or the address is outside the environment's list
    clicked: bool  # whether the control to click was there; False without one to click
    title: str = ""
    language: str = ""
    heading: str = ""
    words: int = 0  # of the visible text
    dialogs: tuple[Dialog, ...] = ()
    forms: tuple[Form, ...] = ()
    stored: tuple[Stored, ...] = ()
    failed: tuple[str, ...] = ()  # parts of the pages that did not come: address and why
    errors: tuple[str, ...] = ()  # of the scripts, and on the console: kind and place, for what they say may be private
    outside: tuple[str, ...] = ()  # hosts that were asked for and are not in the environment's list: not reached


@dataclass(frozen=True, slots=True)
class Visit(Look[Sight]):
    """What does a visitor see who opens *url* in a fresh browser, and then presses what is labelled *click*?"""

    url: str
    click: str | None = None

    @property
    def source(self) -> str:
        """The page, and what is pressed on it."""
        return f"{self.url} in a browser" + (f", pressing {self.click!r}" if self.click else "")

    @property
    def host(self) -> str:
        """The browser: so many visits at a time, whichever site they go to."""
        return "the browser"

    def prepare(self, reach: Reach) -> None:
        """Begin to start the browser, and what drives it while the names are looked up that it is to know."""
        chrome = _chrome(reach)
        chrome.begin()
        chrome.prepare(way_of(reach))

    def observe(self, reach: Reach) -> Sight:
        """
        Unreachable, Untrusted, Unreadable, Overloaded: the page, or the one that the click leads to, as `web.Page`.

        Denied where this machine has no browser. That the control is missing, or leads outside, is an answer.
        """
        reach.dial(urlsplit(self.url).hostname or "", 443)  # says what is wrong with the name better than a browser

        async def look(profile: BrowserContext) -> Sight:
            return await _visit(profile, self, reach)

        sight = _chrome(reach).visit(way_of(reach), look, reach.environment.network.look_seconds)
        return replace(sight, forms=tuple(_received(form, sight, reach) for form in sight.forms))


def _chrome(reach: Reach) -> Chrome:
    return reach.shared("browser", lambda: Chrome(reach.environment.folder.parents[1]))


def way_of(reach: Reach) -> Way:
    """
    The environment's names for a browser.

    In the rehearsal the browser takes the keys of those certificates that this process has itself verified against the
    twin's authority, and no other: it knows no root of the twin's, and to ignore errors would blind it. A live
    environment is judged by the browser's own roots. Found once for all visits, unless something of it is hidden only
    for now.
    """
    try:
        return reach.found("the way of a browser", lambda: _find_way(reach))
    except _Hidden as exc:
        return exc.way


class _Hidden(Exception):
    """A name could not be looked up, or did not prove itself: the next visit may know more than *way*."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.way = way


def _find_way(reach: Reach) -> Way:
    environment = reach.environment
    hosts = [host for host in environment.network.hosts if host != environment.database.host]

    def places(host: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for port in (443, 80):
            try:
                address, there = next(iter(reach.dial(host, port)))
            except ProbeError:
                continue  # a name that leads nowhere: so it will for the browser
            found |= {f"{host}:{port}": f"{address}:{there}"} if environment.rehearsal else {host: address}
        return found

    told = [place for found in together(places, hosts, ASKED) for place in found.items()]
    keys = together(lambda host: public_keys(reach, host), hosts, ASKED) if environment.rehearsal else []
    way = Way(tuple(told), tuple(sorted({key for found in keys for key in found})))
    unproven = {host for host, found in zip(hosts, keys, strict=False) if f"{host}:443" in dict(told) and not found}
    if unproven or any(together(lambda host: _is_hidden(reach, host), hosts, ASKED)):
        raise _Hidden(way)
    return way


def _is_hidden(reach: Reach, host: str) -> bool:
    """Whether *host* may have an address that could not be looked up: that there is none is an answer."""
    try:
        reach.resolve(host)
    except ProbeError as exc:
        return exc.passing
    return False


async def _visit(profile: BrowserContext, visit: Visit, reach: Reach) -> Sight:
    from playwright.async_api import Error

    network = reach.environment.network
    ends = time.monotonic() + network.look_seconds
    watch = Watch(frozenset(network.hosts))
    watch.attach(profile)
    try:
        page = await profile.new_page()
        page.set_default_timeout(network.answer_seconds * 1000)
        opened = await page.goto(visit.url, wait_until="load")
        await watch.rest(network.quiet_seconds, ends)
        # From a page that is an error nobody goes on.
        control = await _control(page, visit.click) if visit.click and opened and opened.ok else None
        if control is not None:
            # By the keyboard: what lies over it, as a question about cookies may, is in the way of a mouse only.
            await control.press("Enter")
            await watch.rest(network.quiet_seconds, ends)
            page = profile.pages[-1]  # it may have opened a page of its own
            await page.wait_for_load_state("load")
        return await _see(profile, page, watch, clicked=control is not None)
    except Error as exc:
        outside = watch.led_outside
        if outside is not None:
            return Sight(outside, None, clicked=len(watch.documents) > 1, outside=watch.outside)
        raise _told(visit.url, exc) from exc


async def _see(profile: BrowserContext, page: Page, watch: Watch, *, clicked: bool) -> Sight:
    last = watch.documents[-1]
    answer = watch.answers.get(last)
    if last.failure and answer is None:
        if (outside := watch.led_outside) is not None:
            return Sight(outside, None, clicked=clicked, outside=watch.outside)
        raise _broken(bare(last.url), last.failure)
    status = answer.status if answer else None
    kind = (await answer.header_value("content-type") or "").partition(";")[0].strip().lower() if answer else ""
    if status == 429:
        raise Overloaded(bare(page.url), "answered 429, too many requests")
    if status is not None and status < 400 and kind not in HTML:
        raise Unreadable(bare(page.url), f"answered with {kind or 'no kind of content'}, which is no page")
    seen = await page.evaluate(LOOK_AROUND.read_text(encoding="utf-8"), asking.words())
    return Sight(
        url=bare(page.url),
        status=status,
        clicked=clicked,
        # Of a page that is there: an error's may quote anything.
        title=plainly(seen["title"]) if status is None or status < 400 else "",
        language=seen["language"],
        heading=plainly(seen["heading"]) if status is None or status < 400 else "",
        words=seen["words"],
        dialogs=tuple(
            Dialog(tuple(one["about"]), tuple(Control(**each) for each in one["controls"])) for one in seen["dialogs"]
        ),
        forms=tuple(_form(one) for one in seen["forms"]),
        stored=await _stored(profile, page),
        failed=tuple(sorted(watch.failed)),
        errors=tuple(sorted(watch.errors)),
        outside=watch.outside,
    )


async def _control(page: Page, text: str) -> Locator | None:
    """The first link or button of that name that can be seen and used."""
    named = page.get_by_role("link", name=text, exact=True).or_(page.get_by_role("button", name=text, exact=True))
    for control in await named.all():
        if await control.is_visible() and await control.is_enabled():
            return control
    return None


async def _stored(profile: BrowserContext, page: Page) -> tuple[Stored, ...]:
    """All that the profile holds; Unreadable where what was put there for a control is not found again."""
    host = urlsplit(page.url).hostname or ""
    await profile.add_cookies([{"name": CONTROL, "value": "", "url": page.url}])
    found = {
        Stored("cookie", one.get("name", ""), one.get("domain", "").lstrip(".")) for one in await profile.cookies()
    }
    look = LOOK_INTO_STORAGE.read_text(encoding="utf-8")
    for frame in (frame for each in profile.pages for frame in each.frames):
        if at := urlsplit(frame.url).hostname:
            kept: dict[str, list[str]] = await frame.evaluate(look, CONTROL if frame == page.main_frame else None)
            found |= {Stored(where, name, at) for where in STORES for name in kept[where]}
    controls = {Stored("cookie", CONTROL, host), Stored("localStorage", CONTROL, host)}
    if not controls <= found:
        raise Unreadable(bare(page.url), "what is stored by this page cannot be seen")
    return tuple(sorted(found - controls, key=lambda one: (one.where, one.name, one.host)))


def _form(seen: dict[str, Any]) -> Form:
    scheme = seen["action"].partition(":")[0]
    action = bare(seen["action"]) if scheme in ("https", "http") else f"{scheme}:"
    return Form(seen["method"], action, tuple(seen["fields"]), seen["sendable"])


def _received(form: Form, sight: Sight, reach: Reach) -> Form:
    """*form* with what there is at its action; who is not ours is not asked, and nothing is ever sent."""
    site = reach.environment.site
    ours = urlsplit(form.action).hostname in (site.host, site.www)
    if form.action == sight.url:
        return replace(form, receiver=sight.status)
    if not (form.sendable and ours and form.action.startswith("https:")):
        return form
    try:
        return replace(form, receiver=reach.ask(web.Page(form.action)).status)
    except ProbeError as exc:
        return replace(form, unseen=exc.reason)


def _told(url: str, error: Error) -> ProbeError:
    found = _NET_ERROR.search(error.message)
    if "Download is starting" in error.message:
        return Unreadable(url, "the browser does not know what to do with the answer but to keep it")
    if found is None:
        # What it says quotes addresses; what it was about to do is the word before the colon.
        doing = error.message.partition(":")[0]
        return Unreachable(url, f"the browser could not finish{f' ({doing})' if _DOING.fullmatch(doing) else ''}")
    return _broken(url, found[0])


def _broken(url: str, failure: str) -> ProbeError:
    """Chromium's word for why a page did not come, in ours."""
    if "ERR_CERT_" in failure or "ERR_SSL_PINNED" in failure:
        return Untrusted(url, f"the browser does not trust its certificate ({failure})")
    if any(word in failure for word in ("ERR_SSL_", "ERR_INVALID_", "ERR_ABORTED", "ERR_UNSAFE_", "ERR_CONTENT_")):
        return Unreadable(url, f"the browser cannot read the answer ({failure})")
    return Unreachable(url, f"the browser gets no answer ({failure})")
