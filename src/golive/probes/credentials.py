"""
The credentials that the service is given, for probes that show them to whoever issued them.

To be let in by a copy of one's own would prove the copy; what must be good is what the service starts with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from golive.coordinates import Variable
from golive.environment import Environment
from golive.probes.look import Permission
from golive.probes.secrets import text_of

if TYPE_CHECKING:
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
        return text_of(reach, reach.environment.aws.service_arn, self.name)

    def permission(self, environment: Environment, scope: str) -> Permission:
        """What must be granted before it can be read; *scope* is what it must be good for, in its issuer's words."""
        if self.of == "gate":
            return Permission("token", self.name, scope)
        aws = environment.aws
        return Permission(
            "iam", "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:*"
        )
