"""CloudWatch's GetMetricData in AWS JSON 1.0, since moto's has no percentiles: what App Runner counts of its requests.

A minute's requests are so many before the launch and so many after it; of all that came since the launch every
`failing`th is answered 5xx and every `refused`th 4xx. A metric without a value in a period gives none, as CloudWatch.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal

from golive.twin.wire import Answer, Question, refuse

NAMESPACE = "AWS/AppRunner"
METRICS = ("Requests", "2xxStatusResponses", "4xxStatusResponses", "5xxStatusResponses", "RequestLatency")

_MOST_QUERIES = 500


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the service was asked; *launched* is how long ago, *missing* metrics have no value."""

    launched: timedelta
    before: int = 2  # requests a minute
    after: int = 12
    failing: int = 600
    refused: int = 45
    p99_ms: float = 412.0
    missing: frozenset[str] = frozenset()
    status: Literal["Complete", "InternalError", "PartialData", "Forbidden"] = "Complete"
    page: int = 100_800  # values in an answer
    any_service: bool = False  # out of its mind: whatever service is asked for, it has these figures


def answer(question: Question, traffic: Traffic, *, service: tuple[str, str], now: datetime) -> Answer:
    """What CloudWatch says of *service* (name, id), when *traffic* was counted back from *now*."""
    if question.operation != "GetMetricData":
        return refuse("json", HTTPStatus.BAD_REQUEST, "UnknownOperationException", question.operation)
    try:
        asked = json.loads(question.body)
        begins, ends = asked["StartTime"], asked["EndTime"]
        queries = asked["MetricDataQueries"]
        start = int(base64.b64decode(asked.get("NextToken", ""), validate=True) or b"0")
    except (ValueError, KeyError, binascii.Error) as exc:
        return refuse("json", HTTPStatus.BAD_REQUEST, "ValidationError", f"not a question: {exc}")
    if wrong := _wrong(queries, begins, ends):
        return refuse("json", HTTPStatus.BAD_REQUEST, "ValidationError", wrong)
    told = [(query, list(_values(query, traffic, service, begins, ends, now))) for query in queries]
    last = max((len(values) for _, values in told), default=0)
    size = traffic.page
    said: dict[str, Any] = {
        "MetricDataResults": [
            {
                "Id": query["Id"],
                "Label": query["MetricStat"]["Metric"]["MetricName"],
                "Timestamps": [at for at, _ in values[start : start + size]],
                "Values": [value for _, value in values[start : start + size]],
                "StatusCode": "PartialData" if start + size < len(values) else traffic.status,
            }
            for query, values in told
        ],
        "Messages": [],
    }
    if start + size < last:
        said["NextToken"] = base64.b64encode(b"%d" % (start + size)).decode()
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    return Answer(HTTPStatus.OK, headers, json.dumps(said).encode())


def _wrong(queries: Any, begins: float, ends: float) -> str:
    if not begins < ends:
        return "The parameter StartTime must be less than the parameter EndTime."
    if not isinstance(queries, list) or not 1 <= len(queries) <= _MOST_QUERIES:
        return "MetricDataQueries must be 1 to 500"
    for query in queries:
        if not re.fullmatch(r"[a-z]\w*", query.get("Id", "")):
            return f"The value {query.get('Id')} for parameter Id is not matching the expected pattern"
        if query["MetricStat"]["Period"] % 60 or query["MetricStat"]["Period"] < 60:
            return "Period must be a multiple of 60"
    return ""


def _values(
    query: Mapping[str, Any], traffic: Traffic, service: tuple[str, str], begins: float, ends: float, now: datetime
) -> Iterator[tuple[float, float]]:
    """Newest first, as CloudWatch does when nobody asks otherwise."""
    wanted, statistic = query["MetricStat"]["Metric"], query["MetricStat"]["Stat"]
    named = {one["Name"]: one["Value"] for one in wanted.get("Dimensions", [])}
    ours = named == {"ServiceName": service[0], "ServiceID": service[1]} or traffic.any_service
    name = wanted["MetricName"]
    if wanted["Namespace"] != NAMESPACE or not ours or name not in METRICS or name in traffic.missing:
        return
    period = query["MetricStat"]["Period"]
    first = begins - begins % 60
    launch = (now - traffic.launched).timestamp()
    count = int(-(-(ends - first) // period))
    for number in reversed(range(count)):
        opens = first + number * period
        closes = min(opens + period, ends)
        requests = _requests(traffic, launch, opens, closes)
        if statistic == "p99" and name == "RequestLatency":
            if requests:
                yield opens, traffic.p99_ms
        elif statistic == "Sum":
            yield opens, float(_counted(name, traffic, launch, opens, closes, requests))


def _requests(traffic: Traffic, launch: float, opens: float, closes: float) -> int:
    return _so_far(traffic, launch, closes) - _so_far(traffic, launch, opens)


def _so_far(traffic: Traffic, launch: float, moment: float) -> int:
    """Requests counted from the launch on, forwards and backwards."""
    minutes = (moment - launch) / 60
    return int(minutes * (traffic.after if minutes > 0 else traffic.before))


def _counted(name: str, traffic: Traffic, launch: float, opens: float, closes: float, requests: int) -> int:
    def every(nth: int) -> int:
        if not nth:
            return 0
        before, after = (max(0, _so_far(traffic, launch, moment)) for moment in (opens, closes))
        return after // nth - before // nth

    failed, refused = every(traffic.failing), every(traffic.refused)
    return {
        "Requests": requests,
        "5xxStatusResponses": failed,
        "4xxStatusResponses": refused,
        "2xxStatusResponses": requests - failed - refused,
    }.get(name, 0)
