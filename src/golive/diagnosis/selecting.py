"""Gate or diagnosis? Each is a run of its own, with options of its own."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from golive.errors import SetupError

DIAGNOSE = "diagnose_"  # before the runbook's name, in the feature's tag and in -m
# As one types it → as the document is called.
NAMES = {
    "aisp": "aisp-balance",
    "bankid": "bankid",
    "pisp": "pisp-payment",
    "kyc": "sumsub-kyc",
    "swan": "swan-outage",
}
_ITS_OWN = ("since", "incident", "json")
_OF_THE_GATE = ("act", "partial", "digest")


def runbook_of(
    option: Namespace, selected: Sequence[str], runbooks: Mapping[str, str], uncollected: Sequence[str]
) -> str:
    """
    The runbook that is diagnosed where the scenarios *selected* are run, "" for the gate.

    *runbooks* tells of which runbook each scenario is that is a cause; *uncollected* says which features cannot be
    read. SetupError where both are selected.
    """
    chosen = sorted({runbooks[node] for node in selected if node in runbooks})
    if not (chosen or (DIAGNOSE in option.markexpr and not selected)):
        return ""
    if uncollected:
        raise SetupError("; ".join(uncollected))
    if len(chosen) != 1 or not all(node in runbooks for node in selected):
        every = ", ".join(DIAGNOSE + name for name in sorted(set(runbooks.values())))
        raise SetupError(
            f"the gate and each diagnosis are runs of their own: say which with -m (golive, or one of {every})"
        )
    if chosen[0] not in NAMES:
        raise SetupError(f"@{DIAGNOSE}{chosen[0]} names no failure runbook; there are: {', '.join(NAMES)}")
    return chosen[0]


def refuse_options_of_the_other(option: Namespace, runbook: str) -> None:
    """SetupError where the gate (*runbook* "") is given options of a diagnosis, or a diagnosis those of the gate."""
    if not runbook:
        if given := [f"--{name}" for name in _ITS_OWN if getattr(option, name)]:
            raise SetupError(f"only a diagnosis knows {' and '.join(given)}: golive diagnose bankid --since 12m")
        return
    given = [f"--{name}" for name in _OF_THE_GATE if getattr(option, name)]
    given += ["--profile"] if option.profile != "launch" else []
    given += ["--alluredir"] if getattr(option, "allure_report_dir", None) else []
    if given:
        raise SetupError(f"a diagnosis only looks, and opens nothing: leave out {' and '.join(given)}")


def known(features: Path) -> tuple[str, ...]:
    """The runbooks that have a feature, by the tags in *features*."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in features.rglob("*.feature")]
    return tuple(sorted({name for text in texts for name in re.findall(rf"(?<=@){DIAGNOSE}(\S+)", text)}))
