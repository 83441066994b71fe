"""What a runbook hands over is filled in or marked as blank, says when it changes something, and guesses nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from golive.diagnosis.commands import BLANKS, placeholders
from golive.diagnosis.papers import RUNBOOKS
from golive.diagnosis.remedy import NO_MESSAGE, Observed, actions, remedy, words
from tests.diagnosis.handed import EVERYTHING, PAPERS, PRODUCTION, REHEARSAL, STEPS, act, arn

PEOPLE = {"approver", "demo_image", "transaction_id", "user_id"}  # what no machine can answer


@pytest.mark.parametrize("name", RUNBOOKS)
def test_only_people_are_left_to_answer(name: str) -> None:
    """With a complete environment and everything seen, what stays blank is what only a person can know."""
    roles = {"⟦role that may write⟧", "⟦role that may read customers⟧"}
    for step in PAPERS[name].steps:
        asked = {one for one, _ in placeholders(step.do + step.shell + step.sql + (step.link or ""))}
        assert set(act(step).blanks) - roles == {f"⟦{BLANKS[one]}⟧" for one in asked & PEOPLE}


@pytest.mark.parametrize("name", RUNBOOKS)
def test_nothing_is_guessed(name: str) -> None:
    """Where nothing was seen and production leaves questions open, each stays a marked blank in the command."""
    for step in PAPERS[name].steps:
        seen = act(step, PRODUCTION, Observed())
        assert "{{" not in f"{seen.do}{seen.command}{seen.sql}{seen.link}"
        assert set(re.findall("⟦[^⟧]+⟧", f"{seen.do}{seen.command}{seen.sql}")) == set(seen.blanks)
        assert "⟦" not in seen.link


def test_every_placeholder_is_used_and_answered_by_somebody() -> None:
    """The list of placeholders has none that no runbook uses."""
    used = (
        {one for step in STEPS.values() for one, _ in placeholders(f"{step.do}{step.shell}{step.sql}{step.link}")}
        | {argument for step in STEPS.values() for _, argument in placeholders(step.shell) if argument in BLANKS}
        | {"status_page"}
    )  # in a message
    assert used == BLANKS.keys()
    assert not any(set("'\"$`\\") & set(said) for said in BLANKS.values()), "a blank may not end its quotes"


@pytest.mark.parametrize("name", RUNBOOKS)
def test_what_changes_something_says_so(name: str) -> None:
    """A step that changes something warns, and one whose command only reads does not."""
    changed = 0
    for step in PAPERS[name].steps:
        assert (act(step, PRODUCTION).warning == "") == (step.changes == "nothing")
        if step.changes == "production":
            changed += 1
            assert act(step, PRODUCTION).warning == "changes production"
            assert act(step).warning == "would change production, and this is a rehearsal: do not type it"
    assert changed > 2


@pytest.mark.parametrize(
    "evil",
    ["/x'; rm -rf ~; '", "/x`id`", "/$(id)", "/x y", "/x\ny", "-o/etc/passwd", "/x|y", "⟧'; id", ""],
)
def test_a_value_that_a_shell_would_act_on_stays_out(evil: str) -> None:
    """What was seen in the world is not trusted: with a quote or a space in it, it becomes a blank."""
    [step] = [step for step in STEPS.values() if "{{webhook_path}}" in step.shell]
    seen = act(step, REHEARSAL, replace(EVERYTHING, webhook_path=evil))
    assert "⟦path of the webhook, as Sumsub has it registered" in seen.command
    assert evil == "" or evil not in seen.command


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (arn("BANKID_CLIENT_SECRET") + ":client_secret::", "it is not a secret of its own"),
        ("arn:aws:ssm:eu-west-1:324480209768:parameter/BANKID_CLIENT_SECRET", "it is not a secret of its own"),
        ("BANKID_CLIENT_SECRET", "it is not a secret of its own"),
    ],
)
def test_a_secret_of_several_values_is_not_written_over(stored: str, said: str) -> None:
    """One key of a larger secret would destroy the others, a parameter is no secret at all: both stay blank."""
    [step] = [step for step in STEPS.values() if "arn_of:BANKID_CLIENT_SECRET" in step.shell]
    seen = act(step, REHEARSAL, Observed(secrets={"BANKID_CLIENT_SECRET": stored}))
    assert stored not in seen.command.split("'")
    assert said in seen.blanks[0]


def test_of_several_security_groups_none_is_chosen() -> None:
    """Which of two groups is to be opened is a person's choice."""
    [step] = [one for one in PAPERS["bankid"].steps if "authorize-security-group-egress" in one.shell]
    assert act(step).blanks == ()
    assert act(step, observed=replace(EVERYTHING, connector_groups=("sg-1", "sg-2"))).blanks == (
        "⟦security group of the VPC connector⟧",
    )


