"""The CloudFront distribution in front of the service, and which addresses are CloudFront's.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html
https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from golive.coordinates import RANGES_HOST
from golive.errors import Denied, Overloaded, Unreadable
from golive.probes.aws import answers, client
from golive.probes.http import exchange
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

RANGES = f"https://{RANGES_HOST}/ip-ranges.json"
# Amazon's own policy "CachingDisabled". Of any other one a distribution tells the id alone, and it may keep answers.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# All services of Amazon in all regions: more than is borne of a page.
_LIMIT = 16 << 20
# By version of IP. A wider range would take in whole providers, and with it everybody's address would be CloudFront's.
_WIDEST = {4: 8, 6: 16}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What is done with the paths of one pattern."""

    pattern: str  # "/api/*"; the default one's is "*"
    origins: tuple[str, ...]  # hosts that are asked, a group's in turn; with the words "over plain HTTP" where it is so
    kept_by: (
        str  # what lets answers be kept at the edges: "cache policy …", "times up to 86400 s"; "" where nothing does
    )
    functions: tuple[str, ...]  # ARNs of code that runs at the edges


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is delivered from where; *behaviours* in the order in which CloudFront tries them, the default one last."""

    source: str
    exists: bool
    domain: str = ""  # its own: "d111111abcdef8.cloudfront.net"
    status: str = ""  # "Deployed": at every edge; "InProgress"
    enabled: bool = False
    aliases: tuple[str, ...] = ()  # in lower case, sorted
    behaviours: tuple[Behaviour, ...] = ()
    staging: bool = False  # it is the trial of another distribution
    trial: str = ""  # id of the policy by which part of the visitors are led to a trial of it

    def below(self, folder: str) -> tuple[Behaviour, ...]:
        """
        The behaviours by which some path below *folder* ("/api/") is served.

        The first that fits a path serves it: what stands behind one that fits them all serves none.
        """
        found: list[Behaviour] = []
        for behaviour in self.behaviours:
            left = [_left(pattern, folder) for pattern in _readings(behaviour.pattern)]
            if any(left):
                found.append(behaviour)
            if all(any(rest and not rest.strip("*") for rest in one) for one in left):
                break
        return tuple(found)


@dataclass(frozen=True, slots=True)
class DescribedDistribution(Look[Distribution]):
    """What does the distribution *id* deliver, and from where?"""

    id: str

    @property
    def source(self) -> str:
        """The distribution's id."""
        return f"CloudFront distribution {self.id}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "cloudfront"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To get it."""
        where = f"arn:aws:cloudfront::{environment.aws.account}:distribution/{self.id}"
        return (Permission("iam", "cloudfront:GetDistribution", where),)

    def observe(self, reach: Reach) -> Distribution:
        """That there is none is an answer. What it tells its origins in headers, often a secret, stays where it is."""
        with answers(self.source):
            cloudfront = client(reach, "cloudfront")
            try:
                said: Mapping[str, Any] = cloudfront.get_distribution(Id=self.id)["Distribution"]
            except cloudfront.exceptions.NoSuchDistribution:
                return Distribution(self.source, False)
            if said["Id"] != self.id:
                raise Unreadable(self.source, "the answer is of another distribution")
            config = said["DistributionConfig"]
            origins = {name: tuple(hosts) for name, hosts in self._origins(config)}
            ordered = [*self._items(config["CacheBehaviors"]), {"PathPattern": "*", **config["DefaultCacheBehavior"]}]
            return Distribution(
                self.source,
                exists=True,
                domain=said["DomainName"],
                status=said["Status"],
                enabled=config["Enabled"],
                aliases=tuple(sorted(alias.lower() for alias in self._items(config["Aliases"]))),
                behaviours=tuple(self._behaviour(one, origins) for one in ordered),
                staging=config.get("Staging", False),
                trial=config.get("ContinuousDeploymentPolicyId", ""),
            )

    def _origins(self, config: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[str]]]:
        """Each id that a behaviour may lead to, an origin's or a group's, and the hosts behind it."""
        alone: dict[str, str] = {}
        for origin in self._items(config["Origins"]):
            host = origin["DomainName"].lower().rstrip(".")
            if "VpcOriginConfig" in origin:  # what is asked then is said there, and the name is only told to it
                host = f"VPC origin {origin['VpcOriginConfig']['VpcOriginId']}"
            elif origin.get("CustomOriginConfig", {}).get("OriginProtocolPolicy") == "http-only":
                host += " over plain HTTP"
            alone[origin["Id"]] = host
            yield origin["Id"], (host,)
        for group in self._items(config.get("OriginGroups", {"Quantity": 0})):
            yield group["Id"], [alone[member["OriginId"]] for member in self._items(group["Members"])]

    def _behaviour(self, said: Mapping[str, Any], origins: Mapping[str, tuple[str, ...]]) -> Behaviour:
        functions = [one["FunctionARN"] for one in self._items(said.get("FunctionAssociations", {"Quantity": 0}))]
        functions += [
            one["LambdaFunctionARN"] for one in self._items(said.get("LambdaFunctionAssociations", {"Quantity": 0}))
        ]
        return Behaviour(said["PathPattern"], origins[said["TargetOriginId"]], _kept_by(said), tuple(functions))

    def _items(self, listed: Mapping[str, Any]) -> list[Any]:
        """A list as CloudFront sends it, with its length."""
        found: list[Any] = listed.get("Items") or []
        if listed["Quantity"] != len(found):
            raise Unreadable(self.source, f"it counts {listed['Quantity']} where it lists {len(found)}")
        return found


