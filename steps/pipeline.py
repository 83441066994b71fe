"""Sentences about how what runs was built."""

from __future__ import annotations

from collections.abc import Sequence

from golive.environment import Environment
from golive.probes.github import CheckRun, Checks, RunningCommitChecks
from golive.probes.look import Look
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

SUCCESS = ("completed", "success")


@looks("the checks of the commit that runs", target_fixture="checks")
def running_commit_checks(environment: Environment) -> Look[Checks]:
    aws, github = environment.aws, environment.github
    repository = environment.answered(github.repository, "github.repository")
    return RunningCommitChecks(aws.service_arn, aws.repository, repository, github.branch)


@judges("each of these is done, and a success")
def checks_succeeded(checks: Checks, environment: Environment, datatable: list[list[str]], remarks: Remarks) -> None:
    github = environment.github
    named = {check: checks.of(github.runs_of(check)) for (check,) in datatable[1:]}
    wrong = [f"{check} {flaw}" for check, runs in named.items() if (flaw := _flaw(runs, github.app))]
    assert checks.exists, f"{checks.source} has no commit {checks.commit}, from which the image that runs was built"
    assert not wrong, f"on {checks.commit}, which runs: {'; '.join(wrong)}; each must be completed with success"
    remarks.examined(len(checks.runs), "check runs")


def _flaw(found: Sequence[CheckRun], app: str) -> str:
    """Why the runs *found* for a check do not show that it succeeded, "" where they do; anybody may call one so."""
    runs = [run for run in found if run.app == app]
    others = sorted({run.app or "nobody" for run in found} - {app})
    if not runs:
        return f"never ran in {app}" + (f", and what {' and '.join(others)} calls so does not count" if others else "")
    failed = [f"{run.name}: {run.conclusion or run.status}" for run in runs if (run.status, run.conclusion) != SUCCESS]
    return f"({', '.join(failed)})" if failed else ""


@judges('the commit is on "{branch}"')
def commit_is_on(checks: Checks, branch: str, remarks: Remarks) -> None:
    place = checks.place
    on = place.branch if place and place.contained else None
    head = place.head if place else "not known"
    assert on == branch, (
        f"{checks.commit}, which runs, is not on {branch} of {checks.source} (head of its branch: {head})"
    )
    if head != checks.commit:
        remarks.warn(f"{branch} has moved on to {head}; what runs is {checks.commit}")
