"""Keeps the lease of a job while it is being worked on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from registry.models import Job

HEARTBEAT_SECONDS = 5.0
PROGRESS_SECONDS = 1.0


@contextmanager
def kept_alive(job: Job, progress: Callable[[], dict[str, Any]] | None = None) -> Iterator[None]:
    """Prolong the job's lease from a thread with a connection of its own, until the end.

    With `progress`, what it says is stored too, while the work's transaction is open.
    """
    seconds = PROGRESS_SECONDS if progress else HEARTBEAT_SECONDS
    done = threading.Event()

    def beat() -> None:
        try:
            while not done.wait(seconds):
                if not job.heartbeat(**(progress() if progress else {})):
                    return
        finally:
            connection.close()

    name = f"heartbeat of {job._meta.model_name} {job.pk}"
    thread = threading.Thread(target=beat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
