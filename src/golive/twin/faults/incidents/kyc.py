"""Incidents of the verification of identities."""

from dataclasses import replace
from datetime import timedelta

from golive.twin import database
from golive.twin.database import Row
from golive.twin.faults.incidents.telling import first_id, kept, line, over_time, rejected_people, said
from golive.twin.faults.register import incident
from golive.twin.sumsub import Applicant
from golive.twin.world import World

_AT_SUMSUB = ("KYC-C2", "KYC-C3", "KYC-C6")  # what Sumsub decides nobody hears


@incident("KYC-C2")
def documents_are_rejected(world: World) -> World:
    """Nine people send pictures that nobody can read, papers that have expired, or a bank's card."""
    reasons = ("document_not_readable", "document_not_readable", "document_expired", "document_type_mismatch")
    return rejected_people(world, reasons, 9)


@incident("KYC-C3")
def sanctions_have_a_match(world: World) -> World:
    """Two people have the names of others whom a list of sanctions knows, and wait for somebody to look."""
    return rejected_people(world, ("AML_SANCTIONS_MATCH",), 2, "manual_review_aml")


@incident("KYC-C6")
def selfies_fail(world: World) -> World:
    """Eight people fail at the selfie."""
    return rejected_people(world, ("liveness_check_failed", "face_mismatch"), 8)


def decided_unheard(world: World) -> World:
    """*world*, in which Sumsub has approved four people who still wait with us, the newest for a quarter of an hour."""
    rows: list[Row] = []
    first = first_id(world, "users")
    applicants: dict[str, Applicant] = {}
    for number in range(4):
        age = timedelta(minutes=16 + 7 * number)
        undecided: Row = {"kyc_status": "pending_kyc", "kyc_approved_at": None, "kyc_approved_by": None}
        row = {**database.person(first + number, age), **undecided}
        rows.append(row)
        came = world.now - age
        applicants[str(row["sumsub_applicant_id"])] = Applicant(
            "completed", came, "GREEN", reviewed_at=came + timedelta(minutes=4)
        )
    sumsub = replace(world.sumsub, applicants={**world.sumsub.applicants, **applicants})
    return kept(replace(world, sumsub=sumsub), "users", *rows)


@incident("KYC-C4", hides=_AT_SUMSUB)
def reports_are_not_delivered(world: World) -> World:
    """A release has moved the receiver: Sumsub's reports end at 404, and approved people wait with us."""
    moved = replace(world.site.webhook, path="/api/webhooks/sumsub")
    return decided_unheard(replace(world, site=replace(world.site, webhook=moved)))


@incident("KYC-C4", hides=_AT_SUMSUB)
def reports_are_switched_off(world: World) -> World:
    """Sumsub has given up on our receiver, and switched the webhook off."""
    return decided_unheard(replace(world, sumsub=world.sumsub.registering(disabled=True)))


@incident("KYC-C4", hides=_AT_SUMSUB)
def reports_are_swallowed(world: World) -> World:
    """The receiver takes the reports and does nothing with them."""
    lines = [line(age, "kyc.webhook", message="Sumsub webhook failed") for age in over_time(8)]
    return said(decided_unheard(world), *lines)


# What the runbook calls each cause by: one alone is enough.
_REASONS = {
    "KYC-C2": ("document_not_readable", "document_expired", "document_type_mismatch", "underage"),
    "KYC-C6": ("liveness_check_failed", "face_mismatch"),
}


def _turned_down_for(cause: str, reason: str) -> None:
    def turn_down(world: World) -> World:
        return rejected_people(world, (reason,), 7)

    turn_down.__name__ = f"people_are_turned_down_for_{reason}"
    turn_down.__doc__ = f"Seven people are turned down for {reason}, and nobody for anything else."
    incident(cause)(turn_down)


for _cause, _names in _REASONS.items():
    for _name in _names:
        _turned_down_for(_cause, _name)
