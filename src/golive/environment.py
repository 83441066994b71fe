"""The typed reading of one environment: where to look, never what must be true.

`environments/<name>/environment.toml` holds coordinates. Secrets stand there only as the name of the variable of the
process's environment that holds them. What the file does not know is refused: a typo must not become a default.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from golive.errors import NotInUse, OpenQuestion, SetupError
from golive.ssh import PublicKey

T = TypeVar("T")

REHEARSAL = "rehearsal"
RANGES_HOST = "ip-ranges.amazonaws.com"  # where Amazon publishes which addresses are CloudFront's

# What a shell may carry that would send a look somewhere else than the environment file says.
REDIRECTIONS = re.compile(
    r"AWS_(ENDPOINT_URL\w*|PROFILE|DEFAULT_PROFILE|CA_BUNDLE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|REGION|DEFAULT_REGION"
    r"|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT)"
    r"|(HTTPS?|ALL|NO|FTP)_PROXY|SSL_CERT_(FILE|DIR)|SSLKEYLOGFILE|(REQUESTS|CURL)_CA_BUNDLE|PG[A-Z]+",
    re.IGNORECASE,
)

Host = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")]
Address = IPv4Address | IPv6Address
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]  # ISO 4217
PagePath = Annotated[str, StringConstraints(pattern=r"^/[^?#\s]*$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Frozen(BaseModel):
    """A table of the file: immutable, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Variable(Frozen):
    """A secret by reference: the variable of the process's environment that holds it."""

    variable: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]


