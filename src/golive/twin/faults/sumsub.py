"""Faults of Sumsub's account, and of the receiver of its reports."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.faults.kin import AWAY, SUMSUB
from golive.twin.faults.register import breaks
from golive.twin.receiver import SHA1
from golive.twin.sumsub import TEST_APPLICANT
from golive.twin.world import World


def _account(world: World, **changes: Any) -> World:
    return replace(world, sumsub=replace(world.sumsub, **changes))


def _receiving(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, webhook=replace(world.site.webhook, **changes)))


def _registering(world: World, **changes: Any) -> World:
    return replace(world, sumsub=world.sumsub.registering(**changes))


def _reviewing(world: World, **changes: Any) -> World:
    return replace(world, sumsub=world.sumsub.reviewing(**changes))


def _holding(world: World, name: str, text: str | None) -> World:
    return replace(world, cloud=world.cloud.holding(name, text))


@breaks(unmet=["GL-1.3", "KYC-R1"])
def sumsub_token_revoked(world: World) -> World:
    """The service's app token was deleted in Sumsub's dashboard."""
    return replace(world, sumsub=world.sumsub.without(world.cloud.text("SUMSUB_APP_TOKEN")))


@breaks(unmet=["GL-1.3", "KYC-R1"])
def sumsub_token_expired(world: World) -> World:
    """The service's app token had an end, which has come."""
    return replace(world, sumsub=world.sumsub.token(world.cloud.text("SUMSUB_APP_TOKEN"), expired=True))


@breaks(unmet=["GL-1.3", "KYC-R1"])
def sumsub_secret_of_another_token(world: World) -> World:
    """SUMSUB_SECRET_KEY belongs to another app token than SUMSUB_APP_TOKEN."""
    return _holding(world, "SUMSUB_SECRET_KEY", world.sumsub.tokens[world.sumsub.gate].secret)


@breaks(unmet=["GL-1.3", "GL-2.1.7", "KYC-R3"])
def sumsub_account_of_the_sandbox(world: World) -> World:
    """The service has token and secret of the sandbox, and Sumsub takes them."""
    name, token = next((name, token) for name, token in world.sumsub.tokens.items() if name.startswith("sbx:"))
    return _holding(_holding(world, "SUMSUB_APP_TOKEN", name), "SUMSUB_SECRET_KEY", token.secret)


@breaks(unmet=["GL-2.3.3"])
def applicant_turned_down(world: World) -> World:
    """Sumsub could not read the document of the colleague who tried the flow."""
    return _reviewing(world, answer="RED", reject_type="RETRY")


@breaks(unmet=["GL-2.3.3"])
def applicant_still_pending(world: World) -> World:
    """The review of the colleague who tried the flow has not ended."""
    return _reviewing(world, status="pending", answer=None, reviewed_at=None)


@breaks(unmet=["GL-2.3.3"])
def applicant_reopened(world: World) -> World:
    """The colleague was approved once; now the review is on hold, and the answer still stands there."""
    return _reviewing(world, status="onHold")


@breaks(unmet=["GL-2.3.3"])
def applicant_approved_long_ago(world: World) -> World:
    """The colleague was approved eight days ago, by a flow that may have been another."""
    return _reviewing(world, reviewed_at=world.now - timedelta(days=8))


@breaks(unknown=["GL-2.3.3"])
def applicant_approved_at_no_time(world: World) -> World:
    """Sumsub says that the colleague was approved, and not when."""
    return _reviewing(world, reviewed_at=None)


@breaks(unmet=["GL-2.3.3"])
def applicant_unknown(world: World) -> World:
    """Sumsub knows no applicant with the id that the environment names."""
    others = {name: kept for name, kept in world.sumsub.applicants.items() if name != TEST_APPLICANT}
    return _account(world, applicants=others)


@breaks(unknown=["GL-2.3.3"])
def applicant_of_the_sandbox(world: World) -> World:
    """The colleague went through the flow in the sandbox, which a token of production may not look into."""
    return _reviewing(world, sandbox=True)


