"""The healthy world as one frozen value; a fault is a function from this world to another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from golive.phases import ROLLBACK, offset
from golive.twin import (
    authority,
    bankid,
    betterstack,
    database,
    github,
    names,
    neonomics,
    people,
    production,
    site,
    slack,
    sumsub,
    swan,
)
from golive.twin.authority import Certificate
from golive.twin.bankid import Provider
from golive.twin.betterstack import Uptime
from golive.twin.cloud import PREVIOUS_COMMIT, Cloud
from golive.twin.database import Database
from golive.twin.github import Repository
from golive.twin.names import Zone
from golive.twin.neonomics import Neonomics
from golive.twin.noise import ordinary
from golive.twin.people import People
from golive.twin.ranges import Published
from golive.twin.site import Site
from golive.twin.slack import Workspace
from golive.twin.sumsub import Account
from golive.twin.swan import Swan

COMMIT = "8f2c1d4be07a95361f0a3c5d7e9b2468ac13f057"


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the gate that the gate can see."""

    now: datetime
    phase: str
    launch_at: datetime
    zone: Zone
    certificates: Mapping[str, Certificate]  # host → what it shows
    site: Site
    bankid: Provider
    people: People  # who put on record what no machine sees
    neonomics: Neonomics
    swan: Swan
    github: Repository
    sumsub: Account
    betterstack: Uptime
    slack: Workspace
    cloud: Cloud
    database: Database
    ranges: Published  # which addresses are whose at Amazon
    noise: int = 0  # the seed of what goes wrong on any day (`golive.twin.noise`)


# A healthy world plays a phase a little after its hour, so that what is due at that hour is due.
_AFTER = timedelta(minutes=1)
# The rollback is played two hours into a launch that went wrong.
_INTO_ROLLBACK = timedelta(hours=2)
# The invited come at the launch, everybody else an hour later.
_OPENED_AFTER = timedelta(hours=1)
# It went wrong after an hour and a half.
_ROLLED_BACK = timedelta(minutes=30)


def healthy(now: datetime, phase: str = "T-0", noise: int = 1) -> World:
    """
    Production in *phase* of a launch that may go ahead; every secret is made fresh and thrown away.

    *noise* is the seed of the day's ordinary mishaps, which hold nothing up.
    """
    since = offset(phase)
    launched = (_INTO_ROLLBACK if since is None else since) + _AFTER
    launch_at = now - launched
    aws = production.healthy(now, COMMIT, launched=launched)
    if since is None:
        aws = aws.rolled_back(_ROLLED_BACK)
    assert aws.service.deployed is not None, "a healthy service was deployed"
    deployed_at = now - aws.service.deployed
    client = aws.text("BANKID_CLIENT_ID")
    world = World(
        now=now,
        phase=phase,
        launch_at=launch_at,
        zone=names.healthy(),
        certificates=authority.healthy(now),
        site=replace(
            site.healthy(PREVIOUS_COMMIT if since is None else COMMIT, client, aws.text("SUMSUB_WEBHOOK_SECRET")),
            opened=now >= launch_at + _OPENED_AFTER,
        ),
        bankid=bankid.healthy(client, aws.text("BANKID_CLIENT_SECRET")),
        people=people.healthy(),
        neonomics=neonomics.healthy(aws.text("NEONOMICS_CLIENT_ID"), aws.text("NEONOMICS_CLIENT_SECRET")),
        swan=swan.healthy(aws.text("SWAN_CLIENT_ID"), aws.text("SWAN_CLIENT_SECRET")),
        github=github.healthy(COMMIT, "ghs_" + secrets.token_urlsafe(27), now),
        sumsub=sumsub.healthy(
            now, *(aws.text(f"SUMSUB_{part}") for part in ("APP_TOKEN", "SECRET_KEY", "WEBHOOK_SECRET"))
        ),
        betterstack=betterstack.healthy(now, launch_at, secrets.token_urlsafe(18), rolled_back=phase == ROLLBACK),
        slack=slack.healthy(
            now, launch_at, "xoxb-" + secrets.token_urlsafe(36), aws.text("SLACK_WEBHOOK_URL"), deployed_at
        ),
        cloud=aws,
        database=database.healthy(now, launched=launched),
        ranges=Published(),
    )
    return ordinary(world, noise)
