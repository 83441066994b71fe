"""Sentences about the way back: the previous image, and who may bring it."""

from __future__ import annotations

from golive.environment import Environment
from golive.probes.apprunner import Service, Settings
from golive.probes.ecr import Images
from golive.probes.iam import DeployRights, Rights
from golive.probes.look import Look
from golive.remarks import Remarks
from golive.vocabulary import judges, looks


@looks("what the deploy role may do", target_fixture="rights")
def deploy_rights(environment: Environment) -> Look[Rights]:
    return DeployRights(environment.aws.deploy_role, environment.aws.service_arn)


@judges(
    "the previous image is a release in the repository, and what ran before the candidate",
    needs=("aws.previous_digest",),
)
def previous_image_is_kept(
    images: Images, service: Service, environment: Environment, subject_digest: str | None, remarks: Remarks
) -> None:
    previous = environment.answered(environment.aws.previous_digest, "aws.previous_digest")
    image, running = images.of(previous), service.running_digest()
    candidate = subject_digest or running
    remarks.examined(len(images.images), "images")
    # Until the candidate is deployed, what runs is what one goes back to; from then on nobody sees any more what ran.
    wrong = {
        f"it is not in {images.source}": image is None,
        "it is no release": image is not None and not image.commits(environment.aws.release_tag),
        "it is the candidate, so it leads nowhere": previous == candidate,
        f"{running} runs, and the candidate does not yet": candidate != running != previous,
    }
    told = "; ".join(what for what, so in wrong.items() if so)
    assert not told, (
        f"the previous image is {previous}: {told}; aws.previous_digest must be a release, and what ran before the "
        f"candidate, {candidate}"
    )


@judges("the previous image runs", needs=("aws.previous_digest",))
def previous_image_runs(service: Service, environment: Environment) -> None:
    previous = environment.answered(environment.aws.previous_digest, "aws.previous_digest")
    running = service.running_digest()
    assert running == previous, f"{service.name} runs {running}; after a rollback it must be {previous}"


@judges("the service deploys nothing by itself")
def nothing_deploys_by_itself(service: Service) -> None:
    assert not service.auto_deployments, (
        f"{service.name} deploys whatever is pushed under its tag, and would undo a rollback; switch that off"
    )


@judges("the deploy role may")
def deploy_role_may(rights: Rights, datatable: list[list[str]], remarks: Remarks) -> None:
    actions = [action for (action,) in datatable[1:]]
    if rights.role is None:
        remarks.warn("aws.deploy_role names no role, so IAM was not asked: that it may is only attested")
    told = {right.action for right in rights.rights}
    lacking = [f"{right.action} on {right.on} ({right.decision})" for one in actions for right in rights.refused(one)]
    lacking += [f"{action} (not among what was asked)" for action in actions if action not in told]
    if not rights.exists:
        lacking = [f"{', '.join(actions)}: there is no such role"]
    assert rights.role is None or not lacking, f"the role {rights.role} may not {'; '.join(lacking)}"
    if rights.role:
        remarks.examined(len(rights.rights), "rights")


@judges("each of these is set where it can be changed without a build")
def settings_are_in_the_image_configuration(settings: Settings, datatable: list[list[str]], remarks: Remarks) -> None:
    seen = {name: " and ".join(settings.ways(name)) for name, _ in datatable[1:]}
    wanted = dict(datatable[1:])
    assert seen == wanted, f"in the image configuration of {settings.source} " + "; ".join(
        f"{name} is {seen[name] or 'not there'}, not a {way}" for name, way in wanted.items() if seen[name] != way
    )
    remarks.examined(len(settings.names), "settings")
