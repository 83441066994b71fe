"""The scripts that browsers get: the settings that were built in, and those that a page hands over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from golive.errors import NothingExamined, Unreadable
from golive.probes.bundle import Bundle, Script, settings_in
from golive.probes.web import Hop, Trip

from .town import Town, answered_by, plain


def test_bundle_tells_what_browsers_get(town: Town) -> None:
    """
    The settings that were built in are read out of the scripts of the page.
    """
    built = Bundle("getdrop.no").observe(town.reach())
    assert {name: values for name, values in built.values.items() if len(values) == 1} == built.values
    assert {name: values[0] for name, values in built.values.items()} == town.site.settings
    assert set(built.built_in) == town.site.settings.keys()


def test_name_that_the_build_replaced_is_in_no_script(town: Town) -> None:
    """
    A build that writes values in the place of names leaves nothing to compare, and the scripts were read nevertheless.
    """
    town.site = replace(town.site, inlined=True)
    built = Bundle("getdrop.no").observe(town.reach())
    assert (built.values, built.built_in, len(built.scripts)) == ({}, (), 1)


@pytest.mark.parametrize("way", ["a script of its own", "a script in the page"])
def test_what_a_page_hands_to_its_scripts_is_not_built_in(town: Town, way: str) -> None:
    """
    An object that the page fills as it starts is told, and is no part of the build, whatever file it comes in.
    """
    said = {"NEXT_PUBLIC_FF_CARD_PIN": "false"}
    apart = way == "a script of its own"
    head = "" if apart else '<script>window.__ENV={"NEXT_PUBLIC_FF_CARD_PIN":"false"}</script>'
    town.site = replace(town.site, inlined=True, at_start=said if apart else {}, head=head)
    built = Bundle("getdrop.no").observe(town.reach())
    assert (built.values, built.built_in) == ({"NEXT_PUBLIC_FF_CARD_PIN": ("false",)}, ())


def test_large_script_is_read_to_its_end(town: Town) -> None:
    """
    A script may be larger than any other answer, up to 8 MiB; what is larger still is unknown.
    """
    town.site = replace(town.site, script="/*" + "x" * (3 << 20) + '*/self.y={"NEXT_PUBLIC_FF_LATE":"true"};')
    assert Bundle("getdrop.no").observe(town.reach()).values["NEXT_PUBLIC_FF_LATE"] == ("true",)
    town.site = replace(town.site, script="/*" + "x" * (8 << 20))
    with pytest.raises(Unreadable, match="longer than"):
        Bundle("getdrop.no").observe(town.reach())


def test_contradiction_between_scripts_is_told(town: Town) -> None:
    """
    Two values for one name are both told, wherever they stand.
    """
    town.site = replace(town.site, head='<script>self.x={"NEXT_PUBLIC_SERVICE_MODE":"demo"}</script>')
    built = Bundle("getdrop.no").observe(town.reach())
    assert built.values["NEXT_PUBLIC_SERVICE_MODE"] == ("demo", "production")


def test_script_that_is_missing_is_unknown(town: Town) -> None:
    """
    A script that cannot be had may say anything.
    """
    town.site = replace(town.site, bundle_missing=True)
    with pytest.raises(Unreadable, match="no script"):
        Bundle("getdrop.no").observe(town.reach())
    with pytest.raises(Unreadable):
        Script("https://getdrop.no/vilkaar").observe(town.reach())


@pytest.mark.parametrize("beside", [b"", b'<script src="/env.js"></script>'])
def test_page_without_scripts_is_unknown(town: Town, serve: Callable[..., int], beside: bytes) -> None:
    """
    Nothing read is nothing found; what the page hands to its scripts as they start is nothing of the build.
    """
    trip = Trip((Hop("http://getdrop.no/", 200, None),), "arrived")
    page = b'<script src="https://cdn.example/_next/static/x.js"></script>%b' % beside
    said = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page)
    reach = plain(town, serve, said)
    with pytest.raises(NothingExamined):
        Bundle("getdrop.no").observe(answered_by(lambda _: trip, reach))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"NEXT_PUBLIC_FF_X":"true"}', ("true",)),
        ("{NEXT_PUBLIC_FF_X:'false'}", ("false",)),
        ("e.NEXT_PUBLIC_FF_X=!0;", ("true",)),
        ("NEXT_PUBLIC_FF_X: !1, NEXT_PUBLIC_FF_X: true", ("false", "true")),
        (r'push("{\"NEXT_PUBLIC_FF_X\":\"true\"}")', ("true",)),
        ("NEXT_PUBLIC_FF_X=`true`", ("true",)),
        ('NEXT_PUBLIC_FF_X:""', ("",)),
        ("NEXT_PUBLIC_FF_X=30", ("30",)),
        ('if(NEXT_PUBLIC_FF_X=="true")', None),
        ('{"NEXT_PUBLIC_FF_X":undefined}', None),
        ('{"NEXT_PUBLIC_FF_XY":"true"}', None),
        ('{"MY_NEXT_PUBLIC_FF_X":"true"}', None),
    ],
)
def test_settings_are_found_as_minifiers_write_them(text: str, values: tuple[str, ...] | None) -> None:
    """
    A value stands beside its name in many ways; a comparison is no value.
    """
    assert settings_in([text]).get("NEXT_PUBLIC_FF_X") == values
