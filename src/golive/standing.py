"""
When what a person put on record has effect: decided from the file, the checklist, the people and the clock alone.

Whatever speaks against a record is said in a sentence of its own, all of them at once. A record against which anything
speaks has no effect at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from golive.environment import REHEARSAL
from golive.errors import CannotTell, Unsigned
from golive.people import Person
from golive.phases import moment
from golive.record import Subject
from golive.records import FOLDERS, Attestation, Content, EvidenceFile, Kind, NotApplicable, Paper, Waiver
from golive.ssh import BadSignature, PublicKey, verify
from golive.tomllines import line_of

NAMESPACES: Mapping[Kind, str] = {
    "attestation": "golive-attestation",
    "waiver": "golive-waiver",
    "not-applicable": "golive-not-applicable",
}
VERBS: Mapping[Kind, str] = {"attestation": "attest", "waiver": "waive", "not-applicable": "not-applicable"}
WAIVER_DAYS = {"critical": 30, "normal": 90}  # a blocker is never waived
APPROVER = "approver"
# Who stands in where nobody has the role.
STANDS_IN = {"compliance officer": "CEO"}


# What of a record speaks against it, as a way to it ("evidence.0.file"), and a sentence that says why.
Against = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Demand:
    """What the checklist asks of the records of one item."""

    item: str
    severity: str
    signer: str = ""  # the role; "" where nobody signs
    days: int | None = None  # how long a signature stands
    bound_to: tuple[str, ...] = ()
    words: str = ""  # what is attested, from the scenario, or for an act from the inventory; "" where nothing is
    not_applicable: bool = False  # whether it may be recorded as that
    not_before: datetime | None = None  # what comes after the launch cannot be attested before its hour
    of_a_rollback: bool = False  # so that before it neither is recorded as not applicable
    unseen: str = ""  # why it could not be seen from when on it can be
    hourless: bool = False  # it comes after the launch, and of that nobody has told the hour


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a record is held against besides the checklist."""

    environment: str
    people: tuple[Person, ...]
    now: datetime
    subject: Subject


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a record has effect, and what speaks against it."""

    paper: Paper
    why: str  # "" where it stands
    unseen: str = ""  # what could not be seen, so that nobody can say whether it stands

    @property
    def stands(self) -> bool:
        """Whether it has effect."""
        return not self.why and not self.unseen


def one_line(words: str) -> str:
    """*words* without the line breaks that a file happens to have: a wrapped line is no other statement."""
    return " ".join(words.split())


def decide(
    papers: Sequence[Paper], demands: Mapping[str, Demand], circumstances: Circumstances
) -> tuple[Standing, ...]:
    """The standing of each of *papers*, in their order; two that speak of one item have none."""
    claims: dict[tuple[Kind, str], list[Paper]] = defaultdict(list)
    for paper in papers:
        for claim in _claims(paper):
            claims[paper.kind, claim].append(paper)
    return tuple(
        _standing(paper, demands, circumstances, {other.file: None for claim in _claims(paper)
                                                  for other in claims[paper.kind, claim]})
        for paper in papers
    )  # fmt: skip


def _claims(paper: Paper) -> set[str]:
    """The items that a record may be meant for, however they are spelled; what is no record takes no item's place."""
    if paper.stray:
        return set()
    said = [paper.stem, *([paper.content.item] if paper.content else [])]
    return {_spelled(text) for text in said}


@cache
def _spelled(text: str) -> str:
    """The item that *text* means, in the spelling of the checklist; each item asks it of every record."""
    if ready := re.search(r"(aisp|bid|pisp|kyc|swan)[\W_]*r[\W_]*(\d+)", text.casefold()):
        return f"{ready[1].upper()}-R{int(ready[2])}"
    found = re.search(r"gl[\W_]*(\d+(?:[._-]\d+)*)", text.casefold())
    numbers = re.findall(r"\d+", found[1]) if found else []
    return "GL-" + ".".join(str(int(number)) for number in numbers) if numbers else text.casefold()


def _standing(
    paper: Paper, demands: Mapping[str, Demand], circumstances: Circumstances, same: Mapping[str, None]
) -> Standing:
    against: list[str] = []
    if len(same) > 1:
        others = ", ".join(file for file in same if file != paper.file)
        against.append(f"there is a second one for the same item: {others}")
    content = paper.content
    if content is None:
        return Standing(paper, "; ".join([*against, paper.wrong]))
    if content.item != paper.stem:
        against.append(f"{_at(paper, 'item')}the file is called {paper.stem} and speaks of {content.item}")
    demand = demands.get(content.item)
    said: list[Against] = []
    unseen = ""
    if demand is None:
        against.append(f"{_at(paper, 'item')}there is no item {content.item} in the checklist")
    else:
        said += _against(paper, content, demand, circumstances)
        if isinstance(content, Attestation):
            mismatched, unseen = _bound(content, demand, circumstances.subject)
            said += mismatched
        if not isinstance(content, Waiver):
            unseen = unseen or demand.unseen
    said += _dates(content, circumstances)
    against += [_at(paper, path) + sentence for path, sentence in said]
    against += _signature(paper, content, circumstances.people)
    return Standing(paper, "; ".join(against), unseen)


