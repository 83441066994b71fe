"""What ails a service of the twin's AWS, as botocore reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from golive.twin import cloud as twin
from golive.twin.aws import Aws
from golive.twin.wire import REFUSALS, Ailment
from tests.twin.aws.readings import ARN, HEALTHY, NOW, Clients


def metric(aws: Clients, name: str, statistic: str, *, period: int = 300, **other: Any) -> Any:
    """The whole answer about one metric of the last day."""
    dimensions = {"ServiceName": twin.SERVICE_NAME, "ServiceID": twin.SERVICE_ID, **other}
    wanted = {
        "Namespace": "AWS/AppRunner",
        "MetricName": name,
        "Dimensions": [{"Name": name, "Value": said} for name, said in dimensions.items()],
    }
    stat = {"Metric": wanted, "Period": period, "Stat": statistic}
    return aws.cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "one", "MetricStat": stat}], StartTime=NOW - timedelta(hours=24), EndTime=NOW
    )


def simulated(aws: Clients, action: str, on: str, role: str = twin.DEPLOY_ROLE, passed_to: str = "") -> Any:
    """The whole answer about one action."""
    entry = {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [passed_to], "ContextKeyType": "string"}
    return aws.iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[action], ResourceArns=[on], ContextEntries=[entry] if passed_to else []
    )


ASKED: Mapping[str, tuple[Callable[[Clients], Any], str]] = {
    "apprunner": (lambda aws: aws.apprunner.list_services(), "json"),
    "ecr": (lambda aws: aws.ecr.describe_repositories(), "json"),
    "secretsmanager": (lambda aws: aws.secretsmanager.list_secrets(), "json"),
    "logs": (lambda aws: aws.logs.describe_log_groups(), "json"),
    "monitoring": (lambda aws: metric(aws, "Requests", "Sum"), "json"),
    "iam": (lambda aws: simulated(aws, "apprunner:UpdateService", ARN), "query"),
    "rds": (lambda aws: aws.rds.describe_db_instances(), "query"),
    "sts": (lambda aws: aws.sts.get_caller_identity(), "query"),
    "ec2": (lambda aws: aws.ec2.describe_security_groups(), "ec2"),
}


@pytest.mark.parametrize("ailment", ["denied", "throttled", "expired"])
@pytest.mark.parametrize("service", ASKED)
def test_ailing_service_says_so_in_its_own_words(face: Aws, aws: Clients, service: str, ailment: Ailment) -> None:
    """Each service refuses in its own wire format and under its own code, which botocore reads."""
    ask, dialect = ASKED[service]
    ask(aws)
    face.apply(replace(HEALTHY, ailments={service: ailment}))
    with pytest.raises(ClientError) as refused:
        ask(aws)
    status, code = REFUSALS[dialect, ailment]
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    for other in ASKED.keys() - {service}:
        ASKED[other][0](aws)


@pytest.mark.parametrize("service", ASKED)
def test_service_that_is_off_hangs_up(face: Aws, aws: Clients, service: str) -> None:
    """A service that is off ends the connection without a word."""
    face.apply(replace(HEALTHY, ailments={service: "off"}))
    with pytest.raises(ConnectionClosedError):
        ASKED[service][0](aws)


@pytest.mark.parametrize("service", ASKED)
def test_mad_service_says_nothing_of_use(face: Aws, aws: Clients, service: str) -> None:
    """Rubbish under status 200 is a parse error in XML, and in JSON, as botocore has it, an answer without members."""
    ask, dialect = ASKED[service]
    face.apply(replace(HEALTHY, ailments={service: "garbage"}))
    if dialect == "json":
        assert ask(aws).keys() == {"ResponseMetadata"}
    else:
        with pytest.raises(ResponseParserError):
            ask(aws)


@pytest.mark.parametrize("service", ["apprunner", "rds"])
def test_silent_service_never_answers(face: Aws, aws: Clients, service: str) -> None:
    """A silent service is left by its client's own deadline."""
    face.apply(replace(HEALTHY, ailments={service: "silent"}))
    with pytest.raises(ReadTimeoutError):
        ASKED[service][0](aws)


def test_unknown_ailment_is_refused(face: Aws) -> None:
    """A misspelt ailment raises instead of being served as healthy."""
    with pytest.raises(ValueError, match="no such ailment"):
        face.apply(replace(HEALTHY, ailments={"rds": "denyed"}))  # type: ignore[dict-item]
