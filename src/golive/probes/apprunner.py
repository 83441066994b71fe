"""The service at App Runner: what runs, how it is set, which names it answers for.

App Runner never tells the digest that it runs; it repeats the image that it was told to run. So the digest is known
only where that image is pinned by digest and the last change of what the service is told succeeded. A tag moves, and
says no more than what was meant when it was last looked up. A deployment that only starts the same digest again, or
fails to, changes nothing about which one runs.

With the settings it is the same: it repeats those that it was told, and where the last change of them failed, was
rolled back or still goes on, the service runs with others, and nothing tells with which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from golive.errors import ProbeError, Unreadable
from golive.probes.absent import no_such_service
from golive.probes.aws import answers, client, pages
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from types_boto3_apprunner import AppRunnerClient
    from types_boto3_apprunner.type_defs import CustomDomainTypeDef, OperationSummaryTypeDef, ServiceTypeDef

    from golive.environment import Environment
    from golive.probes.reach import Reach

ABSENT = "ABSENT"  # in the place of a status: there is no such service
CHANGING = "OPERATION_IN_PROGRESS"
SUCCEEDED = "SUCCEEDED"
GOING_ON = frozenset({"PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS"})
_CHANGES = frozenset({"CREATE_SERVICE", "UPDATE_SERVICE"})
DEPLOYMENTS = _CHANGES | {"START_DEPLOYMENT"}
SUCCEEDED = "SUCCEEDED"
# So long before a rollback people may tell of it: they say what they will do, and then do it.
_TOLD_BEFORE = timedelta(hours=1)

_PINNED = re.compile(r"@(sha256:[0-9a-f]{64})$")
# What every browser is given, or what says no more than in which mode the program runs. Any other plain variable may be
# a secret that somebody put in the wrong place.
_SHOWN = re.compile(
    r"NEXT_PUBLIC_\w+|NODE_ENV|BANKID_CALLBACK_URL"
    # What the failure runbooks switch in an emergency, or tell a partner's production by.
    r"|AISP_MODE|AISP_FALLBACK_MODE|SWAN_MODE|FEATURE_(ACCOUNTS|CARDS|SWAN_WALLETS)|(NEONOMICS|SUMSUB|SWAN)_ENVIRONMENT"
)


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that was done to the service."""

    kind: str  # "UPDATE_SERVICE"
    status: str  # "SUCCEEDED"
    started_at: datetime
    ended_at: datetime | None

    def __str__(self) -> str:
        return f"{self.kind} of {self.started_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Service:
    """The service and its history, newest operation first."""

    arn: str
    name: str
    url: str  # host alone
    status: str
    image: str
    digest: str | None  # that runs, where it is known
    digest_because: str  # how it is known, or why it is not
    auto_deployments: bool
    operations: tuple[Operation, ...]

    @property
    def last_deployment(self) -> Operation | None:
        """The newest operation that put an image or a setting into effect."""
        return next((operation for operation in self.operations if operation.kind in DEPLOYMENTS), None)

    def running_digest(self) -> str:
        """The digest that runs; ProbeError where it cannot be known."""
        if self.digest is None:
            raise ProbeError(
                f"App Runner service {self.name}", f"which image runs cannot be known: {self.digest_because}"
            )
        return self.digest


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service is started with; a name may wrongly stand in more than one place."""

    source: str
    values: Mapping[str, str]  # plain variables that anybody may read
    lengths: Mapping[str, int]  # the other plain variables, by the length of what they say
    secrets: Mapping[str, str]  # name → ARN

    @property
    def names(self) -> frozenset[str]:
        """Every name that is set, whichever way."""
        return frozenset(self.values) | frozenset(self.lengths) | frozenset(self.secrets)

    def ways(self, name: str) -> tuple[str, ...]:
        """How *name* is set: not at all, or as a plain variable, a secret, or both."""
        plain = ("plain variable",) if name in self.values or name in self.lengths else ()
        return (*plain, "secret") if name in self.secrets else plain

    def plain(self, name: str) -> str | None:
        """The text of a plain variable, None where there is none; ProbeError where it is not for showing."""
        if name in self.lengths:
            raise ProbeError(self.source, f"{name} is not among the variables whose text the gate may read")
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Description:
    """DescribeService, as far as anything is judged by it."""

    arn: str
    name: str
    url: str
    status: str
    image: str
    auto_deployments: bool
    values: Mapping[str, str]
    lengths: Mapping[str, int]
    secrets: Mapping[str, str]
    access_role: str | None = None  # with which App Runner fetches the image
    instance_role: str | None = None  # as which the program runs
    vpc_connector: str | None = None  # through which it goes out; None: by App Runner's own way, which nobody closes


@dataclass(frozen=True, slots=True)
class History:
    """ListOperations, newest first."""

    operations: tuple[Operation, ...]

    @property
    def put_into_effect_at(self) -> datetime | None:
        """When the last deployment began that succeeded: then the service has read its secrets."""
        done = (one.started_at for one in self.operations if one.kind in DEPLOYMENTS and one.status == SUCCEEDED)
        return next(done, None)

    def deployed_at(self) -> datetime:
        """The same; ProbeError where none is on record."""
        if (at := self.put_into_effect_at) is None:
            raise ProbeError("App Runner", "which deployment succeeded last cannot be known: none is on record")
        return at

    def rollback_told_from(self) -> datetime:
        """
        From when on what people say may be of the newest rollback; ProbeError where none is on record.

        A rollback is an update like any other: the newest one that succeeded is the one of which is spoken.
        """
        for one in self.operations:
            if one.kind == "UPDATE_SERVICE" and one.status == SUCCEEDED:
                return one.started_at - _TOLD_BEFORE
        raise ProbeError("App Runner", "when it was rolled back cannot be known: no update that succeeded is on record")


@dataclass(frozen=True, slots=True)
class Validation:
    """A record by which the certificate's issuer knows the name as ours; needed again at each renewal."""

    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A name of ours that the service answers for."""

    name: str
    www: bool  # with the same name under www.
    status: str
    validations: tuple[Validation, ...]

    @property
    def active(self) -> bool:
        """Whether it is served, and every record of its certificate is found, if there are any."""
        return self.status == "ACTIVE" and all(record.status == "SUCCESS" for record in self.validations)


@dataclass(frozen=True, slots=True)
class Domains:
    """The names that the service answers for, and where their records must point."""

    source: str
    domains: tuple[Domain, ...]
    target: str


@dataclass(frozen=True, slots=True)
class _OfService:
    service_arn: str

    @property
    def source(self) -> str:
        """The service's name."""
        return f"App Runner service {self.service_arn.split('/')[1]}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "apprunner"

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A service that is not there."""
        return no_such_service(self.service_arn)

    def _may(self, *actions: str) -> tuple[Permission, ...]:
        return tuple(Permission("iam", f"apprunner:{action}", self.service_arn) for action in actions)


@dataclass(frozen=True, slots=True)
class DescribedService(_OfService, Look[Description]):
    """How is the service, and how was it told to be?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """To describe it."""
        return self._may("DescribeService")

    def observe(self, reach: Reach) -> Description:
        """Status "ABSENT" and nothing else where there is no such service."""
        with answers(self.source):
            apprunner: AppRunnerClient = client(reach, "apprunner")
            try:
                return _description(apprunner.describe_service(ServiceArn=self.service_arn)["Service"])
            except apprunner.exceptions.ResourceNotFoundException:
                return Description("", "", "", ABSENT, "", False, {}, {}, {})


