"""The figures of the twin's first day: metrics and rights as AWS tells them, logs and rows that agree with a launch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import botocore.parsers
import botocore.session
import pytest

from golive.twin import cloud, database, iam, metrics
from golive.twin.iam import Role, Statement
from golive.twin.metrics import Traffic
from golive.twin.wire import Answer, Question
from golive.twin.world import healthy
from tests.twin.shapes import stray

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
TRAFFIC = Traffic(launched=DAY)
SERVICE = (cloud.SERVICE_NAME, cloud.SERVICE_ID)
MODELS = botocore.session.get_session()
ROLE = Role(
    "arn:aws:iam::324480209768:role/deploy",
    (
        Statement(("apprunner:Update*",), ("arn:service/*",)),
        Statement(("iam:PassRole",), ("arn:role/web",), passed_to=("tasks.apprunner.amazonaws.com",)),
        Statement(("apprunner:UpdateService",), ("arn:service/other",), effect="Deny"),
    ),
)


def asked(traffic: Traffic = TRAFFIC, since: timedelta = DAY, token: str = "", **said: Any) -> Answer:
    """The answer to one query, as it stands on the wire."""
    dimensions = [{"Name": "ServiceName", "Value": SERVICE[0]}, {"Name": "ServiceID", "Value": SERVICE[1]}]
    stat = {
        "Metric": {
            "Namespace": metrics.NAMESPACE,
            "MetricName": said.get("name", "Requests"),
            "Dimensions": dimensions,
        },
        "Period": said.get("period", 300),
        "Stat": said.get("stat", "Sum"),
    }
    body = {
        "MetricDataQueries": [{"Id": "one", "MetricStat": stat}],
        "StartTime": (NOW - since).timestamp(),
        "EndTime": NOW.timestamp(),
        **({"NextToken": token} if token else {}),
    }
    question = Question("monitoring", "GetMetricData", "POST", "/", {"x-amz-target": "x"}, json.dumps(body).encode())
    return metrics.answer(question, traffic, service=said.get("service", SERVICE), now=NOW)


def values(answer: Answer) -> list[float]:
    return list(json.loads(answer.body)["MetricDataResults"][0]["Values"])


@pytest.mark.parametrize("traffic", [TRAFFIC, replace(TRAFFIC, page=10), replace(TRAFFIC, status="InternalError")])
@pytest.mark.parametrize("name", metrics.METRICS)
def test_answer_is_within_the_model(traffic: Traffic, name: str) -> None:
    """Every member of an answer is in botocore's model of CloudWatch, of its type."""
    shape = MODELS.get_service_model("cloudwatch").operation_model("GetMetricData").output_shape
    answer = asked(traffic, name=name, stat="p99" if name == "RequestLatency" else "Sum")
    assert list(stray(shape, json.loads(answer.body), "answer")) == []


@pytest.mark.parametrize("period", [60, 300, 3600, 86_400])
def test_sums_do_not_hang_on_the_period(period: int) -> None:
    """However the day is cut, the same requests were asked; a few failed; each status adds up."""
    sums = {name: sum(values(asked(name=name, period=period))) for name in metrics.METRICS[:4]}
    assert sums["Requests"] == 12 * 60 * 24
    assert sums["5xxStatusResponses"] == sums["Requests"] // 600
    assert sums["Requests"] == sum(sums[name] for name in metrics.METRICS[1:4])


def test_before_the_launch_hardly_anybody_came() -> None:
    """The day before had a sixth of the requests, and no failures that are counted."""
    before = replace(TRAFFIC, launched=timedelta())
    assert sum(values(asked(before))) == 2 * 60 * 24
    assert sum(values(asked(before, name="5xxStatusResponses"))) == 0


def test_pages_lead_to_the_end() -> None:
    """Small pages hold the same values as a large one, and say that they are a part."""
    small, found, token = replace(TRAFFIC, page=50), [], ""
    while True:
        answer = asked(small, token=token)
        said = json.loads(answer.body)
        found += values(answer)
        token = said.get("NextToken", "")
        assert said["MetricDataResults"][0]["StatusCode"] == ("PartialData" if token else "Complete")
        if not token:
            break
    assert found == values(asked())


@pytest.mark.parametrize(
    ("traffic", "said"),
    [
        (TRAFFIC, {"service": ("drop-web", "0" * 32)}),
        (TRAFFIC, {"name": "NoSuchMetric"}),
        (replace(TRAFFIC, missing=frozenset({"Requests"})), {}),
        (replace(TRAFFIC, before=0, after=0), {"name": "RequestLatency", "stat": "p99"}),
    ],
    ids=["another service", "another metric", "missing", "no requests"],
)
def test_what_is_not_counted_has_no_values(traffic: Traffic, said: Mapping[str, Any]) -> None:
    """As at CloudWatch, a name that is wrong is no error: it has no values."""
    assert values(asked(traffic, **said)) == []


