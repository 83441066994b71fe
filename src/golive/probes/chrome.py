"""The browser process that all visits of a run share, and the one thread that drives it."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import TimeoutError as Expired
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from golive.chromium import NO_BROWSER, find_browser
from golive.errors import Denied, Unreachable

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

T = TypeVar("T")

ENDS_WITHIN = 5.0  # seconds
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--no-first-run",
    "--no-pings",
    "--no-proxy-server",  # what the shell says of proxies is not followed
)


@dataclass(frozen=True, slots=True)
class Way:
    """Which world a browser sees: where host names lead, and keys that it takes without knowing their root."""

    places: tuple[tuple[str, str], ...]  # "getdrop.no:443" → "127.0.0.1:4711", or "getdrop.no" → "192.0.2.10"
    keys: tuple[str, ...]  # base64 of the SHA-256 of SubjectPublicKeyInfos

    @property
    def arguments(self) -> list[str]:
        """Chromium's command line: every other name, literal addresses included, is not there."""
        rules = [f"MAP {name} {_bracketed(place)}" for name, place in self.places]
        said = [*QUIET, "--host-resolver-rules=" + ", ".join([*rules, "MAP * ~NOTFOUND"])]
        return [*said, "--ignore-certificate-errors-spki-list=" + ",".join(self.keys)] if self.keys else said


@dataclass(slots=True)
class _Running:
    browser: Browser
    visits: int = 0


@dataclass(slots=True)
class Chrome:
    """Starts a browser for a way at the first visit and keeps it; safe to use from many threads."""

    home: Path  # the project's folder, where a browser may have been unpacked
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _running: dict[Way, _Running] = field(default_factory=dict)
    _playwright: Playwright | None = None
    _over: bool = False  # nothing is started any more

    def __post_init__(self) -> None:
        threading.Thread(target=self._loop.run_forever, name="browser", daemon=True).start()
        atexit.register(self.close)

    def visit(self, way: Way, look: Callable[[BrowserContext], Awaitable[T]], patience: float) -> T:
        """
        *look* done in a fresh profile of a browser that sees *way*, within *patience* seconds.

        Denied where there is no browser, with what to install; Unreachable where it does not start or takes too long.
        """
        visiting = asyncio.run_coroutine_threadsafe(self._visit(way, look), self._loop)
        try:
            return visiting.result(patience)
        except Expired as exc:
            visiting.cancel()
            raise Unreachable("the browser", f"was not done within {patience:g} s") from exc

    def close(self) -> None:
        """End the browser's processes; those that hang are ended by the driver's own end."""
        if self._loop.is_running():
            with suppress(Expired):
                asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(ENDS_WITHIN)
            self._loop.call_soon_threadsafe(self._loop.stop)

    def begin(self) -> None:
        """Begin to start what drives a browser, which needs no way yet; whether it can be had is said later."""
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop)

    async def _begin(self) -> None:
        async with self._starting:
            if not self._over and find_browser(self.home) is not None:
                await self._driver()

    def prepare(self, way: Way) -> None:
        """Begin to start a browser for *way* and do not wait: whether it can be had is the first visit's to say."""
        asyncio.run_coroutine_threadsafe(self._prepare(way), self._loop)

    async def _prepare(self, way: Way) -> None:
        async with self._browser(way):
            pass

    async def _visit(self, way: Way, look: Callable[[BrowserContext], Awaitable[T]]) -> T:
        from playwright.async_api import Error

        async with self._browser(way) as browser:
            try:
                profile = await browser.new_context(locale="nb-NO", timezone_id="Europe/Oslo", accept_downloads=False)
            except Error as exc:
                raise Unreachable("the browser", f"it ended: {exc.message[:200]}") from exc
            try:
                return await look(profile)
            finally:
                with suppress(Error):  # of a browser that ended: what the look says of it counts
                    await profile.close()

    @asynccontextmanager
    async def _browser(self, way: Way) -> AsyncIterator[Browser]:
        async with self._starting:
            if self._over:  # a Ctrl-C meets driver and browser as well, and a visit under way would start another
                raise Unreachable("the browser", "the run is over")
            running = self._running.get(way)
            if running is None or not running.browser.is_connected():
                await self._forget_idle()
                running = self._running[way] = _Running(await self._start(way))
            running.visits += 1
        try:
            yield running.browser
        finally:
            running.visits -= 1

    async def _start(self, way: Way) -> Browser:
        from playwright.async_api import Error

        found = find_browser(self.home)
        if found is None:
            raise Denied("the browser", NO_BROWSER)
        try:
            driver = await self._driver()
            return await driver.chromium.launch(
                executable_path=found.executable, args=way.arguments, env=found.environment(os.environ)
            )
        except Error as exc:
            raise Unreachable(str(found.executable), f"the browser does not start: {exc.message[:200]}") from exc

    async def _driver(self) -> Playwright:
        from playwright.async_api import async_playwright

        self._playwright = self._playwright or await async_playwright().start()
        return self._playwright

    async def _forget_idle(self) -> None:
        """The world was changed, so the way was: nobody will come back to the former ones."""
        for way, running in [*self._running.items()]:
            if not running.visits:
                del self._running[way]
                await running.browser.close()

    async def _end(self) -> None:
        from playwright.async_api import Error

        self._over = True
        self._loop.set_exception_handler(lambda *_: None)  # what a driver left undone that was killed is no news
        for running in [*self._running.values()]:
            with suppress(Error):  # it has ended already
                await running.browser.close()
        self._running.clear()
        if self._playwright is not None:
            with suppress(Error):
                await self._playwright.stop()


def _bracketed(place: str) -> str:
    """An IPv6 address as Chromium's rules want it."""
    return f"[{place}]" if place.count(":") > 1 else place
