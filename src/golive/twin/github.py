"""
A stand-in for GitHub's REST API, as far as it tells whether a commit is on main and what its checks concluded.

A repository that the token may not see is answered as one that does not exist, as GitHub does.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

HOST = "api.github.com"
ADDRESS = "192.0.2.30"

REQUIRED = ("lint", "typecheck", "tests", "e2e", "docker-build")

_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check on one commit; without a conclusion it has not ended."""

    name: str
    started_at: datetime
    conclusion: str | None = "success"
    status: str = "completed"
    app: str = "github-actions"


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository: its main line, oldest commit first, the commits beside it, and what was checked."""

    name: str
    token: str
    main: tuple[str, ...]
    committed_at: datetime
    beside: tuple[str, ...] = ()
    check_runs: Mapping[str, tuple[CheckRun, ...]] = field(default_factory=dict)
    statuses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remaining: int = 4987
    clock_shift: timedelta = timedelta()
    ailment: Ailment = ""
    takes_any_token: bool = False
    delay: float = 0.0


def healthy(commit: str, token: str, now: datetime, name: str = "alai-holding/drop") -> Repository:
    """Main ends in *commit*, whose checks all succeeded; a bot's neutral one stands among them."""
    before = now - timedelta(hours=5)
    runs = tuple(CheckRun(check, before + timedelta(minutes=number)) for number, check in enumerate(REQUIRED))
    noise = CheckRun("dependabot", before, "neutral", app="dependabot")
    parent = hashlib.sha1(commit.encode(), usedforsecurity=False).hexdigest()
    return Repository(name, token, (parent, commit), before, check_runs={commit: (*runs, noise), parent: runs})


