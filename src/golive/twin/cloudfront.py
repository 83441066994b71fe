"""CloudFront's GetDistribution in its own XML.

moto's is not used: it gives times to live of 0 beside a cache policy, where CloudFront gives the one or the other, so
that what is kept looks as if it were not; and it forgets the functions of a behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from xml.sax.saxutils import escape

from golive.twin.wire import Answer, Question, refuse

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # Amazon's own policies
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"

_PATH = re.compile(r"/2020-05-31/distribution/(\w+)")


@dataclass(frozen=True, slots=True)
class Origin:
    """*header* is what CloudFront proves itself with to the origin."""

    host: str
    protocol: str = "https-only"
    header: str = ""
    vpc: str = ""  # id, for one that is in a VPC


@dataclass(frozen=True, slots=True)
class Behaviour:
    """By a cache *policy*, or without one by the old times, of which *longest* is the greatest."""

    origin: str  # id of an origin, or of a group
    policy: str = CACHING_DISABLED
    longest: int = 0
    functions: tuple[str, ...] = ()  # ARNs, of CloudFront's own
    lambdas: tuple[str, ...] = ()  # and of Lambda@Edge


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution."""

    id: str
    domain: str
    aliases: tuple[str, ...]
    origins: Mapping[str, Origin]  # id → origin
    default: Behaviour
    behaviours: Mapping[str, Behaviour] = field(default_factory=dict)  # pattern → behaviour, in order
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # id → ids of origins
    status: str = "Deployed"
    enabled: bool = True
    staging: bool = False
    trial: str = ""  # id of a policy of continuous deployment
    miscounted: int = 0  # out of its mind: so many aliases more than it lists


def healthy(*aliases: str, host: str) -> Distribution:
    """In front of the service at *host*: what Next.js names by its content is kept, pages and answers are not."""
    return Distribution(
        id="E2QWRUHEXAMPLE",
        domain="d111111abcdef8.cloudfront.net",
        aliases=aliases,
        origins={"app-runner": Origin(host)},
        default=Behaviour("app-runner"),
        behaviours={
            "/_next/static/*": Behaviour("app-runner", CACHING_OPTIMIZED),
            "/api/*": Behaviour("app-runner"),
        },
    )


def answer(question: Question, distribution: Distribution | None, *, account: str, now: datetime) -> Answer:
    """What CloudFront says to *question*, when *distribution* is all that there is."""
    asked = _PATH.fullmatch(question.target)
    if question.operation != "GetDistribution" or asked is None:
        return refuse("query", HTTPStatus.BAD_REQUEST, "InvalidArgument", f"no such request: {question.target}")
    if distribution is None or distribution.id != asked[1]:
        words = "The specified distribution does not exist."
        return refuse("query", HTTPStatus.NOT_FOUND, "NoSuchDistribution", words)
    said = '<?xml version="1.0"?>\n<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">' + _tags(
        Id=distribution.id,
        ARN=f"arn:aws:cloudfront::{account}:distribution/{distribution.id}",
        Status=distribution.status,
        LastModifiedTime=f"{now - timedelta(days=3):%Y-%m-%dT%H:%M:%S.000Z}",
        InProgressInvalidationBatches="0",
        DomainName=distribution.domain,
    )
    said += f"<DistributionConfig>{_config(distribution)}</DistributionConfig></Distribution>"
    return Answer(HTTPStatus.OK, {"Content-Type": "text/xml", "ETag": "E2QWRUHAPOMQZL"}, said.encode())


def _config(distribution: Distribution) -> str:
    aliases = [_tags(CNAME=alias) for alias in distribution.aliases]
    behaviours = [
        f"<CacheBehavior>{_tags(PathPattern=pattern)}{_behaviour(one)}</CacheBehavior>"
        for pattern, one in distribution.behaviours.items()
    ]
    return (
        _tags(CallerReference="drop", Comment="getdrop.no", Enabled=str(distribution.enabled).lower())
        + _list("Aliases", aliases, more=distribution.miscounted)
        + _list("Origins", [_origin(name, one) for name, one in distribution.origins.items()])
        + _list("OriginGroups", [_group(name, members) for name, members in distribution.groups.items()])
        + f"<DefaultCacheBehavior>{_behaviour(distribution.default)}</DefaultCacheBehavior>"
        + _list("CacheBehaviors", behaviours)
        + _tags(HttpVersion="http2and3", IsIPV6Enabled="true", PriceClass="PriceClass_100", WebACLId="")
        + _tags(ContinuousDeploymentPolicyId=distribution.trial, Staging=str(distribution.staging).lower())
    )


def _origin(name: str, origin: Origin) -> str:
    header = _tags(HeaderName="X-Origin-Verify", HeaderValue=origin.header)
    headers = [f"<OriginCustomHeader>{header}</OriginCustomHeader>"] if origin.header else []
    if origin.vpc:
        way = f"<VpcOriginConfig>{_tags(VpcOriginId=origin.vpc)}</VpcOriginConfig>"
    else:
        spoken = _list("OriginSslProtocols", [_tags(SslProtocol="TLSv1.2")])
        ports = _tags(HTTPPort="80", HTTPSPort="443", OriginProtocolPolicy=origin.protocol)
        way = f"<CustomOriginConfig>{ports}{spoken}</CustomOriginConfig>"
    return (
        f"<Origin>{_tags(Id=name, DomainName=origin.host, OriginPath='')}"
        f"{_list('CustomHeaders', headers)}{way}</Origin>"
    )


def _group(name: str, members: tuple[str, ...]) -> str:
    codes = _list("StatusCodes", [_tags(StatusCode="502")])
    listed = _list("Members", [f"<OriginGroupMember>{_tags(OriginId=one)}</OriginGroupMember>" for one in members])
    return f"<OriginGroup>{_tags(Id=name)}<FailoverCriteria>{codes}</FailoverCriteria>{listed}</OriginGroup>"


def _behaviour(behaviour: Behaviour) -> str:
    functions = [_tags(FunctionARN=arn, EventType="viewer-request") for arn in behaviour.functions]
    lambdas = [_tags(LambdaFunctionARN=arn, EventType="origin-request") for arn in behaviour.lambdas]
    if behaviour.policy:
        kept = _tags(CachePolicyId=behaviour.policy)
    else:
        forwarded = "<QueryString>true</QueryString><Cookies><Forward>all</Forward></Cookies>"
        kept = f"<ForwardedValues>{forwarded}</ForwardedValues>"
        kept += _tags(MinTTL="0", DefaultTTL=str(behaviour.longest), MaxTTL=str(behaviour.longest))
    return (
        _tags(TargetOriginId=behaviour.origin, ViewerProtocolPolicy="redirect-to-https", Compress="true")
        + _list("FunctionAssociations", functions, "FunctionAssociation")
        + _list("LambdaFunctionAssociations", lambdas, "LambdaFunctionAssociation")
        + kept
    )


def _list(name: str, items: Iterable[str], each: str = "", *, more: int = 0) -> str:
    """A list with its length, which is said to be *more* than it is; *each* is the name of what has several parts."""
    listed = [f"<{each}>{item}</{each}>" if each else item for item in items]
    inside = f"<Items>{''.join(listed)}</Items>" if listed else ""
    return f"<{name}><Quantity>{len(listed) + more}</Quantity>{inside}</{name}>"


def _tags(**said: str) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items())
