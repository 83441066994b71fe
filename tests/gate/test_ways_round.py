"""Neither an option, nor Python, nor the shell leads round the gate."""

from __future__ import annotations

import pytest

from tests.gate.conftest import Project
from tests.gate.sweeping import INVENTORY

AROUND = {
    "no conftest": ("--noconftest",),
    "a plugin off": ("-p", "no:pytest_bdd.plugin"),
    "the gate off": ("-p", "no:golive.gate"),
    "an ini option": ("-o", "addopts="),
    "another configuration": ("-c", "other.ini"),
    "assertions as Python has them": ("--assert=plain",),
}


@pytest.mark.parametrize("case", AROUND)
def test_another_way_round_leaves_no_record(project: Project, case: str) -> None:
    """Without the gate's own wiring there is no exit 0 and no record."""
    (project.home / "other.ini").write_text("[pytest]\ntestpaths = features\npythonpath = .\n")
    ran = project.run("-m", "golive", *AROUND[case])
    assert ran.status != 0
    assert (ran.record, ran.manifest) == (None, False)


@pytest.mark.parametrize("arguments", [(), ("--assert=plain",)])
def test_where_python_leaves_out_assertions_nothing_is_judged(project: Project, arguments: tuple[str, ...]) -> None:
    """With PYTHONOPTIMIZE every sentence would hold: it is refused in a sentence that says what to leave out."""
    ran = project.run("-m", "golive", "--fault", "hsts-sent-twice", *arguments, PYTHONOPTIMIZE="1")
    assert ran.status == 4, ran.terminal
    assert "leave out --assert=plain, python -O and PYTHONOPTIMIZE" in ran.terminal
    assert (ran.record, ran.manifest) == (None, False)


def test_what_the_shell_tells_is_ignored_and_told(project: Project) -> None:
    """
    Neither PYTEST_ADDOPTS nor a plugin of the shell's changes the gate, and a redirected AWS, a proxy and another
    authority do not reach the looks; the record names them.
    """
    (project.home / "meddling.py").write_text("def pytest_collection_modifyitems(items):\n    del items[:]\n")
    told = {
        "PYTEST_ADDOPTS": "-k hsts",
        "PYTEST_PLUGINS": "meddling",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "nobody",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "SSL_CERT_FILE": "/nowhere.pem",
        "PGHOST": "127.0.0.9",
    }
    ran = project.run(**told, PYTHONPATH=str(project.home))
    assert ran.status == 0, ran.terminal
    assert ran.record is not None
    assert told.keys() <= set(ran.record.run.ignored)
    assert len(ran.record.findings) == len(INVENTORY.item)
