"""What people read: everything is there, nothing in it is markup of somebody else's, and no secret is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.diagnosis.advising import advice, counsel
from golive.diagnosis.clock import Facts
from golive.diagnosis.document import CauseFound, Diagnosis, Sign
from golive.diagnosis.page import html, markdown
from golive.diagnosis.papers import load_runbook
from golive.diagnosis.ranking import Conclusion
from golive.diagnosis.remedy import Observed
from golive.diagnosis.screen import COMMAND, answer, folded, lines
from golive.diagnosis.strength import Strength
from golive.diagnosis.writing import write_diagnosis
from golive.environment import load
from golive.record import Attempt, Evidence, Run
from golive.recording import Withheld
from golive.search import Search
from tests.gate.conftest import HOME

NOW = datetime(2026, 11, 23, 12, 17, tzinfo=UTC)
MARKUP = "<script>alert(1)</script> [a](javascript:1) `x` **b**"
PAPER = load_runbook(HOME / "features/diagnosis/bankid.toml")
ENVIRONMENT = load("rehearsal", HOME)


def found(cause: str, conclusion: Conclusion, said: str = "", strength: Strength = Strength.STRONG) -> CauseFound:
    signs = (Sign(sentence="it holds", strength=strength, said=said, evidence=("e1",)),) if said else ()
    return CauseFound(
        cause=cause,
        title=PAPER.causes[cause].title,
        scenario="It is so",
        prior=PAPER.causes[cause].prior,
        conclusion=conclusion,
        rank=1 if said else None,
        certain=strength is Strength.CERTAIN,
        signs=signs,
        advice=advice(PAPER.causes[cause], PAPER.target_minutes, ENVIRONMENT, Observed()) if said else None,
        missing=("the log: not you",) if conclusion is Conclusion.CANNOT_TELL else (),
    )


def document(*causes: CauseFound, minutes: float = 12, down: bool | None = None) -> Diagnosis:
    return Diagnosis(
        runbook="bankid",
        run=Run(started=NOW, ended=NOW, command=("pytest",), tools={}),
        environment="rehearsal",
        rehearsal=True,
        began=NOW - timedelta(minutes=minutes),
        line=answer(causes),
        causes=causes,
        counsel=counsel(PAPER, ENVIRONMENT, Observed(), minutes, Facts(down, down)),
        evidence=(
            Evidence(
                id="e1",
                look="golive.probes.journal:FailuresLogged",
                question={},
                source=MARKUP,
                at=NOW,
                took_ms=1.0,
                attempts=(Attempt(at=NOW, took_ms=1.0),),
                answer=MARKUP,
            ),
        ),
    )


POINTED = document(
    found("BID-C3", Conclusion.POINTED, MARKUP), found("BID-C4", Conclusion.CANNOT_TELL), minutes=20, down=False
)


def test_the_page_runs_and_loads_nothing() -> None:
    """No script, nothing from elsewhere, a policy that forbids both, and what was seen is text."""
    page = html(POINTED)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert "src=" not in page.replace("default-src", "").replace("style-src", "").replace("img-src", "")
    assert "<link" in page
    assert page.count("<link") == 1, "the empty icon alone"


def test_markdown_takes_nothing_for_markup() -> None:
    """What was seen stays text there as well."""
    text = markdown(POINTED)
    assert "<script>" not in text
    assert r"\<script\>" in text
    assert r"\[a\](javascript:1)" in text


@pytest.mark.parametrize("render", [html, markdown])
def test_everything_is_said(render: Callable[[Diagnosis], str]) -> None:
    """Cause, sign, remedy, estimate, who is told, ways around, what a person looks at, contacts, what comes after."""
    text = render(POINTED)
    for words in ("BID-C3", "strong", "source.json", "Alert Alem", "BID-W1", "BID-W2", "skatteetaten", "not you"):
        assert words in text
    for words in ("support@bankid.no", "Write the incident report", "longer than the target", "no message to users"):
        assert words in text


def test_the_first_screen_alone_says_what_to_do() -> None:
    """Within thirty lines: the cause, the evidence, whom to tell, the ways around and the remedy's first steps."""
    screen = [line.text for line in lines(POINTED, "page.html")][:30]
    text = "\n".join(screen)
    for words in (
        "most likely BID-C3",
        "strong:",
        "by now:",
        "Alert Alem",
        "way around: BID-W1",
        "do (15 minutes",
        "1. ",
    ):
        assert words in text
    assert "over since 5 min" in text


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal_lines_end_between_words(width: int) -> None:
    """Nothing but what is to be copied is wider than the terminal, no word is lost, and the answer stands below too."""
    everything = list(lines(POINTED, "page.html"))
    screen = list(folded(everything, width, 24))
    assert not [
        line.text for line in screen[:-1] if len(line.text) > width and line.style != COMMAND and " " in line.text
    ]
    words = " ".join(line.text for line in everything).split()
    assert " ".join(line.text for line in screen[:-1]).split() == words
    assert screen[-1].text == f"above: {POINTED.line}"


def test_nobody_is_sent_into_a_workaround_that_is_not_called_for() -> None:
    """By its time the cached balance is due after 20 minutes; not where the provider is known to be up."""
    aisp = load_runbook(HOME / "features/diagnosis/aisp-balance.toml")
    standing = {
        down: [call.standing for call in counsel(aisp, ENVIRONMENT, Observed(), 40, Facts(down, down)).calls][2]
        for down in (True, None, False)
    }
    assert standing == {True: "due", None: "due", False: "not called for"}


def test_what_fits_is_not_said_twice() -> None:
    """Where the first screen is still to be seen, the answer is not repeated."""
    everything = list(lines(POINTED, "page.html"))
    assert list(folded(everything, 1000, 1000)) == everything


def test_what_was_not_seen_of_the_first_cause_is_said() -> None:
    """A cause that is pointed to although something could not be seen says what, on the first screen."""
    one = found("BID-C3", Conclusion.POINTED, "here").model_copy(update={"missing": ("the log: denied",)})
    assert "  not seen: the log: denied" in [line.text for line in lines(document(one), "page.html")][:8]


def test_a_quiet_diagnosis_says_so_and_no_more() -> None:
    """No remedy, nobody to be told."""
    quiet = document(*(found(f"BID-C{number}", Conclusion.RULED_OUT) for number in range(1, 7)), down=False)
    assert quiet.quiet
    text = "\n".join(line.text for line in lines(quiet, "page.html"))
    assert "all 6 are ruled out" in text
    assert "Alem" not in text
    assert "Alem" not in markdown(quiet)


def test_a_tie_is_said_in_the_answer() -> None:
    """Neither of two causes that nothing tells apart is said to be the one."""
    one = found("BID-C1", Conclusion.POINTED, "503").model_copy(update={"ties": ("BID-C5",)})
    other = found("BID-C5", Conclusion.POINTED, "429").model_copy(update={"ties": ("BID-C1",), "rank": 2})
    assert answer((one, other)) == (
        "It is BID-C1 (BankID is down) or BID-C5 (BankID limits our rate): nothing tells which comes first"
    )


def test_a_secret_is_withheld(tmp_path: Path) -> None:
    """Where one of the secrets that were held stands in it, nothing is written."""
    with pytest.raises(Withheld, match="BANKID_CLIENT_SECRET"):
        write_diagnosis(
            document(found("BID-C3", Conclusion.POINTED, "it said s3cr3t-s3cr3t")),
            tmp_path,
            search=Search({"BANKID_CLIENT_SECRET": "s3cr3t-s3cr3t"}),
        )
    assert not list(tmp_path.iterdir())
