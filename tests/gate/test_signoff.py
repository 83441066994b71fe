"""Who signed a run, and whether every byte is what was signed: by our own code, and by stock OpenSSH and sha256sum."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from golive.cli import main
from golive.environment import load, signers
from golive.errors import SetupError
from golive.manifest import MANIFEST, SUMS, read_manifest
from golive.people import Person
from golive.record import Decision
from golive.signoff import _seal, approved, examine
from tests.gate.conftest import Project
from tests.gate.rehearsed import SIGNERS, Signed
from tests.signing import needs_openssh

needs_sha256sum = pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum here")


@pytest.fixture
def unsigned(signed: Signed, monkeypatch: pytest.MonkeyPatch) -> Signed:
    """A run that nobody has signed yet, and somebody who stands in the project."""
    shutil.rmtree(signed.folder / "signatures")
    monkeypatch.chdir(signed.project.home)
    monkeypatch.setenv("HOME", str(signed.project.home))
    return signed


@pytest.fixture(params=["with ssh-keygen", "without"])
def tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once on a machine with OpenSSH and once on one without."""
    if request.param == "without":
        monkeypatch.setattr("golive.ssh.shutil.which", lambda _: None)
    elif shutil.which("ssh-keygen") is None:
        pytest.skip("there is no ssh-keygen here")


def golive(*arguments: str, typed: str = "") -> Result:
    """The command, as a person types it."""
    result = CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def sign(signed: Signed, role: str, *more: str, typed: str = "") -> Result:
    return golive("sign", "--role", role, "--run", str(signed.folder), *more, typed=typed)


# -- every byte -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [20260223, 20260224])
def test_no_byte_can_be_flipped(signed: Signed, seed: int) -> None:
    """A thousand bits in two halves, one at a time, anywhere in the folder: each is seen, and put back it is whole."""
    people = signers(load("rehearsal", signed.project.home))
    # Six megabytes of report, read a thousand times, would show no more than these.
    report = (signed.folder / "report.html").read_bytes()
    (signed.folder / "report.html").write_bytes(report[:50_000])
    signed.list(signed.record, {})
    signed.sign_all()
    files = sorted(path for path in signed.folder.rglob("*") if path.is_file())
    names = {path.relative_to(signed.folder).as_posix() for path in files}
    assert {MANIFEST, SUMS, "report.html", "record.json", "signatures/approver.toml.sig"} <= names
    assert any(name.endswith("seen.txt") for name in names)
    assert any(name.startswith("records/attestations/") and name.endswith(".sig") for name in names)
    dice = random.Random(seed)  # noqa: S311  # the same bits in every run of the test
    unseen = []
    for _ in range(500):
        path = dice.choice(files)
        data = path.read_bytes()
        at, bit = dice.randrange(len(data)), dice.randrange(8)
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        found = examine(signed.folder, people)
        if found.signed or not (found.altered or any(seal.against for seal in found.seals)):
            unseen.append((path.name, at, bit))
        path.write_bytes(data)
    assert unseen == []
    assert examine(signed.folder, people).approved


def test_no_bit_of_a_signature_can_be_flipped(signed: Signed) -> None:
    """Also those that base64 and white space leave without a meaning."""
    people = signers(load("rehearsal", signed.project.home))
    path = signed.folder / "signatures/approver.toml.sig"
    data = path.read_bytes()
    for at in [*range(40), *range(len(data) - 40, len(data))]:
        for bit in range(8):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
            assert not _seals_alone(signed, people), (at, bit)
    path.write_bytes(data)
    assert _seals_alone(signed, people)


