"""How a person signs a run: `golive sign` shows in ten lines what is signed, asks, signs, and looks at what it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from golive.conversation import Talk
from golive.environment import Environment, load, signers
from golive.errors import SetupError
from golive.files import write_atomically
from golive.manifest import MANIFEST, SIGNATURES, SUMS, Manifest, moment
from golive.office import keys_at_hand
from golive.people import Person
from golive.record import Decision, Record
from golive.recording import shown
from golive.signoff import NAMESPACE, ROLES, Examination, Role, Statement, examine
from golive.ssh import public_of, sign
from golive.standing import lacking


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says; None is asked for, or follows."""

    role: Role
    person: str | None = None
    key: str | None = None
    yes: bool = False
    decline: bool = False
    reason: str | None = None


def sign_run(home: Path, folder: Path, flags: Flags, talk: Talk, now: datetime) -> bool:
    """Show the run in *folder*, ask, and sign it; whether it is signed. SetupError where nobody could sign it so."""
    if flags.decline != bool((flags.reason or "").strip()):
        raise SetupError("--decline and --reason go together: whoever declines says why")
    seen = examine(folder, ())
    if seen.altered or seen.manifest is None or seen.record is None:
        talk.say("\n".join(["not signed: the run is not as it was written", *(f"  {said}" for said in seen.altered)]))
        return False
    if seen.manifest.verdict is Decision.PARTIAL:
        talk.say("not signed: PARTIAL, somebody chose a part of the checklist; gate the whole, and sign that")
        return False
    environment = load(seen.manifest.environment, home)
    people = signers(environment)
    if taken := _taken(seen, people, flags.role):
        talk.say(f"not signed: {taken}")
        return False
    person = _person(flags, people, environment)
    key = _key(flags, person, environment)
    talk.say("\n".join(summary(seen.manifest, seen.record, folder, environment, seen.digests[MANIFEST])))
    said = f"decline ({flags.reason})" if flags.decline else "approve"
    if not flags.yes and not talk.confirm(f"{person.name}, as {flags.role}: {said}?"):
        talk.say("nothing was signed")
        return False
    statement = _statement(seen.manifest, seen.digests, flags, person, now)
    return _seal(folder, statement, person, people, key, talk)


def summary(manifest: Manifest, record: Record, folder: Path, environment: Environment, digest: str) -> Iterator[str]:
    """What is signed, in ten lines, and above them what must not be overlooked."""
    if record.rehearsal:
        yield "!! REHEARSAL: of a twin on some machine; this admits to the rehearsal and to nothing else"
    if manifest.verdict is not Decision.GO:
        yield f"!! {manifest.verdict}: whoever signs this puts on record that it was seen; it admits nothing"
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(record.verdict.counts.items()))
    used = Counter(paper.kind for paper in record.records if paper.used)
    opens = f"{manifest.phase if manifest.profile == 'launch' else manifest.profile}: {manifest.opens}"
    open_questions = sum(bool(finding.document) for finding in record.findings)
    yield f"verdict         {manifest.line}"
    yield f"decision        {opens}"
    yield f"environment     {manifest.environment}"
    yield f"subject         {manifest.subject.image_digest or 'not seen'}"
    yield f"commit          {manifest.subject.commit or 'not seen'}"
    yield f"items           {statuses}"
    yield (
        f"rests on        {used['attestation']} attestations, {used['waiver']} waivers, "
        f"{used['not-applicable']} not applicable; {open_questions} items whose documents an owner must settle"
    )
    yield f"report          {shown(folder / 'report.html')}  sha256 {manifest.files.get('report.html', 'none')}"
    yield f"manifest        {shown(folder / MANIFEST)}  sha256 {digest}"
    until = manifest.started + timedelta(hours=environment.admit_within_hours)
    ends = min((paper.expires for paper in record.records if paper.used and paper.expires), default=None)
    yield f"may be used     until {moment(until)}" + (f"; a record it rests on ends {moment(ends)}" if ends else "")


def _taken(seen: Examination, people: Sequence[Person], role: Role) -> str:
    """Why nobody can sign as *role* any more; "" where somebody can."""
    seal = next(seal for seal in examine(seen.folder, people).seals if seal.role == role)
    if not seal.there:
        return ""
    if seal.holds and seal.statement is not None:
        said = f"{seal.statement.by} signed as {role} at {moment(seal.statement.on)}, and each role signs a run once"
        return f"{said}; to sign anew, gate anew"
    return f"{'; '.join(seal.against)}; take {SIGNATURES}/{role}.toml and its .sig away, and sign again"


