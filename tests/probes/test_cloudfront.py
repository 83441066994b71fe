"""CloudFront in front of the service: what is told of it, and what of that is not the service any more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.coordinates import RANGES_HOST
from golive.coordinates import Distribution as Named
from golive.environment import Environment
from golive.errors import Denied, Overloaded, ProbeError, Unreachable, Unreadable
from golive.observatory import plain
from golive.probes.cloudfront import Behaviour, CloudFrontRanges, DescribedDistribution, Distribution
from golive.probes.look import Permission
from golive.probes.reach import Reach
from golive.remarks import Remarks
from golive.twin import cloudfront
from golive.twin.cloudfront import CACHING_OPTIMIZED, Origin
from golive.twin.faults.names import apex_leads_to_cloudfront
from golive.twin.names import RESOLVERS, SERVICE
from golive.twin.site import EDGES, ELSEWHERE
from golive.twin.world import World
from steps import names

from .backstage import Backstage, hasty
from .town import again

ID = "E2QWRUHEXAMPLE"
HOST = "9ef3szvvsb.eu-west-1.awsapprunner.com"
LOOK, RANGES = DescribedDistribution(ID), CloudFrontRanges()
SOURCE = f"CloudFront distribution {ID}"
FUNCTION = "arn:aws:cloudfront::324480209768:function/www"
LAMBDA = "arn:aws:lambda:us-east-1:324480209768:function:elsewhere:3"

Change = Callable[[World], World]


@pytest.fixture(scope="module")
def edged(environment: Environment) -> Environment:
    """The rehearsal's file with a distribution in it."""
    network = environment.network.model_copy(update={"hosts": (*environment.network.hosts, RANGES_HOST)})
    aws = environment.aws.model_copy(update={"distribution": Named(id=ID)})
    return environment.model_copy(update={"aws": aws, "network": network})


@pytest.fixture(scope="module")
def _reach(_backstage: Backstage, edged: Environment) -> Reach:
    return _backstage.reach(edged)


@pytest.fixture
def reach(backstage: Backstage, _reach: Reach) -> Reach:
    """The way to a twin with CloudFront in front of the service."""
    backstage.put(apex_leads_to_cloudfront)
    _reach.forget()
    return _reach


def then(change: Change) -> Change:
    """The world with CloudFront in front, and *change* on top of it."""
    return lambda world: change(apex_leads_to_cloudfront(world))


def delivering(**changes: Any) -> Change:
    """These fields of the distribution are otherwise."""

    def change(world: World) -> World:
        assert world.cloud.distribution is not None
        return replace(world, cloud=replace(world.cloud, distribution=replace(world.cloud.distribution, **changes)))

    return change


def publishing(**changes: Any) -> Change:
    """These fields of Amazon's page are otherwise."""
    return lambda world: replace(world, ranges=replace(world.ranges, **changes))


def leading(*addresses: str, by: tuple[str, ...] = ()) -> Change:
    """The apex leads to *addresses*."""
    return lambda world: replace(world, zone=world.zone.told("getdrop.no", "A", *addresses, by=by))


def judged(reach: Reach) -> tuple[str, Remarks]:
    """What the two sentences say no to, "" where they say yes, and what they remark."""
    remarks = Remarks()
    answers = [look.observe(reach) for look in names.addresses("getdrop.no", reach.environment)]
    said: list[str] = []
    judges: list[Callable[[], object]] = [
        lambda: names.name_servers_agree(answers, remarks),
        lambda: names.addresses_lead_to_the_service(answers, reach.environment, remarks),
    ]
    for judge in judges:
        try:
            judge()
        except AssertionError as exc:
            said.append(str(exc))
    return "; ".join(said), remarks


# -- what is told -----------------------------------------------------------------------------------------------------


def test_a_distribution_is_told_without_what_it_tells_its_origins(backstage: Backstage, reach: Reach) -> None:
    """
    Names, state, and for each behaviour the hosts it asks and what lets it keep answers; no header of an origin.
    """
    origins = {
        "app": Origin(HOST, header="a-secret-between-the-two"),
        "plain": Origin("Old.example.net", "http-only"),
        "inside": Origin(HOST, vpc="vo_0123456789"),
    }
    backstage.put(
        then(
            delivering(
                origins=origins,
                groups={"both": ("app", "plain")},
                default=cloudfront.Behaviour("both", "", 86400, functions=(FUNCTION,), lambdas=(LAMBDA,)),
                behaviours={
                    "/static/*": cloudfront.Behaviour("inside", CACHING_OPTIMIZED),
                    "/old/*": cloudfront.Behaviour("app", "", 0),
                    "/api/*": cloudfront.Behaviour("app"),
                },
                status="InProgress",
                enabled=False,
                staging=True,
                trial="a-policy",
                aliases=("www.getdrop.no", "Getdrop.no"),
            )
        )
    )
    found = LOOK.observe(reach)
    assert found == Distribution(
        SOURCE,
        True,
        "d111111abcdef8.cloudfront.net",
        "InProgress",
        False,
        ("getdrop.no", "www.getdrop.no"),
        (
            Behaviour("/static/*", ("VPC origin vo_0123456789",), f"cache policy {CACHING_OPTIMIZED}", ()),
            Behaviour("/old/*", (HOST,), "", ()),
            Behaviour("/api/*", (HOST,), "", ()),
            Behaviour("*", (HOST, "old.example.net over plain HTTP"), "times up to 86400 s", (FUNCTION, LAMBDA)),
        ),
        True,
        "a-policy",
    )
    assert again(found) == found
    assert "a-secret-between-the-two" not in json.dumps(plain(found))


