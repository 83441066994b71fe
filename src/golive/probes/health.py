"""What the service says of its own health."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from golive.probes.http import exchange
from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.web import OfUrl, media_type, text_of

JSON = "application/json"
_WORD = re.compile(r"[\w.+-]{1,80}")


@dataclass(frozen=True, slots=True)
class Reported:
    """
    One report. An answer that is none is told in *wrong*: whoever answers and does not say that it is well, is not.

    The documents know two shapes: all inside `data` (enveloped), with the database's check, and a bare `status`.
    """

    url: str
    http_status: int
    wrong: str = ""  # why this is no report; then nothing below is there
    enveloped: bool = False
    status: str | None = None
    database: str | None = None  # of the enveloped shape alone
    version: str | None = None  # the commit that was built
    uptime_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Health(OfUrl, Look[Reported]):
    """How is the service whose health endpoint is *url*?"""

    def observe(self, reach: Reach) -> Reported:
        """Errors as `web.Page`."""
        reply = exchange(reach, self.url)
        if reply.status != 200:
            return Reported(self.url, reply.status, wrong=f"answered {reply.status}")
        kind = media_type(reply.headers.get("content-type"))
        if kind != JSON:
            return Reported(self.url, reply.status, wrong=f"answered with {kind or 'no kind of content'}, not JSON")
        try:
            said = json.loads(text_of(reply), object_pairs_hook=_once)
        except ValueError as exc:
            return Reported(self.url, reply.status, wrong=f"what it answered cannot be read as JSON: {exc}"[:120])
        return _report(self.url, reply.status, said)


def _report(url: str, http_status: int, said: object) -> Reported:
    if not isinstance(said, dict):
        return Reported(url, http_status, wrong=f"answered a JSON {_kind(said)}, not an object")
    if "data" in said and "status" in said:
        return Reported(url, http_status, wrong="says its status in both shapes at once")
    told = said.get("data", said)
    if not isinstance(told, dict) or not isinstance(told.get("status"), str):
        return Reported(url, http_status, wrong="says no status")
    enveloped = "data" in said
    uptime = told.get("uptime")
    return Reported(
        url,
        http_status,
        enveloped=enveloped,
        status=_word(told["status"]),
        database=_text(told, "checks", "db", "status") if enveloped else None,
        version=_text(told, "version") or _text(told, "commit"),
        uptime_seconds=float(uptime) if isinstance(uptime, int | float) and not isinstance(uptime, bool) else None,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: what a second one would say is anybody's guess (RFC 8259 4)."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _text(said: object, *path: str) -> str | None:
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    return _word(said) if isinstance(said, str) else None


def _word(said: str) -> str:
    """A status or a commit is one word; what is none is not passed on."""
    return said if _WORD.fullmatch(said) else "something that is no word"


def _kind(said: object) -> str:
    return {list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(said), "number")
