"""The form of a secret tells enough to judge it, and nothing of it."""

from __future__ import annotations

import base64
import random
import string
import uuid

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from golive.probes.form import Form, form_of
from golive.probes.link import _KNOWN_STRAYS, ANOTHER_HOST, ANOTHER_WORD, Link
from golive.probes.randomness import bits, worded

HOST = "drop-db.c1x2y3z4a5b6.eu-west-1.rds.amazonaws.com"
LETTERS = string.ascii_letters + string.digits
OURS = ("drop", "getdrop", "jwt", "secret", "production", "drop-web", "eu-west-1")
LONG = "4f1c9a7be02d8856"
# What a form may say in words.
WORDS = (
    *(
        "hexadecimal",
        "letters and digits",
        "base64",
        "base64url",
        "lower",
        "upper",
        "digit",
        "symbol",
        "space",
        "other",
    ),
    *("a row", "a repetition", "a date", "words", "a known word", ANOTHER_WORD, *_KNOWN_STRAYS),
)


def form(text: str, name: str = "") -> Form:
    """The form of *text*, where one host may be named, one database is the right one, and some words are ours."""
    return form_of(text, "f", {HOST}, database="drop", name=name, words=OURS)


def link(text: str) -> Link:
    """What *text* is as a URL or a connection string, which it must be."""
    found = form(text).link
    assert found is not None
    return found


