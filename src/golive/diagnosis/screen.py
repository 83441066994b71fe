"""What the person on call sees first: lines of text, the most needed at the top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from golive.diagnosis.document import CauseFound, Counsel, Diagnosis, Sign, ToDo
from golive.diagnosis.ranking import Conclusion

WIDTH = 180  # characters of what was seen, on the first screen; the files have it whole
# How far in the rest of a long line goes: below what stands behind its first word, or its number.
_INDENT = re.compile(r" *(?:[a-z0-9. ]{1,12}[:.] +)?")
COMMAND = "cyan"  # how a line looks that is to be copied, and so is never folded


@dataclass(frozen=True, slots=True)
class Line:
    """One line and how it looks."""

    text: str
    style: str = ""


def answer(causes: Sequence[CauseFound], reasons: Sequence[str] = ()) -> str:
    """The answer in one sentence; *reasons* are those not to believe all of what was seen."""
    pointed = [cause for cause in causes if cause.conclusion is Conclusion.POINTED]
    untold = [cause for cause in causes if cause.conclusion is Conclusion.CANNOT_TELL]
    if not pointed:
        if untold:
            names = ", ".join(cause.cause for cause in untold)
            return (
                f"Nothing that could be seen points to a cause; {len(untold)} of {len(causes)} cannot be told: {names}"
            )
        if reasons:
            return "Nothing points to a cause, as far as what was seen is to be believed"
        return f"Nothing points to a cause: all {len(causes)} are ruled out"
    first, *others = pointed
    if ties := [cause for cause in others if cause.cause in first.ties]:
        both = " or ".join(f"{cause.cause} ({cause.title})" for cause in (first, *ties))
        return f"It is {both}: nothing tells which comes first{_less([one for one in others if one not in ties])}"
    certain = [cause for cause in others if first.certain and cause.certain]
    also = "".join(f", and {cause.cause} ({cause.title}) as well" for cause in certain)
    less = _less([cause for cause in others if cause not in certain])
    return f"It is {'' if first.certain else 'most likely '}{first.cause}: {first.title}{also}{less}"


def _less(others: Sequence[CauseFound]) -> str:
    """What else is pointed to, and comes behind."""
    return f"; less likely: {', '.join(cause.cause for cause in others)}" if others else ""


def lines(document: Diagnosis, page: str) -> Iterator[Line]:
    """The whole of the terminal's output."""
    counsel = document.counsel
    yield Line("")
    yield Line(document.line, "bold red" if document.of(Conclusion.POINTED) else "bold")
    yield Line(headline(document), "dim")
    for reason in document.reasons:
        yield Line(f"! {reason}", "bold yellow")
    pointed = document.of(Conclusion.POINTED)
    if pointed:
        yield from _signs(pointed[0])
    if not document.quiet:
        for word, sentence in now(counsel):
            yield Line(f"{word + ':':<12}{sentence}", "bold" if word == "by now" else "")
    if pointed:
        yield from (Line(f"tell users: {told}") for told in messages(pointed[0]))
        yield from _remedy(pointed[0], counsel.target_minutes)
    if not document.quiet:
        for step in counsel.for_a_person:
            yield Line(f"yourself:   {step.do}{_aside(step)}")
    for cause in pointed[1:]:
        yield Line(f"also pointed to: {cause.cause} {cause.title}{_tie(cause)}", "bold")
        yield from _signs(cause)
    for cause in document.of(Conclusion.CANNOT_TELL):
        yield Line(f"cannot tell: {cause.cause} {cause.title}", "yellow")
        yield from (Line(f"  {_cut(sentence)}") for sentence in reasons_of(cause))
    if ruled_out := document.of(Conclusion.RULED_OUT):
        yield Line(f"ruled out: {', '.join(f'{cause.cause} {cause.title}' for cause in ruled_out)}", "dim")
    for warning in dict.fromkeys(warning for cause in document.causes for warning in cause.warnings):
        yield Line(f"mind: {_cut(warning)}", "yellow")
    yield Line(f"everything, the messages and the commands to copy: {page}", COMMAND)


