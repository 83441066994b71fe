"""
What is not there must not be told of: the live controls of AWS's services.

A service that tells of what is not there would tell of anything, so what it tells of ours says nothing. Each control
is asked once a run, beside the looks that name it as theirs (`Look.control`), and turns all of them unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from golive.errors import CannotTell, Denied
from golive.probes.aws import answers, client, code, unsigned
from golive.probes.look import Look
from golive.probes.reach import Reach

# Behind the name of a thing of ours, so that a policy that tells apart by names treats it as it treats that.
NOT_THERE = "-that-is-not-there"
# EC2 gives ids by chance, so that this one is nobody's; one of another form would be refused for its form.
NO_GROUP = "sg-00000000000000000"

Service = Literal["apprunner", "ec2", "ecr", "rds", "secretsmanager"]

# How each is asked for one thing, and its code for "there is none".
_ASKED: Mapping[Service, tuple[str, Callable[[str], dict[str, Any]], frozenset[str]]] = {
    "apprunner": (
        "describe_service",
        lambda name: {"ServiceArn": name},
        frozenset({"ResourceNotFoundException", "InvalidRequestException"}),
    ),
    "ec2": ("describe_security_groups", lambda name: {"GroupIds": [name]}, frozenset({"InvalidGroup.NotFound"})),
    "ecr": ("describe_images", lambda name: {"repositoryName": name}, frozenset({"RepositoryNotFoundException"})),
    "rds": (
        "describe_db_instances",
        lambda name: {"DBInstanceIdentifier": name},
        frozenset({"DBInstanceNotFound", "DBInstanceNotFoundFault"}),
    ),
    "secretsmanager": (
        "describe_secret",
        lambda name: {"SecretId": name},
        frozenset({"ResourceNotFoundException"}),
    ),
}


@dataclass(frozen=True, slots=True)
class Nothing:
    """It was not found, or we were refused it, as it must be."""

    source: str


@dataclass(frozen=True, slots=True)
class NoSuchThing(Look[Nothing]):
    """The control of an AWS service: *name*, which is not there, must not be told of."""

    service: Service
    name: str

    @property
    def source(self) -> str:
        """The service, and what it is asked for."""
        return f"AWS {self.service}, asked for {self.name}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return self.service

    def observe(self, reach: Reach) -> Nothing:
        """
        CannotTell where something is told of it; to be refused is as good an answer as that it is not there.

        Nothing has to be granted for it.
        """
        from botocore.exceptions import ClientError

        operation, arguments, not_there = _ASKED[self.service]
        try:
            with answers(self.source):
                try:
                    getattr(client(reach, self.service), operation)(**arguments(self.name))
                except ClientError as exc:
                    if code(exc) not in not_there:
                        raise
                    return Nothing(self.source)
        except Denied:
            return Nothing(self.source)
        raise CannotTell(self.source, "it tells of what does not exist, so what it tells of ours says nothing")


@dataclass(frozen=True, slots=True)
class UnsignedCaller(Look[Nothing]):
    """The control of STS: who does not sign must not be told who he is."""

    @property
    def source(self) -> str:
        """The service, and who asks."""
        return "AWS STS, asked by nobody"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "sts"

    def observe(self, reach: Reach) -> Nothing:
        """CannotTell where anybody is told; otherwise errors as `aws.answers`."""
        try:
            with answers(self.source), unsigned():
                client(reach, "sts").get_caller_identity()
        except Denied:
            return Nothing(self.source)
        raise CannotTell(self.source, "it tells who calls whoever does not sign, so who we are it does not know")


def no_such_service(service_arn: str) -> NoSuchThing:
    """The control for looks at App Runner service *service_arn*."""
    head, name, identifier = service_arn.rsplit("/", 2)
    return NoSuchThing("apprunner", f"{head}/{name}{NOT_THERE}/{identifier}")
