"""
The people of the twin: who they are, the keys with which they sign, and how each of their records is made.

A person signs what the gate shows: the items with their words, the image and the configuration of this moment. So the
gate asks for the records when it has seen what is launched, as somebody does who runs `golive attest` after a run; they
are written into a folder of the twin's and never into the project.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_ssh_private_key

from golive.ssh import public_of, sign_with

ROLES: Mapping[str, tuple[str, ...]] = {
    "ola": ("go-live owner", "CEO", "approver", "rollback authority"),
    "kari": ("platform engineer", "author", "AI director"),
    "ingrid": ("reviewer",),
}
NO_LONGER_NEEDED = "GL-2.5.1"  # a critical item that the machine decides
STRANGER = "a stranger"  # has a key that no environment file lists
FOLDERS = {"attestation": "attestations", "waiver": "waivers", "not-applicable": "not-applicable"}
SEEN = "What was seen is described here; in production this is a recording or a report.\n"


@dataclass(frozen=True, slots=True)
class Record:
    """How one record is made; what is None is made as the gate asks for it."""

    kind: str = "attestation"
    by: str | None = None  # the first who has the role
    role: str | None = None
    signed_by: str | None = None  # whose key; "" for no signature at all
    namespace: str | None = None
    words: str | None = None
    reason: str | None = None
    environment: str | None = None
    item: str | None = None  # that the text names, whatever the file is called
    age: timedelta = timedelta(seconds=1)
    days: float | None = None  # from its date to its end
    image: str | None = None
    configuration: str | None = None
    asked_by: str = "kari"  # of a waiver
    evidence: str | None = SEEN  # what lies there now; None: nothing
    added: str = ""  # to the text, before it is signed
    added_after: str = ""  # and after
    also_as: tuple[str, ...] = ()  # further names under which it is filed


@dataclass(frozen=True, slots=True)
class People:
    """Who signs, and what is not made as the gate asks for it; without an entry each attestation is made well."""

    keys: Mapping[str, str] = field(repr=False)  # person → private key, as OpenSSH writes it
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)  # item → instead of its attestation
    away: bool = False  # nobody puts anything on record

    def making(self, item: str, *records: Record) -> People:
        """The same, with *records* made for *item*, and nothing else."""
        return replace(self, records={**self.records, item: records})

    def public(self) -> dict[str, str]:
        """Each person's public key; the stranger's is known to nobody."""
        return {name: public_of(self.key(name)).line for name in ROLES}

    def key(self, name: str) -> Ed25519PrivateKey:
        """The private key of *name*."""
        return _loaded(self.keys[name])


@cache
def _loaded(key: str) -> Ed25519PrivateKey:
    """*key* as OpenSSH writes it; a person signs dozens of records with it."""
    loaded = load_ssh_private_key(key.encode(), None)
    assert isinstance(loaded, Ed25519PrivateKey), "made below"
    return loaded


def healthy() -> People:
    """People with fresh keys, who have signed everything; the test merchant of GL-3.3.11 is not there."""
    keys = {
        name: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
        for name in (*ROLES, STRANGER)
    }
    no_merchant = Record("not-applicable", reason="There is no test merchant yet, so there is no code to scan.")
    return People(keys, {"GL-3.3.11": (no_merchant,)})


def that_may_go(people: People) -> People:
    """The same, and one waiver more, of an item that is met by now: so the rehearsal shows what one looks like."""
    reason = "The monitor of the landing page is made within the week."
    if people.away or NO_LONGER_NEEDED in people.records:
        return people
    return people.making(NO_LONGER_NEEDED, Record("waiver", reason=reason, age=timedelta(days=2), days=10))


def sign_all(people: People, asked: Mapping[str, Any], folder: Path) -> None:
    """Write below *folder* what *people* put on record; *asked* names environment, now, image, configuration, items."""
    if people.away:
        return
    items = {demand["item"]: demand for demand in asked["items"]}
    for name, demand in items.items():
        made = people.records.get(name, (Record(),))
        for record in made:
            if record.kind == "attestation" and not (demand["words"] or record.words):
                continue  # nothing is attested of it, or not yet
            _file(people, record, demand, asked, folder)
    for name in people.records.keys() - items.keys():  # of an item that the checklist does not have
        for record in people.records[name]:
            nothing = {"item": name, "signer": "", "days": None, "bound_to": (), "words": ""}
            _file(people, record, nothing, asked, folder)


def _file(people: People, record: Record, demand: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> None:
    place = folder / FOLDERS[record.kind]
    by = record.by or _holder("approver" if record.kind == "waiver" else demand["signer"])
    now = datetime.fromisoformat(asked["now"])
    on = now - record.age
    said: dict[str, Any] = {
        "item": record.item or demand["item"],
        "environment": record.environment or asked["environment"],
        "on": on,
        "expires": on + timedelta(days=record.days or demand["days"] or 7),
    }
    if record.kind == "waiver":
        said |= {
            "reason": record.reason or "It is known, understood, and mended within the week.",
            "found": "as the last run found it",
            "asked_by": record.asked_by,
            "approved_by": by,
        }
    else:
        said |= {"by": by, "role": record.role or demand["signer"]}
        if record.kind == "attestation":
            said["words"] = record.words or demand["words"]
            said["evidence"] = [
                {"file": f"{demand['item']}/seen.txt", "sha256": hashlib.sha256(SEEN.encode()).hexdigest()}
            ]
            said["bound_to"] = _bound(record, demand["bound_to"], asked)
        else:
            said["reason"] = record.reason
    data = (_toml(said) + record.added).encode()
    key = people.key(by if record.signed_by is None else record.signed_by) if record.signed_by != "" else None
    for name in (demand["item"], *record.also_as):
        path = place / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data + record.added_after.encode())
        if key is not None:
            path.with_name(path.name + ".sig").write_text(
                sign_with(key, data, record.namespace or f"golive-{record.kind}")
            )
    if record.kind == "attestation" and record.evidence is not None:
        evidence = place / demand["item"] / "seen.txt"
        evidence.parent.mkdir(exist_ok=True)
        evidence.write_text(record.evidence)


def _holder(signer: str) -> str:
    """Who has the role; "…, not the …" excludes another, and the CEO stands in for the compliance officer."""
    role, _, excluded = signer.partition(", not the ")
    holders = [name for name, roles in ROLES.items() if role in roles and excluded not in roles]
    return holders[0] if holders else next(name for name, roles in ROLES.items() if "CEO" in roles)


def _bound(record: Record, bound_to: Sequence[str], asked: Mapping[str, Any]) -> dict[str, str]:
    """What the statement speaks of; what the gate could not see the person does not know either."""
    said = {}
    if "subject" in bound_to:
        said["image_digest"] = record.image or asked["image_digest"] or "sha256:" + "0" * 64
    if "configuration" in bound_to:
        said["configuration"] = record.configuration or asked["configuration"] or "0" * 64
    return said


def _toml(said: Mapping[str, Any]) -> str:
    """Its strings and tables; JSON's strings are TOML's as well, for letters that are printed."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in said.items() if value != {})


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(text)}" for key, text in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
