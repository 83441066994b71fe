"""The service's own way out: what the rules of its security groups let through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from golive.environment import Environment
from golive.errors import Denied, Unreadable
from golive.probes.egress import Egress, WayOut
from golive.twin.cloud import PARTNERS, Cloud, Rule

from .backstage import Backstage

EVERYBODY = "0.0.0.0/0"
HTTPS_ONLY = Rule("tcp", (443, 443), (EVERYBODY,))


def egress_of(backstage: Backstage, environment: Environment) -> Egress:
    """What lets the service out."""
    egress = backstage.look(WayOut(environment.aws.service_arn))
    assert isinstance(egress, Egress)
    return egress


@pytest.mark.parametrize(
    ("change", "closed"),
    [
        (lambda cloud: cloud, False),
        (lambda cloud: cloud.letting_out(HTTPS_ONLY), False),
        (lambda cloud: cloud.letting_out(Rule("tcp", (443, 443), ("203.0.113.0/25",))), False),
        (lambda cloud: cloud.letting_out(Rule("tcp", (443, 443), prefix_lists=(PARTNERS,))), False),
        (lambda cloud: cloud.serving(vpc_connector=None), False),
        (lambda cloud: cloud.letting_out(), True),
        (lambda cloud: cloud.letting_out(Rule("tcp", (5432, 5432), (EVERYBODY,))), True),
        (lambda cloud: cloud.letting_out(Rule("udp", (443, 443), (EVERYBODY,))), True),
        (lambda cloud: cloud.letting_out(Rule("tcp", (443, 443), ("10.0.0.0/8",))), True),
        (lambda cloud: cloud.letting_out(Rule("-1", None, ("::/0",))), True),
    ],
)
def test_rules_say_what_gets_out(
    backstage: Backstage, environment: Environment, change: Callable[[Cloud], Cloud], closed: bool
) -> None:
    """
    By protocol, port, and range or list; without a connector nothing is in the way.
    """
    backstage.cloud(change)
    assert egress_of(backstage, environment).closed_to(("203.0.113.7",), 443) == (("203.0.113.7",) if closed else ())


def test_group_that_is_not_told_of_is_not_guessed(backstage: Backstage, environment: Environment) -> None:
    """
    A connector without a group, or with one that EC2 does not know, is no open way.
    """
    backstage.cloud(lambda cloud: cloud.serving(connector_groups=()))
    with pytest.raises(Unreadable, match="without a security group"):
        egress_of(backstage, environment)
    backstage.cloud(lambda cloud: cloud.serving(connector_groups=("sg-0123456789abcdef0",)))
    with pytest.raises(Unreadable):
        egress_of(backstage, environment)
    backstage.ail(apprunner="denied")
    with pytest.raises(Denied):
        egress_of(backstage, environment)
