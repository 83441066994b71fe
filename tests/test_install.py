"""The report's parts are pinned, are installed once, and say in a sentence why they could not be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
REPORTS = HOME / "reports"
FILES = (".npmrc", "install.py", "package.json", "package-lock.json", "unpack.mjs")

needs_install = pytest.mark.skipif(
    not (REPORTS / "node_modules" / ".installed").is_file(), reason="python reports/install.py was not run"
)


def install(home: Path, **additions: str) -> subprocess.CompletedProcess[str]:
    """Run the installation of *home* with no program on PATH."""
    environment = {**os.environ, "PATH": "", **additions}
    return subprocess.run(
        [sys.executable, str(home / "reports" / "install.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project with nothing installed."""
    (tmp_path / "reports").mkdir()
    for name in FILES:
        shutil.copy(REPORTS / name, tmp_path / "reports" / name)
    return tmp_path


def test_every_package_is_pinned_by_its_digest_and_by_no_address() -> None:
    """
    The lock names version and integrity of each package, and no registry; what is asked for is asked for exactly.
    """
    lock = json.loads((REPORTS / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
    asked = json.loads((REPORTS / "package.json").read_text(encoding="utf-8"))
    wanted = {**asked["dependencies"], **asked["optionalDependencies"]}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


@needs_install
def test_what_is_installed_is_not_installed_again() -> None:
    """
    A second run has nothing to do and says nothing.
    """
    before = (REPORTS / "node_modules" / ".installed").stat().st_mtime_ns
    done = install(HOME, npm_config_registry="http://127.0.0.1:9/")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (REPORTS / "node_modules" / ".installed").stat().st_mtime_ns == before


def test_without_a_registry_there_is_one_sentence(copy: Path) -> None:
    """
    The user's registry is asked; where it does not answer, exit status 3, one line, and nothing counts as installed.
    """
    done = install(copy, npm_config_registry="http://127.0.0.1:9/", npm_config_cache=str(copy / "cache"))
    assert done.returncode == 3
    [line] = done.stderr.splitlines()
    assert line.startswith("reports/install.py: npm could not install the report generator: ")
    assert "127.0.0.1:9" in line
    assert "ECONNREFUSED" in line
    assert not (copy / "reports" / "node_modules" / ".installed").exists()


@needs_install
@pytest.mark.skipif(sys.platform != "linux", reason="a browser is unpacked on Linux only")
def test_half_a_browser_is_no_browser(copy: Path) -> None:
    """
    An archive that is damaged ends in a sentence, and nothing is found where the browser would be.
    """
    modules = copy / "reports" / "node_modules"
    package = Path("@sparticuz", "chromium")
    packed = modules / package / "bin"
    packed.mkdir(parents=True)
    for name in ("package.json", "build"):
        (modules / package / name).symlink_to(REPORTS / "node_modules" / package / name)
    for name in ("chromium.br", "al2023.tar.br", "fonts.tar.br"):
        (packed / name).write_bytes(b"damaged")
    stamp = "import install; install.write(install.STAMP, install.digest())"
    subprocess.run([sys.executable, "-c", stamp], cwd=copy / "reports", check=True, timeout=60)
    done = install(copy)
    assert done.returncode == 3
    [line] = done.stderr.splitlines()
    assert line.startswith("reports/install.py: the browser could not be unpacked: ")
    assert "Decompression failed" in line
    assert sorted(path.name for path in modules.iterdir()) == [".installed", "@sparticuz"]
