"""The secrets that the service is given: whether they are there, and what form they have. Never what they say."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from golive.errors import Denied, ProbeError
from golive.probes.absent import NOT_THERE, NoSuchThing
from golive.probes.apprunner import DescribedService, ServiceHistory, ServiceSettings
from golive.probes.aws import answers, client
from golive.probes.form import Form, form_of
from golive.probes.link import in_words
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from golive.environment import Environment
    from golive.probes.reach import Reach

UNREAD = "this run may not read the values of secrets (read_secret_values in the environment file is for the CI role)"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret, and the name under which the service is given it."""

    name: str
    arn: str
    exists: bool
    deletion_at: datetime | None = None  # when it is scheduled for deletion
    broken: str = ""  # why the service is given nothing, though the secret exists
    form: Form | None = None
    formless_because: str = ""
    changed_at: datetime | None = None  # when it was last given another value


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the service is given out of Secrets Manager."""

    source: str
    secrets: Mapping[str, Secret]
    unseen: Mapping[str, str]  # name → why nothing could be learnt of it
    plain: tuple[str, ...]  # names that are set as plain variables, readable by whoever may describe the service
    read_at: datetime | None = None  # when the service last read them: as its last deployment that succeeded began

    def secret(self, name: str) -> Secret | None:
        """What is known of *name*, None where the service is not given it; ProbeError where nothing could be learnt."""
        if name in self.unseen:
            raise ProbeError(name, self.unseen[name])
        return self.secrets.get(name)

    def form(self, name: str) -> Form:
        """The form of *name*, which is there; ProbeError where it was not read."""
        form = self.secrets[name].form
        if form is None:
            raise ProbeError(name, self.secrets[name].formless_because)
        return form


@dataclass(frozen=True, slots=True)
class KeptSecret(Look[Secret]):
    """What form has the secret that the service is given as *name* from *arn*?"""

    name: str
    arn: str

    @property
    def source(self) -> str:
        """The name of the secret."""
        return self.name

    @property
    def host(self) -> str:
        """The AWS service."""
        return "secretsmanager"

    def control(self, environment: Environment) -> Look[Any]:
        """A secret that is not there."""
        return NoSuchThing("secretsmanager", f"{environment.aws.service_name}{NOT_THERE}")

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read it where the environment file allows it, and else to know of it."""
        return to_read(environment, ":".join(self.arn.split(":")[:7]))

    def observe(self, reach: Reach) -> Secret:
        """The text is read only where the environment file allows it, and stays here."""
        kept, key, stage = self._place()
        with answers(self.source):
            manager: SecretsManagerClient = client(reach, "secretsmanager")
            if not reach.environment.aws.read_secret_values:
                return self._described(manager, kept, formless_because=UNREAD)
            try:
                said = manager.get_secret_value(SecretId=kept, VersionStage=stage or "AWSCURRENT")
            except (manager.exceptions.ResourceNotFoundException, manager.exceptions.InvalidRequestException):
                # It is missing, has no value yet, or is about to be deleted.
                return self._described(manager, kept, broken="it has no value")
            if "SecretString" not in said:
                return Secret(self.name, self.arn, said["ARN"] != "", broken="it holds bytes and no text")
            return self._read(reach, said["SecretString"], key, said["CreatedDate"])

    def text(self, reach: Reach) -> str:
        """
        What it says, for a probe that must sign as the service does; it must not leave that probe.

        Denied where it may not be read; ProbeError where it says nothing.
        """
        secret = reach.ask(self)
        if secret.formless_because:
            raise Denied(self.name, secret.formless_because)
        if secret.form is None:
            raise ProbeError(self.name, secret.broken or "it does not exist")
        kept, key, stage = self._place()
        with answers(self.source):
            manager: SecretsManagerClient = client(reach, "secretsmanager")
            said = manager.get_secret_value(SecretId=kept, VersionStage=stage or "AWSCURRENT")["SecretString"]
        text = (_member(said, key) or "") if key else said
        reach.hold(self.name, text)
        return text

    def _place(self) -> tuple[str, str, str]:
        """The secret's own ARN, the member of it, and the stage; the last two may be empty."""
        where = self.arn.split(":")
        if len(where) < 7 or where[2] != "secretsmanager":
            raise ProbeError(self.name, "it is not kept in Secrets Manager, and the gate looks nowhere else")
        key, stage = (*where[7:9], "", "")[:2]
        return ":".join(where[:7]), key, stage

    def _described(
        self, manager: SecretsManagerClient, kept: str, broken: str = "", formless_because: str = ""
    ) -> Secret:
        try:
            said = manager.describe_secret(SecretId=kept)
        except manager.exceptions.ResourceNotFoundException:
            return Secret(self.name, self.arn, False)
        going = said.get("DeletedDate")
        return Secret(
            self.name,
            self.arn,
            exists=said["ARN"] != "",
            deletion_at=_utc(going),
            broken=broken,
            formless_because=formless_because,
            changed_at=_utc(said.get("LastChangedDate")),
        )

    def _read(self, reach: Reach, text: str, key: str, made: datetime) -> Secret:
        reach.hold(self.name, text)
        if key:
            found = _member(text, key)
            if found is None:
                return Secret(
                    self.name, self.arn, True, broken="it has no member of the name that the service asks for"
                )
            text = found
            reach.hold(self.name, text)
        if password := _password(text):
            reach.hold(self.name, password)
        form = form_of(
            text,
            fingerprint(reach, text),
            reach.environment.network.hosts,
            database=reach.environment.database.name,
            name=self.name,
            words=_ours(reach.environment, self.name),
        )
        return Secret(self.name, self.arn, True, form=form, changed_at=_utc(made))


