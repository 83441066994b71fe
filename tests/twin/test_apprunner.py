"""App Runner as the twin speaks it, held against botocore's own model of the service."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from types_boto3_apprunner import AppRunnerClient

from golive.twin import apprunner, cloud, production
from golive.twin.apprunner import CustomDomain, Operation, Service
from golive.twin.wire import Answer, Endpoint, Question
from tests.twin.shapes import stray

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COMMIT = "9c1d5e7f3a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d"
HEALTHY = production.healthy(NOW, COMMIT).service
ARN = "arn:aws:apprunner:eu-west-1:324480209768:service/drop-web/8e45b0d335304487a1880f4e32d6aeec"
PUSHED = f"sha256:{'5e' * 32}"
MODEL = botocore.session.get_session().get_service_model("apprunner")


class Place:
    """The endpoint alone, and the service that it speaks of."""

    def __init__(self) -> None:
        self.service: Service = HEALTHY
        self.calls: list[tuple[str, str]] = []
        self.endpoint = Endpoint(self._answer, self.calls)

    def _answer(self, question: Question) -> Answer:
        return apprunner.answer(
            question,
            self.service,
            account=cloud.ACCOUNT,
            region=cloud.REGION,
            now=NOW,
            images={PUSHED},
            release=self._release,
        )

    def _release(self, service: Service) -> None:
        self.service = service


@pytest.fixture(scope="module")
def served() -> Iterator[Place]:
    place = Place()
    place.endpoint.start()
    yield place
    place.endpoint.stop()


@pytest.fixture
def place(served: Place) -> Iterator[Place]:
    yield served
    served.service = HEALTHY


@pytest.fixture(scope="module")
def client(served: Place) -> AppRunnerClient:
    session = boto3.Session("AKIATWIN", "nothing worth keeping", region_name=cloud.REGION)
    return session.client(
        "apprunner",
        endpoint_url=served.endpoint.url,
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.mark.parametrize("operation", ["DescribeService", "DescribeCustomDomains", "ListOperations", "ListServices"])
@pytest.mark.parametrize(
    "service",
    [
        HEALTHY,
        replace(HEALTHY, vpc_connector=None, custom_domains=(), operations=(), ip_address_type="DUAL_STACK"),
        replace(
            HEALTHY,
            status="OPERATION_IN_PROGRESS",
            operations=(Operation("UPDATE_SERVICE", "IN_PROGRESS", timedelta(minutes=1), None),),
        ),
    ],
    ids=["healthy", "bare", "busy"],
)
def test_answer_is_within_the_model(operation: str, service: Service) -> None:
    """Every member of an answer is in botocore's model, of its type, and every required one is there."""
    asked = b"{}" if operation == "ListServices" else json.dumps({"ServiceArn": ARN}).encode()
    question = Question("apprunner", operation, "POST", "/", {"x-amz-target": f"AppRunner.{operation}"}, asked)
    answer = apprunner.answer(question, service, account=cloud.ACCOUNT, region=cloud.REGION, now=NOW)
    assert answer.status == 200
    assert list(stray(MODEL.operation_model(operation).output_shape, json.loads(answer.body), operation)) == []


def test_connector_is_told_within_the_model(place: Place, client: AppRunnerClient) -> None:
    """The service's own connector with its groups, as botocore's model has it; any other is not found."""
    arn = client.describe_service(ServiceArn=ARN)["Service"]["NetworkConfiguration"]["EgressConfiguration"].get(
        "VpcConnectorArn", ""
    )
    asked = json.dumps({"VpcConnectorArn": arn}).encode()
    question = Question(
        "apprunner", "DescribeVpcConnector", "POST", "/", {"x-amz-target": "AppRunner.DescribeVpcConnector"}, asked
    )
    answer = apprunner.answer(question, place.service, account=cloud.ACCOUNT, region=cloud.REGION, now=NOW)
    shape = MODEL.operation_model("DescribeVpcConnector").output_shape
    assert list(stray(shape, json.loads(answer.body), "DescribeVpcConnector")) == []
    seen = client.describe_vpc_connector(VpcConnectorArn=arn)["VpcConnector"]
    assert (seen.get("Status"), seen.get("SecurityGroups")) == ("ACTIVE", [cloud.CONNECTOR_GROUP])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.describe_vpc_connector(VpcConnectorArn=arn.replace("drop-vpc", "another-vpc"))
    with pytest.raises(ClientError, match="InvalidRequestException"):
        client.describe_vpc_connector(VpcConnectorArn=ARN)


