"""Sentences about what the public is told of the product's health."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.probes.apprunner import History
from golive.probes.incidents import Reports, StatusReports
from golive.probes.look import Look
from golive.probes.monitors import Monitors
from golive.probes.statuspage import Elsewhere, OtherStatusPage, PublicStatusPage, StatusPage
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

OPERATIONAL = "operational"


@looks('the public reads the status page "{url}"', target_fixture="status_pages")
def public_status_page(environment: Environment, url: str) -> list[Look[StatusPage] | Look[Elsewhere]]:
    other = environment.betterstack.other_status_page
    return [PublicStatusPage(urlsplit(url).netloc), *([OtherStatusPage(other)] if other else [])]


@looks("the reports of the status page", target_fixture="reports")
def status_reports(environment: Environment) -> Look[Reports]:
    return StatusReports(environment.betterstack.status_page)


@judges(
    "it is there, it is the page of our own company, and everything on it is operational",
    needs=("betterstack.company",),
)
def page_is_operational(status_pages: list[StatusPage | Elsewhere], environment: Environment, remarks: Remarks) -> None:
    page = _ours(status_pages)
    remarks.examined(len(page.services), "services on the status page")
    company = environment.betterstack.company
    seen = {"page": str(page.status), "company": page.company, "all": page.state}
    seen |= {service.name: service.state for service in page.services}
    wanted = {**dict.fromkeys(seen, OPERATIONAL), "page": "200", "company": company or page.company}
    wrong = [f"{what} is {said!r} and must be {wanted[what]!r}" for what, said in seen.items() if said != wanted[what]]
    assert not wrong, f"on {page.url}: {'; '.join(wrong)}"
    environment.answered(company, "betterstack.company")  # whose page it is, nobody can say
    for other in status_pages:
        if isinstance(other, Elsewhere):
            remarks.warn(f"the failure runbooks send customers to {other.host}, where there is: {other.found}")


@judges("these monitors stand on it")
def page_shows(status_pages: list[StatusPage | Elsewhere], monitors: Monitors, datatable: list[list[str]]) -> None:
    page = _ours(status_pages)
    shown = {service.monitor for service in page.services}
    names = {monitor.name for monitor in monitors.monitors if monitor.id in shown}
    missing = [name for (name,) in datatable if name not in names]
    assert not missing, f"{page.url} does not show {', '.join(missing)}; it shows {', '.join(sorted(names)) or 'none'}"


@judges("no maintenance is open, neither on the page nor at a monitor")
def no_maintenance(reports: Reports, monitors: Monitors, remarks: Remarks) -> None:
    remarks.examined(len(monitors.monitors), "monitors")
    windows = [report for report in reports.reports if report.kind == "maintenance"]
    wrong = [
        f"{report.title!r}, open since {_when(report.starts_at)}" for report in windows if report.open_at(reports.at)
    ]
    wrong += [f"{m.called}, which is in maintenance now" for m in monitors.monitors if m.status == "maintenance"]
    wrong += [f"{m.called}, every day from {m.window}" for m in monitors.monitors if m.window]
    assert not wrong, f"maintenance is still open: {'; '.join(wrong)}; all of it must be ended"
    if windows:
        remarks.examined(len(windows), "maintenance windows")
    else:
        remarks.warn("no maintenance window was ever made, so there was none to close")


@judges("one of them tells of what was rolled back, and names what it affects")
def incident_is_told(reports: Reports, history: History, remarks: Remarks) -> None:
    since = history.rollback_told_from()
    lately = [report for report in reports.reports if report.starts_at >= since]
    told = [report for report in lately if report.kind != "maintenance" and report.affected]
    seen = ", ".join(f"{report.title!r} ({report.kind}, {report.affected} services)" for report in lately)
    assert told, (
        f"{reports.source} since an hour before the rollback ({_when(since)}): {seen or 'none'}; "
        "there must be one of an incident, with the services that it affects"
    )
    remarks.examined(len(reports.reports), "reports")


def _ours(status_pages: list[StatusPage | Elsewhere]) -> StatusPage:
    return next(page for page in status_pages if isinstance(page, StatusPage))


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
