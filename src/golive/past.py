"""The runs before this one, as they were written down beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from golive.manifest import MANIFEST
from golive.record import SCHEMA, Comparison, Decision, EarlierRun, History, Record, Run, Subject, Verdict
from golive.since import comparison

# Says whether the run in a folder was approved; None where nobody can tell.
Approved = Callable[[Path], bool | None]
# So many runs are looked at, and so many shown.
LOOKED_AT = 20
SHOWN = 10
# Where a record's findings begin: it is written with an indent, and no text in it can hold a line break.
FINDINGS = b',\n "findings": ['
# A run's folder is called by when it began, in UTC.
FOLDER = "%Y-%m-%dT%H%M%S.%fZ"
NO_RECORD = "its record.json is not a record that this version can read"


class _Unread(Exception):
    """A run that cannot be read; the message says why."""


class _Head(BaseModel):
    """What a record says before its findings, which are nearly all of it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    record_schema: str = Field(alias="schema")
    run: Run
    environment: str
    phase: str
    profile: Literal["launch", "change"]
    subject: Subject
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was finished, and is what its manifest says."""

    folder: Path
    head: _Head
    approved: bool | None
    text: bytes  # of the whole record

    @property
    def whole(self) -> bool:
        """Whether the whole gate ran: a part says nothing about the rest."""
        return self.head.verdict.status is not Decision.PARTIAL


@dataclass(frozen=True, slots=True)
class Past:
    """The finished runs before one, newest first, in its environment, phase and profile."""

    runs: tuple[PastRun, ...] = ()
    last: tuple[PastRun, Record] | None = None  # of the whole gate
    approved: tuple[PastRun, Record] | None = None  # of its profile, whichever phase it gated
    unread: tuple[str, ...] = ()

    def history(self, record: Record) -> History:
        """What *record* is to say of these runs."""
        return History(
            runs=tuple(map(_line, self.runs[:SHOWN])),
            last=_against(self.last, record),
            approved=_against(self.approved, record),
            unread=self.unread,
        )


def answer_of_act(folder: Path, kind: str, question: JsonValue, since: datetime) -> JsonValue:
    """
    What the newest run beside that in *folder* was answered by an act of *kind* that asked *question*.

    None where none acted *since* then. It is for a look that asks the world whether that still stands, and proves
    nothing by itself.
    """
    for beside in sorted(folder.parent.glob("*T*Z"), reverse=True):
        if beside == folder or not (beside / MANIFEST).is_file():
            continue
        try:
            if datetime.strptime(beside.name, FOLDER).replace(tzinfo=UTC) < since:
                return None
            seen = json.loads((beside / "record.json").read_bytes())["evidence"]
            asked = [one for one in seen if (one["look"], one["question"]) == (kind, question) and one["act"]]
            answers = [one["answer"] for one in asked if one["answer"] is not None]
        except (OSError, ValueError, LookupError, TypeError):
            continue
        if answers:
            return cast(JsonValue, answers[0])
    return None


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
    mine = tuple(run for run in near if (run.head.phase, run.head.profile) == (phase, profile))
    # Only a GO opens anything, whoever signed it.
    consented = (
        run
        for run in chain(near, older)
        if run.head.profile == profile and run.approved and run.head.verdict.status is Decision.GO
    )
    last = next(_recorded((run for run in mine if run.whole), unread), None)
    return Past(mine, last, next(_recorded(consented, unread), None), tuple(dict.fromkeys(unread)))


def _before(folder: Path) -> Iterator[Path]:
    """Finished runs older than *folder*, newest first: their names are their times."""
    for manifest in sorted(folder.parent.glob("*T*Z/manifest.json"), reverse=True):
        if manifest.parent.name < folder.name:
            yield manifest.parent


def _readable(folders: Iterable[Path], approved: Approved, unread: list[str]) -> Iterator[PastRun]:
    """The runs in *folders* whose head can be read; the others are added to *unread*."""
    for folder in folders:
        try:
            text = _text(folder)
            yield PastRun(folder, _head(text, folder.parent.name), approved(folder), text)
        except _Unread as exc:
            unread.append(f"{folder.name}: {exc}")


def _recorded(runs: Iterable[PastRun], unread: list[str]) -> Iterator[tuple[PastRun, Record]]:
    """Those of *runs* whose whole record can be read, with it; the others are added to *unread*."""
    for run in runs:
        try:
            yield run, Record.from_json(run.text)
        except ValidationError:
            unread.append(f"{run.folder.name}: {NO_RECORD}")


def _text(folder: Path) -> bytes:
    """The record in *folder*, byte by byte what its manifest names."""
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
    return text


def _head(text: bytes, environment: str) -> _Head:
    """The head of a record, of which the rest is not read: that takes fifty times as long."""
    before, findings, _ = text.partition(FINDINGS)
    try:
        head = _Head.model_validate_json(before + b"\n}")
    except ValidationError as exc:
        raise _Unread(NO_RECORD) from exc
    if not findings:
        raise _Unread(NO_RECORD)
    if head.record_schema != SCHEMA:
        raise _Unread(f"its record.json has the schema {head.record_schema}, and this version reads {SCHEMA}")
    if head.environment != environment:
        raise _Unread(f"its record.json is of the environment {head.environment}")
    return head


def _line(run: PastRun) -> EarlierRun:
    head = run.head
    return EarlierRun(
        folder=run.folder.name,
        ended=head.run.ended,
        phase=head.phase,
        status=head.verdict.status,
        line=head.verdict.line,
        image_digest=head.subject.image_digest,
        faults=head.run.faults,
        approved=run.approved,
    )


def _against(earlier: tuple[PastRun, Record] | None, record: Record) -> Comparison | None:
    return None if earlier is None else comparison(earlier[0].folder.name, earlier[1], record)
