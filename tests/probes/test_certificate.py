"""What hosts show to prove who they are, asked of the twin's TLS with every kind of certificate."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from golive.errors import Denied, ProbeError, Unreachable, Unreadable
from golive.probes import certificate
from golive.probes.certificate import ServedCertificate, Spoken, TlsVersions, public_keys, speaks

from .town import STARTED, Town, again, free_port

LOOK = ServedCertificate("getdrop.no")
VERSIONS = TlsVersions("getdrop.no")
DAY = timedelta(days=1)


def test_certificate_is_told_at_each_address(town: Town) -> None:
    """
    Each address of the name shows its certificate, and it is trusted for what it is.
    """
    served = LOOK.observe(town.reach())
    assert [shown.address for shown in served.shown] == ["192.0.2.10", "192.0.2.11"]
    for shown in served.shown:
        assert shown.names == ("getdrop.no", "www.getdrop.no")
        assert (shown.key, shown.key_bits, shown.signature_hash) == ("EC secp256r1", 256, "sha256")
        assert abs(shown.not_after - STARTED - timedelta(days=168)) < DAY
        assert shown.distrusted == ""
    assert served.covers_host
    assert again(served) == served


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"names": ("other.example",)}, "not for this name"),
        ({"self_signed": True}, "nothing leads from it to a root"),
        ({"omit_intermediate": True}, "nothing leads from it to a root"),
        ({"issuer": "stranger"}, "nothing leads from it to a root"),
        ({"not_before": STARTED - 90 * DAY, "not_after": STARTED - DAY}, "has ended"),
        ({"not_before": STARTED + DAY, "not_after": STARTED + 90 * DAY}, "not begun"),
    ],
)
def test_certificate_that_proves_nothing_is_told_with_the_reason(town: Town, change: dict[str, Any], why: str) -> None:
    """
    A bad certificate is a fact, seen in full; only silence is none.
    """
    town.certify("getdrop.no", **change)
    served = LOOK.observe(town.reach())
    for shown in served.shown:
        assert shown.distrusted
        assert why in shown.distrusted
    assert served.covers_host is ("names" not in change)
    assert again(served) == served
    assert public_keys(town.reach(), "getdrop.no") == ()


def test_a_chain_ends_with_the_first_of_its_certificates(town: Town) -> None:
    """
    An intermediate that ends before the certificate under it takes that along; a root of many years takes nothing.
    """
    (whole, _) = LOOK.observe(town.reach()).shown
    assert whole.chain_ends == whole.not_after
    town.certify("getdrop.no", intermediate_ends=STARTED + 3 * DAY)
    (shown, _) = LOOK.observe(town.reach()).shown
    assert shown.distrusted == ""
    assert abs(shown.chain_ends - STARTED - 3 * DAY) < DAY
    assert shown.not_after == whole.not_after


@pytest.mark.parametrize(
    ("key", "kind", "bits"), [("RSA 1024", "RSA", 1024), ("RSA 2048", "RSA", 2048), ("EC P-384", "EC secp384r1", 384)]
)
def test_key_is_told_by_kind_and_length(town: Town, key: str, kind: str, bits: int) -> None:
    """
    A key too short is seen like any other; to the chain alone it would make no difference.
    """
    town.certify("getdrop.no", key=key)
    (shown, _) = LOOK.observe(town.reach()).shown
    assert (shown.key, shown.key_bits, shown.distrusted) == (kind, bits, "")


def test_wildcard_covers_one_label(town: Town) -> None:
    """
    RFC 9525: a wildcard stands for exactly the first label.
    """
    town.certify("getdrop.no", names=("*.getdrop.no",))
    served = LOOK.observe(town.reach())
    assert not served.covers_host
    assert all(shown.distrusted for shown in served.shown)
    host = "9ef3szvvsb.eu-west-1.awsapprunner.com"
    assert ServedCertificate(host).observe(town.reach()).covers_host


@pytest.mark.parametrize("look", [LOOK, VERSIONS])
@pytest.mark.parametrize("ailment", ["off", "silent"])
def test_host_that_is_off_is_unknown(town: Town, look: Any, ailment: Any) -> None:
    """
    Who hangs up or hangs has shown nothing, and refused nothing.
    """
    town.site = replace(town.site, ailment=ailment)
    with pytest.raises(Unreachable):
        look.observe(town.reach(answer_seconds=0.2))


@pytest.mark.parametrize("look", [LOOK, VERSIONS])
def test_address_that_nobody_listens_at_is_unknown(town: Town, look: Any) -> None:
    """
    Every address must be seen: a visitor may be sent to any of them.
    """
    reach = town.reach()
    reach.detour = replace(reach.detour, ports={**town.ports, "192.0.2.11:443": free_port()})
    with pytest.raises(Unreachable):
        look.observe(reach)


@pytest.mark.parametrize(("look", "error"), [(LOOK, Unreadable), (VERSIONS, Unreachable)])
def test_what_is_not_tls_is_unknown(town: Town, serve: Callable[..., int], look: Any, error: type[ProbeError]) -> None:
    """
    A line that speaks something else has no certificate.
    """

    def talk(line: socket.socket) -> None:
        line.sendall(b"220 mail.example ESMTP\r\n")
        line.recv(9999)

    port = serve(talk)
    reach = town.reach()
    reach.detour = replace(reach.detour, ports={**town.ports, "192.0.2.10:443": port, "192.0.2.11:443": port})
    with pytest.raises(error):
        look.observe(reach)


def test_unlisted_host_is_denied(town: Town) -> None:
    """
    A host that the environment does not list is not called.
    """
    with pytest.raises(Denied):
        ServedCertificate("example.com").observe(town.reach())


@pytest.mark.parametrize(
    ("oldest", "newest", "accepted"),
    [
        ("1.2", "1.3", ("TLS 1.2", "TLS 1.3")),
        ("1.1", "1.3", ("TLS 1.1", "TLS 1.2", "TLS 1.3")),
        ("1.0", "1.2", ("TLS 1.0", "TLS 1.1", "TLS 1.2")),
        ("1.3", "1.3", ("TLS 1.3",)),
    ],
)
def test_each_version_is_offered_by_itself(town: Town, oldest: str, newest: str, accepted: tuple[str, ...]) -> None:
    """
    What a host takes is found by offering one version at a time.
    """
    town.certify("getdrop.no", oldest_tls=oldest, newest_tls=newest)
    spoken = VERSIONS.observe(town.reach())
    assert spoken.accepted == accepted
    assert set(spoken.refused) == set(certificate.VERSIONS) - set(accepted)
    assert again(spoken) == spoken


def test_library_that_cannot_offer_a_version_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A refusal that is our own proves nothing about the host.
    """
    monkeypatch.setattr(certificate, "speaks", lambda version: version != "TLS 1.0")
    assert VERSIONS.observe(town.reach()) == Spoken(
        "getdrop.no", ("TLS 1.2", "TLS 1.3"), ("TLS 1.1",), untold=("TLS 1.0",)
    )


def test_control_notices_a_library_without_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The control is a handshake with ourselves: where it fails, the version cannot be offered.
    """
    assert speaks("TLS 1.3")
    speaks.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    monkeypatch.setattr(certificate, "_offer", lambda _: context)
    assert not speaks("TLS 1.2")
    speaks.cache_clear()
