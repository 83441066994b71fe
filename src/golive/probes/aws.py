"""AWS, to be read and not to be written: one session for the run, one client for each service.

Where the shell or a shared file would lead elsewhere, nothing follows: endpoints are the region's own (or the twin's),
credentials are those that the environment file names, proxies and authorities are said and not found.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from golive.errors import Denied, GoLiveError, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    import boto3
    from types_boto3_sts import STSClient

    from golive.environment import Environment
    from golive.probes.reach import Reach

# Everything that the gate may ever ask. `GetSecretValue` besides needs the environment's `read_secret_values`.
READ_ONLY: Mapping[str, frozenset[str]] = {
    "apprunner": frozenset({"DescribeCustomDomains", "DescribeService", "DescribeVpcConnector", "ListOperations"}),
    "cloudfront": frozenset({"GetDistribution"}),
    "cloudwatch": frozenset({"GetMetricData"}),
    "ec2": frozenset({"DescribeSecurityGroups", "GetManagedPrefixListEntries"}),
    "ecr": frozenset({"DescribeImages"}),
    "iam": frozenset({"SimulatePrincipalPolicy"}),  # asks what somebody may do, and does nothing
    "logs": frozenset({"FilterLogEvents"}),
    "rds": frozenset({"DescribeDBInstances", "DescribeDBSnapshots"}),
    "secretsmanager": frozenset({"DescribeSecret", "GetSecretValue"}),
    "sts": frozenset({"GetCallerIdentity"}),
}

# What an act may ask besides, and only inside of `acting`.
ACTS: Mapping[str, frozenset[str]] = {"rds": frozenset({"CreateDBSnapshot"})}
# These belong to no region; their names are the same everywhere.
GLOBAL = frozenset({"cloudfront.amazonaws.com", "iam.amazonaws.com"})

# "Not you" and "not now" in the words of the several services; some of them say either with status 400.
_NOT_YOU = re.compile(
    r"AccessDenied(Exception)?|AuthFailure|AuthorizationError|DecryptionFailure|ExpiredToken(Exception)?"
    r"|IncompleteSignature|InvalidClientTokenId|InvalidSignatureException|MissingAuthenticationToken(Exception)?"
    r"|NotAuthorized|OptInRequired|RequestExpired|SignatureDoesNotMatch|UnauthorizedOperation|UnrecognizedClientException"
)
SKEW = timedelta(minutes=2)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,80}")
_NOT_NOW = re.compile(
    r"\w*Thrott\w+|BandwidthLimitExceeded|LimitExceededException|PriorRequestNotComplete|RequestLimitExceeded|SlowDown"
    r"|TooManyRequestsException"
)


class Undeclared(GoLiveError):
    """Our own mistake: a probe asked AWS for what `READ_ONLY` does not declare. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are."""

    account: str
    arn: str
    clock: datetime | None = None  # AWS's own, as its answer carries it


@dataclass(frozen=True, slots=True)
class Caller(Look[Identity]):
    """Who are we to AWS?"""

    @property
    def source(self) -> str:
        """The service's name."""
        return "AWS STS"

    @property
    def host(self) -> str:
        """The service."""
        return "sts"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The credentials; the action is allowed to everybody, and named so that the policy tells every call."""
        keys = environment.aws.credentials
        held = (keys.access_key_id, keys.secret_access_key, keys.session_token) if keys else ()
        tokens = tuple(
            Permission("token", one.variable, "credentials of the role that reads AWS") for one in held if one
        )
        return (Permission("iam", "sts:GetCallerIdentity", "*"), *tokens)

    def control(self, environment: Environment) -> Look[Any]:  # noqa: ARG002  # of a look
        """A call that nobody signed."""
        from golive.probes.absent import UnsignedCaller  # which asks by this module

        return UnsignedCaller()

    def observe(self, reach: Reach) -> Identity:
        """Ask STS, which needs no permission."""
        with answers(self.source):
            sts: STSClient = client(reach, "sts")
            said = sts.get_caller_identity()
            return Identity(said["Account"], said["Arn"], _date(said))


def _date(said: Mapping[str, Any]) -> datetime | None:
    """When AWS says that it answered; None where it says nothing that is a date."""
    try:
        return parsedate_to_datetime(said["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def client(reach: Reach, service: str) -> Any:
    """The run's client for *service*, a key of `READ_ONLY`; to be used inside `answers`."""
    return reach.shared("aws", lambda: _Clients(reach)).of(service)


