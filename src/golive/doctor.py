"""What is still missing before a first live run: asked of the real thing, read-only, without judging any item."""

from __future__ import annotations

import dataclasses
import importlib
import re
import runpy
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from golive.environment import Detour, Environment
from golive.errors import (
    Denied,
    NoSuchName,
    NotInUse,
    NotSet,
    OpenQuestion,
    Overloaded,
    ProbeError,
    SetupError,
    Unreachable,
    Untrusted,
)
from golive.expedition import Wanted, load_modules
from golive.grants import named, policy, scopes, statements
from golive.identity import CHECKS
from golive.identity import looks as identity_looks
from golive.observatory import Observatory
from golive.phases import LAUNCH, is_after_launch
from golive.probes.apprunner import DescribedService
from golive.probes.aws import Caller
from golive.probes.look import Act, Look, Permission
from golive.probes.route import DatabaseRoute
from golive.run import Run
from golive.runbook import Scenario, is_cause, read_scenarios
from golive.standing import Signatures, lacking
from golive.subject import looks as subject_looks
from golive.terminal import Terminal
from golive.twin.process import TwinProcess
from golive.vocabulary import planned, unanswered

SECONDS = 15.0  # for all looks together: the doctor is quick, and says what was not answered in time
REHEARSED = 20.0  # the same of the twin: a busy machine is slow to play the world, too
# Before the launch nothing is counted since it; what that will take is tried on the hour that has just gone by.
TRIED_SINCE = timedelta(hours=1)
_QUESTION = re.compile(r"\s*#\s*(?P<keys>\[?[a-z][\w, .\]]*?): (?:questions? to (?P<whom>[^.(:]+)|to be written down)")
_TABLE = re.compile(r"\s*\[+([\w.]+)\]+")


