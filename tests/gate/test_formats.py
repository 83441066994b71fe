"""What a run says on the terminal, in the record, and in every form of it, is one and the same."""

from __future__ import annotations

import pytest

from golive.record import Decision
from tests.formats import agree
from tests.gate.conftest import Project, manifest_of


@pytest.mark.parametrize(
    ("arguments", "decision", "status"),
    [
        (("-m", "golive"), Decision.GO, 0),
        (("-m", "golive", "--fault", "hsts-sent-twice"), Decision.NO_GO, 1),
        (("-m", "GL-2.4.4", "--partial"), Decision.PARTIAL, 0),
        (("-m", "golive", "--phase", "T+24h"), Decision.GO, 0),
    ],
    ids=["GO", "NO-GO", "PARTIAL", "T+24h"],
)
def test_a_run_says_the_same_everywhere(
    arguments: tuple[str, ...], decision: Decision, status: int, project: Project
) -> None:
    """
    Terminal, record, verdict.md, junit.xml, statement.json and Allure's results agree, and the manifest lists them.
    """
    ran = project.run(*arguments)
    assert ran.status == status, ran.terminal
    assert ran.record is not None
    assert ran.folder is not None
    assert ran.record.verdict.status is decision
    assert ran.record.verdict.line in " ".join(ran.terminal.split())
    agree(ran.record, ran.folder)
    files = manifest_of(ran)["files"]
    assert isinstance(files, dict)
    assert {"verdict.md", "junit.xml", "statement.json"} <= set(files)
    of_statement = ran.record.verdict.status is Decision.GO
    assert ('"result": "FAILED"' not in (ran.folder / "statement.json").read_text()) is of_statement


def test_without_a_report_the_texts_say_no_go(project: Project) -> None:
    """
    Where the page cannot be made the run falls, and so does every text that had said GO before.
    """
    (project.home / "reports" / "node_modules").unlink()
    ran = project.run("-m", "golive")
    assert ran.status == 1
    assert ran.record is not None
    assert ran.folder is not None
    assert not ran.manifest
    assert ran.record.verdict.status is Decision.NO_GO
    assert "install.py" in ran.record.verdict.line
    agree(ran.record, ran.folder)
