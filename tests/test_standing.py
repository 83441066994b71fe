"""When what a person put on record has effect: every combination by name, and stock OpenSSH of the same opinion."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from golive.record import Subject
from golive.records import Kind
from golive.standing import NAMESPACES
from tests.signing import CONFIGURATION, IMAGE, NOW, OPENSSH, ROLES, WORDS, Desk

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


class Case(NamedTuple):
    """One way to make a record, and what must be said against it; "" where it stands."""

    kind: Kind
    changes: dict[str, Any]
    against: str
    signed_well: bool = True  # by the person who is named, in the right namespace, over these bytes


def attestation(against: str = "", *, signed_well: bool = True, **changes: Any) -> Case:
    return Case("attestation", changes, against, signed_well)


def waiver(against: str = "", *, signed_well: bool = True, **changes: Any) -> Case:
    return Case("waiver", changes, against, signed_well)


def not_applicable(against: str = "", *, signed_well: bool = True, **changes: Any) -> Case:
    return Case("not-applicable", changes, against, signed_well)


REVIEW: dict[str, Any] = {
    "item": "GL-1.10",
    "role": "reviewer, not the author",
    "words": "Nothing is open.",
    "bound_to": {},
}
NOTICE: dict[str, Any] = {"item": "GL-7.1", "role": "compliance officer", "words": "They know.", "bound_to": {}}
WATCHED: dict[str, Any] = {"item": "GL-3.5.3", "words": "It was watched.", "bound_to": {}}
READY: dict[str, Any] = {"item": "GL-5.2.3", "words": "A message is ready.", "bound_to": {}}
NOBODY: dict[str, Any] = {
    "item": "GL-5.2.3",
    "role": "go-live owner",
    "reason": "Nobody was online.",
    "expires": NOW + DAY,
}
TRUTH: dict[str, Case] = {
    "an attestation as it should be": attestation(),
    "wrapped words": attestation(words=WORDS.replace(" ", "  ")),
    "expired yesterday": attestation("it expired at 2026-03-04 12:00:00 UTC", on=NOW - 3 * DAY, expires=NOW - DAY),
    "expires this second": attestation("it expired at 2026-03-05 12:00:00 UTC", expires=NOW),
    "expires in a second": attestation(expires=NOW + SECOND),
    "signed tomorrow": attestation("which is still to come", on=NOW + DAY),
    "signed this second": attestation(on=NOW),
    "signed at its hour, after the launch": attestation(**WATCHED, on=NOW - timedelta(hours=1)),
    "signed before its hour": attestation(
        "it was signed at 2026-03-05 10:59:59 UTC (11:59 in Oslo), before its hour, 2026-03-05 11:00:00 UTC",
        **WATCHED,
        on=NOW - timedelta(hours=1) - SECOND,
    ),
    "signed of this rollback": attestation(**READY, on=NOW - timedelta(hours=1)),
    "signed of an earlier rollback": attestation(
        "before its hour, 2026-03-05 11:00:00 UTC",
        **READY,
        on=NOW - timedelta(hours=1) - SECOND,
    ),
    "not applicable to this rollback": not_applicable(**NOBODY, on=NOW - timedelta(hours=1)),
    "not applicable to an earlier rollback": not_applicable(
        "it may be of an earlier rollback", **NOBODY, on=NOW - timedelta(hours=1) - SECOND
    ),
    "of what comes after a launch without an hour": attestation(
        "after the launch, and environment.toml does not say launch_at",
        item="GL-6.1.6",
        words="It was watched for a week.",
        bound_to={},
    ),
    "stands too long": attestation("longer than 7 days", on=NOW - DAY, expires=NOW + 6 * DAY + SECOND),
    "stands exactly as long as it may": attestation(on=NOW - DAY, expires=NOW + 6 * DAY),
    "other words": attestation("its words are not those", words=WORDS.replace("dashboard", "login page")),
    "another environment": attestation("it speaks of staging, and this is production", environment="staging"),
    "another digest": attestation(
        "it speaks of the image sha256:0000",
        bound_to={"image_digest": "sha256:" + "0" * 64, "configuration": CONFIGURATION},
    ),
    "another configuration": attestation(
        "it speaks of the configuration 000000",
        bound_to={"image_digest": IMAGE, "configuration": "0" * 64},
    ),
    "bound to nothing": attestation("it does not say of which image it speaks", bound_to={}),
    "evidence changed": attestation("its evidence login.mp4 was changed", evidence_now=b"another recording"),
    "evidence missing": attestation("its evidence login.mp4 is not there", evidence_now=None),
    "no evidence": attestation("evidence", evidence=[]),
    "evidence outside of the folder": attestation(
        "must be a path below the folder", evidence=[{"file": "../../login.mp4", "sha256": "0" * 64}]
    ),
    "signed as something else": attestation("it is signed as CEO, and go-live owner has to sign", role="CEO"),
    "by somebody without the role": attestation("kari is not go-live owner", by="kari"),
    "by nobody known": attestation("nobody is called mallory", signed_well=False, by="mallory"),
    "in capitals": attestation("nobody is called Alem", signed_well=False, by="Alem", key="alem"),
    "key not listed": attestation("a key that environment.toml does not list", signed_well=False, key="stranger"),
    "signed by another": attestation("the key of kari, not with one of alem", signed_well=False, key="kari"),
    "in another namespace": attestation(
        "made for 'golive-waiver' and not for 'golive-attestation'", signed_well=False, namespace="golive-waiver"
    ),
    "made for git": attestation("made for 'git'", signed_well=False, namespace="git"),
    "altered after signing": attestation("does not fit the file", signed_well=False, altered="# and more\n"),
    "not signed": attestation("it is not signed", signed_well=False, key=None),
    "nobody attests it": attestation("nobody attests GL-2.2.4: the machine decides it", item="GL-2.2.4"),
    "no such item": attestation("there is no item GL-2.3.99 in the checklist", item="GL-2.3.99"),
    "called otherwise": attestation("the file is called GL-2.3.11 and speaks of GL-2.3.1", name="GL-2.3.11"),
    "called in small letters": attestation("the file is called gl-2.3.1 and speaks of GL-2.3.1", name="gl-2.3.1"),
    "malformed TOML": attestation("GL-2.3.1.toml: not TOML", text='item = "GL-2.3.1\n'),
    "a key said twice": attestation("GL-2.3.1.toml: not TOML", text='item = "GL-2.3.1"\nitem = "GL-2.3.1"\n'),
    "an unknown key": attestation("GL-2.3.1.toml:10: bond_to: Extra inputs", bond_to="x"),
    "a key missing": attestation("words: Field required", words=""),
    "a time without a zone": attestation("expires: ", expires=datetime(2026, 3, 9)),  # noqa: DTZ001  # the mistake
    "a time that is a text": attestation("expires: ", expires="2026-03-09T09:14:00Z"),
    "a time of Oslo": attestation("must be in UTC", expires=datetime.fromisoformat("2026-03-09T09:14:00+01:00")),
    "ends before it begins": attestation("expires must be later than on", expires=NOW - 2 * DAY),
    "a reviewer": attestation(by="ingrid", **REVIEW),
    "a reviewer who is the author": attestation("odd is the author, who may not be the reviewer", by="odd", **REVIEW),
    "the CEO in place of a compliance officer": attestation(**NOTICE),
    "no CEO in place of a compliance officer": attestation("kari is not compliance officer", by="kari", **NOTICE),
    "a waiver as it should be": waiver(),
    "a waiver of a normal item for long": waiver(item="GL-2.5.6", on=NOW, expires=NOW + 90 * DAY),
    "a waiver of a normal item too long": waiver(
        "longer than 90 days", item="GL-2.5.6", on=NOW, expires=NOW + 90 * DAY + SECOND
    ),
    "a waiver of a critical item too long": waiver("longer than 30 days", on=NOW, expires=NOW + 30 * DAY + SECOND),
    "a waiver on a blocker": waiver("GL-2.4.4 is a blocker, which can never be waived", item="GL-2.4.4"),
    "a self-approved waiver": waiver("that takes two people", asked_by="alem"),
    "a waiver that nobody known asked for": waiver("nobody is called mallory", asked_by="mallory"),
    "a self-approved waiver in capitals": waiver("that takes two people", asked_by="ALEM"),
    "a waiver by somebody who is no approver": waiver("ingrid is not approver", approved_by="ingrid"),
    "a waiver signed by who asked": waiver("the key of kari, not with one of alem", signed_well=False, key="kari"),
    "a waiver signed as an attestation": waiver(
        "made for 'golive-attestation'", signed_well=False, namespace="golive-attestation"
    ),
    "a waiver without an end": waiver("expires: Field required", expires=""),
    "a waiver that has expired": waiver("it expired at", on=NOW - 5 * DAY, expires=NOW - SECOND),
    "a waiver of tomorrow": waiver("still to come", on=NOW + SECOND),
    "a waiver for an item that does not exist": waiver("there is no item GL-2.2.44", item="GL-2.2.44"),
    "a waiver for another environment": waiver("it speaks of staging", environment="staging"),
    "a waiver altered after signing": waiver("does not fit the file", signed_well=False, altered="\n"),
    "a waiver that is not signed": waiver("it is not signed", signed_well=False, key=None),
    "not applicable, as it should be": not_applicable(),
    "not applicable where that is not allowed": not_applicable(
        "GL-1.10 is never recorded as not applicable", item="GL-1.10", role="reviewer, not the author", by="ingrid"
    ),
    "not applicable, by somebody else": not_applicable("kari is not compliance officer", by="kari"),
    "not applicable, signed as an attestation": not_applicable(
        "made for 'golive-attestation'", signed_well=False, namespace="golive-attestation"
    ),
    "not applicable without a reason": not_applicable("reason: Field required", reason=""),
}  # fmt: skip


@pytest.fixture(params=["golive", "ssh-keygen"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """A desk at which our own code signs, and one at which OpenSSH does."""
    if request.param == "ssh-keygen" and OPENSSH is None:
        pytest.skip("there is no ssh-keygen here to compare with")
    return Desk(tmp_path, openssh=request.param == "ssh-keygen")


@pytest.mark.parametrize("name", TRUTH)
def test_truth_table(desk: Desk, name: str) -> None:
    """A record stands only when nothing speaks against it, and what does is said; OpenSSH agrees on the signature."""
    case = TRUTH[name]
    path = desk.file(case.kind, **case.changes)
    (standing,) = desk.standings()
    assert standing.stands == (case.against == ""), standing.why
    assert case.against in standing.why
    assert standing.paper.kind == case.kind
    if OPENSSH is not None:
        signer = case.changes.get("approved_by") or case.changes.get("by", "alem")
        signed = path.with_name(path.name + ".sig").exists()
        assert (signed and desk.openssh_agrees(path, signer, NAMESPACES[case.kind])) == case.signed_well


# Somebody unknown has no key either; what is bound to nothing lacks two things; "ALEM" is alem, and is nobody.
TWO_SENTENCES = dict.fromkeys(
    ("by nobody known", "in capitals", "bound to nothing", "a self-approved waiver in capitals"), 2
)


@pytest.mark.parametrize("name", [name for name in TRUTH if TRUTH[name].against])
def test_one_fault_is_one_sentence(tmp_path: Path, name: str) -> None:
    """What is wrong in one way is said in one sentence: nothing that is right is complained of."""
    case = TRUTH[name]
    desk = Desk(tmp_path)
    desk.file(case.kind, **case.changes)
    (standing,) = desk.standings()
    sentences = standing.why.split("; ")
    assert len(sentences) == TWO_SENTENCES.get(name, 1), sentences


COPIES: dict[str, Callable[[Desk], None]] = {
    "a copy under another name": lambda desk: _copy(desk, "GL-2.3.1 (1)"),
    "another spelling": lambda desk: _copy(desk, "gl-2.3.1"),
    "another spelling of the number": lambda desk: _copy(desk, "GL-02.03.01"),
    "under the name of another item": lambda desk: _copy(desk, "GL-2.3.11"),
    "one that cannot be read": lambda desk: _copy(desk, "GL_2_3_1"),
}


def _copy(desk: Desk, name: str) -> None:
    desk.file("attestation", name=name, **({"text": "item ="} if name == "GL_2_3_1" else {}))


@pytest.mark.parametrize("name", COPIES)
def test_of_two_for_one_item_neither_has_effect(tmp_path: Path, name: str) -> None:
    """Two records for one item, however the second is spelled, have no effect, and each names the other."""
    desk = Desk(tmp_path)
    good = desk.file("attestation")
    assert [standing.stands for standing in desk.standings()] == [True]
    COPIES[name](desk)
    standings = desk.standings()
    assert [standing.stands for standing in standings] == [False, False]
    mine = next(standing for standing in standings if standing.paper.stem == good.stem)
    assert "there is a second one for the same item: environments/production/attestations/" in mine.why


@pytest.mark.parametrize("name", ["kyc-r8", "KYC_R8", "KYC-R08", "KYC-R8 (1)"])
def test_of_two_for_the_readiness_of_a_runbook_neither_has_effect(tmp_path: Path, name: str) -> None:
    """An item of a failure runbook's readiness is known in every spelling, too."""
    desk = Desk(tmp_path)
    desk.file("attestation", item="KYC-R8", name="KYC-R8")
    desk.file("attestation", name=name, text="item =")  # by its name alone
    assert all("there is a second one for the same item" in standing.why for standing in desk.standings())
    assert len(desk.standings()) == 2


