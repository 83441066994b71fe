"""Sentences about what customers meet in an incident: consents that end, payments that fail, people turned down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from golive.errors import NothingExamined, ProbeError
from golive.probes.applicants import Decisions, Overtaken, OvertakenApplicants, ReviewDecisions
from golive.probes.consents import Consents, Standing
from golive.probes.journal import Failing, Journal
from golive.probes.look import Look
from golive.probes.neonomics import Banks
from golive.probes.payments import Outcomes, PaymentOutcomes, RecipientNumbers, Recipients
from golive.probes.webhooks import Forgeries
from golive.remarks import Remarks
from golive.vocabulary import judges, looks
from steps.banking import AVAILABLE
from steps.diagnosis import be_whole, topics

# Failures of a bank are told while a balance is fetched, while a payment is made, or without saying which.
_OF_BANKS = ("AISP", "PISP", "Neonomics", "")
# When Norwegian banks often do their maintenance, by the failure runbook.
_OSLO, _MAINTENANCE = ZoneInfo("Europe/Oslo"), range(2, 6)
_AT_NIGHT = "; between 02:00 and 06:00 Norwegian banks often do their maintenance"


@looks("the consents of the customers, and which of them ended or end within {days:d} days", target_fixture="standing")
def consents(days: int) -> Look[Standing]:
    return Consents(days)


@looks("what became of the payments since the incident began", target_fixture="outcomes")
def payment_outcomes(since: datetime) -> Look[Outcomes]:
    return PaymentOutcomes(since)


@looks("the account numbers that were to be paid since the incident began", target_fixture="recipients")
def recipient_numbers(since: datetime) -> Look[Recipients]:
    return RecipientNumbers(since)


@looks("how people were decided on since the incident began", target_fixture="decisions")
def review_decisions(since: datetime) -> Look[Decisions]:
    return ReviewDecisions(since)


@looks(
    "Sumsub is asked about those who have waited with us for more than {minutes:d} minutes", target_fixture="overtaken"
)
def overtaken_applicants(minutes: int) -> Look[Overtaken]:
    return OvertakenApplicants(minutes)


# -- consents ---------------------------------------------------------------------------------------------------------


@judges("at most {most:d} % of the consents have ended in these days")
def consents_stand(standing: Standing, most: int, remarks: Remarks) -> None:
    if not standing.consents:
        raise NothingExamined(standing.source, "there is no consent to look at")
    remarks.examined(standing.consents, "consents")
    if standing.ending_soon:
        remarks.warn(f"{standing.ending_soon} consents end within {standing.days} days, unless they are renewed")
    share = 100 * standing.expired_lately / standing.consents
    at_banks = {name: bank.expired_lately for name, bank in standing.banks.items() if bank.expired_lately}
    assert share <= most, (
        f"{standing.expired_lately} of {standing.consents} consents have ended in the last {standing.days} days, of "
        f"{standing.customers_expired_lately} customers ({_listed(at_banks)}); up to {most} % are no more than an "
        f"ordinary week's ({standing.source})"
    )


@judges("it is known which of them end")
def ending_consents_are_known(standing: Standing, remarks: Remarks) -> None:
    if not standing.consents:
        raise NothingExamined(standing.source, "there is no consent to look at")
    remarks.examined(standing.consents, "consents")
    soon = [f"{bank.ending_soon} at {name}" for name, bank in standing.banks.items() if bank.ending_soon]
    remarks.warn(f"{standing.ending_soon} consents end within {standing.days} days{': ' * bool(soon)}{', '.join(soon)}")


# -- the log ----------------------------------------------------------------------------------------------------------


@judges('at most {most:d} customers have failures of {topic} of the kind "{kind}"')
def few_customers_fail(journal: Journal, most: int, topic: str, kind: str, remarks: Remarks) -> None:
    remarks.examined(journal.events, "events of the log")
    found = journal.of(kind, *topics(topic))
    # Whoever is not named counts as another customer: a log that names nobody must not look like nobody's trouble.
    customers = sum(one.customers + one.unnamed for one in found)
    assert customers <= most, (
        f"{customers} customers have had {_codes(found)}{_flows(found)} since {journal.since:%H:%M} UTC; "
        f"up to {most} are no more than an ordinary day's ({journal.events} events in {journal.source})"
    )
    be_whole(journal)


@judges("no bank fails {least:d} times or more, and alone")
def no_bank_fails_alone(journal: Journal, least: int, remarks: Remarks) -> None:
    remarks.examined(journal.events, "events of the log")
    alone, count, others = _failing_alone(journal, least)
    assert alone is None, (
        f"{alone} failed {count} times since {journal.since:%H:%M} UTC, and all other banks together {others} times: "
        f"{_codes(journal.of('banks', *_OF_BANKS))}"
        f"{_AT_NIGHT if journal.until.astimezone(_OSLO).hour in _MAINTENANCE else ''} ({journal.source})"
    )
    be_whole(journal)


@judges("at most {most:d} bank fails {least:d} times or more")
def few_banks_fail(journal: Journal, most: int, least: int, remarks: Remarks) -> None:
    remarks.examined(journal.events, "events of the log")
    failing = {name: count for name, count in _banks(journal).items() if count >= least}
    assert len(failing) <= most, (
        f"{len(failing)} banks fail since {journal.since:%H:%M} UTC ({_listed(failing)}): it is what stands between "
        f"them and us ({journal.source})"
    )
    be_whole(journal)


@judges("it calls no bank that fails {least:d} times or more, and alone, anything but available")
def failing_bank_is_called_available(journal: Journal, banks: Banks, least: int, remarks: Remarks) -> None:
    remarks.examined(len(banks.banks), "banks")
    alone, count, _ = _failing_alone(journal, least)
    told = [bank.status for bank in banks.banks if bank.name == alone and bank.status not in (None, AVAILABLE)]
    assert not told, (
        f"{banks.source} calls {alone} {', '.join(filter(None, told))}, and in {journal.source} it failed {count} "
        f"times since {journal.since:%H:%M} UTC"
    )


def _banks(journal: Journal) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in journal.of("banks", *_OF_BANKS):
        for name, count in one.banks.items():
            counts[name] = counts.get(name, 0) + count
    return counts


def _failing_alone(journal: Journal, least: int) -> tuple[str | None, int, int]:
    """The bank that fails so often that the others' failures are no more than a tenth of its own; and both counts."""
    counts = _banks(journal)
    name = max(counts, key=lambda bank: counts[bank], default="")
    count = counts.get(name, 0)
    others = sum(one.count for one in journal.of("banks", *_OF_BANKS)) - count
    return (name, count, others) if count >= least and others * 10 <= count else (None, count, others)


