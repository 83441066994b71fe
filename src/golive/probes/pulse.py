"""
Whether a provider is there at all, asked as a stranger: whoever may read no secret can still tell an outage.

For the gate a provider that fails is trouble on the way to an answer (unknown). In an outage it is the answer: each
look here tells the provider's state, and asks through the same looks as the gate, so that nothing is asked twice.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from golive.errors import Denied, NoSuchName, Overloaded, ProbeError, Unreachable, Unreadable, Untrusted
from golive.probes.bankid import SelfDescription, StrangersLogin
from golive.probes.look import Look
from golive.probes.neonomics import StrayToken as StrayAtNeonomics
from golive.probes.oauth import Client, StrangerRefused
from golive.probes.sumsub import UnknownTokenRefused
from golive.probes.sumsubcalls import SUMSUB
from golive.probes.swan import StrayToken as StrayAtSwan
from golive.probes.way import Way, WayTo

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

Manner = Literal["answers", "turns away", "rate limited", "garbled", "failing", "no answer"]
"""
As it must; 403 to everybody; 429; something that its protocol does not allow; 5xx; the connection stands and nothing
comes. Worse ones further on.
"""
_WORSE: Sequence[Manner] = ("answers", "turns away", "rate limited", "garbled", "failing", "no answer")


@dataclass(frozen=True, slots=True)
class Sign:
    """How one address of a provider answers."""

    what: str  # "tokens", "interface"
    url: str
    manner: Manner
    status: int | None = None  # of HTTP, where one came that is no success
    limits: Mapping[str, str] = field(default_factory=dict)  # Retry-After, X-RateLimit-…, as sent
    detail: str = ""

    def __str__(self) -> str:
        told = f", {', '.join(f'{name}: {text}' for name, text in self.limits.items())}" if self.limits else ""
        return f"{self.what} at {self.url}: {self.detail or self.manner}{told}"


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a provider answers strangers; where a way to it is not open, nothing was asked."""

    provider: str
    ways: tuple[Way, ...]
    signs: tuple[Sign, ...] = ()

    @property
    def ended(self) -> tuple[Way, ...]:
        """The ways that do not lead there."""
        return tuple(way for way in self.ways if not way.whole)

    @property
    def worst(self) -> Sign | None:
        """The worst answer; None where nothing was asked."""
        return max(self.signs, key=lambda sign: _WORSE.index(sign.manner), default=None)

    def of(self, *manners: Manner) -> tuple[Sign, ...]:
        """The answers of one of *manners*."""
        return tuple(sign for sign in self.signs if sign.manner in manners)

    @property
    def beats(self) -> bool:
        """Whether everything of it answers, be it with a no."""
        return not self.ended and bool(self.signs) and not self.of("failing", "no answer", "garbled")

    def beating(self) -> Pulse:
        """Itself; ProbeError where it does not beat, so that whatever else is asked there would only wait for it."""
        if not self.beats:
            raise ProbeError(self.provider, f"that is hidden: {self.trouble}")
        return self

    @property
    def trouble(self) -> str:
        """Why it does not beat."""
        ended = [str(way) for way in self.ended]
        return "; ".join(ended or [str(sign) for sign in self.of("failing", "no answer", "garbled")])


@dataclass(frozen=True, slots=True)
class TakePulse(Look[Pulse]):
    """Is the provider there?"""

    @property
    @abstractmethod
    def provider(self) -> str:
        """Its name."""

    @property
    @abstractmethod
    def hosts(self) -> tuple[str, ...]:
        """Everything that the service must reach there."""

    @abstractmethod
    def strangers(self) -> Mapping[str, Look[Any]]:
        """The looks that ask as a stranger, by what answers to them."""

    @property
    def source(self) -> str:
        """Its hosts."""
        return f"{self.provider} ({', '.join(self.hosts)})"

    @property
    def host(self) -> str:
        """The first of them."""
        return self.hosts[0]

    def observe(self, reach: Reach) -> Pulse:
        """
        Its state, whatever it is.

        Unreachable where this machine has no way to anybody else either: then nothing is known of the provider.
        CannotTell where it lets strangers in.
        """
        ways = tuple(_seen(each) for each in reach.ask_each([WayTo(name) for name in self.hosts]))
        if not all(way.whole for way in ways):
            self._compare(reach)
            return Pulse(self.provider, ways)
        asked = self.strangers()
        answered = reach.ask_each(list(asked.values()))
        signs = [sign(what, look.source, said) for (what, look), said in zip(asked.items(), answered, strict=True)]
        return Pulse(self.provider, ways, tuple(signs))

    def _compare(self, reach: Reach) -> None:
        """Is it the provider, or this machine?"""
        others = [name for name in _others(reach.environment) if name not in self.hosts]
        ways = reach.ask_each([WayTo(name) for name in others])
        if not any(isinstance(way, Way) and way.whole for way in ways):
            both = " and ".join(others)
            raise Unreachable(self.source, f"from here {both} cannot be reached either, so nothing is known of it")


