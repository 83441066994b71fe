"""What records make of what was found: a waiver covers what was seen or could not be seen, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.errors import Denied, EffectUnseen, NoConsent, Unsigned
from golive.paperwork import (
    Laid,
    RolledBack,
    demands,
    lay_over,
    read_signatures,
    rows,
    without_effect,
    without_hour,
    words_of,
)
from golive.record import Status
from golive.runbook import How, Item, load_inventory, read_features
from tests.signing import DEMANDS, NOW, WORDS, Desk

HOME = Path(__file__).parents[1]
UNMET, DENIED = AssertionError("it is otherwise"), Denied("AWS", "not you")
CRASHED, NOBODY, ACT = RuntimeError("a bug"), Unsigned("nobody signed"), NoConsent("this posts a message")


def item(name: str = "GL-2.2.4", how: tuple[How, ...] = ("auto",), severity: str = "critical") -> Item:
    return Item.model_construct(id=name, how=how, severity=severity, words="")


def laid(desk: Desk, of: Item, found: Status, failure: BaseException | None) -> Laid:
    signatures = read_signatures(desk.folder, desk.circumstances, DEMANDS)
    return lay_over(of, found, str(failure or "it is so"), failure, signatures)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


WAIVED = {
    "unmet": (
        Status.UNMET,
        UNMET,
        Status.WAIVED,
        "waived by alem for kari until 2026-03-10 12:00:00 UTC (13:00 in Oslo): mended tomorrow",
    ),
    "could not be seen": (Status.UNKNOWN, DENIED, Status.WAIVED, "found unknown: AWS: not you"),
    "crashed": (Status.UNKNOWN, CRASHED, Status.UNKNOWN, "does not cover it"),
    "never ended": (Status.UNKNOWN, None, Status.UNKNOWN, "does not cover it"),
    "unsigned": (Status.UNSIGNED, NOBODY, Status.UNSIGNED, "does not cover it"),
    "an act without consent": (Status.UNSIGNED, ACT, Status.UNSIGNED, "golive attest GL-2.2.4 --env production"),
    "met": (Status.MET, None, Status.MET, "it is so"),
}


@pytest.mark.parametrize("name", WAIVED)
def test_what_a_waiver_covers(desk: Desk, name: str) -> None:
    """A waiver that stands lets pass what is unmet or could not be seen; never a crash, never a missing signature."""
    found, failure, status, said = WAIVED[name]
    desk.file("waiver")
    result = laid(desk, item(), found, failure)
    assert result.status is status
    assert said in result.reason
    if status is Status.WAIVED:
        assert str(failure) in result.reason, "what was found is still told"
        assert [standing.paper.stem for standing in result.used] == ["GL-2.2.4"]


def test_a_waiver_of_what_is_met_is_no_longer_needed(desk: Desk) -> None:
    """Whoever made it hears that it can go."""
    desk.file("waiver")
    result = laid(desk, item(), Status.MET, None)
    assert result.warnings == ("environments/production/waivers/GL-2.2.4.toml is no longer needed: the item is met",)


def test_a_waiver_that_does_not_stand_changes_nothing_and_is_named(desk: Desk) -> None:
    """The item stays what it is, and its reason says why the waiver has no effect."""
    desk.file("waiver", asked_by="alem")
    result = laid(desk, item(), Status.UNMET, UNMET)
    assert result.status is Status.UNMET
    assert result.reason.startswith("it is otherwise; environments/production/waivers/GL-2.2.4.toml has no effect: ")
    assert "that takes two people" in result.reason


def test_a_waiver_covers_the_machines_part_only_where_the_signed_part_stands(desk: Desk) -> None:
    """Where both must hold, a waiver of the machine's part needs the person's part."""
    both = item("GL-2.3.11", ("auto", "attest"), "normal")
    desk.file("waiver", item="GL-2.3.11")
    alone = laid(desk, both, Status.UNMET, UNMET)
    assert alone.status is Status.UNMET
    assert "its signed part does not stand" in alone.reason
    desk.file("attestation", item="GL-2.3.11", words="Another.")
    assert laid(desk, both, Status.UNMET, UNMET).status is Status.WAIVED


NOT_APPLICABLE = {
    "unsigned": (Status.UNSIGNED, NOBODY, Status.NOT_APPLICABLE),
    "could not be seen": (Status.UNKNOWN, DENIED, Status.NOT_APPLICABLE),
    "crashed": (Status.UNKNOWN, CRASHED, Status.UNKNOWN),
    "seen to be otherwise": (Status.UNMET, UNMET, Status.UNMET),
    "met": (Status.MET, None, Status.MET),
}


@pytest.mark.parametrize("name", NOT_APPLICABLE)
def test_what_is_not_applicable(desk: Desk, name: str) -> None:
    """Not applicable covers what nobody signed or could see; what was seen to be otherwise it does not cover."""
    found, failure, status = NOT_APPLICABLE[name]
    desk.file("not-applicable")
    result = laid(desk, item("GL-7.1", ("attest",), "blocker"), found, failure)
    assert result.status is status
    if status is Status.NOT_APPLICABLE:
        assert result.reason == "recorded as not applicable by alem, compliance officer: no licence asks for it"


def test_an_attestation_settles_an_act_without_consent(desk: Desk) -> None:
    """Where nobody consented to the act, a signature over the act's words makes it met; without one it is unsigned."""
    act = item("GL-2.3.1", ("auto", "act"), "blocker")
    assert laid(desk, act, Status.UNSIGNED, ACT).status is Status.UNSIGNED
    desk.file("attestation")
    result = laid(desk, act, Status.UNSIGNED, ACT)
    assert result.status is Status.MET
    assert result.reason == f"attested by alem, go-live owner, instead of the act: {WORDS}"
    desk.file("attestation", expires=NOW)
    expired = laid(desk, act, Status.UNSIGNED, ACT)
    assert expired.status is Status.UNSIGNED
    assert "it expired" in expired.reason


