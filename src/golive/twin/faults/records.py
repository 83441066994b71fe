"""Faults of what people put on record."""

from dataclasses import replace
from datetime import timedelta

from golive.twin.faults.kin import SIGNED
from golive.twin.faults.pipeline import check_skipped
from golive.twin.faults.register import breaks
from golive.twin.faults.site import hsts_sent_twice
from golive.twin.people import STRANGER, Record
from golive.twin.world import World

LOGIN = "GL-2.3.1"


def _made(world: World, item: str, *records: Record) -> World:
    return replace(world, people=world.people.making(item, *records))


@breaks(unsigned=SIGNED)
def nobody_signed_anything(world: World) -> World:
    """Nobody has put anything on record."""
    return replace(world, people=replace(world.people, away=True))


@breaks(unsigned=[LOGIN])
def attestation_missing(world: World) -> World:
    """Nobody has logged in with a real BankID, or put it on record."""
    return _made(world, LOGIN)


@breaks(unsigned=[LOGIN])
def attestation_expired(world: World) -> World:
    """The login with a real BankID was signed eight days ago, for seven."""
    return _made(world, LOGIN, Record(age=timedelta(days=8)))


@breaks(unsigned=["GL-7.1"])
def attestation_expired_a_second_ago(world: World) -> World:
    """The notification of Finanstilsynet was signed for a year, which ended a second ago."""
    return _made(world, "GL-7.1", Record(age=timedelta(days=365, seconds=1)))


@breaks(unsigned=["GL-5.3.3"])
def cause_signed_of_an_earlier_rollback(world: World) -> World:
    """That the cause of the rollback is known was signed two days ago, of another one."""
    return _made(world, "GL-5.3.3", Record(age=timedelta(days=2)))


@breaks(unsigned=["GL-5.3.4"])
def report_signed_of_an_earlier_rollback(world: World) -> World:
    """The incident report was signed two days ago, of another rollback."""
    return _made(world, "GL-5.3.4", Record(age=timedelta(days=2)))


@breaks(unsigned=["GL-5.2.3"])
def nobody_affected_by_an_earlier_rollback(world: World) -> World:
    """That no user was affected was put on record two days ago, of another rollback."""
    return _made(world, "GL-5.2.3", Record("not-applicable", reason="Nobody was online.", age=timedelta(days=2)))


@breaks()
def nobody_affected_by_the_rollback(world: World) -> World:
    """That no user was affected was put on record after the service went back."""
    return _made(world, "GL-5.2.3", Record("not-applicable", reason="Nobody was online.", age=timedelta(minutes=5)))


@breaks()
def telling_signed_of_an_earlier_rollback(world: World) -> World:
    """That #drop-ops was told of the rollback was signed of another one; the gate reads there itself."""
    return _made(world, "GL-5.2.1", Record(age=timedelta(days=2)))


@breaks()
def accepted_report_not_attested(world: World) -> World:
    """Nobody attested that a report of Sumsub's was accepted, which the gate tries by itself."""
    return _made(world, "GL-2.3.4")


@breaks()
def alert_not_attested(world: World) -> World:
    """Nobody attested the test alert, which the gate posts and reads back by itself."""
    return _made(world, "GL-2.5.4")


@breaks(unsigned=["GL-1.10"])
def attestation_that_stands_too_long(world: World) -> World:
    """The audit was signed for half a year, and stands for 30 days."""
    return _made(world, "GL-1.10", Record(days=180))


@breaks(unsigned=["GL-7.6"])
def attestation_of_tomorrow(world: World) -> World:
    """The trial of the AML monitoring is dated tomorrow."""
    return _made(world, "GL-7.6", Record(age=timedelta(days=-1)))


@breaks(unsigned=[LOGIN])
def attestation_not_signed(world: World) -> World:
    """The login with a real BankID is written down, and nobody signed it."""
    return _made(world, LOGIN, Record(signed_by=""))


@breaks(unsigned=[LOGIN])
def attestation_signed_by_another_key(world: World) -> World:
    """The login is signed with a key that the environment does not list."""
    return _made(world, LOGIN, Record(signed_by=STRANGER))


@breaks(unsigned=[LOGIN])
def attestation_signed_by_another_person(world: World) -> World:
    """The login is put on record in the name of the go-live owner, and signed by the platform engineer."""
    return _made(world, LOGIN, Record(signed_by="kari"))


@breaks(unsigned=["GL-1.9"])
def attestation_by_somebody_without_the_role(world: World) -> World:
    """The feature flags were reviewed by the platform engineer, who is not the go-live owner."""
    return _made(world, "GL-1.9", Record(by="kari"))


@breaks(unsigned=["GL-1.10"])
def audit_signed_by_its_author(world: World) -> World:
    """The audit is signed by the author, who is no reviewer."""
    return _made(world, "GL-1.10", Record(by="kari"))


@breaks(unsigned=["GL-7.6"])
def attestation_in_another_namespace(world: World) -> World:
    """The signature under the AML monitoring was made for something else."""
    return _made(world, "GL-7.6", Record(namespace="git"))


@breaks(unsigned=[LOGIN])
def attestation_changed_after_signing(world: World) -> World:
    """A line was added to the login's record after it was signed."""
    return _made(world, LOGIN, Record(added_after="# and it works on the telephone too\n"))


