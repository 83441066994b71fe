"""
A program: the twin, with canaries planted wherever a service could let something slip.

A canary is a text that nobody can guess, with a label that says where it was planted; each is written to the ledger (a
file with a JSON array a line) before anybody can meet it. The twin's own secrets are canaries too. Its worlds are the
twin's, by its faults, and besides these, named like faults:

planted-well       Every answer carries canaries beside what is asked for: cookies, headers, further members of JSON,
                   comments and data of pages, lines of logs, rows, messages.
planted-refusing   Web and database answer with errors whose bodies are full of canaries.
planted-denied     AWS does, as far as it does not say who we are.
planted-malformed  Every answer that would be good is rubbish full of canaries: broken off, of other types, unpacked
                   wrongly, an HTML page with a traceback; of AWS where no other service is known by it.
planted-astray     Every answer that would be good sends elsewhere, with canaries in address, query and fragment; some
                   of AWS's break off.
planted-babbling   What answers is not HTTP, and shouts canaries.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import socket
import string
import struct
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from golive.twin import __main__ as program
from golive.twin import cloud, database, postgres, slack, town, web, wire
from golive.twin.cloud import Line
from golive.twin.faults import broken
from golive.twin.world import World
from golive.twin.world import healthy as healthy_world

# What no other service is known by, so that rubbish of theirs hides no other.
LEAVES = ("ec2", "logs", "monitoring", "iam")
# Who tells which target this is: without them nothing else is asked.
WHO = ("sts", "apprunner")
# A cookie of the site's own is judged by its name.
JARS = ("getdrop.no", "www.getdrop.no", "9ef3szvvsb.eu-west-1.awsapprunner.com", "auth.bankid.no")


class Ledger:
    """What was planted, and where."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._planted: dict[str, str] = {}

    def plant(self, label: str, text: str) -> str:
        """*text*, written down under *label*; what was planted there before, if anything was."""
        with self._lock:
            if label not in self._planted:
                self._planted[label] = text
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([label, text]) + "\n")
            return self._planted[label]

    def token(self, label: str) -> str:
        """A canary that looks like any token."""
        return self.plant(label, f"kanari-{secrets.token_urlsafe(15)}")

    def odd(self, label: str) -> str:
        """A canary with everything that has to be escaped somewhere."""
        return self.plant(label, f"kanari/{secrets.token_hex(5)}\"<&'å>+={secrets.token_hex(3)}")

    def number(self, label: str, head: str, digits: int) -> str:
        """A canary of digits, as people and accounts have them."""
        return self.plant(label, head + "".join(secrets.choice(string.digits) for _ in range(digits)))

    def person(self, label: str) -> dict[str, str]:
        """Somebody."""
        name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(9)).capitalize()
        return {
            "name": self.plant(f"{label}, name", f"Kari {name} Nordmann"),
            "ssn": self.number(f"{label}, national identity number", "13", 9),
            "phone": self.number(f"{label}, telephone", "+474", 7),
            "email": self.plant(f"{label}, e-mail", f"{name.lower()}.{secrets.token_hex(4)}@example.org"),
            "iban": self.number(f"{label}, account", "NO93", 11),
        }


LEDGER = Ledger(Path(sys.argv[1]))
MODE = "well"


# -- the world --------------------------------------------------------------------------------------------------------


def planted(now: datetime, phase: str = "T-0", noise: int = 1) -> World:
    """The healthy world, its own secrets written down, and canaries where people and programs leave things."""
    world = healthy_world(now, phase, noise)
    for label, text in _secrets_of(world):
        LEDGER.plant(label, text)
    return replace(
        world,
        cloud=_planted_cloud(world.cloud),
        database=_planted_database(world.database),
        site=replace(
            world.site,
            pages={
                path: replace(page, body=page.body + _slip(f"page {path}")) for path, page in world.site.pages.items()
            },
            not_found=replace(world.site.not_found, body=world.site.not_found.body + _slip("page of nothing")),
        ),
        slack=_planted_slack(world.slack, now),
    )


