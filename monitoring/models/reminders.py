"""Reminders that data is due: which were sent, so that each is sent once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from monitoring.models.indicators import Indicator
from monitoring.models.periods import Period, ReportingUnit
from monitoring.models.submissions import Submission
from partnerships.models import Partnership
from registry.models import Event, Partner

HANDED_IN = ("submitted", "approved", "superseded")
FORGOTTEN_AFTER = 60  # days after the due date: nobody is reminded of older data for the first time


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> Self:
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(period__framework__partnership__in=inside)


class Reminder(models.Model):
    """One reminder of one unit's data for one period."""

    class Kind(models.TextChoices):
        BEFORE_14 = "before_14", "14 days before"
        BEFORE_3 = "before_3", "3 days before"
        DUE = "due", "on the day"
        AFTER_7 = "after_7", "7 days after"
        AFTER_30 = "after_30", "30 days after"

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="reminders")
    period = models.ForeignKey(Period, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=9, choices=Kind)
    sent_at = models.DateTimeField(default=timezone.now)

    objects = ReminderQuerySet.as_manager()
    history_of = "period__framework__partnership"

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "period", "kind"], name="reminder_once")
        ]

    def __str__(self) -> str:
        due_on = self.period.due_on
        return f"{self.unit}, {self.period}, due {due_on:%-d %b %Y}"

    @property
    def partnership_id(self) -> int:
        return self.period.framework.partnership_id


# Days from the due date on which each is due to be sent.
DAYS: dict[str, int] = {
    Reminder.Kind.BEFORE_14: -14,
    Reminder.Kind.BEFORE_3: -3,
    Reminder.Kind.DUE: 0,
    Reminder.Kind.AFTER_7: 7,
    Reminder.Kind.AFTER_30: 30,
}


def kind_on(on: date, due_on: date) -> str | None:
    """The last reminder whose day has come: a missed day is made up for by that one alone."""
    after = (on - due_on).days
    come = [kind for kind, days in DAYS.items() if days <= after < FORGOTTEN_AFTER]
    return come[-1] if come else None


class Owed(NamedTuple):
    """Data of a unit for a period that has not been handed in."""

    unit: ReportingUnit
    period: Period


def owed_on(on: date) -> list[Owed]:
    """What is not handed in and whose day of a reminder has come; seven queries at any size.

    Nothing of closed periods, of partnerships that are not active, of partners that the registry
    has suspended, and of units that do not owe the period (RULES 11).
    """
    days = (on - timedelta(days=FORGOTTEN_AFTER), on - timedelta(days=min(DAYS.values())))
    expected = Period.objects.expecting().filter(
        status=Period.Status.OPEN,
        due_on__range=days,
        framework__partnership__status=Partnership.Status.ACTIVE,
    )
    periods = list(expected.select_related("framework").order_by("due_on", "pk"))
    return [owed for owed in _owed(periods) if kind_on(on, owed.period.due_on)]


def _owed(periods: list[Period]) -> Iterator[Owed]:
    partnerships = {period.framework.partnership_id for period in periods}
    asked = Indicator.objects.asked_of_whom({period.framework_id for period in periods})
    rows = ReportingUnit.objects.standing().filter(
        membership__partnership__in=partnerships,
        membership__status="accepted",
        membership__ended_on=None,
        membership__partner__status=Partner.Status.VERIFIED,
    )
    units: dict[int, list[ReportingUnit]] = {}
    for unit in rows.select_related("membership__partner", "country").order_by("pk"):
        units.setdefault(unit.membership.partnership_id, []).append(unit)
    line = Coalesce("unit__merged_into", "unit")
    sent = Submission.objects.filter(period__in=periods, status__in=HANDED_IN)
    handed_in = set(sent.annotate(line=line).values_list("line", "period_id"))
    for period in periods:
        for unit in units.get(period.framework.partnership_id, ()):
            asks = unit.asks & asked.get(period.framework_id, set())
            if asks and unit.owes(period) and (unit.pk, period.pk) not in handed_in:
                yield Owed(unit, period)


def remind(owed: Owed, on: date) -> bool:
    """Send the reminder whose day has come; of two that try at once one does, once."""
    kind = kind_on(on, owed.period.due_on)
    if kind is None:
        return False
    with transaction.atomic():
        reminder, new = Reminder.objects.get_or_create(
            unit=owed.unit, period=owed.period, kind=kind
        )
        if new:
            Event.log(reminder, kind)
    return new
