"""A secret is found however it is written, and where one is found nothing of the run is left."""

from __future__ import annotations

import base64
import gzip
import html
import json
import urllib.parse
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from markupsafe import escape

from golive import report
from golive.recording import Basis, Withheld, write_run
from golive.report import allure
from golive.search import LONG, SHORTEST, Search, forms
from tests.reported import every_status, record

HOME = Path(__file__).parents[1]
SECRETS = ("s3cr3t-of_the.launch", "qu\"ote&<an'gle>/åpen+=", "postgresql://drop:p%40ss/w@drop-db:5432/drop?x=1&y=é")

WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "JSON": lambda text: json.dumps(text).encode(),
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False).encode(),
    "JSON with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/").encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"said": text})).encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML's text": lambda text: html.escape(text, quote=False).encode(),
    "HTML of a template": lambda text: str(escape(text)).encode(),
    "JSON in HTML": lambda text: html.escape(json.dumps({"said": text})).encode(),
    "URL": lambda text: urllib.parse.quote(text, safe="").encode(),
    "path": lambda text: urllib.parse.quote(text).encode(),
    "form": lambda text: urllib.parse.urlencode({"said": text}).encode(),
    "URL in small letters": lambda text: (
        urllib.parse.quote(text, safe="").lower().encode()
        if text.islower()
        else "".join(f"%{byte:02x}" for byte in text.encode()).encode()
    ),
    "URL in JSON": lambda text: json.dumps(urllib.parse.quote(text, safe="")).encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper().encode(),
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "base64": base64.b64encode,
    "base64 for URLs": base64.urlsafe_b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 in lines in JSON": lambda data: json.dumps(base64.encodebytes(data).decode()).encode(),
    "gzip in base64": lambda data: base64.b64encode(gzip.compress(data)),
    "zlib in base64": lambda data: base64.b64encode(zlib.compress(data)),
    "gzip": gzip.compress,
    "base64 in base64": lambda data: base64.b64encode(b"x" * 30 + base64.b64encode(data)),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_however_it_is_written(secret: str, way: str) -> None:
    """In every spelling, packed in every way, at each of base64's alignments."""
    search = Search({"JWT_SECRET": secret, "ANOTHER": "nobody-has-seen-this"})
    for packing, pack in PACKED.items():
        for lead in range(3):
            text = b"<p>" + pack(b"." * lead + WAYS[way](secret) + b"..." * 7) + b"</p>"
            if packing == "gzip":
                text = text.removeprefix(b"<p>")
            assert search.names_in(text) == ("JWT_SECRET",), (packing, lead)


def test_what_is_no_secret_is_not_found() -> None:
    """Other texts, a part of a secret, values that are too short to mean anything, and what every visitor sees."""
    short = "x" * (SHORTEST - 1)
    search = Search({"JWT_SECRET": SECRETS[0], "SHORT": short, "EMPTY": "", "BANKID_CLIENT_ID": "drop-0123456789ab"})
    assert search.names_in(f"{SECRETS[0][:-3]} {short} drop-0123456789ab") == ()
    assert Search({}).names_in(SECRETS[0]) == ()


def test_two_values_under_one_name_are_both_found() -> None:
    """A secret that was changed while the gate looked has two values, which are told by the one name."""
    search = Search({"JWT_SECRET": "the-first-value", "JWT_SECRET#1": "the-second-value"})
    assert search.names_in("the-first-value") == search.names_in("the-second-value") == ("JWT_SECRET",)


