"""
Who signed a run, and whether every byte is what was signed: offline, from the run's folder and the people's keys alone.

Each of author, reviewer and approver signs once, a statement of their own over the manifest:
`signatures/<role>.toml`, with an SSH signature of the namespace `golive-signoff` beside it in `<role>.toml.sig`.
Whatever speaks against a signature is said in a sentence; one against which anything speaks is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator

from golive.coordinates import Frozen
from golive.environment import Environment, signers
from golive.errors import SetupError
from golive.manifest import (
    MANIFEST,
    RECORDS,
    SIGNATURES,
    SUMS,
    Manifest,
    Unfit,
    digests_below,
    moment,
    read_manifest,
    sums_with,
)
from golive.people import Person
from golive.record import Decision, Record
from golive.records import Instant, Said, Sha256, quoted, read_toml
from golive.ssh import BadSignature, PublicKey, canonical, verify
from golive.standing import lacking

NAMESPACE = "golive-signoff"
Role = Literal["author", "reviewer", "approver"]
ROLES: tuple[Role, ...] = get_args(Role)
# Nobody approves or reviews what is their own. One person may review and approve.
APART: Mapping[Role, Role] = {"reviewer": "author", "approver": "author"}
# What `golive admit` opens, and the phase whose GO it takes: no other's, for a later one was asked for something else.
Door = Literal["deploy", "open"]
DOORS: Mapping[Door, str] = {"deploy": "T-1h", "open": "T+1h"}
NEEDED = frozenset({"record.json", "report.html", "verdict.md"})
CLOCKS = timedelta(minutes=5)  # two people's clocks may differ by this much
SCHEMA: Literal["golive-signoff/1"] = "golive-signoff/1"


class Statement(Frozen):
    """What one person says of one run; the file that is signed."""

    statement_schema: Literal["golive-signoff/1"] = Field(default=SCHEMA, alias="schema")
    role: Role
    by: Said
    decision: Literal["approve", "decline"]
    reason: str = ""  # why it is declined
    on: Instant
    environment: Said
    rehearsal: bool
    phase: Said
    profile: Literal["launch", "change"]
    verdict: Decision
    opens: str
    image_digest: Annotated[str, StringConstraints(pattern=r"^(sha256:[0-9a-f]{64})?$")]  # "" where nobody could see it
    manifest: Sha256  # of manifest.json
    sums: Sha256  # of SHA256SUMS, which lists the manifest and everything else

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.decision == "decline") != bool(self.reason.strip()):
            raise ValueError("whoever declines gives a reason, and nobody else does")
        return self

    def to_toml(self) -> str:
        """The file."""
        lines = []
        for name, value in self.model_dump(by_alias=True).items():
            if isinstance(value, datetime):
                said = value.strftime("%Y-%m-%dT%H:%M:%SZ")
            else:
                said = str(value).lower() if isinstance(value, bool) else quoted(value)
            lines.append(f"{name} = {said}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Seal:
    """One role's signature; *against* says why it is none."""

    role: Role
    against: tuple[str, ...]
    statement: Statement | None = None
    key: PublicKey | None = None
    there: bool = True  # whether anything was signed at all

    @property
    def holds(self) -> bool:
        """Whether it is a signature of somebody who may give it, over this run, whatever it decides."""
        return not self.against

    @property
    def approves(self) -> bool:
        """Whether it is one, and says yes."""
        return self.holds and self.statement is not None and self.statement.decision == "approve"


@dataclass(frozen=True, slots=True)
class Examination:
    """A run's folder, as it was found."""

    folder: Path
    altered: tuple[str, ...]  # where it is not what its manifest says; a sentence each
    seals: tuple[Seal, ...] = ()
    manifest: Manifest | None = None
    record: Record | None = None
    digests: Mapping[str, str] = field(default_factory=dict)  # of manifest.json and SHA256SUMS

    @property
    def sound(self) -> bool:
        """Whether every byte is as it was written, and whoever signed could sign."""
        return not self.altered and self.manifest is not None and not any(s.there and s.against for s in self.seals)

    @property
    def signed(self) -> bool:
        """Whether it is sound, and each role has signed."""
        return self.sound and bool(self.seals) and all(seal.holds for seal in self.seals)

    def with_altered(self, altered: Sequence[str]) -> Examination:
        """The same, with *altered* in place of what speaks against its bytes."""
        return replace(self, altered=tuple(altered))

    @property
    def approved(self) -> bool:
        """Whether it is a GO to which all three have said yes."""
        go = self.manifest is not None and self.manifest.verdict is Decision.GO
        return go and self.signed and all(seal.approves for seal in self.seals)


