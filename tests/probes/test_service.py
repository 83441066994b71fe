"""What App Runner and ECR tell of the service: what runs, how it is set, where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from golive.errors import NothingExamined, ProbeError, Unreadable
from golive.probes.apprunner import (
    ABSENT,
    CustomDomains,
    Domain,
    Domains,
    RunningService,
    ServiceSettings,
    Validation,
)
from golive.probes.ecr import Image as Tagged
from golive.probes.ecr import RepositoryImages
from golive.probes.secrets import ServiceSecrets
from golive.remarks import Remarks
from golive.twin.apprunner import Operation, OperationKind, OperationStatus
from golive.twin.cloud import Cloud, Image, digest_of, image_of
from golive.twin.world import COMMIT
from steps import cloud as steps

from .backstage import Backstage

DIGEST = digest_of(COMMIT)


@pytest.fixture
def arn(backstage: Backstage) -> str:
    """The service's."""
    return backstage.environment.aws.service_arn


def operating(*newest: Operation) -> Callable[[Cloud], Cloud]:
    """The service with *newest* operations before the others."""
    return lambda cloud: cloud.serving(operations=(*newest, *cloud.service.operations))


def test_running_digest_is_known_where_it_is_pinned(backstage: Backstage, arn: str) -> None:
    """
    The image is configured by digest and the last change of the configuration succeeded: that digest runs.
    """
    seen = backstage.look(RunningService(arn))
    assert (seen.arn, seen.status, seen.url) == (arn, "RUNNING", backstage.environment.aws.default_host)
    assert seen.running_digest() == DIGEST
    assert "UPDATE_SERVICE" in seen.digest_because


@pytest.mark.parametrize("status", ["FAILED", "ROLLBACK_SUCCEEDED", "ROLLBACK_FAILED", "IN_PROGRESS", "PENDING"])
def test_running_digest_is_unknown_after_a_change_that_did_not_succeed(
    backstage: Backstage, arn: str, status: OperationStatus
) -> None:
    """
    After an update that failed nobody can say from the outside whether the old image runs or the new one.
    """
    update = Operation("UPDATE_SERVICE", status, timedelta(minutes=9))
    backstage.cloud(operating(update))
    with pytest.raises(ProbeError, match=f"UPDATE_SERVICE .* {status}"):
        backstage.look(RunningService(arn)).running_digest()


def test_starting_the_same_digest_again_changes_nothing(backstage: Backstage, arn: str) -> None:
    """
    A deployment that was rolled back leaves the pinned digest running, and is still the last deployment.
    """
    again = Operation("START_DEPLOYMENT", "ROLLBACK_SUCCEEDED", timedelta(minutes=9))
    backstage.cloud(operating(again))
    seen = backstage.look(RunningService(arn))
    assert seen.running_digest() == DIGEST
    assert seen.last_deployment.status == "ROLLBACK_SUCCEEDED"


@pytest.mark.parametrize("tag", ["production", COMMIT])
def test_running_digest_is_unknown_where_a_tag_is_configured(backstage: Backstage, arn: str, tag: str) -> None:
    """
    A tag moves: what it meant when it was deployed is not on record.
    """
    image = image_of(DIGEST).replace(f"@{DIGEST}", f":{tag}")
    backstage.cloud(lambda cloud: cloud.serving(image=image))
    with pytest.raises(ProbeError, match="names no digest"):
        backstage.look(RunningService(arn)).running_digest()


def test_operations_are_all_told_newest_first(backstage: Backstage, arn: str) -> None:
    """
    More operations than one page holds are all told.
    """
    many = [Operation("START_DEPLOYMENT", "SUCCEEDED", timedelta(hours=30 + number)) for number in range(45)]
    backstage.cloud(operating(*reversed(many)))
    seen = backstage.look(RunningService(arn)).operations
    assert len(seen) == 50
    assert [one.started_at for one in seen] == sorted((one.started_at for one in seen), reverse=True)


def test_missing_service_is_a_fact(backstage: Backstage, arn: str) -> None:
    """
    That there is no such service is told, and differs from not being let see it.
    """
    seen = backstage.look(RunningService(arn[:-4] + "0000"))
    assert (seen.status, seen.operations) == (ABSENT, ())


def test_settings_show_what_browsers_get_and_hide_the_rest(backstage: Backstage, arn: str) -> None:
    """
    A variable that may be a secret in the wrong place is named, with its length and no more.
    """
    backstage.cloud(lambda cloud: cloud.setting(STRIPE_KEY="sk_live_0123456789", BANKID_MOCK="false"))
    seen = backstage.look(ServiceSettings(arn))
    assert seen.values["NODE_ENV"] == "production"
    assert (seen.lengths["STRIPE_KEY"], seen.lengths["BANKID_MOCK"]) == (18, 5)
    assert "sk_live" not in repr(seen)
    assert {"STRIPE_KEY", "BANKID_MOCK", "JWT_SECRET"} <= seen.names
    with pytest.raises(ProbeError, match="STRIPE_KEY"):
        seen.plain("STRIPE_KEY")