# -- payments ---------------------------------------------------------------------------------------------------------


@judges("at most {most:d} customers had payments that failed with")
def few_payments_fail(outcomes: Outcomes, most: int, datatable: list[list[str]], remarks: Remarks) -> None:
    codes = [code for (code,) in datatable]
    if not outcomes.payments:
        raise NothingExamined(outcomes.source, f"nobody has paid since {outcomes.since:%H:%M} UTC")
    remarks.examined(outcomes.payments, "payments")
    if outcomes.stuck:
        remarks.warn(f"{outcomes.stuck} payments have been under way for more than an hour")
    found = outcomes.of(*codes)
    # A customer with two codes counts for both: a little more than there are, and never fewer.
    customers, payments = sum(one.customers for one in found), sum(one.count for one in found)
    banks = _listed(_added(one.banks for one in found))
    assert customers <= most, (
        f"{payments} payments of {customers} customers failed with {_listed({one.code: one.count for one in found})}"
        f"{f', at {banks}' if banks else ''}; of {outcomes.payments} since {outcomes.since:%H:%M} UTC "
        f"{outcomes.completed} went through, of {outcomes.customers_who_paid} customers. Up to {most} customers are no "
        f"more than an ordinary day's ({outcomes.source})"
    )


@judges("at most {most:d} of the refused numbers have wrong check digits")
def numbers_are_right(recipients: Recipients, most: int, remarks: Remarks) -> None:
    if recipients.missing:
        raise ProbeError(recipients.source, f"account numbers cannot be examined: {recipients.missing}")
    groups = (recipients.paid, recipients.refused, recipients.failed_otherwise)
    searched = sum(group.right + group.wrong for group in groups)
    if not searched:
        raise NothingExamined(recipients.source, f"nobody has paid since {recipients.since:%H:%M} UTC")
    if recipients.paid.wrong > recipients.paid.right:
        raise ProbeError(recipients.source, "most numbers to which money went are no IBAN, so the check says nothing")
    remarks.examined(searched, "account numbers")
    wrong = recipients.refused.wrong
    assert wrong <= most, (
        f"of {wrong + recipients.refused.right} account numbers that were refused since {recipients.since:%H:%M} UTC "
        f"{wrong} do not bear the check digits of ISO 7064: they were mistyped ({recipients.source})"
    )


