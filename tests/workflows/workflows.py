"""The workflows as they are written: their files, jobs and steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from tests.gate.conftest import HOME

FOLDER = HOME / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
WORKFLOWS: dict[str, dict[Any, Any]] = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for workflow in WORKFLOWS.values():
        yield from workflow["jobs"].items()


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, workflow in WORKFLOWS.items():
        for job in workflow["jobs"].values():
            yield from ((name, step) for step in job.get("steps", ()))


def step(file: str, name: str) -> dict[str, Any]:
    [found] = [each for where, each in steps() if where == file and each.get("name") == name]
    return found
