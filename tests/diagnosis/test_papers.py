"""The five failure runbooks as files: nothing is left out, nothing is made up, and a slip is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.diagnosis.papers import RUNBOOKS, load_runbook, load_runbooks
from golive.errors import SetupError

HOME = Path(__file__).parents[2]
PAPERS = load_runbooks(HOME / "features")
BANKID = (HOME / "features/diagnosis/bankid.toml").read_text(encoding="utf-8")


def written(home: Path, text: str, name: str = "bankid") -> Path:
    path = home / "features" / "diagnosis" / f"{name}.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, of: str, nth: int = 1) -> int:
    return [number for number, line in enumerate(text.splitlines(), 1) if of in line][nth - 1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('severity = "critical"', 'severity = "awful"', "severity: Input should be"),
        ("target_minutes = 15", "target_minuts = 15", "target_minuts: Extra inputs are not permitted"),
        ("prior = 0.20", "prior = 20", "cause.1.prior: Input should be less than 1"),
        ('id = "BID-C2"', 'id = "BID-C3"', "must have BID-C1, BID-C2, BID-C3, BID-C4, BID-C5, BID-C6"),
        ('id = "BID-C6"', 'id = "AISP-C6"', "each once and in this order"),
        ('hidden_by = ["BID-C1", "BID-C2"]', 'hidden_by = ["BID-C3"]', "hide each other in a circle: BID-C3"),
        ('hidden_by = ["BID-C1", "BID-C2"]', 'hidden_by = ["BID-C9"]', "hidden by what is no cause here: BID-C9"),
        ("{{bankid_host}}", "{{bankid_hots}}", "there is no placeholder {{bankid_hots}}"),
        ("{{arn_of:BANKID_CLIENT_ID}}", "{{arn_of}}", "arn_of takes the name of a setting"),
        ('changes = "production"\nshell', "shell", "the command changes something: say what in changes"),
        ('do = "Tell the users on', 'changes = "code"\nshell = "dig a.no"\ndo = "Tell', "the command only reads"),
        ('at = "+47 XXXX XXXX"\nopen = true', 'at = "+47 XXXX XXXX"', "open says whether the document leaves it blank"),
        ('blanks = ["<X>"]', "", "these look like blanks and are not among them: <X>"),
        ('blanks = ["<X>"]', 'blanks = ["<X>", "<Y>"]', "these blanks are not in the message: <Y>"),
        ('id = "BID-D3.1"', 'id = "BID-D2.2"', "the diagnosis has the steps [1, 2, 4]"),
        ('id = "BID-D1.2"', 'id = "BID-D1.1"', "diagnosis: twice: BID-D1.1"),
        ("at = 0\n", "at = 1\n", "the clock begins at 0 and goes forward"),
        ('when = "major outage"', 'when = "whenever"', "clock.4.when: Input should be"),
        ('id = "BID-W2"', 'id = "BID-W1"', "must have BID-W1, BID-W2"),
        ("least = 15, most = 120", "least = 150, most = 120", "least and most go together, in this order"),
        ('prefix = "BID"', 'prefix = "KYC"', "is none of the five runbooks"),
        ('name = "bankid"', 'name = "bankit"', "but the file is 'bankid'"),
        ("[[contact]]", "[[contact]", "not TOML"),
        ('sql = "SELECT', 'shell = "dig a.no"\nsql = "SELECT', "a step has a command or SQL; of both, make two"),
        ('sql = "SELECT', 'customers = true\nsql = "CREATE TABLE x; SELECT', "the command changes something"),
        ('do = "Wait: the', 'customers = true\ndo = "Wait: the', "customers speaks of SQL"),
        ("aws apprunner start-deployment", "aws secretsmanager get-secret-value", "a secret is never printed"),
        ("dig '@{{resolver}}'", "nslookup '@{{resolver}}'", "nslookup: none of aws, curl, jq, dig"),
        ("dig '@{{resolver}}'", "dig '@{{resolver}}", "No closing quotation"),
        ("dig '@{{resolver}}'", "dig '$RESOLVER'", "no variables, and no command inside another"),
    ],
)
def test_a_slip_is_one_sentence_with_file_and_rule(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What the model does not know, or what contradicts itself, is refused, and the sentence says where and why."""
    assert old in BANKID
    with pytest.raises(SetupError, match=r"features/diagnosis/bankid\.toml") as caught:
        load_runbook(written(tmp_path, BANKID.replace(old, new, 1)))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "where", "nth"),
    [
        ("prior = 0.20", "prior = 20", "prior = 20", 1),  # in a list of tables
        ('channel = "status page"', 'channel = "fax"', 'channel = "fax"', 1),  # in a list of tables inside one
        ("{{resolver}}", "{{resolve}}", "[[cause.remedy]]", 33),  # a rule of a whole table: its header
    ],
)
def test_the_line_is_that_of_the_slip(tmp_path: Path, old: str, new: str, where: str, nth: int) -> None:
    """The number in the sentence is the line of the key, also below texts that run over lines and in nested tables."""
    changed = BANKID.replace(old, new, 1)
    with pytest.raises(SetupError, match=rf"bankid\.toml:{line_of(changed, where, nth)}: "):
        load_runbook(written(tmp_path, changed))


