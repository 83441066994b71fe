"""Who may sign the run, and who may stop the launch, from the record. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from golive.record import Decision, Official, Record

# The document's table of approvals, section 8 of the checklist.
SIGNERS = {"author": "GL-8.1", "reviewer": "GL-8.2", "approver": "GL-8.3"}
# The document's head names them for the whole of the launch; before it, whoever is to sign can decline as well.
STOPPERS = ("go-live owner", "rollback authority")


@dataclass(frozen=True, slots=True)
class Approval:
    """One signature that makes the verdict final."""

    role: str
    item: str
    people: tuple[str, ...]  # any one of them
    lacking: tuple[str, ...]  # why they cannot sign yet
    command: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """The table of approvals."""

    rows: tuple[Approval, ...]
    notes: tuple[str, ...]
    verify: str  # the command that says who has signed


def approvals_of(record: Record) -> Approvals:
    """Who signs *record*'s run as what, and how."""
    folder = shlex.quote(record.run.folder or "RUN")
    rows = tuple(
        Approval(
            role=role,
            item=item,
            people=tuple(_called(one) for one in record.officials if role in one.roles),
            lacking=tuple(_lacking(record, role)),
            command=f"golive sign --run {folder} --role {role}",
        )
        for role, item in SIGNERS.items()
    )
    return Approvals(rows, tuple(_notes(record)), f"golive verify {folder}")


def stoppers(record: Record) -> str:
    """Who may stop the launch."""
    found = [
        f"{one.full_name or one.name} ({', '.join(roles)})"
        for one in record.officials
        if (roles := [role for role in STOPPERS if role in one.roles])
    ]
    named = {role for one in record.officials for role in one.roles}
    found += [f"nobody is named as {role}" for role in STOPPERS if role not in named]
    return " · ".join(found)


def _called(one: Official) -> str:
    return f"{one.full_name} ({one.name})" if one.full_name else one.name


def _lacking(record: Record, role: str) -> Iterator[str]:
    folder = f"environments/{record.environment}"
    people = [one for one in record.officials if role in one.roles]
    if not people:
        yield f"nobody has this role: name somebody in {folder}/environment.toml"
    if any(one.has_key for one in people):
        return
    for one in people:
        # The people of the rehearsal are invented, so that whoever rehearses lends them a key.
        where = f"{folder}/keys/{one.name}.pub" if record.rehearsal else f"{folder}/environment.toml"
        yield f"{one.name} has no key: the line of ~/.ssh/id_….pub belongs in {where}"


def _notes(record: Record) -> Iterator[str]:
    if record.verdict.status is not Decision.GO:
        yield f"A signature under a {record.verdict.status} says so, and admits nothing."
    elif record.rehearsal:
        yield "It is a rehearsal: the signatures admit to the rehearsal and nowhere else."
    else:
        yield "The verdict is final only when all of them have signed; until then nothing is admitted by it."
    yield "Nobody reviews or approves what is their own. With --decline, and a reason, a signature is a no."
