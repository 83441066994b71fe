"""App Runner in AWS JSON 1.0, since moto has none: readings of one service, and its update.

**What runs.** App Runner never tells the digest that it runs: it repeats the `ImageIdentifier` it was configured
with. A tag there says only what was meant at the last deployment, and a tag moves. So the healthy service is pinned by
digest (`…/drop-web@sha256:…`), and a latest operation `SUCCEEDED` then means that this digest runs; releasing is
`UpdateService` with the digest that the production tag points at. A service configured by tag is a fault: which image
runs cannot be known from it.

Times are ages, counted back from the world's *now*.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal

from golive.twin.wire import Answer, Question, refuse

ServiceStatus = Literal["CREATE_FAILED", "RUNNING", "DELETED", "DELETE_FAILED", "PAUSED", "OPERATION_IN_PROGRESS"]
OperationKind = Literal[
    "START_DEPLOYMENT", "CREATE_SERVICE", "PAUSE_SERVICE", "RESUME_SERVICE", "DELETE_SERVICE", "UPDATE_SERVICE"
]
OperationStatus = Literal[
    "PENDING", "IN_PROGRESS", "FAILED", "SUCCEEDED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED", "ROLLBACK_SUCCEEDED"
]
DomainStatus = Literal[
    "CREATING",
    "CREATE_FAILED",
    "ACTIVE",
    "DELETING",
    "DELETE_FAILED",
    "PENDING_CERTIFICATE_DNS_VALIDATION",
    "BINDING_CERTIFICATE",
]
ValidationStatus = Literal["PENDING_VALIDATION", "SUCCESS", "FAILED"]

# The largest page that the API gives, which is also its page when none is asked for.
PAGES = {"DescribeCustomDomains": 5, "ListOperations": 20, "ListServices": 20}

_ARN = re.compile(r"arn:aws(?:-[\w]+)*:apprunner:[a-z0-9-]+:\d{12}:service/[\w-]+(?:/[0-9a-f]{32})?")


@dataclass(frozen=True, slots=True)
class ValidationRecord:
    """A CNAME by which the certificate's issuer knows that the domain is ours; asked again at every renewal."""

    name: str
    value: str
    status: ValidationStatus = "SUCCESS"


@dataclass(frozen=True, slots=True)
class CustomDomain:
    """A name of one's own for the service, and the records that prove it."""

    name: str
    www: bool
    status: DomainStatus
    records: tuple[ValidationRecord, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something done to the service, *started* that long ago; *took* is None while it goes on."""

    kind: OperationKind
    status: OperationStatus
    started: timedelta
    took: timedelta | None = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """How App Runner finds out whether an instance is well; times in seconds."""

    protocol: Literal["TCP", "HTTP"] = "HTTP"
    path: str = "/api/health"
    interval: int = 5
    timeout: int = 2
    healthy: int = 1
    unhealthy: int = 5


@dataclass(frozen=True, slots=True)
class Service:
    """One service, as it is configured; *operations* newest first, *secrets* name → ARN."""

    name: str
    id: str
    url: str
    status: ServiceStatus
    image: str
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    custom_domains: tuple[CustomDomain, ...]
    operations: tuple[Operation, ...]
    access_role: str
    instance_role: str
    vpc_connector: str | None
    connector_groups: tuple[str, ...]  # of security, whose rules are EC2's
    scaling: str
    dns_target: str
    auto_deployments: bool = False
    port: str = "3000"
    cpu: str = "1024"
    memory: str = "2048"
    health: HealthCheck = HealthCheck()
    public: bool = True
    ip_address_type: Literal["IPV4", "DUAL_STACK"] = "IPV4"
    connector_status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"
    created: timedelta = timedelta(days=40)

    def arn(self, account: str, region: str) -> str:
        """The service's name in the whole of AWS."""
        return f"arn:aws:apprunner:{region}:{account}:service/{self.name}/{self.id}"

    @property
    def deployed(self) -> timedelta | None:
        """How long ago the newest deployment that succeeded began."""
        kinds = ("CREATE_SERVICE", "START_DEPLOYMENT", "UPDATE_SERVICE")
        return min((o.started for o in self.operations if o.kind in kinds and o.status == "SUCCEEDED"), default=None)

    def setting(self, **variables: str | None) -> Service:
        """The service with these plain variables; None takes one away."""
        return replace(self, variables=_laid_over(self.variables, variables))

    def wiring(self, **secrets: str | None) -> Service:
        """The service with these names given out of Secrets Manager (name → ARN); None takes one away."""
        return replace(self, secrets=_laid_over(self.secrets, secrets))


def _laid_over(under: Mapping[str, str], over: Mapping[str, str | None]) -> dict[str, str]:
    return {name: said for name, said in {**under, **over}.items() if said is not None}


class _Refused(Exception):
    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def answer(
    question: Question,
    service: Service,
    *,
    account: str,
    region: str,
    now: datetime,
    images: Collection[str] = (),
    release: Callable[[Service], None] = lambda _: None,
) -> Answer:
    """
    What App Runner says to *question* in the region of *service*.

    An update is done at once: *release* is handed what the service is after it. One to an image whose digest is none of
    *images* is rolled back.
    """
    try:
        if not question.service:
            raise _Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        said = _reply(question, service, service.arn(account, region), now, images, release)
    except _Refused as no:
        return refuse("json", HTTPStatus.BAD_REQUEST, no.code, str(no))
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "6c1f3a52-6d0c-4b53-9a53-1d6f3e3d2a10"}
    return Answer(HTTPStatus.OK, headers, json.dumps(said).encode())