@breaks(unknown=["GL-2.3.3"])
def sumsub_knows_everybody(world: World) -> World:
    """Sumsub has an approved review for whomever it is asked about."""
    return _account(world, knows_everybody=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_registered_elsewhere(world: World) -> World:
    """Sumsub sends its reports to the failure runbooks' path, where the product has its receiver too."""
    there = "/api/webhooks/sumsub"
    return _receiving(_registering(world, target=f"https://getdrop.no{there}"), path=there)


@breaks(unmet=["GL-2.3.4"])
def webhook_switched_off(world: World) -> World:
    """Sumsub has switched the webhook off, after too many failures."""
    return _registering(world, disabled=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_silent_on_reviews(world: World) -> World:
    """Sumsub reports that applicants wait, and not how their review ended."""
    return _registering(world, types=("applicantCreated", "applicantPending", "applicantReviewDone"))


@breaks(unmet=["GL-2.3.4"])
def webhook_for_companies_alone(world: World) -> World:
    """Sumsub reports how the review of a company ended, and of a person nothing."""
    return _registering(world, applicants="company")


@breaks(unknown=["GL-2.3.4"])
def webhook_does_not_say_for_whom(world: World) -> World:
    """Sumsub tells nothing of the applicants on whom the webhook reports, and its documentation not what that means."""
    return _registering(world, applicants=None)


@breaks(unmet=["GL-2.3.4"])
def webhook_signed_with_sha1(world: World) -> World:
    """Sumsub signs with SHA-1, and the receiver takes it."""
    return _receiving(_registering(world, algorithm=SHA1), algorithms=frozenset({SHA1}))


@breaks(unmet=["GL-2.3.4"])
def webhook_key_renewed_at_sumsub(world: World) -> World:
    """The webhook's key was renewed at Sumsub, and the service still has the former one."""
    return _registering(world, key="another-key-of-24-letters")


@breaks(unmet=["GL-2.3.4"])
def webhook_key_is_the_app_secret(world: World) -> World:
    """The reports are signed with SUMSUB_SECRET_KEY, which the service is given twice."""
    secret = world.cloud.text("SUMSUB_SECRET_KEY")
    world = _holding(_registering(world, key=secret), "SUMSUB_WEBHOOK_SECRET", secret)
    return _receiving(world, secret=secret)


@breaks(unmet=["GL-2.3.4", "KYC-R3"])
def webhook_key_not_wired(world: World) -> World:
    """The key of the webhook is kept, and the service is not given it."""
    return replace(world, cloud=world.cloud.wiring(SUMSUB_WEBHOOK_SECRET=None))


@breaks(unmet=["GL-2.3.4"])
def webhook_takes_unsigned(world: World) -> World:
    """The receiver takes a report that nobody signed."""
    return _receiving(world, takes_unsigned=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_takes_forged(world: World) -> World:
    """The receiver looks for a signature, and not whether it is right."""
    return _receiving(world, takes_forged=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_takes_the_app_secret(world: World) -> World:
    """The receiver takes what is signed with SUMSUB_SECRET_KEY, too."""
    return _receiving(world, also=(world.cloud.text("SUMSUB_SECRET_KEY"),))


@breaks(unmet=["GL-2.3.4"])
def webhook_verifies_what_it_read(world: World) -> World:
    """The receiver verifies the report as it writes it again, and not the bytes that came."""
    return _receiving(world, reads_before_it_verifies=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_takes_sha1(world: World) -> World:
    """The receiver still takes SHA-1."""
    return _receiving(world, algorithms=world.site.webhook.algorithms | {SHA1})


@breaks(unmet=["GL-2.3.4"])
def webhook_takes_any_algorithm(world: World) -> World:
    """The receiver lets pass what is signed by an algorithm that it does not know."""
    return _receiving(world, takes_any_algorithm=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_not_deployed(world: World) -> World:
    """The product has its receiver at another path than the one that Sumsub sends to."""
    return _receiving(world, path="/api/webhooks/sumsub")


@breaks(unmet=["GL-2.3.4"])
def former_webhook_takes_unsigned(world: World) -> World:
    """A former receiver at the failure runbooks' path still takes what nobody signed."""
    return _receiving(world, elsewhere={"/api/webhooks/sumsub": False})


@breaks()
def former_webhook_verifies(world: World) -> World:
    """A former receiver still answers at another path, and refuses what is not signed: a warning, and no more."""
    return _receiving(world, elsewhere={"/v1/webhooks/sumsub": True})


@breaks(unmet=["GL-2.3.4"])
def webhook_refuses_all(world: World) -> World:
    """The receiver refuses what Sumsub signs, too."""
    return _receiving(world, refuses_all=True)


@breaks(unmet=["GL-2.3.4"])
def webhook_fails_on_strangers(world: World) -> World:
    """The receiver answers 404 to a rightly signed report on somebody whom it does not know."""
    return _receiving(world, for_strangers=404)


@breaks(unmet=["GL-2.3.4"])
def webhook_takes_in_strangers(world: World) -> World:
    """The receiver makes a customer of an applicant whom nobody knew."""
    return _receiving(world, takes_in_strangers=True)


@breaks(unknown=["GL-2.3.2", "GL-2.3.4"])
def every_report_is_stopped(world: World) -> World:
    """Something in front of the product refuses whatever is sent to it, so that of the receiver nothing is seen."""
    return replace(world, site=replace(world.site, posts_forbidden=True))


@breaks(unknown=["GL-2.3.4"])
def gate_may_not_see_webhooks(world: World) -> World:
    """The gate's token at Sumsub may look at applicants only."""
    token = world.sumsub.gate
    return replace(world, sumsub=world.sumsub.token(token, permissions=frozenset({"viewApplicants"})))


@breaks(unknown=(*SUMSUB, "KYC-R4"))
def sumsub_believes_everybody(world: World) -> World:
    """Sumsub takes any signature and any token, so that what it takes says nothing."""
    return _account(world, believes=True)


@breaks(unknown=SUMSUB)
def sumsub_clock_far_off(world: World) -> World:
    """Sumsub's clock and ours differ by ten minutes, which it takes for an old call."""
    return _account(world, clock_shift=timedelta(minutes=10))


def _unwell(ailment: str, sentence: str) -> None:
    def ail(world: World) -> World:
        return _account(world, ailment=ailment)

    ail.__name__, ail.__doc__ = f"sumsub_{ailment}", f"Sumsub {sentence}"
    away = ailment in AWAY
    breaks(unmet=["KYC-R4"] if away else (), unknown=SUMSUB if away else (*SUMSUB, "KYC-R4"))(ail)


for _ailment, _sentence in (
    ("off", "cannot be reached."),
    ("denied", "does not let us in."),
    ("throttled", "has no time for us."),
    ("broken", "answers 503."),
    ("garbage", "answers with rubbish."),
):
    _unwell(_ailment, _sentence)
