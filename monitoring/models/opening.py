"""Which frameworks have periods to open."""

from datetime import timedelta

from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Least
from django.utils import timezone

from monitoring.models.frameworks import Framework
from monitoring.models.periods import Period


def frameworks_to_open() -> QuerySet[Framework]:
    """Running ones in which a period has begun, by the framework's own clock, that is not open
    yet: an edition's periods go up to the day before the next one begins."""
    following = Framework.objects.filter(
        partnership=OuterRef("partnership"),
        status=Framework.Status.AGREED,
        edition__gt=OuterRef("edition"),
    )
    day_before = ExpressionWrapper(F("starts_on") - timedelta(days=1), DateTimeField())
    last_day = Cast(Subquery(following.values_list(day_before)[:1]), DateField())
    today = Func(F("time_zone"), Value(timezone.now()), function="timezone")
    through = Least(Cast(today, DateField()), Coalesce(last_day, F("ends_on")))
    begun = Framework.objects.running().annotate(through=through)
    opened = Period.objects.filter(framework=OuterRef("pk"), ends_on__gte=OuterRef("through"))
    regular = begun.exclude(cadence=Framework.Cadence.IRREGULAR)
    return regular.filter(~Exists(opened), starts_on__lte=F("through"))
