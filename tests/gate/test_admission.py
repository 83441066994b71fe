"""`golive admit`: yes to a fresh GO that all three signed, in a world that is the same; else a reasoned no."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from golive.environment import load
from golive.errors import SetupError
from golive.manifest import MANIFEST, read_manifest, sources
from golive.record import Decision, Finding, Record, Status
from golive.ssh import public_of
from golive.verification import told, verify_run
from tests.gate.rehearsed import Signed

OTHER = "sha256:" + "0" * 64


def refusals(signed: Signed, *, after: timedelta = timedelta(), **wanted: object) -> str:
    """What speaks against it, one line each."""
    said = signed.admit(after=after, **wanted).refusals
    assert all("\n" not in line for line in said)
    return "\n".join(said)


def test_a_fresh_go_that_all_three_signed_is_admitted(signed: Signed) -> None:
    """Nothing speaks against it; nor an hour later, with a record of the run as young as that."""
    assert refusals(signed) == ""
    assert refusals(signed, after=timedelta(minutes=118)) == ""


def test_a_verdict_is_good_for_two_hours(signed: Signed) -> None:
    """After two hours from the beginning of the run it is too old, and says since when; the clock alone refuses it."""
    said = refusals(signed, after=timedelta(minutes=120))
    assert said.startswith("the verdict is too old: the run began at ")
    assert len(said.splitlines()) == 1


def test_the_time_to_live_is_the_environments_and_bounded(signed: Signed) -> None:
    """An environment may say less, and never more than twelve hours; a shorter life is one that the run must know."""
    file = "environments/rehearsal/environment.toml"
    signed.project.edit(file, 'kind = "rehearsal"', 'kind = "rehearsal"\nadmit_within_hours = 0.01')
    assert "the verdict is too old" in refusals(signed)
    signed.project.edit(file, "admit_within_hours = 0.01", "admit_within_hours = 24")
    with pytest.raises(SetupError, match="less than or equal to 12"):
        signed.admit()


def test_a_run_of_tomorrow_is_refused(signed: Signed) -> None:
    """A clock that runs ahead cannot make a verdict last longer."""
    assert "the run is dated" in refusals(signed, after=-timedelta(days=1))


def test_another_image_is_refused(signed: Signed) -> None:
    """What was gated is one image, and what the tag points at is the same."""
    said = refusals(signed, digest=OTHER)
    assert f"the run is about {signed.wanted.digest}, and asked is for {OTHER}" in said
    assert f"the tag production now points at {signed.wanted.digest}, and asked is for {OTHER}" in said


def test_what_is_no_digest_is_no_question(signed: Signed) -> None:
    """A digest that is none, a fault in production, a change that opens to the public: wrong usage."""
    for wanted, words in (
        ({"digest": "latest"}, "is no digest of an image"),
        ({"profile": "change", "to": "open"}, "the public is let in once"),
        ({"environment": "production", "faults": ("hsts-sent-twice",)}, "--fault breaks the twin"),
        ({"environment": "nowhere"}, "there is no environment 'nowhere'"),
    ):
        with pytest.raises(SetupError, match=words):
            signed.admit(**wanted)


@pytest.mark.parametrize("name", ["production", "staging"])
def test_a_rehearsal_is_admitted_nowhere_else(signed: Signed, name: str) -> None:
    """It is of another environment, and says nothing about any that is live; nothing out there is asked."""
    said = refusals(signed, environment=name)
    assert f"the run is of rehearsal, and asked is for {name}" in said
    assert f"the run is a REHEARSAL, which says nothing about {name}" in said


def test_a_verdict_opens_its_own_door_alone(signed: Signed) -> None:
    """A GO to deploy is none to open, and none for a change."""
    assert "the run decides T-1h (deploy the candidate); to open it takes a GO for T+1h" in refusals(signed, to="open")
    said = refusals(signed, profile="change")
    assert "the run decides T-1h (deploy the candidate); to deploy it takes a GO for --profile change" in said


@pytest.mark.parametrize("phase", ["T-7d", "T-0", "T+24h", "rollback"])
def test_no_other_phase_opens_a_door(signed: Signed, phase: str) -> None:
    """Not a later one either: it was signed for something else."""
    signed.rewrite(lambda record: record.model_copy(update={"phase": phase}))
    assert f"the run decides {phase}" in refusals(signed)
    assert f"the run decides {phase}" in refusals(signed, to="open")


@pytest.mark.parametrize("status", [Decision.NO_GO, Decision.PARTIAL])
def test_only_a_go_opens_anything(signed: Signed, status: Decision) -> None:
    """All three may have signed a NO-GO or a PARTIAL: it says so, and admits nothing."""
    signed.rewrite(lambda record: _verdict(record, status))
    assert f"the verdict is {status}, and only a GO opens anything" in refusals(signed)
    said = "\n".join(told(verify_run(signed.project.home, signed.folder, None, signed.now)))
    assert f"SIGNED, AND ADMITS NOTHING: the verdict is {status}" in said


def _verdict(record: Record, status: Decision) -> Record:
    return record.model_copy(update={"verdict": record.verdict.model_copy(update={"status": status})})


def test_a_go_that_its_findings_do_not_bear_is_refused(signed: Signed) -> None:
    """The verdict is not believed: an item that is due and open, one that is there twice, and one that is gone."""

    def unmet(record: Record) -> Record:
        first, second, _, *rest = record.findings
        open_one = first.model_copy(update={"status": Status.UNMET})
        return record.model_copy(update={"findings": (open_one, second, second, *rest)})

    first, second, third = (finding.item for finding in signed.record.findings[:3])
    signed.rewrite(unmet)
    said = refusals(signed)
    assert f"the record says GO, and these of its items do not hold: {first}, {second}, {third}" in said


def test_a_record_that_ended_since_is_refused(signed: Signed) -> None:
    """A waiver that the verdict rests on, and that expired between the run and the deployment."""
    (item,) = (paper.item for paper in signed.record.records if paper.used and paper.kind == "waiver")

    def waived(record: Record) -> Record:
        soon = signed.now + timedelta(minutes=30)
        papers = [
            paper.model_copy(update={"expires": soon}) if paper.kind == "waiver" else paper for paper in record.records
        ]
        return record.model_copy(update={"records": tuple(papers)})

    signed.rewrite(waived)
    assert refusals(signed, after=timedelta(minutes=29)) == ""
    assert f"the waiver of {item}, on which the verdict rests, expired at" in refusals(
        signed, after=timedelta(minutes=30)
    )


# -- signatures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["author", "reviewer", "approver"])
def test_each_role_must_sign(signed: Signed, role: str) -> None:
    """Two of three are not enough, with the third's statement but no signature under it neither."""
    beside = signed.folder / f"signatures/{role}.toml.sig"
    beside.unlink()
    assert f"signatures/{role}.toml: {role}.toml.sig cannot be read" in refusals(signed)
    (signed.folder / f"signatures/{role}.toml").unlink()
    assert f"the {role} has not signed: signatures/{role}.toml is not there" in refusals(signed)


