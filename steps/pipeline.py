"""Sentences about how what runs was built."""

from __future__ import annotations

from golive.environment import Environment
from golive.probes.github import Checks, RunningCommitChecks
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
    names = {check: environment.github.checks.get(check, check) for (check,) in datatable[1:]}
    seen = {check: [(run.status, run.conclusion) for run in checks.of(name)] for check, name in names.items()}
    wrong = [
        f"{check} {', '.join(conclusion or status for status, conclusion in runs) or 'never ran'}"
        for check, runs in seen.items()
        if not runs or any(run != SUCCESS for run in runs)
    ]
    assert checks.exists, f"{checks.source} has no commit {checks.commit}, from which the image that runs was built"
    assert not wrong, f"on {checks.commit}, which runs: {'; '.join(wrong)}; each must be completed with success"
    remarks.examined(len(checks.runs), "check runs")


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
