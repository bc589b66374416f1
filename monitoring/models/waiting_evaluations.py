"""What waits after evaluations: to publish, to answer, to do; for managers and the secretariat."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from monitoring.models.evaluation_parts import Recommendation
from monitoring.models.evaluations import Evaluation
from monitoring.models.management import ManagementAction
from partnerships.models import Membership
from partnerships.models.waiting import LEAD
from registry.models import Task, User
from registry.secretariat_waits import Waits

MOST = 20  # of each kind: the pages of the evaluations have the rest
AHEAD = timedelta(days=30)  # an action shows up so long before its day


def _led(partners: Collection[int]) -> Any:
    leads = Membership.objects.accepted().filter(partner__in=partners, roles__contains=LEAD)
    return leads.values("partnership_id")


def to_publish(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Evaluations that were submitted, at partnerships that the partners lead."""
    rows = Evaluation.objects.filter(
        partnership__in=_led(partners), status=Evaluation.Status.SUBMITTED
    )
    for row in rows.order_by("submitted_on", "pk")[:MOST]:
        at = reverse("evaluation", args=[row.pk])
        yield Task("evaluation", f"To publish or send back: {row}", at, is_own=False)


def to_respond(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Recommendations to members that wait for an answer, the first due first."""
    rows = Recommendation.objects.unanswered().filter(
        evaluation__partnership__in=_led(partners),
        addressed_to=Recommendation.Addressee.MEMBER,
    )
    named = rows.select_related("evaluation").order_by("evaluation__respond_by", "pk")
    for row in named[:MOST]:
        at = reverse("recommendation-respond", args=[row.pk])
        due_on = row.evaluation.respond_by
        yield Task("recommendation", f"To answer by {due_on:%-d %b %Y}: {row}", at, is_own=False)


def to_do(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Actions of the partners' that fall due within 30 days, or did before."""
    soon = timezone.localdate() + AHEAD
    rows = ManagementAction.objects.of_published().unfinished().of_partners(partners)
    for row in rows.filter(due_on__lte=soon).order_by("due_on", "pk")[:MOST]:
        at = reverse("managementaction", args=[row.pk])
        label = f"To be done by {row.due_on:%-d %b %Y}: {row}"
        yield Task("management_action", label, at, is_own=False)


SOURCES = [to_publish, to_respond, to_do]


def waits_for(user: Any, **_: Any) -> list[Waits]:
    """For the secretariat: what it is to answer itself, and what others owe past their day."""
    today = timezone.localdate()
    unanswered = Recommendation.objects.unanswered()
    ours = unanswered.filter(addressed_to=Recommendation.Addressee.SECRETARIAT).count()
    late = unanswered.filter(evaluation__respond_by__lt=today).count()
    actions = ManagementAction.objects.of_published().overdue(today)
    page = "evaluations-waiting"
    return [
        Waits("Recommendations to answer", ours, page),
        Waits("Responses to evaluations overdue", late, page),
        Waits("Actions after evaluations overdue", actions.count(), page),
    ]
