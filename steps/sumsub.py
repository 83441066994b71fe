"""Sentences about Sumsub: whether it takes our calls, how a review ended, and how its reports are received."""

from __future__ import annotations

from datetime import datetime, timedelta

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.look import Look
from golive.probes.registrations import Webhooks
from golive.probes.secrets import Secrets
from golive.probes.sumsub import Called, RegisteredWebhooks, Review, ReviewOf, ServiceCall
from golive.probes.sumsubcalls import MARKS
from golive.probes.webhooks import Delivered, ForgedReports, Forgeries, SignedReport
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# What Sumsub may sign with; SHA-1 is there for receivers of long ago.
STRONG = ("HMAC_SHA256_HEX", "HMAC_SHA512_HEX")


@looks("the service calls Sumsub with its own credentials", target_fixture="called")
def service_calls(environment: Environment) -> Look[Called]:
    return ServiceCall(environment.aws.service_arn)


@looks("Sumsub is asked about the applicant who tried the flow", target_fixture="review")
def review_of_trial(environment: Environment) -> Look[Review]:
    return ReviewOf(environment.sumsub.applicant)


@looks("the webhooks that are registered at Sumsub", target_fixture="webhooks")
def registered_webhooks(environment: Environment) -> Look[Webhooks]:  # noqa: ARG001 - every looking sentence may ask
    return RegisteredWebhooks()


@looks("reports in Sumsub's name arrive, which it did not sign", target_fixture="forgeries")
def forged_reports(environment: Environment) -> Look[Forgeries]:
    return ForgedReports(environment.aws.service_arn)


@looks("a report arrives, signed as Sumsub signs, on an applicant who does not exist", target_fixture="delivered")
def signed_report(environment: Environment) -> Look[Delivered]:  # noqa: ARG001 - every looking sentence may ask
    return SignedReport()


@judges("Sumsub takes the call, for its {environment_of} account")
def call_is_taken(called: Called, environment_of: str) -> None:
    mark = MARKS.get(environment_of)
    why = f" as {called.refused_as}" if called.refused_as else ""
    seen = "takes the service's signed call" if called.taken else f"refuses the service's signed call{why}"
    assert (called.taken, called.mark) == (True, mark), (
        f"{called.source} {seen}, whose token begins with {called.mark or 'no mark of an environment'}; it must "
        f"take it, and a token of the {environment_of} account begins with {mark or 'nothing that is known'}"
    )


@judges('the review is "{status}" with the answer "{answer}", and was at most {days:d} days ago')
def review_ended(review: Review, status: str, answer: str, days: int, now: datetime, remarks: Remarks) -> None:
    if review.applicant is None:
        remarks.warn(
            "no applicant is named (sumsub.applicant in the environment file), so this rests on the attestation alone"
        )
        return
    assert review.exists, f"{review.source} knows no applicant {review.applicant} in this environment"
    told = f"{review.answer or 'no answer'}{f' ({review.reject_type})' if review.reject_type else ''}"
    assert (review.status, review.answer) == (status, answer), (
        f"the review of {review.applicant} at {review.source} is {review.status} with {told}; "
        f"it must be {status} with {answer}"
    )
    if review.reviewed_at is None:
        raise ProbeError(review.source, f"it does not tell when {review.applicant} was reviewed")
    age = now - review.reviewed_at
    assert age <= timedelta(days=days), (
        f"the review of {review.applicant} at {review.source} was {age.days} days ago, on "
        f"{review.reviewed_at:%Y-%m-%d}; it must be at most {days} days ago, for what is launched now has to pass it"
    )
    remarks.examined(review.attempts or 1, "attempts")


@judges('Sumsub sends to "{url}", signed with SHA-256 or SHA-512, at least')
def reports_are_sent(webhooks: Webhooks, url: str, datatable: list[list[str]], remarks: Remarks) -> None:
    hooks = webhooks.to(url)
    sent = {(kind, who) for hook in hooks for kind in hook.types for who in hook.applicants or ()}
    # Of whom these report Sumsub does not tell, so what they send may be what is demanded, and may not.
    silent = {hook.id: hook.types for hook in hooks if hook.applicants is None}
    lacking = [(kind, who) for kind, who in datatable[1:] if (kind, who) not in sent]
    untold = {name for kind, _ in lacking for name, types in silent.items() if kind in types}
    maybe = {kind for types in silent.values() for kind in types}
    wrong = [f"{kind} on each {who} is not sent there" for kind, who in lacking if kind not in maybe]
    weak = {hook.id: hook.algorithm or "nothing known" for hook in hooks if hook.algorithm not in STRONG}
    wrong += [f"webhook {name} signs with {algorithm}" for name, algorithm in weak.items()]
    _warn_of_others(webhooks, url, remarks)
    off = [hook.id for hook in webhooks.webhooks if hook.target == url and hook.disabled]
    instead = ", ".join({*webhooks.receivers} - {url}) or "no address of ours"
    assert hooks, f"{webhooks.source} sends to {instead}; it must send to {url}" + (
        f", whose webhook {', '.join(off)} is switched off" if off else ""
    )
    assert not wrong, f"{webhooks.source}, to {url}: {'; '.join(wrong)}"
    if untold:
        raise ProbeError(webhooks.source, f"it does not tell on whom webhook {', '.join(sorted(untold))} reports")
    remarks.examined(len(webhooks.webhooks), "webhooks")


