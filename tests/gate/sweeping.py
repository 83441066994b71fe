"""Many gates in one process: a twin that swaps its world, and only looks repeated that may see the difference."""

from __future__ import annotations

import gc
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive.agenda import Agenda
from golive.diagnosis.document import Diagnosis
from golive.environment import Detour, Environment, load
from golive.errors import GoLiveError
from golive.observatory import Entry, Observatory
from golive.phases import ROLLBACK
from golive.probes.look import Act, Look
from golive.record import Evidence, Record
from golive.replay import answer_of
from golive.runbook import load_inventory
from golive.twin.cloud import Cloud
from golive.twin.faults import broken
from golive.twin.people import People
from golive.twin.process import TwinProcess, have_signed
from golive.twin.world import World, healthy
from tests.gate.sitting import Sitting

HOME = Path(__file__).parents[2]
INVENTORY = load_inventory(HOME / "features")
# All that is due before the launch; all but the rollback's and the first week's; and the rollback's.
LAUNCH, FIRST_DAY, FIRST_WEEK = "T-0", "T+24h", "T+7d"
PHASES = (LAUNCH, FIRST_DAY, FIRST_WEEK, ROLLBACK)
# What was seen so many seconds ago is looked at again: a quarter of an hour without an event is silence of a log.
FRESH = 600
# How long an incident lasts where the twin begins to play it; what has happened by then stays where it is in time.
OLD = timedelta(minutes=12)

# What few answers hang on, by the fields that make it up: what no visitor with a browser sees of the site (nor comes by
# over plain HTTP) and of BankID, and what one service of AWS alone tells.
APART: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "site": {
        **{name: (name,) for name in ("health", "webhook", "login", "disclosure")},
        "settings": ("settings", "inlined", "at_start"),
        "hsts": ("hsts", "unpromised"),
        "plain": ("plain",),
    },
    "bankid": {"discovery": ("said", "issuer", "takes_any_secret", "refuses_pushed_requests")},
    "cloud": {
        "service": ("service",),
        "secrets": ("secrets",),
        "instance": ("instance",),
        "snapshots": ("snapshots", "snapshot_takes"),
        "groups": ("security_groups", "prefix_lists"),
        "images": ("images",),
        "logs": ("logs", "any_log", "log_page", "heard"),
        "traffic": ("traffic",),
        "roles": ("roles", "any_role"),
        "distribution": ("distribution",),
    },
}
# The same of services of AWS that are ill, by the name that they are signed for; an ailment of another meets all.
AILING = {
    "rds": "instance",
    "ec2": "groups",
    "ecr": "images",
    "logs": "logs",
    "monitoring": "traffic",
    "iam": "roles",
    "cloudfront": "distribution",
}
# Which parts of the world an answer hangs on itself, by the module of its look; what it hangs on by other looks is
# known of each (`Entry.needs`). A look of a module that is not here is repeated every time.
WEB = frozenset({"zone", "certificates", "site", *(f"site.{name}" for name in ("health", "settings", "hsts", "plain"))})
CLOUD = frozenset({"cloud"})
SECRETS = frozenset({"cloud", "cloud.secrets"})  # of the service: which they are is told by a look at it
DATABASE = frozenset({"zone", "certificates", "database"})
WATCHED = frozenset({"zone", "certificates", "betterstack"})
# Whose health is taken, and who is asked for comparison.
PARTNERS = frozenset(
    {"zone", "certificates", "neonomics", "swan", "sumsub", "bankid", "bankid.discovery"}
    | {"github", "betterstack", "site"}
)
HANGS_ON = {
    "names": {"zone"},
    "mail": {"zone"},
    "certificate": WEB,
    "web": WEB | {"site.login"},
    **dict.fromkeys(("health", "bundle"), WEB),
    # No visitor asks for the health, reads the settings or sends a payment.
    "browser": {"zone", "certificates", "site", "site.login", "bankid"},
    "login": {"zone", "certificates", "site", "site.login"},
    "bankid": {"zone", "certificates", "site", "bankid", "bankid.discovery", "cloud", "cloud.secrets"},
    "recognition": {"zone", "certificates", "bankid", "bankid.discovery", "cloud", "cloud.secrets"},
    "github": {"zone", "certificates", "github", "cloud", "cloud.secrets"},
    "oauth": {"zone", "certificates", "neonomics", "swan", "cloud", "cloud.secrets"},
    "neonomics": {"zone", "certificates", "neonomics", "cloud", "cloud.secrets"},
    "payment": {"zone", "certificates", "neonomics"},
    "swan": {"zone", "certificates", "swan", "cloud", "cloud.secrets"},
    **dict.fromkeys(("way", "pulse"), PARTNERS),
    "reception": PARTNERS | SECRETS,
    "swanschema": PARTNERS | SECRETS,
    "vendorpage": {"zone", "certificates", "swan"},
    "egress": CLOUD | {"cloud.service", "cloud.groups"},
    "disclosure": WEB | {"site.disclosure"},
    "sumsub": {"zone", "certificates", "sumsub", "cloud", "cloud.secrets"},
    "webhooks": {"zone", "certificates", "site", "site.webhook", "sumsub", "cloud", "cloud.secrets", "database"},
    **dict.fromkeys(("betterstack", "monitors", "incidents", "statuspage"), WATCHED),
    "slack": {"zone", "certificates", "slack"},
    "webhook": {"zone", "certificates", "slack", "cloud", "cloud.secrets"},
    "postgres": DATABASE,
    **dict.fromkeys(("customers", "consents", "payments", "statements", "measures", "route"), DATABASE),
    "applicants": {"zone", "certificates", "database", "sumsub", "cloud", "cloud.secrets"},
    "aws": CLOUD,
    "secrets": SECRETS,
    "absent": {"cloud", *(f"cloud.{name}" for name in APART["cloud"])},
    "apprunner": CLOUD | {"cloud.service", "cloud.images"},  # it deploys none that is not there
    "rds": CLOUD | {"cloud.instance", "cloud.snapshots", "cloud.groups"},
    "ec2": CLOUD | {"cloud.instance", "cloud.groups"},
    "ecr": CLOUD | {"cloud.images"},
    **dict.fromkeys(("logs", "ended", "journal"), CLOUD | {"cloud.logs"}),
    "cloudwatch": CLOUD | {"cloud.traffic"},
    "iam": CLOUD | {"cloud.roles"},
    "cloudfront": CLOUD | {"cloud.distribution", "zone", "certificates", "ranges"},
}
# Where no answer but these hangs on a part (the people who sign, the clock), everything is judged anew.
PARTS = frozenset(part for parts in HANGS_ON.values() for part in parts)