def test_the_author_does_not_approve(signed: Signed) -> None:
    """Neither by name nor by key, even where somebody has both roles; reviewer and approver may be one person."""
    file = "environments/rehearsal/environment.toml"
    signed.project.edit(file, '"author", "AI director"]', '"author", "AI director", "approver"]')
    signed.sign("approver", by="kari")
    said = refusals(signed)
    assert "kari signed as author and as approver: that takes two people" in said
    signed.sign("approver", by="ola", key="kari")
    said = refusals(signed)
    assert "one key signed as author and as approver: that takes two people" in said
    assert "says that ola signs, and is signed with the key of kari" in said


def test_reviewer_and_approver_may_be_one_person(signed: Signed) -> None:
    """The runbook has a single name for both."""
    signed.project.edit("environments/rehearsal/environment.toml", '["reviewer"]', '["platform engineer"]')
    signed.project.edit("environments/rehearsal/environment.toml", '"approver", ', '"approver", "reviewer", ')
    signed.sign("reviewer", by="ola")
    assert (
        refusals(signed)
        == "changed since it was signed, in the environment file: environments/rehearsal/environment.toml"
    )


def test_a_decline_is_a_no(signed: Signed) -> None:
    """It is a signature that holds, and says why not."""
    signed.sign("approver", decision="decline", reason="the snapshot was not tried")
    assert refusals(signed) == "ola declined as approver: the snapshot was not tried"


def test_who_has_not_the_role_does_not_sign(signed: Signed) -> None:
    """Somebody else's signature under a role is none."""
    signed.sign("approver", by="ingrid")
    assert "ingrid is not approver in environment.toml" in refusals(signed)


def test_a_key_that_was_taken_away_counts_no_more(signed: Signed) -> None:
    """What counts is who is listed now."""
    (signed.keys / "ola.pub").unlink()
    assert "is signed with a key that environment.toml does not list (SHA256:" in refusals(signed)


