"""A worker is killed while it loads a file: another takes it up, and it is loaded once."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.files.base import ContentFile

from monitoring.models import Observation, Submission, Upload
from monitoring.services.uploads import send_file
from registry.models import AuditEntry
from tests.faults.test_killed_worker import ROOT, Celery, children
from tests.monitoring.consolidating import Consolidating, as_csv, row

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROWS = 2_500


@pytest.fixture
def celery(tmp_path, settings):
    folder = tmp_path / "media"
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.MEDIA_ROOT = str(folder)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    celery = Celery(tmp_path)
    celery.environment["MEDIA_ROOT"] = str(folder)
    yield celery
    celery.stop()


def test_a_file_whose_worker_was_killed_is_loaded_once(celery):
    many = Consolidating()
    for number in range(ROWS):
        many.indicator(code=f"L{number}")
    text = as_csv([row(indicator=f"L{number}") for number in range(ROWS)])
    upload = send_file(
        ContentFile(text.encode(), "values.csv"),
        by=many.by,
        to=many.framework,
        dry_run=False,
        is_long=True,
    )
    celery.beat()
    worker = celery.worker()
    hint(celery, upload)

    until(lambda: Upload.objects.get().progress_done == ROWS, 60, "the file being loaded")
    for pid in [worker.pid, *children(worker.pid)]:
        os.kill(pid, signal.SIGKILL)
    assert Upload.objects.get().status == "running"
    assert not Observation.objects.exists()
    celery.worker()

    until(lambda: Upload.objects.get().status == "ready", 90, "the file loaded")
    assert Upload.objects.get().attempts == 2
    assert Upload.objects.get().new == ROWS
    assert Observation.objects.count() == ROWS
    assert Submission.objects.count() == 1
    written = AuditEntry.objects.filter(table_name="monitoring_observation", operation="insert")
    assert written.count() == ROWS


def until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        stated = Upload.objects.values_list("status", "attempts", "progress_done", "error")
        assert time.monotonic() < end, f"after {seconds} s not {what}: {list(stated)}"
        time.sleep(0.1)


def hint(celery, upload):
    code = (
        "import django; django.setup()\n"
        "import config.celery\n"
        "from monitoring.tasks import run_upload\n"
        f"run_upload.delay({upload.pk})"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=celery.environment, check=True)
