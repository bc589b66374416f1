"""The Celery application; tasks are found in each app's `tasks` module."""

import gc
import os
from contextlib import AbstractContextManager
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_process_init

from config.processes import die_with_parent
from registry.acting import acting, current

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_running: dict[str, AbstractContextManager[None]] = {}


@worker_process_init.connect
def bind_to_worker(**_: Any) -> None:
    """A prefork child must not go on alone when its worker is killed. What was loaded before it
    stays for good: no collection of garbage need go through that."""
    die_with_parent()
    gc.freeze()


@before_task_publish.connect
def send_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """What a task changes can be traced to the request that asked for it."""
    if headers is not None:
        headers["caused_by"] = current().request


@task_prerun.connect
def begin_acting(task_id: str, task: Any, **_: Any) -> None:
    """The audit log names the task as who acts."""
    caused_by = getattr(task.request, "caused_by", None) or current().request
    scope = acting(f"task {task.name}", request=caused_by)
    scope.__enter__()
    _running[task_id] = scope


@task_postrun.connect
def end_acting(task_id: str, **_: Any) -> None:
    if scope := _running.pop(task_id, None):
        scope.__exit__(None, None, None)
