"""The inventory: what must hold, and the features held against it, in both directions."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, ValidationError, model_validator

from golive.coordinates import Partner
from golive.errors import SetupError
from golive.phases import ROLLBACK
from golive.tomllines import broken_rules

# How the sentence begins by which a scenario asks for a signature; what is signed stands under it.
SIGNED = "this is signed by the "
_ID = re.compile(r"GL-\d+(\.\d+)+|(AISP|BID|PISP|KYC|SWAN)-[CR]\d+")
_CAUSE = re.compile(r"(AISP|BID|PISP|KYC|SWAN)-C\d+")

Severity = Literal["blocker", "critical", "normal"]
How = Literal["auto", "act", "attest"]


class Frozen(BaseModel):
    """A table of the inventory: immutable, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Section(Frozen):
    """A part of the document."""

    id: str
    title: str


class Item(Frozen):
    """One row of the checklist."""

    id: Annotated[str, StringConstraints(pattern=r"^(GL-\d+(\.\d+)+|(AISP|BID|PISP|KYC|SWAN)-R\d+)$")]
    section: str
    demand: str
    how: Annotated[tuple[How, ...], Field(min_length=1)]
    due: str
    severity: Severity
    owner: str
    remedy: str
    signer: str | None = None
    stands_for_days: int | None = None
    bound_to: tuple[Literal["subject", "configuration"], ...] = ()
    words: str = ""  # what is attested in place of an act
    not_applicable: bool = False
    every_deploy: StrictBool | Literal["auto"] = False  # "auto": of an act as well, that half alone
    partner: Partner | None = None  # not applicable where the environment says that this one is not in use
    document: str = ""  # the document's words, where the gate takes a side beside or against them
    decision: tuple[int, ...] = ()  # the contradictions of the documents on which it depends, by number

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.words != "") != ("act" in self.how):
            raise ValueError(
                f"{self.id}: words are what is attested in place of an act, so an act has them and only it"
            )
        if self.every_deploy == "auto" and not {"auto", "act"} <= set(self.how):
            raise ValueError(f"{self.id}: at every deploy one half alone is asked for only of what is auto and act")
        signed = self.not_applicable or {"act", "attest"} & set(self.how)
        if signed and not (self.signer and self.stands_for_days):
            raise ValueError(f"{self.id}: what a person signs needs signer and stands_for_days")
        return self


class Contradiction(Frozen):
    """Where the documents contradict each other, their suppliers or the running system."""

    number: int
    matter: str
    documents: str  # what they say; GLR is the go-live runbook, FR are the failure runbooks
    gate: str  # which side the gate takes, and how
    decides: Annotated[tuple[str, ...], Field(min_length=1)]  # roles
    settled: str = ""  # who decided it, when; "" as long as it is open


class Inventory(Frozen):
    """Everything that must hold, in the document's order."""

    contradiction: tuple[Contradiction, ...] = ()
    phases: tuple[str, ...]
    opens: Mapping[str, str]
    section: tuple[Section, ...]
    item: tuple[Item, ...]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if doubled := [name for name, count in Counter(item.id for item in self.item).items() if count > 1]:
            raise ValueError(f"twice in the inventory: {', '.join(doubled)}")
        sections = {section.id for section in self.section}
        for item in self.item:
            if item.section not in sections:
                raise ValueError(f"{item.id}: there is no section {item.section}")
            if item.due not in (*self.phases, ROLLBACK):
                raise ValueError(f"{item.id}: there is no phase {item.due}")
        self._settle_contradictions()
        return self

    def _settle_contradictions(self) -> None:
        """ValueError unless each on which an item depends is there, once."""
        there = [row.number for row in self.contradiction]
        asked = {number for item in self.item for number in item.decision}
        if doubled := [str(number) for number, count in Counter(there).items() if count > 1]:
            raise ValueError(f"twice among the contradictions: {', '.join(doubled)}")
        if missing := sorted(asked - set(there)):
            raise ValueError(f"items depend on contradictions that are not there: {', '.join(map(str, missing))}")

    def depend_on(self, number: int) -> tuple[str, ...]:
        """Ids of the items that depend on the contradiction *number*, in order."""
        return tuple(item.id for item in self.item if number in item.decision)

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """The items by their ids."""
        return {item.id: item for item in self.item}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The sections' titles by their ids."""
        return {section.id: section.title for section in self.section}


