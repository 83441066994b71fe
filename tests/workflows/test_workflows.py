"""The workflows leave no way round the gate."""

from __future__ import annotations

import re
from pathlib import Path

from golive.environment import load
from golive.phases import ROLLBACK
from golive.runbook import load_inventory
from tests.gate.conftest import HOME
from tests.workflows.workflows import FILES, WORKFLOWS, jobs, step, steps


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
