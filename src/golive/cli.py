"""The `golive` command: thin; every verb is also reachable as a function."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from golive.errors import GoLiveError
from golive.runbook import load_inventory, write_lock

HOME = Path(__file__).parents[2]
WRONG_USAGE = 4


class _Group(click.Group):
    """Our own errors are one sentence and exit status 4."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GoLiveError as exc:
            click.echo(f"golive: {exc}", err=True)
            sys.exit(WRONG_USAGE)


@click.group(cls=_Group)
def main() -> None:
    """The go-live gate of Drop."""


@main.command()
@click.option("--lock", is_flag=True, help="Renew the digests in features/checklist.lock.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def items(lock: bool, as_json: bool) -> None:
    """The checklist: every item, who owns it, when it is due."""
    if lock:
        changed = write_lock(HOME / "features")
        click.echo(f"features/checklist.lock: {changed} digest{'s' * (changed != 1)} changed")
        return
    rows = [
        {
            "item": item.id,
            "due": item.due,
            "severity": item.severity,
            "how": "+".join(item.how),
            "pending": "+".join(item.pending),
            "owner": item.owner,
            "demand": item.demand,
        }
        for item in load_inventory(HOME / "features").item
    ]
    _show(rows, as_json)
    if not as_json:
        done = sum(row["pending"] != row["how"] for row in rows)
        click.echo(f"{done} of {len(rows)} items transcribed")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def faults(as_json: bool) -> None:
    """The ways to break the twin, and what each turns."""
    from golive.twin.faults import FAULTS

    if as_json:
        _show([_fault_row(name) for name in sorted(FAULTS)], True)
        return
    for name in sorted(FAULTS):
        fault = FAULTS[name]
        click.echo(f"{name}\n    {fault.sentence}")
        for what in ("unmet", "unknown", "unsigned", "waived"):
            ids = getattr(fault, what)
            if ids:
                click.echo(f"    {what}: {', '.join(ids)}")
        if fault.stops:
            click.echo("    stops the run: this is another target")
    click.echo(f"{len(FAULTS)} faults; break the twin with: pytest -m golive --fault NAME")


@main.command()
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Break it; may be given more than once.")
@click.option("--json", "as_json", is_flag=True, help="Print how to reach it as JSON.")
def twin(names: Sequence[str], as_json: bool) -> None:
    """Keep the twin up for use by hand, until Ctrl-C."""
    from golive.twin.byhand import keep_up

    keep_up(names, as_json=as_json)


@main.command()
def schema() -> None:
    """The JSON Schema of record.json, as docs/record.schema.json holds it."""
    from golive.record import Record

    click.echo(json.dumps(Record.model_json_schema(by_alias=True), indent=1))


def _fault_row(name: str) -> dict[str, object]:
    from golive.twin.faults import FAULTS

    fault = FAULTS[name]
    return {
        "fault": name,
        "sentence": fault.sentence,
        "unmet": list(fault.unmet),
        "unknown": list(fault.unknown),
        "unsigned": list(fault.unsigned),
        "waived": list(fault.waived),
        "stops": fault.stops,
    }


def _show(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    """*rows* as JSON, or in columns of which the last may be long."""
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    if not rows:
        return
    names = list(rows[0])
    widths = {name: max(len(str(row[name])) for row in [dict(zip(names, names, strict=True)), *rows]) for name in names}
    for row in [dict(zip(names, names, strict=True)), *rows]:
        click.echo("  ".join(str(row[name]).ljust(widths[name]) for name in names).rstrip())
