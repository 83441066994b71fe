"""What the gate says on the terminal: progress while it looks, then the items, then the verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from rich.console import Console
from rich.text import Text

from golive.record import Decision, Finding, History, Record, Status, acts_of, what_became

MARKS = {
    Status.MET: ("✓", "green"),
    Status.UNMET: ("✗", "bold red"),
    Status.UNKNOWN: ("?", "bold yellow"),
    Status.UNSIGNED: ("✎", "bold yellow"),
    Status.WAIVED: ("~", "yellow"),
    Status.NOT_DUE: ("·", "dim"),
    Status.NOT_APPLICABLE: ("-", "dim"),
}


class Terminal:
    """Plain lines where nobody watches, a live bar where somebody does."""

    def __init__(self, console: Console | None = None) -> None:
        # Highlighting off: what is printed is data from outside, and never markup.
        self.console = console or Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
        # Names of the secrets in a line; a run that holds some puts its own search here.
        self.secrets_in: Callable[[str], Sequence[str]] = lambda _: ()

    @classmethod
    def beside(cls, document: bool) -> Terminal:
        """One that leaves standard output to a *document* that is to be printed."""
        return cls(Console(file=sys.stderr, highlight=False, markup=False, soft_wrap=True)) if document else cls()

    def say(self, line: str, style: str | None = None) -> None:
        """Print one line; one that holds a secret is not printed, and the secret's name is."""
        self._print(Text(line, style=style or ""))

    def _print(self, line: Text) -> None:
        if names := self.secrets_in(line.plain):
            line = Text(f"withheld: this line holds {', '.join(names)}", style="bold red")
        self.console.print(line)

    @contextmanager
    def looking(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """Show how many of how many looks are answered."""
        if self.console.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            with Progress(*columns, console=self.console, transient=True) as bar:
                task = bar.add_task(what, total=None)
                yield lambda count, total: bar.update(task, completed=count, total=total)
            return
        quarters: set[int] = set()

        def plainly(count: int, total: int) -> None:
            quarter = 4 * count // total
            if quarter not in quarters:
                quarters.add(quarter)
                # Not searched for secrets: two numbers hold none, and the looks wait for this thread.
                self.console.print(f"{what}: {count} of {total}")

        yield plainly

    def items(self, record: Record) -> None:
        """The items by section with a mark each."""
        for section, findings in groupby(record.findings, key=lambda finding: finding.section):
            shown = list(findings)
            self.say("")
            self.say(f"{section} {shown[0].section_title}", "bold")
            for finding in shown:
                self._item(finding)

    def _item(self, finding: Finding) -> None:
        mark, style = MARKS[finding.status]
        line = Text("  ").append(mark, style=style).append(f" {finding.item:<9} {finding.title}")
        if finding.status is not Status.MET:
            line.append(f"  [{finding.status}]", style=style)
        self._print(line)
        for warning in finding.warnings:
            self.say(f"      warning: {warning}", "yellow")

    def verdict(self, record: Record, report: str | None) -> None:
        """The verdict, what holds the launch, and where the report is."""
        verdict = record.verdict
        style = {Decision.GO: "bold green", Decision.NO_GO: "bold red", Decision.PARTIAL: "bold yellow"}[verdict.status]
        self.against(record)
        self.say(verdict.line, style)
        if verdict.status is Decision.GO:
            self.say(
                ("opens nothing; the same in production opens: " if record.rehearsal else f"{record.phase} opens: ")
                + verdict.opens
            )
        for later in verdict.later:
            when = f"{later.due:%Y-%m-%d %H:%M} UTC" if later.due else "at an hour that launch_at does not say yet"
            self.say(f"not yet judged: {later.phase}, {when}: {later.opens} ({later.items} items)", "dim")
        for item, seen in acts_of(record):
            self.say(f"acted for {item} at {seen.at:%H:%M:%S} UTC: {seen.act}; {what_became(seen)}", "bold yellow")
        if record.history is not None:
            self._since(record, record.history)
        if record.run.ignored:
            self.say(f"ignored from this shell: {', '.join(record.run.ignored)}", "dim")
        if report:
            self.say(f"report: {report}")

    def _since(self, record: Record, history: History) -> None:
        """In a line each: what changed since the last run, and since the approved one."""
        gated = "a later change" if record.profile == "change" else record.phase
        if history.last is None:
            self.say(f"since the last run: there is no earlier one of {gated} in {record.environment}", "dim")
        for name, against in (("last", history.last), ("last approved", history.approved)):
            if against is not None:
                self.say(f"since the {name} run ({against.ended:%Y-%m-%d %H:%M} UTC, {against.status}): {against.said}")
        for unread in history.unread:
            self.say(f"an earlier run cannot be compared: {unread}", "dim")

    def against(self, record: Record) -> None:
        """What holds the launch, and what else speaks against the run."""
        verdict = record.verdict
        holding = [finding for finding in record.findings if finding.item in verdict.holding]
        self.say("")
        same: dict[str, list[Finding]] = {}
        for finding in holding:
            same.setdefault(finding.reason, []).append(finding)
        for reason, findings in same.items():
            self._held(reason, findings)
        for paper in record.records:
            if paper.why and paper.file not in " ".join(verdict.reasons):
                self.say(f"  {paper.file} has no effect: {paper.why}", "yellow")
        for reason in verdict.reasons[: len(verdict.reasons) - len(holding)]:
            self.say(f"  ! {reason}", "bold red")

    def _held(self, reason: str, findings: list[Finding]) -> None:
        first = findings[0]
        mark, style = MARKS[first.status]
        if len(findings) > 3:
            names = ", ".join(finding.item for finding in findings)
            self.say(f"{mark} {len(findings)} items {first.status}: {names}", style)
            self.say(f"    seen:  {reason}")
            self.say(f"    owner: {', '.join(dict.fromkeys(finding.owner for finding in findings))}")
            for remedy in [first.remedy] if len({finding.remedy for finding in findings}) == 1 else []:
                self.say(f"    to do: {remedy}")
            return
        for finding in findings:
            self.say(f"{mark} {finding.item} {finding.title}  [{finding.severity}, {finding.status}]", style)
            self.say(f"    seen:  {finding.reason}")
            self.say(f"    owner: {finding.owner}")
            self.say(f"    to do: {finding.remedy}")