def test_an_attestation_settles_an_act_whose_effect_the_gate_may_not_see(desk: Desk) -> None:
    """An armed run is no worse off than one that does not act: what came of the act a person may say."""
    act, unseen = item("GL-2.3.1", ("act",), "critical"), EffectUnseen("taken by Slack, and a person must look")
    assert laid(desk, act, Status.UNSIGNED, unseen).status is Status.UNSIGNED
    desk.file("attestation")
    result = laid(desk, act, Status.UNSIGNED, unseen)
    assert result.status is Status.MET
    assert result.reason == (
        f"attested by alem, go-live owner, since the gate may not see what came of the act: {WORDS}"
    )
    desk.file("attestation", words="It went well.")
    said = laid(desk, act, Status.UNSIGNED, unseen)
    assert said.status is Status.UNSIGNED
    assert said.reason.startswith("taken by Slack, and a person must look; ")


def test_what_is_signed_of_a_rollback_is_of_this_one() -> None:
    """From the rollback on, less an hour, and where nobody knows when that was nobody can say; in a launch nothing."""
    inventory = load_inventory(HOME / "features")
    of_it = {item.id for item in inventory.item if item.due == "rollback"}
    for told in (RolledBack(NOW), RolledBack(None, "App Runner: nobody knows")):
        asked = demands(inventory, {}, NOW, told)
        assert {name for name, demand in asked.items() if demand.of_a_rollback} == of_it
        assert {(asked[name].not_before, asked[name].unseen) for name in of_it} == {(told.told_from, told.unseen)}
        assert not any(demand.unseen for name, demand in asked.items() if name not in of_it)
    asked = demands(inventory, {}, NOW)
    assert {asked[name].not_before for name in of_it} == {None}


def test_an_attestation_does_not_settle_an_act_that_was_refused(desk: Desk) -> None:
    """Where the machine saw that it is otherwise, no signature says that it is so."""
    desk.file("attestation")
    assert laid(desk, item("GL-2.3.1", ("auto", "act"), "blocker"), Status.UNMET, UNMET).status is Status.UNMET


@pytest.mark.parametrize("name", ["met", "unmet", "could not be seen", "unsigned"])
def test_after_a_launch_without_an_hour_everything_is_unknown(desk: Desk, name: str) -> None:
    """What was found now says nothing of then, nor does a waiver; what was found is told all the same."""
    found, failure, *_ = WAIVED[name]
    desk.file("waiver")
    late = Item.model_construct(id="GL-2.2.4", how=("auto",), severity="critical", words="", due="T+30m")
    signatures = read_signatures(desk.folder, desk.circumstances, DEMANDS)
    result = without_hour(late, "production", found, str(failure or "it is so"), signatures)
    assert result.status is Status.UNKNOWN
    assert "does not say launch_at, so T+30m has no hour" in result.reason
    assert f"found now: {found}" in result.reason


def test_what_is_not_applicable_is_so_at_any_hour(desk: Desk) -> None:
    """It needs no launch to be said."""
    desk.file("not-applicable")
    late = Item.model_construct(id="GL-7.1", how=("attest",), severity="blocker", words="", due="T+30m")
    signatures = read_signatures(desk.folder, desk.circumstances, DEMANDS)
    assert without_hour(late, "production", Status.UNSIGNED, "nobody", signatures).status is Status.NOT_APPLICABLE
    assert without_hour(late, "production", Status.MET, "", signatures).status is Status.UNKNOWN


def test_the_document_names_every_record(desk: Desk) -> None:
    """The run's document tells of each record who signed, until when, whether it was used, and why it has no effect."""
    desk.file("attestation")
    desk.file("waiver", asked_by="alem")
    desk.file("waiver", item="GL-2.2.44", text="item = ")
    signatures = read_signatures(desk.folder, desk.circumstances, DEMANDS)
    told = rows(signatures, [signatures.attested("GL-2.3.1")])
    assert [(paper.item, paper.used, paper.why == "") for paper in told] == [
        ("GL-2.3.1", True, True),
        ("GL-2.2.4", False, False),
        ("GL-2.2.44", False, False),
    ]
    assert (told[0].by, told[0].role, told[0].said) == ("alem", "go-live owner", WORDS)
    assert len(without_effect(told, "")) == 2
    assert len(without_effect(told, told[1].file)) == 1


def test_everything_that_is_signed_has_words() -> None:
    """Each item that a person signs, and each act, has words of its own to sign."""
    inventory = load_inventory(HOME / "features")
    scenarios, wrong = read_features(HOME / "features")
    assert not wrong
    by_item = {scenario.item: scenario for scenario in scenarios}
    signed = [item for item in inventory.item if "act" in item.how or "attest" in item.how]
    words = [words_of(item, by_item.get(item.id)) for item in signed]
    assert all(words)
    assert len(set(words)) == len(words)
    assert {name for name, demand in demands(inventory, by_item, None).items() if demand.words} == {
        item.id for item in signed
    }
