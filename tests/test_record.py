"""The record is what its published schema says, and reads back as what was written."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from golive.errors import SetupError
from golive.record import Record
from golive.recording import Basis, Withheld, place_for_results, write_run
from golive.records import Paper, digest_of
from golive.search import Search
from tests.reported import every_status, record

HOME = Path(__file__).parents[1]


def test_the_published_schema_is_the_one_in_force() -> None:
    """docs/record.schema.json is what the code writes; `golive schema` renews it."""
    published = json.loads((HOME / "docs/record.schema.json").read_text(encoding="utf-8"))
    assert published == Record.model_json_schema(by_alias=True)


def test_a_record_keeps_to_the_schema_and_reads_back() -> None:
    """What is written validates with a stock validator, and reads back equal."""
    said = record(every_status())
    document = json.loads(said.to_json())
    jsonschema.validate(document, json.loads((HOME / "docs/record.schema.json").read_text(encoding="utf-8")))
    assert Record.from_json(said.to_json()) == said


def test_what_is_not_a_record_is_refused() -> None:
    """A document with a stranger's field is not read as a record."""
    document = json.loads(record(every_status()).to_json())
    with pytest.raises(ValidationError):
        Record.from_json(json.dumps({**document, "verdikt": "GO"}))


@pytest.mark.parametrize("secret", ["s3cr3t-of-the-launch", 'qu"ote&<angle> åpen', "slash/and+plus=eight"])
def test_a_secret_is_withheld(tmp_path: Path, secret: str) -> None:
    """A secret in the record: nothing is written, and file and secret are named without the secret."""
    said = record(every_status())
    leaking = said.model_copy(update={"run": said.run.model_copy(update={"command": ("pytest", secret)})})
    with pytest.raises(Withheld, match=r"JWT_SECRET in record\.json") as caught:
        write_run(leaking, tmp_path, home=HOME, search=Search({"JWT_SECRET": secret}), basis=Basis())
    assert secret not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_secret_in_a_piece_of_evidence_is_withheld(tmp_path: Path) -> None:
    """Two pieces of evidence of one name: the second is searched as well as the first."""
    place, folder = tmp_path / "environments", tmp_path / "run"
    papers = []
    for item, text in (("GL-1.9", "all is well"), ("GL-2.3.1", "it was s3cr3t-of-the-launch")):
        seen = place / "attestations" / item / "seen.txt"
        seen.parent.mkdir(parents=True)
        seen.write_text(text)
        file = f"environments/x/attestations/{item}.toml"
        evidence = {f"{item}/seen.txt": digest_of(seen)}
        papers.append(Paper("attestation", file, item, b"", None, signature="", evidence=evidence))
    folder.mkdir()
    for ordered in (papers, papers[::-1]):
        with pytest.raises(Withheld, match=r"JWT_SECRET in records/attestations/GL-2\.3\.1/seen\.txt"):
            write_run(
                record(every_status()),
                folder,
                home=HOME,
                search=Search({"JWT_SECRET": "s3cr3t-of-the-launch"}),
                basis=Basis({}, ordered, place),
            )
    assert not list(folder.iterdir())


def test_the_manifest_comes_last_and_without_it_there_is_no_run(tmp_path: Path) -> None:
    """Where the report cannot be made there is no manifest."""
    with pytest.raises(Exception, match=r"install\.py"):
        write_run(record(every_status()), tmp_path, home=tmp_path, search=Search({}), basis=Basis())
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(
    ("results", "good"),
    [
        ("elsewhere", True),
        ("reports-of-allure", True),
        ("../elsewhere", True),
        (".", False),
        ("..", False),
        ("reports", False),
        ("reports/production/2026-03-02T091400.000000Z", False),
        ("elsewhere/../features/golive", False),
        ("environments", False),
        ("src", False),
        ("link/results", False),
        ("kept", False),
        ("kept/allure", False),
        ("a-file", False),
    ],
)
def test_results_have_a_place_of_their_own(tmp_path: Path, results: str, good: bool) -> None:
    """
    Where runs, features, records or code lie, nothing is replaced: that is refused before anything is asked.
    """
    home = tmp_path / "project"
    for name in ("reports", "features", "environments", "src", "kept"):
        (home / name).mkdir(parents=True)
    (home / "a-file").touch()
    (home / "link").symlink_to(home / "reports", target_is_directory=True)
    if good:
        place_for_results(home / results, home, home / "kept")
        return
    with pytest.raises(SetupError, match="--alluredir"):
        place_for_results(home / results, home, home / "kept")


def test_what_is_withheld_takes_no_file_of_others_with_it(tmp_path: Path) -> None:
    """
    A secret in what was written takes the run with it, and of the folder for Allure only what Allure writes.
    """
    place, folder, elsewhere = tmp_path / "environments", tmp_path / "run", tmp_path / "elsewhere"
    for each in (place / "attestations/GL-1.9", folder, elsewhere):
        each.mkdir(parents=True)
    (elsewhere / "notes.txt").write_text("it was s3cr3t-of-the-launch", encoding="utf-8")
    seen = place / "attestations/GL-1.9/seen.txt"
    seen.write_text("it was s3cr3t-of-the-launch")
    evidence = {"GL-1.9/seen.txt": digest_of(seen)}
    paper = Paper("attestation", "x/attestations/GL-1.9.toml", "GL-1.9", b"", None, signature="", evidence=evidence)
    with pytest.raises(Withheld, match="JWT_SECRET in records") as raised:
        write_run(
            record(every_status()),
            folder,
            home=HOME,
            search=Search({"JWT_SECRET": "s3cr3t-of-the-launch"}),
            basis=Basis({}, [paper], place),
            results=elsewhere,
        )
    assert "notes.txt" not in str(raised.value)
    assert [path.name for path in elsewhere.iterdir()] == ["notes.txt"]
    assert not list(folder.iterdir())
