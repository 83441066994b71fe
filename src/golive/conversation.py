"""
How a person puts something on record: `golive attest`, `waive` and `not-applicable` show, ask, write, sign and check.

What is asked can be said by flags as well. What was typed is never lost: whatever ends the conversation early, the
answers so far are kept in a draft beside where the record would lie, and the next conversation begins with them. What
could not be signed is kept as `<item>.toml.unsigned`; a record that stood goes on standing until the new one is signed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Protocol

from pydantic import ValidationError

from golive.errors import GoLiveError, SetupError
from golive.files import write_atomically
from golive.office import Office, end_of, keys_at_hand
from golive.people import Person
from golive.records import FOLDERS, MODELS, Content, EvidenceFile, Kind, as_toml, digest_of, quoted, read_toml
from golive.runbook import Item
from golive.ssh import sign
from golive.standing import APPROVER, NAMESPACES, WAIVER_DAYS, Demand, lacking


class Talk(Protocol):
    """The person at the other end."""

    def say(self, text: str) -> None:
        """Show *text*."""

    def ask(self, question: str, default: str | None) -> str:
        """The answer to *question*; *default* where nothing is typed."""

    def confirm(self, question: str) -> bool:
        """Yes or no."""

    def ask_secret(self, question: str) -> str:
        """The answer to *question*, which nobody else sees."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line said already; None is asked for."""

    by: str | None = None
    evidence: tuple[str, ...] = ()
    expires: str | None = None
    reason: str | None = None
    found: str | None = None
    asked_by: str | None = None
    key: str | None = None
    image_digest: str | None = None
    configuration: str | None = None
    yes: bool = False  # ask nothing: what is not said is an error


