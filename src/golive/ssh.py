"""
SSH signatures (OpenSSH's PROTOCOL.sshsig): verified here without OpenSSH, made by it where it is there.

Ed25519, ECDSA on the NIST curves and RSA of at least 2048 bits; and what hardware keys sign (`sk-…`, PROTOCOL.u2f), of
which a touch is demanded. `ssh-keygen -Y verify` comes to the same conclusions, with `allowed_signers` as its file.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)

from golive.errors import GoLiveError, SetupError

BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
MAGIC = b"SSHSIG"
VERSION = 1
DIGESTS = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
CURVES: dict[str, tuple[type[ec.EllipticCurve], type[hashes.HashAlgorithm]]] = {
    "nistp256": (ec.SECP256R1, hashes.SHA256),
    "nistp384": (ec.SECP384R1, hashes.SHA384),
    "nistp521": (ec.SECP521R1, hashes.SHA512),
}
RSA_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {"rsa-sha2-256": hashes.SHA256, "rsa-sha2-512": hashes.SHA512}
SMALLEST_RSA = 2048
TOUCHED = 0x01  # PROTOCOL.u2f: somebody was there and touched the key

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class BadSignature(GoLiveError):
    """This is no signature, or not over these bytes, or not for this purpose; the message ends a sentence."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key in the form that goes over the wire, without its comment."""

    kind: str  # "ssh-ed25519"
    blob: bytes

    @classmethod
    def parse(cls, line: str) -> PublicKey:
        """The key of one line of an `id_….pub` file; ValueError says what is wrong with it."""
        parts = line.split()
        if len(parts) < 2:
            raise ValueError("a public key is a kind and a text in base64, as in ~/.ssh/id_ed25519.pub")
        try:
            blob = base64.b64decode(parts[1], validate=True)
            key = cls(_Reader(blob).text(), blob)
            key._loaded()
        except (ValueError, BadSignature, UnsupportedAlgorithm) as exc:
            raise ValueError(f"this is no public key that can be used here: {exc}") from exc
        if key.kind != parts[0]:
            raise ValueError(f"the key says that it is {key.kind}, and the line says {parts[0]}")
        return key

    @property
    def line(self) -> str:
        """As OpenSSH writes it, without a comment."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def _loaded(self) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
        """What can verify; BadSignature where the kind is none of ours, or the key too weak."""
        if self.kind.startswith("sk-"):
            return self._of_hardware()
        try:
            found = load_ssh_public_key(self.line.encode())
        except (ValueError, UnsupportedAlgorithm) as exc:
            raise BadSignature(f"{self.kind} cannot be read ({exc})") from exc
        if isinstance(found, rsa.RSAPublicKey) and found.key_size < SMALLEST_RSA:
            raise BadSignature(f"RSA of {found.key_size} bits is too weak; {SMALLEST_RSA} is the least")
        if isinstance(found, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            return found
        raise BadSignature(f"{self.kind} is not trusted any more")

    def _of_hardware(self) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
        reader = _Reader(self.blob)
        kind = reader.text()
        try:
            if kind == "sk-ssh-ed25519@openssh.com":
                raw = reader.bytes()
                found: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey = (
                    ed25519.Ed25519PublicKey.from_public_bytes(raw)
                )
            elif kind == "sk-ecdsa-sha2-nistp256@openssh.com" and reader.text() == "nistp256":
                found = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), reader.bytes())
            else:
                raise BadSignature(f"{kind} cannot be verified here")
        except ValueError as exc:
            raise BadSignature(f"{kind} cannot be read ({exc})") from exc
        reader.text()  # the application, "ssh:"
        reader.end()
        return found

    @property
    def _application(self) -> bytes:
        reader = _Reader(self.blob)
        fields = [reader.bytes() for _ in range(4 if "ecdsa" in self.kind else 3)]
        return fields[-1]

    def check(self, signature: bytes, message: bytes) -> None:
        """BadSignature unless *signature*, in its wire form, is this key's over *message*."""
        reader = _Reader(signature)
        algorithm, raw = reader.text(), reader.bytes()
        if self.kind.startswith("sk-"):
            flags, counter = reader.byte(), reader.number()
            if not flags & TOUCHED:
                raise BadSignature("was made by a hardware key that nobody touched")
            application = hashlib.sha256(self._application).digest()
            message = application + struct.pack(">BI", flags, counter) + hashlib.sha256(message).digest()
        reader.end()
        key = self._loaded()
        if algorithm != self.kind and not (self.kind == "ssh-rsa" and algorithm in RSA_DIGESTS):
            raise BadSignature(f"is of the kind {algorithm}, which a key of the kind {self.kind} does not make")
        try:
            if isinstance(key, ed25519.Ed25519PublicKey):
                key.verify(raw, message)
            elif isinstance(key, rsa.RSAPublicKey):
                if algorithm not in RSA_DIGESTS:
                    raise BadSignature("is RSA with SHA-1, which proves nothing any more")
                key.verify(raw, message, padding.PKCS1v15(), RSA_DIGESTS[algorithm]())
            else:
                numbers = _Reader(raw)
                both = encode_dss_signature(numbers.integer(), numbers.integer())
                numbers.end()
                key.verify(both, message, ec.ECDSA(CURVES[key_curve(self.kind)][1]()))
        except InvalidSignature as exc:
            raise BadSignature("does not fit the file: one of the two was changed after signing") from exc
        except ValueError as exc:
            raise BadSignature(f"cannot be read ({exc})") from exc


