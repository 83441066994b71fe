"""The lines of the workflows, run as GitHub runs them, do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import boto3
import pytest

from golive.environment import load
from golive.record import Decision
from golive.twin.process import TwinProcess
from tests.formats import tells_the_same
from tests.gate.conftest import HOME, Project, project
from tests.gate.rehearsed import Signed, rehearsed, signed
from tests.workflows.workflows import step, steps

__all__ = ["project", "rehearsed", "signed"]

BASH = shutil.which("bash")
# Steps whose lines need a registry of packages; everything else is run here.
NOT_RUN = {"Install"}

needs_bash = pytest.mark.skipif(BASH is None, reason="no bash on this machine")


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
