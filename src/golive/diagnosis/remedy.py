"""A runbook's steps with our real names in them: what a person can do, and what of it changes something. Pure.

What neither the environment file nor the diagnosis answers becomes a marked blank, ⟦…⟧, which every command refuses: a
guess could change the wrong thing. No command carries a secret: a new one is read from the reader's own file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from golive.diagnosis.commands import BLANKS, filled, placeholders
from golive.diagnosis.papers import Cause, Changes, Estimate, Message, Step
from golive.environment import Environment

NO_MESSAGE = "The runbook has no message to users for this cause."
WARNINGS: Mapping[Changes, str] = {
    "nothing": "",
    "production": "changes production",
    "partner": "changes our account at the partner",
    "code": "changes the product: takes a release",
}
# Else a value could end the quotes around it, and a pasted line would do something else.
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+=-]*|/[A-Za-z0-9_./-]*")
_SECRET = re.compile(r"arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+")
_BRACKETS = re.compile(r"[\[<](.*)[\]>]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a diagnosis saw that commands need; what it did not see stays blank."""

    secrets: Mapping[str, str] = field(default_factory=dict)  # setting → ARN, as the service is started with
    vpc_connector: str | None = None
    connector_groups: tuple[str, ...] = ()
    connector_subnets: tuple[str, ...] = ()
    users_key: str | None = None  # "id" or "user_id"
    webhook_path: str | None = None
    since: datetime | None = None  # from when on the logs are read


@dataclass(frozen=True, slots=True)
class Action:
    """
    One step, filled in.

    *command* is for a shell; where it opens the database for a change, *sql* is typed there afterwards. Neither is any
    good before the *blanks* are written.
    """

    do: str
    changes: Changes
    command: str = ""
    sql: str = ""
    blanks: tuple[str, ...] = ()
    link: str = ""
    rehearsal: bool = False

    @property
    def warning(self) -> str:
        """What it changes, for people; "" for nothing."""
        if self.rehearsal and self.changes == "production":  # the rehearsal has production's names
            return "would change production, and this is a rehearsal: do not type it"
        return WARNINGS[self.changes]


@dataclass(frozen=True, slots=True)
class Words:
    """What users are told, ready but for its ⟦blanks⟧."""

    channel: str
    language: str
    case: str
    subject: str
    text: str
    blanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a cause; *said* tells it where there is no message."""

    cause: str
    estimate: Estimate
    actions: tuple[Action, ...]
    messages: tuple[Words, ...]

    @property
    def said(self) -> str:
        """That the document has no words for users; "" where it has."""
        return "" if self.messages else NO_MESSAGE

    def within(self, target_minutes: int) -> bool | None:
        """Whether the document's longest time is within the target time to repair; None where it gives no time."""
        return None if self.estimate.most is None else self.estimate.most <= target_minutes


def remedy(cause: Cause, environment: Environment, observed: Observed | None = None) -> Remedy:
    """The document's remedy for *cause*, with what *environment* and *observed* answer."""
    return Remedy(
        cause.id,
        cause.estimate,
        actions(cause.remedy, environment, observed),
        tuple(words(message, environment) for message in cause.message),
    )


def actions(steps: tuple[Step, ...], environment: Environment, observed: Observed | None = None) -> tuple[Action, ...]:
    """*steps* filled in, of a cause, of a workaround or of what is done afterwards."""
    return tuple(action(step, environment, observed) for step in steps)


def action(step: Step, environment: Environment, observed: Observed | None = None) -> Action:
    """*step* filled in."""
    values, open_ = _values(f"{step.do}{step.shell}{step.sql}{step.link}", environment, observed or Observed())
    command, sql, link = (filled(text, values).strip() for text in (step.shell, step.sql, step.link or ""))
    if sql:
        connection = _connection(step, environment)
        open_ += re.findall("⟦[^⟧]+⟧", connection)
        if step.changes == "nothing":
            # From a document of the shell's: psql would take a pasted line for the password that it asks for.
            command, sql = f"psql \"{connection}\" <<'SQL'\n{sql}\nSQL", ""
        else:
            command = f'psql "{connection}" --set AUTOCOMMIT=off'
            sql += "\n-- see how many rows it says; then COMMIT; or ROLLBACK;"
    return Action(
        filled(step.do, values),
        step.changes,
        command,
        sql,
        tuple(dict.fromkeys(open_)),
        "" if "⟦" in link else link,
        environment.rehearsal,
    )


def words(message: Message, environment: Environment) -> Words:
    """*message* with its open blanks marked; the language and the words are the document's."""
    values, open_ = _values(f"{message.subject}{message.text}", environment, Observed())
    subject, text = filled(message.subject, values), filled(message.text, values)
    for said in message.blanks:
        marked = blank(inside[1] if (inside := _BRACKETS.fullmatch(said)) else said)
        subject, text = subject.replace(said, marked), text.replace(said, marked)
        open_.append(marked)
    return Words(message.channel, message.language, message.case, subject, text, tuple(dict.fromkeys(open_)))


