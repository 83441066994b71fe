"""The firewalls in front of the database instance, with everything that they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TYPE_CHECKING, Any, Literal

from golive.errors import ProbeError, Unreadable
from golive.probes.absent import NO_GROUP, NoSuchThing
from golive.probes.aws import answers, client, pages
from golive.probes.look import Look, Permission
from golive.probes.rds import DatabaseInstance

if TYPE_CHECKING:
    from types_boto3_ec2 import EC2Client
    from types_boto3_ec2.type_defs import IpPermissionOutputTypeDef, PrefixListEntryTypeDef, SecurityGroupTypeDef

    from golive.environment import Environment
    from golive.probes.reach import Reach

EVERYTHING = "-1"
_TCP = ("tcp", "6")
# A public block wider than this is nobody's office: two halves of the internet are the internet.
_WIDEST = {4: 8, 6: 16}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a group lets in, or out."""

    group: str
    protocol: str  # "tcp", "-1" for everything
    first: int | None  # ports, both ends included; None for all of them
    last: int | None
    source: Literal["range", "prefix list", "group"]
    name: str  # the range, or the id of the list or group
    ranges: tuple[str, ...]  # of the range or the list; none for a group

    def covers(self, port: int) -> bool:
        """Whether TCP *port* comes through this rule."""
        if self.protocol == EVERYTHING:
            return True
        if self.protocol not in _TCP:
            return False
        return self.first is None or self.last is None or self.first <= port <= self.last

    def __str__(self) -> str:
        ports = "all ports" if self.first is None else f"ports {self.first} to {self.last}"
        return f"{self.group} lets {self.source} {self.name} in on {ports} (protocol {self.protocol})"


@dataclass(frozen=True, slots=True)
class Ingress:
    """Everything that the groups attached to an instance let in."""

    source: str
    groups: tuple[str, ...]
    rules: tuple[Rule, ...]

    def to(self, port: int) -> tuple[Rule, ...]:
        """The rules that let something in to TCP *port*."""
        return tuple(rule for rule in self.rules if rule.covers(port))


@dataclass(frozen=True, slots=True)
class _Entries:
    """What a prefix list stands for."""

    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrefixList(Look[_Entries]):
    """What does a prefix list stand for?"""

    identifier: str

    @property
    def source(self) -> str:
        """The list's id."""
        return f"prefix list {self.identifier}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "ec2"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read the list, our own or one that AWS keeps."""
        arn = f"arn:aws:ec2:{environment.aws.region}:*:prefix-list/*"
        return (Permission("iam", "ec2:GetManagedPrefixListEntries", arn),)

    def observe(self, reach: Reach) -> _Entries:
        """Its ranges, through all pages."""
        with answers(self.source):
            ec2: EC2Client = client(reach, "ec2")
            listed: Iterable[PrefixListEntryTypeDef] = pages(
                self.source, ec2.get_managed_prefix_list_entries, "Entries", PrefixListId=self.identifier
            )
            return _Entries(tuple(sorted(one["Cidr"] for one in listed)))


@dataclass(frozen=True, slots=True)
class Firewalls(Look[Ingress]):
    """What do the security groups of database instance *identifier* let in?"""

    identifier: str

    @property
    def source(self) -> str:
        """The instance's name."""
        return f"the security groups of {self.identifier}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "ec2"

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A group that is not there."""
        return NoSuchThing("ec2", NO_GROUP)

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """EC2 knows no resource for its descriptions; the instance and the lists need theirs."""
        return (
            Permission("iam", "ec2:DescribeSecurityGroups", "*"),
            *PrefixList("").permissions(environment),
            *DatabaseInstance(self.identifier).permissions(environment),
        )

    def observe(self, reach: Reach) -> Ingress:
        """Every attached group; Unreadable where one of them is not told of."""
        groups = reach.ask(DatabaseInstance(self.identifier)).security_groups
        return Ingress(self.source, groups, rules_of(reach, self.source, groups, "IpPermissions"))


def rules_of(
    reach: Reach, source: str, groups: Sequence[str], way: Literal["IpPermissions", "IpPermissionsEgress"]
) -> tuple[Rule, ...]:
    """What all of *groups* let in, or out, with their prefix lists resolved; Unreadable where one is not told of."""
    if not groups:
        return ()
    with answers(source):
        ec2: EC2Client = client(reach, "ec2")
        listed: Iterable[SecurityGroupTypeDef] = pages(
            source, ec2.describe_security_groups, "SecurityGroups", GroupIds=list(groups)
        )
        told = {group["GroupId"]: group[way] for group in listed}
    if missing := sorted(set(groups) - told.keys()):
        raise Unreadable(source, f"EC2 does not tell of {', '.join(missing)}")
    lists = sorted(
        {entry["PrefixListId"] for rules in told.values() for rule in rules for entry in rule["PrefixListIds"]}
    )
    ranges = dict(zip(lists, _known(reach.ask_each([PrefixList(name) for name in lists])), strict=True))
    return tuple(rule for group in groups for said in told[group] for rule in _rules(group, said, ranges))


def wide_open(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The blocks of the internet, joined where they touch, through which *rules* together let nearly everybody in."""
    return tuple(str(network) for network in _joined(rules) if network.prefixlen < _WIDEST[network.version])


def public(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The blocks of the internet, of whatever size, that *rules* let in."""
    return tuple(str(network) for network in _joined(rules) if not network.is_private)


def _joined(rules: Iterable[Rule]) -> Iterator[IPv4Network | IPv6Network]:
    networks = [ip_network(block, strict=False) for rule in rules for block in rule.ranges]
    yield from collapse_addresses(network for network in networks if isinstance(network, IPv4Network))
    yield from collapse_addresses(network for network in networks if isinstance(network, IPv6Network))


def _known(answered: Sequence[_Entries | ProbeError]) -> Iterator[tuple[str, ...]]:
    for entries in answered:
        if isinstance(entries, ProbeError):
            raise entries
        yield entries.ranges


def _rules(group: str, said: IpPermissionOutputTypeDef, lists: dict[str, tuple[str, ...]]) -> Iterator[Rule]:
    protocol, first, last = said["IpProtocol"], said.get("FromPort"), said.get("ToPort")
    blocks = [one["CidrIp"] for one in said["IpRanges"]] + [one["CidrIpv6"] for one in said["Ipv6Ranges"]]
    for block in blocks:
        yield Rule(group, protocol, first, last, "range", block, (block,))
    for listed in said["PrefixListIds"]:
        name = listed["PrefixListId"]
        yield Rule(group, protocol, first, last, "prefix list", name, lists[name])
    for pair in said["UserIdGroupPairs"]:
        yield Rule(group, protocol, first, last, "group", pair["GroupId"], ())
