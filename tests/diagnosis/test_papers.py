"""The five failure runbooks as files: nothing is left out of them, nothing is made up, and a slip is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.diagnosis.papers import load_runbook
from golive.errors import SetupError

HOME = Path(__file__).parents[2]
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
