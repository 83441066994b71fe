"""The certificate that a host shows to everybody, at each of its addresses, and how old a TLS it still speaks."""

from __future__ import annotations

import base64
import functools
import socket
import ssl
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from golive.errors import CannotTell, ProbeError, Unreachable, Unreadable
from golive.probes.look import Look
from golive.probes.names import NO_NAME
from golive.probes.reach import Reach
from golive.probes.together import has_way, together

if TYPE_CHECKING:
    from cryptography import x509
    from OpenSSL import SSL

HTTPS = 443
VERSIONS = {
    "TLS 1.0": ssl.TLSVersion.TLSv1,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
    "TLS 1.3": ssl.TLSVersion.TLSv1_3,
}


# The verifier's words, and ours.
DISTRUST = {
    "all candidates exhausted": "nothing leads from it to a root that is trusted: its issuer is a stranger, or the "
    "server leaves out a certificate in between",
    "not valid at validation time": "it has ended, or has not begun yet",
    "no matching subjectAltName": "it is not for this name",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one address shows, whatever it is worth."""

    address: str
    names: tuple[str, ...]  # DNS names of the subject alternative name, as they stand there
    not_before: datetime
    not_after: datetime
    chain_ends: datetime  # the first end among the certificates up to the root that it proves itself with; its own else
    key: str  # "RSA", "EC secp256r1", "Ed25519"
    key_bits: int
    signature_hash: str  # "sha256"; "" where the signature has no hash of its own
    issuer: str
    public_key_sha256: str  # base64 of the digest of the SubjectPublicKeyInfo (RFC 7469 2.4)
    distrusted: str  # why the chain as served does not prove the name to the environment's trust store; "": it does


@dataclass(frozen=True, slots=True)
class Served:
    """What all addresses of a host show."""

    host: str
    shown: tuple[Shown, ...]
    unseen: tuple[str, ...]  # IPv6 addresses beside IPv4 ones, which this machine has no way to

    @property
    def names(self) -> tuple[str, ...]:
        """Every name on any of the certificates."""
        return tuple(dict.fromkeys(name for shown in self.shown for name in shown.names))

    @property
    def covers_host(self) -> bool:
        """Whether a certificate claims the host's name, trusted or not."""
        return any(_covers(name, self.host) for name in self.names)


@dataclass(frozen=True, slots=True)
class ServedCertificate(Look[Served]):
    """Which certificate does *host* show?"""

    host: str

    @property
    def source(self) -> str:
        """The host's TLS."""
        return f"TLS at {self.host}:{HTTPS}"

    def observe(self, reach: Reach) -> Served:
        """Unreachable: an address does not answer. Unreadable: what answers is not TLS, or shows no certificate."""
        doors, unseen = _doors(reach, self.host)
        shown = together(lambda door: _show(reach, self.host, *door), sorted(doors.items()))
        return Served(self.host, tuple(shown), unseen)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Which versions of TLS a host takes at any of its addresses."""

    host: str
    accepted: tuple[str, ...]  # "TLS 1.0" to "TLS 1.3"
    refused: tuple[str, ...]  # at every address
    untold: tuple[str, ...]  # this machine's own library cannot offer them, so that a refusal would be its own


@dataclass(frozen=True, slots=True)
class TlsVersions(Look[Spoken]):
    """Which versions of TLS does *host* take? Each is offered by itself, with every cipher that this machine knows."""

    host: str

    @property
    def source(self) -> str:
        """The host's TLS."""
        return f"TLS at {self.host}:{HTTPS}"

    def observe(self, reach: Reach) -> Spoken:
        """
        Unreachable: an address does not answer, or takes no version at all, so that a refusal says nothing.
        """
        offered = [name for name in VERSIONS if speaks(name)]
        doors, _ = _doors(reach, self.host)
        patience = reach.environment.network.answer_seconds
        pairs = [(address, name) for address in doors for name in offered]
        took = together(lambda pair: _accepts(self.host, doors[pair[0]], pair[1], patience), pairs)
        accepted = {pair for pair, taken in zip(pairs, took, strict=True) if taken}
        if mute := [address for address in doors if not any(address == at for at, _ in accepted)]:
            raise Unreachable(self.source, f"no version of TLS is spoken at {', '.join(mute)}")
        spoken = tuple(name for name in offered if any(name == taken for _, taken in accepted))
        refused = tuple(name for name in offered if name not in spoken)
        return Spoken(self.host, spoken, refused, tuple(name for name in VERSIONS if name not in offered))


def public_keys(reach: Reach, host: str) -> tuple[str, ...]:
    """`public_key_sha256` of the certificates that *host* proves itself with; none where it does not, or not now."""

    def proven() -> tuple[str, ...]:
        doors, _ = _doors(reach, host)
        shown = [_show(reach, host, *door) for door in doors.items()]
        return tuple(one.public_key_sha256 for one in shown if not one.distrusted)

    try:
        return reach.found(f"public keys of {host}", proven)
    except ProbeError:
        return ()


def _doors(reach: Reach, host: str) -> tuple[dict[str, tuple[str, int]], tuple[str, ...]]:
    """Addresses and where to connect for them, and the IPv6 ones that this machine cannot reach beside an IPv4 one."""
    doors = dict(reach.doors(host, HTTPS))
    unseen = () if reach.environment.rehearsal else tuple(a for a in doors if ":" in a and not has_way(a))
    seen = {address: there for address, there in doors.items() if address not in unseen}
    return (seen, unseen) if seen else (doors, ())


def _covers(claimed: str, host: str) -> bool:
    """RFC 9525 6.3: equal without regard to case, or a wildcard for exactly the first label."""
    claimed, host = claimed.lower().rstrip("."), host.lower()
    return claimed == host or (claimed.startswith("*.") and claimed[2:] == host.partition(".")[2])


# -- what is shown ----------------------------------------------------------------------------------------------------


def _show(reach: Reach, host: str, address: str, there: tuple[str, int]) -> Shown:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256, Hash
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    chain = _chain(reach, host, address, there)
    leaf = chain[0]
    try:
        distrusted, chain_ends = _distrust(reach, host, chain)
        key = leaf.public_key()
        try:
            names = tuple(
                leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
                    x509.DNSName
                )
            )
        except x509.ExtensionNotFound:
            names = ()
        hashed = leaf.signature_hash_algorithm
        digest = Hash(SHA256())
        digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        kind = f"EC {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__.strip("_")
        return Shown(
            address=address,
            names=names,
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            chain_ends=chain_ends,
            key=kind.removesuffix("PublicKey"),
            key_bits=getattr(key, "key_size", 256),
            signature_hash=hashed.name if hashed else "",
            issuer=leaf.issuer.rfc4514_string(),
            public_key_sha256=base64.b64encode(digest.finalize()).decode(),
            distrusted=distrusted,
        )
    except ValueError as exc:
        raise Unreadable(f"{host} at {address}", f"its certificate cannot be read: {exc}") from exc


