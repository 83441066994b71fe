"""Looks are asked once, side by side, within their time, and what is asked again is told."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from golive.coordinates import Network
from golive.environment import Detour, Environment, load
from golive.errors import CannotTell, Crashed, Denied, Overloaded, ProbeError, Unreachable, Unsigned
from golive.observatory import Observatory
from golive.probes.look import Act, Look
from golive.probes.reach import Reach

HOME = Path(__file__).parents[1]
CALLS: dict[str, list[threading.Thread]] = {}
DOING: dict[str, Callable[[Reach], str]] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """A test's answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Ask(Look[Said]):
    """A test's look: does what the test put into DOING under its name."""

    name: str
    at: str = "one.example"

    @property
    def source(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        return self.at

    def observe(self, reach: Reach) -> Said:
        CALLS.setdefault(self.name, []).append(threading.current_thread())
        return Said(DOING[self.name](reach))


@dataclass(frozen=True, slots=True)
class Do(Act[Said]):
    """A test's act, which is done where the look called "done" says so."""

    seconds: float = 5.0

    @property
    def source(self) -> str:
        return "act"

    @property
    def host(self) -> str:
        return "one.example"

    @property
    def effect(self) -> str:
        return "does something"

    @property
    def unless(self) -> Ask:
        return Ask("done")

    def is_done(self, seen: Said) -> bool:
        return seen.text == "yes"

    def patience(self, network: Network) -> float:
        return max(self.seconds, network.look_seconds)

    def observe(self, reach: Reach) -> Said:
        CALLS.setdefault("act", []).append(threading.current_thread())
        return Said(DOING["act"](reach))


@pytest.fixture(autouse=True)
def fresh() -> None:
    CALLS.clear()
    DOING.clear()


def setting(event: threading.Event) -> Callable[[Reach], str]:
    """What sets *event*."""

    def sets(_: Reach) -> str:
        event.set()
        return "done"

    return sets


def environment(**network: float) -> Environment:
    loaded = load("rehearsal", HOME)
    return loaded.model_copy(update={"network": loaded.network.model_copy(update=network)})


def observatory(**network: float) -> Observatory:
    return Observatory(environment(**network), Detour(trust=Path("unused")))


def test_equal_looks_are_asked_once() -> None:
    """However many ask the same, the world hears it once."""
    DOING["a"] = lambda _: "yes"
    seen = observatory()
    seen.gather([Ask("a"), Ask("a")])
    assert [seen.answer(Ask("a")), seen.answer(Ask("a"))] == [Said("yes")] * 2
    assert len(CALLS["a"]) == seen.requests == seen.count == 1


def test_looks_are_asked_side_by_side() -> None:
    """Ten looks that each wait for all ten are all answered, so they must be in flight together."""
    barrier = threading.Barrier(10)
    for number in range(10):
        DOING[str(number)] = lambda _: str(barrier.wait(5))
    seen = observatory()
    seen.gather([Ask(str(number)) for number in range(10)])
    assert {item.error for item in seen.evidence()} == {None}


def test_one_host_is_not_overrun() -> None:
    """No more looks of one host are in flight than the environment allows, while another host's are not held up."""
    lock, counts, most = threading.Lock(), {"now": 0}, []
    other = threading.Event()

    def busy(_: Reach) -> str:
        with lock:
            counts["now"] += 1
            most.append(counts["now"])
        other.wait(5)
        with lock:
            counts["now"] -= 1
        return "done"

    for number in range(6):
        DOING[str(number)] = busy
    DOING["other"] = setting(other)
    seen = observatory(per_host=2)
    seen.gather([*(Ask(str(number)) for number in range(6)), Ask("other", at="two.example")])
    assert max(most) == 2
    assert {item.error for item in seen.evidence()} == {None}


def test_a_passing_trouble_is_asked_again_and_told() -> None:
    """After a 429 the look is asked again; both attempts are in the evidence."""
    turns = iter([Overloaded("x", "429"), None])

    def second_time(_: Reach) -> str:
        trouble = next(turns)
        if trouble:
            raise trouble
        return "well"

    DOING["a"] = second_time
    seen = observatory()
    assert seen.answer(Ask("a")) == Said("well")
    (evidence,) = seen.evidence()
    assert [attempt.error for attempt in evidence.attempts] == ["x: 429", None]
    assert (evidence.answer, evidence.error) == ({"text": "well"}, None)


def test_in_a_hurry_who_hangs_is_asked_once() -> None:
    """Who took a whole answer's time to say nothing is not asked again; a quick refusal still is."""

    def hang(_: Reach) -> str:
        time.sleep(0.05)
        raise Unreachable("x", "no answer in time")

    def refuse(_: Reach) -> str:
        raise Unreachable("x", "refused")

    DOING.update(hangs=hang, refuses=refuse)
    seen = observatory(answer_seconds=0.05)
    seen.hurried = True
    seen.gather([Ask("hangs"), Ask("refuses")])
    assert {len(one.attempts) for one in seen.evidence() if one.question["name"] == "hangs"} == {1}
    assert {len(one.attempts) for one in seen.evidence() if one.question["name"] == "refuses"} == {3}


def test_a_fact_is_not_asked_again() -> None:
    """ "Not you" will not change by asking again, so it is asked once."""
    DOING["a"] = lambda _: (_ for _ in ()).throw(Denied("x", "no"))
    seen = observatory()
    with pytest.raises(Denied):
        seen.answer(Ask("a"))
    assert len(CALLS["a"]) == 1


def test_asking_again_ends() -> None:
    """A service that is down for good is asked as often as the environment says, and no more."""
    DOING["a"] = lambda _: (_ for _ in ()).throw(Unreachable("x", "down"))
    seen = observatory(attempts=3)
    with pytest.raises(Unreachable):
        seen.answer(Ask("a"))
    assert len(CALLS["a"]) == 3


def test_a_look_that_hangs_is_given_up() -> None:
    """An answer that never comes is unknown when its time is over, and what comes late is not let in."""
    late = threading.Event()
    DOING["a"] = lambda _: str(late.wait(60))
    seen = observatory(look_seconds=0.1)
    with pytest.raises(Unreachable, match="no answer within"):
        seen.answer(Ask("a"))
    late.set()
    with pytest.raises(Unreachable):
        seen.answer(Ask("a"))


def test_the_time_of_the_run_ends() -> None:
    """When the time for all looks is over, what was not asked is unknown, not waited for."""
    DOING["a"] = lambda _: "late"
    seen = observatory(run_seconds=0.0)
    seen.start_clock()
    with pytest.raises(ProbeError):
        seen.answer(Ask("a"))


def test_a_look_may_depend_on_another() -> None:
    """A hundred looks that all depend on one do not lock each other up, and the one is asked once."""
    DOING["base"] = lambda _: "base"
    for number in range(100):
        DOING[str(number)] = lambda reach: reach.ask(Ask("base")).text
    seen = observatory(per_host=2)
    seen.gather([Ask(str(number)) for number in range(100)])
    assert len(CALLS["base"]) == 1
    with seen.watching() as asked:
        seen.answer(Ask("7"))
    assert len(seen.evidence_ids(asked)) == 2, "the evidence of a look includes that of what it depends on"


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    """A probe with a bug says so where it is needed, with its kind and place; the run does not wait for it."""
    DOING["a"] = lambda _: [][1]
    seen = observatory()
    with pytest.raises(Crashed, match=r"^the check itself failed: IndexError at \w+/\w+\.py:\d+$") as caught:
        seen.answer(Ask("a"))
    (told,) = seen.evidence()
    assert (told.error, told.error_kind) == (str(caught.value), "Crashed")
    assert told.error is not None
    assert "out of range" not in told.error, "what a bug says may carry a secret, so only kind and place are kept"


def test_an_error_comes_without_its_past() -> None:
    """What led to an error (a library's words, the frames of the probe with all that it held) is not handed on."""

    def fail(_: Reach) -> str:
        token = "s3cr3t"
        try:
            return dict[str, str]()[token]
        except KeyError as exc:
            raise Denied("the API", "refused") from exc

    def depend(reach: Reach) -> str:
        token = "s3cr3t"
        return reach.ask(Ask("a")).text + token

    DOING["a"], DOING["b"] = fail, depend
    seen = observatory()
    for name in ("a", "b"):
        for _ in range(2):
            with pytest.raises(Denied, match="the API: refused") as caught:
                seen.answer(Ask(name))
            told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
            assert "s3cr3t" not in "".join(told.format())
            assert (caught.value.__cause__, caught.value.__context__) == (None, None)
            assert (caught.value.target, caught.value.reason) == ("the API", "refused")


def test_what_changed_is_asked_anew_with_what_depends_on_it() -> None:
    """Forgetting a look also forgets the looks that were answered through it, and nothing else."""
    DOING["base"] = lambda _: "base"
    DOING["on"] = lambda reach: reach.ask(Ask("base")).text
    DOING["other"] = lambda _: "other"
    seen = observatory()
    seen.gather([Ask("base"), Ask("on"), Ask("other")])
    seen.forget(lambda look: look == Ask("base"))
    seen.gather([Ask("base"), Ask("on"), Ask("other")])
    assert {name: len(calls) for name, calls in CALLS.items()} == {"base": 2, "on": 2, "other": 1}


def test_who_waits_for_a_place_keeps_no_thread_from_others() -> None:
    """A host whose looks all hang takes its own places and no more: another host is answered meanwhile."""
    ends = threading.Event()
    for number in range(200):
        DOING[str(number)] = lambda _: str(ends.wait(5))
    DOING["other"] = setting(ends)
    seen = observatory(per_host=2)
    seen.gather([*(Ask(str(number)) for number in range(200)), Ask("other", at="two.example")])
    assert {item.error for item in seen.evidence()} == {None}


def test_a_look_in_the_queue_is_not_waited_for_by_who_holds_its_place() -> None:
    """With one place at a host, a look that depends on another one in the same queue asks it itself."""
    DOING["first"] = lambda reach: reach.ask(Ask("second")).text
    DOING["second"] = lambda _: "second"
    seen = observatory(per_host=1)
    seen.gather([Ask("first"), Ask("second")])
    assert seen.answer(Ask("first")) == Said("second")
    assert len(CALLS["second"]) == 1


@pytest.mark.parametrize("armed", [False, True])
def test_what_is_done_already_is_not_done_again(armed: bool) -> None:
    """An act whose result is there is neither carried out nor in need of consent."""
    DOING["done"] = lambda _: "yes"
    seen = Observatory(environment(), Detour(trust=Path("unused")), armed=armed)
    assert not seen.will_act(Do())
    assert seen.answer(Do()) == Said("yes")
    assert "act" not in CALLS


def test_what_is_not_done_needs_consent() -> None:
    """Without it nothing happens; with it the act is carried out once, however often it is asked for."""
    DOING.update({"done": lambda _: "no", "act": lambda _: "did"})
    unarmed = observatory()
    with pytest.raises(Unsigned, match="this does something"):
        unarmed.answer(Do())
    armed = Observatory(environment(), Detour(trust=Path("unused")), armed=True)
    assert armed.will_act(Do())
    assert [armed.answer(Do()), armed.answer(Do())] == [Said("did")] * 2
    assert len(CALLS["act"]) == 1


def test_an_act_has_its_own_time() -> None:
    """It may take longer than a look, also when the time for all looks is over, and takes no look's time away."""
    slow = threading.Event()
    DOING.update({"done": lambda _: "no", "act": lambda _: str(slow.wait(1.1)), "after": lambda _: "in time"})
    seen = Observatory(environment(look_seconds=0.05, run_seconds=1.0), Detour(trust=Path("unused")), armed=True)
    seen.start_clock()
    assert seen.answer(Do()) == Said("False")
    assert seen.answer(Ask("after")) == Said("in time")


def test_an_act_is_given_up_when_its_own_time_is_over() -> None:
    """What never ends is unknown then, and was begun once."""
    late = threading.Event()
    DOING.update({"done": lambda _: "no", "act": lambda _: str(late.wait(60))})
    seen = Observatory(environment(look_seconds=0.05), Detour(trust=Path("unused")), armed=True)
    with pytest.raises(Unreachable, match=r"no answer within 0\.1 s"):
        seen.answer(Do(seconds=0.1))
    late.set()
    assert len(CALLS["act"]) == 1


@dataclass(frozen=True, slots=True)
class Held(Ask):
    """A test's look that is believed only where its control, the look called "control", tells."""

    def control(self, environment: Environment) -> Ask:  # noqa: ARG002  # of a look
        return Ask("control")


def test_a_control_that_cannot_tell_spoils_every_look_that_names_it() -> None:
    """The control is asked once, beside them; what it says stands in each one's way, and in its evidence."""
    observatory = Observatory(load("rehearsal", HOME), Detour())
    DOING.update({"one": lambda _: "yes", "two": lambda _: "yes", "control": lambda _: _cannot_tell()})
    CALLS.clear()
    observatory.gather([Held("one"), Held("two")])
    for name in ("one", "two"):
        with pytest.raises(CannotTell, match="it knows anybody"):
            observatory.answer(Held(name))
    assert {name: len(threads) for name, threads in CALLS.items()} == {"one": 1, "two": 1, "control": 1}
    seen = {each.source: each for each in observatory.evidence()}
    assert seen["one"].needs == seen["two"].needs == (seen["control"].id,)
    assert (seen["one"].answer, seen["one"].error_kind) == (None, "CannotTell")


def test_a_control_that_tells_leaves_the_answer_as_it_is() -> None:
    """Also where nobody planned the look, so that the control is asked with it; a look that fails is not held twice."""
    observatory = Observatory(load("rehearsal", HOME), Detour())
    DOING.update({"late": lambda _: "yes", "broken": lambda _: _denied(), "control": lambda _: "nothing there"})
    CALLS.clear()
    assert observatory.answer(Held("late")).text == "yes"
    with pytest.raises(Denied):
        observatory.answer(Held("broken"))
    assert len(CALLS["control"]) == 1


def test_controls_are_asked_first() -> None:
    """Where a host takes one question at a time, a control does not stand behind the looks that wait for it."""
    observatory = Observatory(environment(per_host=1), Detour())
    DOING.update({name: lambda _: "yes" for name in ("one", "two", "control")})
    observatory.gather([Held("one"), Held("two")])
    assert [*CALLS] == ["control", "one", "two"]


def _cannot_tell() -> str:
    raise CannotTell("control", "it knows anybody")


def _denied() -> str:
    raise Denied("broken", "not you")
