"""The same sentences for plain pytest-bdd, as they are written today: a step looks when the run gets there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, then

from bench import looks
from golive.environment import load
from golive.probes.certificate import Served
from golive.probes.look import Look
from golive.probes.names import Issuers
from golive.probes.reach import Reach
from golive.probes.web import Answer
from golive.twin.process import detour_from


@pytest.fixture(scope="session")
def reach(pytestconfig: pytest.Config) -> Reach:
    """Shared by all scenarios, so that names and contexts cost once here too."""
    detour = detour_from(json.loads(Path(os.environ["BENCH_WAY"]).read_text(encoding="utf-8")))

    def ask(look: Look[Any]) -> Any:
        return look.observe(way)

    way = Reach(load("rehearsal", pytestconfig.rootpath), detour, ask)
    return way


@given(parsers.parse(looks.PAGE), target_fixture="page")
def page(reach: Reach, host: str, path: str) -> Answer:
    return looks.look_at_page(host, path).observe(reach)


@given(parsers.parse(looks.NAME), target_fixture="issuers")
def name(reach: Reach, name: str) -> Issuers:
    return looks.look_at_name(name).observe(reach)


@given(parsers.parse(looks.HANDSHAKE), target_fixture="served")
def certificate(reach: Reach, host: str) -> Served:
    return looks.look_at_certificate(host).observe(reach)


then(parsers.parse(looks.ANSWERED))(looks.answered)
then(parsers.parse(looks.PROMISED))(looks.promised)
then(parsers.parse(looks.ISSUED))(looks.issued)
then(parsers.parse(looks.RESTRICTED))(looks.restricted)
then(parsers.parse(looks.TRUSTED))(looks.trusted)
then(parsers.parse(looks.COVERED))(looks.covered)
