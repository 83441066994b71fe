"""The incident report that the runbooks ask for, begun: what was observed is in it, and what people must say is blank.

A second run on the same incident only ever adds lines to the file, at the end of the timeline: no line that is there is
changed, moved or taken away, whoever wrote it. An observation that the file already has, to the letter, is not added
again.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from golive.diagnosis.clock import IF
from golive.diagnosis.papers import Contact, Runbook, Step
from golive.diagnosis.remedy import WARNINGS, blank
from golive.errors import SetupError
from golive.markdown import plain

FOLDER = PurePosixPath("comms/incidents")
# Above it a later run writes what it observed. Where somebody took it out, a timeline of its own is begun at the end.
END = "<!-- golive: what is observed later is written above this line -->"


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen at *at*, as one sentence without secrets or names of customers."""

    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Incident:
    """What the file is made of; *causes* are sentences, the likeliest first."""

    runbook: Runbook
    environment: str
    began: datetime
    observed: tuple[Observation, ...]
    causes: tuple[str, ...] = ()
    rehearsal: bool = False

    @property
    def path(self) -> PurePosixPath:
        """Where it is kept, by the day in UTC on which it began, so that midnight does not make another of it."""
        return FOLDER / f"{self.began.astimezone(UTC):%Y-%m-%d}-{self.runbook.incident}.md"


def skeleton(incident: Incident) -> str:
    """The report as it is begun."""
    return "\n".join(_lines(incident)) + "\n"


def continued(text: str, incident: Incident) -> str:
    """*text* with what is new in *incident*; *text* itself where it has everything already."""
    there = {line.strip() for line in text.splitlines()}
    new = [line for line in _timeline(incident.observed) if line not in there]
    if not new:
        return text
    lines = text.splitlines(keepends=True)
    at = next((number for number, line in enumerate(lines) if line.strip() == END), None)
    if at is None:
        ending = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{ending}\n## Timeline, continued\n\n" + "".join(f"{line}\n" for line in [*new, "", END])
    return "".join([*lines[:at], *(f"{line}\n" for line in new), *lines[at:]])


def write(home: Path, incident: Incident) -> tuple[Path, bool]:
    """
    Begin the file under *home*, or add to it; returns where it is, and whether anything was written.

    SetupError where it cannot be read as text or written, or was changed by somebody in the same moment.
    """
    path = home / incident.path
    shown = incident.path.as_posix()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(skeleton(incident))
            return path, True
        except FileExistsError:
            pass
        before = path.read_bytes()
        after = continued(before.decode(), incident).encode()
        if after == before:
            return path, False
        _exchange(path, before, after)
    except UnicodeDecodeError as exc:
        raise SetupError(f"{shown}: is not text in UTF-8, so nothing was added; move it away and try again") from exc
    except OSError as exc:
        raise SetupError(f"{shown}: cannot be written: {exc.strerror}") from exc
    return path, True


def _exchange(path: Path, before: bytes, after: bytes) -> None:
    """Put *after* in the place of *before* at once, unless somebody wrote in between."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
        os.chmod(name, path.stat().st_mode & 0o777)
        if path.read_bytes() != before:
            raise SetupError(f"{path.name}: somebody wrote in it in this moment, so nothing was added; try again")
        os.replace(name, path.resolve())  # a link stays one
    finally:
        Path(name).unlink(missing_ok=True)


def _lines(incident: Incident) -> Iterator[str]:
    book = incident.runbook
    yield f"# Incident: {book.title}"
    yield ""
    if incident.rehearsal:
        yield "**REHEARSAL: this did not happen in production.**"
        yield ""
    yield f"- Environment: {incident.environment}"
    yield f"- Severity: {book.severity}; target time to repair: {book.target_minutes} minutes; owner: {book.owner}"
    yield f"- Began: {_instant(incident.began)}"
    yield f"- Ended: {blank('when, in UTC')}; lasted: {blank('minutes')}"
    yield f"- On call: {blank('who')}"
    yield f"- Users hit: {blank('how many, and how')}; payments lost: {blank('how many, and their worth')}"
    if book.again:
        yield f"- Every {book.again.minutes} minutes: {book.again.do}"
    yield from _section("What it looks like from outside", [f"- {blank('what users saw, and where they said so')}"])
    yield from _section(
        "Likely causes, as observed", [f"{n}. {plain(one)}" for n, one in enumerate(incident.causes, 1)]
    )
    yield from _section("Timeline", _timeline(incident.observed))
    yield END
    yield from _section("Escalation", _escalation(incident))
    yield from _section("Contacts", map(_contact, book.contact))
    yield from _section(
        "Root cause",
        [
            f"- What triggered it? {blank('to be answered')}",
            f"- Why did monitoring not tell sooner? {blank('to be answered')}",
            f"- What held up the repair? {blank('to be answered')}",
        ],
    )
    yield from _section("What was done", [f"- {blank('when, in UTC')}: {blank('what, and who did it')}"])
    yield from _section("Afterwards", map(_task, book.afterwards))
    yield from _section("What the runbook must learn", [f"- {blank('new ways to fail, steps that helped or did not')}"])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from [*lines] or [f"- {blank('nothing was observed')}"]


def _timeline(observed: Iterable[Observation]) -> list[str]:
    """A line for each, in the order of time."""
    return [f"- {_instant(one.at)}: {plain(one.said)}".rstrip() for one in sorted(observed, key=lambda one: one.at)]


def _escalation(incident: Incident) -> Iterator[str]:
    for call in incident.runbook.clock:
        due = incident.began + timedelta(minutes=call.at)
        only = f", if {IF[call.when]}" if call.when else ""
        yield f"- [ ] {_instant(due)} (minute {call.at}{only}): {call.do} — {blank('done when, by whom')}"


def _contact(contact: Contact) -> str:
    at = f"{blank(contact.at or 'not known')}" if contact.open else contact.at
    return f"- {contact.who}, {contact.way}: {at}" + (f" ({contact.note})" if contact.note else "")


def _task(step: Step) -> str:
    warning = f" ({WARNINGS[step.changes]})" if WARNINGS[step.changes] else ""
    return f"- [ ] {step.do}{warning} — {blank('who, until when')}"


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} says no time zone")
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