def test_a_distribution_that_is_not_there_is_an_answer(reach: Reach) -> None:
    """
    Another id than the account has is no distribution, and not silence.
    """
    found = DescribedDistribution("E000000EXAMPLE").observe(reach)
    assert (found.exists, again(found)) == (False, found)


@pytest.mark.parametrize(
    "changes",
    [
        {"miscounted": 1},
        {"default": cloudfront.Behaviour("nobody")},
        {"groups": {"both": ("nobody",)}},
    ],
)
def test_a_distribution_that_contradicts_itself_is_unreadable(
    backstage: Backstage, reach: Reach, changes: dict[str, Any]
) -> None:
    """
    A list shorter than its length, or a behaviour or a group that leads to no origin: something of it is not told.
    """
    backstage.put(then(delivering(**changes)))
    with pytest.raises(Unreadable):
        LOOK.observe(reach)


def test_what_it_takes_to_see_it_is_declared(edged: Environment) -> None:
    """
    One action, on the one distribution.
    """
    arn = f"arn:aws:cloudfront::324480209768:distribution/{ID}"
    assert LOOK.permissions(edged) == (Permission("iam", "cloudfront:GetDistribution", arn),)


# -- which behaviour serves a path ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patterns", "serving"),
    [
        (("/api/*", "*"), ("/api/*",)),
        (("api/*", "*"), ("api/*",)),
        (("/API/*", "*"), ("*",)),
        (("/api", "*"), ("*",)),
        (("/a?i/*", "*"), ("/a?i/*",)),
        (("/api/v1/*", "/api/*", "*"), ("/api/v1/*", "/api/*")),
        (("*.js", "/api/*", "*"), ("*.js", "/api/*")),
        (("/api/*", "*.js", "*"), ("/api/*",)),
        (("/api/*.json", "*"), ("/api/*.json", "*")),
        (("?api/*", "*"), ("?api/*", "*")),
        (("*",), ("*",)),
    ],
)
def test_the_first_behaviour_that_fits_a_path_serves_it(patterns: tuple[str, ...], serving: tuple[str, ...]) -> None:
    """
    As CloudFront chooses: in order, by the case of letters, with or without the first slash.
    """
    behaviours = tuple(Behaviour(pattern, (HOST,), "", ()) for pattern in patterns)
    found = Distribution(SOURCE, True, behaviours=behaviours).below("/api/")
    assert tuple(one.pattern for one in found) == serving


def _of_letters(letters: str, most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(letters), max_size=most).map("".join)


@settings(deadline=None)
@given(st.lists(_of_letters("/api*?v", 8).map(lambda rest: f"/{rest}"), max_size=4), _of_letters("/apivx", 6))
def test_no_behaviour_that_serves_a_path_is_overlooked(patterns: list[str], rest: str) -> None:
    """
    Whatever the patterns are, the one that serves a path below /api/ is among those that are told.
    """
    behaviours = tuple(Behaviour(pattern, (HOST,), "", ()) for pattern in (*patterns, "*"))
    serves = next(one for one in behaviours if _fits(one.pattern, f"/api/{rest}"))
    assert serves in Distribution(SOURCE, True, behaviours=behaviours).below("/api/")


def _fits(pattern: str, path: str) -> bool:
    return bool(re.fullmatch("".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern), path))


# -- which addresses are CloudFront's ---------------------------------------------------------------------------------


def test_cloudfronts_ranges_are_told_apart_from_all_others(reach: Reach) -> None:
    """
    Of a page of all services' ranges only CloudFront's own count, IPv4 and IPv6.
    """
    found = RANGES.observe(reach)
    assert found.networks == ("203.0.113.160/28", "2001:db8:cf::/48")
    assert again(found) == found
    asked = (*EDGES, "2001:db8:cf::1", SERVICE[0], ELSEWHERE, "2001:db8::1", "198.51.100.161")
    assert found.outside(asked) == (SERVICE[0], ELSEWHERE, "2001:db8::1", "198.51.100.161")


