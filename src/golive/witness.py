"""How a scenario takes what its sentences see and say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from golive.observatory import Observatory
from golive.probes.look import Look


class Witness:
    """The gate's: the first sentence that cannot see, or does not hold, ends the scenario."""

    def __init__(self, observatory: Observatory) -> None:
        self.observatory = observatory

    def see(self, asked: Look[Any] | Sequence[Look[Any]]) -> Any:
        """The answer to a look, or the list of answers to several."""
        if isinstance(asked, Look):
            return self.observatory.answer(asked)
        return [self.observatory.answer(look) for look in asked]

    def hear(self, judgement: Callable[..., None], arguments: Mapping[str, Any]) -> None:
        """Let a sentence judge."""
        judgement(**arguments)

    def conclude(self) -> None:
        """Say at the scenario's end what was not said before: at the gate nothing is left to say."""
