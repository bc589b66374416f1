"""For which subjects each kind of report is computed when it is asked for all at once."""

from collections.abc import Callable
from typing import Any

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Value

from monitoring.models.frameworks import Framework
from monitoring.models.periods import Period
from monitoring.models.report_subjects import OF_KIND, Days, ReportKind
from partnerships.models import Membership, Partnership, PartnershipCountry
from registry.models import Country, Goal, Partner, Target

Sql = tuple[str, tuple[Any, ...]]


def periods(days: Days) -> QuerySet[Any, Any]:
    """Periods that end in the days and are over: a period belongs to the span in which it ends."""
    return Period.objects.with_reports().over().filter(ends_on__range=days)


def agreed_partnerships(days: Days) -> QuerySet[Any, Any]:
    """Registered partnerships with a framework that was agreed and covers some of the days."""
    agreed = Framework.objects.filter(
        partnership=OuterRef("pk"),
        agreed_at__isnull=False,
        starts_on__lte=days[1],
        ends_on__gte=days[0],
    )
    return Partnership.objects.public().filter(Exists(agreed))


def members(days: Days) -> QuerySet[Any, Any]:
    """Verified partners that were members of a registered partnership in the days."""
    taken_part = Membership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=days[0]),
        partner=OuterRef("pk"),
        accepted_on__lte=days[1],
        partnership__in=Partnership.objects.public().values("pk"),
    )
    return Partner.objects.filter(Exists(taken_part), status=Partner.Status.VERIFIED)


def countries(days: Days) -> QuerySet[Any, Any]:
    """Countries in which a registered partnership works."""
    works = PartnershipCountry.objects.filter(
        country=OuterRef("pk"), partnership__in=Partnership.objects.public().values("pk")
    )
    return Country.objects.filter(Exists(works))


SCOPES: dict[str, Callable[[Days], QuerySet[Any, Any]]] = {
    ReportKind.PARTNERSHIP: periods,
    ReportKind.ANNUAL: agreed_partnerships,
    ReportKind.PARTNER: members,
    ReportKind.GOAL: lambda days: Goal.objects.all(),
    ReportKind.TARGET: lambda days: Target.objects.filter(retired_in=""),
    ReportKind.COUNTRY: countries,
}


def in_scope(kind: str, days: Days) -> Sql:
    """SQL that gives the subject's columns of the kind, then the first and the last day."""
    if not OF_KIND[kind]:
        return "SELECT %s::date, %s::date", days
    return of_days(SCOPES[kind](days), days)


def of_days(subjects: QuerySet[Any, Any], days: Days) -> Sql:
    own: dict[str, Any] = {"first_day": F("starts_on"), "last_day": F("ends_on")}
    if subjects.model is not Period:
        first, last = (Value(day, DateField()) for day in days)
        own = {"first_day": first, "last_day": last}
    names = ["framework__partnership", "pk"] if subjects.model is Period else ["pk"]
    rows = subjects.order_by().annotate(**own).values_list(*names, *own)
    return rows.query.sql_with_params()


__all__ = ["Sql", "in_scope", "of_days"]
