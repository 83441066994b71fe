"""Threads on which looks are asked side by side."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
_Work: TypeAlias = "SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]"


class Threads(Executor):
    """
    An executor whose threads never keep the process alive: a look that hangs is left behind.

    There are as many threads as were needed at once, *size* at most, and they end when the executor is no more.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._work: _Work = SimpleQueue()
        self._idle = threading.Semaphore(0)  # how many wait for work
        self._begun = 0
        self._lock = threading.Lock()
        weakref.finalize(self, self._work.put, None).atexit = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run *fn* on one of the threads."""
        future: Future[T] = Future()
        self._work.put((future, lambda: fn(*args, **kwargs)))
        if not self._idle.acquire(blocking=False):
            self._begin_another()
        return future

    def _begin_another(self) -> None:
        with self._lock:
            if self._begun == self._size:
                return  # whoever is done first takes it
            self._begun += 1
            name = f"look-{self._begun}"
        threading.Thread(target=_serve, args=(self._work, self._idle), name=name, daemon=True).start()


def _serve(work: _Work, idle: threading.Semaphore) -> None:
    while (task := work.get()) is not None:
        _carry_out(*task, idle)
        del task  # while it waits for more, it keeps nothing alive
    work.put(None)  # for the next one


def _carry_out(future: Future[Any], call: Callable[[], Any], idle: threading.Semaphore) -> None:
    """Call, and tell the result last: who hears of it may have more work at once, and finds this thread idle."""
    if not future.set_running_or_notify_cancel():
        idle.release()
        return
    try:
        answer = call()
    except BaseException as exc:  # noqa: BLE001  # a thread has nobody else to tell
        idle.release()
        future.set_exception(exc)
    else:
        idle.release()
        future.set_result(answer)
