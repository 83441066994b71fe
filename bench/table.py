"""The figures: medians and what follows from them, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

Unit = Literal["wall", "cpu", "memory"]


@dataclass(frozen=True, slots=True)
class Part:
    """Some contestant's median, added to or divided by something known."""

    contestant: str
    unit: Unit = "wall"
    plus: float = 0.0
    per: float = 1.0

    def value(self, runs: Mapping[str, Sequence[Mapping[str, float]]]) -> float:
        """From *runs*: what was measured of each contestant."""
        return median(run[self.unit] for run in runs[self.contestant]) / self.per + self.plus


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the table: a quotient, or where *under* is None a plain number."""

    name: str
    row: str
    over: Part | float
    under: Part | float | None = None
    at_most: float | None = None
    at_least: float | None = None
    unit: str = ""
    source: str = "measured here"

    def value(self, runs: Mapping[str, Sequence[Mapping[str, float]]]) -> float:
        """The figure, from the medians."""
        over, under = (
            part.value(runs) if isinstance(part, Part) else part
            for part in (self.over, 1.0 if self.under is None else self.under)
        )
        return over / under

    def holds(self, value: float) -> bool | None:
        """Whether *value* is what was aimed at; None where nothing was."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    @property
    def aim(self) -> str:
        """What it should be, for people."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}{self.unit}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}{self.unit}"


@dataclass(slots=True)
class Results:
    """Everything that a run of the benchmark found."""

    machine: Mapping[str, str]
    when: str
    loads: dict[str, tuple[float, float]] = field(default_factory=dict)  # of the machine, before and after each row
    runs: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "machine": dict(self.machine),
            "when": self.when,
            "loads": {name: list(load) for name, load in self.loads.items()},
            "figures": [self._figure(figure) for figure in self.figures],
            "runs": {
                name: {
                    "repetitions": len(runs),
                    **{unit: _spread([run[unit] for run in runs]) for unit in ("wall", "cpu", "memory")},
                }
                for name, runs in self.runs.items()
            },
            "notes": self.notes,
        }

    def _figure(self, figure: Figure) -> dict[str, Any]:
        value = figure.value(self.runs)
        return {
            "figure": figure.name,
            "row": figure.row,
            "value": round(value, 3),
            "unit": figure.unit.strip(),
            "aim": figure.aim,
            "holds": figure.holds(value),
            "source": figure.source,
        }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": round(median(values), 3), "min": round(min(values), 3), "max": round(max(values), 3)}


MARKS = {True: "✓", False: "✗", None: ""}


def render(said: Mapping[str, Any]) -> str:
    """The results as Markdown; *said* is what `Results.to_json` gave."""
    lines = [", ".join(f"{name} {value}" for name, value in said["machine"].items()), ""]
    loads = ", ".join(f"{name} {before:g} to {after:g}" for name, (before, after) in said["loads"].items())
    lines[0] = f"{said['when']}. {lines[0]}."
    lines += [f"Load of the machine (its own share is about 1; more is somebody else's): {loads}.", ""]
    lines += ["| figure | value | aim | | source |", "|---|---|---|---|---|"]
    for figure in said["figures"]:
        value = f"{figure['value']:.4g}{' ' * bool(figure['unit'])}{figure['unit']}"
        lines.append(
            f"| {figure['figure']} | {value} | {figure['aim']} | {MARKS[figure['holds']]} | {figure['source']} |"
        )
    lines += ["", "| what ran | wall s: median (min to max) | CPU s | peak MB | times |", "|---|---|---|---|---|"]
    for name, run in said["runs"].items():
        wall, cpu, memory = run["wall"], run["cpu"]["median"], run["memory"]["median"]
        told = f"{wall['median']:.2f} ({wall['min']:.2f} to {wall['max']:.2f})"
        lines.append(f"| {name} | {told} | {cpu:.2f} | {memory:.0f} | {run['repetitions']} |")
    return "\n".join([*lines, "", *(f"- {note}" for note in said["notes"])]).rstrip() + "\n"
