"""What the service says of its own health."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from golive.probes.look import Look
from golive.probes.reach import Reach
from golive.probes.web import OfUrl, Page

JSON = "application/json"


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
        page = reach.ask(Page(self.url))
        if page.status != 200:
            return Reported(self.url, page.status, wrong=f"answered {page.status}")
        if page.kind != JSON:
            return Reported(self.url, page.status, wrong=f"answered with {page.kind or 'no kind of content'}, not JSON")
        try:
            said = json.loads(page.text, object_pairs_hook=_once)
        except ValueError as exc:
            return Reported(self.url, page.status, wrong=f"what it answered cannot be read as JSON: {exc}"[:120])
        return _report(self.url, page.status, said)


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
        status=told["status"],
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
    return said if isinstance(said, str) else None


def _kind(said: object) -> str:
    return {list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(said), "number")