def test_another_item_is_no_second_one(tmp_path: Path) -> None:
    """GL-2.3.11 is not GL-2.3.1, and a waiver is no second attestation."""
    desk = Desk(tmp_path)
    desk.file("attestation")
    desk.file("attestation", item="GL-2.3.11", words="Another.")
    desk.file("waiver")
    assert [standing.why for standing in desk.standings()] == ["", "", ""]


def test_a_signature_without_its_record_is_named(tmp_path: Path) -> None:
    """What is left of a record that somebody deleted does not go unnoticed."""
    desk = Desk(tmp_path)
    desk.file("attestation").unlink()
    standing, left = desk.standings()
    assert standing.why == "environments/production/attestations/GL-2.3.1.toml.sig: its record is not there"
    assert left.why.startswith("environments/production/attestations/login.mp4: is no record, nor evidence of one")


def line_with(path: Path, words: str) -> int:
    """The number of the line in which *words* stand."""
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if words in line)


LINES = {
    "evidence missing": "evidence",
    "evidence changed": "evidence",
    "signed as something else": "role",
    "by somebody without the role": "by",
    "other words": "words",
    "another environment": "environment",
    "another digest": "bound_to",
    "expired yesterday": "expires",
    "signed tomorrow": "on",
    "stands too long": "expires",
    "no such item": "item",
    "a self-approved waiver": "approved_by",
    "a waiver that nobody known asked for": "asked_by",
    "a waiver of a critical item too long": "expires",
}


