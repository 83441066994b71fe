"""What holds for every test."""

from __future__ import annotations

import gc
import os

import pytest

LONGEST = 40


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:  # noqa: ARG001  # pytest's own signature
    """Names of cases are the same in every process: what holds instants or keys goes by its argument's name."""
    if isinstance(val, str) and len(val) > LONGEST:
        return argname
    if val is None or isinstance(val, str | bytes | int | float | type):
        return None
    return getattr(val, "__name__", argname)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which is loaded where the whole suite is run
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: a test waits half of its time, for answers and for what it has started."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """On the way out nothing is searched for garbage: pytest would, five times, and a worker has a gigabyte by then."""
    gc.freeze()