def test_a_text_that_looks_like_a_table_does_not_mislead(tmp_path: Path) -> None:
    """A line of a message in brackets opens no table: the slip below it is still named with its own line."""
    old = 'minutes.\n"""\nblanks = ["<X>"]'
    assert old in BANKID
    changed = BANKID.replace(old, 'minutes.\n[elsewhere]\n"""\nblanks = 3', 1)
    with pytest.raises(
        SetupError, match=rf"bankid\.toml:{line_of(changed, 'blanks = 3')}: cause\.0\.message\.0\.blanks"
    ):
        load_runbook(written(tmp_path, changed))


# Transcribed from the failure runbooks: probability in per cent, smallest and largest minutes to repair.
CAUSES: dict[str, tuple[int, tuple[int, int] | None]] = {
    "AISP-C1": (40, (0, 0)),
    "AISP-C2": (15, (60, 120)),
    "AISP-C3": (10, (120, 120)),
    "AISP-C4": (5, (10, 10)),
    "AISP-C5": (5, (15, 60)),
    "AISP-C6": (10, (5, 2880)),
    "BID-C1": (5, (120, 120)),
    "BID-C2": (20, (10, 10)),
    "BID-C3": (15, (15, 120)),
    "BID-C4": (10, (5, 5)),
    "BID-C5": (5, (5, 2880)),
    "BID-C6": (5, (15, 60)),
    "PISP-C1": (10, (120, 120)),
    "PISP-C2": (30, (0, 0)),
    "PISP-C3": (25, None),
    "PISP-C4": (15, None),
    "PISP-C5": (5, (5, 2880)),
    "PISP-C6": (20, (0, 0)),
    "KYC-C1": (5, (120, 120)),
    "KYC-C2": (40, (0, 0)),
    "KYC-C3": (3, (10, 10)),
    "KYC-C4": (15, (10, 30)),
    "KYC-C5": (5, (10, 10)),
    "KYC-C6": (20, (0, 1440)),
    "SWAN-C1": (5, (120, 120)),
    "SWAN-C2": (15, (10, 10)),
    "SWAN-C3": (10, (5, 2880)),
    "SWAN-C4": (5, (30, 120)),
    "SWAN-C5": (5, (15, 60)),
    "SWAN-C6": (2, (15, 1440)),
}
# Severity, target in minutes, cadence, last review and next, steps of the diagnosis, causes with a message to users.
RUNBOOK: dict[str, tuple[str, int, int | None, str, int, set[int]]] = {
    "aisp-balance": ("medium", 20, 10, "Before Phase 2 (Banking Integration)", 5, {1, 2, 3}),
    "bankid": ("critical", 15, 30, "Before Phase 2 (Banking Integration)", 4, {1}),
    "pisp-payment": ("high", 30, 15, "Before Phase 2 (Banking Integration)", 4, {1, 2, 3, 4, 6}),
    "sumsub-kyc": ("high", 30, None, "Before Phase 2 (Banking Integration)", 5, {1, 2, 3, 6}),
    "swan-outage": ("critical", 15, 10, "", 5, {1}),
}
# In words, in the escalation, and whose approval.
WORKAROUNDS: dict[str, tuple[int | None, int | None, tuple[str, ...]]] = {
    "AISP-W1": (30, 20, ()),
    "AISP-W2": (None, None, ()),
    "BID-W1": (60, 15, ("CEO",)),
    "BID-W2": (None, None, ()),
    "PISP-W1": (120, 60, ("CEO",)),
    "PISP-W2": (None, None, ()),
    "KYC-W1": (60, 30, ("CEO",)),
    "KYC-W2": (None, None, ()),
    "SWAN-W1": (30, 15, ("CEO",)),
    "SWAN-W2": (None, None, ()),
}
CLOCKS = {
    "aisp-balance": [0, 10, 20, 60, 120],
    "bankid": [0, 5, 15, 30, 60],
    "pisp-payment": [0, 10, 30, 60, 120],
    "sumsub-kyc": [0, 15, 30, 60, 120],
    "swan-outage": [0, 5, 15, 30, 60],
}
# Metrics: name or percentile, relation, value and unit; those that end in "!" alert.
METRICS = {
    "aisp-balance": ["> 10 % !"],
    "bankid": ["> 99 %", "> 5 per minute !"],
    "pisp-payment": ["> 95 %", "p50 < 5 s", "p95 < 15 s", "p99 < 30 s", "> 10 % in 5 min !"],
    "sumsub-kyc": ["> 85 %", "p50 < 5 min", "p95 < 30 min", "p99 < 2 h", "> 30 % in 60 min !"],
    "swan-outage": ["> 99 %", "p50 < 500 ms", "p95 < 2 s", "p99 < 5 s", "> 5 % in 5 min !"],
}


