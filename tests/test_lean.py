"""A gate loads at its start what it needs, and all that is left out is there as soon as somebody asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1]
FEATURE = "Feature: Something new\n  Scenario: It is not there yet\n    Given a sentence that nobody has written\n"


def ran(*arguments: str) -> str:
    """What Python says when it is started in the project's folder with *arguments*."""
    told = subprocess.run([sys.executable, *arguments], cwd=HOME, capture_output=True, text=True, check=False)
    assert "Traceback" not in told.stderr, told.stderr
    return told.stdout


def test_nothing_is_loaded_at_the_start_that_no_run_needs() -> None:
    """httpx's command line, Mako, asyncio and Allure's listener are a tenth of a small gate."""
    loads = "import pytest, golive, pytest_bdd.plugin, golive.gate, httpx, sys; print(*sorted(sys.modules))"
    loaded = set(ran("-c", loads).split())
    assert "httpx" in loaded
    assert not loaded & {"click", "rich.progress", "mako.template", "asyncio", "allure_pytest.plugin", "boto3"}


def plain(folder: Path) -> tuple[str, ...]:
    """What pytest is told to run a test in *folder* that is no scenario."""
    (folder / "test_plain.py").write_text("def test_plain():\n    pass\n", encoding="utf-8")
    return "-c", str(HOME / "pyproject.toml"), "--rootdir", str(folder), str(folder / "test_plain.py")


def test_code_is_generated_all_the_same(tmp_path: Path) -> None:
    """pytest-bdd's `--generate-missing` finds Mako when it asks for it."""
    feature = tmp_path / "new.feature"
    feature.write_text(FEATURE, encoding="utf-8")
    generated = ran("-m", "pytest", "--generate-missing", "--feature", str(feature), *plain(tmp_path))
    assert "def test_it_is_not_there_yet():" in generated


def test_allures_own_options_are_there_when_one_is_asked_for(tmp_path: Path) -> None:
    """A test that is no scenario has its result written by Allure's own plugin."""
    results = tmp_path / "results"
    assert "1 passed" in ran("-m", "pytest", *plain(tmp_path))
    assert "1 passed" in ran("-m", "pytest", "--alluredir", str(results), *plain(tmp_path))
    assert len(list(results.glob("*-result.json"))) == 1
    assert "--alluredir" in ran("-m", "pytest", "--help")
