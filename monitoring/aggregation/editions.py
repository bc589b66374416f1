"""Which editions of a framework held in a span of days, and the periods that ended under each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from monitoring.models import Framework, Period
from monitoring.models.frameworks import settled
from partnerships.models import Partnership


def editions_at(
    partnership: Partnership, reference_on: date, cutoff_at: datetime
) -> list[Framework]:
    """Agreed, or imported, by the cut-off and begun by the reference date, oldest first.

    The last one is that which held on the reference date: the newest with a period that had
    ended, or the newest where none has. A later edition, agreed for days after the reference
    date, changes nothing (RULES 20). One query.
    """
    settled = Q(agreed_at__lte=cutoff_at) | Q(
        agreed_at=None, import_batch__isnull=False, created_at__lte=cutoff_at
    )
    ended = Period.objects.filter(framework=OuterRef("pk"), ends_on__lte=reference_on)
    begun = partnership.frameworks.filter(
        settled, status__in=Framework.SETTLED, starts_on__lte=reference_on
    )
    editions = list(begun.annotate(has_ended_period=Exists(ended)).order_by("edition"))
    numbers = [number for number, one in enumerate(editions, 1) if one.has_ended_period]
    return [*editions[: numbers[-1] if numbers else None]]


def held_on(partnerships: Any, day: date) -> QuerySet[Framework]:
    """Of each of many partnerships the edition that held on a day, as `editions_at` gives it last;
    none where none had begun."""
    ended = Exists(Period.objects.filter(framework=OuterRef("pk"), ends_on__lte=day))
    begun = Framework.objects.filter(
        settled(), partnership=OuterRef("partnership"), starts_on__lte=day
    )
    best = begun.annotate(has_ended_period=ended).order_by("-has_ended_period", "-edition")
    return Framework.objects.filter(
        partnership__in=partnerships, pk=Subquery(best.values("pk")[:1])
    )


def periods_ended(editions: Sequence[Framework], first: date, last: date) -> list[Period]:
    """Periods that ended in a span of days, each under the edition that held then. One query.

    An edition holds until the day before a later one begins; what a published file brought
    before it counts for nothing, as in what is due.
    """
    found = Period.objects.filter(framework__in=editions, ends_on__range=(first, last))
    ended = found.select_related("framework").order_by("ends_on", "starts_on", "pk")
    return [period for period in ended if _held(period, editions)]


def _held(period: Period, editions: Sequence[Framework]) -> bool:
    own = period.framework
    later = [one for one in editions if one.edition > own.edition]
    if later and own.cadence == Framework.Cadence.IRREGULAR:
        return False
    return all(period.ends_on < one.starts_on for one in later)
