"""The runs before this one, as they were written down beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from golive.record import SCHEMA, Comparison, Decision, EarlierRun, History, Record
from golive.since import comparison

# Says whether the run in a folder was approved; None where nobody can tell.
Approved = Callable[[Path], bool | None]
# So many runs are looked at, and so many shown: each costs some milliseconds to read.
LOOKED_AT = 30
SHOWN = 10


class _Unread(Exception):
    """A run that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was finished, and is what its manifest says."""

    folder: Path
    record: Record
    approved: bool | None

    @property
    def whole(self) -> bool:
        """Whether the whole gate ran: a part says nothing about the rest."""
        return self.record.verdict.status is not Decision.PARTIAL


@dataclass(frozen=True, slots=True)
class Past:
    """The finished runs before one, newest first, in its environment, phase and profile."""

    runs: tuple[PastRun, ...] = ()
    approved: PastRun | None = None  # the last one, of its profile, whichever phase it gated
    unread: tuple[str, ...] = ()

    def history(self, record: Record) -> History:
        """What *record* is to say of these runs."""
        last = next((run for run in self.runs if run.whole), None)
        return History(
            runs=tuple(map(_line, self.runs[:SHOWN])),
            last=_against(last, record),
            approved=_against(self.approved, record),
            unread=self.unread,
        )


def look_back(folder: Path, *, phase: str, profile: Literal["launch", "change"], approved: Approved) -> Past:
    """
    What was run in the environment of *folder*, this run's, before it.

    A folder without a manifest is no run. One whose record is not what its manifest says, or is no record, is named
    and left out; nothing here raises for what somebody wrote into a file.
    """
    unread: list[str] = []
    folders = list(_before(folder))
    near = list(_readable(folders[:LOOKED_AT], approved, unread))
    older = _readable((each for each in folders[LOOKED_AT:] if approved(each)), approved, unread)
    mine = (run for run in chain(near, older) if run.record.profile == profile)
    # Only a GO opens anything, whoever signed it.
    last_approved = next((run for run in mine if run.approved and run.record.verdict.status is Decision.GO), None)
    return Past(
        tuple(run for run in near if (run.record.phase, run.record.profile) == (phase, profile)),
        last_approved,
        tuple(unread),
    )


def _before(folder: Path) -> Iterator[Path]:
    """Finished runs older than *folder*, newest first: their names are their times."""
    for manifest in sorted(folder.parent.glob("*T*Z/manifest.json"), reverse=True):
        if manifest.parent.name < folder.name:
            yield manifest.parent


def _readable(folders: Iterable[Path], approved: Approved, unread: list[str]) -> Iterator[PastRun]:
    """The runs in *folders* that can be read; the others are added to *unread*."""
    for folder in folders:
        try:
            yield PastRun(folder, _read(folder, folder.parent.name), approved(folder))
        except _Unread as exc:
            unread.append(f"{folder.name}: {exc}")


def _read(folder: Path, environment: str) -> Record:
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        text = (folder / "record.json").read_bytes()
        digest = manifest["files"]["record.json"]
    except OSError as exc:
        raise _Unread(exc.strerror or "it cannot be read") from exc
    except (ValueError, LookupError, TypeError) as exc:
        raise _Unread("its manifest.json is no manifest") from exc
    if hashlib.sha256(text).hexdigest() != digest:
        raise _Unread("its record.json is not the one that its manifest names")
    try:
        record = Record.from_json(text)
    except ValidationError as exc:
        raise _Unread("its record.json is not a record that this version can read") from exc
    if record.record_schema != SCHEMA:
        raise _Unread(f"its record.json has the schema {record.record_schema}, and this version reads {SCHEMA}")
    if record.environment != environment:
        raise _Unread(f"its record.json is of the environment {record.environment}")
    return record


def _line(run: PastRun) -> EarlierRun:
    record = run.record
    return EarlierRun(
        folder=run.folder.name,
        ended=record.run.ended,
        phase=record.phase,
        status=record.verdict.status,
        line=record.verdict.line,
        image_digest=record.subject.image_digest,
        faults=record.run.faults,
        approved=run.approved,
    )


def _against(earlier: PastRun | None, record: Record) -> Comparison | None:
    return None if earlier is None else comparison(earlier.folder.name, earlier.record, record)
