"""CloudFront as the twin speaks it, held against botocore's own model of the service, and Amazon's page of ranges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from xml.etree import ElementTree

import botocore.session
import httpx
import pytest
from botocore.model import ListShape, Shape, StructureShape
from botocore.parsers import create_parser

from golive.twin import cloudfront, ranges
from golive.twin.cloudfront import CACHING_OPTIMIZED, Behaviour, Distribution, Origin
from golive.twin.site import EDGES
from golive.twin.wire import Answer, Question
from tests.twin.conftest import Twin

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOST = "9ef3szvvsb.eu-west-1.awsapprunner.com"
HEALTHY = cloudfront.healthy("getdrop.no", "www.getdrop.no", host=HOST)
MODEL = botocore.session.get_session().get_service_model("cloudfront").operation_model("GetDistribution")
EVERYTHING = Distribution(
    "E2QWRUHEXAMPLE",
    "d111111abcdef8.cloudfront.net",
    (),
    {
        "one": Origin(HOST, header="x"),
        "two": Origin("a.example", "http-only"),
        "three": Origin("b.example", vpc="vo_1"),
    },
    Behaviour("both", functions=("arn:1",), lambdas=("arn:2", "arn:3")),
    {"/a/*": Behaviour("one", CACHING_OPTIMIZED), "/b/*": Behaviour("three", "", 60)},
    {"both": ("one", "two")},
    status="InProgress",
    enabled=False,
    staging=True,
    trial="policy",
)


def answered(distribution: Distribution | None, path: str = "/2020-05-31/distribution/E2QWRUHEXAMPLE") -> Answer:
    """What the twin says, asked for a distribution."""
    question = Question("cloudfront", "GetDistribution", "GET", path, {}, b"")
    return cloudfront.answer(question, distribution, account="324480209768", now=NOW)


def shape() -> StructureShape:
    """Of an answer, as botocore's model has it."""
    found = MODEL.output_shape
    assert found is not None
    return found


def parsed(answer: Answer) -> Any:
    """The same as botocore reads it."""
    told = {"status_code": int(answer.status), "headers": dict(answer.headers), "body": answer.body}
    return create_parser("rest-xml").parse(told, shape())


def strange(shape: Shape | None, element: ElementTree.Element, path: str) -> Iterator[str]:
    """Where *element* holds what *shape* does not know, lacks what it demands, or is no such value."""
    if isinstance(shape, ListShape):
        wanted = shape.member.serialization.get("name", "member")
        for child in element:
            if _name(child) != wanted:
                yield f"{path}.{_name(child)} is no {wanted}"
            yield from strange(shape.member, child, f"{path}.{wanted}")
    elif isinstance(shape, StructureShape):
        there = [_name(child) for child in element]
        yield from (f"{path}.{name} is missing" for name in set(shape.required_members) - set(there))
        yield from (f"{path}.{name} comes twice" for name in set(there) if there.count(name) > 1)
        for child in element:
            if _name(child) not in shape.members:
                yield f"{path}.{_name(child)} is unknown"
            else:
                yield from strange(shape.members[_name(child)], child, f"{path}.{_name(child)}")
    else:
        assert shape is not None
        if (allowed := shape.metadata.get("enum")) and element.text not in allowed:
            yield f"{path} is {element.text}, which the model does not know"
        if shape.type_name == "boolean" and element.text not in ("true", "false"):
            yield f"{path} is {element.text}, and no boolean"


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


@pytest.mark.parametrize("distribution", [HEALTHY, EVERYTHING], ids=["healthy", "everything"])
def test_a_distribution_is_as_the_model_has_it(distribution: Distribution) -> None:
    """
    Every element of the answer is the model's, none that it demands is missing, and each list is as long as it says.
    """
    root = ElementTree.fromstring(answered(distribution).body)  # noqa: S314  # our own
    assert _name(root) == "Distribution"
    assert list(strange(shape().members["Distribution"], root, "Distribution")) == []
    for each in root.iter():
        parts = {_name(child): child for child in each}
        if "Quantity" in parts:
            assert int(parts["Quantity"].text or "") == len(parts.get("Items", ()))


def test_botocore_reads_what_the_world_has() -> None:
    """
    Aliases, origins, behaviours in order, and what each keeps: by a policy or by times, never by both.
    """
    said = parsed(answered(EVERYTHING))["Distribution"]
    config = said["DistributionConfig"]
    assert (said["Status"], config["Enabled"], config["Staging"]) == ("InProgress", False, True)
    assert config["Aliases"] == {"Quantity": 0}
    assert [one["PathPattern"] for one in config["CacheBehaviors"]["Items"]] == ["/a/*", "/b/*"]
    by_policy, by_times = config["CacheBehaviors"]["Items"]
    assert (by_policy["CachePolicyId"], "MaxTTL" in by_policy) == (CACHING_OPTIMIZED, False)
    assert (by_times["MaxTTL"], "CachePolicyId" in by_times) == (60, False)
    assert parsed(answered(HEALTHY))["Distribution"]["DistributionConfig"]["Aliases"]["Items"] == list(HEALTHY.aliases)


@pytest.mark.parametrize(
    ("distribution", "path"), [(None, "E2QWRUHEXAMPLE"), (HEALTHY, "E000000EXAMPLE")], ids=["none", "another"]
)
def test_what_is_not_there_is_said_as_cloudfront_says_it(distribution: Distribution | None, path: str) -> None:
    """
    404 with the code that botocore knows.
    """
    answer = answered(distribution, f"/2020-05-31/distribution/{path}")
    assert answer.status == HTTPStatus.NOT_FOUND
    assert parsed(answer)["Error"]["Code"] == "NoSuchDistribution"


# -- Amazon's page, and the edges -------------------------------------------------------------------------------------


def test_the_page_tells_whose_each_range_is(client: httpx.Client) -> None:
    """
    As Amazon writes it: IPv4 and IPv6 apart, and CloudFront's ranges among those of others that cover them.
    """
    answer = client.get(f"https://{ranges.HOST}/ip-ranges.json")
    said = answer.json()
    assert said.keys() == {"syncToken", "createDate", "prefixes", "ipv6_prefixes"}
    assert all(
        one.keys() == {key, "region", "service", "network_border_group"}
        for part, key in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix"))
        for one in said[part]
    )
    services = {one["ip_prefix"]: one["service"] for one in said["prefixes"]}
    assert (services["203.0.113.0/24"], services["203.0.113.160/28"]) == ("AMAZON", "CLOUDFRONT")
    assert [one["service"] for one in said["ipv6_prefixes"]] == ["AMAZON", "CLOUDFRONT"]
    assert client.get(f"https://{ranges.HOST}/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("edge", EDGES)
def test_behind_an_edge_is_the_same_site(twin: Twin, edge: str) -> None:
    """
    Over HTTPS and plain HTTP, whichever edge a name leads to.
    """
    assert [twin.port(edge, port) for port in (443, 80)] == [twin.port("getdrop.no", port) for port in (443, 80)]