def _unverifying() -> SSL.Context:
    """Takes every certificate: what is shown to be distrusted must be seen too, and `_distrust` judges it."""
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    return context


def _chain(reach: Reach, host: str, address: str, there: tuple[str, int]) -> list[x509.Certificate]:
    """The certificates as they are sent, leaf first, nothing verified."""
    from OpenSSL import SSL

    target = f"{host} at {address}"
    ours = SSL.Connection(reach.shared("tls that takes every certificate", _unverifying), None)
    ours.set_tlsext_host_name(host.encode("idna"))
    ours.set_connect_state()
    with _line(target, there, reach.environment.network.answer_seconds) as line:
        while True:
            try:
                ours.do_handshake()
            except SSL.WantReadError:
                _send(line, ours)
                said = line.recv(1 << 14)
                if not said:
                    raise Unreachable(target, "hung up before it showed a certificate") from None
                ours.bio_write(said)
            except SSL.Error as exc:
                raise Unreadable(target, f"what answers does not speak TLS as we do: {_reason(exc)}") from exc
            else:
                break
    chain = ours.get_peer_cert_chain(as_cryptography=True)
    if not chain:
        raise Unreadable(target, "shows no certificate")
    return list(chain)


def _send(line: socket.socket, ours: SSL.Connection) -> None:
    from OpenSSL.SSL import WantReadError

    with suppress(WantReadError):  # when all is sent
        while said := ours.bio_read(1 << 14):
            line.sendall(said)


