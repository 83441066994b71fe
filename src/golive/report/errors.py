"""What keeps the report from being written."""

from __future__ import annotations

from golive.errors import GoLiveError


class ReportError(GoLiveError):
    """The report could not be made; the message is one sentence that says why and what to do."""