# -- identities -------------------------------------------------------------------------------------------------------


@judges("at most {most:d} people were turned down for")
def few_are_turned_down(decisions: Decisions, most: int, datatable: list[list[str]], remarks: Remarks) -> None:
    reasons = [reason for (reason,) in datatable]
    remarks.examined(decisions.customers, "users")
    found = {reason: count for reason, count in decisions.rejected.items() if reason in reasons}
    assert sum(found.values()) <= most, (
        f"{sum(found.values())} people were turned down since {decisions.since:%H:%M} UTC ({_listed(found)}), and "
        f"{decisions.approved} let in; up to {most} are no more than an ordinary day's ({decisions.source})"
    )


@judges("nobody waits for a match with a list of sanctions to be looked at")
def nobody_in_manual_review(decisions: Decisions, remarks: Remarks) -> None:
    remarks.examined(decisions.customers, "users")
    assert decisions.in_manual_review == 0, (
        f"{decisions.in_manual_review} people wait for somebody to look at a match with a list of sanctions "
        f"({decisions.source})"
    )


@judges("at most {most:d} people have waited for more than half an hour")
def few_wait_long(decisions: Decisions, most: int, remarks: Remarks) -> None:
    remarks.examined(decisions.customers, "users")
    waiting = decisions.waiting
    assert waiting.longer_than_half_an_hour <= most, (
        f"{waiting.longer_than_half_an_hour} people have waited for more than half an hour ({waiting.two_hours} up to "
        f"two hours, {waiting.a_day} up to a day, {waiting.longer} longer); up to {most} are no more than an ordinary "
        f"day's ({decisions.source})"
    )


@judges("it has decided on none of them")
def nobody_is_overtaken(overtaken: Overtaken, remarks: Remarks) -> None:
    remarks.examined(overtaken.customers, "users")
    if overtaken.unknown:
        remarks.warn(f"{overtaken.unknown} of those who wait are unknown to Sumsub: they never sent anything")
    longest = timedelta(seconds=round(overtaken.decided_longest_seconds))
    assert overtaken.decided == 0, (
        f"Sumsub has decided on {overtaken.decided} people, on the first {longest} ago, and we have not heard of it: "
        f"of {overtaken.waiting} who have waited for more than {overtaken.minutes} minutes {overtaken.asked} were "
        f"asked about ({overtaken.source})"
    )


@judges("somebody is there to take them")
def receiver_is_there(forgeries: Forgeries, remarks: Remarks) -> None:
    given = [answer for answers in forgeries.answers.values() for answer in answers]
    if not given:
        raise ProbeError(forgeries.source, "; ".join(forgeries.unseen.values()) or "nothing was tried")
    remarks.examined(len(given), "reports")
    wrong = {f"{answer.url} {answer.status}" for answer in given if answer.nothing_there or answer.status >= 500}
    assert not wrong, f"to a report in Sumsub's name is answered: {', '.join(sorted(wrong))}"


# -- readings ---------------------------------------------------------------------------------------------------------


def _codes(found: Iterable[Failing]) -> str:
    return _listed(_added(one.codes for one in found))


def _flows(found: Iterable[Failing]) -> str:
    """By which way was paid, where that is told: remittance, QR payment, or both."""
    flows = _listed(_added(one.flows for one in found))
    return f" ({flows})" if flows else ""


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            added[name] = added.get(name, 0) + count
    return added


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count} times" for name, count in sorted(counts.items(), key=lambda pair: -pair[1]))
