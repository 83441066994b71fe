"""SSH signatures: ours and OpenSSH's are the same, of every kind of key, and what is no signature is none."""

from __future__ import annotations

import base64
import hashlib
import struct
import subprocess
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from golive import ssh
from golive.errors import SetupError
from tests.signing import OPENSSH, needs_openssh

DATA, NAMESPACE = b'item = "GL-2.3.1"\n', "golive-attestation"
# Made once: it takes long.
RSA_KEYS = cycle([rsa.generate_private_key(65537, 2048) for _ in range(2)])
MAKERS: dict[str, Callable[[], ssh.PrivateKey]] = {
    "ssh-ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa-sha2-nistp256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-sha2-nistp384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ecdsa-sha2-nistp521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ssh-rsa": lambda: next(RSA_KEYS),
}


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def armored(*parts: bytes) -> str:
    """A signature put together by hand."""
    blob = base64.b64encode(b"".join(parts)).decode()
    return f"{ssh.BEGIN}\n{blob}\n{ssh.END}\n"


def taken_by_openssh(signature: str, key: ssh.PublicKey, folder: Path) -> bool:
    """Whether `ssh-keygen -Y verify` takes *signature* over DATA for alem's, whose key *key* is."""
    (folder / "signers").write_text(ssh.allowed_signers([("alem", [key])], [NAMESPACE]))
    (folder / "sig").write_text(signature)
    assert OPENSSH is not None
    ran = subprocess.run(
        [OPENSSH, "-Y", "verify", "-f", folder / "signers", "-I", "alem", "-n", NAMESPACE, "-s", folder / "sig"],
        input=DATA,
        capture_output=True,
        check=False,
    )
    return ran.returncode == 0


@pytest.mark.parametrize("kind", MAKERS)
def test_what_we_sign_we_take(kind: str) -> None:
    """Each kind of key signs, and its signature holds for these bytes, this purpose and nothing else."""
    key = MAKERS[kind]()
    public = ssh.public_of(key)
    signature = ssh.sign_with(key, DATA, NAMESPACE)
    assert public.kind == kind
    assert ssh.verify(DATA, signature, NAMESPACE) == public
    with pytest.raises(ssh.BadSignature, match="does not fit the file"):
        ssh.verify(DATA + b"\n", signature, NAMESPACE)
    with pytest.raises(ssh.BadSignature, match="made for 'golive-attestation' and not for 'golive-waiver'"):
        ssh.verify(DATA, signature, "golive-waiver")


@needs_openssh
@pytest.mark.parametrize("kind", MAKERS)
def test_openssh_takes_what_we_sign(kind: str, tmp_path: Path) -> None:
    """Stock OpenSSH verifies our signatures with the file that we write for it, for nobody else and nothing else."""
    key, other = MAKERS[kind](), MAKERS[kind]()
    assert taken_by_openssh(ssh.sign_with(key, DATA, NAMESPACE), ssh.public_of(key), tmp_path)
    assert not taken_by_openssh(ssh.sign_with(other, DATA, NAMESPACE), ssh.public_of(key), tmp_path)
    assert not taken_by_openssh(ssh.sign_with(key, DATA, "golive-waiver"), ssh.public_of(key), tmp_path)


@needs_openssh
@pytest.mark.parametrize("kind", MAKERS)
def test_we_take_what_openssh_signs(kind: str, tmp_path: Path) -> None:
    """`ssh-keygen -Y sign` by the key's file, as a person signs, gives what we verify."""
    key = MAKERS[kind]()
    file = key_file(tmp_path, key)
    signature = ssh.sign(DATA, NAMESPACE, file, ask=lambda _: pytest.fail("nothing to ask"))
    assert ssh.verify(DATA, signature, NAMESPACE) == ssh.public_of(key)


def key_file(folder: Path, key: ssh.PrivateKey) -> Path:
    """*key* as `ssh-keygen` keeps it."""
    file = folder / "id"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    file.chmod(0o600)
    return file


