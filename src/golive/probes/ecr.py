"""The images that the service can be deployed from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from golive.probes.absent import NOT_THERE, NoSuchThing
from golive.probes.aws import answers, client, pages
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.type_defs import ImageDetailTypeDef

    from golive.environment import Environment
    from golive.probes.reach import Reach

COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Image:
    """One image; its tags are sorted."""

    digest: str
    tags: tuple[str, ...]
    pushed_at: datetime

    def commits(self, release_tag: str) -> tuple[str, ...]:
        """
        The commits that its tags name, as the environment's *release_tag* finds them in a whole tag.

        CI gives such a tag to every build of the main line, which is what makes a release. What is no whole commit, a
        few digits of one for instance, names none: it might be another one's tomorrow.
        """
        named = (found["commit"] for tag in self.tags if (found := re.fullmatch(release_tag, tag)))
        return tuple(sorted({commit for commit in named if commit and COMMIT.fullmatch(commit)}))


@dataclass(frozen=True, slots=True)
class Images:
    """What a repository holds, newest first."""

    source: str
    exists: bool
    images: tuple[Image, ...]

    def releases(self, release_tag: str) -> tuple[Image, ...]:
        """The images that were built from a commit of the main line, newest first; see `Image.commits`."""
        return tuple(image for image in self.images if image.commits(release_tag))

    def tagged(self, tag: str) -> Image | None:
        """The image that carries *tag*; ECR gives a tag to one image at a time."""
        return next((image for image in self.images if tag in image.tags), None)

    def of(self, digest: str) -> Image | None:
        """The image with *digest*."""
        return next((image for image in self.images if image.digest == digest), None)


@dataclass(frozen=True, slots=True)
class RepositoryImages(Look[Images]):
    """Which images are in *repository*?"""

    repository: str

    @property
    def source(self) -> str:
        """The repository's name."""
        return f"ECR repository {self.repository}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "ecr"

    def control(self, environment: Environment) -> Look[Any]:
        """A repository that is not there."""
        return NoSuchThing("ecr", f"{environment.aws.repository}{NOT_THERE}")

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To list its images."""
        place = f"{environment.aws.region}:{environment.aws.account}"
        return (Permission("iam", "ecr:DescribeImages", f"arn:aws:ecr:{place}:repository/{self.repository}"),)

    def observe(self, reach: Reach) -> Images:
        """All images, tagged or not, through all pages."""
        with answers(self.source):
            ecr: ECRClient = client(reach, "ecr")
            try:
                listed: Iterable[ImageDetailTypeDef] = pages(
                    self.source,
                    ecr.describe_images,
                    "imageDetails",
                    onward="nextToken",
                    registryId=reach.environment.aws.account,
                    repositoryName=self.repository,
                    maxResults=1000,
                )
                found = [
                    Image(
                        digest=one["imageDigest"],
                        tags=tuple(sorted(one.get("imageTags", []))),
                        pushed_at=one["imagePushedAt"].astimezone(UTC),
                    )
                    for one in listed
                ]
            except ecr.exceptions.RepositoryNotFoundException:
                return Images(self.source, False, ())
        return Images(self.source, True, tuple(sorted(found, key=lambda image: image.pushed_at, reverse=True)))
