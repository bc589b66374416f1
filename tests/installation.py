"""The product as somebody installs it: a copy in a folder of its own, started by run.py."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from config.processes import Children, dying

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".git", ".venv*", "var", "tests", "docs", "__pycache__", ".*_cache")


class Installation:
    """A copy of the product in a folder of its own, run by this very Python."""

    def __init__(self, folder, **settings):
        self.folder, self.settings = folder, settings
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self.output = folder.with_suffix(".out")
        self.process = None

    def command(self, *arguments):
        return [sys.executable, str(self.folder / "run.py"), *arguments]

    @property
    def environment(self):
        unset = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MANAGE_AS_OWNER"}
        unset |= {"STATIC_ROOT", "MEDIA_ROOT"}
        kept = {name: value for name, value in os.environ.items() if name not in unset}
        product = {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x" * 50}
        ours = {"REGISTRY_VENV_READY": sys.prefix, **self.settings}
        return {**kept, **product, **ours}

    def start(self):
        """Start run.py and wait until it says where; answer that address."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment,
                preexec_fn=dying(signal.SIGTERM),  # noqa: PLW1509 - no thread runs here
            )
        wait_until(lambda: "is ready: " in self.said or self.process.poll() is not None, 600)
        assert "is ready: " in self.said, self.said
        return self.said.partition("is ready: ")[2].split()[0]

    def run(self, *arguments):
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def said(self):
        return self.output.read_text(errors="replace")

    @property
    def running(self):
        """Every process that runs from the folder or has its files as arguments."""
        ours = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes()
                    where = os.readlink(entry / "cwd")
                except OSError:
                    continue
                if str(self.folder).encode() in command or where.startswith(str(self.folder)):
                    ours.append(int(entry.name))
        return ours

    def kill(self, signum=signal.SIGKILL):
        self.process.send_signal(signum)
        self.process.wait(timeout=30)


def wait_until(holds, seconds):
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def status(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.status


@contextlib.contextmanager
def installed_in(folder, **settings):
    """An installation in a folder, not started yet; nothing of it is left behind."""
    installation = Installation(folder, **settings)
    yield installation
    if installation.process:
        installation.process.kill()
        installation.process.wait()
    with Children(installation.folder / "var"):  # entering sweeps
        pass