@pytest.mark.parametrize("said", [{"period": 90}, {"since": timedelta()}], ids=["period", "no time"])
def test_wrong_question_is_refused(said: Mapping[str, Any]) -> None:
    """A period that is no minutes, and a span that is none."""
    assert asked(**said).status == 400


def may(action: str, on: str, passed_to: str = "", role: str = ROLE.arn) -> Any:
    """IAM's answer, read by botocore's own parser."""
    form = {"Action": "SimulatePrincipalPolicy", "PolicySourceArn": role, "ActionNames.member.1": action}
    form |= {"ResourceArns.member.1": on}
    if passed_to:
        entry = "ContextEntries.member.1"
        form |= {f"{entry}.ContextKeyName": iam.PASSED_TO, f"{entry}.ContextKeyValues.member.1": passed_to}
    body = urlencode(form).encode()
    answer = iam.answer(Question("iam", "SimulatePrincipalPolicy", "POST", "/", {}, body), (ROLE,))
    shape = MODELS.get_service_model("iam").operation_model("SimulatePrincipalPolicy").output_shape
    assert shape is not None
    parser = botocore.parsers.create_parser("query")
    return parser.parse({"body": answer.body, "headers": {}, "status_code": answer.status}, shape)


@pytest.mark.parametrize(
    ("action", "on", "passed_to", "decision"),
    [
        ("apprunner:UpdateService", "arn:service/drop", "", "allowed"),
        ("apprunner:updateservice", "arn:service/drop", "", "allowed"),
        ("apprunner:UpdateService", "arn:service/other", "", "explicitDeny"),
        ("apprunner:DeleteService", "arn:service/drop", "", "implicitDeny"),
        ("iam:PassRole", "arn:role/web", "tasks.apprunner.amazonaws.com", "allowed"),
        ("iam:PassRole", "arn:role/web", "ecs-tasks.amazonaws.com", "implicitDeny"),
        ("iam:PassRole", "arn:role/another", "tasks.apprunner.amazonaws.com", "implicitDeny"),
    ],
)
def test_decision_is_iams(action: str, on: str, passed_to: str, decision: str) -> None:
    """Deny wins, what nothing allows is denied, and conditions count."""
    (result,) = may(action, on, passed_to)["EvaluationResults"]
    assert (result["EvalActionName"], result["EvalDecision"]) == (action, decision)


def test_missing_context_is_named() -> None:
    """A condition on what the question does not say is not met, and IAM says what it lacked."""
    (result,) = may("iam:PassRole", "arn:role/web")["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", [iam.PASSED_TO])


def test_role_that_is_not_there_is_an_error() -> None:
    """NoSuchEntity, as everywhere in IAM."""
    assert may("iam:PassRole", "arn:role/web", role="arn:aws:iam::324480209768:role/nobody")["Error"]["Code"] == (
        "NoSuchEntity"
    )


@pytest.mark.parametrize("phase", ["T-7d", "T-2h", "T-1h", "T-0", "T+4h", "T+24h", "T+7d"])
def test_history_begins_with_the_launch(phase: str) -> None:
    """People and payments since the launch are there, none is of the future, and their number is bounded."""
    world = healthy(NOW, phase)
    since = world.now - world.launch_at
    rows = [
        age
        for table in ("users", "transactions")
        for row in world.database.tables[table].rows
        if isinstance(age := row["created_at"], timedelta)
    ]
    assert min(rows) >= timedelta()
    assert len(rows) < 700
    came = sum(age <= since for age in rows)
    assert (came > 50) == (since >= timedelta(hours=3))
    names = [snapshot.name for snapshot in world.cloud.snapshots]
    assert (cloud.PRE_LAUNCH in names) == (phase != "T-7d")


@pytest.mark.parametrize("name", ["users", "transactions"])
def test_every_row_has_every_column(name: str) -> None:
    """The new rows are of the old ones' shape."""
    table = database.healthy(NOW, launched=DAY).tables[name]
    assert {frozenset(row) for row in table.rows} == {frozenset(table.columns)}


def test_rolled_back_world_runs_the_release_before() -> None:
    """Since half an hour the previous digest is told and was deployed, and the site says its commit."""
    world = healthy(NOW, "rollback")
    service = world.cloud.service
    assert service.image == cloud.image_of(cloud.digest_of(cloud.PREVIOUS_COMMIT))
    assert (service.operations[0].kind, service.operations[0].status) == ("UPDATE_SERVICE", "SUCCEEDED")
    assert world.site.health.version == cloud.PREVIOUS_COMMIT
