"""Writing a run down: record, results, search for secrets, report, search again, and the manifest last."""

from __future__ import annotations

import base64
import html
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from golive.errors import GoLiveError, SetupError
from golive.manifest import MANIFEST, RECORDS, SOURCES, SUMS, digests_below, manifest_of, sums, sums_with
from golive.record import Record
from golive.records import Paper, copy_papers

# Shorter values stand in any text by chance; a secret that short is unmet by its own item.
SHORTEST = 8
# Kept with the secrets, but every visitor sees it: it stands in the address of the login.
NO_SECRETS = frozenset({"BANKID_CLIENT_ID"})


class Withheld(GoLiveError):
    """What was to be written holds a secret; it is not written."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a run was written down."""

    folder: Path
    report: Path


@dataclass(frozen=True, slots=True)
class Basis:
    """What a run rests on besides the world, for its manifest."""

    sources: Mapping[str, str] = field(default_factory=dict)  # file of the project → SHA-256
    papers: Sequence[Paper] = ()  # what people put on record, of which a finding made use
    place: Path | None = None  # the environment's folder, below which they lie
    signers: str = ""  # who may sign with which key, as OpenSSH reads it


def make_folder(reports: Path, environment: str, started: datetime) -> Path:
    """A new folder for the run's files; SetupError where nothing can be written there."""
    name = started.strftime("%Y-%m-%dT%H%M%S.%fZ")
    folder = reports / environment / name
    try:
        folder.mkdir(parents=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as exc:
        raise SetupError(
            f"{folder} cannot be written ({exc.strerror}): make it writable, or name another place with --reports"
        ) from exc
    return folder


def write_run(
    record: Record,
    folder: Path,
    *,
    home: Path,
    held: Mapping[str, str],
    basis: Basis,
    results: Path | None = None,
) -> Written:
    """
    Write *record* and what is rendered from it into *folder*, the manifest last: without it there is no run.

    Allure's results go to *results*, or beside the rest. *held* are the secrets that must be in none of the files, by
    name; *basis* is what the verdict rests on, which the folder keeps a copy or a digest of.
    Withheld where one is found: the files that hold it are deleted. ReportError where no report could be made.
    """
    # Here and not above: it takes a tenth of a second, which a run has to spare only while it waits for answers.
    from golive.report import write_report

    text = record.to_json()
    search({"record.json": text.encode()}, held)
    write_atomically(folder / "record.json", text)
    try:
        _keep(basis, folder)
        report = write_report(record, folder, home=home, results=results)
        files = {  # by path: records bring files of one name in several folders
            path: path.read_bytes()
            for place in (folder, report.results)
            for path in sorted(place.rglob("*"))
            if path.is_file()
        }
        search({_named(path, folder): data for path, data in files.items()}, held)
    except Withheld:
        for path in (*folder.iterdir(), *(results.iterdir() if results and results.is_dir() else ())):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    listed = digests_below(folder)
    manifest = manifest_of(record, listed, basis.sources).to_json()
    write_atomically(folder / SUMS, sums_with(manifest.encode(), listed))
    write_atomically(folder / MANIFEST, manifest)
    _point_latest(folder)
    return Written(folder, report.html)


def _keep(basis: Basis, folder: Path) -> None:
    """Lay beside the record what it rests on and an auditor must see: the papers, and the digests of the project."""
    write_atomically(folder / SOURCES, sums(basis.sources))
    if basis.papers and basis.place is not None:
        copy_papers(basis.papers, basis.place, folder / RECORDS)
        write_atomically(folder / RECORDS / "allowed_signers", basis.signers)


def write_atomically(path: Path, text: str) -> None:
    """Either the whole text is at *path* afterwards, or what was there before."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="\n") as file:  # the same bytes, and digests, on every system
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _named(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if folder in path.parents else path.name


def _point_latest(folder: Path) -> None:
    latest = folder.parent.parent / "latest"
    beside = latest.with_name(f"latest.{os.getpid()}")
    try:
        beside.symlink_to(folder.relative_to(latest.parent), target_is_directory=True)
        beside.replace(latest)
    except OSError:  # no symbolic links here (Windows): the path alone, as text
        beside.unlink(missing_ok=True)
        if not latest.is_dir():
            write_atomically(latest, str(folder.relative_to(latest.parent)) + "\n")


def search(files: Mapping[str, bytes], held: Mapping[str, str]) -> None:
    """Withheld, which names secret and file, where one of the secrets *held* stands in one of *files*."""
    found = sorted(
        {
            f"{name} in {file}"
            for name, value in held.items()
            # Another value under a name that is held already has a number behind it (`Reach.hold`).
            if len(value) >= SHORTEST and name.partition("#")[0] not in NO_SECRETS
            for form in _forms(value)
            for file, data in files.items()
            if form in data
        }
    )
    if found:
        raise Withheld(f"nothing was written, because a secret stood in it: {', '.join(found)}")


def _forms(secret: str) -> Iterator[bytes]:
    """How *secret* may stand in a file: plain, escaped for JSON, HTML or a URL, and in base64 at each alignment."""
    yield secret.encode()
    yield json.dumps(secret)[1:-1].encode()
    yield json.dumps(secret, ensure_ascii=False)[1:-1].encode()
    yield html.escape(secret).encode()
    yield quote(secret, safe="").encode()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + secret.encode()).rstrip(b"=")
        # The characters at both ends also depend on the neighbours; what is between is the secret's alone.
        start = (lead * 8 + 5) // 6
        end = len(coded) - (1 if (lead + len(secret.encode())) % 3 else 0)
        yield coded[start:end]


def shown(path: Path) -> str:
    """*path* as a person would type it from here."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
