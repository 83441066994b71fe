"""
Nothing that a service lets slip is found again: in no file, in no stream, in no exception, however it is wrapped.

The twin is planted with some two thousand canaries (`planted.py`), and what the gate leaves behind is searched for them
(`hunting.py`) by taking off every wrapping, which is the other way round from the gate's own search.
"""

from __future__ import annotations

import base64
import gzip
import html
import importlib
import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from golive.environment import load
from golive.errors import GoLiveError
from golive.observatory import Observatory
from golive.probes.look import Act, Look
from golive.record import Record
from golive.runbook import read_features
from golive.twin import process
from golive.twin.process import TwinProcess
from golive.vocabulary import planned
from tests.gate.conftest import HOME, Project, copied
from tests.gate.hunting import Hunt

PLANTED = HOME / "tests/gate/planted.py"
MODES = ("well", "refusing", "denied", "malformed", "astray", "babbling")
# Wherever a partner or a log could hold one and a careless probe might read it: a word of the label for each.
PLACES = (
    *("plain variable", "secret drop/production/", "password in DATABASE_URL", "DSN", "header X-Trace", "cookie"),
    *("header authorization", "member at depth", "comment", "attribute", "log line", "session", "transaction"),
    *(
        "user ",
        "message ",
        "Slack's token",
        "GitHub's token",
        "BetterStack's token",
        "Sumsub's token",
        "Sumsub's webhook",
    ),
    *(
        "Neonomics' sandbox",
        "national identity number",
        "telephone",
        "e-mail",
        "account",
        "password of golive_readonly",
    ),
)
SERVICES = (
    *("getdrop.no", "auth.bankid.no", "neonomics.io", "swan.io", "api.github.com", "api.sumsub.com"),
    *(
        "uptime.betterstack.com",
        "betteruptime.com",
        "slack.com",
        "AWS secretsmanager",
        "AWS rds",
        "AWS logs",
        "AWS ecr",
    ),
    *("AWS ec2", "AWS iam", "AWS monitoring", "the database"),
)


@dataclass(frozen=True)
class Gated:
    """A run of the gate on a planted twin, and the canaries that were in it."""

    status: int
    streams: str
    home: Path
    planted: dict[str, str]
    hunt: Hunt

    def record(self) -> Record | None:
        """The record that it wrote."""
        found = sorted(self.home.glob("reports/*/*T*Z/record.json"))
        return Record.from_json(found[-1].read_bytes()) if found else None

    def files(self) -> list[Path]:
        """Everything that the run has written."""
        places = [self.home / name for name in ("reports", "results", ".pytest_cache", "junit.xml")]
        return [
            path
            for place in places
            for path in ([place] if place.is_file() else sorted(place.rglob("*")))
            if path.is_file() and not path.is_symlink() and "node_modules" not in path.parts
        ]


def ledger_of(file: Path) -> dict[str, str]:
    """Label → canary."""
    return dict(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


def plant(project: Project, ledger: Path, more: str = "") -> None:
    """From now on the gate in *project* starts a planted twin."""
    conftest = project.home / "conftest.py"
    program = f"\nfrom golive.twin import process\nprocess.PROGRAM = ({str(PLANTED)!r}, {str(ledger)!r})\n"
    conftest.write_text(conftest.read_text(encoding="utf-8") + program + more, encoding="utf-8")


def gate(home: Path, *arguments: str, more: str = "") -> Gated:
    """Run the gate with *arguments* in a fresh copy of the project at *home*."""
    project = copied(home)
    ledger = home.with_suffix(".ledger")
    plant(project, ledger, more)
    wanted = ("-m", "golive", "--alluredir=results", "--junitxml=junit.xml", *arguments)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *wanted],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    canaries = ledger_of(ledger)
    return Gated(ran.returncode, ran.stdout + ran.stderr, home, canaries, Hunt(canaries))


RUNS: dict[str, tuple[tuple[str, ...], int]] = {
    "well": (("--fault=planted-well", "--act"), 0),
    "refusing": (("--phase=T+24h", "--fault=planted-refusing"), 1),
    "malformed": (("--phase=T+24h", "--fault=planted-malformed"), 1),
    "another account": (("--fault=planted-well", "--fault=account-of-another"), 4),
}


@pytest.fixture(scope="module", params=RUNS)
def gated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Gated:
    """The gate on one of the planted worlds."""
    arguments, _ = RUNS[request.param]
    return gate(tmp_path_factory.mktemp("planted") / "project", *arguments)


def test_no_canary_is_in_what_a_run_leaves_behind(gated: Gated, request: pytest.FixtureRequest) -> None:
    """
    Whatever the services answer, record, report, results, manifest, JUnit file, cache and streams hold none of it.
    """
    _, status = RUNS[request.node.callspec.params["gated"]]
    assert gated.status == status, gated.streams
    assert len(set(gated.planted.values())) >= 200
    assert gated.hunt.found_in(gated.streams) == set()
    found = {path.name: labels for path in gated.files() if (labels := gated.hunt.found_in(path.read_bytes()))}
    assert found == {}
    if status != 4:
        record = gated.record()
        assert record is not None
        names = {path.name for path in gated.files()}
        assert {"record.json", "report.html", "verdict.md", "manifest.json", "junit.xml"} <= names
        assert len(record.evidence) > 60