def test_a_signature_for_something_else_is_none(signed: Signed) -> None:
    """Made for another namespace, over another run, before the run, or in the future."""
    signed.sign("author", namespace="golive-waiver")
    signed.sign("reviewer", manifest="0" * 64)
    signed.sign("approver", on=signed.now.replace(microsecond=0) + timedelta(days=1))
    said = refusals(signed)
    assert "was made for 'golive-waiver' and not for 'golive-signoff'" in said
    assert "signatures/reviewer.toml speaks of another manifest (000000000000…)" in said
    assert "signatures/approver.toml is dated" in said
    assert "which is still to come" in said
    signed.sign("approver", on=signed.record.run.started.replace(microsecond=0) - timedelta(days=1))
    assert "before the run had ended" in refusals(signed)


def test_a_statement_must_say_what_the_manifest_says(signed: Signed) -> None:
    """Words that a signer could be shown in place of the run's own are no signature of the run."""
    signed.sign("approver", environment="staging", verdict=Decision.NO_GO)
    assert "says otherwise than the manifest of: environment, verdict" in refusals(signed)


# -- what lies here -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("features/golive/2.4-domain-and-tls.feature", "changed since it was signed, in the features"),
        ("features/checklist.toml", "changed since it was signed, in the inventory"),
        ("features/checklist.lock", "changed since it was signed, in the lock"),
        ("steps/visitor.py", "changed since it was signed, in the steps"),
        ("conftest.py", "changed since it was signed, in the project's configuration"),
        ("environments/rehearsal/environment.toml", "changed since it was signed, in the environment file"),
    ],
)
def test_another_checkout_is_refused(signed: Signed, path: str, words: str) -> None:
    """The deployment goes by the same demands, the same steps, the same environment as the run."""
    file = signed.project.home / path
    file.write_text(file.read_text(encoding="utf-8") + "# one more line\n", encoding="utf-8")
    assert refusals(signed) == f"{words}: {path}"


def test_a_new_and_a_missing_file_are_seen(signed: Signed) -> None:
    """A feature more is other demands, and one less too."""
    (signed.project.home / "features/more.feature").write_text("Feature: more\n")
    (signed.project.home / "features/golive/2.4-domain-and-tls.feature").unlink()
    said = refusals(signed)
    assert "changed since it was signed, in the features" in said
    assert "features/golive/2.4-domain-and-tls.feature (gone), features/more.feature (new)" in said


def test_a_run_of_another_machine_is_refused(signed: Signed) -> None:
    """A gate that was made to say GO leaves another digest of itself than the reviewed one."""
    manifest = read_manifest((signed.folder / MANIFEST).read_bytes())
    signed.list(signed.record, {**manifest.sources, "src/golive/verdict.py": "0" * 64})
    signed.sign_all()
    assert refusals(signed) == "changed since it was signed, in the gate itself: src/golive/verdict.py"


# -- the world ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("flag-virtual-cards-flipped", "NEXT_PUBLIC_FF_VIRTUAL_CARDS is true now, and was false when it was signed"),
        ("flag-virtual-cards-not-set", "NEXT_PUBLIC_FF_VIRTUAL_CARDS is not set any more, and was false"),
        ("bankid-mock-left-on", "BANKID_MOCK is set now, and any value counts"),
        ("bankid-mock-as-a-secret", "BANKID_MOCK is set now, and any value counts"),
        ("flag-as-a-secret", "NEXT_PUBLIC_FF_NOTIFICATIONS, a secret, is set since"),
        ("production-tag-missing", "no image in drop-web carries the tag production now"),
        ("production-tag-moved-but-not-deployed", "the tag production now points at sha256:"),
        ("account-of-another", "this is not rehearsal: the AWS credentials are those of account 111122223333"),
    ],
)
def test_what_changed_since_is_seen(signed: Signed, fault: str, words: str) -> None:
    """The volatile facts are looked at again, and each that is another one is named."""
    with signed.broken(fault):
        said = refusals(signed)
        assert words in said
        settings = fault.startswith(("flag", "bankid"))
        assert ("the configuration of the service is not the one that was signed" in said) == settings


@pytest.mark.parametrize("fault", ["apprunner-denied", "ecr-denied"])
def test_what_cannot_be_seen_is_no_better(signed: Signed, fault: str) -> None:
    """A service that does not answer refuses."""
    with signed.broken(fault):
        assert "could not be seen" in refusals(signed)


def test_settings_that_never_took_effect_are_refused(signed: Signed) -> None:
    """Where the last change of what the service is told was undone, it is not known to run with what was signed."""
    with signed.broken("settings-that-never-took-effect"):
        assert "could not be seen: App Runner service drop-web: with which settings it runs" in refusals(signed)