Link = Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(:\d+)?(/[^?#]*)?[^/?#]$")]


class Disclosure(Frozen):
    """
    Where the product tells what a remittance costs before it is confirmed, and under which names.

    In the path `{amount}`, `{sent}` and `{received}` stand for what is asked; a name is the way into the answer,
    "data.fee.amount".
    """

    path: Annotated[str, StringConstraints(pattern=r"^/[^#]*$")]
    fee: str
    rate: str
    received: str
    execution: str

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if lacking := [name for name in ("{amount}", "{sent}", "{received}") if name not in self.path]:
            raise ValueError(f"path has no place for {', '.join(lacking)}")
        return self


class Site(Frozen):
    """The public names of the product."""

    host: Host  # the apex
    www: Host
    clock_tolerance_seconds: int = 120
    disclosure: Disclosure | None = None
    sign_up: PagePath | None = None  # where a stranger becomes a customer
    login_page: PagePath | None = None  # where whoever is not logged in is sent, if not to the front page or to BankID
    reviewed_hosts: tuple[Host, ...] = ()  # of others, that pages ask, and that are known to store nothing: for fonts


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


class Distribution(Frozen):
    """The CloudFront distribution that the public names lead to, in front of the service."""

    id: Annotated[str, StringConstraints(pattern=r"^E[A-Z0-9]{9,30}$")]


def _release_tag(said: str) -> str:
    """A regular expression that says which part of a tag is the commit."""
    try:
        groups = re.compile(said).groupindex
    except re.error as exc:
        raise ValueError(f"this is no regular expression: {exc}") from exc
    if "commit" not in groups:
        raise ValueError("this has no group for the commit: write (?P<commit>…) around it")
    return said


class Aws(Frozen):
    """The account and what of the product lives in it."""

    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    region: str
    service_arn: Annotated[
        str, StringConstraints(pattern=r"^arn:aws:apprunner:[a-z0-9-]+:\d{12}:service/[\w-]+/[0-9a-f]{32}$")
    ]
    default_host: Host  # the name that App Runner itself gave the service
    distribution: Distribution | None = None  # None: the public names lead to the service itself, and to no CDN
    database_instance: str
    repository: str
    production_tag: str
    # Which tags make an image a release: a regular expression for a whole tag, whose group "commit" is the commit that
    # the image was built from, in 40 digits.
    release_tag: Annotated[str, AfterValidator(_release_tag)] = "(?P<commit>[0-9a-f]{40})"
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
        """Where App Runner writes what the application says; taken from the ARN, for a copy would outlive it."""
        return "/aws/apprunner/{}/{}/application".format(*self.service_arn.split("/")[-2:])


class Logs(Frozen):
    """What the application's log says, and in which words; each line is a JSON object."""

    level: str  # the member that says how bad it is
    errors: Annotated[tuple[str, ...], Field(min_length=1)]  # what it says of an error, a number as text: "50"
    others: Annotated[tuple[str, ...], Field(min_length=1)]  # what it says of all else; no other is known
    code: str  # the member that names what went wrong, in capitals
    event: str  # the member that names what happened
    login: str  # what it says of a login with BankID that has ended
    outcome: str  # the member that says how
    success: str  # what it says of a good end
    given_up: tuple[str, ...] = ()  # codes of logins that the person ended, which are neither good nor bad
    balance: str | None = None  # what it says of a balance that was fetched, or could not be
    swan: str | None = None  # what it says of a call of Swan that has ended
    took: str | None = None  # the member that says in how many milliseconds


class Kyc(Frozen):
    """The words of `users.kyc_status`, each of which has one meaning; who has another word, nobody can judge by it."""

    approved: str
    waiting: Annotated[tuple[str, ...], Field(min_length=1)]  # for a decision
    again: tuple[str, ...] = ()  # not decided, to be tried again
    refused: tuple[str, ...] | None = None  # decided on, and not approved by the review; None: an open question

    @model_validator(mode="after")
    def _agree(self) -> Self:
        said = Counter((self.approved, *self.waiting, *self.again, *(self.refused or ())))
        if twice := [word for word, times in said.items() if times > 1]:
            raise ValueError(f"each word has one meaning, and these have two: {', '.join(twice)}")
        return self


class Payments(Frozen):
    """The words of `transactions.status`; every other word is a payment that did not succeed."""

    completed: str
    under_way: tuple[str, ...] = ()


class Aml(Frozen):
    """Where the sign of life of the monitoring of transactions is."""

    large_transaction_nok: int
    others: Mapping[Currency, int] = Field(default_factory=dict)  # what is large in other currencies
    sign_of_life: str  # words that the monitoring job writes to the application's log when a round is done
    sign_of_life_hours: int

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if "NOK" in self.others:
            raise ValueError("what is large in kroner is large_transaction_nok")
        return self


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
    """
    Where the product's source and its checks are.

    In *checks* stands, for a check of the runbook, how its check runs are called. With `*`, `?` or `[…]` in it that is
    a pattern (fnmatch, the case counts). Without, and for a check that has no entry, it is a name, and its runs are all
    that GitHub Actions makes of it: `tests`, the jobs of a matrix (`tests (20)`), those of a workflow that is called
    (`ci / tests`), or both (`ci / tests (20)`). All of them must have succeeded. Only runs of *app* count.
    """

    host: Host = "api.github.com"
    repository: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    branch: str = "main"
    token: Variable
    app: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")] = "github-actions"  # by its slug
    checks: Mapping[str, Said] = {}  # the runbook's name of a check → its runs

    def runs_of(self, check: str) -> tuple[str, ...]:
        """Patterns for the names of the runs of the runbook's *check*."""
        said = self.checks.get(check, check)
        if any(sign in said for sign in "*?["):
            return (said,)
        return (said, f"{said} (*)", f"* / {said}", f"* / {said} (*)")


class Start(Frozen):
    """Where Drop's own login begins, which answers with the way to the provider."""

    method: Literal["GET", "POST"]
    path: PagePath


Provider = Literal["BankID", "Neonomics", "Sumsub", "Swan"]


class Watched(Frozen):
    """The monitor that notices when a provider fails: it watches a host of the provider's, or *path* of ours."""

    monitor: Said  # its name at BetterStack
    path: PagePath | None = None  # of the product's, which answers well only as long as the provider does


class BetterStack(Frozen):
    """The team that watches the product from outside, and the page that tells the public."""

    host: Host = "uptime.betterstack.com"
    token: Variable
    status_page: Host
    company: Said | None = None  # whose page that is, as the page names it
    other_status_page: Host | None = None  # one that a document names and that is not ours: only reported
    known_incident: str | None = None  # id of one that any search of incidents must find
    providers: Mapping[Provider, Watched] = {}  # who watches them for us


class Slack(Frozen):
    """The workspace in which people are told; without a token nothing there can be read."""

    host: Host = "slack.com"
    hooks: Host = "hooks.slack.com"
    token: Variable | None = None  # of a bot that is a member of the channels
    channels: Mapping[str, str] = {}  # "#name" → id
    startup_alert: str | None = None  # words that only the alert of a starting service has
    critical: tuple[str, ...] = ()  # words that mark an alert as critical
    rollback_issue: str | None = None  # what is investigated, in words for the channel


class BankId(Frozen):
    """The provider of the login."""

    issuer: Annotated[str, StringConstraints(pattern=r"^https://[^?#]+[^/]$")]
    start: Start


Partner = Literal["Swan"]
"""Whom an environment may do without, and says so."""

Role = Literal[
    "go-live owner",
    "platform engineer",
    "CEO",
    "compliance officer",
    "author",
    "reviewer",
    "approver",
    "rollback authority",
    "AI director",
]


def _public_key(line: str) -> str:
    """A public SSH key, without its comment."""
    return PublicKey.parse(line).line


class Person(Frozen):
    """Somebody who may sign, as what, and with which keys; without a key nothing that this person signs has effect."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]*$")]  # as the records' "by" names it
    full_name: str = ""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    keys: tuple[Annotated[str, AfterValidator(_public_key)], ...] = ()  # lines of ~/.ssh/id_….pub


class SandboxAccount(Frozen):
    """An account at a sandbox's bank; its holder is invented."""

    iban: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$")]
    holder: str


class SandboxPerson(Frozen):
    """Whom the sandbox's bank asks for, and Neonomics' key for such numbers (AES, in base64)."""

    number: Variable
    key: Variable


class Sandbox(Frozen):
    """Neonomics' sandbox, with a client of its own: what it shows proves nothing of production."""

    token_url: Link
    api_url: Link
    client_id: Variable
    client_secret: Variable
    bank: str | None = None  # id, as the list of banks gives it
    payer: SandboxAccount | None = None
    payee: SandboxAccount | None = None
    person: SandboxPerson | None = None  # where that bank wants to know who pays


class Neonomics(Frozen):
    """The provider of Open Banking, with the credentials that the service itself is given."""

    token_url: Link | None = None
    api_url: Link | None = None  # up to the version
    client_id: str = "NEONOMICS_CLIENT_ID"  # under these names, from Secrets Manager
    client_secret: str = "NEONOMICS_CLIENT_SECRET"  # noqa: S105  # a name
    sandbox: Sandbox

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if both := _hosts(self.token_url, self.api_url) & _hosts(self.sandbox.token_url, self.sandbox.api_url):
            raise ValueError(f"{', '.join(sorted(both))} cannot be production and sandbox")
        return self


class Swan(Frozen):
    """A second provider, only where it is in use."""

    token_url: Link
    api_url: Link
    client_id: str = "SWAN_CLIENT_ID"
    client_secret: str = "SWAN_CLIENT_SECRET"  # noqa: S105  # a name
    queries: Annotated[str, StringConstraints(pattern=r"^[\w.-]+\.graphql$")] | None = None  # file beside this one with
    # the operations that the product sends
    status_page: Host | None = None  # where Swan tells of disturbances


class Sumsub(Frozen):
    """The account that verifies customers, and where its reports arrive."""

    host: Host = "api.sumsub.com"
    token: Variable  # an app token of the gate's own: "View applicants" and "manageClientSettings"
    key: Variable  # the secret that belongs to it
    environment: Literal["production", "sandbox"] = "production"
    webhooks: Annotated[str, StringConstraints(pattern=r"^/resources/[\w/]+$")] = "/resources/api/clientWebhooks"
    webhook_key: str | None = None  # the name under which the service is given the key that signs the reports
    other_receivers: tuple[Annotated[str, StringConstraints(pattern=r"^/[\w/.-]+$")], ...] = ()  # that documents name
    applicant: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")] | None = None  # who tried the flow
    status_page: Host | None = None  # where Sumsub tells of disturbances


def _written(said: str) -> str:
    """What somebody could use; ValueError for a blank that was copied."""
    if re.search("XX|TBD|TODO", said, re.IGNORECASE):
        raise ValueError("this is a blank still: write the number, the address or the channel")
    return said


# Of a failure runbook: whom to reach, under the keys of its contacts; and the runbooks by their files' names.
At = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3), AfterValidator(_written)]
RunbookName = Literal["aisp-balance", "bankid", "pisp-payment", "sumsub-kyc", "swan-outage"]


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
        used |= _hosts(self.neonomics.token_url, self.neonomics.api_url)
        used |= _hosts(self.neonomics.sandbox.token_url, self.neonomics.sandbox.api_url)
        used |= _hosts(self.swan.token_url, self.swan.api_url) if self.swan else set()
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


