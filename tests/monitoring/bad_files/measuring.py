"""What reading a file costs: time, and the most memory of the reader and of who calls it."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from monitoring.ingest import limited

# A small process between, so that what this one holds is not counted with the reader.
BETWEEN = """
import json, os, resource, subprocess, sys, time
command = [str(os.getpid()) if part == "PARENT" else part for part in json.loads(sys.argv[1])]
start = time.monotonic()
done = subprocess.run(command, stdin=sys.stdin, capture_output=True)
took = time.monotonic() - start
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([took, most, done.stdout.decode().splitlines()[-1]]))
"""


def of_reader(script, content, limits):
    """Seconds, megabytes, and the reader's last word."""
    command = limited.command(script, limits=limits)
    command[command.index(str(os.getpid()))] = "PARENT"
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        told = subprocess.run(
            [sys.executable, "-I", "-S", "-c", BETWEEN, json.dumps(command)],
            stdin=file,
            capture_output=True,
            check=True,
        )
    took, most, last = json.loads(told.stdout)
    return took, most, json.loads(last)


def of_caller(work):
    """By how many megabytes the process grew at most while it worked."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _status("VmRSS")
    work()
    return _status("VmHWM") - before


def _status(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)