def test_to_open_the_candidate_must_run(signed: Signed) -> None:
    """A GO for the public opening is refused where something else runs; to deploy, it is only going to."""

    def opening(record: Record) -> Record:
        return record.model_copy(update={"phase": "T+1h", "findings": _all_met(record)})

    with signed.broken("another-image-runs"):
        assert refusals(signed) == ""
        signed.rewrite(opening)
        assert refusals(signed, to="open").startswith("what runs now is sha256:")
    assert refusals(signed, to="open") == ""


def _all_met(record: Record) -> tuple[Finding, ...]:
    return tuple(finding.model_copy(update={"status": Status.MET}) for finding in record.findings)


# -- a live environment ---------------------------------------------------------------------------------------------


@pytest.fixture
def live(signed: Signed) -> Signed:
    """The same run as production's: with people whose keys stand in the reviewed file, and records in the checkout."""
    home, keys = signed.project.home, signed.keys
    file = "environments/production/environment.toml"
    lines = {name: public_of(signed.key(name)).line for name in ("ola", "kari", "ingrid")}
    signed.project.edit(file, "# keys: question to Alem Bašić.", f'keys = ["{lines["ola"]}"]')
    signed.project.edit(file, "# keys: question to the author.", f'keys = ["{lines["kari"]}"]')
    with (home / file).open("a", encoding="utf-8") as text:
        text.write(f'\n[[people]]\nname = "ingrid"\nroles = ["reviewer"]\nkeys = ["{lines["ingrid"]}"]\n')
    for name in ("alem", "platform-architect"):
        shutil.copy(keys / {"alem": "ola", "platform-architect": "kari"}[name], keys / name)

    def production(record: Record) -> Record:
        papers = tuple(
            paper.model_copy(update={"file": paper.file.replace("/rehearsal/", "/production/")})
            for paper in record.records
        )
        return record.model_copy(update={"environment": "production", "rehearsal": False, "records": papers})

    for entry in (signed.folder / "records").iterdir():
        if entry.is_dir():
            shutil.copytree(entry, home / "environments/production" / entry.name)
    signers = {"author": "platform-architect", "reviewer": "ingrid", "approver": "alem"}
    there = replace(signed, signers=signers, wanted=replace(signed.wanted, environment="production"))
    record = production(there.record)
    there.write(record)
    there.list(record, sources(home, load("production", home)))
    there.sign_all()
    return there


def test_production_is_admitted_by_its_own_people(live: Signed) -> None:
    """With keys from the reviewed file and records in the checkout nothing speaks against it."""
    assert refusals(live) == ""


def _remove_key(live: Signed) -> None:
    line = public_of(live.key("alem")).line
    live.project.edit("environments/production/environment.toml", f'keys = ["{line}"]', "")


def _lend_key(live: Signed) -> None:
    """A key beside the file, as the rehearsal knows it, for somebody whose key was removed."""
    _remove_key(live)
    folder = live.project.home / "environments/production/keys"
    folder.mkdir()
    shutil.copy(live.keys / "ola.pub", folder / "alem.pub")


def _withdraw(live: Signed) -> None:
    paper = next(paper for paper in live.record.records if paper.used)
    (live.project.home / paper.file).unlink()


def _swap_evidence(live: Signed) -> None:
    seen = next((live.project.home / "environments/production/attestations").glob("*/seen.txt"))
    seen.write_text("something else")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_remove_key, "is signed with a key that environment.toml does not list"),
        (_lend_key, "is signed with a key that environment.toml does not list"),
        (_withdraw, ".toml, on which the verdict rests, is not there any more"),
        (_swap_evidence, "seen.txt, on which the verdict rests, is not what it was"),
    ],
)
def test_production_goes_by_what_is_reviewed(live: Signed, spoil: Callable[[Signed], None], words: str) -> None:
    """Only the reviewed file says whose key counts, and a record that was taken back bears nothing."""
    spoil(live)
    assert words in refusals(live)


def test_all_refusals_are_told(signed: Signed) -> None:
    """Not only the first: whoever has to put it right sees everything at once."""
    (signed.folder / "signatures/author.toml").unlink()
    (signed.folder / "signatures/author.toml.sig").unlink()
    with (signed.folder / "report.html").open("ab") as report:
        report.write(b" ")
    with signed.broken("flag-virtual-cards-flipped"):
        said = refusals(signed, after=timedelta(hours=3), digest=OTHER)
    for words in (
        "report.html was changed",
        "the author has not signed",
        "the verdict is too old",
        "the run is about",
        "the tag production",
        "NEXT_PUBLIC_FF_VIRTUAL_CARDS is true now",
    ):
        assert words in said
