"""The product's Celery application, in which a report takes long enough to be killed in it."""

import time

from celery.signals import worker_process_init

from config.celery import app

SECONDS = 1.5


@worker_process_init.connect
def slow_down(**kwargs):
    from monitoring.reports import runs

    quick = runs.partnership_report

    def slow(*args, **kwargs):
        content = quick(*args, **kwargs)
        time.sleep(SECONDS)
        return content

    runs.partnership_report = slow


__all__ = ["app"]