def _secrets_of(world: World) -> Iterable[tuple[str, str]]:
    for path, secret in world.cloud.secrets.items():
        if secret.text and not path.endswith("BANKID_CLIENT_ID"):
            yield f"secret {path}", secret.text
    url = world.cloud.text("DATABASE_URL")
    yield "password in DATABASE_URL", url.partition("drop_app:")[2].partition("@")[0]
    for name, role in world.database.roles.items():
        yield f"password of {name}", role.password
    yield "GitHub's token", world.github.token
    yield "BetterStack's token", world.betterstack.token
    yield "Slack's token", world.slack.token
    for number, (name, token) in enumerate(world.sumsub.tokens.items()):
        yield f"Sumsub's token {number}", name
        yield f"secret of Sumsub's token {number}", token.secret
    for hook in world.sumsub.webhooks:
        if hook.key and len(set(hook.key)) > 1:
            yield f"key of Sumsub's webhook {hook.id}", hook.key
    sandbox = world.neonomics.sandbox
    yield "Neonomics' sandbox, client", sandbox.client_id
    yield "Neonomics' sandbox, secret", sandbox.client_secret


def _slip(where: str) -> str:
    """What a careless page carries beside what is seen of it."""
    return (
        f"<!-- {LEDGER.token(f'{where}, comment')} -->"
        f'<div hidden data-trace="{LEDGER.token(f"{where}, attribute")}"></div>'
        f'<script type="application/json">{{"dsn": "{LEDGER.token(f"{where}, data")}"}}</script>'
        f"<p hidden>{LEDGER.token(f'{where}, hidden text')}</p>"
        f'<a hidden href="/reset?token={LEDGER.token(f"{where}, link")}">.</a>'
    )


def _planted_cloud(was: cloud.Cloud) -> cloud.Cloud:
    variables = ("SENTRY_DSN", "DEBUG_DATABASE", "SMTP_PASSWORD", "LEGACY_API_KEY", "INTERNAL_TOKEN", "SEED")
    streams = was.logs[cloud.LOG_GROUP]
    lines = [Line(timedelta(minutes=100 - number), text) for number, text in enumerate(_log_lines())]
    said = streams[cloud.APP_STREAM]
    ordered = tuple(sorted((*said.lines, *lines), key=lambda line: -line.age))
    app = {**streams, cloud.APP_STREAM: replace(said, lines=ordered)}
    another = {"instance/postgres": replace(said, lines=tuple(lines))}
    return replace(
        was.setting(**{name: LEDGER.token(f"plain variable {name}") for name in variables}),
        logs={**was.logs, cloud.LOG_GROUP: app, "/aws/rds/instance/drop-db/audit": another},
    )


def _log_lines() -> Iterable[str]:
    for number in range(6):
        somebody = LEDGER.person(f"log line {number}")
        dsn = f"postgresql://app:{LEDGER.token(f'log line {number}, DSN')}@db:5432/drop"
        yield json.dumps({"level": "info", "event": "signup", **somebody})
        yield f"User {somebody['name']} ({somebody['ssn']}) could not pay {somebody['iban']}"
        yield f'Traceback (most recent call last):\n  File "app.py", line 3\nOperationalError: {dsn}'
        yield json.dumps(
            {"level": "info", "event": "call", "authorization": LEDGER.token(f"log line {number}, header")}
        )


def _planted_database(was: database.Database) -> database.Database:
    users, transactions, sessions = (was.tables[name] for name in ("users", "transactions", "sessions"))
    changed = []
    for row in users.rows:
        somebody = LEDGER.person(f"user {row['id']}") if int(str(row["id"])) < 30 else {}
        email = row["email"] if row["email"] == database.KNOWN_USER else somebody.get("email", row["email"])
        note = LEDGER.odd(f"user {row['id']}, notes") if somebody else None
        changed.append({**row, "full_name": somebody.get("name", row["full_name"]), "email": email, "kyc_notes": note})
    paid = [
        {
            **row,
            "recipient_iban": LEDGER.number(f"transaction {row['id']}, account", "NO93", 11),
            "error_message": LEDGER.odd(f"transaction {row['id']}, error"),
        }
        for row in transactions.rows
    ]
    open_ = [{**row, "id": LEDGER.token(f"session {row['user_id']}")} for row in sessions.rows]
    return was.having(
        users=replace(users, rows=tuple(changed)),
        transactions=replace(transactions, rows=tuple(paid)),
        sessions=replace(sessions, rows=tuple(open_)),
    )


