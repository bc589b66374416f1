"""Children that never outlive run.py: the death signal, the record of who runs, the sweep."""

import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Self

PR_SET_PDEATHSIG = 1
TOKEN = "REGISTRY_RUN"
# Loaded before any fork: a dlopen between fork and exec could meet a held lock.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(signum: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Have the kernel signal this process when the process that forked it dies.

    It reaches direct children only, and a change of user clears it: call it in each child,
    after that change. `parent` closes the race with a parent that died before the call.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signum)


def dying(signum: int = signal.SIGKILL) -> Callable[[], None]:
    """`die_with_parent` for a child of this very process, to be given as `preexec_fn`."""
    return partial(die_with_parent, signum, os.getpid())


def started_at(pid: int) -> int | None:
    """The kernel's start time of a live process: with the pid it names one process for good."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


class AlreadyRunningError(Exception):
    """Another run.py holds this directory."""


class Children:
    """Who runs from one data directory: written down, so that the next start can clear it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.token = secrets.token_hex(16)
        self._file = home / "children.json"
        self._lock: Any = None

    def __enter__(self) -> Self:
        """Hold the directory and end what an earlier run left in it."""
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        self._lock = (self.home / "lock").open("a")
        self._hold()
        self.sweep()
        self._write({"token": self.token, "children": []})
        self.add("run.py", os.getpid())
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.unlink(missing_ok=True)
        self._lock.close()

    def _hold(self) -> None:
        # The forks of a killed run.py share its lock until the kernel has ended them.
        deadline = time.monotonic() + 6
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self.holder() or time.monotonic() > deadline:
                    self._lock.close()
                    raise AlreadyRunningError(self.holder()) from None
                time.sleep(0.1)

    def add(self, name: str, pid: int) -> None:
        known = self._read()
        known["children"].append({"name": name, "pid": pid, "started": started_at(pid)})
        self._write(known)

    def holder(self) -> int | None:
        """The pid of the run.py that runs from here now."""
        pids = (pid for name, pid in self._alive() if name == "run.py")
        return next(pids, None)

    def stop_holder(self, wait: float = 25) -> None:
        """Ask the run.py that runs from here to stop, as Ctrl-C would."""
        if pid := self.holder():
            os.kill(pid, signal.SIGTERM)
            _wait_for([pid], wait)

    def sweep(self) -> list[int]:
        """End what is left of an earlier run, and nothing else; answer which pids these were."""
        marked = _marked(self._read()["token"])
        left = {pid for _, pid in self._alive()} | {*marked, *_inside(self.home)}
        left -= {os.getpid()}
        for signum, wait in ((signal.SIGTERM, 3), (signal.SIGQUIT, 3), (signal.SIGKILL, 3)):
            for pid in left & _running(left):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signum)
            _wait_for(left, wait)
        return sorted(left)

    def _alive(self) -> list[tuple[str, int]]:
        return [
            (child["name"], child["pid"])
            for child in self._read()["children"]
            if child["started"] is not None and started_at(child["pid"]) == child["started"]
        ]

    def _read(self) -> dict[str, Any]:
        try:
            return json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {"token": "", "children": []}

    def _write(self, known: dict[str, Any]) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(known))
        fresh.replace(self._file)


def _pids() -> Iterator[int]:
    if sys.platform == "linux":
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())


def _marked(token: str) -> Iterator[int]:
    """Processes that inherited the random mark of one run: children of children too."""
    mark = f"{TOKEN}={token}".encode()
    for pid in _pids() if token else ():
        with contextlib.suppress(OSError):
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                yield pid


def _inside(home: Path) -> Iterator[int]:
    """PostgreSQL's processes overwrite their environment, but all stay in the data directory."""
    note = home / "elsewhere"
    places = [str(home.resolve()), *(note.read_text().splitlines() if note.exists() else [])]
    folders = {os.path.join(place, "postgres") for place in places}
    for pid in _pids():
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/cwd") in folders:
                yield pid


def _running(pids: Iterable[int]) -> set[int]:
    return {pid for pid in pids if started_at(pid) is not None}


def _wait_for(pids: Iterable[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _running(pids) and time.monotonic() < deadline:
        time.sleep(0.05)
