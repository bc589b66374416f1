"""Needs of the Solutions Catalogue for which nobody has accepted anything."""

from collections.abc import Collection

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from monitoring.services.queues.queue import Act, Done, Queue, Shown, Waiting, each, waiting_of
from partnerships.aggregation.matching import find_for
from partnerships.models import Need
from registry.models import User

URGENCY = Case(
    When(urgency=Need.Urgency.CRITICAL, then=Value(3)),
    When(urgency=Need.Urgency.HIGH, then=Value(2)),
    default=Value(1),
    output_field=IntegerField(),
)


def _unmatched(user: User) -> list[Waiting]:
    rows = Need.objects.open_on(timezone.localdate())
    met = Need.objects.with_accepted_match().values("pk")
    return waiting_of(rows.exclude(pk__in=met).annotate(urgent=URGENCY), "created_at", "urgent")


def _needs(keys: Collection[int]) -> dict[int, Shown]:
    proposed = Count("matches", filter=Q(matches__status="proposed"))
    rows = Need.objects.filter(pk__in=keys).select_related("partner", "partnership")
    return {
        one.pk: Shown(
            str(one),
            reverse("need", args=[one.pk]),
            [str(one.partnership or one.partner), one.get_kind_display(), str(one.proposed)],
        )
        for one in rows.annotate(proposed=proposed)
    }


def _match(keys: Collection[int], by: User, words: str) -> Done:
    rows = Need.objects.filter(pk__in=keys).select_related("partner", "partnership")
    return each(rows.order_by("pk"), find_for)


QUEUES = [
    Queue(
        key="needs",
        title="Needs without a match",
        lede="Open needs for which their owner has accepted nothing.",
        weighs="urgency, of 3",
        waiting=_unmatched,
        show=_needs,
        columns=("Whose", "Kind", "Matches to answer"),
        act=Act(
            "Look for matches now",
            "Each is compared with every solution, fund and commitment that is offered.",
            _match,
            "looked at",
        ),
    ),
]
