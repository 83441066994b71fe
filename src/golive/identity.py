"""Who the target is, before anything is judged: one environment cannot pass for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from golive.environment import Environment
from golive.errors import ProbeError, WrongTarget
from golive.observatory import Observatory
from golive.probes.apprunner import RunningService
from golive.probes.aws import Caller
from golive.probes.certificate import ServedCertificate
from golive.probes.look import Look
from golive.probes.web import Page


@dataclass(frozen=True, slots=True)
class Identity:
    """What could be established; *unknown* says why nothing may be judged, "" where the target is the right one."""

    unknown: str


def looks(environment: Environment) -> list[Look[Any]]:
    """What is asked to know the target: account, service, certificate, clock."""
    front, health = ServedCertificate(environment.site.host), Page(f"https://{environment.site.host}/api/health")
    return [*looks_at_aws(environment), front, health]


def looks_at_aws(environment: Environment) -> list[Look[Any]]:
    """Those of `looks` that AWS answers."""
    return [Caller(), RunningService(environment.aws.service_arn)]


def establish(environment: Environment, observatory: Observatory) -> Identity:
    """
    Compare the target with the environment file.

    WrongTarget where it is another one: nothing is judged then. What could not be seen is told in the answer.
    """
    observatory.gather(looks(environment))
    unknown: list[str] = []
    for check in CHECKS.values():
        try:
            check(environment, observatory)
        except ProbeError as exc:
            if str(exc) not in unknown:  # the same trouble keeps more than one thing from being seen
                unknown.append(str(exc))
    return Identity("; ".join(unknown))


def _account(environment: Environment, observatory: Observatory) -> None:
    caller = observatory.answer(Caller())
    if caller.account != environment.aws.account:
        raise WrongTarget(
            f"the AWS credentials are those of account {caller.account}; "
            f"environment {environment.name} is account {environment.aws.account}"
        )


def _service(environment: Environment, observatory: Observatory) -> None:
    service = observatory.answer(RunningService(environment.aws.service_arn))
    if (service.arn, service.url) != (environment.aws.service_arn, environment.aws.default_host):
        raise WrongTarget(
            f"the service is {service.arn} at {service.url}; "
            f"environment {environment.name} is {environment.aws.service_arn} at {environment.aws.default_host}"
        )


def _certificate(environment: Environment, observatory: Observatory) -> None:
    """Whoever answers must at least claim the name; whether the claim is good is an item of the checklist."""
    served = observatory.answer(ServedCertificate(environment.site.host))
    if not served.covers_host:
        raise WrongTarget(
            f"{environment.site.host} is answered with a certificate for {', '.join(served.names) or 'no name'}"
        )


def _clock(environment: Environment, observatory: Observatory) -> None:
    """A clock far off would make every age and every expiry a lie."""
    # AWS first: to a clock that is far enough off no certificate is good, so that no site can be asked.
    if observatory.trouble(Caller()) is None and (aws := observatory.answer(Caller()).clock) is not None:
        _hold_clock(environment, observatory, Caller(), aws, "AWS")
    look = Page(f"https://{environment.site.host}/api/health")
    try:
        page = observatory.answer(look)
    except ProbeError:
        return  # the site's own items say so
    said = page.header("date")
    if said is None:
        raise ProbeError(environment.site.host, "its answer carries no Date, so this machine's clock cannot be checked")
    try:
        there = parsedate_to_datetime(said)
    except ValueError as exc:
        raise ProbeError(environment.site.host, "its Date is not one") from exc
    _hold_clock(environment, observatory, look, there, environment.site.host)


def _hold_clock(environment: Environment, observatory: Observatory, look: Look[Any], there: datetime, at: str) -> None:
    here = observatory.asked_at(look)
    off = abs((here - there.astimezone(UTC)).total_seconds())
    if off > environment.site.clock_tolerance_seconds:
        raise ProbeError(
            "this machine's clock", f"{_instant(here)} here, {_instant(there)} at {at}: set the clock and run again"
        )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


CHECKS: Mapping[str, Callable[[Environment, Observatory], None]] = {
    "account": _account,
    "service": _service,
    "certificate": _certificate,
    "clock": _clock,
}
