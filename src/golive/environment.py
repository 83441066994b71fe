"""The typed reading of one environment: where to look, never what must be true.

`environments/<name>/environment.toml` holds coordinates. Secrets stand there only as the name of the variable of the
process's environment that holds them. What the file does not know is refused: a typo must not become a default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from golive.errors import Denied, SetupError

T = TypeVar("T")

REHEARSAL = "rehearsal"

# What a shell may carry that would send a look somewhere else than the environment file says.
REDIRECTIONS = re.compile(
    r"AWS_(ENDPOINT_URL\w*|PROFILE|DEFAULT_PROFILE|CA_BUNDLE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|REGION|DEFAULT_REGION"
    r"|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT)"
    r"|(HTTPS?|ALL|NO|FTP)_PROXY|SSL_CERT_(FILE|DIR)|SSLKEYLOGFILE|(REQUESTS|CURL)_CA_BUNDLE|PG[A-Z]+",
    re.IGNORECASE,
)

Host = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")]
Address = IPv4Address | IPv6Address


class Frozen(BaseModel):
    """A table of the file: immutable, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Variable(Frozen):
    """A secret by reference: the variable of the process's environment that holds it."""

    variable: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Site(Frozen):
    """The public names of the product."""

    host: Host  # the apex
    www: Host
    clock_tolerance_seconds: int = 120


class Network(Frozen):
    """How names are looked up and how patient a look is."""

    resolvers: Annotated[tuple[Address, ...], Field(min_length=2)]  # recursive
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]  # nothing else is ever reached
    answer_seconds: float = 5.0  # one answer
    look_seconds: float = 15.0  # one look, with everything that is asked again
    run_seconds: float = 120.0  # all looks together
    attempts: int = 3
    per_host: int = 16  # looks in flight together
    per_name_servers: int = 64  # more at once, and the system drops answers, which look like names that are not there


class Credentials(Frozen):
    """An AWS identity that can read and nothing else."""

    access_key_id: Variable
    secret_access_key: Variable
    session_token: Variable | None = None


class Aws(Frozen):
    """The account and what of the product lives in it."""

    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    region: str
    service_arn: Annotated[
        str, StringConstraints(pattern=r"^arn:aws:apprunner:[a-z0-9-]+:\d{12}:service/[\w-]+/[0-9a-f]{32}$")
    ]
    default_host: Host  # the name that App Runner itself gave the service
    database_instance: str
    repository: str
    production_tag: str
    previous_digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None  # the way back
    deploy_role: Annotated[str, StringConstraints(pattern=r"^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+$")] | None = None
    snapshot_seconds: float = 900.0  # how long a snapshot of the database may take
    credentials: Credentials | None = None  # or:
    profile: str | None = None  # a profile of the shared AWS files, by name
    read_secret_values: bool = False  # for the CI role only; elsewhere form is unknown

    @model_validator(mode="after")
    def _agree(self) -> Self:
        region, account = self.service_arn.split(":")[3:5]
        if (region, account) != (self.region, self.account):
            raise ValueError("service_arn names another account or region than account and region do")
        if (self.credentials is None) == (self.profile is None):
            raise ValueError("exactly one of credentials and profile is needed")
        return self

    @property
    def service_name(self) -> str:
        """Last segment but one of the ARN."""
        return self.service_arn.split("/")[-2]

    @property
    def service_id(self) -> str:
        """Last segment of the ARN."""
        return self.service_arn.split("/")[-1]

    @property
    def log_group(self) -> str:
        """Where App Runner writes what the application says (facts: derived from the ARN, never copied)."""
        return "/aws/apprunner/{}/{}/application".format(*self.service_arn.split("/")[-2:])


class Logs(Frozen):
    """What the application's log says, and in which words; each line is a JSON object."""

    level: str  # the member that says how bad it is
    errors: Annotated[tuple[str, ...], Field(min_length=1)]  # what it says of an error
    code: str  # the member that names what went wrong, in capitals
    event: str  # the member that names what happened
    login: str  # what it says of a login with BankID that has ended
    outcome: str  # the member that says how
    success: str  # what it says of a good end
    given_up: tuple[str, ...] = ()  # codes of logins that the person ended, which are neither good nor bad


class Kyc(Frozen):
    """The words of `users.kyc_status`; every other word is a review that did not approve."""

    approved: str
    waiting: Annotated[tuple[str, ...], Field(min_length=1)]  # for a decision
    again: tuple[str, ...] = ()  # not decided, to be tried again


class Payments(Frozen):
    """The words of `transactions.status`; every other word is a payment that did not succeed."""

    completed: str
    under_way: tuple[str, ...] = ()


class Aml(Frozen):
    """Where the sign of life of the monitoring of transactions is."""

    large_transaction_nok: int
    sign_of_life: str  # words that the monitoring job writes to the application's log when a round is done
    sign_of_life_hours: int


