"""
The twin's AWS, started once for all tests of it, and clients as the gate has them.

It ends with these tests, not with the session: moto's state belongs to the process, where other tests start AWS anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from golive.twin.aws import Aws
from golive.twin.cloud import REGION
from tests.twin.aws.readings import HEALTHY, Clients


@pytest.fixture(scope="package")
def server() -> Iterator[Aws]:
    face = Aws(HEALTHY)
    face.start()
    face.ready()
    yield face
    face.stop()


@pytest.fixture
def face(server: Aws) -> Iterator[Aws]:
    """The face with the healthy world, put back afterwards."""
    yield server
    server.apply(HEALTHY)


@pytest.fixture(scope="package")
def aws(server: Aws) -> Clients:
    session = boto3.Session("AKIATWIN", "nothing worth keeping", region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=2)
    return Clients(
        apprunner=session.client("apprunner", endpoint_url=server.apprunner_endpoint, config=config),
        cloudwatch=session.client("cloudwatch", endpoint_url=server.endpoint, config=config),
        iam=session.client("iam", endpoint_url=server.endpoint, config=config),
        ec2=session.client("ec2", endpoint_url=server.endpoint, config=config),
        ecr=session.client("ecr", endpoint_url=server.endpoint, config=config),
        logs=session.client("logs", endpoint_url=server.endpoint, config=config),
        rds=session.client("rds", endpoint_url=server.endpoint, config=config),
        secretsmanager=session.client("secretsmanager", endpoint_url=server.endpoint, config=config),
        sts=session.client("sts", endpoint_url=server.endpoint, config=config),
    )
