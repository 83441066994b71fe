"""Wiring only: the modules of the vocabulary, beside the gate's plugins (pyproject.toml)."""

import pytest

STEPS = (
    "visitor",
    "bundle",
    "browser",
    "names",
    "cloud",
    "settings",
    "sumsub",
    "login",
    "database",
    "figures",
    "pipeline",
    "signatures",
    "banking",
    "monitoring",
    "statuspage",
    "channel",
    "rollback",
    "diagnosis",
    "customers",
    "providers",
    "runbooks",
)


def pytest_configure(config: pytest.Config) -> None:
    """Load them; for each that stands in `pytest_plugins`, pytest would read through everything that is installed."""
    for name in STEPS:
        config.pluginmanager.import_plugin(f"steps.{name}")
