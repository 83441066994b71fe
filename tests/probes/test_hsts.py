"""The promise of HTTPS, read as browsers read it (RFC 6797)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.probes.hsts import directives


@pytest.mark.parametrize(
    "value",
    [
        "max-age=63072000; includeSubDomains; preload",
        'preload;MAX-AGE="63072000" ; includesubdomains',
        "; max-age = 63072000;;includeSubDomains;preload ;",
    ],
)
def test_hsts_is_read_by_its_grammar(value: str) -> None:
    """
    Order, case, spaces and quotes are free (RFC 6797 6.1).
    """
    assert directives(value) == {"max-age": "63072000", "includesubdomains": "", "preload": ""}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "preload",
        "max-age=1; max-age=1",
        "max-age=1; Preload; preload",
        "max-age=-1",
        "max-age",
        'max-age="1',
        "a b=1",
        "\n",
        "max-age=1\n",
    ],
)
def test_hsts_that_a_browser_ignores_is_none(value: str) -> None:
    """
    A directive twice, no age, or no grammar: the header is as if it were not there.
    """
    assert directives(value) is None


@given(st.text(max_size=60))
def test_hsts_never_stumbles(value: str) -> None:
    """
    Whatever a server sends is either read or ignored.
    """
    found = directives(value)
    assert found is None or found["max-age"].isdigit()
