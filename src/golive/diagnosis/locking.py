"""The lock of the causes: nobody changes by accident what points to a cause, or how it is ranked."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from golive.diagnosis.papers import Cause, load_runbooks
from golive.errors import SetupError
from golive.runbook import Scenario, is_cause, read_scenarios

LOCK = "diagnosis/causes.lock"  # below features/


def digest(cause: Cause, scenario: Scenario | None) -> str:
    """
    SHA-256 over what decides when *cause* is pointed to, and its rank: scenario, prior, what hides it.

    "" for one without a scenario, which no lock can hold.
    """
    if scenario is None:
        return ""
    said = [scenario.digest(), cause.prior, cause.hidden_by]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_causes_lock(features: Path) -> dict[str, str]:
    """The locked digests; none where there is no lock; SetupError where it cannot be read."""
    path = features / LOCK
    if not path.is_file():
        return {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SetupError(f"{features.name}/{LOCK}: cannot be read: {exc}") from exc
    return {str(name): str(value) for name, value in said.items()}


def altered(causes: Mapping[str, Cause], scenarios: Iterable[Scenario], lock: Mapping[str, str]) -> tuple[str, ...]:
    """Those of *causes* that are not as *lock* holds them, in order."""
    written = {scenario.item: scenario for scenario in scenarios}
    now = {name: digest(cause, written.get(name)) for name, cause in causes.items()}
    return tuple(name for name, value in now.items() if not value or lock.get(name) != value)


def write_causes_lock(features: Path) -> int:
    """Renew the digests of all causes; returns how many changed. SetupError where one has not exactly one scenario."""
    causes = {name: cause for runbook in load_runbooks(features).values() for name, cause in runbook.causes.items()}
    everything, wrong = read_scenarios(features)
    scenarios = [scenario for scenario in everything if is_cause(scenario.item)]
    names = [scenario.item for scenario in scenarios]
    wrong += [f"{name} has {names.count(name)} scenarios" for name in causes if names.count(name) != 1]
    if wrong:
        raise SetupError("; ".join(wrong))
    written = {scenario.item: scenario for scenario in scenarios}
    now = {name: digest(cause, written[name]) for name, cause in causes.items()}
    held = read_causes_lock(features)
    head = (
        "# A digest for each cause (its scenario, its prior, what hides it); `golive items --lock` renews it.\n"
        "# Reviewers read the diff: a line that changes is a cause that is told otherwise.\n"
    )
    lines = [f'{name} = "{value}"\n' for name, value in now.items()]
    (features / LOCK).write_text(head + "".join(lines), encoding="utf-8")
    return sum(held.get(name) != value for name, value in now.items())
