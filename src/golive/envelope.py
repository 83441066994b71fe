"""
A run's statement in an envelope (DSSE 1.0), signed with a person's SSH key, for what reads attestations.

The envelope is securesystemslib's. An Ed25519, ECDSA or RSA key of OpenSSH is a key like any other, so its signature
here is a plain one over DSSE's encoding, not an SSH signature: every DSSE library verifies it. What is signed begins
with "DSSEv1", and so can be taken neither for an SSH signature nor for a login.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import BaseModel, ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # documented so, not exported

from golive.errors import SetupError
from golive.files import write_atomically
from golive.ssh import PrivateKey, load_private, public_of

PAYLOAD_TYPE = "application/vnd.in-toto+json"  # https://github.com/in-toto/attestation, spec/v1/envelope.md
# In-toto's own tools expect RSA to be padded so.
RSA_SCHEME = "rsassa-pss-sha256"


class _Manifest(BaseModel):
    """What is needed of a manifest here."""

    files: dict[str, str]


def seal(run: Path, key_file: Path, output: Path, ask: Callable[[str], str]) -> str:
    """Write the statement of the folder *run* to *output*, signed; what was done, in a sentence, or SetupError."""
    payload = statement_of(run)
    key = load_private(key_file, ask)
    try:
        before = output.read_bytes() if output.exists() else None
        text = sealed(payload, key, before)
        write_atomically(output, text)
    except OSError as exc:
        raise SetupError(f"{output} cannot be written: {exc.strerror}") from exc
    signatures = len(json.loads(text)["signatures"])
    said = json.loads(payload)["predicate"]["golive"]["verdict"]["line"]
    return f"{output}: {said}; signed with {public_of(key).fingerprint}, signatures: {signatures}"


def statement_of(run: Path) -> bytes:
    """The statement in the folder *run*; SetupError unless the run ended and the statement is what it wrote."""
    try:
        manifest = _Manifest.model_validate_json((run / "manifest.json").read_bytes())
        data = (run / "statement.json").read_bytes()
    except FileNotFoundError as exc:
        raise SetupError(f"{run} is no run that ended: {Path(exc.filename).name} is not there") from exc
    except OSError as exc:
        raise SetupError(f"{run} cannot be read: {exc.strerror}") from exc
    except ValidationError as exc:
        raise SetupError(f"{run / 'manifest.json'} is no manifest of a run") from exc
    if hashlib.sha256(data).hexdigest() != manifest.files.get("statement.json"):
        raise SetupError(f"{run / 'statement.json'} is not what the run wrote: it was changed")
    return data


def sealed(payload: bytes, key: PrivateKey, before: bytes | None = None) -> str:
    """
    *payload* in an envelope with a signature of *key*, beside those of the envelope *before*.

    The signature's `keyid` is the key's fingerprint as `ssh-keygen -l` shows it: a hint, nothing signed. SetupError
    where *before* is no envelope, or one around something else.
    """
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    if before is not None:
        try:
            envelope = Envelope.from_dict(json.loads(before))
        except (KeyError, TypeError, ValueError) as exc:
            raise SetupError("what is there is no envelope: name another file with --output") from exc
        if (envelope.payload, envelope.payload_type) != (payload, PAYLOAD_TYPE):
            raise SetupError("the envelope that is there is around another statement: name another file with --output")
    scheme = RSA_SCHEME if isinstance(key, rsa.RSAPrivateKey) else None
    public = SSlibKey.from_crypto(key.public_key(), public_of(key).fingerprint, scheme)
    envelope.sign(CryptoSigner(key, public))
    return json.dumps(envelope.to_dict(), indent=1) + "\n"