class GitHubFace(Front):
    """The API on the wire."""

    def __init__(
        self,
        repository: Callable[[], Repository],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        def mood(_: Door) -> Mood:
            now = repository()
            return Mood(now.ailment, now.delay, now.clock_shift)

        super().__init__(
            {Door(ADDRESS, 443): _Application(repository)},
            mood,
            lambda host: authority.context(pick(certificates(), host, HOST)),
        )


class _Application:
    def __init__(self, repository: Callable[[], Repository]) -> None:
        self._repository = repository
        self._asked = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, repository = Request(scope), self._repository()
        left = max(0, repository.remaining - next(self._asked))
        response = _answer(repository, request, left)
        response.headers["X-RateLimit-Limit"] = str(_LIMIT)
        response.headers["X-RateLimit-Remaining"] = str(left)
        response.headers["X-RateLimit-Reset"] = str(int(time.time()) + 1800)
        response.headers["X-RateLimit-Resource"] = "core"
        await response(scope, receive, send)


def _answer(repository: Repository, request: Request, left: int) -> Response:
    if "user-agent" not in request.headers:
        return _no(403, "Request forbidden by administrative rules. Please make sure it has a User-Agent header.")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    known = token == repository.token or (repository.takes_any_token and token)
    if scheme.lower() not in ("bearer", "token") or not known:
        return _no(401, "Bad credentials" if token else "Requires authentication")
    if left == 0:
        return _no(403, "API rate limit exceeded")
    asked = re.fullmatch(r"/repos/([^/]+/[^/]+)/(commits|compare)/(.+)", request.url.path)
    if request.method != "GET" or asked is None or asked[1].lower() != repository.name.lower():
        return _no(404, "Not Found")
    if asked[2] == "compare":
        return _compare(repository, asked[3])
    ref, _, part = asked[3].partition("/")
    sha = _resolve(repository, ref)
    if sha is None:
        return _no(422, f"No commit found for SHA: {ref}")
    match part:
        case "":
            return _commit(repository, sha, request)
        case "check-runs":
            return _check_runs(repository, sha, request)
        case "status":
            return _status(repository, sha)
    return _no(404, "Not Found")


def _resolve(repository: Repository, ref: str) -> str | None:
    if ref in ("main", "HEAD"):
        return repository.main[-1]
    found = [sha for sha in (*repository.main, *repository.beside) if len(ref) >= 7 and sha.startswith(ref.lower())]
    return found[0] if len(found) == 1 else None


def _commit(repository: Repository, sha: str, request: Request) -> Response:
    if "application/vnd.github.sha" in request.headers.get("accept", ""):
        return PlainTextResponse(sha)
    signed = {"name": "Drop", "email": "drop@example.invalid", "date": _stamp(repository.committed_at)}
    before = repository.main[: repository.main.index(sha)][-1:] if sha in repository.main else repository.main[-1:]
    return JSONResponse(
        {
            "sha": sha,
            "html_url": f"https://github.com/{repository.name}/commit/{sha}",
            "commit": {"message": "Prepare the launch", "author": signed, "committer": signed},
            "parents": [{"sha": parent} for parent in before],
        }
    )


def _check_runs(repository: Repository, sha: str, request: Request) -> Response:
    runs = [_told(repository, sha, number, run) for number, run in enumerate(repository.check_runs.get(sha, ()))]
    if wanted := request.query_params.get("check_name"):
        runs = [run for run in runs if run["name"] == wanted]
    if request.query_params.get("filter", "latest") == "latest":
        runs = list({(run["name"], run["suite"]): run for run in runs}.values())
    page, size = _number(request, "page", 1), min(100, _number(request, "per_page", 30))
    last = max(1, -(-len(runs) // size))
    shown = [
        {key: value for key, value in run.items() if key != "suite"} for run in runs[(page - 1) * size : page * size]
    ]
    response = JSONResponse({"total_count": len(runs), "check_runs": shown})
    beyond = {"prev": page - 1, "first": 1} if page > 1 else {}
    ahead = {"next": page + 1, "last": last} if page < last else {}
    if links := {**beyond, **ahead}:
        response.headers["Link"] = ", ".join(
            f'<{request.url.include_query_params(page=number)}>; rel="{rel}"' for rel, number in links.items()
        )
    return response


def _told(repository: Repository, sha: str, number: int, run: CheckRun) -> dict[str, object]:
    ended = run.status == "completed"
    return {
        "id": 7_000_000_000 + number,
        "name": run.name,
        "suite": run.app,
        "head_sha": sha,
        "status": run.status,
        "conclusion": run.conclusion if ended else None,
        "started_at": _stamp(run.started_at),
        "completed_at": _stamp(run.started_at + timedelta(minutes=4)) if ended else None,
        "html_url": f"https://github.com/{repository.name}/runs/{7_000_000_000 + number}",
        "app": {"slug": run.app},
    }


def _status(repository: Repository, sha: str) -> Response:
    """The older kind of status, which Actions does not write: nobody has said anything, so it is pending."""
    told = repository.statuses.get(sha, {})
    bad = {"failure", "error"} & set(told.values())
    state = "failure" if bad else "success" if told and set(told.values()) == {"success"} else "pending"
    listed = [{"context": context, "state": state} for context, state in told.items()]
    return JSONResponse({"state": state, "sha": sha, "total_count": len(listed), "statuses": listed})


def _compare(repository: Repository, refs: str) -> Response:
    base, dots, head = refs.partition("...")
    here, there = _resolve(repository, base), _resolve(repository, head)
    if not dots or here is None or there is None:
        return _no(404, "Not Found")
    mine, theirs = _history(repository, here), _history(repository, there)
    ahead, behind = len(theirs - mine), len(mine - theirs)
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind", (True, True): "diverged"}
    return JSONResponse(
        {
            "status": status[ahead > 0, behind > 0],
            "ahead_by": ahead,
            "behind_by": behind,
            "total_commits": ahead,
            "base_commit": {"sha": here},
        }
    )


def _history(repository: Repository, sha: str) -> frozenset[str]:
    """A commit beside the main line left it at its first commit."""
    if sha in repository.main:
        return frozenset(repository.main[: repository.main.index(sha) + 1])
    return frozenset((repository.main[0], sha))


def _number(request: Request, name: str, otherwise: int) -> int:
    said = request.query_params.get(name, "")
    return max(1, int(said)) if said.isdecimal() else otherwise


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _no(status: int, message: str) -> Response:
    return JSONResponse({"message": message, "documentation_url": "https://docs.github.com/rest"}, status)