def _planted_slack(was: slack.Workspace, now: datetime) -> slack.Workspace:
    said = [
        slack.Message(
            now - timedelta(minutes=30 + number),
            f"{somebody['name']} {somebody['phone']} cannot log in, look: {LEDGER.token(f'message {number}, link')}",
            by_app=False,
        )
        for number in range(4)
        for somebody in [LEDGER.person(f"message {number}")]
    ]
    return was.saying(*said)


# -- the web ----------------------------------------------------------------------------------------------------------

_REFUSALS = (500, 403, 404, 502, 401, 400, 422, 503)


class Planted(web._Manners):
    """Every answer of every web face, with canaries in it as MODE has it."""

    def _instead(self, ailment: web.Ailment, request: Request) -> ASGIApp:
        app = super()._instead(ailment, request)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            taken: list[Message] = []

            async def take(message: Message) -> None:
                taken.append(message)  # ASGI's

            await app(scope, receive, take)
            start = taken[0]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
            body = b"".join(message.get("body", b"") for message in taken[1:])
            response = _changed(request, int(start["status"]), headers, body)
            await response(scope, receive, send)

        return answer


def _changed(request: Request, status: int, headers: list[tuple[str, str]], body: bytes) -> Response:
    host, path = request.url.hostname or "", request.url.path
    where = f"{MODE}, {request.method} {host}{_steady(path)}"
    kind = dict(headers).get("content-type", "")
    good = status < 400
    reporting = host in JARS and path == "/api/health" and MODE != "malformed"
    if MODE == "refusing" and good and not reporting:
        status = _picked(where, _REFUSALS)
        body, kind = _error_body(where)
        headers = []
    elif MODE == "malformed" and good:
        body, kind, headers = _rubbish(where, body, kind)
        status = 200
    elif MODE == "astray" and good and not reporting:
        status, body, headers = _picked(where, (302, 301, 307, 303)), b"", [("location", _address(where, host, path))]
    elif "json" in kind:
        body = _beside(where, body)
    elif not good and MODE not in ("well", "denied"):
        body, kind = _error_body(where)
    response = Response(body, status)
    for name, value in headers:
        if name not in ("content-length", "content-type"):
            response.headers.append(name, value)
    if kind:
        response.headers["content-type"] = kind
    response.headers["X-Trace"] = LEDGER.token(f"{where}, header X-Trace")
    response.headers["X-Upstream-Authorization"] = f"Bearer {LEDGER.token(f'{where}, header authorization')}"
    response.headers["Server-Timing"] = f'db;desc="{LEDGER.token(f"{where}, header Server-Timing")}"'
    response.headers["ETag"] = f'"{LEDGER.token(f"{where}, header ETag")}"'
    if host not in JARS:
        response.headers.append("Set-Cookie", f"session={LEDGER.token(f'{where}, cookie')}; Secure; HttpOnly")
    return response


def _steady(path: str) -> str:
    """A path whose random parts are left out, so that the ledger does not grow with every question."""
    return "/".join(part if len(part) < 20 else part[:4] + "…" for part in path.split("/"))


def _picked(where: str, of: tuple[int, ...]) -> int:
    return random.Random(hashlib.sha256(where.encode()).hexdigest()).choice(of)  # noqa: S311  # the same each time


def _error_body(where: str) -> tuple[bytes, str]:
    somebody, dsn = LEDGER.person(f"{where}, error"), LEDGER.token(f"{where}, DSN in a traceback")
    if _picked(where, (0, 1)):
        page = (
            f"<!doctype html><html lang=en><head><title>OperationalError: {dsn}</title></head><body>"
            f"<h1>OperationalError: {LEDGER.odd(f'{where}, heading')}</h1><pre>Traceback (most recent call last):\n"
            f"  postgresql://drop:{dsn}@drop-db:5432/drop\n{json.dumps(somebody)}</pre></body></html>"
        )
        return page.encode(), "text/html; charset=utf-8"
    token, said = LEDGER.token(f"{where}, token in an error"), LEDGER.odd(f"{where}, error")
    told = {"error": said, "code": token, "errorCode": said, "message": f"{somebody} {dsn}", "ok": False, "errors": []}
    return json.dumps({**told, "description": said, "errors": [{"message": token}]}).encode(), "application/json"


