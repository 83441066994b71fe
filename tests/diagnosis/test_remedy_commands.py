"""Every command that a runbook hands over to a shell is one that exists, and does what it says."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
from functools import cache
from typing import Any

import botocore.session
import jmespath
import pytest
from botocore import xform_name
from botocore.model import OperationModel

from golive.diagnosis.commands import simple_commands
from golive.diagnosis.papers import RUNBOOKS, Step
from tests.diagnosis.handed import PAPERS, REHEARSAL, STEPS, act, arn

READING = re.compile(r"describe-|list-|filter-")
SESSION = botocore.session.get_session()


def commands(step: Step, program: str) -> list[list[str]]:
    return [said for said in simple_commands(act(step).command) if said[0] == program] if step.shell else []


@cache
def operations(service: str) -> dict[str, OperationModel]:
    model = SESSION.get_service_model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@pytest.mark.parametrize("name", RUNBOOKS)
def test_aws_commands_are_the_services_own(name: str) -> None:
    """Service, operation and parameters exist in the service's model, what is required is there, and so is a region."""
    for step in PAPERS[name].steps:
        for said in commands(step, "aws"):
            service, operation, *rest = said[1:]
            shape = operations(service)[operation].input_shape
            assert shape is not None
            options = dict(zip(rest[::2], rest[1::2], strict=True))
            assert all(one.startswith("--") for one in options)
            given = {one.removeprefix("--") for one in options} - {"region", "query"}
            assert given <= {xform_name(member, "-") for member in shape.members}, said
            assert given >= {xform_name(member, "-") for member in shape.required_members}, said
            assert options["--region"] == "eu-west-1"
            assert jmespath.compile(options.get("--query", "@"))
            assert (READING.match(operation) is None) == (step.changes == "production")


def curl() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true", required=True)  # no progress bar,
    parser.add_argument("-S", action="store_true", required=True)  # and yet the error
    parser.add_argument("-o", required=True)  # nothing of the answer is shown but its status
    parser.add_argument("-w", required=True)
    parser.add_argument("-d", action="append", default=[])
    parser.add_argument("--data-urlencode", action="append", default=[])
    return parser


@pytest.mark.parametrize("name", RUNBOOKS)
def test_curl_commands_parse_and_carry_no_secret(name: str) -> None:
    """Each has one https address and known options; what is secret comes from a file; nothing is turned off."""
    for said in [one for step in PAPERS[name].steps for one in commands(step, "curl")]:
        options = curl().parse_args(said[1:])
        assert options.url.startswith("https://")
        assert options.d in ([], ["grant_type=client_credentials"])
        assert all(re.fullmatch(r"client_(id|secret)@[a-z-]+\.txt", one) for one in options.data_urlencode)


@pytest.mark.parametrize("name", ["aisp-balance", "bankid", "swan-outage"])
def test_dig_asks_one_server_for_one_name(name: str) -> None:
    """A name server of the environment file, and a host that it lists."""
    asked = [one for step in PAPERS[name].steps for one in commands(step, "dig")]
    assert len(asked) == 1
    for said in asked:
        server, short, host = said[1:]
        assert server.removeprefix("@") in map(str, REHEARSAL.network.resolvers)
        assert (short, host in REHEARSAL.network.hosts) == ("+short", True)


SOURCE: dict[str, Any] = {
    "ImageRepository": {
        "ImageIdentifier": "324480209768.dkr.ecr.eu-west-1.amazonaws.com/drop-web@sha256:aa",
        "ImageConfiguration": {
            "Port": "3000",
            "RuntimeEnvironmentVariables": {"NODE_ENV": "production"},
            "RuntimeEnvironmentSecrets": {"JWT_SECRET": arn("JWT_SECRET")},
        },
        "ImageRepositoryType": "ECR",
    },
    "AutoDeploymentsEnabled": False,
}


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if "jq " in step.shell])
def test_jq_keeps_every_other_setting(name: str) -> None:
    """What is sent back to App Runner is all that was saved, and the new settings; the counting of banks counts."""
    [said] = commands(STEPS[name], "jq")
    if said[-1] != "source.json":
        lines = ['{"bank":"DNB"}', "no JSON", '{"event":"x"}', '{"bank":"DNB"}', '{"bank":"Nordea"}']
        given: object = {"events": [{"message": line} for line in lines]}
        wanted: object = [{"bank": "DNB", "lines": 2}, {"bank": "Nordea", "lines": 1}]
    else:
        given = wanted = SOURCE
    done = subprocess.run(["jq", said[1]], input=json.dumps(given), capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    if said[-1] == "source.json":
        image = answer["ImageRepository"]
        variables = image["ImageConfiguration"]["RuntimeEnvironmentVariables"]
        assert variables.pop("NODE_ENV") == "production"
        assert variables
        image["ImageConfiguration"]["RuntimeEnvironmentVariables"] = {"NODE_ENV": "production"}
        if "ImageIdentifier" in said[1]:
            image["ImageIdentifier"] = SOURCE["ImageRepository"]["ImageIdentifier"]
    assert answer == wanted
