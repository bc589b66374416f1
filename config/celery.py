"""The Celery application; tasks are found in each app's `tasks` module."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def bind_to_worker(**_: Any) -> None:
    """A prefork child must not go on alone when its worker is killed."""
    die_with_parent()
