"""What a person types to see by hand what the gate sees: the runbook's commands, and their like where it has none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.project import Check
from bench.target import ARN, RESOLVERS, TLS, WEB

REGION = "eu-west-1"
HOST, WWW, DEFAULT = "getdrop.no", "www.getdrop.no", "9ef3szvvsb.eu-west-1.awsapprunner.com"
DATABASE = "drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com"
DOORS = {HOST: "192.0.2.10", WWW: "192.0.2.10", DEFAULT: "192.0.2.10", "api.github.com": "192.0.2.30"}
REPOSITORY = "https://api.github.com/repos/alai-holding/drop"
FLAGS = tuple(f"GL-4.{number}" for number in range(1, 9))


@dataclass(frozen=True, slots=True)
class Command:
    """One command, and the items of which it shows a part."""

    items: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        return self.words[0]


def commands(way: Mapping[str, Any]) -> list[Command]:
    """Each command once, however many items need what it shows: a person remembers, too."""
    ports: Mapping[str, int] = way["ports"]
    made = [Command(items, ("aws", *_aws(way, words))) for items, words in _AWS]
    for items, url in _PAGES:
        host, plain = url.split("/")[2], url.startswith("http:")
        port = 80 if plain else 443
        there = f"{host}:{port}:127.0.0.1:{ports[f'{DOORS[host]}:{port}']}"
        made.append(Command(items, ("curl", "-sS", "--cacert", way["trust"], "--connect-to", there, "-D", "-", url)))
    for kind in ("A", "AAAA"):
        for server in ("198.51.100.53", "198.51.100.54", "192.0.2.53", "192.0.2.54"):
            asked = ("dig", "@127.0.0.1", "-p", str(ports[f"{server}:53"]), HOST, kind)
            made.append(Command(("GL-2.4.1",), asked))
    site = f"127.0.0.1:{ports['192.0.2.10:443']}"
    for host in (HOST, WWW):
        shown = ("openssl", "s_client", "-connect", site, "-servername", host, "-CAfile", way["trust"])
        made.append(Command(("GL-1.5", "GL-2.4.2"), shown))
    commit = ("curl", "-sS", "--cacert", way["trust"], "-H", f"Authorization: Bearer {_token(way)}", "--connect-to")
    there = f"api.github.com:443:127.0.0.1:{ports['192.0.2.30:443']}"
    made.append(Command(("GL-2.2.4",), (*commit, there, f"{REPOSITORY}/commits/main/check-runs")))
    line = (
        f"host={DATABASE} hostaddr=127.0.0.1 port={ports['192.0.2.40:5432']} dbname=drop user=golive_readonly "
        f"sslmode=verify-full sslrootcert={way['trust']}"
    )
    made += [Command(items, ("psql", line, "-Atc", question)) for items, question in _QUESTIONS]
    return made


def lines(checks: Sequence[Check], way: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A command for each of the generated *checks*."""
    ports: Mapping[str, int] = way["ports"]
    made: list[tuple[str, ...]] = []
    for check in checks:
        match check.kind, check.asked:
            case "page", (host, path):
                there = f"{host}:443:127.0.0.1:{ports[f'{WEB}:443']}"
                seen = ("curl", "-sSf", "--cacert", way["trust"], "--connect-to", there, "-D", "-")
                made.append((*seen, f"https://{host}{path}"))
            case "name", (name,):
                made.append(("dig", "@127.0.0.1", "-p", str(ports[f"{RESOLVERS[0]}:53"]), name, "CAA"))
            case _, (host,):
                there = f"127.0.0.1:{ports[f'{TLS}:443']}"
                made.append(("openssl", "s_client", "-connect", there, "-servername", host, "-CAfile", way["trust"]))
    return made