def blank(what: str) -> str:
    """How a place is marked that somebody must fill in."""
    return f"⟦{what}⟧"


def _values(text: str, environment: Environment, observed: Observed) -> tuple[dict[tuple[str, str], str], list[str]]:
    """What stands for each placeholder of *text*, and the blanks among it."""
    known = _known(environment, observed)
    values: dict[tuple[str, str], str] = {}
    open_: list[str] = []
    for name, argument in placeholders(text):
        value = _arn(argument, known, observed) if name == "arn_of" else known.get(name) or blank(BLANKS[name])
        if not value.startswith("⟦") and not _HARMLESS.fullmatch(value):
            value = blank(f"{BLANKS[name]}: what was seen is not fit for a command")
        values[name, argument] = value
        open_ += [value] if value.startswith("⟦") else []
    return values, open_


def _known(environment: Environment, observed: Observed) -> dict[str, str | None]:
    """The coordinates by their placeholders; None where a question is open. What only people know is not among them."""
    aws, neonomics, swan = environment.aws, environment.neonomics, environment.swan
    issuer = environment.bankid.issuer
    return {
        "bankid_discovery": f"{issuer}/.well-known/openid-configuration",
        "bankid_host": urlsplit(issuer).hostname,
        "host": environment.site.host,
        "log_group": aws.log_group,
        "neonomics_client_id": neonomics.client_id,
        "neonomics_client_secret": neonomics.client_secret,
        "neonomics_host": urlsplit(neonomics.api_url).hostname if neonomics.api_url else None,
        "neonomics_token_url": neonomics.token_url,
        "production_tag": aws.production_tag,
        "region": aws.region,
        "repository": aws.repository,
        "resolver": str(environment.network.resolvers[0]),
        "service_arn": aws.service_arn,
        "status_page": environment.betterstack.status_page,
        "sumsub_webhook_key": environment.sumsub.webhook_key,
        "swan_client_id": swan.client_id if swan else None,
        "swan_client_secret": swan.client_secret if swan else None,
        "swan_host": urlsplit(swan.api_url).hostname if swan else None,
        "swan_token_url": swan.token_url if swan else None,
        "connector_group": _only(observed.connector_groups),
        "connector_subnet": _only(observed.connector_subnets[:1]),
        "since_ms": str(int(observed.since.timestamp() * 1000)) if observed.since else None,
        "users_key": observed.users_key if observed.users_key in {"id", "user_id"} else None,
        "vpc_connector": observed.vpc_connector,
        "webhook_path": observed.webhook_path,
    }


def _only(values: tuple[str, ...]) -> str | None:
    """The one of *values*; None of several, where a person must choose."""
    return values[0] if len(values) == 1 else None


def _arn(argument: str, known: Mapping[str, str | None], observed: Observed) -> str:
    """The ARN of the secret of a setting, named itself or by its placeholder."""
    setting = known.get(argument) if argument in BLANKS else argument
    if setting is None:
        return blank(f"ARN of the secret: {BLANKS[argument]}")
    arn = observed.secrets.get(setting)
    if arn is None:
        return blank(f"ARN of {setting}")
    if not _SECRET.fullmatch(arn):  # one key of a secret of several, or a parameter: this command would not fit it
        return blank(f"ARN of {setting}: it is not a secret of its own, so change it in the console")
    return arn


def _connection(step: Step, environment: Environment) -> str:
    """
    Where *step* is done and as whom; the server is verified by its own name, also through a tunnel.

    The gate's own role only counts, so that whoever shows customers or changes rows needs another.
    """
    database = environment.database
    role = database.user
    if step.customers or step.changes != "nothing":
        role = blank("role that may write" if step.changes != "nothing" else "role that may read customers")
    near, port = (database.tunnel or f":{database.port}").rsplit(":", 1)
    settings = {
        "host": database.host or blank("host of the database"),
        **({"hostaddr": near} if near else {}),
        "port": port,
        "dbname": database.name,
        "user": role,
        "sslmode": "verify-full",
        "sslrootcert": f"environments/{environment.name}/{database.trust}" if database.trust else "system",
    }
    return " ".join(f"{key}={_fit(value, f'{key} of the database')}" for key, value in settings.items())


def _fit(value: str, what: str) -> str:
    """*value*, quoted where it is a blank; a blank where a shell would act on it."""
    if value.startswith("⟦"):
        return f"'{value}'"
    return value if _HARMLESS.fullmatch(value) else f"'{blank(f'{what}: what is written is not fit for a command')}'"