def due_in(phase: str) -> frozenset[str]:
    """Ids of the items that are due in *phase*."""
    agenda = Agenda(INVENTORY, phase)
    return frozenset(item.id for item in INVENTORY.item if agenda.is_due(item))


def phase_of(items: Iterable[str]) -> str:
    """The first phase that says something of any of *items*; the launch where there are none."""
    wanted = set(items)
    return next((phase for phase in PHASES if wanted & due_in(phase)), LAUNCH)


class Sweep:
    """
    A twin, an observatory, and pytest in this process.

    Tests of the gate share one for each phase (`sweeps`): each begins by swapping in the world that it wants.
    """

    def __init__(self, phase: str = "T-0", *, armed: bool = True) -> None:
        self.phase = phase
        self._twin = TwinProcess.start(phase=phase)
        self.observatory = Observatory(load("rehearsal", HOME), self._twin.detour, armed=armed)
        self._base: World = healthy(datetime.now(UTC), phase)
        self._changed: set[str] = set()  # in which parts the world behind the doors differs from the healthy one
        self._healthy: dict[Look[Any], Entry] = {}  # what was ever seen of the healthy one
        self._read_back: set[str] = set()  # evidence that was read back already
        self._runs = itertools.count(1)
        self._sittings: dict[tuple[str, ...], Sitting] = {}
        self._signing: tuple[People, bool] = (self._base.people, False)  # who signs, and whether it is a broken world
        self._papers: dict[str, Path] = {}  # what they were asked to sign → where it lies
        # In the healthy world: item → the looks that it rests on.
        self._behind: dict[str, set[Look[Any]]] = {}
        self._since = time.monotonic()  # what was seen is not older

    def begin(self) -> None:
        """
        Look at the healthy world until all of it is seen to be well.

        Where the machine is so busy that something answers too late, this must not be remembered of it.
        """
        for _ in range(3):
            self._see_anew()
            status, record, terminal = self.run()
            if status == 0:
                break
        assert status == 0, terminal
        assert record is not None, terminal
        looks = {f"e{entry.number}": look for look, entry in self.observatory._entries.items()}
        self._behind = {each.item: {looks[seen] for seen in each.evidence} for each in record.findings}

    def run(self, *faults: str, options: tuple[str, ...] = ()) -> tuple[int, Record | None, str]:
        """The gate on the world with *faults* in it: exit status, record (None where it stopped), terminal."""
        self.swap(*faults)
        return self._ask(["-m", "golive", *options], (), HOME, None)

    def touched(self, *faults: str) -> frozenset[str]:
        """Ids of the items whose looks may be answered otherwise in the world with *faults* in it."""
        changed = _differing(broken(self._base, faults), self._base)
        return self._resting_on(lambda look: not changed <= PARTS or _is_stale(look, changed))

    def turned(self) -> frozenset[str]:
        """
        Ids of the items with a look that is answered otherwise in the world behind the doors than in the healthy one.

        The others would be judged by the same answers as there, where they are met, and judging steps know nothing but
        answers (tests/gate/test_purity.py). What hangs on the world by other looks alone is not asked where those
        answer as they did.
        """
        if not self._changed <= PARTS:
            return self._resting_on(lambda _: True)
        known = self.observatory._entries
        missing = self._healthy.keys() - known.keys()
        self.observatory.start_clock()
        self.observatory.gather(
            look for look in missing if _is_stale(look, self._changed) and not isinstance(look, Act)
        )
        while again := [look for look in missing - known.keys() if self._needs_the_same(look)]:
            known.update((look, self._healthy[look]) for look in again)
        return self._resting_on(lambda look: look not in known or not _alike(known[look], self._healthy[look]))

    def _needs_the_same(self, look: Look[Any]) -> bool:
        """Whether *look* hangs on nothing but others, and those answer as in the healthy world."""
        known, needed = self.observatory._entries, self._healthy[look].needs
        return not _is_stale(look, self._changed) and all(
            each in known and _alike(known[each], self._healthy[each]) for each in needed
        )

    def _resting_on(self, matters: Callable[[Look[Any]], bool]) -> frozenset[str]:
        """Ids of the items that, in the healthy world, rest on a look that *matters*."""
        return frozenset(item for item, looks in self._behind.items() if any(map(matters, looks)))

    def swap(self, *faults: str) -> None:
        """Put the world with *faults* in it behind the doors, and know of it only what was seen of healthy parts."""
        if time.monotonic() - self._since > FRESH:
            if self._behind:
                self.begin()
            else:
                self._see_anew()
        world = broken(self._base, faults)
        self._twin.swap(faults)
        if self._signing != (signing := (world.people, bool(faults))):
            self._signing, self._papers = signing, {}
        self._forget(in_trouble=True)
        self._healthy.update(self.observatory._entries)
        self._changed = _differing(world, self._base)
        self.observatory._entries = dict(self._healthy)
        self._forget(in_trouble=False)

    @contextmanager
    def reading(self, environment: Environment, stale: Callable[[str], bool]) -> Iterator[None]:
        """
        Inside, the environment file is another one; what was seen of it by modules that are *stale* is seen again.

        Afterwards that is forgotten as well.
        """
        former = self.observatory.environment

        def put(environment: Environment) -> None:
            self.observatory.environment = self.observatory.reach.environment = environment
            self.observatory.reach._shared.pop("aws", None)
            self.observatory.forget(lambda look: stale(_module(look)))

        put(environment)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("golive.expedition.load", lambda *_: environment)
            try:
                yield
            finally:
                put(former)

    def _see_anew(self) -> None:
        self.observatory.forget(lambda _: True)
        self._healthy = {}
        self._papers = {}
        self._since = time.monotonic()

    def begin_anew(self) -> None:
        """Know nothing of any world, and have asked nothing."""
        old = self.observatory
        self.observatory = Observatory(old.environment, old.reach.detour, armed=old.armed)
        self._healthy = {}
        self._read_back = set()

    def _forget(self, *, in_trouble: bool) -> None:
        """Drop what hangs on parts that are not as in the healthy world; *in_trouble* what has no answer, too."""
        known = self.observatory._entries

        def is_stale(look: Look[Any]) -> bool:
            unanswered = known[look].error is not None or not known[look].done.is_set()
            return _is_stale(look, self._changed) or (in_trouble and unanswered)

        self.observatory.forget(is_stale)

    def judge(
        self, *plugins: object, home: Path = HOME, only: frozenset[str] | None = None
    ) -> tuple[int, Record | None, str]:
        """
        `pytest -m golive` in *home*, in this process, on what was seen and what is still to be looked at.

        With *only*, the rest of the items is left out, and the exit status is that of `--partial`.
        """
        wanted = ["-m", "golive", *(["--partial"] if only is not None else [])]
        return self._ask(wanted, plugins, home, only)

    def diagnose(
        self, runbook: str, *faults: str, since: str | None = None, home: Path = HOME
    ) -> tuple[int, Diagnosis | None, str]:
        """
        A diagnosis of the world with *faults* in it: exit status, document (None where it stopped), terminal.

        Where *since* does not say otherwise, the incident is as old as the twin, and twelve minutes.
        """
        self.swap(*faults)
        began = since or f"{self._base.now - OLD:%Y-%m-%dT%H:%M:%SZ}"
        return self._ask(["-m", f"diagnose_{runbook}", f"--since={began}"], (), home, None)

    def _ask(
        self, wanted: list[str], plugins: tuple[object, ...], home: Path, only: frozenset[str] | None
    ) -> tuple[int, Any, str]:
        arguments = (*wanted, f"--phase={self.phase}")
        if next(self._runs) % 48 == 0:
            gc.collect()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("golive.run.have_signed", self._have_signed)
            if plugins or home != HOME:
                sitting = Sitting(arguments, home, plugins)
                answer = sitting.ask(self.observatory, only)
                sitting.end()
            else:
                if arguments not in self._sittings or self._sittings[arguments].over:
                    self._sittings[arguments] = Sitting(arguments, home)
                answer = self._sittings[arguments].ask(self.observatory, only)
        # A gate's process ends with it, so that it keeps its garbage; this one goes on.
        gc.unfreeze()
        return answer

    def _have_signed(self, detour: Detour, asked: Mapping[str, Any]) -> Path:
        """What the same people were asked to sign before, they do not sign again: it is a fifth of a twin's work."""
        said = json.dumps({name: value for name, value in asked.items() if name != "now"}, sort_keys=True)
        if said not in self._papers:
            self._papers[said] = have_signed(detour, asked)
        return self._papers[said]

    def lost(self) -> Iterator[str]:
        """The looks, new since last time, whose answer or trouble is another when it is read back from the record."""
        asked = {f"e{entry.number}": entry for entry in self.observatory._entries.values()}
        for seen in self.observatory.evidence():
            if seen.id in self._read_back:
                continue
            self._read_back.add(seen.id)
            entry, written = asked[seen.id], Evidence.model_validate_json(seen.model_dump_json())
            before = entry.answer if entry.error is None else (entry.error.kind(), str(entry.error))
            try:
                after = answer_of(entry.look, written)
            except GoLiveError as exc:
                after = (exc.kind(), str(exc))
            if before != after:
                yield f"{written.look} {written.question}: {before} became {after}"

    def stop(self) -> None:
        """Let the sittings end, the last one first, and the twin go."""
        for sitting in reversed(self._sittings.values()):
            sitting.end()
        self._twin.stop()


