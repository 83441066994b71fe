"""
The credentials that the service is given, for probes that show them to whoever issued them.

To be let in by a copy of one's own would prove the copy; what must be good is what the service starts with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from golive.environment import Environment, Variable
from golive.errors import Denied, ProbeError
from golive.probes.apprunner import DescribedService
from golive.probes.aws import answers, client
from golive.probes.look import Permission
from golive.probes.secrets import UNREAD

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from golive.probes.reach import Reach


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret by its name: of the service's secrets, or of the variables that the gate itself is given."""

    name: str
    of: Literal["service", "gate"]

    def text(self, reach: Reach, purpose: str) -> str:
        """What it says, which must not leave the probe; ProbeErrors where it is not there or may not be read."""
        if self.of == "gate":
            return reach.secret(Variable(variable=self.name), purpose)
        return service_secret(reach, self.name)

    def permission(self, environment: Environment, scope: str) -> Permission:
        """What must be granted before it can be read; *scope* is what it must be good for, in its issuer's words."""
        if self.of == "gate":
            return Permission("token", self.name, scope)
        aws = environment.aws
        return Permission(
            "iam", "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:*"
        )


def service_secret(reach: Reach, name: str) -> str:
    """
    The text of the secret that the service is given as *name* (GetSecretValue).

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    aws = reach.environment.aws
    service = reach.ask(DescribedService(aws.service_arn))
    where = service.secrets.get(name, "").split(":")
    if len(where) < 7 or where[2] != "secretsmanager":
        raise ProbeError(name, f"App Runner service {service.name} is not given it from Secrets Manager")
    if not aws.read_secret_values:
        raise Denied(name, UNREAD)
    key, stage = (*where[7:9], "", "")[:2]
    with answers(name):
        manager: SecretsManagerClient = client(reach, "secretsmanager")
        try:
            said = manager.get_secret_value(SecretId=":".join(where[:7]), VersionStage=stage or "AWSCURRENT")
        except (manager.exceptions.ResourceNotFoundException, manager.exceptions.InvalidRequestException) as exc:
            raise ProbeError(name, "it has no value that could be shown to anybody") from exc
    text: object = said.get("SecretString", "")
    reach.hold(name, str(text))
    if key:
        try:
            text = json.loads(str(text))[key]
        except (ValueError, LookupError, TypeError) as exc:
            raise ProbeError(name, "it has no member of the name that the service asks for") from exc
        reach.hold(name, str(text))
    if not isinstance(text, str) or not text.strip():
        raise ProbeError(name, "it is empty")
    return text
