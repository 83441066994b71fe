"""Threads begin as they are needed, and end with their executor."""

from __future__ import annotations

import gc
import threading

from golive.threads import Threads


def test_threads_are_as_many_as_are_needed_and_end_with_their_executor() -> None:
    """Work that comes piece by piece is done by one thread, which ends when nobody holds the executor any more."""
    threads = Threads(4)
    (thread,) = {threads.submit(threading.current_thread).result(5) for _ in range(5)}
    barrier = threading.Barrier(4)
    together = [threads.submit(barrier.wait) for _ in range(4)]
    assert sorted(each.result(5) for each in together) == [0, 1, 2, 3]
    del threads
    gc.collect()
    thread.join(5)
    assert not thread.is_alive()