Kind = Literal["denied", "not reached", "not seen"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps items from being seen."""

    kind: Kind
    where: str
    why: str
    items: tuple[str, ...]
    grant: tuple[str, ...]  # what would help, where something is to be granted


@dataclass(frozen=True, slots=True)
class Unset:
    """A variable that should hold a token."""

    good_for: tuple[str, ...]  # what the token must be allowed
    items: tuple[str, ...]


@dataclass(slots=True)
class Diagnosis:
    """Everything that the doctor found; what is empty is well."""

    environment: str
    identity: dict[str, str] = field(default_factory=dict)  # what was seen, by what it is
    wrong: dict[str, str] = field(default_factory=dict)  # account, service, certificate, clock, route: what is not well
    troubles: list[Trouble] = field(default_factory=list)
    variables: dict[str, Unset] = field(default_factory=dict)  # not set
    questions: dict[str, list[str]] = field(default_factory=dict)  # open keys of the file → items that need them
    keyless: list[str] = field(default_factory=list)  # people
    unsigned: dict[str, str] = field(default_factory=dict)  # item → who can sign it
    early: dict[str, str] = field(
        default_factory=dict
    )  # item that nobody can sign before its hour → who then, and when
    untried: dict[str, str] = field(default_factory=dict)  # item → the act, for which nothing was tried
    not_tried: dict[str, list[str]] = field(default_factory=dict)  # to be granted, and nothing gave occasion → items
    optional: dict[str, str] = field(default_factory=dict)  # further questions that stand in the file → whose

    @property
    def well(self) -> bool:
        """Whether nothing is missing; what is optional or an act's is only told."""
        return not any((self.wrong, self.troubles, self.variables, self.questions, self.keyless, self.unsigned))

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {"well": self.well, **dataclasses.asdict(self)}


class Doctor:
    """One visit: opens the way, asks, tells; `close` it afterwards."""

    def __init__(
        self,
        home: Path,
        environment: str,
        faults: Sequence[str] = (),
        *,
        asks: Observatory | None = None,
        seconds: float | None = None,
    ) -> None:
        """
        SetupError where the files are wrong, or the environment is none.

        *asks* is one that asked already; *seconds* is how long all looks together may take.
        """
        wanted = Wanted(environment, LAUNCH, faults=tuple(faults))
        self._run = Run(home, wanted, Terminal(), on_record=lambda _: None)  # no run, so nothing is written
        load_vocabulary(home)
        self._run.settle()
        self._hurry(seconds or (REHEARSED if self.environment.rehearsal else SECONDS))
        self._run.read()
        if self._run.reasons:
            raise SetupError(f"the features cannot be trusted: {self._run.reasons[0]}")
        self._observatory = self._run.observatory = asks
        self._open: dict[str, list[str]] = defaultdict(list)
        if asks is not None:
            asks.start_clock()  # that of whoever asked by it before is over
        if asks is not None and self.environment.rehearsal:
            self._run.launch_at = asks.reach.detour.launch_at  # the twin knows the hour that it plays
        since = self._run.started - TRIED_SINCE
        # A twin that has not begun yet plays some hour.
        self._hour = since if self.environment.rehearsal and asks is None else self._run.launch_at
        if self._hour is None:
            self._open["launch_at"] += [item.id for item in self._run.inventory.item if is_after_launch(item.due)]
        for item in self._run.inventory.item:
            if item.partner is not None and item.partner not in self.environment.not_in_use:
                try:
                    self.environment.swan_in_use()
                except OpenQuestion as exc:
                    self._open[exc.key].append(item.id)
        self._looks = {each.item: tuple(self._planned(each, since)) for each in self._run.scenarios.values()}
        # What an incident is diagnosed with must be granted before there is one.
        causes = [each for each in read_scenarios(home / "features")[0] if is_cause(each.item)]
        self._in_an_incident = tuple(look for each in causes for look in self._planned(each, since))

    @property
    def environment(self) -> Environment:
        """Of which it tells."""
        return self._run.environment

    @property
    def left_out(self) -> tuple[str, ...]:
        """Keys of the environment file that are open, so that it is not known what their items need."""
        return tuple(sorted(self._open))

    def close(self) -> None:
        """Let the twin go, if there is one."""
        self._run.close()

    # -- what is to be granted: told without asking -----------------------------------------------------------------

    def wanted(self, *, acting: bool = False) -> tuple[Permission, ...]:
        """What the looks of all items declare, and those of a diagnosis; or, *acting*, what the acts need besides."""
        looks = [*identity_looks(self.environment), *subject_looks(self.environment)]
        looks += [look for of_item in self._looks.values() for look in of_item] + [*self._in_an_incident]
        acts = [look for look in looks if isinstance(look, Act)]
        looks = [look for look in looks if not isinstance(look, Act)] + [act.unless for act in acts if act.unless]
        reads = dict.fromkeys(each for look in looks for each in look.permissions(self.environment))
        if not acting:
            return tuple(reads)
        return tuple(each for each in self._of(acts) if each not in reads)

    def policy(self) -> dict[str, Any]:
        """The least policy for IAM; the service is asked which secrets it is given, where it may be described."""
        look = DescribedService(self.environment.aws.service_arn)
        observatory = self._way()
        observatory.gather([look])
        arns: list[str] = []
        if observatory.trouble(look) is None:
            arns = [":".join(arn.split(":")[:7]) for arn in observatory.answer(look).secrets.values()]
        secrets = {arn for arn in arns if arn.split(":")[2:3] == ["secretsmanager"]}
        return policy(self.wanted(), sorted(secrets), [one for one in self.wanted(acting=True) if one.kind == "iam"])

    def sql(self) -> str:
        """The SQL that makes the gate's role."""
        return statements((*self.wanted(), *self.wanted(acting=True)), self.environment)

    def scopes(self) -> dict[str, list[str]]:
        """The variables, and what the tokens in them must be good for."""
        return scopes((*self.wanted(), *self.wanted(acting=True)))

    # -- what is missing: asked ------------------------------------------------------------------------------------

    def examine(self) -> Diagnosis:
        """Ask everything that the gate would look at, but for acts; WrongTarget where this is another target."""
        found, observatory = Diagnosis(self.environment.name), self._way()
        route = DatabaseRoute()
        asked = self.asked()
        about = [*identity_looks(self.environment), *subject_looks(self.environment)]
        observatory.gather(about)
        for name, check in CHECKS.items():
            try:
                check(self.environment, observatory)
            except ProbeError as exc:
                found.wrong[name] = str(exc)
        if observatory.trouble(identity_looks(self.environment)[-1]) is not None:
            found.wrong.setdefault("clock", "the site did not answer, so this machine's clock cannot be compared")
        observatory.gather([route, *(look for looks in asked.values() for look in looks)])
        if (no_route := observatory.trouble(route)) is not None:
            found.wrong["route to the database"] = str(no_route)
        self._tell_identity(found, observatory, route)
        found.troubles = [*self._troubles({"every item": tuple(about), **asked}, observatory)]
        found.variables = {
            name: Unset(tuple(on), self._items_with("token", name))
            for name, on in self.scopes().items()
            if not observatory.reach.has(name)
        }
        for each in (*self.wanted(), *self.wanted(acting=True)):
            if each.kind == "iam" and each.what not in observatory.reach.called:
                found.not_tried[each.what] = [*self._items_with("iam", each.what)]
        found.questions = {key: sorted(set(items)) for key, items in sorted(self._open.items())}
        found.optional = {key: whom for key, whom in self._asked_in_file() if key not in found.questions}
        for item, looks in self._looks.items():
            if acts := [look.effect for look in looks if isinstance(look, Act)]:
                found.untried[item] = "; ".join(acts)
        self._tell_signatures(found, self._run.signed(observatory))
        return found

    def asked(self) -> dict[str, tuple[Look[Any], ...]]:
        """The looks of each item; in an act's place the look that tells whether it was done."""
        return {item: tuple(_read_only(looks)) for item, looks in self._looks.items()}

    def _tell_identity(self, found: Diagnosis, observatory: Observatory, route: DatabaseRoute) -> None:
        aws = self.environment.aws
        found.identity = {"region": aws.region, "service": aws.service_arn}
        if observatory.trouble(Caller()) is None:
            caller = observatory.answer(Caller())
            found.identity |= {"account": caller.account, "role": caller.arn}
        if observatory.trouble(route) is None:
            way = observatory.answer(route)
            found.identity["database"] = f"{way.host} at {', '.join(way.addresses)}, proved by {way.version}"

    def _troubles(self, asked: dict[str, tuple[Look[Any], ...]], observatory: Observatory) -> Iterator[Trouble]:
        """What every look ran into that was the first to run into it, once each, with the items behind it."""
        items: dict[tuple[Kind, str, str], list[str]] = defaultdict(list)
        grants: dict[tuple[Kind, str, str], dict[str, None]] = defaultdict(dict)
        for item, looks in asked.items():
            for look in dict.fromkeys(behind for each in looks for behind in observatory.behind(each)):
                trouble = observatory.trouble(look)
                below = observatory.behind(look)[1:]
                if trouble is None or any(str(observatory.trouble(one)) == str(trouble) for one in below):
                    continue
                if isinstance(trouble, OpenQuestion):
                    self._open[trouble.key].append(item)
                    continue
                name = (_kind(trouble), trouble.target, trouble.reason)
                items[name].append(item)
                if isinstance(trouble, Denied):
                    grants[name] |= dict.fromkeys(
                        named(each, self.environment) for each in _helping(look, trouble, self.environment)
                    )
        for name, of in items.items():
            yield Trouble(*name, tuple(dict.fromkeys(of)), tuple(grants[name]))

    def _tell_signatures(self, found: Diagnosis, signatures: Signatures) -> None:
        people = signatures.circumstances.people
        found.keyless = [person.name for person in people if not person.keys]
        for demand in signatures.demands.values():
            covering = [signatures.of("attestation", demand.item), signatures.of("not-applicable", demand.item)]
            if not demand.words or any(one is not None and one.stands for one in covering):
                continue
            may = [one for one in people if not [*lacking(one.name, demand.signer, people)]]
            able = [one.name for one in may if one.keys]
            who = ", ".join(able) or ", ".join(f"{one.name} (no key)" for one in may) or "nobody has this role"
            told = f"{demand.signer}: {who}"
            if demand.hourless:
                found.early[demand.item] = f"{told}; from an hour that launch_at does not say yet"
            elif demand.not_before is not None and demand.not_before > self._run.started:
                found.early[demand.item] = f"{told}; from {demand.not_before:%Y-%m-%d %H:%M} UTC on"
            else:
                found.unsigned[demand.item] = told

    # -- the way there ---------------------------------------------------------------------------------------------

    def _way(self) -> Observatory:
        # By one thread: two that come upon them from different ends lock each other out.
        load_modules(self._run.clients)
        if self._observatory is None:
            detour = Detour()
            if self.environment.rehearsal:
                self._run.twin = TwinProcess.start(self._run.wanted.faults, self._run.wanted.phase)
                detour = self._run.twin.detour
            self._run.launch_at = detour.launch_at if self.environment.rehearsal else self._run.launch_at
            self._observatory = self._run.observatory = Observatory(self.environment, detour)
            self._observatory.start_clock()
        return self._observatory

    def _hurry(self, seconds: float) -> None:
        network = self.environment.network
        hurried = network.model_copy(update={"run_seconds": min(seconds, network.run_seconds)})
        self._run.environment = self.environment.model_copy(update={"network": hurried})

    def _planned(self, scenario: Scenario, since: Any) -> Iterator[Look[Any]]:
        offered = {"environment": self.environment, "launch_at": since, "since": since, "now": self._run.started}
        item = self._run.inventory.by_id.get(scenario.item)
        in_use = item is None or item.partner not in self.environment.not_in_use
        for step in scenario.steps:
            told = (step.text, step.table, step.docstring)
            try:
                yield from planned(*told, offered)
                if self._hour is None and in_use:
                    [*planned(*told, {**offered, "launch_at": None})]
            except NotInUse:
                continue  # whom nobody asks, nobody has to grant anything
            except OpenQuestion as exc:
                if in_use:
                    self._open[exc.key].append(scenario.item)
            if in_use:
                for key in unanswered(*told, {**offered, "launch_at": self._hour}):
                    self._open[key].append(scenario.item)

    def _items_with(self, kind: str, what: str) -> tuple[str, ...]:
        """The items of which a look, or an act, must be granted *what*; those of a diagnosis by their cause."""
        about = [*identity_looks(self.environment), *subject_looks(self.environment)]
        asked = {"every item": tuple(about), **self._looks, "a diagnosis": self._in_an_incident}
        return tuple(
            item
            for item, looks in asked.items()
            if any(
                (each.kind, each.what) == (kind, what) for look in looks for each in look.permissions(self.environment)
            )
        )

    def _of(self, acts: Iterable[Act[Any]]) -> tuple[Permission, ...]:
        return tuple(dict.fromkeys(each for act in acts for each in act.permissions(self.environment)))

    def _asked_in_file(self) -> Iterator[tuple[str, str]]:
        """The questions that stand as comments in the environment file, and whose they are."""
        table = ""
        for line in (self.environment.folder / "environment.toml").read_text(encoding="utf-8").splitlines():
            if header := _TABLE.match(line):
                table = header[1] + "."
            elif asked := _QUESTION.match(line):
                for key in re.split(r", and |, | and ", asked["keys"]):
                    name = key.strip("[] ").split(" ")[0]
                    whole = name if name in Environment.model_fields else table + name
                    yield whole, (asked["whom"] or "whoever launches").strip()


def load_vocabulary(home: Path) -> None:
    """Make the sentences known that the features of *home* use, as pytest does by its conftest."""
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    for name in runpy.run_path(str(home / "conftest.py"))["STEPS"]:
        importlib.import_module(f"steps.{name}")


def _read_only(looks: Iterable[Look[Any]]) -> Iterator[Look[Any]]:
    for look in looks:
        shown = look.unless if isinstance(look, Act) else look
        if shown is not None:
            yield shown


def _kind(trouble: ProbeError) -> Kind:
    """Whether something is to be granted, nobody answered as who they are, or what was answered says nothing."""
    if isinstance(trouble, Denied):
        return "denied"
    away = isinstance(trouble, Unreachable | NoSuchName | Overloaded | Untrusted)
    return "not reached" if away else "not seen"


def _helping(look: Look[Any], trouble: ProbeError, environment: Environment) -> list[Permission]:
    """Those of the look's permissions of which *trouble* speaks; all of them where it speaks of none."""
    declared = list(dict.fromkeys(look.permissions(environment)))
    said = set(re.findall(r"\w+", trouble.reason))
    if isinstance(trouble, NotSet):
        return [each for each in declared if each.what == trouble.variable]
    spoken = [
        each
        for each in declared
        if (each.kind == "iam" and each.what.partition(":")[2] in said)
        or (each.kind == "sql" and each.on.partition(" ")[0] in said)
    ]
    return spoken or declared