def told_apart(people: Sequence[Person]) -> None:
    """ValueError where two of *people* have one name, or one key between them."""
    for what, said in (("people are called", [one.name for one in people]),
                       ("keys are", [key for one in people for key in one.keys])):  # fmt: skip
        if doubled := [name for name, count in Counter(said).items() if count > 1]:
            raise ValueError(f"two {what} {', '.join(doubled)}: nobody could tell who signed")


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


def broken_rules(exc: ValidationError, text: str) -> list[str]:
    """Each error of *exc* as "line: key: rule", with the line of *text* where the key, or its table, stands."""
    return [
        f"{line_of(text, [str(part) for part in error['loc']])}: "
        f"{'.'.join(map(str, error['loc'])) or 'the file'}: {error['msg'].removeprefix('Value error, ')}"
        for error in exc.errors(include_url=False, include_context=False, include_input=False)
    ]


def line_of(text: str, path: Sequence[str]) -> int:
    """Number of the line that says *path*, or the nearest table above it; tomllib tells no lines."""
    best, found, begins = 0, 1, 0
    offset = 0
    table: list[str] = []
    entries: Counter[tuple[str, ...]] = Counter()
    inside = ""  # the quotes that end the text over several lines in which we are
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        at, offset = offset, offset + len(line)
        if inside:
            inside = "" if inside in line else inside
            continue
        if (opening := re.search(r'"{3}|\'{3}', line)) and line.count(opening[0]) == 1:
            inside = opening[0]
        if header := re.match(r"\s*(\[+)([^\]]+)\]+", line):
            table = _table(header[2].split("."), entries, another=header[1] == "[[")
            here = table
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            here = table + [part.strip("\"'") for part in key[1].split(".")]
        else:
            continue
        if here == path[: len(here)] and len(here) > best:
            best, found, begins = len(here), number, at + (0 if header else key.end() if key else 0)
    if 0 < best < len(path) and begins:
        return text.count("\n", 0, _begins(text, begins, path[best:])) + 1
    return found


