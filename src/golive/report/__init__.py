"""The record, rendered: Allure results, texts for other programs, and one page that opens offline.

write_report ─┬─> allure     one result for each finding, through allure-python's own model and writer
              ├─> write_texts ─┬─> markdown   verdict.md, the first screen as text
              │                ├─> junit      junit.xml, for what shows the results of tests
              │                └─> statement  statement.json, for what admits images by attestations
              └─> html       Allure's page with the first screen on top
                    screen   what the first screen says, the same for all
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from golive.files import write_atomically
from golive.record import Record
from golive.report.allure import results_in, write_results
from golive.report.errors import ReportError
from golive.report.html import write_html
from golive.report.junit import junit_xml
from golive.report.markdown import verdict_markdown
from golive.report.statement import statement_json

__all__ = ["TEXTS", "Report", "ReportError", "results_in", "write_html", "write_report", "write_results", "write_texts"]

TEXTS: Mapping[str, Callable[[Record], str]] = {
    "verdict.md": verdict_markdown,
    "junit.xml": junit_xml,
    "statement.json": statement_json,
}


@dataclass(frozen=True, slots=True)
class Report:
    """Where the record was rendered to."""

    results: Path
    markdown: Path
    html: Path


def write_report(
    record: Record,
    folder: Path,
    *,
    home: Path,
    results: Path | None = None,
    attached: Sequence[Path] = (),
    history: Path | None = None,
    check: Callable[[], None] = lambda: None,
) -> Report:
    """
    Render *record* into *folder*: `allure-results/` (or *results*), the `TEXTS` and `report.html`, each whole or not.

    *home* is the project's folder, under which `reports/install.py` put the generator. *attached* are further files for
    the page. *history* is a file of Allure's that tells what changed; this run is added to it. *check* is called
    between the results and the page, and may raise. ReportError where the page cannot be made: then there is none, an
    older one neither.
    """
    report = Report(results or folder / "allure-results", folder / "verdict.md", folder / "report.html")
    report.html.unlink(missing_ok=True)
    write_results(record, report.results)
    write_texts(record, folder)
    check()
    write_html(record, report.results, report.html, home=home, attached=(report.markdown, *attached), history=history)
    return report


def write_texts(record: Record, folder: Path) -> None:
    """Write the `TEXTS` of *record* into *folder*, each whole or not at all."""
    for name, rendered in TEXTS.items():
        write_atomically(folder / name, rendered(record))
