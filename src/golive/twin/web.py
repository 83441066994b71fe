"""
What the twin's web faces have in common: doors on loopback, TLS by the name that is asked for, and ailments.

The world is read anew for every connection and every request, so it may be swapped while a face runs. Connections that
are kept open still carry the certificate of the world in which they were made: `Front.swapped` ends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal, Protocol

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

LOOPBACK = "127.0.0.1"

Ailment = Literal["", "off", "silent", "babble", "denied", "throttled", "broken", "garbage", "hiccup"]
"""
How a face can be unwell: it resets the connection (off), takes it and never answers (silent), speaks something that is
not HTTP (babble), says 403 (denied), 429 (throttled) or 503 (broken), sends noise as a 200 (garbage), or says 503 the
first time that something is asked and answers the next time (hiccup).
"""

NOISE = random.Random(20260302).randbytes(512)  # noqa: S311 - the same noise every time, so that a failure can be repeated

THROTTLED = {"Retry-After": "30", "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}

# A TLS record's head: kind, version, length. A hello is of kind 22.
_HEAD = 5
_HANDSHAKE = 22
_PATIENCE = 20.0

# Closing throws away what is under way, which the other side sees as a reset.
_AT_ONCE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass(frozen=True, slots=True)
class Door:
    """One address and port of the world outside. Port 80 is plain; everything else is TLS."""

    address: str
    port: int

    @property
    def tls(self) -> bool:
        """Whether TLS is spoken there."""
        return self.port != 80

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Mood:
    """How a face answers at this moment, whatever it is asked."""

    ailment: Ailment = ""
    delay: float = 0.0
    clock_shift: timedelta = timedelta()


class Front:
    """Serves one application per door on loopback ports, in a thread of its own."""

    def __init__(
        self,
        apps: Mapping[Door, ASGIApp],
        mood: Callable[[Door], Mood],
        context: Callable[[str | None], ssl.SSLContext],
    ) -> None:
        self._apps = apps
        self._mood = mood
        self._context = context
        self._ear = _Ear()
        self._state = ServerState()
        self._stumbled: set[tuple[str, str]] = set()
        self._held: set[socket.socket] = set()
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self._listeners: dict[Door, socket.socket] = {}

    def start(self) -> dict[str, int]:
        """Open the doors; tells on which loopback port each is found."""
        self._listeners = {door: _listener() for door in self._apps}
        self._thread.start()
        return {str(door): listener.getsockname()[1] for door, listener in self._listeners.items()}

    def stop(self) -> None:
        """Close the doors, and every connection with them."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def swapped(self) -> None:
        """The world is another: forget what was done in the former one, and end the connections that it left open."""
        asyncio.run_coroutine_threadsafe(self._forget(), self._loop).result()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        for door, listener in self._listeners.items():
            self._spawn(self._greet(door, listener))
        await self._end.wait()
        for listener in self._listeners.values():
            listener.close()
        while self._held:
            _reset(self._held.pop())
        for conversation in tuple(self._state.connections):
            conversation.transport.abort()
        left = self._tasks | self._state.tasks
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _greet(self, door: Door, listener: socket.socket) -> None:
        config = uvicorn.Config(
            _Manners(self._apps[door], lambda: self._mood(door), self._stumbled),
            http=H11Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=60,
        )
        config.load()
        while True:
            caller, _ = await self._loop.sock_accept(listener)
            # asyncio does this only for sockets that name their protocol; without it a body waits 40 ms for its head.
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._spawn(self._receive(door, config, caller))

    async def _receive(self, door: Door, config: uvicorn.Config, caller: socket.socket) -> None:
        match self._mood(door).ailment:
            case "off":
                _reset(caller)
                return
            case "silent":
                self._held.add(caller)
                return
        try:
            context = self._context(self._ear.name_in(await _hello(caller))) if door.tls else None
            await self._loop.connect_accepted_socket(
                lambda: _Conversation(config, self._state, self._loop, lambda: self._mood(door)), caller, ssl=context
            )
        except OSError:  # a caller who left, dawdled, or will not have our certificate
            caller.close()
        except asyncio.CancelledError:
            caller.close()
            raise

    async def _forget(self) -> None:
        self._stumbled.clear()
        while self._held:
            _reset(self._held.pop())
        for conversation in tuple(self._state.connections):
            if isinstance(conversation, _Conversation) and conversation.idle:
                conversation.transport.abort()
        await asyncio.sleep(0)  # the loop closes what was aborted on its next two rounds: first TLS, then TCP
        await asyncio.sleep(0)