def test_swan_that_is_not_in_use_leaves_blanks() -> None:
    """Production says nothing of Swan, so that its remedies name no setting and no host."""
    swan = PAPERS["swan-outage"].causes["SWAN-C2"]
    blanks = {one for said in remedy(swan, PRODUCTION, EVERYTHING).actions for one in said.blanks}
    assert blanks == {
        "⟦token address of Swan⟧",
        "⟦ARN of the secret: setting with the client id at Swan⟧",
        "⟦ARN of the secret: setting with the secret at Swan⟧",
    }


@pytest.mark.parametrize("name", RUNBOOKS)
def test_messages_keep_their_language_and_mark_their_blanks(name: str) -> None:
    """Each message is there in the document's words, its blanks marked; a cause without one says so."""
    for cause in PAPERS[name].cause:
        seen = remedy(cause, PRODUCTION)
        assert (seen.said == NO_MESSAGE) == (not cause.message)
        for message, told in zip(cause.message, seen.messages, strict=True):
            assert (told.language, told.channel, len(told.blanks)) == (
                message.language,
                message.channel,
                len(message.blanks),
            )
            assert all(one in told.subject + told.text for one in told.blanks)
            assert not any(one in told.subject + told.text for one in message.blanks)


def test_a_message_as_it_is_told() -> None:
    """The first of BankID's, whole."""
    [told] = remedy(PAPERS["bankid"].causes["BID-C1"], PRODUCTION).messages
    assert (told.subject, told.blanks) == ("Login temporarily unavailable", ("⟦X⟧",))
    assert told.text == (
        "BankID authentication is experiencing issues.\nWe're monitoring the situation and will restore service\n"
        "as soon as BankID is back online. Estimated: ⟦X⟧ minutes."
    )


def test_nobody_is_sent_to_an_example_account_or_a_strange_status_page() -> None:
    """The document's example IBAN and its stale status page are not handed on."""
    ways = [way for paper in PAPERS.values() for way in paper.workaround]
    told = "".join(words(message, PRODUCTION).text for way in ways for message in way.message)
    assert "8601" not in told
    assert "status.drop.no" not in told
    assert "https://drop-status.betteruptime.com" in told


@pytest.mark.parametrize(("cause", "within"), [("BID-C2", True), ("BID-C1", False), ("BID-C3", False)])
def test_the_estimate_is_held_against_the_target(cause: str, within: bool) -> None:
    """The document's longest time against the runbook's target time to repair."""
    paper = PAPERS["bankid"]
    assert remedy(paper.causes[cause], PRODUCTION).within(paper.target_minutes) is within


def test_no_estimate_is_no_promise() -> None:
    """Where the document has no figure, nobody says whether it is in time."""
    assert remedy(PAPERS["pisp-payment"].causes["PISP-C4"], PRODUCTION).within(30) is None


def test_what_is_done_afterwards_is_filled_in_the_same_way() -> None:
    """Workarounds and actions afterwards are steps as any."""
    paper = PAPERS["pisp-payment"]
    assert actions(paper.afterwards, PRODUCTION)[0].warning == "changes production"
    assert [one.changes for one in actions(paper.workaround[0].steps, PRODUCTION)] == [
        "nothing",
        "nothing",
        "production",
        "nothing",
    ]