def _rubbish(where: str, body: bytes, kind: str) -> tuple[bytes, str, list[tuple[str, str]]]:
    canary, odd = LEDGER.token(f"{where}, rubbish"), LEDGER.odd(f"{where}, rubbish, odd")
    match _picked(where, (0, 1, 2, 3, 4, 5)) if "json" in kind else 6 + _picked(where, (0, 1, 2)):
        case 0:
            return f'{{"token": "{canary}", "next'.encode(), kind, []
        case 1:
            return json.dumps(_other_types(json.loads(body), canary)).encode(), kind, []
        case 2:
            return json.dumps([canary, {"error": odd}]).encode(), kind, []
        case 3:
            return *_error_body(where), []
        case 4:
            return canary.encode(), kind, [("content-encoding", "gzip")]
        case 5:
            return body, f"application/json; charset={canary}", []
        case 6:
            return f"<html><body>{canary} {odd}".encode() + b"\xff\xfe", kind, []
        case 7:
            return body, f"text/html; charset={canary}", []
    return canary.encode(), kind, [("content-encoding", "gzip")]


def _other_types(said: Any, canary: str) -> Any:
    if isinstance(said, dict):
        return {name: _other_types(value, canary) for name, value in said.items()}
    if isinstance(said, list):
        return [_other_types(value, canary) for value in said]
    return {"not": canary}


def _address(where: str, host: str, path: str) -> str:
    there = LEDGER.token(f"{where}, query of a redirect")
    fragment = LEDGER.token(f"{where}, fragment of a redirect")
    user = LEDGER.token(f"{where}, user of a redirect")
    way = f"{path}?access_token={there}#id_token={fragment}"
    return _ways(where, (f"https://{host}{way}", f"https://{user}@{host}{way}", way, f"http://{host}:80x{way}"))


def _ways(where: str, of: tuple[str, ...]) -> str:
    return of[_picked(where, tuple(range(len(of))))]