def _seals_alone(signed: Signed, people: Sequence[Person]) -> bool:
    """Whether the approver's signature holds; without the files, whose digests would be taken each time."""
    data, listed = (signed.folder / MANIFEST).read_bytes(), (signed.folder / SUMS).read_bytes()
    digests = {MANIFEST: hashlib.sha256(data).hexdigest(), SUMS: hashlib.sha256(listed).hexdigest()}
    return _seal(signed.folder, "approver", read_manifest(data), digests, people, None).holds


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report.html", "report.html was changed"),
        ("record.json", "record.json was changed"),
        ("verdict.md", "verdict.md was changed"),
        ("sources.sha256", "sources.sha256 was changed"),
        (SUMS, "SHA256SUMS does not say the same as the manifest"),
        (MANIFEST, "speaks of another manifest"),
        ("signatures/author.toml", "does not fit the file: one of the two was changed after signing"),
    ],
)
def test_what_was_changed_is_named(signed: Signed, name: str, words: str) -> None:
    """One more line at the end of a file."""
    with (signed.folder / name).open("ab") as file:
        file.write(b"\n")
    result = golive("verify", str(signed.folder), "--environment", _file(signed))
    assert result.exit_code == 1
    assert words in result.output


def _file(signed: Signed) -> str:
    return str(signed.project.home / "environments/rehearsal/environment.toml")


def test_another_report_is_refused(signed: Signed) -> None:
    """A report of another run, with its own manifest beside it, is not the one that was signed."""
    signed.list(signed.record.model_copy(update={"phase": "T-7d"}), {})
    result = golive("verify", str(signed.folder), "--environment", _file(signed))
    assert result.exit_code == 1
    assert "manifest and record do not agree on: phase" in result.output
    assert result.output.count("speaks of another manifest") == 3


@pytest.mark.parametrize("name", ["note.txt", "records/note.txt", "signatures/note.txt", "signatures/ceo.toml"])
def test_nothing_can_be_added(signed: Signed, name: str) -> None:
    """A file that nobody signed has no place among those that were."""
    (signed.folder / name).write_text("all is well")
    assert not examine(signed.folder, signers(load("rehearsal", signed.project.home))).signed
    assert name.split("/")[-1] in golive("verify", str(signed.folder), "--environment", _file(signed)).output


def test_nothing_can_be_taken_away_or_linked(signed: Signed) -> None:
    """A file that is gone is named; one that lies elsewhere is none."""
    (signed.folder / "verdict.md").rename(signed.folder.parent / "verdict.md")
    people = signers(load("rehearsal", signed.project.home))
    assert "verdict.md is in the manifest and not in the folder" in examine(signed.folder, people).altered
    (signed.folder / "verdict.md").symlink_to(signed.folder.parent / "verdict.md")
    assert "verdict.md is a link, and a run's folder holds none" in examine(signed.folder, people).altered


def test_without_a_manifest_there_is_no_run(signed: Signed) -> None:
    """Nothing to verify, to sign, or to admit: refused, each with that sentence."""
    (signed.folder / MANIFEST).unlink()
    verified = golive("verify", str(signed.folder), "--environment", _file(signed))
    assert (verified.exit_code, "there is no finished run in" in verified.output) == (1, True)
    assert signed.admit().refusals[0].startswith("there is no finished run in")
    assert sign(signed, "author", "--yes").exit_code == 1


def test_a_manifest_cannot_leave_out_what_a_run_needs(signed: Signed) -> None:
    """A folder without report or record is none that anybody may sign."""
    record = signed.record
    (signed.folder / "report.html").unlink()
    signed.list(record, {})
    signed.sign_all()
    assert "report.html is not in the manifest, and no run is without" in signed.admit().refusals


# -- signing --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("tools")
def test_three_people_sign_with_keys_made_on_the_spot(unsigned: Signed) -> None:
    """Whoever signs sees what; each order will do; then the run is approved, and it was not before."""
    environment = load("rehearsal", unsigned.project.home)
    folder = str(unsigned.folder)
    assert golive("verify", folder).exit_code == 1
    assert golive("verify", folder, "--unsigned").exit_code == 0
    for role, name in reversed(SIGNERS.items()):
        assert not approved(unsigned.folder, environment)
        result = sign(unsigned, role, typed="y\n")
        assert result.exit_code == 0, result.output
        shown = [line for line in result.output.splitlines() if line[:1].isalpha() and ": approve?" not in line]
        assert [line.split("  ")[0] for line in shown[:10]] == [
            *("verdict", "decision", "environment", "subject", "commit"),
            *("items", "rests on", "report", "manifest", "may be used"),
        ]
        assert "!! REHEARSAL" in result.output
        assert f"signed by {name} as {role}, SHA256:" in result.output
    assert approved(unsigned.folder, environment)
    result = golive("verify", folder)
    assert result.exit_code == 0
    for role, name in SIGNERS.items():
        assert f"✓ {role:<10} {name} approved at " in result.output
    again = sign(unsigned, "author", "--yes")
    assert again.exit_code == 1
    assert "each role signs a run once" in again.output


