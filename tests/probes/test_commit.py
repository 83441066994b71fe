"""The commit that runs and its checks, by way of the image that runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import Denied, Overloaded, ProbeError, Unreachable, Unreadable
from golive.probes.github import CheckRun, Checks, CommitPlace, CommitRuns, RunningCommitChecks
from golive.remarks import Remarks
from golive.twin.cloud import PRODUCTION_TAG, digest_of, image_of
from golive.twin.github import CheckRun as Run
from golive.twin.github import Repository
from golive.twin.web import Ailment
from golive.twin.world import COMMIT, World
from steps import pipeline

from .backstage import Backstage


@pytest.fixture
def look(environment: Environment) -> RunningCommitChecks:
    """The checks of the commit that runs."""
    aws, github = environment.aws, environment.github
    assert github.repository is not None
    return RunningCommitChecks(aws.service_arn, aws.repository, github.repository, github.branch)


def having(change: Callable[[Repository], Repository]) -> Callable[[World], World]:
    """Another repository at GitHub."""
    return lambda world: replace(world, github=change(world.github))


def test_commit_is_found_by_the_image_that_runs(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    Digest to tag to commit to its checks; it is the head of main.
    """
    seen = backstage.look(look)
    assert (seen.commit, seen.digest, seen.exists) == (COMMIT, digest_of(COMMIT), True)
    assert {run.name for run in seen.runs} > {"lint", "typecheck", "tests", "e2e", "docker-build"}
    assert (seen.place.head, seen.place.contained) == (COMMIT, True)


def test_runs_are_told_through_all_pages(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    More checks than a page holds are all told.
    """

    def many(kept: Repository) -> Repository:
        run = kept.check_runs[COMMIT][0]
        runs = tuple(replace(run, name=f"check-{number:03d}") for number in range(120))
        return replace(kept, check_runs={COMMIT: runs})

    backstage.put(having(many))
    assert [run.name for run in backstage.look(look).runs] == [f"check-{number:03d}" for number in range(120)]


def test_same_name_of_two_apps_is_two_checks(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    A check of the same name from another app is told beside the first.
    """

    def more(kept: Repository) -> Repository:
        runs = kept.check_runs[COMMIT]
        twin = Run("lint", runs[0].started_at, "failure", app="another-app")
        return replace(kept, check_runs={COMMIT: (*runs, twin)})

    backstage.put(having(more))
    assert [(run.app, run.conclusion) for run in backstage.look(look).of(["lint"])] == [
        ("another-app", "failure"),
        ("github-actions", "success"),
    ]


def test_commit_behind_main_is_on_it(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    That main has moved on is told, and does not take the commit off it.
    """
    head = "f" * 40
    backstage.put(having(lambda kept: replace(kept, main=(*kept.main, head))))
    seen = backstage.look(look)
    assert (seen.place.head, seen.place.contained) == (head, True)


@pytest.mark.parametrize("beside", [True, False], ids=["branch", "ahead of main"])
def test_commit_that_main_does_not_have_is_not_on_it(
    backstage: Backstage, look: RunningCommitChecks, beside: bool
) -> None:
    """
    A commit of a branch is not on main, though it begins there.
    """

    def off(kept: Repository) -> Repository:
        older, newer = kept.main[0], "f" * 40
        return replace(kept, main=(older, newer) if beside else (older,), beside=(COMMIT,))

    backstage.put(having(off))
    assert backstage.look(look).place.contained is False


def test_commit_that_github_does_not_have_is_a_fact(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    An image built from a commit that was never pushed is told as such.
    """
    backstage.put(having(lambda kept: replace(kept, main=kept.main[:-1])))
    seen = backstage.look(look)
    assert (seen.exists, seen.runs, seen.place) == (False, (), None)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ((PRODUCTION_TAG, "v0.1.0"), "name 0 commits"),
        ((COMMIT, "f" * 40), "name 2 commits"),
        ((COMMIT[:7],), "name 0 commits"),
        ((f"sha-{COMMIT}",), "name 0 commits"),
    ],
    ids=["none", "two", "short", "of another form"],
)
def test_image_must_name_one_commit(
    backstage: Backstage, look: RunningCommitChecks, tags: tuple[str, ...], words: str
) -> None:
    """
    Where the image does not name its commit, nothing can be said of its checks.
    """
    backstage.cloud(
        lambda cloud: replace(
            cloud,
            images=tuple(
                replace(image, tags=tags) if image.digest == digest_of(COMMIT) else image for image in cloud.images
            ),
        )
    )
    with pytest.raises(ProbeError, match=words):
        backstage.look(look)


def test_commit_is_found_in_a_tag_as_the_environment_says(
    backstage: Backstage, environment: Environment, look: RunningCommitChecks
) -> None:
    """
    Whatever CI writes around it, the commit is asked for by itself.
    """
    backstage.cloud(
        lambda cloud: replace(
            cloud,
            images=tuple(
                replace(image, tags=tuple(f"sha-{tag}" if tag == COMMIT else tag for tag in image.tags))
                for image in cloud.images
            ),
        )
    )
    aws = environment.aws.model_copy(update={"release_tag": "sha-(?P<commit>[0-9a-f]{40})"})
    seen = look.observe(backstage.reach(environment.model_copy(update={"aws": aws})))
    assert (seen.commit, seen.exists) == (COMMIT, True)


RUN = CheckRun("tests", "completed", "success", "github-actions")
SAID = Checks("github.com/alai-holding/drop", COMMIT, "sha256:0", True, (), None)