@pytest.mark.parametrize("kind", ["UPDATE_SERVICE", "CREATE_SERVICE"])
@pytest.mark.parametrize("status", ["FAILED", "ROLLBACK_SUCCEEDED", "ROLLBACK_FAILED", "IN_PROGRESS", "PENDING"])
@pytest.mark.parametrize("look", [ServiceSettings, ServiceSecrets])
def test_settings_that_did_not_take_effect_are_unknown(
    backstage: Backstage,
    arn: str,
    look: type[ServiceSettings | ServiceSecrets],
    kind: OperationKind,
    status: OperationStatus,
) -> None:
    """
    After a change that failed, was rolled back or goes on, what the service is told need not be what runs: the mock
    of BankID may run on, though no setting names it any more.
    """
    backstage.cloud(operating(Operation(kind, status, timedelta(minutes=9))))
    with pytest.raises(ProbeError, match=f"with which settings it runs cannot be known: {kind} of .* is {status}"):
        backstage.look(look(arn))


@pytest.mark.parametrize(
    ("newest", "status", "because"),
    [
        (Operation("START_DEPLOYMENT", "PENDING", timedelta(minutes=1)), "RUNNING", "START_DEPLOYMENT of .* PENDING"),
        (Operation("PAUSE_SERVICE", "IN_PROGRESS", timedelta(minutes=1)), "RUNNING", "PAUSE_SERVICE of .* IN_PROGRESS"),
        (
            Operation("UPDATE_SERVICE", "SUCCEEDED", timedelta(1)),
            "OPERATION_IN_PROGRESS",
            "it is OPERATION_IN_PROGRESS",
        ),
    ],
)
def test_settings_are_unknown_while_anything_goes_on(
    backstage: Backstage, arn: str, newest: Operation, status: str, because: str
) -> None:
    """
    What runs now may not be what stays; App Runner's status tells of a change before its history does.
    """
    backstage.cloud(lambda cloud: operating(newest)(cloud).serving(status=status))
    with pytest.raises(ProbeError, match=because):
        backstage.look(ServiceSettings(arn))


@pytest.mark.parametrize(
    "newest",
    [
        (Operation("START_DEPLOYMENT", "ROLLBACK_SUCCEEDED", timedelta(minutes=9)),),
        (Operation("START_DEPLOYMENT", "FAILED", timedelta(minutes=9)),),
        (
            Operation("UPDATE_SERVICE", "SUCCEEDED", timedelta(minutes=5)),
            Operation("UPDATE_SERVICE", "FAILED", timedelta(minutes=9)),
        ),
        (Operation("PAUSE_SERVICE", "FAILED", timedelta(minutes=9)),),
    ],
    ids=["deployed again in vain", "failed to deploy again", "repaired", "failed to pause"],
)
def test_settings_are_known_where_their_last_change_succeeded(
    backstage: Backstage, arn: str, newest: tuple[Operation, ...]
) -> None:
    """
    To deploy the same again changes no setting, whatever becomes of it; a change that succeeds mends one that failed.
    """
    backstage.cloud(operating(*newest))
    assert backstage.look(ServiceSettings(arn)).values["NODE_ENV"] == "production"


def test_settings_without_a_history_are_unknown(backstage: Backstage, arn: str) -> None:
    """
    Where no change is on record nobody knows whether it took effect; of a service that is not there nothing is set.
    """
    backstage.cloud(lambda cloud: cloud.serving(operations=()))
    with pytest.raises(ProbeError, match="not on record"):
        backstage.look(ServiceSettings(arn))
    assert not backstage.look(ServiceSettings(arn[:-4] + "0000")).names


def test_name_that_is_set_twice_is_seen_twice(backstage: Backstage, arn: str) -> None:
    """
    A plain variable and a secret of the same name are both told.
    """
    backstage.cloud(lambda cloud: cloud.holding("FLAG", "true").wiring(NODE_ENV="FLAG"))
    assert backstage.look(ServiceSettings(arn)).ways("NODE_ENV") == ("plain variable", "secret")


def test_domains_are_all_told(backstage: Backstage, arn: str) -> None:
    """
    More custom domains than one page holds are all told, each with the records of its certificate.
    """
    backstage.cloud(
        lambda cloud: cloud.serving(
            custom_domains=tuple(
                replace(cloud.service.custom_domains[0], name=f"d{number}.example") for number in range(7)
            )
        )
    )
    seen = backstage.look(CustomDomains(arn))
    assert [domain.name for domain in seen.domains] == [f"d{number}.example" for number in range(7)]
    assert all(domain.active and len(domain.validations) == 2 for domain in seen.domains)
    assert seen.target == backstage.environment.aws.default_host


