"""The machine that the figures are of."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

LIBRARIES = ("golive", "pytest", "pytest-bdd", "allure-pytest", "httpx", "dnspython", "boto3", "psycopg", "moto")
PROGRAMS = {"aws": "--version", "curl": "--version", "dig": "-v", "psql": "--version", "openssl": "version"}


def machine() -> dict[str, str]:
    """Processor, cores, memory, system and versions, each as a line for people."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": _system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        **{name: _said(name, flag) for name, flag in PROGRAMS.items() if shutil.which(name)},
    }


def load() -> float:
    """How many processes wanted a core during the last minute."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.system()} {platform.release()}"
    except OSError:
        return platform.platform()


def _said(program: str, flag: str) -> str:
    done = subprocess.run([program, flag], capture_output=True, text=True, check=False)  # noqa: S603  # one of PROGRAMS
    found = re.search(r"\d+(\.\d+)+\w*", done.stdout or done.stderr)
    return found[0] if found else "of an unknown version"
