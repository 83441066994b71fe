"""
The service's way out: through which connector it leaves App Runner, and what that connector's security groups let out.

Without a connector it goes out by App Runner's own way, which is open:
https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html. Routes, NAT gateways and network ACLs are not read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from golive.errors import Unreadable
from golive.probes.absent import NO_GROUP, NoSuchThing
from golive.probes.apprunner import ABSENT, DescribedService
from golive.probes.aws import answers, client
from golive.probes.ec2 import PrefixList, Rule, rules_of
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from types_boto3_apprunner import AppRunnerClient

    from golive.environment import Environment
    from golive.probes.reach import Reach

ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class Connector:
    """A VPC connector; *status* ABSENT where it is not there."""

    name: str
    status: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Egress:
    """What the service's way out lets through; *connector* None: it has none, and goes out as App Runner does."""

    source: str
    connector: Connector | None
    rules: tuple[Rule, ...]

    def __str__(self) -> str:
        if self.connector is None:
            return f"{self.source}, which is App Runner's own,"
        groups = ", ".join(self.connector.groups) or "no group"
        return f"{self.source}, connector {self.connector.name} ({self.connector.status}) with {groups},"

    def closed_to(self, addresses: Iterable[str], port: int) -> tuple[str, ...]:
        """Those of *addresses* to which TCP *port* is let out by no rule."""
        if self.connector is None:
            return ()
        return tuple(address for address in addresses if not any(_lets(rule, address, port) for rule in self.rules))


@dataclass(frozen=True, slots=True)
class VpcConnector(Look[Connector]):
    """Which security groups has the connector?"""

    arn: str

    @property
    def source(self) -> str:
        """Its name."""
        return f"VPC connector {self.arn.split('/')[1]}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "apprunner"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To describe connectors of the account; which one it is, is known when the service is described."""
        place = f"{environment.aws.region}:{environment.aws.account}"
        return (Permission("iam", "apprunner:DescribeVpcConnector", f"arn:aws:apprunner:{place}:vpcconnector/*"),)

    def observe(self, reach: Reach) -> Connector:
        """Status "ABSENT" where there is none."""
        with answers(self.source):
            apprunner: AppRunnerClient = client(reach, "apprunner")
            try:
                said = apprunner.describe_vpc_connector(VpcConnectorArn=self.arn)["VpcConnector"]
            except apprunner.exceptions.ResourceNotFoundException:
                return Connector(self.arn.split("/")[1], ABSENT, ())
            return Connector(said["VpcConnectorName"], said["Status"], tuple(sorted(said["SecurityGroups"])))


@dataclass(frozen=True, slots=True)
class WayOut(Look[Egress]):
    """What lets the service out?"""

    service_arn: str

    @property
    def source(self) -> str:
        """The service."""
        return f"the way out of {self.service_arn.split('/')[1]}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "ec2"

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A group that is not there."""
        return NoSuchThing("ec2", NO_GROUP)

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """Service, connector, groups and lists."""
        return (
            *DescribedService(self.service_arn).permissions(environment),
            *VpcConnector("").permissions(environment),
            Permission("iam", "ec2:DescribeSecurityGroups", "*"),
            *PrefixList("").permissions(environment),
        )

    def observe(self, reach: Reach) -> Egress:
        """Unreadable where there is no such service, or a connector without a group, which AWS does not allow."""
        service = reach.ask(DescribedService(self.service_arn))
        if not service.arn:
            raise Unreadable(self.source, "there is no such service")
        if service.vpc_connector is None:
            return Egress(self.source, None, ())
        connector = reach.ask(VpcConnector(service.vpc_connector))
        if connector.status == ACTIVE and not connector.groups:
            raise Unreadable(self.source, f"connector {connector.name} is told of without a security group")
        return Egress(self.source, connector, rules_of(reach, self.source, connector.groups, "IpPermissionsEgress"))


def _lets(rule: Rule, address: str, port: int) -> bool:
    there = ip_address(address)
    return rule.covers(port) and any(there in ip_network(block, strict=False) for block in rule.ranges)
