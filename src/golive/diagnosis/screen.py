"""What the person on call sees first."""

from __future__ import annotations

from collections.abc import Sequence

from golive.diagnosis.document import CauseFound, Diagnosis
from golive.diagnosis.ranking import Conclusion
from golive.terminal import Terminal


def answer(causes: Sequence[CauseFound]) -> str:
    """The answer in one sentence."""
    pointed = [cause for cause in causes if cause.conclusion is Conclusion.POINTED]
    untold = [cause for cause in causes if cause.conclusion is Conclusion.CANNOT_TELL]
    if not pointed:
        if untold:
            return f"Nothing points to a cause, but {len(untold)} of {len(causes)} cannot be told"
        return f"Nothing points to a cause: {len(causes)} of {len(causes)} are ruled out"
    first = pointed[0]
    likely = "It is" if first.certain else "It is most likely"
    tie = f", or just as likely {' or '.join(first.ties)}" if first.ties else ""
    return f"{likely} {first.cause}: {first.title}{tie}"


def tell(document: Diagnosis, terminal: Terminal, page: str) -> None:
    """Say it on the terminal."""
    terminal.say("")
    for cause in document.causes:
        terminal.say(f"{cause.conclusion:<12} {cause.cause}  {cause.title}")
        for sign in cause.signs:
            terminal.say(f"    {sign.strength}: {sign.said}")
        for sentence in cause.missing:
            terminal.say(f"    not seen: {sentence}")
    for reason in document.reasons:
        terminal.say(f"  ! {reason}", "bold red")
    terminal.say(document.line, "bold")
    terminal.say(f"written: {page}")
