"""One module per part of the world; importing this package makes every fault known."""

from golive.twin.faults import (
    ailments,
    channel,
    cloud,
    compliance,
    database,
    login,
    monitoring,
    names,
    pipeline,
    secrets,
    settings,
    site,
    tls,
)
from golive.twin.faults.register import FAULTS, Fault, broken

__all__ = [
    "FAULTS",
    "Fault",
    "ailments",
    "broken",
    "channel",
    "cloud",
    "compliance",
    "database",
    "login",
    "monitoring",
    "names",
    "pipeline",
    "secrets",
    "settings",
    "site",
    "tls",
]