def prepare_clients(reach: Reach, services: Iterable[str]) -> None:
    """Make the clients for *services* beforehand; what keeps one from being made is said by the look that needs it."""
    for service in services:
        with suppress(ProbeError), answers(service):
            client(reach, service)


@contextmanager
def acting(service: str, operation: str) -> Iterator[None]:
    """Inside the block *operation*, one of `ACTS`, may be sent, for which the operator's consent was asked before."""
    token = _ACTING.set((service, operation))
    try:
        yield
    finally:
        _ACTING.reset(token)


_ACTING: ContextVar[tuple[str, str] | None] = ContextVar("acting", default=None)


@contextmanager
def unsigned() -> Iterator[None]:
    """Inside the block questions to STS bear no signature."""
    token = _UNSIGNED.set(True)
    try:
        yield
    finally:
        _UNSIGNED.reset(token)


_UNSIGNED: ContextVar[bool] = ContextVar("unsigned", default=False)


@contextmanager
def answers(target: str) -> Iterator[None]:
    """
    What botocore raises inside the block, as a ProbeError about *target*.

    A code for "there is no such thing" is a fact: the probe catches it inside the block. An answer without a member
    that the service always gives (KeyError) is not an answer.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        HTTPClientError,
        IncompleteReadError,
        NoCredentialsError,
        ParamValidationError,
        ProfileNotFound,
        SSLError,
    )
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.parsers import ResponseParserError

    # Without the cause: its traceback leads through frames that hold what the service said.
    try:
        yield
    except ClientError as exc:
        raise _refusal(target, exc) from None
    except SSLError as exc:
        raise Untrusted(target, str(exc)) from None
    except (HTTPClientError, IncompleteReadError, NoConnection) as exc:
        raise Unreachable(target, str(exc)) from None
    except ResponseParserError:
        raise Unreadable(target, "what came is not in the format of AWS") from None
    except ParamValidationError:
        raise
    except BotoCoreError as exc:  # what is left: credentials that are missing, incomplete or cannot be fetched
        # Whoever was to fetch them may have been told more than is good to repeat.
        told = str(exc) if isinstance(exc, (NoCredentialsError, ProfileNotFound)) else type(exc).__name__
        raise Denied(target, f"no usable credentials: {told}") from None
    except KeyError as exc:
        raise Unreadable(target, f"the answer lacks {exc}") from None


def code(exc: Exception) -> str:
    """The error code of a ClientError: "ResourceNotFoundException"; "" for what is no word."""
    response: Mapping[str, Any] = getattr(exc, "response", {})
    said = str(response.get("Error", {}).get("Code", ""))
    return said if _CODE.fullmatch(said) else ""


def pages(
    target: str, call: Callable[..., Any], key: str, /, onward: str = "NextToken", **arguments: object
) -> Iterator[Any]:
    """
    What *call* lists under *key*, through all of its pages; *onward* names the member that leads to the next one.

    Unreadable where a page leads to itself.
    """
    seen: set[str] = set()
    while True:
        page = call(**arguments)
        yield from page[key]
        following = page.get(onward)
        if not following:
            return
        if following in seen:
            raise Unreadable(target, "its pages lead in a circle")
        seen.add(following)
        arguments[onward] = following


def _refusal(target: str, exc: Any) -> Exception:
    said, status = code(exc), exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    words = f"{exc.operation_name} was answered {said or 'with an error without a code'}"
    if _NOT_NOW.fullmatch(said) or status >= 500:
        return Overloaded(target, words)
    if _NOT_YOU.fullmatch(said) or status in (401, 403):
        there, here = _date(exc.response), datetime.now(UTC)
        # AWS refuses what is signed by a clock some minutes off, in words that name the signature.
        if there is not None and abs(here - there) > SKEW:
            words += f"; this machine's clock says {here:%Y-%m-%d %H:%M}, and AWS's {there:%Y-%m-%d %H:%M} UTC: set it"
        return Denied(target, words)
    return Unreadable(target, words)


class _Clients:
    """The clients of one run; safe to use from many threads."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._environment = reach.environment
        self._session: boto3.Session | None = None
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()  # a session makes one client at a time; a client serves every thread

    def of(self, service: str) -> Any:
        """The client for *service*."""
        if service not in READ_ONLY:
            raise Undeclared(f"{service} is not declared in READ_ONLY")
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        endpoint = self._reach.endpoint(service)
        if self._environment.rehearsal and endpoint is None:
            raise Unreachable(service, "the twin has no such service")
        network = self._environment.network
        if self._session is None:
            self._session = self._open()
        # boto3's stubs want each service as a literal.
        return self._session.client(  # type: ignore[call-overload]
            service,
            endpoint_url=endpoint,
            verify=str(self._reach.trust),
            config=Config(  # type: ignore[call-arg]  # the stubs lack ignore_configured_endpoint_urls
                connect_timeout=network.answer_seconds,
                read_timeout=network.answer_seconds,
                retries={"total_max_attempts": 1, "mode": "standard"},  # the observatory asks again
                max_pool_connections=max(network.per_host, 10),
                proxies={},
                ignore_configured_endpoint_urls=True,
                use_fips_endpoint=False,
                use_dualstack_endpoint=False,
                inject_host_prefix=False,
                user_agent_extra="golive",
            ),
        )

    def _open(self) -> boto3.Session:
        import boto3
        import botocore.session

        aws = self._environment.aws
        # A variable's place is (key in the shared file, name in the shell, value, conversion): said, and not found.
        said: dict[str, tuple[None, None, str | None, None]] = {
            "ca_bundle": (None, None, None, None),
            "data_path": (None, None, None, None),
            "sts_regional_endpoints": (None, None, "regional", None),
        }
        if aws.credentials is None:
            bare = botocore.session.Session(profile=aws.profile, session_vars=said)
            session = boto3.Session(region_name=aws.region, botocore_session=bare)
        else:
            said |= {
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
            keys, token = aws.credentials, aws.credentials.session_token
            session = boto3.Session(
                aws_access_key_id=self._reach.secret(keys.access_key_id, "AWS"),
                aws_secret_access_key=self._reach.secret(keys.secret_access_key, "AWS"),
                aws_session_token=self._reach.secret(token, "AWS") if token else None,
                region_name=aws.region,
                botocore_session=botocore.session.Session(session_vars=said),
            )
        session.events.register("before-call", self._refuse_undeclared)
        session.events.register("choose-signer.sts", lambda **_: botocore.UNSIGNED if _UNSIGNED.get() else None)
        session.events.register("before-send", self._refuse_elsewhere)
        session.events.register("before-send", lambda **_: self._hold(session))
        return session

    def _hold(self, session: boto3.Session) -> None:
        """Credentials that boto3 found for itself, and fetches anew when they lapse, are secrets of the run too."""
        found = session.get_credentials()
        if found is not None:
            keys = found.get_frozen_credentials()
            for name, text in (("AWS_SECRET_ACCESS_KEY", keys.secret_key), ("AWS_SESSION_TOKEN", keys.token)):
                if text:
                    self._reach.hold(name, text)

    def _refuse_undeclared(self, model: Any, **_: object) -> None:
        service, operation = model.service_model.service_name, model.name
        declared = READ_ONLY.get(service, frozenset())
        if _ACTING.get() == (service, operation):
            declared |= ACTS.get(service, frozenset())
        if operation not in declared:
            raise Undeclared(f"{service}:{operation} is not declared in READ_ONLY")
        if operation == "GetSecretValue" and not self._environment.aws.read_secret_values:
            raise Undeclared(f"{service}:{operation} needs read_secret_values in the environment file")
        self._reach.called.add(f"{service}:{operation}")

    def _refuse_elsewhere(self, request: Any, **_: object) -> None:
        there = urlsplit(request.url)
        if self._environment.rehearsal:
            right = there.hostname == "127.0.0.1"
        else:
            suffix = f".{self._environment.aws.region}.amazonaws.com"
            host = there.hostname or ""
            right = there.scheme == "https" and (host.endswith(suffix) or host in GLOBAL) and there.port in (None, 443)
        if not right:
            raise Denied(str(there.hostname), "this is not where AWS answers for this environment")
