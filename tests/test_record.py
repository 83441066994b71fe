"""The record is what its published schema says, and reads back as what was written."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from golive.record import Record
from golive.recording import Basis, Withheld, write_run
from golive.records import Paper, digest_of
from golive.search import Search
from tests.test_report import every_status, record

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
