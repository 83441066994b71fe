"""
May what was signed be done now? `golive admit` asks before the candidate is deployed, and before the public is let in.

It trusts files and what it sees, never a job's colour. Everything that speaks against is found and said, a sentence
each; only where nothing does is the answer yes.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from golive.agenda import Agenda, Profile
from golive.environment import Detour, Environment, drop_redirections, load, signers
from golive.errors import ProbeError, SetupError, WrongTarget
from golive.identity import establish
from golive.identity import looks as identity_looks
from golive.manifest import RECORDS, Manifest, moment, sources
from golive.observatory import Observatory
from golive.probes.apprunner import RunningService, ServiceSettings, Settings
from golive.probes.ecr import RepositoryImages
from golive.probes.look import Look
from golive.record import Decision, Record, Status
from golive.records import FOLDERS, digest_of
from golive.runbook import load_inventory
from golive.signoff import CLOCKS, DOORS, Door, Examination, examine
from golive.subject import fingerprint
from golive.twin.process import TwinProcess
from golive.verdict import HOLDING

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
MOCK = "BANKID_MOCK"
_SETTINGS = f"{ServiceSettings.__module__}:{ServiceSettings.__qualname__}"
_SHOWN = 5  # so many names of files fit into one sentence


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done, with what, and on the strength of which run."""

    to: Door
    digest: str
    environment: str
    folder: Path
    profile: Profile = "launch"
    faults: tuple[str, ...] = ()  # how the rehearsal's twin is broken now


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer: yes where there is no refusal."""

    refusals: tuple[str, ...]
    examination: Examination
    until: datetime | None = None


def admit(home: Path, wanted: Wanted, now: datetime, observatory: Observatory | None = None) -> Admission:
    """
    Everything that speaks against doing what is *wanted* at *now*; the twin is started where no *observatory* is given.

    SetupError for what can be no question: no such environment, no digest, a profile that opens nothing.
    """
    if not DIGEST.fullmatch(wanted.digest):
        raise SetupError(f"--digest {wanted.digest} is no digest of an image: sha256: and 64 hexadecimal digits")
    if wanted.profile == "change" and wanted.to == "open":
        raise SetupError("--profile change goes with --to deploy: the public is let in once, at the launch")
    environment = load(wanted.environment, home)
    drop_redirections(os.environ)  # as for a run: what the shell says of other ways is not followed
    if wanted.faults and not environment.rehearsal:
        raise SetupError("--fault breaks the twin, so it goes with --environment rehearsal only")
    found = examine(wanted.folder, signers(environment), now)
    refusals = list(found.altered)
    until = None
    if found.manifest is not None and found.record is not None:
        manifest, record = found.manifest, found.record
        until = record.run.started + timedelta(hours=environment.admit_within_hours)
        refusals += _verdict(home, wanted, record)
        refusals += _signatures(found)
        refusals += _ages(record, now, until)
        refusals += _checkout(home, environment, manifest)
        if record.environment == environment.name:  # what is seen of one says nothing about another
            refusals += _world(environment, record, wanted, observatory)
    return Admission(tuple(dict.fromkeys(" ".join(said.split()) for said in refusals)), found, until)


def told(found: Admission, wanted: Wanted) -> Iterator[str]:
    """The answer, line by line."""
    what = f"{wanted.to} {wanted.digest} in {wanted.environment}"
    for said in found.refusals:
        yield f"refused: {said}"
    if found.refusals:
        count = len(found.refusals)
        yield f"REFUSED: {what}: {count} reason{'s' * (count != 1)}"
        return
    assert found.examination.record is not None, "nothing speaks against it"
    assert found.until is not None, "nothing speaks against it"
    rehearsal = " (REHEARSAL)" * found.examination.record.rehearsal
    by = ", ".join(f"{seal.role} {seal.statement.by}" for seal in found.examination.seals if seal.statement)
    yield f"ADMITTED{rehearsal}: {what}, until {moment(found.until)}; signed by {by}"


# -- what was signed ------------------------------------------------------------------------------------------------


def _verdict(home: Path, wanted: Wanted, record: Record) -> Iterator[str]:
    verdict = record.verdict
    if verdict.status is not Decision.GO:
        yield f"the verdict is {verdict.status}, and only a GO opens anything"
    if record.environment != wanted.environment:
        yield f"the run is of {record.environment}, and asked is for {wanted.environment}"
    if record.rehearsal and wanted.environment != "rehearsal":
        yield f"the run is a REHEARSAL, which says nothing about {wanted.environment}"
    if (decided := _name(record.profile, record.phase)) != (asked := _name(wanted.profile, DOORS[wanted.to])):
        yield f"the run decides {decided} ({verdict.opens}); to {wanted.to} it takes a GO for {asked}"
    if record.subject.image_digest != wanted.digest:
        about = record.subject.image_digest or "an image nobody saw"
        yield f"the run is about {about}, and asked is for {wanted.digest}"
    if record.subject.configuration is None:
        yield "the run could not see the configuration, so nobody can tell whether it is still the same"
    yield from _findings(home, record)


def _name(profile: str, phase: str) -> str:
    return phase if profile == "launch" else f"--profile {profile}"


def _findings(home: Path, record: Record) -> Iterator[str]:
    """Where the findings do not bear the verdict: each item that is due has one, and it holds."""
    inventory = load_inventory(home / "features")
    try:
        agenda = Agenda(inventory, record.phase, record.profile, record.launch_at)
    except SetupError as exc:
        yield str(exc)
        return
    by_item = defaultdict(list)
    for finding in record.findings:
        by_item[finding.item].append(finding.status)
    open_items = [
        item.id
        for item in inventory.item
        if len(by_item[item.id]) != 1
        or by_item[item.id][0] not in (HOLDING if agenda.is_due(item) else {*HOLDING, Status.NOT_DUE})
    ]
    if open_items and record.verdict.status is Decision.GO:
        yield f"the record says GO, and these of its items do not hold: {_few(open_items)}"


def _signatures(found: Examination) -> Iterator[str]:
    for seal in found.seals:
        yield from seal.against
        if seal.statement is not None and seal.statement.decision == "decline":
            yield f"{seal.statement.by} declined as {seal.role}: {seal.statement.reason}"


def _ages(record: Record, now: datetime, until: datetime) -> Iterator[str]:
    if record.run.started > now + CLOCKS:
        yield f"the run is dated {moment(record.run.started)}, which is still to come"
    if now >= until:
        began = moment(record.run.started)
        yield f"the verdict is too old: the run began at {began}, and was good until {moment(until)}"
    for paper in record.records:
        if paper.used and (paper.expires is None or paper.expires <= now):
            ended = f"expired at {moment(paper.expires)}" if paper.expires else "has no end"
            yield f"the {paper.kind} of {paper.item}, on which the verdict rests, {ended}"


# -- what lies here -------------------------------------------------------------------------------------------------


def _checkout(home: Path, environment: Environment, manifest: Manifest) -> Iterator[str]:
    """Where the project, as it lies here, is not the one that judged."""
    here = sources(home, environment)
    before = manifest.sources
    if manifest.environment != environment.name:  # its file cannot be the one that was signed
        here, before = (
            {name: digest for name, digest in there.items() if not name.startswith("environments/")}
            for there in (here, before)
        )
    changed: dict[str, list[str]] = defaultdict(list)
    for name in sorted(here.keys() | before.keys()):
        if here.get(name) != before.get(name):
            what = "" if name in here and name in before else " (new)" if name in here else " (gone)"
            changed[_part(name)].append(name + what)
    for part, names in changed.items():
        yield f"changed since it was signed, in {part}: {_few(names)}"
    if not environment.rehearsal and manifest.environment == environment.name:
        yield from _papers(environment, manifest)


def _part(name: str) -> str:
    parts = {
        "features": "the features",
        "steps": "the steps",
        "src": "the gate itself",
        "environments": "the environment file",
    }
    if name in ("features/checklist.toml", "features/checklist.lock"):
        return "the inventory" if name.endswith(".toml") else "the lock"
    return parts.get(name.split("/")[0], "the project's configuration")


def _papers(environment: Environment, manifest: Manifest) -> Iterator[str]:
    """Records that were taken back, or are other ones, since the run."""
    for name, digest in manifest.files.items():
        folder, _, rest = name.removeprefix(f"{RECORDS}/").partition("/")
        if not name.startswith(f"{RECORDS}/") or folder not in FOLDERS.values():
            continue
        now = digest_of(environment.folder / folder / rest)
        if now != digest:
            what = "is not there any more" if now is None else "is not what it was"
            yield f"environments/{environment.name}/{folder}/{rest}, on which the verdict rests, {what}"


def _few(names: Iterable[str]) -> str:
    named = list(names)
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return ", ".join(named[:_SHOWN]) + more


# -- what is seen ---------------------------------------------------------------------------------------------------


def _world(environment: Environment, record: Record, wanted: Wanted, observatory: Observatory | None) -> Iterator[str]:
    """What may have changed since the run, looked at again."""
    twin: TwinProcess | None = None
    try:
        if observatory is None:
            twin = TwinProcess.start(wanted.faults, record.phase) if environment.rehearsal else None
            observatory = Observatory(environment, twin.detour if twin else Detour())
            observatory.start_clock()
        yield from look_again(environment, observatory, record, wanted)
    finally:
        if twin is not None:
            twin.stop()


def look_again(environment: Environment, observatory: Observatory, record: Record, wanted: Wanted) -> Iterator[str]:
    """Where the world is not any more what was signed; what cannot be seen is no better."""
    arn, repository = environment.aws.service_arn, RepositoryImages(environment.aws.repository)
    looks: list[Look[Any]] = [*identity_looks(environment), ServiceSettings(arn), repository]
    observatory.gather(looks)
    try:
        if unknown := establish(environment, observatory).unknown:
            yield f"whether this is {environment.name} could not be seen: {unknown}"
    except WrongTarget as exc:
        yield f"this is not {environment.name}: {exc}"
        return
    for ask in (_tag, _configuration, *([_running] if wanted.to == "open" else [])):
        try:
            yield from ask(environment, observatory, record, wanted)
        except ProbeError as exc:
            yield f"could not be seen: {exc}"


def _tag(environment: Environment, observatory: Observatory, _: Record, wanted: Wanted) -> Iterator[str]:
    tag = environment.aws.production_tag
    tagged = observatory.answer(RepositoryImages(environment.aws.repository)).tagged(tag)
    if tagged is None:
        yield f"no image in {environment.aws.repository} carries the tag {tag} now"
    elif tagged.digest != wanted.digest:
        yield f"the tag {tag} now points at {tagged.digest}, and asked is for {wanted.digest}"


def _configuration(environment: Environment, observatory: Observatory, record: Record, _: Wanted) -> Iterator[str]:
    now = observatory.answer(ServiceSettings(environment.aws.service_arn))
    if now.ways(MOCK):
        yield f"{MOCK} is set now, and any value counts"
    if fingerprint(now) != record.subject.configuration:
        differing = list(_differing(_signed_settings(record), now))
        yield from differing
        yield "the configuration of the service is not the one that was signed"


def _signed_settings(record: Record) -> Mapping[str, Any]:
    answers = [each.answer for each in record.evidence if each.look == _SETTINGS]
    return answers[0] if answers and isinstance(answers[0], dict) else {}


def _differing(before: Mapping[str, Any], now: Settings) -> Iterator[str]:
    """Each setting that is another one, by name; texts only where everybody may read them."""
    then, seen = before.get("values") or {}, now.values
    for name in sorted(then.keys() | seen.keys()):
        if then.get(name) != seen.get(name):
            said = f"is {seen[name]} now" if name in seen else "is not set any more"
            yield f"{name} {said}, and was {then.get(name, 'not set')} when it was signed"
    for what, key, found in (("length", "lengths", now.lengths), ("secret", "secrets", now.secrets)):
        former = before.get(key) or {}
        for name in sorted(former.keys() | found.keys()):
            if former.get(name) != found.get(name):
                how = "set since" if name not in former else "gone" if name not in found else f"of another {what}"
                yield f"{name}, {'a secret' if what == 'secret' else 'a plain variable'}, is {how}"


def _running(environment: Environment, observatory: Observatory, _: Record, wanted: Wanted) -> Iterator[str]:
    running = observatory.answer(RunningService(environment.aws.service_arn)).running_digest()
    if running != wanted.digest:
        yield f"what runs now is {running}, and asked is for {wanted.digest}"
