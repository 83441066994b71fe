"""
The twin's certificate authority.

Every run makes a new one, so nothing that it signs is worth stealing. The clients of a rehearsal trust the root called
"public" as they trust the public roots in production; a chain under any other issuer is a stranger to them, unless they
are given that root too (the database has its own, as RDS has).
"""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = Literal["EC P-256", "EC P-384", "RSA 1024", "RSA 2048"]
Version = Literal["1.0", "1.1", "1.2", "1.3"]

PUBLIC = "public"
DATABASE = "rds"
STRANGER = "stranger"

FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)
CLOSES = datetime(2049, 12, 31, tzinfo=UTC)

VERSIONS: dict[Version, ssl.TLSVersion] = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a host shows, and how old a TLS it still speaks."""

    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: Key = "EC P-256"
    issuer: str = PUBLIC
    self_signed: bool = False
    omit_intermediate: bool = False
    intermediate_ends: datetime = CLOSES
    oldest_tls: Version = "1.2"
    newest_tls: Version = "1.3"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, its key, and the chain as the host sends it: leaf first, root left out."""

    leaf: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def chain_pem(self) -> bytes:
        """The certificates as they are served, each in PEM (RFC 7468)."""
        return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in self.chain)

    @property
    def key_pem(self) -> bytes:
        """The private key in PEM, not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True, slots=True)
class _House:
    """A root and the intermediate under it that signs leaves."""

    root: x509.Certificate
    root_key: ec.EllipticCurvePrivateKey
    name: x509.Name  # of the intermediate
    key: ec.EllipticCurvePrivateKey

    def intermediate(self, ends: datetime) -> x509.Certificate:
        """The intermediate as it stands until *ends*."""
        return (
            _draft(self.name, self.root.subject, self.key, FOUNDED, ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root_key.public_key()), critical=False
            )
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(self.root_key, hashes.SHA256())
        )


class Authority:
    """Issues what a `Certificate` asks for, once for each; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._houses: dict[str, _House] = {}
        self._issued: dict[Certificate, Issued] = {}
        self._contexts: dict[Certificate, ssl.SSLContext] = {}
        self._house(PUBLIC)

    def root(self, issuer: str = PUBLIC) -> x509.Certificate:
        """The root that *issuer*'s chains end in."""
        with self._lock:
            return self._house(issuer).root

    def root_pem(self, *issuers: str) -> bytes:
        """A CA bundle with the roots of *issuers*, or of the public one alone."""
        roots = [self.root(issuer) for issuer in issuers or (PUBLIC,)]
        return b"".join(root.public_bytes(serialization.Encoding.PEM) for root in roots)

    def issue(self, spec: Certificate) -> Issued:
        """The chain and key for *spec*; the same ones each time."""
        with self._lock:
            if spec not in self._issued:
                self._issued[spec] = self._sign(spec)
            return self._issued[spec]

    def context(self, spec: Certificate) -> ssl.SSLContext:
        """A server's context for *spec*; the same one each time."""
        with self._lock:
            if spec not in self._contexts:
                self._contexts[spec] = _serve(self.issue(spec), spec)
            return self._contexts[spec]

    def _house(self, name: str) -> _House:
        if name not in self._houses:
            self._houses[name] = _found(name)
        return self._houses[name]

    def _sign(self, spec: Certificate) -> Issued:
        key = _new_key(spec.key)
        subject = _subject(spec.names[0])
        house = self._house(spec.issuer)
        signer, issuer, issuer_key = (
            (key, subject, key.public_key()) if spec.self_signed else (house.key, house.name, house.key.public_key())
        )
        leaf = (
            _draft(subject, issuer, key, spec.not_before, spec.not_after)
            # Not critical, since the subject is not empty: cryptography's verifier refuses it otherwise.
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in spec.names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .sign(signer, hashes.SHA256())
        )
        alone = spec.self_signed or spec.omit_intermediate
        return Issued(leaf, key, (leaf,) if alone else (leaf, house.intermediate(spec.intermediate_ends)))


def healthy(now: datetime) -> dict[str, Certificate]:
    """What each host of a healthy production shows, a month after it was last renewed."""
    issued, ends = now - timedelta(days=30), now + timedelta(days=168)

    def shown(*names: str, issuer: str = PUBLIC) -> Certificate:
        return Certificate(names, issued, ends, issuer=issuer)

    ours = shown("getdrop.no", "www.getdrop.no")
    database = "drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com"
    return {
        "getdrop.no": ours,
        "www.getdrop.no": ours,
        "9ef3szvvsb.eu-west-1.awsapprunner.com": shown("*.eu-west-1.awsapprunner.com"),
        "auth.bankid.no": shown("auth.bankid.no"),
        "production.neonomics.io": shown("*.neonomics.io"),
        "sandbox.neonomics.io": shown("*.neonomics.io"),
        "oauth.swan.io": shown("*.swan.io"),
        "api.swan.io": shown("*.swan.io"),
        "status.swan.io": shown("*.swan.io"),
        "api.github.com": shown("*.github.com", "github.com"),
        "api.sumsub.com": shown("*.sumsub.com", "sumsub.com"),
        "uptime.betterstack.com": shown("*.betterstack.com", "betterstack.com"),
        "drop-status.betteruptime.com": shown("*.betteruptime.com"),
        "slack.com": shown("slack.com", "*.slack.com"),
        "hooks.slack.com": shown("slack.com", "*.slack.com"),
        "ip-ranges.amazonaws.com": shown("ip-ranges.amazonaws.com"),
        database: shown(database, issuer=DATABASE),
    }


def pick(certificates: Mapping[str, Certificate], host: str | None, default: str) -> Certificate:
    """The certificate for *host*; for a client that names none, or one that we do not know, *default*'s."""
    return certificates.get((host or default).lower(), certificates[default])


def _found(name: str) -> _House:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _subject(f"Drop rehearsal root, {name}")
    root = (
        _draft(root_name, root_name, root_key, FOUNDED, CLOSES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    return _House(root, root_key, _subject(f"Drop rehearsal intermediate, {name}"), key)


def _new_key(kind: Key) -> PrivateKey:
    match kind:
        case "EC P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "EC P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "RSA 1024":
            return rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short on purpose, to be found out
        case "RSA 2048":
            return rsa.generate_private_key(65537, 2048)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _serve(issued: Issued, spec: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if spec.oldest_tls in ("1.0", "1.1") or spec.key == "RSA 1024":
        # OpenSSL refuses both of its own accord, and a fault must be able to show them.
        context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the old versions, which a fault wants
        context.minimum_version = VERSIONS[spec.oldest_tls]
        context.maximum_version = VERSIONS[spec.newest_tls]
    context.set_alpn_protocols(["http/1.1"])
    with tempfile.TemporaryDirectory() as folder:  # ssl takes a chain from a file only
        chain = Path(folder, "chain.pem")
        chain.touch(mode=0o600)
        chain.write_bytes(issued.key_pem + issued.chain_pem)
        context.load_cert_chain(chain)
    return context