@pytest.mark.usefixtures("place")
def test_healthy_service_is_the_runbooks(client: AppRunnerClient) -> None:
    """The healthy service runs, pinned by digest, under the ARN and with the settings of the runbook."""
    seen = client.describe_service(ServiceArn=ARN)["Service"]
    source = seen["SourceConfiguration"]["ImageRepository"]
    assert (seen["Status"], seen["ServiceArn"], seen["ServiceUrl"]) == (
        "RUNNING",
        ARN,
        "9ef3szvvsb.eu-west-1.awsapprunner.com",
    )
    assert source["ImageIdentifier"] == (
        f"324480209768.dkr.ecr.eu-west-1.amazonaws.com/drop-web@{cloud.digest_of(COMMIT)}"
    )
    variables = source["ImageConfiguration"]["RuntimeEnvironmentVariables"]
    assert {name: variables[name] for name in cloud.FLAGS} == cloud.FLAGS
    assert variables["NEXT_PUBLIC_SERVICE_MODE"] == variables["NODE_ENV"] == "production"
    assert "BANKID_MOCK" not in variables
    wired = source["ImageConfiguration"]["RuntimeEnvironmentSecrets"]
    assert wired.keys() & variables.keys() == set()
    assert {"JWT_SECRET", "DATABASE_URL", "BANKID_CLIENT_ID", "SLACK_WEBHOOK_URL"} <= wired.keys()
    assert seen["SourceConfiguration"]["AutoDeploymentsEnabled"] is False
    assert seen["CreatedAt"] == NOW - timedelta(days=40)
    [domain] = client.describe_custom_domains(ServiceArn=ARN)["CustomDomains"]
    assert (domain["DomainName"], domain["EnableWWWSubdomain"], domain["Status"]) == ("getdrop.no", True, "ACTIVE")
    assert {record.get("Status") for record in domain.get("CertificateValidationRecords", [])} == {"SUCCESS"}
    [listed] = client.list_services()["ServiceSummaryList"]
    assert listed.get("ServiceArn") == ARN


@pytest.mark.usefixtures("place")
def test_latest_operation_comes_first(client: AppRunnerClient) -> None:
    """Operations are told newest first, and the healthy service's newest succeeded."""
    seen = client.list_operations(ServiceArn=ARN)["OperationSummaryList"]
    started = [one["StartedAt"] for one in seen if "StartedAt" in one]
    assert started == sorted(started, reverse=True)
    assert len(started) == len(HEALTHY.operations)
    assert (seen[0].get("Type"), seen[0].get("Status")) == ("UPDATE_SERVICE", "SUCCEEDED")


def test_lists_come_in_pages(place: Place, client: AppRunnerClient) -> None:
    """More operations than a page holds are had by following the token, each once."""
    many = tuple(Operation("START_DEPLOYMENT", "SUCCEEDED", timedelta(hours=hour)) for hour in range(45))
    place.service = replace(HEALTHY, operations=many)
    seen: list[str | None] = []
    pages = 0
    more: dict[str, Any] = {}
    while pages == 0 or more:
        answer = client.list_operations(ServiceArn=ARN, **more)
        seen += [one.get("Id") for one in answer["OperationSummaryList"]]
        more = {"NextToken": answer["NextToken"]} if answer.get("NextToken") else {}
        pages += 1
    assert (pages, len(seen), len(set(seen))) == (3, 45, 45)
    domains = tuple(CustomDomain(f"d{number}.example", www=False, status="ACTIVE", records=()) for number in range(3))
    place.service = replace(HEALTHY, custom_domains=domains)
    first = client.describe_custom_domains(ServiceArn=ARN, MaxResults=2)
    rest = client.describe_custom_domains(ServiceArn=ARN, NextToken=first["NextToken"])
    assert [one["DomainName"] for one in (*first["CustomDomains"], *rest["CustomDomains"])] == [
        "d0.example",
        "d1.example",
        "d2.example",
    ]
    assert "NextToken" not in rest


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (ARN.replace("324480209768", "111122223333"), "ResourceNotFoundException"),
        (ARN.replace("8e45b0d3", "00000000"), "ResourceNotFoundException"),
        ("arn:aws:s3:::drop-web", "InvalidRequestException"),
    ],
)
def test_wrong_arn_is_refused_with_a_type(client: AppRunnerClient, arn: str, code: str) -> None:
    """An ARN of somebody else, or none, is an error that botocore tells by its name."""
    with pytest.raises(ClientError) as refused:
        client.describe_service(ServiceArn=arn)
    assert refused.value.response["Error"]["Code"] == code
    assert isinstance(refused.value, getattr(client.exceptions, code))


@pytest.mark.usefixtures("place")
def test_what_changes_the_service_is_refused(client: AppRunnerClient) -> None:
    """The twin has no operation that changes anything."""
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.start_deployment(ServiceArn=ARN)


def test_unsigned_request_is_refused(place: Place) -> None:
    """A request without a signature gets no answer of substance."""
    unsigned = urllib.request.Request(  # noqa: S310 - loopback
        place.endpoint.url, data=b"{}", headers={"X-Amz-Target": "AppRunner.ListServices"}
    )
    with pytest.raises(HTTPError, match="400") as refused:
        urllib.request.urlopen(unsigned)  # noqa: S310
    assert json.loads(refused.value.read())["__type"] == "MissingAuthenticationTokenException"


