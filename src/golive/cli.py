"""The `golive` command: thin; every verb is also reachable as a function."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from golive.errors import GoLiveError, SetupError
from golive.office import Office
from golive.records import Kind
from golive.runbook import as_markdown, load_inventory, read_features, write_lock
from golive.standing import VERBS

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
        except click.UsageError as exc:
            exc.exit_code = WRONG_USAGE  # type: ignore[misc]  # click's own is 2, which here means interrupted
            raise


@click.group(cls=_Group)
def main() -> None:
    """The go-live gate of Drop."""


@main.command()
@click.option("--lock", is_flag=True, help="Renew the digests of the items and of the causes of failures.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def items(lock: bool, as_json: bool) -> None:
    """The checklist: every item, who owns it, when it is due."""
    features = _home() / "features"
    if lock:
        from golive.diagnosis.locking import LOCK, write_causes_lock

        for name, write in (("checklist.lock", write_lock), (LOCK, write_causes_lock)):
            changed = write(features)
            click.echo(f"features/{name}: {changed} digest{'s' * (changed != 1)} changed")
        return
    rows = [
        {
            "item": item.id,
            "due": item.due,
            "severity": item.severity,
            "how": "+".join(item.how),
            "owner": item.owner,
            "demand": item.demand,
        }
        for item in load_inventory(features).item
    ]
    _show(rows, as_json)
    if not as_json:
        done = len({scenario.item for scenario in read_features(features)[0]})
        click.echo(f"{done} of {len(rows)} items transcribed")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print the table of docs/decisions.md.")
def contradictions(as_json: bool, markdown: bool) -> None:
    """Where the documents contradict each other, what the gate does, and who must decide."""
    inventory = load_inventory(_home() / "features")
    if markdown:
        click.echo(as_markdown(inventory), nl=False)
        return
    rows = [
        {
            "number": row.number,
            "settled": row.settled,
            "decides": ", ".join(row.decides),
            "matter": row.matter,
            "items": ", ".join(inventory.depend_on(row.number)),
        }
        for row in inventory.contradiction
    ]
    if as_json:
        whole = [row.model_dump() for row in inventory.contradiction]
        _show([{**row, "items": inventory.depend_on(row["number"])} for row in whole], True)
        return
    _show([{**row, "settled": row["settled"] or "open"} for row in rows], False)
    click.echo(f"{sum(not row['settled'] for row in rows)} of {len(rows)} contradictions are open")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def faults(as_json: bool) -> None:
    """The ways to break the twin, and what each turns at the gate, or which cause a diagnosis must find."""
    from golive.faultlist import lines, rows

    inventory = load_inventory(_home() / "features")
    if as_json:
        _show(rows(inventory), True)
        return
    for line in lines(inventory):
        click.echo(line)


@main.command()
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Break it; may be given more than once.")
@click.option("--json", "as_json", is_flag=True, help="Print how to reach it as JSON.")
def twin(names: Sequence[str], as_json: bool) -> None:
    """Keep the twin up for use by hand, until Ctrl-C."""
    from golive.twin.byhand import keep_up

    keep_up(names, as_json=as_json)


_Option = Callable[[Callable[..., None]], Callable[..., None]]
_SUBJECT: list[_Option] = [
    click.option("--image-digest", metavar="sha256:…", help="The image it speaks of (default: of the last run)."),
    click.option("--configuration", metavar="SHA256", help="The configuration (default: of the last run)."),
]


def _making(kind: Kind) -> Callable[[Callable[..., None]], click.Command]:
    """The options of the commands by which a person puts something on record."""
    options: list[_Option] = [
        click.argument("item"),
        click.option("--env", "environment", required=True, metavar="NAME", help="The environment it speaks of."),
        click.option("--by", metavar="NAME", help="Who signs, as the environment file names people."),
        click.option("--expires", metavar="WHEN", help="Until when it stands: 7d, or 2026-03-09."),
        click.option("--key", metavar="FILE", help="The SSH key to sign with; a .pub where an agent holds the key."),
        click.option("--yes", is_flag=True, help="Ask nothing; what is not said is an error."),
    ]
    if kind != "attestation":
        options.append(click.option("--reason", metavar="TEXT", help="Why."))
    if kind == "waiver":
        options.append(click.option("--asked-by", metavar="NAME", help="Who asks for it: not who approves it."))
        options.append(click.option("--found", metavar="TEXT", help="What was seen (default: by the last run)."))
    else:
        options.append(click.option("--evidence", multiple=True, metavar="FILE", help="A file that shows it."))
    if kind == "attestation":
        options += _SUBJECT

    def declare(command: Callable[..., None]) -> click.Command:
        for option in reversed(options):
            command = option(command)
        return main.command(name=VERBS[kind])(command)

    return declare


@_making("attestation")
def attest(item: str, environment: str, **flags: Any) -> None:
    """Sign that an item holds: shows the words, asks for evidence, writes and signs the record."""
    _make("attestation", item, environment, flags)


@_making("waiver")
def waive(item: str, environment: str, **flags: Any) -> None:
    """Permit the launch although an item does not hold; signed by the approver, never for a blocker."""
    _make("waiver", item, environment, flags)


@_making("not-applicable")
def not_applicable(item: str, environment: str, **flags: Any) -> None:
    """Record that an item makes no sense for this launch, where the checklist allows that."""
    _make("not-applicable", item, environment, flags)


def _make(kind: Kind, item: str, environment: str, flags: dict[str, Any]) -> None:
    from golive.conversation import Flags, converse

    office = Office.open(_home(), environment, datetime.now(UTC))
    if not converse(office, kind, item, Flags(**flags), _Person()):
        sys.exit(1)


class _Person:
    """Whoever sits at the terminal."""

    def say(self, text: str) -> None:
        click.echo(text)

    def ask(self, question: str, default: str | None) -> str:
        return str(click.prompt(question, default=default, show_default=default != ""))

    def confirm(self, question: str) -> bool:
        return click.confirm(question)

    def ask_secret(self, question: str) -> str:
        return str(click.prompt(question, hide_input=True))


@main.command()
@click.option("--env", "environment", required=True, metavar="NAME", help="The environment.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_SUBJECT[0]
@_SUBJECT[1]
def records(environment: str, as_json: bool, image_digest: str | None, configuration: str | None) -> None:
    """What people put on record: what stands and until when, what has no effect and why, what is still to be signed."""
    from golive.office import listing

    office = Office.open(_home(), environment, datetime.now(UTC))
    told = listing(office, office.subject(image_digest, configuration))
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for name, rows in told.items():
        click.echo(f"{name}: {'none' if not rows else len(rows)}")
        _show(rows, False)


@main.command()
@click.option("--env", "environment", default="rehearsal", show_default=True, metavar="NAME", help="The environment.")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Break the rehearsal; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--policy", "what", flag_value="policy", help="Print the least IAM policy, and nothing else.")
@click.option("--sql", "what", flag_value="sql", help="Print the SQL that makes the role that can only SELECT.")
@click.option("--scopes", "what", flag_value="scopes", help="Print the variables, and the scopes of their tokens.")
def doctor(environment: str, names: Sequence[str], as_json: bool, what: str | None) -> None:
    """Before the first live run: what is missing, for which items, what to grant. Exit status 1 while anything is."""
    from golive.doctor import Doctor
    from golive.prescription import told

    visit = Doctor(_home(), environment, names)
    try:
        if what is not None:
            said = getattr(visit, what)()
            if visit.left_out:
                click.echo(f"open in the file, and so left out: {', '.join(visit.left_out)}", err=True)
            click.echo(said if isinstance(said, str) else json.dumps(said, indent=2, ensure_ascii=False))
            return
        found = visit.examine()
        if as_json:
            grants = {"policy": visit.policy(), "sql": visit.sql(), "scopes": visit.scopes()}
            click.echo(json.dumps({**found.to_json(), **grants}, indent=1, ensure_ascii=False))
        else:
            click.echo("\n".join(told(found)))
    finally:
        visit.close()
    sys.exit(0 if found.well else 1)


@main.command(context_settings={"max_content_width": 120})
@click.argument("runbook")
@click.option("--since", metavar="WHEN", help="When it began: 12m (ago), 1h30m, or 2026-11-23T12:05Z (default: 15m).")
@click.option("--env", "environment", default="rehearsal", show_default=True, metavar="NAME", help="The environment.")
@click.option("--incident", is_flag=True, help="Write the incident's file as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Break the rehearsal; may be repeated.")
@click.option("--delay", type=float, metavar="S", help="Let each answer of the rehearsal's twin take S seconds.")
@click.option("--reports", metavar="DIR", help="Write elsewhere than to reports/.")
def diagnose(runbook: str, names: Sequence[str], as_json: bool, incident: bool, **flags: Any) -> None:
    """Which cause is it? Ranks the causes of a failure RUNBOOK by what is seen now, and says what to do.

    Changes nothing. Exit status 0: nothing points to a cause, and everything was seen. 1: a cause, or not to be told.
    """
    import pytest

    from golive.diagnosis.selecting import DIAGNOSE, known

    home = _home()
    if runbook not in (there := known(home / "features")):
        raise SetupError(f"there is no failure runbook {runbook!r}; there are: {', '.join(there) or 'none'}")
    said = {"since": flags["since"], "env": flags["environment"], "delay": flags["delay"], "reports": flags["reports"]}
    arguments = [f"--{name}={value}" for name, value in said.items() if value is not None]
    arguments += [f"--fault={name}" for name in names]
    arguments += [name for name, wanted in (("--json", as_json), ("--incident", incident)) if wanted]
    with contextlib.chdir(home):
        sys.exit(int(pytest.main(["-m", DIAGNOSE + runbook, "--no-summary", "-q", *arguments])))


@main.command()
@click.argument("name")
def key(name: str) -> None:
    """A key for a person of the rehearsal, made on the spot; for a live environment use ssh-keygen and a review."""
    from golive.signing import make_key

    click.echo(f"{make_key(_home(), name)} and its .pub: what {name} signs in the rehearsal now counts")


@main.command()
@click.option("--role", type=click.Choice(["author", "reviewer", "approver"]), required=True, help="As what.")
@click.option("--run", "folder", metavar="FOLDER", help="The run to sign (default: reports/latest).")
@click.option("--as", "person", metavar="PERSON", help="Who signs (default: the only one who has the role).")
@click.option("--key", metavar="FILE", help="The SSH key to sign with; a .pub where an agent holds the key.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--decline", is_flag=True, help="Put on record that you do not agree.")
@click.option("--reason", metavar="TEXT", help="Why you decline.")
def sign(folder: str | None, **flags: Any) -> None:
    """Sign a run: shows what is signed, and asks. Author, reviewer and approver sign once each, in any order."""
    from golive.signing import Flags, sign_run
    from golive.verification import run_folder

    home = _home()
    if not sign_run(home, run_folder(_run(home, folder)), Flags(**flags), _Person(), datetime.now(UTC)):
        sys.exit(1)


@main.command()
@click.argument("folder", metavar="RUN", required=False)
@click.option("--environment", metavar="NAME|FILE", help="Whose keys count (default: the run's own environment).")
@click.option("--unsigned", is_flag=True, help="Look at the bytes alone: exit status 0 also where a role is missing.")
def verify(folder: str | None, environment: str | None, unsigned: bool) -> None:
    """Offline: is every byte of RUN as it was signed, and by whom? Exit status 0 only where it is, by all three."""
    from golive.verification import told, verify_run

    home = _home()
    found = verify_run(home, _run(home, folder), environment, datetime.now(UTC))
    click.echo("\n".join(told(found)))
    sys.exit(0 if found.signed or (unsigned and found.sound) else 1)


@main.command()
@click.option("--environment", required=True, metavar="NAME|FILE", help="Whose keys.")
def signers(environment: str) -> None:
    """Who may sign with which key, as `ssh-keygen -Y verify -f` reads it."""
    from golive.verification import signers_file

    click.echo(signers_file(_home(), environment), nl=False)


@main.command()
@click.option("--to", type=click.Choice(["deploy", "open"]), required=True, help="What is to be done.")
@click.option("--digest", required=True, metavar="sha256:…", help="The image with which.")
@click.option("--environment", required=True, metavar="NAME", help="Where.")
@click.option("--run", "folder", metavar="FOLDER", help="The signed run (default: reports/latest).")
@click.option("--profile", type=click.Choice(["launch", "change"]), default="launch", show_default=True)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME", help="Break the rehearsal's twin since it was signed."
)
def admit(folder: str | None, faults: Sequence[str], **wanted: Any) -> None:
    """May it be done now? Exit status 0 only for a fresh GO that all three signed, in a world that did not change."""
    from golive.admission import Wanted, admit, told
    from golive.verification import run_folder

    home = _home()
    asked = Wanted(folder=run_folder(_run(home, folder)), faults=tuple(faults), **wanted)
    found = admit(home, asked, datetime.now(UTC))
    click.echo("\n".join(told(found, asked)))
    sys.exit(1 if found.refusals else 0)


def _run(home: Path, folder: str | None) -> Path:
    return Path(folder) if folder is not None else home / "reports" / "latest"


@main.command()
@click.option("--diagnosis", is_flag=True, help="Of diagnosis.json instead (docs/diagnosis.schema.json).")
def schema(diagnosis: bool) -> None:
    """The JSON Schema of record.json, as docs/record.schema.json holds it."""
    from golive.diagnosis.document import Diagnosis
    from golive.record import Record

    click.echo(json.dumps((Diagnosis if diagnosis else Record).model_json_schema(by_alias=True), indent=1))


@main.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The private SSH key.")
@click.option(
    "--output",
    default="statement.dsse.json",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default=True,
    help="Where it goes.",
)
def statement(run: Path, key: Path, output: Path) -> None:
    """A run's statement in a signed envelope (in-toto, DSSE); into an envelope that is there the signature is added."""
    from golive.envelope import seal

    click.echo(seal(run, key, output, _Person().ask_secret))


def _home() -> Path:
    """The project: where we stand, or else where this package belongs."""
    here = Path.cwd()
    return here if (here / "environments").is_dir() and (here / "features").is_dir() else HOME


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
