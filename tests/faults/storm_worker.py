"""The product's Celery application, in which a report takes long enough to be hit in it.

Each process writes down which run it is computing, so that a kill can be shown to have hit one.
"""

import os
import time
from pathlib import Path

from celery.signals import worker_process_init

from config.celery import app

SECONDS = float(os.environ.get("STORM_SECONDS", "1"))


@worker_process_init.connect
def slow_down(**kwargs):
    from monitoring.reports import runs

    quick = runs.build

    held = Path(os.environ["STORM_HELD"]) / str(os.getpid())

    def slow(run):
        held.write_text(f"{run.pk} {run.fence}")
        try:
            content = quick(run)
            time.sleep(SECONDS)
        finally:
            held.unlink()
        return content

    runs.build = slow


__all__ = ["app"]
