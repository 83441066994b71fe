"""What probes have in common about the world is looked for once, however many wait for it."""

from __future__ import annotations

import threading
from types import TracebackType

import pytest

from golive.errors import Unreachable
from golive.probes.reach import Reach

from .town import Town

KEY = "addresses of a host"


class Watched:
    """A lock that tells whenever somebody has left it."""

    def __init__(self) -> None:
        self._lock, self.left = threading.RLock(), threading.Semaphore(0)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        self.left.release()


@pytest.fixture
def reach(town: Town) -> Reach:
    """A reach that has found nothing yet."""
    return town.reach()


def together(reach: Reach, outcome: str | Unreachable, waiting: int = 3) -> tuple[list[str], list[str | Unreachable]]:
    """Who looked, and what each came to, where *waiting* others come while the first one looks."""
    reach._lock = watched = Watched()  # type: ignore[assignment]  # it locks all the same
    looked: list[str] = []
    came_to: list[str | Unreachable] = []

    def ask(name: str) -> None:
        def find() -> str:
            looked.append(name)
            if name == "first":
                while watched.left.acquire(blocking=False):
                    pass
                for other in others:
                    other.start()
                for _ in others:  # each has left the lock, and knows that somebody looks
                    assert watched.left.acquire(timeout=20)
            if isinstance(outcome, Unreachable):
                raise outcome
            return outcome

        try:
            came_to.append(reach.found(KEY, find))
        except Unreachable as exc:
            came_to.append(exc)

    others = [threading.Thread(target=ask, args=(f"number {number}",)) for number in range(waiting)]
    ask("first")
    for other in others:
        other.join()
    return looked, came_to


def test_who_waits_is_told_what_the_first_one_finds(reach: Reach) -> None:
    """
    Four ask at once, one of them looks, and all know; so does who comes later.
    """
    assert together(reach, "192.0.2.10") == (["first"], ["192.0.2.10"] * 4)
    assert reach.found(KEY, lambda: "another") == "192.0.2.10"


def test_who_waits_fails_with_the_first_one(reach: Reach) -> None:
    """
    A name server that is silent is waited for once; who comes after that asks again, and is answered.
    """
    silence = Unreachable("a host", "the name could not be looked up")
    assert together(reach, silence) == (["first"], [silence] * 4)
    assert reach.found(KEY, lambda: "192.0.2.10") == "192.0.2.10"


def test_what_was_found_of_a_former_world_is_not_kept(reach: Reach) -> None:
    """
    Forgotten while somebody looks, it is told to him alone.
    """

    def find() -> str:
        reach.forget()
        return "the former"

    assert reach.found(KEY, find) == "the former"
    assert reach.found(KEY, lambda: "the new") == "the new"