def test_the_page_may_be_as_long_as_it_is(backstage: Backstage, reach: Reach) -> None:
    """
    Amazon has thousands of ranges, more than is borne of another page.
    """
    many = tuple(f"203.0.113.{number}/32" for number in range(160, 176)) * 1500
    backstage.put(publishing(cloudfront=many))
    assert len(RANGES.observe(reach).networks) == 24_000


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"ailment": "off"}, Unreachable),
        ({"ailment": "silent"}, Unreachable),
        ({"ailment": "denied"}, Denied),
        ({"ailment": "throttled"}, Overloaded),
        ({"ailment": "broken"}, Overloaded),
        ({"ailment": "garbage"}, Unreadable),
        ({"status": 404}, Unreadable),
        ({"status": 302}, Unreadable),
        ({"instead": ""}, Unreadable),
        ({"instead": "[]"}, Unreadable),
        ({"instead": "{}"}, Unreadable),
        ({"instead": '{"prefixes": []}'}, Unreadable),
        ({"instead": '{"prefixes": [], "ipv6_prefixes": [{"service": "CLOUDFRONT"}]}'}, Unreadable),
        ({"instead": '{"prefixes": ["203.0.113.0/24"], "ipv6_prefixes": []}'}, Unreadable),
        ({"cloudfront": ()}, Unreadable),
        ({"cloudfront": ("203.0.113.161/28",)}, Unreadable),
        ({"cloudfront": ("203.0.113.300/28",)}, Unreadable),
        ({"cloudfront": ("203.0.113.160/28", "0.0.0.0/0")}, Unreadable),
        ({"cloudfront": ("203.0.113.160/28", "::/0")}, Unreadable),
    ],
)
def test_ranges_that_are_not_told_are_unknown(
    backstage: Backstage, reach: Reach, changes: dict[str, Any], kind: type[ProbeError]
) -> None:
    """
    Nothing, something else, no range or the whole Internet in place of CloudFront's ranges says nothing of an address.
    """
    backstage.put(publishing(**changes))
    if changes.get("ailment") == "silent":
        reach = backstage.reach(hasty(reach.environment))
    with pytest.raises(kind) as raised:
        RANGES.observe(reach)
    assert type(raised.value) is kind


def test_the_page_is_asked_only_where_the_file_lists_its_host(backstage: Backstage) -> None:
    """
    Nothing is reached that the environment file does not list.
    """
    with pytest.raises(Denied, match=r"not in the environment's network\.hosts"):
        backstage.look(RANGES)


# -- what is judged of it ---------------------------------------------------------------------------------------------


def test_a_distribution_of_ours_in_front_is_the_service(reach: Reach) -> None:
    """
    Two resolvers that are told of different edges agree, and what was examined is counted.
    """
    said, remarks = judged(reach)
    assert said == ""
    assert "3 behaviours of " + SOURCE in remarks.populations
    assert "2 addresses of getdrop.no" in remarks.populations
    assert remarks.warnings == []


