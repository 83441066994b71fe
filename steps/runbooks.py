"""Sentences about the failure runbooks themselves: will what stands in them work on the day?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from golive.diagnosis.papers import RUNBOOKS, Contact, Runbook, load_runbook
from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.ended import BalanceMeasures, LoginMeasures, SwanMeasures
from golive.probes.figures import Figures
from golive.probes.look import Look
from golive.probes.mail import MailDomain, MailTaken
from golive.probes.measures import PaymentMeasures, ReviewMeasures
from golive.probes.monitors import Escalations, Monitor, MonitorEscalations
from golive.probes.statements import Statement, StatementTrial, Trial
from golive.remarks import Remarks
from golive.vocabulary import judges, looks
from steps.monitoring import CHECKS, VERIFYING, called_by, demand_followed, ours, untold, warn_of_calls

# Where the measures come from: the feature's word → the look that takes them over so many days. The stretches are those
# of the documents' alarms: a payment's and a call's five minutes, an identity's hour.
MEASURES: Mapping[str, Callable[[Environment, int], Look[Figures]]] = {
    "balances": lambda environment, days: BalanceMeasures(environment.aws.log_group, days),
    "logins": lambda environment, days: LoginMeasures(environment.aws.log_group, days),
    "payments": lambda _, days: PaymentMeasures(days, 5),
    "verifications": lambda _, days: ReviewMeasures(days, 60),
    "calls of Swan": lambda environment, days: SwanMeasures(environment.aws.log_group, days, 5),
}
# How what is written down for a contact must look to be of use.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "e-mail": re.compile(r"[^@\s]+@(?P<domain>[a-z0-9-]+(\.[a-z0-9-]+)+)", re.IGNORECASE),
    "phone": re.compile(r"\+\d[\d ()-]{6,}\d"),
    "SMS": re.compile(r"\+\d[\d ()-]{6,}\d"),
    "Slack": re.compile(r"[#@][\w.-]+"),
    "chat": re.compile(r"https://\S+"),
    "page": re.compile(r"https://\S+"),
}


# -- its SQL ----------------------------------------------------------------------------------------------------------


@looks("the SQL of the failure runbooks is tried, and not carried out", target_fixture="trial")
def sql_is_tried(environment: Environment) -> Look[Trial]:
    return StatementTrial(
        tuple(
            Statement(name, step.do, step.sql.strip().rstrip(";"))
            for name in RUNBOOKS
            for step in _runbook(environment, name).statements
        )
    )


@judges('PostgreSQL {version:d} could carry out each of the {count:d} statements of "{runbook}"')
def statements_can_be_carried_out(trial: Trial, version: int, count: int, runbook: str, remarks: Remarks) -> None:
    said = [each for each in trial.statements if each.runbook == runbook]
    wrong = [f'"{each.do}": {each.wrong}' for each in said if each.wrong]
    if trial.version != version:
        wrong.insert(0, f"it is PostgreSQL {trial.version}; it must be {version}")
    if len(said) != count:
        wrong.insert(0, f"{runbook} has {len(said)} statements; there must be {count}")
    assert not wrong, f"{trial.source}: {'; '.join(wrong)}"
    remarks.examined(len(said), "statements")
    remarks.examined(trial.tables, "tables")


# -- its measures -----------------------------------------------------------------------------------------------------


@looks("the measures of the last {days:d} days are taken of", target_fixture="figures")
def measures_taken(environment: Environment, days: int, datatable: list[list[str]]) -> list[Look[Figures]]:
    return [MEASURES[what](environment, days) for (what,) in datatable]


# -- who notices ------------------------------------------------------------------------------------------------------


@looks("the monitor that watches {provider} for us", target_fixture="escalations")
def monitor_of_provider(provider: str, environment: Environment) -> Look[Escalations]:
    _watched(environment, provider)
    return MonitorEscalations()


def _open_to_be_watched(environment: Environment, provider: str) -> Iterator[str]:
    watched = {str(name): said for name, said in environment.betterstack.providers.items()}.get(provider)
    if watched is None:
        yield f"betterstack.providers.{provider}"
    elif watched.path is None and not _hosts_of(environment, provider):
        yield f"{provider.lower()}.token_url"


@judges("it looks at {provider} at least every {minutes:d} minutes, and wakes somebody", needs=_open_to_be_watched)
def provider_is_watched(
    escalations: Escalations, environment: Environment, provider: str, minutes: int, remarks: Remarks
) -> None:
    monitors = escalations.monitors
    remarks.examined(len(monitors.monitors), "monitors")
    name, path = _watched(environment, provider)
    found = monitors.named(name)
    assert len(found) == 1, (
        f"there are {len(found)} monitors called {name} at BetterStack; there must be one, or nobody notices when "
        f"{provider} fails"
    )
    monitor = found[0]
    called = called_by(escalations, monitor.policy)
    wrong = [*_unwatchful(monitor, monitors.at, minutes), *filter(None, [called.nobody])]
    places = _hosts_of(environment, provider)
    if path is None and not places:
        environment.answered(None, f"{provider.lower()}.token_url")  # where it is, nobody has told yet
    there = urlsplit(monitor.url)
    own = path is not None and monitor.host in ours(environment) and there.path.rstrip("/") == path.rstrip("/")
    if not (own or (path is None and monitor.host in places)):
        must = f"https://{environment.site.host}{path}" if path is not None else " or ".join(sorted(places))
        wrong.append(f"watches {monitor.url}; for {provider} it must watch {must}")
    assert not wrong, f"{name} {', '.join(wrong)}"
    if lacking := [*untold(monitor), *([VERIFYING] if monitor.verify_ssl is None and there.scheme else [])]:
        raise ProbeError(monitors.source, f"of {name} it is not told {' and '.join(lacking)}")
    demand_followed(escalations, monitor, called)
    if monitor.status == "down":
        remarks.warn(f"{name} is down at the moment: it notices nothing more than that")
    if path is not None:
        remarks.warn(f"{name} watches {path} of ours: that it fails when {provider} does, nobody has shown here")
    warn_of_calls(monitor, called, remarks)


def _watched(environment: Environment, provider: str) -> tuple[str, str | None]:
    """The monitor's name, and the path of ours that it watches; Denied where the environment file does not say."""
    said = {str(name): watched for name, watched in environment.betterstack.providers.items()}
    watched = environment.answered(said.get(provider), f"betterstack.providers.{provider}")
    return watched.monitor, watched.path


