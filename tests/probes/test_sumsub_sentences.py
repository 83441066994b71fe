"""What the sentences about Sumsub make of answers that no fault of the twin gives, and what of them is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.errors import Denied, ProbeError
from golive.observatory import plain
from golive.probes.look import Look
from golive.probes.registrations import Webhook, Webhooks
from golive.probes.secrets import Secrets, ServiceSecrets
from golive.probes.sumsub import (
    NoSuchApplicant,
    RegisteredWebhooks,
    Review,
    ReviewOf,
    ServiceCall,
    SumsubRefuses,
)
from golive.probes.webhooks import Answered, ForgedReports, Forgeries, NoSuchReceiver, SignedReport
from golive.remarks import Remarks
from golive.twin.sumsub import RECEIVER, TEST_APPLICANT
from steps import sumsub

from .backstage import Backstage
from .town import again

HOOK = Webhook(
    "1", "http", RECEIVER, True, ("applicantReviewed",), "HMAC_SHA256_HEX", False, True, "print", ("individual",)
)
HEAD = ["report", "on each"]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def looks(environment: Environment) -> Iterable[Look[Any]]:
    """One of each."""
    yield from (SumsubRefuses(), NoSuchApplicant(), RegisteredWebhooks(), ReviewOf(TEST_APPLICANT), ReviewOf(None))
    yield ServiceCall(environment.aws.service_arn)
    yield from (NoSuchReceiver(RECEIVER), ForgedReports(environment.aws.service_arn), SignedReport())


@pytest.mark.parametrize("number", range(9))
def test_answer_is_the_same_when_read_back(backstage: Backstage, environment: Environment, number: int) -> None:
    """
    Judged again from the record, an answer is equal to the one that was seen, and holds no secret.
    """
    look = [*looks(environment)][number]
    reach = backstage.reach(environment)
    answer = look.observe(reach)
    assert again(answer) == answer
    assert again(look) == look
    told = repr(answer) + json.dumps(plain(answer)) + json.dumps(plain(look))
    assert [name for name, text in reach.held.items() if text in told] == []


def test_without_an_applicant_a_warning_says_so() -> None:
    """
    Nobody named: the machine has nothing against it, and says what it rests on.
    """
    remarks = Remarks()
    sumsub.review_ended(Review("Sumsub", None), "completed", "GREEN", 7, NOW, remarks)
    assert "rests on the attestation alone" in remarks.warnings[0]


@pytest.mark.parametrize(
    ("ago", "raised"),
    [
        (timedelta(days=7), None),
        (timedelta(days=7, seconds=1), AssertionError),
        (timedelta(days=700), AssertionError),
        (None, ProbeError),
    ],
)
def test_review_is_of_these_days(ago: timedelta | None, raised: type[Exception] | None) -> None:
    """
    What was approved long ago went through another flow; of what has no date nobody knows.
    """
    seen = Review("Sumsub", "a", True, "completed", "GREEN", "", 1, None if ago is None else NOW - ago)
    if raised is None:
        sumsub.review_ended(seen, "completed", "GREEN", 7, NOW, Remarks())
    else:
        with pytest.raises(raised, match="days ago" if ago else "does not tell when"):
            sumsub.review_ended(seen, "completed", "GREEN", 7, NOW, Remarks())
    with pytest.raises(AssertionError, match="RED"):
        sumsub.review_ended(replace(seen, answer="RED"), "completed", "GREEN", 7, NOW, Remarks())


def test_types_may_be_spread_over_webhooks() -> None:
    """
    Two webhooks to one address are one receiver; what is sent elsewhere, or once only, is worth a word.
    """
    remarks = Remarks()
    other = replace(HOOK, id="2", types=("applicantPending",), resends=False)
    astray = replace(HOOK, id="3", target="elsewhere.example", ours=False)
    seen = Webhooks("Sumsub", (HOOK, other, astray))
    wanted = [HEAD, ["applicantReviewed", "individual"], ["applicantPending", "individual"]]
    sumsub.reports_are_sent(seen, RECEIVER, wanted, remarks)
    assert [warning.split()[1] for warning in remarks.warnings] == ["2", "3"]
    with pytest.raises(AssertionError, match="applicantReset on each individual is not sent there"):
        sumsub.reports_are_sent(seen, RECEIVER, [HEAD, ["applicantReset", "individual"]], remarks)


@pytest.mark.parametrize(
    ("applicants", "raised"),
    [
        ([("individual",)], None),
        ([("company", "individual")], None),
        ([("company",), ("individual",)], None),
        ([None, ("individual",)], None),
        ([("company",)], AssertionError),
        ([("company",), ("company",)], AssertionError),
        ([None], ProbeError),
        ([("company",), None], ProbeError),
    ],
    ids=str,
)
def test_people_are_reported_on_by_a_webhook_for_people(
    applicants: list[tuple[str, ...] | None], raised: type[Exception] | None
) -> None:
    """
    A webhook for companies reports nothing of a person; one that does not say for whom it is may, and may not.
    """
    hooks = tuple(replace(HOOK, id=str(number), applicants=each) for number, each in enumerate(applicants))
    seen, wanted = Webhooks("Sumsub", hooks), [HEAD, ["applicantReviewed", "individual"]]
    if raised is None:
        sumsub.reports_are_sent(seen, RECEIVER, wanted, Remarks())
    else:
        with pytest.raises(raised, match=r"on each individual is not sent|does not tell on whom"):
            sumsub.reports_are_sent(seen, RECEIVER, wanted, Remarks())


@pytest.mark.parametrize("key", [None, "print"], ids=["silent", "told"])
def test_key_must_be_known_to_be_compared(backstage: Backstage, environment: Environment, key: str | None) -> None:
    """
    A key that Sumsub does not tell is unknown; one that is another's is not the service's.
    """
    secrets: Secrets = backstage.look(ServiceSecrets(environment.aws.service_arn))
    seen = Webhooks("Sumsub", (replace(HOOK, key=key),))
    with pytest.raises(ProbeError if key is None else AssertionError):
        sumsub.key_is_its_own(seen, secrets, environment, "SUMSUB_SECRET_KEY", Remarks())


def test_name_of_the_key_may_be_open(backstage: Backstage, environment: Environment) -> None:
    """
    An environment that does not know under which name the service has the key leaves it unknown, and says which answer
    is wanted.
    """
    secrets: Secrets = backstage.look(ServiceSecrets(environment.aws.service_arn))
    asked = environment.model_copy(update={"sumsub": environment.sumsub.model_copy(update={"webhook_key": None})})
    with pytest.raises(Denied, match=r"sumsub\.webhook_key is not answered yet"):
        sumsub.key_is_its_own(Webhooks("Sumsub", (HOOK,)), secrets, asked, "SUMSUB_SECRET_KEY", Remarks())


@pytest.mark.parametrize(
    ("status", "refused"), [(401, True), (403, True), (200, False), (302, False), (404, False), (500, False)]
)
def test_refused_is_only_what_says_so(status: int, refused: bool) -> None:
    """
    Only 401 and 403 refuse a forger; not to be there, to fail and to send on are something else.
    """
    seen = Forgeries(RECEIVER, {"unsigned": (Answered(RECEIVER, status),)}, {}, ())
    if refused:
        sumsub.forgeries_are_refused(seen, [["unsigned"]], Remarks())
    else:
        with pytest.raises(AssertionError, match=f"unsigned it is answered {status}"):
            sumsub.forgeries_are_refused(seen, [["unsigned"]], Remarks())


def test_forgery_that_was_not_tried_is_unknown() -> None:
    """
    What could not be tried is unknown, unless another one passed; what nobody tried is not the demand.
    """
    seen = Forgeries(RECEIVER, {"unsigned": (Answered(RECEIVER, 401),)}, {"signed with SHA-1": "no key"}, ())
    ways = [["unsigned"], ["signed with SHA-1"]]
    with pytest.raises(ProbeError, match="no key"):
        sumsub.forgeries_are_refused(seen, ways, Remarks())
    passed = replace(seen, answers={"unsigned": (Answered(RECEIVER, 200),)})
    with pytest.raises(AssertionError):
        sumsub.forgeries_are_refused(passed, ways, Remarks())
    with pytest.raises(AssertionError, match="demanded is unsigned"):
        sumsub.forgeries_are_refused(seen, [["unsigned"]], Remarks())
