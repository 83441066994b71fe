"""The browser that looks as a visitor does: an installed one, else the one that `reports/install.py` unpacked.

The unpacked one comes out of npm's `@sparticuz/chromium`, for Linux on x86-64, with its own libraries and font, so that
a machine without any browser can look.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NO_BROWSER = (
    "no browser was found: install Chrome, Chromium or Edge; on Linux x86-64 `python reports/install.py` unpacks one"
)

_ON_PATH = (
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_LINUX = (
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/opt/microsoft/msedge/msedge",
)
_MACOS = (
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Chromium.app/Contents/MacOS/Chromium",
    "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that can be started, and what its process needs beside the caller's own environment."""

    executable: Path
    additions: tuple[tuple[str, str], ...] = ()

    def environment(self, base: Mapping[str, str]) -> dict[str, str | float | bool]:
        """*base* with the additions over it, as Playwright's `launch(env=…)` takes it."""
        return {**base, **dict(self.additions)}


def find_browser(
    home: Path, *, environment: Mapping[str, str] = os.environ, places: Iterable[Path] | None = None
) -> Browser | None:
    """
    An installed browser, else the one unpacked under *home* (the project's folder), else None: then say NO_BROWSER.

    *environment* names the folders of programs; *places* are looked at after them, by default this system's usual ones.
    """
    for name in _ON_PATH:
        if found := shutil.which(name, path=environment.get("PATH", "")):
            return Browser(Path(found))
    for place in _usual_places(environment) if places is None else places:
        if place.is_file() and os.access(place, os.X_OK):
            return Browser(place)
    return unpacked(home)


def unpacked(home: Path) -> Browser | None:
    """The browser that `reports/install.py` unpacked under *home*, None where it did not."""
    folder = unpacked_folder(home)
    executable = folder / "chromium"
    if not executable.is_file():
        return None
    return Browser(
        executable,
        (
            ("LD_LIBRARY_PATH", str(folder / "al2023" / "lib")),
            # Without any font it would end itself on the first page that asks for a character it cannot draw.
            ("FONTCONFIG_FILE", str(folder / "fonts" / "fonts.conf")),
        ),
    )


def unpacked_folder(home: Path) -> Path:
    """Where `reports/install.py` puts the browser."""
    return home / "reports" / "node_modules" / ".chromium"


def can_unpack() -> bool:
    """Whether the packed browser runs on this machine."""
    return sys.platform == "linux" and platform.machine() in {"x86_64", "AMD64"}


def _usual_places(environment: Mapping[str, str]) -> Iterator[Path]:
    if sys.platform == "darwin":
        roots = [Path("/"), *([Path(environment["HOME"])] if environment.get("HOME") else [])]
        yield from (root / place for place in _MACOS for root in roots)
    elif sys.platform == "win32":
        roots = [Path(environment[name]) for name in _WINDOWS_ROOTS if environment.get(name)]
        yield from (root / place for place in _WINDOWS for root in roots)
    else:
        yield from map(Path, _LINUX)