def test_every_question_is_noted(place: Place, client: AppRunnerClient) -> None:
    """What was asked can be read afterwards, by service and operation."""
    place.calls.clear()
    client.list_services()
    client.describe_service(ServiceArn=ARN)
    assert place.calls == [("apprunner", "ListServices"), ("apprunner", "DescribeService")]


FAULTS: Mapping[str, tuple[Service, str, Any]] = {
    "paused": (replace(HEALTHY, status="PAUSED"), "Status", "PAUSED"),
    "wrong image": (
        replace(HEALTHY, image=cloud.image_of("sha256:" + "0" * 64)),
        "SourceConfiguration.ImageRepository.ImageIdentifier",
        cloud.image_of("sha256:" + "0" * 64),
    ),
    "mock left on": (
        HEALTHY.setting(BANKID_MOCK="false"),
        "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables.BANKID_MOCK",
        "false",
    ),
    "mock as a secret": (
        HEALTHY.wiring(BANKID_MOCK=HEALTHY.secrets["JWT_SECRET"]),
        "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentSecrets.BANKID_MOCK",
        HEALTHY.secrets["JWT_SECRET"],
    ),
    "flag absent": (
        HEALTHY.setting(NEXT_PUBLIC_FF_CARD_PIN=None),
        "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables.NEXT_PUBLIC_FF_CARD_PIN",
        None,
    ),
    "deploys by itself": (
        replace(HEALTHY, auto_deployments=True),
        "SourceConfiguration.AutoDeploymentsEnabled",
        True,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_shows(place: Place, client: AppRunnerClient, name: str) -> None:
    """A fault of the service is told by it, and the healthy service says otherwise."""
    broken, path, wanted = FAULTS[name]

    def told() -> Any:
        seen: Any = client.describe_service(ServiceArn=ARN)["Service"]
        for step in path.split("."):
            seen = seen.get(step)
        return seen

    assert told() != wanted
    place.service = broken
    assert told() == wanted


def image_of(digest: str) -> str:
    return f"{cloud.ACCOUNT}.dkr.ecr.{cloud.REGION}.amazonaws.com/drop-web@{digest}"


def test_an_update_keeps_what_is_sent_and_nothing_else(place: Place, client: AppRunnerClient) -> None:
    """What goes back whole stays whole, under the new image; what is left out of it is gone afterwards."""
    source = client.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]
    source["ImageRepository"]["ImageIdentifier"] = image_of(PUSHED)
    asked = json.dumps({"ServiceArn": ARN, "SourceConfiguration": source}).encode()
    question = Question("apprunner", "UpdateService", "POST", "/", {"x-amz-target": "AppRunner.UpdateService"}, asked)
    told = apprunner.answer(question, HEALTHY, account=cloud.ACCOUNT, region=cloud.REGION, now=NOW)
    shape = MODEL.operation_model("UpdateService").output_shape
    assert list(stray(shape, json.loads(told.body), "UpdateService")) == []
    said = client.update_service(ServiceArn=ARN, SourceConfiguration=source)
    assert client.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"] == source
    newest = client.list_operations(ServiceArn=ARN)["OperationSummaryList"][0]
    assert (newest["Id"], newest["Type"], newest["Status"]) == (said["OperationId"], "UPDATE_SERVICE", "SUCCEEDED")
    del source["ImageRepository"]["ImageConfiguration"]
    client.update_service(ServiceArn=ARN, SourceConfiguration=source)
    assert (place.service.variables, place.service.secrets) == ({}, {})


def test_an_image_that_is_not_there_is_rolled_back(place: Place, client: AppRunnerClient) -> None:
    """The update ends as rolled back, and the service is what it was."""
    source = client.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]
    source["ImageRepository"]["ImageIdentifier"] = image_of(f"sha256:{'0' * 64}")
    client.update_service(ServiceArn=ARN, SourceConfiguration=source)
    assert client.list_operations(ServiceArn=ARN)["OperationSummaryList"][0]["Status"] == "ROLLBACK_SUCCEEDED"
    assert replace(place.service, operations=HEALTHY.operations) == HEALTHY


def test_a_busy_service_takes_no_update(place: Place, client: AppRunnerClient) -> None:
    """While something is being done to it, App Runner says InvalidStateException."""
    source = client.describe_service(ServiceArn=ARN)["Service"]["SourceConfiguration"]
    place.service = replace(HEALTHY, status="OPERATION_IN_PROGRESS")
    with pytest.raises(ClientError, match="InvalidStateException"):
        client.update_service(ServiceArn=ARN, SourceConfiguration=source)