def test_without_openssh_the_key_file_signs(tmp_path: Path) -> None:
    """Where there is no ssh-keygen, the same key file signs here."""
    key = ed25519.Ed25519PrivateKey.generate()
    signature = ssh.sign(DATA, NAMESPACE, key_file(tmp_path, key), ask=lambda _: "", program="no-such-program")
    assert ssh.verify(DATA, signature, NAMESPACE) == ssh.public_of(key)


@pytest.mark.parametrize("program", ["no-such-program", pytest.param("ssh-keygen", marks=needs_openssh)])
@pytest.mark.parametrize("text", [None, "not a key\n"])
def test_a_key_that_is_none_is_named(tmp_path: Path, text: str | None, program: str) -> None:
    """Who names a wrong key file is told which, in one sentence."""
    file = tmp_path / "id"
    if text is not None:
        file.write_text(text)
        file.chmod(0o600)
    with pytest.raises(SetupError, match=str(file)) as caught:
        ssh.sign(DATA, NAMESPACE, file, ask=lambda _: "", program=program)
    assert "\n" not in str(caught.value)


@needs_openssh
def test_a_locked_key_without_openssh_says_what_is_needed(tmp_path: Path) -> None:
    """A passphrase is asked for; where it cannot be used without ssh-keygen, that is said."""
    assert OPENSSH is not None
    file = tmp_path / "id"
    subprocess.run([OPENSSH, "-q", "-t", "ed25519", "-N", "opens", "-f", file], check=True)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "wrong" if len(asked) == 1 else "opens"

    try:
        signature = ssh.sign(DATA, NAMESPACE, file, ask, program="no-such-program")
    except SetupError as exc:
        assert "ssh-keygen" in str(exc)  # noqa: PT017  # either is right: it depends on what is installed
    else:
        assert ssh.verify(DATA, signature, NAMESPACE)
        assert len(asked) == 2
    assert asked[0] == f"passphrase of {file}"


# -- hardware keys: a key of software that answers as PROTOCOL.u2f has an authenticator answer -------------------------


