"""Wiring only: the gate's plugin and the modules of the vocabulary."""

pytest_plugins = [
    "golive.gate",
    "steps.visitor",
    "steps.names",
    "steps.cloud",
    "steps.settings",
    "steps.sumsub",
    "steps.login",
    "steps.database",
    "steps.figures",
    "steps.pipeline",
    "steps.signatures",
    "steps.banking",
    "steps.monitoring",
    "steps.statuspage",
    "steps.channel",
    "steps.rollback",
    "steps.diagnosis",
    "steps.customers",
    "steps.providers",
    "steps.runbooks",
]
