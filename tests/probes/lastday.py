"""The twin's last day: since when it is counted, its traffic, and what the application said in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from golive.twin.cloud import Line
from golive.twin.metrics import Traffic

from .backstage import Backstage

DAY = timedelta(hours=24)
SINCE = datetime.now(UTC) - DAY


def count(backstage: Backstage, **traffic: Any) -> None:
    """Let App Runner count a day's traffic."""
    backstage.cloud(lambda cloud: replace(cloud, traffic=Traffic(DAY, **traffic)))


def say(backstage: Backstage, *lines: Line | str) -> None:
    """Let the application have said these lines, and nothing else."""
    told = [Line(timedelta(minutes=5), line) if isinstance(line, str) else line for line in lines]
    backstage.cloud(lambda cloud: cloud.saying(*told, goes_on=False))
