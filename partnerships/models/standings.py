"""How a promise stands on a day: one rule, worked out by the database and nowhere else."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, cast

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

SOON = timedelta(days=30)
AMOUNT = models.DecimalField(max_digits=30, decimal_places=4)


class Standing(models.TextChoices):
    """Of a promise, or of a part of it."""

    ON_TIME = "on_time", "on time"
    DUE_SOON = "due_soon", "due soon"
    LATE = "late"
    UNDATED = "undated", "no due date"
    FULFILLED = "fulfilled"
    OVER_FULFILLED = "over_fulfilled", "over-fulfilled"
    WITHDRAWN = "withdrawn"


class Day(NamedTuple):
    """A day, and the moment until which what was written counts: normally the day's end.

    With `in_time` what came after a promise's first due date does not count either.
    """

    on: date
    known_at: datetime
    in_time: bool = False

    @classmethod
    def of(cls, on: date | None = None, known_at: datetime | None = None) -> "Day":
        on = on or timezone.localdate()
        end = datetime.combine(on, time.max, timezone.get_default_timezone())
        return cls(on, known_at or end)


def counting(day: Day) -> Q:
    """Deliveries that count on the day: made and confirmed by then, and not replaced by then."""
    made = Q(delivered_on__lte=day.on, confirmed_at__lte=day.known_at)
    if day.in_time:
        made &= Q(delivered_on__lte=F("commitment__due_on"))
    return made & (Q(ended_at=None) | Q(ended_at__gt=day.known_at))


def held_due_on(dates: Any, day: Day, **of: Any) -> Coalesce:
    """The due date that holds on the day: the latest one stated by then, else the first."""
    stated = dates.filter(**of, held_from__lte=day.known_at).order_by("-held_from", "-pk")
    return Coalesce(Subquery(stated.values("due_on")[:1]), F("due_on"))


def facts_of_promise(model: Any, day: Day) -> dict[str, Any]:
    """Annotations from which the standing of a commitment follows."""
    deliveries = _rows(model, "deliveries").filter(counting(day), commitment=OuterRef("pk"))
    parts = _rows(model, "deliverables").filter(
        commitment=OuterRef("pk"), created_at__lte=day.known_at
    )
    arrived = deliveries.order_by().values("commitment").annotate(sum=Sum("amount"))
    whole = Subquery(arrived.values("sum"), output_field=AMOUNT)
    return {
        "arrived": Coalesce(whole, Value(0), output_field=AMOUNT),
        "has_arrived": Exists(deliveries),
        "has_parts": Exists(parts),
        "lacks_parts": Exists(parts.filter(~Exists(_of_part(parts.model, day)))),
        "held_due_on": held_due_on(_rows(model, "due_dates"), day, commitment=OuterRef("pk")),
    }


def is_fulfilled(prefix: str = "") -> Q:
    """All that was promised has arrived; reads `facts_of_promise`, by their prefixed names."""

    def fact(name: str, value: Any) -> Q:
        return Q(**{f"{prefix}{name}": value})

    some = Q(amount__gt=0) | fact("has_parts", True) | fact("has_arrived", True)
    enough = Q(amount=None) | fact("arrived__gte", F("amount"))
    return some & enough & fact("lacks_parts", False)


def standing_of_promise(due: str, day: Day) -> Case:
    """Fulfilled once all that was promised has arrived: the amount, and each deliverable.

    Where neither is stated, one confirmed delivery is all. Reads `facts_of_promise`.
    """
    valued = Q(amount__gt=0)
    return Case(
        When(withdrawn_on__lte=day.on, then=Value(Standing.WITHDRAWN)),
        When(
            valued & Q(lacks_parts=False, arrived__gt=F("amount")),
            then=Value(Standing.OVER_FULFILLED),
        ),
        When(is_fulfilled(), then=Value(Standing.FULFILLED)),
        *_by_date(due, day),
    )


def facts_of_part(model: Any, day: Day) -> dict[str, Any]:
    """Annotations from which the standing of a deliverable follows."""
    return {
        "has_arrived": Exists(_of_part(model, day)),
        "held_due_on": held_due_on(_rows(model, "due_dates"), day, deliverable=OuterRef("pk")),
    }


def standing_of_part(due: str, day: Day) -> Case:
    return Case(
        When(commitment__withdrawn_on__lte=day.on, then=Value(Standing.WITHDRAWN)),
        When(has_arrived=True, then=Value(Standing.FULFILLED)),
        *_by_date(due, day),
    )


def _by_date(due: str, day: Day) -> list[When]:
    """A thing is late from the day after its due date on."""
    return [
        When(**{f"{due}__isnull": True}, then=Value(Standing.UNDATED)),
        When(**{f"{due}__lt": day.on}, then=Value(Standing.LATE)),
        When(**{f"{due}__lte": day.on + SOON}, then=Value(Standing.DUE_SOON)),
        When(Q(pk__isnull=False), then=Value(Standing.ON_TIME)),
    ]


def _of_part(model: Any, day: Day) -> Any:
    """Counting deliveries that name the deliverable of the outer query."""
    return _rows(model, "deliveries").filter(counting(day), deliverables=OuterRef("pk"))


def _rows(model: Any, relation: str) -> Any:
    return cast(Any, model._meta.get_field(relation).related_model)._default_manager
