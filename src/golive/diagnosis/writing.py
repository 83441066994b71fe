"""Writing a diagnosis down. There is no manifest: nothing can be signed or admitted by it."""

from __future__ import annotations

from pathlib import Path

from golive.diagnosis.document import Diagnosis
from golive.diagnosis.page import html, markdown
from golive.files import write_atomically
from golive.recording import withhold
from golive.search import Search


def write_diagnosis(document: Diagnosis, folder: Path, *, search: Search) -> Path:
    """
    Write *document* into *folder*; returns what a person opens.

    Withheld, and nothing written, where one of the secrets that are searched for stands in it.
    """
    files = {
        "diagnosis.json": document.to_json(),
        "diagnosis.md": markdown(document),
        "diagnosis.html": html(document),
    }
    withhold({name: text.encode() for name, text in files.items()}, search)
    for name, text in files.items():
        write_atomically(folder / name, text)
    return folder / "diagnosis.html"
