"""Loopback servers, and the dialects in which AWS says no.

AWS speaks JSON (ECR, Secrets Manager, Logs, App Runner), query with XML answers (RDS, STS), and EC2's own XML. Each
says "not you", "not now" and "too late" with words of its own: `REFUSALS` has them as the services really send them, so
that a probe must know `UnauthorizedOperation` and `AccessDenied` as well as `AccessDeniedException`.
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal, get_args
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

# off: hangs up. denied, throttled, expired: says so. garbage: 200, and nothing of use in it. silent: never answers.
Ailment = Literal["off", "denied", "throttled", "expired", "garbage", "silent"]

REFUSALS: Mapping[tuple[str, Ailment], tuple[int, str]] = {
    ("json", "denied"): (400, "AccessDeniedException"),
    ("json", "throttled"): (400, "ThrottlingException"),
    ("json", "expired"): (400, "ExpiredTokenException"),
    ("query", "denied"): (403, "AccessDenied"),
    ("query", "throttled"): (400, "Throttling"),
    ("query", "expired"): (403, "ExpiredToken"),
    ("ec2", "denied"): (403, "UnauthorizedOperation"),
    ("ec2", "throttled"): (503, "RequestLimitExceeded"),
    ("ec2", "expired"): (400, "RequestExpired"),
}
_WORDS: Mapping[Ailment, str] = {
    "denied": "User: arn:aws:sts::{account}:user/moto is not authorized to perform: {service}:{operation}",
    "throttled": "Rate exceeded",
    "expired": "The security token included in the request is expired",
}
_GARBAGE = b"<!doctype html><html><head><title>Welcome</title><body><p>It works!<br>"
# What is asked of services that have resources in the place of operations, by method and folder.
_RESOURCES = {("GET", "/2020-05-31/distribution"): "GetDistribution"}
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/[^/,\s]+/([^/,\s]+)/aws4_request")


class Loopback(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A thread for every connection, on 127.0.0.1 only; `stop` hangs up on everybody."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[socketserver.BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._stopping = False
        self._serving: threading.Thread | None = None
        super().__init__(("127.0.0.1", 0), handler)

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self.server_address[1])

    def start(self) -> int:
        """Serve from a thread of its own; the port."""
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._serving.start()
        return self.port

    def stop(self) -> None:
        """Take no more, and cut off what is open."""
        self._stopping = True
        if self._serving is not None:
            self.shutdown()
        self.server_close()
        for connection in tuple(self._open):
            hang_up(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note who is connected."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Nobody is, any more."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle, or is sent away, is no affair of ours; our own errors are shown."""
        if not (self._stopping or isinstance(sys.exception(), OSError)):
            super().handle_error(request, client_address)


def hang_up(connection: socket.socket) -> None:
    """End *connection* in both directions, and wake whoever reads from it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was gone already


@dataclass(frozen=True, slots=True)
class Question:
    """One request to AWS, by the service of its signature; *service* is empty where nothing is signed."""

    service: str
    operation: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def dialect(self) -> str:
        """How AWS writes this service's answers."""
        if "x-amz-target" in self.headers:
            return "json"
        return "ec2" if self.service == "ec2" else "query"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint says to a question."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Endpoint(Loopback):
    """An AWS endpoint: names each request, notes it, lets the service's ailment speak first, then *reply*."""

    def __init__(self, reply: Callable[[Question], Answer], calls: list[tuple[str, str]]) -> None:
        """*calls* takes down who asked what."""
        super().__init__(_Exchange)
        self.reply = reply
        self.calls = calls
        self.ailments: Mapping[str, Ailment] = {}  # by "service", or by "service:Operation" for one question alone
        self.asked: dict[tuple[str, str, tuple[tuple[str, str], ...]], None] = {}  # of what: the question's own words
        self.account = ""
        self.delay = 0.0  # seconds before each answer
        self.clock_shift = timedelta()  # by which its clock is ahead

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        question = _read(self.command, self.path, {key.lower(): said for key, said in self.headers.items()}, body)
        self.server.calls.append((question.service, question.operation))
        self.server.asked[question.service, question.operation, _of_what(question)] = None
        ailments = self.server.ailments
        ailment = ailments.get(f"{question.service}:{question.operation}") or ailments.get(question.service)
        time.sleep(self.server.delay)
        if ailment == "off":
            self.close_connection = True
        elif ailment == "silent":
            self.close_connection = True
            self.rfile.read(1)  # returns when the other side, or `stop`, hangs up
        else:
            self._send(self.server.reply(question) if ailment is None else ail(question, ailment, self.server.account))

    def date_time_string(self, timestamp: float | None = None) -> str:
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + self.server.clock_shift.total_seconds())

    do_GET = do_POST  # noqa: N815 - http.server's name

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for key, said in answer.headers.items():
            self.send_header(key, said)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: `calls` knows."""


def _read(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Question:
    scope = _SCOPE.search(headers.get("authorization", ""))
    path = target.partition("?")[0]
    if wanted := headers.get("x-amz-target"):
        operation = wanted.rpartition(".")[2]
    else:
        form = parse_qs(body.decode("utf-8", "replace"))
        operation = form.get("Action", [_RESOURCES.get((method, path.rpartition("/")[0]), path.rpartition("/")[2])])[0]
    return Question(scope[1] if scope else "", operation, method, target, headers, body)


def _of_what(question: Question) -> tuple[tuple[str, str], ...]:
    """The plain words among the parameters of *question*."""
    if question.dialect == "json":
        try:
            said = json.loads(question.body)
        except ValueError:
            return ()
        told = said.items() if isinstance(said, dict) else ()
        return tuple(sorted((name, value) for name, value in told if isinstance(value, str)))
    form = parse_qs(question.body.decode("utf-8", "replace"))
    return tuple(sorted((name, values[0]) for name, values in form.items()))


def ail(question: Question, ailment: Ailment, account: str) -> Answer:
    """What a service that is denied, throttled, expired or out of its mind says to *question*."""
    if ailment == "garbage":
        return Answer(HTTPStatus.OK, {"Content-Type": "text/html"}, _GARBAGE)
    status, code = REFUSALS[question.dialect, ailment]
    words = _WORDS[ailment].format(account=account, service=question.service, operation=question.operation)
    return refuse(question.dialect, status, code, words)


def refuse(dialect: str, status: int, code: str, words: str) -> Answer:
    """An error in the wire format of *dialect*: json, query or ec2."""
    request = "00000000-0000-4000-8000-000000000000"
    if dialect == "json":
        said = json.dumps({"__type": code, "message": words, "Message": words})
        headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": request}
        return Answer(status, headers, said.encode())
    inner = f"<Code>{escape(code)}</Code><Message>{escape(words)}</Message>"
    if dialect == "ec2":
        said = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request}</RequestID></Response>"
    else:
        said = (
            f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>{request}</RequestId></ErrorResponse>"
        )
    return Answer(status, {"Content-Type": "text/xml"}, said.encode())


def known(ailments: Mapping[str, Ailment]) -> Mapping[str, Ailment]:
    """The same ailments, unless one of them does not exist."""
    if stray := set(ailments.values()) - set(get_args(Ailment)):
        raise ValueError(f"no such ailment: {sorted(stray)}")
    return ailments
