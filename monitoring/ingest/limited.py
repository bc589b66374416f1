"""Read what strangers send in a process of its own, with little memory, time and nothing else.

A reader is a script of this package that imports nothing of the product. It reads the file from
standard input and writes messages to standard output, each a line of JSON; the last one is
`{"end": true}`, or `{"refused": [code, reason]}`. It has no environment, writes no files and
dies, with whatever it has begun, when its limits are reached, when nobody listens any more and
when the product itself dies: to the caller every such end is `Unreadable`.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from monitoring.errors import Unreadable

MOST_OUTPUT = 512 * 1024 * 1024
LONGEST_LINE = 32 * 1024 * 1024
BOOT = """
import ctypes, os, resource, runpy, sys
memory, seconds, script, parent = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
if prctl := getattr(ctypes.CDLL(None), "prctl", None):  # where there is such a thing
    prctl(1, 9)  # killed with its parent
if os.getppid() != int(parent):
    os._exit(1)  # which is gone already
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
sys.argv = [script, *sys.argv[5:]]
runpy.run_path(script, run_name="__main__")
"""


class Limits(NamedTuple):
    """What a reader may use; `seconds` of the processor, three times that by the clock."""

    memory: int = 256 * 1024 * 1024
    seconds: int = 20


USUAL = Limits()


def messages(
    script: Path, file: IO[bytes], *arguments: str, limits: Limits = USUAL
) -> Iterator[Any]:
    """What the reader tells of the file, message by message; raises Unreadable."""
    with _with_descriptor(file) as source:
        reader = _start(script, source, arguments, limits)
        clock = threading.Timer(limits.seconds * 3, _kill, [reader])
        clock.daemon = True
        clock.start()
        try:
            yield from _told_by(reader)
        finally:
            clock.cancel()
            _kill(reader)
            reader.communicate()


def command(script: Path, *arguments: str, limits: Limits = USUAL) -> list[str]:
    """The program that reads the file on its standard input."""
    most = [str(limits.memory), str(limits.seconds)]
    return [sys.executable, "-I", "-c", BOOT, *most, str(script), str(os.getpid()), *arguments]


def _kill(reader: subprocess.Popen[bytes]) -> None:
    """The reader and whatever it has begun: it leads a session of its own."""
    if reader.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(reader.pid, signal.SIGKILL)


def _start(
    script: Path, source: IO[bytes], arguments: tuple[str, ...], limits: Limits
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(script, *arguments, limits=limits),
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )


def _told_by(reader: subprocess.Popen[bytes]) -> Iterator[Any]:
    assert reader.stdout
    told = 0
    while line := reader.stdout.readline(LONGEST_LINE + 1):
        told += len(line)
        if len(line) > LONGEST_LINE or told > MOST_OUTPUT:
            raise Unreadable("too_much", "The file has more in it than a file of values may have.")
        if not line.endswith(b"\n"):
            break  # it died while writing
        try:
            message = json.loads(line)
        except ValueError:
            break
        if isinstance(message, dict) and "refused" in message:
            raise Unreadable(*message["refused"])
        if isinstance(message, dict) and "end" in message:
            return
        yield message
    raise Unreadable(
        "too_much", "Reading the file takes more memory or time than a file of values may take."
    )


def _with_descriptor(file: IO[bytes]) -> IO[bytes]:
    """A file of the operating system with the same content, read from its start."""
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.seek(0)
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy
