"""When the clock asks for reports: rows of django-celery-beat that admins may change.

They are made once (`manage.py load_schedules`) and then left alone: beat writes what stands in
CELERY_BEAT_SCHEDULE anew whenever it starts, so these do not stand there.
"""

import json
from calendar import monthrange
from typing import NamedTuple

from celery.schedules import crontab_parser
from django.core.exceptions import ValidationError
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from registry.errors import DomainError
from registry.models import Event, User
from registry.models.partner_facts import require_admin

NIGHTLY = "monitoring.tasks.request_due_reports"
EACH = "monitoring.tasks.request_reports"
FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


class Standing(NamedTuple):
    """A schedule that every registry has: its kind, what it asks for, and when, at first."""

    kind: str
    span: str  # "", "quarter" or "year": the last one that is over
    crontab: str  # minute, hour, day of the month, month, day of the week; UTC
    what: str

    @property
    def name(self) -> str:
        return f"reports: {self.kind}" + (f", {self.span}" if self.span else "")


SCHEDULES = (
    Standing("partnership", "", "10 2 * * *", "Periods whose data is past due, and corrections"),
    Standing("annual", "year", "0 3 1 2 *", "The last year of each partnership"),
    Standing("partner", "year", "0 3 15 2 *", "The last year of each partner"),
    Standing("goal", "quarter", "0 3 15 2,5,8,11 *", "The last quarter of each goal"),
    Standing("target", "year", "0 3 16 2 *", "The last year of each target"),
    Standing("country", "quarter", "0 4 15 2,5,8,11 *", "The last quarter of each country"),
    Standing("portfolio", "quarter", "0 5 15 2,5,8,11 *", "The last quarter of the registry"),
    Standing("hlpf", "year", "0 5 1 6 *", "The last year, before the High-level Political Forum"),
)
BY_NAME = {one.name: one for one in SCHEDULES}


@transaction.atomic
def load() -> int:
    """Make the schedules that are missing; those that stand, changed or not, stay. Gives how many.

    The nightly row that older editions let beat write is taken away.
    """
    PeriodicTask.objects.filter(name="nightly reports", task=NIGHTLY).delete()
    made = 0
    for one in SCHEDULES:
        task = {"task": EACH, "kwargs": json.dumps({"kind": one.kind, "span": one.span})}
        if not one.span:
            task = {"task": NIGHTLY, "kwargs": "{}"}
        what = {**task, "description": one.what, "crontab": crontab(one.crontab.split())}
        _, new = PeriodicTask.objects.get_or_create(name=one.name, defaults=what)
        made += new
    return made


def listed() -> list[PeriodicTask]:
    """The schedules in the order of the table above, those that were deleted left out."""
    found = PeriodicTask.objects.filter(name__in=BY_NAME).select_related("crontab")
    by_name = {row.name: row for row in found}
    return [by_name[name] for name in BY_NAME if name in by_name]


def crontab(fields: list[str]) -> CrontabSchedule:
    """The row for these five fields (UTC): one for all that run at the same times."""
    row = CrontabSchedule(**dict(zip(FIELDS, fields, strict=True)), timezone="UTC")
    row.full_clean(validate_unique=False, validate_constraints=False)
    if not row.minute.isdecimal() or not row.hour.isdecimal():
        name = "hour" if row.minute.isdecimal() else "minute"
        raise ValidationError({name: "One number: reports are asked for once a day at most."})
    _require_days_that_come(row)
    same = {name: getattr(row, name) for name in FIELDS}
    found = CrontabSchedule.objects.filter(**same, timezone="UTC").order_by("pk").first()
    if found:
        return found
    row.save()
    return row


def _require_days_that_come(row: CrontabSchedule) -> None:
    """Each day, or one of each span of days, is in one of the months, if only in a leap year."""
    months = crontab_parser(12, 1).parse(row.month_of_year)
    longest = max(monthrange(2024, month)[1] for month in months)
    for days in row.day_of_month.split(","):
        if min(crontab_parser(31, 1).parse(days)) > longest:
            text = f"None of the chosen months has the day {days.strip()}."
            raise ValidationError({"day_of_month": text})


def as_read(schedule: PeriodicTask) -> str:
    """What a form was filled from: with it a change of what somebody else changed is refused."""
    fields = " ".join(getattr(schedule.crontab, name) for name in FIELDS)
    return f"{'on' if schedule.enabled else 'off'} {fields}"


@transaction.atomic
def change(
    schedule: PeriodicTask, *, by: User, is_on: bool, fields: list[str], read: str
) -> PeriodicTask:
    """Turn it on or off, and set its times; beat notices within seconds.

    `read` is what `as_read` said when the form was made.
    """
    require_admin(by)
    rows = PeriodicTask.objects.select_related("crontab").filter(name__in=BY_NAME)
    held = rows.select_for_update(of=("self",)).get(pk=schedule.pk)
    was = as_read(held)
    if was != read:
        raise DomainError("changed_meanwhile", "Somebody else has changed it: look again.")
    held.crontab, held.enabled = crontab(fields), is_on
    now = as_read(held)
    if now != was:
        held.save()
        Event.log(held, "changed", by=by, facts={"name": held.name, "was": was, "became": now})
    return held


__all__ = ["SCHEDULES", "as_read", "change", "crontab", "listed", "load"]