def _hosts_of(environment: Environment, provider: str) -> frozenset[str]:
    """Where a monitor would notice that *provider* fails."""
    swan, neonomics = environment.swan, environment.neonomics
    links: Mapping[str, tuple[str | None, ...]] = {
        "BankID": (environment.bankid.issuer,),
        "Neonomics": (neonomics.token_url, neonomics.api_url),
        "Sumsub": (f"https://{environment.sumsub.host}", _page(environment.sumsub.status_page)),
        "Swan": (swan.token_url, swan.api_url, _page(swan.status_page)) if swan else (),
    }
    return frozenset(urlsplit(link).hostname or "" for link in links[provider] if link) - {""}


def _page(host: str | None) -> str | None:
    return f"https://{host}" if host else None


def _unwatchful(monitor: Monitor, at: datetime, minutes: int) -> Iterator[str]:
    """Why nothing would be noticed by *monitor* in time."""
    if monitor.paused or monitor.status in {"pending", "maintenance"}:
        yield f"is {'paused' if monitor.paused else monitor.status}: it looks quiet and watches nothing"
    if monitor.frequency is not None and monitor.frequency > 60 * minutes:
        yield f"is checked every {monitor.frequency} s; it must be every {60 * minutes} s at least"
    if monitor.checked_at is None:
        yield "was never checked"
    elif monitor.frequency is not None and not monitor.paused:
        age = (at - monitor.checked_at).total_seconds()
        if age > CHECKS * monitor.frequency:
            yield f"was checked {age / 60:.0f} minutes ago; every {monitor.frequency} s one is due"
    if monitor.verify_ssl is False:
        yield "does not verify the certificate"


# -- whom to reach ----------------------------------------------------------------------------------------------------


@looks('the domains of the contacts in the failure runbook "{runbook}"', target_fixture="domains")
def domains_of_contacts(runbook: str, environment: Environment) -> list[Look[MailDomain]]:
    said = {_mail_domain(contact) for contact in _runbook(environment, runbook).contact}
    return [MailTaken(domain) for domain in sorted(said - {""})]


@judges("each takes mail")
def mail_is_taken(domains: list[MailDomain], remarks: Remarks) -> None:
    remarks.examined(len(domains), "domains")
    wrong = [
        f"{one.domain} {'takes no mail' if one.exists else 'is not there'} ({', '.join(one.servers) or 'no MX record'})"
        for one in domains
        if not one.reachable
    ]
    assert not wrong, f"{'; '.join(wrong)}: who writes to a contact of the runbook reaches nobody"


def _open_in_runbook(environment: Environment, runbook: str) -> Iterator[str]:
    book = _runbook(environment, runbook)
    yield from (f"contacts.{one.key}" for one in book.contact if not _FORMS[one.way].fullmatch(one.at))
    if _next_review(environment, book) is None:
        yield f"reviews.{book.name}"


@judges('every contact of "{runbook}" is written down, and its next review is not past', needs=_open_in_runbook)
def contacts_are_written_down(runbook: str, environment: Environment, now: datetime, remarks: Remarks) -> None:
    book = _runbook(environment, runbook)
    remarks.examined(len(book.contact), "contacts")
    file = f"environments/{environment.name}/environment.toml"
    wrong = [
        f"{one.who} by {one.way} is {one.at or 'blank'}: write contacts.{one.key}"
        for one in book.contact
        if not _FORMS[one.way].fullmatch(one.at)
    ]
    due = _next_review(environment, book)
    if due is None:
        wrong.append(f'its next review has no day ("{book.review.next}"): write reviews.{book.name}')
    elif due < now.date():
        wrong.append(f"its next review was due on {due}: go through it, and write the next day to reviews.{book.name}")
    assert not wrong, f"{file}: {'; '.join(wrong)}"


def _next_review(environment: Environment, book: Runbook) -> date | None:
    return {str(name): day for name, day in environment.reviews.items()}.get(book.name, book.review.due)


def _mail_domain(contact: Contact) -> str:
    said = _FORMS["e-mail"].fullmatch(contact.at) if contact.way == "e-mail" else None
    return said["domain"].lower() if said else ""


def _runbook(environment: Environment, name: str) -> Runbook:
    """The runbook, with what the environment file says of its contacts."""
    said = _read(environment.folder.parents[1] / "features" / "diagnosis" / f"{name}.toml")
    return said.answered(environment.contacts)


@lru_cache(maxsize=32)
def _read(path: Path) -> Runbook:
    return load_runbook(path)
