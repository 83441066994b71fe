"""What deploys sends back all that it was given, with another image, and believes only what App Runner says."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from golive.environment import load
from tests.gate.conftest import HOME

DIGEST = f"sha256:{'9b1e' * 16}"
OURS = "00000000-0000-0000-0000-000000000002"
PRODUCTION = load("production", HOME)
ARN = PRODUCTION.aws.service_arn
SOURCE: dict[str, Any] = {
    "AuthenticationConfiguration": {"AccessRoleArn": f"arn:aws:iam::{PRODUCTION.aws.account}:role/drop-ecr"},
    "AutoDeploymentsEnabled": True,
    "ImageRepository": {
        "ImageIdentifier": f"{PRODUCTION.aws.account}.dkr.ecr.eu-west-1.amazonaws.com/drop-web:latest",
        "ImageRepositoryType": "ECR",
        "ImageConfiguration": {
            "Port": "3000",
            "RuntimeEnvironmentVariables": {"NEXT_PUBLIC_SERVICE_MODE": "production"},
            "RuntimeEnvironmentSecrets": {"JWT_SECRET": "arn:aws:secretsmanager:eu-west-1:324480209768:secret:jwt"},
        },
    },
}


def imported() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deploy", HOME / ".github" / "deploy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DEPLOY = imported()


@pytest.fixture
def app_runner() -> Iterator[Stubber]:
    """App Runner's client, which holds question and answer against the service's own model, and asks nobody."""
    client = boto3.client("apprunner", "eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")
    with Stubber(client) as stub:
        yield stub


def service(source: dict[str, Any], operation: str | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Service": {
            "ServiceName": "drop-web",
            "ServiceId": ARN.rpartition("/")[2],
            "ServiceArn": ARN,
            "CreatedAt": 0,
            "UpdatedAt": 0,
            "Status": "RUNNING",
            "SourceConfiguration": source,
            "InstanceConfiguration": {},
            "AutoScalingConfigurationSummary": {},
            "NetworkConfiguration": {},
        }
    }
    return told if operation is None else {**told, "OperationId": operation}


def expected() -> dict[str, Any]:
    repository = SOURCE["ImageRepository"]
    image = f"{PRODUCTION.aws.account}.dkr.ecr.eu-west-1.amazonaws.com/drop-web@{DIGEST}"
    return {
        **SOURCE,
        "AutoDeploymentsEnabled": False,
        "ImageRepository": {**repository, "ImageIdentifier": image},
    }


def play(stub: Stubber, *statuses: str) -> list[None]:
    """A deployment that goes through *statuses*; the list grows by one for each pause."""
    stub.add_response("describe_service", service(SOURCE), {"ServiceArn": ARN})
    asked = {"ServiceArn": ARN, "SourceConfiguration": expected()}
    stub.add_response("update_service", service(SOURCE, OURS), asked)
    for status in statuses:
        listed = [{"Id": "00000000-0000-0000-0000-000000000001", "Type": "UPDATE_SERVICE", "Status": "SUCCEEDED"}]
        if status:
            listed.insert(0, {"Id": OURS, "Type": "UPDATE_SERVICE", "Status": status})
        stub.add_response("list_operations", {"OperationSummaryList": listed}, {"ServiceArn": ARN, "MaxResults": 20})
    pauses: list[None] = []
    DEPLOY.deploy(stub.client, PRODUCTION, DIGEST, lambda: pauses.append(None))
    stub.assert_no_pending_responses()
    return pauses


def test_all_but_the_image_goes_back_as_it_was(app_runner: Stubber) -> None:
    """
    Variables, secrets and roles are sent back whole, the image by digest; an earlier operation's success is not taken
    for this one's, which may not be listed yet.
    """
    assert len(play(app_runner, "", "PENDING", "IN_PROGRESS", "SUCCEEDED")) == 3


@pytest.mark.parametrize("ended", ["FAILED", "ROLLBACK_SUCCEEDED", "ROLLBACK_FAILED"])
def test_a_deployment_that_went_back_is_none(ended: str, app_runner: Stubber) -> None:
    """
    Whatever ends otherwise than in success is refused, with its name.
    """
    with pytest.raises(DEPLOY.Refused, match=ended):
        play(app_runner, "IN_PROGRESS", ended)


def test_what_does_not_end_is_refused(app_runner: Stubber) -> None:
    """
    Waiting has an end, and its end is no success.
    """
    with pytest.raises(DEPLOY.Refused, match="IN_PROGRESS"):
        play(app_runner, *["IN_PROGRESS"] * (DEPLOY.PATIENCE_SECONDS // DEPLOY.PAUSE_SECONDS))


def test_what_app_runner_refuses_is_said(app_runner: Stubber) -> None:
    """
    A service that is busy takes no update, and one built from source has no image.
    """
    app_runner.add_response("describe_service", service(SOURCE), {"ServiceArn": ARN})
    app_runner.add_client_error("update_service", "InvalidStateException")
    with pytest.raises(ClientError, match="InvalidStateException"):
        DEPLOY.deploy(app_runner.client, PRODUCTION, DIGEST, lambda: None)
    with pytest.raises(DEPLOY.Refused, match="source code"):
        DEPLOY.changed({"AutoDeploymentsEnabled": False}, PRODUCTION, DIGEST)


@pytest.mark.parametrize(
    ("environment", "digest", "said"),
    [
        ("production", "latest", "no digest of an image"),
        ("rehearsal", DIGEST, "nothing to deploy to"),
        ("nowhere", DIGEST, "nowhere"),
    ],
)
def test_wrong_usage_is_one_sentence(environment: str, digest: str, said: str) -> None:
    """
    Exit status 4, one line, and nothing is asked of AWS.
    """
    done = subprocess.run(
        [sys.executable, HOME / ".github" / "deploy.py", "--environment", environment, "--digest", digest],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (4, "")
    [line] = done.stderr.splitlines()
    assert said in line