def test_whoever_says_no_signs_nothing(unsigned: Signed) -> None:
    """No is no, and nothing is left behind."""
    result = sign(unsigned, "author", typed="n\n")
    assert (result.exit_code, (unsigned.folder / "signatures").exists()) == (1, False)


def test_a_decline_is_signed_too(unsigned: Signed) -> None:
    """With a reason, which `verify` shows; the run is signed, and not approved."""
    assert sign(unsigned, "author", "--decline").exit_code == 4
    assert sign(unsigned, "author", "--reason", "why").exit_code == 4
    for role in ("author", "reviewer"):
        sign(unsigned, role, "--yes")
    assert sign(unsigned, "approver", "--yes", "--decline", "--reason", "not today").exit_code == 0
    result = golive("verify", str(unsigned.folder))
    assert result.exit_code == 0
    assert "ola DECLINED (not today)" in result.output
    assert "SIGNED, AND ADMITS NOTHING: it was declined" in result.output
    assert not approved(unsigned.folder, load("rehearsal", unsigned.project.home))


def _with(signed: Signed, status: Decision) -> None:
    record = signed.record
    signed.write(record.model_copy(update={"verdict": record.verdict.model_copy(update={"status": status})}))


def test_a_no_go_is_signed_as_one(unsigned: Signed) -> None:
    """Whoever signs a NO-GO is told so, and it is never approved."""
    _with(unsigned, Decision.NO_GO)
    for role in SIGNERS:
        result = sign(unsigned, role, "--yes")
        assert result.exit_code == 0
        assert "!! NO-GO: whoever signs this puts on record that it was seen; it admits nothing" in result.output
    assert not approved(unsigned.folder, load("rehearsal", unsigned.project.home))


def test_a_partial_run_is_not_signed(unsigned: Signed) -> None:
    """A part of the checklist is nothing to sign."""
    _with(unsigned, Decision.PARTIAL)
    result = sign(unsigned, "author", "--yes")
    assert result.exit_code == 1
    assert "not signed: PARTIAL" in result.output


def test_a_run_that_was_changed_is_not_signed(unsigned: Signed) -> None:
    """Nobody signs what is not as the gate wrote it."""
    (unsigned.folder / "verdict.md").write_text("GO\n")
    result = sign(unsigned, "author", "--yes")
    assert result.exit_code == 1
    assert "verdict.md was changed" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as", "ola"), "ola is not author in environment.toml"),
        (("--as", "nobody"), "nobody is called nobody"),
        (("--key", "no-such-key"), "no-such-key"),
        (("--run", "no-such-run"), "there is no run at no-such-run"),
    ],
)
def test_who_cannot_sign_is_told_why(unsigned: Signed, arguments: tuple[str, ...], words: str) -> None:
    """A sentence, exit status 4, and nothing left behind."""
    result = sign(unsigned, "author", "--yes", *arguments)
    assert result.exit_code == 4, result.output
    assert words in result.output
    assert not (unsigned.folder / "signatures").exists()


def test_another_persons_key_signs_nothing(unsigned: Signed) -> None:
    """What would not hold is not left behind."""
    result = sign(unsigned, "author", "--yes", "--key", str(unsigned.keys / "ola"))
    assert result.exit_code == 1
    assert "says that kari signs, and is signed with the key of ola" in result.output
    assert not list((unsigned.folder / "signatures").iterdir())


# -- keys of the rehearsal ------------------------------------------------------------------------------------------


