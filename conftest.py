"""Wiring only: the gate's plugin and the modules of the vocabulary."""

pytest_plugins = [
    "golive.gate",
    "steps.visitor",
    "steps.names",
    "steps.cloud",
    "steps.settings",
    "steps.database",
    "steps.figures",
    "steps.pipeline",
    "steps.rollback",
]
