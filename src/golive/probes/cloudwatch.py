"""What App Runner counts of the service's requests, from CloudWatch.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html and
https://docs.aws.amazon.com/apprunner/latest/dg/monitor-cw.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreadable
from golive.probes.aws import answers, client
from golive.probes.figures import Figure, Figures, present_after, share
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

NAMESPACE = "AWS/AppRunner"
_SUM_PERIOD = 300  # seconds; CloudWatch keeps minutes for 15 days, and these longer
_LONGEST_PERIOD = 86_400
# Our name for the figure → the metric and the statistic.
_ASKED = {
    "requests": ("Requests", "Sum"),
    "failed": ("5xxStatusResponses", "Sum"),
    "latency": ("RequestLatency", "p99"),
}


@dataclass(frozen=True, slots=True)
class Traffic:
    """
    What was counted; None where CloudWatch has no value at all, which is not the same as none.

    The latency is a percentile, of which several periods give no common one: the highest is told, and the common one
    cannot be above it.
    """

    source: str
    since: datetime
    requests: int | None
    failed: int | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class _OfService:
    service_name: str
    service_id: str
    since: datetime

    @property
    def source(self) -> str:
        """The service's metrics."""
        return f"CloudWatch {NAMESPACE} of {self.service_name}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "cloudwatch"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """GetMetricData knows no resource."""
        return (Permission("iam", "cloudwatch:GetMetricData", "*"),)


@dataclass(frozen=True, slots=True)
class ServiceTraffic(_OfService, Look[Traffic]):
    """How many requests came since an instant, how many failed, and how slow was the slowest hundredth?"""

    def observe(self, reach: Reach) -> Traffic:
        """One question for all metrics, through all of its pages."""
        found = _values(reach, self)
        sums = {name: round(sum(found[name])) if found[name] else None for name in ("requests", "failed")}
        latency = max(found["latency"], default=None)
        return Traffic(self.source, self.since, sums["requests"], sums["failed"], latency)


@dataclass(frozen=True, slots=True)
class NoTraffic(_OfService, Look[Traffic]):
    """The control: a service that does not exist must have no requests."""

    def observe(self, reach: Reach) -> Traffic:
        """CannotTell where CloudWatch counts requests of a service that is not there."""
        if any(found := _values(reach, self).values()):
            raise CannotTell(
                self.source,
                f"it has {sum(map(len, found))} values of a service that does not exist ({self.service_id})",
            )
        return Traffic(self.source, self.since, None, None, None)


@dataclass(frozen=True, slots=True)
class RequestFigures(_OfService, Look[Figures]):
    """Which share of the requests failed since an instant, and how slow was the slowest hundredth?"""

    def observe(self, reach: Reach) -> Figures:
        """ProbeError where there are requests and CloudWatch knows nothing of failures: silence is not a good sign."""
        control = NoTraffic(self.service_name, "0" * 32, self.since)
        traffic, _ = reach.ask_both(ServiceTraffic(self.service_name, self.service_id, self.since), control)
        if traffic.requests and traffic.failed is None:
            raise ProbeError(self.source, f"it counts {traffic.requests} requests, and has no value of failed ones")
        requests = traffic.requests or 0
        return Figures(
            self.source,
            self.since,
            (
                share("failed requests", traffic.failed or 0, requests, "requests"),
                Figure("p99 latency", traffic.p99_ms, "ms", requests, "requests"),
            ),
            {"requests that failed": traffic.failed or 0},
        )


def _values(reach: Reach, of: _OfService) -> dict[str, list[float]]:
    """Every value of every metric since the instant, by our own names."""
    now = present_after(of.since, of.source)
    whole = min(_LONGEST_PERIOD, 60 * math.ceil((now - of.since).total_seconds() / 60))
    queries = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": metric,
                    "Dimensions": [
                        {"Name": "ServiceName", "Value": of.service_name},
                        {"Name": "ServiceID", "Value": of.service_id},
                    ],
                },
                "Period": _SUM_PERIOD if statistic == "Sum" else whole,
                "Stat": statistic,
            },
        }
        for name, (metric, statistic) in _ASKED.items()
    ]
    found: dict[str, list[float]] = {name: [] for name in _ASKED}
    token, seen = "", set[str]()
    with answers(of.source):
        cloudwatch = client(reach, "cloudwatch")
        while True:
            onward = {"NextToken": token} if token else {}  # absent, not None, on the first page
            said = cloudwatch.get_metric_data(
                MetricDataQueries=queries,
                StartTime=of.since,
                EndTime=now,
                **onward,
            )
            for result in said["MetricDataResults"]:
                found[result["Id"]] += _complete(of.source, result, more="NextToken" in said)
            token = said.get("NextToken", "")
            if not token:
                return found
            if token in seen:
                raise Unreadable(of.source, "its pages lead in a circle")
            seen.add(token)


def _complete(source: str, result: Mapping[str, Any], *, more: bool) -> list[float]:
    status = result.get("StatusCode", "Complete")
    if status == "InternalError" or (status == "PartialData" and not more):
        raise Overloaded(source, f"{result['Id']} is told in part ({status})")
    if status == "Forbidden":
        raise Denied(source, f"GetMetricData was answered Forbidden for {result['Id']}")
    return list(result["Values"])