def of_hardware(kind: str, flags: int) -> tuple[str, ssh.PublicKey]:
    """A signature over DATA as an authenticator makes it, and its public key."""
    application = b"ssh:"
    message = ssh.MAGIC + b"".join(map(string, (NAMESPACE.encode(), b"", b"sha512", hashlib.sha512(DATA).digest())))
    said = hashlib.sha256(application).digest() + struct.pack(">BI", flags, 7) + hashlib.sha256(message).digest()
    if kind == "sk-ssh-ed25519@openssh.com":
        key = ed25519.Ed25519PrivateKey.generate()
        point = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        blob, raw = string(kind.encode()) + string(point), key.sign(said)
    else:
        curve = ec.generate_private_key(ec.SECP256R1())
        point = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        blob = string(kind.encode()) + string(b"nistp256") + string(point)
        r, s = decode_dss_signature(curve.sign(said, ec.ECDSA(hashes.SHA256())))
        raw = b"".join(string(number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in (r, s))
    blob += string(application)
    signature = string(kind.encode()) + string(raw) + struct.pack(">BI", flags, 7)
    parts = (blob, NAMESPACE.encode(), b"", b"sha512", signature)
    text = armored(ssh.MAGIC, struct.pack(">I", 1), *map(string, parts))
    return text, ssh.PublicKey(kind, blob)


HARDWARE = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")


@pytest.mark.parametrize("kind", HARDWARE)
def test_a_hardware_key_is_verified_here(kind: str) -> None:
    """What a touched hardware key signs holds, and for nothing else."""
    signature, public = of_hardware(kind, flags=0x01)
    assert ssh.verify(DATA, signature, NAMESPACE) == public == ssh.PublicKey.parse(public.line)
    with pytest.raises(ssh.BadSignature, match="does not fit the file"):
        ssh.verify(DATA + b"\n", signature, NAMESPACE)


@pytest.mark.parametrize("kind", HARDWARE)
def test_a_hardware_key_that_nobody_touched_does_not_count(kind: str) -> None:
    """Without a touch a machine may have signed by itself."""
    with pytest.raises(ssh.BadSignature, match="nobody touched"):
        ssh.verify(DATA, of_hardware(kind, flags=0x00)[0], NAMESPACE)


@needs_openssh
@pytest.mark.parametrize("kind", HARDWARE)
def test_openssh_agrees_on_hardware_keys(kind: str, tmp_path: Path) -> None:
    """Stock OpenSSH takes the same signature of a touched hardware key, and refuses it for another key."""
    signature, public = of_hardware(kind, flags=0x01)
    assert taken_by_openssh(signature, public, tmp_path)
    assert not taken_by_openssh(signature, of_hardware(kind, flags=0x01)[1], tmp_path)


# -- what is no signature ---------------------------------------------------------------------------------------------


def good_parts() -> tuple[bytes, ...]:
    key = ed25519.Ed25519PrivateKey.generate()
    blob = base64.b64decode("".join(ssh.sign_with(key, DATA, NAMESPACE).splitlines()[1:-1]))
    return (blob[:6], blob[6:10], blob[10:])


WRONG: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "does not stand between"),
    "not armored": (lambda: "hello\n" * 5, "does not stand between"),
    "not base64": (lambda: f"{ssh.BEGIN}\nå!\n{ssh.END}\n", "is not base64"),
    "something else": (lambda: armored(b"SSHKEY\0\0\0\1"), "is no SSH signature"),
    "of a later version": (lambda: armored(good_parts()[0], b"\0\0\0\2", good_parts()[2]), "version 2"),
    "cut short": (lambda: armored(*good_parts()[:2], good_parts()[2][:-1]), "ends too early"),
    "with something behind it": (lambda: armored(*good_parts(), b"\0"), "goes on after its end"),
    "over a weak digest": (lambda: _with(b"sha512", b"sha1"), "digest 'sha1'"),
    "of a kind that nobody knows": (lambda: _with(b"ssh-ed25519", b"ssh-ed25518"), "cannot be read"),
    "RSA with SHA-1": (lambda: _weak_rsa(b"ssh-rsa", 2048), "SHA-1"),
    "RSA of 1024 bits": (lambda: _weak_rsa(b"rsa-sha2-512", 1024), "1024 bits is too weak"),
}


def _with(old: bytes, new: bytes) -> str:
    magic, version, rest = good_parts()
    changed = rest.replace(struct.pack(">I", len(old)) + old, struct.pack(">I", len(new)) + new)
    return armored(magic, version, changed)


def _weak_rsa(algorithm: bytes, bits: int) -> str:
    public = rsa.generate_private_key(65537, bits).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    blob = base64.b64decode(public.split()[1])
    signature = string(algorithm) + string(b"\1" * (bits // 8))
    return armored(ssh.MAGIC, b"\0\0\0\1", *map(string, (blob, NAMESPACE.encode(), b"", b"sha512", signature)))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_signature_says_why(name: str, tmp_path: Path) -> None:
    """Whatever lies there instead of a signature is refused with a reason, and OpenSSH refuses it too."""
    make, said = WRONG[name]
    text = make()
    with pytest.raises(ssh.BadSignature, match=said):
        ssh.verify(DATA, text, NAMESPACE)
    if OPENSSH is not None:
        assert not taken_by_openssh(text, ssh.public_of(ed25519.Ed25519PrivateKey.generate()), tmp_path)


@pytest.mark.parametrize(
    "line", ["", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-rsa AAAAC3NzaC1lZDI1NTE5", "ssh-dss AAAAB3NzaC1kc3M="]
)
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    """The environment file takes public keys only."""
    with pytest.raises(ValueError, match="key"):
        ssh.PublicKey.parse(line)


def test_a_key_under_another_name_is_refused() -> None:
    """The line must say of the key what the key says of itself."""
    key = ssh.public_of(ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(ValueError, match="the key says that it is ssh-ed25519, and the line says ssh-rsa"):
        ssh.PublicKey.parse(key.line.replace("ssh-ed25519", "ssh-rsa"))
