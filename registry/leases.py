"""Keeps the lease of a job while it is being worked on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from registry.models import Job

HEARTBEAT_SECONDS = 5.0


@contextmanager
def kept_alive(job: Job) -> Iterator[None]:
    """Prolong the job's lease from a thread with a connection of its own, until the end."""
    done = threading.Event()

    def beat() -> None:
        try:
            while not done.wait(HEARTBEAT_SECONDS):
                if not job.heartbeat():
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of {job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
