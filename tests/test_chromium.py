"""A browser is found where there is one, and the unpacked one works where there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from golive.chromium import NO_BROWSER, Browser, can_unpack, find_browser, unpacked, unpacked_folder

HOME = Path(__file__).resolve().parent.parent
NOWHERE = {"PATH": ""}

needs_browser = pytest.mark.skipif(unpacked(HOME) is None, reason="no browser is unpacked on this machine")


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


@needs_browser
def test_the_unpacked_browser_looks_where_no_other_is_installed() -> None:
    """
    Without any installed browser a page with a script and a letter that no font has is opened, and its picture taken.
    """
    found = find_browser(HOME, environment=NOWHERE, places=())
    assert found == unpacked(HOME)
    assert found is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, env=found.environment(os.environ))
        page = browser.new_page()
        page.set_content("<p>Vilkår 漢字 🚀</p><script>document.title = 'six times seven is ' + 6 * 7</script>")
        picture = page.screenshot()
        assert page.title() == "six times seven is 42"
        browser.close()
    assert picture.startswith(b"\x89PNG")


@pytest.mark.skipif(os.name == "nt", reason="the names of programs on PATH end in .exe there")
@pytest.mark.parametrize("name", ["google-chrome", "chromium", "microsoft-edge"])
def test_an_installed_browser_comes_first(name: str, tmp_path: Path) -> None:
    """
    What the machine has is used, first from PATH, then from the usual places.
    """
    executable(unpacked_folder(tmp_path) / "chromium")
    elsewhere = executable(tmp_path / "opt" / "chrome")
    on_path = executable(tmp_path / "bin" / name)
    path = {"PATH": str(on_path.parent)}
    assert find_browser(tmp_path, environment=path, places=[elsewhere]) == Browser(on_path)
    assert find_browser(tmp_path, environment=NOWHERE, places=[elsewhere]) == Browser(elsewhere)


def test_without_any_browser_there_is_none(tmp_path: Path) -> None:
    """
    Nothing is found where nothing is, and what cannot be started does not count; one sentence says what to do.
    """
    (tmp_path / "chrome").touch(mode=0o644)
    assert find_browser(tmp_path, environment=NOWHERE, places=[tmp_path / "missing"]) is None
    if os.name != "nt":
        assert find_browser(tmp_path, environment=NOWHERE, places=[tmp_path / "chrome"]) is None
    assert "install Chrome" in NO_BROWSER
    assert "python reports/install.py" in NO_BROWSER


def test_the_browser_keeps_the_environment_and_adds_its_own(tmp_path: Path) -> None:
    """
    The unpacked browser brings libraries and a font; an installed one gets the environment as it is.
    """
    executable(unpacked_folder(tmp_path) / "chromium")
    found = unpacked(tmp_path)
    assert found is not None
    environment = found.environment({"LANG": "C"})
    assert environment.keys() == {"LANG", "LD_LIBRARY_PATH", "FONTCONFIG_FILE"}
    assert Browser(tmp_path).environment({"LANG": "C"}) == {"LANG": "C"}


def test_only_machines_that_can_run_it_unpack_a_browser() -> None:
    """
    Where a browser is unpacked, the machine is one that the package is made for.
    """
    assert can_unpack() or unpacked(HOME) is None
