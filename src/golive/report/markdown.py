"""The first screen as Markdown: for a chat, a pull request, a job's summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from golive.markdown import plain
from golive.record import Record
from golive.report.screen import OpenItem, Screen, screen_of
from golive.report.story import Story
from golive.report.words import short

NOTE = (
    "What this text cannot say: it is the first screen, without steps and evidence, and anybody can have changed it. "
    "Nobody signs it and nothing is admitted by it: record.json and manifest.json are for that."
)
# GitHub takes no longer comment than 65,536 characters; somebody may want to say something above it.
LONGEST_COMMENT = 60_000
SHORTENED = "Sentences are shortened, so that this fits into a comment; report.html has the whole of them."


def verdict_markdown(record: Record) -> str:
    """The first screen of *record*; where it would be too long for a comment, its sentences are shortened."""
    screen = screen_of(record)
    text = _rendered(screen)
    for longest in (200, 100, 50):
        if len(text) <= LONGEST_COMMENT:
            break
        text = _rendered(_shortened(screen, longest), SHORTENED)
    return text


def _rendered(screen: Screen, *notes: str) -> str:
    return "\n".join((*_lines(screen), *(f"\n_{note}_" for note in (*notes, NOTE)))) + "\n"


def _shortened(screen: Screen, longest: int) -> Screen:
    """*screen* with every item still in it, and no sentence about one longer than *longest*."""

    def cut(lines: Iterable[str]) -> tuple[str, ...]:
        return tuple(short(line, longest) for line in lines)

    return replace(
        screen,
        acts=cut(screen.acts),
        against=cut(screen.against),
        open_items=tuple(
            replace(
                row, title=short(row.title, longest), seen=short(row.seen, longest), remedy=short(row.remedy, longest)
            )
            for row in screen.open_items
        ),
        limits=tuple(replace(limit, lines=cut(limit.lines)) for limit in screen.limits),
    )


def _lines(screen: Screen) -> Iterator[str]:
    yield f"# {plain(f'{screen.status} {screen.rest}')}"
    yield ""
    yield f"**{plain(screen.opens)}**"
    yield ""
    yield f"**{plain(screen.next)}**"
    yield ""
    yield from (f"- {plain(fact.name)}: {plain(fact.value)}" for fact in screen.facts)
    if screen.acts:
        yield from ("", f"## What this run has changed or sent: {len(screen.acts)}", "")
        yield from (f"- {plain(act)}" for act in screen.acts)
    if screen.against:
        yield from ("", "## Against this run", "")
        yield from (f"- {plain(reason)}" for reason in screen.against)
    if screen.open_items:
        yield from ("", f"## What holds the launch: {len(screen.open_items)}", "")
        for shared in screen.shared:
            yield from (f"{shared.items} of them for one reason: {plain(shared.reason)}", "")
        yield "| Item | Severity | What was seen | Owner | What to do |"
        yield "|---|---|---|---|---|"
        yield from map(_row, screen.open_items)
    if screen.story is not None:
        yield from _story(screen.story)
    yield from ("", "## Approval", "", "| Role | Who | Signed | How |", "|---|---|---|---|")
    for row in screen.approvals.rows:
        who = "; ".join(filter(None, (", or ".join(row.people), *row.lacking)))
        yield f"| {row.role} | {plain(who)} | not yet | {plain(row.command)} |"
    yield ""
    yield from (f"- {plain(note)}" for note in screen.approvals.notes)
    yield f"- Who has signed since: {plain(screen.approvals.verify)}"
    yield from ("", "## What this report does not prove")
    for limit in screen.limits:
        yield from ("", f"### {plain(limit.heading)}", "")
        yield from (f"- {plain(line)}" for line in limit.lines)
    if not screen.limits:
        yield from ("", "Nothing is left out: every item was due and judged.")
    for table in screen.tables:
        yield from ("", f"## {plain(table.heading)}", "")
        yield f"| {' | '.join(map(plain, table.head))} |"
        yield "|---" * len(table.head) + "|"
        yield from (f"| {' | '.join(map(plain, row))} |" for row in table.rows)


def _story(story: Story) -> Iterator[str]:
    for since in story.since:
        yield from ("", f"## {plain(since.heading)}: {plain(since.said)}", "", plain(since.against), "")
        for row in since.rows:
            what = f"{row.item} {row.title}".strip()
            before, after = row.before or "nothing", row.after or "nothing"
            yield f"- {plain(f'{what}: {row.kind}. Before: {before}. Now: {after}')}"
    for said in (*story.missing, *story.unread):
        yield from ("", plain(said))


def _row(row: OpenItem) -> str:
    cells = (f"{row.item} {row.title}", f"{row.severity}, {row.status}", row.seen, row.owner, row.remedy)
    return f"| {' | '.join(map(plain, cells))} |"