def random_enough(seen: Form) -> bool:
    """As GL-2.1.4 has it."""
    good = seen.bits >= 64 and not seen.worded and not seen.patterns and not seen.placeholder
    return good and seen.alphabet is not None and seen.size >= 24


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
    Of two thousand secrets made by the generators that people use, none is doubted, as key or as anybody's secret.
    """
    chance = random.Random(2026)  # noqa: S311  # the same two thousand every time, so that a failure stays one
    made = [
        text
        for _ in range(500)
        for text in (
            base64.b64encode(chance.randbytes(48)).decode(),
            base64.b64encode(chance.randbytes(24)).decode(),
            base64.urlsafe_b64encode(chance.randbytes(48)).decode(),
            chance.randbytes(32).hex(),
        )
    ]
    assert [text for text in made if not random_enough(form(text))] == []
    made += [chance.randbytes(8).hex() for _ in range(500)]
    made += [str(uuid.UUID(bytes=chance.randbytes(16))) for _ in range(500)]
    doubted = [text for text in made if (seen := form(text)).placeholder or seen.named or seen.sandbox]
    assert doubted == []


@pytest.mark.parametrize(
    ("made", "alphabet", "size"),
    [
        (base64.b64encode(bytes(range(200, 248))).decode(), "base64", 48),
        (base64.b64encode(bytes(range(200, 232))).decode(), "base64", 32),
        ("kX2vQ9mBz7LrT4yWc8NfH1jDs6GpA3eU", "letters and digits", 24),
        ("kX2vQ9mBz7LrT4yWc8NfH-jDs6GpA3_U", "base64url", 24),
        ("9f86d081884c7d659a2feaa0c55ad015" * 2, "hexadecimal", 32),
        ("b1946ac9-2492-4d23-87c6-235b4d261118", "hexadecimal", 16),
        ("k2vq9mbz7lrt4ywc8nfh1jds6gpa3eu5k2x7", "letters and digits", 22),
        ("kX2vQ9mBz7LrT4yW\nc8NfH1jDs6GpA3eU", "letters and digits", 24),
        ("kX2vQ9mBz7LrT4yWc8NfH1jDs6GpA3e!", None, 0),
        ("kX2vQ9mBz7LrT4yWc8NfH+jDs6GpA3_U", None, 0),
        ("", None, 0),
    ],
)
def test_alphabet_tells_how_many_bytes_it_may_be(made: str, alphabet: str | None, size: int) -> None:
    """
    As many characters stand for fewer bytes in hexadecimal than in base64; in no generator's alphabet for none.
    """
    seen = form(made)
    assert (seen.alphabet, seen.size) == (alphabet, size)


@pytest.mark.parametrize(
    ("made", "pattern"),
    [
        ("aA1bB2cC3dD4eE5fF6gG7hH8iI9jJ0kK", "a row"),
        ("Qa1Ws2Ed3Rf4Tg5Yh6Uj7Ik8Ol9Pz0Xx", "a row"),
        ("q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6", "a row"),
        ("zZ9yY8xX7wW6vV5uU4tT3sS2rR1qQ0pP", "a row"),
        ("kX2vQ9mBz7LrT4yWkX2vQ9mBz7LrT4yW", "a repetition"),
        ("kX2vQ9mBz7LrT4yW3kx2VQ9hJ8fD5sRu", "a repetition"),
        ("9f86d0818f4c7d65b2a39f86d0818e1c0b7a5f3d", "a repetition"),
        ("20260223T120000Z-dRop-wEb-eu-wEst-1", "a date"),
        ("kX2vQ9mBz7LrT4yW20260223c8NfH1jD", "a date"),
        ("kX2vQ9mBz7LrT4yW-2026-c8NfH1jDs6", "a date"),
        ("Sommer2026-Oslo-Fjord-Bank-Vipps", "words"),
        ("kX2vQ9mBz7LrT4yW-JWT-c8NfH1jDs6G", "a known word"),
        ("kX2vQ9mBz7LrT4yW9drop7c8NfH1jDs6", "a known word"),
        ("production9vQ2mBz7LrT4yWc8NfH1jD", "a known word"),
        ("kX2vQ9mBz7LrT4yWeu-west-1c8NfH1j", None),
        ("kX2vQ9mBz7LrT4yWjWt8NfH1jDs6GpA3", None),
        ("kX2vQ9mBz7LrT4yWc8NfH1jDs6GpA3eU", None),
    ],
)
def test_what_no_generator_makes_is_found(made: str, pattern: str | None) -> None:
    """
    Rows, repetitions, dates and words betray a person, whatever alphabet they are written in; letters by chance do not.
    """
    seen = form(made).patterns
    assert seen == () if pattern is None else pattern in seen


@pytest.mark.parametrize(
    "thought_up",
    [
        "Sommer2026-Oslo-Fjord-Bank-Vipps!!",
        "drop-production-JWT-2026-02-23-v0.1.0",
        "Drop2026!Drop2027!Drop2028!Drop2029!",
        "20260223T120000Z-drop-web-eu-west-1",
        "aA1bB2cC3dD4eE5fF6gG7hH8iI9jJ0kK",
        "550e8400-e29b-41d4-a716-446655440000",
        "d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_what_looks_random_to_a_person_is_not_enough(thought_up: str) -> None:
    """
    Many bits by their letters, and yet guessable, or too few bytes.
    """
    assert not random_enough(form(thought_up))


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
    "left",
    [
        *("changeme", "CHANGE_ME", "<client-secret>", "your-client-id", "xxxxxxxx", "${SECRET}", "todo", "********"),
        *("changeme1", "changeit", "TODO1", "dummy123", "pending", "Fake2", "tbd", "0000000000000000", "xxxxxxxxab12"),
        f"postgresql://drop:changeme@{HOST}/drop",
        f"postgresql://your-user:{LONG}@{HOST}/drop",
        f"postgresql://drop:{'0' * 16}@{HOST}/drop",
        f"host={HOST} dbname=drop user=drop password=password1",
    ],
)
def test_placeholder_is_found(left: str) -> None:
    """
    What somebody meant to fill in is told from a value, with a number behind it too, and inside a connection string.
    """
    assert form(left).placeholder


@pytest.mark.parametrize(
    "value",
    [
        f"host={HOST} dbname=drop user=drop password={LONG}",
        f"postgresql://drop:{LONG}00000000{LONG}{LONG}@{HOST}/drop",
        f"{LONG}00000000{LONG}{LONG}",
        f"{LONG}-xxx-{LONG}",
        f"{LONG}-tOdO-{LONG}",
        f"{LONG}.NuLL.{LONG}",
    ],
)
def test_what_stands_there_by_chance_is_no_placeholder(value: str) -> None:
    """
    The words of the string itself, a few zeros in a long text, three letters, or capitals that no word has.
    """
    assert not form(value).placeholder


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("BANKID_CLIENT_ID", True),
        ("bankid-client-id", True),
        ("my-BankIdClientId-2", True),
        ("client_id", True),
        ("CLIENT_SECRET", True),
        ("apptoken1", True),
        ("drop-prod-7f", False),
        ("", False),
    ],
)
def test_name_of_a_secret_is_no_value(text: str, named: bool) -> None:
    """
    What a secret is called, with or without its owner before it, is told from a value.
    """
    assert form(text, "BANKID_CLIENT_ID").named is named


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("drop-test", "test"),
        ("sbx:Abc.Def", "sbx"),
        ("drop_sandbox_1", "sandbox"),
        ("sandbox2", "sandbox"),
        ("test123", "test"),
        ("Testing1", "testing"),
        ("bankid-current2", "current"),
        (f"{LONG}-tEsT-{LONG}", None),
        (f"drop-dev-{LONG}", "dev"),
        ("4f1c9aQ7Be02d8856Rk/dev==", None),
        ("drop-prod-7f", None),
        ("latest", None),
    ],
)
def test_word_of_another_environment_is_found(text: str, word: str | None) -> None:
    """
    "test" is found between other words, not within one.
    """
    assert form(text).sandbox == word


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
    seen = link(text)
    assert (seen.host, seen.port, seen.sslmode) == (host, port, mode)


@pytest.mark.parametrize(
    ("more", "strays"),
    [
        ("", ()),
        ("&connect_timeout=5&application_name=web&connection_limit=5&pool_timeout=9&pgbouncer=true&schema=public", ()),
        ("&sslrootcert=/etc/rds.pem&statement_timeout=5000&keepalives=1&channel_binding=require&max=9", ()),
        ("&hostaddr=203.0.113.9", ("hostaddr",)),
        ("&host=evil.example&port=5433", ("host", "port")),
        ("&ssl=false", ("ssl",)),
        ("&ssl=true", ("ssl",)),
        ("&options=-c%20search_path%3Ddemo", ("options",)),
        ("&schema=demo", ("schema",)),
        ("&schema=public&schema=demo", ("schema",)),
        (
            "&dbname=drop_demo&user=a&password=b&service=c&passfile=d",
            ("dbname", "passfile", "password", "service", "user"),
        ),
        ("&HOSTADDR=203.0.113.9", (ANOTHER_WORD,)),
        ("&sslcert", ("sslcert",)),
        ("&s3cr3t=1", (ANOTHER_WORD,)),
        ("#s3cr3t", (ANOTHER_WORD,)),
    ],
)
def test_what_a_connection_string_says_besides_is_told_by_our_words(more: str, strays: tuple[str, ...]) -> None:
    """
    How to wait and to share connections is harmless; whatever may lead elsewhere, or undo TLS, is told.
    """
    assert link(f"postgresql://u:p@{HOST}:5432/drop?sslmode=require{more}").strays == strays


@pytest.mark.parametrize(
    ("text", "strays"),
    [
        (f"host={HOST} dbname=drop user=u password=p sslmode=require", ()),
        (f"host={HOST} port=5432 dbname=drop user=u password=p sslmode=require connect_timeout=5", ()),
        (f"host={HOST} hostaddr=203.0.113.9 dbname=drop user=u password=p sslmode=require", ("hostaddr",)),
        (f"host={HOST} dbname=drop user=u password=p sslmode=require options='-c search_path=demo'", ("options",)),
        (f"host={HOST} dbname=drop user=u passfile=/tmp/x service=y sslmode=require", ("passfile", "service")),
    ],
)
def test_string_of_words_is_held_to_the_same(text: str, strays: tuple[str, ...]) -> None:
    """
    The other kind of connection string has the place and the person among its words, and nothing else more.
    """
    assert link(text).strays == strays


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"postgresql://u:p@{HOST}/drop", True),
        (f"postgresql://u:p@{HOST}/%64rop", True),
        (f"postgresql://u:p@{HOST}/drop_demo", False),
        (f"postgresql://u:p@{HOST}/drop/", False),
        (f"postgresql://u:p@{HOST}/", False),
        (f"postgresql://u:p@{HOST}", False),
        (f"host={HOST} dbname=drop user=u password=p", True),
        (f"host={HOST} dbname=drop_demo user=u password=p", False),
        (f"host={HOST} user=u password=p", False),
        (f"https://u:p@{HOST}/drop", False),
    ],
)
def test_database_is_told_by_yes_and_no(text: str, names: bool) -> None:
    """
    Whether it is the environment's database is known, and never what it is called.
    """
    seen = link(text)
    assert seen.names_database is names
    assert "demo" not in repr(seen)


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
    assert link(url).slack_webhook is good


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
    known = f"{frame} postgresql https another host localhost verify-full require {' '.join(WORDS)}"
    pieces = {password[i : i + 5] for i in range(len(password) - 4)}
    assert [piece for piece in pieces if piece in said and piece not in known and not piece.isspace()] == []
