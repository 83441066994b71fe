"""What keeps us from judging.

GoLiveError
├── Unsigned              a person must say so, or consent, and nobody has: the item is *unsigned*
│   ├── NoConsent         the check acts, and nobody consented to that in this run; an attestation may settle it
│   └── EffectUnseen      it acted, and the gate may not see what came of it; an attestation may settle it, too
├── SetupError            wrong usage, or a file of ours that is wrong: exit status 4
│   └── WrongTarget       this is not the environment that it says it is: exit status 4
├── Crashed               our own code failed while it looked, a bug: the item is *unknown*
└── ProbeError            we looked and could not see: the item is *unknown*
    ├── Unreachable       no answer came (time-out, refused, reset): asked again
    ├── NoSuchName        the name servers say that this name is not there, so nobody can be asked
    ├── Overloaded        "not now" (429, throttling, 5xx of a provider's API): asked again
    ├── Untrusted         who answered cannot prove who it is (TLS): not asked again
    ├── Denied            the answer is "not you": a token, a permission or a role is missing
    │   ├── OpenQuestion  the environment file leaves to an owner where to look
    │   └── NotSet        the variable that holds a token is not set
    ├── NotInUse          whom the environment says not to use cannot be asked
    ├── Unreadable        an answer came that the protocol does not allow
    ├── NothingExamined   the population that a check searched is empty
    ├── TooFew            a population too small for a percentage of it to mean anything
    └── CannotTell        a control that must fail did not, or what was not reached may be why: a yes would say nothing
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self


class GoLiveError(Exception):
    """Anything that this project raises on purpose."""

    @classmethod
    def kind(cls) -> str:
        """Which of the kinds that are drawn above it is; a probe's own kind of one counts as that one."""
        return next(each.__name__ for each in cls.__mro__ if each.__module__ == __name__)


class Unsigned(GoLiveError):
    """A person must say that it is so, or consent to an act, and nobody has; the message says who and how."""


class NoConsent(Unsigned):
    """The check would change or send something, and nobody consented to that in this run."""


class EffectUnseen(Unsigned):
    """The check acted as far as it could with consent, and is given nothing by which it could see what came of it."""


class SetupError(GoLiveError):
    """Wrong usage or configuration; the message says what to do. Exit status 4."""


class WrongTarget(SetupError):
    """The target's identity is another than the environment file's. Exit status 4."""


class Crashed(GoLiveError):
    """Our own code failed, which is a bug; the message says nothing that the bug says, for that may carry a secret."""

    @classmethod
    def by(cls, exception: BaseException) -> Crashed:
        """What can be told of *exception*: its kind, and where in our code it happened."""
        return cls(f"the check itself failed: {type(exception).__name__} at {place_of(exception.__traceback__)}")


class ProbeError(GoLiveError):
    """
    We looked at *target* and could not see.

    Where an answer over HTTP was the reason, its *status* and what it told of limits (`Retry-After`, `X-RateLimit-…`,
    as sent) are kept: whoever diagnoses an outage takes for evidence what a gate cannot judge by.
    """

    # Whether asking again may help. A fact is never asked again until it is met.
    passing = False

    def __init__(
        self, target: str, reason: str, *, status: int | None = None, limits: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{target}: {reason}")
        self.target = target
        self.reason = reason
        self.status = status
        self.limits = dict(limits or {})

    def about(self, target: str) -> Self:
        """The same, said of another *target*: one that may be shown."""
        said = type(self)(target, self.reason, status=self.status, limits=self.limits)
        said.__dict__ = {**self.__dict__, "target": target}
        return said


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


class OpenQuestion(Denied):
    """The environment file leaves *key* to an owner, who has not answered yet."""

    key = ""

    @classmethod
    def of(cls, file: str, key: str) -> OpenQuestion:
        """What to raise where *file* has no *key*, "slack.token"."""
        said = cls(file, f"{key} is not answered yet")
        said.key = key
        return said


class NotSet(Denied):
    """The *variable* of the process's environment that should hold a secret is not set."""

    variable = ""

    @classmethod
    def of(cls, purpose: str, variable: str) -> NotSet:
        """What to raise where *purpose* needs the secret in *variable*."""
        said = cls(purpose, f"the variable {variable} is not set")
        said.variable = variable
        return said


class NotInUse(ProbeError):
    """The environment file says that Drop does not use this partner there, so nothing of it can be asked."""


class Unreadable(ProbeError):
    """An answer came that its protocol does not allow, or that is not an answer to the question."""


class NothingExamined(ProbeError):
    """A check searched a population of zero, so it could not have failed."""


class TooFew(ProbeError):
    """A percentage was asked of fewer cases than it takes to mean anything: look again later."""


class CannotTell(ProbeError):
    """
    A control that must fail did not (a wrong token was accepted), so what the same probe calls good says nothing; or
    what was seen hangs on what was not reached.
    """


def place_of(traceback: TracebackType | None) -> str:
    """File and line of the innermost frame of ours: "steps/names.py:31"."""
    place = "an unknown place"
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.parent.name in {"steps", "probes", "golive"}:
            place = f"{path.parent.name}/{path.name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
