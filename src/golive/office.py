"""Where records are made: the files of one environment, the checklist, the last run, and the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from golive.environment import Environment, load
from golive.errors import SetupError
from golive.paperwork import demands, read_signatures, rows
from golive.record import Record, Subject
from golive.records import Kind
from golive.runbook import Inventory, load_inventory, read_features
from golive.ssh import PublicKey
from golive.standing import Circumstances, Demand, Signatures

LENGTH = re.compile(r"(\d+) ?d(ays?)?")


@dataclass(slots=True)
class Office:
    """Where records of one environment are made: its files, the checklist, and the clock."""

    home: Path
    environment: Environment
    inventory: Inventory
    demands: Mapping[str, Demand]
    now: datetime
    last: Record | None  # the last run of this environment

    @classmethod
    def open(cls, home: Path, name: str, now: datetime) -> Office:
        """SetupError where the files cannot be read, or people sign there by themselves."""
        environment = load(name, home)
        if environment.rehearsal:
            raise SetupError("the twin's people put everything on record when the rehearsal starts: name --env")
        inventory = load_inventory(home / "features")
        scenarios, wrong = read_features(home / "features")
        if wrong:
            raise SetupError("; ".join(wrong))
        asked = demands(inventory, {scenario.item: scenario for scenario in scenarios}, environment.launch_at)
        return cls(home, environment, inventory, asked, now.replace(microsecond=0), last_run(home, name))

    def subject(self, image_digest: str | None = None, configuration: str | None = None) -> Subject:
        """What is launched: as it is said, else as the last run saw it."""
        seen = self.last.subject if self.last else Subject()
        return Subject(
            image_digest=image_digest or seen.image_digest,
            configuration=configuration or seen.configuration,
        )

    def signatures(self, subject: Subject) -> Signatures:
        """What stands of everything that is on record here."""
        circumstances = Circumstances(self.environment.name, self.environment.people, self.now, subject)
        return read_signatures(self.environment.folder, circumstances, self.demands)


def last_run(home: Path, name: str) -> Record | None:
    """The newest finished run of the environment *name*, None where there is none that can be read."""
    for manifest in sorted((home / "reports" / name).glob("*T*Z/manifest.json"), reverse=True):
        try:
            return Record.from_json(manifest.with_name("record.json").read_bytes())
        except (OSError, ValidationError):
            continue
    return None


def listing(office: Office, subject: Subject) -> dict[str, list[dict[str, str]]]:
    """What stands and until when, what has no effect and why, and what is still to be signed."""
    signatures = office.signatures(subject)
    told: dict[str, list[dict[str, str]]] = {"stands": [], "without effect": []}
    for paper in rows(signatures, ()):
        row = {"item": paper.item, "kind": paper.kind, "file": paper.file}
        if paper.why:
            told["without effect"].append({**row, "why": paper.why})
        else:
            assert paper.expires is not None, "what stands has an end"
            until = paper.expires.strftime("%Y-%m-%dT%H:%M:%SZ")
            told["stands"].append({**row, "by": paper.by, "role": paper.role, "until": until})
    told["stands"].sort(key=lambda row: row["until"])  # what lapses first stands first
    return {**told, "to be signed": _missing(office, signatures)}


def _missing(office: Office, signatures: Signatures) -> list[dict[str, str]]:
    """The items that a person still has to sign, who, and how; an act only needs it where nobody consents to it."""
    missing = []
    for demand in signatures.demands.values():
        covering: Sequence[Kind] = ("attestation", "not-applicable")
        found = [standing for kind in covering if (standing := signatures.of(kind, demand.item))]
        if demand.words and not any(standing.stands for standing in found):
            item = office.inventory.by_id[demand.item]
            missing.append(
                {
                    "item": demand.item,
                    "due": item.due,
                    "signer": demand.signer,
                    "instead_of": "the act" if "act" in item.how else "",
                    "not_before": _earliest(demand),
                    "command": f"golive attest {demand.item} --env {office.environment.name}",
                }
            )
    return missing


def _earliest(demand: Demand) -> str:
    """From when on it can be signed; "" where that is now."""
    if demand.hourless:
        return "launch_at is not set"
    return demand.not_before.strftime("%Y-%m-%dT%H:%M:%SZ") if demand.not_before else ""


def end_of(text: str, now: datetime) -> datetime:
    """The instant that *text* names: some days from *now*, a day, or an instant. ValueError for anything else."""
    if length := LENGTH.fullmatch(text.strip()):
        return now + timedelta(days=int(length[1]))
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def keys_at_hand(folder: Path, listed: set[str]) -> Iterator[Path]:
    """Private keys below *folder* whose public half is *listed*; the `.pub` where only an agent has the rest."""
    for public in sorted(folder.glob("*.pub")):
        try:
            line = PublicKey.parse(public.read_text(encoding="utf-8")).line
        except (OSError, ValueError):
            continue
        if line in listed:
            private = public.with_suffix("")
            yield private if private.is_file() else public
