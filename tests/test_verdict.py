"""Findings in, go or no-go out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.record import Decision, Finding, Status
from golive.verdict import holds, judge

ITEMS = ["GL-1.1", "GL-1.2", "GL-1.3"]


def finding(item: str, status: Status = Status.MET) -> Finding:
    return Finding(
        item=item,
        title="The world is well",
        demand="The world is well.",
        section="1",
        section_title="Prerequisites",
        feature="",
        severity="blocker",
        how=("auto",),
        due="T-0",
        owner="platform",
        status=status,
        found=None,
        reason="because",
        remedy="mend it",
    )


def all_met() -> list[Finding]:
    return [finding(item) for item in ITEMS]


def test_every_item_met_is_go() -> None:
    """One met finding for each item, and nothing against the run, is a GO."""
    verdict = judge(all_met(), items=ITEMS, rehearsal=False, opens="soft launch")
    assert (verdict.status, verdict.holding, verdict.reasons) == (Decision.GO, (), ())


@pytest.mark.parametrize("status", [Status.UNMET, Status.UNKNOWN, Status.UNSIGNED])
def test_open_item_holds_the_launch(status: Status) -> None:
    """Wrong, unseen and unsigned hold a launch alike, and are named."""
    verdict = judge([*all_met()[:2], finding("GL-1.3", status)], items=ITEMS, rehearsal=False, opens="")
    assert (verdict.status, verdict.holding) == (Decision.NO_GO, ("GL-1.3",))


def test_records_without_effect_are_named_and_hold_nothing() -> None:
    """A stray record is among the reasons of a NO-GO, and makes none by itself."""
    stray = ["waivers/GL-9.9.toml has no effect: there is no item GL-9.9 in the checklist"]
    assert judge(all_met(), items=ITEMS, rehearsal=False, opens="", notes=stray).status is Decision.GO
    verdict = judge([*all_met()[:2], finding("GL-1.3", Status.UNMET)], items=ITEMS, rehearsal=False, opens="",
                    notes=stray)  # fmt: skip
    assert verdict.reasons == (*stray, "GL-1.3: because")


def test_missing_finding_is_a_reason() -> None:
    """An item that nobody reported on holds the launch."""
    verdict = judge(all_met()[:2], items=ITEMS, rehearsal=False, opens="")
    assert verdict.status is Decision.NO_GO
    assert verdict.reasons == ("GL-1.3 has no finding",)


def test_second_finding_is_a_reason() -> None:
    """An item reported on twice holds the launch, even when both say that it is met."""
    verdict = judge([*all_met(), finding("GL-1.3")], items=ITEMS, rehearsal=False, opens="")
    assert verdict.status is Decision.NO_GO


def test_unheard_of_item_is_a_reason() -> None:
    """A finding on something that is not in the inventory holds the launch."""
    verdict = judge([*all_met(), finding("GL-9.9")], items=ITEMS, rehearsal=False, opens="")
    assert verdict.status is Decision.NO_GO


def test_nothing_examined_is_no_go() -> None:
    """An empty checklist is not a held one, and neither is one of which nothing is due."""
    assert judge([], items=[], rehearsal=True, opens="").status is Decision.NO_GO
    not_due = [finding(item, Status.NOT_DUE) for item in ITEMS]
    assert judge(not_due, items=ITEMS, rehearsal=False, opens="").status is Decision.NO_GO


def test_less_than_the_gate_is_partial() -> None:
    """A narrower selection is PARTIAL; --partial makes it enough only when all that was selected holds."""
    left_out = frozenset({"GL-1.3"})
    well = judge([*all_met()[:2], finding("GL-1.3", Status.UNKNOWN)], items=ITEMS, rehearsal=False, opens="",
                 unselected=left_out)  # fmt: skip
    assert well.status is Decision.PARTIAL
    assert (holds(well, partial_is_enough=False), holds(well, partial_is_enough=True)) == (False, True)
    ill = judge([finding("GL-1.1", Status.UNMET), *all_met()[1:2], finding("GL-1.3", Status.UNKNOWN)], items=ITEMS,
                rehearsal=False, opens="", unselected=left_out)  # fmt: skip
    assert not holds(ill, partial_is_enough=True)


@given(
    st.lists(st.tuples(st.sampled_from([*ITEMS, "GL-9.9"]), st.sampled_from(list(Status)))),
    st.booleans(),
    st.lists(st.just("a reason"), max_size=1),
)
def test_go_needs_everything(found: list[tuple[str, Status]], rehearsal: bool, reasons: list[str]) -> None:
    """Whatever is reported, GO comes only when each item has exactly one finding that passes, and no reason is left."""
    verdict = judge([finding(*each) for each in found], items=ITEMS, rehearsal=rehearsal, opens="", reasons=reasons)
    passing = {Status.MET, Status.WAIVED, Status.NOT_APPLICABLE}
    tolerated = passing | {Status.NOT_DUE}
    well = (
        sorted(item for item, _ in found) == ITEMS
        and all(status in tolerated for _, status in found)
        and any(status in passing for _, status in found)
        and not reasons
    )
    assert (verdict.status is Decision.GO) == well
    assert verdict.status is Decision.GO or verdict.reasons, "a NO-GO says why"
