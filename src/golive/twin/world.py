"""The healthy world as one frozen value; a fault is a function from this world to another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from golive.twin import authority, bankid, cloud, database, github, names, site
from golive.twin.authority import Certificate
from golive.twin.bankid import Provider
from golive.twin.cloud import Cloud
from golive.twin.database import Database
from golive.twin.github import Repository
from golive.twin.names import Zone
from golive.twin.site import Site

COMMIT = "8f2c1d4be07a95361f0a3c5d7e9b2468ac13f057"


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the gate that the gate can see."""

    now: datetime
    zone: Zone
    certificates: Mapping[str, Certificate]  # host → what it shows
    site: Site
    bankid: Provider
    github: Repository
    cloud: Cloud
    database: Database


def healthy(now: datetime) -> World:
    """Production on the day of a launch that may go ahead; every secret is made fresh and thrown away."""
    aws = cloud.healthy(now, COMMIT)
    client = aws.text("BANKID_CLIENT_ID")
    return World(
        now=now,
        zone=names.healthy(),
        certificates=authority.healthy(now),
        site=site.healthy(COMMIT, client, aws.text("SUMSUB_WEBHOOK_SECRET")),
        bankid=bankid.healthy(client, aws.text("BANKID_CLIENT_SECRET")),
        github=github.healthy(COMMIT, "ghs_" + secrets.token_urlsafe(27), now),
        cloud=aws,
        database=database.healthy(now),
    )
