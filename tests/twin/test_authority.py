"""Are the twin's certificates as good, and as bad, as they are asked to be?"""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from OpenSSL import SSL

from golive.twin.authority import DATABASE, STRANGER, Authority, Certificate, Version, healthy

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

NOW = datetime.now(UTC)
Shake = Callable[..., ssl.SSLSocket]


def verify(ca: Authority, spec: Certificate, name: str, issuer: str = "public") -> list[x509.Certificate]:
    leaf, *between = ca.issue(spec).chain
    policy = PolicyBuilder().store(Store([ca.root(issuer)])).time(NOW)
    return policy.build_server_verifier(x509.DNSName(name)).verify(leaf, between)


def alternatives(peer: ssl.SSLSocket) -> tuple[object, ...]:
    """Kind and text of each name in the certificate that *peer* was believed by."""
    certificate = peer.getpeercert()
    assert certificate is not None
    names = certificate["subjectAltName"]
    assert isinstance(names, tuple)
    return names


@pytest.mark.parametrize("host", healthy(NOW))
def test_healthy_chain_is_accepted(ca: Authority, host: str) -> None:
    """
    Every healthy chain leads from its host's name to its root, by cryptography's own verifier.
    """
    spec = healthy(NOW)[host]
    assert len(verify(ca, spec, host, spec.issuer)) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"not_after": NOW - timedelta(days=1)},
        {"not_before": NOW + timedelta(days=1)},
        {"names": ("other.example",)},
        {"self_signed": True},
        {"omit_intermediate": True},
        {"issuer": STRANGER},
        {"issuer": DATABASE},
    ],
)
def test_bad_chain_is_refused(ca: Authority, change: dict[str, Any]) -> None:
    """
    Each way for a certificate to be wrong is one that a verifier refuses.
    """
    with pytest.raises(VerificationError):
        verify(ca, replace(healthy(NOW)["getdrop.no"], **change), "getdrop.no")


@pytest.mark.parametrize("host", [host for host in healthy(NOW) if "rds" not in host])
def test_host_shows_its_own_certificate(twin: Twin, shown: Shake, host: str) -> None:
    """
    The name that a client asks for picks the certificate that it is shown, and ssl accepts it.
    """
    with shown(host, twin.trusting()) as peer:
        listed = set(alternatives(peer))
    assert listed == {("DNS", name) for name in twin.world.certificates[host].names}


def test_client_without_a_name_is_shown_the_first_host(twin: Twin, shown: Shake) -> None:
    """
    A client that asks for no name gets the certificate of the apex.
    """
    context = twin.trusting()
    context.check_hostname = False
    with shown("getdrop.no", context, None) as peer:
        assert ("DNS", "getdrop.no") in alternatives(peer)


def test_missing_intermediate_is_seen_on_the_wire(twin: Twin) -> None:
    """
    The chain as served is leaf and intermediate, and the leaf alone when the intermediate is left out.
    """

    def served() -> int:
        raw = socket.create_connection(("127.0.0.1", twin.port("getdrop.no")), timeout=5)
        raw.setblocking(True)
        peer = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), raw)
        peer.set_tlsext_host_name(b"getdrop.no")
        peer.set_connect_state()
        peer.do_handshake()
        chain = peer.get_peer_cert_chain(as_cryptography=True) or []
        raw.close()
        return len(chain)

    assert served() == 2
    spec = twin.world.certificates["getdrop.no"]
    twin.swap(certificates={**twin.world.certificates, "getdrop.no": replace(spec, omit_intermediate=True)})
    assert served() == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
@pytest.mark.parametrize("oldest", ["1.0", "1.2", "1.3"])
def test_old_tls_is_spoken_only_when_asked_for(
    twin: Twin, shown: Shake, version: ssl.TLSVersion, oldest: Version
) -> None:
    """
    A host speaks no TLS older than its certificate's word on it, and does speak that.
    """
    spec = twin.world.certificates["getdrop.no"]
    twin.swap(certificates={**twin.world.certificates, "getdrop.no": replace(spec, oldest_tls=oldest)})
    context = twin.trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    floor = {"1.0": ssl.TLSVersion.TLSv1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[oldest]
    if version >= floor:
        with shown("getdrop.no", context) as peer:
            assert peer.version() == version.name.replace("_", ".")
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            shown("getdrop.no", context)


def test_short_key_is_served(twin: Twin) -> None:
    """
    A fault can show a key that OpenSSL itself thinks too short.
    """
    spec = twin.world.certificates["getdrop.no"]
    twin.swap(certificates={**twin.world.certificates, "getdrop.no": replace(spec, key="RSA 1024")})
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.set_ciphers("ALL:@SECLEVEL=0")
    lax.check_hostname, lax.verify_mode = False, ssl.CERT_NONE
    raw = socket.create_connection(("127.0.0.1", twin.port("getdrop.no")), timeout=5)
    with lax.wrap_socket(raw, server_hostname="getdrop.no") as peer:
        shown = peer.getpeercert(binary_form=True)
    assert shown is not None
    key = x509.load_der_x509_certificate(shown).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 1024


def test_nothing_is_made_twice(ca: Authority) -> None:
    """
    The same words give the same chain and the same context, other words another.
    """
    spec = healthy(NOW)["getdrop.no"]
    assert ca.issue(spec) is ca.issue(replace(spec))
    assert ca.context(spec) is ca.context(replace(spec))
    assert ca.issue(spec).leaf != ca.issue(replace(spec, not_after=NOW)).leaf