def test_domain_with_a_lost_record_is_not_active(backstage: Backstage, arn: str) -> None:
    """
    A domain that is served today and cannot be renewed counts as no.
    """

    def lose(cloud: Cloud) -> Cloud:
        domain = cloud.service.custom_domains[0]
        lost = replace(domain.records[1], status="FAILED")
        return cloud.serving(custom_domains=(replace(domain, records=(domain.records[0], lost)),))

    backstage.cloud(lose)
    (domain,) = backstage.look(CustomDomains(arn)).domains
    assert (domain.status, domain.active) == ("ACTIVE", False)


@pytest.mark.parametrize(
    ("records", "raised"),
    [
        (("SUCCESS", "SUCCESS"), None),
        (("SUCCESS", "FAILED"), AssertionError),
        ((), NothingExamined),
    ],
    ids=str,
)
def test_domain_is_active_by_its_records(records: tuple[str, ...], raised: type[Exception] | None) -> None:
    """
    That every record was found is true of none at all, which says nothing.
    """
    found = tuple(Validation(f"{number}.getdrop.no", status) for number, status in enumerate(records))
    seen = Domains("App Runner", (Domain("getdrop.no", True, "ACTIVE", found),), "x.awsapprunner.com")
    if raised is None:
        steps.domain_is_active(seen, "getdrop.no", "www.getdrop.no", Remarks())
    else:
        with pytest.raises(raised, match=r"getdrop\.no"):
            steps.domain_is_active(seen, "getdrop.no", "www.getdrop.no", Remarks())
    other = replace(seen, domains=(Domain("drop.example", True, "ACTIVE", ()),))
    with pytest.raises(AssertionError, match="must be ACTIVE"):
        steps.domain_is_active(other, "getdrop.no", "www.getdrop.no", Remarks())


def test_releases_are_the_images_of_commits(backstage: Backstage) -> None:
    """
    A younger image of a pull request is no release; the newest release comes first and carries its tags.
    """
    seen = backstage.look(RepositoryImages("drop-web"))
    assert seen.images[0].tags == ("pr-61",)
    tag = backstage.environment.aws.release_tag
    assert [image.commits(tag) for image in seen.releases(tag)][:1] == [(COMMIT,)]
    assert seen.tagged("production") == seen.of(DIGEST) == seen.releases(tag)[0]


@pytest.mark.parametrize(
    ("release_tag", "tags", "commits"),
    [
        ("(?P<commit>[0-9a-f]{40})", (COMMIT, f"sha-{COMMIT}"), (COMMIT,)),
        ("(?P<commit>[0-9a-f]{40})", (f"sha-{COMMIT}",), ()),
        ("sha-(?P<commit>[0-9a-f]{40})", (f"sha-{COMMIT}", "production"), (COMMIT,)),
        ("sha-(?P<commit>[0-9a-f]{40})", (f"not-sha-{COMMIT}", f"sha-{COMMIT}-dirty"), ()),
        ("(sha-)?(?P<commit>[0-9a-f]{40})", (COMMIT, f"sha-{COMMIT}"), (COMMIT,)),
        ("sha-(?P<commit>[0-9a-f]+)", (f"sha-{COMMIT[:7]}",), ()),
        ("(?P<commit>[0-9a-f]{40})?production", ("production",), ()),
    ],
)
def test_tag_of_a_release_is_the_environments(
    release_tag: str, tags: tuple[str, ...], commits: tuple[str, ...]
) -> None:
    """
    The whole tag must be of its form, the commit in it whole, and one commit is one however many tags name it.
    """
    assert Tagged("sha256:0", tags, datetime(2026, 3, 2, tzinfo=UTC)).commits(release_tag) == commits


def test_images_are_all_told(backstage: Backstage) -> None:
    """
    More images than the first page holds are all told.
    """
    many = tuple(Image(digest_of(str(number)), (), timedelta(days=9, minutes=number)) for number in range(1100))
    backstage.cloud(lambda cloud: replace(cloud, images=(*cloud.images, *many)))
    assert len(backstage.look(RepositoryImages("drop-web")).images) == 1104


def test_missing_repository_is_a_fact(backstage: Backstage) -> None:
    """
    That there is no such repository is told.
    """
    assert not backstage.look(RepositoryImages("drop-webb")).exists


def test_service_built_from_source_is_unreadable() -> None:
    """
    A service that runs no image has its settings elsewhere: nothing is concluded from their absence.
    """
    from golive.probes.apprunner import _description

    with pytest.raises(Unreadable, match="source code"):
        _description({"ServiceArn": "x", "SourceConfiguration": {"CodeRepository": {}}})  # type: ignore[typeddict-item]