@pytest.mark.parametrize("packing", PACKED)
def test_what_was_learnt_piece_by_piece_is_found_in_a_large_file_too(packing: str) -> None:
    """As a run does: its secrets come one after the other, short texts are searched between, then the whole page."""
    search, held = Search({}), {}
    page = b"<p>" * (LONG // 3 + 1)
    for number, secret in enumerate(SECRETS):
        held[f"SECRET_{number}"] = secret
        search.learn(held)
        assert search.names_in(secret) == (f"SECRET_{number}",)
        packed = PACKED[packing](b"..." * 8 + secret.encode() + b"..." * 7)
        text = packed if packing == "gzip" else page + b" " + base64.b64encode(bytes(40)) + b" " + packed + b" "
        assert search.names_in(text) == (f"SECRET_{number}",)
        assert search.names_in(page) == ()
    assert search.names_in(" ".join(SECRETS)) == tuple(held)


def test_white_space_around_a_secret_does_not_hide_it() -> None:
    """A secret that was stored with an end of line is found where it is written without one."""
    assert Search({"JWT_SECRET": "the-only-value\n"}).names_in("is the-only-value.") == ("JWT_SECRET",)


def test_a_usual_secret_costs_few_needles() -> None:
    """Letters, digits, - and _ are written alike nearly everywhere."""
    assert len(forms("s3cr3t-of_the_launch")) < 100


@pytest.mark.parametrize("way", WAYS)
def test_a_record_that_leaks_is_not_written(tmp_path: Path, way: str) -> None:
    """Nothing is written, results elsewhere are not touched, and the sentence names the secret and the file alone."""
    results = tmp_path / "results"
    results.mkdir()
    (results / "of-another-run.json").write_text("{}")
    said = record(every_status())
    leak = WAYS[way](SECRETS[1]).decode()
    leaking = said.model_copy(update={"run": said.run.model_copy(update={"command": ("pytest", leak)})})
    folder = tmp_path / "run"
    folder.mkdir()
    with pytest.raises(Withheld, match=r"JWT_SECRET in record\.json") as caught:
        write_run(leaking, folder, home=HOME, search=Search({"JWT_SECRET": SECRETS[1]}), basis=Basis(), results=results)
    assert leak not in str(caught.value)
    assert not list(folder.iterdir())
    assert [path.name for path in results.iterdir()] == ["of-another-run.json"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_results_that_leak_are_taken_away_before_a_page_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    """What a rendering adds is searched too; then nothing is left, in the results' own folder neither."""
    coded = base64.b64encode(b".." + SECRETS[0].encode()).decode()
    monkeypatch.setattr(allure, "message", lambda *_: f"it says {coded}")
    monkeypatch.setattr(report, "write_html", lambda *_, **__: pytest.fail("a page was made"))
    folder, results = tmp_path / "run", tmp_path / "results"
    folder.mkdir()
    with pytest.raises(Withheld, match=r"JWT_SECRET in (allure-results/)?[0-9a-f-]+-result\.json") as caught:
        write_run(
            record(every_status()),
            folder,
            home=HOME,
            search=Search({"JWT_SECRET": SECRETS[0]}),
            basis=Basis(),
            results=results if elsewhere else None,
        )
    assert coded not in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_page_that_leaks_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the report's generator packs into the page is unpacked and searched."""

    def write_html(*_: object, **__: object) -> None:
        packed = base64.b64encode(gzip.compress(json.dumps({"said": SECRETS[1]}).encode())).decode()
        (tmp_path / "report.html").write_text(f'<script>d("data.json","{packed}")</script>')

    monkeypatch.setattr(report, "write_html", write_html)
    with pytest.raises(Withheld, match=r"JWT_SECRET in report\.html"):
        write_run(record(every_status()), tmp_path, home=HOME, search=Search({"JWT_SECRET": SECRETS[1]}), basis=Basis())
    assert not list(tmp_path.iterdir())


def test_a_list_of_sources_that_leaks_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the manifest lists is searched like the rest, and nothing of the run is left."""
    monkeypatch.setattr(report, "write_html", lambda *_, **__: None)
    with pytest.raises(Withheld, match=r"JWT_SECRET in sources\.sha256"):
        write_run(
            record(every_status()),
            tmp_path,
            home=HOME,
            search=Search({"JWT_SECRET": SECRETS[0]}),
            basis=Basis({SECRETS[0]: "0" * 64}),
        )
    assert not list(tmp_path.iterdir())
