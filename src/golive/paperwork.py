"""What people put on record, brought together with a run: what it asks of them, what it lays over the findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypedDict

from pydantic import ValidationError

from golive import record
from golive.errors import CannotTell, EffectUnseen, NoConsent, ProbeError, SetupError, Unsigned
from golive.people import Person
from golive.phases import ROLLBACK, due_at, is_after_launch, moment
from golive.record import Status, Subject
from golive.records import Attestation, Kind, NotApplicable, Paper, Waiver, parse, read_papers
from golive.runbook import SIGNED, Inventory, Item, Scenario
from golive.standing import Circumstances, Demand, Signatures, Standing, decide, one_line, role_of, signer_of


def words_of(item: Item, scenario: Scenario | None) -> str:
    """What is signed for *item*: the text under its scenario's sentence, or in place of its act; "" for nothing."""
    said = [step.docstring for step in scenario.steps if step.text.startswith(SIGNED)] if scenario else []
    return one_line(said[0] if said else item.words)


@dataclass(frozen=True, slots=True)
class RolledBack:
    """From when on what people sign may be of the rollback that is gated; *unseen*: why nobody knows."""

    told_from: datetime | None
    unseen: str = ""


def demands(
    inventory: Inventory,
    scenarios: Mapping[str, Scenario],
    launch_at: datetime | None,
    rolled_back: RolledBack | None = None,
) -> dict[str, Demand]:
    """
    What the checklist asks of each item's records.

    *launch_at* says from when on the later ones can be attested, *rolled_back* those of a rollback, where one is gated.
    """
    return {
        item.id: Demand(
            item=item.id,
            severity=item.severity,
            signer=item.signer or "",
            days=item.stands_for_days,
            bound_to=item.bound_to,
            words=words_of(item, scenarios.get(item.id)),
            not_applicable=item.not_applicable,
            **_timed(item, launch_at, rolled_back),
            hourless=is_after_launch(item.due) and launch_at is None,
        )
        for item in inventory.item
    }


class _Timed(TypedDict, total=False):
    not_before: datetime | None
    of_a_rollback: bool
    unseen: str


def _timed(item: Item, launch_at: datetime | None, rolled_back: RolledBack | None) -> _Timed:
    if item.due == ROLLBACK:
        if rolled_back is None:
            return {}
        return {"not_before": rolled_back.told_from, "of_a_rollback": True, "unseen": rolled_back.unseen}
    return {"not_before": due_at(launch_at, item.due)} if is_after_launch(item.due) else {}


def read_signatures(folder: Path, circumstances: Circumstances, asked: Mapping[str, Demand]) -> Signatures:
    """The records below *folder*, an environment's, each with its standing."""
    shown = f"environments/{circumstances.environment}"
    return Signatures(shown, circumstances, asked, decide(read_papers(folder, shown), asked, circumstances))


@dataclass(frozen=True, slots=True)
class Laid:
    """What is said of an item when its records are laid over what was found."""

    status: Status
    reason: str
    warnings: tuple[str, ...] = ()
    used: tuple[Standing, ...] = ()


def lay_over(item: Item, found: Status, reason: str, failure: BaseException | None, signatures: Signatures) -> Laid:
    """
    What *item*'s records make of what its scenario *found*; *failure* is what the scenario itself raised.

    A waiver covers what was seen to be otherwise or could not be seen, never a missing signature, and never a check
    that did not come to a conclusion. *Not applicable* covers what is unsigned or could not be seen.
    """
    if isinstance(failure, NoConsent | EffectUnseen) and found is Status.UNSIGNED:
        acted = isinstance(failure, EffectUnseen)
        how = "since the gate may not see what came of the act" if acted else "instead of the act"
        return _settled_by_a_person(item, reason, how, signatures)
    seen = found in (Status.UNMET, Status.UNKNOWN) and isinstance(failure, AssertionError | ProbeError)
    kinds: tuple[Kind, ...] = ("not-applicable", "waiver")
    records = [record for kind in kinds if (record := signatures.of(kind, item.id)) is not None]
    notes: list[str] = []
    for each in records:
        content = each.paper.content
        if not each.stands:
            notes.append(f"{each.paper.file} has no effect: {each.why or each.unseen}")
        elif found is Status.MET:
            notes.append(f"{each.paper.file} is no longer needed: the item is met")
        elif isinstance(content, NotApplicable):
            if found is Status.UNSIGNED or (seen and found is Status.UNKNOWN):
                said = f"recorded as not applicable by {content.by}, {content.role}: {content.reason}"
                return Laid(Status.NOT_APPLICABLE, said, used=(each,))
            notes.append(f"{each.paper.file} does not cover it: what was seen is no matter of being applicable")
        elif isinstance(content, Waiver):
            if not seen:
                notes.append(f"{each.paper.file} does not cover it: a waiver is for what was seen or could not be seen")
            elif without := _unsigned_part(item, signatures):
                notes.append(f"{each.paper.file} does not cover it: {without}")
            else:
                said = f"waived by {content.approved_by} for {content.asked_by} until {moment(content.expires)}"
                told = f"{said}: {content.reason.rstrip('.')}; found {found}: {reason}"
                return Laid(Status.WAIVED, told, used=(each,))
    if found is Status.MET:
        return Laid(found, reason, tuple(notes))
    return Laid(found, "; ".join([reason, *notes]))


