"""
The way to a host, step by step: its name, a TCP connection, TLS that proves who answers. Nothing is asked there.

Each step has troubles of its own, and who mends them is somebody else: https://www.rfc-editor.org/rfc/rfc9293,
https://www.rfc-editor.org/rfc/rfc8446.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from golive.errors import NoSuchName, Unreachable
from golive.probes.look import Look
from golive.probes.together import together

if TYPE_CHECKING:
    from golive.probes.reach import Reach

Step = Literal["name", "connection", "TLS"]
How = Literal["not there", "not looked up", "refused", "timed out", "broke off", "not trusted", "not spoken"]

HTTPS = 443
# What may be a stray packet is tried once more; what timed out has been repeated by TCP itself.
_STRAY = frozenset({"refused", "broke off"})


@dataclass(frozen=True, slots=True)
class Way:
    """How far the way to *host* leads; where several addresses are there, as far as the best of them."""

    host: str
    addresses: tuple[str, ...]
    closed: tuple[str, ...]  # those of them that are not there to the end
    failed: Step | None  # None: it leads there
    how: How | None = None
    detail: str = ""  # in the system's own words

    @property
    def whole(self) -> bool:
        """Whether it leads to the end."""
        return self.failed is None

    def __str__(self) -> str:
        if self.failed is None:
            return f"the way to {self.host} is open"
        told = f" ({self.detail})" if self.detail else ""
        return f"the way to {self.host} ends at the {self.failed}, which is {_WORDS[self.how or 'timed out']}{told}"


_WORDS: dict[How, str] = {
    "not there": "not there",
    "not looked up": "not answered by the name servers",
    "refused": "refused",
    "timed out": "not answered in time",
    "broke off": "broken off",
    "not trusted": "not to be trusted",
    "not spoken": "not spoken there",
}


@dataclass(frozen=True, slots=True)
class WayTo(Look[Way]):
    """How far does the way to *name* lead?"""

    name: str

    @property
    def source(self) -> str:
        """The host and its port."""
        return f"{self.name}:{HTTPS}"

    @property
    def host(self) -> str:
        """The host."""
        return self.name

    def observe(self, reach: Reach) -> Way:
        """That it ends somewhere is the answer; Denied for a host outside the environment's list."""
        if self.name not in reach.environment.network.hosts:
            reach.doors(self.name, HTTPS)  # says why not
        try:
            addresses = reach.resolve(self.name)
        except NoSuchName as exc:
            return Way(self.name, (), (), "name", "not there", exc.reason)
        except Unreachable as exc:
            return Way(self.name, (), (), "name", "not looked up", exc.reason)
        try:
            doors = reach.doors(self.name, HTTPS)
        except Unreachable as exc:  # addresses at which there is nothing at all
            return Way(self.name, addresses, addresses, "connection", "timed out", exc.reason)
        context, patience = reach.tls(), reach.environment.network.answer_seconds
        tried = together(lambda door: _walk(self.name, door, context, patience), doors.values())
        ended = dict(zip(doors, tried, strict=True))
        closed = tuple(address for address in addresses if ended.get(address, _NOWHERE) is not None)
        if any(end is None for end in tried):
            return Way(self.name, addresses, closed, None)
        failed, how, detail = max((end for end in tried if end is not None), key=lambda end: _ORDER[end[0]])
        return Way(self.name, addresses, closed, failed, how, detail)


_End = tuple[Step, How, str]
_ORDER: dict[Step, int] = {"name": 0, "connection": 1, "TLS": 2}
_NOWHERE: _End = ("connection", "timed out", "")


def _walk(host: str, door: tuple[str, int], context: ssl.SSLContext, patience: float) -> _End | None:
    """Where the way through *door* ends; None where it leads there."""
    end = _once(host, door, context, patience)
    return _once(host, door, context, patience) if end is not None and end[1] in _STRAY else end


def _once(host: str, door: tuple[str, int], context: ssl.SSLContext, patience: float) -> _End | None:
    try:
        connection = socket.create_connection(door, patience)
    except OSError as exc:
        return "connection", _how(exc), _said(exc)
    with connection:
        try:
            with context.wrap_socket(connection, server_hostname=host):
                return None
        except ssl.SSLCertVerificationError as exc:
            return "TLS", "not trusted", exc.verify_message
        except (ssl.SSLError, OSError) as exc:
            return "TLS", _how(exc), _said(exc)


def _how(exc: OSError) -> How:
    if isinstance(exc, TimeoutError):
        return "timed out"
    if isinstance(exc, ConnectionRefusedError):
        return "refused"
    if isinstance(exc, ssl.SSLError) and not isinstance(exc, ssl.SSLEOFError):
        return "not spoken"
    return "broke off"


def _said(exc: OSError) -> str:
    return (exc.reason if isinstance(exc, ssl.SSLError) else exc.strerror) or ""
