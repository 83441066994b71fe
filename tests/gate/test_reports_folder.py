"""What a run writes replaces neither signed runs nor features, and stands under reports/latest or is NO-GO."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.gate.conftest import Project, demand_no_go
from tests.gate.sweeping import INVENTORY

HSTS = "features/golive/2.4-domain-and-tls.feature"


def test_results_for_allure_elsewhere(project: Project) -> None:
    """With --alluredir the results, one for each item, go there."""
    ran = project.run("-m", "golive", "-k", "Slack", "--partial", "--alluredir", "elsewhere")
    assert ran.status == 0, ran.terminal
    assert len(list((project.home / "elsewhere").glob("*-result.json"))) == len(INVENTORY.item)
    assert ran.folder is not None
    assert not (ran.folder / "allure-results").exists()


@pytest.mark.parametrize("clean", [(), ("--clean-alluredir",)], ids=["kept", "cleaned"])
@pytest.mark.parametrize("where", ["reports", ".", "features/golive", "reports/rehearsal"])
def test_results_for_allure_where_runs_and_features_lie_are_refused(
    project: Project, where: str, clean: tuple[str, ...]
) -> None:
    """--alluredir replaces what is there, so it names no folder that holds signed runs, or what is judged."""
    kept = project.home / "reports/production/2026-03-02T091400.000000Z/manifest.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "golive", "--alluredir", where, *clean],
        cwd=project.home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, kept.is_file()) == (4, True), ran.stdout
    assert f"--alluredir {where} is, holds or lies in" in ran.stdout + ran.stderr
    assert (project.home / HSTS).is_file()
    assert not (project.home / "reports/rehearsal").exists()


def test_a_run_that_cannot_be_named_the_latest_is_no_go(project: Project) -> None:
    """Where `reports/latest` would go on naming another run, this one is NO-GO in all that is left of it."""
    other = project.home / "reports/latest/record.json"
    other.parent.mkdir()
    other.write_text("{}", encoding="utf-8")
    ran = project.run("-m", "golive")
    assert ran.folder is not None
    demand_no_go(ran, "could not be written down")
    assert not ran.manifest
    assert not [name for name in ("report.html", "SHA256SUMS", "manifest.json") if (ran.folder / name).exists()]
    for file in (ran.folder / name for name in ("record.json", "verdict.md", "junit.xml", "statement.json")):
        assert "NO-GO" in file.read_text(encoding="utf-8"), file
    assert other.read_text(encoding="utf-8") == "{}"
    verified = subprocess.run(
        [sys.executable, "-c", "from golive.cli import main; main()", "verify", str(ran.folder), "--unsigned"],
        cwd=project.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verified.returncode in (1, 4), verified.stdout + verified.stderr