def variables(way: Mapping[str, Any]) -> dict[str, str]:
    """What a person's shell holds."""
    said: Mapping[str, str] = way["variables"]
    return {
        "AWS_ACCESS_KEY_ID": said["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": said["AWS_SECRET_ACCESS_KEY"],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PGPASSWORD": said["GOLIVE_DATABASE_PASSWORD"],
    }


def missing(wanted: Sequence[Command]) -> list[str]:
    """Programs that this machine does not have."""
    return sorted({command.program for command in wanted if shutil.which(command.program) is None})


def _token(way: Mapping[str, Any]) -> str:
    token: str = way["variables"]["GOLIVE_GITHUB_TOKEN"]
    return token


def _aws(way: Mapping[str, Any], words: str) -> tuple[str, ...]:
    service, *rest = words.split()
    endpoints: Mapping[str, str] = way["endpoints"]
    return "--endpoint-url", endpoints.get(service, endpoints["*"]), service, *rest, "--output", "text"


_SERVICE = ("GL-2.1.1", "GL-2.2.2", "GL-2.2.3", "GL-2.2.6", "GL-3.1.1", "GL-3.3.1", "GL-3.3.2", "GL-3.3.3", *FLAGS)
_AWS: list[tuple[tuple[str, ...], str]] = [
    (("GL-2.1.1",), "sts get-caller-identity"),
    (_SERVICE, f"apprunner describe-service --service-arn {ARN}"),
    (("GL-3.1.1", "GL-3.3.1"), f"apprunner list-operations --service-arn {ARN}"),
    (("GL-1.4", "GL-2.4.1"), f"apprunner describe-custom-domains --service-arn {ARN}"),
    (("GL-1.8", "GL-2.1.2", "GL-3.1.3"), "rds describe-db-instances --db-instance-identifier drop-db"),
    (("GL-3.1.4",), "rds describe-db-snapshots --db-instance-identifier drop-db --snapshot-type automated"),
    (("GL-1.8",), "ec2 describe-security-groups --group-ids sg-0d5c1e0a7b3f24681"),
    (("GL-2.1.3", "GL-3.3.3"), "ecr describe-images --repository-name drop-web"),
    (("GL-7.6",), "logs filter-log-events --log-group-name "
        "/aws/apprunner/drop-web/8e45b0d335304487a1880f4e32d6aeec/application --filter-pattern aml"),
    *(
        ((item,), f"secretsmanager get-secret-value --secret-id drop/production/{name}")
        for item, name in (
            ("GL-2.1.4", "JWT_SECRET"),
            ("GL-2.1.5", "DATABASE_URL"),
            ("GL-2.1.6", "BANKID_CLIENT_ID"),
            ("GL-2.1.6", "BANKID_CLIENT_SECRET"),
            ("GL-2.1.7", "SUMSUB_APP_TOKEN"),
            ("GL-2.1.7", "SUMSUB_SECRET_KEY"),
            ("GL-2.1.8", "SLACK_WEBHOOK_URL"),
        )
    ),
]  # fmt: skip
_PAGES: list[tuple[tuple[str, ...], str]] = [
    (("GL-3.1.2", "GL-3.3.4", "GL-2.4.4"), f"https://{HOST}/api/health"),
    (("GL-2.2.1",), f"https://{DEFAULT}/api/health"),
    (("GL-2.4.4", "GL-7.2", "GL-7.3"), f"https://{HOST}/"),
    (("GL-2.4.4", "GL-7.2", "GL-7.3"), f"https://{HOST}/no-such-page"),
    (("GL-7.2",), f"https://{HOST}/vilkaar"),
    (("GL-7.3",), f"https://{HOST}/personvern"),
    (("GL-2.4.3",), f"http://{HOST}/vilkaar?fra=golive"),
    (("GL-2.4.3",), f"http://{WWW}/vilkaar?fra=golive"),
]
_QUESTIONS: list[tuple[tuple[str, ...], str]] = [
    (("GL-2.2.5", "GL-7.6"), "select table_name, column_name from information_schema.columns"),
    (("GL-2.2.6",), "select count(*) from users where email = 'test@example.com'"),
    (("GL-7.6",), "select count(*) from transactions where abs(amount) >= 100000"),
    (("GL-7.6",), "select count(*) from aml_alerts"),
]
