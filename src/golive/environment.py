"""The typed reading of one environment: where to look, never what must be true.

`environments/<name>/environment.toml` holds coordinates. Secrets stand there only as the name of the variable of the
process's environment that holds them. What the file does not know is refused: a typo must not become a default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AwareDatetime,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from golive.coordinates import (
    RANGES_HOST,
    At,
    Aws,
    BankId,
    BetterStack,
    Database,
    Frozen,
    Github,
    Logs,
    Neonomics,
    Network,
    Partner,
    RunbookName,
    Site,
    Slack,
    Sumsub,
    Swan,
    hosts_of,
)
from golive.errors import NotInUse, OpenQuestion, SetupError
from golive.people import Person, told_apart
from golive.ssh import PublicKey
from golive.tomllines import broken_rules

T = TypeVar("T")

REHEARSAL = "rehearsal"

# What a shell may carry that would send a look somewhere else than the environment file says.
REDIRECTIONS = re.compile(
    r"AWS_(ENDPOINT_URL\w*|PROFILE|DEFAULT_PROFILE|CA_BUNDLE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|REGION|DEFAULT_REGION"
    r"|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT)"
    r"|(HTTPS?|ALL|NO|FTP)_PROXY|SSL_CERT_(FILE|DIR)|SSLKEYLOGFILE|(REQUESTS|CURL)_CA_BUNDLE|PG[A-Z]+",
    re.IGNORECASE,
)


class Environment(Frozen):
    """One place that can be gated."""

    name: str
    kind: Literal["live", "rehearsal"]
    launch_at: AwareDatetime | None = None  # the hour of the launch (T-0)
    admit_within_hours: Annotated[float, Field(gt=0, le=12)] = 2.0  # how long after a run began its GO may be acted on
    site: Site
    network: Network
    aws: Aws
    database: Database
    github: Github
    betterstack: BetterStack
    slack: Slack
    bankid: BankId
    people: tuple[Person, ...] = ()
    neonomics: Neonomics
    swan: Swan | None = None  # None: nobody has told yet, or not in use
    not_in_use: tuple[Partner, ...] = ()  # the owner's statement; silence is none
    sumsub: Sumsub
    logs: Logs | None = None  # None: nobody has told yet what form a line of the log has
    contacts: Mapping[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")], At
    ] = {}  # what the failure runbooks
    # leave blank
    reviews: Mapping[RunbookName, date] = {}  # when each of them is to be gone through next
    folder: Path = Field(exclude=True)

    def swan_in_use(self) -> Swan:
        """Where Swan is; NotInUse where the file says that it is not in use, OpenQuestion where neither."""
        if "Swan" in self.not_in_use:
            raise NotInUse(f"environments/{self.name}/environment.toml", "it says that Swan is not in use")
        return self.answered(self.swan, "swan")

    def answered(self, value: T | None, key: str) -> T:
        """*value*; OpenQuestion where the file leaves *key* open, so that its items are unknown and say why."""
        if value is None:
            raise OpenQuestion.of(f"environments/{self.name}/environment.toml", key)
        return value

    @property
    def rehearsal(self) -> bool:
        """Whether this is the twin, which can never pass for a live environment."""
        return self.kind == "rehearsal"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.kind == "rehearsal") != (self.name == REHEARSAL):
            raise ValueError('kind = "rehearsal" belongs to the environment named rehearsal, and to no other')
        if self.swan is not None and "Swan" in self.not_in_use:
            raise ValueError("not_in_use names Swan, and there is a table [swan]: one of the two is wrong")
        used = {self.site.host, self.site.www, self.aws.default_host, self.database.host or "", self.github.host} - {""}
        used |= hosts_of(self.neonomics.token_url, self.neonomics.api_url)
        used |= hosts_of(self.neonomics.sandbox.token_url, self.neonomics.sandbox.api_url)
        used |= hosts_of(self.swan.token_url, self.swan.api_url) if self.swan else set()
        used |= {self.sumsub.host}
        used |= {RANGES_HOST} if self.aws.distribution else set()
        pages = (self.sumsub.status_page, self.swan.status_page if self.swan else None)
        used |= {page for page in pages if page is not None}
        used |= {urlsplit(self.bankid.issuer).hostname or self.bankid.issuer}
        used |= {self.betterstack.host, self.betterstack.status_page, self.slack.host, self.slack.hooks}
        if missing := sorted(used - set(self.network.hosts)):
            raise ValueError(f"network.hosts does not list {', '.join(missing)}")
        told_apart(self.people)
        return self


@dataclass(frozen=True, slots=True)
class Detour:
    """The way to the twin instead of the world: only the rehearsal has one."""

    ports: Mapping[str, int] = field(default_factory=dict)  # "192.0.2.10:443" → port on 127.0.0.1
    trust: Path | None = None  # certificates of the twin's authority
    endpoints: Mapping[str, str] = field(default_factory=dict)  # AWS service, or "*" → URL
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # in place of the process's environment
    launch_at: datetime | None = None  # the hour that the twin plays
    people: Mapping[str, str] = field(default_factory=dict)  # the twin's people → public key
    control: str = ""  # where the twin takes another world, and where its people are asked to sign


def load(name: str, home: Path) -> Environment:
    """
    Read `environments/<name>/environment.toml` under *home*.

    SetupError names the file, the line and the rule that it breaks.
    """
    path = home / "environments" / name / "environment.toml"
    there = sorted(entry.parent.name for entry in (home / "environments").glob("*/environment.toml"))
    if name not in there:
        raise SetupError(f"there is no environment {name!r}; there are: {', '.join(there) or 'none'}")
    return load_file(path, str(path.relative_to(home)), name)


def load_file(path: Path, shown: str, name: str | None = None) -> Environment:
    """Read the environment file at *path*, which speaks of *name*; SetupError calls it as it is *shown*."""
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except OSError as exc:
        raise SetupError(f"{shown}: cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise SetupError(f"{shown}: not TOML: {exc}") from exc
    if name is not None and said.get("name") != name:
        raise SetupError(f"{shown}: name = {said.get('name')!r}, but the folder is {name!r}")
    try:
        return Environment.model_validate({**said, "folder": path.parent})
    except ValidationError as exc:
        raise SetupError("; ".join(f"{shown}:{rule}" for rule in broken_rules(exc, text))) from exc


def signers(environment: Environment) -> tuple[Person, ...]:
    """
    Who may sign a run of *environment*, with which keys: the people of its file, and nobody else.

    The rehearsal's people have no keys of their own. There, and nowhere else, whoever rehearses lends them one:
    `keys/<person>.pub` beside the file, out of git. SetupError for a key that is none, or belongs to nobody.
    """
    if not environment.rehearsal:
        return environment.people
    lent: dict[str, str] = {}
    for path in sorted((environment.folder / "keys").glob("*.pub")):
        if not any(person.name == path.stem for person in environment.people):
            names = ", ".join(person.name for person in environment.people)
            raise SetupError(f"{path}: nobody in the rehearsal is called {path.stem}; there are: {names}")
        try:
            lent[path.stem] = PublicKey.parse(path.read_text(encoding="utf-8")).line
        except (OSError, ValueError) as exc:
            raise SetupError(f"{path}: {exc}") from exc
    people = tuple(
        person.model_copy(update={"keys": (*person.keys, *([lent[person.name]] if person.name in lent else []))})
        for person in environment.people
    )
    try:
        told_apart(people)
    except ValueError as exc:
        raise SetupError(f"{environment.folder / 'keys'}: {exc}") from exc
    return people


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