def _reason(exc: BaseException) -> str:
    """OpenSSL's word for what happened: errors come as lists of (library, function, reason)."""
    told = exc.args[0] if exc.args else None
    return str(told[-1][-1]) if isinstance(told, list) and told else type(exc).__name__


def _distrust(reach: Reach, host: str, chain: list[x509.Certificate]) -> tuple[str, datetime]:
    """Why *chain* does not prove *host*, "" where it does, and when it ceases to."""
    from cryptography.x509 import DNSName, load_pem_x509_certificates
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

    roots = reach.shared(f"roots of {reach.trust}", lambda: Store(load_pem_x509_certificates(reach.trust.read_bytes())))
    now = datetime.now(UTC)

    def verified(name: str) -> list[x509.Certificate]:
        verifier = PolicyBuilder().store(roots).time(now).build_server_verifier(DNSName(name))
        return list(verifier.verify(chain[0], chain[1:]))

    try:
        proven = verified(host)
    except VerificationError as exc:
        # Which certificate it stumbled over is left out: what it showed is told beside this.
        said = str(exc).removeprefix("validation failed: ").partition(" (encountered")[0]
        why = next((words for part, words in DISTRUST.items() if part in said), said) or "it is not trusted"
        return why, chain[0].not_valid_after_utc
    with suppress(VerificationError):
        verified(NO_NAME)
        raise CannotTell(host, f"its certificate proves {NO_NAME} as well, a name that nobody has")
    return "", min(each.not_valid_after_utc for each in proven)


# -- which versions ---------------------------------------------------------------------------------------------------


def _accepts(host: str, there: tuple[str, int], version: str, patience: float) -> bool:
    with _line(f"{host}, offered {version}", there, patience) as line:
        try:
            with _offer(version).wrap_socket(line, server_hostname=host) as spoken:
                return spoken.version() is not None
        except (ssl.SSLError, ConnectionError):  # an alert, or the line cut: both say no
            return False


def _offer(version: str) -> ssl.SSLContext:
    """A client that speaks *version* alone, with all that OpenSSL would rather not (security level 0)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # whose certificate it is, is another look
    return _only(context, version)


def _only(context: ssl.SSLContext, version: str) -> ssl.SSLContext:
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the versions that must be gone, which is the question
        # The floor of a system's own policy may be above the version: lower it first.
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = VERSIONS[version]
        context.minimum_version = VERSIONS[version]
    return context


@functools.cache
def speaks(version: str) -> bool:
    """The control: whether this machine's own library can speak *version*, to a server of its own that does."""
    try:
        server = _only(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), version)
        _own_certificate(server)
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = (
            _offer(version).wrap_bio(to_client, to_server),
            server.wrap_bio(to_server, to_client, server_side=True),
        )
        for _ in range(4):  # a handshake takes two rounds, three with a retry
            done = [_goes_on(end) for end in ends]
            if all(done):
                return True
    except (ssl.SSLError, ValueError):
        return False
    return False


def _goes_on(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _own_certificate(context: ssl.SSLContext) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("control.invalid")]), critical=True)
        .sign(key, SHA256())
    )
    with tempfile.TemporaryDirectory() as folder:  # ssl takes a certificate from a file only
        path = Path(folder, "control.pem")
        path.touch(mode=0o600)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(path)


# -- the line ---------------------------------------------------------------------------------------------------------


@contextmanager
def _line(target: str, there: tuple[str, int], patience: float) -> Iterator[socket.socket]:
    """A connection; what the network does to it is Unreachable."""
    try:
        with socket.create_connection(there, patience) as line:
            yield line
    except TimeoutError as exc:
        raise Unreachable(target, "no answer in time") from exc
    except OSError as exc:
        raise Unreachable(target, f"the connection failed: {exc.strerror or exc}") from exc
