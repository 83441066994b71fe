"""Writing a run down: record, results, search for secrets, report, search again, and the manifest last."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from golive.errors import GoLiveError, SetupError
from golive.files import write_atomically
from golive.manifest import MANIFEST, RECORDS, SOURCES, SUMS, digests_below, manifest_of, sums, sums_with
from golive.record import Decision, Record, Verdict
from golive.records import Paper, copy_papers
from golive.search import Search

RECORD, REPORT = "record.json", "report.html"
# Folders of the project in which nobody but people, and runs in folders of their own, may put anything.
KEPT_APART = ("reports", "features", "environments", "steps", "src", "tests")


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
    search: Search,
    basis: Basis,
    results: Path | None = None,
) -> Written:
    """
    Write *record* and what is rendered from it into *folder*, the manifest last: without it there is no run.

    Allure's results go to *results*, or beside the rest. *search* is for the secrets that must be in none of the files;
    *basis* is what the verdict rests on, which the folder keeps a copy or a digest of.
    Withheld where one is found: nothing is left of the run, the results in another place included. ReportError where no
    report could be made.
    """
    # Here and not above: it takes a tenth of a second, which a run has to spare only while it waits for answers.
    from golive.report import results_in, write_report

    text = record.to_json()
    withhold({RECORD: text.encode()}, search)
    write_atomically(folder / RECORD, text)

    def written() -> Mapping[str, bytes]:
        apart = results_in(results) if results else []
        return {**dict(_files(folder)), **{path.name: path.read_bytes() for path in apart}}

    try:
        _keep(basis, folder)
        report = write_report(record, folder, home=home, results=results, check=lambda: withhold(written(), search))
        withhold(written(), search)
        listed = digests_below(folder)
        manifest = manifest_of(record, listed, basis.sources).to_json()
        withhold({MANIFEST: manifest.encode()}, search)
    except Withheld:
        for path in (*folder.iterdir(), *(results_in(results) if results else ())):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    write_atomically(folder / SUMS, sums_with(manifest.encode(), listed))
    write_atomically(folder / MANIFEST, manifest)
    _point_latest(folder)
    return Written(folder, report.html)


def place_for_results(results: Path, home: Path, reports: Path) -> None:
    """SetupError where *results* is no place of its own: what is there may be replaced, and runs must not be."""
    there = results.resolve()
    for kept in (reports, *(home / name for name in KEPT_APART)):
        apart = kept.resolve()
        if there == apart or there in apart.parents or apart in there.parents:
            raise SetupError(
                f"--alluredir {results} is, holds or lies in {shown(apart)}, where other files of the project are: "
                "name a folder of its own"
            )
    if results.exists() and not results.is_dir():
        raise SetupError(f"--alluredir {results} is no folder")


def withhold(files: Mapping[str, bytes], search: Search) -> None:
    """Withheld, with the names of file and secret, where one that is searched for stands in *files*."""
    found = sorted({f"{name} in {file}" for file, data in files.items() for name in search.names_in(data)})
    if found:
        raise Withheld(f"nothing was written, because a secret stood in it: {', '.join(found)}")


def withdraw(folder: Path) -> None:
    """Take manifest, digests and page of a run away, as far as they are there."""
    for name in (MANIFEST, SUMS, REPORT):
        (folder / name).unlink(missing_ok=True)


def refused(record: Record, reason: str) -> Record:
    """*record* with a verdict that says why it cannot be trusted."""
    said = f"the run could not be written down: {reason}"
    verdict = Verdict(
        status=Decision.NO_GO,
        line=f"NO-GO{' (REHEARSAL)' * record.rehearsal}: {said}",
        opens=record.verdict.opens,
        later=record.verdict.later,
        reasons=(said, *record.verdict.reasons),
        holding=record.verdict.holding,
        counts=record.verdict.counts,
    )
    return record.model_copy(update={"verdict": verdict})


def rewrite(record: Record, folder: Path, search: Search) -> None:
    """
    What is on disk of a run that was `refused` must not say otherwise, and hold no secret either.

    The manifest goes first, and the page that it lists: without it nobody can sign the run or admit it.
    """
    withdraw(folder)
    path = folder / RECORD
    if not path.is_file():
        return
    from golive.report import TEXTS, write_texts  # here for the reason that `write_run` gives

    text = record.to_json()
    try:
        withhold({RECORD: text.encode()}, search)
        path.write_text(text, encoding="utf-8")
        write_texts(record, folder)  # a job's summary must not show the verdict that fell
    except (Withheld, OSError):
        for name in (RECORD, *TEXTS):
            (folder / name).unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What lies below *folder*, each with its path: records bring files of one name in several folders."""
    top = os.fspath(folder)  # paths as text, for the reason that `manifest` gives
    for place, _, names in os.walk(top):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                yield path[len(top) + 1 :].replace(os.sep, "/"), file.read()


def _keep(basis: Basis, folder: Path) -> None:
    """Lay beside the record what it rests on and an auditor must see: the papers, and the digests of the project."""
    write_atomically(folder / SOURCES, sums(basis.sources))
    if basis.papers and basis.place is not None:
        copy_papers(basis.papers, basis.place, folder / RECORDS)
        write_atomically(folder / RECORDS / "allowed_signers", basis.signers)


def _point_latest(folder: Path) -> None:
    latest = folder.parent.parent / "latest"
    beside = latest.with_name(f"latest.{os.getpid()}")
    try:
        beside.symlink_to(folder.relative_to(latest.parent), target_is_directory=True)
        beside.replace(latest)
    except OSError:  # no symbolic links here (Windows): the path alone, as text
        beside.unlink(missing_ok=True)
        if latest.is_dir():  # it would go on naming another run, and somebody might sign that
            raise
        write_atomically(latest, str(folder.relative_to(latest.parent)) + "\n")


def shown(path: Path) -> str:
    """*path* as a person would type it from here."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
