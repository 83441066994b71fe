"""
What the benchmark's looks ask: web pages, certificates, names and AWS, each answered after one fixed delay.

It runs in a process of its own and counts what it is asked, so that the count is not the asker's. The addresses of
its hosts are told without delay and counted apart: a look then costs one delay, as in the published comparison.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import parse_qs

import dnslib

from golive.twin.authority import Authority, Certificate

LOOPBACK = "127.0.0.1"
SITE, DEFAULT_HOST = "getdrop.no", "9ef3szvvsb.eu-west-1.awsapprunner.com"
ARN = "arn:aws:apprunner:eu-west-1:324480209768:service/drop-web/8e45b0d335304487a1880f4e32d6aeec"
ACCOUNT = "324480209768"
RESOLVERS = ("198.51.100.53", "198.51.100.54")
WEB, TLS = "192.0.2.10", "192.0.2.20"  # the latter waits before the handshake, the former before the answer
HEADER = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload")
ISSUER = "ca.example"
DIGEST = "sha256:" + "9b" * 32


@dataclass
class Target:
    """The servers' state."""

    delay: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)  # "page getdrop.no/x" → how often

    async def page(self, host: str, path: str) -> tuple[list[tuple[str, str]], bytes]:
        """One page."""
        self.asked[f"page {host}{path}"] += 1
        await asyncio.sleep(self.delay)
        return [("Content-Type", "text/html; charset=utf-8"), HEADER], f"<p>{path}</p>".encode()

    async def aws(self, headers: dict[str, str], body: bytes) -> tuple[list[tuple[str, str]], bytes]:
        """One call of AWS; of another service than ours there is none."""
        operation = headers.get("x-amz-target", "").rpartition(".")[2] or parse_qs(body.decode())["Action"][0]
        signed = "authorization" in headers
        self.asked[f"aws {'' if signed else 'unsigned '}{operation} {body.decode()}"] += 1
        await asyncio.sleep(self.delay)
        if not signed:
            return NOBODY
        return NO_SERVICE if operation == "DescribeService" and ARN not in body.decode() else AWS[operation]()

    def name(self, question: bytes) -> tuple[float, bytes]:
        """The answer about one name, and how long it takes."""
        asked = dnslib.DNSRecord.parse(question)
        name, kind = str(asked.q.qname).rstrip(".").lower(), dnslib.QTYPE[asked.q.qtype]
        said = asked.reply()
        if kind == "CAA":
            self.asked[f"name {name}"] += 1
            said.add_answer(dnslib.RR(name, dnslib.QTYPE.CAA, rdata=dnslib.CAA(0, "issue", ISSUER), ttl=60))
            return self.delay, said.pack()
        self.asked[f"address {name} {kind}"] += 1
        if name.endswith(".invalid"):  # nobody has one there
            said.header.rcode = dnslib.RCODE.NXDOMAIN
            return self.delay, said.pack()
        if kind == "A":
            said.add_answer(dnslib.RR(name, rdata=dnslib.A(TLS if name.startswith("tls-") else WEB), ttl=60))
        return 0.0, said.pack()


def _caller() -> tuple[list[tuple[str, str]], bytes]:
    said = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{ACCOUNT}:user/golive</Arn><UserId>AIDA0</UserId><Account>{ACCOUNT}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    return [("Content-Type", "text/xml")], said.encode()


def _json(said: dict[str, Any]) -> tuple[list[tuple[str, str]], bytes]:
    return [("Content-Type", "application/x-amz-json-1.0")], json.dumps(said).encode()


AWS: dict[str, Callable[[], tuple[list[tuple[str, str]], bytes]]] = {
    "GetCallerIdentity": _caller,
    "DescribeService": lambda: _json(
        {
            "Service": {
                "ServiceArn": ARN,
                "ServiceName": "drop-web",
                "ServiceUrl": DEFAULT_HOST,
                "NetworkConfiguration": {"EgressConfiguration": {"EgressType": "DEFAULT"}},
                "Status": "RUNNING",
                "SourceConfiguration": {
                    "AutoDeploymentsEnabled": False,
                    "ImageRepository": {
                        "ImageIdentifier": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/drop-web@{DIGEST}",
                        "ImageRepositoryType": "ECR",
                    },
                },
            }
        }
    ),
    "ListOperations": lambda: _json(
        {"OperationSummaryList": [{"Type": "UPDATE_SERVICE", "Status": "SUCCEEDED", "StartedAt": 1767000000.0}]}
    ),
    "DescribeImages": lambda: _json(
        {"imageDetails": [{"imageDigest": DIGEST, "imageTags": ["a" * 40], "imagePushedAt": 1767000000.0}]}
    ),
}