@dataclass(slots=True)
class Conversation:
    """One record in the making."""

    office: Office
    kind: Kind
    item: Item
    flags: Flags
    talk: Talk
    said: dict[str, str] = field(default_factory=dict)  # typed so far
    draft: Mapping[str, str] = field(default_factory=dict)  # typed the last time
    sources: dict[str, Path] = field(default_factory=dict)  # evidence: as the record calls it → where it is now

    @property
    def path(self) -> Path:
        """Where the record lies."""
        return self.office.environment.folder / FOLDERS[self.kind] / f"{self.item.id}.toml"

    @property
    def _draft_path(self) -> Path:
        return self.path.with_name(self.path.name + ".draft")

    @property
    def _unsigned_path(self) -> Path:
        return self.path.with_name(self.path.name + ".unsigned")

    def hold(self) -> bool:
        """Show, ask, write, sign, check; whether the record stands. SetupError keeps what was typed and says where."""
        self._begin()
        with self._keeping():
            person = self._signer()
            content = self._content(person)
            if self.path.exists() and not self._sure(f"{self._shown} is there already; replace it?"):
                raise SetupError(f"{self._shown} was left as it is")
            self._show(as_toml(content))
            if not self._sure("sign this?"):
                raise SetupError("nothing was signed")
            key = self._key(person)
            self._file_evidence()
            text = as_toml(content)
            self._put(text, self._signed(text, key))
        return self._check()

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> str:
        return self._as_shown(self.path)

    def _as_shown(self, path: Path) -> str:
        return str(path.relative_to(self.office.home))

    def _begin(self) -> None:
        """Refuse what can never have effect before anything is asked, and show what it is about."""
        item, demand = self.item, self.office.demands[self.item.id]
        if self.kind == "attestation" and not demand.words:
            raise SetupError(f"nobody attests {item.id}: the machine decides it, or its words are not written yet")
        if self.kind == "attestation" and demand.hourless:
            file = f"environments/{self.office.environment.name}/environment.toml"
            raise SetupError(f"{item.id} speaks of {item.due}, which has no hour: set launch_at in {file} first")
        if self.kind == "attestation" and demand.not_before is not None and self.office.now < demand.not_before:
            hour = f"{demand.not_before:%Y-%m-%d %H:%M} UTC"
            raise SetupError(f"{item.id} speaks of {item.due}: nobody can attest it before {hour}")
        if self.kind == "waiver" and item.severity not in WAIVER_DAYS:
            raise SetupError(f"{item.id} is a {item.severity}, which can never be waived")
        if self.kind == "not-applicable" and not item.not_applicable:
            raise SetupError(f"{item.id} is never recorded as not applicable")
        lines = [f"{item.id}  {item.demand}", f"{item.severity}, due at {item.due}, owner: {item.owner}"]
        if item.document:
            lines.append(f"The document: {item.document}")
        if self.kind == "attestation":
            lines += [f"Signed by the {demand.signer}, in these words:", "", f"    {demand.words}", ""]
        self.talk.say("\n".join(lines))
        if self._draft_path.is_file() and not self.flags.yes:
            self.draft = self._drafted()
            self.talk.say(f"going on with what was typed the last time ({self._draft_path.name})")

    def _drafted(self) -> dict[str, str]:
        """What the draft holds; SetupError where it is none, for somebody typed what is in it."""
        shown = self._as_shown(self._draft_path)
        try:
            said = read_toml(self._draft_path.read_bytes())
        except (OSError, ValueError) as exc:
            raise SetupError(f"{shown}: {exc}; mend it, or move it away to begin anew") from exc
        return {key: value for key, value in said.items() if isinstance(value, str)}

    def _show(self, text: str) -> None:
        self.talk.say("\n".join(f"    {line}" for line in text.splitlines()))

    # -- what is asked ----------------------------------------------------------------------------------------------

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """Whatever ends this early, what was typed is kept; with --yes nothing was, and an older draft stays."""
        try:
            yield
        except BaseException as exc:
            if not self.said or self.flags.yes:
                if isinstance(exc, OSError):
                    raise SetupError(str(exc)) from exc
                raise
            kept = self._keep()
            if isinstance(exc, GoLiveError | OSError):
                raise SetupError(f"{exc}; {kept}") from exc
            self.talk.say(kept)
            raise

    def _keep(self) -> str:
        """Where what was typed is kept; on the terminal where nothing can be written."""
        text = "".join(f"{key} = {quoted(value)}\n" for key, value in {**self.draft, **self.said}.items())
        try:
            self._draft_path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._draft_path, text)
        except OSError:
            self._show(text)
            return "what was said so far stands above, because it cannot be written"
        return f"what was said so far is kept in {self._as_shown(self._draft_path)}"

    def _ask(self, key: str, question: str, given: str | None, default: str | None, check: Callable[[str], str]) -> str:
        """The answer that *check* finds nothing wrong with; asked again until then, or SetupError where nobody asks."""
        if given is not None or self.flags.yes:
            value = given if given is not None else default
            if value is None:
                raise SetupError(f"--{key.replace('_', '-')} is needed: {question}")
            self.said[key] = value
            if wrong := check(value):
                raise SetupError(f"--{key.replace('_', '-')} {value}: {wrong}")
            return value
        while True:
            value = self.talk.ask(question, self.draft.get(key) or default)
            self.said[key] = value
            wrong = check(value)
            if not wrong:
                return value
            self.talk.say(wrong)

    def _sure(self, question: str) -> bool:
        return self.flags.yes or self.talk.confirm(question)

    def _signer(self) -> Person:
        """Who signs: somebody with the role, and with a key by which that can be proved."""
        people = self.office.environment.people
        role = APPROVER if self.kind == "waiver" else self.office.demands[self.item.id].signer
        able = [person for person in people if not [*lacking(person.name, role, people)]]
        file = f"environments/{self.office.environment.name}/environment.toml"
        if not able:
            raise SetupError(f"nobody is {role} in {file}: add the role to a [[people]]")
        names = ", ".join(person.name for person in able)

        def check(name: str) -> str:
            return "; ".join(lacking(name, role, people))

        default = able[0].name if len(able) == 1 else None
        name = self._ask("by", f"who signs, as {role} ({names})", self.flags.by, default, check)
        person = next(person for person in able if person.name == name)
        if not person.keys:
            raise SetupError(
                f"{name} has no key in {file}: add the line of ~/.ssh/id_ed25519.pub to `keys` and have that reviewed"
            )
        return person

    def _content(self, person: Person) -> Content:
        demand = self.office.demands[self.item.id]
        said: dict[str, object] = {"item": self.item.id, "environment": self.office.environment.name}
        days = WAIVER_DAYS[self.item.severity] if self.kind == "waiver" else demand.days or 1
        if self.kind == "waiver":
            said |= self._permission(person)
        else:
            said |= {"by": person.name, "role": demand.signer}
            if self.kind == "attestation":
                said |= {"words": demand.words, "bound_to": self._bound(demand)}
            else:
                said["reason"] = self._ask("reason", "why is it not applicable", self.flags.reason, None, _said)
            said["evidence"] = self._evidence(needed=self.kind == "attestation")
        end = self._ask(
            "expires", f"until when does it stand (7d, or 2026-03-09; at most {days}d)", self.flags.expires, f"{days}d",
            lambda text: _wrong_end(text, self.office.now, days),
        )  # fmt: skip
        said |= {"on": self.office.now, "expires": end_of(end, self.office.now)}
        try:
            return MODELS[self.kind].model_validate(said)
        except ValidationError as exc:
            raise SetupError("; ".join(f"{error['loc']}: {error['msg']}" for error in exc.errors())) from exc

    def _permission(self, person: Person) -> dict[str, object]:
        others = ", ".join(each.name for each in self.office.environment.people if each.name != person.name)

        def asker(name: str) -> str:
            known = any(each.name == name for each in self.office.environment.people)
            return "" if known and name != person.name else f"has to be another of the people: {others or 'nobody is'}"

        seen = [each for each in self.office.last.findings if each.item == self.item.id] if self.office.last else []
        return {
            "approved_by": person.name,
            "asked_by": self._ask("asked_by", f"who asks for it ({others})", self.flags.asked_by, None, asker),
            "reason": self._ask("reason", "why may Drop launch all the same", self.flags.reason, None, _said),
            "found": self._ask("found", "what was seen", self.flags.found, seen[0].reason if seen else None, _said),
        }

    def _bound(self, demand: Demand) -> dict[str, str]:
        """What the statement speaks of."""
        subject = self.office.subject(self.flags.image_digest, self.flags.configuration)
        bound = {}
        for name, key, value in (
            ("subject", "image_digest", subject.image_digest),
            ("configuration", "configuration", subject.configuration),
        ):
            if name not in demand.bound_to:
                continue
            if value is None:
                flag = "--" + key.replace("_", "-")
                run = f"pytest -m golive --env {self.office.environment.name}"
                raise SetupError(
                    f"it is not known of which {name} this speaks: run `{run}` first, or say it with {flag}"
                )
            bound[key] = value
        return bound

    def _evidence(self, *, needed: bool) -> list[EvidenceFile]:
        paths = list(self.flags.evidence)
        if not paths and not self.flags.yes:
            drafted = (self.draft.get("evidence") or "").splitlines()
            none = "" if needed else " (none: leave empty)"
            while path := self._file(f"file that shows it{none}", next(iter(drafted), ""), needed=needed and not paths):
                paths.append(path)
                drafted = drafted[1:]
                none = " (no other: leave empty)"
                self.said["evidence"] = "\n".join([*paths, *drafted])
        if needed and not paths:
            raise SetupError("--evidence is needed: a file that shows it, however small")
        for path in paths:
            if wrong := _wrong_file(path, needed=True):
                raise SetupError(f"--evidence {path}: {wrong}")
        return [self._filed(Path(path)) for path in paths]

    def _file(self, question: str, default: str, *, needed: bool) -> str:
        while wrong := _wrong_file(path := self.talk.ask(question, default or (None if needed else "")), needed=needed):
            self.talk.say(wrong)
        return path

    def _filed(self, source: Path) -> EvidenceFile:
        """*source* as it will lie beside the record; it is copied there with the record."""
        name = f"{self.item.id}/{source.name}"
        digest = digest_of(source)
        assert digest is not None, "read a moment ago"
        there = {digest_of(place) for place in (self.path.parent / name, self.sources.get(name)) if place}
        if there - {None, digest}:  # another file of that name, of this record or of the one that it replaces
            name = f"{self.item.id}/{digest[:8]}-{source.name}"
        self.sources[name] = source
        return EvidenceFile(file=name, sha256=digest)

    def _key(self, person: Person) -> Path:
        """The key file that belongs to one of *person*'s public keys; a `.pub` where an agent holds the rest."""
        listed = set(person.keys)
        default = next(iter(keys_at_hand(Path.home() / ".ssh", listed)), None)

        def check(path: str) -> str:
            return "" if Path(path).expanduser().is_file() else "there is no such file"

        told = self._ask("key", "key to sign with", self.flags.key, str(default) if default else None, check)
        return Path(told).expanduser()

    # -- what is done -----------------------------------------------------------------------------------------------

    def _file_evidence(self) -> None:
        for name, source in self.sources.items():
            place = self.path.parent / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                shutil.copyfile(source, place)
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def _signed(self, text: str, key: Path) -> str:
        """The signature over *text*; where there is none, *text* is kept, and how to sign it is told."""
        try:
            return sign(text.encode(), NAMESPACES[self.kind], key, self.talk.ask_secret)
        except BaseException as exc:
            write_atomically(self._unsigned_path, text)
            kept = f"the record is kept in {self._as_shown(self._unsigned_path)}: `{self._by_hand(key)}` signs it"
            if isinstance(exc, GoLiveError | OSError):
                raise SetupError(f"{exc}; {kept}") from exc
            self.talk.say(kept)  # somebody who presses Ctrl-C at the passphrase
            raise

    def _by_hand(self, key: Path) -> str:
        """What a person types to sign what is kept, and to let it take its place."""
        unsigned, record = quote(self._as_shown(self._unsigned_path)), quote(self._shown)
        signing = f"ssh-keygen -Y sign -n {NAMESPACES[self.kind]} -f {quote(str(key))} {unsigned}"
        return f"{signing} && mv {unsigned}.sig {record}.sig && mv {unsigned} {record}"

    def _put(self, text: str, signature: str) -> None:
        """Let *text* and its *signature* take the place of what stood there; what they were made from can go then."""
        write_atomically(self.path.with_name(self.path.name + ".sig"), signature)
        write_atomically(self.path, text)
        for made in (self._unsigned_path, self._draft_path):
            made.unlink(missing_ok=True)

    def _check(self) -> bool:
        """Say whether what was made stands, as the next run will find it."""
        signatures = self.office.signatures(self.office.subject(self.flags.image_digest, self.flags.configuration))
        standing = signatures.of(self.kind, self.item.id)
        assert standing is not None, "written a moment ago"
        if standing.stands and standing.paper.content is not None:
            end = standing.paper.content.expires
            self.talk.say(
                f"{self._shown} and its .sig stand until {end:%Y-%m-%d %H:%M UTC}: commit both, with the evidence"
            )
            return True
        self.talk.say(f"{self._shown} has no effect: {standing.why or standing.unseen}")
        return False


def converse(office: Office, kind: Kind, item: str, flags: Flags, talk: Talk) -> bool:
    """Make a record of *kind* for *item*; whether it stands."""
    if item not in office.inventory.by_id:
        raise SetupError(f"there is no item {item} in the checklist; `golive items` lists them")
    return Conversation(office, kind, office.inventory.by_id[item], flags, talk).hold()


def _wrong_end(text: str, now: datetime, days: int) -> str:
    try:
        end = end_of(text, now)
    except (ValueError, OverflowError):
        return "that is neither a number of days (7d) nor a day (2026-03-09)"
    if end <= now:
        return "that is over already"
    return f"at most {days} days from now" if end - now > timedelta(days=days) else ""


def _said(text: str) -> str:
    return "" if text.strip() else "it has to be said"


def _wrong_file(path: str, *, needed: bool) -> str:
    if not path:
        return "at least one file is needed, however small" if needed else ""
    name = Path(path).name
    if "\\" in name or name.encode(errors="replace").decode() != name:
        return "no record can name a file that is called so: give it a name of plain letters, without \\"
    return "" if digest_of(Path(path)) else "there is no such file that can be read"