def without_partner(partner: str, environment: str, found: Status, reason: str, given: tuple[str, ...] | None) -> Laid:
    """
    What is said of an item about a *partner* that *environment* says not to use: not applicable, whatever was *found*.

    Unless the service is *given* something of that partner's, or nobody could see what it is given (None): a statement
    that its own configuration belies covers nothing.
    """
    file = f"environments/{environment}/environment.toml"
    if given is None:
        return Laid(
            found, f"{reason}; {file} says that {partner} is not in use, and what the service is given is not seen"
        )
    if given:
        told = f"{file} says that {partner} is not in use, and the service is given {', '.join(given)}"
        return Laid(Status.UNMET, f"{told}: say where {partner} is, or take that away")
    return Laid(
        Status.NOT_APPLICABLE, f"{file} says that {partner} is not in use, and the service is given nothing of it"
    )


def without_hour(item: Item, environment: str, found: Status, reason: str, signatures: Signatures) -> Laid:
    """
    What is said of an *item* that falls due after a launch of which nobody has told the hour: whatever was *found* now
    says nothing of then. A waiver covers no missing line of a file; what is not applicable is so at any hour.
    """
    file = f"environments/{environment}/environment.toml"
    record = signatures.of("not-applicable", item.id)
    if record is not None and record.stands and found in (Status.UNKNOWN, Status.UNSIGNED):
        return lay_over(item, Status.UNSIGNED, reason, None, signatures)
    said = f"{file} does not say launch_at, so {item.due} has no hour, and nobody can say what holds then"
    return Laid(Status.UNKNOWN, f"{said}; found now: {found}{'' if found is Status.MET else f': {reason}'}")


def _settled_by_a_person(item: Item, reason: str, how: str, signatures: Signatures) -> Laid:
    """Met where the words of *item*'s act are attested; *how* says what that stands for."""
    try:
        standing = signatures.attested(item.id)
    except Unsigned as exc:
        return Laid(Status.UNSIGNED, f"{reason}; {exc}")
    except CannotTell as exc:
        return Laid(Status.UNKNOWN, f"{reason}; {exc}")
    content = standing.paper.content
    assert isinstance(content, Attestation), "an attestation stands"
    said = f"attested by {content.by}, {content.role}, {how}: {content.words}"
    return Laid(Status.MET, said, used=(standing,))


def _unsigned_part(item: Item, signatures: Signatures) -> str:
    """Why the part of *item* that a person attests does not stand; "" where it does, or there is none."""
    if "attest" not in item.how:
        return ""
    try:
        signatures.attested(item.id)
    except (Unsigned, CannotTell) as exc:
        return f"its signed part does not stand, because {exc}"
    return ""


def rows(signatures: Signatures, used: Iterable[Standing]) -> tuple[record.Paper, ...]:
    """Every record as the run's document tells it."""
    files = {standing.paper.file for standing in used}
    return tuple(_row(standing, standing.paper.file in files) for standing in signatures.standings)


def _row(standing: Standing, used: bool) -> record.Paper:
    paper, content = standing.paper, standing.paper.content
    told = record.Paper(
        kind=paper.kind,
        item=content.item if content else paper.stem,
        file=paper.file,
        sha256=paper.digest,
        used=used,
        why="; ".join(filter(None, (standing.why, standing.unseen))),
        wrong=paper.wrong,
        stray=paper.stray,
    )
    if content is None:
        return told
    return told.model_copy(
        update={
            "by": signer_of(content),
            "role": role_of(content),
            "on": content.on,
            "expires": content.expires,
            "said": content.words if isinstance(content, Attestation) else content.reason,
            "text": paper.data.decode(),
            "signature": paper.signature,
            "evidence": dict(paper.evidence),
        }
    )


def people_of(signatures: Signatures) -> tuple[record.Person, ...]:
    """Those against whom the signatures were held."""
    people = signatures.circumstances.people
    return tuple(record.Person(name=each.name, roles=each.roles, keys=each.keys) for each in people)


def as_they_were(recorded: record.Record, subject: Subject, asked: Mapping[str, Demand]) -> Signatures:
    """
    The records of a run that was written down, each decided anew: by today's demands, and by the people, the files and
    the clock of that run.

    SetupError where the document names people as no environment file does.
    """
    try:
        people = tuple(Person.model_validate(each.model_dump()) for each in recorded.people)
    except ValidationError as exc:
        first = exc.errors()[0]
        raise SetupError(f"the record's people: {'.'.join(map(str, first['loc']))}: {first['msg']}") from exc
    circumstances = Circumstances(recorded.environment, people, recorded.run.started, subject)
    papers = [_paper(row) for row in recorded.records]
    return Signatures(
        f"environments/{recorded.environment}", circumstances, asked, decide(papers, asked, circumstances)
    )


def _paper(row: record.Paper) -> Paper:
    name = PurePosixPath(row.file)
    stem = name.with_suffix("").stem if name.suffix.lower() == ".sig" else name.stem
    if row.stray:
        return Paper(row.kind, row.file, stem, b"", None, row.wrong, stray=True)
    if row.text is None:
        return Paper(row.kind, row.file, stem, b"", None, row.wrong or f"{row.file}: the record does not hold its text")
    data = row.text.encode()
    return Paper(row.kind, row.file, stem, data, *parse(row.kind, data, row.file), row.signature, row.evidence)


def without_effect(papers: Iterable[record.Paper], told: str) -> list[str]:
    """A sentence for each record that has no effect and of which *told* does not speak already."""
    return [f"{paper.file} has no effect: {paper.why}" for paper in papers if paper.why and paper.file not in told]
