"""The phases of a launch: moments counted from the public hour, and the rollback apart; and how a moment is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LAUNCH = "T-0"
ROLLBACK = "rollback"
_PHASE = re.compile(r"T(?P<sign>[+-])(?P<count>\d+)(?P<unit>[mhd])?")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), None: timedelta()}


def offset(phase: str) -> timedelta | None:
    """How long after the launch *phase* is, negative before it; None for the rollback. ValueError for no phase."""
    if phase == ROLLBACK:
        return None
    if (said := _PHASE.fullmatch(phase)) is None:
        raise ValueError(f"{phase!r} is no phase")
    length = int(said["count"]) * _UNITS[said["unit"]]
    return length if said["sign"] == "+" else -length


def is_after_launch(phase: str) -> bool:
    """Whether *phase* comes after the launch, so that nothing can be said of it before."""
    return (offset(phase) or timedelta()) > timedelta()


def due_at(launch_at: datetime | None, phase: str) -> datetime | None:
    """The instant of *phase*; None where the launch has no time yet, and for the rollback."""
    away = offset(phase)
    return None if launch_at is None or away is None else launch_at + away


def moment(instant: datetime) -> str:
    """*instant* in UTC, and in Oslo where this machine knows Oslo's time."""
    utc = instant.astimezone(UTC)
    try:
        oslo = instant.astimezone(ZoneInfo("Europe/Oslo"))
    except ZoneInfoNotFoundError:
        return f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    day = "" if oslo.date() == utc.date() else f"{oslo:%Y-%m-%d} "
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({day}{oslo:%H:%M} in Oslo)"
