"""Reminders of responses and of actions that evaluations ask for: each sent once per day named."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from monitoring.models.evaluation_parts import Recommendation
from monitoring.models.evaluations import Evaluation
from monitoring.models.management import FollowUp, ManagementAction
from partnerships.models import Partnership
from registry.models import Event

FORGOTTEN_AFTER = 60  # days after the due date: nobody is reminded of it for the first time


class EvaluationReminderQuerySet(models.QuerySet["EvaluationReminder"]):
    def visible_to(self, user: Any) -> Self:
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(evaluation__partnership__in=inside)


class EvaluationReminder(models.Model):
    """One reminder: that responses to an evaluation are due, or one action."""

    class Kind(models.TextChoices):
        BEFORE_14 = "before_14", "14 days before"
        DUE = "due", "on the day"
        AFTER_7 = "after_7", "7 days after"
        AFTER_30 = "after_30", "30 days after"

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="reminders")
    action = models.ForeignKey(
        ManagementAction, models.CASCADE, null=True, related_name="reminders"
    )
    due_on = models.DateField()
    kind = models.CharField(max_length=9, choices=Kind)
    sent_at = models.DateTimeField(default=timezone.now)

    objects = EvaluationReminderQuerySet.as_manager()
    history_of = "evaluation__partnership"

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = "evaluation reminder"
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "action", "due_on", "kind"],
                name="evaluation_reminder_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        what = str(self.action) if self.action else f"responses to {self.evaluation}"
        return f"{what}, due {self.due_on:%-d %b %Y}"

    @property
    def partnership_id(self) -> int:
        return self.evaluation.partnership_id


# Days from the due date on which each is sent.
DAYS: dict[str, int] = {
    EvaluationReminder.Kind.BEFORE_14: -14,
    EvaluationReminder.Kind.DUE: 0,
    EvaluationReminder.Kind.AFTER_7: 7,
    EvaluationReminder.Kind.AFTER_30: 30,
}


def kind_on(on: date, due_on: date) -> str | None:
    """The last reminder whose day has come: a missed day is made up for by that one alone."""
    after = (on - due_on).days
    come = [kind for kind, days in DAYS.items() if days <= after < FORGOTTEN_AFTER]
    return come[-1] if come else None


class Due(NamedTuple):
    """Responses to an evaluation, or an action, that are due about now."""

    evaluation: Evaluation
    action: ManagementAction | None
    due_on: date


def due_about(on: date) -> Iterator[Due]:
    """Whatever a reminder may be sent of; two queries at any size.

    Nothing of evaluations that were withdrawn, of what was answered, done or dropped, and of an
    overdue action on which something was said since it fell due.
    """
    days = (on - timedelta(days=FORGOTTEN_AFTER - 1), on - timedelta(days=min(DAYS.values())))
    open_ones = Recommendation.objects.unanswered().filter(evaluation=OuterRef("pk"))
    waiting = Evaluation.objects.filter(Exists(open_ones), respond_by__range=days)
    for one in waiting.select_related("partnership").order_by("respond_by", "pk"):
        assert one.respond_by
        yield Due(one, None, one.respond_by)
    last = FollowUp.objects.filter(action=OuterRef("pk")).order_by("-pk").values("noted_on")[:1]
    actions = ManagementAction.objects.of_published().unfinished().filter(due_on__range=days)
    silent = Q(due_on__gte=on) | Q(last_on__lte=models.F("due_on"))
    rows = actions.annotate(last_on=Subquery(last)).filter(silent).order_by("due_on", "pk")
    for action in rows.select_related("recommendation__evaluation__partnership"):
        yield Due(action.evaluation, action, action.due_on)


def remind(due: Due, on: date) -> bool:
    """Send the reminder whose day has come; of two that try at once one does, once."""
    kind = kind_on(on, due.due_on)
    if kind is None:
        return False
    with transaction.atomic():
        reminder, new = EvaluationReminder.objects.get_or_create(
            evaluation=due.evaluation, action=due.action, due_on=due.due_on, kind=kind
        )
        if new:
            Event.log(reminder, kind)
    return new