@dataclass(frozen=True, slots=True)
class ServiceHistory(_OfService, Look[History]):
    """What was done to the service?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """To list what was done."""
        return self._may("ListOperations")

    def observe(self, reach: Reach) -> History:
        """No operations where there is no such service."""
        with answers(self.source):
            apprunner: AppRunnerClient = client(reach, "apprunner")
            try:
                listed: Iterable[OperationSummaryTypeDef] = pages(
                    self.source, apprunner.list_operations, "OperationSummaryList", ServiceArn=self.service_arn
                )
                found = [
                    Operation(one["Type"], one["Status"], _utc(one["StartedAt"]), _utc_or_none(one.get("EndedAt")))
                    for one in listed
                ]
            except apprunner.exceptions.ResourceNotFoundException:
                found = []
        return History(tuple(sorted(found, key=lambda operation: operation.started_at, reverse=True)))


@dataclass(frozen=True, slots=True)
class RunningService(_OfService, Look[Service]):
    """What runs?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """What its two halves need."""
        return self._may("DescribeService", "ListOperations")

    def observe(self, reach: Reach) -> Service:
        """Description and history, asked side by side."""
        said, history = reach.ask_both(DescribedService(self.service_arn), ServiceHistory(self.service_arn))
        digest, because = _running_digest(said.image, history.operations)
        return Service(
            arn=said.arn,
            name=said.name,
            url=said.url,
            status=said.status,
            image=said.image,
            digest=digest,
            digest_because=because,
            auto_deployments=said.auto_deployments,
            operations=history.operations,
        )


