"""A desk at which tests sign: people with keys, records as files, and stock OpenSSH beside our own code."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from golive.people import Person, Role
from golive.record import Subject
from golive.records import FOLDERS, Kind, read_papers
from golive.ssh import allowed_signers, public_of, sign_with
from golive.standing import NAMESPACES, Circumstances, Demand, Standing, allowed_keys, decide

OPENSSH = shutil.which("ssh-keygen")
needs_openssh = pytest.mark.skipif(OPENSSH is None, reason="there is no ssh-keygen here to compare with")

NOW = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
IMAGE, CONFIGURATION = "sha256:" + "9b" * 32, "77" * 32
WORDS = "With my own BankID I logged in at https://getdrop.no and reached the dashboard."
ROLES: Mapping[str, tuple[Role, ...]] = {
    "alem": ("go-live owner", "CEO", "approver"),
    "kari": ("platform engineer", "author"),
    "ingrid": ("reviewer",),
    "odd": ("reviewer", "author"),
}
DEMANDS = {
    demand.item: demand
    for demand in (
        Demand("GL-2.3.1", "blocker", "go-live owner", 7, ("subject", "configuration"), WORDS),
        Demand("GL-2.3.11", "normal", "go-live owner", 7, (), "Another."),
        Demand("GL-1.10", "blocker", "reviewer, not the author", 30, (), "Nothing is open."),
        Demand("GL-7.1", "blocker", "compliance officer", 365, (), "They know.", not_applicable=True),
        Demand("GL-3.5.3", "normal", "go-live owner", 7, (), "It was watched.", not_before=NOW - timedelta(hours=1)),
        Demand(
            *("GL-5.2.3", "normal", "go-live owner", 7, (), "A message is ready."),
            not_applicable=True,
            not_before=NOW - timedelta(hours=1),
            of_a_rollback=True,
        ),
        Demand("GL-5.3.3", "blocker", "go-live owner", 7, (), "The cause is known.", unseen="nobody knows when"),
        Demand("GL-6.1.6", "normal", "go-live owner", 7, (), "It was watched for a week.", hourless=True),
        Demand("GL-2.2.4", "critical"),
        Demand("GL-2.5.6", "normal"),
        Demand("GL-2.4.4", "blocker"),
    )
}
EVIDENCE = b"a recording"


@dataclass
class Desk:
    """An environment's folder, the people who may sign there, and their keys."""

    folder: Path
    openssh: bool = False  # sign with ssh-keygen instead of our own code
    roles: Mapping[str, tuple[Role, ...]] = field(default_factory=lambda: dict(ROLES))
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    subject: Subject = field(default_factory=lambda: Subject(image_digest=IMAGE, configuration=CONFIGURATION))

    def __post_init__(self) -> None:
        self.keys = {name: Ed25519PrivateKey.generate() for name in (*self.roles, "stranger")}

    @property
    def people(self) -> tuple[Person, ...]:
        """As the environment file lists them."""
        return tuple(
            Person(name=name, roles=roles, keys=(public_of(self.keys[name]).line,))
            for name, roles in self.roles.items()
        )

    def file(self, kind: Kind, **changes: Any) -> Path:
        """
        Write and sign a record that stands, apart from *changes* to what it says.

        Beside the record's own keys they may be: `name` (of the file), `key` (whose), `namespace`, `text` (instead of
        the whole), `altered` (added after signing), `evidence_now`.
        """
        said: dict[str, Any] = {"item": "GL-2.3.1", "environment": "production", "on": NOW - timedelta(days=1)}
        if kind == "waiver":
            said |= {"item": "GL-2.2.4", "reason": "mended tomorrow", "found": "lint never ran"}
            said |= {"asked_by": "kari", "approved_by": "alem", "expires": NOW + timedelta(days=5)}
        elif kind == "not-applicable":
            said |= {"item": "GL-7.1", "by": "alem", "role": "compliance officer", "reason": "no licence asks for it"}
            said |= {"expires": NOW + timedelta(days=300)}
        else:
            said |= {"by": "alem", "role": "go-live owner", "words": WORDS, "expires": NOW + timedelta(days=5)}
            said["evidence"] = [{"file": "login.mp4", "sha256": hashlib.sha256(EVIDENCE).hexdigest()}]
            said["bound_to"] = {"image_digest": IMAGE, "configuration": CONFIGURATION}
        aside = {key: changes.pop(key) for key in ("name", "key", "namespace", "text", "altered", "evidence_now")
                 if key in changes}  # fmt: skip
        said |= changes
        place = self.folder / FOLDERS[kind]
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{aside.get('name', said['item'])}.toml"
        text = aside.get("text") or "".join(f"{key} = {toml(value)}\n" for key, value in said.items() if value)
        path.write_text(text, encoding="utf-8")
        signer = aside.get("key", said.get("approved_by") or said.get("by"))
        if signer is not None:
            self.sign(path, signer, aside.get("namespace", NAMESPACES[kind]))
        path.write_text(text + aside.get("altered", ""), encoding="utf-8")
        now = aside.get("evidence_now", EVIDENCE)
        if now is not None and b"login.mp4" in path.read_bytes():  # what belongs to no record is noticed
            (place / "login.mp4").write_bytes(now)
        return path

    def sign(self, path: Path, name: str, namespace: str) -> None:
        """Lay the signature of *name* beside *path*."""
        beside = path.with_name(path.name + ".sig")
        key = self.keys.get(name, self.keys["stranger"])
        if not self.openssh:
            beside.write_text(sign_with(key, path.read_bytes(), namespace))
            return
        held = self.folder / "key"
        held.unlink(missing_ok=True)
        held.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        held.chmod(0o600)
        beside.unlink(missing_ok=True)
        assert OPENSSH is not None
        subprocess.run([OPENSSH, "-Y", "sign", "-q", "-n", namespace, "-f", held, path], check=True)

    def standings(self) -> tuple[Standing, ...]:
        """What stands of everything that was filed."""
        papers = read_papers(self.folder, "environments/production")
        return decide(papers, DEMANDS, self.circumstances)

    @property
    def circumstances(self) -> Circumstances:
        """Production at NOW."""
        return Circumstances("production", self.people, NOW, self.subject)

    def openssh_agrees(self, path: Path, name: str, namespace: str) -> bool:
        """Whether `ssh-keygen -Y verify` takes the signature beside *path* for one of *name* in *namespace*."""
        signers = self.folder / "allowed_signers"
        signers.write_text(allowed_signers(allowed_keys(self.people), tuple(NAMESPACES.values())))
        assert OPENSSH is not None
        ran = subprocess.run(
            [OPENSSH, "-Y", "verify", "-f", signers, "-I", name, "-n", namespace, "-s", f"{path}.sig"],
            input=path.read_bytes(),
            capture_output=True,
            check=False,
        )
        return ran.returncode == 0


def toml(value: Any) -> str:
    """*value* as TOML writes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(text)}" for key, text in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
