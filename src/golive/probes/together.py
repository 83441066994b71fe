"""Parts of one look, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST = 8  # of one host


def together(work: Callable[[Part], Result], parts: Iterable[Part], most: int = MOST) -> list[Result]:
    """*work* done on *parts*, *most* at the same time, results in their order; the first error where there is one."""
    todo = list(parts)
    if len(todo) < 2:
        return [work(part) for part in todo]
    with ThreadPoolExecutor(min(most, len(todo)), "part") as pool:
        return list(pool.map(work, todo))


def has_way(address: str) -> bool:
    """Whether this machine has any way towards *address*; nothing is sent."""
    import socket

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True
