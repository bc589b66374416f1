"""Frameworks, data and reports in the back office."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from monitoring.models import (
    Evidence,
    Framework,
    Indicator,
    Period,
    Report,
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
    list_display = ["partnership", "period", "revision", "status", "achievement", "timeliness"]
    list_select_related = ["partnership", "period"]
    list_filter = ["status", "achievement", "timeliness"]
    actions = ["publish"]

    @admin.action(description="Publish the chosen reports")
    def publish(self, request: HttpRequest, rows: models.QuerySet[Report]) -> None:
        run_each(self, request, rows, "publish")


@admin.register(ReportRun)
class ReportRunAdmin(ReadAdmin):
    """A failed run and its error are seen here."""

    list_display = ["partnership", "period", "revision", "status", "attempts", "error"]
    list_select_related = ["partnership", "period"]
    list_filter = ["status"]
