"""Sentences about what the service is started with: plain settings, and the form of its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import parse

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.apprunner import ServiceSettings, Settings
from golive.probes.form import Form
from golive.probes.look import Look
from golive.probes.secrets import Secrets, ServiceSecrets
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# Fewer bits than any generator gives in 32 characters, and more than habits of people do.
RANDOM_BITS = 64
# What 32 characters of base64 stand for.
RANDOM_BYTES = 24
ENCRYPTED = ("require", "verify-ca", "verify-full")


@looks("the settings of the running service", target_fixture="settings")
def running_settings(environment: Environment) -> Look[Settings]:
    return ServiceSettings(environment.aws.service_arn)


@looks("the secrets of the service", target_fixture="secrets")
def service_secrets(environment: Environment) -> Look[Secrets]:
    return ServiceSecrets(environment.aws.service_arn)


@judges('"{name}" is "{value}"')
def setting_is(settings: Settings, name: str, value: str) -> None:
    seen = {way: settings.plain(name) if way == "plain variable" else "…" for way in settings.ways(name)}
    told = " and ".join(f"as a {way} ({text})" for way, text in seen.items())
    assert seen == {"plain variable": value}, (
        f"in {settings.source} {name} is {f'set {told}' if seen else 'not set'}; "
        f"it must be set once, as a plain variable, to {value}"
    )


@judges('"{name}", where it is set, is "{value}"')
def setting_is_if_at_all(settings: Settings, name: str, value: str, remarks: Remarks) -> None:
    remarks.examined(len(settings.names), "settings")
    ways = settings.ways(name)
    if ways == ("secret",):
        raise ProbeError(settings.source, f"{name} is a secret, whose text no settings tell")
    seen = settings.plain(name) if ways else value
    assert seen == value, f"in {settings.source} {name} is {seen}; it must be {value}"


@judges('the settings that begin with "{prefix}" are exactly')
def settings_are(settings: Settings, prefix: str, datatable: list[list[str]], remarks: Remarks) -> None:
    remarks.examined(len(settings.names), "settings")
    seen = {name: settings.values.get(name, "…") for name in settings.names if name.startswith(prefix)}
    wanted = {row[0]: row[1] for row in datatable[1:]}
    differing = [
        f"{name} is {seen.get(name, 'not set')} and must be {wanted.get(name, 'in the table, which does not know it')}"
        for name in sorted(seen.keys() | wanted.keys())
        if seen.get(name) != wanted.get(name) or settings.ways(name) != ("plain variable",)
    ]
    assert not differing, f"in {settings.source}, as plain variables: {'; '.join(differing)}"


@judges('"{name}" is not set')
def setting_is_absent(settings: Settings, name: str, remarks: Remarks) -> None:
    remarks.examined(len(settings.names), "settings")
    ways = settings.ways(name)
    assert not ways, f"{name} is set in {settings.source} as a {' and a '.join(ways)}; any value counts"


def _open_for_forms(environment: Environment, datatable: list[list[str]]) -> Iterator[str]:
    if not environment.aws.read_secret_values:
        yield "aws.read_secret_values"
    if environment.database.host is None and any(
        FORMS[form] is _database for _, form, *_ in datatable[1:] if form in FORMS
    ):
        yield "database.host"


@judges("they hold", needs=_open_for_forms)
def secrets_have_form(secrets: Secrets, environment: Environment, datatable: list[list[str]], remarks: Remarks) -> None:
    unseen: list[ProbeError] = []
    wrong: dict[str, str] = {}
    for name, form, *least in datatable[1:]:
        try:
            wanted = " ".join([form, *(f"of at least {length} characters" for length in least)])
            if found := _wrong(secrets, name, wanted, environment):
                wrong[name] = found
        except ProbeError as exc:
            unseen.append(exc)
    assert not wrong, "; ".join(f"{name} {found}" for name, found in wrong.items())
    if unseen:
        raise unseen[0]
    remarks.examined(len(datatable) - 1, "secrets")
    _warn_of_younger(secrets, [row[0] for row in datatable[1:]], remarks)


@judges(
    "the key that signs Sumsub's reports is among them, as a production value of at least {least:d} characters",
    needs=("sumsub.webhook_key", "aws.read_secret_values"),
)
def webhook_key_is_wired(secrets: Secrets, environment: Environment, least: int, remarks: Remarks) -> None:
    name = environment.answered(environment.sumsub.webhook_key, "sumsub.webhook_key")
    wrong = _wrong(secrets, name, f"production value of at least {least} characters", environment)
    assert not wrong, f"{name} {wrong}"
    remarks.examined(1, "secret")
    _warn_of_younger(secrets, [name], remarks)


def _warn_of_younger(secrets: Secrets, names: Sequence[str], remarks: Remarks) -> None:
    """Say which of *names* the service has not read since they were given the value that was judged."""
    for name in names:
        secret = secrets.secret(name)
        changed, read = secret and secret.changed_at, secrets.read_at
        if changed and read and changed > read:
            remarks.warn(
                f"{name} was given its value on {changed:%Y-%m-%d %H:%M} UTC, after the last deployment of "
                f"{secrets.source} ({read:%Y-%m-%d %H:%M} UTC): it goes on with the former one until it is deployed"
            )


def _wrong(secrets: Secrets, name: str, form: str, environment: Environment) -> str:
    """What is wrong with *name*, "" where nothing is; ProbeError where that cannot be known."""
    if name in secrets.plain:
        return f"is a plain variable of {secrets.source}: whoever may describe the service can read it"
    secret = secrets.secret(name)
    if secret is None:
        return f"is not given to {secrets.source}"
    if not secret.exists:
        return "does not exist, though the service is to be given it"
    if secret.deletion_at is not None:
        return f"is scheduled for deletion on {secret.deletion_at:%Y-%m-%d}"
    if secret.broken:
        return f"gives the service nothing: {secret.broken}"
    for known, judge in FORMS.items():
        if found := parse.parse(known, form):
            seen = secrets.form(name)
            return _flaw(seen) or judge(seen, environment, **found.named)
    return f"is to be {form!r}, which is no form that the gate knows"


def _flaw(form: Form) -> str:
    """What no secret may be."""
    if form.length == 0 or form.classes == ("space",):
        return "is empty"
    if form.padded:
        return "has white space or quotation marks around it, which the product takes for a part of it"
    if form.named:
        return "is what secrets are called, and none"
    return "looks like a text that somebody meant to replace" if form.placeholder else ""


def _short(form: Form, least: int) -> str:
    return f"is {form.length} characters long; it must be at least {least}" if form.length < least else ""


def _random(form: Form, _: Environment, length: int) -> str:
    if short := _short(form, length):
        return short
    if form.worded or form.bits < RANDOM_BITS:
        made = "reads like words" if form.worded else f"holds at most {form.bits} bits"
    elif form.alphabet is None:
        made = "is written in no alphabet of a generator (hexadecimal, base64, base64url, letters and digits)"
    elif form.patterns:
        made = f"has in it what no generator makes: {', '.join(form.patterns)}"
    else:
        made = f"stands for {form.size} bytes of {form.alphabet}, and {RANDOM_BYTES} are the least"
        return f"{made}; it must come from a random generator" if form.size < RANDOM_BYTES else ""
    return f"{made}; it must come from a random generator"


def _production(form: Form, _: Environment, length: int) -> str:
    other = f'says "{form.sandbox}", so it belongs to another environment' if form.sandbox else ""
    return other or _short(form, length)


def _marked(form: Form, environment: Environment, mark: str, length: int) -> str:
    if form.mark != mark:
        return f"begins with {form.mark or 'no mark of an environment'}; it must begin with {mark}"
    return _production(form, environment, length)


def _database(form: Form, environment: Environment) -> str:
    link, there = form.link, environment.database
    if link is None or link.scheme not in ("postgres", "postgresql"):
        return f"is {f'of the scheme {link.scheme}' if link else 'no URL'}; it must be a PostgreSQL connection string"
    host = environment.answered(there.host, "database.host")
    if (link.host, link.port or 5432) != (host, there.port):
        return f"leads to {link.host or 'no host'}:{link.port or 5432}; it must lead to {host}:{there.port}"
    if not link.names_database:
        return f"leads to no database, or another than {there.name}"
    if link.strays:
        return (
            f"says {', '.join(link.strays)} besides, by which a client may go elsewhere or encrypt less; "
            "it must say where, who, sslmode, and how to wait and to share connections"
        )
    if link.sslmode not in ENCRYPTED:
        said = f"sslmode={link.sslmode}" if link.sslmode else "no sslmode, or several"
        return f"says {said}; it must demand TLS ({', '.join(ENCRYPTED)})"
    return "" if link.credentials else "names no user and password"


def _slack(form: Form, _: Environment) -> str:
    good = form.link is not None and form.link.slack_webhook
    return "" if good else "is not an https URL of the form https://hooks.slack.com/services/T…/B…/…"


FORMS: dict[str, Callable[..., str]] = {
    "at least {length:d} characters, random": _random,
    "production value of at least {length:d} characters": _production,
    "production value that begins with {mark} of at least {length:d} characters": _marked,
    "PostgreSQL over TLS to the database instance": _database,
    "Slack incoming webhook": _slack,
}