def key_curve(kind: str) -> str:
    """The curve in the name of a kind of ECDSA key."""
    return kind.partition("@")[0].rpartition("-")[2]


def verify(data: bytes, armored: str, namespace: str) -> PublicKey:
    """The key that signed *data* for *namespace*; BadSignature otherwise. Whose key it is the caller must know."""
    reader = _Reader(_unarmored(armored))
    if reader.take(len(MAGIC)) != MAGIC:
        raise BadSignature("is no SSH signature")
    if (version := reader.number()) != VERSION:
        raise BadSignature(f"is of version {version} of its format, and only {VERSION} is known")
    blob, said = reader.bytes(), reader.text()
    reader.bytes()  # reserved: ignored, as the format says
    digest, signature = reader.text(), reader.bytes()
    reader.end()
    if said != namespace:
        raise BadSignature(f"was made for {said!r} and not for {namespace!r}")
    if digest not in DIGESTS:
        raise BadSignature(f"uses the digest {digest!r}, which the format does not know")
    key = PublicKey(_Reader(blob).text(), blob)
    key.check(signature, _to_sign(data, namespace, digest))
    return key


def sign_with(key: PrivateKey, data: bytes, namespace: str) -> str:
    """*data* signed by *key* for *namespace*, armored."""
    message = _to_sign(data, namespace, "sha512")
    kind = public_of(key).kind
    if isinstance(key, ed25519.Ed25519PrivateKey):
        algorithm, raw = kind, key.sign(message)
    elif isinstance(key, rsa.RSAPrivateKey):
        algorithm, raw = "rsa-sha2-512", key.sign(message, padding.PKCS1v15(), hashes.SHA512())
    else:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(CURVES[key_curve(kind)][1]())))
        algorithm, raw = kind, _integer(r) + _integer(s)
    blob = MAGIC + struct.pack(">I", VERSION)
    for part in (
        public_of(key).blob,
        namespace.encode(),
        b"",
        b"sha512",
        _string(algorithm.encode()) + _string(raw),
    ):
        blob += _string(part)
    return _armored(blob)


def canonical(armored: bytes) -> str:
    """
    *armored* as text, where it is written as OpenSSH writes it; BadSignature where it is not.

    Base64 and white space leave room for bytes that differ and mean the same; what is canonical has one form alone.
    """
    text = armored.decode("ascii", "replace")
    if _armored(_unarmored(text)) != text:
        raise BadSignature("is not written as OpenSSH writes it: one of its characters was changed")
    return text