def _differing(world: World, former: World) -> set[str]:
    """The parts in which two worlds differ; where a part differs in nothing but what is APART, that in its place."""
    changed: set[str] = set()
    for part in fields(World):
        new, old = getattr(world, part.name), getattr(former, part.name)
        if new != old:
            changed |= _differing_apart(part.name, new, old) or {part.name}
    return changed


def _differing_apart(part: str, new: Any, old: Any) -> set[str]:
    """Names of what is APART in which two states of a *part* differ; none where they differ in something else too."""
    apart = {
        f"{part}.{name}"
        for name, members in APART.get(part, {}).items()
        if any(getattr(new, member) != getattr(old, member) for member in members)
    }
    put_back = [member for members in APART.get(part, {}).values() for member in members]
    if not put_back:
        return apart
    if isinstance(new, Cloud):
        ill = {key for key in {**new.ailments, **old.ailments} if new.ailments.get(key) != old.ailments.get(key)}
        if ill <= AILING.keys():
            apart |= {f"{part}.{AILING[key]}" for key in ill}
            put_back.append("ailments")
    rest = replace(new, **{member: getattr(old, member) for member in put_back})
    return apart if rest == old else set()


def _is_stale(look: Look[Any], changed: set[str]) -> bool:
    return _hangs(_module(look), changed)


def _alike(now: Entry, then: Entry) -> bool:
    """Whether a look was answered as it was then."""
    return (now.answer, type(now.error), str(now.error)) == (then.answer, type(then.error), str(then.error))


def _module(look: Look[Any]) -> str:
    return type(look).__module__.rpartition(".")[2]


def _hangs(name: str, changed: set[str]) -> bool:
    return name not in HANGS_ON or bool(HANGS_ON[name] & changed)