class Database(Frozen):
    """The database as the gate's own role sees it; what is None is a question that its owner has not answered yet."""

    host: Host | None = None  # the endpoint that RDS gave it
    port: int = 5432
    name: str
    user: str
    password: Variable
    via: Literal["vpc", "tunnel"] | None = None
    tunnel: str | None = None  # "127.0.0.1:6543": where the tunnel's near end listens
    trust: str | None = None  # file beside this one with the authority's certificates; default: the public store
    tables: Mapping[str, tuple[str, ...]]  # columns; "id|user_id" accepts either
    known_user: str | None = None  # e-mail of a user that any search of users must find
    aml: Aml
    kyc: Kyc
    payments: Payments

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.via == "tunnel") != (self.tunnel is not None):
            raise ValueError('via = "tunnel" and tunnel = "address:port" go together')
        return self


class Github(Frozen):
    """Where the product's source and its checks are."""

    host: Host = "api.github.com"
    repository: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    branch: str = "main"
    token: Variable
    checks: Mapping[str, str] = {}  # the runbook's name of a check → the name of its check run


class BankId(Frozen):
    """The provider of the login."""

    issuer: Annotated[str, StringConstraints(pattern=r"^https://[^?#]+[^/]$")]


class Environment(Frozen):
    """One place that can be gated."""

    name: str
    kind: Literal["live", "rehearsal"]
    launch_at: AwareDatetime | None = None  # the hour of the launch (T-0)
    site: Site
    network: Network
    aws: Aws
    database: Database
    github: Github
    bankid: BankId
    logs: Logs | None = None  # None: nobody has told yet what form a line of the log has
    folder: Path = Field(exclude=True)

    def answered(self, value: T | None, key: str) -> T:
        """*value*; Denied where the file leaves *key* open, so that its items are unknown and say why."""
        if value is None:
            raise Denied(f"environments/{self.name}/environment.toml", f"{key} is not answered yet")
        return value

    @property
    def rehearsal(self) -> bool:
        """Whether this is the twin, which can never pass for a live environment."""
        return self.kind == "rehearsal"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.kind == "rehearsal") != (self.name == REHEARSAL):
            raise ValueError('kind = "rehearsal" belongs to the environment named rehearsal, and to no other')
        used = {self.site.host, self.site.www, self.aws.default_host, self.database.host or "", self.github.host} - {""}
        if missing := sorted(used - set(self.network.hosts)):
            raise ValueError(f"network.hosts does not list {', '.join(missing)}")
        return self


@dataclass(frozen=True, slots=True)
class Detour:
    """The way to the twin instead of the world: only the rehearsal has one."""

    ports: Mapping[str, int] = field(default_factory=dict)  # "192.0.2.10:443" → port on 127.0.0.1
    trust: Path | None = None  # certificates of the twin's authority
    endpoints: Mapping[str, str] = field(default_factory=dict)  # AWS service, or "*" → URL
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # in place of the process's environment
    launch_at: datetime | None = None  # the hour that the twin plays
    control: str = ""  # where the twin takes another world


def load(name: str, home: Path) -> Environment:
    """
    Read `environments/<name>/environment.toml` under *home*.

    SetupError names the file, the line and the rule that it breaks.
    """
    folder = home / "environments" / name
    path = folder / "environment.toml"
    there = sorted(entry.parent.name for entry in (home / "environments").glob("*/environment.toml"))
    if name not in there:
        raise SetupError(f"there is no environment {name!r}; there are: {', '.join(there) or 'none'}")
    shown = path.relative_to(home)
    text = path.read_text(encoding="utf-8")
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise SetupError(f"{shown}: not TOML: {exc}") from exc
    if said.get("name") != name:
        raise SetupError(f"{shown}: name = {said.get('name')!r}, but the folder is {name!r}")
    try:
        return Environment.model_validate({**said, "folder": folder})
    except ValidationError as exc:
        raise SetupError("; ".join(f"{shown}:{rule}" for rule in broken_rules(exc, text))) from exc


def broken_rules(exc: ValidationError, text: str) -> list[str]:
    """Each error of *exc* as "line: key: rule", with the line of *text* where the key, or its table, stands."""
    return [
        f"{_line(text, [str(part) for part in error['loc']])}: "
        f"{'.'.join(map(str, error['loc'])) or 'the file'}: {error['msg'].removeprefix('Value error, ')}"
        for error in exc.errors(include_url=False, include_context=False, include_input=False)
    ]


def _line(text: str, path: list[str]) -> int:
    """Number of the line that says *path*, or the nearest table above it; tomllib tells no lines."""
    best, found = 0, 1
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]+", line):
            table = [part.strip().strip("\"'") for part in header[1].split(".")]
            here = table
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            here = table + [part.strip("\"'") for part in key[1].split(".")]
        else:
            continue
        shared = [part for part in path if not part.isdigit()][: len(here)]
        if here == shared and len(here) > best:
            best, found = len(here), number
    return found


def drop_redirections(variables: MutableMapping[str, str]) -> tuple[str, ...]:
    """Take what the shell would redirect out of *variables*; returns the names, sorted."""
    names = tuple(sorted(name for name in variables if REDIRECTIONS.fullmatch(name)))
    for name in names:
        del variables[name]
    return names


def is_private(address: str) -> bool:
    """Whether *address* can only be this machine or its own network."""
    value = ip_address(address)
    return not value.is_global or value.is_multicast