ELSE = cloudfront.Behaviour("elsewhere")
BOTH = {"app-runner": Origin(HOST), "elsewhere": Origin("drop.vercel.app")}
STATIC = {"/_next/static/*": cloudfront.Behaviour("app-runner", CACHING_OPTIMIZED)}
API = {"/api/*": cloudfront.Behaviour("app-runner")}
WRONG: dict[str, tuple[Change, str]] = {
    "a server without an answer": (leading(by=(RESOLVERS[0],)), f"getdrop.no is {RESOLVERS[0]}: no address; "),
    "no server with an answer": (
        lambda world: leading(by=(RESOLVERS[1],))(leading()(world)),
        f"getdrop.no has no address; it must have an A record that leads to {HOST}",
    ),
    "a stray address": (leading(*EDGES, ELSEWHERE), f"getdrop.no leads to {ELSEWHERE}, not to CloudFront alone"),
    "one server elsewhere": (leading(ELSEWHERE, by=(RESOLVERS[1],)), f"leads to {ELSEWHERE}, not to CloudFront"),
    "around it": (leading(*SERVICE), "not to CloudFront alone"),
    "a stray IPv6 address": (
        lambda world: replace(world, zone=world.zone.told("getdrop.no", "AAAA", "2001:db8::77")),
        "leads to 2001:db8::77, not to CloudFront alone",
    ),
    "no distribution": (
        lambda world: replace(world, cloud=replace(world.cloud, distribution=None)),
        f"there is no {SOURCE} in this account",
    ),
    "in progress": (delivering(status="InProgress"), f"{SOURCE} is InProgress; it must be Deployed"),
    "disabled": (delivering(enabled=False), f"{SOURCE} is disabled"),
    "without the apex": (delivering(aliases=("www.getdrop.no",)), "lacks the alias getdrop.no and has www.getdrop.no"),
    "without www": (delivering(aliases=("getdrop.no",)), "lacks the alias www.getdrop.no"),
    "a wildcard for www": (delivering(aliases=("getdrop.no", "*.getdrop.no")), "lacks the alias www.getdrop.no"),
    "without a name": (delivering(aliases=()), "lacks the alias getdrop.no, www.getdrop.no and has none"),
    "a trial": (delivering(staging=True), "is the trial of another distribution"),
    "with a trial": (delivering(trial="b0b1"), "leads some visitors to a trial (policy b0b1)"),
    "another origin": (
        delivering(origins={"app-runner": Origin("drop.vercel.app")}),
        f"asks drop.vercel.app for *; it must ask {HOST} alone",
    ),
    "pages from elsewhere": (delivering(origins=BOTH, default=ELSE), "asks drop.vercel.app for *"),
    "a path from elsewhere": (
        delivering(origins=BOTH, behaviours={"/blogg/*": ELSE, **API}),
        "asks drop.vercel.app for /blogg/*",
    ),
    "elsewhere when it fails": (
        delivering(
            origins=BOTH,
            groups={"both": ("app-runner", "elsewhere")},
            default=cloudfront.Behaviour("both"),
            behaviours={},
        ),
        f"asks {HOST}, drop.vercel.app for *",
    ),
    "in plain": (delivering(origins={"app-runner": Origin(HOST, "http-only")}), f"asks {HOST} over plain HTTP for *"),
    "into a VPC": (delivering(origins={"app-runner": Origin(HOST, vpc="vo_1")}), "asks VPC origin vo_1 for *"),
    "answers kept by a policy": (
        delivering(behaviours={"/api/*": cloudfront.Behaviour("app-runner", CACHING_OPTIMIZED)}),
        f"may keep what /api/* answers, under /api/* (cache policy {CACHING_OPTIMIZED})",
    ),
    "answers kept for a time": (
        delivering(behaviours={"/api/*": cloudfront.Behaviour("app-runner", "", 60)}),
        "under /api/* (times up to 60 s)",
    ),
    "answers kept by default": (
        delivering(default=cloudfront.Behaviour("app-runner", CACHING_OPTIMIZED), behaviours=STATIC),
        "may keep what /api/* answers, under * (cache policy",
    ),
    "some answers kept": (
        delivering(behaviours={"*.json": cloudfront.Behaviour("app-runner", CACHING_OPTIMIZED), **API}),
        "under *.json",
    ),
    "an origin without an address": (
        lambda world: replace(world, zone=world.zone.told(HOST, "A")),
        f"{HOST}, which it asks, has no address",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_the_service_any_more_is_unmet(backstage: Backstage, reach: Reach, name: str) -> None:
    """
    Each condition by itself: what was seen is said.
    """
    change, why = WRONG[name]
    backstage.put(then(change))
    reach.forget()
    assert why in judged(reach)[0]


def test_what_is_kept_besides_is_nobodys_business(backstage: Backstage, reach: Reach) -> None:
    """
    Pages may be kept where the API's answers are not; and code at the edges is told, for nobody judges what it does.
    """
    kept = cloudfront.Behaviour("app-runner", CACHING_OPTIMIZED, functions=(FUNCTION,))
    backstage.put(then(delivering(default=kept)))
    said, remarks = judged(reach)
    assert said == ""
    assert remarks.warnings == [f"{SOURCE} runs {FUNCTION} for *: nobody judged what that does"]


def test_broken_signatures_are_no_agreement(reach: Reach) -> None:
    """
    Whoever validates is led nowhere, whatever the edges are.
    """
    found, *others = [look.observe(reach) for look in names.addresses("getdrop.no", reach.environment)]
    with pytest.raises(AssertionError, match="signatures"):
        names.name_servers_agree([replace(found, broken="no key"), *others], Remarks())


# -- where the file names none ----------------------------------------------------------------------------------------


def test_a_cdn_that_the_file_does_not_name_is_a_no(backstage: Backstage) -> None:
    """
    However well it stands at CloudFront; and nobody asks CloudFront, or Amazon's page, anything.
    """
    backstage.put(apex_leads_to_cloudfront)
    before, bare = backstage.town.calls(), backstage._reach
    assert [type(look).__name__ for look in names.addresses("getdrop.no", bare.environment)] == ["Addresses"] * 2
    said, _ = judged(bare)
    assert "every name server must give the zone's addresses" in said
    assert f"also leads to {', '.join(EDGES)}; {HOST} has {', '.join(SERVICE)} and nothing else" in said
    assert backstage.town.calls() == before
