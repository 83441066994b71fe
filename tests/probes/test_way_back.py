"""The image to go back to: what ran before the candidate, whether or not that is deployed yet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from golive.environment import Environment
from golive.errors import ProbeError
from golive.probes.apprunner import Service
from golive.probes.ecr import Image, Images
from golive.remarks import Remarks
from steps.rollback import previous_image_is_kept

OLDER, CANDIDATE, UNTAGGED = ("sha256:" + digit * 64 for digit in "123")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def judge(environment: Environment, previous: str, running: str | None, candidate: str | None, *gone: str) -> None:
    """The sentence, of a repository that holds all but what is *gone*."""
    aws = environment.aws.model_copy(update={"previous_digest": previous})
    images = tuple(
        Image(digest, tags, NOW)
        for digest, tags in (
            (environment.aws.previous_digest or "", ("v0.0.9", "a" * 40)),
            (OLDER, ("v0.0.8", "b" * 40)),
            (CANDIDATE, ("v0.1.0", "c" * 40)),
            (UNTAGGED, ("kept",)),
        )
        if digest not in gone
    )
    service = Service("arn", "drop-web", "host", "RUNNING", "image", running, "a tag moves", False, ())
    previous_image_is_kept(
        Images("the repository", True, images),
        service,
        environment.model_copy(update={"aws": aws}),
        candidate,
        Remarks(),
    )


def test_what_runs_is_what_one_goes_back_to_until_the_candidate_is_deployed(environment: Environment) -> None:
    """At T-2h and T-1h, and before every later change, the candidate is named and what runs is the release before."""
    judge(environment, OLDER, OLDER, CANDIDATE)


def test_another_than_the_candidate_is_what_one_goes_back_to_once_it_runs(environment: Environment) -> None:
    """Named or not: nobody sees any more what ran before it, but that it is another release."""
    judge(environment, OLDER, CANDIDATE, CANDIDATE)
    judge(environment, OLDER, CANDIDATE, None)


@pytest.mark.parametrize(
    ("previous", "running", "candidate", "gone", "said"),
    [
        (CANDIDATE, OLDER, CANDIDATE, (), "it is the candidate, so it leads nowhere"),
        (CANDIDATE, CANDIDATE, CANDIDATE, (), "it is the candidate, so it leads nowhere"),
        (CANDIDATE, CANDIDATE, None, (), "it is the candidate, so it leads nowhere"),
        ("sha256:" + "9" * 64, OLDER, CANDIDATE, (), f"{OLDER} runs, and the candidate does not yet"),
        (OLDER, OLDER, CANDIDATE, (OLDER,), "it is not in the repository"),
        (UNTAGGED, UNTAGGED, CANDIDATE, (), "it is no release"),
        (UNTAGGED, CANDIDATE, None, (), "it is no release"),
    ],
)
def test_what_leads_nowhere(
    environment: Environment, previous: str, running: str, candidate: str | None, gone: tuple[str, ...], said: str
) -> None:
    """The candidate itself, a digest that nobody renewed since the last launch, one that is gone, one of no commit."""
    with pytest.raises(AssertionError, match=said):
        judge(environment, previous, running, candidate, *gone)


@pytest.mark.parametrize("candidate", [None, CANDIDATE])
def test_where_nobody_knows_what_runs_nobody_can_say(environment: Environment, candidate: str | None) -> None:
    """A tag is configured instead of a digest: unknown, and not unmet."""
    with pytest.raises(ProbeError, match="which image runs cannot be known"):
        judge(environment, OLDER, None, candidate)
