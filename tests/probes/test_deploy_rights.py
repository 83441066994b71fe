"""What the role that deploys may do, and that nobody's rights are told of a role that is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.environment import Environment
from golive.errors import CannotTell
from golive.probes.iam import PASS, UPDATE, DeployRights
from golive.twin.cloud import DEPLOY_ROLE

from .backstage import Backstage


def test_rights_are_those_of_the_role(backstage: Backstage, environment: Environment) -> None:
    """To change the service, and to hand it each of its two roles: three questions, all allowed."""
    look = DeployRights(DEPLOY_ROLE, environment.aws.service_arn)
    seen = backstage.look(look)
    assert [right.action for right in seen.rights] == [UPDATE, PASS, PASS]
    assert seen.refused(UPDATE) == seen.refused(PASS) == ()
    backstage.cloud(
        lambda cloud: replace(cloud, roles=(replace(cloud.roles[0], statements=cloud.roles[0].statements[:1]),))
    )
    seen = backstage.look(look)
    assert seen.refused(UPDATE) == ()
    assert {right.decision for right in seen.refused(PASS)} == {"implicitDeny"}


def test_role_that_is_not_there_is_a_fact(backstage: Backstage, environment: Environment) -> None:
    """That there is no such role is told."""
    assert not backstage.look(DeployRights(f"{DEPLOY_ROLE}-2", environment.aws.service_arn)).exists


def test_nobodys_rights_are_not_asked(backstage: Backstage, environment: Environment) -> None:
    """Where no role is named nothing is sent."""
    before = backstage.town.calls()
    assert backstage.look(DeployRights(None, environment.aws.service_arn)).role is None
    assert backstage.town.calls() == before


def test_rights_of_a_role_that_is_none_are_noticed(backstage: Backstage, environment: Environment) -> None:
    """Where a role that does not exist may do something, no role's rights say anything."""
    backstage.cloud(lambda cloud: replace(cloud, any_role=True))
    with pytest.raises(CannotTell, match="does not exist"):
        backstage.look(DeployRights(DEPLOY_ROLE, environment.aws.service_arn))
