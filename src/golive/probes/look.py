"""A look: one question to the world, as a value."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from golive.environment import Network
    from golive.probes.reach import Reach

Answer = TypeVar("Answer", covariant=True)


class Look(ABC, Generic[Answer]):
    """
    One question. Subclasses are frozen dataclasses, so two that ask the same are equal and cost once.

    The answer is a frozen dataclass of plain values (str, int, bool, datetime, tuples and mappings of them): it is
    written to the record as it is and read back from there to judge again, so it holds no secret and nothing that the
    judging steps do not need.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def source(self) -> str:
        """Where this is asked, for people: a URL, a name, an ARN."""

    @property
    @abstractmethod
    def host(self) -> str:
        """Whose patience it costs: the looks of one host are limited together."""

    def places(self, network: Network) -> int:
        """How many looks of this host may be in flight together."""
        return network.per_host

    @abstractmethod
    def observe(self, reach: Reach) -> Answer:
        """Ask once. A ProbeError where there is no answer; *absent* is an answer."""


class Act(Look[Answer]):
    """
    A look that changes or sends something. It is asked only where the operator armed the run with `--act`, in its
    scenario's turn, never side by side with others, and once: it is never asked again by the gate's own policy.

    A second run must not do it twice where once is enough; what stays behind has a name that says whose it is.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def effect(self) -> str:
        """What it changes, for people, beforehand: "takes a snapshot of drop-db, which stays"."""
