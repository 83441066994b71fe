"""How long the incident has lasted, as a person says it: a duration, or the instant at which it began."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from golive.errors import SetupError

# What the runbooks' own commands look back: 10 to 15 minutes.
DEFAULT = timedelta(minutes=15)
LONGEST = timedelta(days=7)  # longer ago than that nobody on call looks, and a log would take too long to read
_DURATION = re.compile("".join(f"(?:([0-9]{{1,5}}){unit})?" for unit in "dhms"))


def began(said: str | None, now: datetime) -> datetime:
    """
    The instant of which *said* ("12m", "1h30m", "2026-11-23T12:05Z") speaks; 15 minutes before *now* for None.

    SetupError where it is neither, in the future, without a zone, or more than seven days ago.
    """
    if said is None:
        return now - DEFAULT
    moment = _moment(said, now)
    if not now - LONGEST <= moment < now:
        raise SetupError(f"--since {said}: an incident began before now, and at most 7 days ago")
    return moment


def _moment(said: str, now: datetime) -> datetime:
    found = _DURATION.fullmatch(said)
    if said and found:
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return now - timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SetupError(
            f"--since {said}: say how long ago it began (12m, 1h30m), or when, with the zone (2026-11-23T12:05Z)"
        )
    return moment.astimezone(UTC)
