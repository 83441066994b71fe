"""The twin for use by hand: kept up until Ctrl-C, with the commands that reach it."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping, Sequence

import click

from golive.environment import Detour
from golive.twin.cloud import DATABASE_HOST, REGION
from golive.twin.names import RESOLVERS
from golive.twin.process import TwinProcess


def keep_up(faults: Sequence[str], *, as_json: bool) -> None:
    """Start a twin, say how it is reached, and wait for Ctrl-C; SetupError for a fault that is none."""
    over = _told_to_end()  # before anything is said: whoever reads it may want to end it at once
    twin = TwinProcess.start(faults)
    try:
        reached = commands(twin.detour)
        if as_json:
            click.echo(json.dumps({"ports": dict(twin.detour.ports), "commands": reached}, indent=1))
        else:
            for what, command in reached.items():
                click.echo(f"# {what}\n{command}\n")
            click.echo("The twin is up; Ctrl-C ends it.")
        while not over.wait(1.0):  # in slices, for Windows lets no signal through to a wait without end
            pass
    finally:
        twin.stop()


def commands(detour: Detour) -> Mapping[str, str]:
    """A command for each face, as a person would type it in another terminal."""
    port, variables = detour.ports, detour.variables
    site, resolver = port["192.0.2.10:443"], port[f"{RESOLVERS[0]}:53"]
    keys = " ".join(f"{name}={variables[name]}" for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    aws = f"{keys} aws --region {REGION} --endpoint-url"
    return {
        "the site": f"curl --cacert {detour.trust} --connect-to getdrop.no:443:127.0.0.1:{site} https://getdrop.no/",
        "the names": f"dig @127.0.0.1 -p {resolver} getdrop.no A",
        "the database": (
            f"PGPASSWORD={variables['GOLIVE_DATABASE_PASSWORD']} psql 'host={DATABASE_HOST} hostaddr=127.0.0.1 "
            f"port={port['192.0.2.40:5432']} dbname=drop user=golive_readonly sslmode=verify-full "
            f"sslrootcert={detour.trust}'"
        ),
        "the database instance": f"{aws} {detour.endpoints['*']} rds describe-db-instances",
        "the service": f"{aws} {detour.endpoints['apprunner']} apprunner list-services",
    }


def _told_to_end() -> threading.Event:
    """Is set when this process is told to end."""
    over = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: over.set())
    return over
