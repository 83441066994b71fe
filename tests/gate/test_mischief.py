"""A scenario that did not simply pass is no yes, whatever was done to it."""

from __future__ import annotations

import pytest

from golive.record import Status
from tests.gate.conftest import Ran, copied, demand_no_go

# What is done to a scenario → its item and what the gate says of it; the code that does it is below.
MISCHIEF = {
    "skipped": ("GL-2.1.1", "skipped"),
    "expected to fail": ("GL-2.1.2", "expected to fail"),
    "run twice": ("GL-2.1.3", "2 findings"),
    "never run": ("GL-2.1.4", "never ran"),
    "crashed in set-up": ("GL-2.1.5", "could not be run"),
    "crashed in tear-down": ("GL-2.1.6", "could not be ended properly"),
    "crashed in a step": ("GL-2.1.7", "the check itself failed: RuntimeError"),
    "cut short in a step": ("GL-2.1.8", "skipped"),
}
MISCHIEVOUS = """
import pytest


def is_of(name, item):
    return item.get_closest_marker(name) is not None


def pytest_runtest_setup(item):
    if is_of("GL-2.1.1", item):
        pytest.skip("later")
    if is_of("GL-2.1.5", item):
        raise RuntimeError("s3cr3t")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in [item for item in items if is_of("GL-2.1.2", item)]:
        item.add_marker(pytest.mark.xfail(reason="known"))
    items += [item for item in items if is_of("GL-2.1.3", item)]
    items[:] = [item for item in items if not is_of("GL-2.1.4", item)]


@pytest.hookimpl(trylast=True)  # once all is torn down, or the next scenario would suffer
def pytest_runtest_teardown(item):
    if is_of("GL-2.1.6", item):
        raise RuntimeError("s3cr3t")


def pytest_bdd_before_step_call(scenario):
    if "GL-2.1.7" in scenario.tags:
        raise RuntimeError("s3cr3t")


def pytest_bdd_before_step(scenario):
    if "GL-2.1.8" in scenario.tags:
        pytest.skip("later")
"""


@pytest.fixture(scope="module")
def mischievous(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run of which eight scenarios did not simply pass, each for another reason."""
    project = copied(tmp_path_factory.mktemp("mischievous") / "project")
    project.append("conftest.py", MISCHIEVOUS)
    return project.run()


@pytest.mark.parametrize("case", MISCHIEF)
def test_a_scenario_that_did_not_simply_pass_is_unknown(mischievous: Ran, case: str) -> None:
    """Skipped, xfailed, crashed, run twice or never: its item holds the launch, and no crash's text is told."""
    item, said = MISCHIEF[case]
    demand_no_go(mischievous, item, said)
    assert mischievous.record is not None
    if case != "run twice":  # where each time it is met, and the item is held for being judged twice
        (finding,) = (one for one in mischievous.record.findings if one.item == item)
        assert finding.status is Status.UNKNOWN
        assert said in finding.reason
    assert "s3cr3t" not in mischievous.terminal
    assert "s3cr3t" not in mischievous.record.to_json()


def test_nothing_else_is_unknown_where_some_did_not_simply_pass(mischievous: Ran) -> None:
    """What was done to eight scenarios is said of these eight alone."""
    assert mischievous.record is not None
    reasons = mischievous.record.verdict.reasons
    assert len(reasons) == len(MISCHIEF)
    assert all(any(item in reason for reason in reasons) for item, _ in MISCHIEF.values())
