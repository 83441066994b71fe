"""HTTP as the probes speak it: to the environment's own addresses, verified, bounded, and without a memory."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from golive.errors import Overloaded, Unreachable, Unreadable, Untrusted

if TYPE_CHECKING:
    import httpcore
    import httpx

    from golive.probes.reach import Reach

Form = TypeVar("Form", bound=BaseModel)

LIMIT = 1 << 20  # bytes of a body, after decompression
PATIENT_DOWN = 429
# How an answer tells of limits; no standard has the second family, which everybody spells alike.
LIMITS = ("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_LIMIT = re.compile(r"[\w ,:;=.-]{1,40}")
SPEAKS = {
    "User-Agent": "golive (the go-live gate of Drop)",
    "Accept": "text/html, application/json;q=0.9, */*;q=0.5",
    "Accept-Language": "nb",
    "Accept-Encoding": "gzip",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came; it stays inside the probe, which takes from it what may be told."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes


def exchange(
    reach: Reach,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    shown: str = "",
    limit: int = LIMIT,
) -> Reply:
    """
    Ask once: redirects are not followed, cookies not kept, connections not used again, the shell's proxies not seen.

    *shown* stands in the place of *url*, in the reply and in errors, where the address is itself a secret.

    Unreachable: no answer. Untrusted: the certificate does not prove the name. Overloaded: 429. Unreadable: not HTTP,
    or a body over *limit* bytes. Denied: a host outside the environment's list. Every status but 429 is an answer.
    """
    import httpx

    ends = time.monotonic() + reach.environment.network.look_seconds
    shown = shown or url
    with (
        _told(shown),
        httpx.Client(
            transport=_transport(reach), timeout=reach.environment.network.answer_seconds, trust_env=False
        ) as client,
        client.stream(method, url, headers={**SPEAKS, **(headers or {})}, content=content or None) as answer,
    ):
        if answer.status_code == PATIENT_DOWN:
            raise Overloaded(
                shown, "answered 429, too many requests", status=PATIENT_DOWN, limits=limits(answer.headers)
            )
        return Reply(shown, answer.status_code, answer.headers, _body(shown, answer, ends, limit))


def formed(reply: Reply, form: type[Form], vendor: str, status: int = HTTPStatus.OK) -> Form:
    """
    What *vendor* answered, in its *form*; Unreadable where it answered with another *status*, or in no such form.

    Without the cause: that would quote what came, keys included.
    """
    if reply.status != status:
        raise Unreadable(reply.url, f"{vendor} answered {reply.status}")
    try:
        return form.model_validate_json(reply.body)
    except ValidationError as exc:
        raise Unreadable(reply.url, f"not what {vendor} answers: {exc.error_count()} members are wrong") from None


def limits(headers: httpx.Headers) -> Mapping[str, str]:
    """What *headers* tell of limits, as far as it is plain."""
    said = {name: headers.get(name, "") for name in LIMITS}
    return {name: text for name, text in said.items() if _LIMIT.fullmatch(text)}


def _body(url: str, answer: httpx.Response, ends: float, limit: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > limit:
            raise Unreadable(url, f"the answer is longer than {limit} bytes")
        if time.monotonic() > ends:
            raise Unreachable(url, "the answer dripped in and did not end")
    return bytes(body)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """What the libraries raise, in our words: theirs quote what came, which may be anybody's secret."""
    import httpcore
    import httpx

    try:
        yield
    except httpcore.TimeoutException as exc:
        raise Unreachable(url, "no answer in time") from exc
    except httpcore.NetworkError as exc:
        cause = _root(exc)
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise Untrusted(url, f"its certificate is not to be trusted: {cause.verify_message}") from exc
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            raise Unreadable(url, f"TLS failed: {cause.reason or cause}") from exc
        raise Unreachable(url, str(cause) or "the connection broke") from exc
    except httpcore.RemoteProtocolError as exc:
        raise Unreadable(url, "the answer is not HTTP") from exc
    except httpx.RemoteProtocolError as exc:  # it follows nothing, but reads where it would have to
        raise Unreadable(url, "the answer sends on to what is no address") from exc
    except httpx.DecodingError as exc:
        raise Unreadable(url, "the answer cannot be decompressed") from exc
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol) as exc:
        raise Unreadable(url, "not an address of a page") from exc


def _root(exc: BaseException) -> BaseException:
    """What httpcore wrapped; it hides the cause ("from None") and leaves the context."""
    while (inner := exc.__cause__ or exc.__context__) is not None:
        exc = inner
    return exc


def _transport(reach: Reach) -> httpx.BaseTransport:
    import httpcore

    backend, transport = _parts()
    pool = httpcore.ConnectionPool(ssl_context=reach.tls(), network_backend=backend(reach), max_keepalive_connections=0)
    return transport(pool)


@cache
def _parts() -> tuple[
    Callable[[Reach], httpcore.NetworkBackend], Callable[[httpcore.ConnectionPool], httpx.BaseTransport]
]:
    """
    How we connect, and a transport of httpx over httpcore's public parts: httpx's own has no place for another way.

    Made when the first page is asked, for until then nobody needs the libraries.
    """
    import httpcore
    import httpx

    class Dialled(httpcore.NetworkBackend):
        def __init__(self, reach: Reach) -> None:
            self._reach = reach
            self._sockets = httpcore.SyncBackend()

        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
        ) -> httpcore.NetworkStream:
            refused: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
            for address, there in self._reach.dial(host, port):
                try:
                    return self._sockets.connect_tcp(address, there, timeout, local_address, socket_options)
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                    refused = exc
            raise refused or httpcore.ConnectError(f"{host} has no address")

    class Body(httpx.SyncByteStream):
        def __init__(self, answer: httpcore.Response) -> None:
            self._answer = answer

        def __iter__(self) -> Iterator[bytes]:
            return self._answer.iter_stream()

        def close(self) -> None:
            self._answer.close()

    class Transport(httpx.BaseTransport):
        def __init__(self, pool: httpcore.ConnectionPool) -> None:
            self._pool = pool

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked = httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
            answer = self._pool.handle_request(asked)
            return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer))

        def close(self) -> None:
            self._pool.close()

    return Dialled, Transport
