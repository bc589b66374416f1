"""Web, worker and beat under honcho, each bound to die with whoever started it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from typing import Any

from honcho.manager import Manager
from honcho.process import Popen, Process

from config.embedded import Servers
from config.processes import die_with_parent, dying

# Each child takes one task at a time. There is one worker: no second in which to look for others.
WORKER = ["-c", "2", "--prefetch-multiplier", "1", "--without-mingle", "--without-gossip"]


def commands(port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "config"]
    gunicorn = [*python, "gunicorn", "config.wsgi:application", "-c", "config/gunicorn.py"]
    return {
        "web": [*gunicorn, "--bind", f"127.0.0.1:{port}"],
        "worker": [*celery, "worker", *WORKER, "-l", "INFO"],
        "beat": [*celery, "beat", "-l", "WARNING"],
    }


class BoundProcess(Process):
    """honcho's fork, and the program it starts, both end when run.py does."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._starter = os.getpid()

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        die_with_parent(signal.SIGKILL, self._starter)
        self._child_ctor = partial(Popen, shell=False, stdin=subprocess.DEVNULL, preexec_fn=dying())
        super().run(events, ignore_signals)


class OneByOne:
    """Signals go to a program itself, not to its group: it tells its own children, in order.

    A group-wide SIGTERM would end Celery's children in the middle of a task.
    """

    def terminate(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)


class Supervisor(Manager):
    """honcho's manager, which also watches the servers and says when the first page answers."""

    def __init__(self, servers: Servers, port: int, banner: str) -> None:
        super().__init__()
        self._servers, self._address, self._banner = servers, f"http://127.0.0.1:{port}", banner
        self._process_ctor = BoundProcess
        self._procmgr = OneByOne()

    def _start(self) -> None:
        super()._start()
        for name, known in self._processes.items():
            self._servers.children.add(name, known["process"].pid)
        # Only now: a fork copies no threads, and could copy a lock that one holds.
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._terminating and not self._healthy():
            time.sleep(0.1)
        if not self._terminating:
            print(self._banner, flush=True)
        while not self._terminating:
            if fallen := self._servers.fallen():
                print(f"{fallen} has ended; stopping. Its log is in var/{fallen}.log", flush=True)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            time.sleep(0.5)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._address}/healthz/", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False


def serve(servers: Servers, environment: dict[str, str], port: int, banner: str) -> int:
    """Serve until a signal or until one of the three ends; then stop them all."""
    multiprocessing.set_start_method("fork", force=True)
    supervisor = Supervisor(servers, port, banner)
    for name, command in commands(port).items():
        supervisor.add_process(name, command, env=environment)
    supervisor.loop()
    return supervisor.returncode or 1
