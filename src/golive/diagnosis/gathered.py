"""What a diagnosis has seen that commands need: nothing is asked for their sake."""

from __future__ import annotations

from datetime import datetime

from golive.diagnosis.remedy import Observed
from golive.environment import Environment
from golive.observatory import Observatory
from golive.probes.apprunner import DescribedService
from golive.probes.egress import VpcConnector
from golive.probes.vendorpage import VendorPage


def observed(environment: Environment, observatory: Observatory, began: datetime) -> Observed:
    """What was seen; what was not stays open."""
    service = observatory.seen(DescribedService(environment.aws.service_arn))
    if service is None or not service.arn:
        return Observed(since=began)
    connector = observatory.seen(VpcConnector(service.vpc_connector)) if service.vpc_connector else None
    return Observed(
        secrets=service.secrets,
        vpc_connector=service.vpc_connector,
        connector_groups=connector.groups if connector else (),
        since=began,
    )


def status_incident(environment: Environment, observatory: Observatory, runbook: str) -> bool | None:
    """Whether the provider's status page shows a disturbance; None where none was read."""
    pages = {
        "kyc": environment.sumsub.status_page,
        "swan": environment.swan.status_page if environment.swan else None,
    }
    page = pages.get(runbook)
    state = observatory.seen(VendorPage(page)) if page else None
    return None if state is None else state.state == "disturbed"
