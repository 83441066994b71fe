"""Sentences about what was built into the script that browsers run, beside what the service is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from golive.environment import Environment
from golive.probes.bundle import Built, Bundle
from golive.probes.look import Look
from golive.remarks import Remarks
from golive.vocabulary import judges, looks


class Settings(Protocol):
    """What the service is told: its plain variables, and where that was read."""

    @property
    def values(self) -> Mapping[str, str]: ...

    @property
    def source(self) -> str: ...


@looks("the script that browsers run", target_fixture="script")
def script(environment: Environment) -> Look[Built]:
    return Bundle(environment.site.host)


@judges('browsers are given the same "{name}"')
def browsers_get_the_same(settings: Settings, script: Built, name: str, remarks: Remarks) -> None:
    seen, wanted = script.values.get(name, ()), settings.values.get(name)
    assert wanted is not None and set(seen) <= {wanted}, (  # noqa: PT018  # what is not set agrees with nothing
        f"{name} is {' and '.join(seen) or 'nowhere'} in the scripts of {script.url}, and {wanted or 'not set'} in "
        f"{settings.source}; they must agree, and what is built in changes only with a new build"
    )
    _read(script, [name], remarks)


@judges('browsers are given the same, of all that begin with "{prefix}"')
def browsers_get_all_the_same(settings: Settings, script: Built, prefix: str, remarks: Remarks) -> None:
    names = sorted({name for name in (*script.values, *settings.values) if name.startswith(prefix)})
    remarks.examined(len(names), f"settings that begin with {prefix}")
    differing = [
        f"{name} is {' and '.join(script.values[name])}"
        for name in names
        if not set(script.values.get(name, ())) <= {settings.values.get(name)}
    ]
    assert not differing, (
        f"in the scripts of {script.url}: {'; '.join(differing)}; "
        f"it must be as in {settings.source}, and what is built in changes only with a new build"
    )
    _read(script, names, remarks)


def _read(script: Built, names: Sequence[str], remarks: Remarks) -> None:
    """Say how much of what is built in could be read; a build may write a value in the place of its name."""
    remarks.examined(len(script.scripts), "scripts")
    beside = [name for name in names if name in script.values and name not in script.built_in]
    for gone, why in (
        ([name for name in names if name not in script.values], ""),
        (beside, ", and only what the page hands to them as they start agrees, which is no part of the build"),
    ):
        if gone:
            remarks.warn(
                f"{' and '.join(gone)} cannot be read from the scripts of {script.url}: "
                f"the build replaces the name by its value{why}"
            )
    if script.elsewhere:
        remarks.warn(f"scripts from {', '.join(script.elsewhere)} were not read")