class _Contradictions(Frozen):
    """The file of the contradictions."""

    contradiction: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of a scenario."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...]
    docstring: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, or one row of an outline, as pytest-bdd will run it."""

    item: str  # or the cause
    title: str
    feature: str  # file below features/
    row: int  # of the outline's examples; 0 without
    feature_tags: frozenset[str]
    tags: frozenset[str]
    steps: tuple[Step, ...]

    def digest(self) -> str:
        """SHA-256 over everything that decides what is demanded: tags, title, sentences, tables."""
        said = [
            sorted(self.feature_tags),
            sorted(self.tags),
            self.title,
            [[step.keyword, step.text, step.table, step.docstring] for step in self.steps],
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def load_inventory(features: Path) -> Inventory:
    """
    Read `checklist.toml`, and `contradictions.toml` beside it where there is one.

    SetupError names the file, the line and the rule that it breaks.
    """
    shown = f"{features.name}/checklist.toml"
    text, said = _read(features / "checklist.toml")
    if (beside := features / "contradictions.toml").is_file():
        rows, held = _read(beside)
        try:
            _Contradictions.model_validate(held)
        except ValidationError as exc:
            raise SetupError("; ".join(f"{features.name}/{beside.name}:{r}" for r in broken_rules(exc, rows))) from exc
        said |= held
    try:
        return Inventory.model_validate(said)
    except ValidationError as exc:
        raise SetupError("; ".join(f"{shown}:{rule}" for rule in broken_rules(exc, text))) from exc


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of the file of the features at *path*, and what it says; SetupError where it is not TOML."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as exc:
        raise SetupError(f"{shown}: cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise SetupError(f"{shown}: not TOML: {exc}") from exc


def as_markdown(inventory: Inventory) -> str:
    """The contradictions as the table of `docs/decisions.md`."""
    head = ("#", "Matter", "What the documents say", "What the gate does", "Must decide", "Items")
    lines = [head, ("---",) * len(head)]
    for row in inventory.contradiction:
        gate = f"{row.gate}. Settled: {row.settled}" if row.settled else row.gate
        items = ", ".join(inventory.depend_on(row.number))
        lines.append((str(row.number), row.matter, row.documents, gate, ", ".join(row.decides), items))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines).replace("| --- ", "|---").replace("--- |", "---|")


def id_of(tags: Iterable[str]) -> str | None:
    """The id among *tags* of an item of the checklist or a cause of a failure, None where there is none."""
    return next((tag for tag in tags if _ID.fullmatch(tag)), None)


def is_cause(name: str) -> bool:
    """Whether *name* is the id of a cause, which a diagnosis looks for, and not of an item of the checklist."""
    return _CAUSE.fullmatch(name) is not None


def read_features(folder: Path) -> tuple[list[Scenario], list[str]]:
    """The scenarios of the checklist below *folder*, and what is wrong with the files themselves."""
    found, wrong = read_scenarios(folder)
    return [scenario for scenario in found if not is_cause(scenario.item)], wrong


def read_scenarios(folder: Path, *, collected: bool = False) -> tuple[list[Scenario], list[str]]:
    """
    Every scenario below *folder*, in pytest-bdd's own reading, and what is wrong with the files themselves.

    Where they are *collected* already, it is what pytest-bdd has read in this process, and carries out.
    """
    from pytest_bdd.exceptions import GherkinParseError
    from pytest_bdd.feature import get_feature
    from pytest_bdd.parser import FeatureParser

    found: list[Scenario] = []
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.feature")):
        shown = path.relative_to(folder).as_posix()
        try:
            feature = get_feature(str(folder), shown) if collected else FeatureParser(str(folder), shown).parse()
        except GherkinParseError as exc:
            wrong.append(f"{shown}:{exc.line}: cannot be read: {exc.message}")
            continue
        for template in feature.scenarios.values():
            outline = bool(template.examples) or template.keyword == "Scenario Outline"
            rows = [row for examples in template.examples for row in examples.as_contexts()]
            if outline and (not rows or not all(template.examples)):
                wrong.append(f"{shown}: the outline {template.name!r} has examples without rows")
            for number, row in enumerate(rows if outline else [{}], 1):
                scenario = template.render(row)
                own = {tag for tag in scenario.tags if _ID.fullmatch(tag)}
                ids = {row["item"]} if row.get("item") else own
                if len(ids) != 1 or (row.get("item") and own):
                    wrong.append(f"{shown}: {scenario.name!r} must name exactly one item of the checklist, or cause")
                    continue
                found.append(
                    Scenario(
                        item=ids.pop(),
                        title=scenario.name,
                        feature=shown,
                        row=number if outline else 0,
                        feature_tags=frozenset(feature.tags),
                        tags=frozenset(scenario.tags),
                        steps=tuple(
                            Step(
                                step.keyword.strip(),
                                step.name,
                                tuple(tuple(cell.value for cell in row.cells) for row in step.datatable.rows)
                                if step.datatable
                                else (),
                                step.docstring or "",
                            )
                            for step in scenario.steps
                        ),
                    )
                )
    return found, wrong


def expected_tags(item: Item) -> frozenset[str]:
    """The tags that say of a scenario what the inventory says of its item."""
    owner = "owner-" + item.owner.replace(" ", "-")
    return frozenset({f"section-{item.section}", item.due, owner, item.severity, *item.how})


def disagreements(inventory: Inventory, scenarios: Sequence[Scenario], lock: Mapping[str, str]) -> list[str]:
    """Where inventory, features and lock do not say the same; a sentence each, none when they agree."""
    wrong: list[str] = []
    seen = Counter(scenario.item for scenario in scenarios)
    for scenario in scenarios:
        item = inventory.by_id.get(scenario.item)
        if item is None:
            wrong.append(f"{scenario.feature}: {scenario.item} is not in the inventory")
            continue
        said = (scenario.feature_tags | scenario.tags) - {scenario.item}
        if said != expected_tags(item):
            differing = ", ".join(sorted(said ^ expected_tags(item)))
            wrong.append(f"{scenario.feature}: {scenario.item}: tags and inventory disagree on {differing}")
        asked = [step for step in scenario.steps if step.text.startswith(SIGNED)]
        attested = "attest" in item.how
        if len(asked) != attested or not all(step.docstring.strip() for step in asked):
            wrong.append(f"{scenario.feature}: {scenario.item}: {SIGNED}… is to be said {'once' * attested or 'never'}")
        if both := scenario.feature_tags & scenario.tags:
            wrong.append(f"{scenario.feature}: {scenario.item}: on feature and scenario: {', '.join(sorted(both))}")
    for item in inventory.item:
        if not seen[item.id]:
            wrong.append(f"{item.id} has no scenario")
        if seen[item.id] > 1:
            wrong.append(f"{item.id} has {seen[item.id]} scenarios")
    return wrong + lock_disagreements(inventory, scenarios, lock)


def lock_disagreements(inventory: Inventory, scenarios: Iterable[Scenario], lock: Mapping[str, str]) -> list[str]:
    """Where the lock holds another text than the features, or other items than the inventory."""
    now = digests(inventory, scenarios)
    wrong = [f"{name} is in checklist.lock but not in the inventory" for name in lock.keys() - now.keys()]
    wrong += [f"{name} is not in checklist.lock" for name in now.keys() - lock.keys()]
    wrong += [
        f"{name}: the scenario's words are not those of checklist.lock"
        for name in lock.keys() & now.keys()
        if lock[name] != now[name]
    ]
    return sorted(wrong, key=_natural)


def digests(inventory: Inventory, scenarios: Iterable[Scenario]) -> dict[str, str]:
    """What the lock must hold: a digest for each item; "" for one without a scenario, which no lock can hold."""
    written = {scenario.item: scenario.digest() for scenario in scenarios}
    return {item.id: written.get(item.id, "") for item in inventory.item}


def read_lock(features: Path) -> tuple[dict[str, str], str]:
    """The locked digests and the SHA-256 of the file; both empty where there is no lock."""
    path = features / "checklist.lock"
    if not path.is_file():
        return {}, ""
    data = path.read_bytes()
    try:
        said = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SetupError(f"{features.name}/checklist.lock: not TOML: {exc}") from exc
    return {str(name): str(value) for name, value in said.items()}, hashlib.sha256(data).hexdigest()


def write_lock(features: Path) -> int:
    """
    Renew the digests; returns how many changed.

    SetupError where an item that the lock holds would be dropped, or the features and the inventory disagree.
    """
    inventory = load_inventory(features)
    scenarios, wrong = read_features(features)
    held, _ = read_lock(features)
    now = digests(inventory, scenarios)
    if dropped := sorted(held.keys() - now.keys(), key=_natural):
        raise SetupError(f"the lock never drops an item; these are gone from the inventory: {', '.join(dropped)}")
    if lost := sorted((name for name in held if not now[name]), key=_natural):
        raise SetupError(f"the lock never drops a scenario; these are gone from the features: {', '.join(lost)}")
    if wrong := wrong + disagreements(inventory, scenarios, now):
        raise SetupError("; ".join(wrong))
    lines = [f'"{name}" = "{value}"' for name, value in now.items()]
    head = (
        "# A digest for each scenario (tags, words, tables); `golive items --lock` renews it.\n"
        "# Reviewers read the diff: a line that changes is a check that changes.\n"
    )
    (features / "checklist.lock").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return sum(held.get(name) != value for name, value in now.items())


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]
