"""All faces of one world, started side by side, and the door through which another world is put behind them."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from golive.errors import SetupError
from golive.twin import authority, database
from golive.twin.authority import Authority
from golive.twin.aws import Aws
from golive.twin.bankid import BankIDFace
from golive.twin.betterstackface import BetterStackFace
from golive.twin.cloud import DATABASE_HOST
from golive.twin.faults import broken
from golive.twin.github import GitHubFace
from golive.twin.names import NamesFace
from golive.twin.neonomics import SANDBOX_PERSON, NeonomicsFace
from golive.twin.people import sign_all, that_may_go
from golive.twin.postgres import Postgres
from golive.twin.ranges import RangesFace
from golive.twin.siteface import SiteFace
from golive.twin.slack import SlackFace
from golive.twin.sumsub import SumsubFace
from golive.twin.swan import SwanFace
from golive.twin.web import LOOPBACK, Front
from golive.twin.world import World, healthy


class Town:
    """A running twin."""

    def __init__(self, faults: Sequence[str] = (), phase: str = "T-0") -> None:
        """A town that plays *phase*; SetupError for a fault that is none."""
        self._healthy = healthy(datetime.now(UTC), phase)
        self._world = broken(self._healthy, faults)
        self._broken = bool(faults)  # what is broken on purpose nobody waives but on purpose
        self._authority = Authority()
        self._folder = tempfile.TemporaryDirectory(prefix="drop-twin-")
        self._aws = Aws(self._world.cloud)
        self._database = Postgres(self._world.database, self._database_context)
        self._names = NamesFace(lambda: self._world.zone)
        self._swan = SwanFace(lambda: self._world.swan, lambda: self._world.certificates, self._authority)
        self._fronts: tuple[Front, ...] = (
            SiteFace(
                lambda: self._world.site,
                lambda: self._world.certificates,
                self._authority,
                lambda applicant: self._database.insert("users", database.newcomer(applicant)),
                self._aws.hear,
            ),
            BankIDFace(lambda: self._world.bankid, lambda: self._world.certificates, self._authority),
            NeonomicsFace(lambda: self._world.neonomics, lambda: self._world.certificates, self._authority),
            self._swan,
            GitHubFace(lambda: self._world.github, lambda: self._world.certificates, self._authority),
            SumsubFace(lambda: self._world.sumsub, lambda: self._world.certificates, self._authority),
            BetterStackFace(lambda: self._world.betterstack, lambda: self._world.certificates, self._authority),
            SlackFace(lambda: self._world.slack, lambda: self._world.certificates, self._authority),
            RangesFace(lambda: self._world.ranges, lambda: self._world.certificates, self._authority),
        )
        self._control = ThreadingHTTPServer((LOOPBACK, 0), _control(self))

    def start(self) -> dict[str, Any]:
        """Open every door; returns what a client must know to find them, as plain JSON."""
        trust = Path(self._folder.name) / "authorities.pem"
        trust.write_bytes(self._authority.root_pem(authority.PUBLIC, authority.DATABASE))
        starters: list[Callable[[], dict[str, Any]]] = [self._aws.start, self._database.start, self._names.start]
        starters += [front.start for front in self._fronts]
        with ThreadPoolExecutor(len(starters)) as pool:
            told = list(pool.map(lambda start: start(), starters))
        self._aws.ready()
        self._swan.ready()
        Thread(target=self._control.serve_forever, name="control", daemon=True).start()
        return {
            "ports": {door: port for doors in told[1:] for door, port in doors.items()},
            "trust": str(trust),
            "endpoints": {"apprunner": self._aws.apprunner_endpoint, "*": self._aws.endpoint},
            "variables": {
                "AWS_ACCESS_KEY_ID": "AKIAREHEARSAL0000000",
                "AWS_SECRET_ACCESS_KEY": "a-rehearsal-has-no-real-key",
                "GOLIVE_NEONOMICS_SANDBOX_CLIENT_ID": self._healthy.neonomics.sandbox.client_id,
                "GOLIVE_NEONOMICS_SANDBOX_CLIENT_SECRET": self._healthy.neonomics.sandbox.client_secret,
                "GOLIVE_NEONOMICS_SANDBOX_PERSON": SANDBOX_PERSON,
                "GOLIVE_NEONOMICS_SANDBOX_KEY": base64.b64encode(self._healthy.neonomics.sandbox.key).decode(),
                "GOLIVE_DATABASE_PASSWORD": self._healthy.database.roles[database.GATE].password,
                "GOLIVE_GITHUB_TOKEN": self._healthy.github.token,
                "GOLIVE_SUMSUB_APP_TOKEN": self._healthy.sumsub.gate,
                "GOLIVE_SUMSUB_SECRET_KEY": self._healthy.sumsub.tokens[self._healthy.sumsub.gate].secret,
                "GOLIVE_BETTERSTACK_TOKEN": self._healthy.betterstack.token,
                "GOLIVE_SLACK_TOKEN": self._healthy.slack.token,
            },
            "launch_at": self._healthy.launch_at.isoformat(),
            "people": self._healthy.people.public(),
            "control": f"http://{LOOPBACK}:{self._control.server_address[1]}/",
        }

    @property
    def healthy(self) -> World:
        """The world that faults are put into."""
        return self._healthy

    def swap(self, faults: Sequence[str]) -> None:
        """Put the healthy world, broken by *faults*, behind the doors; SetupError for a fault that is none."""
        world, self._broken = broken(self._healthy, faults), bool(faults)
        former, self._world = self._world, world
        if world.cloud != former.cloud:
            self._aws.apply(world.cloud)
        self._database.apply(world.database)  # which builds anew what somebody wrote into, too
        for front in self._fronts:
            front.swapped()

    def have_signed(self, asked: dict[str, Any]) -> str:
        """Let the people put on record what is *asked* of them; returns the folder, a new one each time."""
        folder = tempfile.mkdtemp(prefix="records-", dir=self._folder.name)
        people = self._world.people if self._broken else that_may_go(self._world.people)
        sign_all(people, asked, Path(folder))
        return folder

    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every AWS (service, operation) that was asked so far."""
        return self._aws.calls()

    def asked(self) -> list[tuple[str, str, dict[str, str]]]:
        """The same with what they spoke of, once each."""
        return self._aws.asked()

    def delay(self, seconds: float) -> None:
        """From now on each answer takes this much longer; names and web faces forget it with the world."""
        world = self._world
        self._aws.delay(seconds)
        self._database.delay = seconds
        self._world = replace(
            world,
            zone=replace(world.zone, delay=seconds),
            site=replace(world.site, delay=seconds),
            bankid=replace(world.bankid, delay=seconds),
            neonomics=replace(
                world.neonomics,
                production=replace(world.neonomics.production, delay=seconds),
                sandbox=replace(world.neonomics.sandbox, delay=seconds),
            ),
            swan=replace(world.swan, delay=seconds),
            github=replace(world.github, delay=seconds),
            sumsub=replace(world.sumsub, delay=seconds),
            betterstack=replace(world.betterstack, delay=seconds),
            slack=replace(world.slack, delay=seconds),
            ranges=replace(world.ranges, delay=seconds),
        )

    def stop(self) -> None:
        """Close every door and take away what was written."""
        self._control.shutdown()
        for front in self._fronts:
            front.stop()
        self._names.stop()
        self._aws.stop()
        self._database.stop()
        self._folder.cleanup()

    def _database_context(self) -> Any:
        return self._authority.context(self._world.certificates[DATABASE_HOST])


def _control(town: Town) -> type[BaseHTTPRequestHandler]:
    class Control(BaseHTTPRequestHandler):
        """Takes `{"faults": [...]}`, `{"delay": seconds}` or `{"sign": {...}}`, and tells the calls."""

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                if "delay" in asked:
                    town.delay(float(asked["delay"]))
                elif "sign" in asked:
                    self._say({"folder": town.have_signed(asked["sign"])})
                    return
                else:
                    town.swap(asked["faults"])
                self._say({})
            except SetupError as exc:
                self._say({"error": str(exc)})

        def do_GET(self) -> None:
            self._say({"calls": town.calls(), "asked": town.asked()})

        def log_message(self, *args: object) -> None:
            """Say nothing on the terminal."""

        def _say(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Control