def _at(paper: Paper, path: str) -> str:
    """ "line 7: ", where the record says what *path* leads to."""
    return f"line {line_of(paper.data.decode(), path.split('.'))}: "


def _against(paper: Paper, content: Content, demand: Demand, circumstances: Circumstances) -> Iterator[Against]:
    if isinstance(content, Waiver):
        yield from _waiver(content, demand, circumstances.people)
        return
    if isinstance(content, Attestation):
        if not demand.words:
            yield "item", f"nobody attests {demand.item}: the machine decides it"
            return
        if one_line(content.words) != one_line(demand.words):
            yield "words", f"its words are not those that have to be signed: “{one_line(demand.words)}”"
        if demand.hourless:
            yield "item", "it speaks of what comes after the launch, and environment.toml does not say launch_at"
    elif not demand.not_applicable:
        yield "item", f"{demand.item} is never recorded as not applicable"
        return
    timed = isinstance(content, Attestation) or demand.of_a_rollback
    if timed and demand.not_before is not None and content.on < demand.not_before:
        said = f"it was signed at {moment(content.on)}, before its hour, {moment(demand.not_before)}"
        yield "on", f"{said}: it may be of an earlier rollback" if demand.of_a_rollback else said
    if content.role != demand.signer:
        yield "role", f"it is signed as {content.role}, and {demand.signer} has to sign"
    yield from (("by", said) for said in lacking(content.by, demand.signer, circumstances.people))
    if demand.days is not None and content.expires - content.on > timedelta(days=demand.days):
        yield "expires", f"it is to stand longer than {demand.days} days"
    for number, file in enumerate(content.evidence):
        yield from _evidence(paper, str(number), file)


def _waiver(content: Waiver, demand: Demand, people: Sequence[Person]) -> Iterator[Against]:
    if demand.severity not in WAIVER_DAYS:
        yield "item", f"{demand.item} is a {demand.severity}, which can never be waived"
        return
    if content.asked_by.casefold() == content.approved_by.casefold():
        asked = f"what {content.asked_by} asked for"
        yield "approved_by", f"{content.approved_by} approved {asked}: that takes two people"
    if not any(person.name == content.asked_by for person in people):
        yield "asked_by", f"nobody is called {content.asked_by} in environment.toml, and a person has to ask"
    yield from (("approved_by", said) for said in lacking(content.approved_by, APPROVER, people))
    if content.expires - content.on > timedelta(days=WAIVER_DAYS[demand.severity]):
        most = WAIVER_DAYS[demand.severity]
        yield "expires", f"it is to stand longer than {most} days, the most for a {demand.severity} item"


def lacking(name: str, signer: str, people: Sequence[Person]) -> Iterator[str]:
    """Why *name* may not sign as *signer* ("reviewer, not the author" excludes another role); nothing where so."""
    person = next((person for person in people if person.name == name), None)
    if person is None:
        yield f"nobody is called {name} in environment.toml"
        return
    role, _, excluded = signer.partition(", not the ")
    holders = [one for one in people if role in one.roles]
    if person not in holders and (holders or STANDS_IN.get(role, role) not in person.roles):
        yield f"{name} is not {role} in environment.toml"
    if excluded and excluded in person.roles:
        yield f"{name} is the {excluded}, who may not be the {role} too"


def _evidence(paper: Paper, number: str, file: EvidenceFile) -> Iterator[Against]:
    found = paper.evidence.get(file.file)
    if found is None:
        yield f"evidence.{number}.file", f"its evidence {file.file} is not there"
    elif found != file.sha256:
        signed = f"and signed was {file.sha256[:12]}…"
        yield f"evidence.{number}.sha256", f"its evidence {file.file} was changed: SHA-256 {found[:12]}…, {signed}"


def _bound(content: Attestation, demand: Demand, subject: Subject) -> tuple[list[Against], str]:
    """What speaks against it, and what of the subject could not be seen."""
    against: list[Against] = []
    unseen: list[str] = []
    for name, what, key, said, is_now in (
        ("subject", "image", "image_digest", content.bound_to.image_digest, subject.image_digest),
        ("configuration", "configuration", "configuration", content.bound_to.configuration, subject.configuration),
    ):
        if said is None:
            if name in demand.bound_to:
                against.append(("bound_to", f"it does not say of which {what} it speaks"))
        elif is_now is None:
            unseen.append(f"the {what} that is launched could not be seen")
        elif said != is_now:
            other = f"it speaks of the {what} {_short(said)}, and launched is {_short(is_now)}"
            against.append((f"bound_to.{key}", other))
    return against, "; ".join(unseen)


