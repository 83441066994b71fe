"""The benchmark measures what it says: what was asked is counted by the asked, and figures follow from medians."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bench import byhand, clock, table
from bench.project import checks, generate
from bench.rows import PYTEST, requests_of
from bench.table import Figure, Part, Results
from bench.target import RESOLVERS, TargetProcess

HOME = Path(__file__).parents[1]


def test_target_counts_what_it_is_asked() -> None:
    """A question asked twice counts twice, and is one question."""
    import dns.message
    import dns.query

    with TargetProcess() as target:
        endpoint, port = target.way["endpoints"]["*"], target.way["ports"][f"{RESOLVERS[0]}:53"]
        question = b"Action=GetCallerIdentity&Version=2011-06-15"
        signed = urllib.request.Request(endpoint, question, {"Authorization": "a signature"})  # noqa: S310
        for _ in range(2):
            with urllib.request.urlopen(signed, timeout=5) as said:  # noqa: S310
                assert b"324480209768" in said.read()
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(endpoint, question, timeout=5)  # noqa: S310
        for kind in ("CAA", "A"):
            dns.query.udp(dns.message.make_query("name-1.bench.example", kind), "127.0.0.1", 5, port)
        asked = target.delay(0)
        assert requests_of(asked) == {"sent": 4, "looks": 3, "addresses sent": 1, "addresses": 1}
        assert target.delay(0) == {}


CONTROLS = ("no such service", "no such repository", "nobody")


def test_every_check_is_asked_once(tmp_path: Path) -> None:
    """The real gate asks the target as often as there are distinct looks, whatever else it looks up."""
    generate(tmp_path, 12, gate=True)
    with TargetProcess() as target:
        (tmp_path / "way.json").write_text(json.dumps(target.way), encoding="utf-8")
        shell = {"BENCH_WAY": str(tmp_path / "way.json"), "BENCH_WRITES": "record", "BENCH_FOLDER": str(tmp_path)}
        clock.timed((*PYTEST, "-m", "golive"), tmp_path, {**shell, "PYTHONPATH": str(HOME)})
        asked = requests_of(target.delay(0))
    record = json.loads((tmp_path / "record.json").read_bytes())
    assert record["verdict"]["line"] == "GO (REHEARSAL, 12 of 12 items)"
    assert (
        asked["sent"] == asked["looks"] == 12 + len(("caller", "service", "operations", "health", "images", *CONTROLS))
    )


def test_one_by_one_is_the_same_checks(tmp_path: Path) -> None:
    """The rival runs as many scenarios, and asks the target for each of them."""
    generate(tmp_path, 6, gate=False)
    with TargetProcess() as target:
        (tmp_path / "way.json").write_text(json.dumps(target.way), encoding="utf-8")
        clock.timed((*PYTEST, "-q"), tmp_path, {"BENCH_WAY": str(tmp_path / "way.json"), "PYTHONPATH": str(HOME)})
        assert requests_of(target.delay(0))["sent"] == 6


def test_the_time_of_an_answer_ends_with_its_line() -> None:
    """The line stops the clock, whatever the exit status; who never says it has failed."""
    slow = "import sys; print('first'); print('It is BID-C1: down'); sys.exit(1)"
    assert clock.answered([sys.executable, "-c", slow], HOME, "BID-C1: ").wall > 0
    with pytest.raises(clock.Failed, match="did not say 'BID-C2: '"):
        clock.answered([sys.executable, "-c", slow], HOME, "BID-C2: ")


def test_typed_commands_are_as_many_as_the_checks() -> None:
    """One command a check, a third of them each."""
    way = {"ports": {"192.0.2.10:443": 1, "192.0.2.20:443": 2, f"{RESOLVERS[0]}:53": 3}, "trust": "roots.pem"}
    typed = byhand.lines(checks(9), way)
    assert [line[0] for line in typed] == ["curl", "dig", "openssl"] * 3
    assert len(set(typed)) == 9


def test_what_fails_is_not_timed(tmp_path: Path) -> None:
    """A contestant that ends badly has no time."""
    with pytest.raises(clock.Failed, match="ended with status 1"):
        clock.timed(("sh", "-c", "exit 1"), tmp_path, {})


RUNS = {"slow": [{"wall": wall, "cpu": 1.0, "memory": 40.0} for wall in (9.0, 1.0, 3.0)],
        "fast": [{"wall": 0.5, "cpu": 0.5, "memory": 60.0}]}  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "value", "holds"),
    [
        (Figure("a", "r", Part("slow"), Part("fast"), at_least=6), 6.0, True),
        (Figure("a", "r", Part("slow"), Part("fast", plus=0.5), at_most=2.9), 3.0, False),
        (Figure("a", "r", Part("fast", "memory"), Part("slow", "memory"), at_most=1.6), 1.5, True),
        (Figure("a", "r", Part("slow", per=10), Part("fast", per=1)), 0.6, None),
        (Figure("a", "r", 6.0, Part("slow")), 2.0, None),
        (Figure("a", "r", Part("slow"), at_most=3), 3.0, True),
    ],
)
def test_figures_follow_from_medians(figure: Figure, value: float, holds: bool | None) -> None:
    """The median is what counts, and an aim is met at its very value."""
    assert figure.value(RUNS) == pytest.approx(value)
    assert figure.holds(figure.value(RUNS)) is holds


def test_table_tells_what_was_measured() -> None:
    """Every figure and every contestant has its line."""
    results = Results(
        {"cores": "2"},
        "now",
        {"r": (0.1, 1.2)},
        RUNS,
        [Figure("slow ÷ fast", "r", Part("slow"), Part("fast"), at_least=10)],
    )
    told = table.render(results.to_json())
    assert "| slow ÷ fast | 6 | ≥ 10 | ✗ | measured here |" in told
    assert "r 0.1 to 1.2" in told
    assert "| slow | 3.00 (1.00 to 9.00) | 1.00 | 40 | 3 |" in told


def test_kept_table_is_that_of_the_kept_figures() -> None:
    """README.md shows results.json, and nobody has improved it by hand."""
    said = json.loads((HOME / "bench" / "results.json").read_text(encoding="utf-8"))
    assert table.render(said) in (HOME / "bench" / "README.md").read_text(encoding="utf-8")
