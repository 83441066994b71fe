"""What keeps us from judging.

GoLiveError
├── Unsigned              a person must say so, or consent, and nobody has: the item is *unsigned*
│   └── NoConsent         the check acts, and nobody consented to that in this run; an attestation may settle it
├── SetupError            wrong usage, or a file of ours that is wrong: exit status 4
│   └── WrongTarget       this is not the environment that it says it is: exit status 4
├── CheckFailed           a mistake of ours in a look: the item is *unknown*
└── ProbeError            we looked and could not see: the item is *unknown*
    ├── Unreachable       no answer came (time-out, refused, reset): asked again
    ├── NoSuchName        the name servers say that this name is not there, so nobody can be asked
    ├── Overloaded        "not now" (429, throttling, 5xx of a provider's API): asked again
    ├── Untrusted         who answered cannot prove who it is (TLS): not asked again
    ├── Denied            the answer is "not you": a token, a permission or a role is missing
    ├── Unreadable        an answer came that the protocol does not allow
    ├── NothingExamined   the population that a check searched is empty
    ├── TooFew            a population too small for a percentage of it to mean anything
    └── CannotTell        a control that must fail did not, so this probe's yes would say nothing
"""

from __future__ import annotations

from pathlib import Path

_OURS = frozenset({"steps", "probes", "golive"})


class GoLiveError(Exception):
    """Anything that this project raises on purpose."""


class Unsigned(GoLiveError):
    """A person must say that it is so, or consent to an act, and nobody has; the message says who and how."""


class NoConsent(Unsigned):
    """The check would change or send something, and nobody consented to that in this run."""


class SetupError(GoLiveError):
    """Wrong usage or configuration; the message says what to do. Exit status 4."""


class WrongTarget(SetupError):
    """The target's identity is another than the environment file's. Exit status 4."""


class CheckFailed(GoLiveError):
    """A mistake of ours. Only kind and place of the exception are kept: what it says may be what a look has seen."""

    def __init__(self, mistake: BaseException) -> None:
        self.kind = type(mistake).__name__
        super().__init__(f"the check itself failed: {self.kind} at {place_of(mistake)}")


class ProbeError(GoLiveError):
    """We looked at *target* and could not see."""

    # Whether asking again may help. A fact is never asked again until it is met.
    passing = False

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"{target}: {reason}")
        self.target = target
        self.reason = reason


class Unreachable(ProbeError):
    """No answer came: time-out, refused or reset connection, name servers that do not answer."""

    passing = True


class NoSuchName(ProbeError):
    """The name servers answer that the name is not there: whoever was to be asked behind it cannot be."""


class Overloaded(ProbeError):
    """The service says "not now": 429, throttling, 5xx of a provider's API."""

    passing = True


class Untrusted(ProbeError):
    """Whoever answered could not prove by its certificate who it is."""


class Denied(ProbeError):
    """The service says "not you", or we hold nothing to show it."""


class Unreadable(ProbeError):
    """An answer came that its protocol does not allow, or that is not an answer to the question."""


class NothingExamined(ProbeError):
    """A check searched a population of zero, so it could not have failed."""


class TooFew(ProbeError):
    """A percentage was asked of fewer cases than it takes to mean anything: look again later."""


class CannotTell(ProbeError):
    """A control that must fail did not (a wrong token was accepted), so what the same probe calls good says nothing."""


def place_of(exception: BaseException) -> str:
    """Where in our own code *exception* came to pass: "probes/web.py:80"."""
    place, traceback = "an unknown place", exception.__traceback__
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.parent.name in _OURS:
            place = f"{path.parent.name}/{path.name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