class _Conversation(H11Protocol):
    """One connection, whose other end may fall silent in the middle."""

    def __init__(
        self, config: uvicorn.Config, state: ServerState, loop: asyncio.AbstractEventLoop, mood: Callable[[], Mood]
    ) -> None:
        super().__init__(config, state, {}, loop)
        self._mood = mood

    @property
    def idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        match self._mood().ailment:
            case "off":
                self.transport.get_extra_info("socket").setsockopt(*_AT_ONCE)
                self.transport.abort()
            case "silent":
                self._unset_keepalive_if_required()
            case "babble":
                self.transport.write(NOISE)
                self.transport.close()
            case _:
                super().data_received(data)


class _Manners:
    """An application, as well or as badly mannered as the mood of its face."""

    def __init__(self, app: ASGIApp, mood: Callable[[], Mood], stumbled: set[tuple[str, str]]) -> None:
        self._app = app
        self._mood = mood
        self._stumbled = stumbled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        mood = self._mood()

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                clock = datetime.now(UTC) + mood.clock_shift
                MutableHeaders(scope=message).setdefault("Date", format_datetime(clock, usegmt=True))
            await send(message)

        if mood.delay:
            await asyncio.sleep(mood.delay)
        await self._instead(mood.ailment, Request(scope))(scope, receive, dated)

    def _instead(self, ailment: Ailment, request: Request) -> ASGIApp:
        match ailment:
            case "denied":
                return Response("Forbidden", 403, media_type="text/plain")
            case "throttled":
                return Response("Too Many Requests", 429, THROTTLED, "text/plain")
            case "broken":
                return Response("Service Unavailable", 503, media_type="text/plain")
            case "garbage":
                return Response(NOISE, 200, media_type="application/json")
            case "hiccup":
                asked = (request.method, str(request.url))
                if asked not in self._stumbled:
                    self._stumbled.add(asked)
                    return Response("Service Unavailable", 503, {"Retry-After": "0"}, "text/plain")
        return self._app


class _Ear:
    """Hears which name a hello asks for, by letting OpenSSL read it and breaking off there."""

    def __init__(self) -> None:
        self._heard: str | None = None
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.set_ciphers("ALL:@SECLEVEL=0")
        self._context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        self._context.sni_callback = self._listen

    def name_in(self, hello: bytes) -> str | None:
        self._heard = None
        said = ssl.MemoryBIO()
        said.write(hello)
        with contextlib.suppress(ssl.SSLError):
            self._context.wrap_bio(said, ssl.MemoryBIO(), server_side=True).do_handshake()
        return self._heard

    def _listen(self, _: object, name: str | None, __: object) -> int:
        self._heard = name
        return ssl.ALERT_DESCRIPTION_USER_CANCELLED


class Face(Protocol):
    """Any part of the twin that can be met on the wire."""

    def start(self) -> dict[str, int]:
        """Open the doors; their ports on loopback, by "address:port" of the world."""

    def stop(self) -> None:
        """Close them."""


@contextlib.contextmanager
def running(*faces: Face) -> Iterator[dict[str, int]]:
    """The *faces*, started and in the end stopped; gives their ports together."""
    ports: dict[str, int] = {}
    with contextlib.ExitStack() as stack:
        for face in faces:
            ports |= face.start()
            stack.callback(face.stop)
        yield ports


def _listener() -> socket.socket:
    listener = socket.create_server((LOOPBACK, 0), backlog=512)
    listener.setblocking(False)
    return listener


def _reset(caller: socket.socket) -> None:
    caller.setsockopt(*_AT_ONCE)
    caller.close()


async def _hello(caller: socket.socket) -> bytes:
    """The first TLS record, looked at and left where it is."""
    async with asyncio.timeout(_PATIENCE):
        head = await _peek(caller, _HEAD)
        if len(head) < _HEAD or head[0] != _HANDSHAKE:
            return head
        return await _peek(caller, _HEAD + int.from_bytes(head[3:_HEAD], "big"))


async def _peek(caller: socket.socket, size: int) -> bytes:
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[None] = loop.create_future()
    # The kernel wakes us only when that much is there; less comes only from a caller who has left.
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
    loop.add_reader(caller, _wake, arrived)
    try:
        await arrived
        return caller.recv(size, socket.MSG_PEEK)
    finally:
        loop.remove_reader(caller)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