@dataclass(frozen=True, slots=True)
class ServiceSettings(_OfService, Look[Settings]):
    """With which settings does the service run?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """What its two halves need."""
        return self._may("DescribeService", "ListOperations")

    def observe(self, reach: Reach) -> Settings:
        """Names, and the texts that everybody may read; ProbeError where what it is told need not be what runs."""
        said, history = reach.ask_both(DescribedService(self.service_arn), ServiceHistory(self.service_arn))
        if doubt := _doubt(said.status, history.operations):
            raise ProbeError(self.source, f"with which settings it runs cannot be known: {doubt}")
        return Settings(self.source, said.values, said.lengths, said.secrets)


@dataclass(frozen=True, slots=True)
class CustomDomains(_OfService, Look[Domains]):
    """Which names does the service answer for?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """To be told of the names."""
        return self._may("DescribeCustomDomains")

    def observe(self, reach: Reach) -> Domains:
        """No domains where there is no such service."""
        target = ""

        def page(**arguments: object) -> object:
            nonlocal target
            said = apprunner.describe_custom_domains(**arguments)  # type: ignore[arg-type]
            target = said["DNSTarget"]
            return said

        with answers(self.source):
            apprunner: AppRunnerClient = client(reach, "apprunner")
            try:
                listed: Iterable[CustomDomainTypeDef] = pages(
                    self.source, page, "CustomDomains", ServiceArn=self.service_arn
                )
                found = tuple(_domain(one) for one in listed)
            except apprunner.exceptions.ResourceNotFoundException:
                found = ()
        return Domains(self.source, found, target)


def _description(said: ServiceTypeDef) -> Description:
    source = said["SourceConfiguration"]
    if "ImageRepository" not in source:
        raise Unreadable(said["ServiceArn"], "it is built from source code, not from an image")
    repository = source["ImageRepository"]
    told = repository.get("ImageConfiguration", {})
    plain = told.get("RuntimeEnvironmentVariables", {})
    return Description(
        arn=said["ServiceArn"],
        name=said["ServiceName"],
        url=said.get("ServiceUrl", ""),
        status=said["Status"],
        image=repository["ImageIdentifier"],
        auto_deployments=source.get("AutoDeploymentsEnabled", False),
        values={name: text for name, text in sorted(plain.items()) if _SHOWN.fullmatch(name)},
        lengths={name: len(text) for name, text in sorted(plain.items()) if not _SHOWN.fullmatch(name)},
        secrets=dict(sorted(told.get("RuntimeEnvironmentSecrets", {}).items())),
        access_role=source.get("AuthenticationConfiguration", {}).get("AccessRoleArn"),
        instance_role=said.get("InstanceConfiguration", {}).get("InstanceRoleArn"),
        vpc_connector=said["NetworkConfiguration"].get("EgressConfiguration", {}).get("VpcConnectorArn"),
    )


def _running_digest(image: str, operations: tuple[Operation, ...]) -> tuple[str | None, str]:
    """The digest that runs, or None, and how that is known."""
    if (pinned := _PINNED.search(image)) is None:
        return None, f"the service is told to run {image or 'nothing'}, which names no digest; a tag moves"
    last = _last_change(operations)
    if last is None or last.status != SUCCEEDED:
        return None, _without_effect(last)
    return pinned[1], f"the image is pinned by digest, and {last} succeeded"


def _doubt(status: str, operations: tuple[Operation, ...]) -> str:
    """Why the service may run with other settings than those that it is told; "" where it does not, or is not there."""
    last = _last_change(operations)
    if status == ABSENT:
        return ""
    if last is None or last.status != SUCCEEDED:
        return _without_effect(last)
    going_on = next((operation for operation in operations if operation.status in GOING_ON), None)
    if going_on is not None:
        return f"{going_on} is {going_on.status}"
    return f"it is {status}" if status == CHANGING else ""


def _last_change(operations: tuple[Operation, ...]) -> Operation | None:
    """The newest operation that changes what the service is told."""
    return next((operation for operation in operations if operation.kind in _CHANGES), None)


def _without_effect(last: Operation | None) -> str:
    if last is None:
        return "it is not on record how the service was last told what to run"
    return f"{last} changes what the service is told, and is {last.status}"


def _domain(said: CustomDomainTypeDef) -> Domain:
    return Domain(
        name=said["DomainName"],
        www=said["EnableWWWSubdomain"],
        status=said["Status"],
        validations=tuple(
            Validation(record["Name"], record["Status"]) for record in said.get("CertificateValidationRecords", [])
        ),
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)
