"""
What a run left behind, and what it was judged by, as a list of digests: whoever signs, signs this list.

`manifest.json` names every file of the run's folder, and every file of the project that decided what was demanded and
how it was judged. `SHA256SUMS` says the same of the folder for `sha256sum --check`, with the manifest's own line;
`sources.sha256` says it of the project. What is signed lies beside, in `signatures/`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, ValidationError

import golive
from golive.environment import Environment
from golive.errors import GoLiveError
from golive.record import Decision, Frozen, Record, Subject
from golive.records import digest_of

MANIFEST, SUMS, SOURCES = "manifest.json", "SHA256SUMS", "sources.sha256"
SIGNATURES = "signatures"  # the one folder that grows after the manifest
RECORDS = "records"  # copies of what people put on record and the verdict rests on
SCHEMA: Literal["golive-manifest/2"] = "golive-manifest/2"
_CACHES = frozenset({"__pycache__", ".DS_Store"})

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Unfit(GoLiveError):
    """Something in a run's folder cannot be listed: a link, or a name that no list of digests can carry."""


class Manifest(Frozen):
    """The run in short, and the SHA-256 of everything that it is made of."""

    manifest_schema: Literal["golive-manifest/2"] = Field(default=SCHEMA, alias="schema")
    environment: str
    rehearsal: bool
    phase: str
    profile: Literal["launch", "change"]
    verdict: Decision
    line: str  # the verdict as the terminal and the report show it
    opens: str
    subject: Subject
    started: AwareDatetime
    ended: AwareDatetime
    lock: str  # of features/checklist.lock; "" where there is none
    tools: dict[str, str]  # name → version
    files: dict[str, Sha256]  # below the run's folder
    sources: dict[str, Sha256]  # below the project: features, steps, the environment's file, the machine

    def to_json(self) -> str:
        """The document, as it is written to `manifest.json`."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"

    def disagreements(self, record: Record) -> list[str]:
        """What the manifest says otherwise than *record*; names of its fields, none where they agree."""
        said = describe(record)
        return [name for name, value in said.items() if getattr(self, name) != value]


def describe(record: Record) -> dict[str, object]:
    """What the manifest repeats of *record*."""
    return {
        "environment": record.environment,
        "rehearsal": record.rehearsal,
        "phase": record.phase,
        "profile": record.profile,
        "verdict": record.verdict.status,
        "line": record.verdict.line,
        "opens": record.verdict.opens,
        "subject": record.subject,
        "started": record.run.started,
        "ended": record.run.ended,
        "lock": record.inventory.lock,
        "tools": record.run.tools,
    }


def manifest_of(record: Record, files: Mapping[str, str], sources: Mapping[str, str]) -> Manifest:
    """The manifest of a run whose folder holds *files*."""
    return Manifest.model_validate({**describe(record), "files": dict(files), "sources": dict(sources)})


def read_manifest(data: bytes) -> Manifest:
    """The manifest in *data*; ValueError says in a sentence what it is instead."""
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{MANIFEST} is none of this version: {f'{where}: ' if where else ''}{first['msg']}") from exc


def sums(digests: Mapping[str, str]) -> str:
    """*digests* as `sha256sum --check` reads them; Unfit for a name that would break its lines."""
    for name in digests:
        if "\n" in name or "\\" in name or "\r" in name:
            raise Unfit(f"{name!r} cannot stand in a list of digests: give the file another name")
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())


def sums_with(manifest: bytes, files: Mapping[str, str]) -> str:
    """What `SHA256SUMS` says: *files*, and the *manifest* itself."""
    return sums({**files, MANIFEST: hashlib.sha256(manifest).hexdigest()})


def digests_below(folder: Path) -> dict[str, str]:
    """
    Every file of a run's *folder* but for manifest, sums and signatures, with its SHA-256.

    Unfit for a link, which could lead anywhere, and for what cannot be read.
    """
    return dict(sorted(_digests(os.fspath(folder), "")))


def _digests(folder: str, before: str) -> Iterator[tuple[str, str]]:
    """By names as text: a run has hundreds of small files, and to make an object of each path takes the most time."""
    for entry in os.scandir(folder):
        name = before + entry.name
        if name in (MANIFEST, SUMS, SIGNATURES):
            continue
        if entry.is_symlink():
            raise Unfit(f"{name} is a link, and a run's folder holds none")
        if entry.is_dir():
            yield from _digests(entry.path, f"{name}/")
            continue
        digest = digest_of(entry.path)
        if digest is None:
            raise Unfit(f"{name} cannot be read")
        yield name, digest


def sources(home: Path, environment: Environment) -> dict[str, str]:
    """Every file of the project at *home* that decides what is demanded of *environment* and how it is judged."""
    return {name: digest_of(path) or "" for name, path in sorted(_sources(home, environment))}


def _sources(home: Path, environment: Environment) -> Iterator[tuple[str, Path]]:
    machine = Path(golive.__file__).parent
    for shown, folder in (("features", home / "features"), ("steps", home / "steps"), ("src/golive", machine)):
        for path in folder.rglob("*"):
            if path.is_file() and not _CACHES & set(path.relative_to(folder).parts):
                yield f"{shown}/{path.relative_to(folder).as_posix()}", path
    named = ["environment.toml", *([environment.database.trust] if environment.database.trust else [])]
    files = ["conftest.py", "pyproject.toml", *(f"environments/{environment.name}/{name}" for name in named)]
    yield from ((name, home / name) for name in files if (home / name).is_file())


def moment(instant: datetime) -> str:
    """*instant* for people, in UTC."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