@pytest.mark.parametrize(
    ("names", "checks", "holds"),
    [
        (("tests",), {}, True),
        (("tests (20)", "tests (22)"), {}, True),
        (("ci / tests",), {}, True),
        (("ci / build / tests (20, ubuntu)",), {}, True),
        ((), {}, False),
        (("tests-of-something-else",), {}, False),
        (("integration tests",), {}, False),
        (("Tests",), {}, False),
        (("unit",), {"tests": "unit"}, True),
        (("ci / unit (20)",), {"tests": "unit"}, True),
        (("tests",), {"tests": "unit"}, False),
        (("unit: node 20", "unit: node 22"), {"tests": "unit: *"}, True),
        (("unit",), {"tests": "unit: *"}, False),
        (("ci / unit: 20",), {"tests": "unit: *"}, False),
    ],
    ids=str,
)
def test_runs_of_a_check_are_known_by_name_or_pattern(
    environment: Environment, names: tuple[str, ...], checks: dict[str, str], holds: bool
) -> None:
    """
    A name stands for all that GitHub Actions makes of it, a pattern for what it matches; without a run there is no
    success.
    """
    seen = replace(SAID, runs=tuple(replace(RUN, name=name) for name in names))
    verdict(environment, seen, holds, checks=checks)


@pytest.mark.parametrize("conclusion", ["failure", "skipped", "neutral", "cancelled", None])
@pytest.mark.parametrize("other", ["tests (22)", "ci / tests"])
def test_every_run_of_a_check_must_have_succeeded(environment: Environment, other: str, conclusion: str | None) -> None:
    """
    One of a matrix that did not is a no, beside any number that did.
    """
    bad = replace(RUN, name=other, status="completed" if conclusion else "queued", conclusion=conclusion)
    verdict(environment, replace(SAID, runs=(RUN, replace(RUN, name="tests (20)"), bad)), False)


@pytest.mark.parametrize(
    ("apps", "app", "holds"),
    [
        (("github-actions",), "github-actions", True),
        (("somebodys-bot",), "github-actions", False),
        (("",), "github-actions", False),
        (("somebodys-bot", "github-actions"), "github-actions", True),
        (("circleci-checks",), "circleci-checks", True),
        (("github-actions",), "circleci-checks", False),
    ],
)
def test_runs_of_one_app_count(environment: Environment, apps: tuple[str, ...], app: str, holds: bool) -> None:
    """
    Anybody's app may call a check of its own "tests"; what it concluded says nothing, good or bad.
    """
    runs = tuple(replace(RUN, app=one, conclusion="success" if one == app else "failure") for one in apps)
    verdict(environment, replace(SAID, runs=runs), holds, app=app)
    if not holds:
        with pytest.raises(AssertionError, match=f"tests never ran in {app}, and what"):
            judge(environment, replace(SAID, runs=runs), app=app)


def judge(environment: Environment, seen: Checks, **changes: object) -> None:
    """What the sentence makes of *seen*, where the environment file says *changes*."""
    github = environment.github.model_copy(update=changes)
    changed = environment.model_copy(update={"github": github})
    pipeline.checks_succeeded(seen, changed, [["check"], ["tests"]], Remarks())


def verdict(environment: Environment, seen: Checks, holds: bool, **changes: object) -> None:
    """Whether it is a success."""
    if holds:
        judge(environment, seen, **changes)
    else:
        with pytest.raises(AssertionError, match="must be completed with success"):
            judge(environment, seen, **changes)


def test_image_that_the_repository_does_not_have(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    An image from elsewhere has no commit that we could know.
    """
    backstage.cloud(lambda cloud: cloud.serving(image=image_of("sha256:" + "0" * 64)))
    with pytest.raises(ProbeError, match="is not in ECR repository drop-web"):
        backstage.look(look)


@pytest.mark.parametrize(
    ("ailment", "kind"),
    [
        ("off", Unreachable),
        ("denied", Denied),
        ("throttled", Overloaded),
        ("broken", Overloaded),
        ("garbage", Unreadable),
        ("babble", Unreadable),
    ],
)
@pytest.mark.parametrize("runs", [True, False], ids=["runs", "place"])
def test_what_cannot_be_seen_is_unknown(
    backstage: Backstage, environment: Environment, runs: bool, ailment: Ailment, kind: type[ProbeError]
) -> None:
    """
    A GitHub that is off, denies, throttles or babbles leaves the item unknown, for its own reason.
    """
    backstage.put(having(lambda kept: replace(kept, ailment=ailment)))
    name = environment.github.repository
    assert name is not None
    look = CommitRuns(name, COMMIT) if runs else CommitPlace(name, COMMIT, "main")
    with pytest.raises(ProbeError) as raised:
        backstage.look(look)
    assert type(raised.value) is kind
    assert backstage.detour.variables["GOLIVE_GITHUB_TOKEN"] not in str(raised.value)


@pytest.mark.parametrize("change", [{"token": "another"}, {"name": "alai-holding/other"}], ids=["token", "repository"])
def test_token_without_access_is_denied(
    backstage: Backstage, look: RunningCommitChecks, change: dict[str, Any]
) -> None:
    """
    A wrong token, and a repository that it may not see, are unknown and not unmet.
    """
    backstage.put(having(lambda kept: replace(kept, **change)))
    with pytest.raises(Denied):
        backstage.look(look)


def test_spent_limit_is_asked_again_later(backstage: Backstage, look: RunningCommitChecks) -> None:
    """
    GitHub says 403 to a spent limit too: that is "not now", not "not you".
    """
    backstage.put(having(lambda kept: replace(kept, remaining=0)))
    with pytest.raises(Overloaded):
        backstage.look(look)
