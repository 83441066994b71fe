"""What the sentences about scripts make of settings that agree, differ, or cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from golive.probes.bundle import Built
from golive.remarks import Remarks
from steps import bundle

from .judging import FRONT, verdict


@dataclass(frozen=True, slots=True)
class Told:
    """Settings as another module of the vocabulary hands them over."""

    values: dict[str, str]
    source: str = "drop-web"


@pytest.mark.parametrize(
    ("seen", "ok"), [(("true",), True), (("false",), False), (("false", "true"), False), (("TRUE",), False), ((), True)]
)
@pytest.mark.parametrize("built_in", [True, False], ids=["in the build", "beside the build"])
def test_what_scripts_carry_must_agree(seen: tuple[str, ...], built_in: bool, ok: bool) -> None:
    """
    Another value, or two, anywhere is a no; a name that no script says is none, for builds replace it by its value.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen} if seen else {}, ("X",) if seen and built_in else ())
    told = Told({"X": "true"})
    verdict(lambda: bundle.browsers_get_the_same(told, script, "X", Remarks()), ok)
    verdict(lambda: bundle.browsers_get_all_the_same(told, script, "X", Remarks()), ok)


@pytest.mark.parametrize(
    ("seen", "built_in", "warning"),
    [
        (("true",), ("X",), None),
        ((), (), "X cannot be read from the scripts of .*: the build replaces the name by its value$"),
        (("true",), (), "X cannot be read .*, and only what the page hands to them as they start agrees"),
    ],
    ids=["in the build", "nowhere", "beside the build"],
)
def test_what_is_built_in_and_cannot_be_read_is_a_warning(
    seen: tuple[str, ...], built_in: tuple[str, ...], warning: str | None
) -> None:
    """
    Only a script of the build shows that what is built in agrees; where none says the name, the report warns.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen} if seen else {}, built_in)
    for judge in (bundle.browsers_get_the_same, bundle.browsers_get_all_the_same):
        remarks = Remarks()
        judge(Told({"X": "true"}), script, "X", remarks)
        assert [bool(re.search(warning or "", told)) for told in remarks.warnings] == [True] * (warning is not None)


@pytest.mark.parametrize("seen", [("true",), ("false",), ("",)])
def test_what_scripts_carry_and_the_service_does_not_set_is_a_no(seen: tuple[str, ...]) -> None:
    """
    A name that is built in, and that the service is not told, is one that nobody reviewed.
    """
    script = Built(FRONT, (FRONT + "x.js",), (), {"X": seen}, ("X",))
    verdict(lambda: bundle.browsers_get_the_same(Told({}), script, "X", Remarks()), False)
    verdict(lambda: bundle.browsers_get_all_the_same(Told({}), script, "X", Remarks()), False)


def test_what_is_set_nowhere_agrees_with_nothing() -> None:
    """
    A name that neither the service nor a script knows is no setting of anybody's.
    """
    verdict(lambda: bundle.browsers_get_the_same(Told({}), Built(FRONT, (FRONT,), (), {}), "X", Remarks()), False)