@breaks(unsigned=[LOGIN])
def attestation_for_other_words(world: World) -> World:
    """What is signed of the login is not what the checklist asks."""
    return _made(world, LOGIN, Record(words="I am sure that the login works."))


@breaks(unsigned=["GL-7.1"])
def attestation_for_another_environment(world: World) -> World:
    """The notification is put on record for staging."""
    return _made(world, "GL-7.1", Record(environment="staging"))


@breaks(unsigned=["GL-1.10"])
def attestation_for_another_image(world: World) -> World:
    """The audit was of the release before."""
    return _made(world, "GL-1.10", Record(image="sha256:" + "5" * 64))


@breaks(unsigned=["GL-1.9"])
def attestation_for_another_configuration(world: World) -> World:
    """Somebody changed the configuration after the feature flags were reviewed."""
    return _made(world, "GL-1.9", Record(configuration="5" * 64))


@breaks(unsigned=["GL-7.1"])
def attestation_whose_evidence_changed(world: World) -> World:
    """The notification that lies beside the record is not the one that was signed."""
    return _made(world, "GL-7.1", Record(evidence="Another letter.\n"))


@breaks(unsigned=["GL-1.10"])
def attestation_whose_evidence_is_gone(world: World) -> World:
    """The report of the audit is not beside its record."""
    return _made(world, "GL-1.10", Record(evidence=None))


@breaks(unsigned=["GL-1.9"])
def attestation_twice(world: World) -> World:
    """The review of the flags lies there twice, once in small letters, and nobody knows which counts."""
    return _made(world, "GL-1.9", Record(also_as=("gl-1.9",)))


@breaks(unsigned=["GL-7.6"])
def attestation_that_is_no_toml(world: World) -> World:
    """The record of the AML monitoring cannot be read."""
    return _made(world, "GL-7.6", Record(added="bound_to = {\n"))


@breaks(unsigned=[LOGIN])
def attestation_with_an_unknown_key(world: World) -> World:
    """The record of the login says something that no record says."""
    return _made(world, LOGIN, Record(added='valid_until = "2030-01-01"\n'))


def _green_but_for_a_check(world: World, *records: Record) -> World:
    return _made(check_skipped(world), "GL-2.2.4", *records)


@breaks(waived=["GL-2.2.4"])
def check_skipped_and_waived(world: World) -> World:
    """The end-to-end tests were skipped, and the approver has accepted that for a week."""
    return _green_but_for_a_check(world, Record("waiver"))


@breaks()
def waiver_of_what_is_met(world: World) -> World:
    """The checks were waived, and have all passed since."""
    return _made(world, "GL-2.2.4", Record("waiver"))


@breaks(unmet=["GL-2.2.4"])
def waiver_approved_by_who_asked_for_it(world: World) -> World:
    """The end-to-end tests were skipped, and one person asked for the waiver and gave it."""
    return _green_but_for_a_check(world, Record("waiver", asked_by="ola"))


@breaks(unmet=["GL-2.2.4"])
def waiver_by_somebody_who_is_no_approver(world: World) -> World:
    """The end-to-end tests were skipped, and the reviewer has accepted that."""
    return _green_but_for_a_check(world, Record("waiver", by="ingrid"))


@breaks(unmet=["GL-2.2.4"])
def waiver_expired(world: World) -> World:
    """The end-to-end tests were skipped, and that was accepted until yesterday."""
    return _green_but_for_a_check(world, Record("waiver", age=timedelta(days=8), days=7))


@breaks(unmet=["GL-2.2.4"])
def waiver_that_stands_too_long(world: World) -> World:
    """The end-to-end tests were skipped, and that was accepted for a quarter of a year."""
    return _green_but_for_a_check(world, Record("waiver", days=90))


@breaks(unmet=["GL-2.4.4"])
def waiver_on_a_blocker(world: World) -> World:
    """The promise of HTTPS is invalid, and somebody waived it, though it is a blocker."""
    return _made(hsts_sent_twice(world), "GL-2.4.4", Record("waiver"))


@breaks(unsigned=["GL-1.9"])
def waiver_of_a_missing_signature(world: World) -> World:
    """Nobody reviewed the feature flags, and a waiver is to stand for the signature."""
    return _made(world, "GL-1.9", Record("waiver"))


@breaks(unmet=["GL-1.9"])
def waiver_without_the_signed_part(world: World) -> World:
    """A flag that nobody knows is set and waived, and nobody reviewed the others."""
    flagged = replace(world, cloud=world.cloud.setting(NEXT_PUBLIC_FF_CRYPTO="false"))
    return _made(flagged, "GL-1.9", Record("waiver"))


@breaks()
def waiver_for_no_item(world: World) -> World:
    """Somebody waived an item that the checklist does not have."""
    return _made(world, "GL-2.2.44", Record("waiver"))


@breaks(unsigned=[LOGIN])
def not_applicable_where_it_is_not_allowed(world: World) -> World:
    """Somebody recorded that a login with BankID is not applicable."""
    return _made(world, LOGIN, Record("not-applicable", reason="Nobody here has a BankID."))