def folded(everything: Iterable[Line], width: int, height: int) -> Iterator[Line]:
    """
    *everything* for a terminal of *width* columns and *height* rows: between words, and further in than it began.

    What is to be copied stays on its line. Where the first screen has gone off the top, the answer stands below again.
    """
    rows, first = 0, None
    for line in everything:
        first = first or (line if line.text else None)
        indent = _INDENT.match(line.text)
        parts = [line.text]
        if line.style != COMMAND and indent is not None and len(line.text) > width > 40:
            parts = wrap(
                line.text,
                width,
                subsequent_indent=" " * min(indent.end(), 16),
                break_long_words=False,
                break_on_hyphens=False,
            )
        yield from (Line(part, line.style) for part in parts)
        rows += sum(1 + max(len(part) - 1, 0) // width for part in parts)
    if first is not None and rows > height:
        yield Line(f"above: {first.text}", first.style)


def _signs(cause: CauseFound) -> Iterator[Line]:
    yield from (Line(f"  {shortly(sign)}") for sign in cause.signs)
    yield from (Line(f"  not seen: {_cut(sentence)}", "yellow") for sentence in cause.missing)


def messages(cause: CauseFound, where: str = "in the page") -> Iterator[str]:
    """What users are told: the beginning of each message and *where* the rest is, or that the runbook has none."""
    if cause.advice is None:
        return
    for message in cause.advice.messages:
        case = f", {message.case}" if message.case else ""
        about = message.subject or message.text.splitlines()[0]
        yield f'"{about}" ({message.channel}, {message.language}{case}; the whole text is {where})'
    if cause.advice.no_message:
        yield cause.advice.no_message


def headline(document: Diagnosis) -> str:
    """Which incident this is, since when, and how much of the target time is left."""
    counsel = document.counsel
    left = counsel.target_left
    target = (
        f"{left:.0f} of {counsel.target_minutes} min to repair are left"
        if left >= 0.5
        else f"the {counsel.target_minutes} min to repair are over since {abs(left):.0f} min"
    )
    rehearsal = "REHEARSAL · " if document.rehearsal else ""
    return (
        f"{rehearsal}{counsel.title}, {counsel.severity} · {document.environment} · since "
        f"{document.began:%Y-%m-%d %H:%M} UTC ({counsel.minutes:.0f} min) · {target}"
    )


def shortly(sign: Sign) -> str:
    """One sign on one line."""
    return f"{sign.strength}: {_cut(sign.said)}"


def reasons_of(cause: CauseFound) -> tuple[str, ...]:
    """Why it cannot be told."""
    hidden = (f"hidden as long as {' and '.join(cause.hidden_by)} lasts",) if cause.hidden_by else ()
    return (*hidden, *cause.missing)


def now(counsel: Counsel) -> Iterator[tuple[str, str]]:
    """Who is to be told, when to look again, and which ways around there are: a word and a sentence each."""
    due = [call for call in counsel.calls if call.standing == "due"]
    yield "by now", "; ".join(f"{call.do}{_needs(call.needs)}" for call in due) or "nobody has to be told yet"
    if reached := "; ".join(_reached(counsel, [call.tell for call in due if call.tell])):
        yield "reach", reached
    for call in counsel.calls:
        if call.standing == "perhaps":
            yield "perhaps", f"{call.do}{_needs(call.needs)}: if {call.condition}"
    if later := next((call for call in counsel.calls if call.standing == "later"), None):
        condition = f", if {later.condition}" if later.condition else ""
        yield f"in {later.away:.0f} min", f"{later.do}{condition}"
    if counsel.look_again_in is not None:
        yield "again", f"in {counsel.look_again_in:.0f} min: {counsel.look_again_to}"
    for way in counsel.ways_around:
        yield "way around", way.sentence


def _reached(counsel: Counsel, told: Sequence[str]) -> Iterator[str]:
    """How those who are to be told are reached, as far as anybody has written it down."""
    names = {one.split()[0] for one in told}
    for contact in counsel.contacts:
        if contact.who.split()[0] in names:
            yield f"{contact.who.partition(' (')[0]} by {contact.way} {contact.at}"


def _remedy(cause: CauseFound, target: int) -> Iterator[Line]:
    if cause.advice is None:
        return
    held = {True: f"; within the target of {target} min", False: f"; longer than the target of {target} min", None: ""}
    yield Line(f"do ({cause.advice.estimate}{held[cause.advice.within_target]}):", "bold")
    for number, step in enumerate(cause.advice.steps, 1):
        yield Line(f"  {number}. {step.do}{_aside(step)}", "bold yellow" if step.warning else "")
        yield from (Line(f"       {part}", COMMAND) for part in step.command.splitlines())
        yield from (Line(f"       {part}", COMMAND) for part in step.sql.splitlines())


def _aside(step: ToDo) -> str:
    """What it changes, and where it is done."""
    return (f"  [{step.warning}]" if step.warning else "") + (f"  {step.link}" if step.link else "")


def _needs(needs: Sequence[str]) -> str:
    return f" (needs the {' and the '.join(needs)})" if needs else ""


def _tie(cause: CauseFound) -> str:
    return f" (as likely as {', '.join(cause.ties)})" if cause.ties else ""


def _cut(said: str) -> str:
    return said if len(said) <= WIDTH else f"{said[: WIDTH - 1].rpartition(' ')[0] or said[: WIDTH - 1]} …"