@pytest.mark.parametrize("name", LINES)
def test_what_speaks_against_a_record_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    """Whoever mends the file finds the place, and not only the rule."""
    case, desk = TRUTH[name], Desk(tmp_path)
    path = desk.file(case.kind, **case.changes)
    (standing,) = desk.standings()
    assert standing.why.startswith(f"line {line_with(path, f'{LINES[name]} = ')}: "), standing.why


def test_the_line_is_that_of_the_file_in_a_list_of_several(tmp_path: Path) -> None:
    """Each file of evidence stands in a line of its own, as `golive attest` writes them."""
    desk = Desk(tmp_path)
    good = desk.file("attestation").read_text(encoding="utf-8")
    sha256 = good.partition('sha256 = "')[2].partition('"')[0]
    rows = [f'  {{ file = "{name}", sha256 = "{sha256}" }},' for name in ("login.mp4", "second.mp4")]
    text = re.sub(r"evidence = .*", "\n".join(["evidence = [", *rows, "]"]), good)
    desk.file("attestation", text=text)
    (standing,) = desk.standings()
    line = line_with(tmp_path / "attestations/GL-2.3.1.toml", "second.mp4")
    assert standing.why == f"line {line}: its evidence second.mp4 is not there"
    broken = text.replace(rows[1], rows[1].replace(sha256, "0f"))
    desk.file("attestation", text=broken)
    assert f"GL-2.3.1.toml:{line}: evidence.1.sha256: " in desk.standings()[0].why


