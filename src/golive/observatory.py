"""Looks are planned, answered side by side, and remembered: each is asked once, however many items need it."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count as numbers
from typing import Any, TypeVar, cast

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from golive.environment import Detour, Environment
from golive.errors import Crashed, GoLiveError, NoConsent, ProbeError, Unreachable
from golive.probes.look import Act, Look
from golive.probes.reach import Reach
from golive.record import Attempt, Evidence
from golive.threads import Threads

T = TypeVar("T")

# The looks asked while one step runs, so that the step's evidence can be told.
_ASKED: ContextVar[list[Look[Any]] | None] = ContextVar("asked", default=None)
# Whether what is asked now may act: the scenario that asks falls due in this run.
_DUE: ContextVar[bool] = ContextVar("due", default=True)


@dataclass(slots=True)
class Entry:
    """What is known of one look."""

    look: Look[Any]
    number: int
    done: threading.Event = field(default_factory=threading.Event)
    begun: bool = False
    asked_at: float | None = None  # monotonic; when the first attempt began
    answer: Any = None
    error: GoLiveError | None = None
    at: datetime | None = None
    took_ms: float = 0.0
    attempts: list[Attempt] = field(default_factory=list)
    needs: list[Look[Any]] = field(default_factory=list)  # looks that this one depended on
    evidence: Evidence | None = None  # what was said of it once; it stays so


class Observatory:
    """Asks the world, once for each look."""

    def __init__(self, environment: Environment, detour: Detour, *, threads: int = 128, armed: bool = False) -> None:
        """*armed* says that the operator consented to acts (`--act`)."""
        self.environment = environment
        self.armed = armed
        self.hurried = False  # what took a whole answer's time to say nothing is not asked again
        self.reach = Reach(environment, detour, self._ask_for_another)
        self._size = threads
        self._pool: Executor | None = None
        self._entries: dict[Look[Any], Entry] = {}
        self._numbers = numbers(1)  # each look has one of its own, also after others were forgotten
        self._lock = threading.Lock()
        self._in_flight: Counter[str] = Counter()  # by host
        self._waiting: dict[str, deque[Entry]] = defaultdict(deque)  # for a place at their host
        self._ends: float | None = None  # monotonic; nothing is asked after it
        self.requests = 0

    # -- asking ---------------------------------------------------------------------------------------------------

    def gather(self, looks: Iterable[Look[Any]], on_answer: Callable[[int, int], None] = lambda *_: None) -> None:
        """
        Answer *looks* side by side and remember the answers; returns when all are there or their time is over.

        *on_answer* hears how many of how many are there.
        """
        entries = self.begin(looks)
        for count, entry in enumerate(entries, 1):
            self._wait(entry)
            on_answer(count, len(entries))

    def begin(self, looks: Iterable[Look[Any]]) -> list[Entry]:
        """Ask *looks*, and their controls, side by side, as far as nobody has yet; waits for no answer."""
        wanted = dict.fromkeys(looks)
        # The controls first: a host has so many places, and none of the answers counts before its control.
        entries = [self._claim(look) for look in [*self._controls(wanted), *wanted]]
        for entry, mine in entries:
            if mine:
                self._queue(entry)
        return [entry for entry, _ in entries]

    def answer(self, look: Look[T]) -> T:
        """
        The answer to *look*, asked now unless it was before; the ProbeError that kept us from it.

        NoConsent for an act to which nobody consented, or whose hour has not come; what was done already needs none.
        """
        if isinstance(look, Act) and look.unless is not None and look.is_done(done := self.answer(look.unless)):
            return cast(T, done)
        if isinstance(look, Act) and not self.armed:
            raise NoConsent(f"this {look.effect}; nobody consented to that in this run (--act)")
        if isinstance(look, Act) and not _DUE.get():
            raise NoConsent(f"this {look.effect}; that is not done before it is due")
        asked = _ASKED.get()
        if asked is not None:
            asked.append(look)
        entry, mine = self._claim(look)
        if mine:
            # On a thread of its own all the same: what hangs must not hang the run.
            self._queue(entry)
        self._wait(entry)
        if mine and isinstance(look, Act) and self._ends is not None:
            self._ends += entry.took_ms / 1000  # what waits for an act to end has as much time left as before
        if entry.error is not None:
            raise _afresh(entry.error)
        return cast(T, entry.answer)

    def will_act(self, act: Act[Any]) -> bool:
        """Whether asking *act* would change something: it is its hour, and it is not done, as far as can be seen."""
        if act.hour is not None and not act.hour[0] <= datetime.now(UTC) <= act.hour[1]:
            return False
        try:
            return act.unless is None or not act.is_done(self.answer(act.unless))
        except ProbeError:
            return False

    def meanwhile(self, begin: Callable[[Reach], None]) -> None:
        """Let *begin* run beside everything else; whether it comes to anything is said by the looks that need it."""
        self._threads().submit(begin, self.reach)

    @contextmanager
    def watching(self, *, due: bool = True) -> Iterator[list[Look[Any]]]:
        """The looks asked inside the block, in order; acts among them only where the block is *due* in this run."""
        asked: list[Look[Any]] = []
        token, may = _ASKED.set(asked), _DUE.set(due)
        try:
            yield asked
        finally:
            _ASKED.reset(token)
            _DUE.reset(may)

    def start_clock(self) -> None:
        """From now on the run's time for all looks together is counted."""
        self._ends = time.monotonic() + self.environment.network.run_seconds

    def forget(self, changed: Callable[[Look[Any]], bool]) -> None:
        """Drop the answers to looks of which *changed* says so, and to those that depended on them."""
        stale = {look for look in self._entries if changed(look)}
        while more := {look for look, entry in self._entries.items() if look not in stale and stale & set(entry.needs)}:
            stale |= more
        for look in stale:
            del self._entries[look]
        self.reach.forget()

    # -- what was seen --------------------------------------------------------------------------------------------

    def evidence_ids(self, looks: Iterable[Look[Any]]) -> tuple[str, ...]:
        """Ids of the evidence of *looks*, with that of the looks they depended on, in order, once each."""
        found: dict[str, None] = {}
        for look in looks:
            entry = self._entries[look]
            found[f"e{entry.number}"] = None
            found.update(dict.fromkeys(self.evidence_ids(entry.needs)))
        return tuple(found)

    def evidence(self) -> tuple[Evidence, ...]:
        """Everything that was asked, in the order in which it was first asked."""
        entries = sorted(self._entries.values(), key=lambda entry: entry.number)
        return tuple(self._evidence(entry) for entry in entries if entry.done.is_set())

    def behind(self, look: Look[Any]) -> tuple[Look[Any], ...]:
        """*look* and every look that its answer depended on, those that were asked first at the end, once each."""
        found: dict[Look[Any], None] = {look: None}
        for needed in self._entries[look].needs:
            found.update(dict.fromkeys(self.behind(needed)))
        return tuple(found)

    def trouble(self, look: Look[Any]) -> ProbeError | None:
        """What kept *look*, which was asked before, from an answer."""
        try:
            self.answer(look)
        except ProbeError as exc:
            return exc
        return None

    def seen(self, look: Look[T]) -> T | None:
        """The answer to *look* where it was asked before and answered; nothing is asked now."""
        entry = self._entries.get(look)
        if entry is None or not entry.done.is_set() or entry.error is not None:
            return None
        return cast(T, entry.answer)

    def asked_at(self, look: Look[Any]) -> datetime:
        """When *look* was asked for the last time."""
        return self._entries[look].attempts[-1].at

    @property
    def count(self) -> int:
        """How many distinct looks were asked."""
        return len(self._entries)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _threads(self) -> Executor:
        if self._pool is None:
            self._pool = Threads(self._size)
        return self._pool

    def _controls(self, looks: Collection[Look[Any]]) -> list[Look[Any]]:
        """The controls of *looks*, and those of the controls, which none of *looks* is itself."""
        found: dict[Look[Any], None] = {}
        asking = [*looks]
        while asking:
            control = asking.pop().control(self.environment)
            if control is not None and control not in found and control not in looks:
                found[control] = None
                asking.append(control)
        return [*found]

    def _claim(self, look: Look[Any]) -> tuple[Entry, bool]:
        """What is known of *look*, and whether the caller has to see to it that it is asked."""
        with self._lock:
            entry = self._entries.get(look)
            if entry is not None:
                return entry, False
            entry = self._entries[look] = Entry(look, next(self._numbers))
            return entry, True

    def _ask_for_another(self, look: Look[T]) -> T:
        """Answer a look that another depends on, in the asker's own thread: a full pool cannot lock itself up."""
        if isinstance(look, Act):
            raise TypeError("an act is asked for by its own scenario alone")
        asker = _OBSERVING.get()
        if asker is not None:
            asker.needs.append(look)
        entry, _ = self._claim(look)
        if self._begins(entry):
            # Asked by the asker itself, even if it stands in a queue already: to wait for a second place or thread
            # while holding a first could lock up.
            self._observe(entry)
        else:
            self._wait(entry)
        if entry.error is not None:
            raise _afresh(entry.error)
        return cast(T, entry.answer)

    def _queue(self, entry: Entry) -> None:
        """Ask as soon as there is a place at the host; who waits for one keeps no thread from the others."""
        host = entry.look.host
        with self._lock:
            if self._in_flight[host] >= entry.look.places(self.environment.network):
                self._waiting[host].append(entry)
                return
            self._in_flight[host] += 1
        self._threads().submit(self._serve, host, entry)

    def _serve(self, host: str, entry: Entry | None) -> None:
        while entry is not None:
            if self._begins(entry):
                self._observe(entry)
            with self._lock:
                entry = self._waiting[host].popleft() if self._waiting[host] else None
                if entry is None:
                    self._in_flight[host] -= 1

    def _begins(self, entry: Entry) -> bool:
        """Whether nobody else has begun to ask; from now on the caller has."""
        with self._lock:
            first, entry.begun = not entry.begun, True
            return first

    def _observe(self, entry: Entry) -> None:
        token = _OBSERVING.set(entry)
        try:
            self._attempt_all(entry)
            control = entry.look.control(self.environment)
            if control is not None and entry.error is None:
                self._ask_for_another(control)
        except BaseException as exc:  # noqa: BLE001  # a bug of ours is told where the answer is needed
            entry.error = entry.error or (exc if isinstance(exc, GoLiveError) else Crashed.by(exc))
        finally:
            _OBSERVING.reset(token)
            entry.done.set()

    def _attempt_all(self, entry: Entry) -> None:
        network = self.environment.network
        entry.asked_at = begun = time.monotonic()
        entry.at = datetime.now(UTC)
        deadline = begun + entry.look.patience(network)
        if self._ends is not None and not isinstance(entry.look, Act):  # an act brings its own time
            deadline = min(deadline, self._ends)
        attempts = 1 if isinstance(entry.look, Act) else network.attempts
        for number in range(1, attempts + 1):
            if time.monotonic() >= deadline and number == 1:
                entry.error = Unreachable(entry.look.source, "the run's time was over before this could be asked")
                break
            error = self._attempt(entry)
            if not (isinstance(error, ProbeError) and error.passing) or entry.done.is_set():
                break
            if self.hurried and entry.attempts[-1].took_ms >= network.answer_seconds * 1000:
                break
            pause = 0.1 * 3 ** (number - 1)
            if number == attempts or time.monotonic() + pause >= deadline:
                break
            entry.done.wait(pause)
        entry.took_ms = (time.monotonic() - begun) * 1000

    def _attempt(self, entry: Entry) -> ProbeError | None:
        at, begun = datetime.now(UTC), time.monotonic()
        answer, error = None, None
        with self._lock:
            self.requests += 1
        try:
            answer = entry.look.observe(self.reach)
        except ProbeError as exc:
            error = exc
        if entry.done.is_set():  # the run gave up on this look: what comes late is not let in
            return error
        took = (time.monotonic() - begun) * 1000
        entry.attempts.append(Attempt(at=at, took_ms=round(took, 1), error=str(error) if error else None))
        entry.answer, entry.error = answer, error
        return error

    def _wait(self, entry: Entry) -> None:
        """Until the look is answered, or its time and a little more is over."""
        patience = entry.look.patience(self.environment.network)
        while not entry.done.is_set():
            now = time.monotonic()
            asked_at = entry.asked_at  # once: it may be asked while we wait
            limit = now + 0.5 if asked_at is None else asked_at + patience + 1.0
            if self._ends is not None and not isinstance(entry.look, Act):
                limit = min(limit, self._ends + 1.0)
            if not entry.done.wait(max(limit - now, 0.0)) and time.monotonic() >= limit:
                waited_for_slot = asked_at is None and (self._ends is None or now < self._ends)
                if waited_for_slot:
                    continue
                entry.error = Unreachable(entry.look.source, f"no answer within {patience:g} s")
                entry.answer = None
                entry.done.set()

    def _evidence(self, entry: Entry) -> Evidence:
        if entry.evidence is None:
            entry.evidence = self._seen(entry)
        return entry.evidence

    def _seen(self, entry: Entry) -> Evidence:
        error = entry.error
        return Evidence(
            id=f"e{entry.number}",
            look=kind_of(entry.look),
            question=cast(dict[str, JsonValue], plain(entry.look)),
            source=entry.look.source,
            at=entry.at or datetime.now(UTC),
            took_ms=round(entry.took_ms, 1),
            attempts=tuple(entry.attempts),
            act=entry.look.effect if isinstance(entry.look, Act) else None,
            stays=entry.look.stays(entry.answer) if isinstance(entry.look, Act) and error is None else "",
            answer=None if error else plain(entry.answer),
            error=None if error is None else str(error),
            error_kind=None if error is None else error.kind(),
            needs=tuple(dict.fromkeys(f"e{self._entries[look].number}" for look in entry.needs)),
        )


_OBSERVING: ContextVar[Entry | None] = ContextVar("observing", default=None)


def kind_of(look: Look[Any]) -> str:
    """What kind of question *look* is; with its own fields that tells it from any other."""
    return f"{type(look).__module__}:{type(look).__qualname__}"


def question_of(look: Look[Any]) -> tuple[str, JsonValue]:
    """What kind of question *look* is, and its own fields: by these it is found in a record."""
    return kind_of(look), plain(look)


def _afresh(error: GoLiveError) -> GoLiveError:
    """The same error without its past: causes and frames of a probe hold what the world said, and what it was asked."""
    fresh = type(error).__new__(type(error), *error.args)
    fresh.__dict__.update(error.__dict__)
    return fresh


def plain(value: object) -> JsonValue:
    """A look or an answer as JSON: exactly the fields of its dataclass."""
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"an answer must be a dataclass, not {type(value).__name__}")
    return cast(JsonValue, to_jsonable_python(value))