# -- exceptions, and the worlds for which no whole run is needed ------------------------------------------------------


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TwinProcess, Path]]:
    """A planted twin, and its ledger."""
    ledger = tmp_path_factory.mktemp("planted") / "ledger"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "PROGRAM", (str(PLANTED), str(ledger)))
        started = TwinProcess.start(phase="T+24h")
    yield started, ledger
    started.stop()


def all_looks(observatory: Observatory) -> list[Look[object]]:
    """Every look of every scenario that can be told beforehand, acts included."""
    for file in (HOME / "steps").glob("[a-z]*.py"):
        importlib.import_module(f"steps.{file.stem}")
    offered = {"environment": observatory.environment, "launch_at": observatory.reach.detour.launch_at}
    looks: list[Look[object]] = []
    for scenario in read_features(HOME / "features")[0]:
        for step in scenario.steps:
            try:
                looks += planned(step.text, step.table, step.docstring, offered)
            except (GoLiveError, LookupError, TypeError, ValueError):
                continue
    return list(dict.fromkeys(looks))


def raised_by(observatory: Observatory, look: Look[object]) -> str:
    """The exception that reaches who asks *look*, with all that can be got out of it; "" where there is an answer."""
    try:
        observatory.answer(look)
    except Exception as exc:  # noqa: BLE001  # whatever it is
        told = traceback.TracebackException.from_exception(exc, capture_locals=True)
        chain = [exc, exc.__cause__, exc.__context__]
        return "".join(told.format()) + repr([(each, each and each.args, each and vars(each)) for each in chain])
    return ""


@pytest.mark.parametrize("mode", MODES)
def test_no_canary_is_in_an_exception_or_an_answer(twin: tuple[TwinProcess, Path], mode: str) -> None:
    """
    In every planted world: exceptions with causes and all their frames' locals, and the evidence of every look.
    """
    started, ledger = twin
    started.swap([f"planted-{mode}"])
    observatory = Observatory(load("rehearsal", HOME), started.detour, armed=True)
    looks = all_looks(observatory)
    assert len(looks) > 60
    observatory.gather([look for look in looks if not isinstance(look, Act)])
    raised = {f"{type(look).__name__} {look.source}": raised_by(observatory, look) for look in looks}
    hunt = Hunt(ledger_of(ledger))
    assert {name: labels for name, text in raised.items() if (labels := hunt.found_in(text))} == {}
    evidence = {f"{seen.look} {seen.source}": seen.model_dump_json() for seen in observatory.evidence()}
    hunt = Hunt(ledger_of(ledger))
    found = {name: labels for name, text in evidence.items() if (labels := hunt.found_in(text))}
    assert found == {}
    errors = sum(1 for text in raised.values() if text)
    assert (errors == 0) == (mode == "well"), raised
    kinds = {seen.error_kind for seen in observatory.evidence() if seen.error_kind}
    assert kinds <= {"CannotTell", "Denied", "Overloaded", "ProbeError", "Unreachable", "Unreadable", "Untrusted"}


def test_canaries_were_planted_everywhere(twin: tuple[TwinProcess, Path]) -> None:
    """
    At least two hundred, in every kind of place and in the answers of every service, or the tests above prove little.
    """
    started, ledger = twin
    observatory = Observatory(load("rehearsal", HOME), started.detour)
    for mode in ("refusing", "denied", "malformed"):
        started.swap([f"planted-{mode}"])
        observatory.forget(lambda _: True)
        observatory.gather([look for look in all_looks(observatory) if not isinstance(look, Act)])
    planted = ledger_of(ledger)
    assert len(set(planted.values())) >= 1000
    assert [place for place in (*PLACES, *SERVICES) if not any(place in label for label in planted)] == []
    known = [text for text in planted.values() if len(text) < 11]
    assert known == [], "too short to be nobody's but ours"


# -- other commands ---------------------------------------------------------------------------------------------------


