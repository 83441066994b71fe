"""What holds for every test."""

from __future__ import annotations

import pytest

LONGEST = 40


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:  # noqa: ARG001  # pytest's own signature
    """Names of cases are the same in every process: what holds instants or keys goes by its argument's name."""
    if isinstance(val, str) and len(val) > LONGEST:
        return argname
    if val is None or isinstance(val, str | bytes | int | float | type):
        return None
    return getattr(val, "__name__", argname)
