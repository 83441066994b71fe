"""Where to look, as the tables of an environment file say it: typed, immutable, closed to what they do not know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

RANGES_HOST = "ip-ranges.amazonaws.com"  # where Amazon publishes which addresses are CloudFront's

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
    quiet_seconds: Annotated[float, Field(ge=0.2)] = 0.5  # a page that has asked for nothing for so long is at rest
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
        if both := hosts_of(self.token_url, self.api_url) & hosts_of(self.sandbox.token_url, self.sandbox.api_url):
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


def hosts_of(*links: str | None) -> set[str]:
    """The hosts of *links*, those that are there."""
    return {urlsplit(link).hostname or "" for link in links if link}
