"""What a reader asks of figures, for pages and API alike: which period, which category, whose."""

from typing import Any

from django.db.models import QuerySet

from monitoring.models import Category, Indicator, Period, ReportingUnit

LEFT_OUT = {
    "withdrawal": "It takes a value away.",
    "not_approved": "Its submission was not approved by then.",
    "superseded": "A correction has replaced it.",
    "withdrawn": "Its submission was withdrawn.",
    "narrative": "It is a text; nothing is computed from it.",
    "other_edition": "It was reported under another edition of the framework.",
    "earlier": "A later report of the same unit stands in its place.",
    "stale": "It is too old: a state is carried over from one period before, and no further.",
    "member_left": "The member had left by the end of the period.",
    "not_broken_down": "The unit's latest report has no breakdown.",
}


def asked_period(indicator: Indicator, user: Any, pk: int | None) -> Period | None:
    """A period of the indicator's framework or an earlier edition; by default the last that has
    ended."""
    framework = indicator.result.framework
    periods: QuerySet[Period] = Period.objects.visible_to(user).filter(
        framework__partnership=framework.partnership_id,
        framework__edition__lte=framework.edition,
    )
    if pk is not None:
        return periods.filter(pk=pk).first()
    ended = periods.filter(framework=framework, ends_on__lte=framework.today())
    return ended.order_by("-ends_on", "-starts_on", "-pk").first()


def asked_category(indicator: Indicator, pk: int | None) -> Category | None:
    """A category of the indicator's dimensions."""
    if pk is None:
        return None
    categories = Category.objects.filter(dimension__indicators=indicator, pk=pk)
    return categories.select_related("dimension").first()


def units_seen(user: Any, partnership: int) -> dict[int, ReportingUnit]:
    """A partnership's units that the reader may see, with what their names need. One query."""
    units = ReportingUnit.objects.visible_to(user).filter(membership__partnership=partnership)
    return {unit.pk: unit for unit in units.select_related("membership__partner", "country")}