def command(ledger: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The `golive` command, with a planted twin."""
    code = (
        "from golive.twin import process\n"
        f"process.PROGRAM = ({str(PLANTED)!r}, {str(ledger)!r})\n"
        "from golive.cli import main\n"
        "main()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=HOME, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.mark.parametrize(("mode", "status"), [("well", 0), ("denied", 1)])
def test_the_doctor_repeats_nothing(tmp_path: Path, mode: str, status: int) -> None:
    """
    What is missing is told without what the services said about it.
    """
    ledger = tmp_path / "ledger"
    ran = command(ledger, "doctor", "--json", "--fault", f"planted-{mode}")
    assert ran.returncode == status, ran.stderr
    assert Hunt(ledger_of(ledger)).found_in(ran.stdout + ran.stderr) == set()


def test_the_twin_tells_its_own_password_and_nothing_else(tmp_path: Path) -> None:
    """
    Who uses the twin by hand needs the password of its database, which is made fresh and opens nothing else.
    """
    ledger = tmp_path / "ledger"
    code = (
        "from golive.twin import process\n"
        f"process.PROGRAM = ({str(PLANTED)!r}, {str(ledger)!r})\n"
        "from golive.twin.byhand import commands\n"
        "twin = process.TwinProcess.start()\n"
        "print(commands(twin.detour))\n"
        "twin.stop()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert Hunt(ledger_of(ledger)).found_in(ran.stdout + ran.stderr) == {"password of golive_readonly"}


# -- on purpose -------------------------------------------------------------------------------------------------------

# Steps that say what they must not, and a probe whose answer holds what it must not: each another secret, written
# in another way. The names are the secrets'.
LEAKS = """
import base64
import json
import urllib.parse

import pytest

from golive.probes.postgres import Tables

WAYS = {
    "https_is_promised": ("JWT_SECRET", str),
    "both_names_prove": ("GOLIVE_SLACK_TOKEN", lambda text: base64.b64encode(text.encode()).decode()),
    "plain_http_is_sent": ("GOLIVE_GITHUB_TOKEN", lambda text: base64.urlsafe_b64encode(b"." + text.encode()).decode()),
    "a_real_norwegian": ("SWAN_CLIENT_SECRET", lambda text: base64.b64encode(b".." + text.encode()).decode()),
    "anyone_can_read_the_terms": ("SLACK_WEBHOOK_URL", lambda text: urllib.parse.quote(text, safe="")),
    "anyone_can_complain": ("DATABASE_URL", lambda text: json.dumps(json.dumps(text))),
}
real = Tables.observe


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_before_step_call(request):
    for part, (name, write) in WAYS.items():
        if part in request.node.name:
            held = request.getfixturevalue("golive_gate").run.observatory.reach.held
            raise AssertionError(f"it says {write(held[name])}")


def observe(look, reach):
    seen = real(look, reach)
    object.__setattr__(seen, "source", reach.held["GOLIVE_DATABASE_PASSWORD"].encode().hex())
    return seen


Tables.observe = observe
"""


def test_a_run_that_leaks_is_withheld(tmp_path: Path) -> None:
    """
    Steps and a probe that leak: exit 1, file and names said, nothing left on disk and nothing on the terminal.
    """
    ran = gate(tmp_path / "project", "--fault=planted-well", more=LEAKS)
    assert ran.status == 1, ran.streams
    (line,) = [line for line in ran.streams.splitlines() if line.startswith("NO-GO")]
    names = (
        *("JWT_SECRET", "GOLIVE_SLACK_TOKEN", "GOLIVE_GITHUB_TOKEN", "SLACK_WEBHOOK_URL", "DATABASE_URL"),
        "GOLIVE_DATABASE_PASSWORD",
    )
    for name in names:
        assert f"{name} in record.json" in line
    assert ran.record() is None
    left = [path for path in ran.files() if ".pytest_cache" not in path.parts and path.parent.name != "reports"]
    assert [path.name for path in left] == ["junit.xml"], "pytest's own, of which the gate knows nothing"
    assert "withheld: this holds" in left[0].read_text(encoding="utf-8")
    assert {path.name: found for path in ran.files() if (found := ran.hunt.found_in(path.read_bytes()))} == {}
    assert ran.hunt.found_in(ran.streams) == set()


WRAPPED: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "JSON": lambda text: json.dumps(text).encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "URL": lambda text: quote(text, safe="").encode(),
    "form": lambda text: quote_plus(text).encode(),
    "JSON in HTML": lambda text: html.escape(json.dumps(text)).encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode() * 3)),
    "base64 in lines": lambda text: base64.encodebytes(b"x" * 50 + text.encode()),
    **{
        f"base64 after {lead} bytes": lambda text, lead=lead: base64.b64encode(b"x" * lead + text.encode())  # type: ignore[misc]
        for lead in range(3)
    },
    **{
        f"base64 for URLs after {lead} bytes": lambda text, lead=lead: base64.urlsafe_b64encode(  # type: ignore[misc]
            b"x" * lead + text.encode()
        )
        for lead in range(3)
    },
    "a file in base64 with base64 in it": lambda text: base64.b64encode(
        json.dumps({"said": base64.b64encode(text.encode()).decode(), "more": "x" * 40}).encode()
    ),
}
SAMPLES = {"token": "kanari-9Hk_3-Vb77xQ", "odd": "kanari/1a2b3c\"<&'å>+=77", "telephone": "+4745551234"}


@pytest.mark.parametrize("way", WRAPPED)
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_hunt_finds_what_is_there(way: str, sample: str) -> None:
    """
    The control: a canary in an output is found in every wrapping, so that to find none says something.
    """
    wrapped = b"<p>" + WRAPPED[way](SAMPLES[sample]) + b"</p>"
    assert Hunt(SAMPLES).found_in(wrapped) == {sample}
    page = b'<script>d("data.json","' + base64.b64encode(b'{"message":' + wrapped + b', "and": "so on and on"}') + b'")'
    assert Hunt(SAMPLES).found_in(page) == {sample}
    assert Hunt(SAMPLES).found_in(b"<p>kanari</p>") == set()