def _warn_of_others(webhooks: Webhooks, url: str, remarks: Remarks) -> None:
    for hook in webhooks.webhooks:
        if hook.disabled:
            continue
        if hook.kind == "http" and hook.target != url:
            remarks.warn(f"webhook {hook.id} at {webhooks.source} sends reports to {hook.target or 'somewhere'} too")
        if hook.target == url and not hook.resends:
            remarks.warn(f"webhook {hook.id} at {webhooks.source} does not send again what could not be delivered")


@judges(
    'the service is given the key of these reports, which is not "{name}"',
    needs=("sumsub.webhook_key", "aws.read_secret_values"),
)
def key_is_its_own(webhooks: Webhooks, secrets: Secrets, environment: Environment, name: str, remarks: Remarks) -> None:
    wired = environment.answered(environment.sumsub.webhook_key, "sumsub.webhook_key")
    hooks = [hook for hook in webhooks.webhooks if hook.target in webhooks.receivers and not hook.disabled]
    if not hooks:
        raise ProbeError(webhooks.source, "it sends reports to no address of ours, so there is no key to compare")
    if silent := [hook.id for hook in hooks if hook.key is None]:
        raise ProbeError(webhooks.source, f"it does not tell the key of webhook {', '.join(silent)}")
    prints = {one: _fingerprint(secrets, one) for one in (wired, name)}
    wrong = [f"{one} is not given to {secrets.source}" for one, found in prints.items() if found is None]
    if prints[wired]:
        wrong += [f"{wired} is not the key of webhook {hook.id}" for hook in hooks if hook.key != prints[wired]]
    if prints[wired] and prints[wired] == prints[name]:
        wrong.append(f"{wired} and {name} are the same text")
    assert not wrong, f"{'; '.join(wrong)}; {wired} must be the key of the webhook at {webhooks.source}, and no other"
    remarks.examined(len(hooks), "keys")


def _fingerprint(secrets: Secrets, name: str) -> str | None:
    """None where the service is not given *name*; ProbeError where it is, and its text is not there to be read."""
    secret = secrets.secret(name)
    if secret is not None and secret.form is None:
        raise ProbeError(name, secret.formless_because or secret.broken or "it does not exist")
    return secret.form.fingerprint if secret and secret.form else None


@judges("each is refused")
def forgeries_are_refused(forgeries: Forgeries, datatable: list[list[str]], remarks: Remarks) -> None:
    wanted = {way for (way,) in datatable}
    tried = {**forgeries.answers, **dict.fromkeys(forgeries.unseen, ())}
    wrong = [
        f"{way} it is answered {answer.status}"
        for way, answers in forgeries.answers.items()
        for answer in answers
        if not answer.refused
    ]
    assert not wrong, f"a report at {forgeries.source}: {'; '.join(wrong)}; each must be refused with 401 or 403"
    assert wanted == {*tried}, f"tried was {', '.join(sorted(tried))}; demanded is {', '.join(sorted(wanted))}"
    if forgeries.unseen:
        raise ProbeError(forgeries.source, "; ".join(f"{way}: {why}" for way, why in forgeries.unseen.items()))
    remarks.examined(sum(map(len, forgeries.answers.values())), "forged reports")


@judges("nobody takes them at another address that a document names")
def nobody_else_takes(forgeries: Forgeries, remarks: Remarks) -> None:
    for answer in forgeries.elsewhere:
        if not answer.nothing_there and not answer.taken:
            remarks.warn(f"{answer.url} answers reports too ({answer.status}), and Sumsub sends nothing there")
    taking = [f"{answer.url} ({answer.status})" for answer in forgeries.elsewhere if answer.taken]
    assert not taking, f"an unsigned report is taken at {', '.join(taking)}; only the registered address may take one"


@judges("it is taken, and changes nothing")
def delivered_without_effect(delivered: Delivered, remarks: Remarks) -> None:
    wrong = [
        f"{answer.url} answered {answer.status} {when}"
        for delivery in delivered.deliveries
        for when, answer in (("the first time", delivery.first), ("the second time", delivery.second))
        if not answer.taken
    ]
    assert not wrong, (
        f"{'; '.join(wrong)} to a rightly signed report on {delivered.applicant}, who does not exist and is marked as "
        "the sandbox's; it must be taken, or Sumsub switches the webhook off in the end"
    )
    assert delivered.before == delivered.after, (
        f"users by kyc_status were {_counted(delivered.before)} before the report on {delivered.applicant} and are "
        f"{_counted(delivered.after)} after it; nothing may change (if somebody signed up in between, run again)"
    )
    remarks.examined(sum(delivered.before.values()), "users")


def _counted(users: object) -> str:
    return ", ".join(f"{count} {standing}" for standing, count in dict(users).items()) or "none"  # type: ignore[call-overload]
