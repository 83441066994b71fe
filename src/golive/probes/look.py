"""A look: one question to the world, as a value."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from golive.coordinates import Network
    from golive.environment import Environment
    from golive.probes.reach import Reach

Answer = TypeVar("Answer", covariant=True)


@dataclass(frozen=True, slots=True)
class Permission:
    """
    Something that must be granted before a look can see.

    "iam": an action of AWS, on an ARN or "*". "sql": the right to read, on "table (column, column)", or to CONNECT.
    "token": a variable of the process's environment that holds a token, on the scope that it needs, in its vendor's
    words.
    """

    kind: Literal["iam", "sql", "token"]
    what: str  # "rds:DescribeDBInstances", "SELECT", "GOLIVE_GITHUB_TOKEN"
    on: str


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

    def patience(self, network: Network) -> float:
        """How many seconds this look may take, with everything that is asked again."""
        return network.look_seconds

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # for those that need it
        """
        What must be granted before it can see.

        Told without asking anybody, for who sets up the gate has nothing granted yet: a look that finds out only by
        looking on which others it depends says what those need.
        """
        return ()

    def control(self, environment: Environment) -> Look[Any] | None:  # noqa: ARG002  # for those that have one
        """
        The look that must not find, or must be refused: where it cannot tell, neither can this one.

        It is asked side by side with this look, once for all that name it; a control that hangs on what this look finds
        is asked by the probe itself.
        """
        return None

    def prepare(self, reach: Reach) -> None:  # for those that need it
        """Begin what takes long to be ready, before the first look of this kind is asked; says nothing."""

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

    @property
    def hour(self) -> tuple[datetime, datetime] | None:
        """From when until when it is done at all; None: at any time."""
        return None

    @property
    def unless(self) -> Look[Answer] | None:
        """The look that may show that it was done already; None where only acting tells."""
        return None

    def stays(self, seen: Any) -> str:  # noqa: ARG002  # for those of which something stays
        """What of it is left behind, and under which name, by *seen*, its answer; "" for nothing."""
        return ""

    def is_done(self, seen: Any) -> bool:  # noqa: ARG002  # for those that have an `unless`
        """Whether *seen*, the answer to `unless`, makes acting needless: it then stands for the act's own answer."""
        return False
