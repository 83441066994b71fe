"""`golive verify` and `golive signers`: what an auditor asks, offline, and how the answer is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from golive.environment import Environment, load, load_file, signers
from golive.errors import SetupError
from golive.manifest import MANIFEST, RECORDS, moment, read_manifest
from golive.record import Decision
from golive.records import FOLDERS
from golive.signoff import NAMESPACE, Examination, Seal, door_of, examine
from golive.ssh import BadSignature, allowed_signers, verify
from golive.standing import NAMESPACES, allowed_keys


def run_folder(path: Path) -> Path:
    """The folder of a run, also by way of `reports/latest` where there are no links; SetupError where there is none."""
    if path.is_file():  # the name of the folder, as text
        path = path.parent / path.read_text(encoding="utf-8").strip()
    if not path.is_dir():
        raise SetupError(f"there is no run at {path}: run `pytest -m golive` first, or name a folder below reports/")
    return path.resolve()


def environment_of(home: Path, said: str) -> Environment:
    """The environment called *said*, or the one whose file is there."""
    return load_file(Path(said), said) if said.endswith(".toml") or Path(said).is_file() else load(said, home)


def verify_run(home: Path, path: Path, environment: str | None, now: datetime) -> Examination:
    """
    The run at *path*, held against its manifest and the keys of *environment*, or of the one that it says it is of.

    SetupError where there is no run, or no such environment.
    """
    folder = run_folder(path)
    if environment is None:
        try:
            environment = read_manifest((folder / MANIFEST).read_bytes()).environment
        except (OSError, ValueError):
            return examine(folder, (), now)  # which says what is wrong
    there = environment_of(home, environment)
    found = examine(folder, signers(there), now)
    altered = list(found.altered)
    if found.manifest is not None:
        if found.manifest.environment != there.name:
            altered.append(f"the run is of {found.manifest.environment}, and the keys are those of {there.name}")
        altered += _papers(found)
    return found.with_altered(altered)


def _papers(found: Examination) -> Iterator[str]:
    """The records that the verdict rests on, against the keys that the run itself knew, which are signed with it."""
    listed = found.folder / RECORDS / "allowed_signers"
    try:
        keys = {line.split(maxsplit=2)[2] for line in listed.read_text(encoding="ascii").splitlines()}
    except OSError:
        keys = set()
    for paper in found.record.records if found.record else ():
        if not paper.used:
            continue
        file = found.folder / RECORDS / FOLDERS[paper.kind] / Path(paper.file).name
        try:
            armored = file.with_name(file.name + ".sig").read_text(encoding="ascii", errors="replace")
            if verify(file.read_bytes(), armored, NAMESPACES[paper.kind]).line not in keys:
                yield f"{paper.file} is signed with a key that the run did not know"
        except OSError as exc:
            yield f"{paper.file}: its copy cannot be read: {exc.strerror}"
        except BadSignature as exc:
            yield f"{paper.file}: its signature {exc}"


def told(found: Examination) -> Iterator[str]:
    """The answer, line by line."""
    manifest = found.manifest
    yield f"run        {found.folder}"
    if manifest is not None:
        yield f"verdict    {manifest.line}, of {moment(manifest.ended)}"
        yield f"decision   {manifest.phase if manifest.profile == 'launch' else manifest.profile}: {manifest.opens}"
        yield f"subject    {manifest.subject.image_digest or 'not seen'}"
        yield f"manifest   sha256 {found.digests[MANIFEST]}"
    if not found.altered and manifest is not None:
        used = sum(paper.used for paper in found.record.records) if found.record else 0
        yield f"✓ bytes      {len(manifest.files)} files as they were written, none added; {used} records, all signed"
    yield from (f"✗ bytes      {said}" for said in found.altered)
    for seal in found.seals:
        yield from _seal(seal)
    if manifest is not None:
        yield _meaning(found, manifest.verdict)


def _seal(seal: Seal) -> Iterator[str]:
    if seal.against:
        yield from (f"✗ {seal.role:<10} {said}" for said in seal.against)
        return
    assert seal.statement is not None, "it holds"
    assert seal.key is not None, "it holds"
    said = "approved" if seal.approves else f"DECLINED ({seal.statement.reason})"
    mark, when = "✓" if seal.approves else "✗", moment(seal.statement.on)
    yield f"{mark} {seal.role:<10} {seal.statement.by} {said} at {when}, with {seal.key.fingerprint}"


def _meaning(found: Examination, verdict: Decision) -> str:
    assert found.manifest is not None, "asked before"
    if not found.sound:
        return "NOT INTACT: this is not what the gate wrote, or not what was signed"
    if missing := [seal.role for seal in found.seals if not seal.there]:
        return f"NOT SIGNED YET: {', '.join(missing)} missing"
    if verdict is not Decision.GO:
        return f"SIGNED, AND ADMITS NOTHING: the verdict is {verdict}"
    if not found.approved:
        return "SIGNED, AND ADMITS NOTHING: it was declined"
    door = door_of(found.manifest)
    where = "in the rehearsal and nowhere else" if found.manifest.rehearsal else f"in {found.manifest.environment}"
    if door is None:
        return (
            f"SIGNED by all three: {found.manifest.opens}, {where}; no machine waits for it, so `golive admit` does not"
        )
    how = f"golive admit --to {door}{' --profile change' * (found.manifest.profile == 'change')}"
    return f"SIGNED by all three: `{how}` takes it {where}, while it is fresh and the world is still the same"


def signers_file(home: Path, said: str) -> str:
    """Who of the environment *said* may sign with which key, as `ssh-keygen -Y verify -f` reads it."""
    environment = environment_of(home, said)
    return allowed_signers(allowed_keys(signers(environment)), (NAMESPACE, *NAMESPACES.values()))
