"""One module per part of the world; importing this package makes every fault known."""

from golive.twin.faults import (
    ailments,
    cloud,
    compliance,
    database,
    figures,
    login,
    names,
    pipeline,
    rollback,
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
    "cloud",
    "compliance",
    "database",
    "figures",
    "login",
    "names",
    "pipeline",
    "rollback",
    "secrets",
    "settings",
    "site",
    "tls",
]