def _person(flags: Flags, people: Sequence[Person], environment: Environment) -> Person:
    """Who signs: the one named, or the only one who may."""
    file = f"environments/{environment.name}/environment.toml"
    able = [person for person in people if not [*lacking(person.name, flags.role, people)]]
    if flags.person is not None:
        if wrong := [*lacking(flags.person, flags.role, people)]:
            raise SetupError("; ".join(wrong))
        able = [person for person in able if person.name == flags.person]
    if not able:
        raise SetupError(f"nobody is {flags.role} in {file}: add the role to a [[people]]")
    if len(able) > 1:
        raise SetupError(f"--as is needed: {', '.join(person.name for person in able)} may sign as {flags.role}")
    if not able[0].keys:
        how = (
            f"make one with `golive key {able[0].name}`"
            if environment.rehearsal
            else f"add the line of ~/.ssh/id_ed25519.pub to `keys` in {file}, have that reviewed, and gate anew"
        )
        raise SetupError(f"{able[0].name} has no key: {how}")
    return able[0]


def _key(flags: Flags, person: Person, environment: Environment) -> Path:
    """The key file to sign with: the one named, else the one at hand that belongs to *person*."""
    if flags.key is not None:
        return Path(flags.key).expanduser()
    places = [environment.folder / "keys"] if environment.rehearsal else []
    for place in (*places, Path.home() / ".ssh"):
        if found := next(keys_at_hand(place, set(person.keys)), None):
            return found
    raise SetupError(f"--key is needed: no key of {person.name} is in {' or '.join(map(str, (*places, '~/.ssh')))}")


def _statement(
    manifest: Manifest, digests: Mapping[str, str], flags: Flags, person: Person, now: datetime
) -> Statement:
    decision: Literal["approve", "decline"] = "decline" if flags.decline else "approve"
    return Statement(
        role=flags.role,
        by=person.name,
        decision=decision,
        reason=flags.reason or "",
        on=now.replace(microsecond=0),
        environment=manifest.environment,
        rehearsal=manifest.rehearsal,
        phase=manifest.phase,
        profile=manifest.profile,
        verdict=manifest.verdict,
        opens=manifest.opens,
        image_digest=manifest.subject.image_digest or "",
        manifest=digests[MANIFEST],
        sums=digests[SUMS],
    )


def _seal(folder: Path, statement: Statement, person: Person, people: Sequence[Person], key: Path, talk: Talk) -> bool:
    """Sign *statement* and write both; what would not hold is not left behind."""
    text = statement.to_toml()
    signature = sign(text.encode(), NAMESPACE, key, talk.ask_secret)
    path = folder / SIGNATURES / f"{statement.role}.toml"
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(path.name + ".sig")
    write_atomically(beside, signature)
    write_atomically(path, text)
    seal = next(seal for seal in examine(folder, people).seals if seal.role == statement.role)
    if not seal.holds:
        path.unlink()
        beside.unlink()
        talk.say(f"not signed: {'; '.join(seal.against)}")
        return False
    assert seal.key is not None, "it holds"
    what = "declined" if statement.decision == "decline" else "signed"
    talk.say(f"{what} by {person.name} as {statement.role}, {seal.key.fingerprint}: {shown(path)}")
    missing = [role for role in ROLES if not (folder / SIGNATURES / f"{role}.toml").exists()]
    talk.say(
        f"still to sign: {', '.join(missing)}" if missing else f"all three have signed: golive verify {shown(folder)}"
    )
    return True


def make_key(home: Path, name: str) -> Path:
    """A key for *name* of the rehearsal, made on the spot, as `ssh-keygen -t ed25519` makes one; its private half."""
    environment = load("rehearsal", home)
    names = {person.name: person for person in environment.people}
    if name not in names:
        told = ", ".join(f"{each} ({', '.join(person.roles)})" for each, person in names.items())
        raise SetupError(f"nobody in the rehearsal is called {name}; there are: {told}")
    path = environment.folder / "keys" / name
    if path.exists() or path.with_name(f"{name}.pub").exists():
        raise SetupError(f"{shown(path)} is there already: sign with it, or take both files away")
    path.parent.mkdir(exist_ok=True)
    key = Ed25519PrivateKey.generate()
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.with_name(f"{name}.pub").write_text(f"{public_of(key).line} {name}\n", encoding="ascii")
    return path