def _reply(
    question: Question,
    service: Service,
    arn: str,
    now: datetime,
    images: Collection[str],
    release: Callable[[Service], None],
) -> dict[str, Any]:
    try:
        asked = json.loads(question.body or b"{}")
    except ValueError as exc:
        raise _Refused("SerializationException", "the body is no JSON") from exc
    if question.operation == "ListServices":
        return _page("ListServices", "ServiceSummaryList", [_summary(service, arn, now)], asked)
    if question.operation == "DescribeVpcConnector":
        return {"VpcConnector": _connector(service, asked.get("VpcConnectorArn", ""), now)}
    wanted = asked.get("ServiceArn", "")
    if question.operation not in {"DescribeService", "UpdateService", *PAGES}:
        raise _Refused("UnknownOperationException", f"AppRunner.{question.operation}")
    if not _ARN.fullmatch(wanted):
        raise _Refused("InvalidRequestException", f"Resource ARN is not valid: {wanted!r}")
    if wanted not in {arn, arn.rpartition("/")[0]}:
        raise _Refused("ResourceNotFoundException", f"Service cannot be found for the provided service ARN: {wanted}")
    if question.operation == "DescribeService":
        return {"Service": _described(service, arn, now)}
    if question.operation == "UpdateService":
        updated = _updated(service, asked.get("SourceConfiguration", {}), images)
        release(updated)
        return {"Service": _described(updated, arn, now), "OperationId": _operation(updated, 0, arn, now)["Id"]}
    if question.operation == "ListOperations":
        done = [_operation(service, number, arn, now) for number in range(len(service.operations))]
        return _page("ListOperations", "OperationSummaryList", done, asked)
    domains = [_domain(domain) for domain in service.custom_domains]
    page = _page("DescribeCustomDomains", "CustomDomains", domains, asked)
    return {"DNSTarget": service.dns_target, "ServiceArn": arn, "VpcDNSTargets": [], **page}


def _updated(service: Service, source: Mapping[str, Any], images: Collection[str]) -> Service:
    """*service* with that source: what is left out of it is empty afterwards, as it is at App Runner."""
    if service.status != "RUNNING" or any(operation.took is None for operation in service.operations):
        raise _Refused("InvalidStateException", "Service cannot be updated in the current state")
    repository = source.get("ImageRepository", {})
    image, configuration = repository.get("ImageIdentifier", ""), repository.get("ImageConfiguration", {})
    if not image:
        raise _Refused("InvalidRequestException", "ImageIdentifier is not valid")
    there = image.partition("@")[2] in images
    operation = Operation("UPDATE_SERVICE", "SUCCEEDED" if there else "ROLLBACK_SUCCEEDED", timedelta(), timedelta())
    after = replace(service, operations=(operation, *service.operations))
    if not there:
        return after
    return replace(
        after,
        image=image,
        variables=configuration.get("RuntimeEnvironmentVariables", {}),
        secrets=configuration.get("RuntimeEnvironmentSecrets", {}),
        port=configuration.get("Port", "8080"),
        auto_deployments=source.get("AutoDeploymentsEnabled", True),
        access_role=source.get("AuthenticationConfiguration", {}).get("AccessRoleArn", ""),
    )


