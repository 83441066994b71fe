"""A generated project in the shape of ours: N scenarios with their inventory and lock, and one way to run them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench import looks
from golive.environment import REHEARSAL
from golive.runbook import write_lock

HOME = Path(__file__).parents[1]
HOSTS = 10  # among which the pages are spread; each host takes as many at once as the environment says
FILES = 20

# What a careful project without the gate would say.
PLAIN = """
[tool.pytest.ini_options]
addopts = ["--disable-plugin-autoload", "-p", "pytest_bdd.plugin"]
strict_markers = true
testpaths = ["features"]
bdd_features_base_dir = "features"
markers = {tags}
"""

# As ours does; last, for bench.way asks for the gate.
OURS = """
import pytest

@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    for name in ("bench.way", "bench.steps"):
        config.pluginmanager.import_plugin(name)
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One generated scenario."""

    item: str
    feature: int
    kind: Literal["page", "name", "certificate"]
    asked: tuple[str, ...]  # host and path, name, or host

    @property
    def sentences(self) -> tuple[str, str, str]:
        """What is looked at, and two judgements of it."""
        match self.kind, self.asked:
            case "page", (host, path):
                return looks.PAGE.format(path=path, host=host), looks.ANSWERED, looks.PROMISED
            case "name", (name,):
                return looks.NAME.format(name=name), looks.ISSUED, looks.RESTRICTED
            case _, (host, *_):
                return looks.HANDSHAKE.format(host=host), looks.TRUSTED, looks.COVERED
        raise AssertionError("every check asks for something")


def checks(count: int) -> list[Check]:
    """A third each of pages, names and certificates, spread over the features."""
    made: list[Check] = []
    files = min(FILES, count)
    for number in range(count):
        feature = number * files // count
        item = f"GL-{feature + 1}.{number + 1}"
        match number % 3:
            case 0:
                host = f"web-{number // 3 % HOSTS}.bench.example"
                made.append(Check(item, feature, "page", (host, f"/{number}")))
            case 1:
                made.append(Check(item, feature, "name", (f"name-{number}.bench.example",)))
            case _:
                made.append(Check(item, feature, "certificate", (f"tls-{number}.bench.example",)))
    return made


def generate(folder: Path, count: int, *, gate: bool) -> None:
    """Write a project of *count* scenarios into *folder*: for the *gate*, or for plain pytest-bdd."""
    made = checks(count)
    features = folder / "features"
    features.mkdir(parents=True)
    for number in sorted({check.feature for check in made}):
        mine = [check for check in made if check.feature == number]
        (features / f"{number:02}.feature").write_text(_feature(number, mine), encoding="utf-8")
    if gate:
        (features / "checklist.toml").write_text(_inventory(made), encoding="utf-8")
        write_lock(features)
    shutil.copy(HOME / "features" / "test_runbook.py", features)
    (folder / "conftest.py").write_text(OURS if gate else 'pytest_plugins = ["bench.onebyone"]\n', encoding="utf-8")
    (folder / "pyproject.toml").write_text(_settings(made, gate), encoding="utf-8")
    environment = folder / "environments" / REHEARSAL
    environment.mkdir(parents=True)
    ours = (HOME / "environments" / REHEARSAL / "environment.toml").read_text(encoding="utf-8")
    hosts = dict.fromkeys(check.asked[0] for check in made if check.kind != "name")
    listed = "".join(f'    "{host}",\n' for host in hosts)
    (environment / "environment.toml").write_text(ours.replace("hosts = [\n", f"hosts = [\n{listed}", 1), "utf-8")
    reports = folder / "reports"
    reports.mkdir()
    (reports / "node_modules").symlink_to(HOME / "reports" / "node_modules", target_is_directory=True)


def _feature(number: int, mine: Sequence[Check]) -> str:
    lines = [f"@section-{number + 1} @T-0 @owner-platform", f"Feature: Part {number + 1}", ""]
    for check in mine:
        lines += [f"  @{check.item} @blocker @auto", f"  Scenario: {check.item} is as it must be"]
        look, one, other = check.sentences
        lines += [f"    Given {look}", f"    Then {one}", f"    And {other}", ""]
    return "\n".join(lines)


def _inventory(made: Sequence[Check]) -> str:
    lines = ['phases = ["T-0"]', "[opens]", '"T-0" = "a benchmark"']
    for number in sorted({check.feature for check in made}):
        lines += ["[[section]]", f'id = "{number + 1}"', f'title = "Part {number + 1}"']
    for check in made:
        lines += [
            "[[item]]",
            f'id = "{check.item}"',
            f'section = "{check.feature + 1}"',
            'demand = "It is as it must be."',
            'how = ["auto"]',
            'due = "T-0"',
            'severity = "blocker"',
            'owner = "platform"',
            'remedy = "Make it so."',
        ]
    return "\n".join(lines) + "\n"


def _settings(made: Sequence[Check], gate: bool) -> str:
    """pytest's settings: ours for the gate, which registers the tags itself; the plain ones with the tags as marks."""
    if gate:
        settings = (HOME / "pyproject.toml").read_text(encoding="utf-8")
        start = settings.index("[tool.pytest.ini_options]")
        return settings[start : settings.index("\n[", start)] + "\n"
    tags = {"T-0", "owner-platform", "blocker", "auto", *(check.item for check in made)}
    tags |= {f"section-{check.feature + 1}" for check in made}
    return PLAIN.format(tags=sorted(tags))
