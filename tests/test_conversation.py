"""How a person puts something on record: the words are shown, what is typed is never lost, and what is made stands."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from golive.cli import main
from golive.records import NotApplicable, read_toml
from golive.ssh import public_of
from tests.gate.conftest import Project, project
from tests.signing import needs_openssh

__all__ = ["project"]

PRODUCTION = "environments/production/environment.toml"
IMAGE, CONFIGURATION = "sha256:" + "9b" * 32, "77" * 32
SUBJECT = ("--image-digest", IMAGE, "--configuration", CONFIGURATION)


def set_hour(home: Path, hour: str) -> None:
    """Let the file of production say when the launch is; nothing where *hour* is ""."""
    file = home / PRODUCTION
    said = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("launch_at")]
    file.write_text("\n".join([*([f"launch_at = {hour}"] if hour else []), *said, ""]), encoding="utf-8")


@pytest.fixture
def home(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which alem and a colleague have keys, and where somebody stands who has them in ~/.ssh."""
    ssh = project.home / "person/.ssh"
    ssh.mkdir(parents=True)
    for name, marker in (("alem", "# keys: question to Alem Bašić."), ("kari", "# keys: question to the author.")):
        key = Ed25519PrivateKey.generate()
        (ssh / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        (ssh / name).chmod(0o600)
        (ssh / f"{name}.pub").write_text(public_of(key).line + f" {name}@work\n")
        project.edit(PRODUCTION, marker, f'keys = ["{public_of(key).line} {name}@work"]')
    set_hour(project.home, "2020-01-01T12:00:00Z")
    (project.home / "seen.txt").write_text("the announcement, and links to it\n")
    monkeypatch.chdir(project.home)
    monkeypatch.setenv("HOME", str(project.home / "person"))
    return project.home


def golive(*arguments: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def record_of(home: Path, item: str, folder: str = "attestations") -> Path:
    return home / f"environments/production/{folder}/{item}.toml"


@pytest.fixture(params=["with ssh-keygen", "without"])
def tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once on a machine with OpenSSH and once on one without."""
    if request.param == "without":
        monkeypatch.setattr("golive.ssh.shutil.which", lambda _: None)
    elif shutil.which("ssh-keygen") is None:
        pytest.skip("there is no ssh-keygen here")


@pytest.mark.usefixtures("tools")
def test_a_script_attests_with_flags(home: Path) -> None:
    """With everything said by flags nothing is asked, and the record stands, with its evidence beside it."""
    result = golive("attest", "GL-3.5.2", "--env", "production", "--evidence", "seen.txt", "--expires", "3d", "--yes")
    assert result.exit_code == 0, result.output
    assert "stand until" in result.output
    text = record_of(home, "GL-3.5.2").read_text(encoding="utf-8")
    assert 'by = "alem"' in text
    assert "The launch is announced on Drop's social and marketing channels" in text
    assert (home / "environments/production/attestations/GL-3.5.2/seen.txt").is_file()
    told = json.loads(golive("records", "--env", "production", "--json").output)
    assert [row["item"] for row in told["stands"]] == ["GL-3.5.2"]
    assert "GL-3.5.2" not in [row["item"] for row in told["to be signed"]]
    assert {"GL-2.3.1", "GL-7.1"} <= {row["item"] for row in told["to be signed"]}


@pytest.mark.usefixtures("tools")
def test_a_person_is_guided(home: Path) -> None:
    """Asked step by step, with a wrong file and a wrong date on the way, a person ends with a record that stands."""
    typed = "\n".join(["", "nothing.mp4", "seen.txt", "", "soon", "400d", "5d", "y", "", ""])
    result = golive("attest", "GL-2.3.1", "--env", "production", *SUBJECT, typed=typed)
    assert result.exit_code == 0, result.output
    for shown in (
        "A real person has logged in to Drop with a real Norwegian BankID.",
        "With my own BankID I logged in at https://getdrop.no and reached the dashboard.",
        "there is no such file that can be read",
        "neither a number of days",
        "at most 7 days from now",
        f'image_digest = "{IMAGE}"',
        "sign this?",
        "stand until",
    ):
        assert shown in result.output
    other = ("--image-digest", "sha256:" + "0" * 64, "--configuration", CONFIGURATION)
    assert "it speaks of the image sha256:9b9b" in golive("records", "--env", "production", *other).output
    assert not list(home.glob("environments/production/attestations/*.draft"))


def test_what_was_typed_is_kept(home: Path) -> None:
    """Ctrl-D in the middle leaves a draft, which is named, does not count as a record, and is gone on with."""
    first = golive("attest", "GL-3.5.2", "--env", "production", typed="alem\nseen.txt\n\n")
    assert first.exit_code == 1
    draft = record_of(home, "GL-3.5.2").with_name("GL-3.5.2.toml.draft")
    assert f"what was said so far is kept in {draft.relative_to(home)}" in first.output
    assert 'evidence = "seen.txt"' in draft.read_text()
    assert golive("records", "--env", "production").output.startswith("stands: none\nwithout effect: none\n")
    second = golive("attest", "GL-3.5.2", "--env", "production", typed="\n\n\n\ny\n\n")
    assert second.exit_code == 0, second.output
    assert "going on with what was typed the last time" in second.output
    assert not draft.exists()


def test_whatever_was_typed_is_kept_as_it_was(home: Path) -> None:
    """Also what is of no alphabet comes back from the draft; a draft that is none is named and left alone."""
    said = 'There is no test merchant 😀: "none", \\ not one'
    arguments = ("not-applicable", "GL-3.3.11", "--env", "production", "--reason", said)
    assert golive(*arguments, typed="alem\n").exit_code == 1
    draft = record_of(home, "GL-3.3.11", "not-applicable").with_name("GL-3.3.11.toml.draft")
    result = golive(*arguments[:4], typed="\n\n\n\ny\n\n")
    assert result.exit_code == 0, result.output
    assert NotApplicable.model_validate(
        read_toml(record_of(home, "GL-3.3.11", "not-applicable").read_bytes())
    ).reason == said  # fmt: skip
    draft.write_text("by = alem\n")
    refused = golive(*arguments[:4], typed="")
    assert refused.exit_code == 4
    assert f"{draft.relative_to(home)}: not TOML" in refused.output
    assert draft.read_text() == "by = alem\n"


def test_evidence_is_copied_with_the_record_alone(home: Path) -> None:
    """Who does not sign leaves nothing among the records; two files of one name lie there side by side."""
    (home / "other").mkdir()
    (home / "other/seen.txt").write_text("a second announcement\n")
    arguments = ("attest", "GL-3.5.2", "--env", "production", "--evidence", "seen.txt", "--evidence", "other/seen.txt")
    kept = home / "environments/production/attestations/GL-3.5.2"
    assert golive(*arguments, typed="\n\nn\n").exit_code == 4
    assert not kept.exists()
    result = golive(*arguments, "--yes")
    assert result.exit_code == 0, result.output
    assert sorted(path.read_text() for path in kept.iterdir()) == [
        "a second announcement\n",
        "the announcement, and links to it\n",
    ]


def test_a_failed_signature_keeps_the_record(home: Path) -> None:
    """Where signing fails the record is kept and named, with the command that signs it; until then it has no effect."""
    (home / "broken").write_text("not a key\n")
    arguments = ("attest", "GL-3.5.2", "--env", "production", "--evidence", "seen.txt", "--key", "broken", "--yes")
    result = golive(*arguments)
    assert result.exit_code == 4, result.output
    kept = record_of(home, "GL-3.5.2").with_name("GL-3.5.2.toml.unsigned")
    assert f"the record is kept in {kept.relative_to(home)}: `ssh-keygen -Y sign -n golive-att" in result.output
    assert 'item = "GL-3.5.2"' in kept.read_text()
    assert golive("records", "--env", "production").output.startswith("stands: none\n")


@needs_openssh
@pytest.mark.parametrize("stood", [False, True], ids=["the first", "a renewal"])
def test_signing_by_hand_afterwards_is_the_same(home: Path, stood: bool) -> None:
    """The command that is named does what it says, also where an older record stands."""
    arguments = ("attest", "GL-3.5.2", "--env", "production", "--evidence", "seen.txt", "--yes")
    if stood:
        golive(*arguments, "--expires", "1d")
    result = golive(*arguments, "--key", "seen.txt", "--expires", "3d")
    command = result.output.rpartition("signs it")[0].strip().strip("`").rpartition("`")[2]
    typed = command.replace("-f seen.txt", "-f person/.ssh/alem")
    subprocess.run(["sh", "-c", typed], check=True, capture_output=True)
    (row,) = json.loads(golive("records", "--env", "production", "--json").output)["stands"]
    assert datetime.fromisoformat(row["until"]) - datetime.now(UTC) > timedelta(days=2)
    assert not list(record_of(home, "GL-3.5.2").parent.glob("*.unsigned*"))


def test_a_failed_renewal_leaves_what_stands(home: Path) -> None:
    """A record that stands goes on standing, byte by byte, until the new one is signed."""
    arguments = ("attest", "GL-3.5.2", "--env", "production", "--evidence", "seen.txt", "--yes")
    assert golive(*arguments).exit_code == 0
    record = record_of(home, "GL-3.5.2")
    pair = (record, record.with_name("GL-3.5.2.toml.sig"))
    before = [path.read_bytes() for path in pair]
    (home / "seen.txt").write_text("another announcement\n")
    assert golive(*arguments, "--key", "seen.txt", "--expires", "3d").exit_code == 4
    assert [path.read_bytes() for path in pair] == before
    assert "stands: 1\n" in golive("records", "--env", "production").output
    assert golive(*arguments, "--expires", "3d").exit_code == 0
    assert pair[0].read_bytes() != before[0]
    assert not list(record.parent.glob("*.unsigned"))


@pytest.mark.parametrize("exception", [KeyboardInterrupt, click.Abort])
def test_who_leaves_at_the_passphrase_learns_where_the_record_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, exception: type[BaseException]
) -> None:
    """Ctrl-C while the key is opened loses nothing: record and draft are named, with the command that signs."""

    def leaving(*_: object) -> str:
        raise exception

    monkeypatch.setattr("golive.conversation.sign", leaving)
    result = golive("attest", "GL-3.5.2", "--env", "production", typed="alem\nseen.txt\n\n5d\ny\n\n")
    assert result.exit_code == 1
    folder = "environments/production/attestations"
    assert f"the record is kept in {folder}/GL-3.5.2.toml.unsigned: `ssh-keygen -Y sign" in result.output
    assert f"what was said so far is kept in {folder}/GL-3.5.2.toml.draft" in result.output
    monkeypatch.undo()
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home / "person"))
    again = golive("attest", "GL-3.5.2", "--env", "production", typed="\n\n\n\ny\n\n")
    assert again.exit_code == 0, again.output
    assert sorted(path.name for path in (home / folder).glob("GL-*.*.*.*")) == ["GL-3.5.2.toml", "GL-3.5.2.toml.sig"]


def test_a_second_interruption_keeps_what_the_first_kept(home: Path) -> None:
    """Who leaves again before all of the draft was gone through finds the rest of it the next time, too."""
    (home / "other.txt").write_text("more\n")
    base = ("not-applicable", "GL-3.3.11", "--env", "production")
    assert golive(*base, typed="alem\nThere is no merchant.\nseen.txt\nother.txt\n\n").exit_code == 1
    draft = record_of(home, "GL-3.3.11", "not-applicable").with_name("GL-3.3.11.toml.draft")
    first = read_toml(draft.read_bytes())
    assert (first["reason"], first["evidence"]) == ("There is no merchant.", "seen.txt\nother.txt")
    for typed in ("", "\n", "\n\n", "\n\n\n"):
        assert golive(*base, typed=typed).exit_code == 1
        assert read_toml(draft.read_bytes()) == first


def test_a_script_that_fails_leaves_a_persons_draft_alone(home: Path) -> None:
    """What a call with --yes says stands in its command; the draft is of somebody who typed."""
    golive("attest", "GL-3.5.2", "--env", "production", typed="alem\nseen.txt\n\n")
    draft = record_of(home, "GL-3.5.2").with_name("GL-3.5.2.toml.draft")
    before = draft.read_bytes()
    for wrong in (("--evidence", "nothing"), ("--evidence", "seen.txt", "--expires", "soon")):
        assert golive("attest", "GL-3.5.2", "--env", "production", "--by", "alem", *wrong, "--yes").exit_code == 4
        assert draft.read_bytes() == before


def test_a_file_that_no_record_can_name_is_refused_in_a_sentence(home: Path) -> None:
    """A name with a backslash would be another file on another system."""
    (home / "a\\b.txt").write_text("seen\n")
    arguments = ("attest", "GL-3.5.2", "--env", "production", "--evidence", "a\\b.txt", "--yes")
    result = golive(*arguments)
    assert (result.exit_code, "Traceback" in result.output) == (4, False)
    assert "--evidence a\\b.txt: no record can name a file that is called so" in result.output


def test_a_misspelt_record_is_listed_without_effect(home: Path) -> None:
    """Whoever misspelt a suffix or a folder reads so beside the records, and not that nothing is there."""
    for name in ("attestations/GL-3.5.2.tml", "attestation/GL-3.5.2.toml"):
        place = home / "environments/production" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text('item = "GL-3.5.2"\n')
    told = json.loads(golive("records", "--env", "production", "--json").output)["without effect"]
    assert {row["file"].removeprefix("environments/production/") for row in told} == {
        *("attestations/GL-3.5.2.tml", "attestation")
    }
    assert all(": is no " in row["why"] for row in told)


def test_somebody_elses_key_is_noticed_at_once(home: Path) -> None:
    """Who signs with the wrong key learns it now, and not from the next run."""
    arguments = ("attest", "GL-3.5.2", "--env", "production", "--evidence", "seen.txt", "--yes")
    result = golive(*arguments, "--key", str(home / "person/.ssh/kari"))
    assert result.exit_code == 1
    assert "has no effect: it is signed with the key of platform-architect, not with one of alem" in result.output


def test_a_waiver_takes_two(home: Path) -> None:
    """A waiver is asked for by one person and approved by another, for a limited time."""
    base = ("waive", "GL-2.2.4", "--env", "production", "--reason", "mended tomorrow", "--found", "lint", "--yes")
    result = golive(*base, "--asked-by", "platform-architect", "--expires", "10d")
    assert result.exit_code == 0, result.output
    assert 'approved_by = "alem"' in record_of(home, "GL-2.2.4", "waivers").read_text()
    assert "has to be another of the people" in golive(*base, "--asked-by", "alem").output
    assert "at most 30 days" in golive(*base, "--asked-by", "platform-architect", "--expires", "31d").output


def test_not_applicable_takes_a_reason(home: Path) -> None:
    """Not applicable is recorded with the reason, where the checklist allows it."""
    base = ("--env", "production", "--yes")
    assert "--reason is needed" in golive("not-applicable", "GL-3.3.11", *base).output
    result = golive("not-applicable", "GL-3.3.11", *base, "--reason", "There is no test merchant.")
    assert result.exit_code == 0, result.output
    assert record_of(home, "GL-3.3.11", "not-applicable").is_file()


REFUSED = {
    "a blocker": (("waive", "GL-2.4.4"), "is a blocker, which can never be waived"),
    "what the machine decides": (("attest", "GL-2.4.4"), "nobody attests GL-2.4.4"),
    "what is always applicable": (("not-applicable", "GL-2.3.1"), "never recorded as not applicable"),
    "no item": (("attest", "GL-2.3.99"), "there is no item GL-2.3.99"),
    "a role that nobody has": (("attest", "GL-1.10"), "nobody is reviewer, not the author in environments/production"),
    "somebody without the role": (("attest", "GL-3.5.2", "--by", "platform-architect"), "is not go-live owner"),
    "no evidence": (("attest", "GL-3.5.2"), "--evidence is needed"),
    "evidence that is not there": (("attest", "GL-3.5.2", "--evidence", "x"), "--evidence x: there is no such file"),
    "an image that nobody saw": (("attest", "GL-2.3.1", "--evidence", "seen.txt"), "run `pytest -m golive --env"),
}


def test_what_comes_after_the_launch_is_not_attested_before_its_hour(home: Path) -> None:
    """Nobody can sign ahead that the hours after the launch went well; what speaks of the time before can be signed."""
    set_hour(home, "2099-01-01T12:00:00Z")
    result = golive("attest", "GL-3.5.2", "--env", "production", "--yes", "--evidence", "seen.txt")
    assert result.exit_code == 4
    assert "GL-3.5.2 speaks of T+1h: nobody can attest it before 2099-01-01 13:00 UTC" in result.output
    other = golive("attest", "GL-2.3.1", "--env", "production", "--yes", "--evidence", "seen.txt")
    assert "nobody can attest it before" not in other.output


@pytest.mark.parametrize("item", ["GL-3.3.7", "GL-3.5.3", "GL-6.1.6"])
def test_what_comes_after_a_launch_without_an_hour_is_not_attested(home: Path, item: str) -> None:
    """Where nobody has said when the launch is, nobody can have seen what comes after it."""
    set_hour(home, "")
    result = golive("attest", item, "--env", "production", "--yes", "--evidence", "seen.txt")
    assert result.exit_code == 4
    assert "which has no hour: set launch_at in environments/production/environment.toml first" in result.output
    told = json.loads(golive("records", "--env", "production", "--json").output)["to be signed"]
    assert {row["item"]: row["not_before"] for row in told}[item] == "launch_at is not set"


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.usefixtures("home")
def test_what_could_never_stand_is_refused(name: str) -> None:
    """What could never have effect is refused in one sentence before anything is written."""
    arguments, said = REFUSED[name]
    result = golive(*arguments, "--env", "production", "--yes")
    assert result.exit_code == 4, result.output
    assert said in result.output.splitlines()[-1]
    assert not list(Path("environments/production").glob("*/*.toml"))


def test_somebody_without_a_key_is_told_what_to_add(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is named in the environment without a key learns what to add and where."""
    monkeypatch.chdir(project.home)
    result = golive("attest", "GL-2.3.1", "--env", "production", "--yes")
    assert result.exit_code == 4
    assert "alem has no key in environments/production/environment.toml" in result.output


def test_the_rehearsals_people_sign_by_themselves() -> None:
    """Nobody puts anything on record for the twin."""
    assert golive("attest", "GL-3.5.2", "--env", "rehearsal").exit_code == 4