def approved(folder: Path, environment: Environment) -> bool:
    """Whether the run in *folder* is a GO of *environment* that author, reviewer and approver have signed."""
    if not (folder / SIGNATURES).is_dir():
        return False
    try:
        found = examine(folder, signers(environment))
    except SetupError:
        return False
    return found.approved and found.manifest is not None and found.manifest.environment == environment.name


def examine(folder: Path, people: Sequence[Person], now: datetime | None = None) -> Examination:
    """
    Hold every byte of *folder* against its manifest, and every signature against the keys of *people*.

    With *now* a signature of the future is none. Never raises: what cannot be read is among what speaks against it.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError:
        return Examination(folder, (f"there is no finished run in {folder}: {MANIFEST} cannot be read",))
    try:
        manifest = read_manifest(data)
    except ValueError as exc:
        return Examination(folder, (str(exc),))
    record, altered = _read_record(folder, manifest)
    altered = [*_altered(folder, manifest, data), *altered]
    digests = {MANIFEST: hashlib.sha256(data).hexdigest(), SUMS: _sums_digest(folder)}
    seals = [_seal(folder, role, manifest, digests, people, now) for role in ROLES]
    return Examination(folder, tuple(altered), tuple(_apart(seals)), manifest, record, digests)


def door_of(manifest: Manifest) -> Door | None:
    """What a GO of that phase, or profile, admits to; None where no machine waits for it: people read it and act."""
    if manifest.profile == "change":
        return "deploy"
    return next((door for door, phase in DOORS.items() if phase == manifest.phase), None)


# -- the bytes ------------------------------------------------------------------------------------------------------


def _altered(folder: Path, manifest: Manifest, data: bytes) -> Iterator[str]:
    try:
        found = digests_below(folder)
    except Unfit as exc:
        yield str(exc)
        return
    yield from (f"{name} is not in the manifest, and no run is without" for name in NEEDED - manifest.files.keys())
    for name, digest in manifest.files.items():
        if name not in found:
            yield f"{name} is in the manifest and not in the folder"
        elif found[name] != digest:
            yield f"{name} was changed: its SHA-256 is {found[name][:12]}…, and in the manifest {digest[:12]}…"
    yield from (
        f"{name} is not in the manifest: somebody put it there" for name in found.keys() - manifest.files.keys()
    )
    try:
        said = (folder / SUMS).read_bytes()
    except OSError:
        yield f"{SUMS} is not there"
    else:
        if said != sums_with(data, manifest.files).encode():
            yield f"{SUMS} does not say the same as the manifest"
    allowed = {f"{role}.toml{end}" for role in ROLES for end in ("", ".sig")}
    there = folder / SIGNATURES
    for path in sorted(there.iterdir()) if there.is_dir() else ():
        if path.name not in allowed or path.is_symlink() or not path.is_file():
            yield f"{SIGNATURES}/{path.name} is no signature of {', '.join(ROLES[:-1])} or {ROLES[-1]}: take it away"


def _read_record(folder: Path, manifest: Manifest) -> tuple[Record | None, list[str]]:
    """The record, and what speaks against it beside its digest."""
    try:
        record = Record.from_json((folder / "record.json").read_bytes())
    except OSError:
        return None, ["record.json cannot be read"]
    except ValidationError:
        return None, ["record.json is no record of this version"]
    wrong = (
        [f"manifest and record do not agree on: {', '.join(said)}"] if (said := manifest.disagreements(record)) else []
    )
    for paper in record.records:
        copy = f"{RECORDS}/{'/'.join(paper.file.split('/')[2:])}"
        if paper.used and manifest.files.get(copy) != paper.sha256:
            wrong.append(f"{paper.file}: the copy in the run's folder is not the one that the verdict rests on")
    return record, wrong


def _sums_digest(folder: Path) -> str:
    try:
        return hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    except OSError:
        return ""


# -- the signatures -------------------------------------------------------------------------------------------------


def _seal(
    folder: Path,
    role: Role,
    manifest: Manifest,
    digests: Mapping[str, str],
    people: Sequence[Person],
    now: datetime | None,
) -> Seal:
    shown = f"{SIGNATURES}/{role}.toml"
    path = folder / shown
    if not path.exists():
        return Seal(role, (f"the {role} has not signed: {shown} is not there",), there=False)
    try:
        data = path.read_bytes()
        armored = path.with_name(f"{role}.toml.sig").read_bytes()
        statement = Statement.model_validate(read_toml(data))
    except OSError as exc:
        return Seal(role, (f"{shown}: {Path(exc.filename).name} cannot be read: {exc.strerror}",))
    except ValidationError as exc:
        rules = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in exc.errors())
        return Seal(role, (f"{shown} is no statement of this version: {rules}",))
    except ValueError as exc:
        return Seal(role, (f"{shown} cannot be read: {exc}",))
    against = [f"{shown} {said}" for said in _against(statement, role, manifest, digests, now)]
    key: PublicKey | None = None
    try:
        key = verify(data, canonical(armored), NAMESPACE)
    except BadSignature as exc:
        against.append(f"{shown}.sig {exc}")
    else:
        against += [f"{shown} {said}" for said in _whose(key, statement.by, people)]
    against += [f"{shown}: {said}" for said in lacking(statement.by, role, people)]
    return Seal(role, tuple(against), statement, key)


def _against(
    statement: Statement, role: Role, manifest: Manifest, digests: Mapping[str, str], now: datetime | None
) -> Iterator[str]:
    if statement.role != role:
        yield f"is signed as {statement.role}"
    for name, said, there in (
        ("manifest", statement.manifest, digests[MANIFEST]),
        ("list of digests", statement.sums, digests[SUMS]),
    ):
        if said != there:
            yield f"speaks of another {name} ({said[:12]}…) than the one in this folder ({there[:12]}…)"
    described = {
        "environment": manifest.environment,
        "rehearsal": manifest.rehearsal,
        "phase": manifest.phase,
        "profile": manifest.profile,
        "verdict": manifest.verdict,
        "opens": manifest.opens,
        "image_digest": manifest.subject.image_digest or "",
    }
    if other := [name for name, value in described.items() if getattr(statement, name) != value]:
        yield f"says otherwise than the manifest of: {', '.join(other)}"
    if statement.on < manifest.ended - CLOCKS:
        yield f"is dated {moment(statement.on)}, before the run had ended"
    if now is not None and statement.on > now + CLOCKS:
        yield f"is dated {moment(statement.on)}, which is still to come"


def _whose(key: PublicKey, by: str, people: Sequence[Person]) -> Iterator[str]:
    owners = [person for person in people if key.line in person.keys]
    if not owners:
        yield f"is signed with a key that environment.toml does not list ({key.fingerprint})"
    elif owners[0].name != by:
        yield f"says that {by} signs, and is signed with the key of {owners[0].name}"


def _apart(seals: Sequence[Seal]) -> Iterator[Seal]:
    """The same, with those against which it speaks that the author has signed them too, by name or by key."""
    by_role = {seal.role: seal for seal in seals}
    for seal in seals:
        other = by_role.get(APART.get(seal.role, seal.role), seal)
        said: tuple[str, ...] = ()
        if other is not seal and seal.statement is not None and other.statement is not None:
            if seal.statement.by.casefold() == other.statement.by.casefold():
                said = (f"{seal.statement.by} signed as {other.role} and as {seal.role}: that takes two people",)
            elif seal.key is not None and seal.key == other.key:
                said = (f"one key signed as {other.role} and as {seal.role}: that takes two people",)
        yield Seal(seal.role, (*seal.against, *said), seal.statement, seal.key, seal.there)
