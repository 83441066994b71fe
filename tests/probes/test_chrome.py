"""The browser itself: the names and keys that it is told, how it starts, and how it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from golive import chromium
from golive.errors import Denied, Unreachable
from golive.probes import chrome
from golive.probes.browser import Visit, _find_way, way_of
from golive.probes.chrome import Chrome, Way
from golive.probes.reach import Reach

from .town import HOME, Town

FRONT = "https://getdrop.no"

pytestmark = pytest.mark.skipif(chromium.find_browser(HOME) is None, reason=chromium.NO_BROWSER)


def test_names_and_keys_are_found_once_for_all_visits(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Each visit needs the same names and keys; as long as the world is the same they are not looked for again.
    """
    looked: list[Reach] = []

    def found(reach: Reach) -> Way:
        looked.append(reach)
        return _find_way(reach)

    monkeypatch.setattr("golive.probes.browser._find_way", found)
    assert way_of(reach) == way_of(reach)
    assert len(looked) == 1
    reach.forget()
    way_of(reach)
    assert len(looked) == 2


def test_a_name_that_is_hidden_for_now_is_looked_for_again(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What a name server did not say to the first visit, the second one asks again, and sees.

    The names are compared and not their addresses: the front door has two, and which comes first changes.
    """

    def named(way: Way) -> set[str]:
        return {name for name, _ in way.places}

    whole, resolve = named(way_of(reach)), Reach.resolve
    reach.forget()

    def silent(reach: Reach, host: str) -> tuple[str, ...]:
        if host == "auth.bankid.no":
            raise Unreachable(host, "the name could not be looked up")
        return resolve(reach, host)

    with monkeypatch.context() as once:
        once.setattr(Reach, "resolve", silent)
        assert named(way_of(reach)) == whole - {"auth.bankid.no:443"}
    assert "auth.bankid.no:443" in whole
    assert named(way_of(reach)) == whole


def test_other_names_are_not_there(reach: Reach) -> None:
    """
    The browser is told where the listed names are, and that there are no others.
    """
    rules = next(argument for argument in way_of(reach).arguments if "host-resolver" in argument)
    assert "MAP getdrop.no:443 127.0.0.1:" in rules
    assert "rds.amazonaws.com" not in rules
    assert rules.endswith("MAP * ~NOTFOUND")
    assert "ignore-certificate" not in "".join(Way((("getdrop.no", "2606:4700::1"),), ()).arguments)
    assert "MAP getdrop.no [2606:4700::1]" in "".join(Way((("getdrop.no", "2606:4700::1"),), ()).arguments)


def test_machine_without_a_browser_says_what_to_install(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No browser is no opinion.
    """
    monkeypatch.setattr(chrome, "find_browser", lambda _: None)
    with pytest.raises(Denied, match="install"):
        Visit(FRONT).observe(town.reach())


def test_browser_that_does_not_start_is_unknown(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    A program that is no browser is no opinion either.
    """
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(chrome, "find_browser", lambda _: chromium.Browser(program))
    with pytest.raises(Unreachable, match="does not start"):
        Visit(FRONT).observe(town.reach())


def test_a_browser_whose_driver_was_ended_ends_without_a_word(town: Town) -> None:
    """Ctrl-C meets the driver as well, and what is left to be ended must not say more than the gate does."""
    own = Chrome(HOME)
    reach = town.reach()
    reach.shared("browser", lambda: own)
    assert Visit(FRONT).observe(reach).status == 200
    driver: Any = own._playwright
    driver.stop.__self__._client._transport._proc.kill()
    own.close()
    assert not own._running


def test_nothing_is_started_once_it_is_over(town: Town) -> None:
    """A visit under way finds its browser gone, and would start another that nobody ends."""
    own = Chrome(HOME)
    reach = town.reach()
    reach.shared("browser", lambda: own)
    asyncio.run_coroutine_threadsafe(own._end(), own._loop).result(10)
    with pytest.raises(Unreachable, match="the run is over"):
        Visit(FRONT).observe(reach)
    own.close()
    assert own._playwright is None
