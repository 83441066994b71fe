"""Faults of the ways back, and of a world that was to be rolled back."""

from dataclasses import replace
from datetime import timedelta

from golive.twin.apprunner import Operation
from golive.twin.cloud import PREVIOUS_COMMIT, digest_of, image_of
from golive.twin.faults.kin import OF_A_ROLLBACK, UNDONE, WAYS_BACK
from golive.twin.faults.register import breaks
from golive.twin.iam import Statement
from golive.twin.world import COMMIT, World

PREVIOUS = digest_of(PREVIOUS_COMMIT)


def _may(world: World, *statements: Statement) -> World:
    """The role that deploys, with these statements."""
    role = replace(world.cloud.roles[0], statements=statements)
    return replace(world, cloud=replace(world.cloud, roles=(role,)))


def _statements(world: World) -> tuple[Statement, ...]:
    return world.cloud.roles[0].statements


@breaks(unmet=["GL-5.1.1"])
def previous_image_gone(world: World) -> World:
    """The repository's clean-up has deleted the image to go back to."""
    images = tuple(image for image in world.cloud.images if image.digest != PREVIOUS)
    return replace(world, cloud=replace(world.cloud, images=images))


@breaks(unmet=["GL-5.1.1"])
def previous_image_no_release(world: World) -> World:
    """The image to go back to is there, and nothing tells any more from which commit it was built."""
    images = tuple(
        replace(image, tags=("kept",)) if image.digest == PREVIOUS else image for image in world.cloud.images
    )
    return replace(world, cloud=replace(world.cloud, images=images))


@breaks(unmet=["GL-5.1.1"])
def service_deploys_by_itself(world: World) -> World:
    """App Runner deploys whatever is pushed under the tag, and would undo a rollback."""
    return replace(world, cloud=world.cloud.serving(auto_deployments=True))


@breaks(unmet=WAYS_BACK)
def deploy_role_may_not_update(world: World) -> World:
    """The role that deploys may start a deployment, and not say of which image."""
    start = replace(_statements(world)[0], actions=("apprunner:StartDeployment", "apprunner:Describe*"))
    return _may(world, start, *_statements(world)[1:])


@breaks(unmet=WAYS_BACK)
def deploy_role_may_not_pass_roles(world: World) -> World:
    """The role that deploys may hand its roles to another service than App Runner."""
    update, passing, *rest = _statements(world)
    return _may(world, update, replace(passing, passed_to=("ecs-tasks.amazonaws.com",)), *rest)


@breaks(unmet=WAYS_BACK)
def deploy_role_is_denied(world: World) -> World:
    """A boundary forbids the role that deploys to change services, whatever else allows it."""
    boundary = Statement(("apprunner:Update*",), ("*",), effect="Deny")
    return _may(world, *_statements(world), boundary)


@breaks(unmet=WAYS_BACK)
def deploy_role_missing(world: World) -> World:
    """The role that deploys does not exist."""
    return replace(world, cloud=replace(world.cloud, roles=()))


@breaks(unknown=WAYS_BACK)
def iam_allows_anything(world: World) -> World:
    """IAM tells what a role may do that does not exist, so what it tells says nothing."""
    return replace(world, cloud=replace(world.cloud, any_role=True))


@breaks(unmet=["GL-5.3.1"])
def rolled_back_by_starting_again(world: World) -> World:
    """Somebody went back by start-deployment, which has deployed the same image again."""
    again = Operation("START_DEPLOYMENT", "SUCCEEDED", timedelta(minutes=10))
    operations = (again, *(one for one in world.cloud.service.operations if one.started > timedelta(hours=1)))
    return replace(world, cloud=world.cloud.serving(image=image_of(digest_of(COMMIT)), operations=operations))


@breaks(unmet=["GL-3.3.1", "GL-3.3.3", "GL-5.3.1"], unknown=UNDONE)
def change_undone_by_app_runner(world: World) -> World:
    """The last change of the image, a way back as well, did not pass its health check, and App Runner undid it."""
    undone = Operation("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", timedelta(minutes=10))
    return replace(world, cloud=world.cloud.serving(operations=(undone, *world.cloud.service.operations)))


@breaks(unknown=OF_A_ROLLBACK)
def rollback_not_on_record(world: World) -> World:
    """App Runner tells of no update of the service that succeeded, so nobody knows of which rollback people speak."""
    operations = tuple(one for one in world.cloud.service.operations if one.kind != "UPDATE_SERVICE")
    return replace(world, cloud=world.cloud.serving(operations=operations))


@breaks(
    unknown=tuple(dict.fromkeys((*UNDONE, *OF_A_ROLLBACK, "GL-3.1.1", "GL-3.3.1", "GL-3.3.3", "GL-3.4.3", "GL-5.3.1"))),
    phase="T+24h",
)
def service_without_a_history(world: World) -> World:
    """App Runner tells of nothing that was ever done to the service."""
    return replace(world, cloud=world.cloud.serving(operations=()))
