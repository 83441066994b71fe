"""
How a provider receives the service, by the credentials that the service itself is given.

What keeps the gate from judging (refused, throttled, failing) is the answer here; see `pulse`, which is asked first:
who does not answer at all can say nothing of credentials.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from golive.errors import ProbeError
from golive.probes.look import Look, Permission
from golive.probes.neonomics import Banks, Entry, NationalBanks, NeonomicsEntry
from golive.probes.oauth import Client
from golive.probes.pulse import Manner, NeonomicsPulse, Pulse, SumsubPulse, SwanPulse, TakePulse, manner_of
from golive.probes.secrets import ServiceSecrets
from golive.probes.sumsub import ServiceCall, SumsubRefuses
from golive.probes.swan import SwanEntry

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

Welcome = Literal["let in", "refused", "turned away", "rate limited", "failing", "no answer", "garbled", "not asked"]
"""
*refused*: these credentials, in the provider's own words, or a token that they were just given. *turned away*: 403, so
that it may be the credentials' rights, or an address that is not on a list. *not asked*: it has no pulse.
"""


@dataclass(frozen=True, slots=True)
class Reception:
    """How a provider received the service's credentials."""

    provider: str
    welcome: Welcome
    url: str
    said: str = ""  # the provider's own word for why, or what happened
    status: int | None = None  # of HTTP, where one came that is no success
    limits: Mapping[str, str] = field(default_factory=dict)  # Retry-After, X-RateLimit-…, as sent
    standing: str | None = None  # what it says of our project there, where it says anything
    strangers_too: bool = False  # strangers are turned away in the same way, so that it is not about the credentials


@dataclass(frozen=True, slots=True)
class _Receives(Look[Reception]):
    @property
    def source(self) -> str:
        """The provider."""
        return self.pulse().source

    @property
    def host(self) -> str:
        """The provider's."""
        return self.pulse().host

    @abstractmethod
    def pulse(self) -> TakePulse:
        """The look that tells whether anybody is there."""

    @abstractmethod
    def shown(self, reach: Reach, provider: str) -> Reception:
        """What the gate's look that shows the credentials says; its errors."""

    def observe(self, reach: Reach) -> Reception:
        """Denied where this run may not read the service's secrets; other errors where a control did not fail."""
        pulse = reach.ask(self.pulse())
        if not pulse.beats:
            return Reception(pulse.provider, "not asked", self.source, pulse.trouble)
        if limited := pulse.of("rate limited"):
            told = limited[0]
            return Reception(pulse.provider, "rate limited", told.url, told.detail, told.status, told.limits)
        try:
            return self.shown(reach, pulse.provider)
        except ProbeError as exc:
            return _unwelcome(pulse, exc)


@dataclass(frozen=True, slots=True)
class NeonomicsReception(_Receives):
    """How does Neonomics receive the service? *country*: of whose banks it is asked."""

    api_url: str
    client: Client
    country: str

    def pulse(self) -> TakePulse:
        """Neonomics'."""
        return NeonomicsPulse(self.api_url, self.client)

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The client's."""
        return self.client.permissions(environment)

    def shown(self, reach: Reach, provider: str) -> Reception:
        """A token, and the banks."""
        return _entered(provider, reach.ask(NeonomicsEntry(self.api_url, self.client, self.country)))


@dataclass(frozen=True, slots=True)
class SwanReception(_Receives):
    """How does Swan receive the service?"""

    api_url: str
    client: Client

    def pulse(self) -> TakePulse:
        """Swan's."""
        return SwanPulse(self.api_url, self.client)

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The client's."""
        return self.client.permissions(environment)

    def shown(self, reach: Reach, provider: str) -> Reception:
        """A token, and the project."""
        return _entered(provider, reach.ask(SwanEntry(self.api_url, self.client)))


@dataclass(frozen=True, slots=True)
class SumsubReception(_Receives):
    """How does Sumsub receive the service? *name*: of its API's host."""

    name: str
    service_arn: str

    def pulse(self) -> TakePulse:
        """Sumsub's."""
        return SumsubPulse(self.name)

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The gate's own token for the controls, and the service's secrets."""
        asked: tuple[Look[object], ...] = (SumsubRefuses(), ServiceSecrets(self.service_arn))
        return tuple(dict.fromkeys(one for look in asked for one in look.permissions(environment)))

    def shown(self, reach: Reach, provider: str) -> Reception:
        """A signed call."""
        called = reach.ask(ServiceCall(self.service_arn))
        return Reception(provider, "let in" if called.taken else "refused", self.source, called.refused_as)


@dataclass(frozen=True, slots=True)
class BanksReached(Look[Banks]):
    """Which banks of *country* does Neonomics reach? Asked only where it has a pulse: nobody waits for it in vain."""

    api_url: str
    client: Client
    country: str

    @property
    def source(self) -> str:
        """The interface."""
        return self.api_url

    @property
    def host(self) -> str:
        """Whose patience it costs."""
        return NeonomicsPulse(self.api_url, self.client).host

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """The client's."""
        return self.client.permissions(environment)

    def observe(self, reach: Reach) -> Banks:
        """Errors as `NationalBanks`."""
        reach.ask(NeonomicsPulse(self.api_url, self.client)).beating()
        return reach.ask(NationalBanks(self.api_url, self.client, self.country))


def _entered(provider: str, entry: Entry) -> Reception:
    if entry.refused is not None:
        return Reception(provider, "refused", entry.url, entry.refused)
    return Reception(provider, "let in", entry.url, standing=entry.standing)


def _unwelcome(pulse: Pulse, error: ProbeError) -> Reception:
    """*error* as an answer, where it is about the provider; raises it where it is about us."""
    manner = manner_of(error)
    if manner is None:
        raise error
    welcome = _WELCOME[manner]
    if welcome == "turned away" and error.status == HTTPStatus.UNAUTHORIZED:
        welcome = "refused"  # a token that it issued a moment ago
    foil = welcome == "turned away" and bool(pulse.of("turns away"))
    return Reception(
        pulse.provider, welcome, error.target, error.reason, error.status, error.limits, strangers_too=foil
    )


_WELCOME: Mapping[Manner, Welcome] = {
    "answers": "let in",
    "turns away": "turned away",
    "rate limited": "rate limited",
    "failing": "failing",
    "no answer": "no answer",
    "garbled": "garbled",
}
