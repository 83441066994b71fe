"""Faults of the source's checks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.faults.register import breaks
from golive.twin.github import CheckRun
from golive.twin.world import COMMIT, World


def _checks(world: World, runs: tuple[CheckRun, ...]) -> World:
    return replace(world, github=replace(world.github, check_runs={**world.github.check_runs, COMMIT: runs}))


def _one(world: World, name: str, **changes: Any) -> World:
    runs = world.github.check_runs[COMMIT]
    return _checks(world, tuple(replace(run, **changes) if run.name == name else run for run in runs))


@breaks(unmet=["GL-2.2.4"])
def check_skipped(world: World) -> World:
    """CI is green, because the end-to-end tests were skipped."""
    return _one(world, "e2e", conclusion="skipped")


@breaks(unmet=["GL-2.2.4"])
def check_failed(world: World) -> World:
    """The unit tests failed on the commit that runs."""
    return _one(world, "tests", conclusion="failure")


@breaks(unmet=["GL-2.2.4"])
def check_neutral(world: World) -> World:
    """The type check ended as "neutral"."""
    return _one(world, "typecheck", conclusion="neutral")


@breaks(unmet=["GL-2.2.4"])
def check_still_running(world: World) -> World:
    """The image is still being built by CI."""
    return _one(world, "docker-build", status="in_progress", conclusion=None)


@breaks(unmet=["GL-2.2.4"])
def check_missing(world: World) -> World:
    """The linter never ran on the commit that runs."""
    runs = world.github.check_runs[COMMIT]
    return _checks(world, tuple(run for run in runs if run.name != "lint"))


@breaks(unmet=["GL-2.2.4"])
def check_failed_when_repeated(world: World) -> World:
    """The linter passed in one suite and failed in another on the same commit."""
    runs = world.github.check_runs[COMMIT]
    again = CheckRun("lint", world.now - timedelta(hours=20), conclusion="failure")
    return _checks(world, (*runs, again))


@breaks(unmet=["GL-2.2.4"])
def check_of_another_app(world: World) -> World:
    """The tests never ran, and another app than GitHub Actions has a check of that name, which succeeded."""
    return _one(world, "tests", app="somebodys-bot")


@breaks()
def checks_in_a_matrix_and_in_a_called_workflow(world: World) -> World:
    """The tests run once for each version, the linter in a workflow that another one calls, and all succeeded."""
    runs = world.github.check_runs[COMMIT]
    others = tuple(run for run in runs if run.name not in ("tests", "lint"))
    tests = (CheckRun(f"ci / tests ({version})", world.now - timedelta(hours=5)) for version in (20, 22))
    return _checks(world, (*others, *tests, CheckRun("ci / lint", world.now - timedelta(hours=5))))


@breaks(unmet=["GL-2.2.4"])
def check_failed_in_the_matrix(world: World) -> World:
    """The tests failed in one of the versions."""
    runs = tuple(run for run in world.github.check_runs[COMMIT] if run.name != "tests")
    ends = {20: "success", 22: "failure"}
    tests = (CheckRun(f"tests ({each})", world.now - timedelta(hours=5), end) for each, end in ends.items())
    return _checks(world, (*runs, *tests))


@breaks(unmet=["GL-2.2.4"])
def commit_not_on_main(world: World) -> World:
    """What runs was built from a branch."""
    main = tuple(commit for commit in world.github.main if commit != COMMIT)
    return replace(world, github=replace(world.github, main=main, beside=(*world.github.beside, COMMIT)))
