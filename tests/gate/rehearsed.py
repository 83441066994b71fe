"""One rehearsal, signed by three people with keys made on the spot, and its twin, for all tests of what comes after."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from golive.admission import Admission, Wanted, admit
from golive.environment import load
from golive.manifest import MANIFEST, SUMS, digests_below, manifest_of, read_manifest, sums_with
from golive.observatory import Observatory
from golive.record import Record
from golive.signing import make_key
from golive.signoff import NAMESPACE, Statement
from golive.ssh import sign_with
from golive.twin.process import TwinProcess

if TYPE_CHECKING:
    from tests.gate.conftest import Project

WAIVED = "check-skipped-and-waived"  # a GO that rests on a waiver, too
SIGNERS = {"author": "kari", "reviewer": "ingrid", "approver": "ola"}


@dataclass(frozen=True)
class Signed:
    """A run's folder and the project in which it is judged; each test has its own copy, and may break it."""

    project: Project
    folder: Path
    keys: Path
    twin: TwinProcess
    observatory: Observatory
    wanted: Wanted
    now: datetime
    signers: Mapping[str, str] = field(default_factory=lambda: dict(SIGNERS))

    @property
    def record(self) -> Record:
        """What the run found."""
        return Record.from_json((self.folder / "record.json").read_bytes())

    def key(self, name: str) -> Ed25519PrivateKey:
        """The private key of *name*."""
        key = load_ssh_private_key((self.keys / name).read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return key

    def write(self, record: Record) -> None:
        """Let the folder be that of *record*, with a manifest that says so; nobody has signed it."""
        sources = read_manifest((self.folder / MANIFEST).read_bytes()).sources
        (self.folder / "record.json").write_text(record.to_json(), encoding="utf-8")
        shutil.rmtree(self.folder / "signatures", ignore_errors=True)
        self.list(record, sources)

    def list(self, record: Record, sources: Mapping[str, str]) -> None:
        """Make the manifest anew."""
        files = digests_below(self.folder)
        manifest = manifest_of(record, files, sources).to_json()
        (self.folder / SUMS).write_text(sums_with(manifest.encode(), files))
        (self.folder / MANIFEST).write_text(manifest)

    def sign(self, role: str, *, by: str | None = None, key: str | None = None, **changes: Any) -> Path:
        """Lay a signature of *role* into the folder, apart from *changes* one that holds; made by hand, unchecked."""
        manifest = read_manifest((self.folder / MANIFEST).read_bytes())
        name = by or self.signers[role]
        said: dict[str, Any] = {
            "role": role,
            "by": name,
            "decision": "approve",
            "on": self.now.replace(microsecond=0),
            "environment": manifest.environment,
            "rehearsal": manifest.rehearsal,
            "phase": manifest.phase,
            "profile": manifest.profile,
            "verdict": manifest.verdict,
            "opens": manifest.opens,
            "image_digest": manifest.subject.image_digest,
            "manifest": hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest(),
            "sums": hashlib.sha256((self.folder / SUMS).read_bytes()).hexdigest(),
        }
        namespace = changes.pop("namespace", NAMESPACE)
        text = Statement.model_validate({**said, **changes}).to_toml()
        path = self.folder / "signatures" / f"{role}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        signature = sign_with(self.key(key or name), text.encode(), namespace)
        path.with_name(f"{role}.toml.sig").write_text(signature)
        return path

    def sign_all(self) -> None:
        """All three approve."""
        for role in SIGNERS:
            self.sign(role)

    def rewrite(self, change: Callable[[Record], Record]) -> None:
        """Another run, signed by all three: as if the gate had found what *change* makes of the record."""
        self.write(change(self.record))
        self.sign_all()

    def admit(self, *, after: timedelta = timedelta(), **wanted: Any) -> Admission:
        """What `golive admit` answers, *after* some time, on what the observatory sees."""
        asked = replace(self.wanted, folder=self.folder, **wanted)
        return admit(self.project.home, asked, self.now + after, self.observatory)

    @contextmanager
    def broken(self, *faults: str) -> Iterator[None]:
        """The twin with *faults* in it, and nothing remembered of it."""
        self.twin.swap(faults)
        self.observatory.forget(lambda _: True)
        try:
            yield
        finally:
            self.twin.swap(())
            self.observatory.forget(lambda _: True)


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """A real rehearsal of the deployment, signed; for reading alone."""
    from tests.gate.conftest import copied  # which imports this module

    project = copied(tmp_path_factory.mktemp("signed") / "project")
    for name in SIGNERS.values():
        make_key(project.home, name)
    # Allure's own files lie elsewhere here: five hundred more make each of a thousand examinations longer.
    elsewhere = str(project.home / "results")
    ran = project.run("-m", "golive", "--phase", "T-1h", "--fault", WAIVED, "--alluredir", elsewhere)
    assert ran.status == 0, ran.terminal
    assert ran.folder is not None
    assert ran.record is not None
    twin = TwinProcess.start(phase="T-1h")
    try:
        environment = load("rehearsal", project.home)
        digest = ran.record.subject.image_digest
        assert digest is not None
        signed = Signed(
            project=project,
            folder=ran.folder,
            keys=environment.folder / "keys",
            twin=twin,
            observatory=Observatory(environment, twin.detour),
            wanted=Wanted("deploy", digest, "rehearsal", ran.folder),
            now=ran.record.run.ended + timedelta(minutes=1),
        )
        signed.sign_all()
        yield signed
    finally:
        twin.stop()


@pytest.fixture
def signed(rehearsed: Signed, tmp_path: Path) -> Signed:
    """The signed rehearsal, in a copy of one's own."""
    folder = tmp_path / rehearsed.folder.name
    shutil.copytree(rehearsed.folder, folder)
    home = tmp_path / "project"
    shutil.copytree(rehearsed.project.home, home, ignore=shutil.ignore_patterns("reports", "results"), symlinks=True)
    project = replace(rehearsed.project, home=home)
    return replace(rehearsed, folder=folder, project=project, keys=home / "environments/rehearsal/keys")