def test_every_cause_is_there_once_as_documented() -> None:
    """The thirty causes, each once, with the document's probability and time to repair."""
    seen = {
        cause.id: (
            round(cause.prior * 100),
            None if cause.estimate.least is None else (cause.estimate.least, cause.estimate.most),
        )
        for runbook in PAPERS.values()
        for cause in runbook.cause
    }
    assert sum(len(runbook.cause) for runbook in PAPERS.values()) == len(CAUSES) == 30
    assert seen == CAUSES


@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_runbook_is_as_documented(name: str) -> None:
    """Owner, severity, target, cadence, review, steps of the diagnosis, and which causes have words for users."""
    paper = PAPERS[name]
    seen = (
        paper.severity,
        paper.target_minutes,
        paper.again.minutes if paper.again else None,
        paper.review.next,
        max(question.step for question in paper.diagnosis),
        {number for number, cause in enumerate(paper.cause, 1) if cause.message},
    )
    assert seen == RUNBOOK[name]
    assert paper.owner == "John (AI Director)"
    assert (paper.review.last.isoformat(), paper.review.due) == ("2026-02-22", None)
    assert [call.at for call in paper.clock] == CLOCKS[name]
    assert paper.clock[0].tell == "John"


def test_the_ten_workarounds_have_the_two_times_of_the_documents() -> None:
    """Each emergency's way around says its time in words, in the escalation, and who must approve."""
    ways = [way for paper in PAPERS.values() for way in paper.workaround]
    assert {way.id: (way.text, way.clock, way.needs) for way in ways} == WORKAROUNDS


@pytest.mark.parametrize("name", RUNBOOKS)
def test_metrics_are_the_documents(name: str) -> None:
    """Each figure with its relation, value, unit and time."""
    seen = [
        f"{f'p{one.percentile} ' if one.percentile else ''}{one.relation} {one.value:g} {one.unit}"
        f"{f' in {one.over_minutes} min' if one.over_minutes else ''}{' !' if one.alert else ''}"
        for one in PAPERS[name].metric
    ]
    assert seen == METRICS[name]


def test_what_nobody_filled_in_is_open() -> None:
    """The numbers and handles that the documents leave blank are open, and nothing stands in their place."""
    left = {
        (name, contact.key): contact.at for name, paper in PAPERS.items() for contact in paper.contact if contact.open
    }
    assert left == {
        ("aisp-balance", "neonomics-phone"): "",
        ("aisp-balance", "ceo"): "",
        ("bankid", "bankid-phone"): "+47 XXXX XXXX",
        ("bankid", "ceo-slack"): "",
        ("bankid", "ceo-sms"): "",
        ("pisp-payment", "swan-slack"): "",
        ("pisp-payment", "ceo"): "",
        ("sumsub-kyc", "sumsub-phone"): "",
        ("sumsub-kyc", "ceo"): "",
        ("swan-outage", "swan-phone"): "+33 X XXXX XXXX",
        ("swan-outage", "ceo"): "",
    }


def test_credentials_and_rate_limits_are_hidden_by_a_provider_that_is_down() -> None:
    """Behind a provider that does not answer nothing can be told of credentials, rate limits or its schema."""
    down = {"aisp-balance": "AISP-C3", "bankid": "BID-C1", "pisp-payment": "PISP-C1", "sumsub-kyc": "KYC-C1",
            "swan-outage": "SWAN-C1"}  # fmt: skip
    behind = {"AISP-C4", "AISP-C6", "BID-C2", "BID-C3", "BID-C5", "PISP-C5", "KYC-C5", "SWAN-C2", "SWAN-C3", "SWAN-C4"}
    hidden = {cause.id for name, paper in PAPERS.items() for cause in paper.cause if down[name] in cause.hidden_by}
    assert behind <= hidden
    assert not hidden & set(down.values())


def test_what_people_do_alone_has_its_link() -> None:
    """A part of the diagnosis that is for a person leads there."""
    assert [one.id for paper in PAPERS.values() for one in paper.diagnosis if one.by == "person" and not one.link] == []


def test_no_runbook_may_be_missing(tmp_path: Path) -> None:
    """A runbook that is not there, or one that nobody knows, is refused by its name."""
    for name in [*RUNBOOKS, "card-failure"]:
        source = HOME / f"features/diagnosis/{name if name in RUNBOOKS else 'bankid'}.toml"
        path = tmp_path / "features" / "diagnosis" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SetupError, match="missing, or unknown: card-failure"):
        load_runbooks(tmp_path / "features")
    path.unlink()
    assert load_runbooks(tmp_path / "features").keys() == RUNBOOKS.keys()
    (tmp_path / "features/diagnosis/swan-outage.toml").unlink()
    with pytest.raises(SetupError, match="missing, or unknown: swan-outage"):
        load_runbooks(tmp_path / "features")
