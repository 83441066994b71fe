"""How long it has lasted, as people say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from golive.diagnosis.since import began
from golive.errors import SetupError

NOW = datetime(2026, 11, 23, 12, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "ago"),
    [
        (None, timedelta(minutes=15)),
        ("12m", timedelta(minutes=12)),
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("2026-11-23T12:05Z", timedelta(minutes=12, seconds=30)),
        ("2026-11-23T13:05:00+01:00", timedelta(minutes=12, seconds=30)),
    ],
)
def test_it_is_a_duration_or_an_instant(said: str | None, ago: timedelta) -> None:
    """Both name one instant; without a word it is a quarter of an hour ago."""
    assert began(said, NOW) == NOW - ago


@pytest.mark.parametrize(
    "said", ["", "yesterday", "12", "m", "-5m", "12:05", "2026-11-23T12:05", "30m1h", "9" * 20 + "d"]
)
def test_what_is_neither_is_refused(said: str) -> None:
    """The message says what to write; an instant without a zone could be another one."""
    with pytest.raises(SetupError, match=r"how long ago it began \(12m"):
        began(said, NOW)


@pytest.mark.parametrize("said", ["0m", "0s", "8d", "99999d", "2026-11-23T12:18Z", "2025-11-23T12:00Z"])
def test_it_began_before_now_and_not_long_ago(said: str) -> None:
    """An incident of the future, of this instant, or of last year is a slip."""
    with pytest.raises(SetupError, match="before now"):
        began(said, NOW)