@dataclass(frozen=True, slots=True)
class Ranges:
    """Where CloudFront's edges answer: its networks, IPv4 and IPv6, in CIDR notation."""

    source: str
    networks: tuple[str, ...]

    def outside(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Those of *addresses* that are not CloudFront's."""
        networks = [ip_network(network) for network in self.networks]
        return tuple(one for one in addresses if not any(ip_address(one) in network for network in networks))


@dataclass(frozen=True, slots=True)
class CloudFrontRanges(Look[Ranges]):
    """Which addresses does Amazon publish as CloudFront's?"""

    @property
    def source(self) -> str:
        """The page."""
        return RANGES

    @property
    def host(self) -> str:
        """The page's."""
        return RANGES_HOST

    def observe(self, reach: Reach) -> Ranges:
        """Unreadable also where there is no range of CloudFront's, or one so wide that nobody would be outside."""
        reply = exchange(reach, RANGES, limit=_LIMIT)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Overloaded(RANGES, f"answered {reply.status}", status=reply.status)
        if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Denied(RANGES, f"answered {reply.status}", status=reply.status)
        if reply.status != HTTPStatus.OK:
            raise Unreadable(RANGES, f"answered {reply.status}", status=reply.status)
        try:
            said = json.loads(reply.body)
            networks = [
                ip_network(one[key])
                for part, key in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix"))
                for one in said[part]
                if one["service"] == "CLOUDFRONT"
            ]
        except (ValueError, KeyError, TypeError) as exc:
            raise Unreadable(RANGES, "this is not how Amazon tells its ranges") from exc
        if not networks:
            raise Unreadable(RANGES, "no range of CloudFront's is in it")
        if wide := [str(one) for one in networks if one.prefixlen < _WIDEST[one.version]]:
            raise Unreadable(RANGES, f"{', '.join(wide)} cannot be CloudFront's alone")
        return Ranges(RANGES, tuple(map(str, networks)))


def _kept_by(said: Mapping[str, Any]) -> str:
    """What lets a behaviour keep answers: a policy, or the three times that older ones have in its place."""
    if policy := said.get("CachePolicyId"):
        return "" if policy == CACHING_DISABLED else f"cache policy {policy}"
    longest = said["MaxTTL"]
    return f"times up to {longest} s" if longest else ""


def _readings(pattern: str) -> tuple[str, ...]:
    """A pattern may leave out the slash that every path begins with; "?api/*" may mean either."""
    if pattern.startswith(("/", "*")):
        return (pattern,)
    return (pattern, f"/{pattern}") if pattern.startswith("?") else (f"/{pattern}",)


def _left(pattern: str, beginning: str) -> set[str]:
    """What may be left of *pattern* (`*` any characters, `?` one) when *beginning* was read; empty: it does not fit."""
    left = _skipping({pattern})
    for letter in beginning:
        fitting = [rest for rest in left if rest and rest[0] in ("*", "?", letter)]
        left = _skipping({rest if rest[0] == "*" else rest[1:] for rest in fitting})
    return left


def _skipping(left: set[str]) -> set[str]:
    """The same, and what is left where a `*` stands for nothing more."""
    return left | {rest[number:] for rest in left for number in range(len(rest) - len(rest.lstrip("*")) + 1)}