STRAYS = {
    "attestations/GL-3.5.2.tml": "is no record, nor evidence of one: a record is called <item>.toml",
    "attestations/GL-3.5.2.toml.txt": "is no record, nor evidence of one",
    "attestations/GL-3.5.2.toml.unsigned": "is no record before it is signed",
    "attestations/folder/GL-3.5.2.toml": "is no record, nor evidence of one",
    "attestation/GL-3.5.2.toml": "is no folder of records: attestations, waivers, not-applicable",
    "Waivers/GL-3.5.2.toml": "is no folder of records",
    "waivers": "is no folder of records",
}


@pytest.mark.parametrize("name", STRAYS)
def test_what_was_meant_for_a_record_and_is_none_is_named(tmp_path: Path, name: str) -> None:
    """A suffix or a folder that is misspelt does not go unnoticed, and takes nothing from the records that stand."""
    desk = Desk(tmp_path)
    desk.file("attestation")
    place = tmp_path / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text('item = "GL-2.3.1"\n')
    good, stray = desk.standings()
    assert good.stands
    assert (stray.stands, stray.paper.stray) == (False, True)
    assert f"environments/production/{name}".startswith(stray.paper.file)
    assert STRAYS[name] in stray.why


def test_what_lies_beside_records_is_no_stray(tmp_path: Path) -> None:
    """Drafts, evidence and its folders, signatures, what a system hides, and files of other purposes."""
    desk = Desk(tmp_path)
    desk.file("attestation")
    (tmp_path / "attestations/GL-2.3.1").mkdir()
    for name in ("GL-2.3.1/seen.txt", "GL-3.5.2.toml.draft", ".DS_Store"):
        (tmp_path / "attestations" / name).write_text("x")
    (tmp_path / "environment.toml").write_text("x")
    (tmp_path / "keys").mkdir()
    (standing,) = desk.standings()
    assert standing.stands, standing.why