# What a value consists of: texts, remarks, what opens, parts and closes it, and words.
_TOKENS = re.compile(
    r'"{3}[\s\S]*?"{3}|\'{3}[\s\S]*?\'{3}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{},=]|[^\s\[\]{},=#"\']+'
)


def _begins(text: str, at: int, path: Sequence[str]) -> int:
    """Where in the value that begins at *at* the part of it begins that *path* leads to; as far as it leads."""
    depth, number, word = 0, 0, ""
    inside = kind = ""
    for token in _TOKENS.finditer(text, at):
        said = token[0]
        if said.startswith("#"):
            continue
        if not depth:
            if said not in "[{" or not path:
                return token.start()
            depth, kind, inside = 1, said, path[0]
            continue
        if depth == 1 and kind == "[" and said not in ",]" and str(number) == inside:
            return _begins(text, token.start(), path[1:])
        if depth == 1 and kind == "{" and said == "=" and word.strip("\"'") == inside:
            return _begins(text, token.end(), path[1:])
        depth += (said in "[{") - (said in "]}")
        number += depth == 1 and said == ","
        word = said
        if not depth:
            break
    return at


def _table(names: Sequence[str], entries: Counter[tuple[str, ...]], *, another: bool) -> list[str]:
    """The table that a header opens, with the numbers of its entries in lists of tables; *another* begins a new one."""
    *above, last = (name.strip().strip("\"'") for name in names)
    table: list[str] = []
    for name in above:
        table.append(name)
        if so_far := entries[tuple(table)]:
            table.append(str(so_far - 1))
    table.append(last)
    if another:
        entries[tuple(table)] += 1
        table.append(str(entries[tuple(table)] - 1))
    return table


def _hosts(*links: str | None) -> set[str]:
    return {urlsplit(link).hostname or "" for link in links if link}


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
