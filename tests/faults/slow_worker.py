"""The product's Celery application, in which work takes long enough to be killed in it."""

import time

from celery.signals import worker_process_init

from config.celery import app

SECONDS = 1.5


@worker_process_init.connect
def slow_down(**kwargs):
    from monitoring.ingest import loading
    from monitoring.reports import runs

    quick = runs.build

    def slow(*args, **kwargs):
        content = quick(*args, **kwargs)
        time.sleep(SECONDS)
        return content

    runs.build = slow
    load = loading.insert

    def slowly_loaded(*args):
        load(*args)
        time.sleep(2 * SECONDS)

    loading.insert = slowly_loaded


__all__ = ["app"]
