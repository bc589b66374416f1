"""Makes the schedules of reports that are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from monitoring.models import report_schedules


class Command(BaseCommand):
    help = "Make the schedules of reports that are missing; those that stand are left as they are."

    def handle(self, **options: Any) -> str:
        return f"{report_schedules.load()} schedules made"
