"""What a run says on the terminal, in the record, and in every form of it, is one and the same."""

from __future__ import annotations

import pytest

from golive.record import Decision
from tests.formats import tells_the_same
from tests.gate.conftest import Project, manifest_of


# A GO and a NO-GO are held to the same in tests/workflows, where they are run as CI does.
@pytest.mark.parametrize(
    ("arguments", "decision"),
    [(("-m", "GL-2.4.4", "--partial"), Decision.PARTIAL), (("-m", "golive", "--phase", "T+24h"), Decision.GO)],
    ids=["PARTIAL", "T+24h"],
)
def test_a_run_says_the_same_everywhere(arguments: tuple[str, ...], decision: Decision, project: Project) -> None:
    """
    Terminal, record, verdict.md, junit.xml, statement.json and Allure's results agree, and the manifest lists them.
    """
    ran = project.run(*arguments)
    assert ran.status == 0, ran.terminal
    assert ran.folder is not None
    assert tells_the_same(ran.terminal, ran.folder).verdict.status is decision
    files = manifest_of(ran)["files"]
    assert isinstance(files, dict)
    assert {"verdict.md", "junit.xml", "statement.json"} <= set(files)
    assert ran.record is not None
    assert all(finding.took_ms > 0 for finding in ran.record.findings if finding.found is not None)


def test_without_a_report_the_texts_say_no_go(project: Project) -> None:
    """
    Where the page cannot be made the run falls, and so does every text that had said GO before.
    """
    (project.home / "reports" / "node_modules").unlink()
    ran = project.run("-m", "golive")
    assert ran.status == 1
    assert ran.folder is not None
    assert not ran.manifest
    found = tells_the_same(ran.terminal, ran.folder)
    assert found.verdict.status is Decision.NO_GO
    assert "install.py" in found.verdict.line