_UNSIGNED = "<Error><Code>MissingAuthenticationToken</Code><Message>Nobody signed</Message></Error>"
NOBODY = [("Content-Type", "text/xml")], f"<ErrorResponse>{_UNSIGNED}</ErrorResponse>".encode()
NO_SERVICE = _json({"__type": "ResourceNotFoundException", "Message": "there is no such service"})


# -- the servers ------------------------------------------------------------------------------------------------------


async def _serve(target: Target, told: Callable[[dict[str, Any]], None]) -> None:
    loop = asyncio.get_running_loop()
    authority = Authority()
    now = datetime.now(UTC)
    certificate = Certificate((SITE, "*.bench.example"), now - timedelta(days=1), now + timedelta(days=90))
    context = authority.context(certificate)
    web = await asyncio.start_server(lambda r, w: _talk(target, r, w, "page"), LOOPBACK, 0, ssl=context, backlog=2048)
    cloud = await asyncio.start_server(lambda r, w: _talk(target, r, w, "aws"), LOOPBACK, 0, backlog=2048)
    hesitant = socket.create_server((LOOPBACK, 0), backlog=2048)
    hesitant.setblocking(False)
    shaking = loop.create_task(_shake_hands(target, hesitant, context))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    udp.bind((LOOPBACK, 0))
    await loop.create_datagram_endpoint(lambda: _Names(target), sock=udp)
    names = udp.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="bench-target-") as folder:
        trust = Path(folder, "authority.pem")
        trust.write_bytes(authority.root_pem())
        told(
            {
                "ports": {
                    f"{WEB}:443": web.sockets[0].getsockname()[1],
                    f"{TLS}:443": hesitant.getsockname()[1],
                    **{f"{resolver}:53": names for resolver in RESOLVERS},
                },
                "trust": str(trust),
                "endpoints": {"*": f"http://{LOOPBACK}:{cloud.sockets[0].getsockname()[1]}"},
                "variables": {"AWS_ACCESS_KEY_ID": "AKIABENCH00000000000", "AWS_SECRET_ACCESS_KEY": "not-a-real-key"},
                "launch_at": datetime.now(UTC).isoformat(),
                "people": {},
                "control": "",
            }
        )
        await loop.run_in_executor(None, _obey, target, told)
    shaking.cancel()


def _obey(target: Target, told: Callable[[dict[str, Any]], None]) -> None:
    """Each line of standard input sets the delay and is answered with what was asked since the last one."""
    for line in sys.stdin:
        asked, target.asked = target.asked, Counter()
        target.delay = float(line)
        told(dict(asked))


async def _talk(target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, face: str) -> None:
    """HTTP/1.1, kept open for as long as the caller likes."""
    with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            said, content = await (
                target.page(headers["host"], first.split(" ")[1]) if face == "page" else target.aws(headers, body)
            )
            status = {NO_SERVICE[1]: "400 Bad Request", NOBODY[1]: "403 Forbidden"}.get(content, "200 OK")
            sent = [*said, ("Content-Length", str(len(content))), ("Date", formatdate(usegmt=True))]
            rows = "".join(f"{name}: {value}\r\n" for name, value in sent)
            writer.write(f"HTTP/1.1 {status}\r\n{rows}\r\n".encode() + content)
            await writer.drain()
    with suppress(ConnectionError, ssl.SSLError):
        writer.close()
        await writer.wait_closed()


async def _shake_hands(target: Target, listener: socket.socket, context: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    async def shake(caller: socket.socket) -> None:
        target.asked["handshake"] += 1
        await asyncio.sleep(target.delay)
        with suppress(OSError):
            await loop.connect_accepted_socket(asyncio.Protocol, caller, ssl=context)

    while True:
        caller, _ = await loop.sock_accept(listener)
        task = loop.create_task(shake(caller))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


class _Names(asyncio.DatagramProtocol):
    def __init__(self, target: Target) -> None:
        self._target = target

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        delay, said = self._target.name(data)
        asyncio.get_running_loop().call_later(delay, self._transport.sendto, said, addr)


# -- from outside -----------------------------------------------------------------------------------------------------


class TargetProcess:
    """A running target."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-m", "bench.target"],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.way: dict[str, Any] = self._hear()

    def __enter__(self) -> TargetProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait(10)
        self._pipe(self._process.stdout).close()

    def delay(self, seconds: float) -> dict[str, int]:
        """From now on every answer takes *seconds*; returns what was asked since the last call, with how often."""
        stream = self._pipe(self._process.stdin)
        stream.write(f"{seconds}\n")
        stream.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._pipe(self._process.stdout).readline())
        return said

    @staticmethod
    def _pipe(stream: IO[str] | None) -> IO[str]:
        assert stream is not None, "asked for when the process was started"
        return stream


def main() -> None:
    """Serve until standard input ends."""
    asyncio.run(_serve(Target(), lambda said: print(json.dumps(said), flush=True)))


if __name__ == "__main__":
    main()
