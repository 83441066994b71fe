"""A secret that is a URL or a connection string: where it leads, in words of ours and hosts that are known anyway."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

ANOTHER_HOST = "another host"  # in the place of one that is none of the known ones
ANOTHER_MODE = "another"

POSTGRES = frozenset({"postgres", "postgresql"})
_SCHEMES = POSTGRES | {"http", "https", "mysql", "sqlite", "file"}
_SSLMODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"})
_KNOWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "hooks.slack.com"})
_SLACK = re.compile(r"/services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}")

# What a connection string may say besides where the database is: how to encrypt, how long to wait, how to share
# connections, in the words of libpq, node-postgres, postgres.js and Prisma. Whatever else a client may take for
# another place, another person or less encryption.
_HARMLESS = frozenset(
    {
        *("sslmode", "sslrootcert", "sslnegotiation", "channel_binding", "application_name", "client_encoding"),
        *(
            "connect_timeout",
            "statement_timeout",
            "query_timeout",
            "lock_timeout",
            "socket_timeout",
            "tcp_user_timeout",
        ),
        *(
            "idle_in_transaction_session_timeout",
            "idle_timeout",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
        ),
        *("keepalives_count", "max", "min", "max_lifetime", "prepare", "pgbouncer", "connection_limit", "pool_timeout"),
        *("statement_cache_size", "uselibpqcompat", "schema"),
    }
)
_ONLY = {"schema": "public"}  # what says something else with another value
# Of the others, those that may be named.
_KNOWN_STRAYS = frozenset(
    {
        *("host", "hostaddr", "port", "dbname", "database", "user", "password", "passfile", "options", "service"),
        *("servicefile", "ssl", "sslaccept", "sslcert", "sslkey", "search_path", "schema", "replication"),
    }
)
_PLACE = frozenset({"host", "port", "dbname", "user", "password"})  # in the string of words, where a URL has its own
ANOTHER_WORD = "another word"


@dataclass(frozen=True, slots=True)
class Link:
    """A secret that is a URL or a connection string, as far as it is none."""

    scheme: str
    host: str  # "another host" where it is none of the known ones, "" where there is none that can be read
    port: int | None
    sslmode: str | None  # of a PostgreSQL connection; None where none or more than one is said
    credentials: bool  # whether it has a user and a password
    slack_webhook: bool
    names_database: bool = False  # the one that the environment names
    strays: tuple[str, ...] = ()  # what it says besides, and should not: words of ours


def link_of(text: str, hosts: Collection[str], database: str) -> Link | None:
    """
    *text* as a link; None where it is none.

    *hosts* are those that may be named; *database* is the one that it should lead to, if to any.
    """
    scheme, mark, _ = text.partition("://")
    if mark and scheme.lower() in _SCHEMES:
        try:
            return _from_url(urlsplit(text), hosts, database)
        except ValueError:  # the port is no number, or the brackets of an address do not close
            return Link(scheme.lower(), "", None, None, False, False)
    return _from_words(text, hosts, database)


def _from_url(url: SplitResult, hosts: Collection[str], database: str) -> Link:
    host = (url.hostname or "").lower()
    said = parse_qsl(url.query, keep_blank_values=True)
    postgres = url.scheme in POSTGRES
    return Link(
        scheme=url.scheme,
        host=_known(host, hosts),
        port=url.port,
        sslmode=_mode([value for key, value in said if key == "sslmode"]) if postgres else None,
        credentials=bool(url.username and url.password),
        slack_webhook=(
            url.scheme == "https"
            and host == "hooks.slack.com"
            and url.port in (None, 443)
            and not (url.username or url.password or url.query or url.fragment)
            and _SLACK.fullmatch(url.path) is not None
        ),
        names_database=postgres and bool(database) and unquote(url.path) == f"/{database}",
        strays=_strays([*said, *([("#", "")] if url.fragment else [])]) if postgres else (),
    )


def _from_words(text: str, hosts: Collection[str], database: str) -> Link | None:
    """A connection string of the other kind: host=… dbname=…"""
    said = in_words(text)
    if said is None:
        return None
    port = said.get("port", "")
    return Link(
        scheme="postgresql",
        host=_known(said.get("host", "").lower(), hosts),
        port=int(port) if port.isdecimal() else None,
        sslmode=_mode([said["sslmode"]] if "sslmode" in said else []),
        credentials=bool(said.get("user") and said.get("password")),
        slack_webhook=False,
        names_database=bool(database) and said.get("dbname") == database,
        strays=_strays([(key, value) for key, value in said.items() if key not in _PLACE]),
    )


def in_words(text: str) -> Mapping[str, str] | None:
    """What a connection string of the other kind says; None where *text* is none."""
    if "host=" not in text or "=" not in text.partition("host=")[2]:
        return None
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:
        return None


def _strays(said: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """What a connection string says that it should not, as far as it may be named."""
    strays = {key for key, value in said if key not in _HARMLESS or value != _ONLY.get(key, value)}
    return tuple(sorted({key if key in _KNOWN_STRAYS else ANOTHER_WORD for key in strays}))


def _known(host: str, hosts: Collection[str]) -> str:
    return host if not host or host in hosts or host in _KNOWN_HOSTS else ANOTHER_HOST


def _mode(modes: list[str]) -> str | None:
    if len(modes) != 1:
        return None
    return modes[0] if modes[0] in _SSLMODES else ANOTHER_MODE
