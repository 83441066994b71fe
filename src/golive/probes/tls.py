"""TLS as all threads of a run share it."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterable
from pathlib import Path


class SharedContext(ssl.SSLContext):
    """
    A client's context, to which nothing is done any more once a second thread may hold it.

    httpcore says anew for each connection which protocols are spoken. OpenSSL then frees what it was told before, which
    another thread may just be copying into its hello: one hello in some thousands held rubbish, and no server took it.
    """

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Leave it at HTTP/1.1, which is all that httpcore asks for here."""


def shared_context(trust: Path) -> SharedContext:
    """A context that verifies names and certificates against the authorities in *trust*, and offers HTTP/1.1."""
    context = SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):  # as Python's own default context has it from there on
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cafile=str(trust))
    ssl.SSLContext.set_alpn_protocols(context, ["http/1.1"])
    return context
