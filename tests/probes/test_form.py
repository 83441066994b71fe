"""The form of a secret tells enough to judge it, and nothing of it."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from golive.probes.form import ANOTHER_HOST, Link, bits, form_of, worded

HOST = "drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com"
LETTERS = string.ascii_letters + string.digits


def form(text: str) -> object:
    """The form of *text*, where one host may be named."""
    return form_of(text, "f", {HOST})


@pytest.mark.parametrize(
    "made",
    [
        base64.b64encode(bytes(range(7, 55))).decode(),
        "kX2vQ9mBz7LrT4yWc8NfH1jDs6GpA3eU",
        "9f86d081884c7d659a2feaa0c55ad015",
        "b1946ac9-2492-4d23-87c6-235b4d2611184",
    ],
    ids=["base64", "letters", "hexadecimal", "uuid"],
)
def test_what_a_generator_made_is_random(made: str) -> None:
    """
    No alphabet of a generator is taken for words or for too little.
    """
    assert bits(made) >= 64
    assert not worded(made)


def test_generators_are_never_doubted() -> None:
    """
    Of two thousand secrets made as the runbook says, none is doubted.
    """
    chance = random.Random(2026)  # noqa: S311  # the same two thousand every time, so that a failure stays one
    made = [base64.b64encode(chance.randbytes(48)).decode() for _ in range(1000)]
    made += ["".join(chance.choice(LETTERS) for _ in range(32)) for _ in range(1000)]
    assert [text for text in made if bits(text) < 64 or worded(text) or form(text).placeholder] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "thought_up",
    [
        "drop-production-jwt-secret-2026-very-long-string",
        "DropJwtSecretKeyForProductionUseOnly2026!",
        "min-hemmelige-jwt-nøkkel-til-getdrop-no",
        "correct horse battery staple correct horse",
        "passwordpasswordpasswordpasswordpassword",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF",
        "0123456789abcdef0123456789abcdef",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "deadbeefdeadbeefdeadbeefdeadbeef",
        "a" * 64,
    ],
)
def test_what_a_person_thought_up_is_not_random(thought_up: str) -> None:
    """
    Length alone does not make a secret: words, rows of the keyboard and repetitions are found out.
    """
    assert bits(thought_up) < 64 or worded(thought_up)


@pytest.mark.parametrize(
    "left", ["changeme", "CHANGE_ME", "<client-secret>", "your-client-id", "xxxxxxxx", "${SECRET}", "todo", "********"]
)
def test_placeholder_is_found(left: str) -> None:
    """
    What somebody meant to fill in is told from a value.
    """
    assert form(left).placeholder  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("drop-test", "test"),
        ("sbx:Abc.Def", "sbx"),
        ("drop_sandbox_1", "sandbox"),
        ("drop-prod-7f", None),
        ("latest", None),
    ],
)
def test_word_of_another_environment_is_found(text: str, word: str | None) -> None:
    """
    "test" is found between other words, not within one.
    """
    assert form(text).sandbox == word  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "host", "port", "mode"),
    [
        (f"postgresql://u:p@{HOST}:5432/drop?sslmode=verify-full", HOST, 5432, "verify-full"),
        (f"postgres://u:p@{HOST}/drop?schema=public&sslmode=require", HOST, None, "require"),
        (f"host={HOST} dbname=drop user=u password=p sslmode=require", HOST, None, "require"),
        (f"postgresql://u:p@{HOST}/drop", HOST, None, None),
        (f"postgresql://u:p@{HOST}/drop?sslmode=require&sslmode=disable", HOST, None, None),
        ("postgresql://u:p@staging.example.com/drop?sslmode=prefer", ANOTHER_HOST, None, "prefer"),
        ("postgresql://u:p@localhost:5433/drop", "localhost", 5433, None),
        (f"postgresql://u:p/ss@{HOST}/drop", "", None, None),
    ],
)
def test_connection_string_is_parsed(text: str, host: str, port: int | None, mode: str | None) -> None:
    """
    Host, port and sslmode are read by the grammar; what is said twice is not said.
    """
    link = form(text).link  # type: ignore[attr-defined]
    assert (link.host, link.port, link.sslmode) == (host, port, mode)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://hooks.slack.com/services/T01ABCDEFGH/B01ABCDEFGH/abcdefghijklmnopqrstuvwx", True),
        ("http://hooks.slack.com/services/T01ABCDEFGH/B01ABCDEFGH/abcdefghijklmnopqrstuvwx", False),
        ("https://hooks.slack.com.evil.no/services/T01ABCDEFGH/B01ABCDEFGH/abcdefghijklmnopqrstuvwx", False),
        ("https://hooks.slack.com@evil.no/services/T01ABCDEFGH/B01ABCDEFGH/abcdefghijklmnopqrstuvwx", False),
        ("https://hooks.slack.com/workflows/T01ABCDEFGH/B01ABCDEFGH/abcdefghijklmnopqrstuvwx", False),
        ("https://hooks.slack.com/services/T01ABCDEFGH/abcdefghijklmnopqrstuvwx", False),
    ],
)
def test_slack_webhook_has_one_form(url: str, good: bool) -> None:
    """
    Only Slack's own host, over https, with all three parts.
    """
    assert form(url).link.slack_webhook is good  # type: ignore[attr-defined]


@given(
    password=st.text(st.sampled_from(LETTERS + "@/:?#[]%&= .-"), min_size=12, max_size=40),
    start=st.sampled_from(["postgresql://drop:", "https://", "host=db dbname=x password=", ""]),
)
@example(password="000mode=0000", start="postgresql://drop:")
@settings(max_examples=400, deadline=None)
def test_form_holds_no_piece_of_the_text(password: str, start: str) -> None:
    """
    Whatever stands in a secret, and however a parser misreads it, no five characters of it come out.
    """
    said = repr(form(f"{start}{password}@{HOST}:5432/drop?sslmode=require")).replace(HOST, "")
    frame = " ".join((repr(form_of("", "f", set())), *(f"{name}=" for name in Link.__dataclass_fields__), "port=5432"))
    known = f"{frame} postgresql https another host localhost verify-full require"
    pieces = {password[i : i + 5] for i in range(len(password) - 4)}
    assert [piece for piece in pieces if piece in said and piece not in known and not piece.isspace()] == []