def _beside(where: str, body: bytes) -> bytes:
    """JSON with a further member in every object that is not a map."""
    try:
        said = json.loads(body)
    except ValueError:
        return body

    def more(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            inner = {name: more(each, depth + 1) for name, each in value.items()}
            return {**inner, "_debug": LEDGER.odd(f"{where}, member at depth {depth}")}
        return [more(each, depth + 1) for each in value] if isinstance(value, list) else value

    return json.dumps(more(said, 0)).encode()


class Babbling(web._Conversation):
    """Speaks something else when it is so in this world."""

    def data_received(self, data: bytes) -> None:
        if MODE != "babbling":
            super().data_received(data)
            return
        canary = LEDGER.token(f"babble {secrets.token_hex(2)}")
        said = (
            f"HTTP/1.1 200 OK\r\n{canary}\r\n\r\n",
            f"HTTP/1.1 {canary}\r\n\r\n",
            f"{canary} is what I say\r\n\r\n",
            f"HTTP/1.1 200 OK\r\nContent-Length: {canary}\r\n\r\n",
            f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{canary}\r\n",
        )
        self.transport.write(secrets.choice(said).encode())
        self.transport.close()


# -- AWS and the database ---------------------------------------------------------------------------------------------

_real_send = wire._Exchange._send


def _send(self: Any, answer: wire.Answer) -> None:
    where = f"{MODE}, AWS {self.headers.get('x-amz-target', '')}"
    headers = {
        **answer.headers,
        "x-amzn-trace": LEDGER.token(f"{where}, header"),
        "Set-Cookie": f"AWSALB={LEDGER.token(f'{where}, cookie')}",
    }
    _real_send(self, wire.Answer(answer.status, headers, answer.body))


def _replying(reply: Any) -> Any:
    def planted_reply(question: wire.Question) -> wire.Answer:
        where = f"{MODE}, AWS {question.service}:{question.operation}"
        well = MODE in ("well", "refusing", "babbling") or (MODE == "malformed" and question.service not in LEAVES)
        if question.service in WHO or well:
            answer: wire.Answer = reply(question)
            if MODE == "well" and question.dialect == "json" and answer.body.startswith(b"{"):
                body = json.dumps({**json.loads(answer.body), "Debug": LEDGER.odd(f"{where}, member")}).encode()
                return wire.Answer(answer.status, answer.headers, body)
            return answer
        canary, odd = LEDGER.token(f"{where}, answer"), LEDGER.odd(f"{where}, message")
        if MODE == "denied":
            code = ("AccessDeniedException", "InternalFailure", "ValidationException", f"{canary} said")
            picked = _picked(where, (0, 1, 2, 3))
            return wire.refuse(question.dialect, (400, 500, 400, 403)[picked], code[picked], f"User {canary}: {odd}")
        if MODE == "malformed" or _picked(where, (0, 1)):
            rubbish = (
                f'{{"SecretString": "{canary}", ' if question.dialect == "json" else f"<{question.operation}>{canary}"
            )
            return wire.Answer(200, {"Content-Type": "application/x-amz-json-1.1"}, rubbish.encode())
        there = {"Location": f"http://127.0.0.1:1/?X-Amz-Security-Token={canary}"}
        return wire.Answer(307, there, wire.refuse(question.dialect, 307, "TemporaryRedirect", odd).body)

    return planted_reply


_real_admit = postgres.Postgres.admit


def _admit(self: postgres.Postgres, client: socket.socket) -> None:
    if MODE in ("well", "denied", "astray"):
        _real_admit(self, client)
        return
    opening = postgres._opening(client)
    while opening.code == postgres._GSS_REQUEST:
        client.sendall(b"N")
        opening = postgres._opening(client)
    client.sendall(b"S")
    with self._ssl_context().wrap_socket(client, server_side=True) as secure:
        postgres._opening(secure)
        if MODE == "refusing":
            secure.sendall(_database_error("FATAL", "28P01"))
        elif MODE == "babbling":
            secure.sendall(LEDGER.token("babble of the database").encode())
        else:
            secure.sendall(b"R" + struct.pack("!ii", 8, 0) + b"Z" + struct.pack("!i", 5) + b"I")
            while secure.recv(65_536):
                secure.sendall(_database_error("ERROR", "22P02") + b"Z" + struct.pack("!i", 5) + b"I")


def _database_error(severity: str, state: str) -> bytes:
    somebody = LEDGER.person(f"{MODE}, the database's {severity}")
    told = {
        "S": severity,
        "V": severity,
        "C": state,
        "M": f'invalid input syntax for "{somebody["name"]}", password {LEDGER.token(f"{MODE}, {severity}, message")}',
        "D": f"Key (email)=({somebody['email']}) {LEDGER.odd(f'{MODE}, {severity}, detail')}",
        "H": LEDGER.token(f"{MODE}, {severity}, hint"),
        "W": LEDGER.token(f"{MODE}, {severity}, where"),
    }
    fields = "".join(f"{key}{value}\0" for key, value in told.items()).encode()
    return b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0"


# -- the program ------------------------------------------------------------------------------------------------------


def _broken(world: World, names: Iterable[str]) -> World:
    global MODE  # one twin, one world at a time
    wanted = [name.removeprefix("planted-") for name in names if name.startswith("planted-")]
    MODE = wanted[-1] if wanted else "well"
    return broken(world, [name for name in names if not name.startswith("planted-")])


def _plant() -> None:
    town.healthy = planted  # type: ignore[attr-defined]
    town.broken = _broken  # type: ignore[attr-defined]
    web._Manners = Planted  # type: ignore[misc]
    web._Conversation = Babbling  # type: ignore[misc]
    wire._Exchange._send = _send  # type: ignore[method-assign]
    postgres.Postgres.admit = _admit  # type: ignore[method-assign]
    real = wire.Endpoint.__init__

    def init(self: wire.Endpoint, reply: Any, calls: list[tuple[str, str]]) -> None:
        real(self, _replying(reply), calls)

    wire.Endpoint.__init__ = init  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.argv = ["golive.twin", *sys.argv[2:]]
    _plant()
    sys.exit(program.main())