@pytest.mark.parametrize("subject", [Subject(configuration=CONFIGURATION), Subject(image_digest=IMAGE)])
def test_what_could_not_be_seen_is_no_other_image(tmp_path: Path, subject: Subject) -> None:
    """Where what is launched could not be seen, a bound record is neither good nor bad: nobody can say."""
    desk = Desk(tmp_path, subject=subject)
    desk.file("attestation")
    (standing,) = desk.standings()
    assert not standing.stands
    assert standing.why == ""
    assert "could not be seen" in standing.unseen


def test_the_CEO_does_not_stand_in_for_an_officer_who_is_there(tmp_path: Path) -> None:  # noqa: N802
    """Where somebody is compliance officer, the CEO is not."""
    desk = Desk(tmp_path, roles={**ROLES, "berit": ("compliance officer",)})
    desk.file("attestation", **NOTICE)
    (standing,) = desk.standings()
    assert standing.why.endswith(": alem is not compliance officer in environment.toml")
    desk.file("attestation", by="berit", **NOTICE)
    assert desk.standings()[0].stands


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Who has to make a record anew is told all the reasons."""
    desk = Desk(tmp_path)
    desk.file("attestation", words="Hm.", expires=NOW, environment="staging", key=None)
    (standing,) = desk.standings()
    assert len(standing.why.split("; ")) == 4
