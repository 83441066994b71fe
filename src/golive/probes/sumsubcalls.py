"""
Calls of Sumsub's API, signed as it demands, and its answers, read as it writes them.

https://docs.sumsub.com/reference/authentication
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from golive.errors import Denied, Overloaded, ProbeError, Unreadable
from golive.probes.http import Reply, exchange

if TYPE_CHECKING:
    from golive.probes.reach import Reach


SUMSUB = "Sumsub"

# How a token begins, which is the environment that it is of.
Mark = Literal["prd:", "sbx:", ""]
MARKS: Mapping[str, Mark] = {"production": "prd:", "sandbox": "sbx:"}

_TOO_OLD = "app-token-request-expired"
_ERROR_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")


class Camel(BaseModel):
    """What Sumsub writes: its members are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class _Error(Camel):
    code: int
    description: str
    error_name: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a call is signed with."""

    token: str = field(repr=False)
    secret: str = field(repr=False)


def own(reach: Reach) -> Credentials:
    """The gate's own; Denied where its token is of another environment, which sees another account's data."""
    sumsub = reach.environment.sumsub
    token = reach.secret(sumsub.token, SUMSUB)
    if not token.startswith(MARKS[sumsub.environment]):
        raise Denied(SUMSUB, f"the token in {sumsub.token.variable} is not of the {sumsub.environment}")
    return Credentials(token, reach.secret(sumsub.key, SUMSUB))


def signature(secret: str, ts: str, method: str, path: str, body: bytes = b"") -> str:
    """HMAC-SHA256 over timestamp, method in capitals, path with query, and body; in small hexadecimal letters."""
    return hmac.new(secret.encode(), f"{ts}{method}{path}".encode() + body, hashlib.sha256).hexdigest()


def call(reach: Reach, by: Credentials, path: str) -> Reply:
    """
    A signed GET. Overloaded: a 5xx. Denied: 403. A 401 is handed on, unless it is about the hour.
    """
    url, ts = f"https://{reach.environment.sumsub.host}{path}", str(int(time.time()))
    reply = exchange(
        reach,
        url,
        headers={
            "X-App-Token": by.token,
            "X-App-Access-Ts": ts,
            "X-App-Access-Sig": signature(by.secret, ts, "GET", path),
            "Accept": "application/json",
        },
    )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Overloaded(url, f"Sumsub answered {reply.status}", status=reply.status)
    if reply.status == HTTPStatus.FORBIDDEN:
        raise Denied(
            url,
            "Sumsub answered 403: the token lacks a permission, or our address is not on its list",
            status=reply.status,
        )
    if reply.status == HTTPStatus.UNAUTHORIZED and named(reply) == _TOO_OLD:
        raise ProbeError(url, "Sumsub finds the call out of time: this machine's clock and Sumsub's differ")
    return reply


def as_gate(reach: Reach, path: str) -> Reply:
    """A call with the gate's own token, which Sumsub must take."""
    reply = call(reach, own(reach), path)
    if reply.status == HTTPStatus.UNAUTHORIZED:
        why = named(reply) or "without a name for the reason"
        raise Denied(reply.url, f"Sumsub refuses the gate's token for this ({why}), or it is of the other environment")
    return reply


def named(reply: Reply) -> str:
    """Sumsub's name for the error; "" where it gave none. Unreadable where this is no error of Sumsub's."""
    try:
        name = _Error.model_validate_json(reply.body).error_name or ""
    except ValidationError as exc:
        raise Unreadable(reply.url, f"answered {reply.status}, and not as Sumsub does") from exc
    return name if _ERROR_NAME.fullmatch(name) else ""


def word(said: str | None) -> str:
    """A word of Sumsub's own lists; "" for what is none."""
    return said if said and _WORD.fullmatch(said) else ""
