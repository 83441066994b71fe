"""What a judging step says besides yes and no: how much it examined, and what deserves a warning, and figures."""

from __future__ import annotations

from collections.abc import Sequence

from golive.errors import NothingExamined


class Remarks:
    """One scenario's remarks; the fixture `remarks`."""

    def __init__(self) -> None:
        self.populations: list[str] = []
        self.warnings: list[str] = []
        self.tables: list[tuple[tuple[str, ...], ...]] = []

    def examined(self, count: int, what: str) -> None:
        """Say that *count* of *what* ("users") were searched; NothingExamined where there was none to search."""
        if count < 1:
            raise NothingExamined(what, "there was none to examine, so this could not have failed")
        if (said := f"{count} {what}") not in self.populations:
            self.populations.append(said)

    def warn(self, sentence: str) -> None:
        """Say what does not hold the launch and still deserves a reader."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show *rows* under *head* in the report, beside the finding."""
        self.tables.append((tuple(head), *map(tuple, rows)))