@dataclass(frozen=True, slots=True)
class ServiceSecrets(Look[Secrets]):
    """Which secrets is the service given, and what form do they have?"""

    service_arn: str

    @property
    def source(self) -> str:
        """The service's name."""
        return f"the secrets of App Runner service {self.service_arn.split('/')[1]}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "secretsmanager"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """What the settings need, and each secret; which those are is known when the service is described."""
        return (*ServiceSettings(self.service_arn).permissions(environment), *to_read(environment))

    def observe(self, reach: Reach) -> Secrets:
        """
        Each secret is a look of its own: what one of them denies does not hide the others.

        ProbeError where it cannot be known which secrets the service runs with.
        """
        said, history = reach.ask_both(ServiceSettings(self.service_arn), ServiceHistory(self.service_arn))
        looks = [KeptSecret(name, arn) for name, arn in said.secrets.items()]
        answered = list(zip(looks, reach.ask_each(looks), strict=True))
        return Secrets(
            source=said.source,
            secrets={look.name: answer for look, answer in answered if isinstance(answer, Secret)},
            unseen={look.name: answer.reason for look, answer in answered if isinstance(answer, ProbeError)},
            plain=tuple(sorted({*said.values, *said.lengths})),
            read_at=history.put_into_effect_at,
        )


def to_read(environment: Environment, arn: str = "") -> tuple[Permission, ...]:
    """What it takes to look at the secret *arn*, or at whichever of the account where that is not known."""
    aws = environment.aws
    actions = ("DescribeSecret", "GetSecretValue") if aws.read_secret_values else ("DescribeSecret",)
    on = arn or f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:*"
    return tuple(Permission("iam", f"secretsmanager:{action}", on) for action in actions)


def text_of(reach: Reach, service_arn: str, name: str) -> str:
    """What the secret says that the service runs with as *name*; see `KeptSecret.text`."""
    said = reach.ask(ServiceSettings(service_arn))
    if name not in said.secrets:
        raise ProbeError(name, f"{said.source} is not given it as a secret")
    return KeptSecret(name, said.secrets[name]).text(reach)


def fingerprint(reach: Reach, text: str) -> str:
    """The same for the same text within a run, and for nothing else; it tells nothing of the text."""
    salt = reach.shared("fingerprints", lambda: secrets.token_bytes(32))
    return hmac.new(salt, text.encode(), "sha256").hexdigest()[:16]


def text_if_given(reach: Reach, service_arn: str, name: str) -> str | None:
    """
    The text of the secret that the service is given as *name*, for a probe that must show it; it must not leave that.

    As the service is told, in effect or not: who must be reached when a change has just failed is reached by it.
    None where the service is given none. Denied where this run may not read it.
    """
    arn = reach.ask(DescribedService(service_arn)).secrets.get(name)
    if arn is None:
        return None
    if not reach.environment.aws.read_secret_values:
        raise Denied(name, UNREAD)
    where = arn.split(":")
    if len(where) < 7 or where[2] != "secretsmanager":
        raise ProbeError(name, "it is not kept in Secrets Manager, and the gate looks nowhere else")
    key, stage = (*where[7:9], "", "")[:2]
    with answers(name):
        manager: SecretsManagerClient = client(reach, "secretsmanager")
        try:
            said = manager.get_secret_value(SecretId=":".join(where[:7]), VersionStage=stage or "AWSCURRENT")
        except (manager.exceptions.ResourceNotFoundException, manager.exceptions.InvalidRequestException):
            return None
        text = said.get("SecretString") if said["ARN"] else None
    if text is not None and key:
        text = _member(text, key)
    if text is not None:
        reach.hold(name, text)
    return text


def _ours(environment: Environment, name: str) -> tuple[str, ...]:
    """What a person would make the secret *name* of: the product's names, the place, and what the secret is for."""
    service = environment.aws.service_arn.split("/")[1]
    names = {*service.split("-"), *environment.site.host.split("."), *name.lower().split("_"), "production"}
    return (*sorted(word for word in names if len(word) > 3 or word in name.lower()), service, environment.aws.region)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _member(text: str, key: str) -> str | None:
    """The text under *key* in a JSON object; None where there is none."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    found = said.get(key) if isinstance(said, dict) else None
    return found if isinstance(found, str) else None


def _password(text: str) -> str:
    """The password within a URL or a connection string of words, "" where there is none."""
    try:
        return unquote(urlsplit(text).password or "") or (in_words(text) or {}).get("password", "")
    except ValueError:
        return ""
