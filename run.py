#!/usr/bin/env python3
"""Run, test or check the registry with nothing but Python: see USAGE.

Only the standard library until it runs again inside .venv, where config.launcher takes over.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
READY = "REGISTRY_VENV_READY"
UV = "uv==0.13.9"
USAGE = """usage: python3 run.py [command]

  (none)           start everything: servers, demo data, web, worker, beat
  test [options]   run the tests but the next two (options are pytest's) on servers of their own
  manage COMMAND   a management command on what runs from var/ (import_iati, create_admin, …)
  faults           run only the tests that kill processes on purpose
  running          run only the tests of the whole product as it runs: every route fuzzed, races
  check            ruff, mypy, import-linter, migrations, OpenAPI, deployment check
  reset            stop what runs from var/ and delete var/
"""


def main() -> int:
    command, *options = sys.argv[1:] or ["run"]
    if command not in ("run", "manage", "test", "faults", "running", "check", "reset"):
        print(USAGE, file=sys.stdout if command in ("-h", "--help") else sys.stderr)
        return 0 if command in ("-h", "--help") else 2
    if os.environ.get(READY) != sys.prefix:
        start_again_inside(command, options)
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    from config import launcher

    return launcher.main(command, options)


def start_again_inside(command: str, options: list[str]) -> None:
    """Bring .venv up to the requirements and become its Python: same process, same terminal."""
    if sys.version_info < (3, 11):  # noqa: UP036 - said to whoever runs an older one
        sys.exit("run.py needs Python 3.11 or newer.")
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        sys.exit("run.py needs Python's venv module: install the Debian package python3-venv.")
    development = command in ("test", "faults", "running", "check")
    try:
        install("requirements-dev.txt" if development else "requirements.txt")
    except PermissionError as refused:
        sys.exit(f"run.py keeps .venv and var in {ROOT} and may not write there: {refused}")
    except subprocess.CalledProcessError as failed:
        sys.exit(f"run.py could not make .venv: {failed}")
    environment = {**os.environ, READY: str(VENV)}
    os.execve(PYTHON, [str(PYTHON), str(ROOT / "run.py"), command, *options], environment)


def install(requirements: str) -> None:
    """Install the pinned packages, unless the stamp says that they are there already."""
    with only_one_at_a_time():
        wanted = fingerprint(requirements)
        stamp = VENV / f"{requirements}.sha256"
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        print(f"Installing {requirements} into .venv (once) ...", flush=True)
        if not (PYTHON.exists() and (VENV / "made").exists()):
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
            (VENV / "made").touch()
        fetch(ROOT / requirements)
        for part in included(requirements):
            (VENV / f"{part}.sha256").write_text(fingerprint(part))


def fetch(requirements: Path) -> None:
    """With uv where pip can fetch it (some five times faster), else with pip."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    with_uv = [str(PYTHON), "-m", "uv", "pip", "install", "-q", "--compile-bytecode"]
    inside = ["--python", str(PYTHON), "-r", str(requirements)]
    has_uv = subprocess.run([*pip, UV], check=False).returncode == 0
    if not (has_uv and subprocess.run([*with_uv, *inside], check=False).returncode == 0):
        subprocess.run([*pip, "-r", str(requirements)], check=True)


def included(requirements: str) -> list[str]:
    return sorted({"requirements.txt", requirements})


def fingerprint(requirements: str) -> str:
    """What the installed packages depend on: the pins, the Python, and where .venv stands."""
    pins = [(ROOT / part).read_bytes() for part in included(requirements)]
    where = f"{sys.version_info[:3]}{VENV}".encode()
    return hashlib.sha256(b"\0".join([*pins, where])).hexdigest()


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    with (ROOT / ".venv.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
