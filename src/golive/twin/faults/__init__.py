"""One module per part of the world; importing this package makes every fault known."""

from golive.twin.faults import (
    ailments,
    banking,
    channel,
    cloud,
    compliance,
    database,
    login,
    monitoring,
    names,
    pipeline,
    records,
    secrets,
    settings,
    site,
    sumsub,
    tls,
)
from golive.twin.faults.register import FAULTS, Fault, broken

__all__ = [
    "FAULTS",
    "Fault",
    "ailments",
    "banking",
    "broken",
    "channel",
    "cloud",
    "compliance",
    "database",
    "login",
    "monitoring",
    "names",
    "pipeline",
    "records",
    "secrets",
    "settings",
    "site",
    "sumsub",
    "tls",
]