def test_a_key_is_made_for_a_person_of_the_rehearsal(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for one, once, and never readable to others."""
    monkeypatch.chdir(project.home)
    assert golive("key", "ola").exit_code == 0
    path = project.home / "environments/rehearsal/keys/ola"
    assert path.stat().st_mode & 0o077 == 0
    assert golive("key", "ola").exit_code == 4
    refused = golive("key", "alem")
    assert refused.exit_code == 4
    assert "there are: ola (" in refused.output


def test_keys_beside_a_live_environment_count_for_nothing(project: Project) -> None:
    """There the reviewed file alone says whose key is whose."""
    folder = project.home / "environments/production/keys"
    folder.mkdir()
    (folder / "alem.pub").write_text(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ\n"
    )
    environment = load("production", project.home)
    assert signers(environment) == environment.people


@pytest.mark.parametrize(("name", "text"), [("nobody.pub", "ssh-ed25519 AAAA"), ("ola.pub", "no key")])
def test_a_key_of_the_rehearsal_that_is_none_is_named(project: Project, name: str, text: str) -> None:
    """Of nobody, or none at all."""
    folder = project.home / "environments/rehearsal/keys"
    folder.mkdir()
    (folder / name).write_text(text)
    with pytest.raises(SetupError, match=name):
        signers(load("rehearsal", project.home))


# -- without this project -------------------------------------------------------------------------------------------


@needs_openssh
@needs_sha256sum
def test_an_auditor_needs_openssh_and_sha256sum_alone(signed: Signed) -> None:
    """The commands of docs/production.md, as they stand there: they take what holds, and refuse what was changed."""
    folder = signed.folder
    (folder.parent / "signers").write_text(golive("signers", "--environment", _file(signed)).output)

    def audit() -> list[int]:
        return [
            subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, check=False).returncode
            for command in COMMANDS
        ]

    assert audit() == [0] * len(COMMANDS)
    with (folder / "report.html").open("ab") as report:
        report.write(b" ")
    assert audit() == [0, 0, 1, 0]
    (folder / "note.txt").write_text("x")
    assert audit() == [0, 0, 1, 1]
    with (folder / SUMS).open("ab") as listed:
        listed.write(b"\n")
    assert audit()[:2] == [0, 1]
    with (folder / "signatures/author.toml").open("ab") as statement:
        statement.write(b"\n")
    assert audit()[0] != 0


COMMANDS = (
    "ssh-keygen -Y verify -f ../signers -I kari -n golive-signoff "
    "-s signatures/author.toml.sig < signatures/author.toml",
    'grep "$(sha256sum < SHA256SUMS | cut -c 1-64)" signatures/author.toml',
    "sha256sum --check --strict --quiet SHA256SUMS",
    "diff <(find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sort) "
    "<(cut -c 67- SHA256SUMS | sed 's,^,./,' | sort)",
)


@needs_openssh
def test_a_key_of_openssh_signs_and_openssh_signs_by_hand(unsigned: Signed) -> None:
    """A key from `ssh-keygen` lent to the rehearsal counts as one that `golive key` made."""
    for end in ("", ".pub"):
        (unsigned.keys / f"ola{end}").unlink()
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "ola@work", "-f", unsigned.keys / "ola"], check=True
    )
    assert sign(unsigned, "approver", "--yes").exit_code == 0
    path = unsigned.folder / "signatures/approver.toml"
    path.with_name("approver.toml.sig").unlink()
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "golive-signoff", "-f", unsigned.keys / "ola", path],
        check=True,
        capture_output=True,
    )
    result = golive("verify", str(unsigned.folder))
    assert "✓ approver   ola approved at" in result.output


def test_the_readme_names_the_image_of_the_twin(signed: Signed) -> None:
    """Whoever pastes its commands asks for what the rehearsal runs."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"DIGEST={signed.wanted.digest}\n" in text


def test_the_auditors_commands_are_documented() -> None:
    """docs/production.md has them, each in a line."""
    text = (Path(__file__).parents[2] / "docs/production.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert command in text
