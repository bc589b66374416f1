"""Frameworks, data and reports in the back office."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django_celery_beat import admin as beat_admin
from django_celery_beat.models import PeriodicTask

from monitoring.models import (
    Evidence,
    Framework,
    Indicator,
    Period,
    Report,
    ReportFile,
    ReportRun,
    Submission,
)
from registry.admin import ReadAdmin, run_each


@admin.register(Framework)
class FrameworkAdmin(ReadAdmin):
    list_display = ["title", "partnership", "edition", "status", "cadence", "agreed_at"]
    list_select_related = ["partnership"]
    list_filter = ["status", "cadence"]


@admin.register(Indicator)
class IndicatorAdmin(ReadAdmin):
    list_display = ["code", "title", "measure", "accumulation", "combine", "direction"]
    list_filter = ["measure", "accumulation"]
    search_fields = ["code", "title"]


@admin.register(Period)
class PeriodAdmin(ReadAdmin):
    list_display = ["label", "framework", "starts_on", "ends_on", "due_on", "status"]
    list_select_related = ["framework"]
    list_filter = ["status", "kind"]


@admin.register(Submission)
class SubmissionAdmin(ReadAdmin):
    list_display = ["unit", "period", "revision", "status", "submitted_at", "approved_at"]
    list_select_related = ["unit__membership__partner", "unit__country", "period"]
    list_filter = ["status"]


@admin.register(Evidence)
class EvidenceAdmin(ReadAdmin):
    list_display = ["title", "submission", "accepted", "decided_at"]
    list_select_related = [
        "submission__unit__membership__partner",
        "submission__unit__country",
        "submission__period",
    ]


@admin.register(Report)
class ReportAdmin(ReadAdmin):
    list_display = ["__str__", "kind", "revision", "status", "achievement", "timeliness"]
    list_select_related = ["period", "partnership", "partner", "goal", "target", "country"]
    list_filter = ["kind", "status", "achievement", "timeliness"]
    actions = ["publish"]

    @admin.action(description="Publish the chosen reports")
    def publish(self, request: HttpRequest, rows: models.QuerySet[Report]) -> None:
        run_each(self, request, rows, "publish")


@admin.register(ReportFile)
class ReportFileAdmin(ReadAdmin):
    """A file that could not be made, and why."""

    list_display = ["__str__", "status", "is_draft", "size", "attempts", "error"]
    list_filter = ["status", "form", "is_draft"]


@admin.register(ReportRun)
class ReportRunAdmin(ReadAdmin):
    """A failed run and its error are seen here."""

    list_display = ["__str__", "kind", "revision", "status", "attempts", "error"]
    list_select_related = ["period", "partnership", "partner", "goal", "target", "country"]
    list_filter = ["kind", "status"]


# Schedules are changed on their own page, where each change is logged; a deleted one would be made
# anew, turned on, by the next `load_schedules`.
for rows in (
    PeriodicTask,
    beat_admin.ClockedSchedule,
    beat_admin.CrontabSchedule,
    beat_admin.IntervalSchedule,
    beat_admin.SolarSchedule,
):
    admin.site.unregister(rows)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ReadAdmin):
    list_display = ["name", "task", "enabled", "last_run_at", "total_run_count"]
    list_filter = ["enabled"]
