"""The commit that runs, and what its checks concluded; read by way of the image, whose tag CI made from the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel

from golive.errors import CannotTell, Denied, Overloaded, ProbeError, Unreadable
from golive.probes.absent import Nothing
from golive.probes.apprunner import RunningService
from golive.probes.ecr import RepositoryImages
from golive.probes.http import Reply, exchange, formed
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach


NO_TOKEN = "ghs_0123456789abcdefABCDEF0123456789abcd"  # noqa: S105  # nobody's
_MANY = 50  # runs in a page, so that a page stays below the limit of `exchange`


class _App(BaseModel):
    slug: str


class _Run(BaseModel):
    name: str
    status: str
    conclusion: str | None
    app: _App | None


class _Page(BaseModel):
    total_count: int
    check_runs: tuple[_Run, ...]


class _Commit(BaseModel):
    sha: str


class _Comparison(BaseModel):
    status: Literal["ahead", "behind", "diverged", "identical"]
    base_commit: _Commit


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check of one commit."""

    name: str
    status: str  # "completed", or how far it is
    conclusion: str | None  # "success"; None until it is completed
    app: str  # whose check it is: "github-actions"


@dataclass(frozen=True, slots=True)
class Runs:
    """The newest run of each check of a commit; *exists* says whether the repository has the commit."""

    commit: str
    exists: bool
    runs: tuple[CheckRun, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a commit stands to a branch."""

    branch: str
    head: str  # the branch's newest commit
    contained: bool  # whether the commit is on the branch


@dataclass(frozen=True, slots=True)
class Checks:
    """The commit that runs, its checks, and whether it is on the branch; no place where the commit is unknown."""

    source: str
    commit: str
    digest: str
    exists: bool
    runs: tuple[CheckRun, ...]
    place: Place | None

    def of(self, patterns: Sequence[str]) -> tuple[CheckRun, ...]:
        """The runs whose names one of *patterns* matches (fnmatch), of whatever app."""
        return tuple(run for run in self.runs if any(fnmatchcase(run.name, pattern) for pattern in patterns))


@dataclass(frozen=True, slots=True)
class _OfCommit:
    repository: str
    commit: str

    @property
    def source(self) -> str:
        """The commit, as GitHub names it."""
        return f"github.com/{self.repository}@{self.commit}"

    @property
    def host(self) -> str:
        """Where GitHub is asked."""
        return "github"

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A token that nobody issued."""
        return StrangeToken(self.repository)


@dataclass(frozen=True, slots=True)
class StrangeToken(Look[Nothing]):
    """The control of GitHub: a token that nobody issued must not be let in to *repository*."""

    repository: str

    @property
    def source(self) -> str:
        """The repository."""
        return f"github.com/{self.repository}, asked with a wrong token"

    @property
    def host(self) -> str:
        """Where GitHub is asked."""
        return "github"

    def observe(self, reach: Reach) -> Nothing:
        """CannotTell where it is let in."""
        github = reach.environment.github
        url = f"https://{github.host}/repos/{self.repository}/commits/{github.branch}"
        reply = exchange(reach, url, headers={"Authorization": f"Bearer {NO_TOKEN}"})
        if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return Nothing(self.source)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Overloaded(url, f"GitHub answered {reply.status}", status=reply.status)
        raise CannotTell(self.source, f"it was answered {reply.status}, and must be refused (401)")


@dataclass(frozen=True, slots=True)
class CommitRuns(_OfCommit, Look[Runs]):
    """What did the checks of *commit* conclude?"""

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To read checks."""
        return (Permission("token", environment.github.token.variable, f"checks: read on {self.repository}"),)

    def observe(self, reach: Reach) -> Runs:
        """The newest run of each check, through all pages."""
        found: list[CheckRun] = []
        page, total = 1, 1
        while len(found) < total:
            path = f"commits/{self.commit}/check-runs?filter=latest&per_page={_MANY}&page={page}"
            reply = _ask(reach, self.repository, path)
            if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                return Runs(self.commit, False, ())
            said = formed(reply, _Page, "GitHub")
            page, total = page + 1, said.total_count
            found += [
                CheckRun(run.name, run.status, run.conclusion, run.app.slug if run.app else "")
                for run in said.check_runs
            ]
            if not said.check_runs and len(found) < total:
                raise Unreadable(self.source, f"GitHub counts {total} check runs and lists {len(found)}")
        return Runs(self.commit, True, tuple(sorted(found, key=lambda run: (run.name, run.app))))


@dataclass(frozen=True, slots=True)
class CommitPlace(_OfCommit, Look[Place]):
    """Is *commit* on *branch*, and where is the branch now?"""

    branch: str

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To compare commits."""
        return (Permission("token", environment.github.token.variable, f"contents: read on {self.repository}"),)

    def observe(self, reach: Reach) -> Place:
        """By one comparison: a commit that is not ahead of the branch is on it."""
        path = f"compare/{quote(self.branch, safe='')}...{self.commit}"
        said = formed(_ask(reach, self.repository, path), _Comparison, "GitHub")
        return Place(self.branch, said.base_commit.sha, said.status in ("behind", "identical"))


@dataclass(frozen=True, slots=True)
class RunningCommitChecks(Look[Checks]):
    """What did the checks of the commit that runs conclude, and is it on *branch*?"""

    service_arn: str
    images: str  # the repository of images
    repository: str  # the repository of the source
    branch: str

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """What the service, its images and GitHub need; which commit it is does not matter for that."""
        looks: tuple[Look[object], ...] = (
            RunningService(self.service_arn),
            RepositoryImages(self.images),
            CommitRuns(self.repository, ""),
            CommitPlace(self.repository, "", self.branch),
        )
        return tuple(permission for look in looks for permission in look.permissions(environment))

    @property
    def source(self) -> str:
        """The repository of the source."""
        return f"github.com/{self.repository}"

    @property
    def host(self) -> str:
        """Where GitHub is asked."""
        return "github"

    def observe(self, reach: Reach) -> Checks:
        """ProbeError where it cannot be known which commit runs."""
        digest, commit = _running_commit(reach, self.service_arn, self.images)
        looks: list[Look[Runs] | Look[Place]] = [
            CommitRuns(self.repository, commit),
            CommitPlace(self.repository, commit, self.branch),
        ]
        runs, place = reach.ask_each(looks)
        if isinstance(runs, Runs) and not runs.exists:
            return Checks(self.source, commit, digest, False, (), None)
        if isinstance(runs, ProbeError):
            raise runs
        if isinstance(place, ProbeError):
            raise place
        assert isinstance(runs, Runs), "asked for in this order"
        assert isinstance(place, Place), "asked for in this order"
        return Checks(self.source, commit, digest, True, runs.runs, place)


def _running_commit(reach: Reach, service_arn: str, repository: str) -> tuple[str, str]:
    """Digest and commit of the image that runs."""
    service, images = reach.ask_both(RunningService(service_arn), RepositoryImages(repository))
    digest = service.running_digest()
    image = images.of(digest)
    if image is None:
        raise ProbeError(digest, f"the image that runs is not in {images.source}, so its commit is not known")
    commits = image.commits(reach.environment.aws.release_tag)
    if len(commits) != 1:
        raise ProbeError(
            digest, f"the tags of the image that runs name {len(commits)} commits (aws.release_tag); one is needed"
        )
    return digest, commits[0]


def _ask(reach: Reach, repository: str, path: str) -> Reply:
    """One question to GitHub about *repository*; a status that says nothing of the commit is raised."""
    github = reach.environment.github
    url = f"https://{github.host}/repos/{repository}/{path}"
    token = reach.secret(github.token, url)
    reply = exchange(
        reach,
        url,
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    spent = reply.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in reply.headers
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or (reply.status == HTTPStatus.FORBIDDEN and spent):
        raise Overloaded(url, f"GitHub answered {reply.status}")
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        raise Denied(url, f"GitHub answered {reply.status}: the token cannot see this, or it is not there")
    return reply