def _page(operation: str, key: str, all_of: list[dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    most = PAGES[operation]
    size = asked.get("MaxResults", most)
    if not isinstance(size, int) or not 1 <= size <= most:
        raise _Refused("InvalidRequestException", f"MaxResults must be 1 to {most}")
    try:
        start = int(base64.b64decode(asked.get("NextToken", ""), validate=True) or b"0")
    except (binascii.Error, ValueError) as exc:
        raise _Refused("InvalidRequestException", "NextToken is not valid") from exc
    page: dict[str, Any] = {key: all_of[start : start + size]}
    if start + size < len(all_of):
        page["NextToken"] = base64.b64encode(b"%d" % (start + size)).decode()
    return page


def _summary(service: Service, arn: str, now: datetime) -> dict[str, Any]:
    changed = min((operation.started for operation in service.operations), default=service.created)
    return {
        "ServiceName": service.name,
        "ServiceId": service.id,
        "ServiceArn": arn,
        "ServiceUrl": service.url,
        "CreatedAt": (now - service.created).timestamp(),
        "UpdatedAt": (now - changed).timestamp(),
        "Status": service.status,
    }


def _described(service: Service, arn: str, now: datetime) -> dict[str, Any]:
    egress = {"EgressType": "VPC", "VpcConnectorArn": service.vpc_connector}
    return {
        **_summary(service, arn, now),
        "SourceConfiguration": {
            "ImageRepository": {
                "ImageIdentifier": service.image,
                "ImageRepositoryType": "ECR",
                "ImageConfiguration": {
                    "RuntimeEnvironmentVariables": dict(service.variables),
                    "RuntimeEnvironmentSecrets": dict(service.secrets),
                    "Port": service.port,
                },
            },
            "AutoDeploymentsEnabled": service.auto_deployments,
            "AuthenticationConfiguration": {"AccessRoleArn": service.access_role},
        },
        "InstanceConfiguration": {
            "Cpu": service.cpu,
            "Memory": service.memory,
            "InstanceRoleArn": service.instance_role,
        },
        "HealthCheckConfiguration": {
            "Protocol": service.health.protocol,
            "Path": service.health.path,
            "Interval": service.health.interval,
            "Timeout": service.health.timeout,
            "HealthyThreshold": service.health.healthy,
            "UnhealthyThreshold": service.health.unhealthy,
        },
        "AutoScalingConfigurationSummary": {
            "AutoScalingConfigurationArn": service.scaling,
            "AutoScalingConfigurationName": service.scaling.split("/")[1],
            "AutoScalingConfigurationRevision": int(service.scaling.split("/")[2]),
            "Status": "ACTIVE",
        },
        "NetworkConfiguration": {
            "EgressConfiguration": egress if service.vpc_connector else {"EgressType": "DEFAULT"},
            "IngressConfiguration": {"IsPubliclyAccessible": service.public},
            "IpAddressType": service.ip_address_type,
        },
        "ObservabilityConfiguration": {"ObservabilityEnabled": False},
    }


def _connector(service: Service, wanted: str, now: datetime) -> dict[str, Any]:
    if not wanted.startswith("arn:") or ":vpcconnector/" not in wanted:
        raise _Refused("InvalidRequestException", f"Resource ARN is not valid: {wanted!r}")
    if wanted != service.vpc_connector:
        raise _Refused("ResourceNotFoundException", f"VPC connector cannot be found for the provided ARN: {wanted}")
    name, revision = wanted.split("/")[1:3]
    return {
        "VpcConnectorName": name,
        "VpcConnectorArn": wanted,
        "VpcConnectorRevision": int(revision),
        "Subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-08f7e6d5c4b3a2910"],
        "SecurityGroups": list(service.connector_groups),
        "Status": service.connector_status,
        "CreatedAt": (now - service.created).timestamp(),
    }


def _operation(service: Service, number: int, arn: str, now: datetime) -> dict[str, Any]:
    operation = service.operations[number]
    started = now - operation.started
    ended = {} if operation.took is None else {"EndedAt": (started + operation.took).timestamp()}
    return {
        "Id": f"{len(service.operations) - number:032x}",
        "Type": operation.kind,
        "Status": operation.status,
        "TargetArn": arn,
        "StartedAt": started.timestamp(),
        **ended,
        "UpdatedAt": (started + (operation.took or timedelta())).timestamp(),
    }


def _domain(domain: CustomDomain) -> dict[str, Any]:
    return {
        "DomainName": domain.name,
        "EnableWWWSubdomain": domain.www,
        "CertificateValidationRecords": [
            {"Name": record.name, "Type": "CNAME", "Value": record.value, "Status": record.status}
            for record in domain.records
        ],
        "Status": domain.status,
    }
