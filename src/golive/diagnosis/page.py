"""
The diagnosis as Markdown, for the incident's thread, and as one page that opens offline.

The page is made here and not by the report's generator: in an incident it must be there at once, also where Node is
not. Whatever goes into it is text, and escaped there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from golive.diagnosis.document import CauseFound, Diagnosis, ToDo, UserMessage
from golive.diagnosis.ranking import Conclusion
from golive.diagnosis.screen import headline, messages, now, reasons_of
from golive.markdown import plain
from golive.record import Evidence


def html(document: Diagnosis) -> str:
    """The page; its policy lets it load nothing and run nothing."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("golive.diagnosis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pointed = document.of(Conclusion.POINTED)
    told = [("tell users", sentence) for cause in pointed[:1] for sentence in messages(cause, "below")]
    return environment.get_template("page.html.j2").render(
        document=document,
        counsel=document.counsel,
        headline=headline(document),
        now=[*now(document.counsel), *told],
        pointed=pointed,
        untold=[(cause, reasons_of(cause)) for cause in document.of(Conclusion.CANNOT_TELL)],
        ruled_out=document.of(Conclusion.RULED_OUT),
        answers={one.id: _answer(one) for one in document.evidence},
    )


def markdown(document: Diagnosis) -> str:
    """The same as Markdown, without the evidence's answers."""
    return "\n".join(_markdown(document)) + "\n"


def _answer(evidence: Evidence) -> str:
    return evidence.error or json.dumps(evidence.answer, indent=1, ensure_ascii=False)


def _markdown(document: Diagnosis) -> Iterator[str]:
    yield f"# {plain(document.line)}"
    yield f"\n{plain(headline(document))}\n"
    yield from (f"- **{plain(reason)}**" for reason in document.reasons)
    if not document.quiet:
        yield "\n## Now\n"
        yield from (f"- **{word}**: {plain(sentence)}" for word, sentence in now(document.counsel))
    for cause in document.of(Conclusion.POINTED):
        yield from _pointed(cause)
    if untold := document.of(Conclusion.CANNOT_TELL):
        yield "\n## Cannot tell\n"
        for cause in untold:
            yield f"- {cause.cause} {plain(cause.title)}"
            yield from (f"  - {plain(reason)}" for reason in reasons_of(cause))
    if ruled_out := document.of(Conclusion.RULED_OUT):
        yield "\n## Ruled out\n"
        yield from (f"- {cause.cause} {plain(cause.title)}: {plain(cause.scenario)}" for cause in ruled_out)
    if document.quiet:
        return
    yield "\n## For a person to look at\n"
    yield from _numbered(document.counsel.for_a_person)
    for way in document.counsel.ways_around:
        yield f"\n## {plain(way.sentence)}\n\nRisk: {plain(way.risk)}\n"
        yield from _numbered(way.steps)
        if way.revert:
            yield "\nBack again:\n"
            yield from _numbered(way.revert)
        yield from _messages(way.messages)
    yield "\n## Contacts\n"
    for contact in document.counsel.contacts:
        told = f" ({plain(contact.note)})" if contact.note else ""
        yield f"- {plain(contact.who)}, {contact.way}: {plain(contact.at) or 'not written down'}{told}"
    yield "\n## Afterwards\n"
    yield from _numbered(document.counsel.afterwards)


def _pointed(cause: CauseFound) -> Iterator[str]:
    ties = f" (as likely as {', '.join(cause.ties)})" if cause.ties else ""
    yield f"\n## {cause.rank}. {cause.cause} {plain(cause.title)}{ties}\n"
    yield from (f"- {sign.strength}: {plain(sign.said)}" for sign in cause.signs)
    yield from (f"- not seen: {plain(sentence)}" for sentence in cause.missing)
    if cause.advice is None:
        return
    late = ", which is longer than the target" if cause.advice.within_target is False else ""
    yield f"\nWhat to do, {plain(cause.advice.estimate)}{late}:\n"
    yield from _numbered(cause.advice.steps)
    yield from _messages(cause.advice.messages)
    if cause.advice.no_message:
        yield f"\n{plain(cause.advice.no_message)}"


def _numbered(steps: Sequence[ToDo]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        warning = f" **[{plain(step.warning)}]**" if step.warning else ""
        link = f" <{step.link}>" if step.link else ""
        yield f"{number}. {plain(step.do)}{warning}{link}"
        for language, text in (("sh", step.command), ("sql", step.sql)):
            if text:
                yield f"\n   ```{language}"
                yield from (f"   {line}" for line in text.splitlines())
                yield "   ```\n"


def _messages(messages: Sequence[UserMessage]) -> Iterator[str]:
    for message in messages:
        case = f", {plain(message.case)}" if message.case else ""
        yield f"\nMessage to users ({message.channel}, {message.language}{case}):\n"
        if message.subject:
            yield f"> **{plain(message.subject)}**\n>"
        yield from (f"> {plain(line)}" for line in message.text.splitlines())
