"""Sentences about what a visitor sees in a browser: pages that work, forms, the question for consent, what is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from golive.environment import Environment
from golive.errors import CannotTell
from golive.probes.asking import ACCEPTS, REFUSES, SUBJECTS
from golive.probes.bankid import is_of
from golive.probes.browser import Control, Dialog, Form, Sight, Visit
from golive.probes.look import Look
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

# The control that refuses must be about as large as the one that accepts, and its words as easy to read.
AS_LARGE, AS_LEGIBLE = 0.5, 0.8
NECESSARY = re.compile(r"\bnødvendig|\bnecessary", re.I)
TICKED = ("checkbox", "switch", "radio")
NORWEGIAN = ("nb", "nn", "no")
NOT_THERE = (404, 410)
BY_SCRIPT = "javascript:"  # what React writes where a function of its own takes the form
BROKEN = 500  # from here on nobody can say whether there is anything


@looks('a visitor opens "{url}" in a fresh browser', target_fixture="sight")
def sight(url: str) -> Look[Sight]:
    return Visit(url)


@looks('a visitor opens "{url}" in a fresh browser and clicks "{text}"', target_fixture="sight")
def sight_after_click(url: str, text: str) -> Look[Sight]:
    return Visit(url, text)


@judges("the page is there, in Norwegian, and nothing on it failed")
def page_works(sight: Sight, environment: Environment, remarks: Remarks) -> None:
    trouble = [
        *([] if sight.status == 200 else [f"answered {sight.status or 'nothing'}"]),
        *([] if _origin(sight.url) == ("https", environment.site.host) else ["is another place"]),
        *([] if sight.language.split("-")[0] in NORWEGIAN else [f"is in {sight.language or 'no language'}"]),
        *([] if sight.title and sight.words else ["is empty"]),
        *sight.failed,
        *([] if sight.outside else sight.errors),
    ]
    assert not trouble, f"{sight.url}: {'; '.join(trouble)}; the page must be there, in Norwegian, without a failure"
    if sight.outside and sight.errors:
        # What fails because the gate reaches no such host, would not fail for a visitor.
        raise CannotTell(
            sight.url,
            f"{'; '.join(sight.errors)}; it also asks {', '.join(sight.outside)}, which the gate does not reach "
            "(network.hosts), and that may be why",
        )
    if sight.outside:
        remarks.warn(f"{sight.url} also asks {', '.join(sight.outside)}, which the gate does not reach")


@judges("the visitor stands before BankID")
def stands_before_bankid(sight: Sight, environment: Environment) -> None:
    issuer = environment.bankid.issuer
    host = urlsplit(sight.url).hostname
    if is_of(sight.url, issuer) and host not in environment.network.hosts:
        raise CannotTell(
            sight.url,
            f"{host} bears BankID's name, and the gate does not reach it: if BankID's login is there, add it to "
            "network.hosts",
        )
    realm = urlsplit(issuer).path + "/"
    at_home = _origin(sight.url) == _origin(issuer)
    there = urlsplit(sight.url).path.startswith(realm) if at_home else is_of(sight.url, issuer)
    said = (
        f"{sight.url} answered {sight.status or 'nothing'}"
        if sight.clicked
        else f"{sight.url} has no such link or button"
    )
    assert there and sight.status == 200, (  # noqa: PT018
        f"{said}; the visitor must arrive at a page below {issuer}, or at another host of BankID's"
    )


@judges("there is a form that can be sent, asking for")
def form_can_be_sent(sight: Sight, datatable: list[list[str]], environment: Environment, remarks: Remarks) -> None:
    wanted = [word for (word,) in datatable]
    asking = [
        form
        for form in sight.forms
        if all(any(word.lower() in label.lower() for label in form.fields) for word in wanted)
    ]
    there = sight.status == 200  # a form on an error page is none
    fitting = [form for form in asking if there and not _lost(form, environment)]
    hidden = _unreviewed(sight, environment)
    if sight.clicked and sight.status in (200, None) and not sight.forms and hidden:
        raise CannotTell(sight.url, f"no such form is seen, and {_unreached(hidden)}, which may be where it is")
    seen = "; ".join(
        f"a form that asks for {', '.join(form.fields) or 'nothing'}"
        + (f", {_lost(form, environment)}" if form in asking else "")
        for form in sight.forms
    )
    assert fitting, (
        f"{sight.url} ({sight.status or 'no answer'}) has {seen or 'no form'}"
        f"{'' if sight.clicked else ', and nothing to click'}; it must have one that asks for {', '.join(wanted)}, "
        "and that can be sent by POST to where something takes it"
    )
    unseen = {form: _unseen(form, environment) for form in fitting}
    if all(unseen.values()):
        raise CannotTell(sight.url, "; ".join(unseen.values()))
    if not any(form.method == "post" for form in fitting if not unseen[form]):
        remarks.warn(
            f"the form at {sight.url} does not say that it is sent by POST: a script sends it, and what becomes of it "
            "then cannot be seen; without the script what was typed would stand in the address"
        )


@judges("consent is asked for, and to refuse is as easy as to accept")
def consent_is_free(sight: Sight, environment: Environment) -> None:
    wrong = [_unfairness(dialog) for dialog in sight.dialogs] or ["nothing is asked"]
    hidden = _unreviewed(sight, environment)
    if sight.status == 200 and hidden and not any(_asks(dialog) for dialog in sight.dialogs):
        raise CannotTell(sight.url, f"no question for consent is seen, and {_unreached(hidden)}, which may ask it")
    assert "" in wrong and sight.status == 200, (  # noqa: PT018  # an error page asks nobody
        f"{sight.url} ({sight.status or 'no answer'}): {'; '.join(filter(None, wrong)) or 'asks'}; "
        "the page must be there, and consent asked for, and refused as easily as given"
    )


@judges("nothing is stored before the answer except")
def nothing_is_stored(sight: Sight, datatable: list[list[str]], environment: Environment, remarks: Remarks) -> None:
    (kind,), *names = datatable
    allowed = {(kind, name) for (name,) in names}
    stray = [f"{one.where} {one.name} ({one.host})" for one in sight.stored if (one.where, one.name) not in allowed]
    assert not stray, f"{sight.url} stores {', '.join(stray)} before any answer; only {_named(allowed)} may be"
    if hidden := _unreviewed(sight, environment):
        raise CannotTell(
            sight.url,
            f"before any answer {_unreached(hidden)}, and what they store is not seen; load them after the consent, or "
            "review them (site.reviewed_hosts)",
        )
    if sight.outside:
        remarks.warn(f"before any answer {sight.url} asks {', '.join(sight.outside)}, reviewed as storing nothing")


# -- readings ---------------------------------------------------------------------------------------------------------


def _origin(url: str) -> tuple[str, str | None]:
    return urlsplit(url).scheme, urlsplit(url).hostname


def _unreviewed(sight: Sight, environment: Environment) -> list[str]:
    """Hosts that the page asked, of which the gate sees nothing and nobody has said that they store nothing."""
    return [host for host in sight.outside if host not in environment.site.reviewed_hosts]


def _unreached(hosts: Sequence[str]) -> str:
    return f"the page asks {', '.join(hosts)}, which the gate does not reach"


def _lost(form: Form, environment: Environment) -> str:
    """Why nobody gets what is typed into *form*, "" where nothing speaks against it."""
    if not form.sendable:
        return "which cannot be sent"
    if form.method not in ("post", ""):
        # Whoever has no script, or one that fails, would put what was typed into the address.
        return f"sent by {form.method}"
    if form.action == BY_SCRIPT:
        return ""
    scheme, host = _origin(form.action)
    if scheme != "https":
        return f"sent to {form.action}, which is no address over HTTPS"
    if form.receiver in NOT_THERE:
        return f"sent to {form.action}, where nothing is ({form.receiver})"
    ours = (environment.site.host, environment.site.www)
    return f"sent to {form.action}, which is not ours" if host in {*environment.network.hosts} - {*ours} else ""


def _unseen(form: Form, environment: Environment) -> str:
    """Why it cannot be seen whether something takes what *form* sends, "" where it can, or where a script sends it."""
    if form.action == BY_SCRIPT:
        return ""
    if _origin(form.action)[1] not in environment.network.hosts:
        return f"its form is sent to {form.action}, which the gate does not reach"
    if form.receiver is None or form.receiver >= BROKEN:
        return f"its form is sent to {form.action}, which answers {form.receiver or f'nothing: {form.unseen}'}"
    return ""


def _asks(dialog: Dialog) -> bool:
    """Whether *dialog* asks for consent, fairly or not."""
    return bool(dialog.about and _accepting(dialog))


def _refusing(dialog: Dialog) -> list[Control]:
    return [control for control in dialog.controls if control.kind not in TICKED and REFUSES.search(control.text)]


def _accepting(dialog: Dialog) -> list[Control]:
    refusing = _refusing(dialog)
    pressed = [control for control in dialog.controls if control.kind not in TICKED and control not in refusing]
    return [control for control in pressed if ACCEPTS.search(control.text)]


def _unfairness(dialog: Dialog) -> str:
    """Why *dialog* does not ask fairly for consent, "" where it does."""
    refusing, accepting = _refusing(dialog), _accepting(dialog)
    ticked = [control.text or "a box" for control in dialog.controls if _is_ticked(control)]
    if not dialog.about:
        return f"a dialog does not name what it asks ({', '.join(SUBJECTS)})"
    if not accepting:
        return f"the dialog about {' and '.join(dialog.about)} asks for no consent"
    if not refusing:
        return f"{accepting[0].text!r} is offered, and nothing beside it to refuse"
    if ticked:
        return f"ticked beforehand: {', '.join(ticked)}"
    yes, no = accepting[0], max(refusing, key=lambda control: control.width * control.height)
    smaller = no.width * no.height < AS_LARGE * yes.width * yes.height or no.font < AS_LEGIBLE * yes.font
    return (
        f"{no.text!r} is less prominent than {yes.text!r}: {_measures(no)} beside {_measures(yes)}" if smaller else ""
    )


def _is_ticked(control: Control) -> bool:
    return control.kind in TICKED and control.checked and not NECESSARY.search(control.text)


def _measures(control: Control) -> str:
    return f"{control.width} x {control.height} pixels in {control.font}-pixel letters"


def _named(things: set[tuple[str, str]]) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in sorted(things))
