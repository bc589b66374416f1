"""Health checks for containers: `python -m config.healthy web` or `beat` exits 0 when well."""

import os
import sys
import urllib.request
from datetime import timedelta

# beat's scheduler writes down what it ran every three minutes.
BEAT_SILENCE = timedelta(minutes=10)


def web() -> bool:
    """The health page answers: the process, its database and its queue."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    page = urllib.request.Request("http://127.0.0.1:8000/healthz/", headers={"Host": host})
    with urllib.request.urlopen(page, timeout=8) as answer:
        return answer.status == 200


def beat() -> bool:
    """Something was scheduled lately; there is a task that runs every 15 seconds."""
    import django

    django.setup()
    from django.utils import timezone
    from django_celery_beat.models import PeriodicTask

    return PeriodicTask.objects.filter(last_run_at__gt=timezone.now() - BEAT_SILENCE).exists()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(0 if {"web": web, "beat": beat}[sys.argv[1]]() else 1)
