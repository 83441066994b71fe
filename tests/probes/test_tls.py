"""The context that all threads share."""

from __future__ import annotations

import ssl

import pytest

from golive.probes.tls import shared_context

from .town import Town


def hello(context: ssl.SSLContext) -> bytes:
    """What a client with *context* says first."""
    said = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), said, server_hostname="getdrop.no")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return said.read()


def test_nothing_is_done_to_what_threads_share(town: Town) -> None:
    """
    What is offered stays as it was, whatever a library says for each of its connections.
    """
    context = shared_context(town.trust)
    assert b"\x08http/1.1" in hello(context)
    context.set_alpn_protocols(["h2"])
    assert b"\x02h2" not in hello(context)
    assert b"\x08http/1.1" in hello(context)


def test_names_and_certificates_are_verified(town: Town) -> None:
    """
    As by Python's own default context.
    """
    ours, default = shared_context(town.trust), ssl.create_default_context(cafile=str(town.trust))
    for name in ("verify_mode", "verify_flags", "check_hostname", "minimum_version", "options"):
        assert getattr(ours, name) == getattr(default, name), name
    assert ours.get_ca_certs() == default.get_ca_certs() != []