def _dates(content: Content, circumstances: Circumstances) -> Iterator[Against]:
    if content.environment != circumstances.environment:
        yield "environment", f"it speaks of {content.environment}, and this is {circumstances.environment}"
    if content.on > circumstances.now:
        yield "on", f"it is dated {moment(content.on)}, which is still to come"
    if content.expires <= circumstances.now:
        yield "expires", f"it expired at {moment(content.expires)}"


def _signature(paper: Paper, content: Content, people: Sequence[Person]) -> Iterator[str]:
    name = content.approved_by if isinstance(content, Waiver) else content.by
    if paper.signature is None:
        yield f"it is not signed: {paper.file}.sig is not there"
        return
    try:
        key = verify(paper.data, paper.signature, NAMESPACES[paper.kind])
    except BadSignature as exc:
        yield f"its signature {exc}"
        return
    signers = [person for person in people if key.line in person.keys]
    if not signers:
        yield f"it is signed with a key that environment.toml does not list ({key.fingerprint})"
    elif signers[0].name != name:
        yield f"it is signed with the key of {signers[0].name}, not with one of {name}"


@dataclass(frozen=True, slots=True)
class Signatures:
    """The records of one run; what scenarios and findings ask of them."""

    shown: str  # "environments/production"
    circumstances: Circumstances
    demands: Mapping[str, Demand]
    standings: tuple[Standing, ...]

    def of(self, kind: Kind, item: str) -> Standing | None:
        """The record of *kind* that speaks of *item*, standing or not."""
        mine = [each for each in self.standings if each.paper.kind == kind and item in _claims(each.paper)]
        return next((each for each in mine if each.stands), mine[0] if mine else None)

    def attested(self, item: str) -> Standing:
        """The attestation of *item* that stands; Unsigned says which file does not, why, and how to make it."""
        kind: Kind = "attestation"
        found = self.of(kind, item)
        file = f"{self.shown}/{FOLDERS[kind]}/{item}.toml"
        if found is None:
            raise Unsigned(f"{file} is not there: {self.how(item)}")
        if found.why:
            raise Unsigned(f"{found.paper.file} has no effect: {found.why}; {self.how(item)}")
        if found.unseen:
            raise CannotTell(found.paper.file, found.unseen)
        return found

    def how(self, item: str) -> str:
        """Who attests *item*, and with which command; nobody does by hand what the twin's people do by themselves."""
        environment = self.circumstances.environment
        signer, verb = self.demands[item].signer, VERBS["attestation"]
        if environment == REHEARSAL:
            return (
                "in a rehearsal the twin's people alone sign, as its faults have it; in a live environment "
                f"the {signer} signs: `golive {verb} {item} --env production`"
            )
        return f"the {signer} signs: `golive {verb} {item} --env {environment}`"


@dataclass(slots=True)
class Signature:
    """The signature under one scenario; the fixture `signature`."""

    signatures: Signatures
    item: str
    used: list[Standing]

    def demand(self, role: str, words: str) -> None:
        """Unsigned unless *words* are attested by the *role* in a record that stands."""
        wanted = self.signatures.demands[self.item]
        if (role, one_line(words)) != (wanted.signer, one_line(wanted.words)):
            raise Unsigned(f"the scenario asks the {role} for a signature, and the checklist the {wanted.signer}")
        self.used.append(self.signatures.attested(self.item))

    def demand_age(self, days: int) -> None:
        """Unsigned unless what was demanded before was signed at most *days* days ago."""
        if not self.used:
            raise Unsigned("nothing was asked to be signed before its age")
        content = self.used[-1].paper.content
        assert content is not None, "what stands was read"
        age = self.signatures.circumstances.now - content.on
        if age > timedelta(days=days):
            raise Unsigned(
                f"{self.used[-1].paper.file} was signed {age.days} days ago, and at most {days} are allowed: "
                f"{self.signatures.how(self.item)}"
            )


def allowed_keys(people: Sequence[Person]) -> list[tuple[str, list[PublicKey]]]:
    """Who has which keys, for `ssh.allowed_signers`."""
    return [(person.name, [PublicKey.parse(line) for line in person.keys]) for person in people]


def signer_of(content: Content) -> str:
    """Who signed, by name."""
    return content.approved_by if isinstance(content, Waiver) else content.by


def role_of(content: Content) -> str:
    """As what."""
    return content.role if isinstance(content, Attestation | NotApplicable) else APPROVER


def _short(digest: str) -> str:
    return digest[: len("sha256:") + 12] + "…" if digest.startswith("sha256:") else digest[:12] + "…"