def public_of(key: PrivateKey) -> PublicKey:
    """The public half of *key*."""
    return PublicKey.parse(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


def sign(data: bytes, namespace: str, key_file: Path, ask: Callable[[str], str], program: str = "ssh-keygen") -> str:
    """
    *data* signed with the key in *key_file* for *namespace*, armored.

    By OpenSSH where it is there, which asks for passphrases, agents (*key_file* may be a `.pub`) and touches itself;
    else here, with *ask* for the passphrase. SetupError says why there is no signature.
    """
    if found := shutil.which(program):
        return _sign_by_openssh(found, data, namespace, key_file)
    return sign_with(load_private(key_file, ask), data, namespace)


def load_private(key_file: Path, ask: Callable[[str], str]) -> PrivateKey:
    """The private key in *key_file*, with *ask* for its passphrase; SetupError says why there is none."""
    try:
        text = key_file.read_bytes()
    except OSError as exc:
        raise SetupError(f"{key_file}: cannot be read: {exc.strerror}") from exc
    return _load_private(text, key_file, ask)


def _sign_by_openssh(program: str, data: bytes, namespace: str, key_file: Path) -> str:
    if not key_file.is_file():
        raise SetupError(f"{key_file}: there is no such key")
    with tempfile.TemporaryDirectory(prefix="golive-sign-") as folder:
        # Signing a file and not standard input leaves the terminal to ssh-keygen's question for a passphrase.
        path = Path(folder) / "record"
        path.write_bytes(data)
        ran = subprocess.run(  # noqa: S603  # the person's own OpenSSH
            [program, "-Y", "sign", "-q", "-n", namespace, "-f", str(key_file), str(path)],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        made = path.with_name("record.sig")
        if ran.returncode or not made.is_file():
            said = ran.stderr.strip().splitlines() or ["it said nothing"]
            raise SetupError(f"ssh-keygen did not sign with {key_file}: {said[-1]}")
        return made.read_text(encoding="ascii")


def _load_private(text: bytes, path: Path, ask: Callable[[str], str]) -> PrivateKey:
    password: bytes | None = None
    for _ in range(4):
        try:
            key = load_ssh_private_key(text, password)
        except TypeError:  # it is encrypted, and no passphrase was given
            password = ask(f"passphrase of {path}").encode()
        except UnsupportedAlgorithm as exc:
            raise SetupError(
                f"{path}: it is locked by a passphrase, and to open it needs ssh-keygen, which is not there ({exc})"
            ) from exc
        except ValueError as exc:
            if password is None:
                raise SetupError(f"{path}: is no private key of OpenSSH: {exc}") from exc
            password = ask(f"that is not it; passphrase of {path}").encode()
        else:
            if isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
                return key
            raise SetupError(f"{path}: keys of this kind are not trusted any more")
    raise SetupError(f"{path}: no passphrase fits")


def allowed_signers(people: Iterable[tuple[str, Sequence[PublicKey]]], namespaces: Sequence[str]) -> str:
    """What `ssh-keygen -Y verify -f` reads: who may sign with which key, for *namespaces* only."""
    return "".join(f'{name} namespaces="{",".join(namespaces)}" {key.line}\n' for name, keys in people for key in keys)


def _to_sign(data: bytes, namespace: str, digest: str) -> bytes:
    message = MAGIC
    for part in (namespace.encode(), b"", digest.encode(), DIGESTS[digest](data).digest()):
        message += _string(part)
    return message


def _armored(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join([BEGIN, *lines, END]) + "\n"


def _unarmored(text: str) -> bytes:
    lines = text.strip().splitlines()
    if len(lines) < 3 or lines[0].rstrip() != BEGIN or lines[-1].rstrip() != END:
        raise BadSignature(f"does not stand between {BEGIN} and {END}")
    try:
        return base64.b64decode("".join(line.strip() for line in lines[1:-1]), validate=True)
    except ValueError as exc:  # binascii.Error is one
        raise BadSignature(f"is not base64 ({exc})") from exc


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _integer(number: int) -> bytes:
    """An mpint: big-endian, with a zero in front where the first bit would make it negative."""
    return _string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


class _Reader:
    """Takes a blob apart; whatever does not fit is a BadSignature."""

    def __init__(self, blob: bytes) -> None:
        self._rest = blob

    def take(self, count: int) -> bytes:
        if len(self._rest) < count:
            raise BadSignature("ends too early")
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def bytes(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            return self.bytes().decode("ascii")
        except UnicodeDecodeError as exc:
            raise BadSignature("holds something that is not text where a name belongs") from exc

    def integer(self) -> int:
        return int.from_bytes(self.bytes(), "big")

    def end(self) -> None:
        if self._rest:
            raise BadSignature("goes on after its end")
