"""What admins ask of the engine: many reports at once, and when the clock asks."""

from typing import Any

from django import forms
from django_celery_beat.models import PeriodicTask

from monitoring.models import ReportKind
from monitoring.models.report_schedules import FIELDS, as_read
from monitoring.models.report_subjects import Days, days_from_words


class BatchForm(forms.Form):
    kind = forms.ChoiceField(choices=ReportKind.choices, label="Kind of report")
    days = forms.CharField(
        max_length=10, label="Days", help_text="A year, quarter or month that is over: 2026-Q1."
    )
    revision = forms.IntegerField(
        min_value=1,
        max_value=10_000,
        initial=1,
        help_text="1, or the next one of those that have the one before.",
    )

    def clean_days(self) -> Days:
        return days_from_words(self.cleaned_data["days"])


class ScheduleForm(forms.Form):
    is_on = forms.BooleanField(required=False, label="On")
    minute = forms.CharField(max_length=2, help_text="0 to 59")
    hour = forms.CharField(max_length=2, help_text="0 to 23, UTC")
    day_of_month = forms.CharField(
        max_length=100, label="Days of the month", help_text="1,15 or * for every day"
    )
    month_of_year = forms.CharField(
        max_length=60, label="Months", help_text="2,5,8,11 or * for every month"
    )
    day_of_week = forms.CharField(
        max_length=60, label="Days of the week", help_text="0 is Sunday; * for every day"
    )
    read = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, schedule: PeriodicTask, *args: Any, **kwargs: Any) -> None:
        stands = {name: getattr(schedule.crontab, name) for name in FIELDS}
        initial = {**stands, "is_on": schedule.enabled, "read": as_read(schedule)}
        super().__init__(*args, **kwargs | {"initial": initial})

    def chosen(self) -> dict[str, Any]:
        facts = self.cleaned_data
        fields = [facts[name].strip() for name in FIELDS]
        return {"is_on": facts["is_on"], "fields": fields, "read": facts["read"]}
