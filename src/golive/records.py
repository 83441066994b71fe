"""
What people put on record, as files: attestations, waivers, and that an item is not applicable.

`environments/<name>/attestations/<item>.toml`, `…/waivers/` and `…/not-applicable/`, each with its signature beside it
in `<item>.toml.sig`. Here they are read and taken apart; whether one has effect is decided in `standing.py`.
"""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Strict, StringConstraints, ValidationError, model_validator

from golive.coordinates import Frozen
from golive.errors import SetupError
from golive.tomllines import broken_rules

Kind = Literal["attestation", "waiver", "not-applicable"]
FOLDERS: Mapping[Kind, str] = {
    "attestation": "attestations",
    "waiver": "waivers",
    "not-applicable": "not-applicable",
}


KEYS = "keys"  # of the rehearsal's people, whom somebody lends one


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() != timedelta(0):
        raise ValueError("must be in UTC, as 2026-03-02T09:14:00Z")
    return moment.astimezone(UTC)


def _inside(path: str) -> str:
    """A path below the folder of the record, as it must be written everywhere."""
    parts = PurePosixPath(path).parts
    if not parts or "\\" in path or path.startswith("/") or ".." in parts:
        raise ValueError("must be a path below the folder of this record, with / between its parts")
    return path


Instant = Annotated[AwareDatetime, Strict(), AfterValidator(_utc)]
Said = Annotated[str, Strict(), StringConstraints(strip_whitespace=True, min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class EvidenceFile(Frozen):
    """A file that shows it, kept beside the record."""

    file: Annotated[str, AfterValidator(_inside)]
    sha256: Sha256


def _some(files: tuple[EvidenceFile, ...]) -> tuple[EvidenceFile, ...]:
    if not files:
        raise ValueError("must name a file that shows it, however small")
    return files


class Bound(Frozen):
    """What the statement speaks of; another image or another configuration is another matter."""

    image_digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    configuration: Sha256 | None = None


class _Record(Frozen):
    """What every record says."""

    item: Said
    environment: Said
    on: Instant
    expires: Instant

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.expires <= self.on:
            raise ValueError("expires must be later than on")
        return self


class Attestation(_Record):
    """Somebody with the role says that it is so."""

    by: Said
    role: Said
    words: Said
    evidence: Annotated[tuple[EvidenceFile, ...], AfterValidator(_some)]
    bound_to: Bound = Bound()


class Waiver(_Record):
    """Launching is permitted although it is not so, or cannot be seen."""

    reason: Said
    found: Said  # what was seen when it was asked for
    asked_by: Said
    approved_by: Said


class NotApplicable(_Record):
    """It makes no sense for this launch."""

    by: Said
    role: Said
    reason: Said
    evidence: tuple[EvidenceFile, ...] = ()


Content = Attestation | Waiver | NotApplicable
MODELS: Mapping[Kind, type[Attestation] | type[Waiver] | type[NotApplicable]] = {
    "attestation": Attestation,
    "waiver": Waiver,
    "not-applicable": NotApplicable,
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of a person, with what lies beside it, as it was read."""

    kind: Kind
    file: str  # "environments/production/attestations/GL-2.3.1.toml"
    stem: str  # "GL-2.3.1"
    data: bytes = field(repr=False)
    content: Content | None  # None where it cannot be read
    wrong: str = ""  # which line breaks which rule
    signature: str | None = None
    evidence: Mapping[str, str | None] = field(default_factory=dict)  # file → SHA-256 of what lies there
    stray: bool = False  # it is no record at all

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


def read_papers(folder: Path, shown: str) -> tuple[Paper, ...]:
    """
    Every record below *folder*, an environment's, and whatever else lies there; *shown* is how messages call it.

    What was meant for a record and is none must not go unnoticed: a suffix or a folder's name that is misspelt.
    """
    found: list[Paper] = []
    for kind, name in FOLDERS.items():
        papers: list[Paper] = []
        others: list[Path] = []
        for path in sorted((folder / name).glob("*")):
            file = f"{shown}/{name}/{path.name}"
            if path.suffix.lower() == ".toml" and not path.is_dir():
                papers.append(_read(kind, path, file))
            elif path.suffix.lower() == ".sig" and not path.with_suffix("").exists():
                papers.append(Paper(kind, file, Path(path.stem).stem, b"", None, f"{file}: its record is not there"))
            elif path.suffix.lower() != ".sig":
                others.append(path)
        found += papers
        known = {PurePosixPath(each).parts[0] for paper in papers for each in paper.evidence}
        known |= {Path(path.stem).stem for path in (folder / name).glob("*.toml.*")} | {paper.stem for paper in papers}
        unread = b"".join(paper.data for paper in papers if paper.content is None)  # what it names nobody can tell
        found += [
            _stray(kind, path, f"{shown}/{name}/{path.name}")
            for path in others
            if not (_belongs(path, known) or path.name.encode() in unread)
        ]
    for path in sorted(folder.glob("*")):
        named = path.name in FOLDERS.values()
        if path.is_dir() != named and path.name != KEYS and (named or path.is_dir()):
            near = next(iter(get_close_matches(path.name.casefold(), FOLDERS.values(), 1)), "attestations")
            kind = next(kind for kind, name in FOLDERS.items() if name == near)
            found.append(
                _stray(kind, path, f"{shown}/{path.name}", f"no folder of records: {', '.join(FOLDERS.values())}")
            )
    return tuple(found)


def _belongs(path: Path, known: Collection[str]) -> bool:
    """Whether *path* is something that lies beside records: evidence, a draft, what a system hides."""
    return path.name in known or path.name.endswith(".toml.draft") or path.name.startswith(".")


def _stray(kind: Kind, path: Path, shown: str, wrong: str = "") -> Paper:
    """What is no record, as one that has no effect."""
    if path.name.endswith(".toml.unsigned"):
        wrong = "no record before it is signed, and takes its place without this ending"
    wrong = wrong or "no record, nor evidence of one: a record is called <item>.toml"
    return Paper(kind, shown, path.name.partition(".toml")[0], b"", None, f"{shown}: is {wrong}", stray=True)


def _read(kind: Kind, path: Path, shown: str) -> Paper:
    stem = path.name[: -len(".toml")]
    try:
        data = path.read_bytes()
    except OSError as exc:
        return Paper(kind, shown, stem, b"", None, f"{shown}: cannot be read: {exc.strerror}")
    content, wrong = parse(kind, data, shown)
    beside = path.with_name(path.name + ".sig")
    try:
        signature = beside.read_text(encoding="ascii", errors="replace") if beside.exists() else None
    except OSError as exc:
        return Paper(kind, shown, stem, data, None, f"{shown}.sig: cannot be read: {exc.strerror}")
    files = content.evidence if isinstance(content, Attestation | NotApplicable) else ()
    return Paper(
        kind,
        shown,
        stem,
        data,
        content,
        wrong,
        signature,
        {each.file: digest_of(path.parent / each.file) for each in files},
    )


def parse(kind: Kind, data: bytes, shown: str) -> tuple[Content | None, str]:
    """The content of a record of *kind*, or which line of it breaks which rule."""
    try:
        return MODELS[kind].model_validate(read_toml(data)), ""
    except ValidationError as exc:
        return None, "; ".join(f"{shown}:{rule}" for rule in broken_rules(exc, data.decode()))
    except ValueError as exc:
        return None, f"{shown}: {exc}"


def read_toml(data: bytes) -> dict[str, object]:
    """What the file *data* says; ValueError where it is not TOML in UTF-8."""
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as exc:
        raise ValueError("not UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ValueError(f"not TOML: {exc}") from exc


def digest_of(path: Path | str) -> str | None:
    """SHA-256 of the file at *path*, None where there is none that can be read."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb", buffering=0) as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return None
    return digest.hexdigest()


def copy_papers(papers: Iterable[Paper], place: Path, to: Path) -> None:
    """
    Lay each of *papers*, as it was read below *place*, with its signature and its evidence below *to*.

    SetupError where a file of evidence is not any more what it was when the record was read.
    """
    for paper in papers:
        name = FOLDERS[paper.kind]
        file = to / name / Path(paper.file).name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(paper.data)
        if paper.signature is not None:
            file.with_name(file.name + ".sig").write_bytes(paper.signature.encode("ascii", "replace"))
        for shown, digest in paper.evidence.items():
            copied = to / name / shown
            copied.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(place / name / shown, copied)
            except OSError as exc:
                raise SetupError(f"{paper.file}: its evidence {shown} cannot be copied: {exc.strerror}") from exc
            if digest_of(copied) != digest:
                raise SetupError(f"{paper.file}: its evidence {shown} was changed while the gate ran")


def as_toml(content: Content) -> str:
    """*content* as the file says it."""
    lines = []
    for name, value in content:
        if isinstance(value, datetime):
            lines.append(f"{name} = {value.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}")
        elif isinstance(value, str):
            lines.append(f"{name} = {quoted(value)}")
        elif isinstance(value, Bound):
            said = ", ".join(f"{key} = {quoted(text)}" for key, text in value if text is not None)
            lines += [f"{name} = {{ {said} }}"] if said else []
        elif value:
            files = [f"  {{ file = {quoted(each.file)}, sha256 = {quoted(each.sha256)} }}," for each in value]
            lines += [f"{name} = [", *files, "]"]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """*text* as a basic string of TOML: as in JSON, and nothing but printable characters stands for itself."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'
