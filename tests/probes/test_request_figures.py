"""Figures of requests since an instant: counted whole, of the right service, and none of what is still to come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from golive.errors import CannotTell, NothingExamined, Overloaded, ProbeError
from golive.probes.cloudwatch import RequestFigures, ServiceTraffic
from golive.probes.customers import PaymentFigures, ReviewFigures
from golive.probes.logs import LoginFigures
from golive.twin.cloud import LOG_GROUP, SERVICE_ID, SERVICE_NAME

from .backstage import Backstage
from .lastday import DAY, SINCE, count

TRAFFIC = ServiceTraffic(SERVICE_NAME, SERVICE_ID, SINCE)
REQUESTS = RequestFigures(SERVICE_NAME, SERVICE_ID, SINCE)


@pytest.mark.parametrize("page", [100_800, 40, 1], ids=["one page", "some", "many"])
def test_a_days_traffic_is_counted_whole(backstage: Backstage, page: int) -> None:
    """Requests, failures and the latency of a day, through however many pages."""
    count(backstage, page=page)
    seen = backstage.look(TRAFFIC)
    assert 12 * 60 * 24 - 12 * 10 <= seen.requests <= 12 * 60 * 25
    assert abs(seen.failed - seen.requests // 600) <= 1
    assert seen.p99_ms == 412.0


def test_no_value_is_not_none(backstage: Backstage) -> None:
    """A metric that CloudWatch does not have is told apart from one that says zero."""
    count(backstage, failing=0)
    assert backstage.look(TRAFFIC).failed == 0
    count(backstage, missing=frozenset({"5xxStatusResponses", "RequestLatency"}))
    seen = backstage.look(TRAFFIC)
    assert (seen.failed, seen.p99_ms) == (None, None)
    with pytest.raises(ProbeError, match="no value of failed ones"):
        backstage.look(REQUESTS)


@pytest.mark.parametrize(
    ("status", "kind"), [("InternalError", Overloaded), ("PartialData", Overloaded), ("Forbidden", ProbeError)]
)
def test_a_part_is_no_answer(backstage: Backstage, status: str, kind: type[ProbeError]) -> None:
    """What CloudWatch calls a part, or forbids, is unknown, with its reason."""
    count(backstage, status=status)
    with pytest.raises(kind):
        backstage.look(TRAFFIC)


def test_figures_of_nobody_are_noticed(backstage: Backstage) -> None:
    """Where a service that does not exist has requests, none of these figures says anything."""
    count(backstage, any_service=True)
    with pytest.raises(CannotTell, match="does not exist"):
        backstage.look(REQUESTS)


def test_share_of_failures(backstage: Backstage) -> None:
    """The failed ones in per cent of all, with how many that is of."""
    count(backstage, failing=50)
    figure = backstage.look(REQUESTS).of("failed requests")
    assert figure.value == pytest.approx(2, abs=0.01)
    assert (figure.unit, figure.what) == ("%", "requests")
    with pytest.raises(ProbeError, match="uptime"):
        backstage.look(REQUESTS).of("uptime")


def test_what_is_still_to_come_has_no_figures(backstage: Backstage) -> None:
    """Before the launch nothing has happened since it."""
    later = datetime.now(UTC) + DAY
    looks = (
        RequestFigures(SERVICE_NAME, SERVICE_ID, later),
        LoginFigures(LOG_GROUP, later),
        PaymentFigures(later),
        ReviewFigures(later),
    )
    for look in looks:
        with pytest.raises(NothingExamined, match="still to come"):
            backstage.look(look)
