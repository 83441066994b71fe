"""A page without a network in a real browser; whatever it asks for or complains about is seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from golive import chromium
from golive.report.html import GENERATOR
from tests.reported import HOME

# Cost of a slow shared machine, in milliseconds.
PATIENCE = 15_000

needs_report = pytest.mark.skipif(not (HOME / GENERATOR).is_file(), reason="python reports/install.py was not run")
needs_browser = pytest.mark.skipif(chromium.unpacked(HOME) is None, reason="no browser is unpacked on this machine")


@dataclass(slots=True)
class Watched:
    """A page, and what it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, file: Path) -> Page:
        self.page.goto(file.as_uri())
        expect(self.page.get_by_text("Powered by")).to_be_visible(timeout=PATIENCE)
        return self.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = chromium.unpacked(HOME)
    assert found is not None
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.executable, env=found.environment(os.environ), args=["--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A page without a network; whatever it asks for outside of itself or complains about fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    seen = Watched(context.new_page())
    seen.page.set_default_timeout(PATIENCE)
    seen.page.on("request", lambda asked: seen.requests.append(asked.url))
    seen.page.on("console", lambda said: seen.complaints.append(f"{said.type}: {said.text}"))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    yield seen
    context.close()
    outside = [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert (outside, seen.complaints) == ([], [])
