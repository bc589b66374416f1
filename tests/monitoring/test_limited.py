"""The process in which strangers' files are read: it ends when it has to, with all it began."""

import io
import time
from pathlib import Path

import pytest

from monitoring.errors import Unreadable
from monitoring.ingest import limited

MB = 1024 * 1024
WITH_A_CHILD = """
import json, subprocess, time
child = subprocess.Popen(["sleep", "300"])
print(json.dumps([child.pid]), flush=True)
time.sleep(300)
"""


@pytest.fixture
def reading(tmp_path):
    """What a reader of these lines tells."""

    def read(lines, **limits):
        script = tmp_path / "reader.py"
        script.write_text(lines)
        return limited.messages(script, io.BytesIO(b"x"), limits=limited.Limits(**limits))

    return read


def is_gone(pid):
    """Ended, reaped or not; a moment is allowed for it."""
    for _ in range(100):
        stat = Path(f"/proc/{pid}/stat")
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_who_stops_listening_ends_the_reader_and_what_it_began(reading):
    told = reading(WITH_A_CHILD)
    (pid,) = next(told)
    told.close()

    assert is_gone(pid)


def test_the_clock_ends_the_reader_and_what_it_began(reading):
    told = reading(WITH_A_CHILD, seconds=1)
    (pid,) = next(told)
    with pytest.raises(Unreadable) as refusal:
        next(told)

    assert refusal.value.code == "too_much"
    assert is_gone(pid)


@pytest.mark.parametrize(
    "lines",
    [
        "x = bytearray(500_000_000)",
        "while True: pass",
        "open('/tmp/written-by-a-reader', 'w').write('x' * 10)",
        "raise SystemExit(1)",
        "print('{\"half')",
        "import os; os.abort()",
    ],
)
def test_whatever_a_reader_does_is_unreadable_to_the_caller(reading, lines):
    with pytest.raises(Unreadable) as refusal:
        list(reading(lines, seconds=1, memory=200 * MB))

    assert refusal.value.code == "too_much"


def test_a_reader_knows_nothing_of_the_environment(reading):
    lines = "import json, os; print(json.dumps([sorted(os.environ)])); print('{\"end\": 1}')"
    ((names,),) = reading(lines)

    assert not {"DATABASE_URL", "SECRET_KEY", "REDIS_URL"} & set(names)
