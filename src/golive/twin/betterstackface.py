"""
BetterStack Uptime on the wire: its API in the shape of JSON:API, and the public status page that it hosts.

As at BetterStack, the hosted page answers every path with the same shell and status 200; only `/index.json` is data.
Times that must stay fresh (the last check of a monitor) are ages, counted back from the moment of asking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.betterstack import ADDRESS, HOST, PAGE_ADDRESS, Incident, Monitor, Page, Report, Step, Uptime
from golive.twin.web import Door, Front, Mood

_MANY = 250
_FEW = 50


class BetterStackFace(Front):
    """The API and the hosted page on the wire."""

    def __init__(
        self,
        uptime: Callable[[], Uptime],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        api, page = Door(ADDRESS, 443), Door(PAGE_ADDRESS, 443)

        def mood(door: Door) -> Mood:
            now = uptime()
            return Mood(now.ailment if door == api else now.page_ailment, now.delay)

        super().__init__(
            {api: _Application(uptime, _api), page: _Application(uptime, _hosted)},
            mood,
            lambda host: authority.context(pick(certificates(), host, HOST)),
        )


class _Application:
    def __init__(self, uptime: Callable[[], Uptime], answer: Callable[[Uptime, Request], Response]) -> None:
        self._uptime = uptime
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(self._uptime(), Request(scope))(scope, receive, send)


def _api(uptime: Uptime, request: Request) -> Response:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token or (token != uptime.token and not uptime.takes_any_token):
        return _no(401, "Invalid Team API token. How to find your Team API token: https://betterstack.com/docs/uptime")
    asked = request.url.path.removeprefix("/api/v2/")
    if request.method != "GET" or asked == request.url.path:
        return _no(404, "Resource with provided ID was not found")
    match re.sub(r"/\d+", "/ID", asked):
        case "monitors":
            return _paged(request, [_monitor(monitor) for monitor in _chosen(uptime, request)], _MANY)
        case "monitors/ID/sla":
            return _sla(uptime, asked.split("/")[1], request)
        case "policies/ID":
            return _policy(uptime, asked.split("/")[1])
        case "incidents":
            return _paged(request, [_incident(incident) for incident in _between(uptime, request)], _FEW)
        case "status-pages":
            return _paged(request, [_page(uptime.page)], _FEW)
        case "status-pages/ID/status-reports" if asked.split("/")[1] == uptime.page.id:
            newest = sorted(uptime.page.reports, key=lambda report: report.starts_at, reverse=True)
            return _paged(request, [_report(uptime.page, report) for report in newest], _FEW)
    return _no(404, "Resource with provided ID was not found")


def _chosen(uptime: Uptime, request: Request) -> Iterable[Monitor]:
    url, name = request.query_params.get("url"), request.query_params.get("pronounceable_name")
    return (m for m in uptime.monitors if url in (None, m.url) and name in (None, m.name))


def _monitor(monitor: Monitor) -> dict[str, object]:
    begins, ends = monitor.maintenance or (None, None)
    checked = None if monitor.checked is None else _stamp(datetime.now(UTC) - monitor.checked)
    return _resource(
        "monitor",
        monitor.id,
        url=monitor.url,
        pronounceable_name=monitor.name,
        monitor_type=monitor.kind,
        monitor_group_id=None,
        status=monitor.status,
        last_checked_at=checked,
        policy_id=monitor.policy,
        team_name="ALAI",
        required_keyword=monitor.keyword,
        verify_ssl=monitor.verify_ssl,
        check_frequency=monitor.frequency,
        call=False,
        sms=False,
        email=True,
        push=True,
        request_timeout=30,
        recovery_period=0,
        regions=list(monitor.regions),
        http_method="get",
        request_headers=[],
        maintenance_from=begins,
        maintenance_to=ends,
        maintenance_timezone="Copenhagen",
        maintenance_days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"] if begins else [],
        paused_at=checked if monitor.status == "paused" else None,
        created_at=None if monitor.age is None else _stamp(datetime.now(UTC) - monitor.age),
    )


def _sla(uptime: Uptime, wanted: str, request: Request) -> Response:
    if wanted not in {monitor.id for monitor in uptime.monitors}:
        return _no(404, "Resource with provided ID was not found")
    try:
        first = date.fromisoformat(request.query_params["from"])
        last = date.fromisoformat(request.query_params["to"])
    except (KeyError, ValueError):
        return _no(422, "Invalid date")
    begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
    ends = min(datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1), datetime.now(UTC))
    down = [
        (min(incident.resolved_at or ends, ends) - max(incident.started_at, begins)).total_seconds()
        for incident in uptime.incidents
        if incident.monitor == wanted and incident.started_at < ends and (incident.resolved_at or ends) > begins
    ]
    blips = next(monitor.blips for monitor in uptime.monitors if monitor.id == wanted)
    total = round(sum(down) + blips)
    told = _resource(
        "monitor_sla",
        wanted,
        availability=round(100 * (1 - total / (ends - begins).total_seconds()), 4),
        total_downtime=total,
        number_of_incidents=len(down),
        longest_incident=round(max(down, default=0)),
        average_incident=round(sum(down) / len(down)) if down else 0,
    )
    return JSONResponse({"data": told})


def _policy(uptime: Uptime, wanted: str) -> Response:
    if wanted not in uptime.policies:
        return _no(404, "Resource with provided ID was not found")
    steps = [_step(step) for step in uptime.policies[wanted]]
    told = _resource("policy", wanted, name="Drop on call", repeat_count=3, repeat_delay=60, steps=steps)
    return JSONResponse({"data": told})


def _step(step: Step) -> dict[str, object]:
    if step.kind == "time_branching":
        hours = {"time_from": "22:00", "time_to": "06:00", "timezone": "Copenhagen", "days": ["mon", "tue", "wed"]}
        return {"type": step.kind, "wait_before": step.wait, **hours, "policy_id": step.policy and int(step.policy)}
    members = [{"type": member} for member in step.members]
    return {"type": step.kind, "wait_before": step.wait, "step_members": members}


def _between(uptime: Uptime, request: Request) -> Sequence[Incident]:
    """By whole days, newest first."""
    first, last = request.query_params.get("from", ""), request.query_params.get("to", "9")
    found = (incident for incident in uptime.incidents if first <= incident.started_at.date().isoformat() <= last)
    return sorted(found, key=lambda incident: incident.started_at, reverse=True)


def _incident(incident: Incident) -> dict[str, object]:
    told = _resource(
        "incident",
        incident.id,
        name=incident.name,
        cause=incident.cause,
        started_at=_stamp(incident.started_at),
        acknowledged_at=_stamp(incident.started_at + timedelta(minutes=1)),
        acknowledged_by="Kari Nordmann",
        resolved_at=incident.resolved_at and _stamp(incident.resolved_at),
        resolved_by="Kari Nordmann" if incident.resolved_at else None,
    )
    return {**told, "relationships": {"monitor": {"data": {"id": incident.monitor, "type": "monitor"}}}}


def _page(page: Page) -> dict[str, object]:
    return _resource(
        "status_page",
        page.id,
        company_name=page.company,
        company_url="https://getdrop.no",
        subdomain=page.subdomain,
        custom_domain=None,
        timezone="Copenhagen",
        aggregate_state=page.state,
    )


def _report(page: Page, report: Report) -> dict[str, object]:
    told = _resource(
        "status_report",
        report.id,
        title=report.title,
        report_type=report.kind,
        starts_at=_stamp(report.starts_at),
        ends_at=report.ends_at and _stamp(report.ends_at),
        affected_resources=[
            {"status_page_resource_id": _shown_as(shown), "status": report.state} for shown in report.affected
        ],
        aggregate_state=report.state,
    )
    return {**told, "relationships": {"status_page": {"data": {"id": page.id, "type": "status_page"}}}}


def _shown_as(monitor: str) -> str:
    """The id that a monitor has on the page."""
    return f"9{monitor}"


def _hosted(uptime: Uptime, request: Request) -> Response:
    page, path = uptime.page, request.url.path
    if (path == "/index.json" and not page.shell_only) or (page.data_everywhere and path.endswith(".json")):
        shown = [
            _resource(
                "status_page_resource",
                _shown_as(monitor),
                status_page_section_id=44001,
                resource_id=int(monitor),
                resource_type="Monitor",
                public_name=name,
                position=position,
                availability=0.9998,
                status=page.states.get(monitor, "operational"),
                status_history=[],
            )
            for position, (monitor, name) in enumerate(page.shows.items())
        ]
        section = _resource("status_page_section", "44001", name="Drop", position=0)
        reports = [_report(page, report) for report in page.reports]
        return JSONResponse({"data": _page(page), "included": [section, *shown, *reports]})
    return HTMLResponse(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{page.company} status</title></head>'
        '<body><div id="app"></div></body></html>\n'
    )


def _resource(kind: str, name: str, /, **attributes: object) -> dict[str, object]:
    return {"id": name, "type": kind, "attributes": attributes}


def _paged(request: Request, found: Sequence[Mapping[str, object]], most: int) -> Response:
    page, size = _number(request, "page", 1), min(most, _number(request, "per_page", 50))
    last = max(1, -(-len(found) // size))

    def at(number: int) -> str | None:
        there = 1 <= number <= last
        return str(request.url.include_query_params(page=number)) if there else None

    return JSONResponse(
        {
            "data": found[(page - 1) * size : page * size],
            "pagination": {"first": at(1), "last": at(last), "prev": at(page - 1), "next": at(page + 1)},
        }
    )


def _number(request: Request, name: str, otherwise: int) -> int:
    said = request.query_params.get(name, "")
    return max(1, int(said)) if said.isdecimal() else otherwise


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _no(status: int, message: str) -> Response:
    return JSONResponse({"errors": message}, status)