@dataclass(frozen=True, slots=True)
class NeonomicsPulse(TakePulse):
    """Is Neonomics there: tokens and interface?"""

    api_url: str
    client: Client

    @property
    def provider(self) -> str:
        """Neonomics."""
        return "Neonomics"

    @property
    def hosts(self) -> tuple[str, ...]:
        """One, as its documentation has it."""
        return _hosts(self.api_url, self.client.token_url)

    def strangers(self) -> Mapping[str, Look[Any]]:
        """An unknown client, and a token that nobody issued."""
        return {
            "tokens": StrangerRefused(self.client.token_url),
            "interface": StrayAtNeonomics(self.api_url, self.client),
        }


@dataclass(frozen=True, slots=True)
class SwanPulse(TakePulse):
    """Is Swan there: tokens and interface?"""

    api_url: str
    client: Client

    @property
    def provider(self) -> str:
        """Swan."""
        return "Swan"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Interface and tokens."""
        return _hosts(self.api_url, self.client.token_url)

    def strangers(self) -> Mapping[str, Look[Any]]:
        """An unknown client, and a token that nobody issued."""
        return {"tokens": StrangerRefused(self.client.token_url), "interface": StrayAtSwan(self.api_url, self.client)}


@dataclass(frozen=True, slots=True)
class SumsubPulse(TakePulse):
    """Is Sumsub's API there?"""

    name: str  # of its host

    @property
    def provider(self) -> str:
        """Sumsub."""
        return SUMSUB

    @property
    def hosts(self) -> tuple[str, ...]:
        """The API's."""
        return (self.name,)

    def strangers(self) -> Mapping[str, Look[Any]]:
        """A token that nobody made."""
        return {"interface": UnknownTokenRefused()}


@dataclass(frozen=True, slots=True)
class BankIdPulse(TakePulse):
    """Is BankID there: its description of itself, and the address where people log in?"""

    issuer: str

    @property
    def provider(self) -> str:
        """BankID."""
        return "BankID"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The issuer's."""
        return _hosts(self.issuer)

    def strangers(self) -> Mapping[str, Look[Any]]:
        """The document is public; a client that nobody registered asks for a login."""
        return {"discovery": SelfDescription(self.issuer), "login": StrangersLogin(self.issuer)}


def sign(what: str, url: str, said: object) -> Sign:
    """How *said*, an answer or what kept us from one, shows the provider; what shows nothing of it is raised."""
    if not isinstance(said, ProbeError):
        return Sign(what, url, "answers")
    manner = manner_of(said)
    if manner is None:
        raise said
    return Sign(what, url, manner, said.status, said.limits, said.reason)


def manner_of(error: ProbeError) -> Manner | None:
    """The provider's state, where *error* is about that; None where it is about us."""
    if isinstance(error, Overloaded):
        return "rate limited" if error.status == HTTPStatus.TOO_MANY_REQUESTS else "failing"
    if isinstance(error, Denied):
        return "turns away" if error.status is not None else None
    if isinstance(error, (NoSuchName, Unreachable, Untrusted)):
        return "no answer"
    return "garbled" if isinstance(error, Unreadable) else None


def _seen(answer: Way | ProbeError) -> Way:
    if isinstance(answer, ProbeError):
        raise answer
    return answer


def _hosts(*links: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urlsplit(link).hostname or link for link in links))


def _others(environment: Environment) -> tuple[str, ...]:
    """Hosts of several operators, none of which stands or falls with another."""
    return (environment.github.host, environment.betterstack.host, environment.site.host)
