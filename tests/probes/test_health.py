"""The report on the service's health: read in both shapes, and seen where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.probes.health import Health

from .town import Town, again

HEALTH = "https://getdrop.no/api/health"


def test_health_is_read_in_both_shapes(town: Town) -> None:
    """
    The documents know the report inside `data`, with the database's check, and a bare status.
    """
    enveloped = Health(HEALTH).observe(town.reach())
    assert (enveloped.status, enveloped.database, enveloped.enveloped, enveloped.wrong) == ("ok", "pass", True, "")
    assert enveloped.version is not None
    town.site = replace(town.site, health=replace(town.site.health, enveloped=False))
    bare = Health(HEALTH).observe(town.reach())
    assert (bare.status, bare.database, bare.enveloped) == ("ok", None, False)


@pytest.mark.parametrize(
    "change",
    [
        {"body": ""},
        {"body": "OK"},
        {"body": "[]"},
        {"body": '{"status": true}'},
        {"body": '{"status": "ok", "status": "degraded"}'},
        {"body": '{"status": "ok", "data": {"status": "degraded"}}'},
        {"body": '{"data": []}'},
        {"body": '{"data": {"checks": {"db": {"status": "pass"}}}}'},
        {"body": "<h1>ok</h1>", "content_type": "text/html"},
        {"status_code": 503},
        {"status_code": 204, "body": ""},
        {"content_type": "text/html"},
    ],
)
def test_wrong_report_is_a_value(town: Town, change: dict[str, Any]) -> None:
    """
    A service that answers and does not say that it is well has been seen, and was not well.
    """
    town.site = replace(town.site, health=replace(town.site.health, **change))
    said = Health(HEALTH).observe(town.reach())
    assert said.status is None
    assert said.wrong
    assert again(said) == said
