"""What must be granted, as whoever grants it needs it: a policy for IAM, SQL for the database, scopes of tokens."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from golive.environment import Environment
from golive.probes.look import Permission

SCHEMA = "public"
_TABLE = re.compile(r"(?P<table>\w+) \((?P<columns>\w+(, \w+)*)\)")


def policy(
    wanted: Iterable[Permission], secrets: Iterable[str] = (), acting: Iterable[Permission] = ()
) -> dict[str, Any]:
    """
    The IAM policy that allows what is *wanted* and nothing else.

    Where it is known which *secrets* (ARNs) the service is given, those alone can be looked at. What is needed for
    *acting* stands apart, so that it can be left out.
    """
    told = [{"Sid": "GoLiveReads", **statement} for statement in _statements(wanted, tuple(secrets))]
    told += [{"Sid": "GoLiveActs", **statement} for statement in _statements(acting, ())]
    for number, statement in enumerate(told, 1):
        statement["Sid"] += str(number)
    return {"Version": "2012-10-17", "Statement": told}


def _statements(wanted: Iterable[Permission], secrets: tuple[str, ...]) -> list[dict[str, Any]]:
    places: dict[str, set[str]] = defaultdict(set)
    for permission in wanted:
        if permission.kind == "iam":
            places[permission.what].add(permission.on)
    actions: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for action, on in sorted(places.items()):
        where = set(secrets) if secrets and action.startswith("secretsmanager:") else on
        widest = {place for place in where if not any(place != other and fnmatchcase(place, other) for other in where)}
        actions[tuple(sorted(widest))].append(action)
    return [
        {"Effect": "Allow", "Action": names, "Resource": list(on)}
        for on, names in sorted(actions.items(), key=lambda pair: pair[1])
    ]


def statements(wanted: Iterable[Permission], environment: Environment) -> str:
    """The SQL that makes the role that can only SELECT, and only what is *wanted*."""
    database, columns = environment.database, defaultdict[str, set[str]](set)
    for permission in wanted:
        if (permission.kind, permission.what) == ("sql", "SELECT"):
            said = _TABLE.fullmatch(permission.on)
            assert said is not None, f"a look declares {permission.on!r}, which names no columns"
            columns[said["table"]] |= set(said["columns"].split(", "))
    role = database.user
    lines = [
        "-- As the owner of the tables, once; then set the password in psql: \\password " + role,
        f"CREATE ROLE {role} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 10;",
        f"ALTER ROLE {role} SET default_transaction_read_only = on;",
        f"ALTER ROLE {role} SET statement_timeout = '5s';",
        f'GRANT CONNECT ON DATABASE "{database.name}" TO {role};',
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role};",
    ]
    for table, of in sorted(columns.items()):
        lines.append(f"GRANT SELECT ({', '.join(sorted(of))}) ON {SCHEMA}.{table} TO {role};")
    return "\n".join(lines)


def scopes(wanted: Iterable[Permission]) -> dict[str, list[str]]:
    """For each variable of the process's environment, what the token in it must be good for."""
    told: dict[str, dict[str, None]] = defaultdict(dict)
    for permission in wanted:
        if permission.kind == "token":
            told[permission.what][permission.on] = None
    return {variable: list(on) for variable, on in sorted(told.items())}


def named(permission: Permission, environment: Environment) -> str:
    """*permission* as a sentence that says what to grant."""
    if permission.kind == "iam":
        return f"allow {permission.what} on {permission.on}"
    if permission.kind == "token":
        return f"set {permission.what}: {permission.on}"
    if permission.what == "CONNECT":
        return f'GRANT CONNECT ON DATABASE "{permission.on}" TO {environment.database.user}'
    table, _, columns = permission.on.partition(" ")
    return f"GRANT SELECT {columns} ON {SCHEMA}.{table} TO {environment.database.user}"
