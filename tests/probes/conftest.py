"""The town, started once for all tests of the probes, a browser to visit it, and servers that say what a test wants."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from golive.environment import Environment, load
from golive.probes.chrome import Chrome
from golive.probes.reach import Reach
from golive.twin.web import running

from .backstage import Backstage
from .town import HOME, Town


@pytest.fixture(scope="session")
def environment() -> Environment:
    """The rehearsal's own, but patient: what a test has to wait for it says itself, and a machine may be busy."""
    rehearsal = load("rehearsal", HOME)
    patient = rehearsal.network.model_copy(update={"answer_seconds": 10.0, "look_seconds": 60.0})
    return rehearsal.model_copy(update={"network": patient})


@pytest.fixture(scope="session")
def _running(environment: Environment) -> Iterator[Town]:
    town = Town(environment)
    with running(*town.faces) as ports:
        town.ports = ports
        yield town
    town.folder.cleanup()


@pytest.fixture
def town(_running: Town) -> Town:
    """The healthy town."""
    _running.reset()
    for face in _running.faces[1:]:
        face.swapped()
    return _running


@pytest.fixture(scope="package")
def _backstage(environment: Environment) -> Iterator[Backstage]:
    whole = Backstage(environment)
    yield whole
    whole.stop()


@pytest.fixture
def backstage(_backstage: Backstage) -> Backstage:
    """The whole twin, healthy."""
    _backstage.heal()
    return _backstage


@pytest.fixture(scope="module")
def browser() -> Any:
    """One browser for all tests of a file, as one run has."""
    shared = Chrome(HOME)
    yield shared
    shared.close()


@pytest.fixture
def reach(town: Town, browser: Chrome) -> Reach:
    """The town, with the browser already there."""
    found = town.reach()
    found.shared("browser", lambda: browser)
    return found


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Starts a TCP server on loopback that does with each connection what it is told, and gives its port."""
    servers: list[socketserver.ThreadingTCPServer] = []

    def start(talk: Callable[[socket.socket], None]) -> int:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # whoever asked may hang up
                    talk(self.request)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
